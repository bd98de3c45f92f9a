# Sign-up and login.
# shellcheck shell=bash disable=SC2034,SC2154

test_sign_up_answers_the_user_without_the_password() {
	new_user 'Ann Ö. 김'
	request GET /project/
	expect 200
	send POST /signup/ '{"name":"Ann Ö. 김","email":"ann.ö@example.org","password":"secret-canary"}'
	if [ "$status" = 201 ]; then
		want '.name == "Ann Ö. 김" and (keys == ["created_at", "email", "id", "name", "updated_at"])'
	else
		expect 422
		equal "$(fields)" email
	fi
}

test_an_address_is_taken_once_whatever_its_case() {
	new_user
	send POST /signup/ "{\"name\":\"B\",\"email\":\"$email\",\"password\":\"another password\"}"
	expect 409
	send POST /signup/ "{\"name\":\"B\",\"email\":\"${email^^}\",\"password\":\"another password\"}"
	expect 409
}

test_sign_up_names_every_bad_field_at_once() {
	address=127.9.1.1
	send POST /signup/ '{"name":"","email":"nobody","password":"short","admin":true}'
	expect 422
	equal "$(fields)" 'admin email name password'
	want 'all(.errors[]; (.reason | length) > 0)'
	send POST /signup/ '{}'
	expect 422
	equal "$(fields)" 'email name password'
	send POST /signup/ "$(jq -nc '{name: ("n" * 101), email: (("e" * 243) + "@example.org"), password: ("p" * 256)}')"
	expect 422
	equal "$(fields)" 'email name password'
	send POST /signup/ "$(jq -nc '{name: ("김" * 100), email: (("e" * 242) + "@example.org"), password: ("p" * 255)}')"
	expect 201
}

test_login_answers_a_token_with_its_life() {
	new_user
	login
	want '.token_type == "Bearer" and .expires_in == 3600 and (.access | length) > 50'
}

test_a_wrong_password_and_an_unknown_user_get_one_answer() {
	new_user
	token=
	send POST /login/ "{\"email\":\"$email\",\"password\":\"wrong password\"}"
	expect 401
	local wrong
	wrong=$(jq -c 'del(.request_id)' <<<"$body")
	send POST /login/ '{"email":"nobody-at-all@example.org","password":"wrong password"}'
	expect 401
	equal "$(jq -c 'del(.request_id)' <<<"$body")" "$wrong"
}

test_what_is_no_token_of_ours_is_refused() {
	local good part bad
	new_user
	good=$token
	IFS=. read -r -a part <<<"$good"
	local none='eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0'
	for bad in x . .. ... "$good." "${good}A" "${good%?}" "${part[0]}.${part[1]}." "$none.${part[1]}." \
		"$none.${part[1]}.${part[2]}" "${part[0]}..${part[2]}" "$(printf 'a%.0s' {1..5000})"; do
		token=$bad
		request GET /project/
		expect 401
	done
	token=
	for bad in 'Bearer' 'Bearer ' "Basic $good" "Bearer Bearer $good" "Token $good" ''; do
		request GET /project/ -H "Authorization: $bad"
		expect 401
	done
	token=$good
	request GET /project/
	expect 200
}

test_a_disabled_user_is_out_at_once() {
	new_user
	sql "UPDATE user SET disabled = 1 WHERE id = $user"
	request GET /project/
	expect 401
	token=
	send POST /login/ "{\"email\":\"$email\",\"password\":\"$password\"}"
	expect 401
}

test_too_many_logins_are_429_and_only_for_that_address() {
	local i busy=0
	address=127.9.2.1
	for ((i = 0; i < 40; i++)); do
		login_as "nobody-$i@example.org" 'wrong password'
		case $status in
		401) ;;
		*) expect 429 && busy=$((busy + 1)) ;;
		esac
	done
	[ $busy -gt 0 ] || fail '40 logins in a row and none was refused'
	address=127.9.2.2
	login_as "nobody-$i@example.org" 'wrong password'
	expect 401
}

# login_as EMAIL PASSWORD
login_as() {
	send POST /login/ "{\"email\":\"$1\",\"password\":\"$2\"}"
}

test_guesses_at_one_account_are_slowed_down_and_its_owner_is_not() {
	local i mine
	new_user
	mine=$email
	address=127.9.3.1
	for ((i = 0; i < 5; i++)); do
		login_as "$mine" 'wrong password'
		expect 401
	done
	# The right one has to wait as well: otherwise the delay would tell which it is.
	login_as "${mine^^}" "$password"
	expect 429
	want '.detail | test("try again in [12] s")'
	[[ $(header Retry-After) =~ ^[12]$ ]] || fail "Retry-After: $(header Retry-After)"
	# Nobody else is affected, nor other accounts.
	login_as somebody-else@example.org 'wrong password'
	expect 401
	address=127.9.3.2
	login_as "$mine" "$password"
	expect 201
	address=127.9.3.1
	sleep 2
	login_as "$mine" "$password"
	expect 201
	login_as "$mine" 'wrong password'
	expect 401
}
