# ttsctl for levels of storage, with a configuration of its own: three levels below $work/levels, of which the lowest is the
# media directory of the stack, which knows nothing of them. tts-tier is started by hand.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

tier_conf=$work/levels/tts.conf

# with_levels [LINE]…: more settings of the group levels.
with_levels() {
	local level
	mkdir -p "$work/levels/conf.d"
	for level in silver gold; do
		mkdir -p "$work/levels/$level"
		: >>"$work/levels/$level/.tts-media"
	done
	cp "$STATE/tts.conf" "$work/levels"
	cp "$STATE/conf.d"/* "$work/levels/conf.d"
	cat >"$work/levels/conf.d/levels.conf" <<-END
		levels = {
			list = (
				{ name = "bronze"; path = "$STATE/media"; min_count = 0; free_mib = 0; },
				{ name = "silver"; path = "$work/levels/silver"; min_count = 1000; free_mib = 0; },
				{ name = "gold"; path = "$work/levels/gold"; min_count = 2000; free_mib = 0; }
			);
			half_life_sec = 0;
			min_stay_sec = 0;
			repeat_sec = 0;
			daily_max = 0;
			high_percent = 100;
			grace_sec = 2;
			fetch_log = "$work/levels/fetches.log";
			lock_file = "$work/levels/tier.lock";
			$*
		};
		metrics = { tier_file = "$work/levels/metrics.tier"; };
	END
	[ -e "$work/levels/fetches.log" ] || : >"$work/levels/fetches.log"
}

# tier STATUS ARGUMENT…: like ctl, with levels.
tier() {
	local STATE=$work/levels
	ctl "$@"
}

test_without_levels_there_is_nothing_to_say() {
	ctl 69 tier
	says 'levels.list is not set' "$err"
	ctl 69 tier pending
	ctl 64 tier nothing
	ctl 64 tier top --project 1
	ctl 64 tier pin 1
	ctl 0 status --json
	has 'has("tier") | not'
}

test_status_says_which_level_cannot_be_used() {
	with_levels
	tier 0 status --json
	has '.tier | .seen_sec == null and ([.levels[] | .level] == ["bronze", "silver", "gold"]) and all(.levels[]; .usable)'
	has 'any(.findings[]; .wrong == false and (.what | test("tts-tier has not run")))'
	rm "$work/levels/gold/.tts-media"
	tier 1 status
	says '^WRONG: the level gold, .*/gold, cannot be used: .*\.tts-media'
	says '^levels +gold: cannot be used'
	says '^ +silver: [0-9.]+ .iB of [0-9.]+ .iB free'
	never grep -q 'WRONG.*silver' <<<"$out"
	tier 1 status --json
	has '[.tier.levels[] | select(.usable | not) | .level] == ["gold"]'
	: >"$work/levels/gold/.tts-media"
}

never() {
	if "$@"; then
		fail "should not succeed: $*"
	fi
}

# no_levels: as if there never had been any.
no_levels() {
	local dir
	for dir in silver gold; do
		(cd "$work/levels/$dir" 2>/dev/null && find . -name '*.mp3' -exec cp --parents -p {} "$STATE/media" \;)
	done
	sql 'DELETE FROM update_history; DELETE FROM content; DELETE FROM level_pin; DELETE FROM level; DELETE FROM fetch_log'
	rm -rf "$work/levels"
}

# sounds N: a project with N sounds; their names, as in the database, in ${names[@]}, their paths in ${paths[@]}.
sounds() {
	local i text=''
	for ((i = 0; i < $1; i++)); do text+="Canary number $i. "; done
	new_user
	new_project "$text"
	all_ready
	mapfile -t paths < <(sql "SELECT path FROM audio WHERE project_id = $project ORDER BY id")
	names=("${paths[@]%-*}")
	mapfile -t ids < <(sql "SELECT id FROM audio WHERE project_id = $project ORDER BY id")
}

# fetched NAME N: N lines as nginx writes them.
fetched() {
	local i
	for ((i = 0; i < $2; i++)); do
		echo "$EPOCHREALTIME 200 5000 127.0.0.1 $1"
	done | sed 's/^\([0-9]*\.[0-9]\{3\}\)[0-9]*/\1/' >>"$work/levels/fetches.log"
}

# moved [STATUS]: one run of tts-tier.
moved() {
	local got=0
	"$BUILD/tts-tier" -c "$tier_conf" 2>"$work/tier.log" || got=$?
	[ "$got" = "${1:-0}" ] || fail "tts-tier: exit $got: $(cat "$work/tier.log")"
}

test_what_would_move_is_told_and_then_moves() {
	local i counts=(2342 1548 356 664 1964) wanted=(gold silver bronze bronze silver)
	trap no_levels EXIT
	with_levels "hours = \"$(date -d '+2 hours' +%H:00)-$(date -d '+3 hours' +%H:00)\";"
	tier 0 tier
	says 'tts-tier has not run with these levels yet'
	tier 75 tier pending
	sounds 5
	for i in 0 1 2 3 4; do
		fetched "${names[i]}" "${counts[i]}"
	done
	moved
	tier 0 tier --json
	has '[.[] | [.level, .min_counts]] == [["gold", 2000], ["silver", 1000], ["bronze", 0]]'
	has '.[1].max_counts == 1999 and .[2].max_counts == 999 and .[0].max_counts > 2342 and .[2].new_files'
	has '.[2].files == 5 and .[0].files == 0 and .[1].files == 0'
	tier 0 tier top --number 2
	says "bronze +2342\.0 +2,342 .* ${names[0]}\$"
	says "bronze +1964\.0 +1,964 .* ${names[4]}\$"
	equal "$(wc -l <<<"$out")" 3
	tier 0 tier pending
	says "^${names[0]} moves bronze to gold  hot, score 2342\.0, 2,342 fetches, "
	says 'nothing moves before the next of levels.hours'
	tier 0 tier --dry-run --json
	has 'length == 3 and (.[0] | .name == $n and .db_level == "bronze" and .target == "gold" and .reason == "hot" and .count == 2342)' \
		--arg n "${names[0]}"
	with_levels
	moved
	grep -q "${names[0]} moves bronze to gold" "$work/tier.log" || fail "$(cat "$work/tier.log")"
	for i in 0 1 2 3 4; do
		tier 0 tier show --json "${names[i]}"
		has '.content_level == $l and .found_on == $l and .count == $c' --arg l "${wanted[i]}" --argjson c "${counts[i]}"
	done
	tier 0 tier pending
	says 'nothing would move'
}

test_a_file_is_known_by_name_path_url_and_sentence() {
	local given
	trap no_levels EXIT
	with_levels
	sounds 2
	fetched "${names[0]}" 2001
	moved
	for given in "${names[0]}" "${paths[0]}" "/media/${paths[0]}" "https://tts.example.org/media/${paths[0]}" "${ids[0]}"; do
		tier 0 tier show --json "$given"
		has '.name == $n and (.history | length == 1 and .[0].old_content_level == "bronze" and .[0].new_content_level == "gold")' \
			--arg n "${names[0]}"
	done
	tier 0 tier show "${ids[0]}"
	says "^file +${names[0]}\$"
	says '^level +gold, since '
	says '^found +on gold$'
	says '^score +2001\.0, which is gold$'
	says "${names[0]} moves bronze to gold  hot, score 2001"
	# Nobody knows its key by that.
	never grep -qF "${paths[0]##*-}" <<<"$out"
	# One that was never fetched.
	tier 0 tier show "${ids[1]}"
	says '^fetched +never'
	says '^found +on bronze$'
	tier 66 tier show 0/999999/1-r1
	tier 66 tier show 'canary nonsense'
	tier 66 tier show 999999999
	tier 0 tier history
	equal "$(wc -l <<<"$out")" 1
	tier 0 tier history --json --project "$project"
	has 'length == 1 and .[0].new_content_level == "gold" and .[0].reason == "hot"'
	tier 0 tier history --json "${ids[1]}"
	has '. == []'
	tier 0 tier history --project $((project + 1))
	equal "$out" ''
}

test_a_pinned_project_goes_to_its_level_and_stays() {
	trap no_levels EXIT
	with_levels
	sounds 2
	tier 75 tier pin "$project" silver
	moved
	tier 66 tier pin "$project" nickel
	says 'there is no level nickel' "$err"
	tier 66 tier pin 999999999 silver
	tier 0 tier pin "$project" silver
	says "project $project move to silver"
	tier 0 tier pins --json
	has '. == [{project: $p, level: "silver", since: .[0].since}]' --argjson p "$project"
	moved
	moved
	tier 0 tier show --json "${ids[1]}"
	has '.content_level == "silver" and .found_on == "silver" and .pinned == "silver" and .history[0].reason == "pinned"'
	# Its fetches do not move it.
	fetched "${names[1]}" 2500
	moved
	tier 0 tier show --json "${ids[1]}"
	has '.content_level == "silver" and .count == 2500'
	tier 0 tier unpin --json "$project"
	tier 66 tier unpin "$project"
	moved
	moved
	tier 0 tier show --json "${ids[1]}"
	has '.content_level == "gold" and .pinned == null'
}

test_moves_that_failed_are_listed_and_tried_again() {
	trap no_levels EXIT
	with_levels
	sounds 1
	fetched "${names[0]}" 1
	moved
	sql "UPDATE content SET tries = 3, error = 'a canary', run_at = NOW(3) + INTERVAL 1 DAY"
	moved
	tier 0 tier failed
	says "${names[0]}: a canary\$"
	tier 1 status
	says '^WRONG: 1 file on the level bronze could not be moved'
	tier 0 tier retry --json
	has '.retried == 1'
	tier 0 tier failed --json
	has '. == []'
	moved
	tier 0 status --json
	has '.tier | .log_readable and .log_lag_bytes == 0 and (.runs | length) > 0 and .levels[0].files == 1'
	rm "$work/levels/fetches.log"
	moved
	tier 1 status
	says '^WRONG: the fetch log .* cannot be read'
}

# As after a new file system was mounted for a level whose disk is lost.
test_sounds_of_a_level_that_is_lost_are_rendered_and_move_up_again() {
	trap no_levels EXIT
	with_levels
	sounds 2
	fetched "${names[0]}" 2001
	moved
	rm "$work/levels/gold/${paths[0]}"
	tier 0 verify --repair
	says '1 sentence is rendered again'
	tier 0 tier show --json "${names[0]}"
	has '.content_level == "bronze" and .count == 2001 and (.history | length) == 1'
	until_so 30 rendered_again
	moved
	tier 0 tier show --json "${names[0]}"
	has '.content_level == "gold" and .found_on == "gold" and (.history | length) == 2'
	tier 0 verify
}

rendered_again() {
	[ -s "$STATE/media/${paths[0]}" ] && [ "$(sql "SELECT state FROM audio WHERE id = ${ids[0]}")" = ready ]
}

# second_copy LEVEL PATH: as a copy that could not be removed, or of a backup.
second_copy() {
	mkdir -p "$work/levels/$1/${2%/*}"
	cp -p "$STATE/media/$2" "$work/levels/$1/$2"
}

# The one that the row names stays, whatever the level; without a row the lowest.
test_gc_removes_second_copies_on_other_levels() {
	trap no_levels EXIT
	with_levels
	moved
	sounds 4
	fetched "${names[0]}" 2001
	moved
	cp -p "$work/levels/gold/${paths[0]}" "$STATE/media/${paths[0]}"
	second_copy silver "${paths[0]}"
	second_copy gold "${paths[1]}"
	# They differ, so nobody knows which one is whole.
	second_copy silver "${paths[2]}"
	echo x >>"$work/levels/silver/${paths[2]}"
	# It is being moved.
	second_copy gold "${paths[3]}"
	sql "INSERT INTO content (name, level, generate_time, update_time, half_life_sec, run_at, state, target, claim_token, lease_until)
		SELECT '${names[3]}', b.id, NOW(3), NOW(3), 0, NOW(3), 'moving', g.id, REPEAT('x', 16), NOW(3) + INTERVAL 1 DAY
		FROM level b JOIN level g ON g.name = 'gold' WHERE b.name = 'bronze'"
	tier 74 gc --dry-run --json
	has '.second_copies | .removed == 3 and .bytes > 0 and .kept == 1 and .stuck == 1'
	[ -e "$work/levels/silver/${paths[0]}" ] || fail 'a dry run removes'
	tier 74 verify
	says '^3 second copies of files on another level of storage; "ttsctl gc" removes them$'
	tier 74 gc --verbose
	says "^removed second copy on bronze of ${names[0]}\$"
	says "^removed second copy on silver of ${names[0]}\$"
	says "^removed second copy on gold of ${names[1]}\$"
	says '^second copies +3 '
	says "${names[2]} is not the same on the levels bronze and silver" "$err"
	never grep -q 0123456789abcdef <<<"$out$err"
	[ -s "$work/levels/gold/${paths[0]}" ] && [ ! -e "$STATE/media/${paths[0]}" ] && [ ! -e "$work/levels/silver/${paths[0]}" ] ||
		fail 'the first file is elsewhere'
	[ -s "$STATE/media/${paths[1]}" ] && [ ! -e "$work/levels/gold/${paths[1]}" ] || fail 'the second file is elsewhere'
	[ -s "$STATE/media/${paths[2]}" ] && [ -s "$work/levels/silver/${paths[2]}" ] || fail 'one of copies that differ is gone'
	[ -s "$STATE/media/${paths[3]}" ] && [ -s "$work/levels/gold/${paths[3]}" ] || fail 'a copy of a file that is moved is gone'
	sql "UPDATE content SET state = 'still', target = NULL, claim_token = NULL, lease_until = NULL WHERE state = 'moving'"
	rm "$work/levels/silver/${paths[2]}"
	tier 0 gc --json
	has '.second_copies | .removed == 1 and .kept == 0 and .stuck == 0'
	[ ! -e "$work/levels/gold/${paths[3]}" ] || fail 'a second copy stays'
	tier 0 verify
}

# More rows than a run looks at: the next one goes on with the others.
test_rows_of_what_is_gone_are_removed_in_more_than_one_run() {
	trap no_levels EXIT
	with_levels
	moved
	# Those that another host moves stay, although they have no file.
	sql "INSERT INTO content (name, level, generate_time, update_time, half_life_sec, run_at, state, target, claim_token, host, lease_until)
		SELECT CONCAT('0/999/', seq, '-r1'), l.id, NOW(3), NOW(3), 0, NOW(3), 'moving', l.id, REPEAT('x', 16), 'elsewhere', NOW(3) + INTERVAL 1 DAY
		FROM seq_1_to_12000 JOIN level l ON l.name = 'bronze';
		INSERT INTO content (name, level, generate_time, update_time, half_life_sec, run_at) SELECT '0/999/99999-r1', id, NOW(3), NOW(3), 0, NOW(3)
		FROM level WHERE name = 'bronze'"
	moved
	equal "$(sql "SELECT COUNT(*) FROM content WHERE name = '0/999/99999-r1'")" 1 'rows after one run'
	moved
	equal "$(sql "SELECT COUNT(*) FROM content WHERE name = '0/999/99999-r1'")" 0 'rows after two runs'
	equal "$(sql 'SELECT COUNT(*) FROM content')" 12000
}

# What the others allow is done; only without any level is there nothing that can be done.
test_a_run_without_a_level_ends_well_and_tells_of_it() {
	trap no_levels EXIT
	with_levels
	sounds 1
	rm "$work/levels/gold/.tts-media"
	fetched "${names[0]}" 2001
	moved
	grep -q 'level gold cannot be used' "$work/tier.log" || fail "$(cat "$work/tier.log")"
	tier 0 tier show --json "${names[0]}"
	has '.content_level == "silver" and .found_on == "silver"'
	tier 1 status --json
	has '.tier.runs[0].end == "ok"'
	rm "$work/levels/silver/.tts-media"
	mv "$STATE/media/.tts-media" "$work/marker"
	moved 74
	mv "$work/marker" "$STATE/media/.tts-media"
	: >"$work/levels/silver/.tts-media"
	: >"$work/levels/gold/.tts-media"
	moved
	tier 0 tier show --json "${names[0]}"
	has '.content_level == "gold"'
}

# files_on LEVEL: how the files there that nobody looks for are told of.
files_on() {
	echo "1 file is on the level $1, $work/levels/$1, which is not in levels.list: clients get 404 for them"
}

test_files_on_a_level_that_was_taken_away_too_early_are_told_of() {
	local line
	trap no_levels EXIT
	with_levels
	sounds 3
	fetched "${names[0]}" 2001
	fetched "${names[1]}" 1001
	fetched "${names[2]}" 1
	moved
	tier 0 tier
	never grep -q 'levels.list' <<<"$out$err"
	# Gold alone.
	sed -i '/name = "gold"/d; s/\(name = "silver".*\),$/\1/' "$work/levels/conf.d/levels.conf"
	tier 1 status
	says "^WRONG: $(files_on gold)\$"
	never grep -q 'level silver' <<<"$(grep WRONG <<<"$out")"
	tier 0 tier
	says "$(files_on gold); put it back in levels.list and run tts-setup" "$err"
	moved 78
	# All of them.
	rm "$work/levels/conf.d/levels.conf"
	tier 1 status
	says "^WRONG: $(files_on gold)\$"
	says "^WRONG: $(files_on silver)\$"
	never grep -q 'level bronze' <<<"$out"
	tier 69 tier
	says "$(files_on silver)" "$err"
	# Back again, as it is said.
	with_levels
	moved
	tier 0 verify
	tier 0 tier show --json "${names[0]}"
	has '.found_on == "gold"'
	# Without levels they are rendered again, and then nothing is missing.
	rm "$work/levels/conf.d/levels.conf"
	tier 0 verify --repair
	says '^2 sentences are rendered again$'
	until_so 30 all_ready
	tier 0 verify
	tier 0 status
	never grep -q 'levels.list' <<<"$out"
}

# A level that is almost full: a hotter file takes the place of the coldest one if it is hotter by a quarter, and only then.
test_a_full_level_has_the_hottest_files() {
	local name
	trap no_levels EXIT
	with_levels
	sed -i '/name = "gold"/s/free_mib/max_mib = 1; free_mib/' "$work/levels/conf.d/levels.conf"
	sounds 5
	fetched "${names[0]}" 2100
	fetched "${names[1]}" 2200
	for name in "${names[@]:2}"; do fetched "$name" 1; done
	moved
	# As if each were half as large as the level.
	sql 'UPDATE content SET bytes = 500000'
	fetched "${names[2]}" 2299
	moved
	on gold 0
	on gold 1
	on silver 2
	# The one gets its place, and has room there in the next run; the other stays out of a lower level until then.
	fetched "${names[3]}" 2999
	fetched "${names[4]}" 2149
	moved
	on silver 0
	on gold 1
	on bronze 3
	on bronze 4
	tier 0 tier history --json "${names[0]}"
	has '.[0].reason == "full" and .[0].old_content_level == "gold"'
	moved
	on gold 1
	on gold 3
	tier 0 verify
}

# on LEVEL N: the Nth file of "sounds" is there.
on() {
	tier 0 tier show --json "${names[$2]}"
	has '.content_level == $l and .found_on == $l' --arg l "$1"
}
