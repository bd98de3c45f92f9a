# What the rows of faults share: a stack of their own, clients, injections, waiting, the oracle.
# Sourced by tests/faults/run, which sets FAULTS_TMP, FAULTS_BUILD, SEED and LENGTH (short, usual or
# long).
# shellcheck shell=bash

tools=$FAULTS_BUILD/tests/faults
LOADS=()

say() {
	printf '%s\n' "$*"
}

# The case has failed.
fail() {
	say "FAILED: $*"
	exit 1
}

# The case cannot run on this machine.
skip() {
	say "skipped: $*"
	exit 77
}

# pick SHORT USUAL LONG: a number for this length of run.
pick() {
	case $LENGTH in
	short) echo "$1" ;;
	usual) echo "$2" ;;
	long) echo "$3" ;;
	esac
}

# in_time N LIMIT WHAT: N is no more than LIMIT; a clock is judged by in runs that somebody started for
# it, not in the short one, which has to pass on a machine that does other things as well.
in_time() {
	say "$3: $1 (wanted: at most $2)"
	[ "$LENGTH" = short ] || [ "$1" -le "$2" ] || fail 'that is too long'
}

# A pseudo-random number in [0, $1) that SEED decides; its state outlives subshells.
random() {
	local n
	n=$(<"$FAULTS_TMP/random")
	n=$(((n * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff))
	echo $n >"$FAULTS_TMP/random"
	echo $(((n >> 24) % $1))
}

# ---------------------------------------------------------------------------------- the stack

# stack_up [group.key=value]…: a fresh stack with these settings. Its renderer and tts-work are held: they
# run when a test says so, or by their timers after "flow".
stack_up() {
	stack_new
	stack_set "$@"
}

stack_new() {
	STATE=$(mktemp -d "$FAULTS_TMP/state.XXXXXX") || exit 1
	PORT=$(free_port)
	export STATE PORT
	mkdir -p "$STATE"/{plan/api,plan/stream,client}
	: >"$STATE/hold"
	: >"$STATE/client/answers"
	: >"$STATE/client/injected"
	: >"$STATE/client/canaries"
	echo 0 >"$STATE/client/prefix"
}

# A service account for push messages, which nobody answers.
service_account() {
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 | jq -Rs '{project_id: "tts-test", private_key: .,
		client_email: "tts@tts-test.example.org", token_uri: "http://127.0.0.1:9/token"}'
}

# stack_set [group.key=value]…: give the stack these settings on top of what it has, and (re)start it.
stack_set() {
	local setting
	[ -e "$STATE/template" ] || cp etc/tts.conf.in "$STATE/template"
	[ -e "$FAULTS_TMP/fcm.json" ] || service_account >"$FAULTS_TMP/fcm.json"
	chmod 600 "$FAULTS_TMP/fcm.json"
	for setting in scheduler.workers=2 scheduler.retry_base_ms=20 scheduler.retry_cap_ms=200 http.requests_per_sec=100000 \
		http.logins_per_min=1000000 http.in_flight=10000 http.streams=10000 "fcm.service_account_file=\"$FAULTS_TMP/fcm.json\"" \
		'fcm.url="http://127.0.0.1:9"' 'fcm.token_url="http://127.0.0.1:9/token"' "$@"; do
		awk -v name="${setting%%=*}" -v value="${setting#*=}" '
			BEGIN { split(name, part, ".") }
			/^[a-z_]+ = [{]/ { group = $1 }
			group == part[1] && $0 ~ "^\t(# )?" part[2] " = " { $0 = "\t" part[2] " = " value ";"; found = 1 }
			{ print }
			END { exit !found }' "$STATE/template" >"$STATE/template.new" || {
			say "no setting ${setting%%=*}"
			exit 1
		}
		mv "$STATE/template.new" "$STATE/template"
	done
	BUILD=$FAULTS_TMP/bin CONF=$STATE/template WORKERS=${POOL:-3} HEAVY=0 tests/stack up
}

stack_down() {
	[ -n "${STATE-}" ] || return 0
	BUILD=$FAULTS_TMP/bin tests/stack down
	grep -oE " $FAULTS_TMP/[^ ]+" /proc/mounts | xargs -r umount -l
	[ -n "${KEEP-}" ] || rm -rf -- "$STATE"
	unset STATE
}

# Programs with the names tests/stack starts, which take a plan before they become the real ones.
make_wrappers() {
	mkdir -p "$FAULTS_TMP/bin"
	local program
	for program in tts-render tts-work tts-tier tts-notify tts-pipeline; do
		cat >"$FAULTS_TMP/bin/$program" <<-END
			#!/bin/bash
			# The one that the timer starts: not while it is held.
			[ ! -e "\$TTS_STATE/hold" ] || exit 0
			exec "$FAULTS_BUILD/$program" "\$@"
		END
	done
	for program in tts-api tts-stream; do
		cat >"$FAULTS_TMP/bin/$program" <<-END
			#!/bin/bash
			# A process takes one plan, if there is one; its successor takes the next.
			for plan in "\$TTS_STATE"/plan/${program#tts-}/*; do
				if mv "\$plan" "\$TTS_STATE/plan/taken.\$\$" 2>/dev/null; then
					TTS_FAULT=\$(<"\$TTS_STATE/plan/taken.\$\$")
					export TTS_FAULT
					break
				fi
			done
			exec "$FAULTS_BUILD/$program" "\$@"
		END
	done
	ln -sfn "$FAULTS_BUILD/ttsctl" "$FAULTS_TMP/bin/ttsctl"
	chmod +x "$FAULTS_TMP"/bin/*
}

free_port() {
	local port
	for _ in $(seq 100); do
		port=$((20000 + RANDOM % 12000)) # below those that the kernel gives to clients
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
			echo $port
			return
		}
	done
}

# The process ids of NAME of this stack; the nursery and its children count as tts-render too.
pids() {
	local file name
	while read -r file; do
		file=${file%/environ}
		read -r name 2>/dev/null <"$file/comm" && [ "$name" = "$1" ] && echo "${file##*/}"
	done < <(grep -slzxF -e "TTS_STATE=$STATE" /proc/[0-9]*/environ)
	return 0
}

# until_so SECONDS COMMAND…: wait for it to be so. The seconds are an idle machine's; a busy one gets
# four times as many before it counts as never.
until_so() {
	local end=$((SECONDS + 4 * $1))
	shift
	while ! "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# ---------------------------------------------------------------------------------- the database

sql() {
	mariadb --no-defaults --socket="$STATE/db/mysql.sock" --user="$(id -un)" --skip-column-names --batch tts -e "$1"
}

database_kill() {
	local pid
	pid=$(pids mariadbd)
	kill -KILL "$pid"
	until_so 10 test ! -d "/proc/$pid"
}

database_stop() {
	tests/mariadb stop "$STATE/db" 2>/dev/null
}

database_start() {
	TTS_STATE=$STATE tests/mariadb start "$STATE/db" >>"$STATE/log/db-start.log" 2>&1
}

# count CONDITION: of the sentences.
count() {
	sql "SELECT COUNT(*) FROM audio WHERE $1"
}

# ---------------------------------------------------------------------------------- clients

# A number that no other client of this stack has.
prefix() {
	(
		flock 8
		echo $(($(<"$STATE/client/prefix") + 1)) | tee "$STATE/client/prefix.new"
		mv "$STATE/client/prefix.new" "$STATE/client/prefix"
	) 8>"$STATE/client/lock"
}

# client COMMAND…: as the one user of this stack.
client() {
	"$tools/client" -p "$PORT" -l "$STATE/client/answers" -t "$STATE/client/token" \
		-k "$STATE/client/canaries" -n "$(prefix)" -s "$SEED" "$@"
}

# load_start PROJECT RATE: somebody who edits, inserts, deletes and looks all the time, in the
# background; "load_stop" ends all of them.
load_start() {
	"$tools/client" -p "$PORT" -l "$STATE/client/answers" -t "$STATE/client/token" \
		-k "$STATE/client/canaries" -n "$(prefix)" -s "$SEED" load "$1" 1000000 "$2" &
	LOADS+=($!)
}

load_stop() {
	[ ${#LOADS[@]} -gt 0 ] || return 0
	kill -TERM "${LOADS[@]}" 2>/dev/null || true
	reap "${LOADS[@]}" || true
	LOADS=()
}

# What the API answers to a GET of a path: the status.
answered() {
	curl -s -m 40 -o "$STATE/answer" -w '%{http_code}' -H "Authorization: Bearer $(<"$STATE/client/token")" \
		"http://127.0.0.1:$PORT$1"
}

# Wait for a child of the shell without the shell's word on how it died.
reap() {
	{ wait "$@"; } 2>/dev/null
}

login() {
	client login "somebody-$SEED@example.org" "Parole-$SEED-Zwetschge"
}

# The ids of a project's sentences, in order.
sentences() {
	client see "$1" | cut -d' ' -f1
}

# ---------------------------------------------------------------------------------- the renderer

# render [NAME=VALUE]…: one run in the foreground, with this environment; its exit status.
render() {
	render_start "$@"
	reap "$RENDERER"
}

# The same in the background; RENDERER is its process id, and that of its session. APART is a command
# to run it with.
render_start() {
	# shellcheck disable=SC2086 # words are wanted
	env TTS_STATE="$STATE" "$@" setsid ${APART-} "$FAULTS_BUILD/tts-render" -c "$STATE/${CONF_OF_HOST:-tts.conf}" \
		2>>"$STATE/log/render.log" </dev/null &
	RENDERER=$!
}

# The same for tts-work; WORKER is its process id.
work() {
	work_start "$@"
	reap "$WORKER"
}

work_start() {
	env TTS_STATE="$STATE" "$@" setsid "$FAULTS_BUILD/tts-work" -c "$STATE/${CONF_OF_HOST:-tts.conf}" \
		2>>"$STATE/log/work.log" </dev/null &
	WORKER=$!
}

# The same for tts-tier; TIER is its process id.
tier() {
	tier_start "$@"
	reap "$TIER"
}

tier_start() {
	env TTS_STATE="$STATE" "$@" setsid "$FAULTS_BUILD/tts-tier" -c "$STATE/${CONF_OF_HOST:-tts.conf}" \
		2>>"$STATE/log/tier.log" </dev/null &
	TIER=$!
}

# The same for tts-notify; NOTIFIER is its process id.
notify() {
	notify_start "$@"
	reap "$NOTIFIER"
}

notify_start() {
	env TTS_STATE="$STATE" "$@" setsid "$FAULTS_BUILD/tts-notify" -c "$STATE/${CONF_OF_HOST:-tts.conf}" \
		2>>"$STATE/log/notify.log" </dev/null &
	NOTIFIER=$!
}

# A second host on this machine: host_add NAME. Its lock is its own; CONF_OF_HOST=NAME.conf runs it.
host_add() {
	sed -e "s|^\([[:space:]]*\)\(# \)\?host = \"\";|\1host = \"$1\";|" \
		-e "s|run/metrics.render|run/metrics-$1.render|" -e "s|run/render.lock|run/render-$1.lock|" \
		-e "s|run/metrics.notify|run/metrics-$1.notify|" -e "s|run/notify.lock|run/notify-$1.lock|" \
		-e "s|run/metrics.work|run/metrics-$1.work|" -e "s|run/work.lock|run/work-$1.lock|" "$STATE/tts.conf" |
		awk '/^databases/ { db = 1 } db && /host = / { next } /^};/ { db = 0 } { print }' >"$STATE/$1.conf"
	"$FAULTS_BUILD/tts-render" -t -c "$STATE/$1.conf"
}

lock_of_host() {
	case ${CONF_OF_HOST:-tts.conf} in
	tts.conf) echo "$STATE/run/render.lock" ;;
	*) echo "$STATE/run/render-${CONF_OF_HOST%.conf}.lock" ;;
	esac
}

name_of_host() {
	case ${CONF_OF_HOST:-tts.conf} in
	tts.conf) hostname ;;
	*) echo "${CONF_OF_HOST%.conf}" ;;
	esac
}

# Nobody of it runs; who is dead and not yet buried does not count.
session_gone() {
	! pgrep -r D,R,S,T,t -s "$1" >/dev/null
}

# After RENDERER was killed: write down who will be charged for it, once for each claim.
charge_dead() {
	local ids id revision token
	until_so 10 session_gone "$RENDERER" || fail "children of the killed renderer are still there"
	ids=$("$tools/spoken" "$(lock_of_host)" | paste -sd,)
	[ -n "$ids" ] || return 0
	sql "SELECT id, revision, HEX(claim_token) FROM audio WHERE id IN ($ids) AND state = 'claimed'
		AND host = '$(name_of_host)'" | while read -r id revision token; do
		grep -qxF "# $id $token" "$STATE/client/injected" ||
			printf '# %s %s\ncharge %s %s 1 0\n' "$id" "$token" "$id" "$revision" >>"$STATE/client/injected"
	done
}

# mark: how long the logs are now. struck POINT MARK: tell whether a process of this stack met the
# point since then.
mark() {
	local log
	for log in render api work tier notify pipeline stream; do
		touch "$STATE/log/$log.log"
		stat -c "$log %s" "$STATE/log/$log.log"
	done
}

struck() {
	local log size
	while read -r log size; do
		tail -c "+$((size + 1))" "$STATE/log/$log.log" | grep -qF "fault $1:" && return
	done <<<"$2"
	return 1
}

rendered() {
	[ "$(count "state IN ('pending', 'claimed')")" = 0 ]
}

all_done() {
	rendered && [ "$(sql "SELECT (SELECT COUNT(*) FROM trash) + (SELECT COUNT(*) FROM work WHERE is_open = 1)")" = 0 ]
}

# drain [SECONDS [all_done]]: run renderers and tts-work in the foreground until every sentence is ready or
# failed (and all work done and the trash empty: that takes some seconds, as tombstones have to lie for a
# while).
drain() {
	local end=$((SECONDS + 4 * ${1:-60})) status
	while :; do
		status=0
		render || status=$?
		work || status=$?
		"${2:-rendered}" && return 0
		[ $SECONDS -lt $end ] || fail "there is work left after $((4 * ${1:-60})) s; the last run ended with $status"
		sleep 0.1
	done
}

# Let the timers run the renderer and tts-work, or hold them again.
flow() {
	rm -f "$STATE/hold"
	touch "$STATE/run/kick" "$STATE/run/work.kick"
}

hold() {
	: >"$STATE/hold"
	local pid
	for pid in $(pids tts-render) $(pids tts-work) $(pids tts-tier) $(pids tts-notify); do
		kill -TERM "$pid" 2>/dev/null || true
	done
	until_so 15 nothing_at_work || fail "the renderer, tts-work, tts-tier or tts-notify does not leave"
}

nothing_at_work() {
	[ -z "$(pids tts-render)$(pids tts-work)$(pids tts-tier)$(pids tts-notify)" ]
}

# ---------------------------------------------------------------------------------- the verdict

# oracle [RENDERS]: all invariants, now.
oracle() {
	"$tools/oracle" -c "$STATE/tts.conf" -a "$STATE/client/answers" -f "$STATE/client/injected" \
		-k "$STATE/client/canaries" -r "${1:-5}" -s "$SEED" \
		"$STATE"/log/*.log "$STATE/db/mysql.log" >"$STATE/verdict" 2>"$STATE/violations" && return 0
	cat "$STATE/violations"
	grep -v ' 0 ' "$STATE/verdict"
	fail "the oracle found violations"
}
