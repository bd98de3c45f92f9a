# Access rights: every route of the API (as listed by the programs themselves) as its owner, as another user,
# without a login, and as a deleted user.
# shellcheck shell=bash disable=SC2034,SC2154

# The request for each route. "ID" in a body is the owner's project, "TASK" the pipeline, "PICTURE" is one. A route that is missing here fails
# the test.
declare -A sent=(
	['POST /signup/']='{"name":"N","email":"EMAIL","password":"some password"}'
	['POST /login/']='{"email":"OWNER","password":"PASSWORD"}'
	['POST /logout/']=''
	['POST /token/refresh']=''
	['GET /user/']=''
	['POST /user/']='{"name":"Another"}'
	['POST /user/email']='{"email":"EMAIL","password":"MINE"}'
	['POST /user/password']='{"old":"MINE","new":"another password"}'
	['DELETE /user/']='{"password":"MINE"}'
	['POST /key/']='{"name":"N","scopes":["read"]}'
	['GET /key/']=''
	['DELETE /key/{id}']=''
	['POST /project/']='{"title":"t","sentences":"A canary."}'
	['GET /project/']=''
	['GET /project/{id}']=''
	['DELETE /project/{id}']=''
	['GET /project/{id}/page/{n}']=''
	['GET /project/{id}/find']=''
	['POST /project/{id}/retry']=''
	['POST /audio/']='{"project_id":ID,"index":-1,"text":"A canary.","speed":1}'
	['GET /audio/{id}']=''
	['POST /audio/{id}']='{"text":"Another canary.","speed":1}'
	['DELETE /audio/{id}']=''
	['GET /audio/{id}/mp3_file']=''
	['GET /audio/{id}/timing']=''
	['POST /audio/{id}/move']='{"index":1}'
	['POST /audio/{id}/retry']=''
	['POST /lexicon/']='{"project_id":ID,"from":"canary","to":"canary bird","match":"exact"}'
	['GET /lexicon/']=''
	['GET /lexicon/{id}']=''
	['DELETE /lexicon/{id}']=''
	['POST /webhook/']='{"url":"http://127.0.0.1:9/","types":["project.completed"]}'
	['GET /webhook/']=''
	['GET /webhook/{id}']=''
	['POST /webhook/{id}']='{"description":"another"}'
	['DELETE /webhook/{id}']=''
	['POST /webhook/{id}/rotate']=''
	['POST /webhook/{id}/test']=''
	['GET /webhook/{id}/deliveries']=''
	['POST /webhook/{id}/deliveries/{n}/redeliver']=''
	['POST /webhook/{id}/replay']=''
	['POST /device/']='{"token":"TOKEN","platform":"web","language":"en"}'
	['GET /device/']=''
	['DELETE /device/{id}']=''
	['POST /pipeline/start']='{"customer_name":"N"}'
	['GET /pipeline/status/{task}']=''
	['POST /pipeline/retry/{task}/{stage}']=''
	['POST /pipeline/resume/{task}']=''
	['GET /pipeline/']=''
	['DELETE /pipeline/{task}']=''
	['POST /pipeline/{task}/cancel']=''
	['POST /pipeline/{task}/pause']=''
	['POST /pipeline/{task}/unpause']=''
	['POST /pipeline/{task}/lyric']='{"lyric":"Another canary."}'
	['POST /pipeline/{task}/take/{n}']=''
	['POST /pipeline/{task}/image/']='PICTURE'
	['GET /pipeline/{task}/image/']=''
	['POST /pipeline/{task}/image/{id}']='{"index":1}'
	['DELETE /pipeline/{task}/image/{id}']=''
	['POST /pipeline/callback/{secret}']='{}'
	['POST /lyric/generate']='{"customer_name":"N"}'
	['GET /lyric/status/{task}']=''
	['POST /song/generate']='{"task_id":"TASK"}'
	['GET /song/status/{task}']=''
	['POST /video/generate']='{"task_id":"TASK"}'
	['GET /video/status/{task}']=''
	['GET /dead/']=''
	['POST /dead/retry']=''
	['GET /dead/{id}']=''
	['POST /dead/{id}/retry']=''
	['DELETE /dead/{id}']=''
	['GET /events/']=''
	['GET /voices/']=''
	['GET /healthz']=''
)

routes() {
	all_routes
}

# A picture as far as its size can be read.
picture() {
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x03\x08\x02\0\0\0crcc'
}

# try METHOD PATTERN ID: send the request for that route as the user of $token, about the pipeline $task.
try() {
	local method=$1 path=$2 json
	json=${sent["$1 $2"]}
	json=${json/EMAIL/n$BASHPID-$RANDOM$RANDOM@example.org}
	json=${json/OWNER/$owner_email}
	json=${json/PASSWORD/$owner_password}
	json=${json/MINE/"$([ "$token" = "$other" ] && echo "$other_password" || echo "$owner_password")"}
	json=${json/ID/$3}
	json=${json/TASK/$task}
	json=${json/TOKEN/token-$BASHPID-$RANDOM$RANDOM}
	path=${path/\{id\}/$3}
	path=${path/\{n\}/1}
	path=${path/\{task\}/$task}
	path=${path/\{stage\}/lyric}
	path=${path/\{secret\}/00112233445566778899aabbccddeeff}
	[[ $path != */replay ]] || path+='?after=0'
	[[ $path != */find ]] || path+='?q=canary'
	path=${path/%\/events\//\/events\/?wait=0} # a stream does not end
	if [ "$json" = PICTURE ]; then
		request "$method" "$path" --data-binary @<(picture)
	elif [ -n "$json" ]; then
		send "$method" "$path" "$json"
	else
		request "$method" "$path"
	fi
}

# Create a pipeline of the owner, whose lyric failed; sets $task and $id, the number of that run.
target_pipeline() {
	task=$(cat /proc/sys/kernel/random/uuid)
	send POST /pipeline/start "{\"task_id\":\"$task\",\"customer_name\":\"N\"}"
	id=$(get .job_id)
	[[ $1 == */cancel ]] || sql "UPDATE stage SET state = 'failed', ended_at = NOW(3), error = 'x', error_class = 'permanent' WHERE id = $id"
	case $1 in
	*/take/*)
		sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, ended_at, state, external_id)
			SELECT pipeline_id, user_id, 'song', 1, 'start', NOW(3), NOW(3), NOW(3), NOW(3), 'done', 'x' FROM stage WHERE id = $id;
			INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
			VALUES (LAST_INSERT_ID(), 1, 1, NOW(3), '$task', 'audio/mpeg', 1, 1, REPEAT('x', 32))"
		;;
	/song/generate | /video/generate)
		sql "UPDATE stage SET state = 'done', error = '', error_class = '' WHERE id = $id"
		[ "$1" = /song/generate ] || sql "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at,
				ended_at, state) SELECT pipeline_id, user_id, 'song', 1, 'start', NOW(3), NOW(3), NOW(3), NOW(3), 'done' FROM stage WHERE id = $id"
		;;
	*/image/*)
		request POST "/pipeline/$task/image/" --data-binary @<(picture)
		id=$(get .id)
		;;
	esac
}

# Songs that target_pipeline has made up have no files, which ttsctl verify would notice.
no_made_up_files() {
	sql "DELETE FROM asset WHERE path NOT LIKE 'pipeline/%'"
}

# What there is of the pipeline $task of its owner.
pipeline_state() {
	sql "SELECT p.user_id, p.updated_at, p.paused, COUNT(*), SUM(s.dropped), (SELECT COUNT(*) FROM image WHERE pipeline_id =
			(SELECT MAX(q.id) FROM pipeline q JOIN stage t ON t.pipeline_id = q.id WHERE q.task_id = '$task'))
		FROM pipeline p JOIN stage s ON s.pipeline_id = p.id WHERE p.task_id = '$task'"
}

# Create the object of the route as the owner; sets $id.
target() {
	token=$owner
	new_project 'One canary. Two.'
	id=$project
	case $1 in
	/audio/\{id\}*)
		id=$(audio_at 1)
		sound_ready "$id"
		;;
	/lexicon/\{id\}*)
		send POST /lexicon/ "{\"project_id\":$id,\"from\":\"nowhere\",\"to\":\"x\",\"match\":\"word\"}"
		id=$(get .id)
		;;
	/key/\{id\})
		send POST /key/ '{"name":"N","scopes":["read"]}'
		id=$(get .id)
		;;
	/device/\{id\})
		send POST /device/ "{\"token\":\"token-$BASHPID-$RANDOM$RANDOM\",\"platform\":\"ios\",\"language\":\"ko\"}"
		id=$(get .id)
		;;
	*\{task\}* | /song/generate | /video/generate | /dead/\{id\}*) target_pipeline "$1" ;;
	/webhook/\{id\}*)
		send POST /webhook/ '{"url":"http://127.0.0.1:9/"}'
		id=$(get .id)
		sql "INSERT INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at)
			VALUES ($id, 1, 'audio.ready', '{}', NOW(3), NOW(3), NOW(3) + INTERVAL 1 HOUR)"
		;;
	esac
}

people() {
	with_service_account http://127.0.0.1:9
	hold_stages # not before: the programs that were started would hold them too
	new_user Gone
	gone=$token
	sql "DELETE FROM user WHERE id = $user"
	pair
}

# The owner, and another user.
pair() {
	new_user Other
	other=$token other_password=$password
	new_user Owner
	owner=$token owner_email=$email owner_password=$password
}

# spends METHOD PATTERN: succeed if a user cannot go on as before after that request.
spends() {
	[[ "$1 $2" =~ ^(POST\ /logout/|POST\ /user/(email|password)|DELETE\ /user/)$ ]]
}

test_every_route_has_its_row() {
	local method pattern access name success
	routes >"$work/routes"
	[ "$(wc -l <"$work/routes")" -ge 15 ] || fail 'too few routes'
	while read -r method pattern access name success; do
		[ -n "${sent["$method $pattern"]+x}" ] || fail "no row for $method $pattern"
		[[ $access =~ ^(login|open)$ ]] || fail "$method $pattern: $access"
	done <"$work/routes"
	equal "${#sent[@]}" "$(wc -l <"$work/routes")" 'rows'
}

test_owner_other_nobody_and_deleted_user_on_every_route() {
	local method pattern access name success owner other gone owner_email owner_password other_password id task='' before checked=0
	people
	while read -r method pattern access name success; do
		target "$pattern"
		before=$(pipeline_state)

		token=
		try "$method" "$pattern" "$id"
		[ "$access" = open ] && expect "$success" || expect 401

		token=$gone
		try "$method" "$pattern" "$id"
		[ "$access" = open ] && expect "$success" || expect 401

		token=$other
		try "$method" "$pattern" "$id"
		case $access:$pattern:${sent["$method $pattern"]} in
		open:*) expect "$success" ;;
		# Names of pipelines are the users' own: this makes one of the other user.
		*\{task\}/image/:PICTURE) expect "$success" ;;
		*\{id\}* | *\{task\}* | *'"project_id":ID'* | *TASK*) expect 404 ;;
		*) expect "$success" ;;
		esac

		# The attempts changed nothing: the owner finds everything unchanged.
		token=$owner
		equal "$(pipeline_state)" "$before" "$pattern"
		request GET "/project/$project/page/1"
		expect 200
		want '[.page[].text] == ["One canary.", "Two."] and all(.page[]; .revision == 1)'

		try "$method" "$pattern" "$id"
		expect "$success"
		checked=$((checked + 4))
		! spends "$method" "$pattern" || pair
	done < <(routes)
	[ $checked -ge 60 ] || fail "only $checked checked"
	no_made_up_files
}

# The answer without the parts that always differ: the date, the request id, and the name that was asked for.
bare() {
	body=${body/"$task"/}
	grep -viE '^(Date|X-Request-Id):' "$head" | tr -d '\r'
	jq -cS 'del(.request_id)' <<<"$body"
	[[ $body =~ \"request_id\":\"[0-9a-f]{32}\" ]] && echo "${body/"${BASH_REMATCH[0]}"/}"
}

# What a key without the scope gets, and one with it, which is not refused for that.
test_each_scope_of_a_key_is_for_its_routes() {
	local method pattern access name success key only checked=0 other='' owner_email='' owner_password='' task
	local -A keys
	task=$(cat /proc/sys/kernel/random/uuid)
	new_user
	for only in read write; do
		send POST /key/ "{\"name\":\"N\",\"scopes\":[\"$only\"]}"
		expect 201
		keys[$only]=$(get .key)
	done
	while read -r method pattern access name success; do
		[ "$access" = login ] || continue
		for only in read write; do
			token=${keys[$only]}
			try "$method" "$pattern" 1
			case "$method $pattern" in
			*\ /key/* | *\ /logout/ | *\ /token/* | POST\ /user/* | DELETE\ /user/) expect 403 ;;
			GET*) [ $only = read ] && may || expect 403 ;;
			*) [ $only = write ] && may || expect 403 ;;
			esac
			checked=$((checked + 1))
		done
	done < <(routes)
	[ $checked -ge 120 ] || fail "only $checked checked"
}

may() {
	[[ $status != 40[13] ]] || fail "$last: $status: $body"
}

test_what_is_anothers_looks_like_what_never_was() {
	local method pattern access name success owner other gone owner_email owner_password other_password id task='' never checked=0
	people
	while read -r method pattern access name success; do
		case $pattern:${sent["$method $pattern"]} in
		*:PICTURE) continue ;;
		*\{id\}* | *\{task\}* | *'"project_id":ID'* | *TASK*) ;;
		*) continue ;;
		esac
		target "$pattern"
		token=$other
		try "$method" "$pattern" "$id"
		expect 404
		bare >"$work/anothers"
		# With the same number of digits, so that not even the length could reveal anything.
		never=${id//?/9}
		[[ $pattern != *\{task\}* && $pattern != /*/generate ]] || task=99999999-9999-4999-8999-999999999999
		try "$method" "$pattern" "$never"
		expect 404
		bare >"$work/nevers"
		cmp "$work/anothers" "$work/nevers"
		checked=$((checked + 1))
	done < <(routes)
	[ $checked -ge 9 ] || fail "only $checked checked"
	no_made_up_files
}

test_a_sound_is_not_found_by_guessing() {
	local path key guess
	new_user
	new_project 'One canary.'
	all_ready
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	token=
	answers "$path" 200 || fail "$path: $status"
	key=${path%.mp3} key=${key##*-}
	for guess in "${key//?/0}" "${key//?/f}" "${key:0:31}$([ "${key:31}" = 0 ] && echo 1 || echo 0)" "${key^^}" "${key:0:31}" "$key$key"; do
		[ "$guess" != "$key" ] || continue
		request GET "${path/$key/$guess}"
		expect 404
	done
	request GET "/protected-${path#/}"
	expect 404
}
