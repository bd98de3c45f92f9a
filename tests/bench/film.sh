#!/bin/bash
# Sounds joined to ten hours of MP3, and films of pictures with captions: CPU time and memory.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

compile usage
object() {
	printf '%s\n' "${@/#/$BUILD/o/}"
}
# shellcheck disable=SC2046
compile join $(object common/media/mp3_{join,frame}.o common/base/{mem,log,utf8}.o render-job/engine/mp3.o) \
	-lmp3lame -lm
# shellcheck disable=SC2046
compile film $(object pipeline-job/{video_film,film_captions,tool}.o common/base/{mem,log,utf8}.o)

hours=$(pick 10 1)
for _ in $(seq "$(pick 5 1)"); do
	"$BENCH_TMP/join" "$hours" "$BENCH_TMP/joined.mp3" >"$BENCH_TMP/out" || die 'join failed'
	cut -d ' ' -f 1 "$BENCH_TMP/out" >>"$BENCH_TMP/joins"
done
sounds=$(cut -d ' ' -f 2 "$BENCH_TMP/out")
rm -f "$BENCH_TMP/joined.mp3"
limit "$sounds sounds joined to $hours h of MP3, CPU" "$(median <"$BENCH_TMP/joins")" s "$(calc "$hours / 10")"

seconds=$(pick 20 4)
make() {
	ffmpeg -v error -nostdin -y "$@" || die 'ffmpeg failed'
}
make -f lavfi -i mandelbrot=s=1600x1200 -frames:v 1 "$BENCH_TMP/1.jpg"
make -f lavfi -i testsrc2=s=1280x720 -frames:v 1 "$BENCH_TMP/2.jpg"
make -f lavfi -i gradients=s=1200x1600:seed=3 -frames:v 1 "$BENCH_TMP/3.jpg"
make -f lavfi -i "sine=440:d=$seconds" -c:a libmp3lame "$BENCH_TMP/song.mp3"
for orientation in vertical horizontal; do
	mkdir -p "$BENCH_TMP/films"
	"$BENCH_TMP/usage" "$BENCH_TMP/used" "$BENCH_TMP/film" "$BENCH_TMP/films" "$BENCH_TMP/song.mp3" $((seconds * 1000)) \
		$orientation "$BENCH_TMP"/{1,2,3}.jpg || die 'film failed'
	read -r cpu _ peak <"$BENCH_TMP/used"
	limit "a second of film, $orientation, CPU" "$(calc "$cpu / $seconds" %.2f)" s 2.2
	limit "memory of ffmpeg, $orientation" "$(calc "$peak / 1024" %.0f)" MiB 700
done
