#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../common/base/crypt.h"
#include "../../fcgi-app/guess.h"

static uint64_t numbers[GUESS_NUMBERS];
static int64_t now;

static int
begin(void **state)
{
	memset(numbers, 0, sizeof numbers);
	guess_open(numbers);
	now = 5000;
	return 0;
}

static uint32_t
waits(const char *account, const char *client)
{
	return guess_wait_sec(account, client, now);
}

static void
fails(const char *account, const char *client)
{
	guess_note(account, client, false, now);
}

/* Fail as soon as it is allowed; return after how many seconds. */
static uint32_t
fails_again(const char *account, const char *client)
{
	uint32_t sec = waits(account, client);

	if (sec > 0) {
		now += (int64_t)sec * 1000 - 1;
		assert_int_equal(waits(account, client), 1);
		now++;
	}
	assert_int_equal(waits(account, client), 0);
	fails(account, client);
	return sec;
}

static void
the_delay_doubles_to_a_maximum(void **state)
{
	static const uint32_t delays[] = {1, 2, 4, 8, 16, GUESS_DELAY_SEC, GUESS_DELAY_SEC};

	for (int i = 0; i < GUESS_FREE; i++)
		assert_int_equal(fails_again("a@b", "192.0.2.1"), 0);
	for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++)
		assert_int_equal(fails_again("a@b", "192.0.2.1"), delays[i]);
	/* Failures without end do not end the delay. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(fails_again("a@b", "192.0.2.1"), GUESS_DELAY_SEC);
}

static void
others_and_other_accounts_are_not_delayed(void **state)
{
	for (int i = 0; i < 10; i++)
		fails("a@b", "192.0.2.1");
	assert_int_not_equal(waits("a@b", "192.0.2.1"), 0);
	assert_int_equal(waits("a@b", "192.0.2.2"), 0);
	assert_int_equal(waits("c@d", "192.0.2.1"), 0);
}

static void
a_success_ends_the_delay(void **state)
{
	for (int i = 0; i < 10; i++)
		fails("a@b", "192.0.2.1");
	guess_note("a@b", "192.0.2.1", true, now);
	assert_int_equal(waits("a@b", "192.0.2.1"), 0);
	assert_int_equal(fails_again("a@b", "192.0.2.1"), 0);
}

/* Whatever others do, each client has a first try at once. */
static void
many_clients_are_each_slow_but_lock_nobody_out(void **state)
{
	char client[32];

	for (int i = 0; i < GUESS_MANY; i++) {
		snprintf(client, sizeof client, "192.0.2.%d", i);
		assert_int_equal(waits("a@b", client), 0);
		fails("a@b", client);
	}
	assert_int_equal(waits("a@b", "192.0.2.0"), GUESS_DELAY_SEC);
	assert_int_equal(waits("a@b", "198.51.100.1"), 0);
	guess_note("a@b", "198.51.100.1", true, now);
	assert_int_equal(waits("a@b", "198.51.100.1"), 0);
	/* Somebody's success does not let the others go on. */
	assert_int_equal(waits("a@b", "192.0.2.0"), GUESS_DELAY_SEC);
}

static void
a_client_of_ipv6_is_a_prefix_of_64_bits(void **state)
{
	for (int i = 0; i < 10; i++)
		fails("a@b", "2001:db8:0:1::1");
	assert_int_not_equal(waits("a@b", "2001:db8:0:1:ffff::2"), 0);
	assert_int_equal(waits("a@b", "2001:db8:0:2::1"), 0);
}

static void
failures_are_forgotten(void **state)
{
	for (int i = 0; i < 10; i++)
		fails("a@b", "192.0.2.1");
	now += (int64_t)GUESS_FORGET_SEC * 1000 + 1;
	for (int i = 0; i < GUESS_FREE; i++)
		assert_int_equal(fails_again("a@b", "192.0.2.1"), 0);
}

/* A full table forgets the oldest, and stays in its bounds. */
static void
the_newest_failures_are_kept(void **state)
{
	char account[32];

	for (int i = 0; i < 5 * GUESS_SLOTS; i++) {
		snprintf(account, sizeof account, "%d@b", i);
		fails(account, "192.0.2.1");
		now++;
	}
	for (int i = 0; i < 10; i++)
		fails("a@b", "192.0.2.1");
	assert_int_not_equal(waits("a@b", "192.0.2.1"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_delay_doubles_to_a_maximum, begin),
	    cmocka_unit_test_setup(others_and_other_accounts_are_not_delayed, begin),
	    cmocka_unit_test_setup(a_success_ends_the_delay, begin),
	    cmocka_unit_test_setup(many_clients_are_each_slow_but_lock_nobody_out, begin),
	    cmocka_unit_test_setup(a_client_of_ipv6_is_a_prefix_of_64_bits, begin),
	    cmocka_unit_test_setup(failures_are_forgotten, begin),
	    cmocka_unit_test_setup(the_newest_failures_are_kept, begin),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
