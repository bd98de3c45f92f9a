# The pronunciation dictionary: the sound changes, the text does not.
# shellcheck shell=bash disable=SC2034,SC2154

# put JSON [QUERY]: POST an entry.
put() {
	send POST "/lexicon/${2-}" "$1"
}

# sound INDEX: print the path and hash of the sound of a sentence of $project.
sound() {
	request GET "/audio/$(audio_at "$1")"
	expect 200
	want '.status == "ready"'
	request GET "$(get .path)"
	expect 200
	sha256sum <"$work/body"
}

revisions() {
	request GET "/project/$project/page/1"
	get '[.page[].revision] | join(" ")'
}

test_a_word_is_said_otherwise_and_the_text_stays() {
	local before after id
	new_user
	new_project 'A canary sang. A dog barked. Canaries sing. CANARY!' '.language = "en"'
	all_ready
	before=$(sound 1)
	put '{"from":"canary","to":"very yellow bird","match":"word"}' '?preview=1'
	expect 200
	equal "$(jq -c . <<<"$body")" '{"queued":2}'
	equal "$(revisions)" '1 1 1 1'
	put '{"from":"canary","to":"very yellow bird","match":"word"}' '?preview=true'
	expect 200
	equal "$(revisions)" '1 1 1 1'
	put '{"from":"canary","to":"very yellow bird","match":"word"}' '?preview=0'
	expect 201
	want 'keys == ["created_at", "from", "id", "language", "match", "project_id", "queued", "sweeping", "to", "updated_at"]'
	want '.queued == 2 and .from == "canary" and .to == "very yellow bird" and .match == "word"
		and .project_id == null and .language == null'
	id=$(get .id)
	equal "$(revisions)" '2 1 1 2'
	all_ready
	after=$(sound 1)
	[ "$before" != "$after" ] || fail 'it sounds the same'
	request GET "/audio/$(audio_at 1)/timing"
	expect 200
	want '[.words[] | "\(.text | rtrimstr(".")) \(.offset)"] == ["A 0", "canary 2", "sang 9"]'
	request GET "/project/$project/page/1"
	want '[.page[].text] == ["A canary sang.", "A dog barked.", "Canaries sing.", "CANARY!"]'
	request GET "/lexicon/$id"
	expect 200
	want '.id == $id and has("queued") == false' --argjson id "$id"
	request DELETE "/lexicon/$id?preview=1"
	expect 200
	equal "$(jq -c . <<<"$body")" '{"queued":2}'
	request DELETE "/lexicon/$id"
	expect 201
	equal "$(jq -c . <<<"$body")" '{"is_success":true,"queued":2,"sweeping":false}'
	all_ready
	equal "$(revisions)" '3 1 1 3'
	equal "$(sound 1)" "$before" 'the sound without the entry'
	request GET "/lexicon/$id"
	expect 404
	request DELETE "/lexicon/$id"
	expect 404
}

test_what_an_entry_says_is_what_is_heard() {
	local wanted
	new_user
	new_project 'A yellow bird sang.' '.language = "en"'
	all_ready
	wanted=$(sound 1)
	new_project 'A canary sang.' '.language = "en"'
	put "$(jq -nc --argjson p "$project" '{project_id: $p, from: "canary", to: "yellow bird", match: "word"}')"
	expect 201
	want '.queued == 1 and .project_id == $p' --argjson p "$project"
	all_ready
	equal "$(sound 1)" "$wanted"
}

test_phonemes_are_spoken_and_brackets_of_an_author_are_not() {
	local plain marked
	new_user
	new_project 'A canary sang. [[h@loU]] there.' '.language = "en"'
	all_ready
	plain=$(sound 1)
	marked=$(sound 2)
	put "{\"project_id\":$project,\"from\":\"canary\",\"to\":\"h@l'oU\",\"match\":\"phonemes\"}"
	expect 201
	want '.queued == 1'
	all_ready
	[ "$(sound 1)" != "$plain" ] || fail 'it sounds the same'
	request GET "/audio/$(audio_at 1)"
	want '.text == "A canary sang."'
	equal "$(sound 2)" "$marked"
	put '{"from":"x","to":"a]] b","match":"phonemes"}'
	expect 422
	equal "$(fields)" to
}

test_numbers_are_spoken_as_the_words_for_them() {
	local wanted
	new_user
	new_project '세 시 십오 분에 사과 세 개를 먹었다.' '.language = "ko"'
	all_ready
	wanted=$(sound 1)
	new_project '3시 15분에 사과 3개를 먹었다.' '.language = "ko"'
	all_ready
	equal "$(sound 1)" "$wanted"
}

test_others_and_other_languages_are_left_alone() {
	local mine
	new_user
	new_project 'A canary.' '.language = "en"'
	mine=$project
	new_project 'A canary.' '.language = "fr"'
	local french=$project owner=$token
	new_user
	new_project 'A canary.' '.language = "en"'
	put '{"from":"canary","to":"x","match":"word","language":"de"}'
	expect 201
	want '.queued == 0 and .language == "de"'
	token=$owner
	put '{"from":"canary","to":"bird","match":"word","language":"en"}'
	expect 201
	want '.queued == 1'
	equal "$(project=$mine revisions)" 2
	equal "$(project=$french revisions)" 1
	sql "SELECT MAX(revision) FROM audio WHERE project_id = $project" >"$work/revision"
	equal "$(<"$work/revision")" 1
}

test_entries_are_listed_newest_first() {
	local i
	new_user
	new_project 'Nothing.'
	request GET /lexicon/
	expect 200
	want '. == {cnt: 0, total: 0, pages: 1, page: []}'
	for i in {1..11}; do
		put "{\"from\":\"word$i\",\"to\":\"x\",\"match\":\"exact\"}"
		expect 201
	done
	put "{\"project_id\":$project,\"from\":\"own\",\"to\":\"x\",\"match\":\"exact\"}"
	request GET '/lexicon/?page=1'
	want '.cnt == 10 and .total == 12 and .pages == 2 and .page[0].from == "own" and .page[9].from == "word3"'
	request GET '/lexicon/?page=2'
	want '[.page[].from] == ["word2", "word1"]'
	request GET "/lexicon/?page=1&project_id=$project"
	want '.total == 1 and .page[0].project_id == $p' --argjson p "$project"
	request GET '/lexicon/?page=3'
	expect 404
	want '.detail | test("last page is 2")'
	request GET '/lexicon/?project_id=999999999'
	expect 404
	request GET '/lexicon/?project_id=x'
	expect 404
}

test_bad_entries_are_refused_by_field() {
	new_user
	put '{}'
	expect 422
	equal "$(fields)" 'from match to'
	put "$(jq -nc '{from: ("x" * 101), to: ("y" * 201), match: "words", language: "tlh", project_id: 0, id: 1}')"
	expect 422
	equal "$(fields)" 'from id language match project_id to'
	put "$(jq -nc '{from: ("가" * 100), to: ("나" * 200), match: "exact"}')"
	expect 201
	put '{"from":" ","to":"x","match":"exact"}'
	expect 422
	put '{"project_id":999999999,"from":"a","to":"x","match":"exact"}'
	expect 404
	put '{"project_id":999999999,"from":"a","to":"x","match":"exact"}' '?preview=1'
	expect 404
	put "{\"from\":\"' OR 1=1 -- %_\\\\\",\"to\":\"[[_:_:]] <audio src='/etc/passwd'/> \\u0001\",\"match\":\"exact\"}"
	expect 201
	request DELETE "/lexicon/$(get .id)"
	expect 201
}
