#!/bin/bash
# Memory of a run with four workers: that of renderer, fork server, zygotes and children together while
# they speak ordinary text; and a check that it is the same after 100,000 sentences as after 10,000.
# Those sentences are as short as possible, so that processes are created as fast as possible. Two
# voices.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

# One measurement of the renderer's process tree: "PSS0 PSS1 PSS2 PSS3 ALL CHILDREN OWN0 OWN", in KiB.
# Generation 0 is the renderer, 1 the fork server, 2 the zygotes, 3 the children. OWN excludes the pages
# of programs and libraries, whose share depends on who else runs them. It has to be fast, because the
# children do not wait.
look() {
	local generation=0 parents=("$renderer") pid files=() kids next
	while [ ${#parents[@]} -gt 0 ]; do
		kids=()
		for pid in "${parents[@]}"; do
			files+=("/proc/$pid/smaps_rollup")
			next=()
			read -r -a next 2>/dev/null <"/proc/$pid/task/$pid/children" # it does not end in a newline
			kids+=("${next[@]}")
			generations[pid]=$generation
		done
		parents=("${kids[@]}")
		generation=$((generation + 1))
	done
	grep -sHE '^Pss(_Anon|_Shmem)?:' "${files[@]}" | tr '/:' '  ' | while read -r _ pid _ what size _; do
		echo "${generations[pid]} $what $size"
	done | awk '
		$2 == "Pss" { pss[$1] += $3; all += $3; seen[$1]++ }
		$2 != "Pss" { own += $3 }
		$2 != "Pss" && $1 == 0 { own0 += $3 }
		END { print pss[0] + 0, pss[1] + 0, pss[2] + 0, pss[3] + 0, all + 0, seen[3] + 0, own0 + 0, own + 0 }'
}

# looks N FILE: the medians of N measurements.
looks() {
	local column generations=()
	for _ in $(seq "$1"); do
		look
		sleep 0.1
	done >"$2.looks"
	[ -n "$(alive "$renderer")" ] || die "the renderer has left: $(tail -n 1 "$BENCH_TMP/render.log")"
	for column in 1 2 3 4 5 6 7 8; do
		field $column <"$2.looks" | median
	done | xargs >"$2"
	say "after $(ready) sentences: $(cat "$2")"
}

ready() {
	db -e 'SELECT SUM(ready_count) FROM project'
}

render() {
	"$BUILD/tts-render" -c "$CONF" 2>>"$BENCH_TMP/render.log" &
	renderer=$!
	started $renderer
}

until_ready() {
	until [ "$(ready)" -ge "$1" ]; do
		[ -n "$(alive "$renderer")" ] || die "the renderer has left: $(tail -n 1 "$BENCH_TMP/render.log")"
		sleep 0.2
	done
}

say 'PSS of renderer, fork server, zygotes, children, all (KiB); number of children; own memory of the renderer, of all'
renderer_up 120000
set_conf scheduler.workers=4 scheduler.run_sec=86400
[ "$(left)" -gt 0 ] || die 'nothing in the queue'
render
until_ready 20
looks 40 "$BENCH_TMP/usual"
stop $renderer
db -e 'DELETE FROM project'
mib() {
	field "$1" <"$BENCH_TMP/usual" | awk '{ printf "%.1f", $1 / 1024 }'
}
row "memory (PSS) of a run with 4 workers and 2 voices" "$(mib 5) MiB" - - -
row "of it renderer, fork server, zygotes, children" "$(mib 1), $(mib 2), $(mib 3), $(mib 4) MiB" - - -

few=$(pick 10000 500)
many=$((few * 10))
short() {
	seq $((many / 10 + few / 5)) | sed "s/.*/$1/"
}
for _ in 1 2 3 4 5; do
	short 'No.' | new_project en-us >/dev/null || exit 1
	short '네.' | new_project ko >/dev/null || exit 1
done
stop "$(pid_of web.ours)" "$(pid_of pool.ours)"
[ "$(left)" = $((many + few * 2)) ] || die "not $((many + few * 2)) sentences in the queue"
render
until_ready "$few"
looks 20 "$BENCH_TMP/early"
for tenths in 3 5 7; do
	until_ready $((few * tenths))
	looks 20 "$BENCH_TMP/between"
done
until_ready $many
looks 20 "$BENCH_TMP/late"
stop $renderer
! grep -E 'crash|signal|failed [1-9]' "$BENCH_TMP/render.log" >&2 || die 'sentences failed'

grown() { # WHAT COLUMN KIB
	local early late verdict
	early=$(field "$2" <"$BENCH_TMP/early")
	late=$(field "$2" <"$BENCH_TMP/late")
	[ "$(calc "$early > 0 && $late - $early <= $3" %d)" = 1 ] && verdict=ok || verdict=MISSED
	row "$1 after $many sentences, against $few" "$late KiB" "$early KiB" "$(calc "$late / $early")" \
		"no growth (≤ $3 KiB)" "$verdict"
}
# The number and age of the children at the time of a measurement affect all of them.
grown 'own memory of the renderer' 7 64
grown 'own memory of renderer, fork server, zygotes and children' 8 1024
