#include "capture.h"

#include "../../store/queue_core.h"

/* How results are written together, apart and one by one, with a database that is made up. */

#define RESULTS 6

struct made_up {
	int number;
	uint64_t group;
};

static struct made_up results[RESULTS];
static void *v[RESULTS];

/* What the database says of each, alone; together it refuses. */
static enum rc answers[RESULTS];
static enum rc when_refused;

/* What was asked: the numbers in the order of the calls, "|" between them. */
static char asked[256], refused[64];

static enum rc
together(struct db *db, void *const *some, size_t n)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < n; i++) {
		const struct made_up *m = some[i];

		snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%d", m->number);
		if (rc == RC_OK)
			rc = answers[m->number];
	}
	strcat(asked, "|");
	if (n == RESULTS)
		return rc == RC_OK ? RC_OK : RC_FAIL;
	return rc;
}

static uint64_t
group_of(const void *result)
{
	return ((const struct made_up *)result)->group;
}

static enum rc
one_refused(struct db *db, void *result, enum rc rc)
{
	snprintf(refused + strlen(refused), sizeof refused - strlen(refused), "%d",
	    ((const struct made_up *)result)->number);
	return when_refused;
}

static const struct queue_finishing how = {
    .together = together, .group = group_of, .refused = one_refused};

static int
begin(void **state)
{
	for (int i = 0; i < RESULTS; i++) {
		results[i] = (struct made_up){i, (uint64_t)(i % 2)};
		v[i] = &results[i];
		answers[i] = RC_OK;
	}
	when_refused = RC_OK;
	asked[0] = refused[0] = '\0';
	return 0;
}

static void
what_is_taken_goes_in_one_transaction(void **state)
{
	assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), RC_OK);
	assert_string_equal(asked, "012345|");
	asked[0] = '\0';
	assert_int_equal(queue_core_finish(NULL, &how, v, 0), RC_OK);
	assert_string_equal(asked, "");
}

static void
one_that_is_refused_stops_no_other(void **state)
{
	answers[2] = RC_FAIL;
	assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), RC_OK);
	/* The group of the odd ones is whole; the even ones go one by one. */
	assert_non_null(strstr(asked, "|0|2|4|"));
	assert_non_null(strstr(asked, "|135|"));
	assert_string_equal(refused, "2");
}

static void
an_error_that_is_nobodys_own_is_told_and_the_rest_is_done(void **state)
{
	answers[0] = RC_FAIL;
	when_refused = RC_FAIL;
	assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), RC_FAIL);
	assert_string_equal(refused, "0");
	assert_non_null(strstr(asked, "|0|2|4|"));
	assert_non_null(strstr(asked, "|135|"));
}

/* A database that is away refuses nothing: whoever asks it on waits for each, and charges it. */
static void
nothing_more_is_asked_of_a_database_that_is_away(void **state)
{
	static const enum rc away[] = {RC_BUSY, RC_UNKNOWN, RC_SCHEMA};

	for (size_t i = 0; i < sizeof away / sizeof away[0]; i++) {
		begin(state);
		answers[0] = RC_FAIL;
		answers[2] = away[i];
		assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), away[i]);
		assert_string_equal(refused, "0");
		assert_null(strstr(asked, "|4|"));
		assert_null(strstr(asked, "|135|"));
	}
	begin(state);
	answers[0] = RC_FAIL;
	answers[1] = RC_BUSY; /* of a whole group */
	for (int i = 0; i < RESULTS; i++)
		results[i].group = (uint64_t)(i / 2);
	assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), RC_BUSY);
	assert_string_equal(asked, "012345|01|0|1|");
	assert_string_equal(refused, "0");
	begin(state);
	answers[1] = RC_BUSY;
	answers[5] = RC_FAIL;
	for (int i = 0; i < RESULTS; i++)
		results[i].group = (uint64_t)(i / 2);
	assert_int_equal(queue_core_finish(NULL, &how, v, RESULTS), RC_BUSY);
	assert_string_equal(asked, "012345|01|");
	assert_string_equal(refused, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(what_is_taken_goes_in_one_transaction, begin),
	    cmocka_unit_test_setup(one_that_is_refused_stops_no_other, begin),
	    cmocka_unit_test_setup(
		an_error_that_is_nobodys_own_is_told_and_the_rest_is_done, begin),
	    cmocka_unit_test_setup(nothing_more_is_asked_of_a_database_that_is_away, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
