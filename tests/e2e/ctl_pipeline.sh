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

never_says() {
	! grep -qE -- "$1" <<<"$out" || fail "a line has \"$1\": $out"
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
