#!/bin/bash
# An MP3 on the highest and one on the lowest of three levels, against the same nginx without levels.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

conf_up levels
# The size of a typical sentence: five seconds at 64 kbit/s.
low=0/1/1-r1-00000000000000000000000000000000.mp3 high=0/1/2-r1-00000000000000000000000000000000.mp3
mkdir -p "$STATE"/{media,silver,gold}/0/1 "$STATE/conf.d"
head -c 40000 /dev/urandom >"$STATE/media/$low"
head -c 40000 /dev/urandom >"$STATE/gold/$high"
web before "$PORT_A" "$BENCH_TMP/none.sock"
echo "levels = { list = ( { name = \"bronze\"; min_count = 0; path = \"$STATE/media\"; },
	{ name = \"silver\"; min_count = 3; path = \"$STATE/silver\"; }, { name = \"gold\"; min_count = 20; path = \"$STATE/gold\"; } );
	fetch_log = \"$STATE/fetches.log\"; };" >"$STATE/conf.d/levels.conf"
web levels "$PORT_B" "$BENCH_TMP/none.sock"

gets() { # PORT NAME FILE
	curl -sf "http://127.0.0.1:$1/media/$2" | cmp - "$3" || die "port $1 gives another file for $2"
}
gets "$PORT_A" "$low" "$STATE/media/$low"
gets "$PORT_B" "$low" "$STATE/media/$low"
gets "$PORT_B" "$high" "$STATE/gold/$high"
! curl -sf -o /dev/null "http://127.0.0.1:$PORT_A/media/$high" || die 'there are levels where there should be none'

# side NAME WEB PORT FILE: sets $rate, requests per second, and adds µs of CPU for each to NAME.cpu.
side() {
	local begin end out
	begin=$(ticks_of "web.$2")
	out=$(load "$seconds" 16 "http://127.0.0.1:$3/media/$4" one) || exit 1
	end=$(ticks_of "web.$2")
	rate=$(field 1 <<<"$out")
	calc "($end - $begin) * 10000 / $(field 4 <<<"$out")" '%.1f\n' >>"$BENCH_TMP/$1.cpu"
}

seconds=$(pick 4 2)
for _ in $(seq "$(pick 9 3)"); do
	side before before "$PORT_A" "$low"
	before=$rate
	side high levels "$PORT_B" "$high"
	echo "$rate $before" >>"$BENCH_TMP/high.rounds"
	side low levels "$PORT_B" "$low"
	echo "$rate $before" >>"$BENCH_TMP/low.rounds"
done
judge_rounds 'GET of an MP3 on the highest of 3 levels, against no levels' "$BENCH_TMP/high.rounds" /s ge 0.98
judge_rounds 'GET of an MP3 on the lowest of 3 levels, against no levels' "$BENCH_TMP/low.rounds" /s ge 0.95
before=$(median <"$BENCH_TMP/before.cpu")
for side in high low; do
	cpu=$(median <"$BENCH_TMP/$side.cpu")
	row "GET of an MP3 on the ${side}est of 3 levels: CPU of nginx a request" "$cpu µs" "$before µs" "$(calc "$cpu / $before" %.2f)" -
done
