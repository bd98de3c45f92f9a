# The commands of ttsctl that handle files, verify and gc, on a running server.
# shellcheck shell=bash disable=SC2034,SC2154

old() {
	touch -h -d '3 hours ago' -- "$@"
}

# sound INDEX: print the file of a sentence of $project.
sound() {
	request GET "/audio/$(audio_at "$1")"
	echo "$STATE$(get .path)"
}

# ---------------------------------------------------------------------------------- verify

test_verify_finds_nothing_where_all_is_well() {
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	ctl 0 verify
	says 'sounds checked, .*: none broken'
	ctl 0 verify --json
	has '.broken == [] and .broken_count == 0 and .checked >= 2 and .bytes > 0 and .queued == 0'
	ctl 0 verify --json --project "$project"
	has '.checked == 2'
}

test_verify_does_not_find_well_what_is_not_there() {
	new_user
	new_project 'One canary.'
	all_ready
	request DELETE "/project/$project"
	expect 201
	ctl 66 verify --project "$project"
	says "there is no project $project" "$err"
	ctl 66 verify --json --repair --project 999999999
	equal "$out" ''
}

test_verify_finds_what_is_deleted_cut_or_changed_and_repairs_it() {
	local files=() i broken url1
	new_user
	new_project 'One canary. Two canaries. Three canaries. Four canaries. Five canaries.'
	all_ready
	for i in 1 2 3 4 5; do files[i]=$(sound "$i"); done
	mkdir -p "$work/before" && cp "${files[@]}" "$work/before/"
	rm "${files[1]}"
	truncate -s -1 "${files[2]}"
	printf 'x' | dd of="${files[3]}" bs=1 seek=1000 conv=notrunc status=none
	rm "${files[4]}" && ln -s /etc/passwd "${files[4]}"
	hold_renderer

	ctl 1 verify --json --project "$project"
	has '[.broken[].file] == ["missing", "of another size", "of other bytes", "not a file"]
		and .broken_count == 4 and .queued == 0'
	ctl 1 verify --project "$project"
	says "audio [0-9]+ of project $project: the file of revision 1 is missing"
	request GET "/project/$project"
	want '.ready_count == 5'

	ctl 0 verify --json --repair --project "$project"
	has '.broken_count == 4 and .queued == 4'
	request GET "/project/$project"
	want '.ready_count == 1 and .pending_count == 4'
	counts_are_right
	for i in 1 2 3 4; do [ ! -L "${files[i]}" ] && [ ! -e "${files[i]}" ] || fail "${files[i]} is still there"; done
	[ -s /etc/passwd ] || fail 'a link was followed'
	ctl 0 verify --project "$project"
	release_renderer
	all_ready
	counts_are_right
	for i in 1 2 3 4 5; do
		equal "$(sound "$i")" "${files[i]}" 'the name of a sound that was made again'
		cmp "${files[i]}" "$work/before/${files[i]##*/}"
		answers "${files[i]#"$STATE"}" 200 || fail "the repaired sound answers $status"
	done
	ctl 0 verify --project "$project"
}

test_verify_repairs_the_sound_before_an_edit_as_well() {
	local id file
	new_user
	new_project 'One canary.'
	all_ready
	id=$(audio_at 1) file=$(sound 1)
	hold_renderer
	send POST "/audio/$id" '{"text":"Two canaries.","speed":1}'
	expect 201
	rm "$file"
	ctl 1 verify --json --project "$project"
	has '[.broken[] | {audio, revision, file}] == [{audio: $id, revision: 1, file: "missing"}]' --argjson id "$id"
	ctl 0 verify --repair --project "$project"
	request GET "/audio/$id"
	want '.previous_path == "" and .status == "pending" and .revision == 2'
	release_renderer
	sound_ready "$id"
	want '.revision == 2'
	ctl 0 verify --project "$project"
	counts_are_right
}

test_verify_does_not_take_a_missing_disk_for_missing_files() {
	new_user
	new_project 'One canary.'
	all_ready
	hold_renderer
	mv "$STATE/media/.tts-media" "$work/marker"
	ctl 74 verify --repair
	ctl 74 gc
	ctl 1 status
	says '^WRONG: nothing can be stored in media.root'
	mv "$work/marker" "$STATE/media/.tts-media"
	request GET "/project/$project"
	want '.ready_count == 1'
	ctl 0 verify --project "$project"
	release_renderer
}

test_verify_and_gc_find_files_that_no_row_names() {
	local file dir
	new_user
	new_project 'One canary.'
	all_ready
	file=$(sound 1) dir=${file%/*}
	hold_renderer
	# Of another revision, and of a deleted sentence.
	cp "$file" "$dir/$(audio_at 1)-r7-0123456789abcdef0123456789abcdef.mp3"
	cp "$file" "$dir/999999999-r1-0123456789abcdef0123456789abcdef.mp3"
	ctl 0 verify --project "$project"
	ctl 0 gc
	equal "$(find "$dir" -type f | wc -l)" 3 'files, while they are young'
	old "$dir"/*-0123456789abcdef0123456789abcdef.mp3
	old "$file"
	ctl 1 verify --project "$project"
	says '2 old files that no row names'
	ctl 0 gc --json --dry-run
	has '.dry_run and .files.removed == 2'
	equal "$(find "$dir" -type f | wc -l)" 3 'files, after a dry run'
	ctl 0 gc --json
	has '.dry_run == false and .files.removed == 2 and .files.bytes > 0'
	equal "$(find "$dir" -type f)" "$file"
	ctl 0 verify --project "$project"
	release_renderer
}

# ---------------------------------------------------------------------------------- gc

test_gc_sweeps_what_is_old_and_nothing_else() {
	local file dir link command gone=$STATE/media/4000/4000123
	new_user
	new_project 'One canary.'
	all_ready
	file=$(sound 1) dir=${file%/*}
	link=$dir/18-r1-0123456789abcdef0123456789abcdef.mp3
	hold_renderer
	echo x >"$dir/.tmp-0123456789abcdef0123456789abcdef"
	echo x >"$dir/.tmp-00000000000000000000000000000000"
	old "$dir/.tmp-0123456789abcdef0123456789abcdef"
	mkdir -p "$gone" "$STATE/media/4001/4001000" "$STATE/media/4002"
	cp "$file" "$gone/17-r1-0123456789abcdef0123456789abcdef.mp3"
	old "$gone"/* "$gone" "$STATE/media/4000" "$STATE/media/4001/4001000" "$STATE/media/4001"
	echo x >"$dir/notes.txt"
	ln -s /etc "$STATE/media/5000"
	ln -s /etc/passwd "$link"
	old "$dir/notes.txt" "$STATE/media/5000" "$link"
	old "$file"

	: >"$STATE/gone/x"
	ctl 1 gc --verbose
	says '^4 things are not ours and stay$'
	says "^not ours: $dir/notes.txt\$"
	says "^not ours: $STATE/media/5000\$"
	says "^not ours: $STATE/gone/x\$"
	says "^not ours: ${link%-*}\$"
	equal "$err" ''
	[ ! -e "$dir/.tmp-0123456789abcdef0123456789abcdef" ] || fail 'an old temporary file stays'
	[ -e "$dir/.tmp-00000000000000000000000000000000" ] || fail 'a young temporary file goes'
	[ ! -e "$STATE/media/4000" ] || fail 'what is left of a project without a row stays'
	[ ! -e "$STATE/media/4001" ] || fail 'an empty directory stays'
	[ -d "$STATE/media/4002" ] || fail 'a young directory goes'
	[ -e "$file" ] || fail 'a sound that its row names goes'
	[ -e "$dir/notes.txt" ] && [ -L "$STATE/media/5000" ] && [ -L "$link" ] || fail 'what is not ours goes'
	says 'removed unnamed file 4000/4000123/17-r1$'
	! grep -q 0123456789abcdef0123456789abcdef.mp3 <<<"$out" || fail 'the key of a file is told'
	# verify reports the same files, and no other problem.
	grep 'not ours' <<<"$out" | sort >"$work/foreign"
	for command in verify 'verify --repair' gc; do
		# shellcheck disable=SC2086
		ctl 1 $command
		equal "$(grep 'not ours' <<<"$out" | sort)" "$(<"$work/foreign")" "$command"
		equal "$err" ''
		# shellcheck disable=SC2086
		ctl 1 $command --json
		has '.foreign == 4 and (.foreign_paths | sort) == $paths' --argjson paths \
			"$(sed -n 's/^not ours: //p' "$work/foreign" | jq -Rnc '[inputs] | sort')"
		equal "$err" ''
	done
	rm "$dir/notes.txt" "$STATE/media/5000" "$link" "$STATE/gone/x" "$dir"/.tmp-*
	rmdir "$STATE/media/4002"
	ctl 0 verify
	ctl 0 gc
	release_renderer
}

# Directories of pipelines that tts-work removes while they are read.
test_gc_does_not_mind_directories_that_go_meanwhile() {
	local dir=$STATE/media/pipeline/7000 round remover
	for round in 1 2 3 4 5; do
		mkdir -p "$dir"
		(cd "$dir" && mkdir $(seq 7000001 7004000))
		(cd "$dir" && sleep "0.0$((round * 2))" && rmdir $(seq 7000001 7004000)) &
		remover=$!
		ctl 0 gc --json
		has '.foreign == 0'
		wait "$remover"
	done
	rmdir "$dir"
}

test_gc_waits_for_whoever_may_still_publish() {
	local id file later
	new_user
	hold_renderer
	new_project 'One canary.'
	id=$(audio_at 1)
	# As if the renderer had died long ago, after writing the file and before the row.
	mkdir -p "$STATE/media/$((project / 1000))/$project"
	file=$STATE/media/$((project / 1000))/$project/$id-r1-0123456789abcdef0123456789abcdef.mp3
	# And one of a revision to come: the database is older than the files, and an edit makes it the next.
	later=${file/-r1-/-r2-}
	echo x | tee "$later" >"$file"
	old "$file" "$later"
	sql "UPDATE audio SET state = 'claimed', claim_token = RANDOM_BYTES(16), host = 'elsewhere',
		lease_until = NOW(3) + INTERVAL 1 HOUR WHERE id = $id"
	ctl 0 gc --json
	[ -e "$file" ] || fail 'the file of a claimed sentence goes'
	[ -e "$later" ] || fail 'the file of a later revision goes while the sentence is claimed'
	sql "UPDATE audio SET state = 'pending', claim_token = NULL, host = NULL, lease_until = NULL WHERE id = $id"
	ctl 0 gc --json
	has '.files.removed == 2'
	[ ! -e "$file" ] && [ ! -e "$later" ] || fail 'a file that nobody makes stays'
	release_renderer
	all_ready
}

# sweep: run gc again and again with a grace time of one second, until the test ends it.
sweep() {
	sed 's|# grace_sec = 3600;|grace_sec = 1;|' "$STATE/tts.conf" >"$work/hasty.conf"
	while [ ! -e "$work/stop" ]; do
		"$BUILD/ttsctl" -c "$work/hasty.conf" gc --json >>"$work/swept" || return 1
	done
}

test_gc_takes_nothing_from_under_a_renderer_at_work() {
	local round i
	new_user
	new_project 'One canary. Two canaries. Three canaries. Four canaries.'
	rm -f "$work/stop" "$work/swept"
	sweep &
	for round in {1..12}; do
		for i in 1 2 3 4; do
			send POST "/audio/$(audio_at $i)" "{\"text\":\"Canary $i of round $round.\",\"speed\":1}"
			expect 201
		done
		[ $((round % 4)) != 0 ] || all_ready
	done
	insert_text 'A canary that goes.'
	request DELETE "/audio/$(get .id)"
	expect 201
	all_ready
	touch "$work/stop"
	wait $! || fail 'the sweep fails'
	jq -se 'length > 0' "$work/swept" >/dev/null
	ctl 0 verify --project "$project"
	counts_are_right
}

test_gc_takes_tombstones_whose_thing_is_gone() {
	local id path
	new_user
	new_project 'One canary. Two canaries.'
	all_ready
	id=$(audio_at 1)
	hold_renderer
	request DELETE "/audio/$id"
	expect 201
	[ -e "$STATE/gone/a$id" ] || fail 'there is no tombstone'
	: >"$STATE/gone/a999999998" && : >"$STATE/gone/p999999997" && : >"$STATE/gone/a999999996"
	old "$STATE/gone/a$id" "$STATE/gone/a999999998" "$STATE/gone/p999999997"
	ctl 0 gc --json
	has '.tombstones.removed == 2 and .restored == 0'
	[ -e "$STATE/gone/a$id" ] || fail 'a tombstone goes before its files'
	[ -e "$STATE/gone/a999999996" ] || fail 'a young tombstone goes'
	rm "$STATE/gone/a999999996"
	# A restored database contains deleted objects again.
	: >"$STATE/gone/p$project"
	path=$(sound 1)
	answers "${path#"$STATE"}" 404 || fail "behind a tombstone: $status"
	ctl 1 verify
	says '^1 tombstone hides something that is there; "ttsctl gc" removes them$'
	ctl 0 gc
	says 'tombstone hid something that is there'
	answers "${path#"$STATE"}" 200 || fail "without a tombstone: $status"
	release_renderer
}

test_gc_forgets_old_idempotency_keys() {
	new_user
	sql "INSERT INTO idempotency (user_id, key_hash, body_hash, created_at, answer) VALUES
		($user, RANDOM_BYTES(32), RANDOM_BYTES(32), NOW(3) - INTERVAL 25 HOUR, 'x'),
		($user, RANDOM_BYTES(32), RANDOM_BYTES(32), NOW(3) - INTERVAL 23 HOUR, 'y')"
	ctl 0 gc --json --dry-run
	has '.idempotency_keys == 1'
	ctl 0 gc --json
	has '.idempotency_keys == 1'
	equal "$(sql "SELECT GROUP_CONCAT(answer) FROM idempotency WHERE user_id = $user")" y
}

test_verify_compares_what_pipelines_have_made() {
	local task id job dir key=0123456789abcdef0123456789abcdef name
	hold_stages
	hold_work
	new_user
	send POST /pipeline/start '{"customer_name":"x"}'
	task=$(get .task_id) job=$(get .job_id)
	id=$(sql "SELECT id FROM pipeline WHERE task_id = '$task'")
	dir=$STATE/media/pipeline/$((id / 1000))/$id
	mkdir -p "$dir"
	# One is larger than the memory that it may take.
	truncate -s 300M "$dir/video-1-$key.mp4"
	for name in song-1 song-1-2; do
		head -c 100000 /dev/urandom >"$dir/$name-$key.mp3"
	done
	sql "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256) VALUES
		($job, 1, 1, NOW(3), 'pipeline/$((id / 1000))/$id/video-1-$key.mp4', 'video/mp4', 314572800, 1, UNHEX('$(sha256sum "$dir/video-1-$key.mp4" | cut -c-64)')),
		($job, 2, 0, NOW(3), 'pipeline/$((id / 1000))/$id/song-1-$key.mp3', 'audio/mpeg', 100000, 1, UNHEX('$(sha256sum "$dir/song-1-$key.mp3" | cut -c-64)')),
		($job, 3, 0, NOW(3), 'pipeline/$((id / 1000))/$id/song-1-2-$key.mp3', 'audio/mpeg', 100000, 1, UNHEX('$(sha256sum "$dir/song-1-2-$key.mp3" | cut -c-64)'))"
	out=$(python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)' "$BUILD/ttsctl" -c "$STATE/tts.conf" verify --json 2>"$work/err") || fail "not whole: $out $(<"$work/err")"
	has '.pipeline_files >= 3 and .pipeline_files_broken == 0'
	[ "$(tail -n 1 "$work/err")" -lt 200000 ] || fail "it took $(tail -n 1 "$work/err") KiB of memory"
	printf x | dd of="$dir/song-1-$key.mp3" bs=1 seek=77777 conv=notrunc status=none
	truncate -s 99999 "$dir/song-1-2-$key.mp3"
	ctl 1 verify
	says "^lyric of pipeline $id: the file of run 1 is of other bytes\$"
	says "^lyric of pipeline $id: the file of run 1 is of another size\$"
	says '^[0-9]+ files of pipelines checked, .*: 2 broken$'
	says 'ttsctl pipeline retry'
	rm "$dir/video-1-$key.mp4"
	ctl 1 verify --json
	has '.pipeline_files_broken == 3 and ([.broken[] | select(.pipeline == $id) | .file] | sort) == ["missing", "of another size", "of other bytes"]' --argjson id "$id"
	! grep -q "$key" <<<"$out" || fail "the key of a file is told: $out"
	request DELETE "/pipeline/$task"
	release_work
	until_so 30 test ! -e "$dir"
	ctl 0 verify
}

test_gc_and_verify_know_the_files_of_pipelines() {
	local task id dir image key=0123456789abcdef0123456789abcdef
	hold_stages
	hold_work
	new_user
	send POST /pipeline/start '{"customer_name":"x"}'
	expect 201
	task=$(get .task_id)
	id=$(sql "SELECT id FROM pipeline WHERE task_id = '$task'")
	dir=$STATE/media/pipeline/$((id / 1000))/$id
	mkdir -p "$dir" "$STATE/media/pipeline/4000/4000123"
	touch "$dir"/{song-1-$key.mp3,song-1-2-$key.mp3,video-1-$key.mp4,image-1-$key.jpg,image-2-$key.jpg,.tmp-$key,notes.txt} "$STATE/inbox/"{${key//0/1},${key//0/2},x}
	sql "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes, duration_ms, sha256)
		VALUES ($(get .job_id), 1, 1, NOW(3), 'pipeline/$((id / 1000))/$id/video-1-$key.mp4', 'video/mp4', 0, 1, UNHEX(SHA2('', 256)));
		INSERT INTO image (pipeline_id, position, created_at, type, width, height, size_bytes, sha256, inbox)
		VALUES ($id, 1, NOW(3), 'png', 1, 1, 1, REPEAT('x', 32), '${key//0/2}');
		INSERT INTO image (pipeline_id, position, created_at, state, type, width, height, size_bytes, sha256, path)
		VALUES ($id, 2, NOW(3), 'ready', 'png', 1, 1, 1, REPEAT('x', 32), 'pipeline/$((id / 1000))/$id/image-1-$key.jpg')"
	image=$(sql "SELECT MAX(id) FROM image WHERE pipeline_id = $id")
	touch "$STATE/gone/t$id" "$STATE/gone/t4000123" "$STATE/gone/i$image" "$STATE/gone/i4000123"
	ctl 1 gc --dry-run --json # x and notes.txt
	has '.files.removed == 0 and .temporary_files.removed == 0 and .foreign == 2 and .restored == 2'
	find "$STATE/media/pipeline" "$STATE/inbox" "$STATE/gone" -exec touch -d '3 hours ago' {} +
	ctl 1 verify
	says "^not ours: $dir/notes.txt\$"
	says "^not ours: $STATE/inbox/x\$"
	says '^5 old files that no row names' # four, and the temporary one
	says '^2 tombstones hide something that is there'
	ctl 1 gc --verbose
	says 'removed unnamed file pipeline/.*/song-1-2$'
	! grep -q "${key:1}" <<<"$out" || fail "the key of a file is told: $out"
	equal "$(cd "$dir" && echo *)" "image-1-$key.jpg notes.txt video-1-$key.mp4"
	# Other tests may have left pictures there.
	equal "$(cd "$STATE/inbox" && printf '%s\n' * | grep -xE "${key//0/1}|${key//0/2}|x" | xargs)" "${key//0/2} x"
	[ ! -e "$dir/.tmp-$key" ] && [ ! -e "$STATE/media/pipeline/4000" ] || fail 'something old stays'
	[ ! -e "$STATE/gone/t$id" ] && [ ! -e "$STATE/gone/t4000123" ] && [ ! -e "$STATE/gone/i$image" ] && [ ! -e "$STATE/gone/i4000123" ] || fail 'a tombstone stays'
	rm "$dir/notes.txt" "$STATE/inbox/x"
	ctl 0 gc
	ctl 0 verify
	request DELETE "/pipeline/$task"
	expect 201
	release_work
}
