/* Where children begin: on a CPU that no other child has, as long as there is one. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../render-job/homes.h"

#define SLOTS 16

static cpu_set_t usable;

static int
cpus(void)
{
	assert_int_equal(sched_getaffinity(0, sizeof(usable), &usable), 0);
	return CPU_COUNT(&usable);
}

/* A child begins in SLOT, where FROM is its CPU until then. Return the CPU it is on after that. */
static int
begin(struct homes *homes, size_t slot, int from)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		cpu_set_t one, after;
		CPU_ZERO(&one);
		CPU_SET(from, &one);
		if (sched_setaffinity(0, sizeof(one), &one) < 0 ||
		    sched_setaffinity(0, sizeof(usable), &usable) < 0)
			_exit(255);
		homes_enter(homes, slot);
		int cpu = sched_getcpu();
		/* It may be moved to any of them later. */
		if (sched_getaffinity(0, sizeof(after), &after) < 0 || !CPU_EQUAL(&after, &usable))
			_exit(254);
		_exit(cpu);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A busy machine may move it before it looks: so it is asked for more than once. */
static void
begins(struct homes *homes, size_t slot, int from, int wanted)
{
	int got = -1;
	for (int i = 0; i < 100 && got != wanted; i++) {
		homes_leave(homes, slot);
		got = begin(homes, slot, from);
	}
	assert_int_equal(got, wanted);
}

static void
two_cpus(int cpu[2])
{
	int n = 0;
	if (cpus() < 2)
		skip();
	for (int i = 0; i < CPU_SETSIZE && n < 2; i++)
		if (CPU_ISSET(i, &usable))
			cpu[n++] = i;
}

static void
alone_it_stays_where_it_is(void **state)
{
	struct homes *homes = homes_new(SLOTS);
	int cpu[2];
	two_cpus(cpu);
	begins(homes, 0, cpu[1], cpu[1]);
	homes_leave(homes, 0);
	begins(homes, 0, cpu[0], cpu[0]);
}

static void
it_goes_away_from_another(void **state)
{
	struct homes *homes = homes_new(SLOTS);
	int cpu[2];
	two_cpus(cpu);
	begins(homes, 0, cpu[0], cpu[0]);
	int got = begin(homes, 3, cpu[0]);
	for (int i = 0; i < 100 && got == cpu[0]; i++) {
		homes_leave(homes, 3);
		got = begin(homes, 3, cpu[0]);
	}
	assert_true(got != cpu[0] && CPU_ISSET(got, &usable));
	homes_leave(homes, 3);
	homes_leave(homes, 0);
	begins(homes, 3, cpu[0], cpu[0]);
}

static void
one_too_many_stays(void **state)
{
	int n = cpus(), first = -1;
	struct homes *homes = homes_new(SLOTS);
	if (n > SLOTS - 1)
		skip();
	for (int cpu = 0, slot = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &usable)) {
			first = first < 0 ? cpu : first;
			begins(homes, (size_t)slot++, cpu, cpu);
		}
	begins(homes, SLOTS - 1, first, first);
}

static void
none_is_no_harm(void **state)
{
	homes_enter(NULL, 0);
	homes_leave(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alone_it_stays_where_it_is),
	    cmocka_unit_test(it_goes_away_from_another),
	    cmocka_unit_test(one_too_many_stays),
	    cmocka_unit_test(none_is_no_harm),
	};
	return cmocka_run_group_tests_name("homes", tests, NULL, NULL);
}
