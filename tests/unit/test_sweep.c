#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "../../common/base/log.h"
#include "../../ttsctl/sweep.h"

/* What "ttsctl gc" takes away, without a database: temporary files and empty directories. */

#define TEMPORARY ".tmp-00000000000000000000000000000000"

static char root[] = "/tmp/test_sweep.XXXXXX";
static struct conf conf = {.media = {.root = root, .grace_sec = 3600}};
static const struct ctl ctl = {.conf = &conf};

/* Somebody writes the file anew when it is looked at for the Nth time from now. */
static int write_at;

int
fstatat(int dir, const char *restrict name, struct stat *restrict st, int flags)
{
	if (write_at > 0 && strcmp(name, TEMPORARY) == 0 && --write_at == 0) {
		int fd = openat(dir, name, O_WRONLY | O_TRUNC);

		if (fd < 0 || write(fd, "new", 3) != 3)
			abort();
		close(fd);
	}
	return (int)syscall(SYS_newfstatat, dir, name, st, flags);
}

static const char *
below(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", root, name);
	return path;
}

static void
make(const char *name, const char *text)
{
	FILE *f = fopen(below(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
age(const char *name, int seconds)
{
	struct timespec then[2];

	clock_gettime(CLOCK_REALTIME, &then[0]);
	then[0].tv_sec -= seconds;
	then[1] = then[0];
	assert_int_equal(utimensat(AT_FDCWD, below(name), then, 0), 0);
}

static bool
is_there(const char *name)
{
	return access(below(name), F_OK) == 0;
}

static struct file_sweep
run_sweep(bool remove)
{
	struct file_sweep sweep = {
	    .ctl = &ctl, .pool = pool_new(), .remove = remove, .quiet = true, .now = time(NULL)};

	assert_int_equal(sweep_media(&sweep), RC_OK);
	pool_free(sweep.pool);
	sweep.pool = NULL;
	return sweep;
}

static int
begin(void **state)
{
	write_at = 0;
	mkdir(below("0"), 0755);
	mkdir(below("0/1"), 0755);
	make("0/1/" TEMPORARY, "old");
	age("0/1/" TEMPORARY, 7200);
	return 0;
}

static int
end(void **state)
{
	unlink(below("0/1/" TEMPORARY));
	rmdir(below("0/1"));
	rmdir(below("0"));
	return 0;
}

static void
what_is_old_goes(void **state)
{
	struct file_sweep sweep = run_sweep(false);

	assert_int_equal(sweep.temporaries.n, 1);
	assert_true(is_there("0/1/" TEMPORARY)); /* it was only counted */
	sweep = run_sweep(true);
	assert_int_equal(sweep.temporaries.n, 1);
	assert_int_equal(sweep.temporaries.bytes, 3);
	assert_false(is_there("0/1/" TEMPORARY));
}

static void
what_is_young_stays(void **state)
{
	struct file_sweep sweep;

	age("0/1/" TEMPORARY, conf.media.grace_sec - 5);
	sweep = run_sweep(true);
	assert_int_equal(sweep.temporaries.n, 0);
	assert_int_equal(sweep.temporaries.young, 1);
	assert_true(is_there("0/1/" TEMPORARY));
	age("0/1/" TEMPORARY, conf.media.grace_sec + 5);
	assert_int_equal(run_sweep(true).temporaries.n, 1);
	/* As from a clock that was ahead. */
	make("0/1/" TEMPORARY, "new");
	age("0/1/" TEMPORARY, -7200);
	assert_int_equal(run_sweep(true).temporaries.young, 1);
	assert_true(is_there("0/1/" TEMPORARY));
}

static void
what_is_written_meanwhile_stays(void **state)
{
	struct file_sweep sweep;

	write_at = 2; /* when it is about to be removed */
	sweep = run_sweep(true);
	assert_int_equal(write_at, 0);
	assert_int_equal(sweep.temporaries.n, 0);
	assert_int_equal(sweep.temporaries.stuck, 0);
	assert_true(is_there("0/1/" TEMPORARY));
}

static int
make_root(void **state)
{
	log_init("", 6);
	if (mkdtemp(root) == NULL)
		return -1;
	make(".tts-media", "");
	return 0;
}

static int
remove_root(void **state)
{
	unlink(below(".tts-media"));
	return rmdir(root);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_old_goes),
	    TEST(what_is_young_stays),
	    TEST(what_is_written_meanwhile_stays),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
