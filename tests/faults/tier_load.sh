# Readers under load while files are moved between levels. Part of row_tier.sh.
# shellcheck shell=bash disable=SC2153,SC2154

# moved_under_load FILES MOVES: nobody who reads FILES, whole and in parts, sees that there were MOVES of them.
moved_under_load() {
	local files=$1 moves=$2 turn=0 reader status=0 wrong
	command -v wrk >/dev/null || skip 'there is no wrk'
	tier_drain
	levels_size 128m
	many_files "$files"
	files_of_size
	sql "SELECT CONCAT('/media/pipeline/1000/', 1000000 + seq DIV 100, '/song-', seq + 1, '-', MD5(seq), '.mp3') FROM seq_0_to_$((files - 1))" >"$STATE/tmp/paths"
	# Some of them at each level, to begin with.
	next_turn 0
	tier_drain
	sql 'DELETE FROM update_history'
	wrk -t 2 -c 8 -d 3600 --timeout 60 -s tests/faults/tier_load.lua "http://127.0.0.1:$PORT" -- "$STATE/tmp/paths" >"$STATE/tmp/wrk" 2>&1 &
	reader=$!
	while [ "$(moves_made)" -lt "$moves" ] && [ $turn -lt $((4 * moves / files)) ] && kill -0 $reader; do
		turn=$((turn + 1))
		next_turn $turn
		tier || status=$?
		[ $status = 0 ] || break
	done
	kill -INT $reader 2>/dev/null || true
	wait $reader || true
	[ $status = 0 ] || fail "a run ended with status $status"
	[ "$(moves_made)" -ge "$moves" ] || fail "only $(moves_made) moves were made"
	say "$(moves_made) moves of $files files: $(grep '^READS' "$STATE/tmp/wrk")"
	wrong=$(awk '$1 == "READS" && $2 > 10 * '"$files"' && $3 > '"$files"' && $4 == 0 && $5 == 0 { found = 1 } END { print !found }' "$STATE/tmp/wrk")
	[ "$wrong" = 0 ] || fail "$(tail -n 30 "$STATE/tmp/wrk")"
	tier_drain
	[ "$(find "$STATE"/{media,s/silver,g/gold}/pipeline -type f | wc -l)" = "$files" ] || fail 'files are lost, or at two levels'
	forget_many_files
	sql 'DELETE FROM update_history'
	: >"$STATE/log/fetches.log"
	levels_size 32m
	tier_is_sound
	oracle 1
}

moves_made() {
	sql "SELECT COUNT(*) FROM update_history WHERE name LIKE 'pipeline/1000/%'"
}

# Every file belongs to another level than before.
next_turn() {
	sql "UPDATE content SET total = ELT(1 + MOD(id + $1, 3), 30, 10, 0), lw = ELT(1 + MOD(id + $1, 3), LOG2(30), LOG2(10), -1e9),
		run_at = NOW(3) WHERE pipeline_id >= 1000000"
}

# Give each file a size of its own, and a time and contents that follow from it, as tier_load.lua expects them.
files_of_size() {
	(cd "$STATE/media/pipeline/1000" && find . -name 'song-*.mp3') | awk -v dir="$STATE/media/pipeline/1000" '{
		size = 4000 + NR
		s = sprintf("%015d\n", size)
		while (length(s) < size)
			s = s s
		file = dir "/" $0
		printf "%s", substr(s, 1, size) >file
		close(file)
		print 1700000000 + size, file
	}' | while read -r time file; do
		touch -d "@$time" "$file"
	done
}
