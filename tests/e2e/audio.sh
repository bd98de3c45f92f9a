# Sentences: insert, edit, delete and retry, and the sound that results.
# shellcheck shell=bash disable=SC2034,SC2154

texts() { # the sentences of $project, one per line
	local page pages=1
	for ((page = 1; page <= pages; page++)); do
		request GET "/project/$project/page/$page"
		expect 200
		pages=$(get .pages)
		get '.page[] | "\(.index) \(.text)"'
	done
}

insert() { # INDEX TEXT
	send POST /audio/ "$(jq -nc --argjson p "$project" --argjson i "$1" --arg t "$2" \
		'{project_id: $p, index: $i, text: $t, speed: 1}')"
}

test_an_audio_has_all_that_is_promised() {
	new_user
	new_project 'One canary.'
	all_ready
	request GET "/audio/$(audio_at 1)"
	expect 200
	want 'keys == ["created_at", "duration_ms", "error", "id", "index", "is_audio_required", "loudness_lufs", "made_with",
		"path",
		"previous_path", "project", "revision", "size_bytes", "speed", "status", "text", "updated_at", "user"]'
	want '.index == 1 and .text == "One canary." and .speed == 1 and .is_audio_required == false
		and .revision == 1 and .status == "ready" and .previous_path == "" and .error == null
		and .project == $p and .user == $u' --argjson p "$project" --argjson u "$user"
	want '.made_with | "tts-render \(.version) (\(.engine), \(.encoder))" == $v and .mode == "cbr"
		and .bitrate_kbps == 64 and .quality == 7 and .sample_rate_hz == 22050' --arg v "$("$BUILD/tts-render" -V)"
	want '.path | test("^/media/\\d+/\\d+/\\d+-r1-[0-9a-f]{32}\\.mp3$")'
	equal "$(header ETag)" '"1"'
}

test_sentences_are_inserted_anywhere() {
	new_user
	hold_renderer
	new_project 'Bee. Dee.'
	insert 1 'Ay.'
	expect 201
	want '.index == 1 and .text == "Ay." and .is_audio_required == true and .status == "pending" and .path == ""'
	insert 3 'Cee.'
	expect 201
	want '.index == 3'
	insert -1 'Ee.'
	expect 201
	want '.index == 5'
	insert 6 'Eff.'
	expect 201
	want '.index == 6'
	equal "$(texts | tr '\n' ' ')" '1 Ay. 2 Bee. 3 Cee. 4 Dee. 5 Ee. 6 Eff. '
	for index in 0 -2 8 99999999999; do
		insert $index 'X.'
		expect 422
		equal "$(fields)" index
	done
	insert '"1"' 'X.'
	expect 422
	insert 1.5 'X.'
	expect 422
	equal "$(texts | wc -l)" 6
	release_renderer
}

test_a_hundred_inserts_at_one_place_stay_in_order() {
	local i
	new_user
	hold_renderer
	new_project 'First. Last.'
	# Always in the same gap, so that its numbers are used up again and again.
	for ((i = 1; i <= 100; i++)); do
		insert 2 "Number $i."
		expect 201
		want '.index == 2'
	done
	texts >"$work/got"
	{
		echo '1 First.'
		for ((i = 100; i >= 1; i--)); do echo "$((102 - i)) Number $i."; done
		echo '102 Last.'
	} >"$work/wanted"
	cmp "$work/got" "$work/wanted"
	request DELETE "/project/$project"
	release_renderer
}

test_an_edit_gives_a_new_sound_under_a_new_address() {
	new_user
	new_project 'A rather long canary sentence to begin with.'
	all_ready
	local id before first
	id=$(audio_at 1)
	request GET "/audio/$id"
	first=$body before=$(get .path)
	hold_renderer
	send POST "/audio/$id" '{"text":"Short.","speed":1}'
	expect 201
	want '.text == "Short." and .revision == 2 and .is_audio_required == true and .status == "pending"
		and .path == "" and .previous_path == $before' --arg before "$before"
	equal "$(header ETag)" '"2"'
	answers "$before" 200 || fail "the sound before the edit answers $status"
	request GET "/audio/$id/mp3_file"
	expect 202
	want '(.status | length) > 0 and (.detail | length) > 0'
	[[ $(header Retry-After) =~ ^[0-9]+$ ]] || fail '202 without Retry-After'
	release_renderer
	sound_ready "$id"
	want '.revision == 2 and .path != $before and (.path | test("-r2-")) and .duration_ms < $ms' \
		--arg before "$before" --argjson ms "$(jq .duration_ms <<<"$first")"
	answers "$(get .path)" 200 || fail "the new sound answers $status"
}

test_an_edit_that_changes_nothing_makes_no_sound() {
	new_user
	new_project 'One canary.'
	all_ready
	local id
	id=$(audio_at 1)
	send POST "/audio/$id" '{"text":"One canary.","speed":1}'
	expect 201
	want '.revision == 1 and .status == "ready" and .path != "" and .is_audio_required == false'
	send POST "/audio/$id" '{"text":"  One canary. ","speed":1}'
	expect 201
	want '.revision == 1 and .status == "ready"'
	send POST "/audio/$id" '{"text":"One canary.","speed":2}'
	expect 201
	want '.revision == 2 and .is_audio_required == true'
}

test_an_edit_with_if_match_needs_the_revision() {
	new_user
	hold_renderer
	new_project 'One canary.'
	local id
	id=$(audio_at 1)
	send POST "/audio/$id" '{"text":"Two.","speed":1}' -H 'If-Match: "1"'
	expect 201
	send POST "/audio/$id" '{"text":"Three.","speed":1}' -H 'If-Match: "1"'
	expect 412
	send POST "/audio/$id" '{"text":"Three.","speed":1}' -H 'If-Match: "7"'
	expect 412
	request GET "/audio/$id"
	want '.text == "Two." and .revision == 2'
	release_renderer
}

test_of_two_edits_of_one_revision_one_wins() {
	new_user
	hold_renderer
	new_project 'One canary.'
	local id i
	id=$(audio_at 1)
	for i in 1 2 3 4 5 6; do
		curl -sS -o /dev/null -w '%{http_code}\n' -m 60 -H "Authorization: Bearer $token" -H 'If-Match: "1"' \
			-H 'Content-Type: application/json' -d "{\"text\":\"Edit $i.\",\"speed\":1}" "$url/audio/$id" \
			>"$work/status.$i" &
	done
	wait
	equal "$(cat "$work"/status.? | sort | uniq -c | xargs)" '1 201 5 412'
	release_renderer
}

test_edits_while_it_is_spoken_end_with_the_last() {
	local i id
	new_user
	new_project "$(printf 'This is the canary sentence number %d of a long text. ' {1..30})"
	for i in {1..30}; do
		id[i]=$(audio_at "$i")
	done
	for i in {1..30} 7 7 7; do
		send POST "/audio/${id[i]}" "{\"text\":\"Edit.\",\"speed\":$((100 + i))}"
		expect 201
	done
	send POST "/audio/${id[7]}" '{"text":"The last edit of it all.","speed":1}'
	expect 201
	all_ready
	want '.ready_count == 30'
	for i in {1..30}; do
		request GET "/audio/${id[i]}"
		[ "$i" = 7 ] || want '.text == "Edit." and .duration_ms < 1500'
		want '. as $a | .path | test("-r\($a.revision)-")'
		answers "$(get .path)" 200 || fail "$last: $status"
	done
	request GET "/audio/${id[7]}"
	want '.text == "The last edit of it all." and .duration_ms > 900'
}

test_a_hundred_edits_in_a_row_are_all_taken() {
	local id i
	new_user
	new_project 'One canary.'
	id=$(audio_at 1)
	for ((i = 2; i <= 101; i++)); do
		send POST "/audio/$id" "{\"text\":\"Edit number $i.\",\"speed\":1}"
		expect 201
		want '.revision == $i' --argjson i $i
	done
	sound_ready "$id"
	want '.revision == 101 and .text == "Edit number 101." and (.path | test("-r101-"))'
}

test_the_same_key_inserts_a_sentence_once() {
	new_user
	hold_renderer
	new_project 'One canary.'
	local key="key-$RANDOM$RANDOM" first json
	json="{\"project_id\":$project,\"index\":-1,\"text\":\"Two.\",\"speed\":1}"
	send POST /audio/ "$json" -H "Idempotency-Key: $key"
	expect 201
	first=$body
	send POST /audio/ "$json" -H "Idempotency-Key: $key"
	expect 201
	equal "$body" "$first"
	send POST /audio/ "${json/Two/Three}" -H "Idempotency-Key: $key"
	expect 422
	equal "$(texts | wc -l)" 2
	release_renderer
}

test_a_deleted_sentence_is_gone_at_once_and_stays_gone() {
	new_user
	new_project 'One canary. Two. Three.'
	all_ready
	local id path end place
	id=$(audio_at 2)
	request GET "/audio/$id"
	path=$(get .path)
	# Often, so that everything that can be cached is; then the renderer removes the files as soon
	# as it can.
	end=$((SECONDS + 1))
	while [ $SECONDS -le $end ]; do
		answers "$path" 200 || fail "$path answers $status"
	done
	request DELETE "/audio/$id"
	expect 201
	want '. == {is_success: true}'
	touch "$STATE/run/kick"
	end=$((SECONDS + 8))
	while [ $SECONDS -lt $end ]; do
		request GET "$path"
		expect 404
	done
	for place in "/audio/$id" "/audio/$id/mp3_file"; do
		request GET "$place"
		expect 404
	done
	send POST "/audio/$id" '{"text":"x","speed":1}'
	expect 404
	request POST "/audio/$id/retry"
	expect 404
	equal "$(texts | tr '\n' ' ')" '1 One canary. 2 Three. '
	until_so 60 no_file_of "$id"
	until_so 60 test ! -e "$STATE/gone/a$id"
}

no_file_of() {
	[ -z "$(find "$STATE/media" -name "$1-r*.mp3")" ]
}

test_deleting_while_it_is_spoken_leaves_nothing() {
	new_user
	new_project "$(printf 'This is the canary sentence number %d of a long text. ' {1..40})"
	request DELETE "/project/$project"
	expect 201
	until_so 60 test ! -d "$STATE/media/$((project / 1000))/$project"
	until_so 60 test ! -e "$STATE/gone/p$project"
	sleep 1
	test ! -d "$STATE/media/$((project / 1000))/$project"
}

test_a_failed_sentence_says_why_and_can_be_tried_again() {
	new_user
	# Between two harmless sentences.
	new_project 'Before the canary.' '.language = "en"'
	insert -1 "$(poison_text)"
	expect 201
	local bad
	bad=$(get .id)
	insert -1 'After it.'
	expect 201
	until_so 120 project_done
	want '.status == "complete_with_errors" and .failed_count == 1 and .ready_count == 2'
	request GET "/audio/$bad"
	want '.status == "failed" and (.error | length) > 0 and .is_audio_required == true and .path == ""'
	request GET "/audio/$bad/mp3_file"
	expect 409
	hold_renderer
	request POST "/audio/$bad/retry"
	expect 201
	want '.status == "pending" and .error == null'
	send POST "/audio/$bad" '{"text":"All is well.","speed":1}'
	expect 201
	release_renderer
	sound_ready "$bad"
	request GET "/project/$project"
	want '.status == "complete" and .failed_count == 0 and .ready_count == 3'
}
