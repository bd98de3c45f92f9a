#include "media_fixture.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/mman.h>

/* What a run that was killed leaves behind, and what the next one of the same host takes. */

static uint64_t *projects; /* shared, as the memory of a renderer is */

static int
begin(void **state)
{
	memset(projects, 0, MEDIA_NOTES * sizeof *projects);
	return prepare_one(state);
}

static int
begin_all(void **state)
{
	projects = mmap(NULL, MEDIA_NOTES * sizeof *projects, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return projects == MAP_FAILED ? -1 : prepare(state);
}

/* Run 7 publishes a file in each of N projects from FIRST on, and is killed before it settles them.
 */
static void
publish_and_die(uint64_t first, unsigned n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct media_batch *doomed = media_batch_new(&conf, 7, projects);
		char path[64];
		size_t file;

		for (unsigned i = 0; i < n; i++) {
			snprintf(path, sizeof path, "0/%" PRIu64 "/5-r1-k.mp3", first + i);
			if (media_publish(doomed, path, "x", 1, &file) != RC_OK)
				_exit(1);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
remove_leftovers(uint64_t run)
{
	capture_begin();
	media_remove_leftovers(&conf, run, projects);
	capture_end();
}

static void
what_a_killed_run_left_is_removed_by_the_next(void **state)
{
	publish_and_die(11, 20);
	assert_int_equal(entries(path_in(root, "0/11")), 1);
	assert_int_equal(entries(path_in(root, "0/30")), 1);
	remove_leftovers(8);
	assert_non_null(strstr(captured, "removed 20 temporary files"));
	for (int i = 11; i <= 30; i++) {
		char dir[16];

		snprintf(dir, sizeof dir, "0/%d", i);
		assert_int_equal(entries(path_in(root, dir)), 0);
	}
	/* Once: nothing is noted any more. */
	for (size_t i = 0; i < MEDIA_NOTES; i++)
		assert_int_equal(projects[i], 0);
}

static void
files_of_others_stay(void **state)
{
	static const char *const stay[] = {
	    ".tmp-there-0000000000000007-0123456789abcdef",  /* another host */
	    ".tmp-here-2-0000000000000007-0123456789abcdef", /* and one whose name begins like ours
							      */
	    ".tmp-her-0000000000000007-0123456789abcdef",
	    ".tmp-here-0000000000000008-0123456789abcdef", /* the run that cleans up */
	    ".tmp-here-0000000000000007-0123456789abcdefa", ".tmp-here-", ".tmp-here",
	    ".tmp-0123456789abcdef0123456789abcdef", /* of a version before */
	    "5-r1-0123456789abcdef0123456789abcdef.mp3"};
	char path[128];

	publish_and_die(1, 1);
	for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++) {
		snprintf(path, sizeof path, "0/1/%s", stay[i]);
		write_file(path_in(root, path), "");
	}
	remove_leftovers(8);
	assert_non_null(strstr(captured, "removed 1 temporary files"));
	for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++) {
		snprintf(path, sizeof path, "0/1/%s", stay[i]);
		assert_true(exists(path_in(root, path)));
	}
}

static void
a_project_that_was_deleted_meanwhile_is_no_error(void **state)
{
	publish_and_die(1, 2);
	assert_int_equal(unlink_project(1), RC_OK);
	remove_leftovers(8);
	assert_non_null(strstr(captured, "removed 1 temporary files"));
	assert_int_equal(lines_in(captured), 1);
	assert_false(exists(path_in(root, "0/1")));
}

static void
what_was_settled_is_not_looked_for(void **state)
{
	struct media_batch *own = media_batch_new(&conf, 8, projects);
	size_t file;

	assert_int_equal(media_publish(own, "0/1/5-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_int_equal(media_publish(own, "0/1/6-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_int_equal(media_publish(own, "0/2/7-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_int_equal(projects[0], 1);
	assert_int_equal(projects[1], 2);
	assert_int_equal(projects[2], 0);
	assert_int_equal(media_settle(own), RC_OK);
	assert_int_equal(projects[0] + projects[1], 0);
	assert_int_equal(media_publish(own, "0/3/8-r1-k.mp3", "x", 1, &file), RC_OK);
	assert_int_equal(projects[0], 3);
	media_batch_free(own);
	assert_int_equal(projects[0], 0);
	assert_int_equal(entries(path_in(root, "0/3")), 0);
}

/* What has no note is left to the sweep; nothing is lost for it. */
static void
more_projects_than_there_is_room_for_are_published_all_the_same(void **state)
{
	publish_and_die(1, MEDIA_NOTES + 5);
	remove_leftovers(8);
	assert_int_equal(entries(path_in(root, "0/64")), 0);
	assert_int_equal(entries(path_in(root, "0/65")), 1);
}

#define leftover_test(function) cmocka_unit_test_setup_teardown(function, begin, clean_up_one)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    leftover_test(what_a_killed_run_left_is_removed_by_the_next),
	    leftover_test(files_of_others_stay),
	    leftover_test(a_project_that_was_deleted_meanwhile_is_no_error),
	    leftover_test(what_was_settled_is_not_looked_for),
	    leftover_test(more_projects_than_there_is_room_for_are_published_all_the_same),
	};

	return cmocka_run_group_tests(tests, begin_all, clean_up);
}
