# Pipelines as their user manages them. How they work is tested in the other files.
# shellcheck shell=bash disable=SC2034,SC2154
. tests/e2e/lib_pipeline.sh

test_a_pipeline_is_started_and_its_status_is_that_of_the_earlier_service() {
	local first
	hold_stages
	new_user
	start
	expect 201
	want '.success and .task_id == $t and .message == "파이프라인이 시작되었습니다." and .auto_continue and .already_exists == false
		and .celery_task_id == .job_id and .stages == ["lyric", "song", "video"] and .language == "Korean" and .genre == "pop, ambient"
		and .orientation == "vertical" and .priority == 5 and .project_id == null and .images == 0' --arg t "$task"
	first=$(get .job_id)
	of . >/dev/null
	want '.task_id == $t and .current_stage == "lyric" and .overall_status == "processing" and .message == "lyric 단계 진행 중..."
		and .stages.lyric.status == "pending" and .stages.song.status == "pending" and .stages.video.status == "pending"
		and .customer_name == "스테이 머뭄" and .region == "군산" and .detail_region_info == "말랭이 마을"' --arg t "$task"
	# The same name again, with other facts: nothing changes.
	send POST /pipeline/start "{\"task_id\":\"${task^^}\",\"customer_name\":\"another\"}"
	expect 201
	want '.already_exists and .job_id == $j and .message == "이미 시작된 파이프라인입니다."' --arg j "$first"
	equal "$(of .customer_name)" '스테이 머뭄'
	set_run lyric "state = 'claimed', claim_token = REPEAT('x', 16), host = 'h', lease_until = NOW(3)"
	equal "$(of '.stages.lyric | "\(.status) \(.message)"')" 'processing 가사 생성을 시작합니다.'
	done_stage lyric song
	want_stage lyric completed '가사 생성이 완료되었습니다.'
	equal "$(get '.stages.lyric.lyric_preview | length')" 103
	set_run song "engine = 'suno', step = 'poll', external_id = 'job', sent_at = NOW(3) - INTERVAL 40 SECOND, progress = 30"
	of . >/dev/null
	want '.stages.song.status == "processing" and (.stages.song.message | test("^Suno 음악 생성 중... \\(4[0-9]초 경과\\)$"))
		and .stages.song.external_id == "job" and .stages.song.suno_task_id == "job" and .stages.song.progress == 30 and .message == "song 단계 진행 중..."'
	set_run song "step = 'fetch'"
	want_stage song uploading '오디오 파일을 업로드 중입니다.'
	set_run song "step = 'begin', tries = 2, error = 'no connection', error_class = 'transient', run_at = NOW(3) + INTERVAL 1 MINUTE"
	want_stage song retrying 'Retry #2: no connection'
	want '.stages.song.next_try_at > .stages.song.updated_at and .stages.song.error_class == "transient"'
	done_stage song video
	want_stage song completed '노래 생성이 완료되었습니다.'
	set_run video "engine = 'creatomate', step = 'poll', external_id = 'r', sent_at = NOW(3)"
	want_stage video rendering 'Creatomate에서 비디오를 렌더링 중입니다.'
	set_run video "sent_at = NOW(3) - INTERVAL 40 SECOND"
	of . >/dev/null
	want '.stages.video.message | test("^비디오 렌더링 중... \\(4[0-9]초 경과\\)$")'
	set_run video "step = 'fetch'"
	want_stage video uploading '비디오 파일을 업로드 중입니다.'
	done_stage video
	want_stage video completed '비디오 생성이 완료되었습니다. 파이프라인 종료.'
	want '.overall_status == "completed" and .message == "파이프라인이 완료되었습니다." and .current_stage == "video"'
	# A month later, too.
	sql "UPDATE pipeline SET created_at = created_at - INTERVAL 40 DAY, updated_at = updated_at - INTERVAL 40 DAY WHERE task_id = '$task'"
	equal "$(of .overall_status)" completed
}

# want_stage STAGE STATUS MESSAGE
want_stage() {
	of . >/dev/null
	want '.stages[$s].status == $w and .stages[$s].message == $m' --arg s "$1" --arg w "$2" --arg m "$3"
}

test_messages_are_in_the_language_that_is_asked_for() {
	local tag
	hold_stages
	new_user
	start
	equal "$(of .message -H 'Accept-Language: en-US,en;q=0.9,ko;q=0.8')" 'Stage lyric is in progress...'
	equal "$(of .message -H 'Accept-Language: de, ko;q=0.5, en;q=0.2')" 'lyric 단계 진행 중...'
	start '.language = "en"'
	equal "$(of .message)" 'Stage lyric is in progress...'
	want '.language == "English"'
	tag=$(header ETag)
	[[ $tag == W/\"* ]] || fail "ETag: $tag"
	request GET "/pipeline/status/$task" -H "If-None-Match: \"x\", $tag"
	equal "$status" 304
	[ -z "$body" ] || fail "a body: $body"
	sleep 1.1 # seconds pass, and change nothing
	request GET "/pipeline/status/$task" -H "If-None-Match: $tag"
	equal "$status" 304
	done_stage lyric song
	request GET "/pipeline/status/$task" -H "If-None-Match: $tag"
	expect 200
}

test_fields_that_are_wrong_are_named() {
	local bad
	new_user
	while read -r bad; do
		send POST /pipeline/start "${bad#* }"
		expect 422
		equal "$(wrong)" "${bad%% *}" "$bad"
	done <<'END'
customer_name {}
customer_name {"customer_name":" "}
task_id {"customer_name":"x","task_id":"7"}
task_id {"customer_name":"x","task_id":7}
language {"customer_name":"x","language":"Nonsense"}
orientation {"customer_name":"x","orientation":"round"}
priority {"customer_name":"x","priority":10}
stages {"customer_name":"x","stages":[]}
stages {"customer_name":"x","stages":["lyric","lyric"]}
stages {"customer_name":"x","stages":["dance"]}
stages {"customer_name":"x","stages":["video"]}
stages {"customer_name":"x","stages":["lyric","video"]}
lyric {"customer_name":"x","stages":["song","video"]}
lyric {"lyric":"One.","project_id":1}
lyric {"lyric":" "}
auto_continue {"customer_name":"x","auto_continue":1}
project_id {"project_id":0}
x {"customer_name":"x","x":1}
END
	send POST /pipeline/start '{"project_id":1}'
	expect 404
	equal "$(sql "SELECT COUNT(*) FROM pipeline WHERE user_id = $user")" 0
}

test_a_preview_starts_nothing() {
	new_user
	send POST '/pipeline/start?preview=1' '{"customer_name":"스테이 머뭄"}'
	expect 200
	want '[.stages[].stage] == ["lyric", "song", "video"] and .paid_requests == 0 and .estimated_seconds > 10 and .song_seconds == 60'
	send POST '/pipeline/start?preview=1' '{"lyric":"One line of a song.\nAnother line.","stages":["song"],"language":"English"}'
	want '[.stages[].engine] == ["speech"] and .characters == 33 and .song_seconds > 1 and .song_seconds < 10'
	new_project 'One. Two.'
	send POST '/pipeline/start?preview=1' "{\"project_id\":$project}"
	want '.stages[0].engine == "given" and .characters == 8'
	send POST '/pipeline/start?preview=1' '{"project_id":999999999}'
	expect 404
	equal "$(sql "SELECT COUNT(*) FROM pipeline WHERE user_id = $user")" 0
}

test_a_start_can_be_sent_twice() {
	local first
	hold_stages
	new_user
	send POST /pipeline/start '{"customer_name":"x"}' -H 'Idempotency-Key: one'
	expect 201
	first=$body
	[[ $(get .task_id) =~ ^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]] || fail "$body"
	send POST /pipeline/start '{"customer_name":"x"}' -H 'Idempotency-Key: one'
	expect 201
	equal "$body" "$first"
	equal "$(header Idempotent-Replayed)" true
	send POST /pipeline/start '{"customer_name":"y"}' -H 'Idempotency-Key: one'
	expect 422
	equal "$(sql "SELECT COUNT(*) FROM pipeline WHERE user_id = $user")" 1
}

test_stages_are_retried_and_resumed() {
	local stage
	hold_stages
	new_user
	start
	for stage in dance LYRIC 1; do
		request POST "/pipeline/retry/$task/$stage"
		expect 400
		equal "$(get .detail)" "Invalid stage: $stage"
	done
	request POST "/pipeline/retry/$task/lyric"
	expect 409
	request POST "/pipeline/retry/$task/video"
	expect 409
	request POST "/pipeline/resume/$task"
	expect 400
	equal "$(get .detail)" 'Pipeline is not in failed state: processing'
	done_stage lyric song
	set_run song "state = 'failed', ended_at = NOW(3), error = 'it is broken', error_class = 'permanent'"
	of . >/dev/null
	want '.overall_status == "failed" and .message == "song 단계에서 실패했습니다." and .stages.song.error == "it is broken"'
	request POST "/pipeline/resume/$task"
	expect 201
	want '.success and .task_id == $t and .resumed_from == "song" and .message == "song 단계부터 재개합니다."' --arg t "$task"
	equal "$(of .stages.lyric.status)" completed
	request POST "/pipeline/retry/$task/lyric"
	expect 201
	want '.stage == "lyric" and .message == "lyric 단계 재시도가 요청되었습니다."'
	of . >/dev/null
	want '.stages.lyric.run == 2 and .stages.song.status == "stale" and .current_stage == "lyric"'
	task=$(uuid)
	for stage in "retry/$task/song" "resume/$task" "$task/cancel"; do
		request POST "/pipeline/$stage"
		expect 404
		equal "$(get .detail)" "Pipeline not found for task_id=$task"
	done
}

test_one_stage_is_made_at_a_time_by_the_older_addresses() {
	local job
	hold_stages
	new_user
	task=$(uuid)
	send POST /lyric/generate "{\"task_id\":\"$task\",\"customer_name\":\"스테이 머뭄\",\"region\":\"군산\",\"language\":\"Korean\"}" -H 'Idempotency-Key: one'
	expect 201
	want '.success and .task_id == $t and .status == "pending" and .message == "대기 중입니다." and .already_exists == false
		and .celery_task_id == .job_id' --arg t "$task"
	job=$(get .job_id)
	equal "$job" "$(run_of lyric)"
	send POST /lyric/generate "{\"task_id\":\"$task\",\"customer_name\":\"스테이 머뭄\",\"region\":\"군산\",\"language\":\"Korean\"}" -H 'Idempotency-Key: one'
	equal "$(header Idempotent-Replayed) $(get .job_id)" "true $job"
	send POST /lyric/generate "{\"task_id\":\"$task\",\"customer_name\":\"x\"}"
	want '.already_exists and .job_id == $j' --arg j "$job"
	equal "$(of '.auto_continue, .stages.song.status' | paste -sd' ')" 'false skipped'
	# Nothing comes before its turn.
	send POST /song/generate "{\"task_id\":\"$task\"}"
	expect 409
	done_stage lyric
	request GET "/lyric/status/$task"
	expect 200
	want '.task_id == $t and .status == "completed" and .message == "가사 생성이 완료되었습니다." and (.lyric_result | length) > 100' --arg t "$task"
	equal "$(of .overall_status)" completed
	send POST /song/generate "{\"task_id\":\"${task^^}\",\"genre\":\"jazz\"}"
	expect 201
	want '.task_id == $t and .status == "pending" and .already_exists == false' --arg t "$task"
	job=$(get .job_id)
	equal "$job $(of '.genre, .orientation' | paste -sd' ')" "$(run_of song) jazz vertical"
	# Again: it is the same one, while it is made and once it is there, and its genre stays.
	send POST /song/generate "{\"task_id\":\"$task\",\"genre\":\"pop\"}"
	want '.already_exists and .job_id == $j' --arg j "$job"
	done_stage song
	send POST /song/generate "{\"task_id\":\"$task\"}"
	want '.already_exists and .job_id == $j and .status == "completed"' --arg j "$job"
	equal "$(of '.genre, .stages.video.status' | paste -sd' ')" 'jazz skipped'
	request GET "/song/status/$task"
	want '.task_id == $t and .status == "completed" and .job_id == $j' --arg t "$task" --arg j "$job"
	send POST /video/generate "{\"task_id\":\"$task\",\"orientation\":\"horizontal\"}"
	expect 201
	equal "$(get .job_id) $(of .orientation)" "$(run_of video) horizontal"
	set_run video "state = 'failed', ended_at = NOW(3), error = 'No images found', error_class = 'permanent'"
	request GET "/video/status/$task"
	want '.status == "failed" and .error == "No images found" and .message == "비디오 생성에 실패했습니다."'
	# What failed is made again.
	job=$(run_of video)
	send POST /video/generate "{\"task_id\":\"$task\"}"
	expect 201
	want '.already_exists == false and .job_id != $j' --arg j "$job"
	equal "$(of .orientation)" horizontal
}

test_fields_of_the_older_addresses_that_are_wrong_are_named() {
	local bad
	hold_stages
	new_user
	for bad in 'lyric auto_continue {"customer_name":"x","auto_continue":true}' 'lyric stages {"customer_name":"x","stages":["song"]}' \
		'lyric customer_name {}' 'song task_id {}' 'song task_id {"task_id":"1"}' 'video task_id {"genre":"x"}' \
		"song lyric {\"task_id\":\"$(uuid)\",\"lyric\":\"x\"}" "video orientation {\"task_id\":\"$(uuid)\",\"orientation\":\"round\"}"; do
		send POST "/${bad%% *}/generate" "${bad#* * }"
		expect 422
		bad=${bad#* }
		[[ " $(wrong) " == *" ${bad%% *} "* ]] || fail "$bad: $(wrong)"
	done
	task=$(uuid)
	send POST /video/generate "{\"task_id\":\"$task\"}"
	expect 404
	equal "$(get .detail)" "Pipeline not found for task_id=$task"
	request GET "/song/status/$task"
	expect 404
	equal "$(get .detail)" "Pipeline not found for task_id=$task"
}

test_a_pipeline_is_paused_cancelled_and_edited() {
	hold_stages
	new_user
	start
	request POST "/pipeline/$task/pause"
	expect 201
	want '.overall_status == "paused" and .stages.lyric.status == "paused" and .paused_by == "user"'
	request POST "/pipeline/$task/unpause"
	expect 201
	want '.overall_status == "processing" and .paused_by == null'
	sql "UPDATE pipeline SET paused = 'operator', paused_at = NOW(3) WHERE task_id = '$task'"
	request POST "/pipeline/$task/unpause"
	expect 409
	sql "UPDATE pipeline SET paused = '', paused_at = NULL WHERE task_id = '$task'"
	send POST "/pipeline/$task/lyric" '{"lyric":"  Another lyric.\nOf two lines.  "}'
	expect 201
	of . >/dev/null
	want '.stages.lyric.lyric_result == "Another lyric.\nOf two lines." and .stages.lyric.status == "completed" and .stages.song.status == "pending"'
	request POST "/pipeline/$task/take/2"
	expect 409
	request POST "/pipeline/$task/cancel"
	expect 201
	want '.overall_status == "cancelled" and .message == "song 단계에서 취소되었습니다."'
	request POST "/pipeline/$task/cancel"
	expect 409
	send POST "/pipeline/$task/lyric" '{"lyric":""}'
	expect 422
	request GET /pipeline/
	expect 200
	want '.cnt == 1 and .pages == 1 and .page[0].task_id == $t and .page[0].overall_status == "cancelled"
		and (.page[0].stages.lyric | has("lyric_result") | not)' --arg t "$task"
	request GET '/pipeline/?page=2'
	expect 404
}

test_dead_letters_are_shown_retried_and_dropped() {
	local dead
	hold_stages
	new_user
	start
	set_run lyric "state = 'failed', ended_at = NOW(3), error = 'it is broken', error_class = 'permanent', status = 400"
	dead=$(run_of lyric)
	sql "INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at, ended_at, outcome, error_class, status, answer)
		VALUES ($dead, 1, 'begin', 'host-of-ours', 1, NOW(3), NOW(3), 'failed', 'permanent', 400, 'no')"
	request GET '/dead/?stage=lyric&class=permanent'
	expect 200
	want '.cnt == 1 and .total == 1 and .next == null and .dead[0].id == $d and .dead[0].task_id == $t and .dead[0].stage == "lyric"
		and .dead[0].error == "it is broken" and .dead[0].http_status == 400 and .dead[0].attempts == 1' --argjson d "$dead" --arg t "$task"
	for filter in stage=song class=transient "before=$dead"; do
		request GET "/dead/?$filter"
		want '.cnt == 0'
	done
	for filter in stage=x class=x before=x; do
		request GET "/dead/?$filter"
		expect 422
		equal "$(wrong)" "${filter%=*}"
	done
	request GET "/dead/$dead"
	expect 200
	want '.tries[0].answer == "no" and .tries[0].outcome == "failed"'
	[[ $body != *host-of-ours* ]] || fail 'the host is told'
	request POST "/dead/$dead/retry"
	expect 201
	equal "$(of .stages.lyric.run)" 2
	request POST "/dead/$dead/retry"
	expect 404
	set_run lyric "state = 'failed', ended_at = NOW(3), error = 'again', error_class = 'permanent'"
	request DELETE "/dead/$(run_of lyric)"
	expect 201
	request GET /dead/
	want '.cnt == 0 and .total == 0'
	equal "$(of .overall_status)" failed
}

test_dead_letters_are_retried_together() {
	local i first
	hold_stages
	new_user
	for ((i = 0; i < 52; i++)); do
		start
		[ $i != 0 ] || first=$task
	done
	sql "UPDATE stage SET state = 'failed', ended_at = NOW(3), error = 'x', error_class = IF(id % 2, 'transient', 'permanent') WHERE user_id = $user"
	# One whose stage before is not completed.
	sql "UPDATE stage SET stage = 'song' WHERE user_id = $user AND pipeline_id = (SELECT id FROM pipeline WHERE task_id = '$first')"
	request POST '/dead/retry?class=x'
	expect 422
	request POST '/dead/retry?stage=video'
	expect 201
	want '.retried == 0 and .left == 0 and .next == null'
	request POST '/dead/retry?stage=lyric'
	want '.retried == 50 and .left == 0 and .next > 0'
	request POST /dead/retry
	want '.retried == 1 and .left == 1 and .next == null'
	request GET /dead/
	want '.total == 1 and .dead[0].task_id == $t' --arg t "$first"
}

test_a_callback_is_answered_whatever_it_is() {
	local secret=00112233445566778899aabbccddeeff sent
	hold_stages
	new_user
	start
	set_run lyric "callback = UNHEX('$secret'), step = 'sent', run_at = NOW(3) + INTERVAL 1 HOUR"
	token=
	for sent in '{"data":{"task_id":"job-1"}}' 'no JSON' '{"id":"<script>"}' '{"data":{"task_id":{}}}' ''; do
		send POST "/pipeline/callback/$secret" "$sent"
		expect 200
		equal "$body" '{}'
	done
	equal "$(sql "SELECT candidate, run_at <= NOW(3) FROM stage WHERE id = $(run_of lyric)")" $'job-1\t1'
	for sent in "${secret//0/f}" "${secret^^}" x ..; do
		request POST "/pipeline/callback/$sent" -d '{"id":"job-2"}'
		[ "$sent" = .. ] || { expect 200 && equal "$body" '{}'; }
	done
	request GET "/pipeline/callback/$secret"
	expect 405
	equal "$(sql "SELECT candidate FROM stage WHERE id = $(run_of lyric)")" job-1
	head -c 300000 /dev/zero >"$work/long"
	request POST "/pipeline/callback/$secret" --data-binary "@$work/long"
	expect 413
	! grep -rqF "$secret" "$STATE/log" || fail 'a secret is in a log'
}

# What is deleted may be the last sentence that a song waits for: then the song is due, and its program is told.
test_an_edit_that_completes_a_narration_is_a_kick() {
	local kick=$STATE/run/pipeline.kick added
	new_user
	send POST /project/ '{"title":"A narration","language":"en","sentences":"One."}'
	expect 201
	project=$(get .id)
	until_so 30 eval '[ "$(sql "SELECT ready_count FROM project WHERE id = $project")" = 1 ]'
	hold_renderer
	hold_stages
	send POST /audio/ "$(jq -nc --argjson p "$project" '{project_id: $p, index: 2, text: "Two.", speed: 1}')"
	expect 201
	added=$(get .id)
	send POST /pipeline/start "$(jq -nc --argjson p "$project" '{project_id: $p, stages: ["song"]}')"
	expect 201
	task=$(get .task_id)
	set_run song "state = 'waiting', project_id = $project"
	touch -d '1 minute ago' "$kick"
	request DELETE "/audio/$added"
	expect 201
	equal "$(sql "SELECT state FROM stage WHERE id = $(run_of song)")" pending
	[ "$(stat -c %Y "$kick")" -gt $((EPOCHSECONDS - 30)) ] || fail 'nobody was told'
	release_renderer
	release_stages
}

# A stage that is told before its turn has come is there when it comes.
test_a_stage_that_is_told_stays_for_a_moment() {
	local kick=$work/pipeline.kick age
	sed -e "s|$STATE/run/song.lock|$work/song.lock|; s|$STATE/run/pipeline.kick|$kick|" "$STATE/tts.conf" >"$work/own.conf"
	touch "$kick"
	"$BUILD/tts-pipeline" --stage song -c "$work/own.conf" 2>"$work/out" || fail "it ended with $?: $(cat "$work/out")"
	age=$(($(date +%s%3N) - $(date -r "$kick" +%s%3N)))
	[ "$age" -ge 950 ] || fail "it was there for $age ms only"
}
