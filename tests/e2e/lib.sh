# Functions for every end-to-end test; sourced by tests/e2e/run. A test is a function test_…; it runs in
# its own shell with "set -eu" and fails at the first line that fails.
#
# The runner sets STATE, PORT and url. Each request sets $status, $body and $head (the file with the
# answer's headers).
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

token='' address=127.0.0.1

# fail WHAT…: fail the test with a message.
fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# equal GOT WANTED [WHAT]
equal() {
	[ "$1" = "$2" ] || fail "${3:-value}: got \"$1\", wanted \"$2\""
}

# request METHOD PATH [OPTION of curl]…: as the user of $token, from $address.
request() {
	local method=$1 path=$2
	shift 2
	[ "$method" != HEAD ] || set -- -I "$@"
	head=$work/head
	: >"$work/body" # curl leaves the file unchanged if there is no body
	status=$(curl -sS -m 120 --path-as-is --interface "$address" -X "$method" -D "$head" -o "$work/body" \
		${token:+-H "Authorization: Bearer $token"} -w '%{http_code}' "$@" "$url$path") ||
		fail "$method $path: no answer"
	body=$(tr -d '\0' <"$work/body")
	last="$method $path"
}

# send METHOD PATH JSON [OPTION of curl]…
send() {
	local method=$1 path=$2
	printf '%s' "$3" >"$work/sent"
	shift 3
	request "$method" "$path" -H 'Content-Type: application/json' --data-binary "@$work/sent" "$@"
}

# expect STATUS: the last answer has this status; an error must be a complete problem document.
expect() {
	[ "$status" = "$1" ] || fail "$last: got $status, wanted $1: ${body:0:1000}"
	case $1 in
	2* | 304) ;;
	*) want_problem "$1" ;;
	esac
}

# want FILTER [ARGUMENT of jq]…: the filter is true for the body.
want() {
	local filter=$1
	shift
	jq -e "$@" "$filter" >/dev/null <<<"$body" || fail "$last: not so: $filter $*: ${body:0:1000}"
}

get() {
	jq -r "$1" <<<"$body"
}

# header NAME: print its value; nothing if it is missing.
header() {
	sed -n "s/^$1: *//Ip" "$head" | tr -d '\r'
}

want_problem() {
	equal "$(header Content-Type)" application/problem+json "$last: Content-Type"
	[[ $last == HEAD* ]] || want '(.type | type) == "string" and (.title | length) > 0 and .status == $status
		and (.detail | length) > 0 and .request_id == $id' --argjson status "$1" --arg id "$(header X-Request-Id)"
	# Exactly one Cache-Control, so that no cache uses the error for another request. A 416 has that
	# of the file.
	case $1:$(header Cache-Control) in
	*:no-store | 416:no-cache | 416:'private, no-cache') ;;
	*) fail "$last: Cache-Control: $(header Cache-Control)" ;;
	esac
	[[ $(header X-Request-Id) =~ ^[0-9a-f]{32}$ ]] || fail "$last: X-Request-Id: $(header X-Request-Id)"
	! grep -qiE 'sql|mariadb|errno|/tmp/|segmentation' <<<"$body" || fail "$last: says too much: $body"
	case $1 in
	401 | 403) [ -n "$(header WWW-Authenticate)" ] || fail "$last: $1 without WWW-Authenticate" ;;
	405) [ -n "$(header Allow)" ] || fail "$last: 405 without Allow" ;;
	429 | 503) [[ $(header Retry-After) =~ ^[0-9]+$ ]] || fail "$last: $1 without Retry-After" ;;
	esac
}

# fields: print the names in "errors", sorted, on one line.
fields() {
	jq -r '[.errors[]?.field] | sort | join(" ")' <<<"$body"
}

# all_routes: the tables of routes of the programs: "METHOD PATTERN login|open NAME SUCCESS".
all_routes() {
	"$BUILD/tts-api" --routes && "$BUILD/tts-stream" --routes
}

# new_user [NAME]: sign up and log in from a new client address; sets $token, $user, $email.
new_user() {
	address=127.$((RANDOM % 254 + 1)).$((RANDOM % 255)).$((RANDOM % 254 + 1))
	email=user-$BASHPID-$RANDOM$RANDOM@example.org password="secret-canary-$RANDOM"
	token=
	send POST /signup/ "$(jq -nc --arg n "${1:-User}" --arg e "$email" --arg p "$password" \
		'{name: $n, email: $e, password: $p}')"
	expect 201
	user=$(get .id)
	login
}

login() {
	token=
	send POST /login/ "$(jq -nc --arg e "$email" --arg p "$password" '{email: $e, password: $p}')"
	expect 201
	token=$(get .access)
}

# new_project TEXT [FILTER]: create a project; FILTER can change the body; sets $project.
new_project() {
	send POST /project/ "$(jq -nc --arg t "$1" '{title: "A title", sentences: $t}' | jq -c "${2:-.}")"
	expect 201
	project=$(get .id)
}

# audio_at INDEX: print the id of a sentence of $project.
audio_at() {
	local page=$((($1 - 1) / 10 + 1))
	request GET "/project/$project/page/$page"
	expect 200
	jq -r --argjson i "$1" '.page[] | select(.index == $i).id' <<<"$body"
}

# until_so SECONDS COMMAND…: wait until the command succeeds, or fail the test; SECONDS is for a machine that does
# nothing else, so "patience" times that is waited.
patience=4
until_so() {
	local end=$((SECONDS + patience * $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "not so in time: $*; ${last-}: $(head -c 300 <<<"${body-}")"
		sleep 0.05
	done
}

project_done() {
	request GET "/project/$project"
	expect 200
	jq -e '.pending_count == 0' <<<"$body" >/dev/null
}

audio_done() {
	request GET "/audio/$1"
	expect 200
	jq -e '.is_audio_required == false or .status == "failed"' <<<"$body" >/dev/null
}

answers() {
	request GET "$1"
	[ "$status" = "$2" ]
}

# all_ready: wait until all sentences of $project are ready, with no failure.
all_ready() {
	until_so 300 project_done
	want '.failed_count == 0 and .status == "complete"'
}

sound_ready() {
	until_so 120 audio_done "$1"
	want '.status == "ready"'
}

# While the lock is held no renderer works: any that starts finds it taken and exits.
hold_renderer() {
	exec 8>>"$STATE/run/render.lock"
	flock 8
}

release_renderer() {
	exec 8>&-
	touch "$STATE/run/kick"
}

# While it is held, tts-work finds the lock taken and leaves.
hold_work() {
	exec 7>>"$STATE/run/work.lock"
	flock 7
}

release_work() {
	exec 7>&-
	touch "$STATE/run/work.kick"
}

# While they are held, a worker finds the lock of its stage taken and leaves. Programs that are started meanwhile hold
# them too, for as long as they run.
hold_stages() {
	exec 4>>"$STATE/run/lyric.lock" 5>>"$STATE/run/song.lock" 6>>"$STATE/run/video.lock"
	flock 4 && flock 5 && flock 6
}
release_stages() {
	exec 4>&- 5>&- 6>&-
}

# An English text that makes the engine abort, also when it is softened.
poison_text() {
	sed -n 's/^en //p' tests/faults/poison.txt
}

# sql STATEMENT: run it as the database's root.
sql() {
	mariadb --no-defaults --batch --skip-column-names --socket="$STATE/db/mysql.sock" tts -e "$1"
}

# decoded FILE: print the number of decoded samples of an MP3; fail if the decoder reports errors.
decoded() {
	local said
	said=$(mpg123 -q -t "$1" 2>&1) && [ -z "$said" ] || fail "does not decode: $said"
	mpg123 -q --mono -e s16 -s "$1" 2>/dev/null | wc -c | awk '{ print $1 / 2 }'
}

download() {
	curl -sS -f -m 60 -o "$2" "$url$1" || fail "cannot download $1"
}

# with_conf KEY=VALUE…: run the stack with these settings for the rest of the test.
with_conf() {
	local change
	cp etc/tts.conf.in "$work/conf.in"
	for change; do
		sed -i -E "s|^([[:space:]]*)(# )?${change%%=*} = .*|\1${change%%=*} = ${change#*=};|" "$work/conf.in"
		grep -q "^[[:space:]]*${change%%=*} = ${change#*=};" "$work/conf.in" || fail "no ${change%%=*} in tts.conf"
	done
	trap 'release_stages; tests/stack up >/dev/null' EXIT
	CONF=$work/conf.in tests/stack up
}

# with_service_account URL [COMMAND…]: run the stack with push messages that go to URL for the rest of the test, after
# COMMAND, which finds the keys in $work.
with_service_account() {
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/fcm.key" &&
		openssl pkey -in "$work/fcm.key" -pubout -out "$work/fcm.pub" || fail 'no key'
	(umask 077 && jq -n --rawfile key "$work/fcm.key" '{type: "service_account", project_id: "tts-test", private_key_id: "the-kid",
		private_key: $key, client_email: "tts@tts-test.example.org", token_uri: "https://oauth2.googleapis.com/token"}' >"$work/fcm.json")
	echo "fcm = { service_account_file = \"$work/fcm.json\"; url = \"$1\"; token_url = \"$1/token\"; };" >"$STATE/conf.d/fcm.conf"
	trap 'rm -f "$STATE/conf.d/fcm.conf"; release_stages; tests/stack up >/dev/null' EXIT
	[ $# = 1 ] || "${@:2}"
	tests/stack up
}

# Print the processes of this stack with that name.
pids_of() {
	local dir
	grep -slzxF -e "TTS_STATE=$STATE" /proc/[0-9]*/environ | while read -r dir; do
		dir=${dir%/environ}
		[ "$(cat "$dir/comm" 2>/dev/null)" != "$1" ] || echo "${dir#/proc/}"
	done
}

# kill_all SIGNAL NAME: there need not be any.
kill_all() {
	local pid
	for pid in $(pids_of "$2"); do
		kill -s "$1" "$pid" 2>/dev/null || :
	done
}

parent_of() {
	sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null
}

# The process id of the renderer itself, not of its descendants.
renderer() {
	local pid
	for pid in $(pids_of tts-render); do
		[ "$(cat "/proc/$(parent_of "$pid")/comm" 2>/dev/null)" = tts-render ] || echo "$pid"
	done
}

# speaking [CONDITION]: succeed if a renderer has a running child and a claimed sentence for which this
# SQL condition holds. Then all its processes are stopped until go_on; sets $parent and $below.
speaking() {
	local pid
	parent=$(renderer)
	[ -n "$parent" ] && [ "$(wc -w <<<"$parent")" = 1 ] || return 1
	kill -STOP "$parent" 2>/dev/null || return 1
	below=$(pids_below "$parent")
	# Fork server, zygote, child: three generations.
	for pid in $below; do
		kill -STOP "$pid" 2>/dev/null || :
	done
	# Nor may it be stopped within a transaction, whose locks others would have to wait for.
	if [ "$(generations "$below")" -ge 3 ] &&
		[ "$(sql "SELECT COUNT(*) FROM audio WHERE state = 'claimed' AND ${1-TRUE}")" -gt 0 ] &&
		[ "$(sql 'SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked > 0')" = 0 ]; then
		return 0
	fi
	go_on
	return 1
}

go_on() {
	local pid
	for pid in ${below-} ${parent-}; do
		kill -CONT "$pid" 2>/dev/null || :
	done
}

# pids_below PID: print all its descendants, each after its parent.
pids_below() {
	local child children=()
	{ read -ra children <"/proc/$1/task/$1/children"; } 2>/dev/null || :
	for child in "${children[@]}"; do
		echo "$child"
		pids_below "$child"
	done
}

# generations PIDS: print the depth of the renderer's process tree.
generations() {
	local pid up depth deepest=0
	for pid in $1; do
		depth=0 up=$pid
		while [ "$up" != "$parent" ] && [ "${up:-0}" -gt 1 ]; do
			depth=$((depth + 1))
			up=$(parent_of "$up")
		done
		[ $depth -le $deepest ] || deepest=$depth
	done
	echo $deepest
}

# ------------------------------------------------------------------ the administrator

# ctl STATUS ARGUMENT…: run ttsctl and expect this exit status; its output is in $out, its errors in
# $err.
ctl() {
	local wanted=$1 got=0
	shift
	out=$("$BUILD/ttsctl" -c "$STATE/tts.conf" "$@" 2>"$work/err") || got=$?
	err=$(<"$work/err")
	[ "$got" = "$wanted" ] || fail "ttsctl $*: exit $got, wanted $wanted: $out $err"
}

# has FILTER [ARGUMENT of jq]…: the filter is true for $out.
has() {
	local filter=$1
	shift
	jq -e "$@" "$filter" >/dev/null <<<"$out" || fail "not so: $filter $*: ${out:0:2000}"
}

# says PATTERN [TEXT]: a line of $out, or of TEXT, matches.
says() {
	grep -qE -- "$1" <<<"${2-$out}" || fail "no line has \"$1\": ${2-$out}"
}

counts_are_right() {
	equal "$(sql "SELECT COUNT(*) FROM project p WHERE
		(sentence_count, ready_count, failed_count, duration_ms) <> (SELECT COUNT(*),
			COALESCE(SUM(state = 'ready'), 0), COALESCE(SUM(state = 'failed'), 0),
			COALESCE(SUM(IF(state = 'ready', duration_ms, 0)), 0) FROM audio WHERE project_id = p.id)")" 0 \
		'projects whose counts are wrong'
}

insert_text() {
	send POST /audio/ "$(jq -nc --argjson p "$project" --arg t "$1" '{project_id: $p, index: -1, text: $t, speed: 1}')"
	expect 201
}
