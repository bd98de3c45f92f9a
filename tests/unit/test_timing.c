#include "capture.h"

#include <stdlib.h>

#include "../../common/base/utf8.h"
#include "../../common/text/text.h"
#include "../../render-job/timing.h"

#define RATE 1000 /* so that a sample is a millisecond */

static struct pool *pool;

/* The words of TEXT, spoken as in RUNS (NULL: verbatim), as "word@start-end …". */
static const char *
told(const char *text, const struct say_run *runs, size_t runs_n, const struct slot_word *v,
    size_t n, uint32_t duration)
{
	const struct say_run whole = {0, (uint32_t)utf8_count(text, strlen(text)), 0,
	    (uint32_t)utf8_count(text, strlen(text)), true};
	const struct said said = {.text = pool_strdup(pool, text),
	    .len = strlen(text),
	    .runs = runs != NULL ? runs : &whole,
	    .runs_n = runs != NULL ? runs_n : 1};
	const struct ending ending = {
	    .words = v, .words_n = n, .samples = duration, .sample_rate = RATE};
	size_t words_n;
	const struct timed_word *w =
	    timing_words(pool, text, strlen(text), &said, &ending, duration, &words_n);
	struct buf out;

	buf_init(&out, pool, 0);
	for (size_t i = 0; i < words_n; i++)
		buf_addf(&out, "%s%u+%u@%u-%u", i > 0 ? " " : "", w[i].offset, w[i].length,
		    w[i].start_ms, w[i].end_ms);
	return out.data;
}

#define TOLD(text, duration, ...)                                                                  \
	told(text, NULL, 0, (const struct slot_word[]){__VA_ARGS__},                               \
	    sizeof((const struct slot_word[]){__VA_ARGS__}) / sizeof(struct slot_word), duration)

static void
words_begin_where_the_engine_says(void **state)
{
	assert_string_equal(
	    TOLD("One, two.", 900, {0, 3, 50}, {5, 3, 400}), "0+3@50-400 5+3@400-900");
	/* The engine reports the quotation mark before it, and several words for one. */
	assert_string_equal(
	    TOLD("a “b” 12", 900, {0, 1, 50}, {2, 3, 100}, {6, 2, 200}, {6, 2, 300}, {7, 1, 400}),
	    "0+1@50-100 3+1@100-200 6+2@200-900");
	/* A word that is not reported gets its share of the time by its letters. */
	assert_string_equal(TOLD("all of the rest", 900, {0, 3, 100}, {11, 4, 500}),
	    "0+3@100-250 4+2@250-350 7+3@350-500 11+4@500-900");
	assert_string_equal(TOLD("ab cd", 100, {3, 2, 60}), "0+2@0-60 3+2@60-100");
	assert_string_equal(TOLD("ab", 100, {9, 2, 60}), "0+2@0-100");
}

static void
scripts_without_spaces_are_cut_where_the_engine_cuts(void **state)
{
	assert_string_equal(
	    TOLD("我喜欢。好Ab", 900, {0, 1, 0}, {1, 2, 300}, {4, 1, 500}, {5, 2, 700}),
	    "0+1@0-300 1+2@300-500 4+1@500-700 5+2@700-900");
	/* In scripts with spaces, the engine's own cuts are ignored. */
	assert_string_equal(TOLD("1234 b", 900, {0, 4, 0}, {2, 2, 100}, {1, 3, 200}, {5, 1, 600}),
	    "0+4@0-600 5+1@600-900");
	/* Not before a combining character. */
	assert_string_equal(TOLD("กิน", 900, {0, 1, 0}, {1, 1, 300}), "0+3@0-900");
}

static void
what_goes_back_is_not_followed(void **state)
{
	assert_string_equal(TOLD("a b c d", 900, {0, 1, 0}, {6, 1, 100}, {2, 1, 200}, {4, 1, 300}),
	    "0+1@0-200 2+1@200-300 4+1@300-600 6+1@600-900");
}

/* "on 1/2 at $5": a date and an amount that are spoken in several words. */
static void
a_time_that_goes_back_is_not_believed(void **state)
{
	/* Nor one after the end; their words have a share of the time around them. */
	assert_string_equal(TOLD("a b c", 900, {0, 1, 100}, {2, 1, 50}, {4, 1, 500}),
	    "0+1@100-300 2+1@300-500 4+1@500-900");
	assert_string_equal(TOLD("a b c", 900, {0, 1, 100}, {2, 1, 900}, {4, 1, 500}),
	    "0+1@100-300 2+1@300-500 4+1@500-900");
	assert_string_equal(TOLD("a b c", 900, {0, 1, 100}, {2, 1, UINT64_MAX / 1000}, {4, 1, 500}),
	    "0+1@100-300 2+1@300-500 4+1@500-900");
}

static void
what_stands_for_one_run_is_one_word(void **state)
{
	static const struct say_run runs[] = {
	    {0, 3, 0, 3, true}, {3, 11, 3, 5, false}, {14, 4, 8, 4, true}, {18, 12, 12, 2, false}};

	assert_string_equal(told("on 1 / 2 at $5", runs, 4,
				(const struct slot_word[]){{0, 2, 0}, {3, 5, 100}, {9, 5, 200},
				    {15, 2, 300}, {18, 4, 400}, {23, 7, 500}},
				6, 900),
	    "0+2@0-100 3+5@100-300 9+2@300-400 12+2@400-900");
}

/* Whatever the child wrote, the words are those of the text, in order and within the sound. */
static void
nothing_a_child_writes_does_harm(void **state)
{
	static const char *const texts[] = {
	    "One two three.", "我喜欢 x 好", "…", "", "a b c d e f g h"};
	static struct slot_word v[500];

	srand(7);
	for (int round = 0; round < 3000; round++) {
		const char *text = texts[round % 5];
		uint32_t duration = (uint32_t)(rand() % 30),
			 chars = (uint32_t)utf8_count(text, strlen(text));
		size_t n = (size_t)(rand() % 500), words_n;
		for (size_t i = 0; i < n; i++)
			v[i] = rand() % 4 != 0
				   ? (struct slot_word){(uint32_t)(rand() % 20),
					 (uint32_t)(rand() % 20), (uint64_t)(rand() % 40)}
				   : (struct slot_word){(uint32_t)rand() * 2U,
					 (uint32_t)rand() * 2U, (uint64_t)rand() << 33};
		const struct say_run whole = {0, chars, 0, chars, round % 2 == 0};
		const struct said said = {.runs = &whole, .runs_n = chars > 0};
		const struct ending e = {
		    .words = v, .words_n = n, .samples = duration, .sample_rate = RATE};
		const struct timed_word *w =
		    timing_words(pool, text, strlen(text), &said, &e, duration, &words_n);
		for (size_t i = 0; i < words_n; i++) {
			assert_true(w[i].length > 0 && w[i].offset + w[i].length <= chars);
			assert_true(w[i].start_ms < w[i].end_ms);
			assert_true(i == 0 || w[i].offset >= w[i - 1].offset + w[i - 1].length);
			assert_true(i == 0 || w[i].start_ms >= w[i - 1].end_ms);
		}
		assert_true(words_n == 0 || w[words_n - 1].end_ms == duration);
		assert_true(duration < 10 || (words_n > 0) == (strlen(text) > 3));
	}
}

static int
make_pool(void **state)
{
	pool = pool_new();
	return 0;
}

static int
free_pool(void **state)
{
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_begin_where_the_engine_says),
	    cmocka_unit_test(scripts_without_spaces_are_cut_where_the_engine_cuts),
	    cmocka_unit_test(what_goes_back_is_not_followed),
	    cmocka_unit_test(a_time_that_goes_back_is_not_believed),
	    cmocka_unit_test(what_stands_for_one_run_is_one_word),
	    cmocka_unit_test(nothing_a_child_writes_does_harm),
	};

	return cmocka_run_group_tests(tests, make_pool, free_pool);
}
