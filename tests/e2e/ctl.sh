# The administrator's command, on a running server.
# shellcheck shell=bash disable=SC2034,SC2154

# poison: create a project with one sentence that crashes the engine, in $bad, between two that do not.
poison() {
	new_project 'Before the canary.' '.language = "en"'
	insert_text "$(poison_text)"
	bad=$(get .id)
	insert_text 'After it.'
	until_so 120 project_done
	want '.failed_count == 1 and .ready_count == 2'
}

# ---------------------------------------------------------------------------------- retry

test_retry_brings_failed_sentences_back_with_fresh_counters() {
	local bad other
	new_user
	poison
	other=$bad
	poison
	hold_renderer
	ctl 0 retry --json "$bad"
	has '.queued == 1'
	equal "$(sql "SELECT state, attempts, crashes, error FROM audio WHERE id = $bad")" $'pending\t0\t0\t'
	request GET "/project/$project"
	want '.failed_count == 0 and .pending_count == 1'
	ctl 0 retry "$bad"
	says '^0 sentences queued again: it has not failed$'
	ctl 0 retry --json --project "$project"
	has '.queued == 0'
	ctl 0 retry --all
	says '^[1-9][0-9]* sentences? queued again$'
	equal "$(sql "SELECT state, attempts, crashes, error FROM audio WHERE id = $other")" $'pending\t0\t0\t'
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE state = 'failed'")" 0
	counts_are_right
	# The problem has been solved.
	sql "UPDATE audio SET text = 'All is well.' WHERE id IN ($bad, $other)"
	release_renderer
	sound_ready "$bad"
	sound_ready "$other"
	counts_are_right
}

test_retry_of_a_project_takes_all_of_it() {
	new_user
	hold_renderer
	new_project "$(printf 'This is number %d. ' {1..300})"
	sql "UPDATE audio SET state = 'failed', error = 'tried', attempts = 5 WHERE project_id = $project;
		UPDATE project SET failed_count = sentence_count WHERE id = $project"
	# The owner does not matter, even if the owner is disabled.
	ctl 0 user disable "$user"
	ctl 0 retry --json --project "$project"
	has '.queued == 300'
	equal "$(sql "SELECT COUNT(*), SUM(attempts), SUM(turn IN (SELECT turn FROM audio b WHERE b.project_id = a.project_id
		AND b.position < a.position)) FROM audio a WHERE project_id = $project AND state = 'pending'")" $'300\t0\t0' \
		'sentences, attempts, turns taken twice'
	counts_are_right
	ctl 0 user enable "$user"
	login
	request DELETE "/project/$project"
	expect 201
	release_renderer
}

test_what_the_clock_was_set_back_from_is_told_and_freed() {
	local id
	new_user
	hold_renderer
	new_project 'One canary. Two canaries. Three canaries.'
	id=$(audio_at 2)
	sql "UPDATE audio SET attempts = 1, run_at = NOW(3) + INTERVAL 2 HOUR WHERE project_id = $project"
	ctl 0 status --json
	has '.pending_stranded == 3 and .pending_later == 0 and any(.findings[]; .what | test("clock of the database server"))'
	ctl 0 status
	says '^note: the clock of the database server was set back while 3 sentences waited'
	ctl 0 retry --json "$id"
	has '.queued == 1'
	ctl 0 retry "$id"
	says '^0 sentences queued again: it has not failed'
	ctl 0 retry --json --project "$project"
	has '.queued == 2'
	equal "$(sql "SELECT COUNT(*), SUM(attempts) FROM audio WHERE project_id = $project AND run_at <= NOW(3)")" $'3\t3'
	sql "UPDATE audio SET run_at = NOW(3) + INTERVAL 2 HOUR WHERE project_id = $project"
	ctl 0 retry --json --all
	has '.queued >= 3'
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE run_at > NOW(3)")" 0
	ctl 0 status --json
	has '.pending_stranded == 0'
	sql "UPDATE audio SET run_at = NOW(3) + INTERVAL 2 HOUR WHERE project_id = $project"
	release_renderer
	all_ready # without any help
}

test_retry_wants_one_thing_that_there_is() {
	ctl 66 retry 999999999
	says 'there is no sentence 999999999' "$err"
	ctl 66 retry --project 999999999
	ctl 64 retry
	ctl 64 retry --all 5
	ctl 64 retry --project 0
	ctl 64 retry x
	ctl 64 retry -- -5
}

# ---------------------------------------------------------------------------------- rerender

test_rerender_makes_sounds_anew_and_the_old_ones_are_heard_meanwhile() {
	local id old
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	id=$(audio_at 2)
	request GET "/audio/$id"
	old=$(get .path)
	cp "$STATE$old" "$work/before.mp3"
	ctl 0 rerender --preview --json --project "$project"
	has '.sentences == 0 and .duration_ms == 0'
	# As a version that was older has left it, and one that did not record it.
	sql "UPDATE audio SET made_with = REPLACE(made_with, SUBSTRING_INDEX(made_with, ';', 1), '0.0.9') WHERE id = $id"
	sql "UPDATE audio SET made_with = NULL WHERE id = $(audio_at 1)"
	hold_renderer
	ctl 0 rerender --preview --json --user "$email" --older-than 0.1
	has '.sentences == 2 and .duration_ms > 1000'
	ctl 0 rerender --preview --language ko --project "$project"
	says '^0 sentences would be queued again, 0 s of sound$'
	ctl 0 rerender --json --user "$email"
	has '.queued == 2 and .duration_ms > 1000'
	ctl 0 rerender --user "$email"
	says '^0 sentences queued again'
	request GET "/audio/$id"
	want '.revision == 2 and .status == "pending" and .is_audio_required and .path == "" and .previous_path == $p
		and .made_with == null' --arg p "$old"
	request GET "$old"
	expect 200
	request GET "/audio/$id/mp3_file"
	expect 200
	cmp "$work/body" "$work/before.mp3"
	request GET "/audio/$id/timing"
	expect 200
	want '.revision == 1 and (.words | length) == 2'
	release_renderer
	all_ready
	request GET "/audio/$id"
	want '.revision == 2 and .status == "ready" and .path != $p and .previous_path == "" and .made_with.version == $v' \
		--arg p "$old" --arg v "$("$BUILD/ttsctl" -V | cut -d ' ' -f 2)"
	cmp "$STATE$(get .path)" "$work/before.mp3" # the same programs with the same settings
	until_so 60 answers "$old" 404
}

test_rerender_wants_what_there_is() {
	ctl 66 rerender --project 999999999
	says 'there is no project 999999999' "$err"
	ctl 67 rerender --user nobody@example.org
	ctl 64 rerender --older-than yesterday
	says '"yesterday" is not a version' "$err"
	ctl 64 rerender --language xx-nothing
	ctl 64 rerender --project 0
	ctl 64 rerender 5
}

# ---------------------------------------------------------------------------------- status

test_status_counts_and_says_what_is_wrong() {
	new_user
	hold_renderer
	new_project 'One canary. Two canaries. Three canaries.'
	ctl 0 status --json
	has '.database and .schema >= 1 and .pending >= 3 and .claimed == 0 and .media.usable and .media.bytes_free > 0
		and .renderer.at_work and ([.by_user[] | select(.email == $e)] == [{id: $u, email: $e, waiting: 3, failed: 0}])' \
		--arg e "$email" --argjson u "$user"
	ctl 0 status
	says '^queue +pending [0-9,]+, claimed 0, ready'
	says '^renderer +at work'
	says '^all is well$'
	sql "UPDATE audio SET queued_at = queued_at - INTERVAL 1 HOUR, run_at = run_at - INTERVAL 1 HOUR WHERE project_id = $project"
	ctl 1 status
	says '^WRONG: a renderer is at work, and nothing becomes ready'
	sql "UPDATE audio SET state = 'claimed', claim_token = RANDOM_BYTES(16), host = 'elsewhere',
		lease_until = NOW(3) - INTERVAL 1 MINUTE WHERE project_id = $project"
	ctl 1 status --json
	has '.by_host == [{host: "elsewhere", claimed: 3, overdue: 3}]
		and any(.findings[]; .wrong and (.what | test("3 claims of host elsewhere ended")) and (.todo | length) > 0)'
	release_renderer
	all_ready
	until_so 60 at_rest
	ctl 0 status
	says 'all is well'
}

at_rest() {
	[ "$("$BUILD/ttsctl" -c "$STATE/tts.conf" status --json | jq '.renderer.at_work or .pending + .claimed + .trash > 0')" = false ]
}

test_status_without_a_renderer_says_so() {
	new_user
	hold_renderer
	new_project 'One canary.'
	sql "UPDATE audio SET queued_at = queued_at - INTERVAL 1 HOUR, run_at = run_at - INTERVAL 1 HOUR WHERE project_id = $project"
	# As on a machine whose timer was never started: another lock file, which nobody holds.
	sed "/^scheduler/,/^}/s|lock_file = .*|lock_file = \"$STATE/run/other.lock\";|" "$STATE/tts.conf" >"$work/other.conf"
	"$BUILD/ttsctl" -c "$work/other.conf" status >"$work/out" && fail 'all is well' || equal $? 1
	says '^WRONG: sentences have waited for 1 h' "$(<"$work/out")"
	says '^renderer +at rest(, seen .* ago)?$' "$(<"$work/out")"
	release_renderer
	all_ready
}

test_status_tells_when_the_database_is_away() {
	sed "s|socket = .*|socket = \"$work/nothing.sock\";|" "$STATE/tts.conf" >"$work/away.conf"
	"$BUILD/ttsctl" -c "$work/away.conf" status --json >"$work/out" 2>"$work/err" && fail 'all is well' || equal $? 75
	out=$(<"$work/out")
	has '.database == false and .media.usable and any(.findings[]; .wrong and (.what | test("database")))'
	local command
	for command in gc verify 'retry --all' 'user list'; do
		# shellcheck disable=SC2086
		"$BUILD/ttsctl" -c "$work/away.conf" $command >"$work/out" 2>&1 && fail "$command does it" || equal $? 75 "$command"
	done
}

test_watch_looks_again_and_again() {
	ctl 0 watch --json --interval 1 --count 2
	equal "$(jq -s length <<<"$out")" 2
	jq -se '.[0].rate_per_sec == null and .[1].rate_per_sec != null' >/dev/null <<<"$out" || fail "$out"
}

# ---------------------------------------------------------------------------------- users

# log_in STATUS PASSWORD: log in as $email and expect STATUS.
log_in() {
	token=
	send POST /login/ "$(jq -nc --arg e "$email" --arg p "$2" '{email: $e, password: $p}')"
	expect "$1"
	[ "$1" != 201 ] || token=$(get .access)
}

test_users_are_added_changed_disabled_and_enabled() {
	address=127.9.9.9 email=added-$RANDOM$RANDOM@example.org
	printf 'canary-one-1\nmore' >"$work/pw"
	ctl 0 user add --json --name 'Ad Ded' --password-file "$work/pw" "$email"
	has '.email == $e and .name == "Ad Ded"' --arg e "$email"
	local id
	id=$(jq .id <<<"$out")
	log_in 201 canary-one-1
	request GET /project/
	expect 200
	ctl 65 user add --password-file "$work/pw" "${email^^}"
	says 'another user has this e-mail address' "$err"

	printf 'canary-two-2\r\n' | "$BUILD/ttsctl" -c "$STATE/tts.conf" user passwd --password-file - "$email" >"$work/out"
	says 'every login has ended' "$(<"$work/out")"
	request GET /project/
	expect 401
	log_in 401 canary-one-1
	log_in 201 canary-two-2

	ctl 0 user disable "$id"
	request GET /project/
	expect 401
	local before=$token
	log_in 401 canary-two-2
	ctl 0 user list --json
	has 'any(.[]; .id == $id and .disabled)' --argjson id "$id"
	ctl 0 user enable "${email^^}"
	token=$before
	request GET /project/
	expect 401
	log_in 201 canary-two-2
	request GET /project/
	expect 200
	! sql "SELECT password_hash FROM user WHERE id = $id" | grep -qF -e canary || fail 'the password is stored'
}

test_a_token_is_what_a_login_gives() {
	local before
	new_user
	new_project 'One canary.'
	before=$token
	ctl 0 user token "$email"
	token=$out
	[[ $token =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]] || fail 'that is no token'
	request GET "/project/$project"
	expect 200
	ctl 0 user token --json "$user"
	has '.token_type == "Bearer" and .expires_in == 3600 and (.access | length) > 50'
	token=$(jq -r .access <<<"$out")
	request GET "/project/$project"
	expect 200
	ctl 0 user disable --json "$email"
	has '.disabled and .email == $e' --arg e "$email"
	request GET "/project/$project"
	expect 401
	ctl 77 user token "$email"
	equal "$out" ''
	ctl 0 user enable --json "$email"
	has '.disabled == false'
	# Earlier tokens remain invalid; a new one is valid.
	request GET "/project/$project"
	expect 401
	token=$before
	request GET "/project/$project"
	expect 401
	ctl 0 user token "$email"
	token=$out
	request GET "/project/$project"
	expect 200
	ctl 67 user token nobody@example.org
	ctl 64 user token
}

test_every_command_has_json_for_programs() {
	local command
	for command in 'status' 'watch --count 1' 'retry --all' 'verify' 'gc --dry-run' 'user list' 'project list' 'config show' 'config check' \
		'migrate' 'split README.md'; do
		# shellcheck disable=SC2086
		set -- $command
		"$BUILD/ttsctl" -c "$STATE/tts.conf" "$1" --json "${@:2}" >"$work/out" 2>"$work/err" ||
			"$BUILD/ttsctl" -c "$STATE/tts.conf" "$@" --json >"$work/out" 2>"$work/err" || [ $? = 1 ] || fail "$command: $(<"$work/err")"
		jq -e 'type == "object" or type == "array"' "$work/out" >/dev/null || fail "$command: $(<"$work/out")"
	done
	ctl 0 migrate --json
	has '.fits and .schema >= 1'
}

test_users_that_cannot_be_are_refused() {
	local email
	printf 'canary-one-1\n' >"$work/pw"
	printf 'short\n' >"$work/short"
	for email in nobody @example.org nobody@ 'no body@example.org' a@b@c; do
		ctl 65 user add --password-file "$work/pw" "$email"
	done
	ctl 65 user add --password-file "$work/short" nobody@example.org
	ctl 65 user add --password-file "$work/nothing" nobody@example.org
	ctl 65 user add --password-file "$work/pw" --name ' ' nobody@example.org
	ctl 67 user disable nobody@example.org
	ctl 67 user passwd --password-file "$work/pw" 999999999
	ctl 64 user add
	ctl 64 user
	ctl 64 user remove nobody@example.org
	ctl 64 user disable --name x 1
	equal "$(sql "SELECT COUNT(*) FROM user WHERE email LIKE '%nobody%'")" 0
}

test_a_password_is_asked_for_on_the_terminal_without_echo() {
	email=asked-$RANDOM$RANDOM@example.org address=127.9.9.8
	mkfifo "$work/keys"
	script -qefc "$BUILD/ttsctl -c $STATE/tts.conf user add $email" /dev/null <"$work/keys" >"$work/out" 2>&1 &
	exec 7>"$work/keys"
	until_so 60 grep -q Password: "$work/out"
	printf 'canary-ask-3\n' >&7
	until_so 60 grep -q Again: "$work/out"
	printf 'canary-ask-3\n' >&7
	until_so 60 grep -q added "$work/out"
	exec 7>&-
	wait
	says 'user [0-9]+ added' "$(<"$work/out")"
	log_in 201 canary-ask-3
	! grep -q canary-ask "$work/out" || fail "it echoes: $(<"$work/out")"
}

test_users_and_projects_are_listed_with_what_they_have() {
	local id bytes
	new_user
	new_project 'One canary. Two canaries. Three canaries.'
	all_ready
	id=$project
	# The interface refuses such titles now.
	sql "UPDATE project SET title = CONCAT('The ', CHAR(27), '[31mcanary') WHERE id = $id"
	new_project 'One more.' '.language = "en"'
	all_ready
	bytes=$(find "$STATE"/media/*/{"$id","$project"} -name '*.mp3' -printf '%s\n' | jq -s add)
	ctl 0 user list --json
	has '.[] | select(.id == $u) | .email == $e and .projects == 2 and .sentences == 4 and .bytes == $b and .duration_ms > 2000' \
		--argjson u "$user" --arg e "$email" --argjson b "$bytes"
	ctl 0 user list
	says '^ +id  since +projects +sentences +size +sound +user$'
	says "^ +$user  20[0-9-]{8} +2 +4 +[0-9.]+ KiB +[0-9]+ s +$email  User\$"

	ctl 0 project list --json --user "$email"
	has '[.[].id] == [$a, $b] and all(.[]; .user == $u and .email == $e) and ([.[].bytes] | add) == $n
		and .[0].sentences == 3 and .[0].ready == 3 and .[1].language == "en"' \
		--argjson a "$id" --argjson b "$project" --argjson u "$user" --arg e "$email" --argjson n "$bytes"
	ctl 0 project list
	# Text of users is harmless to the terminal.
	says "^ +$id  20[0-9-]{8} +3 +0 +0 +[0-9.]+ KiB +[0-9]+ s  $email  The .x1b.31mcanary\$"
	says "^ +$project "
	ctl 0 project show --json "$id"
	has '.id == $i and .sentences == 3 and .pending == 0 and .failed == 0 and .duration_ms > 1000 and .bytes > 1000
		and .updated_at >= .created_at' --argjson i "$id"
	ctl 0 project show "$id"
	says "^user +$email\$"
	says '^sentences +3: ready 3, pending 0, failed 0$'
	says "^files +$STATE/media/$((id / 1000))/$id\$"
	[ -d "$(sed -n 's/^files *//p' <<<"$out")" ] || fail 'the files are elsewhere'
	ctl 66 project show 999999999
	says 'there is no project 999999999' "$err"
	ctl 67 project list --user nobody@example.org
	ctl 64 project
	ctl 64 project show
	ctl 64 project show x
	ctl 64 project list 5
}

# ---------------------------------------------------------------------------------- the rest

test_config_is_checked_and_shown() {
	ctl 0 config check
	ctl 0 config show --json
	has '."scheduler.batch_size" == ([16 * ."scheduler.workers", 1000] | min) and ."media.root" == $m
		and .origins."media.root" == "set" and .origins."mp3.quality" == "default" and .origins."scheduler.host" == "computed"
		and (.origins | keys) == (del(.origins) | keys)' --arg m "$STATE/media"
	local shown
	shown=$(jq -r 'to_entries[] | select(.value | type == "number") | "\(.key) = \(.value);"' <<<"$out")
	ctl 0 config show
	equal "$shown" "$(sed -nE 's/^([a-z0-9_.]+ = -?[0-9]+;).*/\1/p' <<<"$out")" 'the numbers as JSON and as text'
	says '^speech\.loudness_lufs = -[0-9]+;'
	says '^mp3\.quality = 7;$'
	says '^media\.root = ".*";  # set$'
	says '^scheduler\.workers = [1-9][0-9]*;  # computed$'
	sed 's/# quality = 7;/quality = 7;/; s/# workers = 0;/workers = 3;/' "$STATE/tts.conf" >"$work/more.conf"
	"$BUILD/ttsctl" -c "$work/more.conf" config show >"$work/out"
	says '^mp3\.quality = 7;  # set$' "$(<"$work/out")"
	says '^scheduler\.workers = 3;  # set$' "$(<"$work/out")"
	says '^scheduler\.batch_size = 48;  # computed$' "$(<"$work/out")"
	local secret
	for secret in "$STATE"/secrets/*; do
		! grep -qF -f "$secret" <<<"$out" || fail "$secret is shown"
	done
	sed "s|/token.key|/nothing.key|" "$STATE/tts.conf" >"$work/bad.conf"
	"$BUILD/ttsctl" -c "$work/bad.conf" config check >"$work/out" 2>&1 && fail 'it is good' || equal $? 78
	says 'secrets.token_key_file: .*/nothing.key: No such file' "$(<"$work/out")"
	echo 'mp3 = { quality = 11; };' >"$work/bad.conf"
	"$BUILD/ttsctl" -c "$work/bad.conf" config check >"$work/out" 2>&1 && fail 'it is good' || equal $? 78
	ctl 64 config
	ctl 64 config set
}

test_migrate_runs_the_migrations_with_the_account_for_it() {
	mkdir -p "$work/i/sbin" "$work/i/share/tts-provider"
	cp "$BUILD/ttsctl" "$work/i/sbin/" && cp -r sql "$work/i/share/tts-provider/"
	"$work/i/sbin/ttsctl" -c "$STATE/tts.conf" migrate
	echo 'CREATE TABLE IF NOT EXISTS canary (id INT);' >"$work/i/share/tts-provider/sql/9999-canary.sql"
	sed 's|password_file = ".*/migration.pw"|password_file = "/nothing"|' "$STATE/tts.conf" >"$work/bad.conf"
	"$work/i/sbin/ttsctl" -c "$work/bad.conf" migrate 2>"$work/err" && fail 'it needs no password' || equal $? 78
	equal "$(sql "SHOW TABLES LIKE 'canary'")" ''
	trap 'sql "DROP TABLE IF EXISTS canary; DELETE FROM schema_migration WHERE version = 9999"' EXIT
	"$work/i/sbin/ttsctl" -c "$STATE/tts.conf" migrate 2>"$work/err"
	says 'applied 9999-canary' "$(<"$work/err")"
	# The running programs refuse it now; so does this one, and tells what to do.
	ctl 78 status
	says '^WRONG: the schema of the database'
}

test_say_shows_what_the_engine_is_given() {
	equal "$(printf '가격은 12,300원입니다.\nIt costs $1.50.\n' | "$BUILD/ttsctl" say -)" \
		$'가겨근 만 이천삼백 워님니다.\nIt costs 1 dollar and 50 cents.'
	printf '3시 15분' >"$work/text"
	equal "$("$BUILD/ttsctl" say --lang ko "$work/text")" '세 시 시보 분'
	equal "$(echo '5 km' | "$BUILD/ttsctl" say --lang sv -)" '5 km'
	equal "$("$BUILD/ttsctl" say --json "$work/text" | jq -c '.[0].runs[2]')" \
		'{"said":4,"said_length":4,"offset":3,"length":3,"verbatim":false}'
	equal "$(printf '' | "$BUILD/ttsctl" say --json - | jq length)" 0
	ctl 66 say /nonexistent
	printf 'a\n\xff\n' >"$work/text"
	ctl 65 say "$work/text"
	says 'line 2 .* is not UTF-8' "$err"
	ctl 64 say
}

test_wrong_usage_is_64_and_says_how() {
	ctl 64
	says '^usage: ttsctl' "$err"
	ctl 64 nothing
	says 'nothing: no such command' "$err"
	ctl 64 gc --force
	says '^usage: ttsctl .* gc ' "$err"
	ctl 64 verify x
	ctl 64 status --interval 0
	"$BUILD/ttsctl" -c /nonexistent gc 2>"$work/err" && fail 'it needs no configuration' || equal $? 78
}

test_who_asks_for_help_gets_it_on_standard_output() {
	local command action
	ctl 0 --help
	equal "$err" ''
	says '^usage: ttsctl'
	# A line for each command and each of its actions, with a description.
	"$BUILD/ttsctl" 2>&1 | sed 's/^.*\[-c file\] //' >"$work/usage"
	while read -r command action _; do
		[[ $action =~ ^[a-z]+$ ]] || action=
		says "^  $command $action +[a-z]+ [a-z]+.*$" "$out"
	done <"$work/usage"
	[ "$(wc -l <"$work/usage")" -ge 16 ] || fail 'there are fewer commands than there were'
	equal "$(grep -c '^  ' <<<"$out")" "$(wc -l <"$work/usage")" 'lines for commands'
	ctl 0 -h
	ctl 0 gc --help
	equal "$err" ''
	says '^usage: ttsctl .* gc '
	says '^  gc +remove '
	equal "$(grep -c '^  ' <<<"$out")" 1 'other commands'
	ctl 0 user -h
	[ "$(grep -c '^  user ' <<<"$out")" -ge 6 ] || fail "$out"
	ctl 0 user add --help
	says '^usage: ttsctl .* user add '
	equal "$(grep -c user <<<"$out")" 2
	ctl 64 user nothing --help
	ctl 0 --version
	says '^ttsctl [0-9]' "$out"
}

test_the_environment_may_name_the_configuration() {
	printf 'log_level = 4;\n' >"$work/env.conf"
	printf 'log_level = 5;\n' >"$work/option.conf"
	equal "$(TTS_CONF=$work/env.conf "$BUILD/ttsctl" config show | grep log_level)" 'log_level = 4;  # set'
	equal "$(TTS_CONF=$work/env.conf "$BUILD/ttsctl" -c "$work/option.conf" config show | grep log_level)" 'log_level = 5;  # set'
	TTS_CONF=$work/nothing "$BUILD/ttsctl" config show 2>"$work/err" && fail 'it takes another' || equal $? 78
	says "cannot read $work/nothing" "$(<"$work/err")"
	# An empty value counts as unset.
	TTS_CONF='' "$BUILD/ttsctl" config show >"$work/out" 2>"$work/err" || says 'cannot read /etc/tts/tts.conf' "$(<"$work/err")"
}

# completed WORD…: print the completions of a command line whose last word is being typed.
completed() {
	COMP_WORDS=(ttsctl "$@") COMP_CWORD=$# COMPREPLY=()
	_ttsctl
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -s -d ' '
}

test_the_completion_knows_each_command_each_action_and_each_option() {
	local COMP_WORDS COMP_CWORD COMPREPLY usage command action rest actions
	# shellcheck source=/dev/null
	. ttsctl/ttsctl.bash
	usage=$("$BUILD/ttsctl" 2>&1 | sed 's/^.*\[-c file\] //')
	[ "$(cut -d ' ' -f 1 <<<"$usage" | sort -u | wc -l)" -ge 10 ] || fail 'there are fewer commands than there were'
	equal "$(completed '')" "$({ printf '%s\n' -c -h -V --help --local --version && cut -d ' ' -f 1 <<<"$usage"; } | LC_ALL=C sort -u | paste -s -d ' ')"
	while read -r command action rest; do
		if [[ $action =~ ^[a-z]+$ ]]; then
			actions=$(awk -v c="$command" '$1 == c { print $2 }' <<<"$usage" | LC_ALL=C sort | paste -s -d ' ')
			equal "$(completed "$command" '')" "$actions" "$command"
		else
			rest="$action $rest" action=
		fi
		# The options of sql/migrate are not listed in the usage.
		[ "$command" != migrate ] || rest+=$(sql/migrate --help 2>&1) || :
		# shellcheck disable=SC2086
		equal "$(completed $command $action -)" "$({ grep -oE -- '--[a-z-]+=?' <<<"$rest"; echo --help; } |
			LC_ALL=C sort -u | paste -s -d ' ')" "$command $action"
	done <<<"$usage"
	equal "$(completed -c x verify --re)" --repair
	equal "$(completed user dis)" disable
	equal "$(completed gc --dry-run --v)" --verbose
	# Nothing follows -h, and values of options are not completed.
	equal "$(completed verify --project '')" ''
}
