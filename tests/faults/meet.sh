# How each named fault point is met: by a renderer, by a worker of the pool, by another program or by ttsctl. Nobody
# keeps a list of who meets which: a point that none of them meets fails its test. Sourced by
# tests/faults/run; needs PROJECT, some sentences of this stack's user, and a pool of one worker.
# shellcheck shell=bash disable=SC2153

# meet POINT ACTION: have it happen once. Where it stands in the code says who is asked first.
meet() {
	local way ways='pool renderer work ctl'
	case $1:$(grep -rlF "\"$1\"" store render-job work-job notify-job pipeline-job stream common ttsctl) in
	*.trash.*) until_so 10 old_trash ;;&
	*:ttsctl/* | *:store/admin* | store.admin_user.* | store.work.retry.* | store.work.cancel.*) ways='ctl renderer pool' ;;
	store.webhook.enable.*) ways=ctl ;;
	store.pipeline.control.*) ways=ctl ;;
	store.pipeline.draft.*) ways=work ;;
	*:store/pipeline* | *:store/image* | *:store/dead*) ways='pool' ;;
	*:notify-job/* | *:store/delivery_* | *:store/alert*) ways='notify' ;;
	*:pipeline-job/* | *:store/stage*) ways='pipeline' ;;
	*:stream/*) ways='stream' ;;
	*:store/webhook* | *:store/delivery.c* | *:store/device* | *:store/account* | *:store/key*) ways='pool' ;;
	*:work-job/* | *:store/work* | *:store/trash* | *:store/event_prune*) ways='work pool ctl' ;;
	*:store/queue* | *:render-job/* | *:common/*) ways='renderer work pool ctl' ;;
	esac
	for way in $ways; do
		"meet_in_$way" "$@" && return 0
	done
	return 1
}

# What is deleted stays in the trash for a while.
old_trash() {
	[ "$(sql 'SELECT COUNT(*) FROM trash WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL 2500000 MICROSECOND')" -gt 0 ] &&
		return
	make_work >/dev/null
	drain
	return 1
}

# Work that leads a renderer past every point: a new project (a new directory), an edit of something
# ready (its old sound goes to the trash), something ready to be deleted.
make_work() {
	local fresh ids
	fresh=$(client project "${1:-3}")
	mapfile -t ids < <(sentences "$PROJECT")
	client edit "${ids[0]}" >/dev/null
	client remove "${ids[1]}"
	client insert "$PROJECT" 2 >/dev/null
	echo "$fresh"
}

# With work to do; then with a new lock file and a SIGTERM while it is at work.
meet_in_renderer() {
	local point=$1 action=$2 from
	from=$(mark)
	make_work >/dev/null
	# Sentences that wait, of a project that nobody has any more.
	[[ $point != store.put_aside.* ]] || client delete "$(client project 3)"
	render TTS_FAULT="$point:$action" || true
	charge_dead
	struck "$point" "$from" && return 0
	rm -f "$STATE/run/render.lock"
	make_work 20 >/dev/null
	render_start TTS_FAULT="$point:$action,render.parent.received:sleep=600:3"
	until_so 10 struck_or_gone render.parent.received "$from" || true
	kill -TERM "$RENDERER" 2>/dev/null || true
	reap "$RENDERER" || true
	charge_dead
	struck "$point" "$from"
}

# With a project to delete, and files to remove; then with claims of one that died, which are taken back.
meet_in_work() {
	local point=$1 action=$2 from fresh attempt also=
	case $point in
	store.trash.again.*) also=media.unlink:EIO, ;;
	store.work.user.*) delete_user ;;
	store.event.prune.*) old_events ;;
	store.pipeline.draft.*) old_draft ;;
	esac
	from=$(mark)
	for attempt in fresh resumed; do
		fresh=$(make_work)
		render || fail "the renderer ended with $?"
		client delete "$fresh"
		[ $attempt = fresh ] || work TTS_FAULT=work.step:kill || true
		work TTS_FAULT="$also$point:$action" || true
		struck "$point" "$from" && return 0
	done
	return 1
}

# A webhook whose endpoint nobody answers at, an event for it, one that is deleted, a device with a message, and what is
# old; then with a claim of one that died.
meet_in_notify() {
	local point=$1 action=$2 from attempt
	from=$(mark)
	for attempt in fresh resumed; do
		webhooks
		[ $attempt = fresh ] || notify TTS_FAULT=notify.send:kill || true
		notify TTS_FAULT="$point:$action" || true
		struck "$point" "$from" && break
	done
	sql 'UPDATE webhook SET deleted = 1; UPDATE delivery SET state = "pending", claim_token = NULL, host = NULL,
		run_id = NULL, lease_until = NULL'
	notify || fail "tts-notify ended with $?"
	struck "$point" "$from"
}

# With a stage that brings it past the point, of a pipeline that is there for that alone; then with a claim of one that
# died. What belongs to it goes with it: no client knows of it.
meet_in_pipeline() {
	local point=$1 action=$2 from attempt stage=lyric also=
	printf '%s\n' 'pipeline = { lyric = { engine = "openai-chat"; url = "http://127.0.0.1:9"; key_file = ""; }; };' \
		>"$STATE/conf.d/meet.conf"
	case $point in
	*.narrate* | *.wake.*) stage=song ;;
	*.pictures*) stage=video ;;
	*.send.* | *.sent) ;;
	*) rm "$STATE/conf.d/meet.conf" ;;
	esac
	[[ $point != *.renew.* ]] || also=pipeline.child:sleep=3500,
	from=$(mark)
	for attempt in fresh resumed; do
		pipeline_at $stage "$point"
		[ $attempt = fresh ] || pipeline $stage TTS_FAULT=pipeline.begun:kill || true
		pipeline $stage TTS_FAULT="$also$point:$action" || true
		struck "$point" "$from" && break
	done
	rm -f "$STATE/conf.d/meet.conf"
	pipeline $stage || fail "tts-pipeline ended with $?"
	sql "DELETE FROM stage; DELETE FROM image; DELETE FROM pipeline; DELETE FROM alert; DELETE FROM engine;
		DELETE a FROM audio a JOIN project p ON p.id = a.project_id WHERE p.hidden;
		DELETE s FROM stretch s JOIN project p ON p.id = s.project_id WHERE p.hidden; DELETE FROM project WHERE hidden"
	struck "$point" "$from"
}

# pipeline_at STAGE POINT: one whose stage is pending, and what POINT needs besides.
pipeline_at() {
	local id other
	id=$(sql "INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at, customer_name, language, stages)
		SELECT MIN(id), 'meet-$RANDOM$RANDOM', NOW(3), NOW(3), NOW(3), 'Inn', 'en', '$1' FROM user; SELECT LAST_INSERT_ID()")
	for other in lyric song video; do
		[ $other = "$1" ] && break
		sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, state, ended_at, text)
			SELECT id, user_id, '$other', 1, 'start', NOW(3), NOW(3), NOW(3), 'done', NOW(3), 'One line.' FROM pipeline WHERE id = $id"
	done
	sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at)
		SELECT id, user_id, '$1', 1, 'start', NOW(3), NOW(3), NOW(3) FROM pipeline WHERE id = $id"
	case $2 in
	*.expire.*) sql "UPDATE pipeline SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = $id" ;;
	*.wake.*) sql "UPDATE stage SET state = 'waiting', project_id = 999999999 WHERE pipeline_id = $id AND state = 'pending'" ;;
	*.pictures*)
		picture=$(printf '%032x' "$id")
		: >"$STATE/inbox/$picture"
		sql "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
			SELECT MAX(id), 1, 1, NOW(3), 'pipeline/0/$id/song-1-$RANDOM.mp3', 'audio/mpeg', 1, 1, '' FROM stage WHERE stage = 'song';
			INSERT INTO image (pipeline_id, position, created_at, type, width, height, size_bytes, sha256, inbox)
			VALUES ($id, 1, NOW(3), 'png', 1, 1, 1, '', '$picture')"
		;;
	esac
}

# pipeline STAGE [NAME=VALUE]…: a run of tts-pipeline in the foreground, with this environment; its exit status.
pipeline() {
	local stage=$1
	shift
	env TTS_STATE="$STATE" "$@" setsid "$FAULTS_BUILD/tts-pipeline" --stage "$stage" -c "$STATE/${CONF_OF_HOST:-tts.conf}" \
		2>>"$STATE/log/pipeline.log" </dev/null &
	reap $!
}

# While a client listens.
meet_in_stream() {
	local point=$1 action=$2 from end=$((SECONDS + 10))
	from=$(mark)
	echo "$point:$action" >"$STATE/plan/stream/1"
	kill -TERM "$(pids tts-stream)"
	until_so 10 test ! -e "$STATE/plan/stream/1" || fail 'tts-stream does not take the plan'
	until struck "$point" "$from"; do
		[ $SECONDS -lt $end ] || return 1
		api GET '/events/?after=0&wait=1' >/dev/null || true
		curl -s -m 1 -o /dev/null -H "Authorization: Bearer $(<"$STATE/client/token")" "http://127.0.0.1:$PORT/events/?after=0" || true
	done
}

# Sets HOOK.
webhooks() {
	sql 'UPDATE webhook SET deleted = 1' # there are only so many for a user
	api DELETE "/webhook/$(api POST /webhook/ '{"url":"http://127.0.0.1:9/"}' | jq .id)" >/dev/null
	HOOK=$(api POST /webhook/ '{"url":"http://127.0.0.1:9/"}' | jq .id)
	sql "UPDATE device SET updated_at = NOW(3) - INTERVAL 271 DAY WHERE webhook_id = $(device_made old)"
	sql "INSERT INTO delivery (webhook_id, type, body, created_at, updated_at, run_at)
		VALUES ($(device_made new), 'export.ready', '{\"data\":{}}', NOW(3), NOW(3), NOW(3))"
	# Any answer of 2xx will do.
	echo "alerts = { webhook_url = \"http://127.0.0.1:$PORT/pipeline/callback/0123456789abcdef0123456789abcdef\"; };" >"$STATE/conf.d/alerts.conf"
	sql "INSERT INTO alert (created_at, run_at, subject, text) VALUES (NOW(3), NOW(3), 'test', 'a test')"
	client insert "$PROJECT" 1 >/dev/null
}

# device_made TOKEN: register a device, print its number.
device_made() {
	api POST /device/ "{\"token\":\"$1\",\"platform\":\"web\",\"language\":\"en\"}" | jq .id
}

# With every write of a user to webhooks.
webhook_writes() {
	local id
	sql 'UPDATE webhook SET deleted = 1'
	id=$(api POST /webhook/ '{"url":"http://127.0.0.1:9/"}' | jq .id) || true
	[[ $id =~ ^[0-9]+$ ]] || id=$(api GET /webhook/ | jq '.page[0].id')
	api POST "/webhook/$id" '{"description":"another"}' || true
	api POST "/webhook/$id/rotate" || true
	api POST "/webhook/$id/test" || true
	api POST "/webhook/$id/replay?after=0" || true
	sql "INSERT IGNORE INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at)
		VALUES ($id, 1, 'audio.ready', '{}', NOW(3), NOW(3), NOW(3))"
	api POST "/webhook/$id/deliveries/1/redeliver" || true
	api DELETE "/webhook/$id" || true
}

# device_writes TOKEN: register a device, renew and remove it.
device_writes() {
	local id
	id=$(device_made "$1") || true
	[[ $id =~ ^[0-9]+$ ]] || id=$(device_made "$1") || true
	[[ $id =~ ^[0-9]+$ ]] || id=$(api GET /device/ | jq '.page[0].id')
	api DELETE "/device/$id" || true
}

# Create an API key and delete it.
key_writes() {
	local id
	sql 'DELETE FROM api_key' # there are only so many for a user
	id=$(api POST /key/ '{"name":"x","scopes":["read"]}' | jq .id) || true
	[[ $id =~ ^[0-9]+$ ]] || id=$(api GET /key/ | jq '.page[0].id')
	api DELETE "/key/$id" || true
}

# With every write of a user to pipelines; what workers do is done by statements.
pipeline_writes() {
	local task id image
	task=$(</proc/sys/kernel/random/uuid)
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03\x08\x02\0\0\0crcc' >"$STATE/tmp/picture"
	for id in 1 2; do
		curl -s -m 40 -o /dev/null -H "Authorization: Bearer $(<"$STATE/client/token")" --data-binary "@$STATE/tmp/picture" \
			"http://127.0.0.1:$PORT/pipeline/$task/image/" || true
	done
	image=$(sql "SELECT COALESCE(MAX(id), 0) FROM image")
	api POST "/pipeline/$task/image/$image" '{"index":1}' || true
	api DELETE "/pipeline/$task/image/$image" || true
	api POST /pipeline/start "{\"task_id\":\"$task\",\"customer_name\":\"x\"}" || true
	# Whatever became of it.
	api POST /pipeline/start "{\"task_id\":\"$task\",\"customer_name\":\"x\"}" || true
	api POST "/pipeline/$task/pause" || true
	api POST "/pipeline/$task/unpause" || true
	sql "UPDATE stage SET callback = UNHEX('00112233445566778899aabbccddeeff'), step = 'sent' WHERE id = $(lyric_run "$task")"
	api POST /pipeline/callback/00112233445566778899aabbccddeeff || true
	sql 'UPDATE stage SET callback = NULL'
	lyric_fails "$task"
	api POST "/pipeline/resume/$task" || true
	lyric_fails "$task"
	api POST "/dead/$(lyric_run "$task")/retry" || true
	lyric_fails "$task"
	api DELETE "/dead/$(lyric_run "$task")" || true
	api POST "/pipeline/retry/$task/lyric" || true
	api POST "/pipeline/$task/lyric" '{"lyric":"Another one."}' || true
	sql "UPDATE stage SET state = 'done', ended_at = NOW(3), external_id = 'x' WHERE stage = 'song' AND state = 'pending'"
	sql "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
		SELECT id, 2, 0, NOW(3), CONCAT('pipeline/', id), 'audio/mpeg', 1, 1, REPEAT('x', 32) FROM stage s
		WHERE stage = 'song' AND state = 'done' AND NOT EXISTS (SELECT 1 FROM asset a WHERE a.stage_id = s.id)"
	api POST "/pipeline/$task/take/2" || true
	sql "UPDATE stage SET state = 'done', ended_at = NOW(3), stale = 1 WHERE stage = 'song' AND state IN ('pending', 'done')"
	api POST /song/generate "{\"task_id\":\"$task\"}" || true
	api POST "/pipeline/$task/cancel" || true
	api DELETE "/pipeline/$task" || true
	sql "DELETE FROM asset WHERE path = CONCAT('pipeline/', stage_id)" # if that was refused: it has no file
}

# A draft that nobody starts.
old_draft() {
	local task
	task=$(</proc/sys/kernel/random/uuid)
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03\x08\x02\0\0\0crcc' >"$STATE/tmp/picture"
	curl -s -m 40 -o /dev/null -H "Authorization: Bearer $(<"$STATE/client/token")" --data-binary "@$STATE/tmp/picture" \
		"http://127.0.0.1:$PORT/pipeline/$task/image/" || true
	sql "UPDATE pipeline SET updated_at = NOW(3) - INTERVAL 8 DAY WHERE task_id = '$task'"
}

# The newest run of a lyric.
lyric_run() {
	sql "SELECT COALESCE(MAX(s.id), 0) FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.task_id = '$1' AND s.stage = 'lyric'"
}

lyric_fails() {
	sql "UPDATE stage SET state = 'failed', ended_at = NOW(3), step = 'begin', error = 'x', error_class = 'permanent',
		claim_token = NULL, host = NULL, lease_until = NULL WHERE id = $(lyric_run "$1")"
}

# A user who is deleted.
delete_user() {
	local user=gone-$RANDOM-$RANDOM@example.org
	client login "$user" "Parole-$SEED-Pflaume"
	login
	ctl user delete "$user" || fail "ttsctl user delete ended with $?"
}

# Events that are to be pruned, of a user who has nothing else.
old_events() {
	local user=old-$RANDOM-$RANDOM@example.org
	client login "$user" "Parole-$SEED-Quitte"
	login
	sql "INSERT INTO event (user_id, seq, type, created_at, data)
			SELECT user_id, seq + n.n, 'endpoint.disabled', NOW(3) - INTERVAL 8 DAY, '{}' FROM user_seq
			JOIN (SELECT 1 AS n UNION SELECT 2) n WHERE user_id = (SELECT id FROM user WHERE email = '$user');
		UPDATE user_seq SET seq = seq + 2 WHERE user_id = (SELECT id FROM user WHERE email = '$user')"
}

struck_or_gone() {
	struck "$@" || ! kill -0 "$RENDERER" 2>/dev/null
}

# With every kind of write; the client may be refused, and so may the one that tries it again.
meet_in_pool() {
	local point=$1 action=$2 from i ids fresh
	from=$(mark)
	echo "$point:$action" >"$STATE/plan/api/1"
	kill -TERM "$(pids tts-api)"
	until_so 10 test ! -e "$STATE/plan/api/1" || fail "no worker took the plan"
	for i in 1 2; do
		case $point in
		store.webhook.* | store.delivery.*) webhook_writes ;;
		store.account.*) api POST /user/ '{"name":"Somebody"}' || true ;;
		store.key.*) key_writes ;;
		store.move.*)
			mapfile -t ids < <(sentences "$PROJECT")
			api POST "/audio/${ids[-1]}/move" '{"index":1}' || true
			;;
		store.retry_all.*) api POST "/project/$PROJECT/retry" || true ;;
		store.device.*) device_writes "$point-$i-$RANDOM" ;;
		store.pipeline.* | store.image.* | store.dead.*) pipeline_writes ;;
		store.lexicon.*) dictionary "project-$point-$i-$RANDOM" || true ;;
		store.user.*) client login "nobody-$RANDOM$i-$SEED@example.org" "Parole-$i-$SEED" || true ;;
		*)
			mapfile -t ids < <(sentences "$PROJECT")
			client edit "${ids[0]}" || true
			client insert "$PROJECT" 1 || true
			client retry "${ids[0]}" || true
			client insert "$PROJECT" 1 - "key-$point-$i-$RANDOM" || true
			client remove "${ids[-1]}" || true
			fresh=$(client project 1 "project-$point-$i-$RANDOM") || true
			client delete "${fresh:-0}" || true
			;;
		esac >/dev/null
		! struck "$point" "$from" || break
	done
	login
	struck "$point" "$from"
}

# An entry that touches each sentence of a project, made and deleted; what it did to them goes with the
# project, as nobody wrote it.
dictionary() {
	local fresh id
	fresh=$(client project 2 "$1") || return
	id=$(api POST /lexicon/ "{\"project_id\":$fresh,\"from\":\".\",\"to\":\" dot \",\"match\":\"exact\"}" | jq -r .id) || true
	[ -z "$id" ] || api DELETE "/lexicon/$id" || true
	client delete "$fresh"
}

# api METHOD PATH [JSON]: as the user of this stack, without a word in the client's log.
api() {
	curl -s -m 40 -X "$1" -H "Authorization: Bearer $(<"$STATE/client/token")" ${3:+-H 'Content-Type: application/json' -d "$3"} \
		"http://127.0.0.1:$PORT$2"
}

# With each command that changes something; and whether it was met there or not, once more for good.
meet_in_ctl() {
	local point=$1 action=$2 from command sweep user=nobody-$RANDOM-$RANDOM@example.org
	from=$(mark)
	if [[ $point == store.admin_rerender.* ]]; then
		rerender_at "$point" "$action"
		struck "$point" "$from"
		return
	fi
	make_wrong "$user"
	webhooks
	for command in 'stage pause lyric' 'stage resume lyric' "webhook enable $HOOK" 'retry --all' gc 'verify --repair' "user disable $user" 'work retry --all' "work cancel $sweep" "user delete $user"; do
		# shellcheck disable=SC2086 # words are wanted
		ctl TTS_FAULT="$point:$action" $command || true
		# shellcheck disable=SC2086
		ctl $command || [[ "$command $?" =~ ^(retry .*|work cancel .* 65|user delete .* 67)$ ]] || fail "ttsctl $command ended with $?"
	done
	struck "$point" "$from"
}

# Sounds of which nobody knows how they were made, in a project that is there for that alone.
rerender_at() {
	local project
	login
	project=$(client project 3)
	render || fail "the renderer ended with $?"
	sql "UPDATE audio SET made_with = NULL WHERE project_id = $project"
	ctl TTS_FAULT="$1:$2" rerender --project "$project" || true
	ctl rerender --project "$project" || fail "ttsctl rerender ended with $?"
	[ "$(sql "SELECT COUNT(*) FROM audio WHERE project_id = $project AND remade = revision")" = 3 ] ||
		fail 'not each sentence is rendered again'
	render || fail "the renderer ended with $?"
	client delete "$project"
}

# Something for each of those commands: a sentence that failed, a file that is gone, one that nobody
# names, an old key, a user, work that failed, and work to cancel: sets sweep.
make_wrong() {
	local id project ids
	client login "$1" "Parole-$SEED-Mirabelle"
	login
	project=$(client project 3 "old-key-$RANDOM")
	mapfile -t ids < <(sentences "$project")
	render TTS_FAULT=render.child.start:kill || fail "the renderer ended with $?"
	for id in $(sql "SELECT id FROM audio WHERE state = 'failed'"); do
		echo "reset $id" >>"$STATE/client/injected"
	done
	client retry "${ids[0]}"
	client retry "${ids[1]}"
	render || fail "the renderer ended with $?"
	rm "$STATE/media/$(sql "SELECT path FROM audio WHERE id = ${ids[0]}")"
	id=$(sql "SELECT path FROM audio WHERE id = ${ids[1]}")
	cp "$STATE/media/$id" "$STATE/media/$(dirname "$id")/$(orphan_name "${ids[1]}" 77)"
	# As if it had been stored, and its row never published.
	client edit "${ids[1]}" >/dev/null
	# As if the clock of the server had been set back while it waited.
	sql "UPDATE audio SET run_at = UTC_TIMESTAMP(3) + INTERVAL 2 HOUR WHERE id = ${ids[1]} AND state = 'pending'"
	id=$(sql "SELECT path FROM audio WHERE id = ${ids[1]}")
	cp "$STATE/media/$id" "$STATE/media/$(dirname "$id")/$(orphan_name "${ids[1]}" 2)"
	find "$STATE/media" -type f -exec touch -d '-1 day' {} +
	sql "UPDATE idempotency SET created_at = NOW(3) - INTERVAL 2 DAY"
	project=$(client project 1)
	client delete "$project"
	sql "UPDATE work SET state = 'failed', error_class = 'database', error = 'made up'
		WHERE kind = 'project_delete' AND object_id = $project AND state = 'pending'"
	id=$((4000000000 + RANDOM))
	sql "INSERT INTO work (kind, object_id, created_at, updated_at, priority, turn, run_at)
		VALUES ('lexicon_sweep', $id, NOW(3), NOW(3), 10, 0, NOW(3))"
	sweep=$(sql "SELECT id FROM work WHERE object_id = $id")
}

# A name for sentence $1, revision $2, that no row has. Any key will do for a sweep.
orphan_name() {
	echo "$1-r$2-$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n').mp3"
}

# ctl [NAME=VALUE]… COMMAND…: ttsctl, with what it says of faults in the log.
ctl() {
	local env=()
	while [[ $1 == *=* ]]; do
		env+=("$1")
		shift
	done
	{ env "${env[@]}" "$FAULTS_BUILD/ttsctl" -c "$STATE/tts.conf" "$@" >"$STATE/tmp/ctl"; } 2>>"$STATE/log/render.log"
}
