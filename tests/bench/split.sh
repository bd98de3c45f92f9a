#!/bin/bash
# Splitting a text of 200,000 sentences with "ttsctl split", including reading and writing: CPU time,
# megabytes per second, and memory for twice as much text; in comparison with ICU's own rules for
# sentences.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

compile usage
# shellcheck disable=SC2046
compile icu_split $(pkg-config --libs icu-uc)

# sentences_of COUNT LANGUAGE: write a file with at least that many sentences, from copies of the
# corpus.
sentences_of() {
	local one copies
	corpus "$2" | sed 's/$/\n/' >"$BENCH_TMP/one"
	one=$("$BUILD/ttsctl" split --lang "$2" "$BENCH_TMP/one" | wc -l)
	copies=$((($1 + one - 1) / one))
	yes "$BENCH_TMP/one" | head -n $copies | xargs cat >"$BENCH_TMP/$2.$1"
}

# cpu NAME COMMAND... : add its CPU seconds to the list NAME.
cpu() {
	"$BENCH_TMP/usage" "$BENCH_TMP/used" "${@:2}" >"$BENCH_TMP/out" || die "$2 failed"
	cut -d ' ' -f 1 "$BENCH_TMP/used" >>"$BENCH_TMP/$1"
}

# peak FILE LANGUAGE: print the peak memory of the command in KiB.
peak() {
	"$BENCH_TMP/usage" "$BENCH_TMP/used" "$BUILD/ttsctl" split --lang "$2" "$1" >"$BENCH_TMP/out" ||
		die "ttsctl split failed"
	cut -d ' ' -f 3 "$BENCH_TMP/used"
}

n=$(pick 200000 4000)
for language in en ko; do
	sentences_of "$n" $language
	sentences_of $((2 * n)) $language
	text=$BENCH_TMP/$language.$n
	for _ in $(seq "$(pick 5 1)"); do
		cpu ours.$language "$BUILD/ttsctl" split --lang $language "$text"
		cpu icu.$language sh -c "'$BENCH_TMP/icu_split' $language <'$text'"
	done
	ours=$(median <"$BENCH_TMP/ours.$language") icu=$(median <"$BENCH_TMP/icu.$language")
	size=$(calc "$(stat -c %s "$text") / 1e6")
	limit "$n sentences cut ($language), CPU" "$ours" s 2
	row "text cut ($language), beside ICU's own rules" "$(calc "$size / $ours" %.1f) MB/s" \
		"$(calc "$size / $icu" %.1f) MB/s" "$(calc "$icu / $ours" %.2f)" '≥ 20 MB/s' \
		"$([ "$(calc "$size / $ours >= 20" %d)" = 1 ] && echo ok || echo MISSED)"
	judge "memory for twice the text ($language)" "$(peak "$BENCH_TMP/$language.$((2 * n))" $language)" \
		"$(peak "$text" $language)" KiB le 2.2
done
