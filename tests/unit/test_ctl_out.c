#include "capture.h"

#include <stdlib.h>

#include "../../ttsctl/ctl.h"
#include "../../ttsctl/out.h"

/* The output of commands: JSON that every parser accepts, lines that are harmless to a terminal. */

static char written[8192];

/* Capture what CODE writes to standard output. */
static const char *
output(void (*code)(void))
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	ssize_t n;

	assert_non_null(file);
	fflush(stdout);
	assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
	code();
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	n = pread(fileno(file), written, sizeof written - 1, 0);
	assert_true(n >= 0);
	written[n] = '\0';
	fclose(file);
	return written;
}

static void
put_everything(void)
{
	out_open(NULL, '{');
	out_string("plain", "a");
	out_uint("number", UINT64_MAX);
	out_int("below", -18);
	out_real("real", 0.5);
	out_bool("yes", true);
	out_null("none");
	out_open("list", '[');
	out_uint(NULL, 1);
	out_open(NULL, '{');
	out_close('}');
	out_close(']');
	out_open("empty", '[');
	out_close(']');
	out_close('}');
}

static void
json_has_commas_where_they_belong(void **state)
{
	const char *expected =
	    "{\n  \"plain\": \"a\",\n  \"number\": 18446744073709551615,\n"
	    "  \"below\": -18,\n  \"real\": 0.500,\n  \"yes\": true,\n  \"none\": null,\n"
	    "  \"list\": [\n    1,\n    {}\n  ],\n  \"empty\": []\n}\n";

	assert_string_equal(output(put_everything), expected);
	assert_string_equal(output(put_everything), expected); /* the eighth call after it */
}

static const char odd[] = "q\"b\\n\nt\t\x1b[2J\x7f\xc2\x9b네\xffz";

static void
put_odd_json(void)
{
	out_open(NULL, '[');
	out_string(NULL, odd);
	out_close(']');
}

static void
put_odd_text(void)
{
	text_put(odd);
}

static void
strings_of_others_are_escaped(void **state)
{
	assert_string_equal(output(put_odd_json),
	    "[\n  \"q\\\"b\\\\n\\u000at\\u0009\\u001b[2J\\u007f\\u009b네\\ufffdz\"\n]\n");
	assert_string_equal(
	    output(put_odd_text), "q\"b\\n\\x0at\\x09\\x1b[2J\\x7f\\xc2\\x9b네\\xffz");
}

static void
numbers_can_be_read(void **state)
{
	assert_string_equal(text_uint(0), "0");
	assert_string_equal(text_uint(999), "999");
	assert_string_equal(text_uint(1000), "1,000");
	assert_string_equal(text_uint(1234567), "1,234,567");
	assert_string_equal(text_uint(UINT64_MAX), "18,446,744,073,709,551,615");
	assert_string_equal(text_count(1, "file", "files"), "1 file");
	assert_string_equal(text_count(2000, "file", "files"), "2,000 files");
	assert_string_equal(text_bytes(1023), "1023 B");
	assert_string_equal(text_bytes(1536), "1.5 KiB");
	assert_string_equal(text_bytes((uint64_t)3 << 40), "3.0 TiB");
	assert_string_equal(text_bytes(UINT64_MAX), "16384.0 PiB");
	assert_string_equal(text_span(59), "59 s");
	assert_string_equal(text_span(61), "1 min 1 s");
	assert_string_equal(text_span(3600 + 120), "1 h 2 min");
	assert_string_equal(text_span(2 * 86400 + 3 * 3600), "2 d 3 h");
}

static void
put_time(void)
{
	out_open(NULL, '[');
	out_time(NULL, 1769851800);
	out_close(']');
}

static void
lines_show_local_time_if_it_is_wanted(void **state)
{
	static const char utc[] = "2026-01-31T09:30:00.123Z", late[] = "2026-12-31T23:59:59.999Z";

	assert_int_equal(setenv("TZ", "KST-9", 1), 0);
	assert_string_equal(text_time(1769851800), "2026-01-31T09:30:00Z");
	assert_string_equal(text_moment(utc), utc);
	text_use_local_time();
	assert_string_equal(text_time(1769851800), "2026-01-31T18:30:00");
	assert_string_equal(text_moment(utc), "2026-01-31T18:30:00");
	assert_string_equal(text_moment(late), "2027-01-01T08:59:59");
	assert_string_equal(text_moment(""), "");
	assert_string_equal(text_moment("never"), "never");
	assert_string_equal(output(put_time), "[\n  \"2026-01-31T09:30:00Z\"\n]\n");
}

static void
a_number_of_a_command_line_is_a_number(void **state)
{
	static const char *const wrong[] = {"", "0", "-1", "+1", " 1", "1 ", "1x", "0x1", "1.5",
	    "1e3", "3601", "18446744073709551616", "99999999999999999999999"};
	uint64_t n = 0;

	capture_begin();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (ctl_number("--interval", wrong[i], 3600, &n)) {
			capture_end();
			fail_msg("%s", wrong[i]);
		}
	capture_end();
	assert_int_equal(lines_in(captured), sizeof wrong / sizeof wrong[0]);
	assert_true(ctl_number("--interval", "3600", 3600, &n));
	assert_int_equal(n, 3600);
	assert_true(ctl_number("--interval", "007", 3600, &n));
	assert_int_equal(n, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_has_commas_where_they_belong),
	    cmocka_unit_test(strings_of_others_are_escaped),
	    cmocka_unit_test(numbers_can_be_read),
	    cmocka_unit_test(lines_show_local_time_if_it_is_wanted),
	    cmocka_unit_test(a_number_of_a_command_line_is_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
