# The oracle itself: each kind of violation, made by hand, is reported as what it is, and nothing else is.
# shellcheck shell=bash

row_oracle() {
	stack_up media.grace_sec=60 && login && PROJECT=$(client project 6) && drain 60 all_done && oracle
	mapfile -t IDS < <(sentences "$PROJECT")
	client sound "${IDS[0]}"
}

# seen INVARIANT…: the oracle now reports violations of exactly these.
seen() {
	local broken
	"$tools/oracle" -c "$STATE/tts.conf" -a "$STATE/client/answers" -f "$STATE/client/injected" \
		-k "$STATE/client/canaries" -r 100 -s "$SEED" "$STATE"/log/*.log >"$STATE/verdict" 2>"$STATE/violations" || true
	broken=$(awk '$2 != 0 { print $1 }' "$STATE/verdict" | xargs)
	[ "$broken" = "$*" ] || {
		cat "$STATE/violations"
		fail "it sees \"$broken\" instead of \"$*\""
	}
}

# file ID: where its sound is.
file() {
	echo "$STATE/media/$(sql "SELECT path FROM audio WHERE id = $1")"
}

# with_sql CHANGE UNDO INVARIANT…
with_sql() {
	local change=$1 undo=$2
	shift 2
	sql "$change"
	seen "$@"
	sql "$undo"
	oracle
}

lost_write() {
	local id=${IDS[1]}
	with_sql "UPDATE audio SET text = CONCAT(text, ' x') WHERE id = $id" \
		"UPDATE audio SET text = LEFT(text, CHAR_LENGTH(text) - 2) WHERE id = $id" I1 I10
	with_sql "UPDATE audio SET speed = 2 WHERE id = $id" "UPDATE audio SET speed = 1 WHERE id = $id" I1 I10
}

lost_edit() {
	local file=$STATE/client/answers
	cp "$file" "$file.saved"
	echo "edit 201 id=${IDS[1]} text=$(head -c 9 /dev/urandom | sha256sum | cut -d' ' -f1) speed=1 rev=2" >>"$file"
	seen I1
	cp "$file.saved" "$file"
	echo "edit ? id=${IDS[1]} text=$(head -c 9 /dev/urandom | sha256sum | cut -d' ' -f1) speed=1" >>"$file"
	seen
	cp "$file.saved" "$file"
	echo "remove 201 id=${IDS[1]}" >>"$file"
	seen I1
	cp "$file.saved" "$file"
}

made_twice() {
	local columns='project_id, user_id, created_at, updated_at, text, speed, revision, queued_at, run_at, state, error'
	sql "INSERT INTO audio (position, $columns) SELECT position + 1, project_id, user_id, created_at, updated_at,
		text, speed, 1, queued_at, run_at, 'failed', 'x' FROM audio WHERE id = ${IDS[2]}"
	seen I1 I7 I8 I11
	sql "DELETE FROM audio WHERE project_id = $PROJECT AND error = 'x'"
	oracle
}

no_file() {
	local file
	file=$(file "${IDS[0]}")
	mv "$file" "$STATE/tmp/sound"
	seen I2
	cp "$STATE/tmp/sound" "$file"
	oracle
	# One bit.
	printf '\x01' | dd of="$file" bs=1 seek=300 conv=notrunc status=none
	seen I2 I10
	cp "$STATE/tmp/sound" "$file"
	oracle
}

two_sounds() {
	local file other
	file=$(file "${IDS[0]}")
	other=${file%????????.mp3}00000000.mp3
	cp "$file" "$other"
	touch -d '-1 hour' "$other"
	seen I3 I6
	rm "$other"
	echo "sound 200 id=${IDS[0]} rev=1 path=/media/another.mp3" >>"$STATE/client/answers"
	seen I3
	sed -i '$d' "$STATE/client/answers"
}

# The sound of the previous revision is recorded as that of the current one.
stale_sound() {
	local id=${IDS[4]} path ms size hash now
	read -r path ms size hash < <(sql "SELECT path, duration_ms, size_bytes, HEX(sha256) FROM audio WHERE id = $id")
	cp "$STATE/media/$path" "$STATE/tmp/stale"
	client edit "$id" - 3 >/dev/null
	drain 60 all_done
	oracle
	now=$(sql "SELECT CONCAT('path = ', QUOTE(path), ', size_bytes = ', size_bytes, ', sha256 = x', QUOTE(HEX(sha256)))
		FROM audio WHERE id = $id")
	cp "$STATE/tmp/stale" "$STATE/media/$path"
	sql "UPDATE audio SET path = '$path', size_bytes = $size, sha256 = x'$hash' WHERE id = $id"
	seen I2 I3 I10 I11 # of another length, too
	sql "UPDATE audio SET $now WHERE id = $id"
	rm "$STATE/media/$path"
	oracle
}

late_claim() {
	local id=${IDS[3]}
	with_sql "SET check_constraint_checks = 0; UPDATE audio SET state = 'claimed', claim_token = '0123456789abcdef',
			host = 'x', lease_until = NOW(3) - INTERVAL 1 HOUR WHERE id = $id" \
		"UPDATE audio SET state = 'ready', claim_token = NULL, host = NULL, lease_until = NULL WHERE id = $id" \
		I4 I5 I7 I11
	with_sql "SET check_constraint_checks = 0; UPDATE audio SET state = 'pending' WHERE id = $id" \
		"UPDATE audio SET state = 'ready' WHERE id = $id" I5 I7 I11
}

strange_files() {
	local dir file
	dir=$(dirname "$(file "${IDS[0]}")")
	for file in "$dir/.tmp-0123" "$STATE/media/lost+found" "$dir/1-r1-00000000000000000000000000000000.mp3"; do
		cp "$(file "${IDS[0]}")" "$file"
		touch -d '-1 hour' "$file"
		case $file in
		*.mp3) seen I3 I6 ;;
		*) seen I6 ;;
		esac
		rm "$file"
	done
	# A recent one is left to the sweep.
	cp "$(file "${IDS[0]}")" "$dir/.tmp-0123"
	seen
	rm "$dir/.tmp-0123"
	# Truncated, and truncated within a frame.
	cp "$(file "${IDS[0]}")" "$STATE/tmp/sound"
	truncate -s -10 "$(file "${IDS[0]}")"
	seen I2 I6 I10
	cp "$STATE/tmp/sound" "$(file "${IDS[0]}")"
	: >"$STATE/gone/a${IDS[0]}"
	seen I2
	rm "$STATE/gone/a${IDS[0]}"
	: >"$STATE/gone/a999999"
	seen
	touch -d '-1 hour' "$STATE/gone/a999999"
	seen I6
	rm "$STATE/gone/a999999"
	oracle
}

wrong_counts() {
	with_sql "UPDATE project SET ready_count = ready_count - 1 WHERE id = $PROJECT" \
		"UPDATE project SET ready_count = ready_count + 1 WHERE id = $PROJECT" I7 I11
	with_sql "UPDATE project SET duration_ms = duration_ms + 1 WHERE id = $PROJECT" \
		"UPDATE project SET duration_ms = duration_ms - 1 WHERE id = $PROJECT" I7
	with_sql "UPDATE stretch SET n = n + 1 WHERE project_id = $PROJECT" \
		"UPDATE stretch SET n = n - 1 WHERE project_id = $PROJECT" I7
	with_sql 'UPDATE user SET project_count = project_count + 1' 'UPDATE user SET project_count = project_count - 1' I7
}

wrong_charges() {
	with_sql "UPDATE audio SET crashes = 1 WHERE id = ${IDS[1]}" "UPDATE audio SET crashes = 0 WHERE id = ${IDS[1]}" I8
	with_sql "UPDATE audio SET attempts = 1 WHERE id = ${IDS[1]}" "UPDATE audio SET attempts = 0 WHERE id = ${IDS[1]}" I8
	echo "charge ${IDS[1]} 1 0 1" >>"$STATE/client/injected"
	seen I8 # a loop that is free of charge
	: >"$STATE/client/injected"
	with_sql "SET check_constraint_checks = 0; UPDATE audio SET state = 'failed', error = 'x' WHERE id = ${IDS[1]}" \
		"UPDATE audio SET state = 'ready', error = '' WHERE id = ${IDS[1]}" I7 I8 I11
}

told_secrets() {
	local what
	for what in "$(<"$STATE/client/token")" "Parole-$SEED-Zwetschge" 'the text Zimtquark ba' "$(<"$STATE/secrets/token.key")" \
		"$(<"$STATE/secrets/renderer.pw")" "$(<"$STATE/secrets/work.pw")" \
		"$(<"$STATE/secrets/stream.pw")"; do
		printf 'something went wrong: %s\n' "$what" >"$STATE/log/canary.log"
		seen I9
		rm "$STATE/log/canary.log"
	done
}

# The file on disk differs from what would be rendered now, and nothing else is wrong.
other_render() {
	local id=${IDS[5]} file
	file=$(file "$id")
	cp "$file" "$STATE/tmp/sound"
	# A byte of sound in the last frame.
	printf '\x5a' | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 20)) conv=notrunc status=none
	sql "UPDATE audio SET sha256 = x'$(sha256sum "$file" | cut -d' ' -f1)' WHERE id = $id"
	seen I10
	cp "$STATE/tmp/sound" "$file"
	sql "UPDATE audio SET sha256 = x'$(sha256sum "$file" | cut -d' ' -f1)' WHERE id = $id"
	oracle
}

# The newest event and the one before, an event that is missing, one that is there twice, the counter.
wrong_events() {
	local owner=${IDS[1]} columns='type, created_at, project_id, audio_id, task_id, data'
	owner="user_id = (SELECT user_id FROM audio WHERE id = $owner)"
	with_sql "UPDATE user_seq SET seq = seq + 1 WHERE $owner" "UPDATE user_seq SET seq = seq - 1 WHERE $owner" I11
	with_sql "UPDATE event SET seq = seq + 1 WHERE $owner ORDER BY seq DESC LIMIT 1;
			UPDATE user_seq SET seq = seq + 1 WHERE $owner" \
		"UPDATE event SET seq = seq - 1 WHERE $owner ORDER BY seq DESC LIMIT 1;
			UPDATE user_seq SET seq = seq - 1 WHERE $owner" I11
	with_sql "UPDATE event SET type = 'pipeline.stage', task_id = audio_id, audio_id = NULL
			WHERE type = 'audio.ready' AND audio_id = ${IDS[2]}" \
		"UPDATE event SET type = 'audio.ready', audio_id = task_id, task_id = NULL WHERE task_id = '${IDS[2]}'" I11
	with_sql "INSERT INTO event (user_id, seq, $columns) SELECT user_id, (SELECT MAX(seq) + 1 FROM event WHERE $owner),
			$columns FROM event WHERE type = 'audio.ready' AND audio_id = ${IDS[2]} LIMIT 1;
			UPDATE user_seq SET seq = seq + 1 WHERE $owner" \
		"DELETE FROM event WHERE $owner ORDER BY seq DESC LIMIT 1; UPDATE user_seq SET seq = seq - 1 WHERE $owner" I11
	with_sql "INSERT INTO event (user_id, seq, $columns) SELECT user_id, (SELECT MAX(seq) + 1 FROM event WHERE $owner),
			$columns FROM event WHERE type = 'project.completed' AND project_id = $PROJECT LIMIT 1;
			UPDATE user_seq SET seq = seq + 1 WHERE $owner" \
		"DELETE FROM event WHERE $owner ORDER BY seq DESC LIMIT 1; UPDATE user_seq SET seq = seq - 1 WHERE $owner" I11
	with_sql "UPDATE event SET type = 'pipeline.completed' WHERE type = 'project.completed' AND project_id = $PROJECT
			ORDER BY seq DESC LIMIT 1" \
		"UPDATE event SET type = 'project.completed' WHERE type = 'pipeline.completed'" I11
}

cases_oracle() {
	test_case short 'sees I1: a changed text, a changed speed' lost_write
	test_case short 'sees I1: a lost edit; not one that nobody knows of' lost_edit
	test_case short 'sees I1: one sentence made twice' made_twice
	test_case short 'sees I2: no file, another file' no_file
	test_case short 'sees I3: two sounds of one revision' two_sounds
	test_case short 'sees I3: a stale sound' stale_sound
	test_case short 'sees I4 and I5: a late claim, a sentence left over' late_claim
	test_case short 'sees I6: strange files and tombstones' strange_files
	test_case short 'sees I7: counts' wrong_counts
	test_case short 'sees I8: charges' wrong_charges
	test_case short 'sees I9: secrets in a log' told_secrets
	test_case short 'sees I10: another sound than now' other_render
	test_case short 'sees I11: events that are missing, doubled, or counted otherwise' wrong_events
}
