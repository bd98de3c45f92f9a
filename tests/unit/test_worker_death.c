#include "workers.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>

#include "../../render-job/engine/worker.h"

/* Find the children of PARENT in /proc, at most MAX. */
static size_t
children(pid_t parent, pid_t *v, size_t max)
{
	size_t n = 0;
	DIR *d = opendir("/proc");
	assert_non_null(d);
	const struct dirent *entry;
	while ((entry = readdir(d)) != NULL && n < max) {
		char path[300], line[400];
		int pid, ppid;
		char stage;
		snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
		FILE *f =
		    entry->d_name[0] >= '1' && entry->d_name[0] <= '9' ? fopen(path, "r") : NULL;
		if (f == NULL)
			continue;
		if (fgets(line, sizeof line, f) != NULL && sscanf(line, "%d", &pid) == 1 &&
		    sscanf(strrchr(line, ')') + 1, " %c %d", &stage, &ppid) == 2 &&
		    ppid == parent && stage != 'Z')
			v[n++] = pid;
		fclose(f);
	}
	closedir(d);
	return n;
}

static char long_text[20001];

/* Start a child that speaks for a long time; return the fork server, the zygote and the child. */
static void
begin_long(pid_t family[3])
{
	for (size_t i = 0; i < 20000; i += 5)
		memcpy(long_text + i, "nine ", 6);
	conf.speech.max_seconds = 36000;
	begin_with(1);
	conf.speech.max_seconds = 60;
	/* The limit was read at the start; only one child runs at a time. */
	assert_int_equal(speak_async("en-gb", long_text, 25, 77, &conf), ACCEPTED);
	pid_t parent = getpid();
	for (int i = 0; i < 3; i++) {
		while (children(parent, &family[i], 1) == 0)
			usleep(1000);
		parent = family[i];
	}
}

static void
wait_until_gone(pid_t pid)
{
	while (kill(pid, 0) == 0) {
		/* A zombie counts as gone. */
		char path[64], line[400] = "";
		snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
		FILE *f = fopen(path, "r");
		if (f == NULL)
			return;
		bool zombie = fgets(line, sizeof line, f) == NULL || strstr(line, ") Z ") != NULL;
		fclose(f);
		if (zombie)
			return;
		usleep(1000);
	}
}

static void
killed_child_is_a_crash(void **state)
{
	pid_t family[3];
	begin_long(family);
	kill(family[2], SIGKILL);
	struct ending e = wait_for_end();
	assert_int_equal(e.ended, ENDED_CRASHED);
	assert_int_equal(e.signal, SIGKILL);
	workers_release(workers, e.slot);
	e = speak_and_wait("en-gb", "good", 100);
	assert_int_equal(e.ended, ENDED_SPOKEN);
	workers_release(workers, e.slot);
	end();
}

/* If a zygote is killed, its child dies with it and the sentence is not to blame. */
static void
killed_zygote_is_replaced(void **state)
{
	pid_t family[3];
	begin_long(family);
	kill(family[1], SIGKILL);
	struct ending e = wait_for_end();
	assert_int_equal(e.ended, ENDED_LOST);
	assert_ptr_equal(e.owner, &conf);
	wait_until_gone(family[2]);
	workers_release(workers, e.slot);
	e = speak_and_wait("en-gb", "good", 100);
	assert_int_equal(e.ended, ENDED_SPOKEN);
	workers_release(workers, e.slot);
	end();
}

static void
killed_forkserver_makes_the_engine_unusable(void **state)
{
	pid_t family[3];
	begin_long(family);
	kill(family[0], SIGKILL);
	struct ending e = wait_for_end();
	assert_int_equal(e.ended, ENDED_LOST);
	wait_until_gone(family[1]);
	wait_until_gone(family[2]);
	workers_release(workers, e.slot);
	assert_int_equal(speak_async("en-gb", "good", 100, 1, NULL), ACCEPTED_NEVER);
	end();
}

static void
stopping_kills_all(void **state)
{
	pid_t family[3];
	begin_long(family);
	end();
	for (int i = 0; i < 3; i++)
		wait_until_gone(family[i]);
}

/* When the renderer dies, all its descendants die, and the lock is free. */
static void
all_die_with_the_renderer(void **state)
{
	int pipes[2];
	pid_t family[3];
	assert_int_equal(pipe(pipes), 0);
	pid_t renderer = fork();
	if (renderer == 0) {
		begin_long(family);
		if (write(pipes[1], family, sizeof family) != sizeof family)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(pipes[0], family, sizeof family), sizeof family);
	kill(renderer, SIGKILL);
	waitpid(renderer, NULL, 0);
	for (int i = 0; i < 3; i++)
		wait_until_gone(family[i]);
	int fd = lock_take(lock_path);
	assert_true(fd >= 0);
	close(fd);
	/* And the table names the sentence that was being spoken. */
	uint64_t ids[8];
	assert_int_equal(noted_ids(ids), 1);
	assert_int_equal(ids[0], 77);
	close(pipes[0]);
	close(pipes[1]);
}

static void
child_has_no_descriptor(void **state)
{
	pid_t family[3];
	begin_long(family);
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/fd", (int)family[2]);
	/* It may be just entering the sandbox. */
	for (int n = -1; n != 0; usleep(1000)) {
		DIR *d = opendir(path);
		if (d == NULL) {
			/* Only root may look into it: test_sandbox.c covers this for others. */
			assert_int_equal(errno, EACCES);
			break;
		}
		n = 0;
		const struct dirent *entry;
		while ((entry = readdir(d)) != NULL)
			n += entry->d_name[0] != '.';
		closedir(d);
	}
	snprintf(path, sizeof path, "/proc/%d/status", (int)family[2]);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	char line[200];
	int seccomp = -1, no_new_privs = -1;
	while (fgets(line, sizeof line, f) != NULL) {
		sscanf(line, "Seccomp: %d", &seccomp);
		sscanf(line, "NoNewPrivs: %d", &no_new_privs);
	}
	fclose(f);
	assert_int_equal(no_new_privs, 1);
	assert_int_equal(seccomp, 2);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(killed_child_is_a_crash, clean_up),
	    cmocka_unit_test_teardown(killed_zygote_is_replaced, clean_up),
	    cmocka_unit_test_teardown(killed_forkserver_makes_the_engine_unusable, clean_up),
	    cmocka_unit_test_teardown(stopping_kills_all, clean_up),
	    cmocka_unit_test_teardown(all_die_with_the_renderer, clean_up),
	    cmocka_unit_test_teardown(child_has_no_descriptor, clean_up),
	};

	return cmocka_run_group_tests(tests, make_lock, remove_lock);
}
