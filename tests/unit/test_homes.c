/* Where children begin: each on the CPU that the fewest others have. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../render-job/homes.h"

static cpu_set_t usable;

static int
cpus(void)
{
	assert_int_equal(sched_getaffinity(0, sizeof(usable), &usable), 0);
	return CPU_COUNT(&usable);
}

static void
as_many_as_there_are_cpus_have_one_each(void **state)
{
	struct homes *homes = homes_new();
	cpu_set_t taken;
	int n = cpus();
	CPU_ZERO(&taken);
	for (int i = 0; i < n; i++) {
		int home = homes_take(homes);
		assert_true(CPU_ISSET(home, &usable));
		assert_false(CPU_ISSET(home, &taken));
		CPU_SET(home, &taken);
	}
}

static void
the_next_gets_the_place_of_the_one_that_left(void **state)
{
	struct homes *homes = homes_new();
	int home = -1;
	for (int i = 0, n = cpus(); i < n; i++)
		home = homes_take(homes);
	homes_leave(homes, home);
	assert_int_equal(homes_take(homes), home);
}

/* The zygotes of two voices know of each other's children. */
static void
processes_share_them(void **state)
{
	struct homes *homes = homes_new();
	if (cpus() < 2)
		skip();
	pid_t pid = fork();
	if (pid == 0)
		_exit(homes_take(homes) < 0);
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	int first = homes_take(homes), second = homes_take(homes);
	assert_int_not_equal(first, second);
	/* Of two CPUs one has two children now. */
	if (cpus() == 2)
		assert_int_equal(homes_take(homes), first);
}

static void
who_enters_is_there_and_may_be_moved_away(void **state)
{
	cpu_set_t now;
	cpus();
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &usable))
			continue;
		/* A busy machine may move us before we look. */
		int got = -1;
		for (int i = 0; i < 100 && got != cpu; i++) {
			homes_enter(cpu);
			got = sched_getcpu();
		}
		assert_int_equal(got, cpu);
	}
	assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
	assert_true(CPU_EQUAL(&now, &usable));
}

static void
none_is_no_harm(void **state)
{
	homes_hide(NULL);
	homes_leave(NULL, 0);
	assert_int_equal(homes_take(NULL), -1);
	homes_enter(-1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_many_as_there_are_cpus_have_one_each),
	    cmocka_unit_test(the_next_gets_the_place_of_the_one_that_left),
	    cmocka_unit_test(processes_share_them),
	    cmocka_unit_test(who_enters_is_there_and_may_be_moved_away),
	    cmocka_unit_test(none_is_no_harm),
	};
	return cmocka_run_group_tests_name("homes", tests, NULL, NULL);
}
