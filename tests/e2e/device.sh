# Devices and what they are sent: two servers on this machine stand in for Firebase Cloud Messaging.
# shellcheck shell=bash disable=SC2034,SC2154

# comes WHY COMMAND…: wait up to 20 seconds for a condition.
comes() {
	local why=$1 end=$((SECONDS + 20))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "$why: $(tail -n 5 "$log" 2>/dev/null)"
		sleep 0.1
	done
}

# with_fcm: run the stack with a service account for the rest of the test; sets $there and $log.
with_fcm() {
	local port
	port=$(free_port)
	there=http://127.0.0.1:$port log=$work/fcm
	: >"$log"
	until_so 20 sql 'DELETE FROM delivery' # what earlier tests left to be sent
	with_service_account "$there" fcm_begins "$port"
}

fcm_begins() {
	node tests/e2e/fcm.mjs "$1" "$log" "$work/fcm.pub" >"$work/fcm.out" 2>&1 &
	comes "it does not start: $(cat "$work/fcm.out")" plan '[]'
}

# plan ANSWERS: what messages are answered from now on; plan_token: tokens.
plan() {
	curl -sS -f -X PUT -d "$1" "$there/plan"
}

plan_token() {
	curl -sS -f -X PUT -d "$1" "$there/plan/token"
}

# error STATUS CODE: an answer as FCM gives it; without CODE with a status alone.
error() {
	jq -cn --argjson http "$1" --arg code "${2-}" '[$http, {error: {code: $http, message: "no", status: "A_STATUS", details:
		([{"@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{field: "message.token", description: ("long " * 400)}]}]
		+ if $code == "" then [] else [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", errorCode: $code}] end)}}]'
}

# device TOKEN [LANGUAGE [PLATFORM]]: register one; sets $device.
device() {
	send POST /device/ "{\"token\":\"$1\",\"language\":\"${2:-en}\",\"platform\":\"${3:-android}\"}"
	expect 201
	device=$(get .id)
}

# message [TRIES]: have a message sent to $device; sets $delivery.
message() {
	delivery=$(sql "INSERT INTO delivery (webhook_id, type, body, created_at, updated_at, run_at, tries) VALUES ($device, 'export.ready',
		'{\"notification\":{\"title\":\"t\",\"body\":\"b\"},\"data\":{\"type\":\"export.ready\"}}', NOW(3), NOW(3), NOW(3), ${1:-0});
		SELECT LAST_INSERT_ID()")
	touch "$STATE/run/event.kick"
}

is() {
	[ "$(sql "SELECT $1 FROM delivery WHERE id = $delivery")" = "$2" ]
}

of_delivery() {
	sql "SELECT CONCAT(state, ' ', tries, ' ', COALESCE(status, 0), ' ', error_class, ' ', error) FROM delivery WHERE id = $delivery"
}

# requests WHAT: how many there were.
requests() {
	jq -c --arg what "$1" 'select(.what == $what)' "$log" | wc -l
}

messages() {
	[ "$(requests message)" -ge "$1" ]
}

# counted NAME: the value of a counter.
counted() {
	curl -sS --unix-socket "$STATE/run/metrics.sock" http://localhost/metrics | awk -v name="$1" '$1 == name { print $2 }'
}

test_without_a_service_account_a_device_is_refused() {
	new_user
	send POST /device/ '{"token":"abc","platform":"web","language":"en"}'
	expect 409
	want '.detail == "This server sends no push messages."'
	request GET /device/
	want '.cnt == 0'
}

test_a_device_is_registered_listed_renewed_and_deleted() {
	local first other i case
	with_fcm
	new_user
	device token-1 ko-KR ios
	first=$device
	want '.platform == "ios" and .language == "ko-KR" and (has("token") | not)'
	device token-2
	device token-1 en web
	equal "$device" "$first" 'the id of one that is renewed'
	request GET /device/
	expect 200
	want '.cnt == 2 and .total == 2 and .pages == 1 and .page[1].id == ($id | tonumber) and .page[1].platform == "web"' --arg id "$first"
	while IFS= read -r case; do
		send POST /device/ "${case#* }"
		expect 422
		equal "$(get '[.errors[].field] | sort | join(" ")')" "$(tr '+' ' ' <<<"${case%% *}")" "$case"
	done <<-'END'
		language+platform+token {}
		token {"token":"","platform":"ios","language":"en"}
		token {"token":"a b","platform":"ios","language":"en"}
		token {"token":"ä","platform":"ios","language":"en"}
		token {"token":7,"platform":"ios","language":"en"}
		platform {"token":"a","platform":"windows","language":"en"}
		language {"token":"a","platform":"ios","language":"not a tag"}
		more {"token":"a","platform":"ios","language":"en","more":1}
	END
	send POST /device/ "{\"token\":\"$(printf 'a%.0s' {1..4097})\",\"platform\":\"ios\",\"language\":\"en\"}"
	expect 422
	for i in {3..20}; do
		device "token-$i"
	done
	send POST /device/ '{"token":"token-21","platform":"web","language":"en"}'
	expect 409
	want '.detail == "You already have 20 devices, the maximum."'
	device token-20 ko
	request DELETE "/device/$first"
	expect 201
	want .is_success
	request DELETE "/device/$first"
	expect 404
	device token-21
	# The newest owner of a token wins.
	new_user
	device token-2
	request GET /device/
	want '.cnt == 1'
	ctl 0 device list --json
	has "[.[] | select(.user == $user)] | length == 1"
	ctl 0 device list
	says android
}

test_a_finished_project_is_told_in_the_devices_language() {
	local body_of_admin
	with_fcm
	new_user
	device one-token ko-KR
	device another-token de
	new_project 'One canary. Two canaries. Three.'
	all_ready
	comes 'no messages' messages 2
	sleep 2
	equal "$(requests message)" 2 'messages'
	equal "$(requests token)" 1 'access tokens'
	jq -se 'map(select(.what == "token"))[0] | .error == null and .grant == "urn:ietf:params:oauth:grant-type:jwt-bearer"
		and .type == "application/x-www-form-urlencoded" and .claims.iss == "tts@tts-test.example.org" and .claims.kid == "the-kid"
		and .claims.scope == "https://www.googleapis.com/auth/firebase.messaging" and .claims.exp - .claims.iat == 3600' "$log" >/dev/null ||
		fail "$(cat "$log")"
	jq -se --arg p "$project" 'map(select(.what == "message")) | all(.[]; .token == "1" and .path == "/v1/projects/tts-test/messages:send"
			and .body.message.data.type == "project.completed" and .body.message.data.project_id == $p
			and .body.message.data.sentence_count == "3" and all(.body.message.data[]; type == "string"))
		and (map({(.body.message.token): .body.message.notification.title}) | add)
			== {"one-token": "텍스트가 준비되었습니다", "another-token": "Your text is ready"}' "$log" >/dev/null || fail "$(cat "$log")"
	# The same as what the library of Firebase makes of the message.
	jq -c 'select(.what == "message") | .body.message' "$log" | while IFS= read -r body; do
		body_of_admin=$(node tests/e2e/fcm.mjs "$body")
		equal "$(jq -cS .body <<<"$body_of_admin")" "$(jq -cS '{message: .}' <<<"$body")" 'the body'
		equal "$(jq -r .path <<<"$body_of_admin")" /v1/projects/tts-test/messages:send
	done
	equal "$(sql "SELECT GROUP_CONCAT(DISTINCT state) FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE w.user_id = $user")" 'done'
}

test_a_single_edit_is_told_if_it_took_more_than_five_seconds() {
	local audio
	with_fcm
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	device token-of-edit
	audio=$(audio_at 1)
	send POST "/audio/$audio" '{"text":"A quick edit."}'
	sound_ready "$audio"
	audio=$(audio_at 2)
	hold_renderer
	send POST "/audio/$audio" '{"text":"A slow edit."}'
	sleep 5.5
	release_renderer
	sound_ready "$audio"
	comes 'no message' grep -q '"type":"audio.ready"' "$log"
	jq -se --arg a "$audio" 'map(select(.what == "message" and .body.message.data.type == "audio.ready")) | length == 1
		and (.[0].body.message.data | .audio_id == $a and .revision == "2" and (.path | startswith("/media/")))' "$log" >/dev/null ||
		fail "$(cat "$log")"
}

# Each line: the answer, what becomes of the delivery, whether the device is removed, and the counter that counts it.
test_each_error_does_what_is_right() {
	local http code want rest removed counter before
	with_fcm
	new_user
	while read -r http code want rest removed counter; do
		[ "$code" != - ] || code=
		device "token-$http-$code"
		plan "[$(error "$http" "$code")]"
		before=$(counted "$counter")
		message
		comes "$http $code: nothing became of it: $(of_delivery)" is 'state IN ("pending", "failed") AND tries = 1' 1
		is "CONCAT(state, ' ', status)" "$want $http" || fail "$http $code: $(of_delivery)"
		[ "$rest" = 0 ] || is "TIMESTAMPDIFF(MICROSECOND, updated_at, run_at) DIV 1000 BETWEEN $rest * 1000 AND $rest * 1250" 1 ||
			fail "$http $code: $(sql "SELECT updated_at, run_at FROM delivery WHERE id = $delivery")"
		equal "$(sql "SELECT COUNT(*) FROM device WHERE webhook_id = $device")" $((1 - removed)) "$http $code: devices"
		equal "$(counted "$counter")" $((${before:-0} + 1)) "$http $code: $counter"
		request DELETE "/device/$device"
	done <<-'END'
		404 UNREGISTERED pending 0 1 tts_notify_unregistered_total
		404 - failed 0 0 tts_notify_push_errors_total{error="not_found"}
		400 INVALID_ARGUMENT failed 0 0 tts_notify_push_errors_total{error="invalid"}
		403 SENDER_ID_MISMATCH failed 0 0 tts_notify_push_errors_total{error="sender"}
		401 THIRD_PARTY_AUTH_ERROR failed 0 0 tts_notify_push_errors_total{error="third_party"}
		429 QUOTA_EXCEEDED pending 60 0 tts_notify_push_errors_total{error="quota"}
		503 UNAVAILABLE pending 10 0 tts_notify_push_errors_total{error="service"}
		500 INTERNAL pending 10 0 tts_notify_push_errors_total{error="service"}
		500 UNSPECIFIED_ERROR pending 10 0 tts_notify_push_errors_total{error="service"}
		400 UNREGISTERED failed 0 0 tts_notify_push_errors_total{error="invalid"}
	END
	equal "$(requests token)" "$(jq -r 'select(.what == "message") | .token' "$log" | sort -u | wc -l)" 'access tokens'
	grep -q "is removed: it answered 404 UNREGISTERED" "$STATE/log/notify.log" || fail 'no line in the log'
}

test_the_next_try_comes_when_it_is_asked_for_or_twice_as_late() {
	local answer
	with_fcm
	new_user
	device token-of-tries
	for answer in '429 QUOTA_EXCEEDED' '503 UNAVAILABLE'; do
		# shellcheck disable=SC2086 # two words
		plan "[$(error $answer | jq -c '. + ["700"]')]"
		message
		comes "$answer: no try" is tries 1
		is 'TIMESTAMPDIFF(SECOND, updated_at, run_at)' 700 || fail "$answer: $(of_delivery)"
		# shellcheck disable=SC2086
		plan "[$(error $answer)]"
		message 2
		comes "$answer: no third try" is tries 3
		is "TIMESTAMPDIFF(MICROSECOND, updated_at, run_at) / 1000000 / $([ "${answer%% *}" = 429 ] && echo 240 || echo 40) BETWEEN 1 AND 1.25" 1 ||
			fail "$answer: $(sql "SELECT updated_at, run_at FROM delivery WHERE id = $delivery")"
	done
}

test_a_new_access_token_is_taken_once() {
	local tokens
	with_fcm
	new_user
	device token-of-401
	message
	comes 'not sent' is state 'done'
	tokens=$(requests token)
	plan "[$(error 401)]"
	message
	comes "not sent again: $(of_delivery)" is state 'done'
	is tries 1 || fail "$(of_delivery)"
	[ $(($(requests token) - tokens)) -le 2 ] || fail 'too many access tokens'
	plan "[$(error 401), $(error 401), $(error 401)]"
	message
	comes 'no try' is tries 1
	is "CONCAT(state, ' ', error_class)" 'pending auth' || fail "$(of_delivery)"
	equal "$(jq -c 'select(.what == "message")' "$log" | wc -l)" 5 'messages'
}

test_a_token_that_is_refused_is_not_asked_for_again_and_again() {
	local i deliveries=()
	with_fcm
	new_user
	device token-of-refusal
	plan_token '[[400, {"error": "invalid_grant"}], [400, {"error": "invalid_grant"}]]'
	for i in 1 2 3 4; do
		message
		deliveries+=("$delivery")
	done
	for delivery in "${deliveries[@]}"; do
		comes "no try: $(of_delivery)" is tries 1
		is "CONCAT(state, ' ', error_class, ' ', error)" 'pending auth no access token: it answered 400 invalid_grant' || fail "$(of_delivery)"
		is "TIMESTAMPDIFF(SECOND, updated_at, run_at) BETWEEN 60 AND 75" 1 || fail "$(of_delivery)"
	done
	equal "$(requests message)" 0 'messages'
	[ "$(requests token)" -le 2 ] || fail "$(requests token) access tokens"
	grep -q "no access token for push messages from $there/token: it answered 400 invalid_grant" "$STATE/log/notify.log" || fail 'no line in the log'
}

test_a_service_account_that_is_none_is_found_by_the_check() {
	local said status=0
	with_fcm
	echo '{"project_id":"x","private_key":"nothing","client_email":"a@b","token_uri":"https://x"}' >"$work/fcm.json"
	said=$("$BUILD/tts-notify" -t -c "$STATE/tts.conf" 2>&1) || status=$?
	equal "$status" 78 "$said"
	[[ $said == *'"private_key" is no RSA key'* ]] || fail "$said"
	echo '[]' >"$work/fcm.json"
	said=$("$BUILD/tts-notify" -t -c "$STATE/tts.conf" 2>&1) && fail 'it is taken'
	[[ $said == *'it has no "project_id"'* ]] || fail "$said"
}
