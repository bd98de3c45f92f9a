# From a few facts to a film on the machine that boots, with nothing but its own programs; sourced by
# tests/systemd/run.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034

# film_begin [LYRIC]: upload a picture and start a pipeline; sets $task.
film_begin() {
	task=$(cat /proc/sys/kernel/random/uuid)
	ffmpeg -nostdin -loglevel error -y -f lavfi -i testsrc2=s=640x480 -frames:v 1 "$work/picture.png"
	request POST "/pipeline/$task/image/" -H 'Content-Type: image/png' --data-binary "@$work/picture.png"
	expect 201
	send POST /pipeline/start "$(jq -nc --arg t "$task" --arg l "${1:-카나리아가 노래해요. 바다가 보여요.}" \
		'{task_id: $t, customer_name: "스테이 머뭄", region: "군산", language: "Korean", lyric: $l}')"
	expect 201
}

film_is() {
	request GET "/pipeline/status/$task"
	expect 200
	[ "$(get .overall_status)" = "$1" ] || { [ "$(get .overall_status)" != failed ] || fail "$body"; false; }
}

test_a_film_is_made_by_the_programs_of_this_machine_alone() {
	local file
	new_user
	film_begin
	until_so 90 film_is completed
	file=$(get .stages.video.result_movie_url)
	curl -sS -f -m 30 -o "$work/film.mp4" "$url/${file#*://*/}" || curl -sS -f -m 30 -o "$work/film.mp4" "$url$file"
	equal "$(ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 "$work/film.mp4" | paste -s -d ' ')" \
		'h264,1080,1920 aac'
	equal "$(inside sh -c 'find /var/lib/tts/media/pipeline -type f -exec stat -c "%U:%G %a" {} + | sort -u')" 'tts-render:www-data 640'
	equal "$(inside find /var/lib/tts/inbox -type f)" '' 'left in the inbox'
	inside ttsctl doctor
	nothing_failed
}

# Whatever reads pictures of users sees nothing but those.
test_ffmpeg_runs_without_a_network_secrets_and_files_of_others() {
	cc -static -std=gnu11 -D_GNU_SOURCE -o "$work/ffmpeg" tests/systemd/ffmpeg.c
	mv "$root/usr/bin/ffmpeg" "$root/usr/bin/ffmpeg.real"
	trap 'mv "$root/usr/bin/ffmpeg.real" "$root/usr/bin/ffmpeg"' EXIT
	cp "$work/ffmpeg" "$root/usr/bin/ffmpeg"
	new_user
	task=$(cat /proc/sys/kernel/random/uuid)
	film_begin
	until_so 90 looked_at
	equal "$(sql "SELECT REGEXP_SUBSTR(i.error, 'network.*[01]') FROM image i JOIN pipeline p ON p.id = i.pipeline_id WHERE p.task_id = '$task'")" \
		'network 0 database 0 secrets 0 password 0 media 0 run 0 etc 0 home 0 proc 0 processes 0 root 0 work 1' 'what ffmpeg can do'
	inside ttsctl pipeline cancel "$task" || :
}

looked_at() {
	[ "$(sql "SELECT COUNT(*) FROM image i JOIN pipeline p ON p.id = i.pipeline_id WHERE p.task_id = '$task' AND i.state = 'failed'")" = 1 ]
}
