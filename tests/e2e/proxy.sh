# After a proxy: the recipes of tts-proxy(7), as they stand there.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

# recipe PATTERN: the example in the manual page that has it.
recipe() {
	csplit -s -z -f "$work/part" man/tts-proxy.7 '/^\.Bd/' '{*}'
	sed -n '/^\.Bd/,/^\.Ed/p' "$(grep -l -- "$1" "$work"/part* | head -n 1)" | grep -v '^\.'
}

# The setting of the manual page that trusts a proxy on this machine.
trusted() {
	recipe 'trusted_proxies = "127.0.0.1 ::1";' | sed -n 's/.*trusted_proxies = \(".*"\);.*/\1/p'
}

# A certificate for a name, and its key.
certificate_for() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
		-keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
}

# front_nginx: the recipe's site with TLS, as certbot would change it, in a second nginx; sets $front.
front_nginx() {
	local port dir=$work/front
	port=$(free_port)
	mkdir -p "$dir"/{log,tmp}
	{
		[ "$(id -u)" != 0 ] || echo 'user root;'
		echo "pid $dir/nginx.pid; events {}"
		echo "http { access_log off; client_body_temp_path $dir/tmp/b; proxy_temp_path $dir/tmp/p; fastcgi_temp_path $dir/tmp/f;"
		echo "uwsgi_temp_path $dir/tmp/u; scgi_temp_path $dir/tmp/s;"
		recipe '^server {' | sed "s|listen \[::\]:80;||; s|127.0.0.1:8080|127.0.0.1:$PORT|
			s|listen 80;|listen 127.0.0.1:$port ssl; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;|"
		echo '}'
	} >"$dir/nginx.conf"
	PATH=$PATH:/usr/sbin nginx -p "$dir" -e "$dir/log/nginx.log" -c "$dir/nginx.conf"
	front=$port
}

front_haproxy() {
	local port
	port=$(free_port)
	cat "$work/cert.pem" "$work/key.pem" >"$work/tts.pem"
	recipe '^frontend tts' | sed "s|bind :443|bind 127.0.0.1:$port|; s|/etc/haproxy/tts.pem|$work/tts.pem|; s|127.0.0.1:8080|127.0.0.1:$PORT|" \
		>"$work/haproxy.cfg"
	PATH=$PATH:/usr/sbin haproxy -D -p "$work/haproxy.pid" -f "$work/haproxy.cfg" 2>"$work/err" || fail "$(<"$work/err")"
	front=$port
}

end_front() {
	local file
	for file in "$work/front/nginx.pid" "$work/haproxy.pid"; do
		[ ! -s "$file" ] || kill "$(<"$file")" || :
		rm -f "$file"
	done
	tests/stack up >/dev/null
}

# wrong_login: the body of a login to an account of its own, as those to one account have a limit too.
wrong_login() {
	echo "{\"email\":\"nobody-$RANDOM$RANDOM@example.org\",\"password\":\"canary canary\"}"
}

# logins N [OPTION of curl]…: so many wrong logins one after the other; prints how often each status came.
logins() {
	local n=$1 i
	shift
	for ((i = 0; i < n; i++)); do
		curl -sS -m 60 -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/json' -d "$(wrong_login)" "$@" "$url/login/"
	done | sort | uniq -c | xargs
}

# Each client has a limit of its own, whatever the others do and whatever it says about itself.
limited_by_client() {
	local i
	for i in {1..30}; do
		equal "$(logins 2 --interface "127.77.$1.$i")" '2 401' "client $i"
	done
	[[ $(logins 60 --interface "127.78.$1.1") == *' 429' ]] || fail '60 logins of one client in a row and none was refused'
	[[ $(logins 10 --interface "127.78.$1.1" -H "X-Forwarded-For: 203.0.113.$1") == *' 429' ]] ||
		fail 'a client that pretends to be another one is not limited'
	equal "$(logins 1 --interface "127.79.$1.1")" '1 401' 'another client'
}

through_the_front() {
	url=https://tts.example.org:$front
	# What curl is told in each request: which address the name has, and whose certificate is good.
	printf 'resolve = "tts.example.org:%s:127.0.0.1"\ncacert = "%s"\n' "$front" "$work/cert.pem" >"$work/.curlrc"
	export CURL_HOME=$work
}

the_main_job() {
	new_user
	new_project 'One canary after a proxy. And a second one.'
	all_ready
	request GET "/project/$project/page/1"
	token=
	request GET "$(get .page[0].path)"
	expect 200
	equal "$(header Cache-Control)" 'public, max-age=31536000, immutable'
	request GET /
	equal "$status $(header Location)" '302 /swagger/'
	head -c 2000000 /dev/zero | tr '\0' ' ' >"$work/big"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/big"
	expect 401
	head -c 4000000 /dev/zero | tr '\0' ' ' >"$work/big"
	request POST /project/ -H 'Content-Type: application/json' --data-binary "@$work/big" -H 'Expect:'
	expect 413
}

test_after_nginx_with_tls_each_client_has_its_own_limit() {
	with_conf trusted_proxies="$(trusted)"
	trap end_front EXIT
	certificate_for tts.example.org
	front_nginx
	through_the_front
	until_so 10 answers /voices/ 200
	limited_by_client 1
	the_main_job
}

test_after_haproxy_with_tls_each_client_has_its_own_limit() {
	PATH=$PATH:/usr/sbin command -v haproxy >/dev/null || exit 77
	with_conf trusted_proxies="$(trusted)"
	trap end_front EXIT
	certificate_for tts.example.org
	front_haproxy
	through_the_front
	until_so 10 answers /voices/ 200
	limited_by_client 2
	the_main_job
}

# The site believes nobody by default, and of two addresses the last that is not a proxy's.
test_only_a_trusted_proxy_says_who_its_client_is() {
	local i
	for i in {1..60}; do
		send POST /login/ "$(wrong_login)" -H "X-Forwarded-For: 203.0.113.$i"
		[ "$status" != 429 ] || break
	done
	expect 429
	with_conf trusted_proxies='"127.0.0.1 198.51.100.0/24"'
	for i in {1..60}; do
		send POST /login/ "$(wrong_login)" \
			-H "X-Forwarded-For: 203.0.113.$i, 192.0.2.1, 198.51.100.$i"
		[ "$status" != 429 ] || break
	done
	expect 429
}

# One network of IPv6 is one client, however many addresses it has and however they are written.
test_a_network_of_ipv6_is_one_client() {
	local i codes=
	with_conf trusted_proxies='"127.0.0.1"'
	from() {
		send POST /login/ "$(wrong_login)" -H "X-Forwarded-For: $1"
	}
	for i in {1..60}; do
		from "2001:db8:0:$(printf %x "$i")::1"
		expect 401
	done
	for i in {1..60}; do
		case $((i % 3)) in
		0) from "2001:db8::$(printf %x "$i")" ;;
		1) from "2001:db8:0:0:1::$(printf %x "$i")" ;;
		2) from "2001:db8::$(printf %x "$i"):2:3:4" ;;
		esac
		codes+="$status "
	done
	[[ $codes == *429*429*429* ]] || fail "not limited: $codes"
	from 2001:db8:1::1
	expect 401
	# Addresses of IPv4 that are written as such of IPv6 are many clients all the same.
	for i in {1..60}; do
		from "::ffff:192.0.2.$i"
		expect 401
	done
}
