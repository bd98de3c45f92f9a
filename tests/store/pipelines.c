#include "pipelines.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t pipelines_user;

struct pipeline_new
pipelines_request(const char *task)
{
	return (struct pipeline_new){.task = task,
	    .customer_name = "스테이 머뭄",
	    .region = "군산",
	    .detail = "",
	    .language = "ko",
	    .genre = "pop, ambient",
	    .orientation = "vertical",
	    .stages = PIPELINES_ALL,
	    .auto_continue = true,
	    .priority = PIPELINE_PRIORITY};
}

const char *
pipelines_task(void)
{
	char *task = pool_alloc(pool, PIPELINE_TASK_SIZE);

	pipeline_task_make(task);
	return task;
}

struct pipeline_key
pipelines_key(const char *task)
{
	return (struct pipeline_key){.user = pipelines_user, .task = task};
}

struct pipeline
pipelines_read(const char *task)
{
	const struct pipeline_key key = pipelines_key(task);
	struct pipeline p;

	assert_rc(pipeline_get(api, pool, &key, &p), RC_OK);
	return p;
}

struct pipeline
pipelines_start_with(const struct pipeline_new *in)
{
	struct pipeline_started out = {.run = 0};

	assert_rc(pipeline_start(api, pool, pipelines_user, in, NULL, &out), RC_OK);
	assert_false(out.existing);
	return out.pipeline;
}

struct pipeline
pipelines_start(void)
{
	struct pipeline_new in;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	return pipelines_start_with(&in);
}

/* Finish the newest run of a stage, as its worker does, and add the next one. */
void
pipelines_finish(const char *task, enum stage stage, bool next)
{
	struct pipeline p = pipelines_read(task);
	uint64_t run = p.runs[stage].id;

	fixture_run("UPDATE stage SET state = 'done', ended_at = NOW(3), claim_token = NULL, host ="
		    " NULL, lease_until = NULL, text = 'a lyric' WHERE id = %" PRIu64,
	    run);
	if (next)
		fixture_run("INSERT INTO stage (pipeline_id, user_id, stage, run, cause, input_id,"
			    " created_at, updated_at, run_at) SELECT pipeline_id, user_id, '%s', 1,"
			    " 'lyric_completed', id, NOW(3), NOW(3), NOW(3) FROM stage WHERE id ="
			    " %" PRIu64,
		    stage_name((enum stage)(stage + 1)), run);
}

void
pipelines_fail(const char *task, enum stage stage, const char *step, const char *class)
{
	fixture_run("UPDATE stage SET state = 'failed', ended_at = NOW(3), error = 'it is broken',"
		    " error_class = '%s', step = '%s', claim_token = NULL, host = NULL,"
		    " lease_until = NULL WHERE id = %" PRIu64,
	    class, step, pipelines_read(task).runs[stage].id);
}

void
pipelines_claim(const char *task, enum stage stage)
{
	fixture_run("UPDATE stage SET state = 'claimed', claim_token = REPEAT('x', 16), host ="
		    " 'here', run_id = 1, lease_until = NOW(3) + INTERVAL 1 HOUR WHERE id ="
		    " %" PRIu64,
	    pipelines_read(task).runs[stage].id);
}

/* A pipeline whose lyric and song are done. */
const char *
pipelines_with_song(void)
{
	struct pipeline p = pipelines_start();

	pipelines_finish(p.task, STAGE_LYRIC, true);
	pipelines_finish(p.task, STAGE_SONG, true);
	return p.task;
}

const char *
pipelines_overall(const char *task)
{
	struct pipeline p = pipelines_read(task);
	enum stage current;

	return pipeline_word_name(pipeline_overall(&p, &current));
}

const char *
pipelines_word(const char *task, enum stage stage)
{
	struct pipeline p = pipelines_read(task);

	return pipeline_word_name(pipeline_stage_word(&p, stage));
}

/* The data of the newest event of the user about this pipeline. */
const char *
pipelines_told(const char *task)
{
	struct rows rows = fixture_rows("SELECT CONCAT(type, ' ', data) FROM event WHERE user_id ="
					" %" PRIu64 " AND task_id = '%s' ORDER BY seq DESC LIMIT 1",
	    pipelines_user, task);

	return rows.n == 0 ? "" : db_row(&rows, 0)->s;
}

struct image
pipelines_add_image(const char *task, const char *inbox, enum rc expected)
{
	struct image_new in = {.type = IMAGE_PNG, .width = 4, .height = 3, .size_bytes = 100};
	struct image image = {.id = 0};

	snprintf(in.inbox, sizeof in.inbox, "%s", inbox);
	assert_rc(image_add(api, pool, pipelines_user, task, &in, &image), expected);
	return image;
}

uint64_t
pipelines_left(uint64_t pipeline)
{
	return fixture_number("SELECT (SELECT COUNT(*) FROM pipeline WHERE id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM stage WHERE pipeline_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM image WHERE pipeline_id = %" PRIu64 ")",
	    pipeline, pipeline, pipeline);
}
