#include "media_fixture.h"

/* The files of pipelines: where children make them, and how they are published. */

static char dir[MEDIA_WORK_SIZE];
static char path[MEDIA_PATH_SIZE];
static uint8_t sha[32];
static uint64_t size;

/* A new directory of a child, and a name to publish under. */
static void
begin(void)
{
	assert_int_equal(media_work_begin(&conf, "song"), RC_OK);
	assert_int_equal(media_work_make(&conf, "song", dir), RC_OK);
	media_pipeline_path(path, 1234, "song", 56, 1, "mp3");
}

static enum rc
adopt(const char *name)
{
	return media_adopt(&conf, dir, name, path, 1000, &size, sha);
}

static void
a_file_is_published_durably(void **state)
{
	uint8_t expected[32];
	struct stat st;

	begin();
	write_file(path_in(dir, "a.mp3"), "some sound");
	fail_with("", 0, 0);
	assert_int_equal(adopt("a.mp3"), RC_OK);
	/* The contents before the name, and then the name. */
	assert_non_null(strstr(trace, "fsync rename fsync "));
	assert_string_equal(read_file(path_in(root, path)), "some sound");
	assert_int_equal(size, 10);
	crypt_sha256(expected, "some sound", 10);
	assert_memory_equal(sha, expected, sizeof sha);
	assert_int_equal(stat(path_in(root, path), &st), 0);
	assert_int_equal(st.st_mode & 0640, 0640);
	assert_int_equal(entries(dir), 0);
}

static void
names_cannot_be_guessed(void **state)
{
	char other[MEDIA_PATH_SIZE];

	media_pipeline_path(path, 1234, "song", 56, 1, "mp3");
	media_pipeline_path(other, 1234, "song", 56, 1, "mp3");
	assert_memory_equal(path, "pipeline/1/1234/song-56-", 24);
	assert_int_equal(strlen(path), 24 + 32 + 4);
	assert_string_not_equal(path, other);
	media_pipeline_path(other, 7, "song", 56, 2, "mp3");
	assert_memory_equal(other, "pipeline/0/7/song-56-2-", 23);
}

static void
what_is_no_file_of_the_child_is_refused(void **state)
{
	begin();
	write_file(path_in(outside, "secret"), "secret");
	assert_int_equal(symlink(path_in(outside, "secret"), path_in(dir, "link")), 0);
	assert_int_equal(link(path_in(outside, "secret"), path_in(dir, "hard")), 0);
	assert_int_equal(mkdir(path_in(dir, "folder"), 0700), 0);
	assert_int_equal(mkfifo(path_in(dir, "pipe"), 0600), 0);
	write_file(path_in(dir, "empty"), "");
	write_file(path_in(dir, "large"), "");
	assert_int_equal(truncate(path_in(dir, "large"), 1001), 0);
	assert_int_equal(adopt("link"), RC_REFUSED);
	assert_int_equal(adopt("hard"), RC_REFUSED);
	assert_int_equal(adopt("folder"), RC_REFUSED);
	assert_int_equal(adopt("pipe"), RC_REFUSED);
	assert_int_equal(adopt("empty"), RC_REFUSED);
	assert_int_equal(adopt("large"), RC_REFUSED);
	assert_int_equal(adopt("missing"), RC_REFUSED);
	assert_false(exists(path_in(root, path)));
}

static void
what_cannot_be_stored_is_not_there(void **state)
{
	static const char *const calls[] = {"fsync", "rename"};

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		begin();
		write_file(path_in(dir, "a.mp3"), "x");
		capture_begin();
		fail_with(calls[i], ENOSPC, 1);
		assert_int_equal(adopt("a.mp3"), RC_NO_SPACE);
		capture_end();
		assert_false(exists(path_in(root, path)));
		fail_with("", 0, 0);
	}
	/* A name that may not last is taken back. */
	begin();
	write_file(path_in(dir, "a.mp3"), "x");
	capture_begin();
	fail_with("fsync", EIO, 2);
	assert_int_equal(adopt("a.mp3"), RC_NO_SPACE);
	capture_end();
	assert_false(exists(path_in(root, path)));
}

static void
what_a_dead_program_left_is_removed(void **state)
{
	begin();
	write_file(path_in(dir, "a.mp3"), "x");
	assert_int_equal(media_work_begin(&conf, "video"), RC_OK);
	assert_true(exists(path_in(dir, "a.mp3")));
	assert_int_equal(media_work_begin(&conf, "song"), RC_OK);
	assert_false(exists(dir));
	assert_int_equal(mode_of(path_in(root, "pipeline/.work-here-song")) & 0777, 0700);
	assert_int_equal(media_work_make(&conf, "song", dir), RC_OK);
	write_file(path_in(dir, "a.mp3"), "x");
	media_work_remove(dir);
	assert_false(exists(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(a_file_is_published_durably),
	    test(names_cannot_be_guessed),
	    test(what_is_no_file_of_the_child_is_refused),
	    test(what_cannot_be_stored_is_not_there),
	    test(what_a_dead_program_left_is_removed),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
