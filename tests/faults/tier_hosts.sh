# Two hosts that move the same files, one that comes too late, and edits while files are moved. Part of row_tier.sh.
# shellcheck shell=bash disable=SC2153,SC2154

# A second host: its own configuration with its own lock, the same database and levels.
tier_host() {
	mkdir -p "$STATE/other/conf.d"
	sed -e 's|^\([[:space:]]*\)\(# \)\?host = "";|\1host = "other";|' "$STATE/tts.conf" |
		awk '/^databases/ { db = 1 } db && /host = / { next } /^};/ { db = 0 } { print }' >"$STATE/other/tts.conf"
	cp "$STATE"/conf.d/*.conf "$STATE/other/conf.d"
	sed -i "s|run/tier.lock|run/tier-other.lock|; s|log/fetches.log|log/fetches-other.log|" "$STATE/other/conf.d/levels.conf"
	sed -i "s|run/metrics.tier|run/metrics-other.tier|" "$STATE/other/tts.conf"
	echo "metrics = { tier_file = \"$STATE/run/metrics-other.tier\"; };" >"$STATE/other/conf.d/zz.conf"
}

# Files of pipelines without the renderer, a hundred for each, all of them hot.
many_files() {
	local n=$1
	sql "INSERT INTO pipeline (id, user_id, task_id, created_at, updated_at, started_at, customer_name, language, stages)
			SELECT 1000000 + seq, (SELECT MIN(id) FROM user), CONCAT('many-', seq), NOW(3), NOW(3), NOW(3), 'Inn', 'en', 'song'
			FROM seq_0_to_$((n / 100 - 1));
		INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at, run_at, state, ended_at)
			SELECT id, user_id, 'song', 1, 'start', NOW(3), NOW(3), NOW(3), 'done', NOW(3) FROM pipeline WHERE id >= 1000000;
		INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
			SELECT s.id, 1 + q.seq % 100, q.seq % 100 = 0, NOW(3), CONCAT('pipeline/1000/', s.pipeline_id, '/song-', q.seq + 1, '-', MD5(q.seq), '.mp3'),
				'audio/mpeg', 20, 1, '' FROM seq_0_to_$((n - 1)) q JOIN stage s ON s.pipeline_id = 1000000 + q.seq DIV 100;
		INSERT INTO content (name, pipeline_id, level, generate_time, update_time, half_life_sec, run_at, total, lw)
			SELECT CONCAT('pipeline/1000/', 1000000 + seq DIV 100, '/song-', seq + 1), 1000000 + seq DIV 100,
				(SELECT id FROM level WHERE name = 'bronze'), NOW(3), NOW(3), 0, NOW(3), 25, LOG2(25) FROM seq_0_to_$((n - 1))"
	sql "SELECT CONCAT(1000000 + seq DIV 100, '/song-', seq + 1, '-', MD5(seq), '.mp3') FROM seq_0_to_$((n - 1))" |
		while read -r file; do
			[ -d "$STATE/media/pipeline/1000/${file%/*}" ] || mkdir -p "$STATE/media/pipeline/1000/${file%/*}"
			echo "$file" >"$STATE/media/pipeline/1000/$file"
		done
}

forget_many_files() {
	sql "DELETE FROM content WHERE pipeline_id >= 1000000; DELETE a FROM asset a JOIN stage s ON s.id = a.stage_id WHERE s.pipeline_id >= 1000000;
		DELETE FROM stage WHERE pipeline_id >= 1000000; DELETE FROM pipeline WHERE id >= 1000000"
	rm -rf "$STATE"/{media,s/silver,g/gold}/pipeline
}

# Each file takes a page.
levels_size() {
	local dir
	for dir in media s g; do
		[ ! -e "$STATE/own-$dir" ] || mount -o "remount,size=$1" "$STATE/$dir"
	done
}

# The movers of two hosts take turns at the same rows.
two_hosts() {
	local n=$1 one two status=0 hosts
	tier_host
	tier_drain
	levels_size 128m
	many_files "$n"
	tier_until_moved &
	one=$!
	CONF_OF_HOST=other/tts.conf tier_until_moved &
	two=$!
	wait $one || status=$?
	wait $two || status=$?
	[ $status = 0 ] || fail "a host ended with status $status"
	[ "$(sql "SELECT COUNT(*) FROM content WHERE pipeline_id >= 1000000 AND state = 'still'")" = "$n" ] || fail 'rows are missing or moving'
	[ "$(sql "SELECT CONCAT(COUNT(*), ' ', COUNT(DISTINCT cid)) FROM update_history WHERE name LIKE 'pipeline/1000/%'")" = "$n $n" ] ||
		fail 'the history has other moves'
	[ "$(find "$STATE/g/gold/pipeline" -type f | wc -l)" = "$n" ] || fail 'files are missing on gold'
	[ "$(find "$STATE"/{media,s/silver}/pipeline -type f 2>/dev/null | wc -l)" = 0 ] || fail 'files are on two levels'
	[ -z "$(cd "$STATE/g/gold/pipeline/1000" && find . -type f -printf '%P %p\n' | while read -r name file; do
		[ "$(<"$file")" = "$name" ] || echo "$name"
	done)" ] || fail 'files have other contents'
	hosts=$(sql "SELECT COUNT(DISTINCT host) FROM update_history WHERE name LIKE 'pipeline/1000/%'")
	say "$n files were moved by $hosts hosts"
	forget_many_files
	levels_size 32m
	oracle 1
}

tier_until_moved() {
	local status=0
	while [ "$(sql "SELECT COUNT(*) FROM content WHERE pipeline_id >= 1000000 AND level = (SELECT id FROM level WHERE name = 'bronze')")" != 0 ]; do
		tier || status=$?
		[ $status = 0 ] || return $status
	done
}

# One host stands still in the middle of its moves until another has taken them over.
overtaken_tier() {
	local from first status=0
	tier_drain
	warm 0
	tier_drain
	warm 30
	tier_host
	from=$(mark)
	tier_start TTS_FAULT=tier.copied:sleep=5000
	first=$TIER
	until_so 10 struck tier.copied "$from" || fail 'nothing was copied'
	sql "UPDATE content SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE state = 'moving'"
	CONF_OF_HOST=other/tts.conf tier || fail "the other host ended with $?"
	reap "$first" || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	tier_drain
	tier_is_sound
	oracle 1
}

# One host stands still before it copies; another gives its moves back, and they have become cold: what the first one
# copies then must not stay.
late_tier() {
	local from first status=0
	tier_drain
	warm 0
	tier_drain
	warm 30
	tier_host
	from=$(mark)
	tier_start TTS_FAULT=tier.claimed:sleep=5000
	first=$TIER
	until_so 10 struck tier.claimed "$from" || fail 'nothing was claimed'
	sql "UPDATE content SET total = 0, lw = -1e9, lease_until = NOW(3) - INTERVAL 1 SECOND WHERE state = 'moving'"
	[ "$(sql 'SELECT COUNT(*) FROM content WHERE lease_until < NOW(3)')" -ge 6 ] || fail 'not all were claimed'
	CONF_OF_HOST=other/tts.conf tier || fail "the other host ended with $?"
	[ "$(sql "SELECT COUNT(*) FROM content WHERE state = 'moving'")" = 0 ] || fail 'the other host gave nothing back'
	reap "$first" || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	tier_drain
	tier_is_sound
	! on_level gold | grep "^0/$PROJECT/" || fail 'copies are on gold'
	oracle 1
}

# Sentences are edited, inserted and deleted while everything is moved up and down.
edited_meanwhile() {
	local end=$((SECONDS + $1)) fresh
	fresh=$(client project 30)
	drain 60 all_done
	load_start "$fresh" 20
	while [ $SECONDS -lt $end ]; do
		warm $((RANDOM % 2 * 30)) "RAND() < 0.7"
		tier || fail "a run ended with $?"
		render || true
		work || true
	done
	load_stop
	client delete "$fresh"
	drain 60 all_done
	tier_drain
	tier_is_sound
	oracle
}
