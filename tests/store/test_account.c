#include "working.h"

#include <inttypes.h>

#include "../../store/account.h"
#include "../../store/listener.h"

/* What users do with their own accounts. */

static struct user
user_with(const char *email)
{
	struct user user;

	assert_rc(user_create(api, pool, "Somebody", email, "hash", &user), RC_OK);
	return user;
}

static void
a_name_is_changed_without_the_password(void **state)
{
	struct user user = user_with("name@example.org"), found;
	const char *hash;

	fixture_run("UPDATE user SET updated_at = '2020-01-01' WHERE id = %" PRIu64, user.id);
	assert_rc(account_rename(api, pool, user.id, "An\xc3\xb6ther", &found), RC_OK);
	assert_string_equal(found.name, "An\xc3\xb6ther");
	assert_string_equal(found.email, "name@example.org");
	assert_true(strcmp(found.updated_at.s, "2026") > 0);
	assert_string_equal(found.created_at.s, user.created_at.s);
	assert_rc(account_get(api, pool, user.id, &found, &hash), RC_OK);
	assert_string_equal(found.name, "An\xc3\xb6ther");
	assert_string_equal(hash, "hash");
	assert_rc(user_check(api, &(struct login){.user = user.id}), RC_OK);
}

static void
an_address_is_changed_unless_another_has_it(void **state)
{
	struct user user = user_with("old@example.org"), found;
	const char *hash;
	uint32_t epoch;

	user_with("taken@example.org");
	assert_rc(account_set_email(api, pool, user.id, "hash", "TAKEN@example.org", &found),
	    RC_EMAIL_TAKEN);
	assert_rc(user_by_email(api, pool, "old@example.org", &found, &hash, &epoch), RC_OK);
	assert_rc(account_set_email(api, pool, user.id, "hash", "Old@example.org", &found), RC_OK);
	assert_string_equal(found.email, "Old@example.org");
	assert_rc(account_set_email(api, pool, user.id, "hash", "New@example.org", &found), RC_OK);
	assert_rc(user_by_email(api, pool, "new@example.org", &found, &hash, &epoch), RC_OK);
	assert_int_equal(found.id, user.id);
	assert_rc(user_by_email(api, pool, "old@example.org", &found, &hash, &epoch), RC_NOT_FOUND);
}

static void
a_new_password_ends_every_login(void **state)
{
	struct user user = user_with("password@example.org"), found;
	struct login login = {.user = user.id};
	const char *hash;

	assert_rc(account_set_password(api, pool, user.id, "hash", "another", &login.epoch), RC_OK);
	assert_int_equal(login.epoch, 1);
	assert_rc(user_check(api, &(struct login){.user = user.id}), RC_DENIED);
	assert_rc(user_check(api, &login), RC_OK);
	assert_rc(account_get(api, pool, user.id, &found, &hash), RC_OK);
	assert_string_equal(hash, "another");
}

/* Of two changes at the same time, which both knew the old password, one wins. */
static void
a_password_that_was_changed_meanwhile_proves_nothing(void **state)
{
	struct user user = user_with("meanwhile@example.org"), found;
	const char *hash;
	uint32_t epoch = 77;

	fixture_run("UPDATE user SET password_hash = 'theirs' WHERE id = %" PRIu64, user.id);
	assert_rc(account_set_password(api, pool, user.id, "hash", "mine", &epoch), RC_DENIED);
	assert_int_equal(epoch, 77);
	assert_rc(
	    account_set_email(api, pool, user.id, "hash", "mine@example.org", &found), RC_DENIED);
	assert_rc(account_get(api, pool, user.id, &found, &hash), RC_OK);
	assert_string_equal(hash, "theirs");
	assert_string_equal(found.email, "meanwhile@example.org");
}

static void
who_is_disabled_changes_nothing(void **state)
{
	struct user user = user_with("disabled@example.org"), found;
	const char *hash;
	uint32_t epoch;

	fixture_run("UPDATE user SET disabled = 1 WHERE id = %" PRIu64, user.id);
	assert_rc(account_get(api, pool, user.id, &found, &hash), RC_DENIED);
	assert_rc(account_rename(api, pool, user.id, "x", &found), RC_DENIED);
	assert_rc(
	    account_set_email(api, pool, user.id, "hash", "x@example.org", &found), RC_DENIED);
	assert_rc(account_set_password(api, pool, user.id, "hash", "x", &epoch), RC_DENIED);
	assert_rc(account_rename(api, pool, user.id + 1000, "x", &found), RC_DENIED);
}

static void
a_logout_ends_one_login(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct login ended = {.user = user, .session = "one"}, stays = {.user = user},
		     others = {.user = other, .session = "one"};
	struct project p = fixture_project(user, 1);
	struct db *stream = fixture_db(ACCOUNT_STREAM);
	struct listener_logout *v;
	struct audio page_v[PAGE_SIZE];
	struct page page;
	size_t n;

	assert_rc(user_check(api, &ended), RC_OK);
	assert_rc(
	    listener_logouts(stream, pool, (const uint64_t[]){user, other}, 2, &v, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(account_logout(api, &ended), RC_OK);
	assert_rc(account_logout(api, &ended), RC_OK);
	assert_rc(user_check(api, &ended), RC_DENIED);
	assert_rc(user_check(api, &stays), RC_OK);
	assert_rc(user_check(api, &others), RC_OK);
	assert_rc(audio_page(api, pool, &ended, p.id, PAGE_OF_TEN(1), &page, page_v), RC_DENIED);
	assert_rc(audio_page(api, pool, &stays, p.id, PAGE_OF_TEN(1), &page, page_v), RC_OK);

	assert_rc(
	    listener_logouts(stream, pool, (const uint64_t[]){user, other}, 2, &v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].user, user);
	assert_memory_equal(v[0].session, ended.session, AUTH_SESSION_SIZE);
	db_free(stream);
}

/* So long that no token of it is valid any more. */
static void
a_logout_is_forgotten_after_a_month(void **state)
{
	uint64_t user = fixture_user();
	struct login first = {.user = user, .session = "first"},
		     second = {.user = user, .session = "second"},
		     third = {.user = user, .session = "third"};

	assert_rc(account_logout(api, &first), RC_OK);
	assert_rc(account_logout(api, &second), RC_OK);
	fixture_run("UPDATE logout SET ended_at = NOW(3) - INTERVAL IF(session LIKE 'first%%', 32,"
		    " 30) DAY WHERE user_id = %" PRIu64,
	    user);
	assert_rc(account_logout(api, &third), RC_OK);
	assert_rc(user_check(api, &second), RC_DENIED);
	assert_rc(user_check(api, &third), RC_DENIED);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM logout WHERE user_id = %" PRIu64, user), 2);
}

static void
all_logins_end_together(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();

	assert_rc(account_logout_all(api, user), RC_OK);
	assert_rc(user_check(api, &(struct login){.user = user}), RC_DENIED);
	assert_rc(user_check(api, &(struct login){.user = user, .epoch = 1}), RC_OK);
	assert_rc(user_check(api, &(struct login){.user = other}), RC_OK);
}

static void
users_delete_themselves_with_all_they_have(void **state)
{
	struct user user = user_with("self@example.org"), found;
	const char *hash;
	uint32_t epoch;

	fixture_project(user.id, 3);
	assert_rc(account_logout(api, &(struct login){.user = user.id, .session = "x"}), RC_OK);
	assert_rc(account_delete(api, user.id), RC_OK);
	assert_rc(user_check(api, &(struct login){.user = user.id, .epoch = 1}), RC_DENIED);
	assert_rc(
	    user_by_email(api, pool, "self@example.org", &found, &hash, &epoch), RC_NOT_FOUND);
	assert_rc(account_delete(api, user.id), RC_NOT_FOUND);
	working_drain();
	assert_int_equal(
	    fixture_number("SELECT (SELECT COUNT(*) FROM user WHERE id = %" PRIu64
			   ") + (SELECT COUNT(*) FROM audio WHERE user_id = %" PRIu64
			   ") + (SELECT COUNT(*) FROM logout WHERE user_id = %" PRIu64 ")",
		user.id, user.id, user.id),
	    0);
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_is_changed_without_the_password),
	    cmocka_unit_test(an_address_is_changed_unless_another_has_it),
	    cmocka_unit_test(a_new_password_ends_every_login),
	    cmocka_unit_test(a_password_that_was_changed_meanwhile_proves_nothing),
	    cmocka_unit_test(who_is_disabled_changes_nothing),
	    cmocka_unit_test(a_logout_ends_one_login),
	    cmocka_unit_test(a_logout_is_forgotten_after_a_month),
	    cmocka_unit_test(all_logins_end_together),
	    cmocka_unit_test(users_delete_themselves_with_all_they_have),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
