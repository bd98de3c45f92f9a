# What tests of the routes of pipelines have in common; sourced by them. The workers are held, and what they do is
# done by statements.
# shellcheck shell=bash disable=SC2034,SC2154

uuid() {
	cat /proc/sys/kernel/random/uuid
}

# start [FILTER]: start a pipeline; sets $task.
start() {
	task=$(uuid)
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "스테이 머뭄", region: "군산",
		detail_region_info: "말랭이 마을", language: "Korean"}' | jq -c "${1:-.}")"
}

# of FILTER: of the status.
of() {
	request GET "/pipeline/status/$task" "${@:2}"
	expect 200
	get "$1"
}

# run_of STAGE: the number of its newest run.
run_of() {
	sql "SELECT s.id FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.task_id = '$task' AND s.stage = '$1'
		ORDER BY run DESC LIMIT 1"
}

# done_stage STAGE [NEXT]: finish its newest run, and add one of the next stage.
done_stage() {
	local run
	run=$(run_of "$1")
	sql "UPDATE stage SET state = 'done', ended_at = NOW(3), claim_token = NULL, host = NULL, lease_until = NULL,
		text = IF(stage = 'lyric', REPEAT('가나다라마바사 ', 20), NULL) WHERE id = $run"
	[ -z "${2-}" ] || sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, input_id, created_at, updated_at, run_at)
		SELECT pipeline_id, user_id, '$2', 1, 'lyric_completed', id, NOW(3), NOW(3), NOW(3) FROM stage WHERE id = $run"
}

# set_run STAGE ASSIGNMENTS
set_run() {
	sql "UPDATE stage SET $2 WHERE id = $(run_of "$1")"
}

# The names of the fields that were refused.
wrong() {
	get '[.errors[].field] | sort | join(" ")'
}
