# A database on TCP, with TLS and our own certificate authority.
# shellcheck shell=bash disable=SC2034,SC2154

# authority NAME: create a certificate authority, $work/tls/NAME.pem.
authority() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$work/tls/$1.key" -out "$work/tls/$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY HOST: create a certificate for HOST signed by AUTHORITY.
certificate() {
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$work/tls/$1.key" -out "$work/tls/$1.csr" 2>/dev/null &&
		openssl x509 -req -in "$work/tls/$1.csr" -CA "$work/tls/$2.pem" -CAkey "$work/tls/$2.key" -CAcreateserial -days 2 \
			-extfile <(echo "subjectAltName=DNS:$3") -out "$work/tls/$1.pem" 2>/dev/null
}

# Start another server on TCP in addition to that of the stack: far_server OPTION…
far_server() {
	tests/mariadb stop "$work/far"
	tests/mariadb start "$work/far" --skip-networking=0 --bind-address=127.0.0.1 --port="$far_port" "$@"
}

with_tls() {
	far_server --ssl-cert="$work/tls/$1.pem" --ssl-key="$work/tls/$1.key" --ssl-ca="$work/tls/ours.pem"
}

far_sql() {
	mariadb --no-defaults -N -B --socket="$work/far/mysql.sock" -e "$1"
}

# far_conf FILE CA: write the stack's tts.conf with the far database in place of its own.
far_conf() {
	sed "/^databases/,/^}/s|^\tsocket = .*|\tsocket = \"\"; host = \"localhost\"; port = $far_port; tls_ca = \"$2\";|
		s|# url = \"http:.*|url = \"$url\";|" "${3:-$STATE/tts.conf}" >"$1"
}

# refused CONF: no program can connect, and each reports it in its own way.
refused() {
	local got=0
	"$BUILD/ttsctl" -c "$1" status --json >"$work/out" 2>"$work/err" || got=$?
	equal "$got" 75 "ttsctl status: $(<"$work/err")"
	jq -e '.database == false' "$work/out" >/dev/null
	grep -q 'cannot connect to the database' "$work/err" || fail "$(<"$work/err")"
	got=0
	"$BUILD/tts-render" -c "$1" 2>"$work/err" || got=$?
	equal "$got" 75 "tts-render: $(<"$work/err")"
	got=0
	"$BUILD/ttsctl" -c "$1" migrate >"$work/out" 2>"$work/err" || got=$?
	equal "$got" 1 "ttsctl migrate: $(<"$work/err")"
}

# make_far_accounts CONF: as tts-setup makes them for that configuration, TLS included.
make_far_accounts() {
	"$BUILD/ttsctl" -c "$1" migrate --socket="$work/far/mysql.sock" --user="$(id -un)" --accounts="$STATE/secrets" \
		--from-host=127.0.0.1
}

test_a_database_with_tls_is_used_and_another_one_is_refused() {
	local far_port got=0
	command -v openssl >/dev/null || exit 77
	far_port=$(free_port)
	mkdir -p "$work/tls"
	trap 'tests/mariadb stop "$work/far"; tests/stack up >/dev/null' EXIT
	authority ours
	authority other
	certificate server ours localhost
	certificate elsewhere ours other.example.org

	with_tls server
	far_conf "$work/right.conf" "$work/tls/ours.pem"
	make_far_accounts "$work/right.conf"

	# With the right authority everything works.
	"$BUILD/ttsctl" -c "$work/right.conf" migrate
	"$BUILD/ttsctl" -c "$work/right.conf" status
	far_conf "$work/right.conf.in" "$work/tls/ours.pem" etc/tts.conf.in
	CONF=$work/right.conf.in tests/stack up
	new_user
	new_project 'One canary.'
	all_ready
	equal "$(far_sql "SELECT COUNT(*) FROM tts.audio WHERE state = 'ready'")" 1 'sentences in the far database'
	# Without TLS no program can connect.
	far_conf "$work/plain.conf" ''
	"$BUILD/ttsctl" -c "$work/plain.conf" status >/dev/null 2>&1 || got=$?
	equal "$got" 75 'without TLS'

	# Another authority, another name, or no TLS at all: an unknown server.
	far_conf "$work/wrong.conf" "$work/tls/other.pem"
	refused "$work/wrong.conf"
	with_tls elsewhere
	refused "$work/right.conf"
	until_so 30 answers /healthz 503
	far_server --skip-ssl
	make_far_accounts "$work/plain.conf"
	"$BUILD/ttsctl" -c "$work/plain.conf" migrate
	refused "$work/right.conf"
	request GET /healthz
	expect 503

	# With the right server everything resumes by itself.
	with_tls server
	until_so 60 answers /healthz 200
}
