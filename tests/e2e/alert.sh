# What an administrator is told of, at alerts.webhook_url.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

# A place that takes alerts, and refuses the first; sets $there.
alerts_go_there() {
	local port
	port=$(free_port)
	there=http://127.0.0.1:$port/hook
	: >"$work/alerts"
	node -e '
		const [port, log] = process.argv.slice(1), fs = require("fs");
		let n = 0;
		require("http").createServer((req, res) => {
			let body = "";
			req.on("data", (d) => body += d).on("end", () => {
				fs.appendFileSync(log, JSON.stringify({type: req.headers["content-type"], path: req.url, body: JSON.parse(body)}) + "\n");
				res.statusCode = n++ ? 200 : 500;
				res.end("ok");
			});
		}).listen(port, "127.0.0.1");
		const parent = process.ppid;
		setInterval(() => process.ppid === parent || process.exit(), 300).unref();' "$port" "$work/alerts" &
	trap 'sql "DELETE FROM alert"; rm -f "$STATE/conf.d/alerts.conf" "$STATE/secrets/alerts.url"' EXIT
}

alerted() {
	[ "$(wc -l <"$work/alerts")" -ge "$1" ]
}

test_an_administrator_is_told_once() {
	alerts_go_there
	echo "$there" >"$STATE/secrets/alerts.url"
	echo "alerts = { webhook_url_file = \"$STATE/secrets/alerts.url\"; };" >"$STATE/conf.d/alerts.conf"
	sql "INSERT INTO alert (created_at, run_at, subject, text) VALUES (NOW(3), NOW(3), 'engine.suno.auth', 'The key of \"suno\" is refused: 열쇠'),
		(NOW(3) - INTERVAL 2 DAY, NOW(3), 'old', 'this is history')"
	until_so 20 alerted 1
	# It was refused; later it is sent again.
	until_so 20 failed_once
	[ "$(sql 'SELECT run_at > NOW(3) + INTERVAL 20 SECOND FROM alert WHERE tries = 1')" = 1 ] || fail 'it is tried again at once'
	sql "UPDATE alert SET run_at = NOW(3) WHERE subject LIKE 'engine%'"
	until_so 20 alerted 2
	until_so 20 all_told
	touch "$STATE/run/event.kick"
	sleep 2.5
	equal "$(wc -l <"$work/alerts")" 2 requests
	jq -se 'all(.[]; .body == {text: "The key of \"suno\" is refused: 열쇠"} and .path == "/hook" and .type == "application/json")' \
		"$work/alerts" >/dev/null || fail "$(cat "$work/alerts")"
}

failed_once() {
	grep -q 'alert [0-9]* could not be sent, try 1: it was answered with 500' "$STATE/log/notify.log"
}

all_told() {
	[ "$(sql "SELECT COUNT(*) FROM alert WHERE sent_at IS NULL AND subject LIKE 'engine%'")" = 0 ]
}
