# A film from a few facts, made by this machine alone: lyric, narration, captions, pictures.
# shellcheck shell=bash disable=SC2034,SC2154

# pictures TASK: three dark ones of different shapes and types, so that whatever is bright is a caption.
pictures() {
	local n=0 size colour type
	while read -r colour size type; do
		n=$((n + 1))
		ffmpeg -v error -nostdin -y -f lavfi -i "color=$colour:s=$size" -frames:v 1 "$work/$n.$type" </dev/null ||
			fail 'no picture'
		request POST "/pipeline/$1/image/" -H "Content-Type: image/${type/jpg/jpeg}" --data-binary "@$work/$n.$type"
		expect 201
	done <<-END
		0x601010 600x800 png
		0x105010 800x450 jpg
		0x101060 640x640 webp
	END
}

# stage_word STAGE: its status, as users see it.
stage_word() {
	request GET "/pipeline/status/$task"
	expect 200
	get ".stages.$1.status"
}

is_over() {
	request GET "/pipeline/status/$task"
	[ "$(get .overall_status)" = completed ] || [ "$(get .overall_status)" = failed ]
}

# Wait until the pipeline is over and all is made.
completed() {
	until_so 180 is_over
	want '.overall_status == "completed"'
}

test_a_film_is_made_of_facts_and_pictures() {
	local film song found times seen
	new_user
	task=$(cat /proc/sys/kernel/random/uuid)
	pictures "$task"
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "스테이 머뭄", region: "군산",
		language: "Korean", lyric: "머물러요, 군산 canary에서.\n\n오늘은 여기에서 쉬어 가요."}')"
	expect 201
	completed
	film=$(get .stages.video.result_movie_url) song=$(get .stages.song.song_result_url)

	# The song: two lines, heard when the captions say so.
	request GET "$song"
	expect 200
	equal "$(header Content-Type)" audio/mpeg
	mp3val "$work/body" | grep -q 'MPEG frames' || fail 'not an MP3'
	request GET "/pipeline/status/$task"
	want '.stages.song.timestamps | map(.lyric_line) == ["머물러요, 군산 canary에서.", "오늘은 여기에서 쉬어 가요."]'
	want '.stages.song.timestamps | .[0].start_time < .[0].end_time and .[0].end_time + 0.5 < .[1].start_time'
	mapfile -t times < <(get '.stages.song.timestamps[] | "\(.start_time) \(.end_time)"')

	# The film: its form, its length, its captions.
	request GET "$film"
	expect 200
	equal "$(header Content-Type)" video/mp4
	cp "$work/body" "$work/film.mp4"
	found=$(ffprobe -v error -of csv=p=0 -show_entries stream=codec_name,width,height,r_frame_rate "$work/film.mp4" | xargs)
	equal "$found" 'h264,1080,1920,25/1 aac,0/0' streams
	found=$(ffprobe -v error -of csv=p=0 -show_entries format=duration "$work/film.mp4")
	request GET "/pipeline/status/$task"
	want '(.stages.video.duration - .stages.song.duration | fabs) < 0.05 and (.stages.video.duration - $d | fabs) < 0.06' \
		--argjson d "$found"

	# Each caption is there from its first word to its last, to 50 ms, and nothing else is.
	ffmpeg -v error -nostdin -i "$work/film.mp4" -vf "crop=iw:ih/2:0:ih/2,scale=108:96:flags=area,signalstats,metadata=print:key=lavfi.signalstats.YMAX:file=-" \
		-f null - </dev/null | sed -n 's/.*pts_time:\([0-9.]*\).*/\1/p; s/.*YMAX=//p' | paste - - >"$work/frames"
	printf '%s\n' "${times[@]}" >"$work/times"
	awk 'NR == FNR { from[NR] = $1; to[NR] = $2; n = NR; next }
		{
			near = inside = 0
			for (i = 1; i <= n; i++) {
				if ($1 > from[i] - 0.05 && $1 + 0.04 < to[i] + 0.05 + 0.04) near = 1
				if ($1 >= from[i] + 0.01 && $1 + 0.04 <= to[i] - 0.01) inside = 1
			}
			shown = $2 > 120
			if (shown && !near || !shown && inside) { print "frame at", $1, "brightness", $2; bad = 1 }
			all += shown
		}
		END { exit bad || !all }' "$work/times" "$work/frames" >"$work/why" || fail "$(head -n 5 "$work/why"), lines at $(xargs <"$work/times")"

	command -v chromium >/dev/null && command -v node >/dev/null || return 0
	# In the middle of the first line, and of the pause after it.
	mapfile -t seen < <(awk '{ print last == "" ? ($1 + $2) / 2 : (last + $1) / 2; last = $2 }' "$work/times")
	body=$(node tests/e2e/clients/film.mjs chromium "$url" "$film" "$work/chromium" "${seen[@]}")
	last='Chromium'
	want '.width == 1080 and .height == 1920 and .sound and .played == .duration and (.duration - $d | fabs) < 0.1' --argjson d "$found"
	want '.bright[0] > 20 and .bright[1] == 0'
}

# The texts of ours: a lyric for those who bring none, and its song, without a film.
test_a_lyric_is_written_and_spoken() {
	new_user
	task=$(cat /proc/sys/kernel/random/uuid)
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "Stay", region: "Gunsan",
		language: "English", genre: "rock", stages: ["lyric", "song"]}')"
	expect 201
	completed
	want '.stages.lyric.lyric_result | (split("\n") | map(select(. != "")) | length) >= 8 and contains("Stay") and contains("Gunsan")'
	want '(.stages.lyric.lyric_result | split("\n") | map(select(. != ""))) == (.stages.song.timestamps | map(.lyric_line))'
	want '.stages.song.duration > 10'
}

# A file with the right first bytes that is no picture: the list says so, and so does the video.
test_a_picture_that_cannot_be_decoded_is_named() {
	new_user
	task=$(cat /proc/sys/kernel/random/uuid)
	ffmpeg -v error -nostdin -y -f lavfi -i color=red:s=64x64 -frames:v 1 "$work/whole.png" </dev/null
	{ head -c 40 "$work/whole.png"; head -c 500 /dev/urandom; } >"$work/broken.png"
	request POST "/pipeline/$task/image/" -H 'Content-Type: image/png' --data-binary "@$work/broken.png"
	expect 201
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "Stay", language: "English", lyric: "Stay a while."}')"
	expect 201
	until_so 120 is_over
	want '.overall_status == "failed" and .stages.song.status == "completed" and .stages.video.status == "failed"'
	want '.stages.video.error | test("[Ii]mage 1")'
	request GET "/pipeline/$task/image/"
	want '[.. | objects | select(.status? == "failed")] | length == 1'
}

# A project of the user's, as it was spoken before: nothing is spoken again, and the captions are its sentences.
test_a_song_is_made_of_a_project() {
	local sounds
	new_user
	new_project 'The lamp is lit. The sea is calm tonight. Good night.'
	all_ready
	sounds=$(sql "SELECT SUM(duration_ms) FROM audio WHERE project_id = $project")
	task=$(cat /proc/sys/kernel/random/uuid)
	send POST /pipeline/start "$(jq -nc --arg t "$task" --argjson p "$project" '{task_id: $t, customer_name: "Stay",
		language: "English", project_id: $p, stages: ["lyric", "song"]}')"
	expect 201
	completed
	want '.stages.song.timestamps | map(.lyric_line) == ["The lamp is lit.", "The sea is calm tonight.", "Good night."]'
	# Pauses of 280 ms are longer than the 200 ms of silence that each sound has.
	want '(.stages.song.duration * 1000 - $s) as $more | $more > 60 and $more < 260' --argjson s "$sounds"
	request GET "/project/$project"
	expect 200
	equal "$(sql "SELECT COUNT(*) FROM project WHERE user_id = (SELECT user_id FROM project WHERE id = $project)")" 1 projects
}

# The administrator's music of that genre is under the voice, and the whole as loud as all sounds.
test_music_is_played_under_what_is_spoken() {
	local loud
	mkdir -p "$work/music/Jazz" && ffmpeg -v error -nostdin -y -f lavfi -i 'sine=f=2000:d=3' -ac 2 "$work/music/Jazz/a.ogg" </dev/null
	echo "pipeline = { song = { music_dir = \"$work/music\"; }; };" >"$STATE/conf.d/music.conf"
	trap 'rm -f "$STATE/conf.d/music.conf"' EXIT
	new_user
	task=$(cat /proc/sys/kernel/random/uuid)
	send POST /pipeline/start "$(jq -nc --arg t "$task" '{task_id: $t, customer_name: "Stay", language: "English",
		genre: "soul, jazz", lyric: "The lamp is lit.\n\nThe sea is calm.", stages: ["lyric", "song"]}')"
	expect 201
	completed
	want '.stages.song.timestamps | length == 2'
	request GET "$(get .stages.song.song_result_url)"
	expect 200
	equal "$(ffprobe -v error -of csv=p=0 -show_entries stream=codec_name,sample_rate,channels "$work/body")" 'mp3,44100,2'
	loud=$(ffmpeg -nostdin -i "$work/body" -af ebur128=framelog=verbose -f null - 2>&1 </dev/null | sed -n 's/^ *I: *\(.*\) LUFS/\1/p' | tail -n 1)
	[ "$(jq -n "$loud < -17 and $loud > -19")" = true ] || fail "$loud LUFS"
}
