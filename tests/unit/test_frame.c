#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../stream/frame.h"

/* The bytes of text/event-stream. */

static struct pool *pool;
static struct buf out;

static int
setup(void **state)
{
	pool = pool_new();
	buf_init(&out, pool, 16);
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static void
an_event_has_its_id_its_type_and_a_line_of_data(void **state)
{
	frame_event(&out, 18446744073709551614u, "audio.ready", "{\"seq\":1}");
	assert_string_equal(
	    out.data, "id: 18446744073709551614\nevent: audio.ready\ndata: {\"seq\":1}\n\n");
}

static void
an_event_without_a_number_leaves_that_of_the_client_alone(void **state)
{
	frame_event(&out, FRAME_NO_ID, "end", "{}");
	assert_string_equal(out.data, "event: end\ndata: {}\n\n");
	frame_event(&out, 0, "start", "{}");
	assert_string_equal(out.data, "event: end\ndata: {}\n\nid: 0\nevent: start\ndata: {}\n\n");
}

/* A blank line, or a line that begins with a name, must not come from the data. */
static void
each_line_of_the_data_is_a_field(void **state)
{
	frame_event(&out, 1, "a", "{\n\n\"x\":\r\n1,\rid: 9\r\r\n}");
	assert_string_equal(out.data, "id: 1\nevent: a\ndata: {\ndata: \ndata: \"x\":\ndata: 1,\n"
				      "data: id: 9\ndata: \ndata: }\n\n");
}

static void
empty_data_are_still_data(void **state)
{
	frame_event(&out, 1, "a", "");
	assert_string_equal(out.data, "id: 1\nevent: a\ndata: \n\n");
}

static void
a_ping_is_a_comment_with_the_number(void **state)
{
	frame_ping(&out, 42);
	assert_string_equal(out.data, ": ping\nid: 42\n\n");
}

static void
the_time_to_connect_again_is_in_milliseconds(void **state)
{
	frame_retry(&out, 2000);
	assert_string_equal(out.data, "retry: 2000\n\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_event_has_its_id_its_type_and_a_line_of_data),
	    TEST(an_event_without_a_number_leaves_that_of_the_client_alone),
	    TEST(each_line_of_the_data_is_a_field),
	    TEST(empty_data_are_still_data),
	    TEST(a_ping_is_a_comment_with_the_number),
	    TEST(the_time_to_connect_again_is_in_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
