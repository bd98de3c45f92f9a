#include "capture.h"

#include <stdlib.h>
#include <sysexits.h>

#include "../../common/work/pipeline_stats.h"
#include "../../store/stage.h"

static char dir[] = "/tmp/test_pipeline_stats.XXXXXX";
static char path[128];
static uint64_t v[PIPELINE_COUNTERS];
static struct pipeline_note notes[RUN_NOTES];

static struct counters
opened(void)
{
	return pipeline_stats_open(path, pipeline_class_names, CLASSES);
}

static bool
was_read(void)
{
	return pipeline_stats_read(path, pipeline_class_names, CLASSES, v);
}

static void
each_duration_is_in_the_bucket_of_its_bound(void **state)
{
	static const struct {
		uint64_t ms;
		size_t bucket;
	} table[] = {{0, 0}, {1000, 0}, {1001, 1}, {2000, 1}, {5000, 2}, {7200000, 10},
	    {7200001, PIPELINE_STATS_BUCKETS - 1}, {UINT32_MAX, PIPELINE_STATS_BUCKETS - 1}};
	uint64_t before[PIPELINE_COUNTERS], sum = 0;
	struct counters c = opened();

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_true(was_read());
		memcpy(before, v, sizeof v);
		pipeline_stats_took(&c, table[i].ms);
		assert_true(was_read());
		sum += table[i].ms;
		assert_int_equal(v[PIPELINE_BUCKET + table[i].bucket],
		    before[PIPELINE_BUCKET + table[i].bucket] + 1);
		assert_int_equal(v[PIPELINE_TOOK_MS], sum);
	}
}

static void
a_run_is_noted_with_its_numbers(void **state)
{
	const uint64_t own[PIPELINE_NOTE_WORDS - RUN_NOTE_WORDS] = {7, 5, 3, 2, 1, 4};
	struct counters c = opened();

	run_stats_begin(&c, pipeline_notes);
	counters_add(&c, PIPELINE_FAILED + CLASS_TIMEOUT, 1);
	counters_set(&c, PIPELINE_LAST, run_stats_now());
	run_stats_end(&c, pipeline_notes, EX_OK, true, 0, 0, own);
	assert_true(was_read());
	assert_int_equal(pipeline_stats_notes(v, notes), 1);
	assert_int_equal(notes[0].claimed, 7);
	assert_int_equal(notes[0].done, 5);
	assert_int_equal(notes[0].waits, 3);
	assert_int_equal(notes[0].again, 2);
	assert_int_equal(notes[0].failed, 1);
	assert_int_equal(notes[0].released, 4);
	assert_int_equal(v[PIPELINE_FAILED + CLASS_TIMEOUT], 1);
	/* Times are those of the clock on the wall. */
	assert_true(v[PIPELINE_LAST] / 1000 > 1600000000);
	assert_true(notes[0].run.began / 1000 > 1600000000);
}

/* A version with other classes counts other things at the same places. */
static void
the_numbers_of_other_classes_are_not_read(void **state)
{
	static const char *const others[] = {"one", "another"};

	(void)opened();
	assert_true(was_read());
	assert_false(pipeline_stats_read(path, others, 2, v));
}

static void
all_classes_have_a_place(void **state)
{
	assert_true((size_t)CLASSES <= PIPELINE_STATS_CLASSES);
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/metrics", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static int
fresh(void **state)
{
	unlink(path);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(each_duration_is_in_the_bucket_of_its_bound, fresh),
	    cmocka_unit_test_setup(a_run_is_noted_with_its_numbers, fresh),
	    cmocka_unit_test_setup(the_numbers_of_other_classes_are_not_read, fresh),
	    cmocka_unit_test(all_classes_have_a_place),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
