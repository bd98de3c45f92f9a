# A database that runs and does not answer.
# shellcheck shell=bash disable=SC2034,SC2154

# waits NAME METHOD PATH [JSON]: send it in the background; status and seconds go to a file.
waits() {
	curl -sS -m 60 -o "$work/body.$1" -w '%{http_code} %{time_total}\n' -X "$2" -H "Authorization: Bearer $token" \
		-H 'Content-Type: application/json' ${4:+--data-binary "$4"} "$url$3" >"$work/waited.$1" &
	waiting+=($!)
}

# Each was told to try again, within 15 seconds.
told_in_time() {
	local file
	wait "${waiting[@]}"
	waiting=()
	for file in "$work"/waited.*; do
		awk '{ exit !($1 == 503 && $2 < 15) }' "$file" || fail "$file: $(<"$file")"
		jq -e '.status == 503' "${file/waited/body}" >/dev/null || fail "$(<"${file/waited/body}")"
		rm "$file"
	done
}

test_a_silent_database_holds_no_worker_for_more_than_15_seconds() {
	local pid id waiting=()
	new_user
	new_project 'One canary. Two.'
	all_ready
	id=$(audio_at 1)
	# Every worker has a connection.
	for _ in {1..40}; do
		request GET "/project/$project"
		expect 200
	done
	pid=$(<"$STATE/db/mysql.pid")
	# shellcheck disable=SC2064
	trap "kill -CONT $pid" EXIT
	kill -STOP "$pid"
	# As many requests as workers, so that none waits for another: on connections that were working,
	# ...
	waits page GET "/project/$project/page/1"
	waits create POST /project/ '{"title":"t","sentences":"A canary."}'
	waits edit POST "/audio/$id" '{"text":"Another canary."}'
	waits delete DELETE "/audio/$id"
	told_in_time
	# ... and on new ones that get no greeting.
	waits login POST /login/ '{"email":"nobody@example.org","password":"some password"}'
	waits health GET /healthz
	waits insert POST /audio/ "{\"project_id\":$project,\"index\":-1,\"text\":\"A canary.\",\"speed\":1}"
	waits signup POST /signup/ "{\"name\":\"n\",\"email\":\"slow$RANDOM$RANDOM@example.org\",\"password\":\"some password\"}"
	told_in_time
	kill -CONT "$pid"
	until_so 30 answers "/project/$project" 200
	# Refused requests were not carried out, neither then nor later.
	want '.sentence_count == 2'
	request GET /project/
	want '.total == 1'
}
