#!/bin/bash
# What it costs to write events that nobody reads, and that somebody listens to: the same text, rendered with
# events and without. Without is a user who has no counter; the statement that looks for it remains, a tenth of
# the cost. The runs are short and alternate, because the speed of such a machine varies.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

renderer_up "$(pick 24000 6000)"
db -e 'CREATE TABLE counters LIKE user_seq'

# counted TO FROM: have the counters in the table TO.
counted() {
	db -e "INSERT IGNORE INTO $1 SELECT * FROM $2; DELETE FROM $2" || die 'cannot move the counters'
}

# listen: the user whose text it is listens to tts-stream, without nginx between them.
listen() {
	local socket=$BENCH_TMP/listener.sock
	set_conf stream.socket="\"$socket\""
	"$BUILD/tts-stream" -c "$CONF" 2>"$BENCH_TMP/stream.log" </dev/null &
	STREAM=$!
	started $STREAM tts-stream
	wait_for 20 test -S "$socket" || die "tts-stream does not start: $(tail -n 1 "$BENCH_TMP/stream.log")"
	curl -sS -N --unix-socket "$socket" -H "Authorization: Bearer $TOKEN" http://localhost/events/ >"$BENCH_TMP/heard" &
	LISTENER=$!
	started $LISTENER listener
	wait_for 20 grep -q ^retry "$BENCH_TMP/heard" || die "nobody listens: $(head -c 200 "$BENCH_TMP/heard") $(tail -n 1 "$BENCH_TMP/stream.log")"
}

# Of tts-stream, in seconds of CPU time.
stream_cpu() {
	awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$STREAM/stat"
}

# once WHAT: render everything. Sets rate, in sentences a second, and ms, of CPU time a sentence.
once() {
	local stream=0
	if [ "$1" = without ]; then counted counters user_seq; else counted user_seq counters; fi
	db -e 'TRUNCATE event'
	[ "$1" != heard ] || listen
	queue_again
	drain_all
	written=$(db -e 'SELECT COUNT(*) FROM event')
	if [ "$1" = without ]; then
		[ "$written" = 0 ] || die "$written events without counters"
	else
		[ "$written" -ge "$n" ] || die "$written events of $n sentences"
	fi
	if [ "$1" = heard ]; then
		wait_for 20 all_heard || die "$(grep -c '^event: ' "$BENCH_TMP/heard") of $written events are heard: $(grep '^event: ' "$BENCH_TMP/heard" | sort | uniq -c | xargs)"
		stream=$(stream_cpu)
		stop "$LISTENER" "$STREAM"
	fi
	rate=$(calc "$n / $wall" %.2f) ms=$(calc "1000 * ($cpu + $db_cpu + $stream) / $n" %.3f)
}

all_heard() {
	[ "$(grep -cE '^event: (audio|project)' "$BENCH_TMP/heard")" = "$written" ]
}

once with # what is only done once
for _ in $(seq "$(pick 7 1)"); do
	once with && with_rate=$rate with_ms=$ms
	once without
	echo "$with_rate $rate" >>"$BENCH_TMP/rate"
	echo "$with_ms $ms" >>"$BENCH_TMP/cpu"
	without_rate=$rate without_ms=$ms
	once heard
	echo "$rate $without_rate" >>"$BENCH_TMP/heard.rate"
	echo "$ms $without_ms" >>"$BENCH_TMP/heard.cpu"
done
judge_rounds "sentences rendered with events that nobody reads, against without" "$BENCH_TMP/rate" /s ge 0.97
judge_rounds "CPU of the renderer and MariaDB a sentence with events, against without" "$BENCH_TMP/cpu" ms le 1.03
judge_rounds "sentences rendered with events that one client listens to, against without" "$BENCH_TMP/heard.rate" /s ge 0.92
judge_rounds "CPU of the renderer, MariaDB and tts-stream a sentence, against without" "$BENCH_TMP/heard.cpu" ms le 1.08
