#include "capture.h"

#include <poll.h>
#include <stdlib.h>

#include "../../common/work/kick.h"

static char path[64];
static struct conf conf = {.scheduler = {.kick_file = path}};

static bool
readable(int fd)
{
	struct pollfd pollfd = {fd, POLLIN, 0};

	return poll(&pollfd, 1, 0) == 1;
}

static void
every_kick_is_seen(void **state)
{
	struct timespec last = kick_time(path), now;

	assert_true(last.tv_sec == 0 && last.tv_nsec == 0);
	for (int i = 0; i < 50; i++) {
		kick_renderer(&conf);
		now = kick_time(path);
		assert_false(kick_same(now, last));
		assert_true(kick_same(now, kick_time(path)));
		last = now;
	}
}

static void
a_watch_is_readable_from_a_kick_until_it_is_drained(void **state)
{
	int fd;

	kick_renderer(&conf);
	fd = kick_watch(path);
	assert_true(fd >= 0);
	assert_false(readable(fd));
	for (int i = 0; i < 3; i++) {
		kick_renderer(&conf);
		kick_renderer(&conf);
		assert_true(readable(fd));
		kick_drain(fd);
		assert_false(readable(fd));
	}
	close(fd);
}

static void
events_are_kicked_for_once(void **state)
{
	struct conf other = {.events = {.kick_file = path}};
	struct timespec last = kick_time(path);
	unsigned long kicked = 0;

	kick_events(&other, 0, &kicked);
	assert_true(kick_same(kick_time(path), last));
	kick_events(&other, 3, &kicked);
	assert_false(kick_same(kick_time(path), last));
	last = kick_time(path);
	kick_events(&other, 3, &kicked);
	assert_true(kick_same(kick_time(path), last));
	kick_events(&other, 4, &kicked);
	assert_false(kick_same(kick_time(path), last));
}

static void
each_program_has_a_kick_file_of_its_own(void **state)
{
	struct conf other = {
	    .scheduler = {.kick_file = "/no/such/directory/kick"}, .work = {.kick_file = path}};

	kick_work(&other);
	assert_int_not_equal(kick_time(path).tv_sec, 0);
	other.work.kick_file = "/no/such/directory/work.kick";
	capture_begin();
	kick_work(&other);
	assert_non_null(
	    strstr(capture_end(), "cannot kick tts-work with /no/such/directory/work.kick"));
}

static void
a_file_that_cannot_be_kicked_is_named(void **state)
{
	struct conf bad = {.scheduler = {.kick_file = "/no/such/directory/kick"}};

	capture_begin();
	kick_renderer(&bad);
	assert_non_null(strstr(capture_end(),
	    "cannot kick the renderer with /no/such/directory/kick: No such file or directory"));
	assert_int_equal(kick_watch(bad.scheduler.kick_file), -1);
	kick_drain(-1);
}

static int
remove_file(void **state)
{
	unlink(path);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(every_kick_is_seen, remove_file),
	    cmocka_unit_test_teardown(
		a_watch_is_readable_from_a_kick_until_it_is_drained, remove_file),
	    cmocka_unit_test_teardown(events_are_kicked_for_once, remove_file),
	    cmocka_unit_test_teardown(each_program_has_a_kick_file_of_its_own, remove_file),
	    cmocka_unit_test(a_file_that_cannot_be_kicked_is_named),
	};

	snprintf(path, sizeof path, "/tmp/test_kick.%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
