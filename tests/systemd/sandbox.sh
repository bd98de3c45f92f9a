# What each service can do on the machine that boots, and whom its files are for; sourced by tests/systemd/run, where
# it says how they go.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# probed UNIT: what the probe says in the place of the service's program.
probed() {
	local unit=$1
	cp tests/systemd/probe "$root/usr/local/sbin/tts-probe"
	drop_in "$unit" $'[Service]\nExecStartPre=\nExecStart=\nExecStart=/usr/local/sbin/tts-probe\nRestart=no\nTimeoutStartSec=60'
	inside systemctl restart "$unit"
	until_so 60 unit_is "$unit" inactive
	inside journalctl --sync
	inside journalctl -o cat "_SYSTEMD_INVOCATION_ID=$(inside systemctl show -P InvocationID "$unit")" |
		grep -E '^(can|cannot) ' | sort
	no_drop_in "$unit"
}

# only WHAT…: of all that the probe tried, just these can be done.
only() {
	local got=$1 wanted
	shift
	[ "$(wc -l <<<"$got")" -ge 51 ] || fail "the probe did not finish: $got"
	wanted=$(printf 'can %s\n' "$@" | sort)
	equal "$(grep '^can ' <<<"$got")" "$wanted" "what can be done"
}

test_the_api_can_do_what_it_must_and_nothing_else() {
	local got
	got=$(probed tts-api.service)
	inside systemctl restart tts-api.service
	only "$got" 'read token.key' 'read api.pw' 'enter the database as tts_api' 'write tombstones' \
		'write the inbox' 'touch the kick file' 'touch the kick file of tts-work' 'touch the kick file of events' \
		'touch the kick file of pipelines' 'read the configuration' fork
	until_so 20 healthy
}

test_the_renderer_can_do_what_it_must_and_nothing_else() {
	local got
	inside systemctl stop "${renderer[@]}"
	got=$(probed tts-render.service)
	inside systemctl start "${renderer[@]}"
	only "$got" 'read media.key' 'read renderer.pw' 'enter the database as tts_render' 'write sounds' \
		'see sounds' 'write tombstones' 'write the lock' 'touch the kick file of events' \
		'touch the kick file of pipelines' 'read the configuration' fork
}

test_the_work_can_do_what_it_must_and_nothing_else() {
	local got
	inside systemctl stop tts-work.timer tts-work.path
	got=$(probed tts-work.service)
	inside systemctl start tts-work.timer tts-work.path
	only "$got" 'read work.pw' 'enter the database as tts_work' 'write sounds' 'see sounds' 'write tombstones' \
		'write the inbox' 'touch the kick file' 'touch the kick file of events' 'write the lock of tts-work' 'read the configuration' fork
}

test_the_streams_can_do_what_they_must_and_nothing_else() {
	local got
	inside systemctl stop tts-stream.socket
	got=$(probed tts-stream.service)
	inside systemctl start tts-stream.socket tts-stream.service
	only "$got" 'read token.key' 'read stream.pw' 'enter the database as tts_stream' 'read the configuration' fork
}

test_the_sweep_can_do_what_it_must_and_nothing_else() {
	only "$(probed tts-gc.service)" 'read migration.pw' 'enter the database as tts_migrate' 'write sounds' \
		'see sounds' 'write tombstones' 'read the configuration' fork
}

test_the_backup_can_do_what_it_must_and_nothing_else() {
	local got
	# By the timer, systemd remembers the run.
	inside systemctl start tts-backup.timer
	got=$(probed tts-backup.service)
	inside systemctl stop tts-backup.timer
	only "$got" 'read token.key' 'read media.key' 'read api.pw' 'read renderer.pw' \
		'read work.pw' 'read tier.pw' 'read notify.pw' 'read stream.pw' 'read lyric.pw' 'read song.pw' 'read video.pw' 'read migration.pw' \
		'enter the database as tts_lyric' 'enter the database as tts_song' 'enter the database as tts_video' 'enter the database as tts_api' \
		'enter the database as tts_render' 'enter the database as tts_work' 'enter the database as tts_tier' 'enter the database as tts_notify' \
		'enter the database as tts_stream' \
		'enter the database as tts_migrate' 'see sounds' 'write backups' \
		'read backups' 'read the configuration' fork
}

test_the_notifier_reaches_the_network_and_no_sound() {
	local got
	inside systemctl stop tts-notify.timer tts-notify.path
	got=$(probed tts-notify.service)
	inside systemctl start tts-notify.timer tts-notify.path
	only "$got" 'read notify.pw' 'enter the database as tts_notify' 'reach the network' 'read the configuration' fork
}

# Two services of one user at the same time: neither gets at what the other was given.
test_a_stage_of_a_pipeline_can_do_what_it_must_and_nothing_else() {
	local got stage all=(tts-pipeline@{lyric,song,video}.{timer,path})
	inside systemctl stop "${all[@]}"
	for stage in lyric song video; do
		until_so 30 unit_is "tts-pipeline@$stage.service" inactive
	done
	# With an engine that is a service, this one has a key.
	inside sh -c 'umask 077 && echo 0123456789 >/etc/tts/secrets/video.key'
	echo 'pipeline = { video = { engine = "creatomate"; }; };' >"$root/etc/tts/conf.d/engine.conf"
	drop_in tts-pipeline@video.service $'[Service]\nExecStart=\nExecStart=/bin/sleep 54321'
	inside systemctl start --no-block tts-pipeline@video.service
	until_so 10 inside pgrep -x sleep
	inside test -s /run/credentials/tts-pipeline@video.service/video.key
	got=$(probed tts-pipeline@song.service)
	only "$got" 'read song.pw' 'enter the database as tts_song' 'write sounds' 'see sounds' 'write the lock of song' \
		'touch the kick file' 'touch the kick file of events' 'touch the kick file of pipelines' 'make a namespace' \
		'read the configuration' fork
	got=$(probed tts-pipeline@lyric.service)
	only "$got" 'read lyric.pw' 'enter the database as tts_lyric' 'write the lock of lyric' \
		'touch the kick file of events' 'touch the kick file of pipelines' 'read the configuration' fork
	inside systemctl stop tts-pipeline@video.service
	inside rm /etc/tts/secrets/video.key /etc/tts/conf.d/engine.conf
	no_drop_in tts-pipeline@video.service
	got=$(probed tts-pipeline@video.service)
	only "$got" 'read video.pw' 'enter the database as tts_video' 'write sounds' 'see sounds' 'write the lock of video' \
		'write the inbox' 'touch the kick file of events' 'touch the kick file of pipelines' 'make a namespace' \
		'read the configuration' fork
	inside systemctl start "${all[@]}"
}

# As the accounts are in the database: of other stages neither rows nor results can be changed.
test_a_stage_of_a_pipeline_touches_its_own_rows_alone() {
	local stage other
	sql "INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at) VALUES (1, 'probe', NOW(3), NOW(3), NOW(3));
		SET @p = LAST_INSERT_ID();
		INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, state, ended_at)
			SELECT @p, 1, s, 1, 'start', NOW(3), NOW(3), NOW(3), 'cancelled', NOW(3)
			FROM (SELECT 'lyric' s UNION SELECT 'song' UNION SELECT 'video') t"
	for stage in lyric song video; do
		as_stage $stage "UPDATE stage_$stage SET error = 'mine'"
		for other in lyric song video; do
			[ $stage != $other ] || continue
			never as_stage $stage "UPDATE stage_$other SET error = 'yours'" 2>/dev/null
		done
		never as_stage $stage "UPDATE stage SET error = 'yours'" 2>/dev/null
		never as_stage $stage 'UPDATE user SET name = name' 2>/dev/null
		never as_stage $stage 'SELECT password_hash FROM user' 2>/dev/null
	done
	equal "$(sql "SELECT COUNT(*), SUM(error = 'mine') FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.task_id = 'probe'")" $'3\t3'
	sql "DELETE s FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.task_id = 'probe'; DELETE FROM pipeline WHERE task_id = 'probe'"
}

as_stage() {
	inside sh -c 'MYSQL_PWD=$(cat "/etc/tts/secrets/$1.pw") mariadb -u "tts_$1" tts -e "$2"' sh "$1" "$2"
}

test_each_service_is_locked_up_as_it_runs() {
	inside systemd-analyze --no-pager --threshold=20 security tts-api.service tts-api-heavy.service tts-render.service \
		tts-work.service tts-tier.service tts-notify.service tts-stream.service tts-pipeline@{lyric,song,video}.service tts-gc.service \
		tts-backup.service >"$work/said" || fail "$(cat "$work/said")"
}

test_files_are_for_the_renderer_and_nginx_alone() {
	local file
	file=$(inside find /var/lib/tts/media -name '*.mp3' | head -n 1)
	[ -n "$file" ]
	equal "$(inside stat -c '%U:%G %a' "$file")" 'tts-render:www-data 640'
	inside setpriv --reuid=www-data --regid=www-data --clear-groups cat "$file" >/dev/null
	never inside setpriv --reuid=www-data --regid=www-data --clear-groups touch "$file" 2>/dev/null
	never inside setpriv --reuid=tts-api --regid=tts-api --clear-groups cat "$file" 2>/dev/null
	never inside setpriv --reuid=nobody --regid=nogroup --clear-groups cat "$file" 2>/dev/null
	never inside setpriv --reuid=nobody --regid=nogroup --clear-groups cat /etc/tts/secrets/api.pw 2>/dev/null
	equal "$(inside stat -c '%U:%G %a' /run/tts/api.sock)" 'root:www-data 660'
}
