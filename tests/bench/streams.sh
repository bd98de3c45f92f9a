#!/bin/bash
# Streams of events, with everything running as in normal operation: from sending an edit until its event is at
# the streams of that user, while many others are open; and the memory that each open stream takes.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

USERS=50

whole_stack s
set_conf stream.per_user=200 stream.streams=20000 http.streams=65535
"$TOP/tests/stack" up >"$BENCH_TMP/stack.log" 2>&1 || die "$(tail -n 1 "$BENCH_TMP/stack.log")"
ulimit -n "$(ulimit -Hn)"
for i in $(seq $USERS); do
	EMAIL=listener$i@example.org
	login
	echo "$TOKEN"
done >"$BENCH_TMP/tokens"
TOKEN=$(tail -n 1 "$BENCH_TMP/tokens")
sentence_to_edit

# listen EACH: open that many streams for each user.
listen() {
	"$PYTHON" "$TOP/tests/stream_clients.py" "$PORT_A" "$1" '' <"$BENCH_TMP/tokens" >"$BENCH_TMP/heard" 2>"$BENCH_TMP/why" &
	CLIENTS=$!
	started $CLIENTS clients
	wait_for 120 grep -qx open "$BENCH_TMP/heard" || die "the streams do not open: $(tail -n 1 "$BENCH_TMP/why")"
}

# private NAME: KiB of private memory of the processes of that name of this stack.
private() {
	local file pid sum=0
	for file in /proc/[0-9]*/comm; do
		pid=${file#/proc/} pid=${pid%/comm}
		[ "$(cat "$file" 2>/dev/null)" = "$1" ] || continue
		grep -qsaF "$STATE" "/proc/$pid/cmdline" "/proc/$(awk '{ print $4 }' "/proc/$pid/stat")/cmdline" || continue
		sum=$((sum + $(awk '/^Private_/ { n += $2 } END { print n + 0 }' "/proc/$pid/smaps_rollup")))
	done
	echo $sum
}

listen 20
n=$(pick 200 20)
# Each line: when the edit was sent. The last token is that of the user whose 20 streams hear of it.
"$PYTHON" - "$PORT_A" "$TOKEN" "$AUDIO" "$n" >"$BENCH_TMP/edits" <<'END' || die 'the edits fail'
import http.client, json, sys, time
port, token, audio, n = sys.argv[1:]
site = http.client.HTTPConnection("127.0.0.1", int(port))
for i in range(int(n)):
    sent = time.monotonic_ns()
    site.request("POST", f"/audio/{audio}", json.dumps({"text": f"Sentence number {i}.", "speed": 1}),
                 {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    answer = site.getresponse()
    answer.read()
    if answer.status != 201:
        sys.exit(f"{answer.status}")
    print(sent)
    time.sleep(0.1)
END
sleep 2
awk 'NR == FNR { sent[++edits] = $1; next } $4 == "audio.changed" { print ($1 - sent[++of[$2]]) / 1e6; n++ }
	END { exit n != 20 * edits }' "$BENCH_TMP/edits" "$BENCH_TMP/heard" >"$BENCH_TMP/ms" || die 'not every stream has each event once'
row "from sending an edit to its event at 20 of $((20 * USERS)) streams, p50 of $n" "$(calc "$(percentile 50 <"$BENCH_TMP/ms")" %.1f) ms" - - -
limit "the same, p95" "$(calc "$(percentile 95 <"$BENCH_TMP/ms")" %.1f)" ms 100
stop $CLIENTS

sleep 2
"$TOP/tests/stack" down >>"$BENCH_TMP/stack.log" 2>&1
"$TOP/tests/stack" up >>"$BENCH_TMP/stack.log" 2>&1 || die "$(tail -n 1 "$BENCH_TMP/stack.log")"
each=$(pick 200 20) streams=$((each * USERS))
ours=$(private tts-stream) nginx=$(private nginx)
[ "$((ours * nginx))" -gt 0 ] || die 'the processes are not found'
listen "$each"
ours=$(($(private tts-stream) - ours)) nginx=$(($(private nginx) - nginx))
limit "private memory for each of $streams streams, tts-stream and nginx" "$(calc "($ours + $nginx) / $streams" %.1f)" KiB 18
row "of which tts-stream" "$(calc "$ours / $streams" %.1f) KiB" - - -
stop $CLIENTS
