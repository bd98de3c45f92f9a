# The pictures of pipelines as their user manages them, and the files of pipelines when they are deleted.
# shellcheck shell=bash disable=SC2034,SC2154
. tests/e2e/lib_pipeline.sh

# picture TYPE WIDTH HEIGHT: write one that looks like that to $work/picture.
picture() {
	case $1 in
	png) printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR%b%b\x08\x02\0\0\0crcc' "$(big 4 "$2")" "$(big 4 "$3")" ;;
	jpeg) printf '\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x0b\x08%b%b\x01\x01\x11\0' "$(big 2 "$3")" "$(big 2 "$2")" ;;
	esac >"$work/picture"
}

# big N NUMBER: as N bytes, escaped, the most significant one first.
big() {
	local i
	for ((i = $1 - 1; i >= 0; i--)); do
		printf '\\x%02x' $(($2 >> 8 * i & 255))
	done
}

# upload [OPTION of curl]…
upload() {
	request POST "/pipeline/$task/image/" --data-binary "@$work/picture" "$@"
}

inbox_has() {
	equal "$(find "$STATE/inbox" -type f | wc -l)" "$1" 'files in the inbox'
}

test_pictures_are_added_moved_and_removed() {
	local first second i
	hold_stages
	new_user
	find "$STATE/inbox" -type f -delete
	task=$(uuid)
	picture png 640 480
	upload -H 'Content-Type: image/png'
	expect 201
	want '.index == 1 and .status == "new" and .type == "image/png" and .width == 640 and .height == 480 and .path == "" and .error == null'
	first=$(get .id)
	cmp "$work/picture" "$STATE"/inbox/*
	equal "$(of .overall_status)" draft
	picture jpeg 8000 5000
	upload
	expect 201
	second=$(get .id)
	want '.index == 2 and .type == "image/jpeg" and .width == 8000'
	send POST "/pipeline/$task/image/$second" '{"index":1}'
	expect 201
	want '.index == 1'
	request GET "/pipeline/$task/image/"
	expect 200
	want '.cnt == 2 and [.page[].id] == [$b, $a] and [.page[].index] == [1, 2]' --argjson a "$first" --argjson b "$second"
	for i in 0 3 x; do
		send POST "/pipeline/$task/image/$second" "{\"index\":\"$i\"}"
		expect 422
	done
	send POST "/pipeline/$task/image/$second" '{"index":3}'
	expect 422
	send POST /pipeline/start "{\"task_id\":\"$task\",\"customer_name\":\"x\"}"
	expect 201
	want '.images == 2 and .already_exists == false'
	request DELETE "/pipeline/$task/image/$first"
	expect 201
	request DELETE "/pipeline/$task/image/$first"
	expect 404
	until_so 20 inbox_is 1
	for ((i = 1; i < 10; i++)); do
		upload
		expect 201
	done
	upload
	expect 409
	equal "$(get .detail)" 'The pipeline already has 10 pictures, the maximum.'
	inbox_has 10
}

inbox_is() {
	[ "$(find "$STATE/inbox" -type f | wc -l)" = "$1" ]
}

test_what_is_no_picture_is_refused() {
	new_user
	find "$STATE/inbox" -type f -delete
	task=$(uuid)
	for body in '' 'GIF89a' '<svg xmlns="http://www.w3.org/2000/svg"/>' '{"url":"x"}'; do
		printf '%s' "$body" >"$work/picture"
		upload -H 'Content-Type: image/png'
		expect 415
	done
	picture png 8000 5001
	upload
	expect 422
	picture png 0 5
	upload
	expect 422
	picture png 640 480
	truncate -s 20 "$work/picture"
	upload
	expect 422
	# As long as it may be, and one byte longer; without a length, too.
	picture png 640 480
	truncate -s 10485760 "$work/picture"
	upload
	expect 201
	want '.size_bytes == 10485760'
	truncate -s 10485761 "$work/picture"
	upload
	expect 413
	upload -H 'Transfer-Encoding: chunked'
	expect 413
	inbox_has 1
	# Nothing else may be as long.
	send POST "/pipeline/$task/image/1" "{\"index\":1,\"x\":\"$(printf '%*s' 3000000 '')\"}"
	expect 413
	send POST "/pipeline/callback/$(printf '%032d' 0)" "$(printf '%*s' 300000 '')"
	expect 413
}

test_a_draft_that_nobody_starts_goes_with_its_pictures() {
	local draft id
	hold_stages
	new_user
	find "$STATE/inbox" -type f -delete
	draft=$(uuid) task=$draft
	picture png 6 4
	upload
	id=$(sql "SELECT id FROM pipeline WHERE task_id = '$draft'")
	task=$(uuid)
	upload
	inbox_has 2
	sql "UPDATE pipeline SET updated_at = NOW(3) - INTERVAL 8 DAY WHERE id = $id"
	until_so 30 inbox_is 1
	request GET "/pipeline/status/$draft"
	expect 404
	equal "$(of .overall_status)" draft
	until_so 30 test ! -e "$STATE/gone/t$id"
	equal "$(sql "SELECT COUNT(*) FROM image WHERE pipeline_id = $id")" 0
}

test_a_deleted_picture_is_gone_at_once() {
	local id first second path key=0123456789abcdef0123456789abcdef
	hold_stages
	hold_work
	new_user
	task=$(uuid)
	picture png 6 4
	upload
	first=$(get .id)
	upload
	second=$(get .id)
	id=$(sql "SELECT id FROM pipeline WHERE task_id = '$task'")
	path=pipeline/$((id / 1000))/$id
	mkdir -p "$STATE/media/$path"
	echo x >"$STATE/media/$path/image-$first-$key.jpg"
	echo y >"$STATE/media/$path/image-$second-$key.jpg"
	find "$STATE/inbox" -type f -delete
	sql "UPDATE image SET state = 'ready', inbox = '', path = CONCAT('$path/image-', id, '-$key.jpg') WHERE pipeline_id = $id"
	for _ in 1 2 3; do # so that nginx keeps it open
		request GET "/media/$path/image-$first-$key.jpg"
		expect 200
	done
	request DELETE "/pipeline/$task/image/$first"
	expect 201
	want '.is_success and (has("is_gone") | not)'
	request GET "/media/$path/image-$first-$key.jpg"
	expect 404
	request GET "/media/$path/image-$second-$key.jpg"
	expect 200
	[ -e "$STATE/gone/i$first" ] && [ -e "$STATE/media/$path/image-$first-$key.jpg" ] || fail 'no tombstone, or no file'
	# A worker that starts lays it again: whoever deleted it may have died before.
	rm "$STATE/gone/i$first"
	kill_all KILL tts-api
	until_so 10 test -e "$STATE/gone/i$first"
	request GET "/media/$path/image-$first-$key.jpg"
	expect 404
	release_work
	until_so 30 test ! -e "$STATE/media/$path/image-$first-$key.jpg"
	until_so 30 test ! -e "$STATE/gone/i$first"
	[ -e "$STATE/media/$path/image-$second-$key.jpg" ] || fail 'another is gone too'
}

test_a_deleted_pipeline_is_gone_with_its_files() {
	local id path
	hold_stages
	hold_work
	new_user
	find "$STATE/inbox" -type f -delete
	task=$(uuid)
	picture png 6 4
	upload
	expect 201
	send POST /pipeline/start "{\"task_id\":\"$task\",\"customer_name\":\"x\"}"
	id=$(sql "SELECT id FROM pipeline WHERE task_id = '$task'")
	done_stage lyric song
	done_stage song video
	path=pipeline/$((id / 1000))/$id
	mkdir -p "$STATE/media/$path"
	head -c 5000 /dev/zero >"$STATE/media/$path/video-7-0123456789abcdef0123456789abcdef.mp4"
	head -c 5000 /dev/zero >"$STATE/media/$path/song-7-1-0123456789abcdef0123456789abcdef.mp3"
	head -c 5000 /dev/zero >"$STATE/media/$path/image-7-0123456789abcdef0123456789abcdef.jpg"
	sql "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
		VALUES ($(run_of video), 1, 1, NOW(3), '$path/video-7-0123456789abcdef0123456789abcdef.mp4', 'video/mp4', 5000, 61500, REPEAT('x', 32))"
	set_run video "state = 'done', ended_at = NOW(3)"
	of . >/dev/null
	want '.stages.video.result_movie_url == $p and .stages.video.duration == 61.5' --arg p "/media/$path/video-7-0123456789abcdef0123456789abcdef.mp4"
	request GET "$(get .stages.video.result_movie_url)" -H 'Range: bytes=0-99'
	equal "$status" 206
	equal "$(header Content-Type)" video/mp4
	equal "$(header Content-Range)" 'bytes 0-99/5000'
	[[ $(header Cache-Control) == *immutable* ]] || fail "$(header Cache-Control)"
	request GET "/media/$path/song-7-1-0123456789abcdef0123456789abcdef.mp3"
	equal "$(header Content-Type)" audio/mpeg
	request GET "/media/$path/image-7-0123456789abcdef0123456789abcdef.jpg"
	equal "$(header Content-Type)" image/jpeg
	request GET "/media/$path/.tmp-x"
	expect 404
	request DELETE "/pipeline/$task"
	expect 201
	want '.is_success and (has("is_gone") | not)'
	request GET "/media/$path/video-7-0123456789abcdef0123456789abcdef.mp4"
	expect 404
	request GET "/pipeline/status/$task"
	expect 404
	request DELETE "/pipeline/$task"
	expect 404
	[ -e "$STATE/gone/t$id" ] || fail 'no tombstone'
	release_work
	until_so 30 test ! -e "$STATE/media/$path"
	until_so 30 test ! -e "$STATE/gone/t$id"
	until_so 30 inbox_is 0
	! grep -q 0123456789abcdef0123456789abcdef "$STATE/log/access.log" || fail 'a key is in the log'
}
