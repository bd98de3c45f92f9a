# Three levels of storage on three file systems of the machine that boots; sourced by tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# levels_begin: silver and gold are added to the tree that is there. Three fetches are enough for gold.
levels_begin() {
	local level
	for level in silver gold; do
		inside mkdir -p "/srv/$level"
		inside mount -t tmpfs -o mode=755,size=64M none "/srv/$level"
	done
	cat >"$root/etc/tts/conf.d/levels.conf" <<-END
		levels = {
			list = (
				{ name = "bronze"; path = "/var/lib/tts/media"; min_count = 0; },
				{ name = "silver"; path = "/srv/silver"; min_count = 2; free_mib = 1; },
				{ name = "gold"; path = "/srv/gold"; min_count = 3; free_mib = 1; }
			);
			half_life_sec = 0;
			min_stay_sec = 0;
			repeat_sec = 0;
			daily_max = 0;
			interval_sec = 3600;
			grace_sec = 2;
		};
	END
	inside tts-setup
}

# fetched PATH N: N times; and what nginx keeps back for a second is in its log.
fetched() {
	local i
	for ((i = 0; i < $2; i++)); do
		download "$1" "$work/fetched.mp3"
	done
	sleep 2
}

# name_of PATH: as the database has it.
name_of() {
	local name=${1#/media/}
	echo "${name%-*}"
}

# moved: one run, to its end.
moved() {
	inside systemctl start tts-tier.service || fail "$(inside journalctl -u tts-tier -o cat -n 20)"
}

level_of() {
	inside ttsctl tier show --json "$1" | jq -r .content_level
}

test_levels_are_off_without_a_list() {
	inside systemctl -q is-enabled tts-tier.timer
	unit_is tts-tier.timer inactive
	inside systemctl start tts-tier.service
	unit_is tts-tier.service inactive
	never grep Starting <<<"$(inside journalctl -u tts-tier -o cat)"
	nothing_failed
}

test_levels_are_made_by_one_step() {
	local level
	kept
	levels_begin
	until_so 20 healthy
	unit_is tts-tier.timer active
	for level in silver gold; do
		equal "$(inside stat -c '%U:%G %a' "/srv/$level")" 'tts-render:www-data 2750' "$level"
		inside test -e "/srv/$level/.tts-media"
	done
	inside ttsctl tier
	inside ttsctl status
	nothing_failed
}

test_levels_have_what_is_fetched_and_the_url_stays() {
	local path name tag
	kept
	all_ready
	request GET "/project/$project/page/1"
	path=$(get .page[1].path) # the first sentence is edited later
	name=$(name_of "$path")
	download "$path" "$work/before.mp3"
	tag=$(curl -sI "$url$path" | grep -i '^etag')
	# As nginx's log is after it was rotated.
	inside chown www-data:adm /var/log/nginx/tts-fetches.log
	inside chmod 640 /var/log/nginx/tts-fetches.log
	fetched "$path" 4
	moved
	equal "$(level_of "$name")" gold
	inside test -s "/srv/gold${path#/media}"
	never inside test -e "/var/lib/tts$path"
	equal "$(inside stat -c '%U:%G %a' "/srv/gold${path#/media}")" 'tts-render:www-data 640'
	download "$path" "$work/after.mp3"
	cmp "$work/before.mp3" "$work/after.mp3"
	equal "$(curl -sI "$url$path" | grep -i '^etag')" "$tag"
	inside journalctl --sync
	inside journalctl -u tts-tier -o cat | grep -q "$name moves bronze to gold" || fail "$(inside journalctl -u tts-tier -o cat -n 20)"
	curl -s -f -m 10 http://127.0.0.1:9584/metrics >"$work/metrics"
	grep -qx 'tts_tier_moves_total{from="bronze",to="gold"} 1' "$work/metrics" || fail "$(grep tts_tier "$work/metrics")"
	echo "$path" >"$work/gold.path"
}

test_levels_can_be_used_by_the_mover_and_by_nobody_who_needs_not() {
	local got
	inside systemctl stop tts-tier.timer
	got=$(probed tts-tier.service)
	inside systemctl start tts-tier.timer
	only "$got" 'read tier.pw' 'enter the database as tts_tier' 'write sounds' 'see sounds' 'write the lock of tts-tier' \
		'write a level' 'read the configuration' fork
	got=$(probed tts-api.service)
	inside systemctl restart tts-api.service
	never grep -x 'can write a level' <<<"$got"
	inside systemctl stop "${renderer[@]}"
	got=$(probed tts-render.service)
	inside systemctl start "${renderer[@]}"
	grep -qx 'can write a level' <<<"$got"
	until_so 20 healthy
}

test_levels_are_all_in_a_backup_with_sounds() {
	local path
	path=$(cat "$work/gold.path")
	drop_in tts-backup.service $'[Service]\nEnvironment=TTS_BACKUP_SOUNDS=yes'
	inside systemctl start tts-backup.service
	no_drop_in tts-backup.service
	inside tar -tf /var/backups/tts/latest/media.tar >"$work/archived"
	grep -qxF "srv/gold${path#/media}" "$work/archived" || fail "$(grep mp3 "$work/archived" | head)"
	grep -q '^var/lib/tts/media/.*\.mp3$' "$work/archived"
	inside sh -c 'rm -r /var/backups/tts/*'
}

# unmounted DIR: nginx keeps files open for a while, until it is told to open them anew.
unmounted() {
	inside systemctl reload nginx.service
	until_so 20 inside umount "$1"
}

# The others go on; what was there cannot be fetched until it is back.
test_levels_that_are_not_mounted_stop_nobody() {
	local path other
	kept
	path=$(cat "$work/gold.path")
	unmounted /srv/gold
	equal "$(curl -s -o /dev/null -w '%{http_code}' "$url$path")" 404
	inside ttsctl status >"$work/said" && fail 'status finds nothing'
	grep -q '^WRONG: .*gold' "$work/said" || fail "$(cat "$work/said")"
	# tts-setup takes the empty mount point for what it is.
	inside tts-setup 2>"$work/said"
	grep -q 'level gold is not used' "$work/said" || fail "$(cat "$work/said")"
	never inside test -e /srv/gold/.tts-media
	# A file that would belong to gold goes no further than silver; an edit is rendered.
	request GET "/project/$project/page/1"
	other=$(get .page[2].path)
	fetched "$other" 4
	moved
	inside journalctl --sync
	inside journalctl -u tts-tier -o cat | grep -q 'level gold cannot be used' || fail "$(inside journalctl -u tts-tier -o cat -n 20)"
	equal "$(level_of "$(name_of "$other")")" silver
	inside test -s "/srv/silver${other#/media}"
	equal "$(inside find /srv/gold -type f)" ''
	download "$other" "$work/other.mp3"
	edited 'while gold is away'
	sound_ready "$audio"
	nothing_failed
}

test_levels_that_are_back_are_used_again() {
	local path
	path=$(cat "$work/gold.path")
	inside sh -c 'mount -t tmpfs -o mode=755,size=64M none /srv/gold'
	inside sh -c 'chown tts-render:www-data /srv/gold && chmod 2750 /srv/gold && touch /srv/gold/.tts-media'
	inside ttsctl verify --repair
	until_so 30 fetchable "$path"
	fetched "$path" 4
	moved
	inside test -s "/srv/gold${path#/media}"
	inside ttsctl status
	nothing_failed
}

fetchable() {
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$url$1")" = 200 ]
}

# As tts-levels(7) says.
test_levels_can_be_taken_away_again() {
	local path
	path=$(cat "$work/gold.path")
	sed -i 's/min_count = \([23]\);/min_count = 10000000\1;/' "$root/etc/tts/conf.d/levels.conf"
	inside ttsctl config check
	inside tts-setup
	moved
	equal "$(inside find /srv/silver /srv/gold -name '*.mp3')" '' 'left on the levels'
	download "$path" "$work/after.mp3"
	inside rm /etc/tts/conf.d/levels.conf
	inside tts-setup
	unit_is tts-tier.timer inactive
	download "$path" "$work/after.mp3"
	unmounted /srv/silver
	unmounted /srv/gold
	inside rm -r /srv/silver /srv/gold
	inside ttsctl verify
	inside ttsctl status
	nothing_failed
}
