#!/bin/bash
# Deliveries to 100 endpoints on loopback by one tts-notify, one of which takes ten seconds for an answer.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v node >/dev/null || need nodejs
stack_up
: >"$STATE/run/event.kick"
set_conf webhooks.allow_http=1 webhooks.run_sec=120 'webhooks.allow_networks="127.0.0.0/8"' 'webhooks.ports=""'
cat >"$BENCH_TMP/receiver.cjs" <<-'END'
	// Listens at a free port for all endpoints; each has a path. Counts what came to those that are not slow.
	const http = require('http');
	let n = 0, first = 0, last = 0;
	const server = http.createServer((req, res) => {
		if (req.url === '/count')
			return res.end(`${n} ${last - first}\n`);
		req.resume().on('end', () => {
			if (req.url === '/slow')
				return setTimeout(() => res.end(), 10000);
			n++;
			last = Date.now();
			first ||= last;
			res.end();
		});
	}).listen(0, '127.0.0.1', () => console.log(server.address().port));
END
node "$BENCH_TMP/receiver.cjs" >"$BENCH_TMP/port" 2>"$BENCH_TMP/receiver.log" &
started $! receiver
wait_for 10 test -s "$BENCH_TMP/port" || die "$(<"$BENCH_TMP/receiver.log")"
port=$(<"$BENCH_TMP/port")

each=$(pick 100 20)
db <<-END
	INSERT INTO user (created_at, updated_at, name, email, email_key, password_hash)
		VALUES (NOW(3), NOW(3), 'n', '$EMAIL', '$EMAIL', 'x');
	SET @user = LAST_INSERT_ID();
	INSERT INTO webhook (user_id, created_at, updated_at, url, types, fanned_seq) SELECT @user, NOW(3), NOW(3),
		IF(seq = 1, 'http://127.0.0.1:$port/slow', CONCAT('http://127.0.0.1:$port/', seq)), '', 0 FROM seq_1_to_100;
	INSERT INTO webhook_secret (webhook_id, secret) SELECT id, RANDOM_BYTES(32) FROM webhook;
	INSERT INTO delivery (webhook_id, seq, type, body, created_at, updated_at, run_at)
		SELECT id, seq, 'audio.ready', REPEAT('x', 300), NOW(3), NOW(3), NOW(3) FROM webhook JOIN seq_1_to_$each;
END
wanted=$((99 * each))
"$BUILD/tts-notify" -c "$CONF" >"$BENCH_TMP/notify.log" 2>&1 </dev/null &
started $! notify
count() {
	curl -s "http://127.0.0.1:$port/count" >"$BENCH_TMP/count"
	[ "$(field 1 <"$BENCH_TMP/count")" -ge "$wanted" ]
}
wait_for 100 count || die "only $(<"$BENCH_TMP/count") of $wanted came: $(tail -n 3 "$BENCH_TMP/notify.log")"
ms=$(field 2 <"$BENCH_TMP/count")
rate=$(calc "$wanted * 1000 / $ms" %.0f)
verdict=MISSED
[ "$(calc "$rate >= 300" %d)" = 1 ] && verdict=ok
row "Webhooks: deliveries/s to 100 endpoints, one of them slow" "$rate /s" - - '≥ 300 /s' $verdict
