# The service for the benchmarks: the same files as elsewhere (tests/mariadb, sql/migrate,
# etc/tts.conf.in, nginx/*.in), but each component alone, with no timer and no limit on requests, so
# that nothing runs that is not being measured. Sourced by lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # variables set here are used by the scripts that source this file

PORT_A=$BENCH_PORT
PORT_B=$((BENCH_PORT + 1))
EMAIL=bench@example.org
DB_ADMIN=$(id -un)
DB_NAME=tts

# conf_up [NAME]: a new directory with the secrets, the media root and the configuration; sets STATE, CONF, DB_SOCKET.
conf_up() {
	local file
	STATE=$BENCH_TMP/${1:-s}
	CONF=$STATE/tts.conf
	DB_SOCKET=$STATE/db/mysql.sock
	mkdir -p "$STATE"/{run,secrets,media,gone}
	for file in token.key media.key api.pw renderer.pw work.pw notify.pw stream.pw lyric.pw song.pw video.pw tier.pw migration.pw; do
		head -c 32 /dev/urandom | base64 -w 0 >"$STATE/secrets/$file"
	done
	: >"$STATE/media/.tts-media"
	: >"$STATE/run/kick"
	"$TOP/tests/fill" "$TOP/etc/tts.conf.in" SOCKET "$DB_SOCKET" SECRETS "$STATE/secrets" RUN "$STATE/run" \
		MEDIA "$STATE/media" GONE "$STATE/gone" INBOX "$STATE/inbox" >"$CONF"
}

# stack_up [NAME]: the same, with a database and its schema.
stack_up() {
	conf_up "$@"
	"$TOP/tests/mariadb" start "$STATE/db" --innodb-buffer-pool-size=2G || exit 1
	at_end "$TOP/tests/mariadb stop $STATE/db"
	PIDS[db]=$(cat "$STATE/db/mysql.pid")
	"$TOP/sql/migrate" --socket="$DB_SOCKET" --user="$DB_ADMIN" --database="$DB_NAME" \
		--accounts="$STATE/secrets" 2>"$STATE/migrate.log" || die "$(tail -n 1 "$STATE/migrate.log")"
	set_conf token.expire_sec=86400 http.requests_per_sec=1000000 http.logins_per_min=1000000 http.in_flight=10000
}

# set_conf GROUP.KEY=VALUE...: set keys that the template leaves at their defaults.
set_conf() {
	local assignment group key
	for assignment; do
		key=${assignment%%=*}
		group=${key%%.*} key=${key#*.}
		sed -i "/^$group = {/,/^};/s|^\([[:space:]]*\)\(# \)\?$key = .*|\1$key = ${assignment#*=};|" "$CONF"
		sed -n "/^$group = {/,/^};/p" "$CONF" | grep -q "^[[:space:]]*$key = ${assignment#*=};" || die "no $group.$key in the configuration"
	done
}

db() {
	mariadb --no-defaults --default-character-set=utf8mb4 --batch --skip-column-names --socket="$DB_SOCKET" "$DB_NAME" "$@"
}

# pool NAME WORKERS PROGRAM [ARGUMENT...]: start a FastCGI pool at BENCH_TMP/NAME.sock.
pool() {
	local name=$1 workers=$2 socket=$BENCH_TMP/$1.sock
	shift 2
	spawn-fcgi -n -s "$socket" -M 0660 -b 4096 -- \
		/usr/bin/multiwatch -r 1000000 -f "$workers" -- "$@" >"$BENCH_TMP/$name.log" 2>&1 </dev/null &
	started $! "pool.$name"
	wait_for 10 test -S "$socket" || die "$1: $(tail -n 1 "$BENCH_TMP/$name.log")"
}

# nginx_run NAME PORT: start an nginx with the configuration in BENCH_TMP/web.NAME.
nginx_run() {
	local dir=$BENCH_TMP/web.$1
	if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
		die "port $2 is in use; choose another with BENCH_PORT"
	fi
	nginx -e "$dir/log/nginx.log" -c "$dir/nginx/nginx.conf" -p "$dir" -g 'daemon off;' \
		>"$dir/log/start.log" 2>&1 </dev/null &
	started $! "web.$1"
	wait_for 10 curl -s -o /dev/null "http://127.0.0.1:$2/" ||
		die "nginx: $(tail -n 1 "$dir/log/start.log" "$dir/log/nginx.log")"
}

# web_frame NAME: write what tests/stack puts around the server block.
web_frame() {
	local dir=$BENCH_TMP/web.$1 user=
	mkdir -p "$dir"/{run,log,tmp,nginx}
	[ "$(id -u)" != 0 ] || user='user root;'
	"$TOP/tests/fill" "$TOP/nginx/nginx.conf.in" STATE "$dir" USER "$user" >"$dir/nginx/nginx.conf"
	"$TOP/nginx/settings" "$dir/nginx" "$BUILD/ttsctl" -c "$CONF" || die 'no settings for nginx'
	"$TOP/tests/fill" "$TOP/nginx/tts-limits.conf.in" SETTINGS "$dir/nginx" >"$dir/nginx/tts-limits.conf"
}

# web NAME PORT SOCKET: start the service's nginx in front of the pool at SOCKET.
web() {
	web_frame "$1"
	sed -i "/^listen/d; \$a listen 127.0.0.1:$2;" "$BENCH_TMP/web.$1/nginx/server.conf"
	"$TOP/tests/fill" "$TOP/nginx/tts.conf.in" SETTINGS "$BENCH_TMP/web.$1/nginx" FCGI "$3" HEAVY "$3" STREAM "$BENCH_TMP/stream.sock" ROOT "$STATE" GONE "$STATE/gone" \
		SHARE "$STATE/share" LOG "$BENCH_TMP/web.$1/log/access.log" \
		METRICS "unix:$BENCH_TMP/web.$1/run/metrics.sock" >"$BENCH_TMP/web.$1/nginx/tts.conf"
	nginx_run "$1" "$2"
}

# web_proxy NAME PORT SOCKET: the same in front of an HTTP server at SOCKET.
web_proxy() {
	web_frame "$1"
	cat >"$BENCH_TMP/web.$1/nginx/tts.conf" <<-END
		server {
			listen 127.0.0.1:$2;
			location / { proxy_pass http://unix:$3; }
		}
	END
	nginx_run "$1" "$2"
}

# web_bare NAME PORT ROOT: start an nginx that only serves files.
web_bare() {
	local dir=$BENCH_TMP/web.$1 user=
	mkdir -p "$dir"/{log,nginx}
	[ "$(id -u)" != 0 ] || user='user root;'
	cat >"$dir/nginx/nginx.conf" <<-END
		$user
		worker_processes auto;
		pid $dir/nginx.pid;
		events { worker_connections 4096; }
		http {
			access_log $dir/log/access.log;
			sendfile on;
			tcp_nopush on;
			server {
				listen 127.0.0.1:$2;
				root $3;
			}
		}
	END
	nginx_run "$1" "$2"
}

# serve [WORKERS]: start the API, pool and nginx, at PORT_A; then sign up and log in a user.
serve() {
	pool ours "${1:-4}" "$BUILD/tts-api" -c "$CONF"
	web ours "$PORT_A" "$BENCH_TMP/ours.sock"
	login
}

# api METHOD PATH [BODY]: print the answer; "@FILE" is a body in a file.
api() {
	local out
	out=$(curl -sS -f -m 120 -X "$1" -H "Authorization: Bearer ${TOKEN-}" \
		-H 'Content-Type: application/json' ${3+--data-binary "$3"} "http://127.0.0.1:$PORT_A$2" 2>&1) ||
		die "$1 $2: $out"
	printf '%s\n' "$out"
}

login() {
	local who="\"email\":\"$EMAIL\",\"password\":\"correct horse\""
	wait_for 20 curl -sf "http://127.0.0.1:$PORT_A/healthz" || die "the API is not healthy"
	api POST /signup/ "{\"name\":\"Bench\",$who}" >/dev/null || exit 1
	TOKEN=$(api POST /login/ "{$who}" | jq -er .access) || die 'cannot log in'
}

# new_project [VOICE]: create a project from the text on standard input; print its id.
new_project() {
	local body
	body=$(mktemp "$BENCH_TMP/body.XXXXXX")
	jq -Rs --arg voice "${1-}" '{title: "Bench", sentences: .} +
		(if $voice == "" then {language: "en"} else {voice: $voice} end)' >"$body"
	api POST /project/ "@$body" | jq -er .id || die 'cannot make a project'
	rm -f "$body"
}

# lines N: print a text of N different sentences, short ones if there are many.
lines() {
	local more=' of a text whose sentences are about as long as sentences are, or a little longer'
	[ "$1" -le 10000 ] || more=
	seq -f "This is line %.0f$more." "$1"
}

# check_page URL TEXT: exit unless the page exists and contains TEXT.
check_page() {
	local page
	page=$(curl -sS -f -H "Authorization: Bearer $TOKEN" "$1") || die "no page at $1"
	[[ $page == *"$2"* ]] || die "not the page that was meant at $1: ${page:0:300}"
}

# whole_stack NAME: start everything as in normal operation (tests/stack, the timer at its default), but
# without limits on requests; sets STATE, PORT and DB_SOCKET.
whole_stack() {
	export STATE=$BENCH_TMP/$1 PORT=$PORT_A CONF=$BENCH_TMP/tts.conf.in
	cp "$TOP/etc/tts.conf.in" "$CONF"
	set_conf http.requests_per_sec=1000000 http.logins_per_min=1000000 http.in_flight=10000
	at_end whole_stack_down
	"$TOP/tests/stack" up >"$BENCH_TMP/stack.log" 2>&1 || die "$(tail -n 1 "$BENCH_TMP/stack.log")"
	DB_SOCKET=$STATE/db/mysql.sock
}
whole_stack_down() {
	"$TOP/tests/stack" down >>"$BENCH_TMP/stack.log" 2>&1 || tail -n 1 "$BENCH_TMP/stack.log" >&2
}

# sentence_to_edit: create a project of one sentence and wait for its sound; sets AUDIO.
sentence_to_edit() {
	local project
	project=$(echo 'One sentence.' | new_project en-us) || exit 1
	AUDIO=$(api GET "/project/$project/page/1" | jq -er '.page[0].id') || die 'no sentence'
	wait_for 20 sentence_heard || die 'the first sentence has no sound'
}
sentence_heard() {
	[ "$(api GET "/audio/$AUDIO" | jq -r .path)" != "" ]
}
