# Work that is too long for a request: what is deleted is gone at once for everybody, and its rows and files soon.
# shellcheck shell=bash disable=SC2034,SC2154

# work_run [COMMAND…]: one run of tts-work in the foreground, by way of COMMAND; its exit status. It has a lock of its
# own, so that hold_work holds only those that the timer starts.
work_run() {
	sed "/^work/,/^}/s|lock_file = .*|lock_file = \"$STATE/run/other.lock\";|; ${change-}" "$STATE/tts.conf" >"$work/other.conf"
	"$@" "$BUILD/tts-work" -c "$work/other.conf" 2>>"$STATE/log/work.log" </dev/null 7>&-
}

# many N: a text of N sentences.
many() {
	local i
	for ((i = 1; i <= $1; i++)); do
		printf 'Canary %d.\n' "$i"
	done
}

# new_project of "many N", which is too long for a command line.
new_many() {
	many "$1" | jq -Rs '{title: "A title", sentences: .}' >"$work/text"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/text"
	expect 201
	project=$(get .id)
}

# rows PROJECT: how many rows there are of it, besides work.
rows() {
	sql "SELECT (SELECT COUNT(*) FROM audio WHERE project_id = $1) + (SELECT COUNT(*) FROM stretch WHERE project_id = $1)
		+ (SELECT COUNT(*) FROM project WHERE id = $1) + (SELECT COUNT(*) FROM trash WHERE project_id = $1)"
}

# nothing_left PROJECT: no row, no file, no tombstone.
nothing_left() {
	[ "$(rows "$1")" = 0 ] && [ ! -e "$STATE/media/$(($1 / 1000))/$1" ] && [ ! -e "$STATE/gone/p$1" ]
}

# state_of KIND OBJECT: of the newest work of that kind for that object.
state_of() {
	sql "SELECT state FROM work WHERE kind = '$1' AND object_id = $2 ORDER BY id DESC LIMIT 1"
}

# is_gone PATH…: none of them answers.
is_gone() {
	local path
	for path; do
		request GET "$path"
		expect 404
	done
}

# ms COMMAND…: how many milliseconds it takes, in $took.
ms() {
	local from=${EPOCHREALTIME/[.,]/}
	"$@"
	took=$(((${EPOCHREALTIME/[.,]/} - from) / 1000))
}

# large_project N: some of its N sentences are ready; sets $project, $first and $sound.
large_project() {
	hold_renderer
	new_many "$1"
	first=$(audio_at 1)
	release_renderer
	sound_ready "$first"
	sound=$(get .path)
	kill_all TERM tts-render
	hold_renderer
	until_so 60 at_rest
}

at_rest() {
	[ -z "$(renderer)" ]
}

test_a_large_project_is_gone_at_once_and_soon_deleted() {
	local took large small
	new_user
	new_many 2
	ms request DELETE "/project/$project"
	expect 201
	small=$took
	hold_work
	large_project 20000
	ms request DELETE "/project/$project"
	expect 201
	large=$took
	# A statement for each of the rows would take seconds.
	[ "$large" -le $((small + 500)) ] || fail "$large ms for 20,000 sentences, $small ms for two"
	is_gone "/project/$project" "/project/$project/page/1" "/project/$project/page/2000" "/audio/$first" \
		"/audio/$first/mp3_file" "/audio/$first/timing" "$sound"
	request GET /project/
	want '.total == 0'
	request DELETE "/project/$project"
	expect 404
	send POST "/audio/$first" '{"text":"Nobody hears this canary."}'
	expect 404
	# Nothing of it is deleted yet, and nothing of it is spoken.
	[ "$(rows "$project")" -gt 20000 ] || fail 'the request deleted it all by itself'
	release_renderer
	new_project 'Another canary.'
	all_ready
	project=$(sql 'SELECT MAX(object_id) FROM work')
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE project_id = $project AND state = 'claimed'")" 0 'claimed of what is deleted'
	release_work
	until_so 120 nothing_left "$project"
	until_so 10 is_done project_delete "$project"
	counts_are_right
}

is_done() {
	[ "$(state_of "$1" "$2")" = "${3-done}" ]
}

test_a_deletion_that_is_killed_goes_on_where_it_was() {
	local i before=0 now steps=0
	new_user
	hold_work
	large_project 20000
	release_renderer
	request DELETE "/project/$project"
	expect 201
	for i in {1..40}; do
		work_run timeout -s KILL "$((i / 10)).$(printf %03d $((20 + RANDOM % 500)))" || :
		is_gone "/project/$project" "$sound"
		now=$(sql "SELECT COALESCE(MAX(progress), 0) FROM work WHERE kind = 'project_delete' AND object_id = $project")
		[ "$now" -ge "$before" ] || fail "progress went back from $before to $now"
		[ "$now" = "$before" ] || steps=$((steps + 1))
		before=$now
		[ "$(state_of project_delete "$project")" != 'done' ] || break
	done
	[ $steps -ge 2 ] || fail "only $steps runs made progress"
	[ "$(sql "SELECT COUNT(*) FROM work_try t JOIN work w ON w.id = t.work_id WHERE w.object_id = $project AND t.outcome = 'lost'")" -gt 0 ] ||
		fail 'no run was killed while it was at work'
	release_work
	until_so 120 nothing_left "$project"
	equal "$(state_of project_delete "$project")" 'done'
	counts_are_right
}

test_what_is_not_done_in_one_run_is_done_by_the_next() {
	local code=0
	new_user
	hold_work
	new_many 90000
	request DELETE "/project/$project"
	expect 201
	local change='s|# run_sec = 50|run_sec = 1|' runs=0
	while [ "$(state_of project_delete "$project")" != 'done' ]; do
		work_run || code=$?
		equal $code 0 'the status of a run'
		runs=$((runs + 1))
		equal "$(sql "SELECT COUNT(*) FROM work WHERE state = 'claimed'")" 0 'claims left behind'
	done
	[ $runs -ge 2 ] || fail 'one run did it all'
	release_work
	until_so 60 nothing_left "$project"
}

# A statement of somebody else holds up one of the pages, so that the request does not get to the end of it.
test_a_change_of_a_dictionary_goes_on_after_its_request() {
	local row blocker
	new_user
	hold_renderer
	hold_work
	new_many 4000
	row=$(sql "SELECT id FROM audio WHERE project_id = $project ORDER BY id LIMIT 1 OFFSET 1500")
	sql "START TRANSACTION; SELECT id FROM audio WHERE id = $row FOR UPDATE; DO SLEEP(5)" >/dev/null 7>&- 8>&- &
	blocker=$!
	until_so 10 is_locked
	send POST /lexicon/ '{"from":"canary","to":"bird","match":"word"}'
	expect 201
	want '.sweeping and .queued >= 1024 and .queued < 4000'
	wait "$blocker"
	# The same again does no harm, and goes on with it.
	sql "START TRANSACTION; SELECT id FROM audio WHERE project_id = $project ORDER BY id DESC LIMIT 1 FOR UPDATE;
		DO SLEEP(5)" >/dev/null 7>&- 8>&- &
	blocker=$!
	until_so 10 is_locked
	send POST /lexicon/ '{"from":"canary","to":"bird","match":"word"}'
	expect 201
	want '.queued > 1024'
	wait "$blocker"
	release_work
	until_so 60 is_done lexicon_sweep "$(get .id)"
	equal "$(sql "SELECT revision, COUNT(*) FROM audio WHERE project_id = $project GROUP BY revision")" $'2\t4000'
	release_renderer
	request DELETE "/project/$project"
	expect 201
}

# The table is not made anew while it is asked more often than every 0.1 s.
is_locked() {
	sleep 0.15
	[ "$(sql 'SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked > 0')" -gt 0 ]
}

test_a_deleted_user_is_gone_with_all_projects() {
	local gone=() paths other
	new_user
	other=$token
	new_project 'A canary of somebody else.'
	new_user
	new_project 'A canary. Another one.'
	gone+=("$project")
	all_ready
	request GET "/project/$project/page/1"
	paths=$(get '.page[].path')
	new_many 3000
	gone+=("$project")
	send POST /lexicon/ '{"from":"canary","to":"bird","match":"word"}'
	expect 201
	ctl 0 user delete "$email"
	says "^user $user is deleted; .* 2 projects "
	request GET /project/
	expect 401
	token=
	send POST /login/ "$(jq -nc --arg e "$email" --arg p "$password" '{email: $e, password: $p}')"
	expect 401
	ctl 67 user delete "$email"
	ctl 67 user disable "$user"
	ctl 0 user list --json
	has 'all(.[]; .id != $id)' --argjson id "$user"
	# The address is free again.
	send POST /signup/ "$(jq -nc --arg e "$email" '{name: "Again", email: $e, password: "another canary-1"}')"
	expect 201
	until_so 60 is_done user_delete "$user"
	for project in "${gone[@]}"; do
		until_so 60 nothing_left "$project"
	done
	# shellcheck disable=SC2086 # one a line
	is_gone $paths
	equal "$(sql "SELECT (SELECT COUNT(*) FROM user WHERE id = $user) + (SELECT COUNT(*) FROM project WHERE user_id = $user)
		+ (SELECT COUNT(*) FROM lexicon WHERE user_id = $user) + (SELECT COUNT(*) FROM idempotency WHERE user_id = $user)")" 0 'rows of the user'
	token=$other
	request GET /project/
	want '.total == 1'
	counts_are_right
}

test_the_administrator_deletes_a_project() {
	local paths
	new_user
	new_project 'A canary. Another canary.'
	all_ready
	paths=$(sql "SELECT CONCAT('/media/', path) FROM audio WHERE project_id = $project")
	sql "UPDATE user SET disabled = TRUE WHERE id = $user"
	ctl 0 project delete "$project"
	says "^project $project of user $user is deleted, with 2 sentences$"
	# shellcheck disable=SC2086 # one a line
	is_gone $paths
	ctl 66 project delete "$project"
	until_so 60 nothing_left "$project"
	counts_are_right
}

test_what_cannot_be_removed_holds_up_nothing() {
	local i
	[ "$(id -u)" = 0 ] || exit 77
	new_user
	new_project 'A canary that stays.'
	all_ready
	stuck=$project
	mounted=$STATE/media/$((stuck / 1000))/$stuck/mounted
	mkdir -p "$mounted"
	mount -t tmpfs -o size=64k none "$mounted" 2>/dev/null || exit 77
	trap 'umount "$mounted" 2>/dev/null || :' EXIT
	request DELETE "/project/$stuck"
	expect 201
	# And two hundred more that are older than whatever comes.
	for i in 1 2; do
		sql "INSERT INTO trash (created_at, run_at, project_id, audio_id, path, bury)
			SELECT NOW(3) - INTERVAL 1 DAY, NOW(3) - INTERVAL 1 DAY, $stuck, 0, '', 0 FROM information_schema.columns LIMIT 100"
	done
	new_project 'A canary that goes.'
	all_ready
	request DELETE "/project/$project"
	expect 201
	until_so 60 nothing_left "$project"
	[ "$(sql "SELECT COUNT(*) FROM trash WHERE project_id = $stuck AND tries > 0")" -ge 200 ] || fail 'they were not tried'
	[ "$("$BUILD/ttsctl" -c "$STATE/tts.conf" status --json | jq .trash_stuck)" -ge 200 ] || fail 'status does not tell'
	# Nobody hears of it all the same.
	is_gone "/project/$stuck"
	umount "$mounted"
	sql "UPDATE trash SET run_at = NOW(3) WHERE project_id = $stuck"
	until_so 60 nothing_left "$stuck"
}

test_without_the_media_directory_rows_go_and_files_stay() {
	local code=0
	new_user
	hold_work
	new_project 'A canary. Two of them.'
	all_ready
	mv "$STATE/media/.tts-media" "$work/marker"
	trap 'mv "$work/marker" "$STATE/media/.tts-media"' EXIT
	request DELETE "/project/$project"
	expect 201
	work_run || code=$?
	equal $code 74 'the status without a media directory'
	equal "$(state_of project_delete "$project")" 'done'
	[ -n "$(ls "$STATE/media/$((project / 1000))/$project")" ] || fail 'files are gone where nothing is mounted'
	[ "$(sql "SELECT COUNT(*) FROM trash WHERE project_id = $project AND tries = 0")" = 1 ] || fail 'there is no entry in the trash'
	mv "$work/marker" "$STATE/media/.tts-media"
	trap - EXIT
	release_work
	until_so 60 nothing_left "$project"
}

# ------------------------------------------------------------------ the program and the administrator

test_one_at_a_time_and_the_usual_options() {
	local code=0
	hold_work
	"$BUILD/tts-work" -c "$STATE/tts.conf" 2>"$work/out" </dev/null 7>&- || code=$?
	equal $code 0
	says 'another tts-work has' "$(<"$work/out")"
	exec 7>&-
	[[ $("$BUILD/tts-work" -V) == 'tts-work '* ]]
	"$BUILD/tts-work" -t -c "$STATE/tts.conf"
	for bad in -x extra; do
		"$BUILD/tts-work" $bad >"$work/out" 2>&1 && fail "$bad is taken" || code=$?
		equal $code 64 "tts-work $bad"
		says '^usage: tts-work \[-tV\] \[-c file\]$' "$(<"$work/out")"
	done
	sed 's|databases = {|databases = { colour = 1;|' "$STATE/tts.conf" >"$work/bad.conf"
	"$BUILD/tts-work" -c "$work/bad.conf" 2>"$work/out" && fail 'a wrong configuration is taken' || code=$?
	equal $code 78
	sed "s|socket = .*|socket = \"$work/nothing.sock\";|; s|work.lock|other.lock|" "$STATE/tts.conf" >"$work/away.conf"
	"$BUILD/tts-work" -c "$work/away.conf" 2>"$work/out" && fail 'it works without a database' || code=$?
	equal $code 75
}

test_the_administrator_sees_work_and_its_history() {
	local id
	new_user
	hold_work
	new_many 300
	request DELETE "/project/$project"
	expect 201
	id=$(sql "SELECT id FROM work WHERE kind = 'project_delete' AND object_id = $project")
	ctl 0 work list --json
	has 'any(.[]; .id == $id and .kind == "project_delete" and .state == "pending" and .object == $p and .total == 300)' \
		--argjson id "$id" --argjson p "$project"
	ctl 0 work list
	says "^ *$id +pending +project_delete +$project +0 of 300 "
	ctl 65 work cancel "$id"
	says 'cannot be cancelled' "$err"
	ctl 66 work show 999999999
	ctl 66 work retry 999999999
	release_work
	until_so 60 nothing_left "$project"
	ctl 0 work list --json
	has 'all(.[]; .id != $id)' --argjson id "$id"
	ctl 0 work list --all
	says "^ *$id +done +project_delete"
	ctl 0 work show --json "$id"
	has '.state == "done" and .progress == .total and .begun[0].outcome == "done" and .begun[0].ended_at >= .begun[0].began_at'
	ctl 0 work show "$id"
	says "^work +$id, project_delete $project$"
	says '^ +1 +20.* done '
	ctl 65 work retry "$id"
	ctl 65 work cancel "$id"
	says 'is finished' "$err"
	ctl 64 work
	ctl 64 work show
	ctl 64 work list 5
}

test_work_that_failed_is_wrong_until_it_is_tried_again() {
	local id
	new_user
	hold_work
	new_many 3
	request DELETE "/project/$project"
	expect 201
	id=$(sql "SELECT id FROM work WHERE kind = 'project_delete' AND object_id = $project")
	sql "UPDATE work SET state = 'failed', tries = 20, error_class = 'database', error = 'A reason that was made up.' WHERE id = $id"
	ctl 1 status
	says '^WRONG: 1 piece of work of project_delete failed for good'
	says '^work +project_delete: pending 0, claimed 0, waiting 0, failed 1'
	ctl 1 status --json
	has 'any(.work.kinds[]; .kind == "project_delete" and .failed == 1)'
	ctl 0 work list
	says "^ *$id +failed .*A reason that was made up.$"
	ctl 0 work retry --json --all
	has '.queued >= 1'
	release_work
	until_so 60 nothing_left "$project"
	# Waiting for long while nobody does it is wrong too.
	hold_work
	new_many 3
	request DELETE "/project/$project"
	expect 201
	sql "UPDATE work SET created_at = created_at - INTERVAL 1 HOUR WHERE kind = 'project_delete' AND object_id = $project"
	sed "/^work/,/^}/s|lock_file = .*|lock_file = \"$STATE/run/other.lock\";|" "$STATE/tts.conf" >"$work/other.conf"
	"$BUILD/ttsctl" -c "$work/other.conf" status >"$work/out" && fail 'all is well' || equal $? 1
	says '^WRONG: project_delete has waited for 1 h.*tts-work is not running' "$(<"$work/out")"
	release_work
	until_so 60 nothing_left "$project"
}

# scrape; number NAME[{LABELS}]: as in metrics.sh.
scrape() {
	last='GET /metrics'
	body=$(curl -sS -f -m 30 --unix-socket "$STATE/run/metrics.sock" http://x/metrics) || fail 'no metrics'
}

number() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { if (!found) print 0 }' <<<"$body"
}

test_what_it_does_is_counted() {
	local done_before steps removed
	new_user
	new_many 3
	all_ready
	scrape
	done_before=$(number 'tts_work_outcomes_total{kind="project_delete",outcome="done"}')
	steps=$(number tts_work_steps_total)
	removed=$(number tts_trash_removed_total)
	hold_work
	request DELETE "/project/$project"
	expect 201
	scrape
	equal "$(number 'tts_work_pieces{kind="project_delete",state="pending"}')" 1
	release_work
	until_so 60 nothing_left "$project"
	until_so 20 work_at_rest
	scrape
	promtool check metrics <<<"$body"
	equal "$(number 'tts_work_pieces{kind="project_delete",state="pending"}')" 0
	equal "$(number 'tts_work_outcomes_total{kind="project_delete",outcome="done"}')" $((done_before + 1))
	[ "$(number tts_work_steps_total)" -gt "$steps" ] || fail 'no step was counted'
	[ "$(number tts_trash_removed_total)" -gt "$removed" ] || fail 'nothing out of the trash was counted'
	[ "$(number 'tts_work_runs_total{end="ok"}')" -gt 0 ] || fail 'no run was counted'
	"$BUILD/ttsctl" -c "$STATE/tts.conf" status --json >"$work/out" || [ $? = 1 ]
	jq -e '.work.seen_sec < 60 and any(.work.runs[]; .end == "ok" and .done >= 1 and .began <= .ended)' "$work/out" >/dev/null ||
		fail "$(<"$work/out")"
}

work_at_rest() {
	[ -z "$(pids_of tts-work)" ]
}
