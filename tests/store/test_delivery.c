#include "hooks.h"

#define HOUR_MS UINT64_C(3600000)

static void
an_endpoint_has_four_places_and_a_failing_one_has_one(void **state)
{
	uint64_t user = fixture_user();
	struct webhook a = hooks_make(user, ""), b = hooks_make(user, "");
	struct delivery_claim v[64];

	hooks_happen(user, 10);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 64, v), 8);
	assert_int_equal(hooks_claim("there", 64, v + 8), 0);
	for (size_t i = 0; i < 8; i++)
		hooks_finish(&v[i],
		    v[i].webhook == a.id ? DELIVERY_OUTCOME_AGAIN : DELIVERY_OUTCOME_DONE, 200);
	assert_int_equal(hooks_claim("here", 64, v), 5);
	assert_int_equal(v[0].webhook, a.id);
	assert_int_equal(v[1].webhook, b.id);
}

static void
a_failure_is_tried_again_by_the_schedule_and_dies_at_last(void **state)
{
	static const uint64_t rest_ms[DELIVERY_TRIES] = {0, 5000, 300000, 1800000, 2 * HOUR_MS,
	    5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS};
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "audio.ready");
	struct delivery_claim c;
	struct delivery_result r;
	struct delivery d;

	hooks_happen(user, 1);
	hooks_fan();
	for (unsigned n = 1; n <= DELIVERY_TRIES; n++) {
		assert_int_equal(hooks_claim("here", 1, &c), 1);
		assert_int_equal(c.tries, n - 1);
		r = hooks_finish(&c, DELIVERY_OUTCOME_AGAIN, 500);
		d = hooks_newest(user, w.id);
		assert_int_equal(d.tries, n);
		assert_int_equal(d.status, 500);
		assert_string_equal(d.error, "it said no");
		assert_string_equal(d.answer, "an answer");
		assert_int_equal(hooks_claim("here", 1, &c), 0);
		if (n == DELIVERY_TRIES)
			break;
		assert_false(r.dead);
		assert_int_equal(d.state, DELIVERY_PENDING);
		assert_in_range(fixture_number("SELECT TIMESTAMPDIFF(MICROSECOND, updated_at,"
					       " run_at) DIV 1000 FROM delivery"),
		    rest_ms[n] - rest_ms[n] / 10, rest_ms[n] + rest_ms[n] / 10 + 1);
		fixture_run("UPDATE delivery SET run_at = NOW(3)");
	}
	assert_true(r.dead);
	assert_int_equal(d.state, DELIVERY_FAILED);
	assert_rc(delivery_again(api, pool, user, w.id, 1, &d), RC_OK);
	assert_int_equal(d.tries, 0);
	assert_int_equal(d.state, DELIVERY_PENDING);
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	hooks_finish(&c, DELIVERY_OUTCOME_DONE, 204);
	d = hooks_newest(user, w.id);
	assert_int_equal(d.state, DELIVERY_DONE);
	assert_string_equal(d.error, "");
}

static void
the_receiver_may_ask_for_more_time(void **state)
{
	uint64_t user = fixture_user();
	struct delivery_claim c;
	struct delivery_result r;

	hooks_make(user, "audio.ready");
	hooks_happen(user, 1);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	r = hooks_result(&c, DELIVERY_OUTCOME_AGAIN, 503);
	r.wait_ms = 3 * HOUR_MS;
	assert_rc(delivery_finish(notifier, &r, 1), RC_OK);
	assert_int_equal(fixture_number("SELECT TIMESTAMPDIFF(SECOND, updated_at, run_at) FROM"
					" delivery"),
	    3 * 3600);
	/* The clock was set back by a day since. */
	fixture_run("UPDATE delivery SET run_at = NOW(3) + INTERVAL 28 HOUR");
	assert_int_equal(hooks_claim("here", 1, &c), 1);
}

static void
gone_disables_at_once(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "audio.ready"), now;
	struct delivery_claim v[4];
	struct delivery_result r;

	hooks_happen(user, 3);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 4, v), 2);
	r = hooks_finish(&v[0], DELIVERY_OUTCOME_GONE, 410);
	assert_string_equal(r.disabled, "gone");
	r = hooks_finish(&v[1], DELIVERY_OUTCOME_GONE, 410);
	assert_null(r.disabled);
	assert_rc(webhook_get(api, pool, user, w.id, &now), RC_OK);
	assert_false(now.enabled);
	assert_string_equal(now.reason, "gone");
	assert_string_equal(hooks_event_after(user, 3),
	    pool_printf(pool, "endpoint.disabled {\"webhook_id\":%ju,\"reason\":\"gone\"}",
		(uintmax_t)w.id));
	assert_string_equal(hooks_event_after(user, 4), "");
	fixture_run("UPDATE delivery SET run_at = NOW(3)");
	assert_int_equal(hooks_claim("here", 4, v), 0);
	hooks_happen(user, 2);
	assert_int_equal(hooks_fan(), 0);
	/* Enabled again: what had begun, and what comes. */
	assert_rc(webhook_change(api, pool, user, w.id, &(struct webhook_new){.enabled = 1}, &now),
	    RC_OK);
	assert_true(now.enabled);
	assert_string_equal(now.reason, "");
	assert_string_equal(now.failing.s, "");
	hooks_happen(user, 1);
	assert_int_equal(hooks_fan(), 1);
	assert_int_equal(hooks_claim("here", 4, v), 3);
}

static void
five_days_of_failures_disable(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "audio.ready"), now;
	struct delivery_claim c;
	struct delivery_result r;

	hooks_happen(user, 1);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	r = hooks_finish(&c, DELIVERY_OUTCOME_AGAIN, 500);
	assert_null(r.disabled);
	assert_rc(webhook_get(api, pool, user, w.id, &now), RC_OK);
	assert_string_not_equal(now.failing.s, "");
	fixture_run("UPDATE delivery SET run_at = NOW(3)");
	fixture_run("UPDATE webhook SET failing_since = NOW(3) - INTERVAL 119 HOUR");
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	assert_null(hooks_finish(&c, DELIVERY_OUTCOME_AGAIN, 500).disabled);
	fixture_run("UPDATE delivery SET run_at = NOW(3)");
	fixture_run("UPDATE webhook SET failing_since = NOW(3) - INTERVAL 121 HOUR");
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	assert_string_equal(hooks_finish(&c, DELIVERY_OUTCOME_AGAIN, 500).disabled, "failing");
	assert_non_null(strstr(hooks_event_after(user, 1), "\"reason\":\"failing\""));
}

static void
one_success_ends_the_failing(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, ""), now;
	struct delivery_claim v[4];
	struct delivery_result r[2];

	hooks_happen(user, 2);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 4, v), 2);
	fixture_run("UPDATE webhook SET failing_since = NOW(3) - INTERVAL 6 DAY");
	r[0] = hooks_result(&v[0], DELIVERY_OUTCOME_AGAIN, 500);
	r[1] = hooks_result(&v[1], DELIVERY_OUTCOME_DONE, 200);
	assert_rc(delivery_finish(notifier, r, 2), RC_OK);
	assert_null(r[0].disabled);
	assert_rc(webhook_get(api, pool, user, w.id, &now), RC_OK);
	assert_true(now.enabled);
	assert_string_equal(now.failing.s, "");
}

static void
two_secrets_sign_for_a_day(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "");
	struct delivery_claim c;
	struct delivery d;

	assert_rc(webhook_rotate(api, pool, user, w.id, hooks_other, &w), RC_OK);
	assert_rc(delivery_test(api, pool, user, w.id, &d), RC_OK);
	assert_int_equal(d.seq, 0);
	assert_string_equal(d.type, "webhook.test");
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	assert_int_equal(c.n_secrets, 2);
	assert_memory_equal(c.secrets[0], hooks_other, sizeof hooks_other);
	assert_memory_equal(c.secrets[1], hooks_secret, sizeof hooks_secret);
	hooks_finish(&c, DELIVERY_OUTCOME_RELEASED, 0);
	fixture_run("UPDATE webhook_secret SET until = until - INTERVAL 24 HOUR");
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	assert_int_equal(c.tries, 0);
	assert_int_equal(c.n_secrets, 1);
	assert_memory_equal(c.secrets[0], hooks_other, sizeof hooks_other);
}

static void
claims_of_the_dead_are_taken_back_and_charged(void **state)
{
	uint64_t user = fixture_user(), n;
	struct delivery_claim c;
	struct delivery_result r;

	hooks_make(user, "audio.ready");
	hooks_happen(user, 1);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	assert_rc(delivery_take_back(notifier, fixture_conf(NULL, 3), "there", &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(delivery_take_back(notifier, fixture_conf(NULL, 3), "here", &n), RC_OK);
	assert_int_equal(n, 1);
	r = hooks_finish(&c, DELIVERY_OUTCOME_DONE, 200);
	assert_true(r.stale);
	assert_int_equal(fixture_number("SELECT tries FROM delivery"), 1);
	fixture_run("UPDATE delivery SET run_at = NOW(3)");
	assert_int_equal(hooks_claim("there", 1, &c), 1);
	fixture_run("UPDATE delivery SET lease_until = NOW(3) - INTERVAL 1 SECOND");
	assert_rc(delivery_take_back(notifier, fixture_conf(NULL, 3), "", &n), RC_OK);
	assert_int_equal(n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup(f, hooks_nothing_to_send)
	    TEST(an_endpoint_has_four_places_and_a_failing_one_has_one),
	    TEST(a_failure_is_tried_again_by_the_schedule_and_dies_at_last),
	    TEST(the_receiver_may_ask_for_more_time),
	    TEST(gone_disables_at_once),
	    TEST(five_days_of_failures_disable),
	    TEST(one_success_ends_the_failing),
	    TEST(two_secrets_sign_for_a_day),
	    TEST(claims_of_the_dead_are_taken_back_and_charged),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
