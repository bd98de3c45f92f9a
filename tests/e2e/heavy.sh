# Heavy requests have workers of their own: while these do not answer, all other requests do.
# shellcheck shell=bash disable=SC2034,SC2154

# The workers for heavy requests: they are the ones with another priority.
heavy_workers() {
	local pid nice
	for pid in $(pids_of tts-api); do
		nice=$(cut -d' ' -f19 "/proc/$pid/stat")
		[ "$nice" != 5 ] || echo "$pid"
	done
}

test_heavy_requests_hold_up_no_others() {
	local workers pid long
	new_user
	new_project 'A canary sentence.'
	all_ready
	mapfile -t workers < <(heavy_workers)
	equal "${#workers[@]}" 2 'workers for heavy requests'
	long=$(for ((i = 0; i < 3000; i++)); do printf 'Canary %d sings again. ' "$i"; done)
	jq -nc --arg text "$long" '{title: "Long", sentences: $text}' >"$work/long.json"
	[ "$(stat -c %s "$work/long.json")" -gt 65536 ] || fail 'the text is not long enough'
	kill -STOP "${workers[@]}"
	# Each of these waits for a worker that is stopped …
	held -X POST "$url/project/?preview=1" -d '{"title":"x","sentences":"y."}'
	held -X POST "$url/project?%70review=1" -d '{"title":"x","sentences":"y."}'
	held -X POST "$url/project/" --data-binary "@$work/long.json"
	held -X POST "$url/project/" -H 'Transfer-Encoding: chunked' -d '{"title":"Chunked","sentences":"y."}'
	held -X POST "$url/lexicon/" -d '{"from":"canary","to":"bird","match":"word"}'
	held -X DELETE "$url/lexicon/999999"
	# … and none of these.
	request GET /project/
	expect 200
	request GET '/project/?page=1'
	expect 200
	request GET /lexicon/
	expect 200
	send POST /project/ '{"title":"Short","sentences":"A canary."}'
	expect 201
	kill -CONT "${workers[@]}"
	until_so 20 answers '/project/?page=1' 200
	wait
	equal "$(sort "$work/held" | xargs)" '200 200 201 201 201 404' 'statuses of the heavy requests'
}

# held [ARGUMENT]…: a request of curl that is not answered now; its status comes later.
held() {
	curl -s -o /dev/null -m 60 -w '%{http_code}\n' -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
		"$@" >>"$work/held" &
	local pid=$!
	sleep 0.3
	[ -d "/proc/$pid" ] || fail "it is answered: $*"
}
