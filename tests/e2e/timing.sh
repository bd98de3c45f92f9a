# The time of each word.
# shellcheck shell=bash disable=SC2034,SC2154,SC1112

# timing ID: request the timing and check what must hold for any text.
timing() {
	local text duration
	sound_ready "$1"
	text=$(get .text) duration=$(get .duration_ms) revision=$(get .revision)
	download "$(get .path)" "$work/sound.mp3"
	request GET "/audio/$1/timing"
	expect 200
	equal "$(header ETag)" "\"$revision\""
	want '.revision == $r and .duration_ms == $d' --argjson r "$revision" --argjson d "$duration"
	# In the author's spelling: each word is the given slice of the text, and none is repeated.
	want '[.words[] | . as $w | .text == ($text[$w.offset:$w.offset + $w.length])] | all' --arg text "$text"
	want '.words as $w | [range(1; $w | length) | $w[.].offset >= $w[. - 1].offset + $w[. - 1].length] | all'
	want '.words as $w | [range(1; $w | length) | $w[.].start_ms >= $w[. - 1].end_ms] | all'
	want '[.words[] | .start_ms >= 0 and .start_ms < .end_ms] | all'
	# Up to the end of the MP3 as decoded.
	want '(.words[-1].end_ms - $n * 1000 / 22050) | fabs < 20' --argjson n "$(decoded "$work/sound.mp3")"
}

# words TEXT [FILTER]: create a project of this one sentence; print its words.
words() {
	new_project "$1" "${2:-.}"
	timing "$(audio_at 1)"
	jq -r '[.words[].text] | join("|")' <<<"$body"
}

test_every_word_of_the_text_is_told_of() {
	new_user
	equal "$(words 'Hello, canary: “the end of it” is (nearly) here — don’t!')" \
		'Hello|canary|the|end|of|it|is|nearly|here|don’t'
	equal "$(words 'Größe und Maß, wörtlich: 😀 e-mail an Ärzte.' '.language = "de"')" \
		'Größe|und|Maß|wörtlich|😀|e-mail|an|Ärzte'
	equal "$(words '나는 그 책을 읽었다, 그리고 잤다.')" '나는|그|책을|읽었다|그리고|잤다'
	equal "$(words 'मैं हिन्दी बोलता हूँ।')" 'मैं|हिन्दी|बोलता|हूँ'
	equal "$(words '我喜欢北京。')" '我|喜|欢|北|京'
	equal "$(words 'Word')" 'Word'
}

# Numbers and the like are spoken as several words, but are one word of the author.
test_what_is_said_otherwise_refers_to_what_was_written() {
	new_user
	equal "$(words 'It cost $1.50 on 2026-01-31 for 12345 people at No. 5, he said.' | tr '|' '\n' |
		grep -E '^(It|cost|\$1\.50|2026-01-31|12345|he|said)$' | xargs)" 'It cost $1.50 2026-01-31 12345 he said'
	equal "$(words '그는 12,300원을 냈다.')" '그는|12,300원을|냈다'
	equal "$(words '회의는 내일 3시에 있다.' | tr '|' '\n' | grep -cE '^(회의는|내일|있다)$')" 3
	equal "$(words 'Ich habe 12.345 Euro und 17 Cent.' '.language = "de"')" 'Ich|habe|12.345|Euro|und|17|Cent'
	equal "$(words 'He said Привет and 你好 to me.')" 'He|said|Привет|and|你|好|to|me'
	equal "$(words '今日は8月8日に学校へ行った。' '.language = "ja"')" '今日は|8月8日に|学校へ|行った'
	equal "$(words '他在银行工作。' '.language = "zh"')" '他|在|银|行|工|作'
}

# At any speed: the same words, each at about the time that the speed implies.
test_words_are_where_the_speed_puts_them() {
	local text='One canary sings while nine others listen, and then they all fly far away together.' speed
	new_user
	words "$text" >"$work/normal.words"
	jq '.words | map(.start_ms)' <<<"$body" >"$work/normal"
	for speed in 25 50 200 400; do
		words "$text" ".speed = $speed" >"$work/words"
		cmp "$work/words" "$work/normal.words"
		jq '.words | map(.start_ms)' <<<"$body" >"$work/slower"
		jq -es --argjson s "$speed" '[transpose[] | (.[1] * $s / 100 - .[0]) | fabs] | max < 400' \
			"$work/normal" "$work/slower" >/dev/null ||
			fail "speed $speed: $(tr -d '\n' <"$work/slower"), normally $(tr -d '\n' <"$work/normal")"
	done
}

# Words match their sound: a word before a pause ends, and the next begins, at the pause.
test_a_pause_lies_between_the_words_it_parts() {
	local pause
	new_user
	words 'Canaries, when they have time, sing.' >"$work/words"
	equal "$(<"$work/words")" 'Canaries|when|they|have|time|sing'
	ffmpeg -hide_banner -nostats -i "$work/sound.mp3" -af silencedetect=noise=-45dB:d=0.08 -f null - 2>&1 |
		sed -n 's/.*silence_end: \([0-9.]*\).*/\1/p' >"$work/ends"
	jq -r '.words[] | select(.text == "when" or .text == "sing").start_ms / 1000' <<<"$body" >"$work/starts"
	while read -r pause; do
		awk -v s="$pause" '{ d = $1 - s; if (d < 0) d = -d; if (d < 0.06) found = 1 } END { exit !found }' "$work/ends" ||
			fail "no pause ends at $pause s, but at: $(xargs <"$work/ends")"
	done <"$work/starts"
}

test_an_edit_has_words_of_its_own() {
	local id
	new_user
	new_project 'A canary.'
	id=$(audio_at 1)
	timing "$id"
	hold_renderer
	send POST "/audio/$id" '{"text":"Another canary indeed."}'
	expect 201
	request GET "/audio/$id/timing"
	equal "$status" 202
	[ -n "$(header Retry-After)" ]
	want '.status == "pending" and (.detail | length) > 0'
	release_renderer
	timing "$id"
	equal "$(get '[.words[].text] | join("|")')" 'Another|canary|indeed'
	equal "$revision" 2
}

test_there_are_no_words_without_a_sound_or_for_others() {
	local id
	new_user
	new_project "$(poison_text)" '.language = "en"'
	id=$(audio_at 1)
	until_so 60 audio_done "$id"
	request GET "/audio/$id/timing"
	equal "$status" 409
	new_project 'A canary.'
	id=$(audio_at 1)
	timing "$id"
	new_user Other
	request GET "/audio/$id/timing"
	expect 404
}
