# tts-tier dies at every step of a move, is asked to leave, loses the database or a level, while files are moved
# between three file systems.
# shellcheck shell=bash

. tests/faults/tier_outside.sh
. tests/faults/tier_hosts.sh
. tests/faults/tier_load.sh

# The levels are file systems of their own if the machine allows that; gold and silver have room beside the level for
# something else that fills them.
row_tier() {
	tier_stack && login && PROJECT=$(client project 6) && PINNED=$(client project 2) && drain 60 all_done && tier &&
		tier_is_sound && oracle || return
	# Files go up and down at all.
	warm 30 && tier_drain && [ "$(on_level gold | wc -l)" = 8 ] && warm 5 && tier_drain && [ "$(on_level silver | wc -l)" = 8 ] &&
		warm 0 && tier_drain && [ "$(on_level bronze | wc -l)" = 8 ] && tier_is_sound || return
	[ ! -e "$STATE/own-g" ] || tier_makes_room
}

tier_stack() {
	local dir
	stack_new
	for dir in media s g; do
		mkdir -p "$STATE/$dir"
		! mount -t tmpfs -o size=32m,mode=0755 none "$STATE/$dir" || touch "$STATE/own-$dir"
	done
	POOL=1 LEVELS="bronze:0:$STATE/media silver:3:$STATE/s/silver gold:20:$STATE/g/gold" stack_set levels.grace_sec=2 \
		levels.min_stay_sec=0 levels.half_life_sec=0 levels.run_sec=30 levels.lease_sec=60
}

# Files that nobody fetched leave a full level.
tier_makes_room() {
	local name
	name=$(still_on bronze)
	mkdir -p "$STATE/g/gold/${name%/*}" && mv "$STATE/media/$name" "$STATE/g/gold/$name" && sql 'DELETE FROM content' || return
	head -c 30m /dev/zero >"$STATE/g/filler"
	tier_drain
	rm "$STATE/g/filler"
	[ -z "$(on_level gold)" ] && [ -n "$(on_level silver)" ]
}

need_own_levels() {
	[ -e "$STATE/own-g" ] || skip 'no right to mount'
}

# Give all files a row; those without one go to the level where the renderer writes.
rows_for_all() {
	local name
	sql 'SELECT path FROM audio a WHERE path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM content c WHERE c.audio_id = a.id
		AND c.revision = a.audio_revision)' | while read -r name; do
		[ -e "$STATE/media/$name" ] || {
			mkdir -p "$STATE/media/${name%/*}" && mv "$STATE/g/gold/$name" "$STATE/media/$name"
		}
	done
	sql "INSERT IGNORE INTO content (name, project_id, audio_id, revision, level, generate_time, update_time, half_life_sec, run_at)
		SELECT CONCAT(project_id DIV 1000, '/', project_id, '/', id, '-r', audio_revision), project_id, id, audio_revision,
			(SELECT id FROM level WHERE name = 'bronze'), NOW(3), NOW(3), 0, NOW(3) FROM audio WHERE path IS NOT NULL"
}

# warm COUNT [CONDITION]: as if all files (of which CONDITION is true) had been fetched COUNT times.
warm() {
	rows_for_all
	sql "UPDATE content SET total = $1, lw = IF($1 = 0, -1e9, LOG2($1)), run_at = NOW(3), tries = 0
		WHERE audio_id IN (SELECT id FROM audio WHERE ${2:-1})"
}

# So that all have to go to another level.
warm_other() {
	warm "$(sql "SELECT IF(SUM(l.name = 'gold') > 0, 0, 30) FROM content c JOIN level l ON l.id = c.level WHERE c.project_id = $PROJECT")"
}

# The sounds that are on a level.
on_level() {
	local dir=$1
	case $1 in
	bronze) dir=media ;;
	silver) dir=s/silver ;;
	gold) dir=g/gold ;;
	esac
	(cd "$STATE/$dir" && find . -name '*.mp3' -printf '%P\n' | sort)
}

# Nothing is in hand, no file is lost, none is on two levels, and each is where its row says.
tier_is_sound() {
	local level left
	left=$(sql "SELECT COUNT(*) FROM content WHERE state = 'moving'")
	[ "$left" = 0 ] || fail "$left moves are not completed"
	left=$(find "$STATE"/{media,s,g} -name '.tmp-*' | wc -l)
	[ "$left" = 0 ] || fail "$left temporary files are left"
	for level in bronze silver gold; do
		on_level $level | sed "s/^/$level /"
	done | sort -t ' ' -k 2 >"$STATE/tmp/there"
	left=$(cut -d' ' -f2 "$STATE/tmp/there" | uniq -d)
	[ -z "$left" ] || fail "on two levels: $left"
	sql "SELECT COALESCE(l.name, ''), a.path FROM audio a LEFT JOIN content c ON c.audio_id = a.id
		AND c.revision = a.audio_revision LEFT JOIN level l ON l.id = c.level WHERE a.path IS NOT NULL" |
		tr '\t' ' ' | sort -t ' ' -k 2 >"$STATE/tmp/wanted"
	# A file without a row is on any level.
	left=$(join -t ' ' -1 2 -2 2 -a 1 -o 1.1,1.2,2.1 "$STATE/tmp/wanted" "$STATE/tmp/there" |
		awk -F '[ ]' '$3 == "" || ($1 != "" && $1 != $3)')
	[ -z "$left" ] || fail "lost, or not where the row says: $left"
}

# Runs of tts-tier until nothing is left to be done, as the timer would start them.
tier_drain() {
	local n status
	for n in 1 2 3; do
		status=0
		tier || status=$?
		[ $status = 0 ] || fail "a run ended with status $status"
		[ "$(sql "SELECT COUNT(*) FROM content WHERE state = 'moving'")" != 0 ] || return 0
	done
}

# ---------------------------------------------------------------------------------- death at a point

# meet_tier POINT ACTION: with files that go up and down, a pin, lines in nginx's log, files without a row on a level
# that is full, and moves of a run that died.
meet_tier() {
	local point=$1 action=$2 from
	tier_work
	tier TTS_FAULT=tier.copied:kill 2>/dev/null || true
	tier_work
	from=$(mark)
	case $point in
	store.tier.finish.*) tier TTS_FAULT="media.move.copy:EIO,$point:$action" || true ;;
	store.tier.apply.*) sql 'UPDATE level SET min_count = min_count + 1' && tier TTS_FAULT="$point:$action" || true ;;
	store.tier.convert.*) sql 'UPDATE level SET half_life_sec = 604800; UPDATE content SET half_life_sec = 604800' &&
		tier TTS_FAULT="$point:$action" || true ;;
	store.tier.seen.*) sql 'UPDATE content SET bytes = 0' && tier TTS_FAULT="$point:$action" || true ;;
	store.tier.doubt.*) loses_claims TTS_FAULT="tier.copied:sleep=1500,$point:$action" || true ;;
	*) tier TTS_FAULT="$point:$action" || true ;;
	esac
	rm -f "$STATE/g/filler"
	struck "$point" "$from"
}

# A run whose claims are lost while it makes copies.
loses_claims() {
	local from
	from=$(mark)
	tier_start "$@"
	until_so 10 struck tier.copied "$from" || fail 'nothing was copied'
	sql "UPDATE content SET state = 'still', target = NULL, claim_token = NULL, lease_until = NULL WHERE state = 'moving'"
	reap "$TIER"
}

# Each time every file has to go to another level.
tier_work() {
	local turn name dir=media
	turn=$(($(cat "$STATE/turn" 2>/dev/null) + 1))
	echo $turn >"$STATE/turn"
	warm 25 "MOD(id + $turn, 3) = 0"
	warm 5 "MOD(id + $turn, 3) = 1"
	warm 0 "MOD(id + $turn, 3) = 2"
	sql "REPLACE INTO level_pin SELECT $PINNED, id, NOW(3) FROM level WHERE rank = MOD($turn, 3)"
	name=$(sql 'SELECT name FROM content LIMIT 1')
	echo "$(date +%s.000) 200 5000 192.0.2.$((RANDOM % 250)) $name" >>"$STATE/log/fetches.log"
	# One that nobody fetched, on a full level.
	name=$(still_on bronze)
	[ -n "$name" ] || {
		name=$(still_on silver)
		dir=s/silver
	}
	if [ -n "$name" ] && [ -e "$STATE/own-g" ]; then
		mkdir -p "$STATE/g/gold/${name%/*}"
		cp -p "$STATE/$dir/$name" "$STATE/g/gold/$name" && rm "$STATE/$dir/$name"
		sql "DELETE c FROM content c JOIN audio a ON a.id = c.audio_id WHERE a.path = '$name'"
		head -c 30m /dev/zero >"$STATE/g/filler"
	fi
}

# A file that is on a level and not moving.
still_on() {
	sql "SELECT a.path FROM content c JOIN audio a ON a.id = c.audio_id AND a.audio_revision = c.revision JOIN level l ON l.id = c.level
		WHERE l.name = '$1' AND c.state = 'still' AND c.pinned IS NULL AND c.project_id <> $PINNED LIMIT 1"
}

# dies_at POINT N IN_A_ROW: N deaths, and a look after each few of them, the later of which find what the ones before
# left.
dies_at() {
	local point=$1 n=$2 in_a_row=$3 i
	for ((i = 1; i <= n; i++)); do
		meet_tier "$point" kill || fail "$point is never met"
		[ $((i % in_a_row)) = 0 ] || continue
		tier_drain
		tier_is_sound
	done
	oracle 1
}

# The same with one death after another: each finds what the one before left.
dies_at_all() {
	local point
	for point; do
		meet_tier "$point" kill || fail "$point is never met"
	done
	tier_drain
	tier_is_sound
	oracle 1
}

# points_of FILES…: the points in these files of the code.
points_of() {
	tests/faults/points levels | while read -r point; do
		! grep -qF "\"$point\"" "$@" || echo "$point"
	done
}

# tts-tier comes to these; the others are those of ttsctl, and of the routes for outside programs.
tier_points() {
	# shellcheck disable=SC2046 # words are wanted
	points_of $(find common/media store tier-job -name '*.c' ! -name tier_admin.c ! -name tier_outside.c)
}

# ---------------------------------------------------------------------------------- leaving, the database

asked_to_leave_tier() {
	local point=$1 from status=0
	tier_drain
	warm_other
	from=$(mark)
	tier_start TTS_FAULT="$point:sleep=1000"
	until_so 10 struck "$point" "$from" || fail "$point is never met"
	kill -TERM "$TIER" 2>/dev/null || true
	reap "$TIER" || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	tier_is_sound
	[ "$(sql 'SELECT COALESCE(SUM(tries), 0) FROM content')" = 0 ] || fail 'somebody was charged'
}

tier_without_database() {
	local from status=0
	tier_drain
	warm_other
	from=$(mark)
	tier_start TTS_FAULT=tier.copied:sleep=1500
	until_so 10 struck tier.copied "$from" || fail 'nothing was copied'
	database_kill
	reap "$TIER" || status=$?
	[ $status = 75 ] || fail "it ended with status $status"
	database_start
	tier_drain
	tier_is_sound
	oracle 1
}

# ---------------------------------------------------------------------------------- levels in trouble

# What cannot be moved stays where it was, and can be fetched; when the level is back it is moved.
level_in_trouble() {
	local break=$1 mend=$2 status=0
	need_own_levels
	warm 0
	tier_drain
	tier_drain
	warm 30
	$break
	tier || status=$?
	[ $status = 0 ] || fail "it ended with status $status"
	[ -z "$(on_level gold)" ] || fail 'files came to the level'
	files_are_served
	$mend
	sql 'UPDATE content SET run_at = NOW(3)'
	tier_drain
	[ -n "$(on_level gold)" ] || fail 'nothing was moved afterwards'
	tier_is_sound
	files_are_served
	oracle 1
}

files_are_served() {
	local path
	for path in $(sql 'SELECT path FROM audio WHERE path IS NOT NULL'); do
		[ "$(curl -s -o "$STATE/answer" -w '%{http_code}' "http://127.0.0.1:$PORT/media/$path")" = 200 ] ||
			fail "$path is not served"
	done
}

gold_unmounted() { mv "$STATE/g/gold/.tts-media" "$STATE/g/marker"; }
gold_mounted() { mv "$STATE/g/marker" "$STATE/g/gold/.tts-media"; }
# Of this mount alone: the file system itself is busy while nginx has files open that were removed.
gold_read_only() { mount -o remount,bind,ro "$STATE/g"; }
gold_writable() { mount -o remount,bind,rw "$STATE/g"; }
# Full to the last byte although it has room by its figures: others write as well.
gold_full() { mount -o remount,size=$(($(df -k --output=used "$STATE/g" | tail -n 1) + 8))k "$STATE/g"; }
gold_roomy() { mount -o remount,size=32m "$STATE/g"; }

# Files on gold while gold is away: nothing is moved from there, what is deleted stays hidden and goes later.
deleted_while_away() {
	local fresh status=0
	need_own_levels
	fresh=$(client project 3)
	drain 60 all_done
	warm 30
	tier_drain
	gold_unmounted
	client delete "$fresh"
	sleep 3
	work || true
	[ -n "$(ls "$STATE/g/gold/0/$fresh")" ] || fail 'the files were not on gold'
	gold_mounted
	sql 'UPDATE trash SET run_at = NOW(3)' 2>/dev/null || true
	until_so 30 gone_from_gold "$fresh" || fail 'the files are still there'
	drain 60 all_done
	tier_drain
	tier_is_sound
	oracle 1
}

gone_from_gold() {
	work || true
	[ ! -e "$STATE/g/gold/0/$1" ]
}

# Every point, each one often; in the short run those whose deaths leave something of their own, one after another.
cases_tier_points() {
	local point media=() store=() steps=()
	for point in $(tier_points); do
		test_case usual "kill -9 at $point" dies_at "$point" "$(pick 1 50 50)" "$(pick 1 5 1)"
		case $point in
		*.before_commit | tier.start | tier.done) ;; # as if it had not begun, or as at tier.grace
		media.level | media.move.link | media.move.cop* | media.move.comp*) ;; # as at media.move.write
		media.*) media+=("$point") ;;
		store.*) store+=("$point") ;;
		*) steps+=("$point") ;;
		esac
	done
	if [ "$LENGTH" = short ]; then
		test_case short 'kill -9 while files are copied and removed' dies_at_all "${media[@]}"
		test_case short 'kill -9 after each COMMIT' dies_at_all "${store[@]}"
		test_case short 'kill -9 between the steps of a move' dies_at_all "${steps[@]}"
	fi
	for point in $(points_of store/tier_admin.c); do
		test_case usual "ttsctl is killed at $point" admin_dies_at "$point"
	done
	for point in $(points_of store/tier_outside.c); do
		test_case usual "tts-api is killed at $point" outside_dies_at "$point"
	done
}

cases_tier() {
	local point n
	cases_tier_points
	for point in tier.claimed tier.copied tier.done tier.grace; do
		test_case "$([ $point = tier.copied ] && echo short || echo usual)" "SIGTERM at $point" asked_to_leave_tier "$point"
	done
	test_case short 'the database dies in the middle' tier_without_database
	test_case short 'the fast level is not mounted' level_in_trouble gold_unmounted gold_mounted
	test_case usual 'the fast level is read-only' level_in_trouble gold_read_only gold_writable
	test_case usual 'the fast level is full' level_in_trouble gold_full gold_roomy
	test_case short 'files are deleted while their level is away' deleted_while_away
	test_case usual 'another host takes moves over' overtaken_tier
	test_case short 'a host that comes too late' late_tier
	n=$(pick 400 10000 10000)
	test_case short "two hosts move $n files" two_hosts "$n"
	test_case usual 'files are read while they are moved 10000 times' moved_under_load 1000 10000
	test_case short 'edits and deletions during moves' edited_meanwhile "$(pick 6 60 600)"
}
