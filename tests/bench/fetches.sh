#!/bin/bash
# Counting nginx's log of fetches, a million lines of it, against awk; the counts have to be the same.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

lines=$(pick 1000000 100000)
log=$BENCH_TMP/fetches.log
cc=${CC:-cc}
# shellcheck disable=SC2046,SC2086
$cc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wno-unused-parameter -o "$BENCH_TMP/fetches" "$BENCH_DIR/fetches.c" \
	"$TOP"/tier-job/fetch_{line,seen,file,read}.c "$TOP"/common/base/{crypt,mem,log,utf8}.c \
	$(pkg-config --cflags --libs libsodium libcrypto) || die 'cannot compile fetches.c'

# A day of fetches: a few files have most of them.
awk -v lines="$lines" 'BEGIN {
	srand(1)
	for (i = 0; i < lines; i++)
		printf "%d.%03d 200 30000 192.0.2.%d 0/1/%d-r1\n", 1795824000 + i * 86400 / lines, i % 1000, rand() * 200, exp(rand() * 11.5)
}' >"$log"

# CPU of a command and its children in ms.
cpu_ms() {
	local times
	TIMEFORMAT='%U %S'
	times=$({ time "$@" >"$BENCH_TMP/counts"; } 2>&1 | tail -n 1)
	awk '{ printf "%.0f\n", ($1 + $2) * 1000 }' <<<"$times"
}

for round in $(seq "$(pick 5 2)"); do
	cpu_ms "$BENCH_TMP/fetches" "$log" 0 0 >>"$BENCH_TMP/plain"
	sort "$BENCH_TMP/counts" >"$BENCH_TMP/ours.counts"
	# shellcheck disable=SC2016
	cpu_ms awk '{ n[$5]++ } END { for (i in n) print i, n[i] }' "$log" >>"$BENCH_TMP/awk"
	sort "$BENCH_TMP/counts" | cmp - "$BENCH_TMP/ours.counts" || die "round $round: the counts are not those of awk"
	cpu_ms "$BENCH_TMP/fetches" "$log" 600 50 >>"$BENCH_TMP/seen"
done
plain=$(median <"$BENCH_TMP/plain") awk=$(median <"$BENCH_TMP/awk")
row "$lines fetches counted, all of them, against awk: CPU" "$plain ms" "$awk ms" "$(calc "$plain / $awk" %.2f)" -
limit "$lines fetches counted without repeats: CPU" "$(median <"$BENCH_TMP/seen")" ms 2000
