#!/bin/bash
# Two workers against one. What the machine itself gains by a second process is shown by two bare
# loops at the same time against one: two cores that share their arithmetic units are not two.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 40000 6000)"
sentences >"$BENCH_TMP/list"
for workers in 1 2; do
	cp "$CONF" "$STATE/$workers.conf"
	CONF=$STATE/$workers.conf set_conf scheduler.workers=$workers
done

bare() { # HOW MANY at the same time: sentences a second
	local begun pids=() i
	begun=$(now)
	for i in $(seq "$1"); do
		"$BENCH_TMP/bare_loop" <"$BENCH_TMP/list" >/dev/null &
		pids[i]=$!
	done
	wait "${pids[@]}"
	calc "$1 * $total * 1e6 / ($(now) - $begun)" '%.1f\n' >>"$BENCH_TMP/bare.$1"
}

total=$(wc -l <"$BENCH_TMP/list")
for _ in $(seq "$(pick 5 1)"); do
	for workers in 1 2; do
		bare $workers
		queue_again
		drain_all "$STATE/$workers.conf"
		calc "$n / $wall" '%.1f\n' >>"$BENCH_TMP/ours.$workers"
	done
done
judge "two workers, against one" "$(median <"$BENCH_TMP/ours.2")" "$(median <"$BENCH_TMP/ours.1")" /s ge 1.9
two=$(median <"$BENCH_TMP/bare.2") one=$(median <"$BENCH_TMP/bare.1")
row "what this machine gives two bare loops, against one" "$two /s" "$one /s" "$(calc "$two / $one" %.2f)" -
