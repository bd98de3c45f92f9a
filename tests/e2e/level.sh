# Files on several levels of storage: nginx finds each of them, also while it is moved, and logs what is fetched.
# shellcheck shell=bash disable=SC2034,SC2154

levels=(media silver gold) # below STATE, the lowest first

with_levels() {
	trap 'rm -rf "$STATE/conf.d/levels.conf" "$STATE/silver" "$STATE/gold"; tests/stack up >/dev/null' EXIT
	LEVELS="bronze:0:$STATE/media silver:3:$STATE/silver gold:20:$STATE/gold" tests/stack up
}

# level_sound: create a sound; sets $path, $file (below a level) and $id.
level_sound() {
	new_user
	new_project 'This is one canary sentence.'
	all_ready
	id=$(audio_at 1)
	request GET "/audio/$id"
	path=$(get .path)
	file=${path#/media/}
}

# copy_to LEVEL FILE…: the files of whatever level they are on, to LEVEL, as tts-tier does it.
copy_to() {
	local to=$STATE/$1 name level
	shift
	for name; do
		for level in "${levels[@]}"; do
			[ -e "$STATE/$level/$name" ] && [ ! -e "$to/$name" ] || continue
			mkdir -p "$to/${name%/*}"
			cp -p "$STATE/$level/$name" "$to/${name%/*}/.tmp-1"
			mv "$to/${name%/*}/.tmp-1" "$to/$name"
		done
	done
}

# remove_from_others LEVEL FILE…
remove_from_others() {
	local kept=$1 level
	shift
	for level in "${levels[@]}"; do
		[ "$level" = "$kept" ] || (cd "$STATE/$level" && rm -f -- "$@")
	done
}

move_to() {
	copy_to "$@"
	remove_from_others "$@"
}

# pipeline_file EXTENSION BYTES: put one on the lowest level, without a row; print its path below the level.
pipeline_file() {
	local name=pipeline/0/987654321/video-$RANDOM-0123456789abcdef0123456789abcdef.$1
	mkdir -p "$STATE/media/${name%/*}"
	head -c "$2" /dev/urandom >"$STATE/media/$name"
	echo "$name"
}

test_a_file_is_read_from_the_level_where_it_is() {
	local level etag date size film
	with_levels
	level_sound
	film=$(pipeline_file mp4 5000)
	cp "$STATE$path" "$work/sound"
	cp "$STATE/media/$film" "$work/film"
	size=$(stat -c %s "$work/sound")
	request GET "$path"
	etag=$(header ETag) date=$(header Last-Modified)
	for level in silver gold media gold silver; do
		move_to $level "$file" "$film"
		sleep 1.1 # for as long nginx may use what it knows
		request GET "$path"
		expect 200
		cmp "$work/body" "$work/sound"
		equal "$(header ETag) $(header Last-Modified)" "$etag $date"
		equal "$(header Content-Type)" audio/mpeg
		equal "$(header Cache-Control)" 'public, max-age=31536000, immutable'
		equal "$(header X-Content-Type-Options)" nosniff
		request GET "$path" -r 100-199
		equal "$status $(header Content-Range) $(header Cache-Control)" "206 bytes 100-199/$size no-cache"
		cmp "$work/body" <(tail -c +101 "$work/sound" | head -c 100)
		request GET "$path" -r "$size-"
		expect 416
		equal "$(header Content-Range)" "bytes */$size"
		request GET "$path" -H "If-None-Match: $etag"
		expect 304
		request GET "$path" -H "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"
		expect 412
		request HEAD "$path"
		equal "$status $(header Content-Length)" "200 $size"
		request POST "$path"
		expect 405
		equal "$(header Allow)" 'GET, HEAD'
		request HEAD "${path/-r1-/-r2-}"
		expect 404
		request GET "/media/$film"
		expect 200
		equal "$(header Content-Type)" video/mp4
		cmp "$work/body" "$work/film"
		request GET "/audio/$id/mp3_file"
		expect 200
		equal "$(header Content-Type)" audio/mpeg
		[[ $(header Cache-Control) == private* ]] || fail "Cache-Control: $(header Cache-Control)"
		cmp "$work/body" "$work/sound"
		request GET "/audio/$id/mp3_file" -H "If-None-Match: $(header ETag)"
		expect 304
		request GET "/audio/$id/mp3_file" -r "$size-"
		expect 416
	done
	# Of several, the one on the hottest level.
	for level in media gold; do
		mkdir -p "$STATE/$level/${film%/*}"
		echo $level >"$STATE/$level/$film"
	done
	sleep 1.1
	request GET "/media/$film"
	equal "$body" gold
	rm "$STATE/gold/$film"
	sleep 1.1
	request GET "/media/$film"
	cmp "$work/body" "$work/film" # on silver
}

test_the_locations_of_levels_cannot_be_asked_for() {
	local odd from
	with_levels
	level_sound
	move_to gold "$file"
	from=$(wc -l <"$STATE/log/nginx.log") # what came before is of the restart
	for odd in "/media/level/$file" "/media/again/$file" /media/level /media/level/ /media/again/ \
		"/protected-media/$file" "/protected-media/level/$file" "/protected-media/again/$file" /protected-media/level/ \
		/media/level/.tts-media /media/level/../.tts-media "/media/gold/$file" "/gold/$file"; do
		request GET "$odd"
		expect 404
	done
	! tail -n "+$((from + 1))" "$STATE/log/nginx.log" | grep -E '\[(error|crit|alert|emerg)\]' || fail 'nginx complains'
}

test_deleted_and_linked_files_are_found_on_no_level() {
	local level
	with_levels
	level_sound
	for level in gold silver; do
		move_to $level "$file"
		until_so 5 answers "$path" 200
		mv "$STATE/$level/$file" "$work/sound.mp3"
		ln -s "$work/sound.mp3" "$STATE/$level/$file"
		until_so 5 answers "$path" 404
		request GET "/audio/$id/mp3_file"
		expect 404
		rm "$STATE/$level/$file"
		mv "$work/sound.mp3" "$STATE/$level/$file"
	done
	# The directory of a level itself may be a link, and one that is not there is passed over.
	mv "$STATE/silver" "$work/silver"
	ln -s "$work/silver" "$STATE/silver"
	mv "$STATE/gold" "$STATE/gold.away"
	until_so 5 answers "$path" 200
	mv "$STATE/gold.away" "$STATE/gold"
	copy_to gold "$file"
	hold_renderer
	request DELETE "/project/$project"
	expect 201
	request GET "$path"
	expect 404
	release_renderer
}

test_no_read_fails_while_files_are_moved() {
	local i level names=() reader
	with_levels
	for i in {1..30}; do
		names+=("$(pipeline_file mp3 $((2000 + RANDOM)))")
	done
	mkdir "$work/copies"
	for i in "${!names[@]}"; do
		cp "$STATE/media/${names[i]}" "$work/copies/$i"
		echo "/media/${names[i]} $work/copies/$i"
	done >"$work/list"
	mkfifo "$work/go"
	node tests/e2e/reader.mjs "$url" 8 "$work/list" <"$work/go" >"$work/result" &
	reader=$!
	exec 3>"$work/go"
	for level in gold media silver media gold silver; do
		copy_to $level "${names[@]}"
		sleep 2.1
		remove_from_others $level "${names[@]}"
	done
	exec 3>&-
	wait "$reader"
	jq -e '.wrong == 0 and .reads > 500' "$work/result" >/dev/null || fail "$(<"$work/result")"
}

# logged NAME: how many fetches of it are in the log.
logged() {
	cat "$STATE"/log/fetches.log* | awk -v name="$1" '$5 == name { n++ } END { print n + 0 }'
}

logged_is() {
	[ "$(logged "$1")" = "$2" ]
}

# One byte or two are how a player asks whether ranges are supported.
test_fetches_are_logged_without_what_gives_access() {
	local name film key range etag
	with_levels
	level_sound
	name=${file%-*} key=${file##*-} key=${key%.mp3}
	film=$(pipeline_file mp4 5000)
	for range in 0-1 0-0 1-1 500- -100; do
		request GET "$path" -r "$range"
		equal "$status" 206 "$range"
	done
	request HEAD "$path"
	request GET "$path" -H "If-None-Match: $(header ETag)"
	expect 304
	request GET "$path" -r 99999999-
	expect 416
	request GET "${path/-r1-/-r2-}"
	expect 404
	request GET "/audio/$id/mp3_file" -r 0-1
	request HEAD "/audio/$id/mp3_file"
	request GET "/media/$film"
	until_so 5 logged_is "${film%-*}" 1
	equal "$(logged "$name")" 0 'fetches logged'
	for range in '' 0- 0-9 0-10 0-500; do
		request GET "$path" ${range:+-r "$range"}
	done
	request GET "$path" -r 5-9,20-29 # answered as a whole
	expect 200
	request GET "/audio/$id/mp3_file"
	request GET "/audio/$id/mp3_file" -r 0-
	until_so 5 logged_is "$name" 8
	! grep -q "$key" "$STATE/log/fetches.log" || fail 'the key is in the log of fetches'
	grep -qE "^[0-9]{10}\.[0-9]{3} 206 10 ${address//./\\.} $name\$" "$STATE/log/fetches.log" || fail "$(cat "$STATE/log/fetches.log")"
}

test_no_fetch_is_logged_without_levels() {
	level_sound
	request GET "$path"
	expect 200
	request GET "/audio/$id/mp3_file"
	expect 200
	sleep 1.5
	[ ! -s "$STATE/log/fetches.log" ] || ! grep -q "${file%-*}" "$STATE/log/fetches.log" || fail 'a fetch is logged'
}

# ------------------------------------------------------------------ counting, with tts-tier

# with_counting: levels with the numbers of an earlier system, and no file that has to stay where it is.
with_counting() {
	trap 'rm -rf "$STATE"/conf.d/{levels,counting}.conf "$STATE/silver" "$STATE/gold" "$STATE"/log/fetches.log*; tests/stack up >/dev/null' EXIT
	echo 'levels = { half_life_sec = 0; min_stay_sec = 0; grace_sec = 2; repeat_sec = 0; daily_max = 0; };' >"$STATE/conf.d/counting.conf"
	LEVELS="bronze:0:$STATE/media silver:1000:$STATE/silver gold:2000:$STATE/gold" tests/stack up
}

run_tier() {
	"$BUILD/tts-tier" -c "$STATE/tts.conf" 2>>"$work/tier.log" || fail "tts-tier: $? $(tail -n 5 "$work/tier.log")"
}

# counted NAME: the count of a file in the database.
counted() {
	sql "SELECT COALESCE(SUM(total), 0) FROM content WHERE name = '$1'"
}

# As logrotate does it. Until nginx has got the signal it goes on writing to the renamed file.
rotate_log() {
	local log=$STATE/log/fetches.log
	[ ! -e "$log.1" ] || mv "$log.1" "$log.2"
	mv "$log" "$log.1"
	: >"$log"
	"$@"
	kill -USR1 "$(<"$STATE/run/nginx.pid")"
}

test_each_fetch_counts_once_over_rotations_and_kills() {
	local i name run
	with_counting
	level_sound
	name=${file%-*}
	fetch_ten() {
		local n
		for n in {1..10}; do
			request GET "$path"
			expect 200
		done
	}
	fetch_ten
	request GET "/audio/$id/mp3_file"
	expect 200
	until_so 5 logged_is "$name" 11
	run_tier
	equal "$(counted "$name")" 11 count
	run_tier
	equal "$(counted "$name")" 11 'count after a run with nothing new'
	fetch_ten
	rotate_log fetch_ten
	fetch_ten
	until_so 5 logged_is "$name" 41
	for i in 1 2 3 4 5; do
		"$BUILD/tts-tier" -c "$STATE/tts.conf" 2>>"$work/tier.log" &
		run=$!
		sleep "0.0$i"
		kill -KILL $run 2>/dev/null || :
		wait $run || :
	done
	sleep 5 # a renamed log is left once nginx no longer writes to it
	run_tier
	equal "$(counted "$name")" 41 'count after a rotation and kills'
	fetch_ten
	rotate_log true
	sleep 5
	run_tier
	equal "$(counted "$name")" 51 'count after two rotations'
}

test_repeats_and_more_than_a_share_of_one_address_do_not_count() {
	local i name
	with_counting
	echo 'levels = { half_life_sec = 0; repeat_sec = 600; };' >"$STATE/conf.d/counting.conf"
	tests/stack up
	level_sound
	name=${file%-*}
	for i in 1 2 3; do
		request GET "$path"
		expect 200
	done
	address=127.9.9.9
	request GET "$path"
	until_so 5 logged_is "$name" 4
	run_tier
	equal "$(counted "$name")" 2 'count: one for each address'
	request GET "$path"
	until_so 5 logged_is "$name" 5
	run_tier
	equal "$(counted "$name")" 2 'count after a repeat in another run'
}

# local_post PATH FORM…: to the listener for the machine itself; sets $status and $body.
local_post() {
	local path=$1 field form=()
	shift
	for field; do
		form+=(-d "$field")
	done
	last="POST $path $*" head=$work/head
	status=$(curl -sS -m 30 -D "$head" -o "$work/body" -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" -X POST "${form[@]}" "http://x$path") ||
		fail "$last: no answer"
	body=$(<"$work/body")
}

test_a_player_that_counts_and_a_worker_elsewhere() {
	local cid name
	with_counting
	level_sound
	name=${file%-*}
	run_tier
	# As before the first run with these levels.
	sql "UPDATE level SET name = 'other' WHERE name = 'gold'"
	local_post /post_sentence audio_id="$id" count=0
	sql "UPDATE level SET name = 'gold' WHERE name = 'other'"
	expect 409
	local_post /post_sentence audio_id="$id" count=356
	expect 200
	want '.count == 356 and .target == "bronze" and .db_level == "bronze" and .filename == $name and .worker_id == null and .status == "update"
		and (keys == ["cid", "count", "db_level", "filename", "status", "target", "worker_id"])' --arg name "$name"
	cid=$(get .cid)
	local_post /update_sentence cid="$cid"
	equal "$status" 409
	[[ $(get .detail) == 'check your status again'* ]] || fail "$body"
	local_post /post_sentence cid="$cid" count=2342
	want '.cid == $cid and .count == 2342 and .target == "gold" and .db_level == "bronze"' --argjson cid "$cid"
	local_post /post_sentence cid="$cid" count=1548
	want '.target == "silver"'
	move_to silver "$file"
	local_post /update_sentence cid="$cid"
	expect 200
	want '. == {cid: $cid}' --argjson cid "$cid"
	equal "$(sql "SELECT CONCAT_WS(' ', old_content_level, new_content_level) FROM update_history WHERE name = '$name'")" 'bronze silver'
	local_post /update_sentence cid="$cid"
	equal "$status" 409
	request GET "$path"
	expect 200
	# tts-tier has nothing to move, and leaves what the worker moved where it is.
	run_tier
	[ -e "$STATE/silver/$file" ] || fail 'the file is not where the worker moved it'
}

test_what_is_wrong_with_a_form_is_said() {
	local form
	with_counting
	run_tier
	for form in count=1 cid= cid=x cid=-1 cid=1 'cid=1&count=' 'cid=1&count=1.5' 'cid=1&count=-1' 'cid=1&count=9999999999999999999' audio_id=1 'audio_id=x&count=1' 'xcid=1&xcount=1' ''; do
		local_post /post_sentence "$form"
		expect 422
	done
	local_post /post_sentence
	equal "$status" 415
	local_post /update_sentence audio_id=1
	expect 422
	equal "$(fields)" cid
	for form in cid=999999 cid=0; do
		local_post /update_sentence "$form"
		expect 404
		local_post /post_sentence "$form" count=1
		expect 404
	done
	local_post /post_sentence audio_id=999999999 count=1
	expect 404
	equal "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" -H 'Content-Type: application/json' -d '{"cid":1,"count":1}' http://x/post_sentence)" 415
	equal "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" http://x/post_sentence)" 405
	# A page in a browser on this machine cannot send forms.
	equal "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" -H 'Origin: http://evil.example' -d 'cid=1&count=1' http://x/post_sentence)" 403
	for form in post_sentence update_sentence; do
		request POST "/$form" -d cid=1 -d count=1
		expect 404
	done
}

test_alerts_and_dashboard_use_names_that_are_there_with_levels() {
	local name
	with_levels
	run_tier
	curl -sS -f -m 30 --unix-socket "$STATE/run/metrics.sock" http://x/metrics | grep -oE '^tts_tier_[a-z0-9_]+' | sort -u >"$work/names"
	cat monitoring/alerts.yml monitoring/dashboard.json | grep -oE '\btts_tier_[a-z0-9_]+' | sort -u >"$work/used"
	[ "$(wc -l <"$work/used")" -ge 10 ] || fail 'hardly a name is used'
	while read -r name; do
		grep -qx "$name" "$work/names" || fail "$name is not there"
	done <"$work/used"
}
