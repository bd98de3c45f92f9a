#!/bin/bash
# How long a listener waits while another user's text is rendered, whatever is in that text: like
# latency.sh, but never idle. Run by crowd.sh. The rows are counts and times, not ratios.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile listener
whole_stack busy

# A text of N sentences of one kind, one per line: the corpus again and again, as long as somebody reads it.
endless() { while corpus en; do :; done 2>/dev/null; }
bulk_short() (
	set +o pipefail
	endless | tr -s ' ' '\n' | awk -v n="$1" '{ line = line " " $0 } NR % 9 == 0 { print line "."; line = ""; if (++k == n) exit }'
)
bulk_long() (
	set +o pipefail
	endless | tr -d '.!?…' | tr -s ' \n' '  ' | fold -s -w 790 | awk -v n="$1" '{ print $0 "." } NR == n { exit }'
)
bulk_random() {
	"$PYTHON" - "$1" <<'END'
import random, sys
random.seed(20261127)
# Letters of scripts that most voices spell out, so that one sentence becomes minutes of sound.
letters = [chr(c) for first, last in ((0xe81, 0xe82), (0xe94, 0xe97), (0x10a0, 0x10c5), (0x13a0, 0x13f4),
	(0x1401, 0x1676), (0x16a0, 0x16ea), (0x2c00, 0x2c2f), (0xa500, 0xa60b)) for c in range(first, last + 1)]
for _ in range(int(sys.argv[1])):
	print(''.join(random.choice(letters) if i % 7 else ' ' for i in range(800)).strip() + '.')
END
}

EMAIL=bulk@example.org
login
bulk_token=$TOKEN
readers=()
for ((i = 0; i < $(pick 20 5); i++)); do
	EMAIL=reader$i@example.org
	login
	readers+=("$TOKEN")
done
EMAIL=listener@example.org
login
sentence_to_edit
for ((i = 0; i < 30; i++)); do echo "This is sentence $i of a text that somebody listens to."; done |
	jq -Rs '{title: "Text", sentences: ., language: "en"}' >"$BENCH_TMP/text.json"

# while_rendering KIND SENTENCES WHAT: rows for a listener while that text of another user is rendered.
while_rendering() {
	local own=$TOKEN bulk n
	TOKEN=$bulk_token
	bulk=$("bulk_$1" "$2" | new_project en-us) || exit 1
	TOKEN=$own
	sleep 2
	n=$(pick 100 15)
	"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" edit "$n" "$AUDIO" >"$BENCH_TMP/edits.$1" || exit 1
	"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" novel "$(pick 20 5)" "$BENCH_TMP/text.json" >"$BENCH_TMP/texts.$1" || exit 1
	for ((i = 0; i < $(pick 20 5); i++)); do
		"$BENCH_TMP/listener" "$PORT_A" "${readers[i]}" novel 1 "$BENCH_TMP/text.json" || exit 1
	done >"$BENCH_TMP/firsts.$1"
	[ "$(db -e "SELECT COUNT(*) FROM audio WHERE project_id = $bulk AND state = 'pending'")" -gt 0 ] ||
		die "the text of $3 was done too soon"
	db -e "DELETE FROM project WHERE id = $bulk" || die 'cannot delete the text'
	limit "edit to sound beside another's text of $3, p50 of $n" "$(percentile 50 <"$BENCH_TMP/edits.$1")" ms 300
	limit "the same, p95" "$(percentile 95 <"$BENCH_TMP/edits.$1")" ms 1000
	limit "a user's new text to its first sentence beside that, p95 of $(pick 20 5) users" \
		"$(percentile 95 <"$BENCH_TMP/firsts.$1")" ms 1000
	row "the same of $(pick 20 5) texts of one user, who posts one after the other" \
		"$(percentile 95 <"$BENCH_TMP/texts.$1") ms" - - -
	wait_for 60 quiet || die 'the renderer does not end'
}
quiet() { [ "$(db -e "SELECT COUNT(*) FROM audio WHERE state IN ('pending', 'claimed')")" = 0 ]; }

while_rendering short "$(pick 20000 10000)" 'short sentences'
while_rendering long "$(pick 2000 500)" 'sentences of 800 characters'
while_rendering random 700 'random letters, 800 in a sentence'
