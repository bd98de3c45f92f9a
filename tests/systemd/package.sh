# The package on the booted machine: removed, purged, replaced; sourced by tests/systemd/run as the last
# tests.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

test_removed_it_keeps_all_and_comes_back() {
	local path
	kept
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	apt remove tts-provider >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	not_listening
	for name in tts-api tts-render tts-work multiwatch; do
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

test_purged_it_takes_all() {
	apt purge tts-provider >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	inside sh -c 'find / -xdev \( -path /proc -o -path /sys \) -prune -o \( -name "tts*" -o -path "*/etc/tts*" -o -path "*/var/lib/tts*" \) -print' |
		grep -vE '^/(usr/local/sbin/tts-probe|var/log/|var/cache/apt/)' >"$work/left" || :
	[ ! -s "$work/left" ] || fail "left: $(cat "$work/left")"
	equal "$(inside mariadb -N -B -e "SHOW DATABASES LIKE 'tts'; SELECT user FROM mysql.user WHERE user LIKE 'tts%'")" '' \
		'what is left in the database'
	inside nginx -t
	nothing_failed
}

# The package of the commit before this tree, or this one if there is none; in either case with a lower
# version number.
old_package() {
	local old=${OLD-} dir=$work/old commit=HEAD
	mkdir -p "$dir"
	[ -n "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit=HEAD~1
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

test_an_upgrade_under_load_loses_nothing() {
	local load_pid ready
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
	load &
	load_pid=$!
	sleep 2
	apt install -o Dpkg::Options::=--force-confold /root/new.deb >"$work/apt.log" 2>&1 || fail "$(tail -n 20 "$work/apt.log")"
	grep -q 'Unpacking tts-provider.*over' "$work/apt.log"
	load_end $load_pid
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
