#include "fixture.h"

#include "../../store/store.h"

static void
an_address_is_taken_whatever_its_case(void **state)
{
	struct user user, other;
	const char *hash;
	uint32_t epoch;

	assert_rc(user_create(api, pool, "Ann \xf0\x9f\x99\x82", "Ann@Example.org", "first", &user),
	    RC_OK);
	assert_string_equal(user.name, "Ann \xf0\x9f\x99\x82");
	assert_string_equal(user.email, "Ann@Example.org");
	assert_int_equal(strlen(user.created_at.s), 24);
	assert_int_equal(user.created_at.s[10], 'T');
	assert_int_equal(user.created_at.s[23], 'Z');
	assert_string_equal(user.created_at.s, user.updated_at.s);

	assert_rc(
	    user_create(api, pool, "Bob", "aNN@eXAMPLE.org", "second", &other), RC_EMAIL_TAKEN);
	assert_rc(user_by_email(api, pool, "ANN@example.ORG", &other, &hash, &epoch), RC_OK);
	assert_int_equal(other.id, user.id);
	assert_string_equal(other.email, "Ann@Example.org");
	assert_string_equal(hash, "first");
	assert_int_equal(epoch, 0);
}

static void
only_ascii_letters_are_the_same_without_case(void **state)
{
	struct user user;

	assert_rc(user_create(api, pool, "a", "\xc3\xa4@example.org", "h", &user), RC_OK);
	assert_rc(user_create(api, pool, "A", "\xc3\x84@example.org", "h", &user), RC_OK);
	assert_rc(user_create(api, pool, "A", "x @example.org", "h", &user), RC_OK);
	assert_rc(user_create(api, pool, "A", "x@example.org", "h", &user), RC_OK);
}

static void
sql_in_a_value_is_a_value(void **state)
{
	const char *evil = "x' OR '1'='1\\\"; DROP TABLE user; -- %s";
	struct user user, again;
	const char *hash;
	uint32_t epoch;

	assert_rc(user_create(api, pool, evil, evil, evil, &user), RC_OK);
	assert_rc(user_by_email(api, pool, evil, &again, &hash, &epoch), RC_OK);
	assert_string_equal(again.name, evil);
	assert_string_equal(hash, evil);
	assert_rc(user_by_email(api, pool, "' OR ''='", &again, &hash, &epoch), RC_NOT_FOUND);
}

static void
a_token_counts_for_its_epoch_and_an_enabled_user(void **state)
{
	uint64_t user = fixture_user();
	struct user found;
	const char *hash, *email;
	uint32_t epoch;
	struct project p = fixture_project(user, 1);
	struct audio v[PAGE_SIZE];
	struct page page;

#define PAGE_OF(user_, epoch_)                                                                     \
	audio_page(api, pool, &(struct login){.user = user_, .epoch = epoch_}, p.id,               \
	    PAGE_OF_TEN(1), &page, v)
	assert_rc(PAGE_OF(user, 0), RC_OK);
	assert_rc(PAGE_OF(user, 1), RC_DENIED);
	assert_rc(PAGE_OF(user + 1000, 0), RC_DENIED);
	assert_rc(user_check(api, &(struct login){.user = user}), RC_OK);
	assert_rc(user_check(api, &(struct login){.user = user, .epoch = 1}), RC_DENIED);
	assert_rc(user_check(api, &(struct login){.user = user + 1000}), RC_DENIED);
	fixture_run("UPDATE user SET token_epoch = 1 WHERE id = %d", (int)user);
	assert_rc(user_check(api, &(struct login){.user = user}), RC_DENIED);
	assert_rc(user_check(api, &(struct login){.user = user, .epoch = 1}), RC_OK);
	assert_rc(PAGE_OF(user, 0), RC_DENIED);
	assert_rc(PAGE_OF(user, 1), RC_OK);

	fixture_run("UPDATE user SET disabled = 1 WHERE id = %d", (int)user);
	assert_rc(user_check(api, &(struct login){.user = user, .epoch = 1}), RC_DENIED);
	assert_rc(PAGE_OF(user, 1), RC_DENIED);
	email = db_row(&(struct rows){1, 1,
			   fixture_rows("SELECT email FROM user WHERE id = %d", (int)user).cells},
	    0)
		    ->s;
	assert_rc(user_by_email(api, pool, email, &found, &hash, &epoch), RC_NOT_FOUND);
}

static void
a_disabled_user_can_write_nothing(void **state)
{
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 1), q;
	struct audio a = fixture_audio(user, p.id, 0), b;

	fixture_run("UPDATE user SET disabled = 1 WHERE id = %d", (int)user);
	assert_rc(project_create(api, pool, user,
		      &(struct project_new){"t", "", "", 1, NULL, 0, NULL}, 10, NULL, &q),
	    RC_NOT_FOUND);
	assert_rc(
	    audio_insert(api, pool, user, p.id, 1, "x", 1, 1, 10, NULL, &b, &count), RC_NOT_FOUND);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &b), RC_NOT_FOUND);
	fixture_check();
}

static int
sign_up(int number, void *arg)
{
	int *results = arg;
	struct user user;

	results[number] = (int)user_create(api, pool, "Same", "same@example.org", "hash", &user);
	return 0;
}

static void
of_two_sign_ups_at_once_one_wins(void **state)
{
	int *results = fixture_shared(8 * sizeof *results), won = 0;

	fixture_together(8, sign_up, results);
	for (int i = 0; i < 8; i++) {
		assert_true(results[i] == RC_OK || results[i] == RC_EMAIL_TAKEN);
		won += results[i] == RC_OK;
	}
	assert_int_equal(won, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_taken_whatever_its_case),
	    cmocka_unit_test(only_ascii_letters_are_the_same_without_case),
	    cmocka_unit_test(sql_in_a_value_is_a_value),
	    cmocka_unit_test(a_token_counts_for_its_epoch_and_an_enabled_user),
	    cmocka_unit_test(a_disabled_user_can_write_nothing),
	    cmocka_unit_test(of_two_sign_ups_at_once_one_wins),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
