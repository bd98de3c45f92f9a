#!/bin/bash
# CPU per second of sound of the whole renderer (claim, fork, speak, encode, fsync, rename, publish)
# against a bare loop of espeak-ng and LAME in one process with the same settings, without setting the
# loudness; the cost of setting it; and the CPU of the database. One worker is compared with one loop,
# and two with two loops at the same time: cores that share execution units slow each other down,
# whatever runs on them. As the speed of such a machine varies, the runs are short and alternate, and
# each is compared with the loops before and after it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 16000 6000)"
sentences >"$BENCH_TMP/list"
for workers in 1 2; do
	for lufs in 0 -19; do
		cp "$CONF" "$STATE/$workers$lufs.conf"
		CONF=$STATE/$workers$lufs.conf set_conf scheduler.workers=$workers speech.loudness_lufs=$lufs
	done
done

# Each sets $ms: the CPU time in ms per second of sound.
bare() { # N at the same time
	local i
	bare_loops "$1"
	ms=$(for i in $(seq "$1"); do
		calc "1000 * $(field 3 <"$BENCH_TMP/loop.$i") / $(field 2 <"$BENCH_TMP/loop.$i")" '%.3f\n'
	done | median)
}

ours() { # WORKERS LUFS
	queue_again
	drain_all "$STATE/$1$2.conf"
	ms=$(calc "1000 * $cpu / $sound" %.3f) db_ms=$(calc "1000 * $db_cpu / $sound" %.3f)
}

# between WORKERS: our result, and the mean of the loops before and after it.
between() {
	local before
	bare "$1" && before=$ms
	ours "$1" 0 && plain=$ms
	bare "$1"
	echo "$plain $(calc "($before + $ms) / 2" %.3f)" >>"$BENCH_TMP/bare.$1"
}

for _ in $(seq "$(pick 9 1)"); do
	between 1
	echo "$db_ms $plain" >>"$BENCH_TMP/db"
	between 2
	ours 1 0 && plain=$ms
	ours 1 -19
	echo "$ms $plain" >>"$BENCH_TMP/loudness"
done
judge_rounds "CPU of the renderer a second of sound, against a bare loop" "$BENCH_TMP/bare.1" ms le 1.15
judge_rounds "the same with two workers, against two loops at the same time" "$BENCH_TMP/bare.2" ms le 1.15
judge_rounds "CPU of MariaDB, against that of the renderer" "$BENCH_TMP/db" ms le 0.05
judge_rounds "CPU with the loudness set, against as it is" "$BENCH_TMP/loudness" ms le 1.15
