#!/bin/bash
# Two workers against one. Two bare loops at the same time against one show what the machine itself
# gains from a second process: two cores that share execution units are not worth two.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 80000 6000)"
sentences >"$BENCH_TMP/list"
for workers in 1 2; do
	cp "$CONF" "$STATE/$workers.conf"
	CONF=$STATE/$workers.conf set_conf scheduler.workers=$workers
done

for _ in $(seq "$(pick 5 1)"); do
	for workers in 1 2; do
		queue_again
		drain_all "$STATE/$workers.conf"
		rate[workers]=$(calc "$n / $wall" %.1f)
	done
	echo "${rate[2]} ${rate[1]}" >>"$BENCH_TMP/ours"
	one=$(bare_rate 1) && two=$(bare_rate 2) || exit 1
	echo "$two $one" >>"$BENCH_TMP/bare"
done
judge_rounds "two workers, against one" "$BENCH_TMP/ours" /s ge 1.9
row_rounds "what this machine gives two bare loops, against one" "$BENCH_TMP/bare" /s
