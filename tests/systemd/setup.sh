# tts-setup on the machine that boots: the site, the configuration, what runs already; sourced by
# tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# ---------------------------------------------------------------------------------- the site

test_a_site_whose_port_is_taken_stays_off() {
	inside rm /etc/nginx/sites-enabled/tts
	printf 'server { listen 8080; return 204; }\n' >"$root/etc/nginx/conf.d/other.conf"
	inside systemctl restart nginx
	until_so 10 healthy 204
	inside tts-setup >"$work/said" 2>&1
	grep -q 'port 8080 is in use' "$work/said"
	grep -q 'set up, but the nginx site is off' "$work/said"
	healthy 204
	# It can be had elsewhere.
	inside tts-setup --listen='127.0.0.1:8081 [::1]:8081'
	url=http://127.0.0.1:8081 until_so 10 healthy
	rm "$root/etc/tts/conf.d/listen.conf"
	inside rm /etc/nginx/sites-enabled/tts
	inside systemctl reload nginx
	rm "$root/etc/nginx/conf.d/other.conf"
	inside systemctl reload nginx
	until_so 10 not_listening
	inside tts-setup 2>"$work/said"
	until_so 10 healthy
}

not_listening() {
	! curl -s -m 5 -o /dev/null "$url/"
}

test_the_site_listens_where_it_is_told_and_by_default_on_loopback_alone() {
	local far
	inside ip address add 192.0.2.20/32 dev lo
	far=http://192.0.2.20:8080/healthz
	curl -s -f -m 5 -o /dev/null 'http://[::1]:8080/healthz'
	never curl -s -m 5 -o /dev/null $far
	inside tts-setup --listen='127.0.0.1:8080 192.0.2.20:8080'
	until_so 10 curl -s -f -m 5 -o /dev/null $far
	inside tts-setup --listen='0.0.0.0:8080'
	curl -s -f -m 5 -o /dev/null $far
	inside tts-setup --listen='127.0.0.1:8080 192.0.2.20:8080'
	curl -s -f -m 5 -o /dev/null $far
	until_so 10 never_answers 'http://[::1]:8080/healthz'
	# What nginx would not start with does not get to it, what is no address not even into the configuration.
	inside tts-setup --listen='203.0.113.9:8080' 2>"$work/said" && fail 'an address that is not here is taken'
	grep -q 'nginx does not take what tts.conf says.*203.0.113.9' "$work/said" || fail "$(cat "$work/said")"
	inside nginx -t
	never grep 203.0.113.9 -r "$root/etc/tts"
	inside tts-setup
	curl -s -f -m 5 -o /dev/null $far
	inside tts-setup --listen='somewhere' 2>"$work/said" && fail 'a word is taken for an address'
	grep -q 'listen.conf:[0-9]*: http.listen: "somewhere"' "$work/said" || fail "$(cat "$work/said")"
	rm "$root/etc/tts/conf.d/listen.conf"
	inside tts-setup
	until_so 10 never_answers $far
	until_so 10 healthy
}

never_answers() {
	! curl -s -m 5 -o /dev/null "$1"
}

test_an_address_of_ipv6_is_left_out_where_there_is_none() {
	local settings=/usr/share/tts-provider/nginx/settings
	inside $settings /tmp/settings ttsctl
	inside grep -qx 'listen \[::1\]:8080;' /tmp/settings/server.conf
	# A network of its own has no addresses yet.
	inside unshare --net $settings /tmp/settings ttsctl
	inside grep -qx 'listen 127.0.0.1:8080;' /tmp/settings/server.conf
	never inside grep '::1' /tmp/settings/server.conf
	inside rm -r /tmp/settings
}

test_setup_says_what_clients_get() {
	inside tts-setup >"$work/said"
	grep -qx 'TTS Provider is set up and answers clients.*' "$work/said"
	inside systemctl stop nginx
	inside tts-setup >"$work/said"
	grep -q 'nginx is not running' "$work/said" || fail "$(cat "$work/said")"
	inside systemctl start nginx
	inside systemctl stop mariadb.socket mariadb.service
	# It is not told that all is well, whatever the reason.
	inside tts-setup >"$work/said" 2>&1 && fail 'set up without a database'
	never grep 'is set up' "$work/said"
	inside systemctl start mariadb.service
	until_so 30 healthy
	# Somebody else's service at the same address.
	drop_in tts-api.service $'[Service]\nExecStart=\nExecStart=/bin/sleep infinity'
	inside systemctl restart tts-api.service
	inside tts-setup >"$work/said" 2>&1 && fail 'set up without a pool'
	grep -q 'clients get no answer at 127.0.0.1, port 8080' "$work/said" || fail "$(cat "$work/said")"
	no_drop_in tts-api.service
	inside systemctl restart tts-api.service
	until_so 30 healthy
}

# ---------------------------------------------------------------------------------- the configuration

test_a_database_on_tcp_is_reached_through_an_open_door_for_it_alone() {
	kept
	cp "$root/etc/tts/tts.conf" "$work/tts.conf"
	sed -i '/^databases/,/^}/s|^\tsocket = .*|\thost = "127.0.0.1";|' "$root/etc/tts/tts.conf"
	# The pool that was running has a network without TCP.
	inside tts-setup --from-host=127.0.0.1
	healthy
	edited 'far away'
	sound_ready "$audio"
	equal "$(inside systemctl show -P IPAddressAllow tts-render.service)" 127.0.0.1/32
	[ "$(sql "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'tts_api' AND host LIKE '%:%'")" -gt 0 ]
	cp "$work/tts.conf" "$root/etc/tts/tts.conf"
	inside tts-setup
	healthy
}

test_a_change_of_the_configuration_is_loaded() {
	kept
	echo 'limits = { title_chars = 3; };' >"$root/etc/tts/conf.d/titles.conf"
	inside systemctl reload tts-api.service
	until_so 20 refuses_a_title
	rm "$root/etc/tts/conf.d/titles.conf"
	inside systemctl reload tts-api.service
	until_so 20 takes_a_title
}

title() {
	send POST '/project/?preview=1' '{"title":"four","sentences":"A canary."}'
}

refuses_a_title() {
	title && [ "$status" = 422 ]
}

takes_a_title() {
	title && [ "$status" = 200 ]
}

test_a_wrong_configuration_stops_no_pool() {
	local pid
	echo 'colour = "blue";' >"$root/etc/tts/conf.d/wrong.conf"
	inside systemctl reload tts-api.service 2>/dev/null && fail 'a wrong configuration is loaded'
	inside tts-setup 2>"$work/said" && fail 'tts-setup takes a wrong configuration'
	grep -q 'conf.d/wrong.conf:1: colour: there is no such key' "$work/said"
	healthy
	# Nor do the workers mind that are started from now on, one after the other or all of them.
	inside pkill -KILL -x tts-api
	until_so 20 healthy
	inside systemctl restart tts-api.service
	until_so 20 healthy
	inside journalctl --sync
	inside journalctl -u tts-api -o cat -n 50 >"$work/journal"
	grep -q 'conf.d/wrong.conf:1: colour: there is no such key' "$work/journal"
	grep -q 'the pool uses the one it had' "$work/journal"
	# An upgrade leaves alone what it could not start again.
	pid=$(inside systemctl show -P MainPID tts-api.service)
	inside tts-setup --upgrade 2>/dev/null && fail 'an upgrade restarts the pool with a wrong configuration'
	equal "$(inside systemctl show -P MainPID tts-api.service)" "$pid"
	healthy
	rm "$root/etc/tts/conf.d/wrong.conf"
	inside systemctl reload tts-api.service
	until_so 20 healthy
}

# With no configuration of before there is nothing to run with.
test_a_wrong_configuration_is_said_and_mended() {
	cp "$root/etc/tts/tts.conf" "$work/tts.conf"
	echo 'colour = "blue";' >>"$root/etc/tts/tts.conf"
	inside systemctl stop tts-api.service
	inside systemctl start tts-api.service 2>/dev/null && fail 'it starts with a wrong configuration'
	inside journalctl --sync
	inside journalctl -u tts-api -o cat -n 50 | grep -q 'tts.conf:[0-9]*: colour: there is no such key'
	cp "$work/tts.conf" "$root/etc/tts/tts.conf"
	until_so 30 healthy
	unit_is tts-api.socket active
}

# ---------------------------------------------------------------------------------- elsewhere

# As an image of a machine is built: no systemd, no /proc.
test_it_installs_in_a_chroot_without_proc() {
	local dir=$work/chroot
	mkdir "$dir" "$work/chroot.upper" "$work/chroot.work"
	mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/chroot.upper,workdir=$work/chroot.work" "$dir" || exit 77
	trap 'umount -l "$work/chroot"' EXIT
	cp "$deb" "$dir/new.deb"
	[ -z "$(ls -A "$dir/proc")" ]
	DEBIAN_FRONTEND=noninteractive chroot "$dir" apt-get -y --no-install-recommends install /new.deb >"$work/apt.log" 2>&1 </dev/null ||
		fail "$(tail -n 20 "$work/apt.log")"
	equal "$(chroot "$dir" sh -c 'ls /etc/tts/secrets | wc -l')" ${#secrets[@]} secrets
	grep -qx 'listen 127.0.0.1:8080;' "$dir/etc/tts/nginx/server.conf"
	equal "$(dpkg-query --admindir="$dir/var/lib/dpkg" -W -f '${db:Status-Abbrev}' tts-provider)" 'ii '
}
