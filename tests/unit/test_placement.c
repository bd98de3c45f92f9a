/* Children start on a CPU without other children, as long as there is one. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../render-job/engine/placement.h"

#define SLOTS 16

static cpu_set_t usable;

static int
cpus(void)
{
	assert_int_equal(sched_getaffinity(0, sizeof usable, &usable), 0);
	return CPU_COUNT(&usable);
}

/* Start a child in SLOT on CPU FROM. Return the CPU it moves to. */
static int
start_child(struct placement *placement, size_t slot, int from)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		cpu_set_t one, after;
		CPU_ZERO(&one);
		CPU_SET(from, &one);
		if (sched_setaffinity(0, sizeof one, &one) < 0 ||
		    sched_setaffinity(0, sizeof usable, &usable) < 0)
			_exit(255);
		int cpu = placement_begin(placement, slot, &usable);
		/* The scheduler may move it to any of them later. */
		if (sched_getaffinity(0, sizeof after, &after) < 0 || !CPU_EQUAL(&after, &usable))
			_exit(254);
		_exit(cpu);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* On a busy machine the scheduler may move the child from FROM before it starts, so this
 * retries. */
static void
assert_stays(struct placement *placement, size_t slot, int from)
{
	int got = -1;
	for (int i = 0; i < 100 && got != from; i++) {
		placement_end(placement, slot);
		got = start_child(placement, slot, from);
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
a_child_alone_stays_where_it_is(void **state)
{
	struct placement *placement = placement_new(SLOTS);
	int cpu[2];
	two_cpus(cpu);
	assert_stays(placement, 0, cpu[1]);
	placement_end(placement, 0);
	assert_stays(placement, 0, cpu[0]);
}

static void
a_child_moves_away_from_another(void **state)
{
	struct placement *placement = placement_new(SLOTS);
	int cpu[2];
	two_cpus(cpu);
	assert_stays(placement, 0, cpu[0]);
	for (int i = 0; i < 20; i++) {
		int got = start_child(placement, 3, cpu[0]);
		assert_int_not_equal(got, cpu[0]);
		assert_true(CPU_ISSET(got, &usable));
	}
	placement_end(placement, 3);
	placement_end(placement, 0);
	assert_stays(placement, 3, cpu[0]);
}

static void
a_child_without_a_free_cpu_stays(void **state)
{
	int n = cpus(), first = -1;
	struct placement *placement = placement_new(SLOTS);
	if (n > SLOTS - 1)
		skip();
	for (int cpu = 0, slot = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &usable)) {
			first = first < 0 ? cpu : first;
			assert_stays(placement, (size_t)slot++, cpu);
		}
	assert_stays(placement, SLOTS - 1, first);
}

/* A child pinned to one CPU until it starts is on the other one right after. */
static void
a_child_moves_at_once(void **state)
{
	int cpu[2], hits = 0;
	cpu_set_t one;
	two_cpus(cpu);
	CPU_ZERO(&one);
	CPU_SET(cpu[0], &one);
	for (int i = 0; i < 20; i++) {
		struct placement *placement = placement_new(SLOTS);
		assert_stays(placement, 0, cpu[0]);
		assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
		assert_int_equal(sched_setaffinity(0, sizeof usable, &usable), 0);
		hits += placement_begin(placement, 1, &usable) == sched_getcpu();
	}
	/* On a busy machine the scheduler may move it before it is checked, but hardly every
	 * time. */
	assert_true(hits > 0);
}

/* The parent moves it to the idle one of two CPUs; the scheduler may move it again from there. */
static void
a_child_is_moved_away_from_another_by_its_parent(void **state)
{
	struct placement *placement = placement_new(SLOTS);
	int cpu[2], hits = 0;
	cpu_set_t two, after;
	two_cpus(cpu);
	CPU_ZERO(&two);
	CPU_SET(cpu[0], &two);
	CPU_SET(cpu[1], &two);
	assert_int_equal(placement_assign(placement, 0, getpid(), &two), -1); /* to either */
	assert_stays(placement, 0, cpu[0]);
	for (int i = 0; i < 20; i++) {
		int pipes[2], status;
		char go;
		assert_int_equal(pipe(pipes), 0);
		pid_t pid = fork();
		if (pid == 0)
			_exit(read(pipes[0], &go, 1) == 1 ? sched_getcpu() : 255);
		assert_int_equal(placement_assign(placement, 3, pid, &two), cpu[1]);
		assert_int_equal(sched_getaffinity(pid, sizeof after, &after), 0);
		assert_true(CPU_EQUAL(&after, &two));
		assert_int_equal(write(pipes[1], "", 1), 1);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		hits += WIFEXITED(status) && WEXITSTATUS(status) == cpu[1];
		close(pipes[0]);
		close(pipes[1]);
		placement_end(placement, 3);
	}
	/* On a busy machine the scheduler may move it before it looks, but hardly every time. */
	assert_true(hits > 0);
	assert_int_equal(placement_assign(placement, 3, getpid(), &two), cpu[1]);
	assert_int_equal(placement_assign(placement, 4, getpid(), &two), -1); /* one on each */
	assert_int_equal(sched_setaffinity(0, sizeof usable, &usable), 0);
}

static void
a_missing_table_is_harmless(void **state)
{
	assert_int_equal(placement_begin(NULL, 0, &usable), -1);
	assert_int_equal(placement_assign(NULL, 0, getpid(), &usable), -1);
	placement_end(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_child_alone_stays_where_it_is),
	    cmocka_unit_test(a_child_moves_away_from_another),
	    cmocka_unit_test(a_child_moves_at_once),
	    cmocka_unit_test(a_child_is_moved_away_from_another_by_its_parent),
	    cmocka_unit_test(a_child_without_a_free_cpu_stays),
	    cmocka_unit_test(a_missing_table_is_harmless),
	};
	return cmocka_run_group_tests_name("placement", tests, NULL, NULL);
}
