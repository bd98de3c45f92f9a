# ttsctl for pipelines: what operators see of them and do with them. The rows are made by the tests, in stages that are
# paused.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

stages_paused() {
	local stage
	for stage in lyric song video; do
		ctl 0 stage pause --reason 'a test' $stage
	done
	trap 'sql "DELETE FROM pipeline; DELETE FROM stage; DELETE FROM engine; DELETE FROM alert";
		for stage in lyric song video; do "$BUILD/ttsctl" -c "$STATE/tts.conf" stage resume $stage >/dev/null; done' EXIT
}

# pipeline TASK: make a pipeline of $user that was started; sets $pipeline.
pipeline() {
	pipeline=$(sql "INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at, customer_name)
		VALUES ($user, '$1', NOW(3), NOW(3), NOW(3), 'Canary'); SELECT LAST_INSERT_ID()")
}

# run STAGE STATE [COLUMN VALUE]…: add a run to $pipeline; sets $run.
run() {
	local names='' values='' ended=NULL
	case $2 in done | failed | cancelled) ended='NOW(3)' ;; esac
	local stage=$1 state=$2
	shift 2
	while [ $# -ge 2 ]; do
		names+=", $1" values+=", $2"
		shift 2
	done
	run=$(sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, ended_at, state$names)
		SELECT $pipeline, $user, '$stage', COALESCE(MAX(run), 0) + 1, 'start', NOW(3), NOW(3), NOW(3), $ended, '$state'$values
		FROM stage WHERE pipeline_id = $pipeline AND stage = '$stage'; SELECT LAST_INSERT_ID()")
}

failed_run() {
	run "$1" failed error_class "'$2'" error "'it went wrong'" engine "'test'"
}

# tries N OUTCOME CLASS [AGO]: $run was tried so often.
tries() {
	sql "INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at, ended_at, outcome, error_class, error, answer, status)
		SELECT $run, seq + COALESCE((SELECT MAX(n) FROM stage_try WHERE stage_id = $run), 0), 'begin', 'here', 1, NOW(3), NOW(3), '$2', '$3',
		'no answer', 'an excerpt', 503 FROM seq_1_to_$1"
}

# listed OPTIONS IDS: those pipelines of the user are listed.
listed() {
	# shellcheck disable=SC2086 # words are wanted
	ctl 0 pipeline list --json --user "$email" $1
	equal "$(jq -r '[.[].id] | join(" ")' <<<"$out")" "$2" "$1"
}

test_pipelines_are_listed_shown_and_changed() {
	local other command
	new_user
	other=$user
	stages_paused
	pipeline shop-1
	new_user
	pipeline shop-1
	run lyric 'done' engine "'template'" text "'a canary sings'"
	failed_run song provider_failed
	tries 2 again transient
	tries 1 failed provider_failed
	ctl 0 pipeline list
	says "^ +$pipeline +$user +failed +completed +failed +pending +.* shop-1\$"
	ctl 0 pipeline list --json --user "$email"
	has 'length == 1 and (.[0] | .id == $p and .user == $u and .task_id == "shop-1" and .status == "failed" and .song == "failed")' \
		--argjson p "$pipeline" --argjson u "$user"
	listed '' "$pipeline"
	listed '--stage song' "$pipeline"
	listed '--stage video' ''
	listed '--state failed' "$pipeline"
	listed '--state pending' ''
	listed '--stage lyric --state completed' "$pipeline"
	listed '--stage lyric --state failed' ''
	listed '--stage video --state pending --all' "$pipeline"
	listed '--class provider_failed' "$pipeline"
	listed '--class transient' ''
	listed '--stage song --state failed --class provider_failed' "$pipeline"
	listed '--stage lyric --class provider_failed' ''
	for command in '--stage lied' '--state dead' '--class bad'; do
		# shellcheck disable=SC2086 # words are wanted
		ctl 64 pipeline list $command
		says 'there is no such ' "$err"
	done
	for command in 'pipeline list' 'dead list' 'project list'; do
		# shellcheck disable=SC2086 # words are wanted
		ctl 67 $command --user nobody@example.net
		says 'there is no user nobody@example.net' "$err"
	done
	# Two users have one of this name.
	ctl 65 pipeline show shop-1
	says "$pipeline, of user $user" "$err"
	says "of user $other" "$err"
	ctl 0 pipeline show "$pipeline"
	says '^customer +Canary$'
	says '^run [0-9]+: song 1, start, failed, by test'
	says 'provider_failed: it went wrong'
	says 'here, status 503: no answer'
	never_says 'a canary sings'
	ctl 0 pipeline show --json "$pipeline"
	has '.runs | length == 2 and (.[0] | .stage == "song" and (.tries | length) == 3 and .tries[0].outcome == "failed" and .tries[0].answer == "an excerpt")'
	ctl 66 pipeline show nothing-of-that-name
	ctl 64 pipeline show
	ctl 64 pipeline retry "$pipeline" film

	ctl 65 pipeline retry "$pipeline" video
	ctl 0 pipeline retry --json "$pipeline" song
	has '.done == "queued"'
	equal "$(sql "SELECT GROUP_CONCAT(state ORDER BY run) FROM stage WHERE pipeline_id = $pipeline AND stage = 'song'")" failed,pending
	ctl 65 pipeline resume "$pipeline"
	ctl 0 pipeline pause --reason 'to look at it' "$pipeline"
	equal "$(sql "SELECT paused, pause_reason FROM pipeline WHERE id = $pipeline")" $'operator\tto look at it'
	ctl 0 pipeline show "$pipeline"
	says '^paused +by operator since .*: to look at it$'
	ctl 0 pipeline unpause "$pipeline"
	equal "$(sql "SELECT paused FROM pipeline WHERE id = $pipeline")" ''
	ctl 0 pipeline cancel "$pipeline"
	ctl 65 pipeline cancel "$pipeline"
	ctl 0 pipeline list
	never_says "^ +$pipeline "
	ctl 0 pipeline list --all
	says "^ +$pipeline +$user +cancelled "
	ctl 0 pipeline resume "$pipeline"
	says ': goes on with its song$'
}

never_says() {
	! grep -qE -- "$1" <<<"$out" || fail "a line has \"$1\": $out"
}

# With --local lines have the time of the zone, and JSON has UTC.
test_times_are_shown_in_local_time_if_it_is_wanted() {
	stages_paused
	new_user
	pipeline noon
	sql "UPDATE pipeline SET created_at = '2026-01-31 20:30:00', updated_at = created_at WHERE id = $pipeline"
	says '^created +2026-01-31T20:30:00$' "$("$BUILD/ttsctl" -c "$STATE/tts.conf" pipeline show noon)"
	says '^created +2026-02-01T05:30:00$' "$(TZ=KST-9 "$BUILD/ttsctl" --local -c "$STATE/tts.conf" pipeline show noon)"
	says ' 2026-02-01T05:30:00 +noon$' "$(TZ=KST-9 "$BUILD/ttsctl" -c "$STATE/tts.conf" --local pipeline list --all)"
	equal "$(TZ=KST-9 "$BUILD/ttsctl" -c "$STATE/tts.conf" --local pipeline show --json noon | jq -r .created_at)" 2026-01-31T20:30:00.000Z
}

test_dead_letters_are_dealt_with_by_filter_and_in_pages() {
	local i before
	new_user
	stages_paused
	for i in {1..3}; do
		pipeline "letter-$i"
		failed_run lyric auth
	done
	# More than a page of another kind.
	sql "INSERT INTO pipeline (user_id, task_id, created_at, updated_at, started_at)
			SELECT $user, CONCAT('many-', seq), NOW(3), NOW(3), NOW(3) FROM seq_1_to_140;
		INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, ended_at, state, error_class, error)
			SELECT id, $user, 'lyric', 1, 'start', NOW(3), NOW(3), NOW(3), NOW(3), 'failed', 'transient', 'no answer'
			FROM pipeline WHERE task_id LIKE 'many-%'"
	ctl 0 dead list --json
	has 'length == 143 and ([.[].id] | unique | length) == 143'
	ctl 0 dead list --class auth
	says "^ +$run +$user  lyric  auth +.* letter-3: it went wrong\$"
	equal "$(wc -l <<<"$out")" 4
	ctl 0 dead show --json "$run"
	has '.error_class == "auth" and .stage == "lyric" and .tries == []'
	ctl 66 dead show 999999999
	ctl 64 dead retry --yes
	ctl 64 dead list --class nonsense

	ctl 0 dead retry --class transient
	says '^140 dead letters$'
	says '^for instance +[0-9]+ .*many-'
	says 'add --yes'
	equal "$(sql "SELECT COUNT(*) FROM stage WHERE state = 'pending'")" 0 'queued without --yes'
	ctl 0 dead retry --json --class transient --user "$email" --yes
	has '.queued == 140 and .passed_over == 0'
	equal "$(sql "SELECT COUNT(*), MIN(run), MAX(run) FROM stage WHERE state = 'pending'")" $'140\t2\t2'
	ctl 0 dead list --json
	has 'length == 3'
	ctl 0 dead drop "$run"
	says '^1 dead letter dropped$'
	ctl 66 dead drop "$run"
	ctl 0 dead drop --all --yes
	ctl 0 dead list --json
	has '. == []'
}

test_stages_and_engines_are_held_and_go_on() {
	new_user
	stages_paused
	ctl 0 stage list
	says '^song +paused +.* a test$'
	ctl 0 status
	says '^note: the stage song is paused by .*: a test$'
	ctl 0 stage resume song
	ctl 0 stage list --json
	has 'length == 3 and (.[1] | .stage == "song" and .paused == false) and .[0].paused'
	ctl 66 stage pause film
	ctl 66 engine hold nothing 60
	ctl 64 engine hold template
	# Before it was first used, too.
	ctl 0 engine hold --reason 'a limit' template 60
	ctl 0 engine list --json
	has '.[] | select(.engine == "template") | .state == "held" and .held_sec > 50 and .reason == "a limit" and .stage == "lyric" and .paid == 0'
	ctl 0 engine release template
	ctl 0 engine disable --reason 'the key is refused' template
	ctl 1 status
	says '^WRONG: the engine template is disabled: the key is refused$'
	ctl 1 status --json
	has '.pipelines.enabled and (.pipelines.stages | length) == 3 and (.pipelines.engines[] | select(.engine == "template") | .state == "disabled")'
	scrape_has 'tts_engine_disabled{engine="template",stage="lyric"} 1'
	scrape_has 'tts_stage_paused{stage="lyric"} 1'
	ctl 0 engine enable template
	ctl 0 status
}

scrape_has() {
	curl -sS -f -m 30 --unix-socket "$STATE/run/metrics.sock" http://x/metrics >"$work/metrics"
	promtool check metrics <"$work/metrics" >/dev/null || fail "$(promtool check metrics <"$work/metrics" 2>&1 | head -n 3)"
	grep -qxF "$1" "$work/metrics" || fail "no $1: $(grep -E '^tts_(stage|engine)' "$work/metrics")"
}

test_the_doctor_answers_five_questions() {
	new_user
	ctl 0 doctor
	equal "$(grep -c '^[1-5]\. ' <<<"$out")" 5
	says '^1\. Is anything processed\? +yes'
	says '^5\. Does one stage stand still\? +no$'
	stages_paused
	ctl 1 doctor
	says '^1\. Is anything processed\? +not all of it$'
	says 'lyric is paused by .*: a test$'
	says '^ +ttsctl stage resume lyric$'
	"$BUILD/ttsctl" -c "$STATE/tts.conf" stage resume song >/dev/null
	ctl 0 engine hold --reason 'away' speech 600
	sql "UPDATE engine SET failing_since = NOW(3), reason = 'no answer' WHERE name = 'speech'"
	pipeline troubled
	run song pending
	sql "UPDATE stage SET run_at = NOW(3) + INTERVAL 1 HOUR WHERE id = $run"
	tries 120 again transient
	tries 1 lost ''
	ctl 1 doctor --json
	has '[.[] | select(.well | not) | .question] == ["processed", "retries", "connection", "space"]'
	has '.[1].findings[0].what == ("song of pipeline \($p) was tried again 121 times")' --argjson p "$pipeline"
	has '.[1].findings[1].what | test("120 steps of the last hour .* no answer .transient.")'
	has '.[2].findings[0].what | startswith("the engine speech has not answered since")'
	has '.[3].findings[0].what == "song: in the last hour the program ended 1 time while a step was in hand"'
	# Others go on while this stage stands still: hosts elsewhere have all there is of it.
	for _ in 1 2; do
		pipeline "elsewhere-$RANDOM$RANDOM"
		run song claimed claim_token 'RANDOM_BYTES(16)' host "'elsewhere'" lease_until 'NOW(3) + INTERVAL 1 HOUR' engine "'speech'"
	done
	sql "UPDATE stage SET run_at = NOW(3) - INTERVAL 600 SECOND WHERE state = 'pending'"
	pipeline quick
	run lyric 'done'
	ctl 0 engine release speech
	ctl 1 doctor --json
	has '.[4].findings[0].what | startswith("song: the first of 1 has been due for 10 min")'
	ctl 64 doctor what
}
