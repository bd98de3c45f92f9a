# Hosts that share only the media directory and a database that they reach over TCP: each is a network
# namespace with a host name of its own, on a bridge; the database is on the host of the bridge.
# shellcheck shell=bash
. tests/faults/witness.sh

row_network() {
	local host
	HOSTS=(one two three)
	declare -gA NAMESPACE=()
	[ "$(id -u)" = 0 ] && unshare --net --uts true 2>/dev/null && command -v ip nsenter >/dev/null || return 0
	stack_new
	network || return
	TTS_STATE=$STATE inside hub tests/mariadb start "$STATE/db" --skip-networking=0 --bind-address=10.77.0.1 || return
	stack_set scheduler.lease_sec=8 speech.timeout_sec=3 speech.language='"en"' && login || return
	sql/migrate --socket="$STATE/db/mysql.sock" --user="$(id -un)" --accounts="$STATE/secrets" \
		--from-host=10.77.0.% || return
	for host in "${HOSTS[@]}"; do
		host_add "$host" || return
		sed -i '/^databases/,/^}/s|^\tsocket = .*|\tsocket = ""; host = "10.77.0.1";|' "$STATE/$host.conf"
	done
	witness_begin && client project 3 >/dev/null && drain && oracle
}

# A namespace exists as long as a process is in it.
space() {
	unshare --net --uts sleep infinity &
	NAMESPACE[$1]=$!
	disown $!
	until_so 5 apart $!
	inside "$1" hostname "$1"
	inside "$1" ip link set lo up
}

apart() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

inside() {
	local place=$1
	shift
	nsenter --target "${NAMESPACE[$place]}" --net --uts "$@"
}

network() {
	local host n=1
	space hub && inside hub ip link add bridge type bridge && inside hub ip address add 10.77.0.1/24 dev bridge &&
		inside hub ip link set bridge up || return
	for host in "${HOSTS[@]}"; do
		n=$((n + 1))
		space "$host" &&
			inside hub ip link add "$host" type veth peer name wire netns "${NAMESPACE[$host]}" &&
			inside hub ip link set "$host" master bridge up &&
			inside "$host" ip address add 10.77.0.$n/24 dev wire && inside "$host" ip link set wire up || return
	done
}

ON_HOST() {
	local host=$1
	shift
	exec nsenter --target "${NAMESPACE[$host]}" --net --uts "$@"
}

dies() {
	[ ${#NAMESPACE[@]} -gt 0 ] || skip 'no right to make network namespaces'
	one_dies "$@"
}

# The cable is pulled in mid-batch, and plugged in again when the others have done everything.
cut_off() {
	local event late
	[ ${#NAMESPACE[@]} -gt 0 ] || skip 'no right to make network namespaces'
	event=$(last_event)
	client project 120 >/dev/null
	timer two
	until_so 30 published_some two "$event" || fail 'it publishes nothing'
	until_so 30 holds two
	inside hub ip link set two down
	timer one
	timer three
	until_so 90 rendered || fail 'not everything is rendered'
	inside hub ip link set two up
	late=$(lateness two "$event")
	client project 3 >/dev/null
	until_so 60 rendered || fail 'not everything is rendered after it came back'
	timer_stop one two three
	note "the last claim was back $late ms after its lease; sounds: $(published_by "$event" | xargs)"
	nothing_twice
	drain
	oracle 10
}

published_some() {
	[ "$(sql "SELECT COUNT(*) FROM witness.event WHERE state = 'ready' AND host_was = '$1' AND id > $2")" -gt 5 ]
}

cases_network() {
	local n
	for ((n = $(pick 1 3 20); n > 0; n--)); do
		test_case usual 'two hosts, one killed in mid-batch' dies two one
		test_case short 'three hosts, one killed in mid-batch' dies two one three
	done
	test_case usual 'three hosts, one disconnected in mid-batch' cut_off
}
