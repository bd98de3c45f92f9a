# The commands of tts-backup(7), and the timer that backs up; sourced by tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# follow SECTION: the commands of tts-backup(7), as they stand there.
follow() {
	local line
	while read -r line; do
		inside bash -o pipefail -c "$line" </dev/null || fail "$line"
	done < <(sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" man/tts-backup.7 | sed -n "s/\\\\(aq/'/g; s/\\\\(dq/\"/g; s/^\.Dl # //p")
}

test_sounds_that_were_lost_are_spoken_again() {
	local path
	kept
	all_ready
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	follow 'Back up while it runs'
	inside test -s /var/backups/tts.sql
	inside tar -tf /var/backups/tts-media.tar | grep -q "${path#/}"
	inside systemctl stop "${renderer[@]}"
	inside rm -rf /var/lib/tts/media
	inside systemctl start "${renderer[@]}"
	until_so 30 renderer_exited 74
	sql 'DELETE FROM asset' # films of the tests before: they are not made again by themselves
	follow 'The sounds are lost'
	all_ready
	download "$path" "$work/sound.mp3"
	inside ttsctl verify
	inside sh -c 'rm /var/backups/tts.sql /var/backups/tts-*' # whoever looks what a purge leaves is not to find them
	nothing_failed
}

backups() {
	inside find /var/backups/tts -mindepth 1 -maxdepth 1 -type d -name '*T*Z' | sort
}

test_the_backup_is_off_until_it_is_enabled() {
	never inside systemctl -q is-enabled tts-backup.timer
	unit_is tts-backup.timer inactive
	inside systemctl -q enable --now tts-backup.timer
	inside systemctl restart tts.target
	unit_is tts-backup.timer active
	inside systemctl list-timers --all tts-backup.timer | grep -q ' 0[34]:[0-9:]* '
	inside systemctl -q disable --now tts-backup.timer
}

test_a_backup_is_complete_and_nobody_elses() {
	local secret
	inside systemctl start tts-backup.service
	equal "$(inside sh -c 'stat -c "%U %a" /var/backups/tts /var/backups/tts/latest/ /var/backups/tts/latest/* | sort | uniq -c' | xargs)" \
		'2 tts-backup 600 2 tts-backup 700'
	never inside test -e /var/backups/tts/latest/media.tar
	for secret in "$root"/etc/tts/secrets/*; do
		inside tar -xzOf /var/backups/tts/latest/etc.tar.gz "etc/tts/secrets/${secret##*/}" | cmp - "$secret"
	done
	equal "$(inside tar -tvzf /var/backups/tts/latest/etc.tar.gz etc/tts/secrets | cut -d ' ' -f 1,2 | sort -u | xargs)" \
		'-rw------- root/root drwx------ root/root'
	equal "$(inside tar -tvzf /var/backups/tts/latest/etc.tar.gz etc/tts/tts.conf | cut -d ' ' -f 1,2)" '-rw-r--r-- root/root'
}

test_backups_are_kept_as_many_as_asked_for() {
	local first
	first=$(backups)
	# As if one had been cut off, and something else of the administrator's.
	inside mkdir /var/backups/tts/20200101T000000Z.new /var/backups/tts/mine
	drop_in tts-backup.service $'[Service]\nEnvironment=TTS_BACKUP_KEEP=2 TTS_BACKUP_SOUNDS=yes'
	inside systemctl start tts-backup.service
	equal "$(backups | wc -l)" 2
	inside systemctl start tts-backup.service
	equal "$(backups | wc -l)" 2
	never grep -qxF "$first" <<<"$(backups)"
	equal "$(inside readlink -f /var/backups/tts/latest)" "$(backups | tail -n 1)"
	inside tar -tf /var/backups/tts/latest/media.tar | grep -q '^var/lib/tts/media/.*\.mp3$'
	never inside test -e /var/backups/tts/20200101T000000Z.new
	inside test -d /var/backups/tts/mine
	no_drop_in tts-backup.service
	inside rmdir /var/backups/tts/mine
}

# A backup that fails leaves the ones before alone, and is not called one.
test_a_backup_that_fails_is_none() {
	local before
	before=$(backups)
	mv "$root/etc/tts/secrets/migration.pw" "$work/migration.pw"
	echo wrong >"$root/etc/tts/secrets/migration.pw"
	inside systemctl start tts-backup.service 2>/dev/null && fail 'a backup without a dump succeeds'
	unit_is tts-backup.service failed
	inside journalctl --sync
	inside journalctl -u tts-backup -o cat -n 20 | grep -q 'the database is not dumped'
	mv "$work/migration.pw" "$root/etc/tts/secrets/migration.pw"
	equal "$(backups)" "$before"
	inside systemctl start tts-backup.service
	unit_is tts-backup.service inactive
}

# The machine is lost, with all it had after the backup.
test_a_backup_brings_everything_back() {
	local path
	kept
	all_ready
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	text=$(get .page[0].text)
	inside systemctl start tts-backup.service
	edited 'after the backup'
	inside systemctl stop tts.target
	inside mariadb -e "DROP DATABASE tts; DROP USER tts_api@localhost, tts_render@localhost, tts_work@localhost, tts_notify@localhost, tts_stream@localhost, tts_migrate@localhost"
	inside sh -c 'rm -r /etc/tts/secrets/* /etc/tts/tts.conf /var/lib/tts/media /var/lib/tts/.accounts'
	follow 'The machine is lost'
	until_so 30 healthy
	kept
	request GET "/project/$project/page/1"
	equal "$(get .page[0].text)" "$text"
	all_ready
	request GET "/project/$project/page/1"
	# By another key.
	[ "$(get .page[0].path)" != "$path" ]
	path=$(get .page[0].path)
	download "$path" "$work/sound.mp3"
	inside ttsctl verify
	equal "$(inside sh -c 'stat -c "%U %a" /etc/tts/secrets /etc/tts/secrets/* | sort | uniq -c' | xargs)" "${#secrets[@]} root 600 1 root 700"
	inside sh -c 'rm -r /var/backups/tts/*' # whoever looks what a purge leaves is not to find them
	nothing_failed
}
