# The text for the benchmarks of the renderer, and its queue. Sourced by them after lib.sh.
# shellcheck shell=bash disable=SC2034 # variables set here are used by the scripts that source this file

CORPUS=${CORPUS:-$TOP/../shared/corpus}

# corpus en|ko: print a text, one paragraph per line. Without a corpus, the English or Korean lines of
# the sample of tests/demo are repeated.
corpus() {
	case $1:$([ -r "$CORPUS/alice.txt" ] && echo whole) in
	en:whole) awk -v RS= '{ gsub(/[[:space:]]+/, " "); print }' "$CORPUS/alice.txt" ;;
	ko:whole) grep -v '^[[:space:]]*$' "$CORPUS/a-lucky-day.ko.txt" ;;
	en:) again 2500 "$(grep '^[ -~]\+$' "$TOP/tests/data/demo.txt")" ;;
	ko:) again 75 "$(grep '[^ -~]' "$TOP/tests/data/demo.txt")" ;;
	esac
}

again() {
	local i
	for ((i = 0; i < $1; i += 5)); do
		printf '%s\n' "$2"
	done
}

# part BYTES: print that much of standard input, in whole lines.
part() {
	awk -v left="$1" '{ left -= length($0) + 1 } left >= 0'
}

# queue_corpus BYTES: post that much English text and a quarter of it in Korean.
queue_corpus() {
	corpus en | part "$1" | new_project en-us >/dev/null || exit 1
	corpus ko | part $(($1 / 4)) | new_project ko >/dev/null || exit 1
}

# sentences [WHERE]: print VOICE, a tab and the text of each sentence, in the order of the queue.
sentences() {
	db -e "SELECT p.voice, REPLACE(REPLACE(a.text, '\n', ' '), '\t', ' ') FROM audio a
		JOIN project p ON p.id = a.project_id WHERE ${1:-TRUE} ORDER BY a.id" --raw
}

# put_aside DIR: make DIR empty without deleting anything: for minutes after a deletion the file system
# (ext4) would check the location of every deleted file before it creates a new one.
put_aside() {
	local i=1
	while [ -e "$1.$i" ]; do
		i=$((i + 1))
	done
	[ ! -e "$1" ] || mv "$1" "$1.$i"
	mkdir "$1"
}

# queue_again [WHERE]: queue these sentences (default: all) again, as if for the first time.
queue_again() {
	put_aside "$STATE/media" && : >"$STATE/media/.tts-media"
	db -e "UPDATE audio a SET state = 'pending', audio_revision = 0, path = NULL, duration_ms = NULL,
			size_bytes = NULL, sha256 = NULL, run_at = NOW(3), claim_token = NULL, host = NULL,
			run_id = NULL, lease_until = NULL, attempts = 0, crashes = 0, error = ''
			WHERE ${1:-TRUE};
		UPDATE project SET duration_ms = 0, failed_count = 0, ready_count =
			(SELECT COUNT(*) FROM audio WHERE project_id = project.id AND state = 'ready');
		DELETE FROM trash" || die 'cannot queue the sentences again'
	settle
}

# settle: wait until the database and the disk have done their deferred work.
settle() {
	local before i
	sync
	for i in $(seq 20); do
		before=$(ticks_of db)
		sleep 0.5
		[ $(($(ticks_of db) - before)) -gt 1 ] || return 0
	done
	say "the database is still at work after $i half seconds"
}

# drain [CONF]: run the renderer once. Sets cpu, wall, db_cpu (seconds), n (sentences that became ready)
# and sound (seconds of sound).
drain() {
	local before ticks count='SELECT SUM(ready_count), SUM(duration_ms) / 1000 FROM project'
	before=$(db -e "$count")
	ticks=$(ticks_of db)
	"$BENCH_TMP/usage" "$BENCH_TMP/used" "$BUILD/tts-render" -c "${1:-$CONF}" 2>>"$BENCH_TMP/render.log" ||
		die "the renderer failed: $(tail -n 1 "$BENCH_TMP/render.log")"
	db_cpu=$(calc "($(ticks_of db) - $ticks) / 100")
	read -r cpu wall _ <"$BENCH_TMP/used"
	# shellcheck disable=SC2046
	read -r n sound <<<"$(calc_diff "$(db -e "$count")" "$before")"
	[ "$n" -gt 0 ] || die "nothing became ready: $(tail -n 1 "$BENCH_TMP/render.log")"
}

# calc_diff "A B" "C D": A - C and B - D.
calc_diff() {
	awk -v a="$1" -v b="$2" 'BEGIN { split(a, x); split(b, y); print x[1] - y[1], x[2] - y[2] }'
}

# left: print the number of sentences that are still queued.
left() {
	db -e "SELECT COUNT(*) FROM audio WHERE state IN ('pending', 'claimed')"
}

# drain_all [CONF]: like drain, but no sentence may be left or have failed.
drain_all() {
	drain "$@"
	[ "$(left)" = 0 ] || die "$(left) sentences are not rendered"
	[ "$(db -e 'SELECT SUM(failed_count) FROM project')" = 0 ] || die 'sentences failed'
}

# renderer_up BYTES [COPIES]: start the database and the API, and queue that much text.
renderer_up() {
	local i
	compile usage
	stack_up
	set_conf scheduler.run_sec=3600
	serve 1
	for i in $(seq "${2:-1}"); do
		queue_corpus "$1"
	done
	settle
}

# bare_loops N: run N bare loops at the same time, each over $BENCH_TMP/list; their output is in
# $BENCH_TMP/loop.1 …
bare_loops() {
	local pids=() i
	for i in $(seq "$1"); do
		"$BENCH_TMP/bare_loop" <"$BENCH_TMP/list" >"$BENCH_TMP/loop.$i" &
		pids[i]=$!
	done
	for i in "${pids[@]}"; do
		wait "$i" || die 'the bare loop failed'
	done
}

# bare_rate N: print the sentences per second of N bare loops at the same time.
bare_rate() {
	local begun
	begun=$(now)
	bare_loops "$1"
	calc "$1 * $(wc -l <"$BENCH_TMP/list") * 1e6 / ($(now) - $begun)" '%.1f\n'
}
