#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../pipeline-job/lines.h"

static struct pool *pool;

/* The lines of WORDS, as "TEXT FROM-TO" joined by "; ". */
static const char *
lines_of(const char *words)
{
	const struct json_node *v = json_tree(pool, words, strlen(words), 10000);
	struct stage_caption *lines;
	struct buf out;
	size_t n;

	assert_non_null(v);
	lines = lines_of_words(pool, v->v, v->n, 60000, &n);
	buf_init(&out, pool, 100);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%s %d-%d", i > 0 ? "; " : "", lines[i].text,
		    (int)lines[i].start_ms, (int)lines[i].end_ms);
	return out.data;
}

#define WORD(text, from, to)                                                                       \
	"{\"word\": \"" text "\", \"success\": true, \"startS\": " #from ", \"endS\": " #to        \
	", \"palign\": 0}"

static const struct row {
	const char *words, *lines;
} rows[] = {
    {"[]", ""},
    {"[" WORD("One ", 1, 1.5) "," WORD("two\\n", 1.5, 2) "," WORD("three", 3, 4.25) "]",
	"One two 1000-2000; three 3000-4250"},
    /* Marks and line ends are in words. */
    {"[" WORD("[Verse]\\nWaggin' ", 1, 2) "," WORD("tail\\n\\n[Chorus]\\n", 2, 3) "," WORD(
	 "Hey", 3, 4) "]",
	"Waggin' tail 1000-3000; Hey 3000-4000"},
    {"[" WORD("end\\nBegin", 10, 19) "]", "end 10000-13375; Begin 13375-19000"},
    {"[" WORD("[Intro", 1, 2) "," WORD(" solo]", 2, 3) "," WORD("Go", 3, 4) "]", "Go 3000-4000"},
    {"[" WORD("[never closed", 1, 2) "," WORD("\\nGo", 3, 4) "]", "Go 3000-4000"},
    {"[" WORD("(ooh) ", 1, 2) "," WORD(" 가자 ", 2, 3) "]", "(ooh) 가자 1000-3000"},
    {"[" WORD(" \\n \\n", 1, 2) "]", ""},
    /* Times that cannot be: lines go on, and end with the song. */
    {"[" WORD("a\\n", 5, 6) "," WORD("b\\n", 2, 3) "," WORD("c", 7, 1) "]",
	"a 5000-6000; b 6000-6000; c 7000-7000"},
    {"[" WORD("a\\n", -5, -1) "," WORD("b", 1e300, 1e301) "]", "a 0-0; b 60000-60000"},
    {"[{\"word\": \"a\"}, {\"word\": 7}, null, \"x\", {\"startS\": 1}, {\"word\": \"b\", "
     "\"startS\": \"1\", \"endS\": null}]",
	"ab 0-0"},
};

static void
words_become_lines(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(lines_of(rows[i].words), rows[i].lines);
}

static void
lines_are_no_longer_than_can_be_kept(void **state)
{
	struct stage_caption *lines;
	const struct json_node *v;
	struct buf words;
	size_t n;

	buf_init(&words, pool, 100000);
	buf_adds(&words, "[{\"word\": \"");
	for (int i = 0; i < 3000; i++)
		buf_adds(&words, "가");
	for (int i = 0; i < 9000; i++)
		buf_adds(&words, "\\nx");
	buf_adds(&words, "\", \"startS\": 0, \"endS\": 60}]");
	v = json_tree(pool, words.data, words.len, 100);
	lines = lines_of_words(pool, v->v, v->n, 60000, &n);
	assert_true(n > 1000 && n <= 4096);
	assert_int_equal(strlen(lines[0].text), 3 * 500);
	for (size_t i = 1; i < n; i++)
		assert_true(lines[i].start_ms >= lines[i - 1].end_ms && lines[i].end_ms <= 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_become_lines),
	    cmocka_unit_test(lines_are_no_longer_than_can_be_kept),
	};

	pool = pool_new();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
