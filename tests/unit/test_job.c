#include "capture.h"

#include <sys/wait.h>
#include <sysexits.h>

#include "../../common/work/job.h"

static const char *conf_path;

/* LINE is the command line, its words separated by blanks. */
static enum job_command
options(const char *line)
{
	static char words[64]; /* CONF_PATH points into it */
	char *argv[8], *rest = words;
	int argc = 0;

	snprintf(words, sizeof words, "%s", line);
	while ((argv[argc] = strsep(&rest, " ")) != NULL)
		argc++;
	optind = 0; /* of the test before */
	conf_path = "default";
	return job_options("tts-test", argc, argv, &conf_path);
}

static void
each_option_is_a_command(void **state)
{
	assert_int_equal(options("tts-test"), JOB_RUN);
	assert_string_equal(conf_path, "default");
	assert_int_equal(options("tts-test -t"), JOB_TEST);
	assert_int_equal(options("tts-test -V"), JOB_VERSION);
	assert_int_equal(options("tts-test -c file"), JOB_RUN);
	assert_string_equal(conf_path, "file");
	assert_int_equal(options("tts-test -tc file"), JOB_TEST);
	assert_string_equal(conf_path, "file");
}

/* In a process of its own, which must end by itself. */
static void
assert_usage(const char *line)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(5);
		fclose(stderr);
		options(line);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_USAGE);
}

static void
others_end_the_process(void **state)
{
	assert_usage("tts-test -x");
	assert_usage("tts-test -c");
	assert_usage("tts-test -tx -c");
	assert_usage("tts-test more");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_option_is_a_command),
	    cmocka_unit_test(others_end_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
