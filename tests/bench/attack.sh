#!/bin/bash
# What one account can do to the others: GET of somebody's projects at rest, and while another account
# sends previews of 2 MiB, eight at a time. Everything as it runs for anybody, the limits too.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

whole_stack s
EMAIL=attacker@example.org
login
attacker=$TOKEN
EMAIL=bystander@example.org
login
echo 'One sentence.' | new_project en-us >/dev/null || exit 1

jq -nc '{title: "Long", sentences: ("What is this long text good for, one may well ask. " * 40000)}' >"$BENCH_TMP/long.json"
[ "$(stat -c %s "$BENCH_TMP/long.json")" -gt 2000000 ] || die 'the text is too short'

# The milliseconds of N requests, 20 in a second.
bystander() {
	local i
	for ((i = 0; i < $1; i++)); do
		curl -s -o /dev/null -f -m 60 -w '%{time_total}\n' -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:$PORT_A/project/" ||
			die 'the bystander is refused'
		sleep 0.05
	done | awk '{ print $1 * 1000 }'
}

# One of the eight: as long as the file is there, and its answers.
attack() {
	while [ -e "$BENCH_TMP/attacking" ]; do
		curl -s -o /dev/null -m 60 -w '%{http_code}\n' -H "Authorization: Bearer $attacker" -H 'Content-Type: application/json' \
			--data-binary "@$BENCH_TMP/long.json" "http://127.0.0.1:$PORT_A/project/?preview=1"
	done
}

n=$(pick 400 60)
bystander "$n" >"$BENCH_TMP/rest"
: >"$BENCH_TMP/attacking"
attackers=()
for i in 1 2 3 4 5 6 7 8; do
	attack >"$BENCH_TMP/answers.$i" &
	attackers+=($!)
done
sleep 2
bystander "$n" >"$BENCH_TMP/beside"
rm "$BENCH_TMP/attacking"
wait "${attackers[@]}"
answered=$(cat "$BENCH_TMP"/answers.* | grep -c 200)
[ "$answered" -gt 0 ] || die 'no preview was answered'
judge "GET /project/, p95 of $n, beside eight previews of 2 MiB at a time ($answered answered), against at rest" \
	"$(percentile 95 <"$BENCH_TMP/beside")" "$(percentile 95 <"$BENCH_TMP/rest")" ms le 5
