# Limits, configured low enough to be reached.
# shellcheck shell=bash disable=SC2034,SC2154

test_limits_of_users_and_projects() {
	with_conf projects_per_user=2 sentences_per_project=3
	new_user
	hold_renderer
	new_project 'One canary. Two. Three.'
	send POST /audio/ "{\"project_id\":$project,\"index\":-1,\"text\":\"Four.\",\"speed\":1}"
	expect 422
	send POST /project/ '{"title":"t","sentences":"One. Two. Three. Four."}'
	expect 422
	new_project 'Another.'
	send POST /project/ '{"title":"t","sentences":"a"}'
	expect 422
	request DELETE "/project/$project"
	expect 201
	new_project 'Another.'
	request GET /project/
	want '.total == 2'
	release_renderer
}

test_limits_of_fields() {
	new_user
	hold_renderer
	new_project 'One canary.'
	local id
	id=$(audio_at 1)
	send POST "/audio/$id" "$(jq -nc '{text: ("김" * 1000), speed: 1}')"
	expect 201
	send POST "/audio/$id" "$(jq -nc '{text: ("김" * 1001), speed: 1}')"
	expect 422
	equal "$(fields)" text
	send POST "/audio/$id" '{"text":" ","speed":0}'
	expect 422
	equal "$(fields)" 'speed text'
	send POST /audio/ '{"project_id":"x","index":"y","text":5,"speed":[]}'
	expect 422
	equal "$(fields)" 'index project_id speed text'
	send POST /project/ "$(jq -nc '{title: ("김" * 255), sentences: "a"}')"
	expect 201
	request DELETE "/project/$project"
	release_renderer
}

test_a_login_ends_when_its_time_is_over() {
	with_conf expire_sec=60
	new_user
	login
	want '.expires_in == 60'
	# The expiry time in the token, by the clock of this machine.
	local part exp
	part=$(cut -d. -f2 <<<"$token" | tr '_-' '/+')
	while [ $((${#part} % 4)) -ne 0 ]; do part+='='; done
	exp=$(base64 -d <<<"$part" | jq .exp)
	[ $((exp - $(date +%s))) -le 60 ] && [ $((exp - $(date +%s))) -gt 30 ] || fail "exp is $exp"
}

test_many_requests_from_one_address_are_429() {
	address=127.9.3.1
	local busy
	# More requests than the burst, as fast as curl can send them; without a token they are answered at once.
	seq 1500 | sed "s|.*|url = \"$url/project/\"\noutput = /dev/null|" >"$work/many"
	curl -sSZ --interface $address -K "$work/many" -w '%{http_code}\n' >"$work/codes" 2>"$work/progress"
	busy=$(grep -c '^429$' "$work/codes") || fail '1,500 requests at once and none was refused'
	equal "$(sort -u "$work/codes" | xargs)" '401 429'
	address=127.9.3.2
	request GET /voices/
	expect 200
}
