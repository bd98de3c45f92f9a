# The commands of tts-backup(7), exactly as in the manual, with the stack in place of an installation.
# shellcheck shell=bash disable=SC2034,SC2154

# Stand-ins for the commands in the manual: the same programs, pointed at this stack.
stand_ins() {
	mkdir -p "$work/bin" "$work/backups"
	cat >"$work/bin/stand-in" <<'END'
#!/bin/bash
PATH=${PATH#*:} # without these stand-ins
case ${0##*/}:$* in
mariadb:* | mariadb-dump:*) exec "/usr/bin/${0##*/}" --no-defaults --socket="$STATE/db/mysql.sock" "$@" ;;
ttsctl:*) exec "$BUILD/ttsctl" -c "$STATE/tts.conf" "$@" ;;
tts-setup:*)
	mkdir -p "$STATE/media" && : >>"$STATE/media/.tts-media"
	for key in token.key media.key; do
		[ -s "$STATE/secrets/$key" ] || (umask 077 && head -c 32 /dev/urandom | base64 -w 0 >"$STATE/secrets/$key")
	done
	[ "$*" = --files ] || exec tests/stack up
	;;
'systemctl:restart tts-api.service')
	# A worker that exits finishes its request first; multiwatch starts another one.
	grep -slzxF -e "TTS_STATE=$STATE" /proc/[0-9]*/environ | while read -r environ; do
		read -r name <"${environ%environ}comm" && [ "$name" = tts-api ] && kill -TERM "$(basename "$(dirname "$environ")")"
	done
	exit 0
	;;
'systemctl:stop tts.target') tests/stack down && exec tests/mariadb start "$STATE/db" ;;
*) echo "no stand-in for ${0##*/} $*" >&2 && exit 1 ;;
esac
END
	chmod 755 "$work/bin/stand-in"
	for name in mariadb mariadb-dump ttsctl tts-setup systemctl; do
		ln -sf stand-in "$work/bin/$name"
	done
}

# follow SECTION: run the commands of that section; each must succeed.
follow() {
	local n=0 line
	sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" man/tts-backup.7 | sed -n 's/^\.Dl # //p' |
		sed -e "s/\\\\(aq/'/g; s/\\\\(dq/\"/g; s/\\\\e/\\\\/g" \
			-e "s|/etc/tts /var/lib/tts|$STATE/secrets $STATE/media $STATE/gone|" \
			-e "s|/etc/tts\$|$STATE/tts.conf $STATE/secrets|" -e "s|/etc/tts|$STATE|g; s|/var/lib/tts|$STATE|g; s|/var/backups|$work/backups|g; s|--user=root|--user=$(id -un)|" >"$work/commands"
	while read -r line; do
		n=$((n + 1))
		echo "# $line"
		PATH=$work/bin:$PATH bash -c "set -o pipefail; $line" </dev/null || fail "\"$1\": $line"
	done <"$work/commands"
	[ $n -gt 0 ] || fail "the page has no commands for \"$1\""
}

# Print what clients see of the kept project: texts, and the paths of the sounds.
content() {
	request GET "/project/$project/page/1"
	expect 200
	jq -c '[.page[] | [.id, .text, .speed, .revision]]' <<<"$body"
}

# paths: print the paths of the sounds of $project.
paths() {
	request GET "/project/$project/page/1"
	expect 200
	get '.page[].path'
}

all_sounds_are_there() {
	local path
	all_ready
	for path in $(paths); do
		download "$path" "$work/sound.mp3"
		[ "$(decoded "$work/sound.mp3")" -gt 1000 ] || fail "$path is no sound"
	done
	"$BUILD/ttsctl" -c "$STATE/tts.conf" verify >"$work/verified" || fail "$(<"$work/verified")"
}

sums() {
	local path
	for path in $(paths); do
		sha256sum <"$STATE$path"
	done
}

back_to_one_database() {
	tests/stack down >/dev/null
	rm -f "$STATE/conf.d/restored.conf"
	tests/stack up >/dev/null
	sql 'DROP DATABASE IF EXISTS tts_restored'
}

test_a_backup_is_restored_while_it_runs() {
	local before late_paths deleted first
	command -v mariadb-dump >/dev/null || exit 77
	stand_ins
	trap back_to_one_database EXIT
	new_user
	new_project 'One canary. Another one. The third canary.'
	all_ready
	before=$(content)
	first=$(audio_at 1)
	(
		# A client keeps writing meanwhile.
		new_user
		while :; do new_project 'Something else, a canary.'; done
	) 2>/dev/null &
	sleep 1
	follow 'Back up while it runs'
	kill $!
	# After the dump: an edit, a deletion, and a user with a project.
	send POST "/audio/$first" '{"text":"Edited too late, canary."}'
	expect 201
	deleted=$(audio_at 2)
	request DELETE "/audio/$deleted"
	expect 201
	local old_token=$token old_email=$email old_password=$password old_project=$project
	new_user
	new_project 'Too late, canary. Much too late.'
	all_ready
	late_paths=$(paths)
	local late_token=$token late_email=$email late_password=$password

	healthy_all_the_time &
	local watcher=$!
	follow 'Restore while it runs'
	kill -TERM $watcher
	wait $watcher || fail "$(cat "$work/unhealthy")"

	# No earlier login is valid, least of all that of a user whose id is used again.
	for token in "$old_token" "$late_token"; do
		request GET /project/
		expect 401
	done
	email=$late_email password=$late_password token=
	send POST /login/ "$(jq -nc --arg e "$email" --arg p "$password" '{email: $e, password: $p}')"
	expect 401
	email=$old_email password=$old_password project=$old_project
	login
	equal "$(content)" "$before" 'what was restored'
	all_sounds_are_there
	# Ids are used again, URLs are not.
	new_user
	new_project 'After all, canary. After all that.'
	all_sounds_are_there
	paths >"$work/paths"
	! grep -qxFf <(echo "$late_paths") "$work/paths" || fail 'an address comes again'
}

healthy_all_the_time() {
	local code
	trap 'exit 0' TERM
	: >"$work/unhealthy"
	while :; do
		code=$(curl -s -m 30 -o /dev/null -w '%{http_code}' "$url/healthz") || :
		[ "$code" = 200 ] || { echo "healthz: $code" >"$work/unhealthy" && exit 1; }
	done
}

test_lost_sounds_are_spoken_again_under_the_same_addresses() {
	local before
	stand_ins
	new_user
	new_project 'One canary. Another one. The third canary.'
	all_ready
	before=$(paths && sums)
	hold_renderer
	rm -rf "${STATE:?}/media"
	release_renderer
	# A directory without the marker is not accepted as media.root.
	sleep 3
	[ ! -e "$STATE/media" ] || fail 'something is rendered into a place that is not mounted'
	follow 'The sounds are lost'
	all_sounds_are_there
	equal "$(paths && sums)" "$before" 'sounds'
}

test_a_lost_database_leaves_a_way_to_begin_anew() {
	local old
	stand_ins
	new_user
	new_project 'One canary. Another one.'
	all_ready
	old=$(paths)
	hold_renderer
	sql 'DROP DATABASE tts'
	follow 'The database is lost'
	release_renderer
	request GET /project/
	expect 401
	until_so 30 answers /healthz 200
	new_user
	new_project 'A new canary. And another one.'
	all_sounds_are_there
	paths >"$work/paths"
	! grep -qxFf <(echo "$old") "$work/paths" || fail 'an address comes again'
	for old in $old; do
		request GET "$old"
		expect 404
		test -s "$STATE/media.lost${old#/media}" || fail "$old was not put aside"
	done
	rm -rf "$STATE/media.lost"
}

test_it_moves_to_another_host() {
	local before waiting moved
	command -v mariadb-dump >/dev/null || exit 77
	stand_ins
	trap back_home EXIT
	new_user
	new_project 'One canary. Another one. The third canary.'
	all_ready
	before=$(content && paths && sums)
	moved=$project
	hold_renderer
	new_project 'Not spoken yet, canary.'
	waiting=$project
	exec 8>&-
	follow 'Move to another host: the old one'

	# The new host has the same directory, empty except for its own database.
	tests/mariadb stop "$STATE/db"
	mv "$STATE" "$work/old"
	tests/mariadb start "$STATE/db"
	follow 'Move to another host: the new one'
	project=$moved
	equal "$(content && paths && sums)" "$before" 'what has moved'
	project=$waiting
	all_sounds_are_there
	request GET /project/
	want '.total == 2'
}

back_home() {
	[ -d "$work/old" ] || return 0
	tests/stack down >/dev/null
	rm -rf "$STATE"
	mv "$work/old" "$STATE"
	tests/stack up >/dev/null
}
