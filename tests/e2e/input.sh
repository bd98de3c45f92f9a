# Invalid requests: always a problem document, never a 500, never a change.
# shellcheck shell=bash disable=SC2034,SC2154

# refuse STATUS BODY [OPTION of curl]…: POST /project/ with that body is refused.
refuse() {
	local wanted=$1
	printf '%b' "$2" >"$work/sent"
	shift 2
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/sent" "$@"
	expect "$wanted"
}

nothing_was_made() {
	request GET /project/
	expect 200
	want '.total == 0'
}

test_what_is_not_json_is_400() {
	new_user
	local bad
	for bad in '' ' ' 'x' '{' '{"title":"t"' '{"title":"t","sentences":"a"} x' '{"title":"t","sentences":"a"}{}' \
		"{'title':'t','sentences':'a'}" '{"title":"t","sentences":"a",}' '{"title":"t","sentences":NaN}' \
		'{"title":"t","sentences":Infinity}' '{"title":"t","title":"u","sentences":"a"}' \
		'{"title":"t","sentences":"a\\u0000b"}' '{"title":"t","sentences":"a\x00b"}' '{"title":"t","sentences":"a\x01b"}' \
		'{"title":"t","sentences":"\xff"}' '{"title":"t","sentences":"\xc0\xaf"}' '{"title":"t","sentences":"\xed\xa0\x80"}' \
		'{"title":"t","sentences":"\xf4\x90\x80\x80"}' '{"title":"t","sentences":"\\ud800"}' \
		'{"title":"t","sentences":"a" /* note */}' '{"title":"t","sentences":tru}' '\xef\xbb'; do
		refuse 400 "$bad"
	done
	nothing_was_made
}

test_json_that_is_too_deep_is_400() {
	new_user
	local depth
	for depth in 17 1000 200000; do
		refuse 400 "$(printf '{"title":"t","sentences":%s1%s}' \
			"$(head -c $depth /dev/zero | tr '\0' '[')" "$(head -c $depth /dev/zero | tr '\0' ']')")"
	done
	nothing_was_made
}

test_wrong_fields_are_422_and_all_named() {
	new_user
	refuse 422 '{}'
	equal "$(fields)" 'sentences title'
	refuse 422 '{"title":1,"sentences":["a"],"user":2,"revision":1,"state":"ready"}'
	equal "$(fields)" 'revision sentences state title user'
	refuse 422 '{"title":null,"sentences":null}'
	equal "$(fields)" 'sentences title'
	refuse 422 '{"title":" ","sentences":"a"}'
	equal "$(fields)" title
	refuse 422 "{\"title\":\"$(printf 'x%.0s' {1..256})\",\"sentences\":\"a\"}"
	equal "$(fields)" title
	local speed
	for speed in 0 -1 5 24 401 1.5 '"1"' null true 1e2 99999999999; do
		refuse 422 "{\"title\":\"t\",\"sentences\":\"a\",\"speed\":$speed}"
		equal "$(fields)" speed "speed $speed"
	done
	for speed in '[]' '"a"' 1 null true; do
		printf '%s' "$speed" >"$work/sent"
		request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/sent"
		case $status in 400 | 422) expect "$status" ;; *) fail "a body of $speed: $status" ;; esac
	done
	nothing_was_made
}

test_numbers_no_computer_has_are_refused() {
	new_user
	local number
	for number in 1e999 -1e999 18446744073709551616 99999999999999999999999 0x10 01 1. .5 +1 --1; do
		printf '{"title":"t","sentences":"a","speed":%s}' "$number" >"$work/sent"
		request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/sent"
		case $status in 400 | 422) expect "$status" ;; *) fail "$number: $status" ;; esac
	done
	nothing_was_made
}

test_only_json_is_taken() {
	new_user
	local type
	for type in text/plain application/x-www-form-urlencoded 'multipart/form-data; boundary=x' application/xml; do
		request POST /project/ -H "Content-Type: $type" -d '{"title":"t","sentences":"a"}'
		expect 415
	done
	request POST /project/ -H 'Content-Type:' -d '{"title":"t","sentences":"a"}'
	expect 415
	nothing_was_made
	request POST /project/ -H 'Content-Type: application/json; charset=UTF-8' -d '{"title":"t","sentences":"a canary"}'
	expect 201
}

test_a_body_is_never_longer_or_shorter_than_it_says() {
	new_user
	# A body that stops half way: the client disconnects, nothing is created.
	{
		printf 'POST /project/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n' "$token"
		printf 'Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"title":"t","sentences":"a"}'
	} >"/dev/tcp/127.0.0.1/$PORT"
	request POST /project/ -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' -d '{"title":"t","sentences":"A canary."}'
	expect 201
	request GET /project/
	want '.total == 1'
}

test_what_was_sent_comes_back_exactly() {
	new_user
	local text
	for text in "Robert'); DROP TABLE user;-- canary" 'a"b\c/d' 'e\u0301 stays decomposed' '👩‍👩‍👧‍👦 family 🇰🇷' \
		'<script>alert(1)</script>' '%s%n%d {} $x `id`' 'x' 'ㄱㅏ 한글 ｶﾅ ①' $'tab\there'; do
		new_project 'First.'
		send POST /audio/ "$(jq -nc --argjson p "$project" --arg t "$text" '{project_id: $p, index: -1, text: $t, speed: 1}')"
		expect 201
		want '.text == $t' --arg t "$text"
		request GET "/audio/$(get .id)"
		want '.text == $t' --arg t "$text"
	done
	new_project 'First.' '.title = "<b>\u00e9\u0301 \"T\" \\ 👩‍👧</b>"'
	request GET "/project/$project"
	want '.project_title == "<b>\u00e9\u0301 \"T\" \\ 👩‍👧</b>"'
}

test_wrong_methods_are_405_with_what_is_allowed() {
	new_user
	new_project 'One canary.'
	local allow method id
	id=$(audio_at 1)
	while read -r method path allow; do
		request "$method" "$path"
		expect 405
		equal "$(header Allow | tr -d ' ' | tr , '\n' | grep -vx -e HEAD -e OPTIONS | sort | xargs)" "$allow" "Allow of $path"
	done <<-END
		PUT /project/ GET POST
		DELETE /project/ GET POST
		PATCH /project/$project DELETE GET
		POST /project/$project DELETE GET
		POST /project/$project/page/1 GET
		GET /audio/ POST
		PUT /audio/$id DELETE GET POST
		POST /audio/$id/mp3_file GET
		DELETE /audio/$id/timing GET
		GET /audio/$id/retry POST
		GET /login/ POST
		GET /signup POST
		POST /voices/ GET
		DELETE /healthz GET
		BREW /project/ GET POST
	END
}

test_no_route_is_404() {
	new_user
	local path
	for path in /x /projects /project/x /project/1x /project/-1 /project/0 /project/99999999999999999999999 \
		/project/1/page /project/1/pages/1 /audio/x /audio/1/mp3 /audio/1/mp3_file/x /healthz/x /voices/x \
		/signup/x /admin /.env /index.html /fcgi-bin/x; do
		request GET "$path"
		expect 404
	done
}

test_a_trailing_slash_is_optional_everywhere() {
	new_user
	new_project 'One canary.'
	all_ready
	local id path
	id=$(audio_at 1)
	for path in /project "/project/$project" "/project/$project/page/1" "/audio/$id" "/audio/$id/mp3_file" /voices /healthz \
		/openapi.json /swagger; do
		request GET "$path"
		expect 200
		cp "$work/body" "$work/without"
		request GET "$path/"
		expect 200
		[ "$path" = /healthz ] || cmp "$work/body" "$work/without"
	done
	for path in "/audio/$id" /project /audio /signup /login; do
		send POST "$path" '{}'
		expect 422
		send POST "$path/" '{}'
		expect 422
	done
	request DELETE "/audio/$id"
	expect 201
	request DELETE "/project/$project"
	expect 201
}

test_head_is_get_without_the_body() {
	new_user
	new_project 'One canary.'
	all_ready
	local path
	for path in /project/ "/project/$project" "/project/$project/page/1" /voices/ /openapi.json /swagger/ "/audio/$(audio_at 1)/mp3_file"; do
		request GET "$path"
		expect 200
		local length type
		length=$(header Content-Length) type=$(header Content-Type)
		request HEAD "$path"
		expect 200
		equal "$(header Content-Type)" "$type" "$path: Content-Type"
		[ -z "$length" ] || equal "$(header Content-Length)" "$length" "$path: Content-Length"
	done
}

test_headers_with_line_breaks_do_not_come_back() {
	new_user
	request GET "/project/%0d%0aX-Evil:%201"
	expect 404
	! grep -qi '^x-evil' "$head" || fail 'a header came in by the address'
	send POST /project/ '{"title":"t","sentences":"a canary"}' -H $'Idempotency-Key: a\tb\x01'
	[ "$status" -lt 500 ] || fail "an odd key: $status"
	send POST /project/ '{"title":"t","sentences":"a canary"}' -H "Idempotency-Key: $(printf 'k%.0s' {1..4000})"
	[ "$status" -lt 500 ] || fail "a long key: $status"
}

# refused_with NUMBER STATEMENT: the API's answer to an insert if the database refuses such a row with
# error NUMBER.
refused_with() {
	sql "CREATE TRIGGER refuse BEFORE $2 FOR EACH ROW SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = $1"
	send POST /audio/ "{\"project_id\":$project,\"index\":-1,\"text\":\"A canary.\"}"
	sql 'DROP TRIGGER refuse'
}

test_what_the_database_refuses_is_not_mistaken_for_something_else() {
	local number
	new_user
	new_project 'A canary.'
	for number in 1264 1366 1406; do
		refused_with $number 'INSERT ON audio'
		expect 422
		want '(.detail | test("cannot be stored")) and (has("errors") | not)'
	done
	refused_with 1062 'INSERT ON audio'
	expect 409
	want '.detail | test("e-mail") | not'
	refused_with 1062 'UPDATE ON project'
	expect 409
	want '.detail | test("e-mail") | not'
	send POST /audio/ "{\"project_id\":$project,\"index\":9,\"text\":\"A canary.\"}"
	expect 422
	want '.errors == [{field: "index", reason: "must be 1 to 2, or -1 for the end"}]'
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE project_id = $project")" 1
}

test_each_answer_has_a_request_id_of_its_own() {
	local first
	request GET /voices/
	first=$(header X-Request-Id)
	[[ $first =~ ^[0-9a-f]{32}$ ]] || fail "X-Request-Id: $first"
	request GET /voices/ -H "X-Request-Id: $first"
	[ "$(header X-Request-Id)" != "$first" ] || fail 'the client chooses the request id'
	equal "$(header X-Request-Id | wc -l)" 1 'headers X-Request-Id'
	! header Server | grep -q '[0-9]' || fail 'the version of nginx is told'
}
