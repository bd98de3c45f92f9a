# The database is unavailable, dies, stops responding, is full of locks, or has another schema.
# shellcheck shell=bash

row_database() {
	POOL=1 stack_up && login && PROJECT=$(client project 10) && drain && oracle
}

healthy() {
	[ "$(answered /healthz)" = 200 ]
}

away_at_start() {
	local status=0 id
	id=$(sentences "$PROJECT" | head -n 1)
	client project 2 >/dev/null
	database_stop
	render || status=$?
	[ $status = 75 ] || fail "the renderer ended with $status"
	[ "$(answered /healthz)" = 503 ] || fail 'the API does not say that it is away'
	client edit "$id" >/dev/null && fail 'an edit was accepted'
	[ "$(answered "/audio/$id")" = 503 ] || fail 'a read was answered without a database'
	grep -q '"status":503' "$STATE/answer" || fail 'the answer is no problem document'
	database_start
	until_so 20 healthy || fail 'the API does not heal'
	client edit "$id" >/dev/null || fail 'an edit is still refused'
	drain
	oracle
}

# It dies (HOW: kill, or stop) and comes back while a renderer is stopped at POINT.
gone_while_at() {
	local how=$1 point=$2 from status=0
	client project 6 >/dev/null
	client edit "$(sentences "$PROJECT" | head -n 1)" >/dev/null
	from=$(mark)
	render_start TTS_FAULT="$point:sleep=1500"
	case $point in
	render.child.spoken | render.child.encoded) until_so 5 being_spoken && sleep 0.3 ;;
	*) until_so 10 struck "$point" "$from" || fail "$point is never met" ;;
	esac
	"database_$how"
	database_start
	reap "$RENDERER" || status=$?
	case $status in
	0 | 75) ;;
	*) fail "the renderer ended with $status" ;;
	esac
	until_so 20 healthy || fail 'the API does not heal'
	drain
	oracle 3
}

being_spoken() {
	[ -n "$("$tools/spoken" "$STATE/run/render.lock")" ]
}

# A COMMIT is not answered, or the transaction is refused before it: the client is told the truth, and
# the work is done in the end.
no_answer() {
	meet "$1" EIO || fail "$1 is never met"
	drain
	oracle 3
}

# A write succeeds; or it is refused, if it was not in a transaction that can be run again, and succeeds
# when it is requested again. It uses a new object, which no earlier refusal has affected.
write_once() {
	local what=$1 subject=("$PROJECT" 2) plan=$2
	case $what in
	edit | remove | retry) subject=("$(client insert "$PROJECT" -1)") ;;
	delete) subject=("$(client project 1)") ;;
	project) subject=(2) ;;
	esac
	echo "$plan" >"$STATE/plan/api/1"
	kill -TERM "$(pids tts-api)"
	until_so 10 test ! -e "$STATE/plan/api/1" || fail 'no worker took the plan'
	client "$what" "${subject[@]}" >/dev/null && return
	echo "$what $plan" >>"$STATE/tmp/refused"
	client "$what" "${subject[@]}" >/dev/null || fail "$what is refused twice after $plan"
}

# The same for programs that do not write on behalf of a client.
work_once() {
	case $1 in
	render)
		make_work 2 >/dev/null
		render TTS_FAULT="$2" || [ $? = 75 ] || fail "the renderer ended with $?"
		;;
	work)
		client delete "$(client project 2)" || fail 'it cannot be deleted'
		work TTS_FAULT="$2" || [ $? = 75 ] || fail "tts-work ended with $?"
		;;
	ctl) meet_in_ctl "${2%%:*}" "${2#*:}" || true ;;
	esac
}

# Deadlock, lock wait timeout, changed row: at each statement and each COMMIT in turn of everything that
# writes.
each_statement() {
	local code=$1 what point n from all=0
	: >"$STATE/tmp/refused"
	for what in project edit insert retry remove delete render work ctl; do
		for point in store.statement store.commit; do
			# The number of statements of a sweep grows with the projects, but not that of their kinds.
			for ((n = 1; n <= 30; n++)); do
				[ $what$n != ctl13 ] || break
				from=$(mark)
				case $what in
				render | work | ctl) work_once $what "$point:error=$code:$n" ;;
				*) write_once $what "$point:error=$code:$n" ;;
				esac
				struck $point "$from" || break
			done
			pids tts-api | xargs kill -TERM # it still has a plan
			say "$what: $((n - 1)) times $code at $point"
			[ $n -gt 1 ] || fail "$what does not meet $point"
			all=$((all + n - 1))
		done
	done
	cat "$STATE/tmp/refused"
	say "$all times $code, $(wc -l <"$STATE/tmp/refused") writes refused and asked for again"
	# A transaction is run again, and the client does not notice.
	! grep -v ' store.statement:.*:[12]$' "$STATE/tmp/refused" || fail 'writes were refused after they had begun'
	drain
	oracle
}

# Killed repeatedly while clients write and the timer runs the renderer.
killed_under_load() {
	local n=$1 i
	flow
	load_start "$PROJECT" 20
	load_start "$(client project 10)" 20
	for ((i = 0; i < n; i++)); do
		sleep "0.$(printf %03d "$(random 900)")"
		database_kill
		database_start || fail 'the database does not come back'
	done
	until_so 30 healthy || fail 'the API does not heal'
	load_stop
	until_so 120 rendered || fail 'not everything is rendered'
	hold
	oracle 30
	say "$n kills, $(grep -c ' 201 ' "$STATE/client/answers") writes accepted, $(grep -c ' ? ' "$STATE/client/answers") unknown"
}

# A proxy between the programs and the database stops forwarding.
silent() {
	local point=$1 from began status=0 proxy answer
	"$tools/proxy" "$STATE/run/db.sock" "$STATE/db/mysql.sock" &
	proxy=$!
	until_so 5 test -S "$STATE/run/db.sock"
	stack_set "databases.socket=\"$STATE/run/db.sock\""
	client project 4 >/dev/null
	from=$(mark)
	render_start TTS_FAULT="$point:sleep=500"
	until_so 10 struck "$point" "$from" || fail "$point is never met"
	kill -USR1 $proxy
	began=$SECONDS
	answer=$(answered "/project/$PROJECT") || true
	[ "$answer" = 503 ] || fail "the API answered $answer"
	[ $((SECONDS - began)) -le 17 ] || fail "the API answered after $((SECONDS - began)) s"
	reap "$RENDERER" || status=$?
	say "the renderer left with $status after $((SECONDS - began)) s"
	[ $((SECONDS - began)) -le 17 ] || fail "the renderer left after $((SECONDS - began)) s"
	kill -USR2 $proxy
	drain
	oracle
	stack_set "databases.socket=\"$STATE/db/mysql.sock\""
	kill -KILL $proxy
	reap $proxy || true
}

# Another session holds a row that an edit and a publication need.
row_is_locked() {
	local seconds=$1 id status=0
	id=$(sentences "$PROJECT" | head -n 1)
	sql "START TRANSACTION; SELECT id FROM project WHERE id = $PROJECT FOR UPDATE; DO SLEEP($seconds)" >/dev/null &
	sleep 0.5
	client edit "$id" >/dev/null || status=$?
	wait $!
	[ "$status" = 0 ] || [ "$seconds" -gt 9 ] || fail "the edit ended with $status"
	drain
	oracle
}

# Transactions that take the locks in the opposite order, and an operator who kills queries and connections.
quarrel() {
	local seconds=$1 end i
	flow
	for i in 1 2 3; do
		load_start "$PROJECT" 15
	done
	end=$((SECONDS + seconds))
	while [ $SECONDS -lt $end ]; do
		sql "START TRANSACTION;
			SELECT id FROM audio WHERE project_id = $PROJECT ORDER BY RAND() LIMIT 3 FOR UPDATE;
			DO SLEEP(0.02);
			SELECT id FROM project WHERE id = $PROJECT FOR UPDATE; ROLLBACK" >/dev/null 2>>"$STATE/tmp/quarrel" || true
		for i in $(sql "SELECT id FROM information_schema.processlist WHERE user LIKE 'tts%' ORDER BY RAND() LIMIT 1"); do
			sql "KILL $([ $((i % 2)) = 0 ] && echo QUERY || echo CONNECTION) $i" 2>/dev/null || true
		done
	done
	load_stop
	until_so 120 rendered || fail 'not everything is rendered'
	hold
	say "$(grep -c 1213 "$STATE/tmp/quarrel") deadlocks lost by the other side"
	oracle 30
}

# Eight renderers (as eight hosts) and eight clients that insert and edit: none waits forever, and nothing
# is claimed twice.
eight_of_each() {
	local seconds=$1 i project pids=() end sum
	for i in 1 2 3 4 5 6 7 8; do
		host_add "host$i"
		project=$(client project 5)
		load_start "$project" 6
	done
	end=$((SECONDS + seconds))
	for i in 1 2 3 4 5 6 7 8; do
		while [ $SECONDS -lt $end ]; do
			CONF_OF_HOST=host$i.conf render || true
		done &
		pids+=($!)
	done
	wait "${pids[@]}" || true
	load_stop
	drain
	# Each run reports how many sentences it made ready; their sum is the number of sounds.
	sum=$(grep -c 'stale [1-9]' "$STATE/log/render.log") || true
	say "$sum runs met a sentence that was edited meanwhile"
	oracle 60
}

# A schema of another version than that of the programs is refused with one clear line.
other_schema() {
	local version=$1 status=0 lines
	client project 1 >/dev/null
	sql "UPDATE schema_migration SET version = version + $version ORDER BY $version * CAST(version AS SIGNED) DESC"
	: >"$STATE/log/schema.log"
	lines=$(wc -l <"$STATE/log/render.log")
	render || status=$?
	[ $status = 78 ] || fail "the renderer ended with $status"
	[ "$(tail -n "+$((lines + 1))" "$STATE/log/render.log" | grep -c 'the schema of the database is version')" = 1 ] ||
		fail 'it does not say so in one line'
	pids tts-api | xargs kill -TERM
	sleep 0.5
	[ "$(answered "/project/$PROJECT")" = 503 ] || fail 'the API answers'
	sql "UPDATE schema_migration SET version = version - $version ORDER BY $version * CAST(version AS SIGNED)"
	until_so 20 healthy || fail 'the API does not heal'
	drain
	oracle
}

cases_database() {
	local how point
	test_case short 'away at the start' away_at_start
	for point in store.claim.before_commit store.claim.committed render.child.start render.published \
		store.finish.before_commit store.finish.committed store.take_back.before_commit; do
		case $point in
		render.published | store.finish.before_commit) how=short ;;
		*) how=usual ;;
		esac
		test_case $how "killed while a renderer is at $point" gone_while_at kill "$point"
		test_case usual "restarted while a renderer is at $point" gone_while_at stop "$point"
	done
	for point in $(tests/faults/points | grep -E '^store\..*\.committed$'); do
		case $(grep -rlF "\"$point\"" store) in
		store/admin* | store/stage* | store/image* | store/dead* | store/alert* | store/pipeline_[!s]*) test_case usual "no answer at $point" no_answer "$point" ;;
		*) test_case short "no answer at $point" no_answer "$point" ;;
		esac
	done
	for point in $(tests/faults/points | grep -E '^store\..*\.before_commit$'); do
		test_case usual "refused at $point" no_answer "$point"
	done
	for point in 1213 1205 1020; do
		test_case usual "error $point at each statement" each_statement "$point"
	done
	test_case short "killed $(pick 3 10 100) times under load" killed_under_load "$(pick 3 10 100)"
	for point in render.claimed render.published render.start; do
		test_case usual "silent from $point on" silent "$point"
	done
	test_case usual 'a row is locked for 3 s' row_is_locked 3
	test_case usual 'a row is locked for 12 s' row_is_locked 12
	test_case short 'deadlocks, killed queries and connections' quarrel "$(pick 5 15 300)"
	test_case usual 'eight renderers, eight clients' eight_of_each "$(pick 5 20 600)"
	test_case short 'a newer schema' other_schema 1
	test_case short 'an older schema' other_schema -1
}
