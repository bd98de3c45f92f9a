# Several hosts: renderers in network namespaces of their own, with the database and the media
# directory in common and nothing else.
# shellcheck shell=bash

row_hosts() {
	local host
	stack_up speech.timeout_sec=2 scheduler.lease_sec=5 scheduler.batch_size=5 && login && PROJECT=$(client project 6) && drain && oracle ||
		return
	for host in one two three; do
		host_add $host
	done
}

# on HOST [NAME=VALUE]…: one run there in the background, in a network namespace of its own if the
# machine allows that.
on() {
	local host=$1
	shift
	CONF_OF_HOST=$host.conf APART=$(unshare --net true 2>/dev/null && echo 'unshare --net') render_start "$@"
}

# N hosts render one project together; each sentence is rendered by one of them.
together() {
	local n=$1 project host i pids=() made
	project=$(client project 150)
	: >"$STATE/log/render.log"
	i=0
	for host in one two three; do
		[ $((i++)) -lt "$n" ] || break
		on $host
		pids+=("$RENDERER")
	done
	for i in "${pids[@]}"; do
		reap "$i" || fail "a renderer ended with $?"
	done
	rendered || fail 'not everything is rendered'
	made=$(grep -oE 'claimed [0-9]+, ready [0-9]+' "$STATE/log/render.log" | awk '{ n += $4; if ($4 > 0) hosts++ } END { print n, hosts }')
	[ "$made" = "150 $n" ] || fail "made and hosts that made them: $made"
	oracle 20
}

# One is killed in mid-batch; the others take over its claims when its lease ends.
killed_in_batch() {
	local status=0 began held
	client project 40 >/dev/null
	on one TTS_FAULT=render.parent.received:kill:3
	reap "$RENDERER" || status=$?
	[ $status != 0 ] || fail 'it was not killed'
	until_so 10 session_gone "$RENDERER" || fail 'its children are still there'
	held=$(count "state = 'claimed' AND host = 'one'")
	[ "$held" -gt 0 ] || fail 'it held nothing when it died'
	began=$SECONDS
	flow
	until_so 60 rendered || fail 'its claims never came back'
	hold
	# The lease, an interval, and what it takes to render the rest.
	in_time $((SECONDS - began)) 12 "seconds until its $held claims were back and rendered"
	[ "$(count 'attempts > 0 OR crashes > 0')" = 0 ] || fail 'somebody was charged'
	oracle
}

# One is suspended at a fault point for longer than its lease; another takes over, and is finished or at the
# same point when the first continues as if nothing had happened.
stands_still() {
	local point=$1 middle=$2 project from first id
	project=$(client project 5)
	from=$(mark)
	on one TTS_FAULT="$point:sleep=8000"
	first=$RENDERER
	until_so 10 struck "$point" "$from" || fail "$point is never met"
	sleep 5.3
	if [ "$middle" = middle ]; then
		on two TTS_FAULT="$point:sleep=5000"
	else
		on two
		reap "$RENDERER" || fail "the other ended with $?"
		[ "$(count "project_id = $project AND state = 'ready'")" = 5 ] || fail 'the other did not take over'
		for id in $(sentences "$project" | head -n 2); do
			client edit "$id" >/dev/null
		done
	fi
	reap "$first" || true
	reap "$RENDERER" || true
	drain
	oracle 20
}

cases_hosts() {
	local point
	test_case short 'two hosts, one queue' together 2
	test_case usual 'three hosts, one queue' together 3
	test_case short 'one is killed in mid-batch' killed_in_batch
	for point in render.claimed render.parent.received media.write media.renamed render.published render.finish \
		store.finish.committed; do
		test_case usual "one is suspended at $point" stands_still "$point" end
		test_case usual "one is suspended at $point, the other too" stands_still "$point" middle
	done
}
