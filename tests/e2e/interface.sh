# What all routes have in common: queries, conditions, numbers and null, compressed bodies.
# shellcheck shell=bash disable=SC2034,SC2154

test_a_query_that_is_not_known_is_refused_and_named() {
	local method path query name
	new_user
	new_project 'One canary.'
	while read -r method path query name; do
		request "$method" "$path?$query" -H 'Content-Type: application/json' -d '{}'
		expect 422
		equal "$(fields)" "$name" "$method $path?$query"
	done <<-END
		POST /project/ Preview=1 Preview
		GET /project/ limit=100&page=1 limit
		GET /project/ page=x page
		GET /project/ page page
		GET /project/ page=1&page=2 page
		GET /project/$project page=1 page
		DELETE /project/$project preview preview
		GET /project/$project/page/1 state=failed state
		GET /audio/$(audio_at 1) x=1 x
		GET /voices/ language=ko language
		GET /webhook/ status=dead status
		GET /dead/ stage stage
		GET /events/ wait=0&limit=1 limit
		GET /events/ wait wait
		GET /events/ wait=0&wait=0 wait
		POST /login/ next=/ next
	END
	request GET "/project/$project"
	expect 200
	# Names and values may be escaped.
	request GET '/project/?p%61ge=%31'
	expect 200
	request GET '/events/?wait=0&lastEventId=0'
	expect 200
}

test_a_bare_preview_changes_nothing() {
	local id
	new_user
	send POST '/project/?preview' '{"title":"t","sentences":"One canary."}'
	expect 200
	want '.count == 1'
	request GET /project/
	want '.total == 0'
	send POST /lexicon/ '{"from":"nowhere","to":"x","match":"word"}'
	expect 201
	id=$(get .id)
	request DELETE "/lexicon/$id?preview"
	expect 200
	request GET "/lexicon/$id"
	expect 200
	send POST '/pipeline/start?preview' '{"customer_name":"N"}'
	expect 200
}

test_every_change_of_a_sentence_heeds_if_match() {
	local id tags
	new_user
	hold_renderer
	new_project 'One canary. Two. Three.'
	id=$(audio_at 1)
	for tags in '"2"' 'W/"2"' '"x", "3"' '""'; do
		request DELETE "/audio/$id" -H "If-Match: $tags"
		expect 412
		request POST "/audio/$id/retry" -H "If-Match: $tags"
		expect 412
		send POST "/audio/$id" '{"text":"Other."}' -H "If-Match: $tags"
		expect 412
	done
	for tags in 1 '"1' '"1" "2"' '"1", *'; do
		request DELETE "/audio/$id" -H "If-Match: $tags"
		expect 400
	done
	request GET "/audio/$id"
	want '.revision == 1 and .text == "One canary."'
	# A proxy that compresses makes the tag weak.
	send POST "/audio/$id" '{"text":"Other."}' -H 'If-Match: W/"1"'
	expect 201
	request POST "/audio/$id/retry" -H 'If-Match: "1", W/"2"'
	expect 201
	request DELETE "/audio/$id" -H 'If-Match: "7","2"'
	expect 201
	request DELETE "/audio/$(audio_at 1)" -H 'If-Match: *'
	expect 201
	release_renderer
}

test_the_time_of_a_change_moves_when_the_sound_is_there() {
	local id made project_made
	new_user
	hold_renderer
	new_project 'One canary.'
	project_made=$(get .updated_at)
	id=$(audio_at 1)
	request GET "/audio/$id"
	made=$(get .updated_at)
	release_renderer
	sound_ready "$id"
	want '.updated_at > $made' --arg made "$made"
	request GET "/project/$project"
	want '.updated_at > $made' --arg made "$project_made"
}

test_integers_may_have_a_point_and_null_is_taken_where_it_is_given() {
	new_user
	new_project 'One canary.' '.language = null | .voice = null'
	want '.language == null and .voice == null'
	send POST /project/ '{"title":"t","sentences":"One canary.","speed":2.0}'
	expect 201
	project=$(get .id)
	request GET "/project/$project/page/1"
	want '.page[0].speed == 2'
	send POST /lexicon/ '{"from":"nowhere","to":"x","match":"word","language":null,"project_id":null}'
	expect 201
	want '.language == null and .project_id == null'
	send POST /audio/ "{\"project_id\":$project.0,\"index\":-1.0,\"text\":\"Two.\",\"speed\":100.00}"
	expect 201
	# A number that no computer has does not hide what else is wrong.
	send POST /audio/ '{"project_id":99999999999999999999999,"index":1e999,"text":"...","speed":-18446744073709551617}'
	expect 422
	equal "$(fields)" 'index speed text'
}

test_a_voice_speaks_the_language() {
	new_user
	send POST /project/ '{"title":"t","sentences":"One canary.","language":"en","voice":"ko"}'
	expect 422
	equal "$(fields)" voice
	send POST '/project/?preview' '{"title":"t","sentences":"One canary.","language":"ko","voice":"en-us"}'
	expect 422
	new_project 'One canary.' '.language = "en-AU" | .voice = "en-us"'
	new_project 'One canary.' '.language = "EN" | .voice = "en-us"'
}

test_titles_and_names_are_shown_in_one_line() {
	local bad
	new_user
	for bad in 'a\nb' 'a\u0007' '\u202eevil' '\u2067x' '\u0085'; do
		send POST /project/ "{\"title\":\"$bad\",\"sentences\":\"One canary.\"}"
		expect 422
		equal "$(fields)" title
		send POST /signup/ "{\"name\":\"$bad\",\"email\":\"new$RANDOM@example.org\",\"password\":\"long enough\"}"
		expect 422
		equal "$(fields)" name
		send POST /webhook/ "{\"url\":\"http://127.0.0.1:9/\",\"description\":\"$bad\"}"
		expect 422
		equal "$(fields)" description
		send POST /pipeline/start "{\"customer_name\":\"N $bad N\"}"
		expect 422
		equal "$(fields)" customer_name
	done
	new_project 'One canary.' '.title = "\u200fשלום 👩‍👧"'
}

test_a_compressed_body_is_not_taken() {
	new_user
	printf '{"title":"t","sentences":"One canary."}' | gzip >"$work/sent"
	request POST /project/ -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary "@$work/sent"
	expect 415
	equal "$(header Accept-Encoding)" identity
	send POST /project/ '{"title":"t","sentences":"One canary."}' -H 'Content-Encoding: identity'
	expect 201
}

test_passwords_are_the_same_from_any_keyboard() {
	new_user
	email=user-$BASHPID-$RANDOM@example.org token=
	send POST /signup/ "{\"name\":\"N\",\"email\":\"$email\",\"password\":\"caf\\u00e9-canary-\\ud55c\"}"
	expect 201
	send POST /login/ "{\"email\":\"$email\",\"password\":\"cafe\\u0301-canary-\\u1112\\u1161\\u11ab\"}"
	expect 201
	send POST /login/ "{\"email\":\"$email\",\"password\":\"cafe-canary-\\ud55c\"}"
	expect 401
}

test_queries_are_the_same_in_openapi() {
	"$BUILD/tts-api" --queries | sed -E 's/\{[^}]*\}/{}/g; s|/ | |' | sort >"$work/queries"
	request GET /openapi.json
	get '.components.parameters as $shared | .paths | to_entries[] | .key as $path | .value | to_entries[]
		| select(.key | test("^(get|post|delete)$")) | .key as $method | .value.parameters // [] | .[]
		| if has("$ref") then $shared[."$ref" | split("/")[-1]] else . end | select(.in == "query")
		| "\($method | ascii_upcase) \($path) \(.name)"' | grep -v '^GET /events' | sed -E 's/\{[^}]*\}/{}/g; s|/ | |' |
		sort >"$work/openapi"
	diff "$work/queries" "$work/openapi" || fail 'the OpenAPI file and the program differ'
}

# tag_holds PATH: 304 without a body while nothing changes, weak or not, in a list or alone.
tag_holds() {
	request GET "$1"
	expect 200
	tag=$(header ETag)
	[[ $tag =~ ^W/\"[0-9a-f]{32}\"$ ]] || fail "the tag of $1 is $tag"
	for sent in "$tag" "${tag#W/}" "\"other\", $tag" '*'; do
		request GET "$1" -H "If-None-Match: $sent"
		expect 304
		[ -z "$body" ] || fail "the 304 of $1 has a body"
		equal "$(header ETag)" "$tag" "ETag of the 304 of $1"
	done
	request GET "$1" -H 'If-None-Match: "other"'
	expect 200
}

test_one_object_has_a_tag_that_changes_with_it() {
	local tag sent entry webhook
	new_user
	new_project 'One canary.'
	until_so 30 project_done
	tag_holds "/project/$project"
	send POST "/audio/$(audio_at 1)" '{"text":"Another canary."}'
	request GET "/project/$project" -H "If-None-Match: $tag"
	expect 200
	send POST /lexicon/ '{"from":"nowhere","to":"x","match":"word"}'
	entry=$(get .id)
	tag_holds "/lexicon/$entry"
	send POST /webhook/ '{"url":"http://127.0.0.1:9/"}'
	expect 201
	webhook=$(get .id)
	tag_holds "/webhook/$webhook"
	send POST "/webhook/$webhook" '{"url":"http://127.0.0.1:9/","description":"mine"}'
	request GET "/webhook/$webhook" -H "If-None-Match: $tag"
	expect 200
}
