/* A normal build has no fault points, so this test compiles its own under another name. */
#ifndef TTS_FAULTS
#define TTS_FAULTS
#endif
#define fault fault_here
#include "../../common/base/fault.c"

#include "capture.h"

/* Reach the points named in ARGUMENT, one letter each, and exit with the last errno. */
static void
reach(void *argument)
{
	int error = 0;

	for (const char *s = argument; *s != '\0'; s++) {
		char point[2] = {*s, '\0'};

		error = fault(point);
	}
	_exit(error);
}

static int
run(const char *faults, char *points)
{
	setenv("TTS_FAULT", faults, 1);
	return run_child(reach, points);
}

static void
an_error_happens_the_nth_time_only(void **state)
{
	char once[] = "a", twice[] = "aa", thrice[] = "aaa", other[] = "b";

	assert_exits_with(run("a:ENOSPC", once), ENOSPC);
	assert_non_null(strstr(captured, "fault a: fail: No space left on device"));
	assert_exits_with(run("a:ENOSPC", twice), 0);
	assert_exits_with(run("a:EIO:2", once), 0);
	assert_exits_with(run("a:EIO:2", twice), EIO);
	assert_exits_with(run("a:EIO:2", thrice), 0);
	assert_exits_with(run("a:EIO", other), 0);
	assert_exits_with(run("", once), 0);
}

static void
several_faults_are_counted_each(void **state)
{
	char ab[] = "ab", aab[] = "aab";

	assert_exits_with(run("a:EIO,b:EROFS", ab), EROFS);
	assert_exits_with(run("a:EIO:1,a:EDQUOT:2,b:sleep=1:1", aab), 0);
	assert_int_equal(lines_in(captured), 3);
}

static void
a_process_dies_where_it_is_told_to(void **state)
{
	char a[] = "a";
	int status = run("a:kill", a);

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_non_null(strstr(captured, "fault a: kill"));
	status = run("a:abort", a);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void
a_plan_that_makes_no_sense_is_refused(void **state)
{
	static const char *const plans[] = {"a", ":kill", "a:", "a:nothing", "a:EIO:0", "a:EIO:x",
	    "a:EIO:-1", "a:sleep=", "a:sleep=1s", "a:kill:1:1", "a:EIO,b"};
	char a[] = "x";

	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		assert_exits_with(run(plans[i], a), EX_USAGE);
		assert_non_null(strstr(captured, "cannot understand TTS_FAULT"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_error_happens_the_nth_time_only),
	    cmocka_unit_test(several_faults_are_counted_each),
	    cmocka_unit_test(a_process_dies_where_it_is_told_to),
	    cmocka_unit_test(a_plan_that_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
