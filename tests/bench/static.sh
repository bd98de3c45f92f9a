#!/bin/bash
# An MP3 through the nginx configuration of the service, against nginx with only a root.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

conf_up static
# The size of a typical sentence: five seconds at 64 kbit/s.
name=0/1/1-r1-00000000000000000000000000000000.mp3
mkdir -p "$STATE/media/0/1"
head -c 40000 /dev/urandom >"$STATE/media/$name"
web ours "$PORT_A" "$BENCH_TMP/none.sock"
web_bare peer "$PORT_B" "$STATE"
for port in "$PORT_A" "$PORT_B"; do
	curl -sf "http://127.0.0.1:$port/media/$name" | cmp - "$STATE/media/$name" ||
		die "port $port gives another file"
done

side() { # NAME PORT
	local before after out
	before=$(ticks_of "web.$1")
	out=$(load "$seconds" 16 "http://127.0.0.1:$2/media/$name" one) || exit 1
	after=$(ticks_of "web.$1")
	field 1 <<<"$out" >>"$BENCH_TMP/$1.static"
	calc "($after - $before) * 10000 / $(field 4 <<<"$out")" '%.1f\n' >>"$BENCH_TMP/$1.cpu"
}

seconds=$(pick 4 2)
for _ in $(seq "$(pick 9 3)"); do
	side ours "$PORT_A"
	side peer "$PORT_B"
done
judge "GET of an MP3, against bare nginx" \
	"$(median <"$BENCH_TMP/ours.static")" "$(median <"$BENCH_TMP/peer.static")" /s ge 0.95
ours=$(median <"$BENCH_TMP/ours.cpu") peer=$(median <"$BENCH_TMP/peer.cpu")
row "GET of an MP3: CPU of nginx a request" "$ours µs" "$peer µs" "$(calc "$ours / $peer" %.2f)" -
