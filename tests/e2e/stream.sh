# Events: the stream and the long poll, through nginx.
# shellcheck shell=bash disable=SC2034,SC2154

# stream_open FILE [QUERY] [OPTION of curl]…: read a stream into FILE in the background; sets $reader.
stream_open() {
	local file=$1 query=${2-}
	shift $(($# < 2 ? $# : 2))
	rm -f "$file" # of another test
	curl -sS -N -m 120 --interface "$address" -H "Authorization: Bearer $token" -D "$file.head" "$@" \
		"$url/events/$query" >"$file" 2>"$file.error" &
	reader=$!
	until_so 10 test -s "$file"
}

# stream_seqs FILE: the numbers of the events in a stream, on one line; those of the stream itself are left out.
stream_seqs() {
	sed -n 's/^data: //p' "$1" | jq -rs '[.[] | select(.type | test("\\.")).seq] | join(" ")'
}

# types FILE: their types, without those of the stream itself.
stream_types() {
	sed -n 's/^event: //p' "$1" | grep -F . | grep -vxE 'start|reset|end' || :
}

# stream_has FILE N TYPE: the stream has N events of this type.
stream_has() {
	[ "$(grep -cxF "event: $3" "$1")" -ge "$2" ]
}

stream_ended() {
	! kill -0 "$1" 2>/dev/null
}

# Add events of the user by hand: events_happen TYPE…
events_happen() {
	local type
	for type; do
		sql "START TRANSACTION;
			UPDATE user_seq SET seq = seq + 1, event_at = NOW(3) WHERE user_id = $user;
			INSERT INTO event (user_id, seq, type, created_at, project_id, data)
				SELECT $user, seq, '$type', NOW(3), ${project:-1}, '{}' FROM user_seq WHERE user_id = $user;
			COMMIT"
	done
	touch "$STATE/run/event.kick"
}


test_a_stream_begins_with_the_newest_number_and_brings_what_follows() {
	new_user
	project=7
	events_happen audio.ready audio.failed
	stream_open "$work/stream"
	until_so 5 grep -q '^event: start' "$work/stream"
	equal "$(sed -n 's/^data: //p' "$work/stream")" '{"seq":2,"type":"start","data":{}}'
	events_happen audio.changed project.completed
	until_so 5 stream_has "$work/stream" 1 project.completed
	kill $reader
	equal "$(stream_seqs "$work/stream")" '3 4'
	equal "$(stream_types "$work/stream" | xargs)" 'audio.changed project.completed'
	equal "$(sed -n 's/^id: //p' "$work/stream" | xargs)" '2 3 4'
	equal "$(sed -n '/^event: audio.changed/{n;s/^data: //p}' "$work/stream" | jq -c 'del(.created_at)')" \
		'{"seq":3,"type":"audio.changed","project_id":7,"data":{}}'
	grep -qE '^retry: [123][0-9]{3}$' "$work/stream" || fail 'no time to connect again'
	head=$work/stream.head
	equal "$(header Content-Type)" text/event-stream
	equal "$(header Cache-Control)" no-store
	[[ $(header X-Request-Id) =~ ^[0-9a-f]{32}$ ]]
}

test_an_event_arrives_without_a_kick() {
	new_user
	stream_open "$work/stream"
	sql "UPDATE user_seq SET seq = seq + 1, event_at = NOW(3) WHERE user_id = $user;
		INSERT INTO event (user_id, seq, type, created_at, data) VALUES ($user, 1, 'audio.ready', NOW(3), '{}')"
	until_so 3 stream_has "$work/stream" 1 audio.ready
	kill $reader
}

# As after a transaction that took long, or a step of the database's clock.
test_an_event_from_long_ago_arrives() {
	new_user
	stream_open "$work/stream"
	sql "UPDATE user_seq SET seq = seq + 1, event_at = NOW(3) - INTERVAL 1 HOUR WHERE user_id = $user;
		INSERT INTO event (user_id, seq, type, created_at, data) VALUES ($user, 1, 'audio.ready', NOW(3), '{}')"
	until_so 6 stream_has "$work/stream" 1 audio.ready
	kill $reader
}

test_a_stream_goes_on_after_the_last_number() {
	local i
	new_user
	project=7
	# shellcheck disable=SC2046 # words
	events_happen $(printf 'audio.ready %.0s' {1..30})
	stream_open "$work/a" '?after=0'
	until_so 5 stream_has "$work/a" 30 audio.ready
	kill $reader
	equal "$(stream_seqs "$work/a")" "$(seq -s ' ' 30)"
	! grep -q '^event: start' "$work/a"
	# The header counts more than the query, which clients repeat.
	stream_open "$work/b" '?after=0' -H 'Last-Event-ID: 12'
	until_so 5 stream_has "$work/b" 18 audio.ready
	events_happen audio.failed
	until_so 5 stream_has "$work/b" 1 audio.failed
	kill $reader
	equal "$(stream_seqs "$work/b")" "$(seq -s ' ' 13 31)"
	request GET '/events/?wait=20&after=12'
	expect 200
	equal "$(header Content-Type)" application/json
	want '[.events[].seq] == [range(13; 32)] and .next == 31'
}

test_more_events_than_one_page_come_all_and_in_order() {
	new_user
	sql "INSERT INTO event (user_id, seq, type, created_at, data)
		SELECT $user, seq, IF(seq % 1000 = 0, 'audio.failed', 'audio.ready'), NOW(3), CONCAT('{\"pad\":\"', REPEAT('x', 1500), '\"}')
		FROM seq_1_to_3000;
		UPDATE user_seq SET seq = 3000, event_at = NOW(3) WHERE user_id = $user"
	stream_open "$work/stream" '?after=0' --limit-rate 2M
	until_so 30 stream_has "$work/stream" 3 audio.failed
	equal "$(stream_seqs "$work/stream")" "$(seq -s ' ' 3000)"
	kill $reader
	# Most of it is not asked for.
	stream_open "$work/f" '?after=0&types=audio.failed'
	until_so 10 stream_has "$work/f" 3 audio.failed
	kill $reader
	equal "$(stream_seqs "$work/f")" '1000 2000 3000'
	request GET '/events/?after=0&wait=0'
	want '(.events | length) == 200 and .next == 200'
	request GET '/events/?after=0&wait=0&types=audio.failed'
	want '[.events[].seq] == [1000] and .next == 1000'
	request GET '/events/?after=3000&wait=0&types=audio.failed'
	want '.events == [] and .next == 3000'
}

test_only_what_was_asked_for_arrives() {
	new_user
	stream_open "$work/t" '?types=audio.failed,project.completed' && local one=$reader
	stream_open "$work/p" '?project=9' && local two=$reader
	project=7
	events_happen audio.ready audio.failed
	project=9
	events_happen audio.ready project.completed
	until_so 5 stream_has "$work/t" 1 project.completed
	until_so 5 stream_has "$work/p" 1 project.completed
	kill "$one" "$two"
	equal "$(stream_seqs "$work/t")" '2 4'
	equal "$(stream_seqs "$work/p")" '3 4'
}

test_another_user_hears_nothing() {
	local other
	new_user
	stream_open "$work/stream" && other=$reader
	new_user
	project=7
	events_happen audio.ready
	stream_open "$work/own" '?after=0'
	until_so 5 stream_has "$work/own" 1 audio.ready
	sleep 1
	kill $reader "$other"
	equal "$(stream_seqs "$work/stream")" ''
}

test_a_poll_waits_for_the_first_event() {
	local from
	new_user
	project=7
	events_happen audio.ready
	request GET '/events/?wait=0'
	want '.events == [] and .next == 1'
	from=$SECONDS
	request GET '/events/?wait=2&after=1'
	want '.events == [] and .next == 1'
	[ $((SECONDS - from)) -ge 2 ] && [ $((SECONDS - from)) -le 4 ] || fail "waited $((SECONDS - from)) s"
	(sleep 1 && events_happen audio.failed) &
	from=$SECONDS
	request GET '/events/?wait=25&after=1'
	want '[.events[].type] == ["audio.failed"] and .next == 2'
	[ $((SECONDS - from)) -le 4 ] || fail "waited $((SECONDS - from)) s"
	wait
}

test_older_events_than_are_kept_are_a_reset() {
	new_user
	project=7
	# shellcheck disable=SC2046 # words
	events_happen $(printf 'audio.ready %.0s' {1..5})
	sql "DELETE FROM event WHERE user_id = $user AND seq < 4; UPDATE user_seq SET oldest = 4 WHERE user_id = $user"
	stream_open "$work/stream" '?after=2'
	until_so 5 grep -q '^event: reset' "$work/stream"
	events_happen audio.failed
	until_so 5 stream_has "$work/stream" 1 audio.failed
	kill $reader
	equal "$(sed -n 's/^id: //p' "$work/stream" | xargs)" '5 6'
	request GET '/events/?after=2&wait=5'
	want '[.events[] | {seq, type}] == [{seq: 6, type: "reset"}] and .next == 6'
	# The last number that is still complete, and one that never was.
	request GET '/events/?after=3&wait=0'
	want '[.events[].seq] == [4, 5, 6]'
	request GET '/events/?after=99&wait=0'
	want '.events[0].type == "reset" and .next == 6'
}

# stream_ends FILE PID SECONDS: the stream ends in that time, with the reason as its last event.
stream_ends() {
	patience=1 until_so "$3" stream_ended "$2" # what is promised
	wait "$2" || fail "the stream was cut: $(cat "$1.error")"
	equal "$(tail -n 3 "$1")" "$(printf 'event: end\ndata: {"type":"end","data":{"reason":"%s"}}\n' "$4")"
}

test_the_end_of_the_token_ends_the_stream() {
	with_conf expire_sec=4
	new_user
	stream_open "$work/stream"
	rm -f "$work/poll" # of another test
	(request GET '/events/?wait=30&after=0' && echo "$status" >"$work/poll") &
	stream_ends "$work/stream" $reader 8 token_expired
	until_so 3 test -s "$work/poll"
	equal "$(cat "$work/poll")" 401
	request GET '/events/?wait=0'
	expect 401
}

test_a_new_password_ends_the_stream_within_five_seconds() {
	new_user
	stream_open "$work/stream"
	printf 'another password\n' | "$BUILD/ttsctl" -c "$STATE/tts.conf" user passwd --password-file /dev/stdin "$email" >/dev/null
	stream_ends "$work/stream" $reader 5 token_revoked
	request GET '/events/?wait=0'
	expect 401
}

test_a_disabled_or_deleted_user_ends_the_stream_within_five_seconds() {
	new_user
	stream_open "$work/stream"
	"$BUILD/ttsctl" -c "$STATE/tts.conf" user disable "$email" >/dev/null
	stream_ends "$work/stream" $reader 5 token_revoked
	new_user
	stream_open "$work/d"
	"$BUILD/ttsctl" -c "$STATE/tts.conf" user delete "$email" >/dev/null
	stream_ends "$work/d" $reader 5 token_revoked
}

test_bad_input_is_told_what_is_wrong() {
	local query
	new_user
	for query in after=x after=-1 after=99999999999999999999 project=0 project=x wait=61 wait=x; do
		request GET "/events/?$query"
		expect 400
	done
	request GET /events/ -H 'Last-Event-ID: x'
	expect 400
	request GET '/events/?types=audio.ready,nope'
	expect 422
	equal "$(fields)" types
	request GET /events/ -H 'Accept: image/png'
	expect 406
	request POST '/events/?wait=0'
	expect 405
	equal "$(header Allow)" 'GET, HEAD'
	request GET /events/1
	expect 404
	request HEAD /events/
	expect 200
	equal "$(header Content-Type)" text/event-stream
	token=${token%?}x
	request GET '/events/?wait=0'
	expect 401
	token=
	request HEAD /events/
	expect 401
}

test_a_user_has_only_so_many_streams() {
	local i readers=()
	with_conf per_user=3
	new_user
	for i in 1 2 3; do
		stream_open "$work/$i"
		readers+=("$reader")
	done
	request GET /events/
	expect 429
	request GET '/events/?wait=1'
	expect 429
	kill "${readers[0]}"
	until_so 5 answers '/events/?wait=0' 200
	new_user
	request GET '/events/?wait=0'
	expect 200
	kill "${readers[@]:1}"
}

# Streams of one client do not take the place of its requests.
test_streams_do_not_count_as_requests() {
	local i readers=()
	with_conf in_flight=2 streams=4
	new_user
	for i in 1 2 3 4; do
		stream_open "$work/$i"
		readers+=("$reader")
	done
	request GET /project/
	expect 200
	request GET /events/
	expect 429
	kill "${readers[@]}"
}

test_a_stop_ends_streams_in_order_and_answers_polls() {
	local pid
	new_user
	stream_open "$work/stream"
	rm -f "$work/poll" # of another test
	(request GET '/events/?wait=30&after=0' && echo "$status$body" >"$work/poll") &
	sleep 0.5
	pid=$(pids_of tts-stream)
	kill -TERM "$pid"
	until_so 5 stream_ended $reader
	wait $reader || fail "the stream was cut: $(cat "$work/stream.error")"
	until_so 3 test -s "$work/poll"
	equal "$(cat "$work/poll")" '200{"events":[],"next":0}'
	until_so 5 answers '/events/?wait=0' 200
	[ "$(pids_of tts-stream)" != "$pid" ]
}

test_a_database_that_is_away_ends_no_stream() {
	new_user
	project=7
	stream_open "$work/stream"
	TTS_STATE=$STATE tests/mariadb stop "$STATE/db" >/dev/null
	until_so 5 answers '/events/?wait=0' 503
	expect 503
	TTS_STATE=$STATE tests/mariadb start "$STATE/db" >/dev/null
	events_happen audio.ready
	until_so 10 stream_has "$work/stream" 1 audio.ready
	kill $reader
}

# Nobody but nginx connects to the socket; but what else came would not end the process.
test_what_is_no_request_does_no_harm() {
	local pid sent
	pid=$(pids_of tts-stream)
	new_user
	for sent in 'nonsense\r\n\r\n' 'GET /events/ HTTP/1.1\r\n' 'PROPFIND /events/ HTTP/1.1\r\n\r\n' \
		"GET /events/ HTTP/1.1\r\nAuthorization: Bearer $token\r\n\r\nGET /events/ HTTP/1.1\r\n\r\nmore" \
		"GET /events/ HTTP/1.1\r\nContent-Length: 5\r\nAuthorization: Bearer $token\r\n\r\n12345more" \
		"GET //[ HTTP/1.1\r\n\r\n" "GET /events/?$(printf 'x%.0s' {1..20000}) HTTP/1.1\r\n\r\n"; do
		printf '%b' "$sent" | timeout 1 python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read())
while s.recv(4096): pass' "$STATE/run/stream.sock" || :
	done
	equal "$(pids_of tts-stream)" "$pid" 'process'
	request GET '/events/?wait=0'
	expect 200
}

# The client takes nothing; what nginx and the kernel hold for it is not our memory.
test_a_client_that_does_not_read_is_disconnected() {
	local pid n
	new_user
	# Directly at the socket, where no nginx takes data in.
	python3 - "$STATE/run/stream.sock" "$token" <<'EOF' &
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.connect(sys.argv[1])
s.sendall(f"GET /events/ HTTP/1.1\r\nAuthorization: Bearer {sys.argv[2]}\r\n\r\n".encode())
time.sleep(30)
EOF
	pid=$!
	sleep 0.5
	n=$(curl -s --unix-socket "$STATE/run/metrics.sock" http://tts/metrics | sed -n 's/^tts_stream_dropped_total //p')
	for _ in {1..20}; do
		sql "INSERT INTO event (user_id, seq, type, created_at, data)
			SELECT $user, s.seq + n.seq, 'audio.ready', NOW(3), CONCAT('{\"pad\":\"', REPEAT('x', 1900), '\"}')
			FROM seq_1_to_20 n, user_seq s WHERE s.user_id = $user;
			UPDATE user_seq SET seq = seq + 20, event_at = NOW(3) WHERE user_id = $user"
		touch "$STATE/run/event.kick"
		sleep 0.2
	done
	equal "$(curl -s --unix-socket "$STATE/run/metrics.sock" http://tts/metrics | sed -n 's/^tts_stream_dropped_total //p')" $((n + 1)) dropped
	kill $pid
}

test_a_signal_of_life_comes_every_fifteen_seconds() {
	new_user
	project=7
	stream_open "$work/stream" '?types=audio.failed'
	events_happen audio.ready
	until_so 20 grep -qx ': ping' "$work/stream"
	kill $reader
	# It carries the number up to which everything was sent, if only to be left out.
	equal "$(sed -n '/^: ping/{n;p}' "$work/stream")" 'id: 1'
}

# What a client has to have seen: "1 audio.ready", "2 audio.ready" … with a failure as the last one.
expected_events() {
	seq 1 $(($1 - 1)) | sed 's/$/ audio.ready/'
	echo "$1 audio.failed"
}

# Events come while the service is killed; the client's own way to connect again loses and repeats nothing.
# killed_while_reading LOG PID
killed_while_reading() {
	local i
	project=7
	for i in 1 2 3; do
		# shellcheck disable=SC2046 # words
		events_happen $(printf 'audio.ready %.0s' {1..6})
		kill_all KILL tts-stream
		sleep 1.5
	done
	events_happen audio.ready audio.failed
	until_so 30 stream_ended "$2"
	wait "$2" || fail "the client ended with $?: $(cat "$1")"
	expected_events 20 | diff - <(grep -v ' start$' "$1") || fail 'not each event once, in order'
}

test_npm_eventsource_misses_and_repeats_nothing() {
	[ -d node_modules/eventsource ] && command -v node >/dev/null || exit 77
	new_user
	node tests/e2e/clients/eventsource.mjs "$url/events/?after=0" "$token" 20 audio.ready audio.failed >"$work/seen" 2>"$work/err" &
	killed_while_reading "$work/seen" $!
}

test_fetch_in_chromium_misses_and_repeats_nothing() {
	command -v chromium >/dev/null && command -v node >/dev/null || exit 77
	new_user
	node tests/e2e/clients/chromium.mjs chromium "$url" "$token" 20 "$work/chromium" >"$work/seen" 2>&1 &
	killed_while_reading "$work/seen" $!
}

# As a client would see it: a new project, sentence by sentence.
test_a_new_project_is_heard_in_order() {
	new_user
	stream_open "$work/a"
	hold_renderer # after this, or the reader would have the lock too
	new_project 'One. Two. Three. Four. Five. Six.'
	until_so 5 stream_has "$work/a" 1 project.changed
	release_renderer
	until_so 60 stream_has "$work/a" 1 project.completed
	kill $reader
	equal "$(stream_types "$work/a" | sort | uniq -c | awk '{ print $2, $1 }' | xargs)" \
		'audio.ready 6 project.changed 1 project.completed 1'
	equal "$(stream_types "$work/a" | tail -n 1)" project.completed
	equal "$(stream_seqs "$work/a")" '1 2 3 4 5 6 7 8'
	# Cut after the third event.
	stream_open "$work/b" '' -H 'Last-Event-ID: 3'
	until_so 5 stream_has "$work/b" 1 project.completed
	kill $reader
	equal "$(stream_seqs "$work/b")" '4 5 6 7 8'
	request GET '/events/?wait=10&after=3'
	want '[.events[].seq] == [4, 5, 6, 7, 8] and .next == 8'
	# What an event says can be found.
	local path
	path=$(sed -n '/^event: audio.ready/{n;s/^data: //p}' "$work/a" | jq -rs '.[0].data.path')
	answers "$path" 200
}
