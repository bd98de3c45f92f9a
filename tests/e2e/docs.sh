# The documentation is available and correct.
# shellcheck shell=bash disable=SC2034,SC2154

# Print one "METHOD /path/{id}" per line in a common form: without names in braces and final slashes.
plain() {
	sed -E 's/\{[^}]*\}/{}/g; s|/$||' | sort -u
}

test_routes_openapi_and_manual_page_are_the_same() {
	{
		all_routes | awk '{ print $1, $2 }'
		echo 'POST /post_sentence' # of the listener for the machine itself
		echo 'POST /update_sentence'
	} | plain >"$work/routes"
	request GET /openapi.json
	expect 200
	equal "$(header Content-Type)" application/json
	want '.openapi | startswith("3.1")'
	# Files that nginx serves itself are documented, but are not routes of the program.
	get '.paths | to_entries[] | .key as $path | .value | keys[] | select(test("^(get|post|put|patch|delete)$"))
		| "\(ascii_upcase) \($path)"' | plain | grep -vE '^GET /(swagger|openapi\.json|media)' >"$work/openapi"
	diff "$work/routes" "$work/openapi" || fail 'the OpenAPI file and the program differ'
	grep -oE '^\.It (Xo )?(GET|POST|PUT|PATCH|DELETE) /[^ ]*' man/tts-http.7 | sed -E 's/^\.It (Xo )?//' | plain |
		grep -vE '^GET /(swagger|openapi\.json|media)' >"$work/manual"
	diff "$work/routes" "$work/manual" || fail 'the manual page and the program differ'
}

test_success_codes_and_logins_are_the_same_in_openapi() {
	local method pattern access name success
	request GET /openapi.json
	while read -r method pattern access name success; do
		want '[.paths | to_entries[] | select((.key | gsub("\\{[^}]*\\}"; "{}") | sub("/$"; "")) == $path) | .value[$method]][0]
			| (.responses | has($code)) and (if $access == "open" then .security == [] else (.security != []) and (.responses | has("401")) end)' \
			--arg path "$(sed -E 's/\{[^}]*\}/{}/g; s|/$||' <<<"$pattern")" --arg method "${method,,}" --arg code "$success" --arg access "$access"
	done < <(all_routes)
}

test_what_clients_cannot_reach_is_said_to_be_elsewhere() {
	local path
	request GET /openapi.json
	want '[.paths | to_entries[] | select(.value.servers) | .key] == ["/post_sentence", "/update_sentence"]'
	for path in $(get '.paths | to_entries[] | select(.value.servers) | .key'); do
		request POST "$path" -H 'TTS_LOCAL: 1' -d cid=1
		expect 404
		status=$(curl -sS -o "$work/body" -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" -d cid=1 "http://x$path")
		equal "$status $(jq -r .detail "$work/body")" '404 No levels of storage are configured.'
	done
}

test_answers_are_what_the_openapi_file_says() {
	local object
	new_user
	new_project 'One canary.'
	all_ready
	request GET /openapi.json
	local schemas
	schemas=$(jq -c .components.schemas <<<"$body")
	request GET "/project/$project"
	jq -e --argjson s "$schemas" '(keys) == ($s.Project.properties | keys)' <<<"$body" >/dev/null || fail 'Project differs'
	request GET "/audio/$(audio_at 1)"
	jq -e --argjson s "$schemas" '(keys) == ($s.Audio.properties | keys)' <<<"$body" >/dev/null || fail 'Audio differs'
}

test_the_page_to_click_through_is_all_from_here() {
	local asset policy
	request GET /swagger/
	expect 200
	equal "$(header Content-Type)" 'text/html; charset=utf-8'
	policy=$(header Content-Security-Policy)
	[[ $policy == "default-src 'none';"* && $policy != *unsafe* && $policy != *http* ]] || fail "policy: $policy"
	! grep -qE '<script[^>]*>[^<]|<style|(src|href)="(https?:)?//|style=| on[a-z]+=' <<<"$body" || fail "inline or from elsewhere: $body"
	local found=0 page=$body
	while read -r asset; do
		request GET "$asset"
		expect 200
		found=$((found + 1))
	done < <(grep -oE '(src|href)="/[^"]*"' <<<"$page" | cut -d'"' -f2)
	[ $found -ge 3 ] || fail "only $found files belong to the page"
	request GET /swagger/swagger-ui-bundle.js
	equal "$(header Content-Type)" 'text/javascript; charset=utf-8'
	request GET /swagger/swagger-ui.css
	equal "$(header Content-Type)" 'text/css; charset=utf-8'
	request POST /swagger/
	expect 405
}

test_a_browser_that_asks_for_nothing_is_led_to_the_documentation() {
	local method
	token=
	for method in GET HEAD; do
		request $method /
		equal "$status" 302
		equal "$(header Location)" /swagger/ # with any host name and port
	done
	request POST /
	expect 404
}
