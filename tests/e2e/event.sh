# Events: what the API, the renderer and tts-work write, and ttsctl shows.
# shellcheck shell=bash disable=SC2034,SC2154

# The events of the user after number ${1:-0}, one line of JSON each, in $out.
told() {
	ctl 0 event tail --json --user "$user" --after "${1:-0}"
}

# How many of each type these are.
told_in_short() {
	jq -r '.type' <<<"$out" | sort | uniq -c | awk '{ print $2 "=" $1 }' | paste -sd ' '
}

test_each_sentence_is_told_of_and_then_the_project() {
	local last
	new_user
	new_project 'One canary. Two canaries. Three canaries.'
	all_ready
	told
	equal "$(told_in_short)" 'audio.ready=3 project.changed=1 project.completed=1'
	jq -es --argjson p "$project" '([.[].seq] == [range(1; 6)]) and all(.[]; .project_id == $p and (.created_at | endswith("Z")))
		and .[0].data == {change: "created", sentence_count: 3} and .[4].type == "project.completed"
		and .[4].data.ready_count == 3' <<<"$out" >/dev/null || fail "not so: $out"
	# The path is the one that the API gives.
	request GET "/project/$project/page/1"
	expect 200
	equal "$(jq -r '.page[] | "\(.id) \(.path) \(.duration_ms)"' <<<"$body")" \
		"$(jq -r 'select(.type == "audio.ready") | "\(.audio_id) \(.data.path) \(.data.duration_ms)"' <<<"$out" | sort -n)"
	send POST "/audio/$(audio_at 2)" '{"text": "Another canary."}'
	expect 201
	all_ready
	told 5
	equal "$(jq -r .type <<<"$out" | paste -sd ' ')" 'audio.changed audio.ready project.completed'
	equal "$(jq -r '.data.revision // empty' <<<"$out" | paste -sd ' ')" '2 2'
	request DELETE "/project/$project"
	expect 201
	told 8
	equal "$(jq -r '"\(.seq) \(.type)"' <<<"$out")" '9 project.deleted'
}

# kicks COMMAND…: the kick file has another time after the command.
kicks() {
	local before
	before=$(stat -c %y "$STATE/run/event.kick")
	"$@"
	[ "$(stat -c %y "$STATE/run/event.kick")" != "$before" ] || fail "no kick after: $*"
}

test_whoever_passes_events_on_is_kicked() {
	local id before
	new_user
	hold_renderer
	kicks new_project 'One canary. Two canaries.'
	before=$(stat -c %y "$STATE/run/event.kick")
	id=$(audio_at 1)
	send POST "/audio/$id" '{"text": "One canary."}'
	expect 201
	equal "$(stat -c %y "$STATE/run/event.kick")" "$before" 'the kick file after an edit that changes nothing'
	kicks send POST "/audio/$id" '{"text": "No canary."}'
	sql "UPDATE audio SET state = 'failed', error = 'tried' WHERE id = $id;
		UPDATE project SET failed_count = 1 WHERE id = $project"
	kicks ctl 0 retry "$id"
	before=$(stat -c %y "$STATE/run/event.kick")
	release_renderer
	all_ready
	[ "$(stat -c %y "$STATE/run/event.kick")" != "$before" ] || fail 'the renderer kicks nobody'
}

test_tail_follows_and_shows_all_users() {
	local first follower
	new_user
	new_project 'One canary.'
	all_ready
	first=$user
	"$BUILD/ttsctl" -c "$STATE/tts.conf" event tail --follow >"$work/followed" 2>"$work/err" &
	follower=$!
	until_so 20 grep -q project.completed "$work/followed"
	new_user
	new_project 'Two canaries.'
	all_ready
	until_so 20 grep -qE " $user +3  project.completed +project $project" "$work/followed"
	kill $follower
	wait $follower 2>/dev/null || :
	# Those before once, and none twice.
	equal "$(awk -v u="$first" '$2 == u { print $3 }' "$work/followed" | paste -sd ' ')" '1 2 3'
	equal "$(awk -v u="$user" '$2 == u { print $3 }' "$work/followed" | paste -sd ' ')" '1 2 3'
	ctl 0 event tail --json
	jq -es --argjson u "$user" --argjson f "$first" 'map(select(.user == $u).event.seq) == [1, 2, 3]
		and map(select(.user == $f).event.type)[2] == "project.completed"' <<<"$out" >/dev/null || fail "not so: $out"
	ctl 0 event tail --user "$email"
	equal "$(wc -l <<<"$out")" 3
	says 'audio.ready +project '"$project"' +audio [0-9]+ +\{"revision":1,"path":"/media/'
	ctl 0 event tail --user "$email" --after 3
	equal "$out" ''
}

test_tail_ends_when_nobody_reads_it() {
	new_user
	new_project 'One canary.'
	all_ready
	timeout 10 "$BUILD/ttsctl" -c "$STATE/tts.conf" event tail --follow 2>&1 | head -1 >"$work/followed"
	equal "${PIPESTATUS[0]}" 0
}

test_tail_ends_when_its_user_is_deleted() {
	local follower rc=0
	new_user
	"$BUILD/ttsctl" -c "$STATE/tts.conf" event tail --follow --user "$user" >"$work/followed" 2>"$work/err" &
	follower=$!
	new_project 'One canary.'
	until_so 20 grep -q project.changed "$work/followed"
	ctl 0 user delete "$user"
	wait $follower || rc=$?
	equal "$rc $(<"$work/err")" "67 ttsctl: user $user was deleted"
}

test_tail_says_what_is_gone() {
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	sql "UPDATE event SET created_at = NOW(3) - INTERVAL 8 DAY WHERE user_id = $user AND seq <= 2"
	touch "$STATE/run/work.kick"
	until_so 30 pruned_up_to 3
	ctl 0 event tail --json --user "$user" --after 0
	equal "$(jq -r .seq <<<"$out" | paste -sd ' ')" '3 4'
	says "the events of user $user before 3 are gone" "$err"
	ctl 0 event tail --json --user "$user"
	equal "$err" ''
	ctl 67 event tail --user nobody@example.org
	ctl 64 event tail --after 3
	says 'give --user too' "$err"
	ctl 64 event tail --user "$user" --after x
	ctl 64 event tail more
	ctl 64 event
	ctl 64 event head
}

pruned_up_to() {
	[ "$(sql "SELECT oldest FROM user_seq WHERE user_id = $user")" = "$1" ]
}
