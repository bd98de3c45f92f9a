# Functions for the benchmarks: starting and stopping, rounds of wrk, CPU time, medians, the table.
# Sourced by each of them. They are run by tests/bench/run, which sets BENCH_TMP (a directory for this
# benchmark), BENCH_ROWS (the table so far), BENCH_QUICK (1: short) and BENCH_PORT.
# shellcheck shell=bash disable=SC2034 # variables set here are used by the scripts that source this file
set -u -o pipefail
LC_ALL=C
export LC_ALL

: "${BENCH_TMP:?run it with tests/bench/run}"
BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$BENCH_DIR/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$TOP/$BUILD ;; esac
PYTHON=/usr/bin/python3 # Debian's own Python, which has Debian's packages
export PYTHONDONTWRITEBYTECODE=1

die() {
	echo "bench: $*" >&2
	exit 1
}

say() {
	echo "   $*" >&2
}

# pick LONG SHORT: the number for a full run, or for a quick one.
pick() {
	if [ "$BENCH_QUICK" = 1 ]; then echo "$2"; else echo "$1"; fi
}

# need PACKAGE...: install these Debian packages if missing.
need() {
	local missing=() p sudo=
	for p; do
		dpkg-query -W -f '${Status}\n' "$p" 2>/dev/null | grep -q 'ok installed$' || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return
	say "installing ${missing[*]}"
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	{ $sudo apt-get update -q &&
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
		>"$BENCH_TMP/apt.log" 2>&1 || die "cannot install ${missing[*]}: $(tail -n 1 "$BENCH_TMP/apt.log")"
}

# ------------------------------------------------------------------ processes

STARTED=()
AT_END=()
declare -A PIDS

# started PID [NAME]: stop it and its descendants when the benchmark ends.
started() {
	STARTED+=("$1")
	[ $# -lt 2 ] || PIDS[$2]=$1
}

# pid_of NAME: print the process id registered under that name.
pid_of() {
	echo "${PIDS[$1]-}"
}

# at_end "COMMAND ARGUMENT...": also run this at the end; the last one registered runs first.
at_end() {
	AT_END+=("$1")
}

# tree PID...: print these processes and all their descendants, one per line.
tree() {
	local pid
	for pid; do
		[ -d "/proc/$pid" ] || continue
		echo "$pid"
		# shellcheck disable=SC2046 # split into words on purpose
		tree $(cat /proc/"$pid"/task/*/children 2>/dev/null)
	done
}

# stop PID...: terminate these processes, and wait until they and their descendants are gone; kill those
# that remain.
stop() {
	local all i
	all=$(tree "$@")
	[ -n "$all" ] || return 0
	kill -TERM "$@" 2>/dev/null
	for i in $(seq 300); do
		# shellcheck disable=SC2086
		all=$(alive $all)
		[ -n "$all" ] || break
		# shellcheck disable=SC2086
		case $i in
		60) kill -TERM $all 2>/dev/null ;;
		250) kill -KILL $all 2>/dev/null ;;
		esac
		sleep 0.05
	done
	wait "$@" 2>/dev/null
	return 0
}

# alive PID...: print those that are still running.
alive() {
	local pid
	for pid; do
		grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" && echo "$pid"
	done
	return 0
}

cleanup() {
	local i
	for ((i = ${#STARTED[@]} - 1; i >= 0; i--)); do
		stop "${STARTED[i]}"
	done
	for ((i = ${#AT_END[@]} - 1; i >= 0; i--)); do
		${AT_END[i]}
	done
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# ticks PID...: CPU time in clock ticks (10 ms) of these processes, including the children they have
# waited for.
ticks() {
	local pid line sum=0
	for pid; do
		line=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
		line=${line##*) }
		# shellcheck disable=SC2086
		set -- $line
		sum=$((sum + ${12} + ${13} + ${14} + ${15}))
	done
	echo "$sum"
}

# ticks_of NAME...: the same for the processes registered under these names, with all their descendants.
ticks_of() {
	local name pids=
	for name; do
		pids+=" $(tree "${PIDS[$name]}")"
	done
	# shellcheck disable=SC2086
	ticks $pids
}

# wait_for SECONDS COMMAND...: wait until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

now() {
	echo "${EPOCHREALTIME/./}"
}

# ------------------------------------------------------------------ numbers

# calc EXPRESSION [FORMAT]
calc() {
	awk "BEGIN { printf \"${2:-%.3f}\", ($1) }"
}

median() {
	sort -g | awk '{ v[NR] = $1 } END { printf "%.6g\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# percentile P: of the numbers on standard input.
percentile() {
	sort -g | awk -v p="$1" '{ v[NR] = $1 } END { i = int((NR * p + 99) / 100); print v[i < 1 ? 1 : i] }'
}

# ------------------------------------------------------------------ the table

# row WHAT OURS PEER RATIO WANTED [OK|MISSED|-]: one line of the table.
row() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "${6:--}" | tee -a "$BENCH_ROWS" |
		awk -F '\t' '{ printf "   %s: %s | %s | %s | %s | %s\n", $1, $2, $3, $4, $5, $6 }' >&2
}

# judge WHAT OURS PEER UNIT ge|le LIMIT: a row whose ratio is ours / peer.
judge() {
	judge_ratio "$1" "$2" "$3" "$(calc "$3 == 0 ? 0 : $2 / $3")" "${@:4}"
}
median_ratio() { # FILE
	awk '{ print $1 / $2 }' "$1" | median
}
# judge_rounds WHAT FILE UNIT ge|le LIMIT: each line of FILE is our result and the peer's from one
# round, measured one after the other. What the machine does to both in a round does not affect the
# ratio of that round: the median of these ratios counts, not the ratio of the medians.
judge_rounds() {
	judge_ratio "$1" "$(field 1 <"$2" | median)" "$(field 2 <"$2" | median)" "$(median_ratio "$2")" "${@:3}"
}
# row_rounds WHAT FILE UNIT: the same without a limit.
row_rounds() {
	row "$1" "$(field 1 <"$2" | median) $3" "$(field 2 <"$2" | median) $3" "$(calc "$(median_ratio "$2")" %.2f)" -
}
# judge_ratio WHAT OURS PEER RATIO UNIT ge|le LIMIT
judge_ratio() {
	local verdict sign
	case $6 in
	ge) sign='≥' verdict=$(calc "$4 >= $7" %d) ;;
	le) sign='≤' verdict=$(calc "$4 <= $7 && $3 > 0" %d) ;;
	*) die "judge $6?" ;;
	esac
	[ "$verdict" = 1 ] && verdict=ok || verdict=MISSED
	row "$1" "$2 $5" "$3 $5" "$(calc "$4" %.2f)" "$sign $7" "$verdict"
}

# within WHAT OURS PEER UNIT MIDDLE PERCENT: the ratio may differ from MIDDLE by PERCENT.
within() {
	local ratio verdict
	ratio=$(calc "$3 == 0 ? 0 : $2 / $3")
	verdict=$(calc "$ratio >= $5 * (1 - $6 / 100) && $ratio <= $5 * (1 + $6 / 100)" %d)
	[ "$verdict" = 1 ] && verdict=ok || verdict=MISSED
	row "$1" "$2 $4" "$3 $4" "$(calc "$ratio")" "$5 ± $6 %" "$verdict"
}

# limit WHAT OURS UNIT LIMIT: a number without a peer.
limit() {
	local verdict=MISSED
	[ "$(calc "$2 <= $4" %d)" = 1 ] && verdict=ok
	row "$1" "$2 $3" - - "≤ $4 $3" "$verdict"
}

# ------------------------------------------------------------------ wrk

# load SECONDS CONNECTIONS URL SCRIPT_ARGUMENT...: run wrk and print "requests_per_second p50_ms p99_ms
# requests errors". Fails if there was an error.
load() {
	local seconds=$1 connections=$2 url=$3 out
	shift 3
	out=$(wrk -t1 -c"$connections" -d"${seconds}s" --timeout 10s -s "$BENCH_DIR/load.lua" "$url" -- "$@" 2>&1)
	out=$(sed -n 's/^BENCH //p' <<<"$out")
	[ -n "$out" ] || die "wrk said nothing for $url"
	echo "$out"
	[ "${out##* }" = 0 ] || die "${out##* } failed requests of wrk at $url ($*)"
}

# field N: print field N of each line.
field() {
	awk -v n="$1" '{ print $n }'
}

# compile NAME LIBRARY...: compile NAME.c of this directory into BENCH_TMP.
compile() {
	local name=$1
	shift
	# shellcheck disable=SC2046
	"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra $(pkg-config --cflags mysqlclient) \
		-o "$BENCH_TMP/$name" "$BENCH_DIR/$name.c" "$@" || die "cannot compile $name.c"
}

# shellcheck source=service.sh
. "$BENCH_DIR/service.sh"
