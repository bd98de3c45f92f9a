# A client written for the previous service: bare token, trailing slashes, speed 1, index -1.
# shellcheck shell=bash disable=SC2034,SC2154

old() { # METHOD PATH [JSON]
	head=$work/head
	status=$(curl -sS -m 60 -X "$1" -H 'Content-Type: application/json' ${key:+-H "Authorization: $key"} \
		${3:+-d "$3"} -D "$head" -o "$work/body" -w '%{http_code}' --interface "$address" "$url$2")
	body=$(tr -d '\0' <"$work/body")
	last="$1 $2"
}

test_a_client_of_the_earlier_service_works_unchanged() {
	local key='' project audio third path
	address=127.7.7.7
	old POST /signup/ '{"name":"Old","email":"old@example.org","password":"old password"}'
	expect 201
	want '(.id | type) == "number" and .name == "Old" and .email == "old@example.org"
		and (.created_at | type) == "string" and (.updated_at | type) == "string" and (has("password") | not)'
	old POST /login/ '{"email":"old@example.org","password":"old password"}'
	expect 201
	key=$(get .access)

	old POST /project/ '{"title":"책","sentences":"첫 문장입니다. 둘째 문장입니다."}'
	expect 201
	want '.project_title == "책" and (.user | type) == "number"'
	project=$(get .id)

	old GET "/project/$project/page/1/"
	expect 200
	want '.cnt == 2 and [.page[].index] == [1, 2] and [.page[].text] == ["첫 문장입니다.", "둘째 문장입니다."]
		and all(.page[]; .speed == 1 and .project == $p and (.path | type) == "string"
			and (.is_audio_required | type) == "boolean" and has("user"))' --argjson p "$project"
	audio=$(get .page[0].id)

	old POST /audio/ "{\"project_id\":$project,\"index\":-1,\"text\":\"셋째 문장입니다.\",\"speed\":1}"
	expect 201
	want '.index == 3 and .is_audio_required == true'
	third=$(get .id)
	old POST "/audio/$audio/" '{"text":"고친 문장입니다.","speed":1}'
	expect 201
	want '.text == "고친 문장입니다." and .index == 1'

	while old GET "/audio/$audio/mp3_file/" && [ "$status" = 202 ]; do
		want '(.status | length) > 0 and (.detail | length) > 0'
		[[ $(header Retry-After) =~ ^[0-9]+$ ]] || fail '202 without Retry-After'
		sleep 0.1
	done
	expect 200
	equal "$(header Content-Type)" audio/mpeg
	[ "$(decoded "$work/body")" -gt 10000 ] || fail 'the sound is too short'

	old DELETE "/audio/$third/"
	expect 201
	want '. == {is_success: true}'
	old DELETE "/project/$project/"
	expect 201
	want '. == {is_success: true}'
	old GET "/project/$project/page/1/"
	expect 404
}
