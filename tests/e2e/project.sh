# Projects and their pages.
# shellcheck shell=bash disable=SC2034,SC2154

test_a_text_becomes_its_sentences_in_order() {
	new_user
	send POST /project/ '{"title":"  A  title ","sentences":" One canary. Two!\n\nThree? 넷입니다. "}'
	expect 201
	want '.sentence_count == 4 and .pending_count + .ready_count == 4 and .failed_count == 0'
	project=$(get .id)
	request GET "/project/$project/page/1"
	expect 200
	want '.cnt == 4 and .total == 4 and .pages == 1 and [.page[].index] == [1, 2, 3, 4]
		and [.page[].text] == ["One canary.", "Two!", "Three?", "넷입니다."] and all(.page[]; .revision == 1)'
}

test_a_text_with_nothing_in_it_is_an_empty_project() {
	local text
	new_user
	for text in '' ' ' $'\n\t \u3000'; do
		new_project "$text"
		want '.sentence_count == 0 and .status == "complete"'
		request GET "/project/$project/page/1"
		expect 200
		want '.cnt == 0 and .total == 0 and .pages == 1 and .page == []'
		request GET "/project/$project/page/2"
		expect 404
	done
	send POST /audio/ "{\"project_id\":$project,\"index\":1,\"text\":\"A canary.\",\"speed\":1}"
	expect 201
	want '.index == 1'
}

test_what_can_only_fail_is_refused_in_projects_as_in_sentences() {
	local text reason query
	new_user
	new_project 'One canary.'
	for text in '...' '* * *' '🎉' '₽' 'ᏣᎳᎩ'; do
		send POST /audio/ "$(jq -nc --argjson p "$project" --arg t "$text" '{project_id: $p, text: $t}')"
		expect 422
		reason=$(jq -c '.errors[0].reason' <<<"$body")
		equal "$reason" '"contains nothing that can be spoken"' "reason for $text"
		for query in '' '?preview=1'; do
			send POST "/project/$query" "$(jq -nc --arg t "$text" '{title: "A title", sentences: $t}')"
			expect 422
			want '.errors == [{field: "sentences", reason: $r}]' --argjson r "$reason"
		done
	done
	# What stands beside something that can be spoken is spoken with it, unless it is too long for that.
	new_project 'One canary. ... 🎉 ᏣᎳᎩ'
	want '.sentence_count == 1'
	send POST /project/ "$(jq -nc --arg t "One canary.$(printf ' ᏣᎳᎩᏣᎳᎩᏣᎳ%.0s' {1..300})" '{title: "A title", sentences: $t}')"
	expect 422
	want '.errors[0].reason | test("^sentence [23] contains nothing that can be spoken$")'
	equal "$(sql "SELECT COUNT(*) FROM project WHERE user_id = $user")" 2 projects
}

test_times_are_utc_with_milliseconds() {
	new_user
	new_project 'One canary.'
	want '[.created_at, .updated_at] | all(test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$"))'
	local made now
	made=$(date -u -d "$(get .created_at)" +%s)
	now=$(date -u +%s)
	[ $((now - made)) -lt 600 ] && [ $((made - now)) -lt 5 ] || fail "created_at is not now: $body"
}

test_language_voice_and_speed_of_a_project() {
	new_user
	request GET /voices/
	expect 200
	want '.cnt == (.page | length) and .cnt > 50 and any(.page[]; .id == "ko" and .language == "ko")
		and all(.page[]; (keys == ["gender", "id", "language", "name", "variants"])) and all(.page[]; .id != "eo")
		and (.page[] | select(.id == "ko") | .gender == "male" and (.variants | length) > 2 and .variants[0] == {id: "ko+f2", gender: "female"})'
	new_project 'Guten canary Tag.' '.language = "de" | .speed = 150'
	want '.language == "de" and .voice == null'
	request GET "/project/$project/page/1"
	want '.page[0].speed == 150'
	new_project 'Hello canary.' '.voice = "ko"'
	want '.voice == "ko"'
	new_project '카나리아. Привет, 카나리아.' '.voice = "ko+f2" | .language = "ko-KR"'
	want '.voice == "ko+f2"'
	all_ready
	new_project '1, 2, 3' '.language = "he"' # its voice makes no sound of digits
	all_ready
	new_project 'ខ្ញុំទៅសាលារៀន'
	until_so 60 project_done
	request GET "/audio/$(audio_at 1)"
	want '.status == "failed" and .error == "no voice can read this script"'
	send POST /project/ '{"title":"t","sentences":"x","voice":"ko+f2","language":"en"}'
	expect 422
	equal "$(fields)" voice
	send POST /project/ '{"title":"t","sentences":"x","voice":"../../../etc/passwd","language":"not a language","speed":5}'
	expect 422
	equal "$(fields)" 'language speed voice'
}

test_a_preview_says_what_would_be_made_and_makes_nothing() {
	local text='This is the first canary of some. There were 3 of them in 1999, and they sang. 카나리아 새가 노래를 부른다. 아침에 일어나서 물을 마셨다.'
	local estimated sum
	new_user
	send POST '/project/?preview=1' "$(jq -nc --arg t "$text" '{title: "t", sentences: $t}')"
	expect 200
	want 'keys == ["characters", "count", "estimated_seconds", "sentences"] and .count == 4
		and [.sentences[].index] == [1, 2, 3, 4] and .sentences[0].text == "This is the first canary of some."
		and .characters == ([.sentences[].text | length] | add) and .characters == ([.sentences[].characters] | add)'
	estimated=$(get .estimated_seconds)
	request GET /project/
	want '.total == 0'
	new_project "$text"
	all_ready
	request GET "/project/$project"
	sum=$(get .duration_ms)
	jq -ne --argjson e "$estimated" --argjson s "$sum" '$e * 1000 / $s | . > 0.8 and . < 1.25' >/dev/null ||
		fail "$estimated seconds were estimated, $sum ms it lasts"
	# Twice the speed is half the length; errors in a project are also errors in its preview.
	send POST '/project/?preview=1' "$(jq -nc --arg t "$text" '{title: "t", sentences: $t, speed: 200}')"
	jq -ne --argjson e "$estimated" --argjson s "$(get .estimated_seconds)" '$e / $s | . > 1.95 and . < 2.05' >/dev/null ||
		fail "$body"
	send POST '/project/?preview=1' '{"title":"","sentences":1}'
	expect 422
	equal "$(fields)" 'sentences title'
}

test_pages_of_sentences() {
	new_user
	new_project "$(printf 'Canary %d. ' {1..23})"
	want '.sentence_count == 23'
	request GET "/project/$project/page/1"
	want '.cnt == 10 and .total == 23 and .pages == 3 and [.page[].index] == [range(1; 11)]'
	request GET "/project/$project/page/3/"
	want '.cnt == 3 and [.page[].index] == [21, 22, 23] and .page[2].text == "Canary 23."'
	request GET "/project/$project/page/4"
	expect 404
	want '.detail | test("3")'
	for page in 0 -1 x 1x 01 1.0 99999999999999999999 ''; do
		request GET "/project/$project/page/$page"
		expect 404
	done
}

test_projects_are_listed_newest_first() {
	local i
	new_user
	request GET /project/
	expect 200
	want '.cnt == 0 and .total == 0 and .pages == 1 and .page == []'
	for i in {1..12}; do
		new_project "Canary $i." ".title = \"Number $i\""
	done
	request GET /project/
	want '.cnt == 10 and .total == 12 and .pages == 2 and .page[0].project_title == "Number 12"
		and ([.page[].id] | . == (sort | reverse))'
	request GET '/project/?page=2'
	want '.cnt == 2 and .page[1].project_title == "Number 1"'
	request GET '/project/?page=3'
	expect 404
	want '.detail | test("2")'
	for page in 0 -1 x 99999999999999999999; do
		request GET "/project/?page=$page"
		case $status in 404 | 422) expect "$status" ;; *) fail "page=$page: $status" ;; esac
	done
}

test_a_project_counts_what_is_spoken() {
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	want '.ready_count == 2 and .duration_ms > 500'
	local sum
	sum=$(get .duration_ms)
	request GET "/project/$project/page/1"
	want '([.page[].duration_ms] | add) == $sum' --argjson sum "$sum"
}

test_the_same_key_makes_a_project_once() {
	new_user
	local key="key-$RANDOM$RANDOM" first
	send POST /project/ '{"title":"t","sentences":"One canary."}' -H "Idempotency-Key: $key"
	expect 201
	first=$body
	send POST /project/ '{"title":"t","sentences":"One canary."}' -H "Idempotency-Key: $key"
	expect 201
	equal "$body" "$first"
	send POST /project/ '{"title":"t","sentences":"Another canary."}' -H "Idempotency-Key: $key"
	expect 422
	request GET /project/
	want '.total == 1'
	new_user
	send POST /project/ '{"title":"t","sentences":"One canary."}' -H "Idempotency-Key: $key"
	expect 201
	want '.id != $first' --argjson first "$(jq .id <<<"$first")"
}

test_ten_at_once_with_one_key_make_one_project() {
	new_user
	local i key="key-$RANDOM$RANDOM"
	for i in {1..10}; do
		curl -sS -m 60 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
			-H "Idempotency-Key: $key" -d '{"title":"t","sentences":"One canary."}' "$url/project/" \
			>"$work/answer.$i" &
	done
	wait
	request GET /project/
	want '.total == 1'
	for i in {1..10}; do
		body=$(<"$work/answer.$i")
		jq -e '.id or .status == 503' <<<"$body" >/dev/null || fail "an odd answer: $body"
	done
	equal "$(cat "$work"/answer.* | jq -r 'select(.project_title) | .id' | sort -u | wc -l)" 1 'projects made'
}

test_a_text_of_2_MiB_is_one_request() {
	new_user
	hold_renderer
	awk 'BEGIN { for (n = 1; at < 2097152 - 60; n++) { s = sprintf("Line %06d of a long canary text goes here. ", n)
		at += length(s); printf "%s", s } }' >"$work/long"
	local lines
	lines=$(grep -o 'Line' "$work/long" | wc -l)
	jq -Rsc '{title: "Long", sentences: .}' "$work/long" >"$work/long.json"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/long.json"
	expect 201
	want '.sentence_count == $n' --argjson n "$lines"
	project=$(get .id)
	request GET "/project/$project/page/$(((lines + 9) / 10))"
	expect 200
	want '.page[-1].index == $n and (.page[-1].text | startswith("Line 0"))' --argjson n "$lines"
	request GET "/project/$project/page/2000"
	want '.page[0].text == "Line 019991 of a long canary text goes here."'
	request DELETE "/project/$project"
	expect 201
	release_renderer

	head -c 2097153 /dev/zero | tr '\0' a | jq -Rsc '{title: "Long", sentences: .}' >"$work/long.json"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/long.json"
	case $status in 413 | 422) expect "$status" ;; *) fail "2 MiB and a byte: $status" ;; esac
	head -c 2700000 /dev/zero | tr '\0' a | jq -Rsc '{title: "Long", sentences: .}' >"$work/long.json"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/long.json"
	expect 413
}

test_a_sentence_without_end_is_cut_at_the_limit() {
	new_user
	hold_renderer
	new_project "$(printf 'canary%.0s' {1..500})" # 3,000 letters without a space
	request GET "/project/$project/page/1"
	want '(.page | length) >= 3 and all(.page[]; (.text | length) <= 1000) and ([.page[].text] | add) == ("canary" * 500)'
	request DELETE "/project/$project"
	expect 201
	release_renderer
}

test_a_deleted_project_is_gone_with_all_that_is_in_it() {
	new_user
	new_project 'One canary. Two.'
	all_ready
	local id path
	request GET "/project/$project/page/1"
	id=$(get .page[0].id) path=$(get .page[0].path)
	answers "$path" 200 || fail 'no sound before the delete'
	request DELETE "/project/$project"
	expect 201
	want '. == {is_success: true}'
	local place
	for place in "$path" "/project/$project" "/project/$project/page/1" "/audio/$id" "/audio/$id/mp3_file"; do
		request GET "$place"
		expect 404
	done
	request DELETE "/project/$project"
	expect 404
	request GET /project/
	want '.total == 0'
	until_so 60 test ! -e "$STATE$path"
	until_so 60 test ! -d "$STATE/media/$((project / 1000))/$project"
}
