#include "media_fixture.h"

#include "../../common/media/media_dir.h"
#include "../../common/media/media_level.h"

/* Three levels, of which the lowest is media.root. */

#define PATH "0/1/2-r1-0123456789abcdef0123456789abcdef.mp3"
#define NAME "0/1/2-r1"

static char silver[sizeof base + 16], gold[sizeof base + 16];
static const char *const dirs[] = {root, silver, gold};

static bool apart; /* the levels are on several file systems */

int
linkat(int old_dir, const char *old, int new_dir, const char *new, int flags)
{
	errno = apart ? EXDEV : record_call("link");
	return errno != 0 ? -1 : (int)syscall(SYS_linkat, old_dir, old, new_dir, new, flags);
}

int
unlinkat(int dir, const char *name, int flags)
{
	errno = is_media(dir) ? record_call("unlink") : 0;
	return errno != 0 ? -1 : (int)syscall(SYS_unlinkat, dir, name, flags);
}

static void
set_level(int i, const char *name, const char *path)
{
	conf.levels.v[i] = (struct conf_level){.name = name, .path = path};
}

static int
begin(void **state)
{
	snprintf(silver, sizeof silver, "%s/silver", base);
	snprintf(gold, sizeof gold, "%s/gold", base);
	if (prepare_one(state) != 0 || mkdir(silver, 0755) != 0 || mkdir(gold, 0755) != 0)
		return -1;
	write_file(path_in(silver, MEDIA_MARKER), "");
	write_file(path_in(gold, MEDIA_MARKER), "");
	set_level(0, "bronze", root);
	set_level(1, "silver", silver);
	set_level(2, "gold", gold);
	conf.levels.n = 3;
	conf.levels.home = 0;
	apart = false;
	return 0;
}

static int
end(void **state)
{
	clean_up_one(state);
	remove_tree(silver);
	remove_tree(gold);
	return 0;
}

#define level_test(function) cmocka_unit_test_setup_teardown(function, begin, end)

static void
put(int rank, const char *path, const char *data)
{
	char command[2048];

	snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s/%s')\"", dirs[rank], path);
	assert_int_equal(system(command), 0);
	write_file(path_in(dirs[rank], path), data);
}

/* At which levels PATH is, the hottest last: "010". */
static const char *
levels_of(const char *path)
{
	static char out[4];

	for (int i = 0; i < 3; i++)
		out[i] = exists(path_in(dirs[i], path)) ? '1' : '0';
	return out;
}

/* How many temporary files there are. */
static int
temporaries(void)
{
	char command[128];
	int n = -1;
	FILE *f;

	snprintf(command, sizeof command, "find %s -name '.tmp-*' | wc -l", base);
	f = popen(command, "r");
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

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
	    level_test(a_move_has_no_moment_without_the_file),
	    level_test(a_copy_has_the_time_and_the_permissions),
	    level_test(levels_on_one_file_system_share_the_file),
	    level_test(every_byte_is_copied),
	    level_test(a_move_that_fails_changes_nothing),
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
