# The package on the booted machine: removed, purged, replaced; sourced by tests/systemd/run as the last
# tests.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

test_removed_it_keeps_all_and_comes_back() {
	local path
	kept
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	# What failed before is no longer of interest then.
	inside systemctl stop mariadb.socket mariadb.service
	until_so 30 renderer_exited 75
	inside systemctl start mariadb.service
	inside systemctl stop "${renderer[@]}"
	until_so 30 unit_is tts-render.service failed
	apt remove tts-provider >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	nothing_at_all_failed
	not_listening
	for name in tts-api tts-render tts-work tts-notify tts-pipeline multiwatch; do
		never inside pgrep -x $name
	done
	nothing_failed
	inside nginx -t
	inside test -s "/var/lib/tts$path"
	[ "$(sql 'SELECT COUNT(*) > 0 FROM audio')" = 1 ]
	apt install /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	until_so 20 healthy
	kept
	download "$path" "$work/sound.mp3"
	edited back
	sound_ready "$audio"
	nothing_failed
}

# purge [ANSWER]: with that answer to all questions, or with none; what was said is in $work/apt.log.
purge() {
	local question
	if [ $# -gt 0 ]; then
		for question in remove-database remove-sounds; do
			echo "tts-provider tts-provider/$question boolean $1"
		done >"$root/root/answers"
		inside debconf-set-selections /root/answers
		rm "$root/root/answers"
	fi
	apt purge tts-provider >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	never inside test -e /etc/tts
	inside nginx -t
	nothing_at_all_failed
}

says_left() {
	grep -q "tts-provider: not removed: $1" "$work/apt.log" || fail "does not say that $1 is left: $(cat "$work/apt.log")"
}

says_nothing_left() {
	never grep 'not removed' "$work/apt.log"
}

install_again() {
	apt install /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	inside tts-setup
	until_so 20 healthy
}

test_purged_it_keeps_what_people_wrote_unless_told_otherwise() {
	local path
	kept
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	purge
	says_left 'the database tts,'
	says_left '/var/lib/tts/media, with the sounds'
	inside test -s "/var/lib/tts$path"
	install_again
	kept
	request GET "/project/$project/page/1"
	expect 200
	download "$path" "$work/sound.mp3"
	edited 'after a purge'
	sound_ready "$audio"
}

# The sounds of several hosts are in one directory; and this host uses a database that was restored.
test_purged_it_empties_no_mount_and_takes_the_database_in_use() {
	local path before
	kept
	edited shared
	sound_ready "$audio"
	path=$(get .path)
	inside systemctl stop "${renderer[@]}" tts-work.timer tts-work.path
	inside sh -c 'mkdir /srv/shared && cp -a /var/lib/tts/media/. /srv/shared && mount --bind /srv/shared /var/lib/tts/media'
	follow 'Back up while it runs'
	follow 'Restore while it runs'
	until_so 20 healthy
	equal "$(sql_of tts_restored 'SELECT COUNT(*) > 0 FROM audio')" 1
	before=$(inside find /srv/shared | sort)
	purge true
	says_left '/var/lib/tts/media: a file system is mounted there'
	says_left 'the database tts, which was in use before'
	equal "$(inside find /srv/shared | sort)" "$before" 'the shared directory'
	inside test -s "/srv/shared${path#/media}"
	equal "$(inside mariadb -N -B -e "SHOW DATABASES LIKE 'tts%'; SELECT user FROM mysql.user WHERE user LIKE 'tts%'")" tts
	inside umount /var/lib/tts/media
	inside rm -r /srv/shared
	# The same without a mount, and with a link: neither is what tts-setup made.
	install_again
	inside sh -c 'mv /var/lib/tts/media /srv/media && ln -s /srv/media /var/lib/tts/media'
	purge true
	says_left '/var/lib/tts/media: it is a symbolic link'
	inside test -e /srv/media/.tts-media
	inside rm -r /srv/media /var/lib/tts /var/backups/tts.sql /var/backups/tts-etc.tar.gz /var/backups/tts-media.tar
}

sql_of() {
	inside mariadb -N -B "$1" -e "$2"
}

# A level that is a directory of this machine goes as media.root does, one that is mounted stays.
test_purged_it_takes_the_sounds_of_levels_but_empties_no_mount() {
	local sound=0/1/1-r1-0123456789abcdef0123456789abcdef.mp3 level
	install_again
	inside sh -c 'mkdir -p /srv/silver /srv/gold && mount -t tmpfs -o mode=755,size=8M none /srv/gold'
	cat >"$root/etc/tts/conf.d/levels.conf" <<-END
		levels = { list = ({ name = "bronze"; path = "/var/lib/tts/media"; min_count = 0; },
			{ name = "silver"; path = "/srv/silver"; min_count = 2; free_mib = 1; },
			{ name = "gold"; path = "/srv/gold"; min_count = 3; free_mib = 1; }); };
	END
	inside tts-setup
	for level in silver gold; do
		inside sh -c "mkdir -p /srv/$level/${sound%/*} && echo x >/srv/$level/$sound && touch /srv/$level/not-ours"
	done
	inside sh -c 'echo x >/var/log/nginx/tts-fetches.log.1; touch /var/log/nginx/other.log'
	# Nobody says that sounds may go.
	echo 'tts-provider tts-provider/remove-sounds boolean false' >"$root/root/answers"
	inside debconf-set-selections /root/answers
	rm "$root/root/answers"
	purge
	for level in silver gold; do
		inside test -s "/srv/$level/$sound"
	done
	equal "$(inside find /var/log/nginx -name 'tts*')" '' 'logs that are left'
	install_again
	purge true
	says_left '/srv/gold: a file system is mounted there'
	says_left '/srv/silver, which contains other files'
	inside test -s "/srv/gold/$sound"
	equal "$(inside find /srv/silver -mindepth 1)" /srv/silver/not-ours
	inside test -e /var/log/nginx/other.log
	inside sh -c 'umount /srv/gold && rm -r /srv/gold /srv/silver /var/log/nginx/other.log && rm -rf /var/lib/tts'
}

test_purged_it_takes_all_if_told_to() {
	install_again
	new_user
	new_project 'A canary that will be gone.'
	all_ready
	keep
	inside touch /var/lib/tts/media/not-ours
	purge true
	says_left '/var/lib/tts/media, which contains other files'
	inside rm -r /var/lib/tts
	install_again
	purge true
	says_nothing_left
	inside sh -c 'find / -xdev \( -path /proc -o -path /sys \) -prune -o \( -name "tts*" -o -path "*/etc/tts*" -o -path "*/var/lib/tts*" \) -print' |
		grep -vE '^/(usr/local/sbin/tts-probe|var/cache/apt/|var/log/journal/)' >"$work/left" || :
	[ ! -s "$work/left" ] || fail "left: $(cat "$work/left")"
	equal "$(inside mariadb -N -B -e "SHOW DATABASES LIKE 'tts'; SELECT user FROM mysql.user WHERE user LIKE 'tts%'")" '' \
		'what is left in the database'
}

# The package of the commit before this tree, or this one if there is none or it is another Debian; in any case with
# a lower version number.
old_package() {
	local old=${OLD-} dir=$work/old commit=HEAD
	mkdir -p "$dir"
	[ -n "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit=HEAD~1
	[ "$suite" = bookworm ] || old=${old:-$deb}
	if [ -z "$old" ] && git cat-file -e $commit:debian/build 2>/dev/null; then
		git archive --prefix=src/ $commit | tar -x -C "$dir"
		[ ! -d node_modules ] || ln -sn "$PWD/node_modules" "$dir/src/node_modules"
		BUILD=$dir/build "$dir/src/debian/build"
		old=$(echo "$dir"/build/deb/*.deb)
	fi
	dpkg-deb -R "${old:-$deb}" "$dir/tree"
	sed -i 's/^Version: .*/&~old/' "$dir/tree/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$dir/tree" "$dir/old.deb"
}

schema() {
	dpkg-deb -c "$1" | grep -o 'sql/[0-9]\{4\}-.*' | sort | tail -n 1
}

# A package of a later version, in which each file of the configuration is another.
later_package() {
	local dir=$work/later file
	mkdir "$dir"
	dpkg-deb -R "$deb" "$dir/tree"
	sed -i 's/^Version: .*/&+later/' "$dir/tree/DEBIAN/control"
	while read -r file; do
		echo '# Of a later version.' >>"$dir/tree$file"
	done <"$dir/tree/DEBIAN/conffiles"
	dpkg-deb --root-owner-group -b "$dir/tree" "$dir/later.deb"
}

test_changed_settings_raise_no_question_at_an_upgrade() {
	[ -d "$root/etc/tts/conf.d" ] || install_again
	later_package
	deliver "$work/later/later.deb" later
	echo 'limits = { title_chars = 77; };' >"$root/etc/tts/conf.d/titles.conf"
	inside tts-setup --listen='127.0.0.1:8080'
	apt install /root/later.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	equal "$(inside grep -c 'Of a later version' /etc/tts/tts.conf)" 1
	inside ttsctl config show | grep '^limits.title_chars = 77;'
	inside ttsctl config show | grep '^http.listen = "127.0.0.1:8080";'
	until_so 20 healthy
	rm "$root/etc/tts/conf.d/titles.conf"
	apt install --allow-downgrades /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	until_so 20 healthy
}

test_an_upgrade_under_load_loses_nothing() {
	old_package
	deliver "$work/old/old.deb" old
	inside dpkg --purge tts-provider >"$work/apt.log" 2>&1
	apt install /root/old.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	inside tts-setup
	without_limits
	until_so 20 healthy
	new_user
	new_project "$(long_text 600)"
	keep
	load_begin
	apt install /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	grep -q 'Unpacking tts-provider.*over' "$work/apt.log"
	load_end
	with_limits
	# With a new schema the old programs answer 503 until they are replaced.
	if [ "$(schema "$work/old/old.deb")" = "$(schema "$deb")" ]; then
		lost_nothing
	fi
	kept
	all_ready
	want '.sentence_count == 600 and .ready_count == 600'
	equal "$(sql "SELECT SUM(attempts), SUM(crashes) FROM audio")" $'0\t0'
	nothing_failed
}
