#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "../../store/tier_score.h"

#define DAY 86400.0
#define WEEK 604800
#define NOW (TIER_LANDMARK + 2500 * DAY)

enum { BRONZE, SILVER, GOLD };

/* The levels of the earlier system, or those of the manual. */
static struct conf
levels(uint64_t silver, uint64_t gold, double keep)
{
	struct conf conf = {.levels = {.n = 3,
				.v = {{.name = "bronze", .keep_ratio = keep},
				    {.name = "silver", .min_count = silver, .keep_ratio = keep},
				    {.name = "gold", .min_count = gold, .keep_ratio = keep}}}};

	return conf;
}

static void
counts_lead_to_the_levels_of_the_earlier_system(void **state)
{
	static const struct {
		uint64_t count;
		unsigned level;
	} v[] = {{2342, GOLD}, {1548, SILVER}, {356, BRONZE}, {664, BRONZE}, {1964, SILVER},
	    {999, BRONZE}, {1000, SILVER}, {1999, SILVER}, {2000, GOLD}, {0, BRONZE}};
	struct conf conf = levels(1000, 2000, 1);

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		double lw = tier_score_add(TIER_NEVER, v[i].count, 0, NOW);
		double score = tier_score(lw, 0, NOW + 1000 * DAY);

		assert_int_equal(tier_score_level(&conf, score), v[i].level);
		for (unsigned from = BRONZE; from <= GOLD; from++)
			assert_int_equal(tier_score_target(&conf, from, score), v[i].level);
	}
}

/* A count that grew one by one is exact enough for a threshold. */
static void
single_fetches_add_up(void **state)
{
	struct conf conf = levels(1000, 2000, 1);
	double lw = TIER_NEVER;

	for (int i = 0; i < 2000; i++) {
		assert_int_equal(
		    tier_score_level(&conf, tier_score(lw, 0, NOW)), i < 1000 ? BRONZE : SILVER);
		lw = tier_score_add(lw, 1, 0, NOW + i);
	}
	assert_int_equal(tier_score_level(&conf, tier_score(lw, 0, NOW)), GOLD);
}

static void
a_fetch_loses_half_of_its_weight_in_a_half_life(void **state)
{
	double lw = tier_score_add(TIER_NEVER, 40, WEEK, NOW);

	assert_true(fabs(tier_score(lw, WEEK, NOW) - 40) < 1e-6);
	assert_true(fabs(tier_score(lw, WEEK, NOW + WEEK) - 20) < 1e-6);
	assert_true(fabs(tier_score(lw, WEEK, NOW + 3.0 * WEEK) - 5) < 1e-6);
	lw = tier_score_add(lw, 10, WEEK, NOW + WEEK);
	assert_true(fabs(tier_score(lw, WEEK, NOW + WEEK) - 30) < 1e-6);
	/* One that is counted late weighs as much as if it had been counted in time. */
	lw = tier_score_add(lw, 8, WEEK, NOW);
	assert_true(fabs(tier_score(lw, WEEK, NOW + WEEK) - 34) < 1e-6);
	assert_true(tier_score(TIER_NEVER, WEEK, NOW) == 0);
	assert_true(tier_score_add(lw, 0, WEEK, NOW) == lw);
	assert_true(fabs(tier_score_lw(34, WEEK, NOW + WEEK) - lw) < 1e-9);
}

static void
the_order_never_changes_by_waiting(void **state)
{
	double a = tier_score_add(TIER_NEVER, 100, WEEK, NOW - 30 * DAY);
	double b = tier_score_add(TIER_NEVER, 6, WEEK, NOW);

	for (int day = 0; day < 3650; day += 5)
		assert_true(
		    tier_score(a, WEEK, NOW + day * DAY) < tier_score(b, WEEK, NOW + day * DAY));
	assert_true(a < b);
}

static void
a_file_goes_down_only_below_what_keeps_it(void **state)
{
	struct conf conf = levels(3, 20, 0.5);

	assert_int_equal(tier_score_target(&conf, BRONZE, 20), GOLD);
	assert_int_equal(tier_score_target(&conf, BRONZE, 19.9), SILVER);
	assert_int_equal(tier_score_target(&conf, GOLD, 10), GOLD);
	assert_int_equal(tier_score_target(&conf, GOLD, 9.99), SILVER);
	assert_int_equal(tier_score_target(&conf, GOLD, 1), BRONZE);
	assert_int_equal(tier_score_target(&conf, SILVER, 1.5), SILVER);
	assert_int_equal(tier_score_target(&conf, SILVER, 1.49), BRONZE);
	assert_int_equal(tier_score_target(&conf, BRONZE, 0), BRONZE);
}

/* Fetched every third day, around the threshold of a level, with moves at any time. */
static void
a_file_near_a_threshold_does_not_go_to_and_fro(void **state)
{
	for (uint64_t min = 2; min <= 12; min++) {
		struct conf conf = levels(min, 1000, 0.5);
		double lw = tier_score_add(TIER_NEVER, 3, WEEK, NOW);
		unsigned level = BRONZE, moves = 0;

		/* Until the score is what it stays at. */
		for (int day = 3; day < 90; day += 3)
			lw = tier_score_add(lw, 3, WEEK, NOW + day * DAY);
		for (int hour = 0; hour < 30 * 24; hour++) {
			double now = NOW + 90 * DAY + hour * 3600.0;
			unsigned target;

			if (hour % 72 == 0)
				lw = tier_score_add(lw, 3, WEEK, now);
			target = tier_score_target(&conf, level, tier_score(lw, WEEK, now));
			moves += target != level;
			level = target;
		}
		assert_true(moves <= 1);
	}
}

static void
without_levels_between_there_is_one(void **state)
{
	struct conf conf = {.levels = {.n = 1, .v = {{.name = "only", .keep_ratio = 0.5}}}};

	assert_int_equal(tier_score_level(&conf, 1e9), 0);
	assert_int_equal(tier_score_target(&conf, 0, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_lead_to_the_levels_of_the_earlier_system),
	    cmocka_unit_test(single_fetches_add_up),
	    cmocka_unit_test(a_fetch_loses_half_of_its_weight_in_a_half_life),
	    cmocka_unit_test(the_order_never_changes_by_waiting),
	    cmocka_unit_test(a_file_goes_down_only_below_what_keeps_it),
	    cmocka_unit_test(a_file_near_a_threshold_does_not_go_to_and_fro),
	    cmocka_unit_test(without_levels_between_there_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
