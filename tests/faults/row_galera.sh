# A Galera cluster of three nodes with a renderer on each: a claim counts only when its COMMIT has been
# certified, because two nodes can select the same sentence before that.
# shellcheck shell=bash
. tests/faults/witness.sh

row_galera() {
	local n=0 host
	[ -e /usr/lib/galera/libgalera_smm.so ] && command -v wsrep_sst_rsync rsync >/dev/null || return 0
	stack_up scheduler.lease_sec=8 speech.timeout_sec=3 speech.language='"en"' && login && client project 3 >/dev/null && drain || return
	database_stop
	mkdir "$STATE/g" && ln -s "$STATE/db" "$STATE/g/1" || return
	TTS_STATE=$STATE tests/galera make "$STATE/g" "$(free_port)" || return
	for host in one two three; do
		n=$((n + 1))
		host_add $host || return
		sed -i "/^databases/,/^}/s|^\tsocket = .*|\tsocket = \"$STATE/g/$n/mysql.sock\";|" "$STATE/$host.conf"
	done
	until_so 20 healthy && witness_begin && client project 3 >/dev/null && drain && oracle && touch "$STATE/g/up"
}

healthy() {
	[ "$(answered /healthz)" = 200 ]
}

need_cluster() {
	[ -e "${STATE-}/g/up" ] || skip 'no Galera (tests/deps galera)'
}

ON_HOST() {
	shift
	exec "$@"
}

# On node N.
sql_on() {
	mariadb --no-defaults --socket="$STATE/g/$1/mysql.sock" --user="$(id -un)" --skip-column-names --batch tts -e "$2"
}

# All nodes have the same data, down to the last row.
same_everywhere() {
	local n
	for n in 1 2 3; do
		sql_on $n 'SET wsrep_sync_wait = 7; CHECKSUM TABLE audio, project, stretch, trash, queue_clock, user' >"$STATE/tmp/sum$n"
		[ $n = 1 ] || cmp "$STATE/tmp/sum1" "$STATE/tmp/sum$n" || fail "node $n is not the same as node 1"
	done
}

# Three renderers, each on a node of its own, while somebody edits: no sentence is rendered twice.
together() {
	local n=$1 event project
	need_cluster
	event=$(last_event)
	project=$(client project "$n")
	load_start "$project" 10
	timer one
	timer two
	timer three
	until_so 60 made "$event" $((n / 2))
	load_stop
	until_so 240 rendered || fail 'not everything is rendered'
	timer_stop one two three
	note "sounds: $(published_by "$event" | xargs)"
	[ "$(published_by "$event" | wc -l)" = 3 ] || fail 'not every node had its part'
	nothing_twice
	drain
	oracle 30
	same_everywhere
}

made() {
	[ "$(sql "SELECT COUNT(*) FROM witness.event WHERE state = 'ready' AND id > $1")" -ge "$2" ]
}

renderer_dies() {
	need_cluster
	one_dies "$@"
	same_everywhere
}

# A node is killed while its renderer is working; the others continue, and take over its claims.
node_dies() {
	local event project
	need_cluster
	event=$(last_event)
	project=$(client project 120)
	load_start "$project" 10
	timer one
	timer two
	timer three
	until_so 60 made "$event" 30
	kill -KILL "$(<"$STATE/g/2/mysql.pid")"
	sleep 1
	load_stop
	until_so 120 rendered || fail 'not everything is rendered'
	TTS_STATE=$STATE tests/galera start "$STATE/g" 2 || fail 'the node does not come back'
	event=$(last_event)
	client project 60 >/dev/null
	until_so 120 rendered || fail 'not everything is rendered after it came back'
	timer_stop one two three
	note "sounds after node 2 was back: $(published_by "$event" | xargs)"
	nothing_twice
	drain
	oracle 30
	same_everywhere
}

cases_galera() {
	local n
	test_case usual 'three nodes, a renderer on each' together "$(pick 100 300 2000)"
	for ((n = $(pick 1 2 10); n > 0; n--)); do
		test_case usual 'a renderer of three is killed in mid-batch' renderer_dies two one three
	done
	test_case usual 'a node is killed' node_dies
}
