# tests/stack itself: from any state to up, and to down.
# shellcheck shell=bash disable=SC2034,SC2154

# Another stack in addition to the one of these tests, in a directory with a blank in its name.
beside() {
	export STATE="$work/b side" PORT
	PORT=$(free_port)
	url=http://127.0.0.1:$PORT
	trap 'tests/stack down >/dev/null' EXIT
}

gone() {
	! grep -slzxF -e "TTS_STATE=$STATE" /proc/[0-9]*/environ
}

test_up_down_and_status_from_any_state() {
	local first=$STATE first_port=$PORT name
	beside
	tests/stack down
	! tests/stack status || fail 'status says up'
	tests/stack up
	tests/stack status
	tests/stack up
	new_user
	new_project 'One canary.'
	all_ready

	# The other stack is unaffected.
	STATE=$first PORT=$first_port tests/stack status >/dev/null

	# Everything is killed.
	for name in render-timer work-timer notify-timer lyric-timer song-timer video-timer tts-render tts-work tts-notify tts-pipeline inotifywait multiwatch spawn-fcgi tts-api mariadbd; do
		kill_all KILL $name
	done
	kill -9 "$(<"$STATE/run/nginx.pid")"
	! tests/stack status || fail 'status says up'
	tests/stack up
	tests/stack status
	request GET "/project/$project"
	expect 200
	new_project 'Two canaries.'
	all_ready

	# Half of it is killed.
	kill_all KILL multiwatch
	kill_all KILL render-timer
	tests/stack up
	tests/stack status
	new_project 'Three canaries.'
	all_ready

	tests/stack down
	gone || fail 'a process is left'
	tests/stack down
	tests/stack up
	request GET "/project/$project"
	expect 200
	tests/stack down
	gone || fail 'a process is left'
}

# One line that contains WHAT, and an exit status other than 0.
refuses() {
	local what=$1 said
	shift
	said=$("$@" 2>&1) && fail "nothing wrong: $said"
	equal "$(wc -l <<<"$said")" 1 "lines of: $said"
	[[ $said == *"$what"* ]] || fail "says: $said"
}

test_what_cannot_be_is_said_in_one_line() {
	local taken=$PORT
	beside
	PORT=$taken refuses "port $taken is in use" tests/stack up
	gone || fail 'something was started all the same'
	PORT=0 refuses 'is no port' tests/stack up
	PORT=80x refuses 'is no port' tests/stack up
	STATE="$work/$(printf 'x%.0s' {1..100})" refuses 'too long' tests/stack up
	STATE='/proc/nothing/here' refuses 'cannot create /proc/nothing/here' tests/stack up
	STATE="$work/quo\"te" refuses 'quotes' tests/stack up
	BUILD=$work/nothing refuses 'run make first' tests/stack up
	CONF=$work/nothing refuses 'cannot configure' tests/stack up
	refuses usage tests/stack sideways
}

test_a_wrong_configuration_is_said_at_once_and_stops_nothing() {
	beside
	sed 's/# log_level = 6;/log_level = 99;/' etc/tts.conf.in >"$work/bad.conf"
	SECONDS=0
	CONF=$work/bad.conf refuses 'log_level: 99 is not in 3..7' tests/stack up
	[ $SECONDS -lt 10 ] || fail "it took $SECONDS s"
	gone || fail 'something was started all the same'
	tests/stack up
	CONF=$work/bad.conf refuses 'log_level: 99 is not in 3..7' tests/stack up
	tests/stack status >/dev/null || fail 'what was running is stopped'
	kill_all KILL tts-api
	until_so 20 answers /healthz 200
}

test_what_never_answers_is_given_up_after_twenty_seconds() {
	beside
	# Right for itself, but there is no such database.
	sed 's/# name = "tts";/name = "elsewhere";/' etc/tts.conf.in >"$work/lost.conf"
	SECONDS=0
	CONF=$work/lost.conf refuses 'healthz does not answer 200' tests/stack up
	[ $SECONDS -lt 60 ] || fail "it took $SECONDS s"
}

test_up_on_a_running_stack_disturbs_nobody() {
	local i from
	new_user
	new_project "$(printf 'This is the canary sentence number %d of a rather long text. ' {1..200})"
	from=$(wc -l <"$STATE/log/render.log")
	for i in 1 2 3; do
		tests/stack up
	done
	all_ready
	! tail -n "+$((from + 1))" "$STATE/log/render.log" | grep -E '^<[0-4]>' || fail 'the renderer complains'
}

test_a_full_disk_is_said_in_one_line() {
	[ "$(id -u)" = 0 ] || exit 77
	beside
	mkdir -p "$STATE"
	mount -t tmpfs -o size=50m none "$STATE" 2>/dev/null || exit 77
	trap 'tests/stack down >/dev/null; umount "$STATE"' EXIT
	refuses 'no room' tests/stack up
	gone || fail 'something was started all the same'
}

test_the_demo_works_twice_and_what_it_prints_can_be_pasted() {
	local out rows
	for _ in 1 2; do
		tests/demo >"$work/demo"
		rows=$(grep -cE '^ +[0-9]+ +[0-9]+\.[0-9]{2} +[0-9]+ +http.*\.mp3$' "$work/demo")
		[ "$rows" -ge 8 ] || fail "only $rows rows"
		equal "$(find "$STATE/demo" -name '*.mp3' | wc -l)" "$rows" 'files'
	done
	grep -q '[가-힣]' "$work/demo" && grep -q '[a-z] [a-z]' "$work/demo"
	cd "$work" || exit
	sed -n '/^TOKEN=/,/^$/p' demo | sed 's/ && mpg123 .*//' >lines
	equal "$(grep -c curl lines)" 4 'lines to paste'
	bash -eu -o pipefail ./lines >answers
	jq -se '.[0].page[0].index == 1 and .[1].text == "The lamp is on." and .[1].revision == 2' answers >/dev/null ||
		fail "$(<answers)"
	[ "$(decoded first.mp3)" -gt 10000 ]
}
