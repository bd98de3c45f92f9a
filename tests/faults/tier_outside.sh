# What ttsctl and outside programs do with levels of storage, while they or the API die. Part of row_tier.sh.
# shellcheck shell=bash disable=SC2153

admin_dies_at() {
	local point=$1 from command id status
	warm 0
	tier_drain
	# A row for a file that is gone, one that could not be moved, and a file with a second copy.
	id=$(still_on bronze)
	mkdir -p "$STATE/g/gold/${id%/*}"
	cp -p "$STATE/media/$id" "$STATE/g/gold/$id"
	id=$(sql "SELECT id FROM audio WHERE project_id = $PROJECT AND path IS NOT NULL LIMIT 1")
	find "$STATE"/{media,s,g} -name "$id-r*.mp3" -exec touch -d '-1 day' {} + -delete
	sql "UPDATE content SET tries = 1, error = 'made up', run_at = NOW(3) + INTERVAL 1 HOUR WHERE project_id = $PROJECT"
	from=$(mark)
	for command in "tier pin $PROJECT silver" "tier unpin $PROJECT" 'tier retry' gc 'verify --repair'; do
		status=0
		# shellcheck disable=SC2086 # words are wanted
		ctl TTS_FAULT="$point:kill" $command || true
		# shellcheck disable=SC2086
		ctl $command || status=$?
		# Nothing to be unpinned, something to be repaired.
		[[ "$command $status" =~ ^(tier pin .* 0|tier unpin .* (0|66)|tier retry 0|gc 0|verify --repair (0|1))$ ]] ||
			fail "ttsctl $command ended with $status"
	done
	struck "$point" "$from" || fail "$point is never met"
	[ "$(sql "SELECT COUNT(*) FROM level_pin WHERE project_id = $PROJECT")" = 0 ] || fail 'the pin is still there'
	[ "$(sql "SELECT COUNT(*) FROM content WHERE error <> ''")" = 0 ] || fail 'errors are still there'
	drain
	tier_drain
	tier_is_sound
	oracle 1
}

# What an outside program is told when the worker of the pool dies: nothing, or the answer; asked again, the same.
outside_dies_at() {
	local point=$1 from id cid last
	warm 0
	tier_drain
	id=$(sql "SELECT id FROM audio WHERE project_id = $PROJECT AND path IS NOT NULL LIMIT 1")
	cid=$(sql "SELECT id FROM content WHERE audio_id = $id ORDER BY id DESC LIMIT 1")
	[[ $point != *.of_audio.* ]] || sql "DELETE FROM content WHERE audio_id = $id"
	from=$(mark)
	echo "$point:kill" >"$STATE/plan/api/1"
	kill -TERM "$(pids tts-api)" # of the one worker
	until_so 10 test ! -e "$STATE/plan/api/1" || fail 'no worker took the plan'
	case $point in
	*.of_audio.*) outside post_sentence "audio_id=$id&count=2342" ;;
	*) outside post_sentence "cid=$cid&count=2342" ;;
	esac
	cid=$(sql "SELECT id FROM content WHERE audio_id = $id ORDER BY id DESC LIMIT 1")
	[ "$(sql "SELECT total FROM content WHERE id = $cid")" = 2342 ] || fail 'the count is another'
	# As if it had been moved by that program.
	id=$(sql "SELECT path FROM audio WHERE id = $id")
	mkdir -p "$STATE/g/gold/${id%/*}"
	mv "$STATE/media/$id" "$STATE/g/gold/$id"
	last=$(sql 'SELECT COALESCE(MAX(id), 0) FROM update_history')
	outside update_sentence "cid=$cid"
	struck "$point" "$from" || fail "$point is never met"
	[ "$(sql "SELECT l.name FROM content c JOIN level l ON l.id = c.level WHERE c.id = $cid")" = gold ] || fail 'it is on another level'
	[ "$(sql "SELECT COUNT(*) FROM update_history WHERE cid = $cid AND new_content_level = 'gold' AND id > $last")" = 1 ] || fail 'the history has another number of moves'
	tier_drain
	tier_is_sound
	oracle 1
}

# Ask until there is an answer.
outside() {
	until_so 10 outside_once "$@" || fail "there is no answer to $1"
}

outside_once() {
	local status
	status=$(curl -s -o "$STATE/answer" -w '%{http_code}' --unix-socket "$STATE/run/metrics.sock" -d "$2" "http://x/$1")
	# Asked again for what was done already: there is nothing to be moved.
	[ "$status" = 200 ] || [ "$status" = 409 ]
}
