#ifndef TTS_TEST_CAPTURE_H
#define TTS_TEST_CAPTURE_H

/* Captures what code writes to standard error, and how it ends a process. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int capture_file = -1, capture_stderr = -1;
static char captured[65536];

static inline void
capture_begin(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	capture_file = dup(fileno(file));
	fclose(file);
	capture_stderr = dup(STDERR_FILENO);
	assert_true(capture_file >= 0 && capture_stderr >= 0);
	assert_int_equal(dup2(capture_file, STDERR_FILENO), STDERR_FILENO);
}

static inline const char *
capture_end(void)
{
	ssize_t n;

	dup2(capture_stderr, STDERR_FILENO);
	close(capture_stderr);
	n = pread(capture_file, captured, sizeof captured - 1, 0);
	close(capture_file);
	assert_true(n >= 0);
	captured[n] = '\0';
	return captured;
}

/* Run CODE in a child and return its wait status; its output is in captured. */
static inline int
run_child(void (*code)(void *), void *argument)
{
	int status;
	pid_t pid;

	capture_begin();
	pid = fork();
	if (pid == 0) {
		code(argument);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		status = -1;
	capture_end();
	return status;
}

#define assert_exits_with(child_status, exit_status)                                               \
	do {                                                                                       \
		assert_true(WIFEXITED(child_status));                                              \
		assert_int_equal(WEXITSTATUS(child_status), exit_status);                          \
	} while (0)

static inline unsigned
lines_in(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

#endif
