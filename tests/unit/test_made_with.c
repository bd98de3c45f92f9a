#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "../../common/base/made_with.h"

static struct pool *pool;

static const struct made_with some = {"0.2.0", "espeak-ng 1.51", "LAME 3.100", "cbr", 64, 7, 22050};

static void
what_is_packed_is_read(void **state)
{
	struct made_with out = {0};
	const char *packed = made_with_pack(pool, &some);

	assert_true(strlen(packed) <= MADE_WITH_MAX);
	assert_true(made_with_read(pool, packed, &out));
	assert_string_equal(out.version, some.version);
	assert_string_equal(out.engine, some.engine);
	assert_string_equal(out.encoder, some.encoder);
	assert_string_equal(out.mode, some.mode);
	assert_int_equal(out.bitrate_kbps, 64);
	assert_int_equal(out.quality, 7);
	assert_int_equal(out.sample_rate_hz, 22050);
}

static void
the_longest_fits_into_the_column(void **state)
{
	char name[200];
	const struct made_with longest = {name, name, name, name, INT32_MAX, INT32_MAX, INT32_MAX};

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_true(strlen(made_with_pack(pool, &longest)) <= MADE_WITH_MAX);
}

static void
anything_else_is_unknown(void **state)
{
	static const char *const others[] = {"", "0.2.0", "0.2.0;e;l;cbr", "0.2.0;e;l;cbr;64;7",
	    "0.2.0;e;l;cbr;64;7;", "0.2.0;e;l;cbr;64;7;22050;1", "0.2.0;e;l;cbr;64;7;x",
	    ";e;l;cbr;64;7;22050", "0.2.0;e;l;cbr;-1;7;22050", "0.2.0;e;l;cbr;99999999999;7;22050"};
	struct made_with out;

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (made_with_read(pool, others[i], &out))
			fail_msg("%s is read", others[i]);
}

static void
settings_are_those_of_the_configuration_or_not(void **state)
{
	struct conf conf = {.mp3 = {.bitrate_kbps = 64, .quality = 7}};
	struct made_with other = some;

	assert_true(made_with_settings(&some, &conf));
	conf.mp3.sample_rate_hz = 22050;
	assert_true(made_with_settings(&some, &conf));
	conf.mp3.sample_rate_hz = 44100;
	assert_false(made_with_settings(&some, &conf));
	conf.mp3.sample_rate_hz = 0;
	other.bitrate_kbps = 48;
	assert_false(made_with_settings(&other, &conf));
	other = some;
	other.quality = 2;
	assert_false(made_with_settings(&other, &conf));
	other = some;
	other.mode = "another";
	assert_false(made_with_settings(&other, &conf));
}

static void
versions_are_ordered_by_their_numbers(void **state)
{
	/* Each is older than the next. */
	static const char *const order[] = {"0.1.9", "0.2.0-rc1", "0.2.0-rc2", "0.2.0", "0.2.1",
	    "0.10", "0.10.1", "1.0.0~beta", "1", "10.0"};
	size_t n = sizeof order / sizeof order[0];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int c = made_with_compare(order[i], order[k]);

			if ((c > 0) - (c < 0) != (i > k) - (i < k))
				fail_msg("%s and %s: %d", order[i], order[k], c);
		}
	assert_int_equal(made_with_compare("1.0", "1.0.0"), 0);
	assert_true(made_with_compare("1.0-5", "1.0.1") < 0);
}

static void
what_is_no_version_is_not_compared(void **state)
{
	assert_true(made_with_version("0.2.0"));
	assert_true(made_with_version("12"));
	assert_true(made_with_version("0.2.0-rc1"));
	assert_true(made_with_version("1.0~beta"));
	assert_false(made_with_version(""));
	assert_false(made_with_version("v0.2"));
	assert_false(made_with_version("0..2"));
	assert_false(made_with_version("0.2 "));
	assert_false(made_with_version("-1"));
	assert_false(made_with_version("yesterday"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_packed_is_read),
	    cmocka_unit_test(the_longest_fits_into_the_column),
	    cmocka_unit_test(anything_else_is_unknown),
	    cmocka_unit_test(settings_are_those_of_the_configuration_or_not),
	    cmocka_unit_test(versions_are_ordered_by_their_numbers),
	    cmocka_unit_test(what_is_no_version_is_not_compared),
	};
	int failed;

	pool = pool_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}
