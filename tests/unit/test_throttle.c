#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/clock.h"
#include "../../common/base/throttle.h"

#define MINUTE 60000

static void
a_condition_is_due_once_in_its_period(void **state)
{
	struct throttle throttle = {0};

	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_false(throttle_is_due(&throttle, MINUTE));
	throttle.logged_ms -= MINUTE - 1000;
	assert_false(throttle_is_due(&throttle, MINUTE));
	throttle.logged_ms -= 1001;
	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_false(throttle_is_due(&throttle, MINUTE));
}

/* The machine was rebooted, so its clock started again. */
static void
a_time_in_the_future_does_not_count(void **state)
{
	struct throttle throttle = {.logged_ms = (uint64_t)clock_ms() + 1000000};

	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_false(throttle_is_due(&throttle, MINUTE));
}

static void
its_end_is_told_once_and_only_after_it_was(void **state)
{
	struct throttle throttle = {0};

	assert_false(throttle_is_over(&throttle));
	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_true(throttle_is_over(&throttle));
	assert_false(throttle_is_over(&throttle));
	/* A condition that is not due again has no end either. */
	assert_false(throttle_is_due(&throttle, MINUTE));
	assert_false(throttle_is_over(&throttle));
	throttle.logged_ms -= MINUTE;
	throttle.over_ms -= MINUTE;
	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_true(throttle_is_over(&throttle));
}

static void
of_many_processes_one_writes_the_line(void **state)
{
	enum { PROCESSES = 16 };
	struct throttle *throttle =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *go = (volatile int *)(throttle + 1);
	int lines = 0, status;

	assert_true(throttle != MAP_FAILED);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			while (!*go)
				;
			_exit(throttle_is_due(throttle, MINUTE) ? 1 : 0);
		}
	*go = 1;
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		lines += WEXITSTATUS(status);
	}
	assert_int_equal(lines, 1);
	munmap(throttle, 4096);
}

static void
a_condition_that_was_forgotten_is_due_at_once(void **state)
{
	struct throttle throttle = {0};

	throttle_forget(&throttle);
	assert_true(throttle_is_due(&throttle, MINUTE));
	throttle_forget(&throttle);
	assert_false(throttle_is_over(&throttle));
	assert_true(throttle_is_due(&throttle, MINUTE));
	assert_false(throttle_is_due(&throttle, MINUTE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_condition_is_due_once_in_its_period),
	    cmocka_unit_test(a_condition_that_was_forgotten_is_due_at_once),
	    cmocka_unit_test(a_time_in_the_future_does_not_count),
	    cmocka_unit_test(its_end_is_told_once_and_only_after_it_was),
	    cmocka_unit_test(of_many_processes_one_writes_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
