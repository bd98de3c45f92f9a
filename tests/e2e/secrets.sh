# The API and the renderer never see each other's secrets, and the processes that speak see none.
# shellcheck shell=bash disable=SC2034,SC2154

# The secrets that a program may have, and no others. The media key is hashed after reading, so its hash
# is searched for as well; the others are used as they are in the files.
secrets=(token.key media.key media.hash api.pw renderer.pw work.pw stream.pw migration.pw)

# make_needles: write the raw bytes to search for to $work/needles.
make_needles() {
	local name
	mkdir -p "$work/needles"
	for name in "${secrets[@]}"; do
		case $name in
		media.hash) openssl dgst -sha256 -binary "$STATE/secrets/media.key" ;;
		*) cat "$STATE/secrets/$name" ;;
		esac >"$work/needles/$name"
		[ "$(stat -c %s "$work/needles/$name")" -ge 32 ] || fail "$name is short"
	done
}

# seen_by PID: print the names of the secrets in its memory, environment, command line and open files.
seen_by() {
	python3 - "$1" "$work/needles" "$STATE/secrets" "${secrets[@]}" <<'EOF'
import os, sys
pid, needles, folder = sys.argv[1:4]
needles = {name: open(f"{needles}/{name}", "rb").read() for name in sys.argv[4:]}
seen, size = set(), 0
def look(data):
    for name, needle in needles.items():
        if needle in data:
            seen.add(name)
overlap = max(map(len, needles.values()))
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
    for line in maps:
        span, mode, *rest = line.split()
        if mode[0] != "r" or rest[-1] in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
            continue
        start, end = (int(x, 16) for x in span.split("-"))
        tail = b""
        while start < end:
            try:
                data = os.pread(mem.fileno(), min(1 << 24, end - start), start)
            except OSError: # beyond the end of a mapped file
                break
            if not data:
                break
            look(tail + data)
            tail = data[-overlap:]
            start += len(data)
            size += len(data)
for name in ("environ", "cmdline"):
    look(open(f"/proc/{pid}/{name}", "rb").read())
for fd in os.listdir(f"/proc/{pid}/fd"):
    target = os.readlink(f"/proc/{pid}/fd/{fd}")
    if target.startswith(folder + "/"):
        seen.add(os.path.basename(target))
if size < 100000:
    sys.exit(f"only {size} bytes of process {pid} could be read")
print(" ".join(name for name in needles if name in seen))
EOF
}

test_each_program_has_its_own_secrets_and_no_others() {
	local pid workers parent='' below='' n=0
	[ "$(id -u)" = 0 ] || exit 77 # only root can read the memory of processes
	make_needles
	new_user
	workers=$(pids_of tts-api)
	[ -n "$workers" ] || fail 'no worker runs'
	# Every worker has handled a request; the order is arbitrary.
	for _ in {1..40}; do request GET /project/ && expect 200; done
	for pid in $workers; do
		# Finding their own secrets proves that the search works.
		equal "$(seen_by "$pid")" 'token.key api.pw' "what worker $pid of the API has"
	done
	equal "$(seen_by "$(pids_of tts-stream)")" 'token.key stream.pw' 'what tts-stream has'
	new_project "$(printf 'The canary number %d sings a rather long song of itself, and then once more, for all who listen. ' {1..400})"
	trap go_on EXIT
	until_so 60 speaking
	equal "$(seen_by "$parent")" 'media.hash renderer.pw' 'what the renderer has'
	grep -q libmariadb "/proc/$parent/maps" || fail 'the renderer has no library of the database'
	for pid in $below; do
		equal "$(seen_by "$pid")" '' "what process $pid below the renderer has"
		n=$((n + 1))
		# The first is the fork server; its descendants have nothing but engine and encoder.
		[ $n = 1 ] || ! grep -E 'lib(mariadb|crypto|icu)' "/proc/$pid/maps" || fail "process $pid has more than it needs"
	done
	[ $n -ge 3 ] || fail "only $n processes below the renderer"
	go_on
	trap - EXIT
	request DELETE "/project/$project"
	expect 201
}

# enters USER FILE: the password in FILE is that of the account USER.
enters() {
	MYSQL_PWD=$(<"$STATE/secrets/$2") mariadb --no-defaults --socket="$STATE/db/mysql.sock" --user="$1" tts \
		-e 'SELECT COUNT(*) FROM schema_migration' >/dev/null 2>&1
}

# can USER FILE SQL: the server does not deny it.
can() {
	local said
	said=$(MYSQL_PWD=$(<"$STATE/secrets/$2") mariadb --no-defaults --socket="$STATE/db/mysql.sock" --user="$1" tts \
		-e "START TRANSACTION; $3; ROLLBACK" 2>&1) && return 0
	[[ $said == *denied* ]] || fail "$3: $said"
	return 1
}

test_no_password_opens_the_account_of_another_program() {
	local user file
	for user in tts_api:api tts_render:renderer tts_work:work tts_notify:notify tts_stream:stream tts_migrate:migration \
		tts_lyric:lyric tts_song:song tts_video:video tts_tier:tier; do
		for file in api renderer work notify stream migration lyric song video tier; do
			if [ "${user#*:}" = $file ]; then
				enters "${user%:*}" $file.pw || fail "${user%:*} cannot enter with its own password"
			else
				! enters "${user%:*}" $file.pw || fail "${user%:*} enters with $file.pw"
			fi
		done
	done
}

test_an_account_cannot_do_what_the_other_may() {
	local what
	for what in 'SELECT password_hash FROM user LIMIT 1' 'SELECT answer FROM idempotency LIMIT 1' \
		"UPDATE audio SET text = text WHERE id = 0" 'DELETE FROM audio WHERE id = 0'; do
		can tts_api api.pw "$what" || fail "the API cannot: $what"
		! can tts_render renderer.pw "$what" || fail "the renderer can: $what"
	done
	for what in "UPDATE audio SET path = path WHERE id = 0" 'UPDATE audio SET audio_revision = 1 WHERE id = 0' \
		'UPDATE queue_clock SET turn = turn'; do
		can tts_render renderer.pw "$what" || fail "the renderer cannot: $what"
		! can tts_api api.pw "$what" || fail "the API can: $what"
		! can tts_work work.pw "$what" || fail "tts-work can: $what"
	done
	for what in 'SELECT path FROM trash LIMIT 1' 'DELETE FROM trash WHERE id = 0' 'UPDATE work SET parent_id = parent_id WHERE id = 0' \
		'DELETE FROM work WHERE id = 0' \
		'SELECT outcome FROM work_try LIMIT 1' 'DELETE FROM project WHERE id = 0'; do
		can tts_work work.pw "$what" || fail "tts-work cannot: $what"
		! can tts_api api.pw "$what" || fail "the API can: $what"
		! can tts_render renderer.pw "$what" || fail "the renderer can: $what"
	done
	for what in 'SELECT data FROM event LIMIT 1' 'SELECT token_epoch FROM user LIMIT 1'; do
		can tts_stream stream.pw "$what" || fail "tts-stream cannot: $what"
	done
	for what in 'SELECT email FROM user LIMIT 1' 'SELECT text FROM audio LIMIT 1' 'UPDATE user_seq SET seq = seq' 'DELETE FROM event WHERE seq = 0'; do
		! can tts_stream stream.pw "$what" || fail "tts-stream can: $what"
	done
	for what in 'SELECT password_hash FROM user LIMIT 1' "UPDATE audio SET text = text WHERE id = 0" 'SELECT title FROM project LIMIT 1'; do
		! can tts_work work.pw "$what" || fail "tts-work can: $what"
		! can tts_tier tier.pw "$what" || fail "tts-tier can: $what"
	done
	for what in 'UPDATE content SET total = total WHERE id = 0' 'SELECT path FROM audio LIMIT 1'; do
		can tts_tier tier.pw "$what" || fail "tts-tier cannot: $what"
	done
}

# Secrets that are not read can have any name: neither program needs a file of the other.
test_each_program_runs_without_the_files_of_the_other() {
	local name mine
	cp -r "$STATE/secrets" "$work/kept"
	for mine in 'tts-api token.key api.pw' 'tts-render media.key renderer.pw' 'tts-work work.pw' 'tts-stream token.key stream.pw' \
		'tts-tier tier.pw'; do
		mkdir "$work/some"
		for name in ${mine#* }; do cp "$work/kept/$name" "$work/some/"; done
		sed "s|$STATE/secrets/|$work/some/|" "$STATE/tts.conf" >"$work/some.conf"
		"$BUILD/${mine%% *}" -t -c "$work/some.conf" >/dev/null || fail "${mine%% *} wants more than ${mine#* }"
		for name in ${mine#* }; do
			mv "$work/some/$name" "$work/away"
			! "$BUILD/${mine%% *}" -t -c "$work/some.conf" >/dev/null 2>&1 || fail "${mine%% *} does without $name"
			mv "$work/away" "$work/some/$name"
		done
		rm -r "$work/some"
	done
	equal "$(stat -c %a "$STATE/secrets")" 700
	equal "$(stat -c %a "$STATE"/secrets/* | sort -u)" 600
}
