#include "capture.h"

#include <stdlib.h>
#include <sysexits.h>

#include "../../common/work/work_stats.h"
#include "../../work-job/count.h"

static char dir[] = "/tmp/test_work_stats.XXXXXX";
static char path[128];
static struct conf conf;
static const char *kinds[WORK_KINDS];
static uint64_t v[WORK_COUNTERS];
static struct work_note notes[RUN_NOTES];

static const uint64_t *
counted(void)
{
	assert_true(work_stats_read(&conf, kinds, WORK_KINDS, v));
	return v;
}

static void
result(enum work_kind kind, enum work_outcome outcome, bool stale)
{
	count_result(kind, &(struct work_result){.outcome = outcome, .stale = stale});
}

static void
each_outcome_has_its_number(void **state)
{
	count_open(&conf);
	count_claimed(7);
	count_taken_back(2);
	count_step();
	count_step();
	result(WORK_KIND_PROJECT_DELETE, WORK_OUTCOME_DONE, false);
	result(WORK_KIND_PROJECT_DELETE, WORK_OUTCOME_DONE, false);
	result(WORK_KIND_SWEEP, WORK_OUTCOME_DONE, true);
	result(WORK_KIND_SWEEP, WORK_OUTCOME_AGAIN, false);
	result(WORK_KIND_USER_DELETE, WORK_OUTCOME_WAITS, false);
	result(WORK_KIND_USER_DELETE, WORK_OUTCOME_FAILED, false);
	result(WORK_KIND_USER_DELETE, WORK_OUTCOME_RELEASED, false);
	count_trash(&(struct trash_sum){.removed = 5, .failed = 3});
	count_end(NULL, EX_OK);
	counted();
	assert_int_equal(v[WORK_CLAIMED], 7);
	assert_int_equal(v[WORK_TAKEN_BACK], 2);
	assert_int_equal(v[WORK_STEPS], 2);
	assert_int_equal(v[WORK_STALE], 1);
	assert_int_equal(v[WORK_RELEASED], 1);
	assert_int_equal(v[WORK_TRASH_REMOVED], 5);
	assert_int_equal(v[WORK_TRASH_FAILED], 3);
	assert_int_equal(v[WORK_KIND_DONE + WORK_KIND_PROJECT_DELETE], 2);
	assert_int_equal(v[WORK_KIND_DONE + WORK_KIND_SWEEP], 0);
	assert_int_equal(v[WORK_KIND_AGAIN + WORK_KIND_SWEEP], 1);
	assert_int_equal(v[WORK_KIND_FAILED + WORK_KIND_USER_DELETE], 1);
	assert_int_equal(v[RUN_COUNT + RUN_OK], 1);
	assert_int_equal(work_stats_notes(v, notes), 1);
	assert_int_equal(notes[0].claimed, 7);
	assert_int_equal(notes[0].steps, 2);
	assert_int_equal(notes[0].done, 2);
	assert_int_equal(notes[0].failed, 1);
	assert_int_equal(notes[0].again, 1);
	assert_int_equal(notes[0].released, 1);
	assert_int_equal(notes[0].trash, 5);
	assert_int_equal(notes[0].run.end, RUN_OK);
}

static void
what_moves_nothing_is_no_progress(void **state)
{
	count_open(&conf);
	count_claimed(1);
	result(WORK_KIND_SWEEP, WORK_OUTCOME_AGAIN, false);
	count_trash(&(struct trash_sum){.failed = 3});
	assert_int_equal(counted()[WORK_LAST_STEP], 0);
	assert_int_not_equal(v[RUN_ALIVE], 0);
	count_trash(&(struct trash_sum){.partly = true, .left = true});
	assert_int_not_equal(counted()[WORK_LAST_STEP], 0);
}

/* A run begins with nothing of the one before it, which is told of when it did not end. */
static void
runs_are_told_apart(void **state)
{
	count_open(&conf);
	count_claimed(3);
	count_open(&conf); /* it was killed */
	count_end(NULL, EX_OK);
	count_open(&conf);
	count_end(NULL, EX_TEMPFAIL);
	assert_int_equal(work_stats_notes(counted(), notes), 2);
	assert_int_equal(notes[0].run.end, RUN_DATABASE);
	assert_int_equal(notes[0].claimed, 0);
	assert_int_equal(notes[1].run.end, RUN_KILLED);
	assert_int_equal(v[RUN_COUNT + RUN_OK], 1);
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/counters", dir);
	conf.metrics.work_file = path;
	for (size_t i = 0; i < WORK_KINDS; i++)
		kinds[i] = work_kind_name((enum work_kind)i);
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
	    cmocka_unit_test_setup(each_outcome_has_its_number, fresh),
	    cmocka_unit_test_setup(what_moves_nothing_is_no_progress, fresh),
	    cmocka_unit_test_setup(runs_are_told_apart, fresh),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
