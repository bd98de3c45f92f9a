#include "fixture.h"

#include "../../store/admin.h"
#include "../../store/trash.h"

#define AT_ONCE 100

/* Entries for files that were replaced, which are due at once. */
static void
fill(int n)
{
	fixture_run("DELETE FROM trash");
	for (int i = 1; i <= n; i++)
		fixture_run(
		    "INSERT INTO trash (created_at, run_at, project_id, audio_id, path, bury)"
		    " VALUES (NOW(3) - INTERVAL 1 MINUTE, NOW(3) - INTERVAL 1 MINUTE, 1, %d,"
		    " '0/1/x.mp3', FALSE)",
		    i);
}

static size_t
list(struct trash *v)
{
	size_t n;

	assert_rc(trash_list(worker, pool, AT_ONCE, v, &n), RC_OK);
	return n;
}

static void
what_cannot_be_removed_holds_up_no_other(void **state)
{
	struct admin_content content;
	struct trash v[AT_ONCE];

	fill(AT_ONCE + 1);
	assert_rc(admin_content(admin, &content), RC_OK);
	assert_int_equal(content.trash_stuck, 0);
	assert_int_equal(list(v), AT_ONCE);
	assert_int_equal(v[0].audio, 1);
	assert_rc(trash_again(worker, v, AT_ONCE), RC_OK);
	assert_int_equal(list(v), 1);
	assert_int_equal(v[0].audio, AT_ONCE + 1);
	assert_rc(trash_done(worker, v, 1), RC_OK);
	assert_int_equal(list(v), 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash"), AT_ONCE);
	assert_rc(admin_content(admin, &content), RC_OK);
	assert_int_equal(content.trash, AT_ONCE);
	assert_int_equal(content.trash_stuck, AT_ONCE);
}

static void
it_rests_longer_each_time_but_never_for_ever(void **state)
{
	struct trash v[AT_ONCE];
	uint64_t rest = 0;

	fill(1);
	for (unsigned tries = 0; tries < 40; tries++) {
		assert_int_equal(list(v), 1);
		assert_int_equal(v[0].tries, tries);
		assert_rc(trash_again(worker, v, 1), RC_OK);
		rest = fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), run_at) FROM trash");
		if (tries == 0)
			assert_in_range(rest, 3, 10);
		assert_in_range(rest, 3, TRASH_AGAIN_SEC);
		fixture_run("UPDATE trash SET run_at = NOW(3)");
	}
	assert_in_range(rest, TRASH_AGAIN_SEC / 2 - 1, TRASH_AGAIN_SEC);
}

/* When the clock is set back, a time that was near is far away. */
static void
a_clock_that_was_set_back_keeps_nothing_in_the_trash(void **state)
{
	struct trash v[AT_ONCE];

	fill(1);
	fixture_run("UPDATE trash SET bury = TRUE, created_at = NOW(3) + INTERVAL 2 HOUR,"
		    " run_at = NOW(3) + INTERVAL 2 HOUR");
	assert_int_equal(list(v), 1);
	fixture_run("UPDATE trash SET run_at = NOW(3) + INTERVAL %d SECOND", TRASH_AGAIN_SEC - 60);
	assert_int_equal(list(v), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_cannot_be_removed_holds_up_no_other),
	    cmocka_unit_test(it_rests_longer_each_time_but_never_for_ever),
	    cmocka_unit_test(a_clock_that_was_set_back_keeps_nothing_in_the_trash),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
