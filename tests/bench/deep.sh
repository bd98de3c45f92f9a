#!/bin/bash
# A page deep in a project of 100,000 sentences against the first page of one of 100, and an insert in
# the middle against one at the end: the time, and the rows written by the database.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

stack_up
set_conf limits.sentences_per_project=1000000
serve
small=$(lines 100 | new_project) || exit 1
big=$(lines 100000 | new_project) || exit 1
url=http://127.0.0.1:$PORT_A
check_page "$url/project/$big/page/10000" 'line 100000.'

# ------------------------------------------------------------------ pages

page() { # NAME PROJECT N: the time of one page, requested repeatedly by one client
	local out
	out=$(load "$seconds" 1 "$url" pages "$TOKEN" "$2" "$3" "$3") || exit 1
	field 2 <<<"$out" >>"$BENCH_TMP/$1"
}

seconds=$(pick 2 1)
depths="10 100 1000 2500 5000 7500 9000 9990 9999"
for _ in $(seq "$(pick 5 1)"); do
	page first "$small" 1
	page last "$big" 10000
	for n in $depths; do
		page "depth.$n" "$big" "$n"
	done
done
first=$(median <"$BENCH_TMP/first")
judge "last page of 100,000, against the first of 100" "$(median <"$BENCH_TMP/last")" "$first" ms le 3
worst=$(for n in $depths; do median <"$BENCH_TMP/depth.$n"; done | sort -g | tail -n 1)
judge "slowest page between" "$worst" "$first" ms le 3

# ------------------------------------------------------------------ inserts

insert() { # PROJECT INDEX
	api POST /audio/ "{\"project_id\":$1,\"index\":$2,\"text\":\"One more.\",\"speed\":1}" >/dev/null
}

rows() { # rows written so far by the whole server, without temporary tables
	db -e "SHOW GLOBAL STATUS WHERE Variable_name IN
		('Handler_write', 'Handler_update', 'Handler_delete')" |
		awk '{ n += $2 } END { print n }'
}

written() { # PROJECT INDEX: by one insert
	local before
	before=$(rows)
	insert "$@"
	echo $(($(rows) - before))
}

n=$(pick 60 15)
for _ in $(seq "$n"); do
	written "$big" $((RANDOM * 3 + 10)) >>"$BENCH_TMP/rows.middle"
	written "$big" -1 >>"$BENCH_TMP/rows.end"
	written "$small" $((RANDOM % 80 + 10)) >>"$BENCH_TMP/rows.small"
done
most=$(sort -g "$BENCH_TMP/rows.middle" | tail -n 1)
most_small=$(sort -g "$BENCH_TMP/rows.small" | tail -n 1)
least=$(sort -g "$BENCH_TMP/rows.middle" | head -n 1)
[ "$most" = "$least" ] && [ "$most" = "$most_small" ] && verdict=ok || verdict=MISSED
row "rows written by an insert anywhere in 100,000, against 100" "$least to $most" "$most_small" \
	"$(calc "$most / $most_small" %.2f)" "the same" "$verdict"

# The mean time, so that work deferred to later inserts is counted.
inserts() { # NAME FIRST LAST
	local out
	out=$(load "$seconds" 1 "$url" insert "$TOKEN" "$big" "$2" "$3") || exit 1
	calc "1000 / $(field 1 <<<"$out")" '%.3f\n' >>"$BENCH_TMP/insert.$1"
}

for _ in $(seq "$(pick 7 1)"); do
	inserts end -1 -1
	inserts middle 10000 90000
	inserts place 50000 50000
done
end=$(median <"$BENCH_TMP/insert.end")
judge "insert in the middle of 100,000, against the end" "$(median <"$BENCH_TMP/insert.middle")" "$end" ms le 2
judge "insert at the same place again and again, against the end" \
	"$(median <"$BENCH_TMP/insert.place")" "$end" ms le 2
