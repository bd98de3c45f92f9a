# What endpoints are sent: a receiver on this machine verifies it with the libraries that receivers use.
# Deliveries are moved in time by their rows: it is the clock of the database that counts.
# shellcheck shell=bash disable=SC2034,SC2154

# Start the receiver, unless it runs; sets $there. It ends with the test.
receive() {
	[ -z "${receiver-}" ] || return 0
	local port
	port=$(free_port)
	there=http://127.0.0.1:$port there6="http://[::1]:$port"
	log=$work/received
	: >"$log"
	node tests/e2e/receiver.mjs "$port" "$log" >"$work/receiver.log" 2>&1 &
	receiver=$!
	comes "the receiver does not start: $(cat "$work/receiver.log")" curl -s -o /dev/null -X PUT -d '[]' "$there/secret"
}

# comes WHY COMMAND…: wait up to 20 seconds for a condition.
comes() {
	local why=$1 end=$((SECONDS + 20))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "$why"
		sleep 0.1
	done
}

# hook PATH [MEMBERS]: make a webhook for the receiver; sets $hook and $secret.
hook() {
	receive
	send POST /webhook/ "{\"url\":\"$there$1\"${2:+,$2}}"
	expect 201
	hook=$(get .id) secret=$(get .secret)
	curl -s -o /dev/null -X PUT -d "[\"$secret\"]" "$there/secret"
	: >"$log"
}

# send_test: send a test; sets $delivery.
send_test() {
	request POST "/webhook/$hook/test"
	expect 201
	delivery=$(get .id)
}

# received FILTER [N]: whether jq's FILTER holds for N requests (default: any), of which there are no others.
received() {
	[ "$(jq -c "select($1)" "$log" | wc -l)" -ge "${2:-1}" ]
}

of_delivery() {
	sql "SELECT $1 FROM delivery WHERE id = $delivery"
}

is() {
	[ "$(of_delivery "$1")" = "$2" ]
}

# due: the time of the delivery has come.
due() {
	sql "UPDATE delivery SET run_at = NOW(3) WHERE webhook_id = $hook AND state = 'pending'"
	touch "$STATE/run/event.kick"
}

test_events_are_sent_signed_and_verified() {
	new_user
	hook /ok '"types":["audio.ready","project.completed"]'
	new_project 'One canary. Two canaries. Three.'
	all_ready
	comes "not all came: $(cat "$log")" received true 4
	[ "$(wc -l <"$log")" = 4 ] || fail "$(cat "$log")"
	jq -se --arg p "$project" 'all(.[]; .standard == [true] and .svix == [true] and .signatures == 1 and .type == "application/json"
		and (.agent | startswith("tts-provider/")) and .body.type == .body.data.type and .body.timestamp == .body.data.created_at
		and .body.data.project_id == ($p | tonumber) and (.id | startswith("msg_")))
		and ([.[].id] | unique | length) == 4 and ([.[].body.type] | sort) == ["audio.ready", "audio.ready", "audio.ready", "project.completed"]' \
		"$log" >/dev/null || fail "$(cat "$log")"
	request GET "/webhook/$hook/deliveries?status=delivered"
	want '.cnt == 4 and all(.deliveries[]; .tries == 1 and .http_status == 200 and .error == "" and .answer == "thanks")'
}

test_a_failure_is_tried_again_under_the_same_id() {
	local n
	new_user
	hook /status/500
	send_test
	for n in 1 2 3; do
		comes "try $n: $(of_delivery 'tries, state, error')" is tries $n
		due
	done
	comes 'no fourth try' is tries 4
	is 'CONCAT(state, " ", status, " ", error, " ", answer)' 'pending 500 it answered 500 an answer of 500' || fail "$(of_delivery '*')"
	equal "$(jq -r .id "$log" | sort -u)" "msg_${hook}_test_$delivery"
	jq -se 'all(.[]; .standard == [true])' "$log" >/dev/null || fail "$(cat "$log")"
	sql "UPDATE delivery SET tries = 9 WHERE id = $delivery"
	due
	comes "it is not dead: $(of_delivery 'state, tries')" is state failed
	request GET "/webhook/$hook/deliveries?status=dead"
	want '.deliveries[0] | .tries == 10 and .status == "dead" and .error == "it answered 500"'
	request GET "/webhook/$hook"
	want '.enabled and .failing_since != null'
	grep -q "delivery $delivery to webhook $hook is dead: it answered 500" "$STATE/log/notify.log" || fail 'no line in the log'
}

test_the_first_retry_comes_after_five_seconds_by_itself() {
	local at
	new_user
	hook /status/500
	send_test
	comes 'no first try' is tries 1
	at=$SECONDS
	comes 'no second try' is tries 2
	[ $((SECONDS - at)) -ge 4 ] && [ $((SECONDS - at)) -le 8 ] || fail "after $((SECONDS - at)) s"
}

test_a_rotated_secret_signs_beside_the_old_one() {
	local old
	new_user
	hook /ok
	old=$secret
	request POST "/webhook/$hook/rotate"
	secret=$(get .secret)
	curl -s -o /dev/null -X PUT -d "[\"$secret\",\"$old\"]" "$there/secret"
	send_test
	comes 'nothing came' received '.signatures == 2 and .standard == [true, true] and .svix == [true, true]'
	sql "UPDATE webhook_secret SET until = until - INTERVAL 24 HOUR WHERE webhook_id = $hook"
	send_test
	comes "the old one still signs: $(cat "$log")" received '.signatures == 1 and .standard == [true, false]'
}

test_410_disables_at_once_and_the_others_are_told() {
	local gone
	new_user
	hook /ok '"types":["endpoint.disabled"]'
	hook /status/410
	gone=$hook
	send_test
	comes 'it is not disabled' received '.body.type == "endpoint.disabled" and .body.data.data == {webhook_id: '"$gone"', reason: "gone"}'
	request GET "/webhook/$gone"
	want '.enabled == false and .disabled_reason == "gone"'
	comes 'no line in the log' grep -q "webhook $gone of user $user is disabled: it answered 410" "$STATE/log/notify.log"
	due
	sleep 3
	equal "$(of_delivery tries)" 1
}

test_five_days_of_failures_disable() {
	new_user
	hook /status/500
	send_test
	comes 'no try' is tries 1
	sql "UPDATE webhook SET failing_since = NOW(3) - INTERVAL 5 DAY WHERE id = $hook"
	due
	comes 'no try' is tries 2
	request GET "/webhook/$hook"
	want '.enabled == false and .disabled_reason == "failing"'
	equal "$(sql "SELECT data FROM event WHERE user_id = $user AND type = 'endpoint.disabled'")" "{\"webhook_id\":$hook,\"reason\":\"failing\"}"
	comes 'no line in the log' grep -q "webhook $hook of user $user is disabled: nothing but failures for 5 days" "$STATE/log/notify.log"
}

test_retry_after_is_obeyed() {
	local status
	new_user
	for status in 429 503; do
		hook "/status/$status/retry/1000"
		send_test
		comes "$status: no try" is tries 1
		is 'TIMESTAMPDIFF(SECOND, updated_at, run_at)' 1000 || fail "$status: $(of_delivery 'updated_at, run_at')"
	done
	hook /status/500/retry/1000
	send_test
	comes "no try" is tries 1
	is 'TIMESTAMPDIFF(SECOND, updated_at, run_at) < 10' 1 || fail "500: $(of_delivery 'updated_at, run_at')"
}

# The endpoint is told to answer in one of the bad ways; each is a failure after 15 seconds at most, all at once.
test_receivers_that_hang_drip_close_and_never_end() {
	local path want i
	local -a ids=()
	new_user
	for path in hang drip dripheaders close huge redirect status/204 status/199 nowhere; do
		hook "/$path"
		[ "$path" != nowhere ] || send POST "/webhook/$hook" '{"url":"http://127.0.0.1:9/"}'
		send_test
		ids+=("$delivery")
	done
	i=0
	while read -r path want; do
		delivery=${ids[i++]}
		comes "$path: no try" is 'tries > 0' 1
		equal "$(of_delivery 'CONCAT(IF(state = "claimed", "pending", state), " ", error_class, " ", COALESCE(status, 0))')" "$want" "$path"
		[ "$(of_delivery 'LENGTH(answer)')" -le 1024 ] || fail "$path: a long answer is kept"
		[ "$path" != redirect ] || ! received '.path == "/ok"' || fail 'a redirect was followed'
	done <<-'END'
		hang pending timeout 0
		drip pending http 500
		dripheaders pending timeout 0
		close pending network 0
		huge pending http 500
		redirect pending http 301
		status/204 done  204
		status/199 pending network 0
		nowhere pending connect 0
	END
	delivery=${ids[4]}
	equal "$(of_delivery 'LENGTH(answer)')" 1024 'kept of 1 GB'
}

test_answers_that_are_not_http_are_called_so() {
	new_user
	hook /garbage
	send_test
	comes 'no try' is tries 1
	equal "$(of_delivery error)" 'the answer is not HTTP'
	hook /longline
	send_test
	comes 'no try' is tries 1
	equal "$(of_delivery error)" 'the headers of the answer are too long'
}

test_a_slow_endpoint_has_four_at_once_and_holds_no_others() {
	local slow i at
	new_user
	hook /hang
	slow=$hook
	sql "INSERT INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at)
		SELECT $slow, seq, 'audio.ready', '{}', NOW(3), NOW(3), NOW(3) FROM seq_1_to_100"
	touch "$STATE/run/event.kick"
	comes 'it is not asked' received '.path == "/hang"' 4
	send POST /webhook/ "{\"url\":\"$there/ok\"}"
	hook=$(get .id)
	at=$(date +%s%N)
	send_test
	comes 'another was held' received '.path == "/ok"'
	[ $((($(date +%s%N) - at) / 1000000)) -lt 3000 ] || fail 'another waited'
	equal "$(jq -s '[.[] | select(.path == "/hang")] | length' "$log")" 4
	request DELETE "/webhook/$slow"
}

test_connections_are_used_again() {
	new_user
	hook /ok
	sql "INSERT INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at)
		SELECT $hook, seq, 'audio.ready', '{}', NOW(3), NOW(3), NOW(3) FROM seq_1_to_40"
	touch "$STATE/run/event.kick"
	comes 'not all came' received true 40
	[ "$(jq -r .port "$log" | sort -u | wc -l)" -le 8 ] || fail "$(jq -r .port "$log" | sort | uniq -c)"
	jq -se 'all(.[]; .most <= 4)' "$log" >/dev/null || fail 'more than four at once'
}

test_redeliver_and_replay() {
	local seq
	new_user
	hook /ok '"types":["audio.ready"]'
	new_project 'One canary. Two canaries. Three.'
	all_ready
	comes 'not all came' received true 3
	request GET "/webhook/$hook/deliveries"
	seq=$(get '.deliveries[1].event')
	request POST "/webhook/$hook/deliveries/$seq/redeliver"
	expect 201
	want '.status == "pending" and .tries == 0 and .event == ($s | tonumber)' --arg s "$seq"
	comes 'it did not come again' received ".id == \"msg_${hook}_$seq\"" 2
	request POST "/webhook/$hook/replay?after=0"
	expect 201
	comes 'not all came again' received true 7
	equal "$(jq -r .id "$log" | sort | uniq -c | awk '{ print $1 }' | sort | xargs)" '2 2 3'
	request POST "/webhook/$hook/replay?after=$seq"
	comes 'the rest did not come again' received ".id != \"msg_${hook}_$seq\" and .body.data.seq > $seq" 3
}

# A configuration like that of the package, but with http:// and all ports, and these networks allowed.
strict_conf() {
	sed -e "s|^webhooks = {|webhooks = { allow_http = 1; ports = \"\"; allow_networks = \"$1\"; run_sec = 5;|" \
		-e "s|$STATE/run/notify.lock|$work/notify.lock|" "$STATE/tts.conf" >"$work/strict.conf"
}

hold_notify() {
	exec 8>>"$STATE/run/notify.lock"
	flock -w 60 8 || fail 'tts-notify does not leave'
	: >"$log"
}

# strict [COMMAND…]: send to each host or origin on standard input in one run of that configuration, by way of COMMAND, and
# print a line for each: the host, the class of the error and the error. The API refuses most of them; here they
# are in the database already.
strict() {
	local host
	sql "DELETE FROM delivery; DELETE FROM webhook"
	while read -r host; do
		[[ $host == *://* ]] || host=http://$host
		sql "INSERT INTO webhook (user_id, created_at, updated_at, url, types, fanned_seq)
			VALUES ($user, NOW(3), NOW(3), '$host/ok', 'audio.ready', 999);
			INSERT INTO delivery (webhook_id, type, body, created_at, updated_at, run_at)
			VALUES (LAST_INSERT_ID(), 'webhook.test', '{}', NOW(3), NOW(3), NOW(3))"
	done
	"$@" "$BUILD/tts-notify" -c "$work/strict.conf" >>"$work/strict.log" 2>&1 </dev/null || cat "$work/strict.log"
	sql "SELECT CONCAT(w.url, ' ', d.error_class, ': ', d.error) FROM webhook w JOIN delivery d ON d.webhook_id = w.id ORDER BY w.id"
}

test_no_address_of_this_machine_is_reached_whatever_its_name() {
	local port line n=0
	new_user
	hook /ok
	port=${there##*:}
	hold_notify
	strict_conf ''
	# Names, decimal, hexadecimal, octal and short forms, a user before it, and all that IPv6 has for it.
	strict <<-END >"$work/refused"
		127.0.0.1:$port
		localhost:$port
		2130706433:$port
		0x7f000001:$port
		0x7f.1:$port
		0177.0.0.1:$port
		127.1:$port
		0:$port
		0.0.0.0:$port
		user@127.0.0.1:$port
		example.org@127.0.0.1:$port
		[::1]:$port
		[::]:$port
		[::ffff:127.0.0.1]:$port
		[::ffff:7f00:1]:$port
		[::127.0.0.1]:$port
		[64:ff9b::127.0.0.1]:$port
		[64:ff9b::7f00:1]:$port
		$(hostname -I | awk '{ print $1 }'):$port
		10.0.0.1
		169.254.169.254
		192.168.0.1
		[fe80::1]
		[fd00::1]
		224.0.0.1
	END
	while read -r line; do
		[[ $line == *' address: its address is '* ]] || fail "$line"
		n=$((n + 1))
	done <"$work/refused"
	equal $n 25 'addresses'
	equal "$(wc -l <"$log")" 0 'requests that came'
	strict_conf '127.0.0.0/8'
	strict <<<"127.0.0.1:$port" >"$work/refused"
	received '.path == "/ok"' || fail "an allowed network is not reached: $(<"$work/refused")"
	# A proxy of the environment is not used.
	: >"$log"
	strict env http_proxy="$there" HTTP_PROXY="$there" ALL_PROXY="$there" <<<10.0.0.1 >"$work/refused"
	equal "$(<"$work/refused")" 'http://10.0.0.1/ok address: its address is private'
	equal "$(wc -l <"$log")" 0 'requests by the proxy'
	exec 8>&-
}

# Names that lead to addresses that are not public; the second has one that is, too, with nobody there.
test_names_that_lead_here_are_refused() {
	local way line n=0
	new_user
	hook /ok
	hold_notify
	strict_conf ''
	printf '%s\n' '127.0.0.1 here.example' '192.0.2.1 two.example' '127.0.0.1 two.example' '::1 six.example' \
		'10.0.0.1 private.example' '169.254.169.254 metadata.example' >"$work/hosts"
	for way in 'unshare -m' 'unshare -rm'; do
		! $way true 2>/dev/null || break
	done
	# shellcheck disable=SC2016,SC2086
	strict $way sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$work/hosts" <<-END >"$work/refused"
		here.example:${there##*:}
		two.example:${there##*:}
		six.example:${there##*:}
		private.example
		metadata.example
	END
	while read -r line; do
		[[ $line == *' address: its address is '* ]] || fail "$line"
		n=$((n + 1))
	done <"$work/refused"
	equal $n 5 'names'
	equal "$(wc -l <"$log")" 0 'requests that came'
	exec 8>&-
}

# The address that is checked is the one that is connected to: whoever checks a name and then asks for it again can be
# told another address the second time. The public address is on a network of the test's own.
test_a_name_that_changes_leads_nowhere_else() {
	[ "$(id -u)" = 0 ] && unshare -nm ip link show lo >/dev/null 2>&1 || exit 77
	new_user
	hook /ok
	hold_notify
	strict_conf ''
	echo 'nameserver 127.0.0.1' >"$work/resolv.conf"
	cat >"$work/inside" <<-'END'
		ip link set lo up && ip link add v0 type veth peer name v1 && ip address add 5.6.7.1/24 dev v0 &&
			ip link set v0 up && ip link set v1 up && mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 71
		python3 tests/e2e/dns.py one.example=5.6.7.8,127.0.0.1 two.example=127.0.0.1,5.6.7.8 >"$1/asked" &
		dns=$!
		python3 tests/faults/receiver.py 80 >"$1/came" &
		receiver=$!
		trap 'kill $dns $receiver' EXIT
		until grep -qx open "$1/asked" && grep -qx open "$1/came"; do sleep 0.1; done
		shift
		"$@"
	END
	strict unshare -nm bash "$work/inside" "$work" <<-END >"$work/refused"
		one.example
		two.example
	END
	grep -qx 'one.example 5.6.7.8' "$work/asked" && grep -qx 'two.example 127.0.0.1' "$work/asked" || fail "asked: $(<"$work/asked"), $(<"$work/refused")"
	grep -q '^http://one.example/ok connect: ' "$work/refused" || fail "$(<"$work/refused")"
	grep -q '^http://two.example/ok address: its address is ' "$work/refused" || fail "$(<"$work/refused")"
	equal "$(<"$work/came")" open 'requests that came'
	exec 8>&-
}

# The authority is trusted by this test's machine alone.
test_https_is_spoken_with_whom_the_certificate_names() {
	local port way
	new_user
	hook /ok
	hold_notify
	strict_conf 127.0.0.0/8
	port=$(free_port)
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hooks.example -addext 'subjectAltName=DNS:hooks.example' \
		-keyout "$work/hook.key" -out "$work/hook.pem" 2>/dev/null
	python3 tests/faults/receiver.py "$port" "$work/hook.pem" "$work/hook.key" >"$work/came" 2>"$work/receiver.log" &
	# shellcheck disable=SC2064
	trap "kill $!" EXIT
	comes 'the receiver does not start' grep -qx open "$work/came"
	printf '%s\n' '127.0.0.1 hooks.example' '127.0.0.1 other.example' >"$work/hosts"
	for way in 'unshare -m' 'unshare -rm'; do
		! $way true 2>/dev/null || break
	done
	# shellcheck disable=SC2086
	strict $way sh -c 'mount --bind "$0/hosts" /etc/hosts && exec "$@"' "$work" <<<"https://hooks.example:$port" >"$work/refused"
	grep -q '^https://hooks.example:[0-9]*/ok tls: ' "$work/refused" || fail "by a stranger: $(<"$work/refused")"
	# shellcheck disable=SC2016,SC2086
	strict $way sh -c 'mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/hook.pem" /etc/ssl/certs/ca-certificates.crt && exec "$@"' "$work" <<-END >"$work/refused"
		https://hooks.example:$port
		https://other.example:$port
	END
	equal "$(sed -n 1p "$work/refused")" "https://hooks.example:$port/ok : "
	grep -q '^https://other.example:[0-9]*/ok tls: ' "$work/refused" || fail "by another name: $(<"$work/refused")"
	equal "$(grep -c ' 200$' "$work/came")" 1 'requests that came'
	exec 8>&-
}

test_only_one_runs_and_bad_options_are_refused() {
	local code=0
	hold_notify
	"$BUILD/tts-notify" -c "$STATE/tts.conf" 2>"$work/out" </dev/null || code=$?
	equal $code 0
	grep -q 'another tts-notify has' "$work/out" || fail "$(cat "$work/out")"
	exec 8>&-
	[[ $("$BUILD/tts-notify" -V) == 'tts-notify '* ]] || fail 'no version'
	"$BUILD/tts-notify" -t -c "$STATE/tts.conf" || fail 'the configuration is refused'
	"$BUILD/tts-notify" -x >"$work/out" 2>&1 && fail 'a wrong option is taken' || equal $? 64
	[ -z "${receiver-}" ] || kill "$receiver"
}

test_the_operator_sees_and_changes_webhooks() {
	local seq
	new_user
	receiver=
	hook /ok '"types":["audio.ready"]'
	new_project 'One canary.'
	all_ready
	comes 'nothing came' received true
	ctl 0 webhook list
	says "^ *$hook +$user +enabled .* $there/ok$"
	ctl 0 webhook show "$hook"
	seq=$(sql "SELECT seq FROM delivery WHERE webhook_id = $hook")
	says "^ *$seq +done +1 +audio.ready"
	ctl 0 webhook show --json "$hook"
	jq -e --arg s "$seq" '.enabled and .deliveries[0].event == ($s | tonumber) and .deliveries[0].state == "done"' <<<"$out" >/dev/null || fail "$out"
	ctl 0 webhook disable "$hook"
	request GET "/webhook/$hook"
	want '.enabled == false and .disabled_reason == "operator"'
	# Its user cannot undo that, but change the rest.
	send POST "/webhook/$hook" '{"enabled":true}'
	expect 409
	want '.detail | test("operator")'
	send POST "/webhook/$hook" '{"description":"held"}'
	expect 201
	want '.enabled == false and .disabled_reason == "operator" and .description == "held"'
	ctl 65 webhook redeliver "$hook" "$seq"
	says 'the webhook is disabled' "$err"
	ctl 0 webhook enable "$hook"
	ctl 0 webhook redeliver "$hook" "$seq"
	comes 'it did not come again' received true 2
	ctl 0 webhook disable --json "$hook"
	has '.id == $h and .enabled == false and .disabled_reason == "operator"' --argjson h "$hook"
	ctl 0 webhook enable --json "$hook"
	has '.enabled and .disabled_reason == ""'
	ctl 0 webhook redeliver --json "$hook" "$seq"
	has '.event == $s and .state == "pending"' --argjson s "$seq"
	comes 'it did not come again' received true 3
	send_test
	ctl 0 webhook show "$hook"
	says '^ *- +[a-z]+ +[01] +webhook.test'
	"$BUILD/ttsctl" -c "$STATE/tts.conf" status >"$work/out" 2>&1
	out=$(<"$work/out")
	says '^tts-notify +(at rest|at work)'
	says '^webhooks +[0-9]+ endpoint'
	curl -s --unix-socket "$STATE/run/metrics.sock" http://localhost/metrics >"$work/metrics"
	grep -qE '^tts_notify_tries_total\{outcome="delivered"\} [1-9]' "$work/metrics" || fail "$(grep notify "$work/metrics")"
	grep -qE '^tts_notify_endpoints\{state="enabled"\} [1-9]' "$work/metrics" || fail "$(grep notify "$work/metrics")"
	grep -qE '^tts_notify_runs_total\{end="ok"\} [1-9]' "$work/metrics" || fail "$(grep notify "$work/metrics")"
	kill "$receiver"
}
