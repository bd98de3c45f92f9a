/* Where children begin: on a CPU that no other child has, as long as there is one. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../render-job/engine/homes.h"

#define SLOTS 16

static cpu_set_t usable;

static int
cpus(void)
{
	assert_int_equal(sched_getaffinity(0, sizeof(usable), &usable), 0);
	return CPU_COUNT(&usable);
}

/* A child begins in SLOT, where FROM is its CPU until then. Return the CPU it goes to. */
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
		int cpu = homes_enter(homes, slot, &usable);
		/* It may be moved to any of them later. */
		if (sched_getaffinity(0, sizeof(after), &after) < 0 || !CPU_EQUAL(&after, &usable))
			_exit(254);
		_exit(cpu);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A busy machine may take it from FROM before it begins: so it is asked for more than once. */
static void
stays(struct homes *homes, size_t slot, int from)
{
	int got = -1;
	for (int i = 0; i < 100 && got != from; i++) {
		homes_leave(homes, slot);
		got = begin(homes, slot, from);
	}
	assert_int_equal(got, from);
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
	stays(homes, 0, cpu[1]);
	homes_leave(homes, 0);
	stays(homes, 0, cpu[0]);
}

static void
it_goes_away_from_another(void **state)
{
	struct homes *homes = homes_new(SLOTS);
	int cpu[2];
	two_cpus(cpu);
	stays(homes, 0, cpu[0]);
	for (int i = 0; i < 20; i++) {
		int got = begin(homes, 3, cpu[0]);
		assert_int_not_equal(got, cpu[0]);
		assert_true(CPU_ISSET(got, &usable));
	}
	homes_leave(homes, 3);
	homes_leave(homes, 0);
	stays(homes, 3, cpu[0]);
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
			stays(homes, (size_t)slot++, cpu);
		}
	stays(homes, SLOTS - 1, first);
}

/* Pinned to one CPU until it begins, a child is found on the other one right after. */
static void
it_is_there_at_once(void **state)
{
	int cpu[2], hits = 0;
	cpu_set_t one;
	two_cpus(cpu);
	CPU_ZERO(&one);
	CPU_SET(cpu[0], &one);
	for (int i = 0; i < 20; i++) {
		struct homes *homes = homes_new(SLOTS);
		stays(homes, 0, cpu[0]);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		assert_int_equal(sched_setaffinity(0, sizeof(usable), &usable), 0);
		hits += homes_enter(homes, 1, &usable) == sched_getcpu();
	}
	/* A busy machine may move it before it is looked for, but hardly each time. */
	assert_true(hits > 0);
}

/* Whoever forked it sends it to the idle one of two CPUs, from where it may be moved again. */
static void
it_is_sent_away_from_another(void **state)
{
	struct homes *homes = homes_new(SLOTS);
	int cpu[2], hits = 0;
	cpu_set_t two, after;
	two_cpus(cpu);
	CPU_ZERO(&two);
	CPU_SET(cpu[0], &two);
	CPU_SET(cpu[1], &two);
	assert_int_equal(homes_send(homes, 0, getpid(), &two), -1); /* to either */
	stays(homes, 0, cpu[0]);
	for (int i = 0; i < 20; i++) {
		int pipes[2], status;
		char go;
		assert_int_equal(pipe(pipes), 0);
		pid_t pid = fork();
		if (pid == 0)
			_exit(read(pipes[0], &go, 1) == 1 ? sched_getcpu() : 255);
		assert_int_equal(homes_send(homes, 3, pid, &two), cpu[1]);
		assert_int_equal(sched_getaffinity(pid, sizeof(after), &after), 0);
		assert_true(CPU_EQUAL(&after, &two));
		assert_int_equal(write(pipes[1], "", 1), 1);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		hits += WIFEXITED(status) && WEXITSTATUS(status) == cpu[1];
		close(pipes[0]);
		close(pipes[1]);
		homes_leave(homes, 3);
	}
	/* A busy machine may move it before it looks, but hardly each time. */
	assert_true(hits > 0);
	assert_int_equal(homes_send(homes, 3, getpid(), &two), cpu[1]);
	assert_int_equal(homes_send(homes, 4, getpid(), &two), -1); /* one on each */
	assert_int_equal(sched_setaffinity(0, sizeof(usable), &usable), 0);
}

static void
none_is_no_harm(void **state)
{
	assert_int_equal(homes_enter(NULL, 0, &usable), -1);
	assert_int_equal(homes_send(NULL, 0, getpid(), &usable), -1);
	homes_leave(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alone_it_stays_where_it_is),
	    cmocka_unit_test(it_goes_away_from_another),
	    cmocka_unit_test(it_is_there_at_once),
	    cmocka_unit_test(it_is_sent_away_from_another),
	    cmocka_unit_test(one_too_many_stays),
	    cmocka_unit_test(none_is_no_harm),
	};
	return cmocka_run_group_tests_name("homes", tests, NULL, NULL);
}
