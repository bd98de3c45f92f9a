#!/bin/bash
# Memory of the renderer, its nursery, zygotes and children in one long run with four workers: how
# much it is, and that it is no more after 100,000 sentences than after 10,000. Two voices, short
# sentences, so that the processes come and go as fast as they can.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

few=$(pick 10000 1000)
many=$((few * 10))
short() {
	seq $((many / 10)) | sed "s/.*/$1/"
}

stack_up
set_conf scheduler.workers=4 scheduler.run_sec=86400
serve 1
for _ in 1 2 3 4 5; do
	short 'No.' | new_project en-us >/dev/null || exit 1
	short '네.' | new_project ko >/dev/null || exit 1
done
stop "$(pid_of web.ours)" "$(pid_of pool.ours)"
[ "$(db -e 'SELECT COUNT(*) FROM audio')" = $many ] || die "not $many sentences in the queue"

# The family, one line "GENERATION PID" each: 0 the renderer, 1 the nursery, 2 zygotes, 3 children.
family() { # PID GENERATION
	local pid
	echo "$2 $1"
	# shellcheck disable=SC2013 # words are wanted
	for pid in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		family "$pid" $(($2 + 1))
	done
}

# One look at all of them: "PSS0 PSS1 PSS2 PSS3 ALL RSS0 PRIVATE0" in KiB.
look() {
	local generation pid
	while read -r generation pid; do
		sed "s/^/$generation /" "/proc/$pid/smaps_rollup" 2>/dev/null
	done < <(family "$renderer" 0) | awk '
		$2 == "Pss:" { pss[$1] += $3; all += $3 }
		$1 == 0 && $2 == "Rss:" { rss = $3 }
		$1 == 0 && $2 ~ /^Private_/ { private += $3 }
		END { print pss[0] + 0, pss[1] + 0, pss[2] + 0, pss[3] + 0, all + 0, rss + 0, private + 0 }'
}

ready() {
	db -e 'SELECT SUM(ready_count) FROM project'
}

# look_at N FILE: the medians of twenty looks, once N sentences are ready.
look_at() {
	local i column
	until [ "$(ready)" -ge "$1" ]; do
		[ -n "$(alive "$renderer")" ] || die "the renderer left: $(tail -n 1 "$BENCH_TMP/render.log")"
		sleep 0.2
	done
	for i in $(seq 20); do
		look
		sleep 0.1
	done >"$2.looks"
	[ -n "$(alive "$renderer")" ] || die 'the renderer was done before it was looked at'
	for column in 1 2 3 4 5 6 7; do
		field $column <"$2.looks" | median
	done | xargs >"$2"
	say "after $(ready) sentences: renderer, nursery, zygotes, children, all (PSS), renderer RSS, private: $(cat "$2") KiB"
}

"$BUILD/tts-render" -c "$CONF" 2>"$BENCH_TMP/render.log" &
renderer=$!
started $renderer
look_at "$few" "$BENCH_TMP/early"
for tenths in 3 5 7; do
	look_at $((few * tenths)) "$BENCH_TMP/between"
done
look_at $((many - $(pick 1500 300))) "$BENCH_TMP/late"
wait $renderer || die "the renderer failed: $(tail -n 1 "$BENCH_TMP/render.log")"
[ "$(ready)" = $many ] || die "$(ready) of $many sentences are ready"

read -r parent nursery zygotes children all _ <"$BENCH_TMP/late"
mib() {
	calc "$1 / 1024" %.1f
}
row "memory (PSS) of a run with 4 workers and 2 voices" "$(mib "$all") MiB" - - -
row "of it renderer, nursery, zygotes, children" \
	"$(mib "$parent"), $(mib "$nursery"), $(mib "$zygotes"), $(mib "$children") MiB" - - -

# What a few pages more or less in children that are young or old make is no growth.
grown() { # WHAT COLUMN KIB
	local early late verdict
	early=$(field "$2" <"$BENCH_TMP/early")
	late=$(field "$2" <"$BENCH_TMP/late")
	[ "$(calc "$late - $early <= $3" %d)" = 1 ] && verdict=ok || verdict=MISSED
	row "$1 after $((many / 1000)),000 sentences, against $((few / 1000)),000" "$late KiB" "$early KiB" \
		"$(calc "$late / $early")" "no growth (≤ $3 KiB)" "$verdict"
}
grown 'PSS of all' 5 1024
grown 'private memory of the renderer' 7 64
