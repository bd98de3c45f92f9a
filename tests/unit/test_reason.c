#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../../common/base/log.h"
#include "../../render-job/engine/datafiles.h"
#include "../../render-job/engine/sandbox.h"
#include "../../ttsctl/out.h"
#include "../../ttsctl/sweep.h"

/* A message gives the reason for the failure that it reports, and not of an earlier one. */

static char dir[] = "/tmp/test_reason.XXXXXX";

static const char *
below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void
write_too_much(void *argument)
{
	static char much[65536];
	int full = open("/dev/full", O_WRONLY), null = open("/dev/null", O_WRONLY);

	dup2(full, STDOUT_FILENO);
	fwrite(much, 1, sizeof much, stdout);
	dup2(null, STDOUT_FILENO); /* there is space again */
	errno = EPERM;
	_exit(out_written() ? 0 : 1);
}

static void
what_was_lost_before_the_end_is_told_as_that(void **state)
{
	assert_exits_with(run_child(write_too_much, NULL), 1);
	assert_non_null(strstr(captured, "cannot write the result: a part of it"));
	assert_null(strstr(captured, strerror(EPERM)));
}

static void
the_directory_that_cannot_be_read_has_its_own_reason(void **state)
{
	struct conf conf = {.media.root = "/tmp/test_reason.nothing"};
	struct ctl ctl = {.conf = &conf};
	struct file_sweep sweep = {.ctl = &ctl};
	FILE *f = fopen(below("f"), "w");

	assert_non_null(f);
	fclose(f);
	conf.media.gone_root = below("f/gone");
	capture_begin();
	assert_int_equal(sweep_tombstones(&sweep), RC_NO_SPACE);
	capture_end();
	unlink(below("f"));
	assert_non_null(strstr(captured, "/f/gone: Not a directory"));
	assert_int_equal(lines_in(captured), 1);
}

static void
load_empty_file(void *argument)
{
	FILE *f = fopen(below("xx_dict"), "w");

	fclose(f);
	errno = EPERM;
	_exit(datafiles_load(dir) ? 0 : 1);
}

static void
a_voice_without_a_byte_is_told_as_empty(void **state)
{
	assert_exits_with(run_child(load_empty_file, NULL), 0);
	unlink(below("xx_dict"));
	assert_non_null(strstr(captured, "/xx_dict: it is empty"));
	assert_int_equal(lines_in(captured), 1);
}

static void
a_parent_that_died_first_is_the_reason(void **state)
{
	errno = EPERM;
	assert_false(sandbox_follow(getpid())); /* which is not our parent */
	assert_int_equal(errno, ESRCH);
}

static int
begin(void **state)
{
	log_init("", 6);
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
end(void **state)
{
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_lost_before_the_end_is_told_as_that),
	    cmocka_unit_test(the_directory_that_cannot_be_read_has_its_own_reason),
	    cmocka_unit_test(a_voice_without_a_byte_is_told_as_empty),
	    cmocka_unit_test(a_parent_that_died_first_is_the_reason),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
