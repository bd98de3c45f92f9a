#!/bin/bash
# A run of 10,000 sentences against runs of a tenth of them, by elapsed time and by CPU; and the memory
# of the renderer with its children early and late in the long run. As the speed of a shared machine
# varies, a long run has ten short ones around it, five before and five after, and is compared with
# their mean.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

renderer_up "$(pick 86000 4000)" 10
small="project_id IN (SELECT id FROM (SELECT id FROM project ORDER BY id LIMIT 2) AS first)"

pss() { # in KiB, of a process and its descendants
	local pid
	for pid in $(tree "$1"); do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '{ n += $1 } END { print n }'
}

# Measure the memory until the renderer exits; rarely, because each measurement slows it down.
watch_pss() {
	local pid
	while sleep "$(pick 4 0.5)"; do
		for pid in $(tree $$); do
			grep -qsx tts-render "/proc/$pid/comm" || continue
			pss "$pid"
			break
		done
	done >"$1"
}

run() { # NAME [WHERE]
	queue_again "${2-}"
	drain_all
	echo "$wall" >>"$BENCH_TMP/$1.wall"
	echo "$cpu" >>"$BENCH_TMP/$1.cpu"
	echo "$n" >"$BENCH_TMP/$1.n"
}

five_short() {
	for _ in 1 2 3 4 5; do
		run short "$small"
	done
}

mean() {
	awk '{ sum += $1 } END { printf "%.3f\n", sum / NR }'
}

drain_all # the pages of the table and the directories are created only once
for _ in $(seq "$(pick 2 1)"); do
	rm -f "$BENCH_TMP"/{long,short}.{wall,cpu}
	five_short
	watch_pss "$BENCH_TMP/pss" &
	watcher=$!
	started $watcher
	run long
	stop $watcher
	five_short
	for what in wall cpu; do
		echo "$(mean <"$BENCH_TMP/long.$what") $(mean <"$BENCH_TMP/short.$what")" >>"$BENCH_TMP/$what"
	done
done
[ "$(cat "$BENCH_TMP/long.n")" = $(($(cat "$BENCH_TMP/short.n") * 10)) ] || die 'the long run is not ten short ones'
what="a run of $(cat "$BENCH_TMP/long.n") sentences, against one of $(cat "$BENCH_TMP/short.n")"
for pair in wall:time cpu:CPU; do
	within "$what: ${pair#*:}" "$(field 1 <"$BENCH_TMP/${pair%:*}" | mean)" \
		"$(field 2 <"$BENCH_TMP/${pair%:*}" | mean)" s 10 5
done
early=$(head -n 8 "$BENCH_TMP/pss" | median) late=$(tail -n 8 "$BENCH_TMP/pss" | median)
row "memory (PSS) of renderer and children, late in it against early" "$late KiB" "$early KiB" \
	"$(calc "$late / $early")" -
