#include "levels_fixture.h"

/* ---------------------------------------------------------------- finding */

static void
without_levels_media_root_is_the_only_one(void **state)
{
	unsigned rank = 7;

	conf.levels.n = 0;
	assert_int_equal(media_roots(&conf), 1);
	assert_string_equal(media_root(&conf, 0), root);
	assert_int_equal(media_home(&conf), 0);
	assert_int_equal(media_new_root(&conf), 0);
	put(0, PATH, "x");
	put(2, "0/1/3-r1-k.mp3", "x");
	assert_int_equal(media_find(&conf, PATH, &rank), RC_OK);
	assert_int_equal(rank, 0);
	assert_int_equal(media_find(&conf, "0/1/3-r1-k.mp3", &rank), RC_NOT_FOUND);
}

static void
a_file_is_found_at_the_hottest_level(void **state)
{
	struct pool *pool = pool_new();
	unsigned rank = 7;

	assert_int_equal(media_find(&conf, PATH, &rank), RC_NOT_FOUND);
	assert_string_equal(media_find_absolute(&conf, pool, PATH), path_in(root, PATH));
	for (int i = 0; i < 3; i++) {
		char data[2] = {(char)('0' + i), '\0'}, got[2] = "";
		int fd;

		put(i, PATH, data);
		assert_int_equal(media_find(&conf, PATH, &rank), RC_OK);
		assert_int_equal(rank, i);
		assert_string_equal(media_find_absolute(&conf, pool, PATH), path_in(dirs[i], PATH));
		fd = media_open(&conf, PATH, &rank);
		assert_int_equal(read(fd, got, 1), 1);
		close(fd);
		assert_string_equal(got, data);
	}
	pool_free(pool);
}

static void
a_level_that_is_not_mounted_may_have_it(void **state)
{
	unsigned rank = 7;

	unlink(path_in(gold, MEDIA_MARKER));
	assert_int_equal(media_find(&conf, PATH, &rank), RC_NO_SPACE);
	assert_int_equal(media_open(&conf, PATH, &rank), -1);
	assert_int_equal(errno, ENODEV);
	put(1, PATH, "x");
	assert_int_equal(media_find(&conf, PATH, &rank), RC_OK);
	assert_int_equal(rank, 1);
}

static void
a_name_is_found_without_its_key(void **state)
{
	char path[MEDIA_PATH_SIZE];
	unsigned rank = 7;

	assert_int_equal(media_find_name(&conf, NAME, path, &rank), RC_NOT_FOUND);
	put(0, "0/1/2-r10-0123456789abcdef0123456789abcdef.mp3", "x");
	put(0, "0/1/2-r1-0123.mp3", "x");
	put(0, "0/1/2-r1-0123456789abcdef0123456789abcdefx.mp3", "x");
	assert_int_equal(media_find_name(&conf, NAME, path, &rank), RC_NOT_FOUND);
	put(1, PATH, "x");
	assert_int_equal(media_find_name(&conf, NAME, path, &rank), RC_OK);
	assert_string_equal(path, PATH);
	assert_int_equal(rank, 1);
	put(2, "pipeline/0/7/video-31-2-0123456789abcdef0123456789abcdef.mp4", "x");
	assert_int_equal(media_find_name(&conf, "pipeline/0/7/video-31-2", path, &rank), RC_OK);
	assert_string_equal(path, "pipeline/0/7/video-31-2-0123456789abcdef0123456789abcdef.mp4");
	assert_int_equal(
	    media_find_name(&conf, "pipeline/0/7/video-31", path, &rank), RC_NOT_FOUND);
	assert_int_equal(media_find_name(&conf, "../0/1/2-r1", path, &rank), RC_NOT_FOUND);
	unlink(path_in(gold, MEDIA_MARKER));
	assert_int_equal(media_find_name(&conf, "0/1/9-r1", path, &rank), RC_NO_SPACE);
}

/* ---------------------------------------------------------------- new files */

static void
new_files_go_to_the_level_of_media_root(void **state)
{
	conf.media.root = silver;
	conf.levels.home = 1;
	assert_int_equal(publish(PATH, "x"), RC_OK);
	assert_string_equal(levels_of(PATH), "010");
}

static void
new_files_go_to_a_lower_level_with_room(void **state)
{
	conf.levels.home = 2;
	conf.levels.v[2].free_bytes = UINT64_MAX / 2;
	assert_int_equal(publish(PATH, "x"), RC_OK);
	assert_string_equal(levels_of(PATH), "010");
	unlink(path_in(silver, MEDIA_MARKER));
	assert_int_equal(media_new_root(&conf), 0);
	conf.levels.v[0].free_bytes = UINT64_MAX / 2; /* then where it would be anyway */
	assert_int_equal(media_new_root(&conf), 2);
}

static void
a_lower_level_is_enough_to_render(void **state)
{
	conf.levels.home = 2;
	unlink(path_in(gold, MEDIA_MARKER));
	capture_begin();
	assert_int_equal(media_check(&conf), RC_OK);
	assert_non_null(strstr(capture_end(), "is it mounted?"));
	unlink(path_in(silver, MEDIA_MARKER));
	unlink(path_in(root, MEDIA_MARKER));
	capture_begin();
	assert_int_equal(media_check(&conf), RC_NO_SPACE);
	capture_end();
	assert_int_equal(media_level_error(&conf, 1), ENODEV);
}

static void
room_is_judged_by_the_floor(void **state)
{
	struct media_room room;

	assert_true(media_level_room(&conf, 1, &room));
	assert_true(media_level_takes(&conf, 1, 0));
	assert_false(media_level_takes(&conf, 1, room.bytes));
	conf.levels.v[1].free_bytes = room.bytes;
	assert_false(media_level_takes(&conf, 1, 0));
	unlink(path_in(gold, MEDIA_MARKER));
	assert_false(media_level_room(&conf, 2, &room));
	assert_false(media_level_takes(&conf, 2, 0));
}

/* The directory of a child and the file that it made are at one level, whatever is full by then. */
static void
a_result_is_adopted_at_the_level_where_it_was_made(void **state)
{
	char dir[MEDIA_WORK_SIZE];
	uint8_t sha256[32];
	uint64_t size;

	conf.levels.home = 2;
	assert_int_equal(media_work_begin(&conf, "song"), RC_OK);
	conf.levels.v[2].free_bytes = UINT64_MAX / 2;
	assert_int_equal(media_work_make(&conf, "song", dir), RC_OK);
	assert_memory_equal(dir, silver, strlen(silver));
	write_file(path_in(dir, "out"), "song");
	conf.levels.v[2].free_bytes = 0;
	assert_int_equal(
	    media_adopt(&conf, dir, "out", "pipeline/0/7/song-1-k.mp3", 100, &size, sha256), RC_OK);
	assert_string_equal(levels_of("pipeline/0/7/song-1-k.mp3"), "010");
	assert_int_equal(media_work_begin(&conf, "song"), RC_OK);
	assert_false(exists(dir));
}

/* ---------------------------------------------------------------- removing */

static void
files_are_removed_from_all_levels(void **state)
{
	bool left;

	for (int i = 0; i < 3; i++)
		put(i, PATH, "x");
	assert_int_equal(media_unlink(&conf, PATH), RC_OK);
	assert_string_equal(levels_of(PATH), "000");
	assert_string_equal(levels_of("0/1"), "000");
	for (int i = 0; i < 3; i++)
		put(i, PATH, "x");
	assert_int_equal(media_unlink_audio(&conf, 1, 2), RC_OK);
	assert_string_equal(levels_of(PATH), "000");
	for (int i = 0; i < 3; i++)
		put(i, PATH, "x");
	assert_int_equal(media_unlink_project(&conf, 1, 2, &left), RC_OK);
	assert_true(left);
	while (left)
		assert_int_equal(media_unlink_project(&conf, 1, 2, &left), RC_OK);
	assert_string_equal(levels_of("0/1"), "000");
	for (int i = 0; i < 3; i++)
		put(i, "pipeline/0/7/video-31-k.mp4", "x");
	assert_int_equal(media_unlink_pipeline(&conf, 7), RC_OK);
	assert_string_equal(levels_of("pipeline/0/7"), "000");
}

static void
what_may_be_at_a_level_that_is_not_mounted_is_not_removed(void **state)
{
	put(0, PATH, "x");
	put(2, PATH, "x");
	unlink(path_in(silver, MEDIA_MARKER));
	capture_begin();
	assert_int_equal(media_unlink(&conf, PATH), RC_NO_SPACE);
	assert_non_null(strstr(capture_end(), silver));
	assert_string_equal(levels_of(PATH), "000");
}

static void
leftovers_are_removed_from_all_levels(void **state)
{
	uint64_t projects[MEDIA_NOTES] = {1};

	for (int i = 0; i < 3; i++)
		put(i, "0/1/.tmp-here-0000000000000007-0000000000000001", "x");
	assert_int_equal(temporaries(), 3);
	capture_begin();
	media_remove_leftovers(&conf, 1, projects);
	capture_end();
	assert_int_equal(temporaries(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    level_test(without_levels_media_root_is_the_only_one),
	    level_test(a_file_is_found_at_the_hottest_level),
	    level_test(a_level_that_is_not_mounted_may_have_it),
	    level_test(a_name_is_found_without_its_key),
	    level_test(new_files_go_to_the_level_of_media_root),
	    level_test(new_files_go_to_a_lower_level_with_room),
	    level_test(a_lower_level_is_enough_to_render),
	    level_test(room_is_judged_by_the_floor),
	    level_test(a_result_is_adopted_at_the_level_where_it_was_made),
	    level_test(files_are_removed_from_all_levels),
	    level_test(what_may_be_at_a_level_that_is_not_mounted_is_not_removed),
	    level_test(leftovers_are_removed_from_all_levels),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
