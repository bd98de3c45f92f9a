#include "fetch_fixture.h"

#include <errno.h>

#include "../../tier-job/fetch_line.h"

/* Reading the fetch log: each whole line once, whenever it is rotated. */

/* ------------------------------------------------------------------ lines */

static void
a_line_is_what_nginx_writes(void **state)
{
	static const char *const wrong[] = {"", "1795845229.137", "1795845229.13 200 1 a 0/1/2-r1",
	    "1795845229 200 1 a 0/1/2-r1", "1795845229.137 404 1 a 0/1/2-r1",
	    "1795845229.137 200 x a 0/1/2-r1", "1795845229.137 200 1  0/1/2-r1",
	    "1795845229.137 200 1 a ", "1795845229.137 200 1 a 0/1/2.r1",
	    "1795845229.137 200 1 a 0/1/2-r1 ", "1795845229.137 200 1 a 0/1/2-R1",
	    "1795845229.137 200 1 a -", "-1795845229.137 200 1 a 0/1/2-r1",
	    "1795845229.137 200 1 a 0/1/2-r1\r", "99999999999999999999.137 200 1 a 0/1/2-r1"};
	static const char good[] = "1795845229.137 206 30000 2001:db8::7 pipeline/0/7/video-31-2";
	char name[FETCH_NAME_MAX + 64];
	struct fetch_line line;

	assert_true(fetch_line_parse(good, sizeof good - 1, &line));
	assert_int_equal(line.at, 1795845229137);
	assert_int_equal(line.address_len, strlen("2001:db8::7"));
	assert_memory_equal(line.address, "2001:db8::7", line.address_len);
	assert_int_equal(line.name_len, strlen("pipeline/0/7/video-31-2"));
	assert_memory_equal(line.name, "pipeline/0/7/video-31-2", line.name_len);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (fetch_line_parse(wrong[i], strlen(wrong[i]), &line))
			fail_msg("taken for a line: %s", wrong[i]);
	for (size_t i = 0; i + 1 < sizeof good; i++)
		if (fetch_line_parse(good, i, &line) &&
		    i < strlen(good) - strlen("pipeline/0/7/video-31-2") + 1)
			fail_msg("taken for a line: %.*s", (int)i, good);
	snprintf(name, sizeof name, "1795845229.137 200 1 a %0*d", FETCH_NAME_MAX, 1);
	assert_true(fetch_line_parse(name, strlen(name), &line));
	snprintf(name, sizeof name, "1795845229.137 200 1 a %0*d", FETCH_NAME_MAX + 1, 1);
	assert_false(fetch_line_parse(name, strlen(name), &line));
}

static void
half_a_line_is_taken_when_it_is_whole(void **state)
{
	struct fetch_result result;

	write_fetch(path, 0, "a", 1);
	write_text(path, "1795824001.500 200 30000 a 0/1/");
	result = read_on();
	assert_int_equal(result.error, 0);
	assert_false(result.lost);
	assert_int_equal(table.lines, 1);
	assert_int_equal(read_on().lag, 0);
	assert_int_equal(table.lines, 1);
	write_text(path, "2-r1\n");
	read_on();
	assert_int_equal(count_of(1), 1);
	assert_int_equal(count_of(2), 1);
	assert_int_equal(table.lines, 2);
	assert_int_equal(table.broken, 0);
	assert_int_equal(table.newest[2], 1795824001500);
}

static void
what_nginx_did_not_write_is_left_out(void **state)
{
	char *junk = malloc(3 << 20);

	assert_non_null(junk);
	memset(junk, 'x', 3 << 20);
	junk[(3 << 20) - 1] = '\0';
	write_fetch(path, 0, "a", 1);
	write_text(path, "no such line\n\n");
	write_text(path, junk);
	write_text(path, "\n");
	write_fetch(path, 1, "a", 1);
	free(junk);
	read_on();
	assert_int_equal(count_of(1), 2);
	assert_int_equal(table.broken, 3);
	assert_int_equal(table.lines, 5);
}

/* ------------------------------------------------------------------ rotation */

static void
no_log_is_an_error_and_counts_nothing(void **state)
{
	struct fetch_result result = read_on();

	assert_int_equal(result.error, ENOENT);
	assert_false(result.lost);
	assert_int_equal(table.lines, 0);
}

static void
a_rotated_log_is_read_to_its_end_first(void **state)
{
	write_fetch(path, 0, "a", 1);
	read_on();
	write_fetch(path, 1, "a", 2);
	rotate();
	write_fetch(path, 3, "a", 3);
	/* nginx may not have got the signal yet. */
	read_on();
	assert_int_equal(count_of(2), 1);
	assert_int_equal(count_of(3), 0);
	write_fetch(rotated(1), 2, "a", 4);
	read_on();
	assert_int_equal(count_of(4), 1);
	make_quiet(rotated(1), 60);
	assert_int_equal(read_on().lag, 0);
	assert_int_equal(count_of(3), 1);
	assert_int_equal(table.lines, 4);
	read_on();
	assert_int_equal(table.lines, 4);
}

static void
a_rotation_in_the_middle_of_a_line_loses_nothing(void **state)
{
	write_fetch(path, 0, "a", 1);
	write_text(path, "1795824001.500 200 30000 a 0");
	read_on();
	rotate();
	read_on();
	write_text(rotated(1), "/1/2-r1\n");
	write_fetch(path, 2, "a", 3);
	make_quiet(rotated(1), 60);
	read_on();
	for (unsigned id = 1; id <= 3; id++)
		assert_int_equal(count_of(id), 1);
	assert_int_equal(table.broken, 0);
}

static void
a_reader_that_was_away_reads_all_rotated_logs_in_their_order(void **state)
{
	for (int i = 0; i < 5; i++) {
		write_fetch(path, i, "a", (unsigned)i);
		if (i < 4) {
			make_quiet(path, 60 - i);
			rotate();
		}
	}
	read_on();
	assert_int_equal(table.lines, 5);
	for (unsigned id = 0; id < 5; id++)
		assert_int_equal(count_of(id), 1);
	assert_int_equal(table.position.last, 1795824004500);
}

static void
only_files_of_this_log_are_read(void **state)
{
	char other[128];

	write_fetch(path, 0, "a", 1);
	snprintf(other, sizeof other, "%s.2.gz", path);
	write_fetch(other, 0, "a", 2);
	snprintf(other, sizeof other, "%s.bak", path);
	write_fetch(other, 0, "a", 2);
	snprintf(other, sizeof other, "%s/other.log", dir);
	write_fetch(other, 0, "a", 2);
	snprintf(other, sizeof other, "%s-20261127", path);
	write_fetch(other, 0, "a", 3);
	make_quiet(other, 60);
	read_on();
	assert_int_equal(count_of(1), 1);
	assert_int_equal(count_of(2), 0);
	assert_int_equal(count_of(3), 1);
}

static void
a_lost_log_is_told_and_nothing_is_counted_twice(void **state)
{
	struct fetch_result result;

	write_fetch(path, 0, "a", 1);
	write_fetch(path, 5, "a", 1);
	read_on();
	rotate();
	write_fetch(path, 10, "a", 2);
	unlink(rotated(1));
	result = read_on();
	assert_true(result.lost);
	assert_int_equal(count_of(2), 1);
	/* The file that it was reading is gone, an older one that it had read is not. */
	rotate();
	write_fetch(path, 20, "a", 3);
	make_quiet(rotated(1), 60);
	read_on();
	assert_int_equal(count_of(3), 1);
	unlink(path);
	result = read_on();
	assert_true(result.lost);
	assert_int_equal(count_of(2), 1);
	assert_int_equal(table.lines, 4);
}

static void
another_file_with_the_same_inode_is_read_from_its_beginning(void **state)
{
	FILE *file;

	write_fetch(path, 0, "a", 1);
	write_fetch(path, 1, "a", 1);
	read_on();
	/* The inode is the same in any case if the file is emptied. */
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	for (int i = 0; i < 3; i++)
		write_fetch(path, 10 + i, "a", 2);
	assert_true(read_on().lost);
	assert_int_equal(count_of(2), 3);
	assert_int_equal(count_of(1), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_what_nginx_writes),
	    cmocka_unit_test_setup_teardown(half_a_line_is_taken_when_it_is_whole, begin, end),
	    cmocka_unit_test_setup_teardown(what_nginx_did_not_write_is_left_out, begin, end),
	    cmocka_unit_test_setup_teardown(no_log_is_an_error_and_counts_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(a_rotated_log_is_read_to_its_end_first, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_rotation_in_the_middle_of_a_line_loses_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_reader_that_was_away_reads_all_rotated_logs_in_their_order, begin, end),
	    cmocka_unit_test_setup_teardown(only_files_of_this_log_are_read, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_lost_log_is_told_and_nothing_is_counted_twice, begin, end),
	    cmocka_unit_test_setup_teardown(
		another_file_with_the_same_inode_is_read_from_its_beginning, begin, end),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
