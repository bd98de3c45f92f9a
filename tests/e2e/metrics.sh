# Metrics: the contents of /metrics, and who has access.
# shellcheck shell=bash disable=SC2034,SC2154

# Query the machine's own listener; the answer is in $body.
scrape() {
	last='GET /metrics'
	body=$(curl -sS -f -m 30 --unix-socket "$STATE/run/metrics.sock" http://x/metrics) || fail 'no metrics'
}

# number NAME[{LABELS}]: print the value; 0 if it is missing.
number() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print 0 }' <<<"$body"
}

# more NAME BEFORE BY: the value has grown by BY since BEFORE.
more() {
	awk -v now="$(number "$1")" -v before="$2" -v by="$3" 'BEGIN { d = now - before - by; exit !(d < 0.0005 && d > -0.0005) }' ||
		fail "$1: $(number "$1") after $2, wanted $3 more"
}

test_promtool_takes_it_and_clients_do_not_get_it() {
	local path
	scrape
	promtool check metrics <<<"$body"
	curl -sS -i --unix-socket "$STATE/run/metrics.sock" http://x/metrics >"$work/answer"
	grep -q '^Content-Type: text/plain; version=0.0.4; charset=utf-8' "$work/answer" || fail "$(head -n 9 "$work/answer")"
	for path in /metrics /metrics/ /Metrics //metrics /voices/../metrics /project/../metrics; do
		request GET "$path" -H 'TTS_LOCAL: 1' -H 'TTS-LOCAL: 1'
		expect 404
	done
	# The other listener serves nothing else.
	for path in /healthz /voices/ /project/ /media/ /; do
		equal "$(curl -s -o "$work/body" -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" "http://x$path")" 404 "$path"
	done
}

test_requests_are_counted_by_route_and_status_over_all_workers() {
	local ok none denied bucket i
	new_user
	new_project 'A canary.'
	all_ready
	scrape
	ok=$(number 'tts_http_requests_total{route="project_get",status="200"}')
	denied=$(number 'tts_http_requests_total{route="project_get",status="401"}')
	none=$(number 'tts_http_requests_total{route="none",status="405"}')
	bucket=$(number 'tts_http_request_duration_seconds_bucket{route="project_get",le="+Inf"}')
	for i in {1..40}; do
		request GET "/project/$project"
		expect 200
	done
	token=''
	request GET "/project/$project"
	expect 401
	request PATCH "/project/$project"
	expect 405
	scrape
	more 'tts_http_requests_total{route="project_get",status="200"}' "$ok" 40
	more 'tts_http_requests_total{route="project_get",status="401"}' "$denied" 1
	more 'tts_http_requests_total{route="none",status="405"}' "$none" 1
	more 'tts_http_request_duration_seconds_bucket{route="project_get",le="+Inf"}' "$bucket" 41
	# Nothing that clients write appears in labels.
	request GET "/project/of-a-client"
	scrape
	! grep of-a-client <<<"$body" || fail 'a path of a client is in the metrics'
	# Each bucket includes those before it.
	awk -F '[{}"= ]+' '/_bucket\{route="project_get"/ { if ($NF < last) exit 1; last = $NF }' <<<"$body" || fail 'the buckets do not grow'
}

test_what_was_counted_survives_the_workers() {
	local ok started
	scrape
	ok=$(number 'tts_http_requests_total{route="voices",status="200"}')
	started=$(number tts_api_workers_started_total)
	request GET /voices/
	expect 200
	kill_all KILL tts-api
	until_so 20 answers /healthz 200
	scrape
	more 'tts_http_requests_total{route="voices",status="200"}' "$ok" 1
	[ "$(number tts_api_workers_started_total)" -gt "$started" ] || fail 'no worker was started'
}

test_the_renderer_is_counted_after_its_end() {
	local ready sound bytes runs claimed
	new_user
	scrape
	ready=$(number 'tts_render_sentences_total{outcome="ready"}')
	claimed=$(number tts_render_claimed_total)
	sound=$(number tts_render_sound_seconds_total)
	bytes=$(number tts_render_mp3_bytes_total)
	new_project 'One canary sentence. Another canary. And the third one.'
	all_ready
	until_so 20 at_rest
	scrape
	more 'tts_render_sentences_total{outcome="ready"}' "$ready" 3
	more tts_render_claimed_total "$claimed" 3
	more tts_render_mp3_bytes_total "$bytes" "$(sql "SELECT SUM(size_bytes) FROM audio WHERE project_id = $project")"
	more tts_render_sound_seconds_total "$sound" "$(sql "SELECT SUM(duration_ms) / 1000 FROM audio WHERE project_id = $project")"
	[ "$(number 'tts_render_runs_total{end="ok"}')" -gt 0 ] || fail 'no run ended well'
	equal "$(number tts_media_usable)" 1
	[ "$(number tts_media_free_bytes)" -gt 1000000 ] || fail 'no room on the disk'
	equal "$(number 'tts_queue_sentences{state="ready"}')" "$(sql "SELECT COUNT(*) FROM audio WHERE state = 'ready'")"
}

at_rest() {
	[ -z "$(pids_of tts-render)" ]
}

test_failures_and_stale_results_are_counted() {
	local i text failed stale id
	new_user
	hold_renderer
	new_project 'One canary.'
	scrape
	text=$(number 'tts_render_failures_total{reason="text"}')
	failed=$(number 'tts_queue_sentences{state="failed"}')
	id=$(audio_at 1)
	sql "UPDATE audio SET text = '!!!' WHERE id = $id"
	release_renderer
	until_so 60 audio_done "$id"
	want '.status == "failed"'
	scrape
	more 'tts_render_failures_total{reason="text"}' "$text" 1
	more 'tts_queue_sentences{state="failed"}' "$failed" 1
	stale=$(number 'tts_render_sentences_total{outcome="stale"}')
	# Edited while it is claimed, with all processes of the renderer stopped, so that this is certain.
	hold_renderer
	new_project "$(for i in {1..24}; do
		printf 'The canary number %d takes its time%s. ' "$i" "$(printf ', and sings a little longer%.0s' {1..25})"
	done)"
	trap go_on EXIT
	release_renderer
	until_so 60 speaking "project_id = $project"
	id=$(sql "SELECT id FROM audio WHERE state = 'claimed' AND project_id = $project LIMIT 1")
	send POST "/audio/$id" '{"text":"A canary."}'
	expect 201
	go_on
	all_ready
	until_so 60 stale_after "$stale"
	more 'tts_render_sentences_total{outcome="stale"}' "$stale" 1
}

# A run writes down now and then what it has counted, and at its end.
stale_after() {
	scrape
	[ "$(number 'tts_render_sentences_total{outcome="stale"}')" -gt "$1" ]
}

test_work_that_is_stuck_is_seen() {
	local id
	new_user
	hold_renderer
	new_project 'One canary.'
	sql "UPDATE audio SET queued_at = queued_at - INTERVAL 100 SECOND, run_at = run_at - INTERVAL 90 SECOND WHERE project_id = $project"
	scrape
	[ "$(number tts_queue_oldest_seconds)" -ge 100 ] && [ "$(number tts_queue_overdue_seconds)" -ge 90 ] ||
		fail "oldest $(number tts_queue_oldest_seconds), overdue $(number tts_queue_overdue_seconds)"
	# A sentence to be retried later is not overdue.
	sql "UPDATE audio SET run_at = NOW(3) + INTERVAL 100 SECOND WHERE project_id = $project"
	scrape
	equal "$(number tts_queue_overdue_seconds)" 0
	equal "$(number tts_queue_later_sentences)" 1
	equal "$(number tts_queue_stranded_sentences)" 0
	# A sentence must not wait for a time that the clock was set back from.
	sql "UPDATE audio SET run_at = NOW(3) + INTERVAL 2 HOUR WHERE project_id = $project"
	scrape
	[ "$(number tts_queue_overdue_seconds)" -ge 100 ] || fail "overdue $(number tts_queue_overdue_seconds)"
	equal "$(number tts_queue_later_sentences)" 0
	equal "$(number tts_queue_stranded_sentences)" 1
	release_renderer
	all_ready
	scrape
	equal "$(number tts_queue_oldest_seconds)" 0
}

test_health_tells_nobody_how_much_there_is_to_do() {
	local read before
	new_user
	hold_renderer
	new_project "$(printf 'A canary, number %d. ' {1..500})"
	request GET /healthz
	expect 200
	want '. == {status: "ok", schema: $s, version: $v}' --argjson s "$(sql 'SELECT MAX(version) FROM schema_migration')" \
		--arg v "$("$BUILD/tts-api" -V | sed 's/.* //')"
	# Nor is it counted.
	before=$(rows_read)
	for read in {1..20}; do request GET /healthz; done
	read=$(($(rows_read) - before))
	[ "$read" -lt 500 ] || fail "20 requests read $read rows"
	request DELETE "/project/$project"
	release_renderer
}

rows_read() {
	sql "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_ROWS_READ'"
}

test_outside_its_hours_nothing_is_spoken_and_nothing_is_wrong() {
	local hours
	new_user
	scrape
	equal "$(number tts_scheduler_active)" 1
	equal "$(number tts_scheduler_interval_seconds)" 2
	with_conf hours="\"$(date -d '+2 hours' +%H:%M)-$(date -d '+3 hours' +%H:%M)\""
	new_project 'One canary.'
	sleep 5
	project_done && fail 'it is spoken'
	equal "$(sql "SELECT state, attempts FROM audio WHERE project_id = $project")" $'pending\t0'
	# The timer goes on: the renderer is seen, by day as well.
	sql "UPDATE audio SET queued_at = queued_at - INTERVAL 1 HOUR, run_at = run_at - INTERVAL 1 HOUR WHERE project_id = $project"
	scrape
	equal "$(number tts_scheduler_active)" 0
	[ "$(number tts_queue_overdue_seconds)" -ge 3600 ] || fail 'nothing waits'
	[ $(($(date +%s) - $(number tts_render_alive_timestamp_seconds | cut -d . -f 1))) -lt 10 ] || fail 'no renderer is seen'
	ctl 0 status
	says '^renderer +at rest until [0-9]{2}:[0-9]{2}'
	says '^all is well$'
	with_conf hours="\"$(date -d '-1 hours' +%H:%M)-$(date -d '+2 hours' +%H:%M)\""
	all_ready
	scrape
	equal "$(number tts_scheduler_active)" 1
}

test_without_the_database_there_is_a_number_for_that() {
	scrape
	equal "$(number tts_database_up)" 1
	TTS_STATE=$STATE tests/mariadb stop "$STATE/db" >/dev/null
	trap 'TTS_STATE=$STATE tests/stack up >/dev/null' EXIT
	scrape
	equal "$(number tts_database_up)" 0
	promtool check metrics <<<"$body"
	! grep -q '^tts_queue' <<<"$body" || fail 'there is a queue without a database'
	grep -q '^tts_http_requests_total' <<<"$body" || fail 'no requests without a database'
}

test_alerts_and_dashboard_use_names_that_are_there() {
	local name
	scrape
	grep -oE '^tts_[a-z0-9_]+' <<<"$body" | sort -u >"$work/names"
	# Those of levels of storage are there if there are levels: level.sh.
	cat monitoring/alerts.yml monitoring/dashboard.json | grep -oE '\btts_[a-z0-9_]+' | grep -v '^tts_tier_' | sort -u >"$work/used"
	[ "$(wc -l <"$work/used")" -ge 15 ] || fail 'hardly a name is used'
	while read -r name; do
		grep -qx "$name" "$work/names" || fail "$name is not there"
	done <"$work/used"
}

test_ttsctl_status_has_the_last_runs() {
	new_user
	new_project 'A canary. Another one.'
	all_ready
	until_so 20 at_rest
	"$BUILD/ttsctl" -c "$STATE/tts.conf" status --json >"$work/out" || [ $? = 1 ]
	jq -e '.renderer.seen_sec < 60 and (.renderer.runs[0] | .end == "ok" and .claimed >= .ready and .sound_ms > 0
		and .began <= .ended)' "$work/out" >/dev/null || fail "$(<"$work/out")"
	"$BUILD/ttsctl" -c "$STATE/tts.conf" status >"$work/out" || [ $? = 1 ]
	grep -qE '^last runs ' "$work/out" && grep -qE '^20[0-9-]+T[0-9:]+Z .* ok$' "$work/out" || fail "$(<"$work/out")"
	# The next run reports one that was killed.
	new_project "$(printf 'This is a canary sentence that takes its time. %.0s' {1..200})"
	until_so 20 renders
	kill_all KILL tts-render
	all_ready
	until_so 20 at_rest
	"$BUILD/ttsctl" -c "$STATE/tts.conf" status --json >"$work/out" || [ $? = 1 ]
	jq -e '[.renderer.runs[].end] | index("killed") != null' "$work/out" >/dev/null || fail "$(<"$work/out")"
}

renders() {
	[ "$(sql "SELECT COUNT(*) FROM audio WHERE state = 'claimed'")" -gt 0 ]
}

test_metrics_tell_of_events() {
	local written kept
	new_user
	scrape
	written=$(number 'tts_events_written_total{program="api"}')
	kept=$(number tts_events_kept)
	new_project 'One canary.'
	all_ready
	until_so 60 at_rest
	scrape
	more 'tts_events_written_total{program="api"}' "$written" 1
	more tts_events_kept "$kept" 3
	[ "$(number 'tts_events_written_total{program="renderer"}')" -gt 0 ] || fail 'the renderer counts none'
	[ "$(number tts_events_newest_age_seconds)" -lt 120 ] || fail 'the newest event is old'
}
