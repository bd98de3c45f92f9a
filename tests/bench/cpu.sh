#!/bin/bash
# CPU per second of sound of the whole renderer (claim, fork, speak, encode, fsync, rename, publish)
# against a bare loop of espeak-ng and LAME in one process at the same settings, which do not include
# to set the loudness; what that adds; and the database's CPU on top. One worker stands against one
# loop, and two against two loops at the same time: cores that share their arithmetic units make each
# other slower, whatever runs on them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 30000 6000)"
sentences >"$BENCH_TMP/list"
for workers in 1 2; do
	for lufs in 0 -19; do
		cp "$CONF" "$STATE/$workers$lufs.conf"
		CONF=$STATE/$workers$lufs.conf set_conf scheduler.workers=$workers speech.loudness_lufs=$lufs
	done
done

bare() { # HOW MANY at the same time
	local i pids=()
	for i in $(seq "$1"); do
		"$BENCH_TMP/bare_loop" <"$BENCH_TMP/list" >"$BENCH_TMP/out.$i" &
		pids[i]=$!
	done
	for i in "${!pids[@]}"; do
		wait "${pids[i]}" || die 'the bare loop failed'
		calc "1000 * $(field 3 <"$BENCH_TMP/out.$i") / $(field 2 <"$BENCH_TMP/out.$i")" '%.3f\n' >>"$BENCH_TMP/bare.$1"
	done
}

ours() { # WORKERS LUFS
	queue_again
	drain_all "$STATE/$1$2.conf"
	calc "1000 * $cpu / $sound" '%.3f\n' >>"$BENCH_TMP/ours.$1$2"
	calc "1000 * $db_cpu / $sound" '%.3f\n' >>"$BENCH_TMP/db.$1$2"
}

for _ in $(seq "$(pick 5 1)"); do
	bare 1
	ours 1 0
	ours 1 -19
	bare 2
	ours 2 0
done
ours=$(median <"$BENCH_TMP/ours.10") db=$(median <"$BENCH_TMP/db.10")
judge "CPU of the renderer a second of sound, against a bare loop" \
	"$ours" "$(median <"$BENCH_TMP/bare.1")" ms le 1.15
judge "the same with two workers, against two loops at the same time" \
	"$(median <"$BENCH_TMP/ours.20")" "$(median <"$BENCH_TMP/bare.2")" ms le 1.15
judge "CPU of MariaDB, against that of the renderer" "$db" "$ours" ms le 0.05
judge "CPU with the loudness set, against as it is" "$(median <"$BENCH_TMP/ours.1-19")" "$ours" ms le 1.15
