#include "pipelines.h"

#include <inttypes.h>
#include <stdio.h>

#include "proxy.h"

/* Changes of pipelines whose COMMIT is not answered: each is made once or not at all, and never
 * reported wrongly. */

static struct db *through; /* the proxy, as the API */
static const char *task;
static uint64_t number; /* of pictures */

static int
set_up(void **state)
{
	through = db_new(fixture_conf(proxy_start(), 3), ACCOUNT_API);
	fixture_clear();
	return db_ready(through) == RC_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	db_free(through);
	proxy_stop();
	return 0;
}

static enum rc
start(void)
{
	struct pipeline_new in = pipelines_request(pipelines_task());
	struct pipeline_started out = {.run = 0};

	return pipeline_start(through, pool, pipelines_user, &in, NULL, &out);
}

static enum rc
retry(void)
{
	const struct pipeline_key key = pipelines_key(task);

	pipelines_fail(task, STAGE_LYRIC, "begin", "permanent");
	return pipeline_retry(through, &key, STAGE_LYRIC);
}

static enum rc
generate(void)
{
	const struct pipeline_key key = pipelines_key(task);
	uint64_t run;
	bool existing;

	fixture_run("UPDATE stage SET state = 'done', stale = stage = 'song', ended_at = NOW(3),"
		    " error = ''");
	return pipeline_generate(through, &key, STAGE_SONG, "jazz", "", &run, &existing);
}

static enum rc
resume(void)
{
	const struct pipeline_key key = pipelines_key(task);

	pipelines_fail(task, STAGE_LYRIC, "begin", "permanent");
	return pipeline_resume(through, &key, &(enum stage){0}, &(enum pipeline_word){0});
}

static enum rc
edit(void)
{
	const struct pipeline_key key = pipelines_key(task);

	return pipeline_edit_lyric(through, &key, "Another.");
}

static enum rc
cancel(void)
{
	const struct pipeline_key key = pipelines_key(task);

	fixture_run(
	    "UPDATE stage SET state = 'pending', ended_at = NULL WHERE state = 'cancelled'");
	fixture_run("UPDATE pipeline SET cancelled_at = NULL");
	return pipeline_cancel(through, &key);
}

static enum rc
add_picture(void)
{
	struct image_new in = {.type = IMAGE_JPEG, .width = 1, .height = 1, .size_bytes = 1};
	struct image image;

	snprintf(in.inbox, sizeof in.inbox, "%" PRIu64, ++number);
	return image_add(through, pool, pipelines_user, task, &in, &image);
}

static enum rc
remove_picture(void)
{
	char inbox[IMAGE_INBOX_SIZE];
	bool shown;

	snprintf(inbox, sizeof inbox, "%" PRIu64, ++number);
	return image_delete(through, pool, pipelines_user, task,
	    pipelines_add_image(task, inbox, RC_OK).id, &shown);
}

static enum rc
drop(void)
{
	pipelines_fail(task, STAGE_LYRIC, "begin", "permanent");
	fixture_run("UPDATE stage SET dropped = 0");
	return dead_drop(through, pipelines_user, pipelines_read(task).runs[STAGE_LYRIC].id);
}

static enum rc
delete_one(void)
{
	const struct pipeline_key key = pipelines_key(task);
	struct pipeline_new in = pipelines_request(task);
	uint64_t id;

	if (fixture_number("SELECT COUNT(*) FROM pipeline WHERE task_id = '%s'", task) == 0)
		pipelines_start_with(&in);
	return pipeline_delete(through, &key, &id);
}

static const struct {
	enum rc (*call)(void);
	const char *done; /* how often, in SQL */
} writes[] = {
    {start, "SELECT COUNT(*) FROM pipeline"},
    {retry, "SELECT COUNT(*) FROM stage WHERE cause = 'retry'"},
    {generate, "SELECT COUNT(*) FROM stage WHERE stage = 'song' AND cause = 'start'"},
    {resume, "SELECT COUNT(*) FROM stage WHERE cause = 'resume'"},
    {edit, "SELECT COUNT(*) FROM stage WHERE text = 'Another.'"},
    {add_picture, "SELECT COUNT(*) FROM image"},
    {remove_picture, "SELECT COUNT(*) FROM trash WHERE NOT bury"},
    {delete_one, "SELECT COUNT(*) FROM trash WHERE bury"},
};

/* Those that leave what is there as it is the second time. */
static const struct {
	enum rc (*call)(void);
	const char *so; /* afterwards */
} states[] = {
    {cancel, "SELECT COUNT(*) FROM pipeline WHERE cancelled_at IS NOT NULL"},
    {drop, "SELECT COUNT(*) FROM stage WHERE dropped"},
};

static void
made_is_made_once(void **state)
{
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		uint64_t before;

		task = pipelines_start().task;
		before = fixture_number("%s", writes[i].done);
		proxy_set(PROXY_CUT_BEFORE_COMMIT);
		assert_rc(writes[i].call(), RC_BUSY);
		assert_int_equal(fixture_number("%s", writes[i].done), before);
		proxy_set(PROXY_CUT_AFTER_COMMIT);
		assert_rc(writes[i].call(), RC_OK);
		assert_int_equal(proxy_mode(), PROXY_PASS);
		assert_int_equal(fixture_number("%s", writes[i].done), before + 1);
	}
}

static void
changed_is_changed(void **state)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		task = pipelines_start().task;
		assert_int_equal(fixture_number("%s", states[i].so), 0);
		proxy_set(PROXY_CUT_BEFORE_COMMIT);
		assert_rc(states[i].call(), RC_BUSY);
		assert_int_equal(fixture_number("%s", states[i].so), 0);
		proxy_set(PROXY_CUT_AFTER_COMMIT);
		assert_rc(states[i].call(), RC_OK);
		assert_int_equal(fixture_number("%s", states[i].so), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(made_is_made_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(changed_is_changed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
