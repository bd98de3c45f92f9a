/*
 * Run a command and report the resources used by it and all its descendants, including orphans:
 *
 *     usage FILE COMMAND [ARGUMENT...]
 *
 * writes "cpu_seconds wall_seconds peak_KiB" to FILE, where the peak is that of the largest
 * process, and exits like the command. The time ends when the command itself exits.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return EX_USAGE;
	/* Orphans are reparented to this process, so their usage and that of their children is
	 * counted. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return EX_OSERR;
	double begun = now(), wall = 0;
	int status, result = EX_OSERR;
	pid_t command = fork();
	if (command < 0)
		return EX_OSERR;
	if (command == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "usage: cannot run %s: %s\n", argv[2], strerror(errno));
		_exit(EX_UNAVAILABLE);
	}
	for (pid_t pid; (pid = wait(&status)) > 0 || errno == EINTR;) {
		if (pid != command)
			continue;
		wall = now() - begun;
		result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);
	FILE *f = fopen(argv[1], "w");
	if (f == NULL ||
	    fprintf(f, "%.3f %.3f %ld\n", seconds(used.ru_utime) + seconds(used.ru_stime), wall,
		used.ru_maxrss) < 0 ||
	    fclose(f) != 0)
		return EX_CANTCREAT;
	return result;
}
