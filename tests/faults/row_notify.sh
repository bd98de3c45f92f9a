# tts-notify dies at random, loses the database, or runs on two hosts, while sentences are edited and rendered: each
# event becomes one delivery to each webhook that wants it, and each delivery reaches its receiver at least once.
# shellcheck shell=bash

row_notify() {
	stack_up webhooks.lease_sec=30 && login && PROJECT=$(client project 6) && drain 60 all_done && oracle && host_add other
}

# One webhook for each path of the receiver, which prints to $STATE/received.
hooks() {
	local port path id
	port=$(free_port)
	python3 tests/faults/receiver.py "$port" >"$STATE/received" 2>"$STATE/received.error" &
	RECEIVER=$!
	until_so 20 grep -qx open "$STATE/received" || fail "no receiver: $(tail -n 1 "$STATE/received.error")"
	sql 'UPDATE webhook SET deleted = 1'
	HOOKS=
	for path; do
		id=$(api POST /webhook/ "{\"url\":\"http://127.0.0.1:$port$path\"}" | jq .id)
		[[ $id =~ ^[0-9]+$ ]] || fail "no webhook for $path"
		HOOKS+=${HOOKS:+,}$id
	done
}

# The clock of the database counts: what would be tried in five minutes is due now.
all_sent() {
	sql "UPDATE delivery SET run_at = NOW(3) WHERE state = 'pending'"
	CONF_OF_HOST=other.conf notify || fail "tts-notify of the other host ended with $?"
	notify || fail "tts-notify ended with $?"
	[ "$(sql "SELECT COUNT(*) FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE w.deleted = 0 AND d.state IN ('pending', 'claimed')")" = 0 ]
}

# told COMMAND…: whatever COMMAND does meanwhile, the webhooks are told of everything.
told() {
	local from wrong
	from=$(sql 'SELECT MAX(seq) FROM event')
	flow
	load_start "$PROJECT" 40
	"$@"
	load_stop
	hold
	drain 60 all_done
	until_so 60 all_sent || fail "not sent: $(sql "SELECT id, state, tries, error FROM delivery WHERE state IN ('pending', 'claimed') LIMIT 3")"
	[ "$(sql 'SELECT MAX(seq) FROM event')" -gt $((from + 20)) ] || fail 'there were only few events'
	# A row for each event since, and none twice: the table sees to that. All were taken at least once.
	wrong=$(sql "SELECT CONCAT('webhook ', w.id, ' has no delivery of event ', e.seq) FROM webhook w
		JOIN event e ON e.user_id = w.user_id AND e.seq > $from
		LEFT JOIN delivery d ON d.webhook_id = w.id AND d.seq = e.seq WHERE w.id IN ($HOOKS) AND d.id IS NULL LIMIT 3")
	[ -z "$wrong" ] || fail "$wrong"
	wrong=$(sql "SELECT CONCAT(id, ' ', state, ' ', tries, ' ', error) FROM delivery WHERE webhook_id IN ($HOOKS) AND state <> 'done' LIMIT 3")
	[ -z "$wrong" ] || fail "deliveries that ended otherwise: $wrong"
	sql "SELECT CONCAT('msg_', webhook_id, '_', seq) FROM delivery WHERE webhook_id IN ($HOOKS)" | sort >"$STATE/wanted"
	awk '$3 == 200 { print $2 }' "$STATE/received" | sort -u >"$STATE/taken"
	wrong=$(comm -3 "$STATE/wanted" "$STATE/taken" | head -n 3)
	[ -z "$wrong" ] || fail "what was to come and what came differ: $wrong"
	kill "$RECEIVER"
	reap "$RECEIVER" || true
	say "$(wc -l <"$STATE/wanted") deliveries, $(($(awk '$3 == 200' "$STATE/received" | wc -l) - $(wc -l <"$STATE/wanted"))) came again"
	oracle 5
}

kill_notifiers() {
	local i pid kills=0
	for ((i = 0; i < $1; i++)); do
		sleep "0.$(printf %03d $((100 + $(random 300))))"
		pid=$(pids tts-notify | head -n 1)
		[ -z "$pid" ] || { kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1)); }
	done
	[ $kills -gt 0 ] || fail 'nothing was killed'
	say "$kills kills"
}

lose_database() {
	sleep 1
	database_kill
	sleep 1
	database_start
	sleep 2
}

killed_at_random() {
	hooks /a /b /flaky
	told kill_notifiers "$1"
}

without_database() {
	hooks /a /flaky
	told lose_database
}

all_delivered() {
	rendered && [ "$(sql "SELECT COUNT(*) FROM delivery WHERE webhook_id IN ($HOOKS) AND state <> 'done'")" = 0 ]
}

# Both hosts send for some seconds. One that is told to stop leaves deliveries that are sent again, so they end first.
both_hosts() {
	local other log
	: >"$STATE/log/notify.log"
	(while [ ! -e "$STATE/enough" ]; do
		TTS_STATE=$STATE "$FAULTS_BUILD/tts-notify" -c "$STATE/other.conf" || exit
		sleep 0.2
	done) 2>"$STATE/log/notify-other.log" </dev/null &
	other=$!
	sleep "$1"
	load_stop
	until_so 60 all_delivered || fail 'not everything is delivered'
	touch "$STATE/enough"
	reap "$other" || fail "tts-notify of the other host ended with $?"
	rm "$STATE/enough"
	sleep 1
	for log in notify notify-other; do
		grep -qE 'claimed [1-9]' "$STATE/log/$log.log" || fail "one host did nothing: $(cat "$STATE/log/$log.log")"
	done
}

on_two_hosts() {
	local twice
	hooks /a /b /c
	told both_hosts "$1"
	twice=$(awk 'NF == 3 { print $2 }' "$STATE/received" | sort | uniq -d | head -n 3)
	[ -z "$twice" ] || fail "sent twice: $twice"
}

cases_notify() {
	local n
	n=$(pick 15 50 100)
	test_case short "$n kills while webhooks are told" killed_at_random "$n"
	test_case short 'the database dies while webhooks are told' without_database
	test_case short 'two hosts send each delivery once' on_two_hosts "$(pick 5 15 60)"
}
