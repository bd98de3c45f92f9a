# Shared by the rows with several hosts: a timer for each host, and a witness in the database, which
# records the effect of each committed transaction on a sentence.
# shellcheck shell=bash
#
# From the environment: NOTES, a file to which the cases write their figures.

interval=2

note() {
	say "$*"
	printf '%s\n' "$*" >>"${NOTES:-/dev/null}"
}

witness_begin() {
	sql "CREATE DATABASE witness;
		CREATE TABLE witness.event (id BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME(3), audio BIGINT,
			revision BIGINT, was VARCHAR(8), state VARCHAR(8), host VARCHAR(64), host_was VARCHAR(64),
			lease_was DATETIME(3));
		CREATE TRIGGER witness AFTER UPDATE ON audio FOR EACH ROW
			INSERT INTO witness.event (at, audio, revision, was, state, host, host_was, lease_was)
			SELECT UTC_TIMESTAMP(3), NEW.id, NEW.revision, OLD.state, NEW.state, NEW.host, OLD.host, OLD.lease_until
			FROM DUAL WHERE NEW.state <> OLD.state OR NOT NEW.claim_token <=> OLD.claim_token"
}

# Nothing was claimed that was not free, and no revision of a sentence was published twice.
nothing_twice() {
	local claims publications
	claims=$(sql "SELECT COUNT(*) FROM witness.event WHERE state = 'claimed' AND was <> 'pending'")
	publications=$(sql "SELECT COUNT(*) FROM (SELECT audio FROM witness.event WHERE state = 'ready'
		GROUP BY audio, revision HAVING COUNT(*) > 1) AS twice")
	[ "$claims $publications" = '0 0' ] || fail "$claims claims of what was claimed, $publications sounds published twice"
}

# Which hosts published something since event N: "HOST SOUNDS" lines.
published_by() {
	sql "SELECT host_was, COUNT(*) FROM witness.event WHERE state = 'ready' AND id > ${1:-0} GROUP BY 1 ORDER BY 1"
}

last_event() {
	sql 'SELECT COALESCE(MAX(id), 0) FROM witness.event'
}

# timer HOST [NAME=VALUE]…: run its renderer now with this environment, and then every interval without
# it, until "timer_stop HOST". ON_HOST HOST COMMAND… runs something there.
timer() {
	local host=$1
	shift
	rm -f "$STATE/stop.$host"
	(
		while [ ! -e "$STATE/stop.$host" ]; do
			ON_HOST "$host" env TTS_STATE="$STATE" "$@" setsid "$FAULTS_BUILD/tts-render" -c "$STATE/$host.conf" \
				2>>"$STATE/log/render.log" </dev/null &
			echo $! >"$STATE/$host.pid"
			reap $! || echo "$host $?" >>"$STATE/log/endings"
			set --
			sleep $interval
		done
	) &
	echo $! >"$STATE/$host.timer"
}

timer_stop() {
	local host pid
	for host; do
		: >"$STATE/stop.$host"
	done
	for host; do
		[ -e "$STATE/$host.timer" ] || continue
		pid=$(<"$STATE/$host.pid")
		kill -TERM "$pid" 2>/dev/null || true
		until_so 20 ended "$(<"$STATE/$host.timer")" || fail "the renderer of $host does not leave"
		rm "$STATE/$host.timer"
	done
}

ended() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

holds() {
	[ "$(count "state = 'claimed' AND host = '$1'")" -gt 0 ]
}

# await_death HOST: wait until the renderer that was started first has been killed, with all its children.
await_death() {
	local pid
	: >"$STATE/stop.$1"
	pid=$(<"$STATE/$1.pid")
	until_so 30 ended "$pid" || fail "the renderer of $1 does not die"
	until_so 10 session_gone "$pid" || fail "children of the renderer of $1 are still there"
	until_so 10 ended "$(<"$STATE/$1.timer")"
	rm "$STATE/$1.timer"
}

# lateness HOST EVENT: how many ms after the end of its lease the last claim of HOST was taken back since
# that event, by another host.
lateness() {
	sql "SELECT COALESCE(MAX(TIMESTAMPDIFF(MICROSECOND, lease_was, at)) DIV 1000, 'never') FROM witness.event
		WHERE host_was = '$1' AND was = 'claimed' AND state = 'pending' AND at >= lease_was AND id > $2"
}

# one_dies VICTIM OTHER…: all of them render while somebody edits, and VICTIM is killed in mid-batch. The
# others take over its claims within the lease and an interval, and nothing is charged. Then it
# comes back.
one_dies() {
	local victim=$1 host project event held late
	shift
	event=$(last_event)
	project=$(client project 120)
	timer "$victim" "TTS_FAULT=render.parent.received:kill:$((5 + $(random 20)))"
	for host; do
		timer "$host"
	done
	load_start "$project" 20
	await_death "$victim"
	held=$(count "state = 'claimed' AND host = '$victim'")
	until_so 60 let_go "$victim" || fail "the $held claims of $victim never came back"
	load_stop
	late=$(lateness "$victim" "$event")
	until_so 90 rendered || fail 'not everything is rendered'
	timer "$victim"
	client project 3 >/dev/null
	until_so 60 rendered || fail 'not everything is rendered after it came back'
	timer_stop "$victim" "$@"
	note "$victim died with $held claims; the last was back ${late} ms after its lease; sounds: $(published_by "$event" | xargs)"
	[ "$held" = 0 ] || [ "$late" = never ] || [ "$late" -le $((interval * 1000 + 3000)) ] ||
		fail "a claim was back only $late ms after its lease"
	[ "$(count 'attempts > 0 OR crashes > 0')" = 0 ] || fail 'somebody was charged'
	nothing_twice
	drain
	oracle 10
}

let_go() {
	! holds "$1"
}
