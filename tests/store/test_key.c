#include "working.h"

#include <inttypes.h>

#include "../../store/account.h"
#include "../../store/key.h"
#include "../../store/listener.h"

/* API keys. */

static uint8_t hash[AUTH_KEY_HASH_SIZE];

/* The hash of key N. */
static const uint8_t *
hash_of(int n)
{
	memset(hash, n, sizeof hash);
	return hash;
}

static struct key
make(uint64_t user, int n, uint64_t days)
{
	struct key_new in = {
	    .name = "A key", .hash = hash_of(n), .read = true, .write = n % 2 == 0, .days = days};
	struct key key;

	assert_rc(key_create(api, pool, user, &in, 5, &key), RC_OK);
	return key;
}

static void
a_key_is_a_login_of_its_user(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct key key = make(user, 1, 0), *v;
	struct key_login login;
	struct audio page_v[PAGE_SIZE];
	struct page page;
	size_t n;

	assert_string_equal(key.name, "A key");
	assert_string_equal(key.expires_at.s, "");
	assert_string_equal(key.used_at.s, "");
	assert_true(key.read && !key.write);
	fixture_run("UPDATE user SET token_epoch = 3 WHERE id = %" PRIu64, user);
	assert_rc(key_check(api, hash_of(1), &login), RC_OK);
	assert_int_equal(login.id, key.id);
	assert_int_equal(login.login.user, user);
	assert_true(login.login.expires == INT64_MAX);
	assert_true(login.read && !login.write);
	assert_true(login.unused);
	assert_rc(user_check(api, &login.login), RC_OK);
	assert_rc(audio_page(api, pool, &login.login, p.id, PAGE_OF_TEN(1), &page, page_v), RC_OK);
	assert_rc(key_check(api, hash_of(2), &login), RC_DENIED);

	assert_rc(key_used(api, key.id), RC_OK);
	assert_rc(key_check(api, hash_of(1), &login), RC_OK);
	assert_false(login.unused);
	fixture_run("UPDATE api_key SET used_at = NOW(3) - INTERVAL 61 SECOND");
	assert_rc(key_check(api, hash_of(1), &login), RC_OK);
	assert_true(login.unused);

	make(user, 2, 0);
	assert_rc(key_list(api, pool, user, &v, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(v[1].id, key.id);
	assert_int_equal(strlen(v[1].used_at.s), 24);
	assert_true(v[0].write);
}

static void
a_key_expires(void **state)
{
	uint64_t user = fixture_user();
	struct key key = make(user, 1, 10);
	struct key_login login;

	assert_int_equal(strlen(key.expires_at.s), 24);
	assert_rc(key_check(api, hash_of(1), &login), RC_OK);
	assert_int_equal(fixture_number("SELECT %" PRIi64 " - UNIX_TIMESTAMP(created_at) BETWEEN"
					" 863999 AND 864001 FROM api_key",
			     login.login.expires),
	    1);
	fixture_run("UPDATE api_key SET expires_at = NOW(3) - INTERVAL 1 SECOND");
	assert_rc(key_check(api, hash_of(1), &login), RC_DENIED);
}

static void
a_key_of_a_disabled_user_is_refused(void **state)
{
	uint64_t user = fixture_user();
	struct key_login login;

	make(user, 1, 0);
	fixture_run("UPDATE user SET disabled = 1 WHERE id = %" PRIu64, user);
	assert_rc(key_check(api, hash_of(1), &login), RC_DENIED);
}

static void
a_deleted_key_ends_what_was_opened_with_it(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct key key = make(user, 1, 0), stays = make(user, 2, 0);
	struct db *stream = fixture_db(ACCOUNT_STREAM);
	struct listener_logout *v;
	struct key_login login;
	size_t n;

	assert_rc(key_check(stream, hash_of(1), &login), RC_OK);
	assert_rc(key_delete(api, pool, other, key.id), RC_NOT_FOUND);
	assert_rc(key_delete(api, pool, user, key.id), RC_OK);
	assert_rc(key_delete(api, pool, user, key.id), RC_NOT_FOUND);
	assert_rc(user_check(api, &login.login), RC_DENIED);
	assert_rc(listener_logouts(stream, pool, &user, 1, &v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_memory_equal(v[0].session, login.login.session, AUTH_SESSION_SIZE);
	assert_rc(key_check(stream, hash_of(1), &login), RC_DENIED);
	assert_rc(key_check(stream, hash_of(2), &login), RC_OK);
	assert_int_equal(login.id, stays.id);
	db_free(stream);
}

static void
there_are_not_more_keys_than_allowed(void **state)
{
	uint64_t user = fixture_user();
	struct key_new in = {.name = "x", .hash = hash_of(9), .read = true};
	struct key key;

	for (int i = 1; i <= 5; i++)
		make(user, i, 0);
	in.hash = hash_of(9);
	assert_rc(key_create(api, pool, user, &in, 5, &key), RC_LIMIT);
	assert_rc(key_create(api, pool, fixture_user(), &in, 5, &key), RC_OK);
}

static void
keys_go_with_their_user(void **state)
{
	uint64_t user = fixture_user();
	struct key_login login;

	make(user, 1, 0);
	assert_rc(account_delete(api, user), RC_OK);
	assert_rc(key_check(api, hash_of(1), &login), RC_DENIED);
	working_drain();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM api_key"), 0);
	fixture_check();
}

static int
clear_keys(void **state)
{
	fixture_run("DELETE FROM api_key");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_key_is_a_login_of_its_user, clear_keys),
	    cmocka_unit_test_setup(a_key_expires, clear_keys),
	    cmocka_unit_test_setup(a_key_of_a_disabled_user_is_refused, clear_keys),
	    cmocka_unit_test_setup(a_deleted_key_ends_what_was_opened_with_it, clear_keys),
	    cmocka_unit_test_setup(there_are_not_more_keys_than_allowed, clear_keys),
	    cmocka_unit_test_setup(keys_go_with_their_user, clear_keys),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
