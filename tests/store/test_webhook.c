#include "hooks.h"

static void
each_event_becomes_one_delivery(void **state)
{
	uint64_t user = fixture_user(), n;
	struct webhook all, some;
	struct delivery_claim v[8];
	bool more;

	hooks_happen(user, 3); /* before it was there */
	all = hooks_make(user, "");
	some = hooks_make(user, "project.deleted,project.completed");
	assert_int_equal(hooks_fan(), 0);
	hooks_happen(user, 4);
	assert_int_equal(hooks_fan(), 4 + 2);
	assert_int_equal(hooks_fan(), 0);
	assert_rc(delivery_fan_out(notifier, true, &n, &more), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(hooks_claim("here", 8, v), 6);
	assert_int_equal(v[0].webhook, all.id);
	assert_int_equal(v[0].seq, 4);
	assert_string_equal(v[0].url, "https://example.org/");
	assert_memory_equal(v[0].body, "{\"type\":\"audio.ready\",\"timestamp\":\"", 35);
	assert_non_null(strstr(v[0].body, "Z\",\"data\":{\"seq\":4,\"type\":\"audio.ready\","));
	assert_int_equal(v[0].n_secrets, 1);
	assert_memory_equal(v[0].secrets[0], hooks_secret, sizeof hooks_secret);
	assert_int_equal(v[4].webhook, some.id);
	assert_int_equal(v[4].seq, 5);
	assert_int_equal(hooks_claim("there", 8, v), 0);
}

static void
more_events_than_one_transaction_takes_are_all_told(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "audio.ready");

	hooks_happen(user, 1000);
	assert_int_equal(hooks_fan(), 500);
	assert_int_equal(fixture_number("SELECT COUNT(DISTINCT seq) FROM delivery WHERE webhook_id"
					" = %ju AND type = 'audio.ready'",
			     (uintmax_t)w.id),
	    500);
}

static int
fan_in_a_process(int number, void *arg)
{
	struct db *db = fixture_db(ACCOUNT_NOTIFY);
	uint64_t n;
	bool more;

	for (int i = 0; i < 20; i++)
		if (delivery_fan_out(db, i % 2 == 0, &n, &more) != RC_OK)
			return 1;
	return 0;
}

static void
several_hosts_make_each_delivery_once(void **state)
{
	uint64_t user = fixture_user();

	for (int i = 0; i < 5; i++)
		hooks_make(user, "");
	hooks_happen(user, 300);
	fixture_together(4, fan_in_a_process, NULL);
	hooks_fan();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM delivery"), 1500);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM delivery WHERE tries > 0"), 0);
}

static void
a_replay_sends_again_what_was_sent_and_what_was_not(void **state)
{
	uint64_t user = fixture_user();
	struct webhook w = hooks_make(user, "audio.ready"), now;
	struct delivery_claim v[64];
	size_t n;

	hooks_happen(user, 6);
	hooks_fan();
	n = hooks_claim("here", 64, v);
	assert_int_equal(n, 3);
	hooks_finish(&v[0], DELIVERY_OUTCOME_DONE, 200);
	hooks_finish(&v[1], DELIVERY_OUTCOME_DONE, 200);
	assert_rc(webhook_change(api, pool, user, w.id,
		      &(struct webhook_new){.types = "", .enabled = -1}, &now),
	    RC_OK);
	assert_rc(webhook_replay(api, pool, user, w.id, 7), RC_RANGE);
	assert_rc(webhook_replay(api, pool, user, w.id, 1), RC_OK);
	assert_int_equal(hooks_fan(), 5);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM delivery"), 6);
	/* The first was before that, the third is being sent. */
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM delivery WHERE state = 'pending'"), 4);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM delivery WHERE state = 'claimed'"), 1);
	hooks_finish(&v[2], DELIVERY_OUTCOME_DONE, 200);
	assert_rc(webhook_replay(api, pool, user, w.id, 6), RC_OK);
	assert_int_equal(hooks_fan(), 0);
}

static void
others_see_nothing_of_it(void **state)
{
	uint64_t user = fixture_user(), stranger = fixture_user();
	struct webhook w = hooks_make(user, ""), *v;
	struct delivery_claim c[4];
	struct delivery d, list[DELIVERY_PAGE];
	size_t n;

	hooks_happen(user, 1);
	hooks_fan();
	assert_rc(webhook_get(api, pool, stranger, w.id, &w), RC_NOT_FOUND);
	assert_rc(webhook_delete(api, pool, stranger, w.id), RC_NOT_FOUND);
	assert_rc(webhook_rotate(api, pool, stranger, w.id, hooks_other, &w), RC_NOT_FOUND);
	assert_rc(webhook_replay(api, pool, stranger, w.id, 0), RC_NOT_FOUND);
	assert_rc(delivery_test(api, pool, stranger, w.id, &d), RC_NOT_FOUND);
	assert_rc(delivery_again(api, pool, stranger, w.id, 1, &d), RC_NOT_FOUND);
	assert_rc(
	    delivery_list(api, pool, stranger, w.id, DELIVERY_STATES, 0, DELIVERY_PAGE, list, &n),
	    RC_NOT_FOUND);
	assert_rc(webhook_list(api, pool, stranger, &v, &n), RC_OK);
	assert_int_equal(n, 0);
	fixture_run("UPDATE user SET disabled = 1 WHERE id = %ju", (uintmax_t)user);
	assert_int_equal(hooks_claim("here", 4, c), 0);
}

static void
a_deleted_endpoint_is_removed_bit_by_bit(void **state)
{
	uint64_t user = fixture_user(), gone = fixture_user(), n;
	struct webhook w = hooks_make(user, ""), g = hooks_make(gone, ""),
		       kept = hooks_make(user, "audio.ready");
	struct delivery_claim v[16];

	hooks_happen(user, 4);
	hooks_happen(gone, 700);
	hooks_fan();
	assert_rc(webhook_delete(api, pool, user, w.id), RC_OK);
	assert_rc(webhook_delete(api, pool, user, w.id), RC_NOT_FOUND);
	fixture_run("DELETE FROM user WHERE id = %ju", (uintmax_t)gone);
	assert_int_equal(hooks_claim("here", 16, v), 2);
	for (int i = 0; i < 3; i++)
		assert_rc(delivery_prune(notifier, 30, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM delivery"), 2);
	assert_int_equal(fixture_number("SELECT id FROM webhook"), kept.id);
	assert_int_equal(fixture_number("SELECT webhook_id FROM webhook_secret"), kept.id);
	assert_true(g.id != 0);
	hooks_finish(&v[0], DELIVERY_OUTCOME_DONE, 200);
	fixture_run("UPDATE delivery SET updated_at = NOW(3) - INTERVAL 31 DAY");
	assert_rc(delivery_prune(notifier, 30, &n), RC_OK);
	assert_int_equal(n, 1);
}

static void
a_user_has_so_many_and_no_more(void **state)
{
	uint64_t user = fixture_user();
	const struct webhook_new in = {
	    .url = "https://example.org/", .types = "", .description = "", .enabled = 1};
	struct webhook w, *v;
	struct delivery d;
	size_t n;

	for (int i = 0; i < 20; i++)
		w = hooks_make(user, "");
	assert_rc(webhook_create(api, pool, user, &in, hooks_secret, &w), RC_LIMIT);
	assert_rc(webhook_list(api, pool, user, &v, &n), RC_OK);
	assert_int_equal(n, 20);
	w = v[3];
	assert_rc(webhook_delete(api, pool, user, v[0].id), RC_OK);
	assert_rc(webhook_create(api, pool, user, &in, hooks_secret, &v[0]), RC_OK);
	assert_rc(
	    webhook_change(api, pool, user, w.id, &(struct webhook_new){.enabled = 0}, &w), RC_OK);
	assert_string_equal(w.reason, "user");
	assert_rc(delivery_test(api, pool, user, w.id, &d), RC_DISABLED);
	assert_rc(webhook_replay(api, pool, user, w.id, 0), RC_DISABLED);
	assert_rc(webhook_set_enabled(admin, pool, w.id, true), RC_OK);
	assert_rc(delivery_test(api, pool, user, w.id, &d), RC_OK);
}

static void
when_the_next_one_is_due(void **state)
{
	uint64_t user = fixture_user(), ms;
	struct webhook w = hooks_make(user, "");
	struct delivery_stats s;
	struct delivery d;

	assert_rc(delivery_next_ms(notifier, &ms), RC_OK);
	assert_true(ms == UINT64_MAX);
	assert_rc(delivery_test(api, pool, user, w.id, &d), RC_OK);
	assert_rc(delivery_next_ms(notifier, &ms), RC_OK);
	assert_int_equal(ms, 0);
	fixture_run("UPDATE delivery SET run_at = NOW(3) + INTERVAL 5 SECOND");
	assert_rc(delivery_next_ms(notifier, &ms), RC_OK);
	assert_in_range(ms, 4000, 5000);
	fixture_run("UPDATE delivery SET run_at = NOW(3) - INTERVAL 70 SECOND");
	assert_rc(delivery_stats(notifier, &s), RC_OK);
	assert_int_equal(s.pending, 1);
	assert_in_range(s.oldest_sec, 70, 75);
	assert_int_equal(s.endpoints, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup(f, hooks_nothing_to_send)
	    TEST(each_event_becomes_one_delivery),
	    TEST(more_events_than_one_transaction_takes_are_all_told),
	    TEST(several_hosts_make_each_delivery_once),
	    TEST(a_replay_sends_again_what_was_sent_and_what_was_not),
	    TEST(others_see_nothing_of_it),
	    TEST(a_deleted_endpoint_is_removed_bit_by_bit),
	    TEST(a_user_has_so_many_and_no_more),
	    TEST(when_the_next_one_is_due),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
