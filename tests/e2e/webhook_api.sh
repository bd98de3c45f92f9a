# Webhooks as their user manages them. What is sent is tested in webhook.sh.
# shellcheck shell=bash disable=SC2034,SC2154

there='"url":"http://127.0.0.1:9/"'

# refuse STATUS JSON: POST /webhook/ is answered with STATUS.
refuse() {
	send POST /webhook/ "$2"
	expect "$1"
}

# The names of the fields that were refused, and the reason of the first.
wrong() {
	get '[.errors[].field] | sort | join(" ")'
}

reason() {
	get '.errors[0].reason'
}

test_a_webhook_is_made_read_changed_and_deleted() {
	local hook secret
	new_user
	send POST /webhook/ '{"url":"http://127.0.0.1:9/a?b=c","types":["project.completed","audio.failed"],"description":"Ein Ziel – 목표"}'
	expect 201
	hook=$(get .id) secret=$(get .secret)
	[[ $secret =~ ^whsec_[A-Za-z0-9+/]{43}=$ ]] || fail "secret: $secret"
	want '.url == "http://127.0.0.1:9/a?b=c" and .types == ["project.completed", "audio.failed"] and .enabled
		and .disabled_reason == null and .failing_since == null and .description == "Ein Ziel – 목표"'
	request GET "/webhook/$hook"
	expect 200
	want '.id == ($id | tonumber) and (has("secret") | not)' --arg id "$hook"
	send POST /webhook/ "{$there}"
	expect 201
	want '.types == [] and .description == ""'
	request GET /webhook/
	expect 200
	want '.cnt == 2 and .total == 2 and .pages == 1 and .page[1].id == ($id | tonumber) and all(.page[]; has("secret") | not)' --arg id "$hook"
	send POST "/webhook/$hook" '{"types":[],"enabled":false}'
	expect 201
	want '.types == [] and .enabled == false and .disabled_reason == "user" and .url == "http://127.0.0.1:9/a?b=c"'
	send POST "/webhook/$hook" '{"enabled":true,"url":"http://127.0.0.1:9/","description":""}'
	expect 201
	want '.enabled and .disabled_reason == null and .description == "" and .url == "http://127.0.0.1:9/"'
	send POST "/webhook/$hook" '{}'
	expect 201
	want '.enabled and .types == []'
	request POST "/webhook/$hook/rotate"
	expect 201
	[[ $(get .secret) != "$secret" && $(get .secret) == whsec_* ]] || fail "$body"
	request DELETE "/webhook/$hook"
	expect 201
	want .is_success
	request GET "/webhook/$hook"
	expect 404
	request GET /webhook/
	want '.cnt == 1'
}

test_a_url_that_is_none_is_refused_with_a_reason() {
	local bad
	new_user
	while read -r bad; do
		refuse 422 "{\"url\":\"$bad\"}"
		equal "$(wrong)" url "$bad"
	done <<'END'
example.org
//example.org/
ftp://example.org/
javascript:alert(1)
file:///etc/passwd
https://
https:///path
https://:443/
https://user@example.org/
https://user:password@example.org/
https://example.org/#part
https://example.org/a b
https://example.org/\\u00e4
https://ex\\u00e4mple.org/
https://\\u2460\\u2461\\u2466.0.0.1/
https://example.org:0/
https://example.org:65536/
https://example.org:x/
https://example.org:/
https://example..org/
https://.example.org/
https://example.org./
https://exa$mple.org/
https://2130706433/
https://0x7f000001/
https://0x7f.1/
https://0177.0.0.1/
https://127.1/
https://0/
https://0.0.0.0/
https://10.0.0.1/
https://172.16.0.1/
https://192.168.1.1/
https://169.254.169.254/latest/meta-data/
https://100.64.0.1/
https://224.0.0.1/
https://255.255.255.255/
https://[::]/
https://[fe80::1]/
https://[fd00::1]/
https://[ff02::1]/
https://[::ffff:10.0.0.1]/
https://[::10.0.0.1]/
https://[64:ff9b::10.0.0.1]/
https://[2002:a00:1::]/
https://[2001:db8::1]/
https://[fe80::1%25eth0]/
https://[::1/
https://[example.org]/
END
	refuse 422 '{"url":"https://10.0.0.1/"}'
	equal "$(reason)" 'has an address that is private'
	refuse 422 '{"url":"ftp://example.org/"}'
	equal "$(reason)" 'is no URL that begins with https://'
	refuse 422 '{"url":"https://user@example.org/"}'
	equal "$(reason)" 'must not have a user name or a password'
	refuse 422 "{\"url\":\"https://example.org/$(printf 'x%.0s' {1..2048})\"}"
	equal "$(wrong)" url
	equal "$(sql "SELECT COUNT(*) FROM webhook WHERE user_id = $user")" 0
}

test_fields_that_are_wrong_are_all_named() {
	local bad
	new_user
	refuse 422 '{"types":["audio.ready","audio.made"],"description":7,"enabled":1,"x":1}'
	equal "$(wrong)" 'description enabled types url x'
	for bad in '["audio.made"]' '["audio.ready","audio.ready"]' '[1]' '"audio.ready"' '[null]' '{}' '["webhook.test"]' '[""]' '["audio.ready,audio.failed"]'; do
		refuse 422 "{$there,\"types\":$bad}"
		equal "$(wrong)" types "$bad"
	done
	refuse 422 "{$there,\"types\":[\"audio.ready\",\"audio.made\"]}"
	equal "$(reason)" 'must be types of events, like project.completed'
	for bad in 1 0 '"true"' null '[]'; do
		refuse 422 "{$there,\"enabled\":$bad}"
		equal "$(wrong)" enabled "$bad"
	done
	refuse 422 "{$there,\"description\":\"$(printf 'x%.0s' {1..201})\"}"
	equal "$(wrong)" description
	refuse 400 '{"url"'
	request POST /webhook/ -H 'Content-Type: text/plain' --data-binary '{}'
	expect 415
	equal "$(sql "SELECT COUNT(*) FROM webhook WHERE user_id = $user")" 0
}

test_there_are_twenty_for_a_user() {
	local i
	new_user
	for ((i = 0; i < 20; i++)); do
		refuse 201 "{$there,\"enabled\":false}"
	done
	refuse 409 "{$there}"
	equal "$(get .detail)" 'You already have 20 webhooks, the maximum.'
	request GET /webhook/
	want '.cnt == 20 and (.page | length) == 20'
	request DELETE "/webhook/$(get '.page[0].id')"
	refuse 201 "{$there}"
}

test_one_that_is_disabled_sends_nothing() {
	local hook
	new_user
	refuse 201 "{$there,\"enabled\":false}"
	hook=$(get .id)
	for what in test deliveries/1/redeliver 'replay?after=0'; do
		request POST "/webhook/$hook/$what"
		expect 409
		equal "$(get .detail)" 'The webhook is disabled.'
	done
	send POST "/webhook/$hook" '{"enabled":true}'
	request POST "/webhook/$hook/deliveries/1/redeliver"
	expect 404
	for what in replay 'replay?after=' 'replay?after=x' 'replay?after=-1' 'replay?after=99' 'replay?after=01'; do
		request POST "/webhook/$hook/$what"
		expect 422
		equal "$(wrong)" after
	done
	for what in 'status=x' 'status=' 'before=x'; do
		request GET "/webhook/$hook/deliveries?$what"
		expect 422
	done
	request GET "/webhook/$hook/deliveries"
	expect 200
	want '.cnt == 0 and .deliveries == [] and .next == null'
}

test_deliveries_come_in_pages_and_by_status() {
	local hook
	new_user
	refuse 201 "{$there,\"enabled\":false}"
	hook=$(get .id)
	sql "INSERT INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at, state, error, status, tries)
		SELECT $hook, seq, 'audio.ready', '{}', NOW(3), NOW(3), NOW(3), IF(seq % 10 = 0, 'failed', 'done'), IF(seq % 10 = 0, 'it said 500', ''),
		IF(seq % 10 = 0, 500, 200), 1 FROM seq_1_to_120"
	request GET "/webhook/$hook/deliveries"
	want '.cnt == 50 and .deliveries[0].event == 120 and .deliveries[49].event == 71 and .deliveries[0].status == "dead"
		and .deliveries[0].error == "it said 500" and .deliveries[0].http_status == 500 and .deliveries[0].next_try_at == null'
	request GET "/webhook/$hook/deliveries?before=$(get .next)"
	want '.cnt == 50 and .deliveries[0].event == 70'
	request GET "/webhook/$hook/deliveries?before=$(get .next)"
	want '.cnt == 20 and .deliveries[19].event == 1 and .next == null'
	request GET "/webhook/$hook/deliveries?status=dead"
	want '[.deliveries[].event] == [120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10]'
	request GET "/webhook/$hook/deliveries?status=pending"
	want '.cnt == 0'
}
