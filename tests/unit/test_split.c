#include "capture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sysexits.h>

#include "../../ttsctl/ttsctl.h"

/* The output and exit status of "ttsctl split". */

struct run {
	const char *input; /* standard input */
	char **argv;
	int output; /* file for standard output */
};

static void
split(void *argument)
{
	struct run *run = argument;
	FILE *file = tmpfile();
	int argc = 0;

	while (run->argv[argc])
		argc++;
	if (!file || fputs(run->input, file) < 0 || fflush(file) != 0 ||
	    lseek(fileno(file), 0, SEEK_SET) != 0)
		_exit(1);
	dup2(fileno(file), STDIN_FILENO);
	dup2(run->output, STDOUT_FILENO);
	_exit(cmd_split("/nonexistent", argc, run->argv));
}

/* Run the command on INPUT; its standard output is in OUT. */
static int
run_split(const char *input, char *out, size_t size, char **argv)
{
	FILE *file = tmpfile();
	struct run run = {.input = input, .argv = argv};
	ssize_t n;
	int status;

	assert_non_null(file);
	run.output = fileno(file);
	status = run_child(split, &run);
	n = pread(run.output, out, size - 1, 0);
	assert_true(n >= 0);
	out[n] = '\0';
	fclose(file);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define SPLIT(input, out, ...)                                                                     \
	run_split(input, out, sizeof out, (char *[]){(char[]){"split"}, __VA_ARGS__, NULL})
#define ARG(s) ((char[]){s})

static void
each_sentence_is_a_line(void **state)
{
	char out[256];

	assert_int_equal(SPLIT("The lamp was\nbright. It hurt.", out, ARG("-")), EX_OK);
	assert_string_equal(out, "The lamp was bright.\nIt hurt.\n");
}

static void
json_is_exact(void **state)
{
	char out[256];

	assert_int_equal(
	    SPLIT("He \"was\"\n\tthere. 네\\\x01.", out, ARG("--json"), ARG("-")), EX_OK);
	assert_string_equal(
	    out, "[\n \"He \\\"was\\\"\\u000a\\u0009there.\",\n \"네\\\\\\u0001.\"\n]\n");
}

static void
nothing_is_an_empty_array(void **state)
{
	char out[256];

	assert_int_equal(SPLIT(" \n", out, ARG("--json"), ARG("-")), EX_OK);
	assert_string_equal(out, "[]\n");
	assert_int_equal(SPLIT("", out, ARG("-")), EX_OK);
	assert_string_equal(out, "");
}

static void
language_and_limit_are_applied(void **state)
{
	char out[256];

	assert_int_equal(SPLIT("Am 3. Mai.", out, ARG("--lang"), ARG("de"), ARG("-")), EX_OK);
	assert_string_equal(out, "Am 3. Mai.\n");
	assert_int_equal(SPLIT("Am 3. Mai.", out, ARG("--lang=en"), ARG("-")), EX_OK);
	assert_string_equal(out, "Am 3.\nMai.\n");
	assert_int_equal(SPLIT("one two three", out, ARG("--max"), ARG("8"), ARG("-")), EX_OK);
	assert_string_equal(out, "one two\nthree\n");
}

static void
bad_command_lines_are_refused(void **state)
{
	char out[256];

	assert_int_equal(SPLIT("", out, ARG("--max"), ARG("0"), ARG("-")), EX_USAGE);
	assert_int_equal(SPLIT("", out, ARG("--max"), ARG("-1"), ARG("-")), EX_USAGE);
	assert_int_equal(SPLIT("", out, ARG("--max"), ARG("1x"), ARG("-")), EX_USAGE);
	assert_int_equal(SPLIT("", out, ARG("--what"), ARG("-")), EX_USAGE);
	assert_int_equal(SPLIT("", out, ARG("--json")), EX_USAGE);
	assert_int_equal(SPLIT("", out, ARG("-"), ARG("-")), EX_USAGE);
}

static void
bad_input_is_named_and_not_shown(void **state)
{
	char out[256];

	assert_int_equal(SPLIT("secret \xff", out, ARG("-")), EX_DATAERR);
	assert_string_equal(out, "");
	assert_non_null(strstr(captured, "byte 7 is not UTF-8"));
	assert_null(strstr(captured, "secret"));
	assert_int_equal(SPLIT("", out, ARG("/nonexistent/text")), EX_NOINPUT);
	assert_non_null(strstr(captured, "cannot read /nonexistent/text: No such file"));
}

static void
a_full_disk_is_an_error(void **state)
{
	struct run run = {.input = "Text.", .argv = (char *[]){ARG("split"), ARG("-"), NULL}};
	int status;

	run.output = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(run.output >= 0);
	status = run_child(split, &run);
	close(run.output);
	assert_exits_with(status, EX_IOERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_sentence_is_a_line),
	    cmocka_unit_test(json_is_exact),
	    cmocka_unit_test(nothing_is_an_empty_array),
	    cmocka_unit_test(language_and_limit_are_applied),
	    cmocka_unit_test(bad_command_lines_are_refused),
	    cmocka_unit_test(bad_input_is_named_and_not_shown),
	    cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
