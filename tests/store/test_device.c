#include "hooks.h"

#include "../../store/device.h"
#include "../../store/event.h"

static struct device
register_device(uint64_t user, const char *token, const char *language)
{
	const struct device_new in = {.token = token, .platform = "android", .language = language};
	struct device d = {0};
	bool renewed;

	assert_rc(device_register(api, pool, user, &in, &d, &renewed), RC_OK);
	return d;
}

/* An event of a user, SEC seconds ago. */
static void
event_was(uint64_t user, unsigned seq, unsigned sec, const char *type, const char *audio,
    const char *data)
{
	fixture_run("INSERT INTO event (user_id, seq, type, created_at, project_id, audio_id, data)"
		    " VALUES (%ju, %u, '%s', NOW(3) - INTERVAL %u SECOND, 7, %s, '%s')",
	    (uintmax_t)user, seq, type, sec, audio, data);
	fixture_run("UPDATE user_seq SET seq = %u, event_at = NOW(3) WHERE user_id = %ju", seq,
	    (uintmax_t)user);
}

static size_t
devices_of(uint64_t user)
{
	struct device *v;
	size_t n;

	assert_rc(device_list(api, pool, user, &v, &n), RC_OK);
	return n;
}

static void
a_token_has_one_owner_the_newest(void **state)
{
	uint64_t first = fixture_user(), second = fixture_user();
	struct device a = register_device(first, "token", "en"), b, c, *v;
	struct delivery_claim claim;
	size_t n;

	b = register_device(first, "token", "ko-KR");
	assert_int_equal(b.id, a.id);
	assert_string_equal(b.language, "ko-KR");
	assert_int_equal(devices_of(first), 1);
	hooks_happen(first, 2);
	assert_int_equal(hooks_fan(), 1);
	c = register_device(second, "token", "en");
	assert_int_not_equal(c.id, a.id);
	assert_int_equal(devices_of(first), 0);
	assert_rc(device_list(api, pool, second, &v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].id, c.id);
	assert_string_equal(v[0].platform, "android");
	/* What was meant for the first is not sent to the second. */
	assert_int_equal(hooks_claim("here", 1, &claim), 0);
	hooks_happen(first, 2);
	assert_int_equal(hooks_fan(), 0);
}

static void
others_have_nothing_to_do_with_a_device(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct device d = register_device(user, "token", "en"), v[2];
	struct webhook w;
	size_t n;

	assert_rc(device_delete(api, pool, other, d.id), RC_NOT_FOUND);
	assert_rc(webhook_get(api, pool, user, d.id, &w), RC_NOT_FOUND);
	assert_rc(webhook_delete(api, pool, user, d.id), RC_NOT_FOUND);
	assert_rc(webhook_get_any(api, pool, d.id, &w), RC_NOT_FOUND);
	w = hooks_make(user, "");
	assert_rc(device_delete(api, pool, user, w.id), RC_NOT_FOUND);
	assert_rc(device_list_all(api, pool, 0, 2, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].user, user);
	assert_rc(device_delete(api, pool, user, d.id), RC_OK);
	assert_rc(device_delete(api, pool, user, d.id), RC_NOT_FOUND);
	assert_int_equal(devices_of(user), 0);
}

static void
a_user_has_so_many_devices_and_no_more(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	const struct device_new in = {.token = "one more", .platform = "ios", .language = "en"};
	struct device d;
	bool renewed;

	register_device(other, "one more", "en");
	for (int i = 0; i < 20; i++)
		register_device(user, pool_printf(pool, "token %d", i), "en");
	assert_rc(device_register(api, pool, user, &in, &d, &renewed), RC_LIMIT);
	assert_int_equal(devices_of(other), 1);
	register_device(user, "token 7", "ko");
	assert_int_equal(devices_of(user), 20);
	hooks_make(user, ""); /* they are no webhooks */
}

static void
a_device_is_told_of_completion_and_not_of_each_sentence(void **state)
{
	uint64_t user = fixture_user();
	struct device d = register_device(user, "the token", "ko");
	struct delivery_claim v[8];

	hooks_happen(user, 6);
	assert_int_equal(hooks_fan(), 3);
	assert_int_equal(hooks_fan(), 0);
	assert_int_equal(hooks_claim("here", 8, v), 3);
	assert_true(v[0].is_device);
	assert_int_equal(v[0].webhook, d.id);
	assert_string_equal(v[0].device_token, "the token");
	assert_int_equal(v[0].n_secrets, 0);
	assert_memory_equal(v[0].body, "{\"notification\":{\"title\":\"텍스트가", 38);
	assert_non_null(
	    strstr(v[0].body, "\"data\":{\"type\":\"project.completed\",\"created_at\":"));
	assert_non_null(strstr(v[0].body, ",\"seq\":\"2\",\"project_id\":\"7\"}}"));
}

static void
a_single_edit_is_told_if_it_took_long(void **state)
{
	uint64_t user = fixture_user();
	struct delivery_claim v[8];

	register_device(user, "the token", "en");
	event_was(user, 1, 60, "audio.changed", "1", "{\"revision\":2,\"change\":\"text\"}");
	event_was(user, 2, 60, "audio.inserted", "2", "{\"revision\":1,\"index\":3}");
	event_was(user, 3, 60, "audio.changed", "3", "{\"revision\":2,\"change\":\"text\"}");
	event_was(user, 4, 56, "audio.ready", "1", "{\"revision\":2,\"path\":\"/media/quick\"}");
	event_was(user, 5, 54, "audio.ready", "2",
	    "{\"revision\":1,\"path\":\"/media/sl\\\\\"ow,}\",\"duration_ms\":17}");
	event_was(user, 6, 50, "audio.ready", "3", "{\"revision\":1,\"path\":\"/media/old\"}");
	event_was(user, 7, 50, "audio.ready", "4", "{\"revision\":1,\"path\":\"/media/bulk\"}");
	assert_int_equal(hooks_fan(), 1);
	assert_int_equal(hooks_claim("here", 8, v), 1);
	assert_int_equal(v[0].seq, 5);
	assert_non_null(strstr(v[0].body,
	    "\"seq\":\"5\",\"project_id\":\"7\",\"audio_id\":\"2\",\"revision\":\"1\","
	    "\"path\":\"/media/sl\\\"ow,}\",\"duration_ms\":\"17\"}}"));
	/* The sound comes when the edit was fanned out long ago. */
	event_was(user, 8, 1, "audio.ready", "3", "{\"revision\":2,\"path\":\"/media/late\"}");
	assert_int_equal(hooks_fan(), 1);
}

static void
an_unregistered_device_is_removed_and_no_other(void **state)
{
	uint64_t user = fixture_user(), removed;
	struct delivery_claim v[4];
	struct delivery_result r;

	register_device(user, "gone", "en");
	hooks_happen(user, 2);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 4, v), 1);
	r = hooks_finish(&v[0], DELIVERY_OUTCOME_FAILED, 404);
	assert_true(r.dead);
	assert_null(r.disabled);
	assert_int_equal(devices_of(user), 1);
	hooks_happen(user, 2);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 4, v), 1);
	r = hooks_finish(&v[0], DELIVERY_OUTCOME_GONE, 404);
	assert_string_equal(r.disabled, "unregistered");
	assert_int_equal(devices_of(user), 0);
	assert_string_equal(hooks_event_after(user, 4), "");
	assert_rc(delivery_prune(notifier, 30, &removed), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM delivery"), 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM webhook"), 0);
}

static void
failures_do_not_disable_a_device_and_its_rest_is_the_senders(void **state)
{
	uint64_t user = fixture_user();
	struct delivery_claim c;
	struct delivery_result r;

	register_device(user, "token", "en");
	hooks_happen(user, 2);
	hooks_fan();
	assert_int_equal(hooks_claim("here", 1, &c), 1);
	fixture_run("UPDATE webhook SET failing_since = NOW(3) - INTERVAL 6 DAY");
	fixture_run("UPDATE delivery SET tries = 3");
	r = hooks_result(&c, DELIVERY_OUTCOME_AGAIN, 503);
	r.rest_ms = 70000;
	assert_rc(delivery_finish(notifier, &r, 1), RC_OK);
	assert_null(r.disabled);
	assert_int_equal(fixture_number("SELECT enabled FROM webhook"), 1);
	assert_int_equal(fixture_number("SELECT TIMESTAMPDIFF(SECOND, updated_at, run_at) FROM"
					" delivery"),
	    70);
}

static void
a_device_not_seen_for_long_is_forgotten(void **state)
{
	uint64_t user = fixture_user(), n;
	struct delivery_stats s;

	register_device(user, "old", "en");
	fixture_run("UPDATE device SET updated_at = NOW(3) - INTERVAL 271 DAY");
	register_device(user, "new", "en");
	assert_rc(delivery_stats(notifier, &s), RC_OK);
	assert_int_equal(s.devices, 2);
	assert_int_equal(s.endpoints, 0);
	assert_rc(delivery_prune(notifier, 30, &n), RC_OK);
	assert_int_equal(devices_of(user), 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM webhook"), 1);
	/* And those of a user who is gone. */
	fixture_run("DELETE FROM user WHERE id = %ju", (uintmax_t)user);
	assert_rc(delivery_prune(notifier, 30, &n), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM device"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup(f, hooks_nothing_to_send)
	    TEST(a_token_has_one_owner_the_newest),
	    TEST(others_have_nothing_to_do_with_a_device),
	    TEST(a_user_has_so_many_devices_and_no_more),
	    TEST(a_device_is_told_of_completion_and_not_of_each_sentence),
	    TEST(a_single_edit_is_told_if_it_took_long),
	    TEST(an_unregistered_device_is_removed_and_no_other),
	    TEST(failures_do_not_disable_a_device_and_its_rest_is_the_senders),
	    TEST(a_device_not_seen_for_long_is_forgotten),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
