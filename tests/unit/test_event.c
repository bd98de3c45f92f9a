#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/clock.h"
#include "../../common/base/event.h"

#define MINUTE 60000

static void
an_event_is_due_once_in_its_period(void **state)
{
	struct event event = {0};

	assert_true(event_is_due(&event, MINUTE));
	assert_false(event_is_due(&event, MINUTE));
	event.logged_ms -= MINUTE - 1000;
	assert_false(event_is_due(&event, MINUTE));
	event.logged_ms -= 1001;
	assert_true(event_is_due(&event, MINUTE));
	assert_false(event_is_due(&event, MINUTE));
}

/* The machine was rebooted, so its clock started again. */
static void
a_time_in_the_future_does_not_count(void **state)
{
	struct event event = {.logged_ms = (uint64_t)clock_ms() + 1000000};

	assert_true(event_is_due(&event, MINUTE));
	assert_false(event_is_due(&event, MINUTE));
}

static void
its_end_is_told_once_and_only_after_it_was(void **state)
{
	struct event event = {0};

	assert_false(event_is_over(&event));
	assert_true(event_is_due(&event, MINUTE));
	assert_true(event_is_over(&event));
	assert_false(event_is_over(&event));
	/* An event that is not due again has no end either. */
	assert_false(event_is_due(&event, MINUTE));
	assert_false(event_is_over(&event));
	event.logged_ms -= MINUTE;
	event.over_ms -= MINUTE;
	assert_true(event_is_due(&event, MINUTE));
	assert_true(event_is_over(&event));
}

static void
of_many_processes_one_writes_the_line(void **state)
{
	enum { PROCESSES = 16 };
	struct event *event =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *go = (volatile int *)(event + 1);
	int lines = 0, status;

	assert_true(event != MAP_FAILED);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			while (!*go)
				;
			_exit(event_is_due(event, MINUTE) ? 1 : 0);
		}
	*go = 1;
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		lines += WEXITSTATUS(status);
	}
	assert_int_equal(lines, 1);
	munmap(event, 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_due_once_in_its_period),
	    cmocka_unit_test(a_time_in_the_future_does_not_count),
	    cmocka_unit_test(its_end_is_told_once_and_only_after_it_was),
	    cmocka_unit_test(of_many_processes_one_writes_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
