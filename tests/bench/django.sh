#!/bin/bash
# GET /project/{id}/page/{n} against the stack of the previous service: Django REST framework with JSON
# Web Tokens under gunicorn, on the same rows. The measure is requests per second of CPU: user and
# system time of all processes of the API (master and workers); then again including nginx and MariaDB.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need python3-djangorestframework python3-djangorestframework-simplejwt python3-gunicorn python3-mysqldb
stack_up
serve
project=$(lines 1000 | new_project) || exit 1

BENCH_SECRET=$(head -c 32 /dev/urandom | base64)
export BENCH_SECRET BENCH_DB_SOCKET=$DB_SOCKET BENCH_DB_NAME=$DB_NAME BENCH_DB_USER=$DB_ADMIN
export DJANGO_SETTINGS_MODULE=settings
cd "$BENCH_DIR/django" || exit 1
peer_token=$("$PYTHON" login.py "$(db -e "SELECT user_id FROM project WHERE id = $project")") ||
	die "no token for the peer"
"$PYTHON" -m gunicorn --workers 4 --bind "unix:$BENCH_TMP/peer.sock" --backlog 4096 \
	--log-level warning 'django.core.wsgi:get_wsgi_application()' >"$BENCH_TMP/gunicorn.log" 2>&1 &
started $! pool.peer
wait_for 20 test -S "$BENCH_TMP/peer.sock" || die "gunicorn: $(tail -n 1 "$BENCH_TMP/gunicorn.log")"
web_proxy peer "$PORT_B" "$BENCH_TMP/peer.sock"
check_page "http://127.0.0.1:$PORT_A/project/$project/page/50" 'line 491 '
TOKEN=$peer_token check_page "http://127.0.0.1:$PORT_B/project/$project/page/50" 'line 491 '

side() { # NAME PORT TOKEN
	local api all n out
	api=$(ticks_of "pool.$1") all=$(ticks_of "web.$1" db)
	out=$(load "$seconds" 8 "http://127.0.0.1:$2" pages "$3" "$project" 1 100) || exit 1
	api=$(($(ticks_of "pool.$1") - api)) all=$(($(ticks_of "web.$1" db) - all))
	n=$(field 4 <<<"$out")
	calc "$n * 100 / $api" '%.0f\n' >>"$BENCH_TMP/$1.api"
	calc "$n * 100 / ($api + $all)" '%.0f\n' >>"$BENCH_TMP/$1.all"
	field 1 <<<"$out" >>"$BENCH_TMP/$1.rps"
}

# Each worker of the peer has to load its code first.
load 3 8 "http://127.0.0.1:$PORT_B" pages "$peer_token" "$project" 1 100 >/dev/null || exit 1
seconds=$(pick 6 2)
for _ in $(seq "$(pick 5 1)"); do
	side ours "$PORT_A" "$TOKEN"
	side peer "$PORT_B" "$peer_token"
done

judge "GET page per CPU second of the API, against Django + gunicorn" \
	"$(median <"$BENCH_TMP/ours.api")" "$(median <"$BENCH_TMP/peer.api")" "/CPU s" ge 7
ours=$(median <"$BENCH_TMP/ours.all") peer=$(median <"$BENCH_TMP/peer.all")
row "the same with nginx and MariaDB counted in both" "$ours /CPU s" "$peer /CPU s" "$(calc "$ours / $peer" %.2f)" -
ours=$(median <"$BENCH_TMP/ours.rps") peer=$(median <"$BENCH_TMP/peer.rps")
row "the same by the clock" "$ours /s" "$peer /s" "$(calc "$ours / $peer" %.2f)" -
