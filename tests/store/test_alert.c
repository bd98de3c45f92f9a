#include "fixture.h"

#include "../../store/alert.h"

/* Alerts: each is claimed by one at a time, later after each try, and not for ever. */

static void
written(const char *subject, const char *ago)
{
	fixture_run(
	    "INSERT INTO alert (created_at, run_at, subject, text) VALUES (NOW(3) - INTERVAL %s,"
	    " NOW(3) - INTERVAL %s, '%s', 'about %s')",
	    ago, ago, subject, subject);
}

static int
no_alerts(void **state)
{
	fixture_run("DELETE FROM alert");
	return 0;
}

static bool
claimed(struct alert *a)
{
	bool found;

	assert_rc(alert_claim(notifier, pool, a, &found), RC_OK);
	return found;
}

static uint64_t
rest_sec(void)
{
	return fixture_number("SELECT CAST(ROUND(TIMESTAMPDIFF(MICROSECOND, NOW(3), run_at) / 1e6)"
			      " AS UNSIGNED) FROM alert");
}

static void
the_oldest_comes_first_and_each_once(void **state)
{
	struct alert a;

	written("second", "1 MINUTE");
	written("first", "2 MINUTE");
	assert_true(claimed(&a));
	assert_string_equal(a.text, "about first");
	assert_int_equal(a.tries, 1);
	assert_true(claimed(&a));
	assert_string_equal(a.text, "about second");
	assert_false(claimed(&a));
}

static void
each_try_comes_later_than_the_one_before(void **state)
{
	static const uint64_t rests[] = {30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
	struct alert a;

	written("test", "1 SECOND");
	for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
		uint64_t rest;

		assert_true(claimed(&a));
		assert_int_equal(a.tries, i + 1);
		rest = rest_sec();
		assert_in_range(rest, rests[i] - 2, rests[i]);
		assert_false(claimed(&a));
		fixture_run("UPDATE alert SET run_at = NOW(3)");
	}
}

static void
one_that_was_sent_does_not_come_again(void **state)
{
	struct alert a;
	uint64_t n;

	written("test", "1 SECOND");
	assert_true(claimed(&a));
	assert_rc(alert_unsent(admin, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_rc(alert_sent(notifier, a.id), RC_OK);
	fixture_run("UPDATE alert SET run_at = NOW(3)");
	assert_false(claimed(&a));
	assert_rc(alert_unsent(admin, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
what_is_old_is_not_sent_and_goes(void **state)
{
	struct alert a;
	uint64_t n;

	written("yesterday", "25 HOUR");
	assert_false(claimed(&a));
	written("history", "40 DAY");
	assert_rc(alert_prune(notifier, 30, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM alert"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_oldest_comes_first_and_each_once, no_alerts),
	    cmocka_unit_test_setup(each_try_comes_later_than_the_one_before, no_alerts),
	    cmocka_unit_test_setup(one_that_was_sent_does_not_come_again, no_alerts),
	    cmocka_unit_test_setup(what_is_old_is_not_sent_and_goes, no_alerts),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
