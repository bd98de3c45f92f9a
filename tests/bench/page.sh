#!/bin/bash
# GET /project/{id}/page/{n} through nginx, against a FastCGI program that runs the same two prepared
# SELECTs and does nothing else, behind the same nginx configuration, with the same number of workers.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

stack_up
compile peer_fcgi -lfcgi -lmysqlclient
serve
project=$(lines 1000 | new_project) || exit 1
user=$(db -e "SELECT user_id FROM project WHERE id = $project")
pool peer 4 "$BENCH_TMP/peer_fcgi" "$DB_SOCKET" "$DB_ADMIN" "$DB_NAME" "$user"
web peer "$PORT_B" "$BENCH_TMP/peer.sock"
check_page "http://127.0.0.1:$PORT_A/project/$project/page/50" 'line 491 '
check_page "http://127.0.0.1:$PORT_B/project/$project/page/50" 'line 491 '

side() { # NAME PORT: one round; adds to NAME.rps, NAME.p99, NAME.cpu and NAME.db
	local cpu db out n
	cpu=$(ticks_of "pool.$1") db=$(ticks_of db)
	out=$(load "$seconds" 8 "http://127.0.0.1:$2" pages "$TOKEN" "$project" 1 100) || exit 1
	cpu=$(($(ticks_of "pool.$1") - cpu)) db=$(($(ticks_of db) - db))
	n=$(field 4 <<<"$out")
	field 1 <<<"$out" >>"$BENCH_TMP/$1.rps"
	field 3 <<<"$out" >>"$BENCH_TMP/$1.p99"
	calc "$cpu * 10000 / $n" '%.1f\n' >>"$BENCH_TMP/$1.cpu"
	calc "$db * 10000 / $n" '%.1f\n' >>"$BENCH_TMP/$1.db"
}

seconds=$(pick 5 2)
for _ in $(seq "$(pick 9 2)"); do
	side ours "$PORT_A"
	side peer "$PORT_B"
done

judge "GET page: requests/s, against two bare SELECTs" \
	"$(median <"$BENCH_TMP/ours.rps")" "$(median <"$BENCH_TMP/peer.rps")" "/s" ge 0.60
judge "GET page: p99" \
	"$(median <"$BENCH_TMP/ours.p99")" "$(median <"$BENCH_TMP/peer.p99")" ms le 3
for what in cpu:pool db:database; do
	ours=$(median <"$BENCH_TMP/ours.${what%:*}") peer=$(median <"$BENCH_TMP/peer.${what%:*}")
	row "GET page: CPU of the ${what#*:} a request" "$ours µs" "$peer µs" "$(calc "$ours / $peer" %.2f)" -
done
