# Texts that crash the engine, and texts that overload it.
# shellcheck shell=bash

row_poison() {
	stack_up speech.timeout_sec=20 && login
}

# The texts of poison.txt for a language.
poison() {
	sed -n "s/^$1 //p" tests/faults/poison.txt
}

# The sentence ID has failed as expected: after exactly three crashes, with the signal in its error.
died_thrice() {
	local row
	row=$(sql "SELECT state, crashes, attempts, error FROM audio WHERE id = $1")
	[[ $row == $'failed\t3\t3\t'*'crashed while speaking (signal '*')' ]] || fail "audio $1 is $row"
}

# The sentence ID was spoken at the third attempt, with its text softened.
softened() {
	local row
	row=$(sql "SELECT state, crashes, attempts, error FROM audio WHERE id = $1")
	[ "$row" = $'ready\t2\t2\t' ] || fail "audio $1 is $row"
}

# A project of N sentences in LANGUAGE with poison at every 20th position; prints the project, then the ids
# of the poisoned sentences. The poison is inserted as single sentences, so that it is not split.
poisoned_project() {
	local language=$1 n=$2 project id i text
	project=$(for ((i = 0; i < n; i++)); do
		poison_free "$language" $i
	done | client text "$language")
	echo "$project"
	text=$(poison "$language")
	echo "$text" >>"$STATE/client/canaries"
	for ((i = 10; i <= n; i += 20)); do
		client insert "$project" $i "$text$(marker "$language" $i)"
	done
}

# A suffix that makes each poison a unique text that still crashes.
marker() {
	case $1 in
	en) printf "s'%.0s" $(seq $(($2 + $(prefix)))) | cut -c1-600 ;;
	*) printf ' %s' "$(prefix)" ;;
	esac
}

poison_free() {
	case $1 in
	hi) echo "Zimtquark $(prefix) सब मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता।" ;;
	*) echo "Zimtquark $(prefix) stood at the window." ;;
	esac
}

# Whatever is in them, the other sentences of the run are ready. COUNTS: how often the poison crashes.
one_in_twenty() {
	local language=$1 n=$2 fate=$3 counts=$4 ids project id
	mapfile -t ids < <(poisoned_project "$language" "$n")
	project=${ids[0]} ids=("${ids[@]:1}")
	[ ${#ids[@]} -gt 0 ] || fail 'no poison was taken'
	# After one run every sentence is ready or failed.
	render || fail "the renderer ended with $?"
	[ "$(count "project_id = $project AND state = 'ready' AND crashes = 0 AND attempts = 0")" = "$n" ] ||
		fail "not every good sentence is ready in the same run: $(sql "SELECT state, crashes, COUNT(*)
			FROM audio WHERE project_id = $project GROUP BY 1, 2")"
	for id in "${ids[@]}"; do
		$fate "$id"
		echo "charge $id 1 $counts" >>"$STATE/client/injected"
	done
	oracle 20
	poisoned=("${ids[@]}")
}

one_in_twenty_fails() {
	one_in_twenty en "$1" died_thrice '3 3'
	project=$(sql "SELECT project_id FROM audio WHERE id = ${poisoned[0]}")
	[ "$(project_status "$project")" = complete_with_errors ] || fail "the project is $(project_status "$project")"
	comes_back "${poisoned[@]}"
}

one_in_twenty_is_softened() {
	one_in_twenty hi "$1" softened '2 2'
	project=$(sql "SELECT project_id FROM audio WHERE id = ${poisoned[0]}")
	[ "$(project_status "$project")" = complete ] || fail "the project is $(project_status "$project")"
}

project_status() {
	curl -s -H "Authorization: Bearer $(<"$STATE/client/token")" "http://127.0.0.1:$PORT/project/$1" | jq -r .status
}

# A retry, by the author or the administrator, and an edit queue it again with its counters reset.
comes_back() {
	local id project
	project=$(sql "SELECT project_id FROM audio WHERE id = $1")
	comes_back_by client retry -- "$1"
	comes_back_by ctl retry -- "$1"
	for id; do
		echo "reset $id" >>"$STATE/client/injected"
	done
	ctl retry --project "$project"
	[ "$(count "project_id = $project AND state = 'pending' AND crashes + attempts = 0")" = $# ] ||
		fail 'ttsctl retry --project does not bring them back'
	render || fail "the renderer ended with $?"
	ctl retry --all
	[ "$(count "project_id = $project AND state = 'pending' AND crashes + attempts = 0")" = $# ] ||
		fail 'ttsctl retry --all does not bring them back'
	for id; do
		client edit "$id" >/dev/null
	done
	render || fail "the renderer ended with $?"
	for id; do
		[ "$(sql "SELECT state, revision, crashes, attempts FROM audio WHERE id = $id")" = $'ready\t2\t0\t0' ] ||
			fail "audio $id is not ready after an edit"
	done
	[ "$(project_status "$project")" = complete ] || fail "the project is $(project_status "$project")"
	oracle
}

# comes_back_by COMMAND… -- ID
comes_back_by() {
	local command=() first
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	first=$2
	"${command[@]}" "$first"
	echo "reset $first" >>"$STATE/client/injected"
	[ "$(sql "SELECT state, crashes, attempts, error FROM audio WHERE id = $first")" = $'pending\t0\t0\t' ] ||
		fail 'a retry does not begin anew'
	render || fail "the renderer ended with $?"
	died_thrice "$first"
	echo "charge $first 1 3 3" >>"$STATE/client/injected"
	oracle
}

# Many sentences crash the engine at the same time, in a run with several children.
all_poison() {
	local project id i ids=()
	project=$(client project 1)
	for ((i = 0; i < $(pick 6 12 40); i++)); do
		ids+=("$(client insert "$project" -1 "$(poison en)$(marker en $i)")")
	done
	render || fail "the renderer ended with $?"
	for id in "${ids[@]}"; do
		died_thrice "$id"
		echo "charge $id 1 3 3" >>"$STATE/client/injected"
	done
	oracle
}

# A child that never ends: the renderer enforces the time limit, even on a child that ignores every signal
# that can be ignored.
hanging_child() {
	local id from=$SECONDS
	id=$(sentences "$(client project 1)")
	stack_set speech.timeout_sec=1
	render TTS_FAULT=render.child.start:sleep=3600000 || fail "the renderer ended with $?"
	[[ "$(sql "SELECT state, crashes, attempts, error FROM audio WHERE id = $id")" == \
		$'failed\t3\t3\tthe speech engine took longer than 1 s'* ]] ||
		fail "$(sql "SELECT state, crashes, attempts, error FROM audio WHERE id = $id")"
	[ $((SECONDS - from)) -lt 60 ] || fail "it took $((SECONDS - from)) s"
	echo "charge $id 1 3 3" >>"$STATE/client/injected"
	stack_set speech.timeout_sec=20
	oracle
}

# More sound than allowed: it fails at once, because a retry would not help.
too_long() {
	local id
	stack_set speech.max_seconds=5
	id=$(client insert "$(client project 1)" 1 "$(printf '1234567890%.0s' $(seq 20)) $(prefix)")
	render || fail "the renderer ended with $?"
	[ "$(sql "SELECT state, crashes, error FROM audio WHERE id = $id")" = $'failed\t0\tlonger than 5 s of sound' ] ||
		fail "$(sql "SELECT state, crashes, error FROM audio WHERE id = $id")"
	echo "fails $id" >>"$STATE/client/injected"
	stack_set speech.max_seconds=600
	oracle
}

# One number of 100,000 digits, one word of 100,000 letters: they are split, and every part is ready or failed.
endless() {
	local what=$1 project status
	status=$(head -c 100000 /dev/zero | tr '\0' "$what" | jq -Rs --arg title "endless $what" \
		'{title: $title, sentences: .}' | curl -s -o "$STATE/answer" -w '%{http_code}' --data-binary @- \
		-H 'Content-Type: application/json' -H "Authorization: Bearer $(<"$STATE/client/token")" \
		"http://127.0.0.1:$PORT/project/")
	[ "$status" = 201 ] || fail "the answer was $status"
	project=$(jq .id "$STATE/answer")
	drain 240
	[ "$(count "project_id = $project AND crashes > 0")" = 0 ] || fail 'it killed the engine'
	[ "$(count "project_id = $project AND state = 'ready'")" -ge 100 ] ||
		fail "$(sql "SELECT state, error, COUNT(*) FROM audio WHERE project_id = $project GROUP BY 1, 2")"
	[ "$(curl -s -o /dev/null -w '%{http_code}' -X DELETE "http://127.0.0.1:$PORT/project/$project" \
		-H "Authorization: Bearer $(<"$STATE/client/token")")" = 201 ] || fail 'it cannot be deleted'
	oracle
}

# Text that looks like a command to the engine is treated like any other.
plain_text() {
	local text id project n=0
	project=$(client project 1)
	for text in '<speak><audio src="/etc/passwd">Zimtquark one</audio></speak>' '[[h@l'"'"'oU]] Zimtquark two' \
		$'Zimtquark \001three\001' '<voice name="../../../../etc/passwd">Zimtquark four</voice>' \
		'<mark name="a"/>Zimtquark five' '$(id) `id` Zimtquark six' '%s%n%x Zimtquark seven'; do
		id=$(client insert "$project" -1 "$text")
		n=$((n + 1))
	done
	render || fail "the renderer ended with $?"
	[ "$(count "project_id = $project AND state = 'ready'")" = $((n + 1)) ] ||
		fail "$(sql "SELECT id, state, error FROM audio WHERE project_id = $project AND state <> 'ready'")"
	oracle 20
}

# A voice in a request must be a name in our own table.
foreign_voice() {
	local status
	for voice in ../../../etc/passwd mb-en1 en+whisper /tmp/x; do
		status=$(jq -n --arg voice "$voice" '{title: "voice", sentences: "Hello.", voice: $voice}' |
			curl -s -o /dev/null -w '%{http_code}' --data-binary @- -H 'Content-Type: application/json' \
				-H "Authorization: Bearer $(<"$STATE/client/token")" "http://127.0.0.1:$PORT/project/")
		[ "$status" = 422 ] || fail "voice $voice was answered $status"
	done
}

# While one user's novel is being rendered, another user's single sentence waits only for the sentences that
# a dead renderer had claimed, and then for one claim at most.
fair() {
	local n=$1 novel id mine=$STATE/client/token claims
	novel=$(client project "$n")
	cp "$mine" "$STATE/client/novelist"
	client login "another-$RANDOM-$SEED@example.org" "Parole-$RANDOM-Pflaume"
	render TTS_FAULT=render.claimed:kill:3 && fail 'the renderer was not killed'
	charge_dead
	claims=$(($(count "state = 'claimed'") / 10 + 2))
	id=$(sentences "$(client project 1)")
	render TTS_FAULT=render.claimed:kill:$claims && fail 'the renderer was not killed'
	charge_dead
	[ "$(sql "SELECT state IN ('claimed', 'ready') FROM audio WHERE id = $id")" = 1 ] ||
		fail "after $claims claims it still waits, and so do $(count "project_id = $novel AND state = 'pending'") others"
	mv "$STATE/client/novelist" "$mine"
	client delete "$novel"
	drain
	oracle
}

cases_poison() {
	test_case short 'one in twenty crashes the engine (abort)' one_in_twenty_fails "$(pick 40 60 200)"
	test_case short 'one in twenty crashes the engine (segmentation fault) and is softened' \
		one_in_twenty_is_softened "$(pick 20 40 100)"
	test_case usual 'all of them crash the engine' all_poison
	test_case usual 'a child hangs' hanging_child
	test_case usual 'more sound than allowed' too_long
	test_case long '100,000 digits' endless 7
	test_case usual 'a word of 100,000 letters' endless a
	test_case short 'markup and commands are plain text' plain_text
	test_case short 'voices that are not in the table' foreign_voice
	test_case short "one sentence against $(pick 500 2000 100000)" fair "$(pick 500 2000 100000)"
}
