#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "../../common/base/hours.h"

static time_t
at(int hour, int minute, int second)
{
	struct tm tm = {.tm_year = 126,
	    .tm_mon = 10,
	    .tm_mday = 5,
	    .tm_hour = hour,
	    .tm_min = minute,
	    .tm_sec = second,
	    .tm_isdst = -1};

	return mktime(&tm);
}

static void
hours_have_one_form(void **state)
{
	static const char *const good[] = {"", "22:00-06:00", "00:00-23:59", "23:59-00:00"};
	static const char *const bad[] = {"22:00", "22-06", "22:00-06:00 ", "24:00-06:00",
	    "22:60-06:00", "2:00-06:00", "22:00-6:00", "22:00--6:00", "22:00-22:00", "night",
	    "22:00-06:00,12:00-13:00", "+2:00-06:00", "22.00-06.00"};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(hours_are_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(hours_are_valid(bad[i]));
}

static void
hours_of_the_day_end_before_their_last_minute(void **state)
{
	assert_false(hours_include("09:30-17:00", at(9, 29, 59)));
	assert_true(hours_include("09:30-17:00", at(9, 30, 0)));
	assert_true(hours_include("09:30-17:00", at(16, 59, 59)));
	assert_false(hours_include("09:30-17:00", at(17, 0, 0)));
	assert_false(hours_include("09:30-17:00", at(0, 0, 0)));
}

static void
hours_of_the_night_go_over_midnight(void **state)
{
	assert_false(hours_include("22:00-06:00", at(21, 59, 59)));
	assert_true(hours_include("22:00-06:00", at(22, 0, 0)));
	assert_true(hours_include("22:00-06:00", at(23, 59, 59)));
	assert_true(hours_include("22:00-06:00", at(0, 0, 0)));
	assert_true(hours_include("22:00-06:00", at(5, 59, 59)));
	assert_false(hours_include("22:00-06:00", at(6, 0, 0)));
	assert_false(hours_include("22:00-06:00", at(12, 0, 0)));
}

static void
no_hours_are_all_hours(void **state)
{
	assert_true(hours_include("", at(0, 0, 0)));
	assert_true(hours_include("", at(12, 0, 0)));
}

static void
the_time_is_that_of_the_place(void **state)
{
	time_t noon_utc = 1793880000; /* 2026-11-05T12:00:00Z */

	setenv("TZ", "UTC0", 1);
	tzset();
	assert_true(hours_include("12:00-12:01", noon_utc));
	setenv("TZ", "KST-9", 1);
	tzset();
	assert_false(hours_include("12:00-12:01", noon_utc));
	assert_true(hours_include("21:00-21:01", noon_utc));
	unsetenv("TZ");
	tzset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hours_have_one_form),
	    cmocka_unit_test(hours_of_the_day_end_before_their_last_minute),
	    cmocka_unit_test(hours_of_the_night_go_over_midnight),
	    cmocka_unit_test(no_hours_are_all_hours),
	    cmocka_unit_test(the_time_is_that_of_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
