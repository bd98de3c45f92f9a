#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../store/event.h"
#include "../../stream/ask.h"

/* What a client asks for: the query, Accept and Last-Event-ID. */

static struct pool *pool;
static struct ask ask;
static struct ask_problem problem;

static bool
reads(const char *query, const char *accept, const char *last)
{
	problem = (struct ask_problem){0};
	return ask_read(pool, query, accept, last, &ask, &problem);
}

static void
nothing_in_particular_is_a_stream_of_everything_from_now_on(void **state)
{
	assert_true(reads("", NULL, NULL));
	assert_false(ask.poll);
	assert_false(ask.has_after);
	assert_int_equal(ask.project, 0);
	assert_int_equal(ask.types, (1u << EVENT_TYPES) - 1);
	assert_true(reads("&&", "*/*", ""));
	assert_false(ask.has_after);
}

static void
what_is_not_known_is_refused_and_named(void **state)
{
	static const char *const rows[][2] = {{"unknown=1", "unknown"}, {"after", "after"},
	    {"=", ""}, {"wait=1&After=1", "After"}, {"wait=1&wait=2", "wait"}, {"x%ff=1", ""}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (reads(rows[i][0], NULL, NULL))
			fail_msg("%s is accepted", rows[i][0]);
		assert_int_equal(problem.status, 422);
		assert_string_equal(problem.field, rows[i][1]);
	}
	assert_true(reads("lastEventId=7&after=3", NULL, NULL));
	assert_int_equal(ask.after, 7);
	assert_true(reads("lastEventId=7&after=3", NULL, "9"));
	assert_int_equal(ask.after, 9);
}

static void
every_parameter_is_read(void **state)
{
	assert_true(reads("project=7&wait=25&after=9223372036854775807&types=audio.ready",
	    "application/json", NULL));
	assert_true(ask.poll);
	assert_true(ask.has_after);
	assert_int_equal(ask.after, INT64_MAX);
	assert_int_equal(ask.project, 7);
	assert_int_equal(ask.wait_sec, 25);
	assert_int_equal(ask.types, 1u << EVENT_AUDIO_READY);
	assert_true(reads("wait=0&after=0", NULL, NULL));
	assert_true(ask.poll && ask.has_after);
	assert_int_equal(ask.after, 0);
}

static void
types_may_be_escaped(void **state)
{
	assert_true(reads("types=audio%2eready%2Cproject.completed", NULL, NULL));
	assert_int_equal(ask.types, 1u << EVENT_AUDIO_READY | 1u << EVENT_PROJECT_COMPLETED);
}

/* EventSource repeats the query, and adds where it was. */
static void
the_header_counts_more_than_the_query(void **state)
{
	assert_true(reads("after=3", NULL, "17"));
	assert_int_equal(ask.after, 17);
	assert_true(reads("after=x", NULL, "17"));
	assert_int_equal(ask.after, 17);
	assert_true(reads("after=3", NULL, ""));
	assert_int_equal(ask.after, 3);
}

static void
numbers_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {"after=", "after=-1", "after=+1", "after=1x",
	    "after=%31x", "after=9223372036854775808", "after=99999999999999999999", "project=0",
	    "project=", "project=1,2", "wait=61", "wait=x", "wait=1.5", "after=%00", "after=1%"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (reads(bad[i], NULL, NULL))
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(problem.status, 400);
		assert_non_null(problem.detail);
	}
	assert_false(reads("", NULL, "abc"));
	assert_int_equal(problem.status, 400);
	assert_true(reads("after=%31", NULL, NULL));
	assert_int_equal(ask.after, 1);
}

static void
types_that_do_not_exist_are_refused(void **state)
{
	static const char *const bad[] = {"types=", "types=audio", "types=audio.ready,",
	    "types=,audio.ready", "types=audio.ready,nope", "types=AUDIO.READY",
	    "types=audio.ready%00x", "types=audio.ready+"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (reads(bad[i], NULL, NULL))
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(problem.status, 422);
		assert_string_equal(problem.field, "types");
	}
}

static void
the_form_is_what_the_client_prefers(void **state)
{
	static const struct {
		const char *query, *accept;
		bool poll;
	} v[] = {
	    {"", "text/event-stream", false},
	    {"wait=5", "text/event-stream", false},
	    {"", "application/json", true},
	    {"", "APPLICATION/JSON; charset=utf-8", true},
	    {"", "*/*", false},
	    {"wait=5", "*/*", true},
	    {"wait=5", "", true},
	    {"", "text/html, application/xhtml+xml, */*;q=0.8", false},
	    {"", "application/json;q=0.5, text/event-stream;q=0.4", true},
	    {"", "application/json; q=0.4, text/event-stream ;q=0.5", false},
	    {"wait=5", "application/*;q=0.1, text/*", false},
	    {"", "text/event-stream;q=0, */*", true},
	    {"wait=5", "application/json;q=0, */*", false},
	};

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		if (!reads(v[i].query, v[i].accept, NULL) || ask.poll != v[i].poll)
			fail_msg("%s with %s", v[i].query, v[i].accept);
	}
}

static void
a_client_that_accepts_neither_form_is_refused(void **state)
{
	static const char *const bad[] = {"image/png", "application/xml, text/html", "*/*;q=0",
	    "text/event-stream;q=0.0, application/json;q=0", "text/event-streams", "json", "text",
	    ",", ";q=1"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (reads("", bad[i], NULL))
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(problem.status, 406);
	}
}

static int
setup(void **state)
{
	pool = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_in_particular_is_a_stream_of_everything_from_now_on),
	    cmocka_unit_test(what_is_not_known_is_refused_and_named),
	    cmocka_unit_test(every_parameter_is_read),
	    cmocka_unit_test(types_may_be_escaped),
	    cmocka_unit_test(the_header_counts_more_than_the_query),
	    cmocka_unit_test(numbers_that_are_none_are_refused),
	    cmocka_unit_test(types_that_do_not_exist_are_refused),
	    cmocka_unit_test(the_form_is_what_the_client_prefers),
	    cmocka_unit_test(a_client_that_accepts_neither_form_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
