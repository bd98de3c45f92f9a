#!/bin/bash
# The rate with 1,000,000 ready sentences in the table and 10,000 waiting, against the same 10,000
# alone: two databases, alternating.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=corpus.sh
. "$BENCH_DIR/corpus.sh"

# crowd N: insert that many ready sentences in projects of 100,000.
crowd() {
	local i each=$(($1 < 100000 ? $1 : 100000))
	for ((i = 0; i < $1; i += each)); do
		db -e "INSERT INTO project (user_id, created_at, updated_at, title, voice, sentence_count, ready_count, duration_ms)
				SELECT MIN(id), NOW(3), NOW(3), 'Crowd', 'en-us', $each, $each, $each * 5000 FROM user;
			SET @project = LAST_INSERT_ID();
			INSERT INTO stretch (project_id, first_position, n)
				SELECT @project, (seq - 1) * 256 * 65536, 256 FROM seq_1_to_$((each / 256 + 1));
			INSERT INTO audio (project_id, user_id, created_at, updated_at, position, text, speed,
					audio_revision, path, duration_ms, size_bytes, sha256, state, turn, queued_at, run_at)
				SELECT @project, p.user_id, NOW(3), NOW(3), seq * 65536,
					CONCAT('This is sentence ', seq, ', which was spoken long ago and has not changed since.'),
					1, 1, CONCAT('0/', @project, '/', seq, '-r1-', MD5(seq), '.mp3'), 5000, 30000,
					UNHEX(SHA2(seq, 256)), 'ready', 0, NOW(3), NOW(3)
				FROM project p JOIN seq_1_to_$each WHERE p.id = @project" || die 'cannot fill the table'
	done
}

side() { # NAME: a round
	CONF=$BENCH_TMP/$1/tts.conf
	DB_SOCKET=$BENCH_TMP/$1/db/mysql.sock
	PIDS[db]=$(cat "$BENCH_TMP/$1/db/mysql.pid")
	settle
	drain
	[ "$(left)" -gt 0 ] || die "the queue ran empty: too short a text for this machine"
	calc "$n / $wall" '%.2f\n' >>"$BENCH_TMP/rate.$1"
	calc "1000 * ($cpu + $db_cpu) / $n" '%.2f\n' >>"$BENCH_TMP/cpu.$1"
}

compile usage
for name in empty full; do
	stack_up $name
	set_conf scheduler.run_sec="$(pick 15 4)"
	serve 1
	[ $name = empty ] || crowd "$(pick 1000000 20000)"
	for _ in $(seq "$(pick 10 4)"); do
		queue_corpus "$(pick 86000 20000)"
	done
	waiting=$(left)
	stop "$(pid_of web.ours)" "$(pid_of pool.ours)"
done
for _ in $(seq "$(pick 3 1)"); do
	side empty
	side full
done
within "sentences a second with $waiting waiting and $(pick 1,000,000 20,000) ready, against none ready" \
	"$(median <"$BENCH_TMP/rate.full")" "$(median <"$BENCH_TMP/rate.empty")" /s 1 5
full=$(median <"$BENCH_TMP/cpu.full") empty=$(median <"$BENCH_TMP/cpu.empty")
row "the same: CPU of renderer and MariaDB a sentence" "$full ms" "$empty ms" "$(calc "$full / $empty" %.3f)" -

# And how long another user waits while a crowd of sentences is rendered.
"$BENCH_DIR/busy.sh"
