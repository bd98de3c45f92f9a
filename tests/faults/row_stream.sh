# tts-stream dies at random, or loses the database, while clients listen and sentences are edited and rendered:
# each client gets each event exactly once, in order.
# shellcheck shell=bash

row_stream() {
	stack_up stream.per_user=1000 && login && PROJECT=$(client project 6) && drain 60 all_done && oracle
}

# listen N AFTER: N clients, from the event AFTER on; what they get is in $STATE/views.
listen() {
	python3 tests/stream_clients.py "$PORT" "$1" "$2" <"$STATE/client/token" >"$STATE/views" 2>"$STATE/views.error" &
	LISTENERS=$!
	until_so 20 grep -qx open "$STATE/views" || fail "the clients do not listen: $(tail -n 1 "$STATE/views.error")"
}

newest_event() {
	sql 'SELECT MAX(seq) FROM event'
}

# all_have N LAST: each of N clients has the event LAST.
all_have() {
	[ "$(awk -v last="$2" '$3 == last { n++ } END { print n + 0 }' "$STATE/views")" -ge "$1" ]
}

# each_once N AFTER LAST: each of N clients got just the events after AFTER up to LAST, in order.
each_once() {
	local wrong
	wrong=$(awk -v n="$1" -v after="$2" -v last="$3" '
		NF == 4 && $3 != (($2 in seen) ? seen[$2] : after) + 1 { print "client", $2, "got", $3, "after", (($2 in seen) ? seen[$2] : after) }
		NF == 4 { seen[$2] = $3 }
		END { for (i = 0; i < n; i++) if (seen[i] != last) print "client", i, "ends with", seen[i], "instead of", last }' \
		"$STATE/views" | head -n 5)
	[ -z "$wrong" ] || fail "$wrong"
}

# heard N AFTER COMMAND…: what COMMAND does to the service while everybody is at work, N clients hear rightly.
heard() {
	local n=$1 after last
	shift
	after=$(newest_event)
	flow
	listen "$n" "$after"
	load_start "$PROJECT" 40
	"$@"
	load_stop
	hold
	drain 60 all_done
	last=$(newest_event)
	[ "$last" -gt "$((after + 20))" ] || fail "only $((last - after)) events"
	until_so 20 all_have "$n" "$last" || say 'not all clients have the last event'
	kill "$LISTENERS"
	reap "$LISTENERS" || true
	each_once "$n" "$after" "$last"
	say "$n clients got $((last - after)) events each"
	oracle 5
}

kill_streams() {
	local i pid
	for ((i = 0; i < $1; i++)); do
		sleep "0.$(printf %03d $((100 + $(random 300))))"
		pid=$(pids tts-stream)
		[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
	done
	say "$(grep -c 'Killed' "$STATE/log/stream.log") kills"
}

lose_database() {
	sleep 1
	database_kill
	sleep 1
	database_start
	sleep 2
}

cases_stream() {
	local n
	n=$(pick 15 50 100)
	test_case short "$n kills while clients listen" heard 10 kill_streams "$n"
	test_case short 'the database dies while clients listen' heard 5 lose_database
}
