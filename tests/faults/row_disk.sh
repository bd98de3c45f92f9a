# The disk refuses all or some writes, or is missing.
# shellcheck shell=bash

# The media tree is a file system of its own if the machine allows that.
row_disk() {
	stack_up || return
	rm "$STATE/media/.tts-media"
	if mount -t tmpfs -o size=64m,mode=0750 none "$STATE/media"; then
		touch "$STATE/own-disk"
	fi
	touch "$STATE/media/.tts-media"
	login && PROJECT=$(client project 6) && drain 60 all_done && oracle
}

need_own_disk() {
	[ -e "$STATE/own-disk" ] || skip 'no right to mount'
}

# refused NAME=VALUE…: a run in this environment, with work to do, ends with 74 (EX_IOERR); nothing is
# charged and no claim is kept. When the disk works again, everything is rendered.
refused() {
	local project status=0
	project=$(client project 4)
	render "$@" || status=$?
	[ $status = 74 ] || fail "it ended with $status"
	given_back "$project"
	drain
	oracle 2
}

given_back() {
	[ "$(count "state = 'claimed'")" = 0 ] || fail 'claims were not given back'
	[ "$(count 'attempts > 0 OR crashes > 0')" = 0 ] || fail 'somebody was charged'
	[ "$(count "project_id = $1 AND state = 'pending'")" -gt 0 ] || fail 'nothing was left to do'
}

# The same with failing system calls instead of fault points.
refused_by_system() {
	refused LD_PRELOAD="$tools/shim.so" SHIM_ROOT="$STATE/media" SHIM="$1"
}

# An error in the middle of a run: sounds stored before it are published.
in_the_middle() {
	local project status=0
	project=$(client project 30)
	render TTS_FAULT=media.write:ENOSPC:12 || status=$?
	[ $status = 74 ] || fail "it ended with $status"
	[ "$(count "project_id = $project AND state = 'ready'")" -ge 11 ] || fail 'what was stored is not published'
	given_back "$project"
	drain
	oracle
}

full() {
	local project status=0
	need_own_disk
	project=$(client project 40)
	mount -o remount,size=$(($(df -k --output=used "$STATE/media" | tail -n 1) + 60))k "$STATE/media"
	render || status=$?
	[ $status = 74 ] || fail "with a full disk it ended with $status"
	given_back "$project"
	render && fail 'the disk is still full, and it ended with 0'
	given_back "$project"
	mount -o remount,size=64m "$STATE/media"
	drain
	oracle
}

# untouched STATUS: a run ends with STATUS before anything is claimed.
untouched() {
	local status=0 turn
	turn=$(sql 'SELECT turn FROM queue_clock')
	render || status=$?
	[ $status = "$1" ] || fail "it ended with $status"
	[ "$(sql 'SELECT turn FROM queue_clock')" = "$turn" ] || fail 'it claimed all the same'
}

read_only() {
	need_own_disk
	client project 3 >/dev/null
	# Root, to whom permissions do not apply, is stopped as well.
	mount -o remount,ro "$STATE/media"
	untouched 74
	mount -o remount,rw "$STATE/media"
	drain
	oracle
}

no_marker() {
	client project 3 >/dev/null
	mv "$STATE/media/.tts-media" "$STATE/tmp/marker"
	untouched 74
	mv "$STATE/tmp/marker" "$STATE/media/.tts-media"
	drain
	oracle
}

not_mounted() {
	client project 3 >/dev/null
	need_own_disk
	umount -l "$STATE/media"
	untouched 74
	[ -z "$(ls -A "$STATE/media")" ] || fail 'it wrote where nothing is mounted'
}

# Somebody removes the directory of an existing project while its first file has only its temporary name.
directory_gone() {
	local project from
	project=$(client project 3)
	from=$(mark)
	render_start TTS_FAULT=render.published:sleep=700
	until_so 5 struck render.published "$from" || fail 'nothing was published'
	rm -r "${STATE:?}/media/$((project / 1000))/$project" || fail 'there is no directory'
	reap "$RENDERER" || fail "it ended with $?"
	[ "$(count "project_id = $project AND state = 'ready'")" = 3 ] || fail 'not everything is ready'
	oracle
}

# The disk disappears while a renderer runs.
lost_in_flight() {
	local project from status=0
	project=$(client project 10)
	from=$(mark)
	render_start TTS_FAULT=render.parent.received:sleep=1500:3
	until_so 10 struck render.parent.received "$from" || fail 'it did not get there'
	mv "$STATE/media/.tts-media" "$STATE/tmp/marker"
	reap "$RENDERER" || status=$?
	mv "$STATE/tmp/marker" "$STATE/media/.tts-media"
	[ $status = 74 ] || fail "it ended with $status"
	given_back "$project"
	drain
	oracle
}

# Writes of one byte, and interrupted calls: only slower.
interrupted() {
	local project
	project=$(client project 6)
	client edit "$(sentences "$PROJECT" | head -n 1)" >/dev/null
	render LD_PRELOAD="$tools/shim.so" SHIM_ROOT="$STATE/media" SHIM="$1" || fail "it ended with $?"
	[ "$(count "project_id = $project AND state = 'ready'")" = 6 ] || fail 'not everything is ready'
	oracle 12
}

# A file cannot be removed: its entry in the trash rests while others are removed, and is tried again later.
unremovable() {
	local error=$1 project path ids
	project=$(client project 3)
	drain
	mapfile -t ids < <(sentences "$project")
	path=$(sql "SELECT path FROM audio WHERE id = ${ids[0]}")
	client remove "${ids[0]}"
	until_so 10 is_due "${ids[0]}"
	work TTS_FAULT="media.unlink:$error" || fail "tts-work ended with $?"
	[ -e "$STATE/media/$path" ] || fail 'the file is gone all the same'
	[ "$(sql "SELECT tries > 0 AND run_at > NOW(3) FROM trash WHERE audio_id = ${ids[0]}")" = 1 ] || fail 'its entry does not rest'
	client remove "${ids[1]}"
	until_so 10 is_removed "${ids[1]}"
	[ -e "$STATE/media/$path" ] || fail 'it did not rest'
	drain 60 all_done
	[ ! -e "$STATE/media/$path" ] || fail 'its file is still there'
	oracle
}

is_due() {
	[ "$(sql "SELECT COUNT(*) FROM trash WHERE audio_id = $1 AND created_at < UTC_TIMESTAMP(3) - INTERVAL 3 SECOND")" = 1 ]
}

is_removed() {
	work || fail "tts-work ended with $?"
	[ "$(sql "SELECT COUNT(*) FROM trash WHERE audio_id = $1")" = 0 ]
}

# The API cannot create a tombstone: deleted objects disappear nevertheless, a little later.
no_tombstone() {
	local project id path
	need_own_disk
	project=$(client project 3)
	drain
	id=$(sentences "$project" | head -n 1)
	path=$(sql "SELECT path FROM audio WHERE id = $id")
	[ -e "$STATE/media/$path" ] || fail 'there is no file'
	mount -t tmpfs -o size=4k,nr_inodes=1 none "$STATE/gone"
	client remove "$id" || fail 'it cannot be deleted'
	umount "$STATE/gone"
	drain 60 all_done
	[ ! -e "$STATE/media/$path" ] || fail 'its file is still there'
	oracle
}

# A file is changed by somebody else (HOW gets its name): "ttsctl verify" finds it, and with --repair it
# is rendered again, to the same bytes.
behind_our_back() {
	local how=$1 id file sum
	id=$(sentences "$PROJECT" | sed -n 3p)
	file=$STATE/media/$(sql "SELECT path FROM audio WHERE id = $id")
	sum=$(sha256sum <"$file")
	"$how" "$file"
	"$FAULTS_BUILD/ttsctl" -c "$STATE/tts.conf" verify >"$STATE/tmp/verify" && fail 'verify finds nothing'
	say "$(<"$STATE/tmp/verify")"
	grep -qE "(^|[^0-9])$id([^0-9]|\$)" "$STATE/tmp/verify" || fail 'verify does not say which'
	"$FAULTS_BUILD/ttsctl" -c "$STATE/tts.conf" verify --repair || fail "the repair ended with $?"
	drain
	"$FAULTS_BUILD/ttsctl" -c "$STATE/tts.conf" verify || fail 'verify still finds something'
	[ "$(sha256sum <"$file")" = "$sum" ] || fail 'the new file is different'
	oracle
}

flip_bit() {
	local byte
	byte=$(od -An -tu1 -j300 -N1 "$1")
	printf '%b' "\\x$(printf %x $((byte ^ 4)))" | dd of="$1" bs=1 seek=300 conv=notrunc status=none
}

cut_off() {
	truncate -s -100 "$1"
}

cases_disk() {
	local point error call
	for point in $(tests/faults/points | grep '^media\.' | grep -vx media.unlink); do
		for error in ENOSPC EDQUOT EIO; do
			case $error in
			ENOSPC) test_case short "$error at $point" refused TTS_FAULT="$point:$error" ;;
			*) test_case usual "$error at $point" refused TTS_FAULT="$point:$error" ;;
			esac
		done
	done
	# The first fsync of a run is that of the directory's parent, the next that of the directory.
	for call in open:ENOSPC:'*7' mkdir:EDQUOT:1 write:ENOSPC:2 write:EIO:1 fsync:EIO:1 fsync:EIO:2 fsync:EIO:3 \
		rename:EIO:1 rename:ENOSPC:2; do
		test_case usual "the system's $call" refused_by_system "$call"
	done
	for error in EIO EROFS; do
		test_case short "$error when a file is removed" unremovable "$error"
	done
	test_case short 'no room in the middle of a run' in_the_middle
	test_case short 'a full disk' full
	test_case short 'a read-only disk' read_only
	test_case short 'no marker' no_marker
	test_case short 'the marker disappears while it runs' lost_in_flight
	test_case short "a project's directory is removed before its files have their names" directory_gone
	test_case short 'writes of one byte' interrupted 'write:short:*2'
	test_case short 'interrupted calls' interrupted \
		'write:EINTR:*3,close:EINTR:*4,open:EINTR:*50'
	test_case usual 'no room for a tombstone' no_tombstone
	test_case short 'a file is deleted by somebody else' behind_our_back rm
	test_case short 'a bit of a file is flipped' behind_our_back flip_bit
	test_case usual 'a file is truncated by somebody else' behind_our_back cut_off
	test_case usual 'nothing is mounted' not_mounted
}
