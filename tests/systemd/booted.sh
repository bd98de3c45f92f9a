# The tests on the machine that boots; sourced by tests/systemd/run, where it says how they go.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# ---------------------------------------------------------------------------------- installing

test_setup_the_package_installs_and_asks_nothing() {
	deliver "$deb" new
	apt install /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	grep -q 'one step is left.*tts-setup' "$work/apt.log" || fail 'the step that is left is not named'
	never grep -iE 'tts.*(error|fail|cannot)' "$work/apt.log"
	nothing_failed
	[ "$(inside stat -c '%U %a' /etc/tts/secrets)" = 'root 700' ]
	[ "$(inside sh -c 'stat -c "%U %a" /etc/tts/secrets/* | sort -u')" = 'root 600' ]
	[ "$(inside sh -c 'ls /etc/tts/secrets | wc -l')" = ${#secrets[@]} ]
}

test_setup_one_step_and_the_api_answers() {
	inside tts-setup
	until_so 20 healthy
	for unit in tts.target tts-api.socket tts-api.service tts-api-heavy.socket tts-api-heavy.service tts-render.timer tts-render.path tts-work.timer tts-work.path tts-notify.timer tts-notify.path tts-stream.socket tts-stream.service tts-gc.timer \
		tts-pipeline@{lyric,song,video}.{timer,path}; do
		unit_is "$unit" active || fail "$unit is not active"
		inside systemctl -q is-enabled "$unit" || fail "$unit is not enabled"
	done
	nothing_failed
	[ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/)" = 200 ] || fail "the other site of nginx is gone"
	inside ttsctl config check
	inside ttsctl status
}

test_setup_the_main_job() {
	local path n=0
	new_user
	new_project 'Hello canary. 오늘은 운수 좋은 날입니다. The last one of three.'
	all_ready
	want '.sentence_count == 3'
	request GET "/project/$project/page/1"
	expect 200
	token=
	for path in $(get '.page[].path'); do
		download "$path" "$work/sound.mp3"
		[ "$(decoded "$work/sound.mp3")" -gt 5000 ] || fail "$path is too short"
		n=$((n + 1))
	done
	[ $n = 3 ]
	login
	keep
}

test_numbers_to_watch_are_for_this_machine_alone() {
	inside ss -Hltn >"$work/listening"
	grep -q '127.0.0.1:9584 ' "$work/listening" || fail "$(cat "$work/listening")"
	curl -s -f -m 10 http://127.0.0.1:9584/metrics >"$work/metrics"
	promtool check metrics <"$work/metrics"
	grep -qx 'tts_database_up 1' "$work/metrics"
	grep -qE '^tts_http_requests_total\{route="project_create",status="201"\} [1-9]' "$work/metrics"
	# The renderer's own, which the API may read.
	grep -qE '^tts_render_sentences_total\{outcome="ready"\} [3-9]' "$work/metrics" || fail "$(cat "$work/metrics")"
	grep -qE '^tts_work_runs_total\{end="ok"\} [1-9]' "$work/metrics" || fail "$(cat "$work/metrics")"
	equal "$(curl -s -o /dev/null -w '%{http_code}' "$url/metrics")" 404
}

test_a_second_step_changes_nothing() {
	local before
	before=$(inside sh -c 'sha256sum /etc/tts/secrets/*')
	inside tts-setup
	[ "$(inside sh -c 'sha256sum /etc/tts/secrets/*')" = "$before" ]
	kept
	request GET "/project/$project"
	expect 200
}

# A version before had one account less, and no checksum of their rights.
test_an_upgrade_makes_accounts_that_are_new() {
	sql 'DROP USER tts_work@localhost'
	inside rm /etc/tts/secrets/work.pw /var/lib/tts/.accounts
	inside tts-setup --files
	inside tts-setup --upgrade
	inside sh -c 'MYSQL_PWD=$(cat /etc/tts/secrets/work.pw) mariadb -u tts_work tts -e "SELECT COUNT(*) FROM schema_migration"' >/dev/null
	inside test -s /var/lib/tts/.accounts
	until_so 20 healthy
	# With the same rights they are left alone.
	sql 'DROP USER tts_work@localhost'
	inside tts-setup --upgrade
	equal "$(sql "SELECT COUNT(*) FROM mysql.user WHERE user = 'tts_work'")" 0 'accounts'
	inside tts-setup
	equal "$(sql "SELECT COUNT(*) FROM mysql.user WHERE user = 'tts_work'")" 1 'accounts'
}

# Nor did it have tts-work; but a unit that was disabled since stays so.
test_an_upgrade_enables_units_that_are_new_and_no_others() {
	inside systemctl -q disable --now tts-work.timer tts-work.path
	inside rm /var/lib/tts/.units
	inside tts-setup --upgrade
	unit_is tts-work.timer active && unit_is tts-work.path active
	inside systemctl -q is-enabled tts-work.timer tts-work.path
	inside systemctl -q disable --now tts-work.path
	inside tts-setup --upgrade
	unit_is tts-work.path inactive
	inside systemctl -q enable --now tts-work.path
}

# ---------------------------------------------------------------------------------- timer and kick

edited() {
	request GET "/project/$project/page/1"
	expect 200
	audio=$(get .page[0].id)
	send POST "/audio/$audio" "{\"text\":\"Canary $1 at $RANDOM$RANDOM.\",\"speed\":1}"
	expect 201
	want '.is_audio_required'
}

test_the_kick_alone_starts_the_renderer() {
	kept
	inside systemctl stop tts-render.timer
	edited kicked
	sound_ready "$audio"
	inside systemctl start tts-render.timer
}

test_the_timer_alone_starts_the_renderer() {
	kept
	inside systemctl stop tts-render.path
	edited timed
	sound_ready "$audio"
	inside systemctl start tts-render.path
}

test_a_storm_of_kicks_breaks_no_unit() {
	kept
	inside sh -c 'i=0; while [ $i -lt 2000 ]; do touch /run/tts/kick; i=$((i + 1)); done'
	edited stormy
	sound_ready "$audio"
	unit_is tts-render.path active
	unit_is tts-render.timer active
}

test_interval_sec_reaches_the_timer_and_an_edit_of_the_unit_wins() {
	cp "$root/etc/tts/tts.conf" "$work/tts.conf"
	sed -i 's/# interval_sec = 2;/interval_sec = 37;/' "$root/etc/tts/tts.conf"
	inside systemctl daemon-reload
	inside systemctl restart tts-render.timer
	timers | grep -q 'OnUnitInactiveUSec=37s' || fail "$(timers)"
	drop_in tts-render.timer $'[Timer]\nOnActiveSec=\nOnActiveSec=0\nOnUnitInactiveSec=500ms\nAccuracySec=10ms'
	inside systemctl restart tts-render.timer
	timers | grep -q 'OnUnitInactiveUSec=500ms' || fail "$(timers)"
	never grep 37s <<<"$(timers)"
	no_drop_in tts-render.timer
	cp "$work/tts.conf" "$root/etc/tts/tts.conf"
	inside systemctl daemon-reload
	inside systemctl restart tts-render.timer
	timers | grep -q 'OnUnitInactiveUSec=2s' || fail "$(timers)"
}

timers() {
	inside systemctl show -p TimersMonotonic tts-render.timer
}

# A project of its own, all of it ready, that is then deleted: sets $deleted.
deleted() {
	new_user
	new_project 'A canary that will be gone. And another one.'
	all_ready
	deleted=$project
	request DELETE "/project/$project"
	expect 201
}

rows_are_gone() {
	[ "$(sql "SELECT (SELECT COUNT(*) FROM audio WHERE project_id = $deleted) + (SELECT COUNT(*) FROM project WHERE id = $deleted)")" = 0 ]
}

all_is_gone() {
	rows_are_gone && [ "$(sql "SELECT COUNT(*) FROM trash WHERE project_id = $deleted")" = 0 ] &&
		! inside test -e "/var/lib/tts/media/$((deleted / 1000))/$deleted" && ! inside test -e "/var/lib/tts/gone/p$deleted"
}

test_the_kick_alone_starts_the_work() {
	inside systemctl stop tts-work.timer
	deleted
	until_so 20 rows_are_gone
	inside systemctl start tts-work.timer
	until_so 30 all_is_gone
}

test_the_timer_alone_starts_the_work() {
	inside systemctl stop tts-work.path
	deleted
	until_so 40 all_is_gone
	inside systemctl start tts-work.path
}

# ---------------------------------------------------------------------------------- restarts

# load_begin: edits and pages of the kept project, until load_end or the end of the test; the result in $work/load.
load_begin() {
	kept
	request GET "/project/$project/page/1"
	expect 200
	# Not "outside": the loader is to be the process itself.
	TOKEN=$token PROJECT=$project AUDIO=$(get .page[0].id) nsenter -t "$init" -n -- \
		wrk -t 2 -c 8 -d 900s --timeout 30s -s tests/systemd/load.lua "$url" >"$work/load" &
	loader=$!
	trap 'kill -INT $loader 2>/dev/null || :' EXIT
	sleep 2
}

load_end() {
	kill -INT "$loader" || fail "the load ended too early: $(cat "$work/load")"
	wait "$loader"
}

without_limits() {
	echo 'http = { requests_per_sec = 100000; logins_per_min = 100000; in_flight = 1000; };' >"$root/etc/tts/conf.d/limits.conf"
	inside tts-setup
}

with_limits() {
	rm "$root/etc/tts/conf.d/limits.conf"
	inside tts-setup
}

lost_nothing() {
	grep -E '^RESULT [0-9]{3,} requests, 0 failed, 0 not connected, 0 not read, 0 not written, 0 late$' "$work/load" ||
		fail "$(cat "$work/load")"
}

test_ten_restarts_and_ten_reloads_under_load_lose_no_request() {
	local i
	without_limits
	load_begin
	for i in {1..10}; do
		inside systemctl restart tts-api.service
		sleep 0.5
		inside systemctl reload tts-api.service
		sleep 0.5
		inside nginx -s reload
		sleep 0.5
	done
	load_end
	with_limits
	lost_nothing
	project_done_later
}

# A signal that comes between fork(2) and execve(2) of a worker is lost.
test_a_worker_that_loses_the_first_signal_is_stopped_too() {
	local drop=/etc/systemd/system/tts-api.service.d
	inside mkdir -p $drop
	cat >"$root$drop/slow.conf" <<-'END'
		[Service]
		ExecStart=
		ExecStart=/usr/bin/multiwatch -r 100 -f 2 -- /bin/sh -c 'trap "" TERM USR1; sleep 7.75; exec /usr/sbin/tts-api -c /run/tts-api/conf/tts.conf'
	END
	inside systemctl daemon-reload
	inside systemctl restart tts-api.service
	until_so 20 inside pgrep -f '^sleep 7.75'
	sleep 0.5 # both
	inside systemctl stop tts-api.service
	equal "$(inside systemctl show -P Result tts-api.service)" success
	inside rm -r $drop
	inside systemctl daemon-reload
	inside systemctl start tts-api.service
	until_so 20 healthy
}

project_done_later() {
	kept
	until_so 60 project_done
}

nothing_at_all_failed() {
	local failed
	failed=$(inside systemctl --failed --no-legend --plain)
	[ -z "$failed" ] || fail "failed: $failed"
}

# A stop meets a run when it has begun, or is not even the program yet.
test_a_stop_at_any_moment_leaves_nothing_failed() {
	local i runs=(tts-render.service tts-work.service tts-pipeline@{lyric,song,video}.service tts-gc.service tts-backup.service)
	for i in {0..3}; do
		inside systemctl start tts.target
		sleep "0.0$((i * 2))"
		inside systemctl stop tts.target
		nothing_at_all_failed
	done
	for i in {0..39}; do
		inside systemctl start --no-block "${runs[@]}"
		sleep "0.0$((i / 4))"
		inside systemctl stop "${runs[@]}"
		nothing_at_all_failed
	done
	inside systemctl start tts.target
	until_so 20 healthy
}

test_a_renderer_that_is_stopped_gives_everything_back() {
	local from took
	new_user
	new_project "$(long_text 400)"
	until_so 60 some_ready
	inside systemctl stop "${renderer[@]}"
	from=$SECONDS
	inside systemctl stop tts-render.service
	took=$((SECONDS - from))
	[ $took -lt 10 ] || fail "it took $took seconds"
	equal "$(sql "SELECT SUM(state = 'claimed'), SUM(attempts), SUM(crashes), SUM(state = 'pending') > 0
		FROM audio WHERE project_id = $project")" $'0\t0\t0\t1'
	equal "$(inside systemctl show -P Result tts-render.service)" success
	inside systemctl start "${renderer[@]}"
	all_ready
	equal "$(sql "SELECT SUM(attempts), SUM(crashes) FROM audio WHERE project_id = $project")" $'0\t0'
}

some_ready() {
	request GET "/project/$project"
	expect 200
	jq -e '.ready_count > 10' <<<"$body" >/dev/null
}

workers() {
	inside pgrep -x tts-api | wc -l
}

test_the_pool_comes_back_whatever_dies() {
	local all i
	all=$(($(nproc) * 3)) # two for each core, and one for heavy requests
	equal "$(workers)" $all workers
	# Always the youngest, which has the same place in the pool: multiwatch by itself would give
	# that up after a few.
	for i in {1..6}; do
		inside pkill -KILL -n -x tts-api
		sleep 0.2
	done
	until_so 20 pool_is "$all"
	inside pkill -KILL -x tts-api
	until_so 20 pool_is "$all"
	until_so 20 healthy
	inside systemctl kill -s KILL --kill-who=main tts-api.service
	until_so 20 healthy
	until_so 20 pool_is "$all"
}

pool_is() {
	[ "$(workers)" = "$1" ]
}

test_without_the_database_it_waits_and_heals_alone() {
	kept
	inside systemctl stop mariadb.socket mariadb.service
	until_so 30 healthy 503
	until_so 30 renderer_exited 75
	inside systemctl start mariadb.service
	until_so 60 healthy
	edited healed
	sound_ready "$audio"
	nothing_failed
}

renderer_exited() {
	[ "$(inside systemctl show -P ExecMainStatus tts-render.service)" = "$1" ]
}

test_the_sweep_takes_what_belongs_to_nothing() {
	local stray
	kept
	stray=$(inside find /var/lib/tts/media -name '*.mp3' | head -n 1)
	inside cp -p "$stray" "${stray%/*}/999999999-r1-0123456789abcdef0123456789abcdef.mp3"
	inside touch -d '3 days ago' "${stray%/*}/999999999-r1-0123456789abcdef0123456789abcdef.mp3"
	inside systemctl start tts-gc.service
	never inside test -e "${stray%/*}/999999999-r1-0123456789abcdef0123456789abcdef.mp3"
	inside test -e "$stray"
	nothing_failed
}

test_a_reboot_brings_everything_back() {
	new_user
	new_project "$(long_text 100)"
	keep
	machine_stop
	machine_start
	echo "$nspawn $init" >"$work/machine"
	until_so 60 healthy
	kept
	all_ready
	want '.ready_count == 100'
	nothing_failed
}
