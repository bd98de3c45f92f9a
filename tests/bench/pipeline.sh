#!/bin/bash
# Pipelines with engines that answer at once: stand-ins for the services, on loopback. Ten clients start one after
# the other until there are a hundred, and wait until the film is there. What is measured is the path from the start to
# the film: three queues, three programs, four requests, two downloads and a picture that is decoded.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v node >/dev/null || need nodejs
need bubblewrap ffmpeg
total=$(pick 100 20)
ports=()
for service in openai suno creatomate; do
	ports[${#ports[@]}]=$((PORT_B + 1 + ${#ports[@]}))
	node "$TOP/tests/e2e/$service.mjs" "${ports[-1]}" >"$BENCH_TMP/$service.log" 2>&1 &
	started $! $service
	wait_for 10 curl -s -o "$BENCH_TMP/paid" "http://127.0.0.1:${ports[-1]}/paid" || die "$(<"$BENCH_TMP/$service.log")"
done
curl -sS -X POST -d '{"polls":0}' "http://127.0.0.1:${ports[1]}/plan" >/dev/null
curl -sS -X POST -d '{"polls":0}' "http://127.0.0.1:${ports[2]}/plan" >/dev/null
mkdir -p "$BENCH_TMP/p/conf.d"
cat >"$BENCH_TMP/p/conf.d/bench.conf" <<-END
	http = { public_url = "http://127.0.0.1:$PORT_A"; };
	pipeline = {
		allow_networks = "127.0.0.0/8";
		lyric = { engine = "openai-chat"; url = "http://127.0.0.1:${ports[0]}/v1"; model = "bench"; key_file = ""; calls_per_min = 0; };
		song = { engine = "suno"; url = "http://127.0.0.1:${ports[1]}"; key_file = ""; calls_per_min = 0; concurrency = 4; };
		video = { engine = "creatomate"; url = "http://127.0.0.1:${ports[2]}"; key_file = ""; calls_per_min = 0; concurrency = 4; };
	};
END
whole_stack p
login
ffmpeg -nostdin -loglevel error -f lavfi -i color=teal:s=320x240 -frames:v 1 "$BENCH_TMP/picture.png" || die 'no picture'

cat >"$BENCH_TMP/clients.py" <<-'END'
	# Ten clients; each line of the output is how long a pipeline took, in milliseconds.
	import http.client, json, sys, threading, time, uuid
	port, token, total, picture = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), open(sys.argv[4], 'rb').read()
	names = iter(range(total))
	lock = threading.Lock()

	def call(c, method, path, body=None, kind='application/json'):
	    c.request(method, path, body, {'Authorization': 'Bearer ' + token, 'Content-Type': kind})
	    answer = c.getresponse()
	    text = answer.read()
	    if answer.status not in (200, 201):
	        sys.exit('%s %s: %d %s' % (method, path, answer.status, text[:300]))
	    return json.loads(text)

	def client():
	    c = http.client.HTTPConnection('127.0.0.1', port)
	    while True:
	        with lock:
	            n = next(names, None)
	        if n is None:
	            return
	        task = str(uuid.uuid4())
	        call(c, 'POST', '/pipeline/%s/image/' % task, picture, 'image/png')
	        began = time.monotonic()
	        call(c, 'POST', '/pipeline/start', json.dumps({'task_id': task, 'customer_name': 'Shop %d' % n, 'region': '군산',
	            'detail_region_info': 'by the sea', 'language': 'Korean'}))
	        while True:
	            time.sleep(0.1)
	            status = call(c, 'GET', '/pipeline/status/' + task)
	            word = status.get('overall_status', status.get('status'))
	            if word == 'completed':
	                break
	            if word in ('failed', 'cancelled') or time.monotonic() - began > 120:
	                sys.exit('%s: %s' % (task, json.dumps(status)[:600]))
	        print('%.0f\n' % ((time.monotonic() - began) * 1000), end='', flush=True) # at once: of several threads

	threads = [threading.Thread(target=client) for _ in range(10)]
	for t in threads:
	    t.start()
	for t in threads:
	    t.join()
END
begun=$(now)
"$PYTHON" "$BENCH_TMP/clients.py" "$PORT_A" "$TOKEN" "$total" "$BENCH_TMP/picture.png" >"$BENCH_TMP/took" 2>"$BENCH_TMP/clients.log" || :
[ "$(wc -l <"$BENCH_TMP/took")" = "$total" ] || die "only $(wc -l <"$BENCH_TMP/took") of $total films: $(head -c 600 "$BENCH_TMP/clients.log")"
wall=$(calc "($(now) - $begun) / 1e6" %.1f)
for service in "${ports[@]}"; do
	[ "$(curl -sS "http://127.0.0.1:$service/paid" | jq -r '"\(.total) \(.twice)"')" = "$total 0" ] || die "not paid $total times: $(curl -sS "http://127.0.0.1:$service/paid" | head -c 300)"
done
limit "Pipelines: $total starts, ten at a time, three stages at services: median from start to film" "$(median <"$BENCH_TMP/took")" ms 1000
row "the same, the slowest of a hundred" "$(percentile 99 <"$BENCH_TMP/took") ms" - - -
row "films a minute" "$(calc "$total * 60 / $wall" %.0f)" - - -
