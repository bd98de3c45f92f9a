#include "media_fixture.h"

static void
links_are_not_followed(void **state)
{
	write_file(path_in(outside, "2-r1-k.mp3"), "not ours");
	assert_int_equal(mkdir(path_in(root, "0"), 0755), 0);
	assert_int_equal(symlink(outside, path_in(root, "0/1")), 0);
	capture_begin();
	assert_int_equal(publish("0/1/3-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_int_equal(media_unlink(&conf, "0/1/2-r1-k.mp3"), RC_NO_SPACE);
	assert_int_equal(media_unlink_audio(&conf, 1, 2), RC_NO_SPACE);
	capture_end();
	assert_int_equal(entries(outside), 1);
	assert_int_equal(unlink_project(1), RC_OK);
	assert_false(exists(path_in(root, "0/1")));
	assert_int_equal(entries(outside), 1);
	remove_tree(outside);
	mkdir(outside, 0755);
}

static void
a_file_is_removed(void **state)
{
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(publish("0/1/2-r2-k.mp3", "x"), RC_OK);
	assert_int_equal(media_unlink(&conf, "0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(entries(path_in(root, "0/1")), 1);
	assert_int_equal(media_unlink(&conf, "0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(media_unlink(&conf, "0/9/2-r1-k.mp3"), RC_OK);
	assert_int_equal(media_unlink(&conf, "9/9/2-r1-k.mp3"), RC_OK);
}

/* A sound may come after the directory of its project was removed, and is thrown away. */
static void
a_directory_goes_with_its_last_file(void **state)
{
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(publish("0/2/3-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(media_unlink(&conf, "0/1/2-r1-k.mp3"), RC_OK);
	assert_false(exists(path_in(root, "0/1")));
	assert_true(exists(path_in(root, "0/2/3-r1-k.mp3")));
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
}

static void
all_files_of_a_sentence_are_removed_and_no_others(void **state)
{
	static const char *const stay[] = {
	    "0/1/12-r1-k.mp3", "0/1/21-r1-k.mp3", "0/1/1-r2-k.mp3", "0/3/2-r1-k.mp3"};

	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(publish("0/1/2-r22-k.mp3", "x"), RC_OK);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(publish(stay[i], "x"), RC_OK);
	assert_int_equal(media_unlink_audio(&conf, 1, 2), RC_OK);
	assert_int_equal(entries(path_in(root, "0/1")), 3);
	for (size_t i = 0; i < 4; i++)
		assert_true(exists(path_in(root, stay[i])));
	assert_int_equal(media_unlink_audio(&conf, 1, 2), RC_OK);
	assert_int_equal(media_unlink_audio(&conf, 77, 2), RC_OK);
}

static void
a_project_is_removed_with_all_it_has(void **state)
{
	char path[64];

	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "2/2001/%d-r1-k.mp3", i);
		assert_int_equal(publish(path, "x"), RC_OK);
	}
	assert_int_equal(publish("2/2002/1-r1-k.mp3", "x"), RC_OK);
	write_file(path_in(root, "2/2001/.tmp-left"), "");
	write_file(path_in(outside, "precious"), "");
	assert_int_equal(mkdir(path_in(root, "2/2001/made"), 0755), 0);
	write_file(path_in(root, "2/2001/made/by-hand"), "");
	assert_int_equal(symlink(outside, path_in(root, "2/2001/made/link")), 0);

	assert_int_equal(unlink_project(2001), RC_OK);
	assert_false(exists(path_in(root, "2/2001")));
	assert_true(exists(path_in(root, "2/2002/1-r1-k.mp3")));
	assert_true(exists(path_in(outside, "precious")));
	assert_int_equal(unlink_project(2001), RC_OK);
	assert_int_equal(unlink_project(999999), RC_OK);
}

static void
a_project_is_removed_in_parts(void **state)
{
	char path[64];
	bool left;

	for (int i = 0; i < 25; i++) {
		snprintf(path, sizeof path, "2/2001/%d-r1-k.mp3", i);
		assert_int_equal(publish(path, "x"), RC_OK);
	}
	for (size_t n = 10; n <= 20; n += 10) {
		assert_int_equal(media_unlink_project(&conf, 2001, 10, &left), RC_OK);
		assert_true(left);
		assert_int_equal(entries(path_in(root, "2/2001")), 25 - n);
	}
	assert_int_equal(media_unlink_project(&conf, 2001, 10, &left), RC_OK);
	assert_false(left);
	assert_false(exists(path_in(root, "2/2001")));
}

/* ---------------------------------------------------------------- tombstones */

static void
a_tombstone_is_durable_and_can_be_laid_twice(void **state)
{
	fail_with("", 0, 0);
	assert_int_equal(media_lay_tombstone(&conf, 7, 0), RC_OK);
	assert_string_equal(trace, "fsync close fsync ");
	assert_int_equal(media_lay_tombstone(&conf, 7, 42), RC_OK);
	assert_int_equal(media_lay_tombstone(&conf, 7, 42), RC_OK);
	assert_true(exists(path_in(gone, "p7")));
	assert_true(exists(path_in(gone, "a42")));
	assert_int_equal(entries(gone), 2);
	media_remove_tombstone(&conf, 7, 42);
	assert_int_equal(entries(gone), 1);
	capture_begin();
	media_remove_tombstone(&conf, 7, 42);
	media_remove_tombstone(&conf, 7, 0);
	assert_string_equal(capture_end(), "");
	assert_int_equal(entries(gone), 0);
}

static void
a_tombstone_that_is_not_durable_is_an_error(void **state)
{
	capture_begin();
	for (int nth = 1; nth <= 2; nth++) {
		fail_with("fsync", EIO, nth);
		assert_int_equal(media_lay_tombstone(&conf, 7, 42), RC_NO_SPACE);
	}
	fail_with("", 0, 0);
	conf.media.gone_root = "/no/such/directory";
	assert_int_equal(media_lay_tombstone(&conf, 7, 42), RC_NO_SPACE);
	media_remove_tombstone(&conf, 7, 42);
	capture_end();
	assert_int_equal(lines_in(captured), 4);
	assert_non_null(strstr(captured, "cannot lay tombstone /no/such/directory/a42: No such"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(links_are_not_followed),
	    test(a_file_is_removed),
	    test(a_directory_goes_with_its_last_file),
	    test(all_files_of_a_sentence_are_removed_and_no_others),
	    test(a_project_is_removed_with_all_it_has),
	    test(a_project_is_removed_in_parts),
	    test(a_tombstone_is_durable_and_can_be_laid_twice),
	    test(a_tombstone_that_is_not_durable_is_an_error),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
