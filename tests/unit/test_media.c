#include "media_fixture.h"

#include <sysexits.h>

static void
a_name_is_the_same_for_the_same_revision_only(void **state)
{
	char a[MEDIA_PATH_SIZE], b[MEDIA_PATH_SIZE];
	const uint64_t most = UINT64_MAX;

	media_path(&conf, a, 1234567, 42, 3);
	/* BLAKE2b-128 of both numbers, big-endian, keyed with the SHA-256 of the key file. */
	assert_string_equal(a, "1234/1234567/42-r3-d5b67718c70a14416523a4670cce8831.mp3");
	media_path(&conf, b, 1234567, 42, 3);
	assert_string_equal(a, b);
	media_path(&conf, b, 1234567, 42, 4);
	assert_string_not_equal(strrchr(a, '-'), strrchr(b, '-'));
	media_path(&conf, b, 1234567, 43, 3);
	assert_string_not_equal(strrchr(a, '-'), strrchr(b, '-'));
	media_path(&conf, b, 999, 1, 1);
	assert_memory_equal(b, "0/999/1-r1-", 11);
	media_path(&conf, b, most, most, most);
	assert_string_equal(b + strlen(b) - 4, ".mp3");
}

static void
make_path_without_key(void *argument)
{
	char path[MEDIA_PATH_SIZE];

	media_path(&conf, path, 1, 2, 3);
}

/* A process that has not read the key, like the children that speak. */
static void
nothing_is_named_before_the_key_is_read(void **state)
{
	assert_exits_with(run_child(make_path_without_key, NULL), EX_SOFTWARE);
	assert_non_null(strstr(captured, "the media key was not read"));
}

/* ---------------------------------------------------------------- the root */

static void
assert_root_refused(const char *why)
{
	capture_begin();
	assert_int_equal(media_check(&conf), RC_NO_SPACE);
	capture_end();
	assert_int_equal(lines_in(captured), 1);
	assert_non_null(strstr(captured, "cannot use media root /"));
	assert_non_null(strstr(captured, why));
}

static void
the_root_needs_its_marker(void **state)
{
	assert_int_equal(media_check(&conf), RC_OK);
	unlink(path_in(root, MEDIA_MARKER));
	assert_root_refused("there is no .tts-media in it");

	capture_begin();
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_int_equal(media_unlink(&conf, "0/1/2-r1-k.mp3"), RC_NO_SPACE);
	assert_int_equal(media_unlink_audio(&conf, 1, 2), RC_NO_SPACE);
	assert_int_equal(unlink_project(1), RC_NO_SPACE);
	assert_int_equal(lines_in(capture_end()), 4);
	assert_int_equal(entries(root), 0);

	conf.media.root = "/no/such/root";
	assert_root_refused("No such file or directory");
	capture_begin();
	assert_int_equal(unlink_project(1), RC_NO_SPACE);
	capture_end();
	conf.media.root = key_file;
	assert_root_refused("Not a directory");
}

static void
check_as_nobody(void *argument)
{
	if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		_exit(1);
	_exit(media_check(&conf) == RC_NO_SPACE ? 0 : 2);
}

static void
the_root_must_be_writable(void **state)
{
	assert_int_equal(chmod(base, 0755), 0);
	assert_int_equal(chmod(root, 0555), 0);
	assert_exits_with(run_child(check_as_nobody, NULL), 0);
	assert_non_null(strstr(captured, "Permission denied"));
	assert_int_equal(chmod(root, 0755), 0);
}

/* ---------------------------------------------------------------- publishing */

static void
a_file_is_whole_and_durable_before_it_has_its_name(void **state)
{
	fail_with("", 0, 0);
	assert_int_equal(publish("1/1000/7-r1-aa.mp3", "sound"), RC_OK);
	assert_string_equal(trace, "mkdir fsync mkdir fsync write fsync close rename fsync ");
	assert_string_equal(read_file(path_in(root, "1/1000/7-r1-aa.mp3")), "sound");
	assert_int_equal(entries(path_in(root, "1/1000")), 1);

	fail_with("", 0, 0);
	assert_int_equal(publish("1/1000/7-r1-aa.mp3", "sound"), RC_OK);
	assert_string_equal(trace, "write fsync close rename fsync ");
	assert_int_equal(publish("1/1000/8-r1-bb.mp3", ""), RC_OK);
	assert_string_equal(read_file(path_in(root, "1/1000/8-r1-bb.mp3")), "");
	assert_int_equal(entries(path_in(root, "1/1000")), 2);
}

static void
the_group_may_read_and_keeps_its_bit(void **state)
{
	mode_t old = umask(077);

	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(chmod(root, 02750), 0);
	assert_int_equal(publish("5/5001/2-r1-k.mp3", "x"), RC_OK);
	umask(old);
	assert_int_equal(mode_of(path_in(root, "0")), 0750);
	assert_int_equal(mode_of(path_in(root, "0/1")), 0750);
	assert_int_equal(mode_of(path_in(root, "0/1/2-r1-k.mp3")), 0640);
	assert_int_equal(mode_of(path_in(root, "5")), 02750);
	assert_int_equal(mode_of(path_in(root, "5/5001")), 02750);
	assert_int_equal(mode_of(path_in(root, "5/5001/2-r1-k.mp3")), 0640);
}

static void
a_fault_leaves_what_was_there(void **state)
{
	static const struct {
		const char *call;
		int nth;
	} calls[] = {{"write", 1}, {"fsync", 1}, {"close", 1}, {"rename", 1}, {"fsync", 2}};
	static const int errors[] = {ENOSPC, EDQUOT, EIO, EROFS};

	assert_int_equal(publish("0/1/1-r1-k.mp3", "first"), RC_OK);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		for (size_t j = 0; j < sizeof errors / sizeof *errors; j++) {
			capture_begin();
			fail_with(calls[i].call, errors[j], calls[i].nth);
			assert_int_equal(publish("0/1/2-r1-f00dbeef.mp3", "x"), RC_NO_SPACE);
			fail_with(calls[i].call, errors[j], calls[i].nth);
			assert_int_equal(publish("0/1/1-r1-k.mp3", "first"), RC_NO_SPACE);
			fail_with("", 0, 0);
			capture_end();
			assert_int_equal(lines_in(captured), 2);
			assert_non_null(strstr(captured, "cannot publish 0/1/2-r1: "));
			assert_non_null(strstr(captured, strerror(errors[j])));
			assert_null(strstr(captured, "f00dbeef"));
			assert_string_equal(read_file(path_in(root, "0/1/1-r1-k.mp3")), "first");
			assert_int_equal(entries(path_in(root, "0/1")), 1);
		}
	}
	assert_int_equal(publish("0/1/2-r1-f00dbeef.mp3", "x"), RC_OK);
}

static void
a_failed_fsync_is_not_tried_again(void **state)
{
	assert_int_equal(publish("0/1/1-r1-k.mp3", "x"), RC_OK);
	capture_begin();
	fail_with("fsync", EIO, 1);
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_string_equal(trace, "write fsync close ");
	fail_with("", 0, 0);
	capture_end();
}

static void
a_directory_is_durable_or_not_there(void **state)
{
	capture_begin();
	fail_with("mkdir", ENOSPC, 1);
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_int_equal(entries(root), 1);
	fail_with("fsync", EIO, 1);
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_false(exists(path_in(root, "0")));
	fail_with("fsync", EIO, 2);
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_NO_SPACE);
	assert_false(exists(path_in(root, "0/1")));
	fail_with("", 0, 0);
	capture_end();
	assert_int_equal(publish("0/1/2-r1-k.mp3", "x"), RC_OK);
}

static void
signals_and_short_writes_are_survived(void **state)
{
	static const char *const calls[] = {"mkdir", "write", "fsync", "close", "rename"};
	char path[64];

	write_max = 3;
	for (int nth = 1; nth <= 4; nth++) {
		for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
			snprintf(path, sizeof path, "0/%zu/%d-r1-k.mp3", i, nth);
			fail_with(calls[i], EINTR, nth);
			assert_int_equal(publish(path, "0123456789"), RC_OK);
			fail_with("", 0, 0);
			assert_string_equal(read_file(path_in(root, path)), "0123456789");
			snprintf(path, sizeof path, "0/%zu", i);
			assert_int_equal(entries(path_in(root, path)), nth);
		}
	}
	write_max = 0;
}

static void
a_directory_removed_meanwhile_is_made_again(void **state)
{
	fail_with("mkdir", ENOENT, 1);
	assert_int_equal(publish("0/2/2-r1-k.mp3", "x"), RC_OK);
	capture_begin();
	fail_with("mkdir", ENOENT, ALWAYS);
	assert_int_equal(publish("0/3/2-r1-k.mp3", "x"), RC_NO_SPACE);
	fail_with("", 0, 0);
	capture_end();
	assert_false(exists(path_in(root, "0/3")));
}

static enum rc
publish_into(struct media_batch *into, const char *path)
{
	size_t file;

	return media_publish(into, path, "x", 1, &file);
}

static enum rc
publish_only(const char *path)
{
	return publish_into(batch, path);
}

static void
files_are_forced_together(void **state)
{
	assert_int_equal(publish("0/1/1-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(publish("0/2/1-r1-k.mp3", "x"), RC_OK);
	fail_with("", 0, 0);
	assert_int_equal(publish_only("0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_only("0/1/3-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_only("0/2/4-r1-k.mp3"), RC_OK);
	assert_string_equal(trace, "write write write ");
	assert_int_equal(entries(path_in(root, "0/1")), 3);
	assert_false(exists(path_in(root, "0/1/2-r1-k.mp3")));
	trace[0] = '\0';
	assert_int_equal(media_settle(batch), RC_OK);
	assert_string_equal(trace, "fsync fsync fsync close close close rename rename rename "
				   "fsync fsync ");
	trace[0] = '\0';
	assert_int_equal(media_settle(batch), RC_OK);
	assert_string_equal(trace, "");
	assert_int_equal(entries(path_in(root, "0/1")), 3);
	assert_int_equal(entries(path_in(root, "0/2")), 2);
}

static void
what_cannot_be_settled_is_taken_back(void **state)
{
	assert_int_equal(publish("0/1/1-r1-k.mp3", "x"), RC_OK);
	static const char *const calls[] = {"fsync", "close", "rename"};

	for (int i = 0; i < 5 + 3 + 3; i++) {
		const char *call = calls[i < 5 ? 0 : i < 8 ? 1 : 2];

		fail_with("", 0, 0);
		assert_int_equal(publish_only("0/1/1-r1-k.mp3"), RC_OK);
		assert_int_equal(publish_only("0/1/2-r1-f00dbeef.mp3"), RC_OK);
		assert_int_equal(publish_only("0/2/3-r1-k.mp3"), RC_OK);
		capture_begin();
		fail_with(call, EIO, i < 5 ? i + 1 : i < 8 ? i - 4 : i - 7);
		assert_int_equal(media_settle(batch), RC_NO_SPACE);
		fail_with("", 0, 0);
		for (size_t file = 0; file < 3; file++)
			assert_false(media_published(batch, file));
		assert_int_equal(lines_in(capture_end()), 1);
		assert_null(strstr(captured, "f00dbeef"));
		assert_int_equal(entries(path_in(root, "0/1")), 1);
		assert_int_equal(entries(path_in(root, "0/2")), 0);
		assert_int_equal(media_settle(batch), RC_OK);
	}
	assert_string_equal(read_file(path_in(root, "0/1/1-r1-k.mp3")), "x");
}

static void
a_directory_may_go_before_its_names_are_settled(void **state)
{
	assert_int_equal(publish_only("0/1/1-r1-k.mp3"), RC_OK);
	assert_int_equal(unlink_project(1), RC_OK);
	assert_int_equal(publish_only("0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_only("0/2/3-r1-k.mp3"), RC_OK);
	assert_int_equal(media_settle(batch), RC_OK);
	assert_false(media_published(batch, 0));
	assert_true(media_published(batch, 1) && media_published(batch, 2));
	assert_false(media_published(batch, 3));
	assert_false(exists(path_in(root, "0/1/1-r1-k.mp3")));
	assert_string_equal(read_file(path_in(root, "0/1/2-r1-k.mp3")), "x");
}

static void
a_file_is_published_only_when_it_is_settled(void **state)
{
	size_t file;

	assert_int_equal(media_publish(batch, "0/1/1-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_false(media_published(batch, file));
	assert_int_equal(media_settle(batch), RC_OK);
	assert_true(media_published(batch, file));
	/* The next file starts the batch again. */
	assert_int_equal(media_publish(batch, "0/1/2-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_false(media_published(batch, file));
	assert_int_equal(media_settle(batch), RC_OK);
	assert_true(media_published(batch, file));
}

static void
batches_do_not_mix(void **state)
{
	struct media_batch *other = media_batch_new(&conf, 1, NULL);

	assert_int_equal(publish_only("0/1/1-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_into(other, "0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_only("0/1/3-r1-k.mp3"), RC_OK);
	assert_int_equal(media_settle(batch), RC_OK);
	assert_true(exists(path_in(root, "0/1/1-r1-k.mp3")));
	assert_false(exists(path_in(root, "0/1/2-r1-k.mp3")));
	assert_true(exists(path_in(root, "0/1/3-r1-k.mp3")));
	assert_int_equal(media_settle(other), RC_OK);
	assert_true(exists(path_in(root, "0/1/2-r1-k.mp3")));
	media_batch_free(other);
	assert_int_equal(entries(path_in(root, "0/1")), 3);
}

static void
a_batch_that_is_freed_leaves_nothing_unsettled(void **state)
{
	struct media_batch *other = media_batch_new(&conf, 1, NULL);

	assert_int_equal(publish("0/1/1-r1-k.mp3", "x"), RC_OK);
	assert_int_equal(publish_into(other, "0/1/1-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_into(other, "0/1/2-r1-k.mp3"), RC_OK);
	assert_int_equal(publish_into(other, "0/2/3-r1-k.mp3"), RC_OK);
	media_batch_free(other);
	assert_int_equal(entries(path_in(root, "0/1")), 1);
	assert_int_equal(entries(path_in(root, "0/2")), 0);
	media_batch_free(NULL);
}

static void
only_names_of_ours_are_taken(void **state)
{
	static const char *const names[] = {
	    "", "/etc/x", "../x", "0/../../x", "0//x", ".x", "0/.x", "0/1/", "0/1/..", "0/./x"};
	char longest[2 * MEDIA_PATH_SIZE];

	memset(longest, 'x', sizeof longest);
	longest[MEDIA_PATH_SIZE] = '\0';
	capture_begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(publish(names[i], "x"), RC_FAIL);
		assert_int_equal(media_unlink(&conf, names[i]), RC_FAIL);
	}
	assert_int_equal(publish(longest, "x"), RC_FAIL);
	capture_end();
	assert_int_equal(entries(root), 1);
}

int
main(void)
{
	const struct CMUnitTest without_key[] = {
	    cmocka_unit_test(nothing_is_named_before_the_key_is_read),
	};
	const struct CMUnitTest tests[] = {
	    test(a_name_is_the_same_for_the_same_revision_only),
	    test(the_root_needs_its_marker),
	    test(the_root_must_be_writable),
	    test(a_file_is_whole_and_durable_before_it_has_its_name),
	    test(the_group_may_read_and_keeps_its_bit),
	    test(a_fault_leaves_what_was_there),
	    test(a_failed_fsync_is_not_tried_again),
	    test(a_directory_is_durable_or_not_there),
	    test(signals_and_short_writes_are_survived),
	    test(a_directory_removed_meanwhile_is_made_again),
	    test(files_are_forced_together),
	    test(what_cannot_be_settled_is_taken_back),
	    test(a_directory_may_go_before_its_names_are_settled),
	    test(a_file_is_published_only_when_it_is_settled),
	    test(batches_do_not_mix),
	    test(a_batch_that_is_freed_leaves_nothing_unsettled),
	    test(only_names_of_ours_are_taken),
	};

	return cmocka_run_group_tests(without_key, NULL, NULL) +
	       cmocka_run_group_tests(tests, prepare, clean_up);
}
