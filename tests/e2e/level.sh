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
}

test_the_locations_of_levels_cannot_be_asked_for() {
	local odd
	with_levels
	level_sound
	move_to gold "$file"
	for odd in "/media/level/$file" "/media/again/$file" /media/level /media/level/ /media/again/ \
		"/protected-media/$file" "/protected-media/level/$file" "/protected-media/again/$file" /protected-media/level/ \
		/media/level/.tts-media /media/level/../.tts-media "/media/gold/$file" "/gold/$file"; do
		request GET "$odd"
		expect 404
	done
	! grep -E '\[(error|crit|alert|emerg)\]' "$STATE/log/nginx.log" || fail 'nginx complains'
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
