# Helpers of the tests on the machine: a client, the database, drop-ins; sourced by tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
#
# The client is that of the end-to-end tests, run on the network of the machine.

. tests/e2e/lib.sh
url=http://127.0.0.1:8080 body='' last=''
mapfile -t -d ' ' secrets < <(sed -n 's/^\tfor name in \(.*\.pw\); do$/\1/p' systemd/tts-setup)
renderer=(tts-render.timer tts-render.path)

curl() {
	outside curl "$@"
}

sql() {
	inside mariadb -N -B tts -e "$1"
}

apt() {
	inside DEBIAN_FRONTEND=readline apt-get -y "$@" </dev/null
}

# Put a package into the machine: deliver DEB NAME
deliver() {
	cp "$1" "$root/root/$2.deb"
}

# never COMMAND…: a "!" would not end the test.
never() {
	if "$@"; then
		fail "should not succeed: $*"
	fi
}

nothing_failed() {
	local failed
	failed=$(inside systemctl --failed --no-legend --plain | grep -v '^tts-render.service' || :)
	[ -z "$failed" ] || fail "failed: $failed"
}

healthy() {
	[ "$(curl -s -m 10 -o /dev/null -w '%{http_code}' "$url/healthz")" = "${1:-200}" ]
}

# A user and a project for all tests, kept in files.
keep() {
	printf '%s\n' "$token" "$email" "$password" "$project" >"$work/kept"
}

kept() {
	{ read -r token && read -r email && read -r password && read -r project; } <"$work/kept"
	address=127.0.0.1
	login
}

# long_text N: a text of N sentences.
long_text() {
	local i
	for ((i = 1; i <= $1; i++)); do
		printf 'This is the canary sentence number %d, and it goes on for a while. ' "$i"
	done
}

# drop_in UNIT TEXT: as "systemctl edit" would write it.
drop_in() {
	mkdir -p "$root/etc/systemd/system/$1.d"
	printf '%s\n' "$2" >"$root/etc/systemd/system/$1.d/override.conf"
	inside systemctl daemon-reload
}

no_drop_in() {
	rm -rf "$root/etc/systemd/system/$1.d"
	inside systemctl daemon-reload
}
