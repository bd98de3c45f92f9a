# The quality of the sound: silence, loudness, peaks and speed, measured with ffmpeg.
# shellcheck shell=bash disable=SC2034,SC2154

texts=$(cat <<'END'
en-gb	en	The quick brown fox jumps over the lazy dog and runs away from the canary, as it always does.
en-us	en	All human beings are born free and equal in dignity and rights, and should act like brothers.
ko	ko	모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.
ja	ja	すべてのにんげんは、うまれながらにしてじゆうであり、びょうどうである。
cmn	zh	人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。
de	de	Alle Menschen sind frei und gleich an Würde und Rechten geboren, und begabt mit Vernunft.
fr-fr	fr	Tous les êtres humains naissent libres et égaux en dignité et en droits, et doués de raison.
ru	ru	Все люди рождаются свободными и равными в своем достоинстве и правах.
es	es	Todos los seres humanos nacen libres e iguales en dignidad y derechos, dotados de razón.
hi	hi	सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।
ar	ar	يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميرًا.
vi	vi	Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.
th	th	มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ
END
)

# meter FILE: print integrated loudness and true peak of an MP3.
meter() {
	ffmpeg -nostdin -nostats -hide_banner -i "$1" -af ebur128=peak=true -f null - 2>&1 |
		awk '$1 == "I:" { lufs = $2 } $1 == "Peak:" { peak = $2 } END { print lufs, peak }'
}

# sound TEXT [FILTER]: have TEXT spoken; $body is its Audio object and $work/a.mp3 its file.
sound() {
	new_project "$1" "${2:-.}"
	sound_ready "$(audio_at 1)"
	download "$(get .path)" "$work/a.mp3"
}

# metered: measure it with ffmpeg and check that the Audio object agrees; sets $lufs and $peak.
metered() {
	read -r lufs peak <<<"$(meter "$work/a.mp3")"
	# ffmpeg prints tenths.
	jq -e --argjson i "$lufs" '(.loudness_lufs - $i) | fabs < 0.3' <<<"$body" >/dev/null ||
		fail "$lufs LUFS by ffmpeg, not: $body"
	jq -en --argjson p "$peak" '$p <= -1.5' >/dev/null || fail "true peak $peak dBTP: $body"
}

test_long_sentences_are_equally_loud() {
	local voice language text speed
	new_user
	for speed in 100 25 60 171 250 400; do
		while IFS=$'\t' read -r voice language text; do
			# Each language at normal speed, two of them also at other speeds.
			[[ $speed == 100 || $voice == en-gb || $voice == ko ]] || continue
			((speed < 250)) || text="$text $text $text" text=${text//./,}
			sound "$text" ".voice = \"$voice\" | .language = \"$language\" | .speed = $speed"
			want '.duration_ms >= 3000'
			metered
			jq -en --argjson i "$lufs" '($i + 18) | fabs <= 0.5' >/dev/null ||
				fail "$voice at $speed %: $lufs LUFS"
		done <<<"$texts"
	done
}

# Short ones use the gain of their voice: on average as loud as their neighbours, and never a jump.
test_short_sentences_fit_their_neighbours() {
	local text
	new_user
	for text in 'Yes, I do.' 'Go home now.' 'Good morning.' '네, 그렇습니다.' '안녕하세요.'; do
		sound "$text"
		want '.duration_ms < 3000'
		metered
		jq -en --argjson i "$lufs" '($i + 18) | fabs <= 3' >/dev/null || fail "$text: $lufs LUFS"
	done
	sound 'A.'
	want '.loudness_lufs == null or .loudness_lufs > -30'
}

# silence: print the seconds of silence at the beginning and at the end of the sound.
silence() {
	ffmpeg -nostdin -v error -i "$work/a.mp3" -f s16le -ac 1 - | od -An -v -t d2 -w2 |
		awk '{ n++; if ($1 > 150 || $1 < -150) { if (!first) first = n; last = n } }
			END { printf "%.3f %.3f\n", (first - 1) / 22050, (n - last) / 22050 }'
}

test_silence_is_as_long_as_the_configuration_says() {
	local lead trail text
	new_user
	for text in 'Has the canary sung?' 'So it has, she said.' '그렇다면 좋다.'; do
		sound "$text"
		read -r lead trail <<<"$(silence)"
		awk -v a="$lead" -v b="$trail" 'BEGIN { exit !(a > 0.02 && a < 0.08 && b > 0.12 && b < 0.18) }' ||
			fail "$text: $lead s before it, $trail s after it"
	done
}

# spoken SPEED TEXT: print the milliseconds of speech without the silence at the ends.
spoken() {
	sound "$2" ".speed = $1"
	silence | awk -v ms="$(get .duration_ms)" '{ print ms - 1000 * ($1 + $2) }'
}

test_speech_is_as_fast_as_was_asked() {
	local text speed normal ms
	new_user
	for text in 'The quick brown fox jumps over the lazy dog and runs away from the canary, as it always does.' \
		'모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.' \
		'Все люди рождаются свободными и равными в своем достоинстве и правах.'; do
		normal=$(spoken 100 "$text")
		for speed in 25 75 90 108 171 400; do
			ms=$(spoken $speed "$text")
			awk -v got="$ms" -v want="$normal" -v s=$speed \
				'BEGIN { r = got * s / 100 / want; exit !(r > 0.95 && r < 1.05) }' ||
				fail "$speed %: $ms ms, and $normal ms normally: $text"
		done
	done
}

test_settings_are_those_of_the_configuration() {
	local before
	new_user
	sound 'The quick brown fox jumps over the lazy dog and runs away from the canary, as it always does.'
	before=$(get .duration_ms)
	with_conf loudness_lufs=-23 lead_ms=0 trail_ms=1000 sample_rate_hz=44100 bitrate_kbps=96
	sound 'The quick brown fox jumps over the lazy dog and runs away from the canary, as it always does.'
	metered
	jq -en --argjson i "$lufs" '($i + 23) | fabs <= 0.5' >/dev/null || fail "$lufs LUFS"
	equal "$(ffprobe -v error -show_entries stream=sample_rate,bit_rate -of csv=p=0 "$work/a.mp3")" 44100,96000
	want '.duration_ms - $b - 800 | fabs <= 1' --argjson b "$before"
	ffmpeg -v error -i "$work/a.mp3" -f s16le -ac 1 - | wc -c >"$work/bytes"
	want '($n / 2 / 44.1 - .duration_ms) | fabs < 20' --argjson n "$(<"$work/bytes")"
	request GET "/audio/$(get .id)/timing"
	want '(.words[-1].end_ms - $n / 2 / 44.1) | fabs < 20' --argjson n "$(<"$work/bytes")"
}
