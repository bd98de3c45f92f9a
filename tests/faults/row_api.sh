# API workers and nginx die, are restarted, or have slow clients.
# shellcheck shell=bash

row_api() {
	stack_up && login && PROJECT=$(client project 20) && drain && oracle
}

# The fault points of writes that only the API makes, read from the code.
write_points() {
	tests/faults/points | grep -E '^store\.(edit|insert|remove|delete|project|retry)\.'
}

# All clients write; every worker has a plan to die before or after some COMMIT, and so has its successor.
killed_at_commits() {
	local n=$1 i points
	mapfile -t points < <(write_points)
	for ((i = 0; i < n; i++)); do
		echo "${points[$(random ${#points[@]})]}:kill:$((1 + $(random 3)))" >"$STATE/plan/api/$(printf %05d $i)"
	done
	# Their successors have the first plans.
	pids tts-api | xargs kill -TERM
	flow
	for i in 1 2 3; do
		load_start "$(client project 12)" 30
	done
	# The mix of the load has no projects in it.
	while [ -n "$(ls "$STATE/plan/api")" ]; do
		i=$(client project 2 "project-$RANDOM-$SEED") || continue
		client delete "$i" || true
	done
	sleep 1
	load_stop
	until_so 60 rendered || fail 'not everything is rendered'
	hold
	say "$(grep -c 'fault store.*: kill' "$STATE/log/api.log") workers died, $(grep -c ' ? ' "$STATE/client/answers") outcomes unknown"
	oracle 20
}

# Killed from outside, at any moment.
killed_at_random() {
	local n=$1 i list
	flow
	for i in 1 2 3; do
		load_start "$(client project 12)" 30
	done
	for ((i = 0; i < n; i++)); do
		mapfile -t list < <(pids tts-api)
		[ ${#list[@]} -eq 0 ] || kill -KILL "${list[$(random ${#list[@]})]}" 2>/dev/null || true
		sleep "0.$(printf %03d "$(random 150)")"
	done
	load_stop
	until_so 60 rendered || fail 'not everything is rendered'
	hold
	oracle 20
}

# The processes of nginx that serve.
nginx_workers() {
	pgrep -P "$(<"$STATE/run/nginx.pid")"
}

nginx_killed() {
	local n=$1 i list
	for i in 1 2; do
		load_start "$(client project 12)" 30
	done
	for ((i = 0; i < n; i++)); do
		mapfile -t list < <(nginx_workers)
		kill -KILL "${list[$(random ${#list[@]})]}" 2>/dev/null || true
		sleep "0.$(printf %03d "$(random 400)")"
	done
	load_stop
	drain
	oracle
}

# unbroken COMMAND…: repeated under load, it loses no request.
unbroken() {
	local from i
	for i in 1 2 3; do
		load_start "$(client project 12)" 30
	done
	sleep 0.5
	from=$(wc -l <"$STATE/client/answers")
	for ((i = 0; i < $(pick 3 6 30); i++)); do
		"$@"
		sleep 0.3
	done
	load_stop
	i=$(tail -n "+$((from + 1))" "$STATE/client/answers" | grep -cE '^[a-z]+ (\?|-1|5[0-9][0-9]) ') || true
	say "$i of $(($(wc -l <"$STATE/client/answers") - from)) requests failed"
	[ "$i" = 0 ] || fail 'requests were lost'
	drain
	oracle
}

reload_nginx() {
	nginx -c "$STATE/nginx/nginx.conf" -p "$STATE" -s reload 2>/dev/null
}

# One worker after the other is told to exit, and is replaced.
rolling_restart() {
	local pid
	for pid in $(pids tts-api); do
		kill -TERM "$pid" 2>/dev/null || true
		sleep 0.1
	done
}

# A truncated body: nothing is written. Over TCP nginx detects it.
truncated_body() {
	local before after answer
	before=$(sql 'SELECT COUNT(*) FROM project')
	answer=$(printf 'POST /project/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n%s' \
		"$(<"$STATE/client/token")" '{"title":"Zimtquark","sentences":"One."' |
		"$tools/client" -p "$PORT" raw | head -n 1)
	after=$(sql 'SELECT COUNT(*) FROM project')
	say "answered: ${answer:-nothing}"
	[ "$before" = "$after" ] || fail 'half a body was written'
	case $answer in
	*' 400 '* | '') ;;
	*) fail 'half a body was answered otherwise than with 400' ;;
	esac
	# One whose length is right but whose JSON is truncated.
	answer=$(printf '{"title":"Zimtquark","sentences":"On' | curl -s -o /dev/null -w '%{http_code}' --data-binary @- \
		-H 'Content-Type: application/json' -H "Authorization: Bearer $(<"$STATE/client/token")" \
		"http://127.0.0.1:$PORT/project/")
	[ "$answer" = 400 ] || fail "a truncated document was answered $answer"
	oracle
}

# Slow clients occupy connections, not workers: others are hardly affected.
slow_clients() {
	local n=$1 alone among round best_alone=1000000000 best_among=1000000000 slow
	for round in 1 2 3; do
		alone=$(client latency "/project/$PROJECT" 400)
		[ "$alone" -ge "$best_alone" ] || best_alone=$alone
	done
	client dawdle "$n" 30 >"$STATE/tmp/dawdle" &
	slow=$!
	until_so 20 grep -q there "$STATE/tmp/dawdle"
	for round in 1 2 3; do
		among=$(client latency "/project/$PROJECT" 400)
		[ "$among" -ge "$best_among" ] || best_among=$among
	done
	kill $slow
	reap $slow || true
	say "p99 $best_alone us alone, $best_among us among $n slow ones"
	[ "$best_among" -le $((2 * best_alone)) ] || fail 'that is more than twice as much'
}

cases_api() {
	local n
	n=$(pick 20 100 500)
	test_case short "workers killed at commits, $n times under load" killed_at_commits "$n"
	test_case short "workers killed at random, $n times under load" killed_at_random "$n"
	test_case short "nginx killed $(pick 3 10 50) times under load" nginx_killed "$(pick 3 10 50)"
	test_case short 'nginx reloaded under load' unbroken reload_nginx
	test_case short 'rolling restart of the pool under load' unbroken rolling_restart
	test_case short 'a truncated body' truncated_body
	test_case usual '2000 slow connections' slow_clients 2000
}
