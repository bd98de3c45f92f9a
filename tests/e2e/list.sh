# Pages of lists: their size, links, filters and order.
# shellcheck shell=bash disable=SC2034,SC2154

# links: print "rel=URL" of the last answer, one per line, sorted.
links() {
	header Link | sed 's/, </\n</g' | sed -E 's/^<([^>]*)>; rel="([a-z]+)"$/\2=\1/' | sort
}

# link REL: print the URL.
link() {
	links | sed -n "s/^$1=//p"
}

# walk PATH FILTER: follow the links from PATH to the end; print what FILTER gives for each page.
walk() {
	local next=$1
	while [ -n "$next" ]; do
		request GET "$next"
		expect 200
		get "$2"
		next=$(link next)
	done
}

test_every_list_has_pages_and_links() {
	local path
	new_user
	new_project 'One canary. Two. Three.'
	for path in /project/ "/project/$project/page/1" /lexicon/ /key/ /webhook/ /device/ /pipeline/ /voices/ /dead/; do
		request GET "$path?per_page=1"
		expect 200
		want '.cnt <= 1'
		[ -n "$(link first)" ] || fail "$path has no links: $(header Link)"
		request GET "$path?per_page=0"
		expect 422
		equal "$(fields)" per_page
		request GET "$path?per_page=101"
		expect 422
		request GET "$path?per_page=100"
		expect 200
	done
}

test_links_lead_through_a_list() {
	local i
	new_user
	hold_renderer
	for i in 1 2 3 4 5; do
		new_project 'One canary. Two. Three.' ".title = \"T $i\""
	done
	request GET '/project/?per_page=2&page=2'
	want '.cnt == 2 and .total == 5 and .pages == 3'
	equal "$(links | tr '\n' ' ')" 'first=/project/?page=1&per_page=2 last=/project/?page=3&per_page=2 next=/project/?page=3&per_page=2 prev=/project/?page=1&per_page=2 '
	equal "$(walk '/project/?per_page=2' '.page[].project_title' | tr '\n' ,)" 'T 5,T 4,T 3,T 2,T 1,'
	equal "$(walk "/project/$project/page/1?per_page=2" '.page[].index' | tr '\n' ,)" 1,2,3,
	equal "$(walk '/voices/?per_page=50' '.page[].id' | sort -u | wc -l)" "$(walk /voices/ '.page[].id' | wc -l)"
	request GET '/project/?page=4&per_page=2'
	expect 404
	want '.detail | test("the last page is 3")'
	# Without these, everything is as before.
	request GET /project/
	want '.cnt == 5 and .pages == 1'
	request GET /voices/
	want '.cnt == .total and .pages == 1'
	release_renderer
}

test_short_lists_are_whole_unless_pages_are_asked_for() {
	local i
	new_user
	for i in {1..12}; do
		send POST /webhook/ "{\"url\":\"http://127.0.0.1:9/$i\"}"
		expect 201
	done
	request GET /webhook/
	want '.cnt == 12 and .total == 12 and .pages == 1 and (.page | length) == 12'
	equal "$(walk '/webhook/?page=1' '.page[].url' | wc -l)" 12
	request GET '/webhook/?page=2'
	want '.cnt == 2 and .total == 12 and .pages == 2 and (.page[0].url | endswith("/2"))'
	request GET '/webhook/?page=3'
	expect 404
}

test_projects_are_found_and_sorted() {
	local title
	new_user
	hold_renderer
	for title in 'Straße' '100 %' 'été' 'ETE' '한국어'; do
		send POST /project/ "$(jq -nc --arg t "$title" '{title: $t, sentences: "One canary."}')"
		expect 201
	done
	request GET '/project/?q=%C3%A9t&sort=title'
	want '[.page[].project_title] == ["été", "ETE"] or [.page[].project_title] == ["ETE", "été"]'
	[[ $(link first) == '/project/?page=1&q=%C3%A9t&sort=title' ]] || fail "links: $(links)"
	request GET '/project/?q=%25'
	want '[.page[].project_title] == ["100 %"]'
	request GET '/project/?sort=-title&per_page=1'
	want '.page[0].project_title == "한국어" and .total == 5'
	request GET '/project/?status=rendering&sort=created_at'
	want '.total == 5 and .page[0].project_title == "Straße"'
	request GET '/project/?status=complete'
	want '.total == 0 and .pages == 1 and .page == []'
	request GET '/project/?status=failed&sort=name&q='
	expect 422
	equal "$(fields)" 'q sort status'
	# The longest links that there can be.
	title=$(printf '%%F0%%9F%%99%%82%.0s' {1..100})
	request GET "/project/?q=$title&page=1&per_page=1"
	expect 200
	release_renderer
}

test_sentences_of_one_status() {
	new_user
	hold_renderer
	new_project 'One canary. Two.' '.language = "en"'
	insert_text "$(poison_text)"
	request GET "/project/$project/page/1?status=pending"
	want '.total == 3 and [.page[].index] == [1, 2, 3]'
	release_renderer
	until_so 120 project_done
	request GET "/project/$project/page/1?status=failed"
	expect 200
	want '.total == 1 and .page[0].index == 3 and .page[0].status == "failed"'
	request GET "/project/$project/page/1?status=ready&per_page=1"
	want '.total == 2 and .pages == 2 and .page[0].index == 1'
	request GET "/project/$project/page/2?status=failed"
	expect 404
	request GET "/project/$project/page/1?status=deleted"
	expect 422
	sql "UPDATE user SET token_epoch = token_epoch + 1 WHERE id = $user"
	request GET "/project/$project/page/1?status=failed"
	expect 401
}

test_sentences_are_found_and_moved_with_their_sound() {
	local id path
	new_user
	new_project 'One canary. Two. Three ÉTÉ. Four.' '.language = "en"'
	all_ready
	request GET "/project/$project/find?q=ete"
	expect 200
	want '.total == 1 and .page[0].index == 3 and .page[0].text == "Three ÉTÉ."'
	id=$(get .page[0].id) path=$(get .page[0].path)
	send POST "/audio/$id/move" '{"index":1}' -H 'If-Match: "2"'
	expect 412
	send POST "/audio/$id/move" '{"index":1}' -H 'If-Match: W/"1"'
	expect 201
	want '.index == 1 and .revision == 1 and .status == "ready" and .path == $path' --arg path "$path"
	equal "$(header ETag)" '"1"'
	request GET "/project/$project/page/1"
	want '[.page[].text] == ["Three ÉTÉ.", "One canary.", "Two.", "Four."] and [.page[].index] == [1, 2, 3, 4]'
	for index in 0 5 -2 '"1"' null; do
		send POST "/audio/$id/move" "{\"index\":$index}"
		expect 422
		equal "$(fields)" index
	done
	send POST "/audio/$id/move" '{}'
	expect 422
	request GET "/project/$project/find"
	expect 422
	equal "$(fields)" q
	request GET "/events/?after=0&wait=0&types=project.changed"
	want '.events[-1].data == {change: "moved", index: 1} and .events[-1].audio_id == $id' --argjson id "$id"
	counts_are_right
}

test_all_that_failed_is_tried_again() {
	new_user
	new_project 'One canary.' '.language = "en"'
	insert_text "$(poison_text)"
	until_so 120 project_done
	want '.failed_count == 1'
	hold_renderer
	request POST "/project/$project/retry"
	expect 201
	equal "$body" '{"queued":1}'
	request GET "/project/$project"
	want '.failed_count == 0 and .pending_count == 1 and .status == "rendering"'
	request POST "/project/$project/retry"
	want '.queued == 0'
	release_renderer
	until_so 120 project_done
	want '.failed_count == 1'
	counts_are_right
}

test_mp3_file_heeds_lists_of_tags() {
	local id tags
	new_user
	new_project 'One canary.'
	all_ready
	id=$(audio_at 1)
	for tags in '"1"' 'W/"1"' '"x", "1"' 'W/"7",W/"1"' '*'; do
		request GET "/audio/$id/mp3_file" -H "If-None-Match: $tags"
		expect 304
		equal "$(header ETag)" '"1"'
		equal "$(header Cache-Control)" 'private, no-cache'
	done
	for tags in '"2"' '"11"' 'x'; do
		request GET "/audio/$id/mp3_file" -H "If-None-Match: $tags"
		expect 200
	done
}
