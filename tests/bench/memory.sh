#!/bin/bash
# Private memory of one idle API worker after 10,000 and after 100,000 mixed requests: reads, edits,
# inserts, deletes, small and large projects, logins, sign-ups, errors. The pool has only one worker, so
# that it handles all of them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

stack_up
set_conf limits.sentences_per_project=1000000
serve 1
project=$(lines 1000 | new_project) || exit 1
first=$(db -e "SELECT MIN(id) FROM audio WHERE project_id = $project")

private() { # KiB
	sleep 1
	awk '/^Private_/ { n += $2 } END { print n }' "/proc/$worker/smaps_rollup"
}

mixed() { # COUNT SEED
	local out
	out=$(wrk -t1 -c4 -d600s --timeout 30s -s "$BENCH_DIR/mix.lua" "http://127.0.0.1:$PORT_A" -- \
		"$TOKEN" "$project" "$first" $((first + 999)) "$EMAIL" "$1" "$2" 2>&1)
	out=$(sed -n 's/^MIX //p' <<<"$out")
	[ "${out##* }" = 0 ] || die "mixed load: ${out:-wrk said nothing} (requests, errors)"
}

curl -s "http://127.0.0.1:$PORT_A/voices/" >/dev/null
worker=$(tree "$(pid_of pool.ours)" | tail -n 1)
fresh=$(private)
few=$(pick 10000 1000)
mixed "$few" 1
early=$(private)
mixed $((few * 9)) 2
late=$(private)
[ "$worker" = "$(tree "$(pid_of pool.ours)" | tail -n 1)" ] || die "the worker was replaced meanwhile"
limit "private memory of a worker after $((few * 10)) mixed requests (fresh: $fresh KiB)" \
	"$(calc "$late / 1024" %.2f)" MiB 16
# Two pages of the allocator do not count as growth.
growth=$((late - early))
[ "$growth" -le 64 ] && verdict=ok || verdict=MISSED
row "its growth from $few requests to $((few * 10))" "$late KiB" "$early KiB" \
	"$(calc "$late / $early" %.3f)" "no growth (≤ 64 KiB)" "$verdict"
