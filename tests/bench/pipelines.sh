#!/bin/bash
# Sentences per second on the cores of this machine, against other ways to make MP3 files with
# espeak-ng: a Celery worker with two processes whose task runs "espeak-ng and lame", the same pipeline
# in the shell, and "espeak-ng | ffmpeg". All speak the same sentences, at 64 kbit/s mono and quality 7.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

need espeak-ng lame ffmpeg redis-tools python3-celery python3-redis
compile bare_loop -lespeak-ng -lmp3lame
renderer_up "$(pick 40000 4000)"
sentences >"$BENCH_TMP/list"
cp "$CONF" "$STATE/plain.conf"
CONF=$STATE/plain.conf set_conf speech.loudness_lufs=0
total=$(wc -l <"$BENCH_TMP/list")
out=$BENCH_TMP/out
export BENCH_OUT=$out BENCH_LAME="-m m --cbr -b 64 -q 7"
export BENCH_BROKER=redis+socket://$BENCH_TMP/redis.sock

# The server is also in the package redis-tools, under the name of one of the tools; the package
# redis-server would start one for the whole machine.
(cd "$BENCH_TMP" && exec -a redis-server redis-check-rdb --port 0 --unixsocket "$BENCH_TMP/redis.sock" \
	--save '' --appendonly no) >"$BENCH_TMP/redis.log" 2>&1 &
started $!
wait_for 10 redis-cli -s "$BENCH_TMP/redis.sock" ping || die "redis: $(tail -n 1 "$BENCH_TMP/redis.log")"

made() { # N: that many files exist
	[ "$(find "$out" -name '*.mp3' | wc -l)" = "$1" ]
}

# Files per second below DIR, from the times of the first and of the last of them.
files_rate() { # DIR
	find "$1" -name '*.mp3' -printf '%T@\n' | sort -g |
		awk 'NR == 1 { first = $1 } END { printf "%.1f\n", (NR - 1) / ($1 - first) }'
}

# The worker is running before the measurement starts, which lasts from its first file to its last.
celery_round() {
	local worker
	"$PYTHON" enqueue.py <"$BENCH_TMP/list" || die 'cannot queue for Celery'
	"$PYTHON" -W ignore -m celery -A tasks worker --concurrency 2 --pool prefork --loglevel ERROR \
		--without-gossip --without-mingle --without-heartbeat >"$BENCH_TMP/celery.log" 2>&1 &
	worker=$!
	started $worker
	wait_for 300 made "$total" || die "Celery: $(tail -n 1 "$BENCH_TMP/celery.log")"
	stop $worker
	files_rate "$out"
}

lame_pipe() { # VOICE TEXT NUMBER
	# shellcheck disable=SC2086
	printf '%s' "$2" | espeak-ng -v "$1" --stdout --stdin | lame --quiet $BENCH_LAME - "$out/$3.mp3"
}

ffmpeg_pipe() {
	printf '%s' "$2" | espeak-ng -v "$1" --stdout --stdin |
		ffmpeg -nostdin -loglevel error -y -i - -ac 1 -codec:a libmp3lame -b:a 64k \
			-compression_level 7 "$out/$3.mp3"
}

loop_round() { # PIPE
	local begun voice text i=0
	begun=$(now)
	while IFS=$'\t' read -r voice text; do
		"$1" "$voice" "$text" $((i += 1)) || die "$1 failed"
	done <"$BENCH_TMP/list"
	calc "$total * 1e6 / ($(now) - $begun)" '%.1f\n'
	made "$total" || die "$1: not $total files"
}

cd "$BENCH_DIR/celery" || exit 1
ours() { # CONF: sentences per second of the whole run in $rate, from first file to last in $warm
	queue_again
	drain_all "$STATE/$1.conf"
	rate=$(calc "$n / $wall" %.1f) warm=$(files_rate "$STATE/media")
}

# Run Celery again; $peer is the mean of this round and the one before, for comparison with what ran
# between them.
next_celery() {
	before=$celery
	put_aside "$out" && celery=$(celery_round) || exit 1
	peer=$(calc "($before + $celery) / 2" %.1f)
}

put_aside "$out" && celery=$(celery_round) || exit 1
for _ in $(seq "$(pick 5 1)"); do
	ours plain && plain=$warm
	next_celery && echo "$plain $peer" >>"$BENCH_TMP/celery"
	ours tts && loud=$warm
	bare=$(bare_rate 2) || exit 1
	next_celery && echo "$loud $peer" >>"$BENCH_TMP/loud" && echo "$bare $peer" >>"$BENCH_TMP/limit"
done
for pipe in lame_pipe ffmpeg_pipe; do
	for _ in $(seq "$(pick 3 1)"); do
		put_aside "$out" && peer=$(loop_round $pipe) || exit 1
		ours plain && echo "$rate $peer" >>"$BENCH_TMP/$pipe"
	done
done
judge_rounds "sentences a second, against a Celery worker, both from first file to last" "$BENCH_TMP/celery" /s ge 2.2
row_rounds "the same, but ours with the loudness set" "$BENCH_TMP/loud" /s
row_rounds "the limit: two bare loops that keep nothing, against a Celery worker" "$BENCH_TMP/limit" /s
judge_rounds "whole runs, start and end included, against the shell's espeak-ng and lame" "$BENCH_TMP/lame_pipe" /s ge 2.5
judge_rounds "against the shell's espeak-ng and ffmpeg" "$BENCH_TMP/ffmpeg_pipe" /s ge 10
