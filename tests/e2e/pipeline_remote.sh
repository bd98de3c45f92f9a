# Pipelines whose stages are done by services elsewhere: stand-ins on this machine, which count what they were paid
# for. What each answer means is tested by tests/unit/test_{lyric_openai,song_suno,video_creatomate}.c.
# shellcheck shell=bash disable=SC2034,SC2154

# plan SERVICE JSON: set what the stand-in does; it has forgotten what it did.
plan() {
	curl -sf -o /dev/null -d '{}' "${there[$1]}/reset" && curl -sf -o /dev/null -d "$2" "${there[$1]}/plan" ||
		fail "no answer of the stand-in for $1: $(cat "$STATE/log/$1.log")"
}

# paid SERVICE: how often it was.
paid() {
	curl -sf "${there[$1]}/paid" | jq "${2-.total}"
}

# asked SERVICE FILTER: how many requests there were for which jq's FILTER holds.
asked() {
	curl -sf "${there[$1]}/log" | jq "[.[] | select($2)] | length"
}

# services: start the stand-ins and the stack with them, unless that was done; all plans are empty. They stay for the tests
# that follow. The engines are asked every five minutes only: whatever goes on before that does because they call.
services() {
	local name port
	declare -gA there=()
	if [ -e "$STATE/services" ]; then
		while read -r name port; do there[$name]=$port; done <"$STATE/services"
		for name in "${!there[@]}"; do plan "$name" '{}'; done
		sql 'UPDATE engine SET disabled = 0, held_until = NULL'
		return 0
	fi
	for name in openai suno creatomate; do
		port=$(free_port)
		there[$name]=http://127.0.0.1:$port
		WATCH=$$ node "tests/e2e/$name.mjs" "$port" >"$STATE/log/$name.log" 2>&1 &
		until_so 20 curl -sf -o /dev/null "${there[$name]}/paid"
		echo "$name ${there[$name]}" >>"$STATE/services"
	done
	(umask 077 && printf 'the-canary-key' >"$STATE/service.key")
	cat >"$STATE/conf.d/services.conf" <<-END
		http = { public_url = "$url"; };
		pipeline = {
			allow_networks = "127.0.0.0/8";
			lyric = { engine = "openai-chat"; url = "${there[openai]}/v1"; model = "a-model"; key_file = "$STATE/service.key"; calls_per_min = 0; };
			song = { engine = "suno"; url = "${there[suno]}"; key_file = "$STATE/service.key"; poll_sec = 300; calls_per_min = 0; };
			video = { engine = "creatomate"; url = "${there[creatomate]}"; key_file = "$STATE/service.key"; poll_sec = 300; calls_per_min = 0; };
		};
	END
	tests/stack up
}

# The last test ends with the usual configuration.
services_end() {
	rm -f "$STATE/conf.d/services.conf" "$STATE/services"
	sql 'UPDATE engine SET disabled = 0, held_until = NULL'
	tests/stack up >/dev/null
}

# begin [MEMBERS]: start a pipeline with two pictures; sets $task.
begin() {
	local n
	task=$(cat /proc/sys/kernel/random/uuid)
	[ -e "$work/red-2.png" ] || for n in 1 2; do
		ffmpeg -v error -f lavfi -i "color=c=red@0.$n:s=640x480:d=1" -frames:v 1 -y "$work/red-$n.png" </dev/null || fail 'no picture'
	done
	for n in 1 2; do
		request POST "/pipeline/$task/image/" -H 'Content-Type: image/png' --data-binary "@$work/red-$n.png"
		expect 201
	done
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "스테이 \($t)", region: "군산",
		detail_region_info: "바다가 보이는 숙소", language: "Korean"}' | jq -c "${1:-.}")"
	expect 201
}

# is FILTER: whether jq's FILTER holds for the status of $task.
is() {
	request GET "/pipeline/status/$task"
	expect 200
	jq -e "$1" <<<"$body" >/dev/null
}

# of STAGE COLUMNS: of the newest run of that stage of $task.
of() {
	sql "SELECT $2 FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.task_id = '$task' AND s.stage = '$1' ORDER BY run DESC LIMIT 1"
}

# due STAGE: its time has come.
due() {
	sql "UPDATE stage s JOIN pipeline p ON p.id = s.pipeline_id SET s.run_at = NOW(3) WHERE p.task_id = '$task' AND s.stage = '$1' AND s.state = 'pending'"
	touch "$STATE/run/pipeline.kick"
}

secret_of() {
	of "$1" 'LOWER(HEX(callback))'
}

test_the_official_clients_understand_the_stand_ins() {
	local out
	services
	out=$(node tests/e2e/openai.mjs --client "${there[openai]}/v1")
	jq -e '.models == ["a-model"] and .chat.choices[0].message.content == "Hello" and .chat.usage.total_tokens == 20' <<<"$out" >/dev/null || fail "$out"
	plan openai '{"key": "another", "next": []}'
	out=$(node tests/e2e/openai.mjs --client "${there[openai]}/v1")
	jq -e '.chat == {error: "AuthenticationError", status: 401, code: "invalid_api_key"}' <<<"$out" >/dev/null || fail "$out"
	plan openai '{"next": [{"status": 429, "body": {"error": {"message": "m", "type": "insufficient_quota", "code": "insufficient_quota"}}}, {"status": 500, "body": "<html>"}]}'
	out=$(node tests/e2e/openai.mjs --client "${there[openai]}/v1")
	jq -e '.chat == {error: "RateLimitError", status: 429, code: "insufficient_quota"} and .again.error == "InternalServerError"' <<<"$out" >/dev/null || fail "$out"
	out=$(node tests/e2e/creatomate.mjs --client "${there[creatomate]}")
	jq -e '.renders | length == 1 and .[0].status == "succeeded" and .[0].width == 1080 and .[0].metadata == "client"' <<<"$out" >/dev/null || fail "$out"
	plan creatomate '{"next": [{"status": 402, "body": {"hint": "h"}}]}'
	out=$(node tests/e2e/creatomate.mjs --client "${there[creatomate]}")
	equal "$(jq -r .error <<<"$out")" InsufficientCreditsError
	plan creatomate '{"key": "another"}'
	out=$(node tests/e2e/creatomate.mjs --client "${there[creatomate]}")
	equal "$(jq -r .error <<<"$out")" InvalidApiKeyError
}

test_each_stage_is_done_by_its_service() {
	local name song video
	services
	new_user
	plan creatomate '{"fetch": true}'
	begin
	until_so 60 is '.overall_status == "completed" or .overall_status == "failed"'
	want '.overall_status == "completed" and .message == "파이프라인이 완료되었습니다."'
	want '.stages | .lyric.engine == "openai-chat" and .song.engine == "suno" and .video.engine == "creatomate"'
	want '(.stages.lyric.lyric_result | test("군산의 스테이")) and (.stages.lyric.lyric_prompt | test("<facts>"))'
	want '.stages.song | (.takes | length) == 2 and .takes[0].chosen and (.timestamps | length) == 10 and .duration > 11'
	want '.stages.song.timestamps | .[0].start_time == 0 and all(.[]; .end_time >= .start_time) and .[9].end_time > 10'
	song=$(get .stages.song.song_result_url) video=$(get .stages.video.result_movie_url)
	download "$song" "$work/song.mp3"
	equal "$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$work/song.mp3")" mp3
	download "$video" "$work/film.mp4"
	equal "$(head -c 8 "$work/film.mp4" | tail -c 4)" ftyp
	for name in openai suno creatomate; do
		equal "$(paid $name)" 1 "$name was paid"
		equal "$(asked $name '.headers.authorization == "Bearer the-canary-key"')" "$(asked $name '.path | test("^/file/") | not')" "requests to $name with the key"
	done
	# Nothing but the call made it go on: it was asked once after each, not every so often.
	[ "$(asked suno '.path | test("record-info")')" -le 4 ] || fail "$(asked suno true) requests"
	# The lines are the captions, and the pictures come from this server.
	[ "$(curl -s "${there[creatomate]}/log" | jq '.[0].body.elements | map(select(.type == "text")) | length')" = 10 ] || fail 'no captions'
	[ "$(curl -s "${there[creatomate]}/log" | jq --arg u "$url/media/pipeline/" '[.[0].body.elements[] | .source // empty | startswith($u)] | all and length == 3')" = true ] || fail 'other sources'
	# Nothing secret is shown.
	! grep -qE 'canary|pipeline/callback|metadata' <<<"$(jq -c .stages <<<"$body")" || fail "$body"
}

# The service made two for one payment. Its lines are asked for again, as those of the other take may come at other times.
test_the_other_take_is_used_without_paying_for_another_song() {
	local film
	services
	new_user
	begin
	until_so 60 is '.overall_status == "completed"'
	want '.stages.song.suno_audio_id | endswith("-a")'
	film=$(get .stages.video.result_movie_url)
	request POST "/pipeline/$task/take/2"
	expect 201
	until_so 60 is '.stages.song.suno_audio_id // "" | endswith("-b")'
	until_so 60 is '.overall_status == "completed"'
	want '.stages.song | (.timestamps | length) == 10 and (.takes | length) == 2 and .takes[0].chosen'
	[ "$(get .stages.video.result_movie_url)" != "$film" ] || fail 'the film has the song from before'
	equal "$(paid suno)$(paid creatomate)" 12
	equal "$(asked suno '(.path | test("timestamped")) and (.body.audioId | endswith("-b"))')" 1
}

# Who calls has to know 128 random bits; what is claimed is asked about.
test_calls_that_are_forged_repeated_or_too_early_do_no_harm() {
	local before secret
	services
	new_user
	plan suno '{"callbacks": "early", "polls": 1}'
	plan creatomate '{"webhooks": "twice"}'
	begin
	until_so 30 is '.stages.song.external_id != null'
	secret=$(secret_of song)
	equal ${#secret} 32
	# Nobody learns anything from the answers.
	for before in "$secret" 00112233445566778899aabbccddeeff ffff x; do
		status=$(curl -s -o "$work/answer" -w '%{http_code}' -d '{"data":{"task_id":"5c79be8e99999999","callbackType":"complete"}}' "$url/pipeline/callback/$before")
		equal "$status" 200 "$before"
		equal "$(cat "$work/answer")" '{}'
	done
	curl -s -o "$work/answer" -d 'not JSON at all' "$url/pipeline/callback/$secret"
	is '.stages.song.external_id != "5c79be8e99999999"' || fail "a claim was believed: $body"
	# Each call has it asked at once.
	for _ in 1 2 3 4 5; do
		curl -s -o /dev/null -d "{\"data\":{\"task_id\":\"$(of song external_id)\"}}" "$url/pipeline/callback/$secret"
		sleep 1
	done
	until_so 60 is '.overall_status == "completed"'
	equal "$(paid suno)$(paid creatomate)" 11
	curl -s -o /dev/null -d '{"data":{"task_id":"x"}}' "$url/pipeline/callback/$secret"
	curl -s -o /dev/null -d '{"id":"x","status":"failed"}' "$url/pipeline/callback/$(secret_of video)"
	sleep 1
	is '.overall_status == "completed"' || fail "$body"
	! grep -qiF "$secret" "$STATE"/log/*.log || fail "the secret of the URL is in a log: $(grep -iF "$secret" "$STATE"/log/*.log)"
	# Of one that was cancelled.
	plan suno '{"polls": 100}'
	begin
	until_so 30 is '.stages.song.external_id != null'
	request POST "/pipeline/$task/cancel"
	expect 201
	before=$(asked suno true)
	curl -s -o /dev/null -d '{}' "$url/pipeline/callback/$(secret_of song)"
	sleep 1
	equal "$(asked suno true)" "$before"
	is '.overall_status == "cancelled"' || fail "$body"
}

# The order was sent, and nobody knows what became of it.
has_no_answer() {
	[ "$(of song 'CONCAT(step, state, LENGTH(external_id))')" = sentpending0 ]
}

# The service takes an order, and nobody hears of it: its call brings the id.
test_an_order_without_an_answer_is_found_and_not_paid_twice() {
	services
	new_user
	plan suno '{"next": [{"how": "close", "paid": true, "called": true}]}'
	plan creatomate '{"next": [{"status": 502, "body": "<html>Bad Gateway</html>", "paid": true, "called": true}]}'
	begin
	until_so 60 is '.overall_status == "completed" or .overall_status == "failed"'
	want '.overall_status == "completed"'
	equal "$(paid suno)$(paid creatomate)" 11
	# One that nobody calls about is looked for until its time is over, and not sent again.
	plan suno '{"next": [{"how": "half", "paid": true}]}'
	begin
	until_so 30 has_no_answer
	sql "UPDATE stage s JOIN pipeline p ON p.id = s.pipeline_id SET s.deadline_at = NOW(3) WHERE p.task_id = '$task' AND s.stage = 'song'"
	due song
	until_so 30 is '.stages.song.status == "failed"'
	want '.stages.song.error_class == "timeout"'
	equal "$(paid suno)" 1
	# Somebody decides to pay again.
	request POST "/pipeline/retry/$task/song"
	expect 201
	until_so 60 is '.overall_status == "completed"'
	equal "$(paid suno)" 2
}

test_a_result_that_is_hostile_is_refused_and_only_fetched_again() {
	services
	new_user
	plan suno '{"url": "http://169.254.169.254/latest/meta-data"}'
	begin
	until_so 60 is '.stages.song.status == "failed"'
	want '.stages.song.error_class == "permanent" and (.stages.song.error | test("refused"))'
	want '.overall_status == "failed" and .current_stage == "song"'
	curl -sf -o /dev/null -d '{"url": null, "file": "html"}' "${there[suno]}/plan"
	request POST "/pipeline/resume/$task"
	expect 201
	until_so 60 is '.stages.song.error_class == "transient"'
	want '.stages.song.error | test("not an MP3")'
	curl -sf -o /dev/null -d '{"file": "ok"}' "${there[suno]}/plan"
	due song
	until_so 60 is '.overall_status == "completed"'
	equal "$(paid suno)" 1
	# The same of a film.
	plan creatomate '{"file": "redirect"}'
	begin
	until_so 60 is '.stages.video.status == "failed"'
	want '.stages.video.error | test("redirect")'
	curl -sf -o /dev/null -d '{"file": "ok"}' "${there[creatomate]}/plan"
	request POST "/pipeline/resume/$task"
	expect 201
	until_so 60 is '.overall_status == "completed"'
	equal "$(paid creatomate)" 1
}

test_a_key_that_is_revoked_charges_nobody() {
	local i
	local -a tasks=()
	services
	new_user
	sql "DELETE FROM alert"
	plan openai '{"key": "another"}'
	for i in 1 2 3; do
		begin
		tasks+=("$task")
	done
	until_so 30 engine_is 'disabled = 1'
	sleep 2
	equal "$(sql "SELECT MAX(tries) FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.user_id = $user AND s.stage = 'lyric'")" 0 'charged'
	equal "$(sql "SELECT COUNT(*) FROM alert WHERE subject LIKE '%openai-chat%'")" 1 'alerts'
	[ "$(asked openai true)" -le 3 ] || fail "$(asked openai true) requests with a key that is refused"
	plan openai '{}'
	ctl 0 engine enable openai-chat
	for task in "${tasks[@]}"; do
		until_so 60 is '.overall_status == "completed"'
	done
	equal "$(paid openai)" 3
}

engine_is() {
	[ "$(sql "SELECT $1 FROM engine WHERE name = '${2-openai-chat}'")" = 1 ]
}

test_limits_and_empty_accounts_hold_the_engine() {
	services
	new_user
	plan openai '{"next": [{"status": 429, "headers": {"retry-after": "100"}, "body": {"error": {"message": "m", "code": "rate_limit_exceeded"}}}]}'
	begin
	until_so 30 engine_is 'held_until > NOW(3) + INTERVAL 60 SECOND'
	equal "$(sql "SELECT held_until < NOW(3) + INTERVAL 130 SECOND FROM engine WHERE name = 'openai-chat'")" 1
	equal "$(of lyric tries)" 0
	plan openai '{"next": [{"status": 429, "body": {"error": {"message": "m", "type": "insufficient_quota", "code": "insufficient_quota"}}}]}'
	sql "UPDATE engine SET held_until = NULL"
	due lyric
	until_so 30 engine_is "held_until > NOW(3) AND reason <> ''"
	equal "$(of lyric 'CONCAT(tries, " ", error_class)')" '0 out_of_money'
	sql "UPDATE engine SET held_until = NULL"
	due lyric
	until_so 60 is '.overall_status == "completed"'
	equal "$(paid openai)" 1
}

test_the_configuration_is_checked_without_paying() {
	local stage
	services
	trap services_end EXIT
	for stage in lyric song video; do
		"$BUILD/tts-pipeline" --stage $stage -t -c "$STATE/tts.conf" 2>"$work/out" || fail "$stage: $(cat "$work/out")"
	done
	plan suno '{"key": "another"}'
	! "$BUILD/tts-pipeline" --stage song -t -c "$STATE/tts.conf" 2>"$work/out" || fail 'a key that is refused is taken'
	grep -q 401 "$work/out" || fail "$(cat "$work/out")"
	equal "$(paid openai)$(paid suno)$(paid creatomate)" 000
}
