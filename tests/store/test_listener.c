#include "fixture.h"

#include "../../store/listener.h"

/* What is asked about the users who listen to events. */

#define LISTENERS 300 /* more than fit into one statement */

static struct db *stream;
static struct listener_state v[LISTENERS];
static size_t found;

static int
open_account(void **state)
{
	if (fixture_start(state) != 0)
		return -1;
	stream = fixture_db(ACCOUNT_STREAM);
	return 0;
}

static int
close_account(void **state)
{
	db_free(stream);
	return fixture_stop(state);
}

static void
check(uint64_t a, uint64_t b)
{
	assert_rc(listener_check(stream, pool, (const uint64_t[]){a, b}, 2, v, &found), RC_OK);
}

static void
epoch_and_newest_event_are_told(void **state)
{
	uint64_t a = fixture_user(), b = fixture_user();

	fixture_run("UPDATE user SET token_epoch = 7 WHERE id = %lu", (unsigned long)a);
	fixture_run("UPDATE user_seq SET seq = 5 WHERE user_id = %lu", (unsigned long)a);
	check(a, b);
	assert_int_equal(found, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(v[i].user == a || v[i].user == b);
		assert_int_equal(v[i].epoch, v[i].user == a ? 7 : 0);
		assert_int_equal(v[i].seq, v[i].user == a ? 5 : 0);
	}
}

static void
users_who_may_not_log_in_are_missing(void **state)
{
	uint64_t a = fixture_user(), b = fixture_user();

	fixture_run("UPDATE user SET disabled = 1 WHERE id = %lu", (unsigned long)a);
	check(a, b);
	assert_int_equal(found, 1);
	assert_int_equal(v[0].user, b);
	check(b + 1000, b);
	assert_int_equal(found, 1);
}

static void
any_number_of_users_can_be_asked_for(void **state)
{
	uint64_t users[LISTENERS];

	for (size_t i = 0; i < LISTENERS; i++)
		users[i] = i % 2 == 0 ? fixture_user() : UINT64_C(1) << 40;
	assert_rc(listener_check(stream, pool, users, LISTENERS, v, &found), RC_OK);
	assert_int_equal(found, LISTENERS / 2);
	assert_rc(listener_check(stream, pool, users, 0, v, &found), RC_OK);
	assert_int_equal(found, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(epoch_and_newest_event_are_told),
	    cmocka_unit_test(users_who_may_not_log_in_are_missing),
	    cmocka_unit_test(any_number_of_users_can_be_asked_for),
	};

	return cmocka_run_group_tests(tests, open_account, close_account);
}
