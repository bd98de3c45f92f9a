#!/bin/bash
# How long a listener waits on an idle machine, with everything running as in normal operation
# (tests/stack, the timer at its default): from the 201 of an edit until its MP3 answers 200, and from
# the 201 of a whole novel until its first sentence does.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile listener
whole_stack s
login
sentence_to_edit
sleep 3

n=$(pick 200 20)
"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" edit "$n" "$AUDIO" >"$BENCH_TMP/edits" || exit 1
limit "from an edit to its sound, p50 of $n" "$(percentile 50 <"$BENCH_TMP/edits")" ms 300
limit "the same, p95" "$(percentile 95 <"$BENCH_TMP/edits")" ms 1000

n=$(pick 20 3)
corpus en | jq -Rs '{title: "Novel", sentences: ., language: "en"}' >"$BENCH_TMP/novel.json"
"$BENCH_TMP/listener" "$PORT_A" "$TOKEN" novel "$n" "$BENCH_TMP/novel.json" >"$BENCH_TMP/novels" || exit 1
limit "from a novel ($(stat -c %s "$BENCH_TMP/novel.json") bytes) to its first sentence, p95 of $n" \
	"$(percentile 95 <"$BENCH_TMP/novels")" ms 1000
