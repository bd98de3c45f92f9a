#include "capture.h"

#include <signal.h>
#include <stdlib.h>

#include "../../common/base/log.h"
#include "../../common/base/mem.h"
#include "../../fcgi-app/count.h"
#include "../../fcgi-app/worker.h"

/* Workers of a pool are children of this test, which share a file as the real ones do. */

static char file[] = "/tmp/tts-test-notes-XXXXXX";
static struct conf conf = {.metrics.api_file = file};
static pid_t last; /* the last worker that was started */

struct life {
	const char *request; /* NULL: it never had one */
	bool answered;
	int signo; /* it dies of this; 0: it exits with STATUS */
	int status;
	bool broken; /* of its stack, which has run out */
};

static int
run_out_of_stack(int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	return n == 0 ? 0 : run_out_of_stack(n + 1) + frame[0];
}

static void
live(void *argument)
{
	const struct life *life = argument;

	for (int i = 1; i < SIGSYS + 1; i++) /* the test framework catches some */
		signal(i, SIG_DFL);
	log_init("tts-api", 6);
	count_open(&conf);
	worker_begin(&conf);
	if (life->request != NULL)
		worker_takes(life->request);
	if (life->answered)
		worker_answered();
	if (life->broken)
		exit(run_out_of_stack(1));
	if (life->signo != 0)
		kill(getpid(), life->signo);
	exit(life->status);
}

/* Run a worker to its end and see that it was the one that is wanted; what it logs is in captured.
 */
static void
run_worker(struct life life)
{
	int status;
	int signo = life.broken ? SIGSEGV : life.signo;

	capture_begin();
	last = fork();
	if (last == 0) {
		live(&life);
		_exit(99);
	}
	assert_int_equal(waitpid(last, &status, 0), last);
	capture_end();
	if (signo != 0) {
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signo);
	} else {
		assert_exits_with(status, life.status);
	}
}

static void
assert_logged(const char *format, pid_t pid)
{
	char expected[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(expected, sizeof expected, format, (int)pid);
#pragma GCC diagnostic pop
	assert_string_equal(captured, expected);
}

static void
a_worker_says_which_signal_it_dies_of_and_over_which_request(void **state)
{
	if (getenv("EMULATED") != NULL) /* qemu-user has no seccomp, and signals of its own */
		skip();
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGHUP};

	run_worker((struct life){.request = "abc1", .signo = SIGSEGV});
	assert_logged(
	    "tts-api: worker %d died of SIGSEGV (11) while it answered a request request=abc1\n",
	    last);
	run_worker((struct life){.request = "abc2", .answered = true, .signo = SIGABRT});
	assert_logged("tts-api: worker %d died of SIGABRT (6) after it had answered a request"
		      " request=abc2\n",
	    last);
	run_worker((struct life){.signo = SIGBUS});
	assert_logged("tts-api: worker %d died of SIGBUS (7) before its first request\n", last);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		run_worker((struct life){.signo = signals[i]});
		assert_int_equal(lines_in(captured), 1);
	}
}

static void
a_worker_whose_stack_has_run_out_says_so_too(void **state)
{
	if (getenv("EMULATED") != NULL) /* qemu-user has no seccomp, and signals of its own */
		skip();
	run_worker((struct life){.request = "deep", .broken = true});
	assert_logged(
	    "tts-api: worker %d died of SIGSEGV (11) while it answered a request request=deep\n",
	    last);
}

static void
the_next_worker_says_what_a_killed_one_could_not(void **state)
{
	pid_t killed;

	run_worker((struct life){.request = "abc3", .signo = SIGKILL});
	assert_string_equal(captured, "");
	killed = last;
	run_worker((struct life){.status = 0});
	assert_logged(
	    "tts-api: worker %d died of SIGKILL (9) while it answered a request request=abc3\n",
	    killed);
	/* Once. */
	run_worker((struct life){.status = 0});
	assert_string_equal(captured, "");
}

static void
a_worker_that_exits_has_not_died(void **state)
{
	run_worker((struct life){.request = "abc4", .answered = true});
	run_worker((struct life){.request = "abc5", .status = 71});
	run_worker((struct life){.status = 0});
	assert_string_equal(captured, "");
}

static void
a_worker_that_lives_is_left_alone(void **state)
{
	struct life forever = {.request = "abc6", .signo = SIGSTOP};
	int status;
	pid_t stopped = fork();

	if (stopped == 0) {
		live(&forever);
		_exit(99);
	}
	assert_int_equal(waitpid(stopped, &status, WUNTRACED), stopped);
	assert_true(WIFSTOPPED(status));
	run_worker((struct life){.request = "abc7", .signo = SIGKILL});
	run_worker((struct life){.status = 0});
	assert_non_null(strstr(captured, "request=abc7"));
	assert_null(strstr(captured, "request=abc6"));
	kill(stopped, SIGKILL);
	assert_int_equal(waitpid(stopped, &status, 0), stopped);
	run_worker((struct life){.status = 0});
	assert_logged(
	    "tts-api: worker %d died of SIGKILL (9) while it answered a request request=abc6\n",
	    stopped);
}

static int
make_file(void **state)
{
	int fd = mkstemp(file);

	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	return unlink(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_worker_says_which_signal_it_dies_of_and_over_which_request),
	    cmocka_unit_test(a_worker_whose_stack_has_run_out_says_so_too),
	    cmocka_unit_test(the_next_worker_says_what_a_killed_one_could_not),
	    cmocka_unit_test(a_worker_that_exits_has_not_died),
	    cmocka_unit_test(a_worker_that_lives_is_left_alone),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
