# tts-pipeline dies at random or at each named point, its services are away or refuse its key, or two hosts share a limit,
# while pipelines are made by services that are stand-ins: each pipeline ends, and nothing is paid for twice. What was
# being sent when it died may have been paid for: such a run fails, and says so.
# shellcheck shell=bash

row_pipeline() {
	local service
	for service in openai suno creatomate; do
		PORTS[$service]=$(free_port)
	done
	stack_up && login && host_add other && configure 0 && services || return
	sql "UPDATE user_seq SET oldest = 1"
	# A picture of each is decoded already; the stand-in does not look at it.
	mkdir -p "$STATE/media/pipeline"
}

declare -A PORTS SERVICES

# configure CALLS: the services, with so many calls a minute.
# shellcheck disable=SC2153 # PORT is that of the stack
configure() {
	local stage part=''
	for stage in lyric:openai-chat:openai:/v1 song:suno:suno: video:creatomate:creatomate:; do
		IFS=: read -r stage engine service path <<<"$stage"
		part+=" $stage = { engine = \"$engine\"; url = \"http://127.0.0.1:${PORTS[$service]}$path\"; key_file = \"$STATE/key\";
			model = \"\"; calls_per_min = $1; concurrency = 8; poll_sec = 1; deadline_sec = 10; };"
	done
	echo 0123456789abcdef0123456789abcdef >"$STATE/key"
	chmod 600 "$STATE/key"
	mkdir -p "$STATE/conf.d"
	printf '%s\n' "http = { public_url = \"http://127.0.0.1:$PORT\"; };" \
		"pipeline = { allow_networks = \"127.0.0.0/8\"; lease_sec = 10; run_sec = 2; $part };" >"$STATE/conf.d/pipeline.conf"
	sed -i -e 's|run/\(lyric\|song\|video\).lock|run/\1-other.lock|' \
		-e 's|run/metrics.\(lyric\|song\|video\)|run/metrics-other.\1|' "$STATE/other.conf"
}

service_start() {
	WATCH=$$ node "tests/e2e/$1.mjs" "${PORTS[$1]}" >"$STATE/$1.log" 2>&1 &
	SERVICES[$1]=$!
	until_so 20 curl -s -o "$STATE/ping" "http://127.0.0.1:${PORTS[$1]}/paid" || fail "no $1: $(tail -n 1 "$STATE/$1.log")"
}

service_stop() {
	kill "${SERVICES[$1]}"
	reap "${SERVICES[$1]}" || true
}

services() {
	local service
	for service in openai suno creatomate; do
		service_start $service
	done
}

plan() {
	curl -s -f -o "$STATE/ping" -d "$2" "http://127.0.0.1:${PORTS[$1]}/plan" || fail "$1 takes no plan"
}

paid() {
	curl -s "http://127.0.0.1:${PORTS[$1]}/paid" | jq ".$2"
}

# start N: so many pipelines, each with a picture, a name of its own and a first stage that is pending.
start() {
	local i id number
	for ((i = 0; i < $1; i++)); do
		number=$(($(sql 'SELECT COUNT(*) FROM pipeline') + 1))
		id=$(sql "INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at, customer_name, region, detail,
			language) SELECT MIN(id), 'task-$number', NOW(3), NOW(3), NOW(3), 'Inn $number', 'Gunsan', 'A house by the sea', 'en'
			FROM user; SELECT LAST_INSERT_ID()")
		sql "INSERT INTO image (pipeline_id, position, created_at, state, type, width, height, size_bytes, sha256, path)
			VALUES ($id, 1, NOW(3), 'ready', 'png', 10, 10, 10, '', 'pipeline/0/$id/image-1-$(printf %032d 1).jpg');
			INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at)
			SELECT $id, user_id, 'lyric', 1, 'start', NOW(3), NOW(3), NOW(3) FROM pipeline WHERE id = $id"
	done
}

# work_on NAME: the three stages of that host, until "leave" is called.
work_on() {
	local stage
	for stage in lyric song video; do
		(
			export CONF_OF_HOST=$1
			while [ ! -e "$STATE/enough" ]; do
				pipeline $stage || true
				sleep 0.1
			done
		) &
		WORKERS_ON+=($!)
	done
}

leave() {
	touch "$STATE/enough"
	pids tts-pipeline | xargs -r kill -TERM 2>/dev/null || true
	reap "${WORKERS_ON[@]}" || true
	WORKERS_ON=()
	rm -f "$STATE/enough"
	until_so 20 nothing_of_pipelines || fail 'tts-pipeline does not leave'
}
WORKERS_ON=()

nothing_of_pipelines() {
	[ -z "$(pids tts-pipeline)" ]
}

# The clock of the database counts: what would be tried in minutes is due now, but not before its service may be asked.
all_ended() {
	sql "UPDATE stage SET run_at = NOW(3) WHERE state = 'pending' AND run_at > NOW(3) + INTERVAL 2 SECOND AND tries > 0" 2>/dev/null # it may be the one that a deadlock strikes
	[ "$(sql "SELECT COUNT(*) FROM stage WHERE state IN ('pending', 'claimed', 'waiting')")" = 0 ]
}

# Every pipeline has ended, with a video or with a run that says that it may have been paid for; nothing was paid twice,
# and what the rows name is there.
judged() {
	local wrong service path size sha
	wrong=$(sql "SELECT CONCAT('pipeline ', p.id, ': ', COALESCE(GROUP_CONCAT(s.stage, ' ', s.state, ' ', s.step, ' ',
		s.error_class, ' ', s.error SEPARATOR ', '), 'nothing')) FROM pipeline p LEFT JOIN stage s ON s.pipeline_id = p.id
		GROUP BY p.id HAVING SUM(s.stage = 'video' AND s.state = 'done') + SUM(s.state = 'failed' AND s.step = 'sent' AND
		s.error_class = 'timeout') <> 1 LIMIT 3")
	[ -z "$wrong" ] || fail "lost: $wrong"
	for service in openai suno creatomate; do
		[ "$(paid $service twice)" = 0 ] || fail "$service was paid twice: $(paid $service by)"
	done
	wrong=$(sql "SELECT CONCAT('events of pipeline ', p.id) FROM pipeline p LEFT JOIN event e ON e.task_id = p.task_id AND
		e.type IN ('pipeline.completed', 'pipeline.failed') GROUP BY p.id HAVING COUNT(e.seq) <> 1 LIMIT 3")
	[ -z "$wrong" ] || fail "$wrong"
	while read -r path size sha; do
		[ "$(stat -c %s "$STATE/media/$path" 2>/dev/null)" = "$size" ] || fail "$path is not as its row says"
		[ "$(sha256sum <"$STATE/media/$path" | cut -d' ' -f1)" = "${sha,,}" ] || fail "$path has other contents"
	done < <(sql 'SELECT path, size_bytes, HEX(sha256) FROM asset')
	say "$(sql "SELECT CONCAT(COUNT(*), ' videos') FROM stage WHERE stage = 'video' AND state = 'done'")," \
		"$(sql "SELECT COUNT(*) FROM stage WHERE state = 'failed'") may have been paid for"
}

finished() {
	work_on tts.conf
	until_so "${1:-60}" all_ended || {
		leave
		fail "not ended: $(sql "SELECT id, stage, state, step, tries, run_at, error FROM stage WHERE state NOT IN ('done', 'failed') LIMIT 3")"
	}
	leave
	judged
}

kill_pipelines() {
	local i pid kills=0
	for ((i = 0; kills < $1 && i < 20 * $1; i++)); do
		sleep "0.$(printf %03d $((20 + $(random 100))))"
		pid=$(pids tts-pipeline | shuf -n 1 --random-source=<(yes "$SEED$i"))
		[ -z "$pid" ] || { kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1)); }
		[ $((i % 10)) -gt 0 ] || start 1
	done
	[ $kills -gt 0 ] || fail 'nothing was killed'
	say "$kills kills"
}

killed_at_random() {
	start "$2"
	work_on tts.conf
	kill_pipelines "$1"
	leave
	finished 120
}

# Each point that tts-pipeline can meet.
points() {
	tests/faults/points | grep -E '^(pipeline|store\.stage)\.' | grep -vE 'store.stage.(narrate|pictures|expire|wake|prune|renew)|pipeline.(narrated|pictures)'
}

# killed_at N POINT…: N times at each. What is in hand at twenty deaths one after the other is taken for their cause, so
# the program lives after every tenth.
killed_at() {
	local n=$1 point stage i j
	shift
	for point; do
		for ((i = 0; i < n; i++)); do
			if [ $((i % 10)) = 9 ]; then
				for stage in lyric song video; do
					pipeline $stage || true
				done
			fi
			start 1
			: >"$STATE/log/pipeline.log"
			for ((j = 0; j < 40; j++)); do
				for stage in lyric song video; do
					grep -qF "fault $point:" "$STATE/log/pipeline.log" && break 2
					pipeline $stage "TTS_FAULT=$point:kill" || true
				done
				sleep 0.05
			done
			grep -qF "fault $point:" "$STATE/log/pipeline.log" || fail "$point was never met"
		done
	done
	finished 120
}

some_points() {
	local points
	mapfile -t points < <(points | shuf -n 5 --random-source=<(yes "$SEED"))
	say "${points[*]}"
	killed_at 1 "${points[@]}"
}

each_point() {
	local points
	mapfile -t points < <(points)
	killed_at "$1" "${points[@]}"
}

# All end, none is dead: nobody is charged for a service that is away.
service_away() {
	service_stop openai
	service_stop creatomate
	start "$1"
	work_on tts.conf
	sleep "$2"
	leave
	[ "$(sql "SELECT COUNT(*) FROM stage WHERE state = 'failed'")" = "$3" ] || fail 'a run has failed'
	service_start openai
	service_start creatomate
	sql 'UPDATE engine SET held_until = NULL'
	finished 120
	[ "$(sql "SELECT COUNT(*) FROM stage WHERE state = 'failed'")" = "$3" ] || fail 'a run has failed'
}

key_revoked() {
	plan openai '{"key": "another"}'
	sql 'DELETE FROM alert'
	start 5
	work_on tts.conf
	sleep 2
	leave
	[ "$(sql "SELECT COUNT(*) FROM alert WHERE subject = 'engine.openai-chat.auth'")" = 1 ] || fail 'not one alert'
	[ "$(sql "SELECT COUNT(*) FROM stage WHERE stage = 'lyric' AND state = 'pending' AND tries = 0")" = 5 ] || fail 'somebody was charged'
	plan openai '{"key": ""}'
	sql "UPDATE engine SET disabled = FALSE, error_class = '' WHERE name = 'openai-chat'"
	finished 60
}

# In no minute more calls than allowed, whoever makes them.
one_limit_for_two_hosts() {
	local before most
	before=$(curl -s "http://127.0.0.1:${PORTS[openai]}/log" | jq length)
	configure 10
	sql 'DELETE FROM engine_call'
	start 15
	work_on tts.conf
	work_on other.conf
	sleep "$1"
	leave
	most=$(($(curl -s "http://127.0.0.1:${PORTS[openai]}/log" | jq length) - before))
	[ "$1" -ge 60 ] || [ "$most" -eq 10 ] || fail "$most calls in $1 s"
	configure 0
	finished 60
}

cases_pipeline() {
	local n
	n=$(pick 10 100 1000)
	test_case short "$n kills while pipelines are made" killed_at_random "$n" "$(pick 5 20 100)"
	test_case short 'a death at some of the named points' some_points
	test_case usual "a death at each of the named points" each_point "$(pick 1 2 50)"
	test_case usual 'services are away' service_away "$(pick 5 20 100)" "$(pick 5 30 600)" \
		"$(sql "SELECT COUNT(*) FROM stage WHERE state = 'failed'")"
	test_case usual 'a key is revoked' key_revoked
	test_case usual 'two hosts and one limit' one_limit_for_two_hosts 20
}
