#include "levels_fixture.h"

static enum rc
move_quietly(unsigned from, unsigned to)
{
	uint64_t bytes = 0;
	enum rc rc;

	capture_begin();
	rc = media_move_begin(&conf, PATH, from, to, 1, &bytes);
	capture_end();
	return rc;
}

static enum rc
end_quietly(unsigned keep, unsigned from)
{
	enum rc rc;

	capture_begin();
	rc = media_move_end(&conf, PATH, keep, from);
	capture_end();
	return rc;
}

/* ---------------------------------------------------------------- moving */

static void
a_move_has_no_moment_without_the_file(void **state)
{
	uint64_t bytes = 0;

	put(0, PATH, "sound");
	assert_int_equal(media_move_begin(&conf, PATH, 0, 2, 1, &bytes), RC_OK);
	assert_int_equal(bytes, 5);
	assert_string_equal(levels_of(PATH), "101");
	assert_string_equal(read_file(path_in(gold, PATH)), "sound");
	assert_int_equal(media_move_end(&conf, PATH, 2, 0), RC_OK);
	assert_string_equal(levels_of(PATH), "001");
	assert_false(exists(path_in(root, "0/1")));
	assert_int_equal(temporaries(), 0);
}

static void
a_copy_has_the_time_and_the_permissions(void **state)
{
	const struct timespec times[2] = {{1000000000, 1}, {1234567890, 987654321}};
	struct stat old, new;

	put(0, PATH, "sound");
	assert_int_equal(chmod(path_in(root, PATH), 0644), 0);
	assert_int_equal(utimensat(AT_FDCWD, path_in(root, PATH), times, 0), 0);
	assert_int_equal(stat(path_in(root, PATH), &old), 0);
	apart = true;
	trace[0] = '\0';
	assert_int_equal(move_quietly(0, 1), RC_OK);
	assert_string_equal(
	    trace, "mkdir fsync mkdir fsync write fsync fsync rename fsync unlink close close ");
	assert_int_equal(stat(path_in(silver, PATH), &new), 0);
	assert_int_not_equal(old.st_ino, new.st_ino);
	assert_int_equal(new.st_mtim.tv_sec, 1234567890);
	assert_int_equal(new.st_mtim.tv_nsec, 987654321);
	assert_int_equal(new.st_mode, old.st_mode);
	assert_string_equal(read_file(path_in(silver, PATH)), "sound");
	assert_int_equal(temporaries(), 0);
}

static void
levels_on_one_file_system_share_the_file(void **state)
{
	struct stat old, new;

	put(0, PATH, "sound");
	assert_int_equal(move_quietly(0, 1), RC_OK);
	assert_null(strstr(trace, "write"));
	assert_int_equal(stat(path_in(root, PATH), &old), 0);
	assert_int_equal(stat(path_in(silver, PATH), &new), 0);
	assert_int_equal(old.st_ino, new.st_ino);
	/* Again, as after a crash: renaming a link to itself leaves both. */
	assert_int_equal(move_quietly(0, 1), RC_OK);
	assert_int_equal(temporaries(), 0);
}

/* A large file is copied in pieces. */
static void
every_byte_is_copied(void **state)
{
	static char data[200001];
	FILE *f;

	for (size_t i = 0; i < sizeof data - 1; i++)
		data[i] = (char)('a' + i * i % 23);
	put(0, PATH, data);
	apart = true;
	write_max = 7000;
	assert_int_equal(move_quietly(0, 2), RC_OK);
	write_max = 0;
	f = fopen(path_in(gold, PATH), "r");
	for (size_t i = 0; i < sizeof data - 1; i++)
		assert_int_equal(fgetc(f), data[i]);
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
}

static void
a_move_that_fails_changes_nothing(void **state)
{
	static const struct {
		const char *call;
		int error, nth;
		bool apart;
		const char *where;
	} failures[] = {{"write", ENOSPC, 1, true, "100"}, {"fsync", EIO, 3, true, "100"},
	    {"fsync", EDQUOT, 4, true, "100"}, {"rename", EIO, 1, true, "100"},
	    {"rename", EIO, 1, false, "100"}, {"mkdir", EROFS, 1, false, "100"},
	    {"link", EIO, 1, false, "100"},
	    /* It has its name then, and the end of a move would find it. */
	    {"fsync", EIO, 5, true, "110"}};

	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		apart = failures[i].apart;
		put(0, PATH, "sound");
		fail_with(failures[i].call, failures[i].error, failures[i].nth);
		assert_int_equal(move_quietly(0, 1), RC_NO_SPACE);
		fail_with("", 0, 0);
		assert_string_equal(levels_of(PATH), failures[i].where);
		assert_string_equal(read_file(path_in(root, PATH)), "sound");
		assert_int_equal(temporaries(), 0);
		remove_tree(path_in(silver, "0"));
	}
}

static enum rc
compare_quietly(unsigned a, unsigned b)
{
	enum rc rc;

	capture_begin();
	rc = media_compare(&conf, PATH, a, b);
	capture_end();
	return rc;
}

static void
copies_are_compared_byte_by_byte(void **state)
{
	put(0, PATH, "sound");
	assert_int_equal(media_levels(&conf, PATH), 1);
	assert_int_equal(compare_quietly(0, 2), RC_NOT_FOUND);
	put(2, PATH, "sound");
	assert_int_equal(media_levels(&conf, PATH), 5);
	assert_int_equal(compare_quietly(0, 2), RC_OK);
	put(2, PATH, "sounD");
	assert_int_equal(compare_quietly(0, 2), RC_STALE);
	put(2, PATH, "soun");
	assert_int_equal(compare_quietly(0, 2), RC_STALE);
	assert_int_equal(unlink(path_in(gold, MEDIA_MARKER)), 0);
	assert_int_equal(compare_quietly(0, 2), RC_NO_SPACE);
	assert_int_equal(media_levels(&conf, PATH), 1);
}

static void
what_is_gone_is_not_moved(void **state)
{
	assert_int_equal(move_quietly(0, 1), RC_NOT_FOUND);
	assert_false(exists(path_in(silver, "0")));
	put(0, PATH, "sound");
	assert_int_equal(unlink(path_in(root, PATH)), 0);
	assert_int_equal(symlink(key_file, path_in(root, PATH)), 0);
	assert_int_equal(move_quietly(0, 1), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "100");
}

static void
nothing_is_moved_where_nothing_is_mounted(void **state)
{
	put(0, PATH, "sound");
	unlink(path_in(gold, MEDIA_MARKER));
	assert_int_equal(move_quietly(0, 2), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "100");
	unlink(path_in(root, MEDIA_MARKER));
	assert_int_equal(move_quietly(0, 1), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "100");
}

/* ---------------------------------------------------------------- the end of a move */

static void
nothing_is_removed_where_the_file_would_be_lost(void **state)
{
	put(0, PATH, "sound");
	assert_int_equal(end_quietly(2, 0), RC_NOT_FOUND);
	assert_int_equal(end_quietly(2, MEDIA_ALL_LEVELS), RC_NOT_FOUND);
	assert_string_equal(levels_of(PATH), "100");
	put(2, PATH, "sound");
	unlink(path_in(gold, MEDIA_MARKER));
	assert_int_equal(end_quietly(2, 0), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "101");
}

static void
the_end_of_a_move_removes_it_from_the_other_levels(void **state)
{
	for (int i = 0; i < 3; i++)
		put(i, PATH, "sound");
	assert_int_equal(end_quietly(1, 2), RC_OK);
	assert_string_equal(levels_of(PATH), "110");
	put(2, PATH, "sound");
	assert_int_equal(end_quietly(1, MEDIA_ALL_LEVELS), RC_OK);
	assert_string_equal(levels_of(PATH), "010");
	assert_int_equal(end_quietly(1, MEDIA_ALL_LEVELS), RC_OK);
	put(2, PATH, "sound");
	fail_with("unlink", EROFS, 1);
	assert_int_equal(end_quietly(1, 2), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "011");
}

static void
a_level_that_is_not_mounted_may_have_a_copy(void **state)
{
	put(1, PATH, "sound");
	unlink(path_in(gold, MEDIA_MARKER));
	assert_int_equal(end_quietly(1, 0), RC_OK);
	assert_int_equal(end_quietly(1, MEDIA_ALL_LEVELS), RC_NO_SPACE);
	assert_string_equal(levels_of(PATH), "010");
}

/* Those of the renderer of this host, of other hosts and of this run stay. */
static void
only_earlier_runs_of_the_mover_leave_leftovers(void **state)
{
	static const char *const names[] = {"0/1/.tmp-+here-0000000000000007-0000000000000001",
	    "0/1/.tmp-here-0000000000000007-0000000000000001",
	    "0/1/.tmp-+there-0000000000000007-0000000000000001",
	    "0/1/.tmp-+here-0000000000000001-0000000000000001"};
	uint64_t projects[MEDIA_NOTES] = {1};

	for (size_t i = 0; i < 4; i++)
		put(1, names[i], "x");
	assert_int_equal(media_move_leftovers(&conf, PATH, 0, 1), 0);
	assert_int_equal(media_move_leftovers(&conf, PATH, 1, 1), 1);
	assert_string_equal(levels_of(names[0]), "000");
	capture_begin();
	media_remove_leftovers(&conf, 2, projects);
	capture_end();
	assert_string_equal(levels_of(names[1]), "000");
	assert_int_equal(temporaries(), 2);
}

/* Killed at any step, the file is whole where it was, and what it left is found. */
static void
a_move_that_was_killed_is_repeated(void **state)
{
	put(0, PATH, "sound");
	put(1, "0/1/.tmp-+here-0000000000000007-0000000000000001", "sou");
	put(1, PATH, "soun"); /* cannot be, but then it must not stay either */
	apart = true;
	assert_int_equal(move_quietly(0, 1), RC_OK);
	assert_string_equal(read_file(path_in(silver, PATH)), "sound");
	assert_int_equal(media_move_leftovers(&conf, PATH, 1, 1), 1);
	assert_int_equal(end_quietly(1, MEDIA_ALL_LEVELS), RC_OK);
	assert_string_equal(levels_of(PATH), "010");
	assert_int_equal(temporaries(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    level_test(a_move_has_no_moment_without_the_file),
	    level_test(a_copy_has_the_time_and_the_permissions),
	    level_test(levels_on_one_file_system_share_the_file),
	    level_test(every_byte_is_copied),
	    level_test(a_move_that_fails_changes_nothing),
	    level_test(copies_are_compared_byte_by_byte),
	    level_test(what_is_gone_is_not_moved),
	    level_test(nothing_is_moved_where_nothing_is_mounted),
	    level_test(nothing_is_removed_where_the_file_would_be_lost),
	    level_test(the_end_of_a_move_removes_it_from_the_other_levels),
	    level_test(a_level_that_is_not_mounted_may_have_a_copy),
	    level_test(only_earlier_runs_of_the_mover_leave_leftovers),
	    level_test(a_move_that_was_killed_is_repeated),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
