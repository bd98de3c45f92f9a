#include "capture.h"

#include <stdlib.h>
#include <sysexits.h>

#include "../../common/work/tier_stats.h"

static char dir[] = "/tmp/test_tier_stats.XXXXXX";
static char path[128];
static const char *const levels[] = {"bronze", "silver", "gold"};
static uint64_t v[TIER_COUNTERS];
static struct tier_note notes[RUN_NOTES];

static void
a_run_is_noted_with_its_numbers(void **state)
{
	const uint64_t own[TIER_NOTE_WORDS - RUN_NOTE_WORDS] = {1000, 9, 5, 3, 4096, 1, 2};
	struct counters c = tier_stats_open(path, levels, 3);

	run_stats_begin(&c, tier_notes);
	counters_add(&c, TIER_MOVES + 2 * TIER_STATS_LEVELS + 0, 3);
	counters_set(&c, TIER_USABLE + 1, 1);
	counters_set(&c, TIER_LAST_READ, run_stats_now());
	run_stats_end(&c, tier_notes, EX_OK, true, 0, 0, own);
	assert_true(tier_stats_read(path, levels, 3, v));
	assert_int_equal(tier_stats_notes(v, notes), 1);
	assert_int_equal(notes[0].counted, 1000);
	assert_int_equal(notes[0].claimed, 9);
	assert_int_equal(notes[0].up, 5);
	assert_int_equal(notes[0].down, 3);
	assert_int_equal(notes[0].bytes, 4096);
	assert_int_equal(notes[0].failed, 1);
	assert_int_equal(notes[0].released, 2);
	assert_int_equal(v[TIER_MOVES + 2 * TIER_STATS_LEVELS + 0], 3);
	assert_int_equal(v[TIER_MOVES + 0 * TIER_STATS_LEVELS + 2], 0);
	assert_int_equal(v[TIER_USABLE + 1], 1);
	/* Times are those of the clock on the wall; a time that is not set remains so. */
	assert_true(v[TIER_LAST_READ] / 1000 > 1600000000);
	assert_int_equal(v[TIER_LAST_MOVE], 0);
	assert_true(notes[0].run.began / 1000 > 1600000000);
}

/* With other levels the numbers by rank mean something else. */
static void
the_numbers_of_other_levels_are_not_read(void **state)
{
	static const char *const others[] = {"bronze", "gold", "silver"};

	(void)tier_stats_open(path, levels, 3);
	assert_true(tier_stats_read(path, levels, 3, v));
	assert_false(tier_stats_read(path, others, 3, v));
	assert_false(tier_stats_read(path, levels, 2, v));
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/counters", dir);
	return 0;
}

static int
fresh(void **state)
{
	unlink(path);
	return 0;
}

static int
remove_dir(void **state)
{
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_run_is_noted_with_its_numbers, fresh),
	    cmocka_unit_test_setup(the_numbers_of_other_levels_are_not_read, fresh),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
