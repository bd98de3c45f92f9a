# Components that die or become unavailable, one at a time.
# shellcheck shell=bash disable=SC2034,SC2154

test_a_worker_that_is_killed_is_replaced() {
	local before pid
	new_user
	before=$(pids_of tts-api | sort)
	[ -n "$before" ] || fail 'no worker'
	for pid in $before; do
		kill -9 "$pid"
	done
	until_so 20 answers /project/ 200
	until_so 20 all_replaced "$before"
}

# Four for most requests and two for heavy ones.
all_workers() {
	[ "$(pids_of tts-api | wc -l)" = 6 ]
}

# A worker of its own: it is told to end while it reads a request, and another one waits already.
test_a_worker_answers_one_more_request_when_it_is_told_to_end() {
	local pid
	spawn-fcgi -s "$work/sock" -P "$work/worker.pid" -- "$BUILD/tts-api" -c "$STATE/tts.conf" >/dev/null
	pid=$(<"$work/worker.pid")
	node tests/e2e/fastcgi.mjs "$work/sock" "$pid" >"$work/answers" || fail "$(cat "$work/answers")"
	! kill -0 "$pid" 2>/dev/null || fail 'it is still there'
	equal "$(jq -c . "$work/answers")" '[1,0,0]' 'answers to the three requests'
}

all_replaced() {
	all_workers && [ -z "$(comm -12 <(echo "$1") <(pids_of tts-api | sort))" ]
}

# logged PATTERN: the pool has logged this since $log_from.
logged() {
	tail -n "+$((log_from + 1))" "$STATE/log/api.log" | grep -qE -- "$1"
}

test_the_death_of_a_worker_is_explained_with_its_signal_and_request() {
	local pid id before signal answer
	new_user
	for signal in KILL SEGV; do
		log_from=$(wc -l <"$STATE/log/api.log")
		# A request that a worker is handling, which waits for a row lock.
		sql "START TRANSACTION; SELECT id FROM user WHERE id = $user FOR UPDATE; SELECT SLEEP(5)" &
		sleep 0.5
		before=$(pids_of tts-api)
		curl -s -m 30 -D "$work/waiting" -o "$work/answer" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
			-d '{"title":"t","sentences":"One canary."}' "$url/project/" &
		answer=$!
		sleep 0.5
		for pid in $before; do
			kill -s $signal "$pid"
		done
		wait $answer
		id=$(sed -n 's/^X-Request-Id: *//Ip' "$work/waiting" | tr -d '\r')
		[ -n "$id" ] || fail "no request id: $(<"$work/waiting")"
		until_so 20 logged "^<3>tts-api: worker [0-9]+ died of SIG$signal .[0-9]+. while it answered a request request=$id\$"
		equal "$(tail -n "+$((log_from + 1))" "$STATE/log/api.log" | grep -c 'while it answered')" 1 "workers with a request, $signal"
		for pid in $before; do
			until_so 20 logged "^<3>tts-api: worker $pid died of SIG$signal "
		done
		wait
		until_so 20 all_workers
	done
}

test_without_a_pool_the_answer_is_503() {
	new_user
	kill_all TERM multiwatch
	until_so 20 answers /project/ 503
	expect 503
	want '.detail | test("nothing was changed")'
	tests/stack up
	answers /project/ 200 || fail "after a second up: $status"
}

# The worker had the request, so its outcome is unknown.
test_a_worker_that_dies_with_a_request_leaves_the_outcome_unknown() {
	local pid
	new_user
	pid=$(<"$STATE/db/mysql.pid")
	kill -STOP "$pid"
	# shellcheck disable=SC2064
	trap "kill -CONT $pid" EXIT
	(
		sleep 1
		kill_all KILL tts-api
	) &
	send POST /project/ '{"title":"t","sentences":"A canary."}'
	expect 502
	want '.title == "Bad Gateway" and (.detail | test("outcome is unknown") and (test("nothing was changed") | not))'
	kill -CONT "$pid"
	until_so 20 answers /project/ 200
}

test_without_a_database_the_answer_is_503_and_it_heals_alone() {
	new_user
	new_project 'One canary.'
	all_ready
	local path log
	local -A log_from
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	for log in api render; do
		log_from[$log]=$(wc -l <"$STATE/log/$log.log")
	done
	tests/mariadb stop "$STATE/db"
	for place in /project/ "/project/$project" /healthz; do
		request GET "$place"
		expect 503
	done
	send POST /project/ '{"title":"t","sentences":"Two canaries."}'
	expect 503
	send POST /login/ "{\"email\":\"$email\",\"password\":\"$password\"}"
	expect 503
	request GET /voices/
	expect 200
	answers "$path" 200 || fail "the sound answers $status without a database"
	# No matter how many workers were asked, and how often the timer starts the renderer.
	sleep 5
	for log in api render; do
		[ "$(tail -n "+$((log_from[$log] + 1))" "$STATE/log/$log.log" | grep -c 'cannot connect to the database')" -le 1 ] ||
			fail "$log.log: $(tail -n 20 "$STATE/log/$log.log")"
		[ "$(tail -n "+$((log_from[$log] + 1))" "$STATE/log/$log.log" | grep -c '^<[0-4]>')" -le 2 ] ||
			fail "$log.log: $(tail -n 20 "$STATE/log/$log.log")"
	done
	tests/mariadb start "$STATE/db"
	until_so 30 answers /healthz 200
	request GET /project/
	expect 200
	want '.total == 1'
	new_project 'Three canaries.'
	all_ready
}

test_a_database_that_is_killed_loses_nothing() {
	local i ids=()
	new_user
	for i in {1..6}; do
		new_project "Canary number $i. Another. A third."
		ids+=("$project")
	done
	kill -9 "$(<"$STATE/db/mysql.pid")"
	until_so 20 answers /project/ 503
	tests/stack up
	for project in "${ids[@]}"; do
		all_ready
		want '.ready_count == 3'
	done
}

test_a_renderer_that_is_killed_loses_nothing() {
	local i
	new_user
	new_project "$(printf 'This is the canary sentence number %d of a rather long text. ' {1..120})"
	for i in {1..8}; do
		sleep 0.2
		kill_all KILL tts-render
		touch "$STATE/run/kick"
	done
	all_ready
	want '.ready_count == 120'
	request GET "/project/$project/page/12"
	want 'all(.page[]; .status == "ready")'
}

test_a_renderer_that_is_told_to_stop_charges_nobody() {
	new_user
	new_project "$(printf 'This is the canary sentence number %d of a rather long text. ' {1..60})"
	until_so 20 renderer_runs
	kill_all TERM tts-render
	until_so 15 renderer_rests
	touch "$STATE/run/kick"
	all_ready
	equal "$(sql "SELECT COALESCE(SUM(attempts + crashes), 0) FROM audio WHERE project_id = $project")" 0 'charged'
}

renderer_runs() { [ -n "$(pids_of tts-render)" ]; }
renderer_rests() { [ -z "$(pids_of tts-render)" ]; }

test_the_timer_works_without_a_kick() {
	new_user
	hold_renderer
	new_project 'One canary.'
	sleep 0.3 # the kick of this one finds the renderer's lock held
	exec 8>&-
	all_ready
}

test_a_new_nginx_configuration_costs_no_request() {
	new_user
	local i
	for i in {1..5}; do
		kill -HUP "$(<"$STATE/run/nginx.pid")"
		request GET /project/
		expect 200
	done
}
