#!/bin/bash
# The cost of a Galera cluster of three nodes to a renderer, against one server: with one renderer, and
# with three, each on its own node. Everything runs on this machine, so the nodes compete for resources
# that each would have to itself on three machines; on the other hand, the network between them costs
# nothing here.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

"$TOP/tests/deps" galera || exit 1
renderer_up "$(pick 60000 6000)"
for host in 1 2 3; do
	sed -e "/^scheduler/,/^};/s|# host = \"\"|host = \"host$host\"|" -e "s|run/render.lock|run/$host.lock|" \
		"$CONF" >"$STATE/$host.conf"
	CONF=$STATE/$host.conf set_conf scheduler.workers=1
done

# at_once HOST...: renderers on these hosts process the whole queue; prints sentences per second.
at_once() {
	local begun pids=() host n
	queue_again
	n=$(left)
	begun=$(now)
	for host; do
		"$BUILD/tts-render" -c "$STATE/$host.conf" 2>>"$BENCH_TMP/render.log" &
		pids[host]=$!
	done
	wait "${pids[@]}" || die "a renderer failed: $(tail -n 1 "$BENCH_TMP/render.log")"
	calc "$n * 1e6 / ($(now) - $begun)" '%.1f\n'
	[ "$(left)" = 0 ] || die "$(left) sentences are not rendered"
}

rounds() { # NAME
	for _ in $(seq "$(pick 5 1)"); do
		at_once 1 >>"$BENCH_TMP/one.$1"
		at_once 1 2 3 >>"$BENCH_TMP/three.$1"
	done
	say "$1: one renderer $(xargs <"$BENCH_TMP/one.$1"), three $(xargs <"$BENCH_TMP/three.$1")"
}

rounds server
"$TOP/tests/mariadb" stop "$STATE/db"
mkdir "$STATE/g" && ln -s "$STATE/db" "$STATE/g/1" || exit 1
at_end "$TOP/tests/mariadb stop $STATE/g/3"
at_end "$TOP/tests/mariadb stop $STATE/g/2"
"$TOP/tests/galera" make "$STATE/g" $((BENCH_PORT + 2000)) || exit 1
PIDS[db]=$(cat "$STATE/db/mysql.pid")
for host in 1 2 3; do
	CONF=$STATE/$host.conf set_conf "databases.socket=\"$STATE/g/$host/mysql.sock\""
done
rounds cluster
for what in one three; do
	ours=$(median <"$BENCH_TMP/$what.cluster") peer=$(median <"$BENCH_TMP/$what.server")
	row "a Galera cluster of three nodes, against one server: $what renderer$([ $what = one ] || echo s)" \
		"$ours /s" "$peer /s" "$(calc "$ours / $peer" %.2f)" -
done
row 'transactions run again on the cluster' "$(db -e "SHOW STATUS LIKE 'wsrep_local_cert_failures'" | field 2)" - - -
