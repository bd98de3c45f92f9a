# What users do with their own accounts.
# shellcheck shell=bash disable=SC2034,SC2154

# stream_begin FILE: read a stream of events into FILE in the background; sets $reader.
stream_begin() {
	curl -sS -N -m 60 --interface "$address" -H "Authorization: Bearer $token" "$url/events/" >"$1" &
	reader=$!
	until_so 10 grep -q '^event: start' "$1"
}

has_ended() {
	! kill -0 "$reader" 2>/dev/null && grep -q '"reason":"token_revoked"' "$1"
}

test_a_user_is_shown_and_renamed() {
	local tag
	new_user 'Ann Ö. 김'
	request GET /user/
	expect 200
	want '.id == $id and .name == "Ann Ö. 김" and .email == $email
		and keys == ["created_at", "email", "id", "name", "updated_at"]' --argjson id "$user" --arg email "$email"
	tag=$(header ETag)
	request GET /user/ -H "If-None-Match: $tag"
	expect 304
	send POST /user/ '{"name":"Another"}'
	expect 201
	want '.name == "Another" and .updated_at > .created_at'
	request GET /user/ -H "If-None-Match: $tag"
	expect 200
	want '.name == "Another"'
	send POST /user/ '{"name":"","email":"x@example.org"}'
	expect 422
	equal "$(fields)" 'email name'
}

test_an_address_is_changed_with_the_password() {
	local taken
	new_user
	taken=$email
	new_user
	send POST /user/email '{"email":"nobody","password":"wrong"}'
	expect 422
	equal "$(fields)" email
	send POST /user/email "{\"email\":\"other-$email\",\"password\":\"wrong\"}"
	expect 422
	equal "$(fields)" password
	send POST /user/email "{\"email\":\"${taken^^}\",\"password\":\"$password\"}"
	expect 409
	send POST /user/email "{\"email\":\"other-$email\",\"password\":\"$password\"}"
	expect 201
	want '.email == $email' --arg email "other-$email"
	request GET /user/
	expect 200
	email=other-$email
	login
}

test_a_new_password_ends_all_logins_but_the_one_that_is_answered() {
	local first old
	new_user
	first=$token old=$password
	send POST /user/password "{\"old\":\"wrong\",\"new\":\"another password\"}"
	expect 422
	equal "$(fields)" old
	send POST /user/password "{\"old\":\"$password\",\"new\":\"short\"}"
	expect 422
	equal "$(fields)" new
	request GET /user/
	expect 200
	stream_begin "$work/events"
	send POST /user/password "{\"old\":\"$password\",\"new\":\"another password\"}"
	expect 201
	want '.token_type == "Bearer" and .expires_in == 3600'
	token=$(get .access)
	request GET /user/
	expect 200
	until_so 5 has_ended "$work/events"
	token=$first
	request GET /user/
	expect 401
	token=
	send POST /login/ "{\"email\":\"$email\",\"password\":\"$old\"}"
	expect 401
	password='another password'
	login
}

test_wrong_passwords_are_slowed_down_here_as_well() {
	local i
	new_user
	for ((i = 0; i < 5; i++)); do
		send POST /user/password '{"old":"wrong","new":"another password"}'
		expect 422
	done
	send DELETE /user/ "{\"password\":\"$password\"}"
	expect 429
	request GET /user/
	expect 200
}

test_a_logout_ends_a_login_with_what_was_refreshed_from_it() {
	local first second refreshed
	new_user
	first=$token
	login
	second=$token
	token=$first
	sleep 1.1 # a token tells the second in which it was issued
	request POST /token/refresh
	expect 201
	want '.token_type == "Bearer" and .expires_in == 3600'
	refreshed=$(get .access)
	[ "$refreshed" != "$first" ] || fail 'the same token'
	token=$refreshed
	request GET /user/
	expect 200
	token=$first
	request GET /user/
	expect 200
	stream_begin "$work/events"
	new_project 'One canary.'
	token=$refreshed
	request POST /logout/
	expect 201
	want '. == {is_success: true}'
	until_so 5 has_ended "$work/events"
	for token in "$first" "$refreshed"; do
		request GET /user/
		expect 401
		request GET "/project/$project/page/1"
		expect 401
		request POST /token/refresh
		expect 401
		request POST /logout/
		expect 401
		request GET '/events/?wait=0'
		expect 401
	done
	token=$second
	request GET "/project/$project/page/1"
	expect 200
}

test_a_logout_can_end_all_logins() {
	local first
	new_user
	first=$token
	login
	request POST '/logout/?all=0'
	expect 201
	login
	request POST '/logout/?all=1'
	expect 201
	request GET /user/
	expect 401
	token=$first
	request GET /user/
	expect 401
	login
	request POST '/logout/?everywhere'
	expect 422
}

test_a_login_is_not_refreshed_for_ever() {
	local part claims key
	with_conf refresh_days=1 expire_sec=2592000
	new_user
	request POST /token/refresh
	expect 201
	want '.expires_in > 86000 and .expires_in <= 86400'
	# The same login, a day ago.
	part=$(cut -d. -f2 <<<"$token" | tr '_-' '/+')
	while [ $((${#part} % 4)) -ne 0 ]; do part+='='; done
	claims=$(base64 -d <<<"$part" | jq -c '.auth_time -= 86401 | .iat -= 86401')
	token=$(signed "$claims")
	request GET /user/
	expect 200
	request POST /token/refresh
	expect 401
}

# signed CLAIMS: print a token with them that is signed with the key of the service.
signed() {
	local text key
	key=$(od -An -vtx1 "$STATE/secrets/token.key" | tr -d ' \n')
	text=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(printf '%s' "$1" | base64url)
	printf '%s.%s' "$text" "$(printf '%s' "$text" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64url)"
}

base64url() {
	base64 -w0 | tr '/+' '_-' | tr -d '='
}

test_a_user_who_deletes_the_account_is_gone_with_all_sounds() {
	local path old
	new_user
	new_project 'One canary.'
	all_ready
	request GET "/project/$project/page/1"
	path=$(get .page[0].path)
	send DELETE /user/ '{"password":"wrong"}'
	expect 422
	equal "$(fields)" password
	request DELETE /user/
	expect 415
	send DELETE /user/ "{\"password\":\"$password\"}"
	expect 201
	want '. == {is_success: true}'
	request GET /user/
	expect 401
	old=$user
	token=
	send POST /login/ "{\"email\":\"$email\",\"password\":\"$password\"}"
	expect 401
	until_so 30 answers "$path" 404
	until_so 30 user_is_gone "$old"
	send POST /signup/ "{\"name\":\"New\",\"email\":\"$email\",\"password\":\"$password\"}"
	expect 201
	[ "$(get .id)" != "$old" ] || fail 'the same user'
}

user_is_gone() {
	[ "$(sql "SELECT (SELECT COUNT(*) FROM user WHERE id = $1) + (SELECT COUNT(*) FROM audio WHERE user_id = $1)")" = 0 ]
}

test_a_key_is_used_like_a_token() {
	local login key id
	new_user
	login=$token
	send POST /key/ '{"name":"","scopes":["read","admin"],"expires_in_days":0}'
	expect 422
	equal "$(fields)" 'expires_in_days name scopes'
	send POST /key/ '{"name":"twice","scopes":["read","read"]}'
	expect 422
	send POST /key/ '{"name":"Backup","scopes":["write","read"],"expires_in_days":null}'
	expect 201
	want '.name == "Backup" and .scopes == ["read", "write"] and .expires_at == null and .used_at == null
		and (.key | test("^tts_[0-9a-f]{64}$"))'
	key=$(get .key) id=$(get .id)
	token=$key
	new_project 'One canary.'
	request GET "/project/$project/page/1"
	expect 200
	token=
	request GET /project/ -H "Authorization: $key"
	expect 200
	want '.total == 1'
	request GET /project/ -H "Authorization: Bearer ${key%?}"
	expect 401
	request GET /project/ -H "Authorization: Bearer ${key}0"
	expect 401
	# Nowhere is the key itself, but in that answer.
	[ "$(sql "SELECT COUNT(*) FROM api_key WHERE HEX(hash) = '$(printf '%s' "$key" | sha256sum | cut -d' ' -f1)'")" = 1 ]
	token=$login
	request GET /key/
	expect 200
	want '.cnt == 1 and (.page[0] | has("key") | not) and .page[0].id == $id and .page[0].used_at != null' --argjson id "$id"
	token=$key
	stream_begin "$work/events"
	token=$login
	request DELETE "/key/$id"
	expect 201
	token=$key
	request GET /project/
	expect 401
	until_so 5 has_ended "$work/events"
	request GET '/events/?wait=0'
	expect 401
}

test_a_key_survives_a_new_password_and_ends_in_time() {
	local login key short
	new_user
	send POST /key/ '{"name":"Long","scopes":["read"]}'
	key=$(get .key)
	send POST /key/ '{"name":"Short","scopes":["read"],"expires_in_days":1}'
	expect 201
	short=$(get .key)
	want '.expires_at > .created_at'
	send POST /user/password "{\"old\":\"$password\",\"new\":\"another password\"}"
	expect 201
	token=$key
	request GET /user/
	expect 200
	token=$short
	request GET /user/
	expect 200
	sql "UPDATE api_key SET expires_at = NOW(3) WHERE user_id = $user AND name = 'Short'"
	request GET /user/
	expect 401
}
