#include "capture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "../../common/base/counters.h"

#define LAYOUT 77
#define ADDS 20000
#define PROCESSES 4

static char dir[] = "/tmp/test_counters.XXXXXX";
static char path[128];

static int
fresh(void **state)
{
	unlink(path);
	return 0;
}

static uint64_t
stored(size_t i)
{
	uint64_t v[4] = {0};

	assert_true(counters_read(path, LAYOUT, v, 4));
	return v[i];
}

static void
count_and_die(void)
{
	struct counters c = counters_open(path, LAYOUT, 4);

	for (int i = 0; i < ADDS; i++)
		counters_add(&c, 2, 1);
	raise(SIGKILL);
}

static void
many_count_at_once_and_their_death_costs_nothing(void **state)
{
	pid_t pids[PROCESSES];
	int status;

	for (size_t i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			count_and_die();
	}
	for (size_t i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFSIGNALED(status));
	}
	assert_int_equal(stored(2), PROCESSES * ADDS);
	assert_int_equal(stored(1), 0);
}

static void
the_next_one_goes_on_where_the_last_one_was(void **state)
{
	struct counters first = counters_open(path, LAYOUT, 4), second;

	counters_add(&first, 0, 5);
	counters_set(&first, 3, UINT64_MAX);
	second = counters_open(path, LAYOUT, 4);
	counters_add(&second, 0, 6);
	assert_int_equal(counters_get(&first, 0), 11);
	assert_int_equal(stored(0), 11);
	assert_true(stored(3) == UINT64_MAX);
}

static void
another_layout_begins_anew_and_is_not_read_for_this_one(void **state)
{
	struct counters old = counters_open(path, LAYOUT, 4), new;
	uint64_t v[8] = {0};

	counters_add(&old, 0, 5);
	assert_false(counters_read(path, LAYOUT + 1, v, 4));
	assert_false(counters_read(path, LAYOUT, v, 8));
	new = counters_open(path, LAYOUT + 1, 8);
	assert_int_equal(counters_get(&new, 0), 0);
	counters_add(&new, 7, 1);
	counters_add(&old, 0, 1); /* still mapped: no SIGBUS */
	assert_false(counters_read(path, LAYOUT, v, 4));
	assert_true(counters_read(path, LAYOUT + 1, v, 8));
	assert_int_equal(v[7], 1);
}

static void
what_is_no_file_of_counters_becomes_one(void **state)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	struct counters c;
	uint64_t v[4];

	assert_int_equal(write(fd, "rubbish rubbish rubbish", 23), 23);
	close(fd);
	assert_false(counters_read(path, LAYOUT, v, 4));
	c = counters_open(path, LAYOUT, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(counters_get(&c, i), 0);
}

static void
without_a_file_the_work_goes_on(void **state)
{
	struct counters c;
	uint64_t v[4];

	capture_begin();
	c = counters_open("/nowhere/counters", LAYOUT, 4);
	assert_non_null(strstr(capture_end(), "cannot use /nowhere/counters"));
	counters_add(&c, 3, 1);
	assert_int_equal(counters_get(&c, 3), 1);
	assert_false(counters_read("/nowhere/counters", LAYOUT, v, 4));
}

static void
touch_it(void *argument)
{
	const struct counters *c = argument;

	signal(SIGSEGV, SIG_DFL); /* cmocka's handler would continue the tests */
	counters_add(c, 0, 1);
}

static void
a_child_does_not_have_it(void **state)
{
	struct counters c;
	int status;

	if (getenv("EMULATED") != NULL) /* qemu-user ignores madvise(2) */
		skip();
	c = counters_open(path, LAYOUT, 4);
	status = run_child(touch_it, &c);

	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	assert_int_equal(stored(0), 0);
}

static void
layouts_differ_by_name_order_and_seed(void **state)
{
	const char *const a[] = {"x", "yz"}, *const b[] = {"xy", "z"}, *const c[] = {"yz", "x"};

	assert_true(counters_layout(a, 2, 0) == counters_layout(a, 2, 0));
	assert_true(counters_layout(a, 2, 0) != counters_layout(b, 2, 0));
	assert_true(counters_layout(a, 2, 0) != counters_layout(c, 2, 0));
	assert_true(counters_layout(a, 2, 0) != counters_layout(a, 2, 1));
}

static int
make_dir(void **state)
{
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/counters", dir);
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
	    cmocka_unit_test_setup(many_count_at_once_and_their_death_costs_nothing, fresh),
	    cmocka_unit_test_setup(the_next_one_goes_on_where_the_last_one_was, fresh),
	    cmocka_unit_test_setup(another_layout_begins_anew_and_is_not_read_for_this_one, fresh),
	    cmocka_unit_test_setup(what_is_no_file_of_counters_becomes_one, fresh),
	    cmocka_unit_test_setup(without_a_file_the_work_goes_on, fresh),
	    cmocka_unit_test_setup(a_child_does_not_have_it, fresh),
	    cmocka_unit_test_setup(layouts_differ_by_name_order_and_seed, fresh),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
