# Files that nginx serves by itself, and its own errors.
# shellcheck shell=bash disable=SC2034,SC2154

# Create a sound; sets $path and $id.
a_sound() {
	new_user
	new_project 'This is one canary sentence.'
	all_ready
	id=$(audio_at 1)
	request GET "/audio/$id"
	path=$(get .path)
}

test_a_sound_may_be_kept_for_ever() {
	a_sound
	token=
	request GET "$path"
	expect 200
	equal "$(header Cache-Control)" 'public, max-age=31536000, immutable'
	equal "$(header Content-Type)" audio/mpeg
	equal "$(header X-Content-Type-Options)" nosniff
	equal "$(header Content-Encoding)" ''
	[ -n "$(header ETag)" ] && [ -n "$(header Last-Modified)" ] || fail 'no ETag or no date'
	cmp "$work/body" "$STATE$path"
	request GET "$path" -H 'Accept-Encoding: gzip, br'
	equal "$(header Content-Encoding)" ''
	cmp "$work/body" "$STATE$path"
}

test_pages_of_other_origins_may_use_a_sound() {
	local header
	a_sound
	token=
	for header in '' 'Range: bytes=0-9' 'If-None-Match: *'; do
		request GET "$path" -H 'Origin: https://example.org' ${header:+-H "$header"}
		equal "$(header Access-Control-Allow-Origin)" '*' "$header"
		equal "$(header Cross-Origin-Resource-Policy)" cross-origin "$header"
	done
	# Nothing that needs a login may be read by them.
	request GET /openapi.json -H 'Origin: https://example.org'
	equal "$(header Access-Control-Allow-Origin)" ''
	login
	request GET "/audio/$id/mp3_file" -H 'Origin: https://example.org'
	expect 200
	equal "$(header Access-Control-Allow-Origin)" ''
	request GET "/audio/$id" -H 'Origin: https://example.org'
	equal "$(header Access-Control-Allow-Origin)" ''
}

test_chromium_decodes_a_sound_in_a_page_of_another_origin() {
	command -v chromium >/dev/null && command -v node >/dev/null || exit 77
	a_sound
	body=$(node tests/e2e/clients/sound.mjs chromium "http://localhost:$PORT" "$url$path" "$work/chromium") || fail "$body"
	want '.origin == $origin and .length == $size and .element > 0.3 and (.decoded - .element | fabs) < 0.3
		and (.etag | length) > 5 and .part == [206, "bytes 0-99/\($size)", 100]' \
		--arg origin "http://localhost:$PORT" --argjson size "$(stat -c %s "$STATE$path")"
}

test_parts_of_a_sound() {
	local size odd
	a_sound
	size=$(stat -c %s "$STATE$path")
	request GET "$path" -r 100-199
	equal "$status" 206
	equal "$(header Content-Range)" "bytes 100-199/$size"
	equal "$(header Cache-Control)" no-cache
	cmp "$work/body" <(tail -c +101 "$STATE$path" | head -c 100)
	for odd in 0- 0-9 -10; do
		request GET "$path" -r "$odd"
		equal "$status $(header Cache-Control)" '206 public, max-age=31536000, immutable'
	done
	cmp "$work/body" <(tail -c 10 "$STATE$path")
	request GET "$path" -r "$size-"
	expect 416
	equal "$(header Content-Range)" "bytes */$size"
	request GET "/audio/$id/mp3_file" -r "$size-"
	expect 416
	for odd in /openapi.json /swagger/; do
		request GET $odd -r 99999999-
		equal "$status $(header Cache-Control) $(header X-Request-Id | wc -l)" '416 no-cache 1'
	done
	# Many small parts would be more work and more bytes than the whole file.
	request GET "$path" -r "$(seq -s , -f '%g-%g' 0 2 200)"
	expect 200
	cmp "$work/body" "$STATE$path"
}

test_a_sound_one_has_is_not_sent_again() {
	local etag date
	a_sound
	request GET "$path"
	etag=$(header ETag) date=$(header Last-Modified)
	request GET "$path" -H "If-None-Match: $etag"
	expect 304
	equal "$(stat -c %s "$work/body" 2>/dev/null || echo 0)" 0
	request GET "$path" -H "If-Modified-Since: $date"
	expect 304
	request GET "$path" -H 'If-None-Match: "other"'
	expect 200
}

test_head_of_a_sound() {
	a_sound
	request HEAD "$path"
	expect 200
	equal "$(header Content-Length)" "$(stat -c %s "$STATE$path")"
	request HEAD "${path/-r1-/-r2-}"
	expect 404
}

test_a_sound_can_only_be_read() {
	local method
	a_sound
	for method in POST PUT DELETE PATCH OPTIONS MKCOL COPY; do
		request $method "$path"
		expect 405
		equal "$(header Allow)" 'GET, HEAD'
	done
	test -e "$STATE$path"
}

test_mp3_file_is_the_same_sound_for_its_owner_alone() {
	local etag
	a_sound
	request GET "/audio/$id/mp3_file"
	expect 200
	equal "$(header Content-Type)" audio/mpeg
	[[ $(header Cache-Control) == private* ]] || fail "Cache-Control: $(header Cache-Control)"
	equal "$(header Cache-Control | wc -l)" 1 'headers Cache-Control'
	equal "$(header X-Accel-Redirect)" ''
	cmp "$work/body" "$STATE$path"
	etag=$(header ETag)
	request GET "/audio/$id/mp3_file" -H "If-None-Match: $etag"
	expect 304
	request GET "/audio/$id/mp3_file" -r 0-9
	equal "$status" 206
	cmp "$work/body" <(head -c 10 "$STATE$path")
	request HEAD "/audio/$id/mp3_file"
	expect 200
	equal "$(header Content-Length)" "$(stat -c %s "$STATE$path")"
}

# Two sounds of the same size from the same second are still different.
test_the_sound_before_an_edit_is_not_taken_for_the_one_after() {
	local text etag
	a_sound
	for text in Rat. Sat. Pat. Mat. Cat.; do
		request GET "/audio/$id/mp3_file"
		expect 200
		etag=$(header ETag)
		send POST "/audio/$id" "{\"text\":\"$text\"}"
		expect 201
		all_ready
		request GET "/audio/$id/mp3_file" -H "If-None-Match: $etag"
		expect 200
		mv "$work/body" "$work/sound"
		request GET "/audio/$id"
		cmp "$work/sound" "$STATE$(get .path)"
	done
}

test_nothing_but_sounds_is_below_media() {
	local dir odd
	a_sound
	token='' dir=${path%/*}
	echo secret >"$STATE$dir/.tmp-123"
	echo secret >"$STATE$dir/$id-r1-0123456789abcdef0123456789abcdef.mp3.tmp"
	echo secret >"$STATE/media/note.txt"
	for odd in /media /media/ "${dir%/*}" "${dir%/*}/" "$dir" "$dir/" /media/.tts-media "$dir/.tmp-123" \
		"$dir/$id-r1-0123456789abcdef0123456789abcdef.mp3.tmp" /media/note.txt "$path/" "$path.mp3" "${path%.mp3}" \
		"${path/media/MEDIA}" "/media$path" "/media/./../tts.conf" /media/../tts.conf /media/..%2ftts.conf \
		/media/%2e%2e/tts.conf /media/%2e%2e%2ftts.conf /media/..%5ctts.conf /media/%252e%252e/tts.conf \
		'/media/..;/tts.conf' /media/0/../../secrets/token.key "$dir/..%2f..%2f..%2ftts.conf" /secrets/token.key \
		/tts.conf /run/fcgi.sock /swagger/../tts.conf /swagger/%2e%2e/tts.conf /openapi.json/../tts.conf \
		"/protected-media${path#/media}" /protected-media/ /.problem "$path%0a" "$path%20" "${path/.mp3/.MP3}"; do
		request GET "$odd"
		expect 404
	done
	for odd in "$path%00" /media/%00 /media/../../../etc/passwd /media/%; do
		request GET "$odd"
		case $status in 400 | 404) expect "$status" ;; *) fail "$odd: $status" ;; esac
	done
	rm "$STATE$dir/.tmp-123" "$STATE$dir/$id-r1-0123456789abcdef0123456789abcdef.mp3.tmp" "$STATE/media/note.txt"
}

# elsewhere NAME: move it elsewhere and leave a link in its place.
elsewhere() {
	mv "$STATE/$1" "$work/$1"
	ln -s "$work/$1" "$STATE/$1"
}

test_no_link_below_the_root_is_followed() {
	local dir other
	a_sound
	dir=${path%/*} other=/media/0/999999999
	echo secret >"$work/outside"
	mv "$STATE$path" "$work/sound.mp3"
	ln -s "$work/sound.mp3" "$STATE$path"
	request GET "$path"
	expect 404
	request GET "/audio/$id/mp3_file"
	expect 404
	mv "$work/sound.mp3" "$STATE$path"
	# Nor a link in place of a directory.
	ln -s "$STATE$dir" "$STATE$other"
	request GET "$other/${path##*/}"
	expect 404
	rm "$STATE$other"
	request GET "$path"
	expect 200
}

test_links_to_both_roots_are_followed_and_what_is_deleted_is_gone() {
	a_sound
	trap 'for name in media gone; do rm -f "$STATE/$name"; mv "$work/$name" "$STATE/$name"; done' EXIT
	elsewhere media
	elsewhere gone
	until_so 10 answers "$path" 200
	request GET "/audio/$id/mp3_file"
	expect 200
	hold_renderer
	request DELETE "/project/$project"
	expect 201
	[ -e "$work/gone/p$project" ] && [ -e "$STATE$path" ] || fail 'no tombstone, or no file that it hides'
	request GET "$path"
	expect 404
	release_renderer
}

test_a_symbolic_way_of_writing_the_same_address_is_the_same_sound() {
	a_sound
	token=
	request GET "/${path//\//\/\/}"
	expect 200
	cmp "$work/body" "$STATE$path"
}

# raw REQUEST: send it unchanged; the answer is in $work/raw.
raw() {
	exec 3<>"/dev/tcp/127.0.0.1/$PORT"
	printf '%b' "$1" >&3
	timeout 5 cat <&3 >"$work/raw"
	exec 3<&-
}

test_each_error_has_a_title_of_its_own() {
	local code
	raw 'GET /voices/ HTTP/3.0\r\nHost: x\r\n\r\n'
	grep -q '"title":"HTTP Version Not Supported","status":505,' "$work/raw" || fail "$(<"$work/raw")"
	raw 'POST /project/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n'
	grep -q '"title":"Not Implemented","status":501,' "$work/raw" || fail "$(<"$work/raw")"
	# Every error that leads to this location has a title and a detail.
	while read -r code; do
		[ "$(grep -c "^	$code \".*\";$" nginx/tts.conf.in)" = 2 ] || [[ $code == 403 || $code == 49? || $code == 500 ]] ||
			fail "$code has no title, or says nothing"
	done < <(sed -n 's/^\terror_page \([0-9 ]*\).*\/\.problem.*/\1/p' nginx/tts.conf.in | xargs -n 1)
}

test_long_and_broken_requests_are_problems() {
	request GET "/media/$(printf 'a%.0s' {1..4096})"
	expect 404
	request GET "/$(printf 'a%.0s' {1..9000})"
	expect 414
	request GET /voices/ -H "X-Long: $(printf 'a%.0s' {1..9000})"
	expect 400
	raw 'NO SUCH THING\r\n\r\n'
	grep -q '^{"type":"about:blank","title":"Bad Request","status":400,' "$work/raw" || fail "$(<"$work/raw")"
}

# nginx refuses some methods itself, the API the others: both tell which ones are supported.
test_a_wrong_method_is_told_the_right_ones() {
	local method path rest
	while read -r method path rest; do
		request PROPFIND "$path"
		expect 405
		rest=$(header Allow)
		[[ ", $rest," == *", $method,"* ]] || fail "$path does not allow $method: $rest"
		request TRACE "$path"
		expect 405
		equal "$(header Allow)" "$rest" "Allow of TRACE $path"
	done < <(all_routes | sed 's/{task}/01994c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f/; s/{[a-z]*}/1/g')
	for path in /media/0/1/1-r1-0123456789abcdef0123456789abcdef.mp3 /swagger/ /openapi.json; do
		request TRACE "$path"
		expect 405
		equal "$(header Allow)" 'GET, HEAD'
	done
	request TRACE /no/such/thing
	expect 404
}

test_the_log_of_nginx_has_what_was_asked_for() {
	request GET "/media/no-such-thing-$BASHPID?secret=1"
	expect 404
	until_so 20 grep -q "\"GET /media/no-such-thing-$BASHPID\" 404 .* request=$(header X-Request-Id)" "$STATE/log/access.log"
	! grep -q secret=1 "$STATE/log/access.log" || fail 'the query is in the log'
	request POST "/no-such-thing-$BASHPID"
	expect 404
	until_so 20 grep -q "\"POST /no-such-thing-$BASHPID\" 404 " "$STATE/log/access.log"
}

test_no_log_of_nginx_has_the_secret_part_of_an_address() {
	local key way ways escaped
	a_sound
	token=
	key=${path##*-} key=${key%.mp3}
	escaped=$(printf %s "$key" | od -An -v -tx1 | tr -d '\n' | tr ' ' %)
	ways=("$path" "/${path//\//\/\/}?x=1" "${path/-$key/%2d$key}" "${path/$key/$escaped}" "${path/$key/$escaped}?$key")
	for way in "${ways[@]}"; do
		request GET "$way" -r 3-9
		equal "$status" 206 "$way"
		until_so 20 grep -qE "\"GET /+media/+.*$project/+$id-?r1.*\\*\" 206 7 from=3 .* request=[0-9a-f]{32}$" "$STATE/log/access.log"
	done
	mv "$STATE$path" "$work/sound.mp3"
	for way in "${ways[@]}" "${path/mp3/mp4}"; do
		until_so 5 answers "$way" 404 # nginx may keep it open for a second
	done
	mv "$work/sound.mp3" "$STATE$path"
	request GET "/no/more/$BASHPID"
	until_so 20 grep -q "/no/more/$BASHPID" "$STATE/log/access.log"
	! grep -qiE "$key|$escaped" "$STATE"/log/*.log || fail "$(grep -iE "$key|$escaped" "$STATE"/log/*.log)"
}

test_a_body_without_end_is_413() {
	new_user
	head -c 4000000 /dev/zero | tr '\0' ' ' >"$work/big"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/big" -H 'Expect:'
	expect 413
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/big" -H 'Expect:' -H 'Transfer-Encoding: chunked'
	expect 413
}

test_a_client_that_dawdles_does_not_hold_up_others() {
	local i fds=()
	new_user
	for i in {1..200}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		fds+=("$fd")
		if [ $((i % 2)) = 0 ]; then
			printf 'POST /project/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{' >&"$fd"
		else
			printf 'GET /project/ HTTP/1.1\r\nHost:' >&"$fd"
		fi
	done
	for i in {1..20}; do
		request GET /project/
		expect 200
	done
	# Whoever shares the address of the dawdlers is told to wait, but not for a sound.
	address=127.0.0.1
	request GET /project/
	expect 429
	request GET /openapi.json
	expect 200
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
}
