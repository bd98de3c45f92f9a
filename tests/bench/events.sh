#!/bin/bash
# What it costs the renderer to write events that nobody reads: the same text, rendered with events and
# without. Without is a user who has no counter; the statement that looks for it remains, a tenth of the
# cost. The runs are short and alternate, because the speed of such a machine varies.
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

# once WHAT: render everything. Sets rate, in sentences a second, and ms, of CPU time a sentence.
once() {
	if [ "$1" = with ]; then counted user_seq counters; else counted counters user_seq; fi
	db -e 'TRUNCATE event'
	queue_again
	drain_all
	written=$(db -e 'SELECT COUNT(*) FROM event')
	if [ "$1" = with ]; then
		[ "$written" -ge "$n" ] || die "$written events of $n sentences"
	else
		[ "$written" = 0 ] || die "$written events without counters"
	fi
	rate=$(calc "$n / $wall" %.2f) ms=$(calc "1000 * ($cpu + $db_cpu) / $n" %.3f)
}

once with # what is only done once
for _ in $(seq "$(pick 7 1)"); do
	once with && with_rate=$rate with_ms=$ms
	once without
	echo "$with_rate $rate" >>"$BENCH_TMP/rate"
	echo "$with_ms $ms" >>"$BENCH_TMP/cpu"
done
judge_rounds "sentences rendered with events that nobody reads, against without" "$BENCH_TMP/rate" /s ge 0.97
judge_rounds "CPU of the renderer and MariaDB a sentence with events, against without" "$BENCH_TMP/cpu" ms le 1.03
