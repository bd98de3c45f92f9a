#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "../../common/work/lock.h"

static char dir[] = "/tmp/test_lock.XXXXXX";
static char path[128];

/* A table lives as long as the process. */
static struct speaking *
opened(size_t places, uint64_t run)
{
	static struct speaking *kept[64];
	static size_t n;
	struct speaking *speaking = speaking_open(path, places, run);

	assert_true(speaking != NULL && n < 64);
	return kept[n++] = speaking;
}

static void
say_whether_it_is_free(void *argument)
{
	_exit(lock_take(path) >= 0 ? 10 : 11);
}

static int
another_gets(void)
{
	int status = run_child(say_whether_it_is_free, NULL);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
one_process_has_it(void **state)
{
	int fd = lock_take(path);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(another_gets(), 11);
	assert_int_equal(another_gets(), 11);
	close(fd);
	assert_int_equal(another_gets(), 10);
	assert_int_equal(access(path, F_OK), 0);
}

/* A process that maps the table and outlives us briefly does not hold the lock. */
static void
table_does_not_hold_the_lock(void **state)
{
	int fd = lock_take(path);
	opened(4, 77);
	int closed[2];
	char c;
	assert_int_equal(pipe(closed), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(fd);
		(void)!write(closed[1], "", 1);
		for (;;)
			pause();
	}
	close(fd);
	assert_int_equal(read(closed[0], &c, 1), 1);
	close(closed[0]);
	close(closed[1]);
	assert_int_equal(another_gets(), 10);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
a_link_is_not_followed(void **state)
{
	char link_path[100];
	snprintf(link_path, sizeof link_path, "%s/link", dir);
	assert_int_equal(symlink(path, link_path), 0);
	char was[sizeof path];
	memcpy(was, path, sizeof path);
	snprintf(path, sizeof path, "%s", link_path);
	int status = run_child(say_whether_it_is_free, NULL);
	assert_exits_with(status, EX_CANTCREAT);
	assert_int_equal(lines_in(captured), 1);
	memcpy(path, was, sizeof path);
	unlink(link_path);
}

static size_t
left(uint64_t ids[8])
{
	struct speaking *speaking = opened(4, 1);
	return speaking_left(speaking, ids, 8);
}

static void
notes_outlive_the_process(void **state)
{
	uint64_t ids[8];
	pid_t pid = fork();
	if (pid == 0) {
		struct speaking *speaking = opened(4, 99);
		speaking_begin(speaking);
		speaking_note(speaking, 0, 1000);
		speaking_note(speaking, 1, 1001);
		speaking_note(speaking, 3, 1003);
		speaking_clear(speaking, 1);
		speaking_note(speaking, 3, 1033);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(left(ids), 2);
	assert_int_equal(ids[0], 1000);
	assert_int_equal(ids[1], 1033);
	/* Asked again before the answer is in the database, it gives the same answer. */
	assert_int_equal(left(ids), 2);
}

static void
the_next_holder_makes_them_void(void **state)
{
	uint64_t ids[8];
	struct speaking *old = opened(4, 55), *new = opened(4, 56);

	speaking_begin(old);
	speaking_note(old, 0, 1);
	assert_int_equal(left(ids), 1);
	speaking_begin(new);
	assert_int_equal(left(ids), 0);
	/* Notes that processes of the old renderer still write are ignored. */
	speaking_note(old, 1, 2);
	assert_int_equal(left(ids), 0);
	speaking_note(new, 2, 3);
	assert_int_equal(left(ids), 1);
	assert_int_equal(ids[0], 3);
	speaking_void(new);
	assert_int_equal(left(ids), 0);
}

static void
table_of_a_larger_renderer_is_read(void **state)
{
	uint64_t ids[8];
	struct speaking *large = opened(600, 5);

	speaking_begin(large);
	speaking_note(large, 599, 12345);
	assert_int_equal(left(ids), 1);
	assert_int_equal(ids[0], 12345);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	/* The blocks are allocated, so a store never finds the disk full. */
	assert_true((size_t)st.st_blocks * 512 >= 600 * 16);
}

static void
garbage_names_nobody_for_long(void **state)
{
	uint64_t ids[8];
	FILE *f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputc(i * 37, f);
	fclose(f);
	assert_true(left(ids) <= 8);
	struct speaking *speaking = opened(4, 7);
	speaking_begin(speaking);
	assert_int_equal(left(ids), 0);
	f = fopen(path, "w");
	fclose(f);
	assert_int_equal(left(ids), 0);
}

static void
look_for_the_table(void *argument)
{
	/* The mapping does not exist in the child: a store into it kills the process. */
	signal(SIGSEGV, SIG_DFL);
	speaking_note(argument, 0, 666);
}

static void
hidden_table_is_not_inherited(void **state)
{
	struct speaking *speaking;
	int status;

	if (getenv("EMULATED") != NULL) /* qemu-user ignores madvise(2) */
		skip();
	speaking = opened(4, 9);
	speaking_begin(speaking);
	status = run_child(look_for_the_table, speaking);
	assert_exits_with(status, 0);
	speaking_clear(speaking, 0);
	assert_true(speaking_hide(speaking));
	status = run_child(look_for_the_table, speaking);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/lock", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_process_has_it),
	    cmocka_unit_test(table_does_not_hold_the_lock),
	    cmocka_unit_test(a_link_is_not_followed),
	    cmocka_unit_test(notes_outlive_the_process),
	    cmocka_unit_test(the_next_holder_makes_them_void),
	    cmocka_unit_test(table_of_a_larger_renderer_is_read),
	    cmocka_unit_test(garbage_names_nobody_for_long),
	    cmocka_unit_test(hidden_table_is_not_inherited),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
