# tts-work dies at random, is asked to leave, or loses the database, while projects are created and deleted all the
# time.
# shellcheck shell=bash

row_work() {
	stack_up && login && PROJECT=$(client project 6) && drain 60 all_done && oracle
	host_add other
}

# What must hold whenever nothing is in hand: whatever is deleted has work that removes it, and finished work has
# left nothing.
work_is_sound() {
	local n
	n=$(sql "SELECT COUNT(*) FROM project p WHERE deleted AND NOT EXISTS (SELECT 1 FROM work w
		WHERE w.kind = 'project_delete' AND w.object_id = p.id AND w.state IN ('pending', 'claimed', 'failed'))")
	[ "$n" = 0 ] || fail "$n deleted projects that nobody removes"
	n=$(sql "SELECT COUNT(*) FROM work w JOIN project p ON p.id = w.object_id WHERE w.kind = 'project_delete' AND w.state = 'done'")
	[ "$n" = 0 ] || fail "$n projects are there although they are deleted"
	n=$(sql "SELECT COUNT(*) FROM work WHERE state = 'failed'")
	[ "$n" = 0 ] || fail "$n pieces of work have failed"
}

# A client that creates and deletes projects until it is stopped; "churn_stop" stops it.
churn_start() {
	: >"$STATE/churn"
	while [ -e "$STATE/churn" ]; do
		churn_once || true
	done &
	CHURN=$!
}

churn_once() {
	local fresh
	fresh=$(client project $((1 + RANDOM % 400))) || return
	client delete "$fresh"
}

churn_stop() {
	rm "$STATE/churn"
	reap "$CHURN" || true
}

kill_work_loop() {
	local n=$1 i
	for ((i = 0; i < n; i++)); do
		work_start
		sleep "0.$(printf %03d "$(random 300)")"
		kill -KILL "$WORKER" 2>/dev/null || true
		reap "$WORKER" || true
	done
}

# The tts-work of two hosts, each killed again and again.
random_work_kills() {
	local n=$1 one two status=0
	churn_start
	kill_work_loop $((n / 2)) &
	one=$!
	CONF_OF_HOST=other.conf kill_work_loop $((n / 2)) &
	two=$!
	wait $one || status=$?
	wait $two || status=$?
	churn_stop
	[ $status = 0 ] || fail 'a loop of kills broke off'
	CONF_OF_HOST=other.conf work || fail "the other host ended with $?"
	drain 120 all_done
	work_is_sound
	oracle 5
	say "$n kills, $(grep -c '^delete 201' "$STATE/client/answers") projects deleted," \
		"$(sql "SELECT COUNT(*) FROM work_try WHERE outcome = 'lost'") times at work when killed"
}

# A project large enough for several steps, marked as deleted: sets LARGE.
delete_large() {
	LARGE=$(client project 3000)
	client delete "$LARGE" || fail 'it cannot be deleted'
}

# A signal that asks to leave, at a point: it gives back what it has, and the next run goes on.
asked_to_leave_work() {
	local point=$1 from status=0
	from=$(mark)
	delete_large
	work_start TTS_FAULT="$point:sleep=1000"
	until_so 10 struck "$point" "$from" || fail "$point is never met"
	kill -TERM "$WORKER" 2>/dev/null || true
	reap "$WORKER" || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	[ "$(sql "SELECT COUNT(*) FROM work WHERE state = 'claimed'")" = 0 ] || fail 'claims were not given back'
	[ "$(sql 'SELECT COALESCE(SUM(tries), 0) FROM work')" = 0 ] || fail 'somebody was charged'
	drain 60 all_done
	work_is_sound
	oracle
}

# The database dies while a step is done.
database_dies() {
	local from status=0
	from=$(mark)
	delete_large
	work_start TTS_FAULT=work.stepped:sleep=1500:2
	until_so 10 struck work.stepped "$from" || fail 'no step was done'
	database_kill
	database_start
	reap "$WORKER" || status=$?
	case $status in
	0 | 75) ;;
	*) fail "it ended with status $status" ;;
	esac
	drain 60 all_done
	work_is_sound
	oracle
}

# Two hosts at the same work: one stands still while it holds it, until the lease has ended and the other has it.
overtaken() {
	local from status=0 done_by
	stack_set work.lease_sec=5
	host_add other
	delete_large
	from=$(mark)
	work_start TTS_FAULT=work.step:sleep=20000
	until_so 10 struck work.step "$from" || fail 'it has not begun'
	until_so 20 done_elsewhere || fail 'the other host did not take it over'
	reap "$WORKER" || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	done_by=$(sql "SELECT t.host FROM work_try t JOIN work w ON w.id = t.work_id WHERE w.object_id = $LARGE AND t.outcome = 'done'")
	[ "$done_by" = other ] || fail "done by: $done_by"
	drain 60 all_done
	work_is_sound
	oracle
}

done_elsewhere() {
	CONF_OF_HOST=other.conf work || fail "the other host ended with $?"
	[ "$(sql "SELECT state FROM work WHERE kind = 'project_delete' AND object_id = $LARGE")" = 'done' ]
}

cases_work() {
	local point n
	n=$(pick 60 200 1000)
	test_case short "$n random kills, tts-work of two hosts" random_work_kills "$n"
	for point in $(tests/faults/points | grep -E '^work\.' | grep -vE '^work\.(start|taken_back|trash\..*)$'); do
		test_case short "SIGTERM at $point" asked_to_leave_work "$point"
	done
	test_case short 'the database dies in the middle' database_dies
	test_case short 'another host takes over' overtaken
}
