#include "fetch_fixture.h"

#include <inttypes.h>
#include <signal.h>

#include "../../tier-job/fetch_read.h"

/* Which fetches count, and that each counts once, whatever happens to the reader. */

/* The rule of repeats, for awk. */
#define AWK_REPEATS                                                                                \
	"{ t = int($1); k = $4 \" \" $5; d = t - at[k]; "                                          \
	"if (k in at && d < 100 && d > -100) next; at[k] = t; n[$5]++ }"

/* ------------------------------------------------------------------ repeats and shares */

static void
fetches_of_one_address_soon_after_each_other_count_once(void **state)
{
	reading.repeat_sec = 600;
	write_fetch(path, 0, "a", 1);
	write_fetch(path, 599, "a", 1);
	write_fetch(path, 599, "b", 1); /* another address */
	write_fetch(path, 599, "a", 2); /* another file */
	read_on();
	assert_int_equal(count_of(1), 2);
	assert_int_equal(count_of(2), 1);
	/* Neither an interruption nor a rotation makes a difference. */
	write_fetch(path, 599, "a", 1);
	read_on();
	assert_int_equal(count_of(1), 2);
	rotate();
	make_quiet(rotated(1), 60);
	write_fetch(path, 599, "a", 1);
	read_on();
	assert_int_equal(count_of(1), 2);
	write_fetch(path, 600, "a", 1);
	read_on();
	assert_int_equal(count_of(1), 3);
	assert_int_equal(table.dropped, 3);
	assert_int_equal(table.counted, 4);
}

static void
one_address_adds_only_its_share_on_a_day(void **state)
{
	reading.daily_max = 3;
	for (int hour = 0; hour < 24; hour++) {
		write_fetch(path, hour * 3600, "a", 1);
		write_fetch(path, hour * 3600, "b", 2);
		if (hour % 5 == 0)
			read_on(); /* each run knows of the day so far */
	}
	read_on();
	assert_int_equal(count_of(1), 3);
	assert_int_equal(count_of(2), 3);
	write_fetch(path, 24 * 3600, "a", 1);
	read_on();
	assert_int_equal(count_of(1), 4);
}

/* If each repeat counted from the one before it, a file that one address needs again and again
 * would count only once. */
static void
repeats_are_counted_from_the_last_one_that_counted(void **state)
{
	reading.repeat_sec = 600;
	for (int i = 0; i < 12; i++) {
		write_fetch(path, i * 300, "a", 1);
		read_on(); /* each run knows which of those before counted */
	}
	assert_int_equal(count_of(1), 6);
	assert_int_equal(table.dropped, 6);
}

/* ------------------------------------------------------------------ interruptions */

/* A log with LINES lines of all files, and addresses such that some of them are repeats. */
static void
write_many(int lines, unsigned seed)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	for (int i = 0; i < lines; i++) {
		seed = seed * 1103515245 + 12345;
		fprintf(file, "%d.%03d %d 30000 192.0.2.%u 0/1/%u-r1\n", 1795824000 + i / 100,
		    i % 1000, i % 3 ? 200 : 206, seed >> 16 & 7, (seed >> 20) % NAMES);
	}
	fclose(file);
}

/* The counts are those that awk finds in all files of the log. PROGRAM sets n[] for each line. */
static void
is_as_awk_counts(const char *program)
{
	char command[512];
	uint64_t n, sum = 0;
	unsigned id;
	FILE *awk;

	snprintf(command, sizeof command,
	    "cat $(ls -tr %s*) | awk '%s END { for (i in n) print i, n[i] }'", path, program);
	awk = popen(command, "r");
	assert_non_null(awk);
	table_load();
	while (fscanf(awk, "0/1/%u-r1 %" SCNu64 "\n", &id, &n) == 2) {
		assert_true(id < NAMES);
		assert_int_equal(table.count[id], n);
		sum += n;
	}
	assert_int_equal(pclose(awk), 0);
	assert_int_equal(table.counted, sum);
	assert_true(sum > 0);
}

static void
the_counts_are_those_of_awk(void **state)
{
	write_many(50000, 1);
	read_on();
	is_as_awk_counts("{ n[$5]++ }");
	assert_int_equal(table.lines, 50000);
}

static void
the_counts_without_repeats_are_those_of_awk(void **state)
{
	reading.repeat_sec = 100;
	reading.daily_max = 2;
	write_many(50000, 2);
	read_on();
	assert_true(table.dropped > 1000);
	is_as_awk_counts("{ t = int($1); k = $4 \" \" $5; if ((k in at && t - at[k] < 100) || "
			 "today[k] >= 2) next; "
			 "at[k] = t; today[k]++; n[$5]++ }");
}

static void
a_database_that_fails_costs_no_line(void **state)
{
	struct fetch_position position;
	struct fetch_result result;
	bool failed = false;

	reading.repeat_sec = 100;
	write_many(20000, 3);
	for (int i = 0; i < 100 && table.lines < 20000; i++) {
		table_load();
		position = table.position;
		writes_left = 3;
		failed |= fetch_read(&reading, &position, &result) == RC_BUSY;
	}
	assert_true(failed);
	writes_left = -1;
	read_on();
	is_as_awk_counts(AWK_REPEATS);
}

static void
a_reader_told_to_stop_goes_on_later(void **state)
{
	write_many(20000, 4);
	stop = 1;
	assert_true(read_on().lag > 0);
	assert_true(table.lines < 20000);
	stop = 0;
	reading.until = 0;
	assert_true(read_on().lag > 0);
	assert_true(table.lines < 20000);
	reading.until = INT64_MAX;
	assert_int_equal(read_on().lag, 0);
	is_as_awk_counts("{ n[$5]++ }");
}

static void
a_killed_reader_counts_nothing_twice_and_loses_nothing(void **state)
{
	struct timespec pause = {0, 0};
	int status, killed = 0;
	pid_t pid;

	reading.repeat_sec = 100;
	write_many(100000, 5);
	for (int i = 0; i < 200 && killed < 20; i++) {
		if (i == 7) {
			rotate();
			make_quiet(rotated(1), 60);
			write_many(30000, 6);
		}
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			read_on();
			_exit(0);
		}
		pause.tv_nsec = 1000000 + i % 10 * 2000000;
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed += WIFSIGNALED(status);
	}
	assert_true(killed >= 5);
	read_on();
	assert_int_equal(table.lines, 130000);
	is_as_awk_counts(AWK_REPEATS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		fetches_of_one_address_soon_after_each_other_count_once, begin, end),
	    cmocka_unit_test_setup_teardown(one_address_adds_only_its_share_on_a_day, begin, end),
	    cmocka_unit_test_setup_teardown(
		repeats_are_counted_from_the_last_one_that_counted, begin, end),
	    cmocka_unit_test_setup_teardown(the_counts_are_those_of_awk, begin, end),
	    cmocka_unit_test_setup_teardown(
		the_counts_without_repeats_are_those_of_awk, begin, end),
	    cmocka_unit_test_setup_teardown(a_database_that_fails_costs_no_line, begin, end),
	    cmocka_unit_test_setup_teardown(a_reader_told_to_stop_goes_on_later, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_killed_reader_counts_nothing_twice_and_loses_nothing, begin, end),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
