#include "made_up_trade.h"

/* The loop of the job programs, with a made-up trade. */

static void
assert_all(int state)
{
	for (size_t i = 0; i < t.n; i++)
		assert_int_equal(t.items[i].state, state);
}

/* ---------------------------------------------------------------- order */

static void
an_empty_queue_ends_the_run(void **state)
{
	assert_int_equal(run(), RC_OK);
	assert_string_equal(t.story, "over stop ");
}

static void
everything_is_done_in_the_order_of_its_turn(void **state)
{
	for (int i = 0; i < 10; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 20);
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	/* Claimed when fewer than two wait; the first result is written at once, others together.
	 */
	assert_string_equal(t.story,
	    "over claim:abcd a b write@1000020:a c claim:efgh d e f g claim:ij h i "
	    "write@1000180:bcdefghi j write@1000200:j stop ");
}

static void
an_earlier_turn_overtakes_all_that_wait(void **state)
{
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 100);
	item_add('E', 13, 30)->appears = AT(40);
	t.kick_at[0] = AT(40);
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	/* It has a place of its own, and its result does not wait. */
	assert_string_equal(t.story,
	    "over claim:abcd a claim:E !E write@1000070:E b c d write@1000350:abc write@1000400:d "
	    "stop ");
}

static void
a_later_turn_waits_for_its_turn(void **state)
{
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 100);
	item_add('L', 14, 30)->appears = AT(40);
	t.kick_at[0] = AT(40);
	assert_int_equal(run(), RC_OK);
	assert_non_null(strstr(t.story, "d L "));
	assert_null(strchr(t.story, '!'));
}

static void
an_item_that_failed_before_does_not_overtake(void **state)
{
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 100);
	item_add('F', 5, 30)->failed_before = true;
	t.items[4].appears = AT(40);
	t.kick_at[0] = AT(40);
	assert_int_equal(run(), RC_OK);
	/* It comes next, but only when there is room. */
	assert_non_null(strstr(t.story, "a claim:F F write@1000100:a b "));
}

static void
earlier_turns_are_found_without_a_kick_too(void **state)
{
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 1000);
	item_add('E', 12, 30)->appears = AT(10);
	assert_int_equal(run(), RC_OK);
	assert_non_null(strstr(t.story, "a claim:E !E write@1000230:E"));
}

static void
a_kick_has_the_queue_asked_again(void **state)
{
	item_add('a', 10, 1000);
	item_add('b', 11, 10)->appears = AT(500);
	t.kick_at[0] = AT(500);
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	assert_string_equal(
	    t.story, "over claim:a a claim:b b write@1001000:a write@1001010:b stop ");
}

static void
an_edit_cancels_an_item_that_has_not_begun(void **state)
{
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 100);
	t.items[2].edited = true;
	t.kick_at[0] = AT(40);
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	assert_non_null(strstr(t.story, "a drop:c claim:c "));
}

/* ---------------------------------------------------------------- writing */

static void
results_wait_for_each_other_for_a_while(void **state)
{
	t.room = 2;
	item_add('a', 1, 10);
	item_add('b', 2, 20);
	item_add('c', 3, 30);
	item_add('z', 4, 900);
	assert_int_equal(run(), RC_OK);
	assert_string_equal(t.story,
	    "over claim:abcz a b c write@1000010:a z write@1000270:bc write@1000920:z stop ");
}

static void
a_full_batch_of_results_is_written_at_once(void **state)
{
	t.claim_max = 32;
	terms.results_max = 3;
	for (int i = 0; i < 7; i++)
		item_add((char)('a' + i), 1, 0);
	assert_int_equal(run(), RC_OK);
	assert_string_equal(t.story, "over claim:abcdefg a b c write@1000000:abc d e f "
				     "write@1000000:def g write@1000000:g stop ");
}

/* ---------------------------------------------------------------- ends */

static void
a_signal_during_a_claim_gives_back_what_was_claimed(void **state)
{
	item_add('a', 1, 10);
	item_add('b', 2, 10);
	t.stop_in_claim = true;
	assert_int_equal(run(), RC_OK);
	assert_all(GIVEN_BACK);
	assert_string_equal(t.story, "over claim:ab stop back:a back:b write@1000000: ");
}

static void
after_its_time_a_run_ends_what_has_begun_and_gives_back_the_rest(void **state)
{
	terms.run_sec = 1;
	for (int i = 0; i < 9; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 300);
	assert_int_equal(run(), RC_OK);
	for (size_t i = 0; i < t.n; i++)
		assert_int_equal(t.items[i].state, i < 4 ? WRITTEN : i < 8 ? GIVEN_BACK : QUEUED);
}

static void
after_its_time_a_run_still_does_what_is_urgent_beside_what_has_begun(void **state)
{
	terms.run_sec = 1;
	for (int i = 0; i < 4; i++)
		item_add((char)('a' + i), 10 + (uint64_t)i, 9000);
	item_add('E', 10, 30)->appears = AT(4000);
	item_add('F', 10, 30)->appears = AT(5000); /* found without a kick */
	t.kick_at[0] = AT(4000);
	assert_int_equal(run(), RC_OK);
	/* What waits its turn is not begun any more, and given back at the end. */
	assert_non_null(strstr(t.story, "a claim:E !E write@1004030:E claim:F !F write@1005"));
	assert_non_null(strstr(t.story, ":F back:b back:c back:d write@1009000:a stop "));
}

static void
what_is_urgent_does_not_prolong_a_run(void **state)
{
	terms.run_sec = 1;
	item_add('a', 10, 2000);
	for (int i = 0; i < 4; i++)
		item_add((char)('E' + i), 10, 1500)->appears = AT(1500 + 1000 * i);
	assert_int_equal(run(), RC_OK);
	/* E began beside a; nothing begins once a is done. */
	assert_int_equal(t.items[1].state, WRITTEN);
	for (size_t i = 2; i < t.n; i++)
		assert_int_equal(t.items[i].state, QUEUED);
}

static void
an_engine_that_is_of_no_use_ends_the_run(void **state)
{
	item_add('a', 1, 10);
	t.never = true;
	assert_int_equal(run(), RC_FAIL);
	assert_all(GIVEN_BACK);
}

static void
what_cannot_be_taken_over_is_not_begun(void **state)
{
	item_add('a', 1, 10);
	t.take_over_rc = RC_SCHEMA;
	assert_int_equal(run(), RC_SCHEMA);
	assert_all(QUEUED);
}

static void
care_is_taken_now_and_then_and_may_end_the_run(void **state)
{
	item_add('a', 1, 9000);
	assert_int_equal(run(), RC_OK);
	assert_int_equal(t.cares, 5);
	set_up(NULL);
	item_add('a', 1, 9000);
	t.care_rc = RC_NO_SPACE;
	assert_int_equal(run(), RC_NO_SPACE);
	assert_int_equal(t.cares, 1);
}

/* ---------------------------------------------------------------- a database that is away */

static void
a_database_that_is_away_ends_an_idle_run(void **state)
{
	item_add('a', 1, 10);
	t.away_until = AT(1);
	assert_int_equal(run(), RC_BUSY);
	assert_all(QUEUED);
}

static void
a_database_that_is_away_is_waited_for_while_something_is_in_hand(void **state)
{
	item_add('a', 1, 3000);
	item_add('b', 2, 10)->appears = AT(50);
	t.kick_at[0] = AT(50);
	t.away_from = AT(50);
	t.away_until = AT(1500);
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	/* It is asked once a second, and not all the time. */
	assert_string_equal(
	    t.story, "over claim:a a away away claim:b b write@1003000:a write@1003010:b stop ");
}

static void
a_result_is_offered_again_when_the_database_is_back(void **state)
{
	item_add('a', 1, 10);
	t.finishes_away = 2;
	assert_int_equal(run(), RC_OK);
	assert_all(WRITTEN);
	assert_int_equal(t.finishes_away, 0);
}

static void
an_error_in_writing_ends_the_run_and_the_rest_is_given_back(void **state)
{
	item_add('a', 1, 10);
	item_add('b', 2, 10);
	t.finish_rc = RC_NO_SPACE;
	assert_int_equal(run(), RC_NO_SPACE);
	assert_int_equal(t.items[1].state, GIVEN_BACK);
}

static void
nothing_is_given_back_to_a_database_that_is_mute(void **state)
{
	t.room = 1;
	item_add('a', 1, 10);
	item_add('b', 2, 10);
	t.finish_rc = RC_UNKNOWN;
	assert_int_equal(run(), RC_UNKNOWN);
	assert_null(strstr(t.story, "back:"));
	assert_int_equal(t.items[1].state, RUNNING);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
	    TEST(an_empty_queue_ends_the_run),
	    TEST(everything_is_done_in_the_order_of_its_turn),
	    TEST(an_earlier_turn_overtakes_all_that_wait),
	    TEST(a_later_turn_waits_for_its_turn),
	    TEST(an_item_that_failed_before_does_not_overtake),
	    TEST(earlier_turns_are_found_without_a_kick_too),
	    TEST(a_kick_has_the_queue_asked_again),
	    TEST(an_edit_cancels_an_item_that_has_not_begun),
	    TEST(results_wait_for_each_other_for_a_while),
	    TEST(a_full_batch_of_results_is_written_at_once),
	    TEST(a_signal_during_a_claim_gives_back_what_was_claimed),
	    TEST(after_its_time_a_run_ends_what_has_begun_and_gives_back_the_rest),
	    TEST(after_its_time_a_run_still_does_what_is_urgent_beside_what_has_begun),
	    TEST(what_is_urgent_does_not_prolong_a_run),
	    TEST(an_engine_that_is_of_no_use_ends_the_run),
	    TEST(what_cannot_be_taken_over_is_not_begun),
	    TEST(care_is_taken_now_and_then_and_may_end_the_run),
	    TEST(a_database_that_is_away_ends_an_idle_run),
	    TEST(a_database_that_is_away_is_waited_for_while_something_is_in_hand),
	    TEST(a_result_is_offered_again_when_the_database_is_back),
	    TEST(an_error_in_writing_ends_the_run_and_the_rest_is_given_back),
	    TEST(nothing_is_given_back_to_a_database_that_is_mute),
	};
	int failed;

	snprintf(kick_path, sizeof kick_path, "/tmp/test_loop.%d", (int)getpid());
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(kick_path);
	return failed;
}
