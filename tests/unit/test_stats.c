#include "capture.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <time.h>

#include "../../common/work/render_stats.h"
#include "../../render-job/stats.h"

static char dir[] = "/tmp/test_stats.XXXXXX";
static char path[128];
static struct conf conf;
static uint64_t v[RENDER_COUNTERS];
static struct render_note notes[RUN_NOTES];

/* The clocks after the wall clock was set, or the machine was rebooted. */
static time_t wall_step, boot_step;

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, ts);

	ts->tv_sec += clock == CLOCK_REALTIME ? wall_step : clock == CLOCK_BOOTTIME ? boot_step : 0;
	return rc;
}

static uint64_t
wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int
fresh(void **state)
{
	wall_step = boot_step = 0;
	unlink(path);
	return 0;
}

static const uint64_t *
counted(void)
{
	assert_true(render_stats_read(&conf, v));
	return v;
}

static void
result(struct run_sum *sum, enum outcome outcome, bool stale)
{
	stats_result(
	    sum, &(struct result){
		     .outcome = outcome, .stale = stale, .duration_ms = 1500, .size_bytes = 9000});
}

static void
each_outcome_has_its_number(void **state)
{
	struct run_sum sum = {0};

	stats_open(&conf);
	stats_claimed(&sum, 7);
	result(&sum, OUTCOME_READY, false);
	result(&sum, OUTCOME_READY, false);
	result(&sum, OUTCOME_READY, true);
	result(&sum, OUTCOME_RETRY, false);
	result(&sum, OUTCOME_FAILED, false);
	result(&sum, OUTCOME_RELEASE, false);
	stats_end(NULL, &sum, EX_OK);
	counted();
	assert_int_equal(v[RENDER_CLAIMED], 7);
	assert_int_equal(v[RENDER_READY], 2);
	assert_int_equal(v[RENDER_STALE], 1);
	assert_int_equal(v[RENDER_RETRIED], 1);
	assert_int_equal(v[RENDER_FAILED], 1);
	assert_int_equal(v[RENDER_RELEASED], 1);
	assert_int_equal(v[RENDER_SOUND_MS], 3000);
	assert_int_equal(v[RENDER_BYTES], 18000);
	assert_int_equal(v[RUN_COUNT + RUN_OK], 1);
	assert_int_equal(sum.ready, 2);
	assert_int_equal(sum.stale, 1);
	assert_int_equal(sum.sound_ms, 3000);
}

static void
what_is_given_back_is_no_progress(void **state)
{
	struct run_sum sum = {0};

	stats_open(&conf);
	stats_claimed(&sum, 1);
	result(&sum, OUTCOME_RELEASE, false);
	assert_int_equal(counted()[RENDER_LAST_RESULT], 0);
	assert_int_not_equal(v[RUN_ALIVE], 0);
	result(&sum, OUTCOME_READY, false);
	assert_int_not_equal(counted()[RENDER_LAST_RESULT], 0);
}

/* However long a sentence takes, the renderer looks after the others meanwhile. */
static void
looking_for_claims_to_take_back_is_a_sign_of_life(void **state)
{
	uint64_t before;

	stats_open(&conf);
	before = counted()[RUN_ALIVE];
	usleep(3000);
	stats_taken_back(0);
	assert_true(counted()[RUN_ALIVE] > before);
	assert_int_equal(v[RENDER_TAKEN_BACK], 0);
}

static void
failures_have_reasons(void **state)
{
	static const struct {
		enum ended ended;
		enum child_end child;
		enum render_reason reason;
	} rows[] = {
	    {ENDED_CRASHED, CHILD_NONE, REASON_CRASH},
	    {ENDED_LATE, CHILD_NONE, REASON_LATE},
	    {ENDED_REFUSED, CHILD_SILENT, REASON_SILENT},
	    {ENDED_REFUSED, CHILD_CLIPPED, REASON_CLIPPED},
	    {ENDED_REFUSED, CHILD_ABSURD, REASON_ABSURD},
	    {ENDED_REFUSED, CHILD_LONG, REASON_LONG},
	    {ENDED_REFUSED, CHILD_ENCODER, REASON_ENCODER},
	    {ENDED_REFUSED, CHILD_ENGINE, REASON_ENGINE},
	};

	stats_open(&conf);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ending e = {.ended = rows[i].ended, .child = rows[i].child};

		stats_ending(&e);
		assert_int_equal(counted()[RENDER_REASON + rows[i].reason], 1);
	}
	stats_ending(&(struct ending){.ended = ENDED_SPOKEN, .child = CHILD_SPOKEN});
	stats_ending(&(struct ending){.ended = ENDED_LOST});
	counted();
	for (size_t i = 0; i < REASONS; i++)
		assert_true(v[RENDER_REASON + i] <= 1);
}

static void
run(uint64_t claimed, int status)
{
	struct run_sum sum = {0};

	stats_open(&conf);
	if (claimed > 0)
		stats_claimed(&sum, claimed);
	stats_end(NULL, &sum, status);
}

static void
the_last_runs_that_did_something_are_kept(void **state)
{
	run(1, EX_OK);
	run(0, EX_OK); /* nothing to report */
	run(0, EX_TEMPFAIL);
	stats_open(&conf); /* killed: reports nothing */
	run(2, EX_IOERR);
	counted();
	assert_int_equal(render_stats_notes(v, notes), 4);
	assert_int_equal(notes[0].run.end, RUN_DISK);
	assert_int_equal(notes[0].claimed, 2);
	assert_int_equal(notes[1].run.end, RUN_KILLED);
	assert_int_equal(notes[2].run.end, RUN_DATABASE);
	assert_int_equal(notes[3].run.end, RUN_OK);
	assert_true(notes[3].run.began > 0 && notes[3].run.ended >= notes[3].run.began);
	assert_int_equal(v[RUN_COUNT + RUN_OK], 2);
	assert_int_equal(v[RUN_COUNT + RUN_KILLED], 1);
	for (uint64_t i = 0; i < 2 * RUN_NOTES; i++)
		run(100 + i, EX_OK);
	assert_int_equal(render_stats_notes(counted(), notes), RUN_NOTES);
	for (uint64_t i = 0; i < RUN_NOTES; i++)
		assert_int_equal(notes[i].claimed, 100 + 2 * RUN_NOTES - 1 - i);
}

static void
a_step_of_the_wall_clock_changes_no_length(void **state)
{
	static const time_t steps[] = {-7200, 7200};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct run_sum sum = {0};

		stats_open(&conf);
		stats_claimed(&sum, 1);
		result(&sum, OUTCOME_READY, false);
		wall_step += steps[i];
		assert_in_range(stats_run_ms(), 0, 5000);
		stats_end(NULL, &sum, EX_OK);
		counted();
		assert_int_equal(render_stats_notes(v, notes), i + 1);
		assert_in_range(notes[0].run.ended - notes[0].run.began, 0, 5000);
		/* By the current clock it was just now. */
		assert_in_range(wall_ms() - v[RUN_ALIVE], 0, 5000);
		assert_in_range(wall_ms() - v[RUN_LAST_BEGAN], 0, 5000);
		assert_in_range(wall_ms() - v[RUN_LAST_ENDED], 0, 5000);
		assert_in_range(wall_ms() - v[RENDER_LAST_RESULT], 0, 5000);
		assert_in_range(wall_ms() - notes[0].run.began, 0, 5000);
	}
}

static void
times_do_not_outlive_the_machine(void **state)
{
	struct run_sum sum = {0};

	boot_step = 86400;
	run(3, EX_OK);
	stats_open(&conf);
	result(&sum, OUTCOME_READY, false);
	boot_step = 0; /* rebooted, with the directory on a disk */
	assert_int_equal(counted()[RUN_ALIVE], 0);
	assert_int_equal(v[RENDER_LAST_RESULT], 0);
	run(4, EX_OK);
	assert_in_range(wall_ms() - counted()[RUN_ALIVE], 0, 5000);
	assert_int_equal(render_stats_notes(v, notes), 1);
	assert_int_equal(notes[0].claimed, 4);
	assert_int_equal(v[RUN_COUNT + RUN_KILLED], 0);
	assert_int_equal(v[RENDER_CLAIMED], 7); /* the counts remain */
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/counters", dir);
	conf.metrics.renderer_file = path;
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
	    cmocka_unit_test_setup(what_is_given_back_is_no_progress, fresh),
	    cmocka_unit_test_setup(looking_for_claims_to_take_back_is_a_sign_of_life, fresh),
	    cmocka_unit_test_setup(failures_have_reasons, fresh),
	    cmocka_unit_test_setup(the_last_runs_that_did_something_are_kept, fresh),
	    cmocka_unit_test_setup(a_step_of_the_wall_clock_changes_no_length, fresh),
	    cmocka_unit_test_setup(times_do_not_outlive_the_machine, fresh),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
