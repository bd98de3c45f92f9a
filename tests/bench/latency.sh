#!/bin/bash
# How long a listener waits, on an idle machine with everything running as it does for anybody
# (tests/stack, the timer at its default): from the 201 of an edit to its MP3 answering 200, and from
# the 201 of a whole novel to its first sentence doing so.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile listener
export STATE=$BENCH_TMP/s PORT=$PORT_A LIMITS=$BENCH_TMP/limits.conf
sed 's|rate=[0-9]*r/s|rate=1000000r/s|' "$TOP/nginx/tts-limits.conf" >"$LIMITS"
stack_down() {
	"$TOP/tests/stack" down >>"$BENCH_TMP/stack.log" 2>&1 || tail -n 1 "$BENCH_TMP/stack.log" >&2
}
at_end stack_down
"$TOP/tests/stack" up >"$BENCH_TMP/stack.log" 2>&1 || die "$(tail -n 1 "$BENCH_TMP/stack.log")"
DB_SOCKET=$STATE/db/mysql.sock
login
project=$(echo 'One sentence.' | new_project en-us) || exit 1
audio=$(api GET "/project/$project/page/1" | jq -er '.page[0].id') || die 'no sentence'
heard() {
	[ "$(api GET "/audio/$audio" | jq -r .path)" != "" ]
}
wait_for 20 heard || die 'the first sentence has no sound'
sleep 3

n=$(pick 200 20)
"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" edit "$n" "$audio" >"$BENCH_TMP/edits" || exit 1
limit "from an edit to its sound, p50 of $n" "$(percentile 50 <"$BENCH_TMP/edits")" ms 300
limit "the same, p95" "$(percentile 95 <"$BENCH_TMP/edits")" ms 1000

n=$(pick 20 3)
corpus en | jq -Rs '{title: "Novel", sentences: ., language: "en"}' >"$BENCH_TMP/novel.json"
"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" novel "$n" "$BENCH_TMP/novel.json" >"$BENCH_TMP/novels" || exit 1
limit "from a novel ($(stat -c %s "$BENCH_TMP/novel.json") bytes) to its first sentence, p95 of $n" \
	"$(percentile 95 <"$BENCH_TMP/novels")" ms 1000
