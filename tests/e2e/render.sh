# The sound itself.
# shellcheck shell=bash disable=SC2034,SC2154

test_a_sound_is_mono_whole_and_as_long_as_it_says() {
	local index
	new_user
	new_project 'This is the first canary sentence. 이것은 두 번째 문장입니다. Oh!'
	all_ready
	request GET "/project/$project/page/1"
	expect 200
	local page=$body
	for index in 0 1 2; do
		body=$(jq ".page[$index]" <<<"$page")
		download "$(get .path)" "$work/a.mp3"
		equal "$(stat -c %s "$work/a.mp3")" "$(get .size_bytes)" 'size in bytes'
		ffprobe -v error -show_entries stream=codec_name,channels,sample_rate,bit_rate -of json "$work/a.mp3" >"$work/probe"
		jq -e '.streams == [{codec_name: "mp3", channels: 1, sample_rate: "22050", bit_rate: "64000"}]' "$work/probe" >/dev/null ||
			fail "not as it should be: $(<"$work/probe")"
		local samples
		samples=$(decoded "$work/a.mp3")
		equal "$(awk -v n="$samples" 'BEGIN { printf "%d", n * 1000 / 22050 + 0.5 }')" "$(get .duration_ms)" \
			"milliseconds of $samples samples"
		ffmpeg -v error -i "$work/a.mp3" -f s16le -ac 1 - | wc -c >"$work/bytes"
		equal "$(($(<"$work/bytes") / 2))" "$samples" 'samples by ffmpeg'
	done
}

test_the_same_text_gives_the_same_bytes() {
	new_user
	new_project 'The same canary words. Something else in between. The same canary words.'
	all_ready
	request GET "/project/$project/page/1"
	download "$(get .page[0].path)" "$work/1.mp3"
	download "$(get .page[2].path)" "$work/3.mp3"
	cmp "$work/1.mp3" "$work/3.mp3"
}

# duration SPEED: of the same sentence
duration() {
	new_project 'The quick brown fox jumps over the lazy dog and runs away from the canary, as it always does.' ".speed = $1"
	all_ready
	get .duration_ms
}

test_speed_is_really_applied() {
	local normal speed ms
	new_user
	normal=$(duration 1)
	equal "$(duration 100)" "$normal" 'speed 100'
	for speed in 2:50 3:33 4:25 25:400 50:200 75:133 150:67 200:50 300:33 400:25; do
		ms=$(duration "${speed%:*}")
		awk -v got="$ms" -v want="$((normal * ${speed#*:} / 100))" \
			'BEGIN { exit !(got > want * 0.95 && got < want * 1.05) }' ||
			fail "speed ${speed%:*}: $ms ms, and $normal ms at speed 1"
	done
}

test_what_looks_like_markup_is_only_text() {
	new_user
	new_project 'A canary.' '.sentences = "<audio src=\"/etc/passwd\"/> <speak>Hello</speak> [[h@lou]] \u0007 and more."'
	all_ready
	want '.duration_ms > 500'
}

test_a_novel_becomes_sound_by_itself() {
	new_user
	awk 'BEGIN {
		split("keeper ship gull lamp storm letter harbour captain window stair canary morning", noun)
		split("watched carried forgot lifted followed painted answered counted", verb)
		srand(7)
		while (length(text) < 40000)
			text = text "The " noun[int(rand() * 12) + 1] " " verb[int(rand() * 8) + 1] " the " noun[int(rand() * 12) + 1] \
				", and nobody knew why.\n"
		printf "%s", text
	}' >"$work/novel"
	jq -Rsc '{title: "A novel", sentences: ., language: "en"}' "$work/novel" >"$work/novel.json"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/novel.json"
	expect 201
	project=$(get .id)
	want '.sentence_count == $n' --argjson n "$(wc -l <"$work/novel")"
	all_ready
	local page pages=1
	for ((page = 1; page <= pages; page++)); do
		request GET "/project/$project/page/$page"
		pages=$(get .pages)
		get '.page[] | "\(.size_bytes) \(.path)"'
	done >"$work/list"
	equal "$(wc -l <"$work/list")" "$(wc -l <"$work/novel")"
	while read -r size path; do
		equal "$(stat -c %s "$STATE$path")" "$size" "$path"
	done <"$work/list"
	cut -d' ' -f2 "$work/list" | sed "s|^|$STATE|" | xargs mpg123 -q -t
	request DELETE "/project/$project"
	expect 201
}

test_a_second_renderer_leaves_at_once_and_says_so() {
	hold_renderer
	"$BUILD/tts-render" -c "$STATE/tts.conf" >"$work/out" 2>&1
	equal "$(wc -l <"$work/out")" 1 'lines it says'
	release_renderer
}

test_only_mp3_files_are_below_the_media_root() {
	local odd
	odd=$(find "$STATE/media" -type f ! -name '*.mp3' ! -path "$STATE/media/.tts-media" ! -path "$STATE/media/pipeline/*" ! -name '.*')
	[ -z "$odd" ] || fail "odd files: $odd"
}

# Without a language, each sentence sounds as if its language had been given, and a short one like its
# text.
test_the_language_of_a_text_is_found() {
	local texts=('Die Lerche singt im Garten. Gut so. Wir hören ihr den ganzen Morgen zu.'
		"L'oiseau chante dans le jardin. Bon. Nous l'écoutons toute la matinée."
		'Chim hót trong vườn. Nghe hay. Chúng tôi nghe cả buổi sáng.') tags=(de fr vi) i n
	new_user
	for i in 0 1 2; do
		for n in found named; do
			new_project "${texts[i]}" "$([ $n = found ] && echo . || echo ".language = \"${tags[i]}\"")"
			all_ready
			for index in 1 2 3; do
				request GET "/audio/$(audio_at $index)"
				download "$(get .path)" "$work/$n.$index.mp3"
			done
		done
		for index in 1 2 3; do
			cmp -s "$work/found.$index.mp3" "$work/named.$index.mp3" || fail "${tags[i]}: sentence $index is not spoken as it"
		done
	done
	# Two languages in one text are each spoken by their own voice.
	new_project 'The bird sings in the garden all morning long. Die Lerche singt den ganzen Morgen im Garten.'
	all_ready
	request GET "/audio/$(audio_at 2)"
	download "$(get .path)" "$work/mixed.mp3"
	new_project 'Die Lerche singt den ganzen Morgen im Garten.' '.language = "de"'
	all_ready
	request GET "/audio/$(audio_at 1)"
	download "$(get .path)" "$work/german.mp3"
	cmp -s "$work/mixed.mp3" "$work/german.mp3" || fail 'a German sentence in an English text is not German'
}

test_characters_that_no_voice_knows_are_spoken_as_what_they_stand_for() {
	local text
	new_user
	new_project 'One canary.'
	for text in '①②③' '⅛' '₀₁₂' '➊' 'ⓐ' '㎏' '१२३' '⑴'; do
		insert_text "$text"
	done
	send POST /project/ "$(jq -nc '{title: "A title", language: "fr", sentences: "⅛ ⑫"}')"
	expect 201
	text=$(get .id)
	all_ready
	project=$text
	all_ready
}

# A row that the database refuses affects only its own project, in the same run of the renderer.
test_a_project_whose_counts_are_wrong_stops_nobody() {
	local bad broken token_of_bad from
	new_user
	hold_renderer
	new_project 'The first canary. The second canary.'
	bad=$project token_of_bad=$token broken=$(audio_at 1)
	sql "UPDATE project SET ready_count = sentence_count WHERE id = $bad"
	new_user
	new_project 'The third canary. The fourth canary. The fifth canary.'
	from=$(wc -l <"$STATE/log/render.log")
	release_renderer
	all_ready
	want '.ready_count == 3'
	token=$token_of_bad project=$bad
	until_so 120 audio_failed "$broken"
	until_so 120 audio_failed "$(audio_at 2)"
	want '.error == "the sound could not be stored in the database"'
	equal "$(sql "SELECT COUNT(*) FROM audio WHERE project_id = $bad AND state = 'failed'
		AND attempts = 5")" 2 'sentences that failed after the usual attempts'
	tail -n "+$((from + 1))" "$STATE/log/render.log" >"$work/log"
	grep -q "the result of audio $broken of project $bad is refused: error 4025" "$work/log"
	# The run that met the refused rows continued.
	grep -m 1 -oE 'claimed [1-9][0-9]*, ready [0-9]+' "$work/log" >"$work/first"
	equal "$(sed 's/.* //' "$work/first")" 3 'ready in the first run'
	sql "DELETE FROM project WHERE id = $bad"
}

audio_failed() {
	request GET "/audio/$1"
	expect 200
	[ "$(get .status)" = failed ]
}
