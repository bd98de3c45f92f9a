#!/bin/bash
# CPU per second of sound of the whole renderer (claim, fork, speak, encode, fsync, rename, publish)
# against a bare loop of espeak-ng and LAME in one process at the same settings, which do not include
# to set the loudness; what that adds; and the database's CPU on top.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 60000 6000)"
sentences >"$BENCH_TMP/list"
as_it_is=$STATE/as_it_is.conf
cp "$CONF" "$as_it_is"
CONF=$as_it_is set_conf speech.loudness_lufs=0

bare() { # NAME [OPTION]
	local out
	out=$("$BENCH_TMP/bare_loop" ${2+"$2"} <"$BENCH_TMP/list") || die 'the bare loop failed'
	calc "1000 * $(field 3 <<<"$out") / $(field 2 <<<"$out")" '%.3f\n' >>"$BENCH_TMP/$1"
}

for _ in $(seq "$(pick 5 1)"); do
	bare reused
	bare fresh -f
	queue_again
	drain_all "$as_it_is"
	calc "1000 * $cpu / $sound" '%.3f\n' >>"$BENCH_TMP/ours"
	calc "1000 * $db_cpu / $sound" '%.3f\n' >>"$BENCH_TMP/db"
	queue_again
	drain_all
	calc "1000 * $cpu / $sound" '%.3f\n' >>"$BENCH_TMP/level"
done
ours=$(median <"$BENCH_TMP/ours") db=$(median <"$BENCH_TMP/db")
judge "CPU of the renderer a second of sound, against a bare loop" \
	"$ours" "$(median <"$BENCH_TMP/reused")" ms le 1.15
fresh=$(median <"$BENCH_TMP/fresh")
row "the same, the loop making a new encoder for each file" "$ours ms" "$fresh ms" "$(calc "$ours / $fresh" %.2f)" -
judge "CPU of MariaDB, against that of the renderer" "$db" "$ours" ms le 0.05
judge "CPU with the loudness set, against as it is" "$(median <"$BENCH_TMP/level")" "$ours" ms le 1.15
