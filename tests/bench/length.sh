#!/bin/bash
# A run of 10,000 sentences against a run of a tenth of them, by the clock and by CPU; and the memory
# of the renderer with its children early and late in the long run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

renderer_up "$(pick 86000 4000)" 10
small="project_id IN (SELECT id FROM (SELECT id FROM project ORDER BY id LIMIT 2) AS first)"

pss() { # KiB, of a process and its descendants
	local pid
	for pid in $(tree "$1"); do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '{ n += $1 } END { print n }'
}

# Look at the memory twice a second until the renderer is gone.
watch_pss() {
	local pid
	while sleep 0.5; do
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
	calc "$wall" '%.3f\n' >>"$BENCH_TMP/$1.wall"
	calc "$cpu" '%.3f\n' >>"$BENCH_TMP/$1.cpu"
	echo "$n" >"$BENCH_TMP/$1.n"
}

drain_all # the pages of the table and the directories are made once
for _ in $(seq "$(pick 2 1)"); do
	run short "$small"
	run short "$small"
	watch_pss "$BENCH_TMP/pss" &
	watcher=$!
	started $watcher
	run long
	stop $watcher
	run short "$small"
done
[ "$(cat "$BENCH_TMP/long.n")" = $(($(cat "$BENCH_TMP/short.n") * 10)) ] || die 'the long run is not ten short ones'
what="a run of $(cat "$BENCH_TMP/long.n") sentences, against one of $(cat "$BENCH_TMP/short.n")"
within "$what: time" "$(median <"$BENCH_TMP/long.wall")" "$(median <"$BENCH_TMP/short.wall")" s 10 5
within "$what: CPU" "$(median <"$BENCH_TMP/long.cpu")" "$(median <"$BENCH_TMP/short.cpu")" s 10 5
early=$(head -n 20 "$BENCH_TMP/pss" | median) late=$(tail -n 20 "$BENCH_TMP/pss" | median)
row "memory (PSS) of renderer and children, late in it against early" "$late KiB" "$early KiB" \
	"$(calc "$late / $early")" -
