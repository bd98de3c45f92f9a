# The renderer dies: at every named point, at random, its child alone, by SIGTERM.
# shellcheck shell=bash

row_renderer() {
	# There is one worker, so that it gets the plan.
	POOL=1 stack_up && login && PROJECT=$(client project 6) && drain && oracle
	host_add other
}

# A child cannot log once it is in the sandbox: its sentence shows what it did.
kill_in_child() {
	local point=$1 project id
	project=$(client project 3)
	render TTS_FAULT="$point:kill" || fail "the renderer ended with $?"
	[ "$(count "project_id = $project AND state = 'failed' AND crashes = 3 AND attempts = 3
		AND error LIKE '%signal 9%'")" = 3 ] ||
		fail "$(sql "SELECT id, state, crashes, error FROM audio WHERE project_id = $project")"
	for id in $(sentences "$project"); do
		echo "charge $id 1 3 3" >>"$STATE/client/injected"
	done
	oracle
	for id in $(sentences "$project"); do
		client retry "$id"
		echo "reset $id" >>"$STATE/client/injected"
	done
	drain
	oracle
}

# A run that was killed leaves its temporary files to the next run of its host, not to the sweep.
no_leftovers() {
	local left
	left=$(find "$STATE/media" -name '.tmp-*')
	[ -z "$left" ] || fail "temporary files that nobody took: $left"
}

kill_at() {
	local point=$1
	case $point in
	render.child.*) kill_in_child "$point" ;;
	*) meet "$point" kill || fail "$point is never met" ;;
	esac
	drain
	no_leftovers
	oracle 3
}

# Kill it while it holds claims: the next run on this host takes back all of them before it claims
# anything. Kill that one as well, and let the timer start the next.
resumes() {
	local project from
	project=$(client project 40)
	render TTS_FAULT=render.parent.received:kill:5 && fail 'the renderer was not killed'
	charge_dead
	[ "$(count "state = 'claimed'")" -gt 0 ] || fail 'nothing was claimed when it died'
	render TTS_FAULT=store.claim.before_commit:kill && fail 'the renderer was not killed'
	[ "$(count "state = 'claimed'")" = 0 ] || fail 'claims of the dead were not taken back at once'
	from=$SECONDS
	flow
	until_so 60 all_done || fail 'not everything was taken up again'
	hold
	in_time $((SECONDS - from)) 17 'seconds until all was taken up: an interval and 15 s'
	oracle
}

# Only the parent is killed while a child speaks: no child outlives it, and the lock is free.
parent_killed() {
	local from
	client project 4 >/dev/null
	from=$(mark)
	render_start TTS_FAULT=render.child.start:sleep=30000
	until_so 10 struck render.child.start "$from" || fail 'no child began'
	kill -KILL "$RENDERER"
	reap "$RENDERER" || true
	until_so 5 session_gone "$RENDERER" || fail "a child outlived the renderer: $(pgrep -s "$RENDERER" | xargs)"
	flock -n "$STATE/run/render.lock" true || fail 'the lock is still held'
	charge_dead
	[ "$(grep -c . <("$tools/spoken" "$STATE/run/render.lock"))" = 2 ] || fail 'not two were being spoken'
	drain
	oracle
}

# Only the child is killed: its sentence is charged one crash, and is spoken in the same run.
child_killed() {
	local from id pid victim=
	id=$(sentences "$(client project 1)")
	from=$(mark)
	render_start TTS_FAULT=render.child.start:sleep=2000
	until_so 10 struck render.child.start "$from" || fail 'no child began'
	# The newest process of the session is the one that speaks.
	for pid in $(pgrep -s "$RENDERER"); do
		pgrep -P "$pid" >/dev/null || victim=$pid
	done
	kill -KILL "$victim"
	reap "$RENDERER" || fail "the renderer ended with $?"
	[ "$(sql "SELECT state, attempts, crashes FROM audio WHERE id = $id")" = $'ready\t1\t1' ] ||
		fail "$(sql "SELECT state, attempts, crashes, error FROM audio WHERE id = $id")"
	echo "charge $id 1 1 1" >>"$STATE/client/injected"
	oracle
}

# A termination signal while it is stopped at a point: it exits within 10 s, and everything is given back.
asked_to_leave() {
	local point=$1 signal=$2 from status=0 began
	from=$(mark)
	make_work 12 >/dev/null
	[[ $point != render.lock.* ]] || rm -f "$STATE/run/render.lock"
	render_start TTS_FAULT="$point:sleep=1500"
	case $point in
	render.child.spoken | render.child.encoded) until_so 5 being_spoken && sleep 0.3 ;;
	*) until_so 5 struck "$point" "$from" || true ;;
	esac
	began=$SECONDS
	kill -s "$signal" "$RENDERER" 2>/dev/null || true
	reap "$RENDERER" || status=$?
	in_time $((SECONDS - began)) 10 'seconds until it left'
	until_so 5 session_gone "$RENDERER" || fail 'it left children behind'
	[ "$status" = 0 ] || fail "it ended with status $status"
	[ "$(count "state = 'claimed'")" = 0 ] || fail 'claims were not given back'
	drain
	oracle 2
}

# SIGTERM while the transaction of a claim waits for a lock: what that claims in the end is given back.
asked_to_leave_in_a_claim() {
	local status=0 holder
	make_work 12 >/dev/null
	sql 'START TRANSACTION; SELECT turn FROM queue_clock FOR UPDATE; DO SLEEP(600); ROLLBACK' >/dev/null 2>&1 &
	holder=$!
	until_so 5 in_processlist 'DO SLEEP(600)' || fail 'nobody holds the lock'
	render_start
	until_so 5 in_processlist 'UPDATE queue_clock%' || fail 'the claim does not wait'
	kill -s TERM "$RENDERER"
	sql "KILL QUERY $(in_processlist 'DO SLEEP(600)')" >/dev/null 2>&1
	wait "$holder"
	reap "$RENDERER" || status=$?
	[ "$status" = 0 ] || fail "it ended with status $status"
	[ "$(count "state = 'claimed'")" = 0 ] || fail 'claims were not given back'
	drain
	oracle 2
}

# in_processlist STATEMENT: the id of the connection that runs it; fails if there is none.
in_processlist() {
	sql "SELECT id FROM information_schema.processlist WHERE info LIKE '$1'" | grep .
}

being_spoken() {
	[ -n "$("$tools/spoken" "$STATE/run/render.lock")" ]
}

# One host in the loop of random kills.
kill_loop() {
	local n=$1 i
	for ((i = 0; i < n; i++)); do
		render_start
		sleep "0.$(printf %03d "$(random 400)")"
		kill -KILL "$RENDERER" 2>/dev/null || true
		reap "$RENDERER" || true
		charge_dead
	done
}

# Two renderers, each killed repeatedly at random, while somebody edits continuously.
random_kills() {
	local n=$1 project one two status=0
	project=$(client project 60)
	load_start "$project" 50
	kill_loop $((n / 2)) &
	one=$!
	CONF_OF_HOST=other.conf kill_loop $((n / 2)) &
	two=$!
	wait $one || status=$?
	wait $two || status=$?
	load_stop
	[ $status = 0 ] || fail 'a loop of kills broke off'
	CONF_OF_HOST=other.conf render || fail "the other host ended with $?"
	drain 120 all_done
	no_leftovers
	oracle 60
	say "$n kills, $(grep -c '^edit 201' "$STATE/client/answers") edits accepted in all"
}

# After all that, the sweep removes what nothing refers to, and nothing else.
swept() {
	drain 60 all_done
	find "$STATE/media" "$STATE/gone" -type f -exec touch -d '-1 day' {} +
	"$FAULTS_BUILD/ttsctl" -c "$STATE/tts.conf" gc || fail "ttsctl gc ended with $?"
	oracle 20
	! grep -q 'left for the sweep' "$STATE/violations" || fail "$(<"$STATE/violations")"
}

cases_renderer() {
	local point n
	for point in $(tests/faults/points); do
		for ((n = $(pick 1 1 50); n > 0; n--)); do
			test_case short "killed at $point" kill_at "$point"
		done
	done
	test_case short 'resumes after a kill' resumes
	test_case short 'killed while a child speaks' parent_killed
	test_case short 'its child is killed' child_killed
	test_case short 'SIGTERM while its claim waits' asked_to_leave_in_a_claim
	for point in $(tests/faults/points | grep -E '^(render|media|store\.(claim|finish|take_back|trash))'); do
		test_case usual "SIGTERM at $point" asked_to_leave "$point" TERM
		test_case long "SIGINT at $point" asked_to_leave "$point" INT
	done
	n=$(pick 100 200 1000)
	test_case short "$n random kills, two renderers, 50 edits a second" random_kills "$n"
	test_case short 'what is left over is swept' swept
}
