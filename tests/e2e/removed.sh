# Users and projects that are removed while a child speaks one of their sentences. To make this certain,
# the renderer and all its children are stopped meanwhile.
# shellcheck shell=bash disable=SC2034,SC2154

# spoken_now: create a user with long sentences, of which a child is just speaking one, and another
# user, $other_token, whose project $other_project has not begun. At the end all processes of the
# renderer are stopped.
spoken_now() {
	hold_renderer
	new_user
	other_token=$token
	new_project 'Somebody else has a canary. It sings as well.' '.title = "Other"'
	other_project=$project
	new_user
	new_project "$(for i in {1..24}; do
		printf 'The keeper number %d, %s sings the song of the canary. ' "$i" "$(printf 'who has a lamp and a letter, %.0s' {1..25})"
	done)"
	log_from=$(wc -l <"$STATE/log/render.log")
	trap go_on EXIT
	release_renderer
	until_so 60 speaking "project_id = $project"
}

# others_are_ready: the other user's sentences become ready, and the renderer logs no problem.
others_are_ready() {
	local token=$other_token project=$other_project
	all_ready
	want '.ready_count == 2'
	tail -n "+$((log_from + 1))" "$STATE/log/render.log" >"$work/log"
	! grep -E '^<[0-4]>' "$work/log" || fail 'the renderer complains'
	# Problems can be recognized: lines have a priority.
	until_so 60 grep -qE '^<[56]>tts-render: ' "$STATE/log/render.log"
}

# nothing_left PROJECT: there is no file, no trash entry, no tombstone and nothing in the queue.
nothing_left() {
	[ "$(sql "SELECT (SELECT COUNT(*) FROM trash WHERE project_id = $1) + (SELECT COUNT(*) FROM audio
		WHERE project_id = $1)")" = 0 ] && [ ! -e "$STATE/gone/p$1" ] && [ -z "$(files_of "$1")" ]
}

files_of() {
	find "$STATE/media/$(($1 / 1000))/$1" -type f 2>/dev/null || :
}

at_rest() {
	[ -z "$(renderer)" ] && [ "$(sql "SELECT COUNT(*) FROM audio WHERE state IN ('claimed', 'pending')")" = 0 ]
}

test_a_project_deleted_while_it_is_spoken_leaves_nothing_behind() {
	local id path
	spoken_now
	sql "SELECT id FROM audio WHERE project_id = $project AND state = 'claimed'" >"$work/ids-claimed"
	files_of "$project" | sed "s|^$STATE||" >"$work/files-before"
	request DELETE "/project/$project"
	expect 201
	go_on
	# The current sentence is either stored and removed, or not stored; its URL never answers.
	until_so 60 at_rest
	while read -r id; do
		for path in "/audio/$id" "/audio/$id/mp3_file"; do
			request GET "$path"
			expect 404
		done
	done <"$work/ids-claimed"
	until_so 60 nothing_left "$project"
	while read -r path; do
		request GET "$path"
		expect 404
	done <"$work/files-before"
	others_are_ready
	[ ! -d "$STATE/media/$((project / 1000))/$project" ] || fail 'the directory is there again'
}

# ttsctl(8): the projects of a disabled user remain and are rendered, but logins are refused.
test_a_user_disabled_while_a_sentence_is_spoken_is_out_and_the_run_goes_on() {
	local id path
	spoken_now
	id=$(sql "SELECT MIN(id) FROM audio WHERE project_id = $project AND state = 'claimed'")
	"$BUILD/ttsctl" -c "$STATE/tts.conf" user disable "$user" >/dev/null
	go_on
	for path in "/audio/$id" "/audio/$id/mp3_file" "/project/$project" "/project/$project/page/1" /project/; do
		request GET "$path"
		expect 401
	done
	others_are_ready
	until_so 120 at_rest
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE project_id = $project AND state <> 'ready'")" 0 'not ready'
	request GET "/audio/$id/mp3_file"
	expect 401
	equal "$(files_of "$project" | wc -l)" 24 'files'
	# After enabling, the user finds everything, and a delete removes everything.
	"$BUILD/ttsctl" -c "$STATE/tts.conf" user enable "$user" >/dev/null
	login
	request GET "/project/$project"
	expect 200
	want '.ready_count == 24'
	request DELETE "/project/$project"
	expect 201
	touch "$STATE/run/kick"
	until_so 60 nothing_left "$project"
}

# As an administrator would do it in the database. The files then belong to nobody: the renderer
# discards the sound being spoken, and "ttsctl gc" removes the others.
test_a_user_removed_while_a_sentence_is_spoken_leaves_nothing_behind() {
	local id
	spoken_now
	id=$(sql "SELECT MIN(id) FROM audio WHERE project_id = $project AND state = 'claimed'")
	files_of "$project" | sort >"$work/files-before"
	sql "DELETE FROM user WHERE id = $user"
	go_on
	until_so 60 at_rest
	request GET "/audio/$id/mp3_file"
	expect 401
	others_are_ready
	files_of "$project" | sort | comm -13 "$work/files-before" - >"$work/files-new"
	[ ! -s "$work/files-new" ] || fail "stored and left: $(<"$work/files-new")"
	find "$STATE/media" -name '*.mp3' -exec touch -d '-1 day' {} +
	"$BUILD/ttsctl" -c "$STATE/tts.conf" gc >/dev/null
	nothing_left "$project" || fail "left over: $(files_of "$project")"
}

# forget STONE PATH: as it is when a worker dies between the COMMIT and the tombstone.
forget() {
	rm "$STATE/gone/$1"
	until_so 10 answers "$2" 200
}

test_deleted_is_gone_although_the_worker_died_before_it_hid_the_files() {
	local id path kept
	new_user
	new_project 'The canary sings. It sings again.'
	all_ready
	id=$(audio_at 1)
	path=$(sql "SELECT CONCAT('/media/', path) FROM audio WHERE id = $id")
	kept=$(sql "SELECT CONCAT('/media/', path) FROM audio WHERE project_id = $project AND id <> $id")
	trap release_work EXIT
	hold_work
	request DELETE "/audio/$id"
	expect 201
	want '. == {is_success: true}'
	until_so 10 answers "$path" 404
	forget "a$id" "$path"
	request DELETE "/audio/$id"
	expect 404
	until_so 10 answers "$path" 404
	request DELETE "/project/$project"
	expect 201
	until_so 10 answers "$kept" 404
	forget "p$project" "$kept"
	request DELETE "/project/$project"
	expect 404
	until_so 10 answers "$kept" 404
	# Nobody sends it again, but there is another worker.
	forget "p$project" "$kept"
	kill_all KILL tts-api
	until_so 10 answers "$kept" 404
}

test_an_answer_says_when_urls_could_not_be_ended() {
	local id path
	new_user
	new_project 'The canary sings.'
	all_ready
	id=$(audio_at 1)
	path=$(sql "SELECT CONCAT('/media/', path) FROM audio WHERE id = $id")
	trap release_work EXIT
	hold_work
	mv "$STATE/gone" "$STATE/gone.away"
	request DELETE "/audio/$id"
	mv "$STATE/gone.away" "$STATE/gone"
	expect 201
	want '. == {is_success: true, is_gone: false}'
	answers "$path" 200
	# Somebody else's DELETE is told the same as for what never was.
	new_user Other
	request DELETE "/audio/$id"
	expect 404
	until_so 10 answers "$path" 404
}
