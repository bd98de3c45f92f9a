# "ttsctl status" reports the problems of a service, and none if there is none.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

# status_with STATUS FILE: like ctl, with another configuration.
status_with() {
	local got=0
	out=$("$BUILD/ttsctl" -c "$2" status 2>"$work/err") || got=$?
	err=$(<"$work/err")
	equal "$got" "$1" "exit status: $out $err"
}

# other_site PORT ANSWER: start another nginx with one line in its server block.
other_site() {
	local dir=$work/elsewhere
	mkdir -p "$dir"
	printf '%s\n' "daemon on; pid $dir/pid; error_log $dir/error.log; events {}" \
		"http { access_log off; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f;" \
		"uwsgi_temp_path $dir/u; scgi_temp_path $dir/s; server { listen 127.0.0.1:$1; $2 } }" >"$dir/nginx.conf"
	PATH=$PATH:/usr/sbin nginx -c "$dir/nginx.conf" -p "$dir"
	trap 'kill "$(<"$work/elsewhere/pid")"' EXIT
}

asks_at() {
	sed "s|# url = \"http:.*|url = \"$1\";|" "$STATE/tts.conf" >"$work/url.conf"
}

test_status_sees_what_clients_get() {
	ctl 0 status
	says "^site +$url answers\$"
	ctl 0 status --json
	has '.site == {url: $u, answers: true, status: 200}' --arg u "$url"

	# Database and renderer are running, and every client gets 503.
	kill_all TERM multiwatch
	trap 'tests/stack up >/dev/null' EXIT
	until_so 20 answers /healthz 503
	ctl 1 status
	says "^WRONG: clients get 503 from $url\$"
	says '^ +nginx does not reach the API'
	ctl 1 status --json
	has '.site.answers == false and .site.status == 503 and .database'
	kill -QUIT "$(<"$STATE/run/nginx.pid")"
	until_so 20 nobody_listens
	ctl 1 status
	says "^WRONG: nobody listens at $url, where clients ask\$"
	tests/stack up
	ctl 0 status
	says '^all is well$'
}

nobody_listens() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

test_status_tells_another_site_from_its_own() {
	local port
	port=$(free_port)
	asks_at "http://127.0.0.1:$port"
	other_site "$port" 'return 200 "Welcome to nginx!";'
	status_with 1 "$work/url.conf"
	says "^WRONG: another site answers at http://127.0.0.1:$port .status 200.\$"
	says 'tts-setup switches it on'
	kill "$(<"$work/elsewhere/pid")"
	port=$(free_port)
	asks_at "http://127.0.0.1:$port"
	other_site "$port" 'return 301 https://$host$request_uri;'
	status_with 0 "$work/url.conf"
	says "^note: http://127.0.0.1:$port sends clients elsewhere"
	# A machine that only renders has no site.
	asks_at ''
	status_with 0 "$work/url.conf"
	! grep -q '^site' <<<"$out" || fail "$out"
}

test_status_knows_what_was_never_set_up() {
	sed 's|/migration.pw|/nothing.pw|' "$STATE/tts.conf" >"$work/new.conf"
	status_with 78 "$work/new.conf"
	says "^WRONG: TTS Provider is not set up yet: there is no $STATE/secrets/nothing.pw\$"
	says '^ +run tts-setup$'
	equal "$err" ''
	out=$("$BUILD/ttsctl" -c "$work/new.conf" status --json) || equal $? 78
	has '.set_up == false and any(.findings[]; .wrong and .todo == "run tts-setup")'
	# A database without tables.
	sql 'CREATE DATABASE IF NOT EXISTS empty'
	sed 's|# name = "tts";|name = "empty";|; s|# user = "tts_migrate";|user = "root";|; s|password_file = ".*/migration.pw"|password_file = ""|' \
		"$STATE/tts.conf" >"$work/empty.conf"
	status_with 78 "$work/empty.conf"
	says '^WRONG: the database is not set up yet'
	sql 'DROP DATABASE empty'
	ctl 0 status --json
	has '.set_up'
	# A mistyped path does not exist either, but that is a different problem.
	"$BUILD/ttsctl" -c "$work/mistyped" status >"$work/out" 2>"$work/err" && fail 'it reads another' || equal $? 78
	says "cannot read $work/mistyped" "$(<"$work/err")"
	equal "$(<"$work/out")" ''
}

test_long_sentences_that_become_ready_seldom_are_no_fault() {
	new_user
	hold_renderer
	new_project "$(for i in {1..40}; do
		printf 'The keeper number %d, %s sings the song of the canary. ' "$i" "$(printf 'who has a lamp and a letter, %.0s' {1..25})"
	done)"
	sql "UPDATE audio SET queued_at = queued_at - INTERVAL 1 HOUR, run_at = run_at - INTERVAL 1 HOUR WHERE project_id = $project"
	trap go_on EXIT
	release_renderer
	until_so 60 speaking "project_id = $project"
	# Nothing becomes ready for three seconds, although the first sentence has waited for an hour.
	ctl 0 status --interval 3
	says '^rate +0.0 sentences a second$'
	says '^oldest wait +1 h'
	says '^all is well$'
	go_on
	request DELETE "/project/$project"
	expect 201
}

test_a_renderer_that_was_stopped_is_seen_within_a_minute() {
	new_user
	kill_all TERM render-timer
	kill_all TERM inotifywait
	trap 'tests/stack up >/dev/null' EXIT
	until_so 30 renderer_is_gone
	ctl 0 status
	SECONDS=0
	# The queue is empty.
	until "$BUILD/ttsctl" -c "$STATE/tts.conf" status | grep -qE '^WRONG: no renderer has run on this host for [0-9]+ s$'; do
		[ $SECONDS -lt 60 ] || fail 'it is not seen'
		sleep 1
	done
	ctl 1 status --json
	has 'any(.findings[]; .wrong and (.todo | test("systemctl start tts-render.timer")))'
	tests/stack up
	until_so 10 renderer_was_seen
	ctl 0 status
}

renderer_is_gone() {
	[ -z "$(pids_of tts-render)" ]
}

renderer_was_seen() {
	[ "$("$BUILD/ttsctl" -c "$STATE/tts.conf" status --json | jq .renderer.seen_sec)" -lt 5 ]
}

# failed_of REASON: make REASON the error of the only failed sentence.
failed_of() {
	sql "UPDATE audio SET state = 'failed', error = '$1', audio_revision = 0, path = NULL, duration_ms = NULL,
		size_bytes = NULL, sha256 = NULL WHERE id = $id"
	ctl 0 status
	says '^note: 1 sentence has failed for good$'
}

test_no_retry_is_advised_that_cannot_help() {
	local id reason
	new_user
	new_project 'One canary.'
	all_ready
	id=$(audio_at 1)
	# Failures of other tests.
	sql "UPDATE project SET failed_count = 0 WHERE failed_count > 0; DELETE FROM audio WHERE state = 'failed'"
	sql "UPDATE project SET ready_count = 0, failed_count = 1 WHERE id = $project"
	for reason in 'there is nothing to speak' 'the text is too long' 'the sound is cut off at full scale' \
		'the sound is far too long for its text'; do
		failed_of "$reason"
		says '^ +only another text can help: the author can edit them$'
		! grep -q "ttsctl retry" <<<"$out" || fail "$reason: $out"
	done
	failed_of 'the speech engine crashed while speaking (signal 11, segmentation fault)'
	says 'ttsctl retry --all can help after the speech engine was updated$'
	failed_of 'the speech engine took longer than 60 s while speaking'
	says 'ttsctl retry --all can help when the machine is less busy, or speech.timeout_sec larger$'
	failed_of 'longer than 600 s of sound'
	says 'ttsctl retry --all can help when speech.max_seconds is larger$'
	sql "DELETE FROM project WHERE id = $project"
}
