# Edits, deletes and inserts while a renderer is stopped at any point; two clients at once; two renderers
# on one host; wrong clocks.
# shellcheck shell=bash

row_edits() {
	stack_up && login && PROJECT=$(client project 4) && drain && oracle
}

# Hold a renderer at a point while COMMAND (it gets a project, which is being rendered) is carried out.
while_at() {
	local point=$1 project id from
	shift
	project=$(client project 3)
	from=$(mark)
	[[ $point != render.lock.* ]] || rm -f "$STATE/run/render.lock"
	render_start TTS_FAULT="$point:sleep=700"
	case $point in
	render.child.spoken | render.child.encoded) until_so 5 being_spoken || true ;;
	*) until_so 5 struck "$point" "$from" || fail "$point is never met" ;;
	esac
	"$@" "$project" || fail "the client was refused: $*"
	reap "$RENDERER" || true
	drain
	client see "$project" >/dev/null || true
	oracle 12
}

being_spoken() {
	[ -n "$("$tools/spoken" "$STATE/run/render.lock")" ]
}

# Every one of its sentences, because it is not known which one the renderer is working on.
edit() {
	local id
	for id in $(sentences "$1"); do
		client edit "$id" >/dev/null
	done
	client edit "$id" - 150 >/dev/null
}

remove() {
	local id
	for id in $(sentences "$1"); do
		client remove "$id"
	done
}

delete() {
	client delete "$1"
}

insert() {
	client insert "$1" 2 >/dev/null && client insert "$1" 1 >/dev/null
}

# One sentence is edited repeatedly while the timer runs the renderer.
many_edits() {
	local n=$1 i id
	id=$(sentences "$(client project 1)")
	flow
	for ((i = 0; i < n; i++)); do
		client edit "$id" >/dev/null
	done
	until_so 60 rendered || fail 'not everything is rendered'
	[ "$(sql "SELECT revision FROM audio WHERE id = $id")" = $((n + 1)) ] || fail 'an edit is lost'
	hold
	oracle 12
}

# Two clients, one revision: of two edits with the same If-Match one is accepted.
same_revision() {
	local i id revision=1 status one two
	id=$(sentences "$(client project 1)")
	for ((i = 0; i < $(pick 10 30 100); i++)); do
		one=0 two=0
		client edit "$id" - 1 $revision >/dev/null &
		client edit "$id" - 1 $revision >/dev/null || one=$?
		wait $! || two=$?
		[ $((one + two)) = 1 ] || fail "of two edits of r$revision these came out: $one and $two"
		status=$(sql "SELECT revision FROM audio WHERE id = $id")
		revision=$((revision + 1))
		[ "$status" = $revision ] || fail "it is r$status after $i edits of both"
	done
	[ "$(grep -c "^edit 412 id=$id " "$STATE/client/answers")" = "$i" ] || fail 'not every loser was told 412'
	drain
	oracle
}

# Several clients write to the same sentences at once while two renderers run.
crowd() {
	local project i
	project=$(client project 20)
	flow
	for i in 1 2 3; do
		load_start "$project" 15
	done
	sleep "$(pick 4 10 60)"
	load_stop
	until_so 120 rendered || fail 'not everything is rendered'
	hold
	say "$(grep -c '^edit 201' "$STATE/client/answers") edits, $i clients at once"
	oracle 60
}

# The lock is held: the next renderer logs this and exits at once.
second_renderer() {
	local first i status best=100000 from us
	client project 2 >/dev/null
	from=$(mark)
	render_start TTS_FAULT=render.claimed:sleep=3000
	first=$RENDERER
	until_so 10 struck render.claimed "$from" || fail 'the first renderer did not get there'
	for i in 1 2 3 4 5; do
		from=${EPOCHREALTIME/./}
		status=0
		render || status=$?
		us=$((${EPOCHREALTIME/./} - from))
		[ $us -ge $best ] || best=$us
		[ $status = 0 ] || fail "the second renderer ended with $status"
	done
	[ "$(grep -c 'another tts-render has' "$STATE/log/render.log")" -ge 5 ] || fail 'it did not say why'
	in_time $best 100000 'microseconds until the second renderer had left'
	RENDERER=$first
	reap "$RENDERER" || fail "the first renderer ended with $?"
	drain
	oracle
}

# The clock of the renderer's host is a day wrong. Times are those of the database.
wrong_clock() {
	local offset=$1 project faketime
	faketime=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
	[ -n "$faketime" ] || skip 'libfaketime is not installed'
	project=$(client project 4)
	client edit "$(sentences "$PROJECT" | head -n 1)" >/dev/null
	render LD_PRELOAD="$faketime" FAKETIME="$offset" FAKETIME_DONT_FAKE_MONOTONIC=1 || fail "it ended with $?"
	[ "$(count "project_id = $project AND state = 'ready'")" = 4 ] || fail 'not everything was rendered'
	oracle
}

# While it renders, the clock jumps back and forth.
stepping_clock() {
	local project faketime i
	faketime=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
	[ -n "$faketime" ] || skip 'libfaketime is not installed'
	project=$(client project 120)
	echo '+0' >"$STATE/faketimerc"
	render_start LD_PRELOAD="$faketime" FAKETIME_TIMESTAMP_FILE="$STATE/faketimerc" FAKETIME_NO_CACHE=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1
	for i in +3600 -7200 +90000 -90000 +1; do
		echo "$i" >"$STATE/faketimerc"
		sleep 0.2
	done
	reap "$RENDERER" || fail "it ended with $?"
	drain
	[ "$(count "project_id = $project AND state = 'ready'")" = 120 ] || fail 'not everything was rendered'
	oracle
}

cases_edits() {
	local point what length
	for point in $(tests/faults/points | grep -E '^(render|media|store\.(claim|finish))'); do
		for what in edit remove delete insert; do
			case $what:$point in
			*:render.release | *:render.start | *:render.lock.* | *:*.trash.*) continue ;;
			edit:media.renamed | edit:render.child.spoken | edit:render.claimed | edit:render.published | \
				edit:render.finish | edit:store.claim.before_commit | remove:render.published) length=short ;;
			*) length=usual ;;
			esac
			test_case $length "$what while it is at $point" while_at "$point" $what
		done
	done
	test_case short "$(pick 100 300 1000) edits of one sentence" many_edits "$(pick 100 300 1000)"
	test_case short 'two edits of one revision' same_revision
	test_case short 'three clients at the same sentences' crowd
	test_case short 'a second renderer leaves at once' second_renderer
	test_case usual 'the clock a day ahead' wrong_clock +1d
	test_case usual 'the clock a day behind' wrong_clock -1d
	test_case usual 'the clock steps' stepping_clock
}
