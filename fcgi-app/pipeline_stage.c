#include "../common/base/json.h"
#include "../common/work/kick.h"
#include "handlers.h"
#include "pipeline_json.h"
#include "route.h"

/*
 * One stage at a time, by the addresses that the earlier service had before it had pipelines. The
 * lyric is the start of a pipeline: see pipeline_start.c.
 */

/* ------------------------------------------------------------------ having it made */

/* The body of POST /song/generate and POST /video/generate. */
struct stage_request {
	struct text task, genre, orientation;
};

static bool
read_stage(const struct req *req, enum stage stage, struct stage_request *r, struct answer *problem)
{
	const struct field task = {"task_id", FIELD_CHARS, true, 1, PIPELINE_TASK_MAX,
	    pipeline_check_task, .text = &r->task};
	const struct field of_song[] = {
	    task, {"genre", FIELD_TRIMMED, false, 1, PIPELINE_NAME_CHARS, check_shown,
		      .text = &r->genre}};
	const struct field of_video[] = {
	    task, {"orientation", FIELD_CHARS, false, 1, 16, pipeline_check_orientation,
		      .text = &r->orientation}};

	*r = (struct stage_request){.task = {0}};
	return stage == STAGE_SONG
		   ? body_read(req, of_song, sizeof of_song / sizeof of_song[0], problem)
		   : body_read(req, of_video, sizeof of_video / sizeof of_video[0], problem);
}

static const char *
string_of(const struct req *req, const struct text *text)
{
	return text->s != NULL ? pool_strndup(req->pool, text->s, text->len) : "";
}

static struct answer
generate(const struct req *req, enum stage stage)
{
	char task[ROUTE_UUID_SIZE];
	const struct pipeline_key key = {.user = req->user, .task = task};
	struct stage_request r;
	struct answer problem;
	struct pipeline p;
	struct buf body;
	uint64_t run;
	bool existing;
	enum rc rc;

	if (!read_stage(req, stage, &r, &problem))
		return problem;
	if (!req->api->conf->pipeline.enabled)
		return pipeline_none_made(req);
	(void)route_uuid(r.task.s, r.task.len, task);
	rc = pipeline_generate(req->api->db, &key, stage, string_of(req, &r.genre),
	    string_of(req, &r.orientation), &run, &existing);
	if (rc == RC_OK && !existing)
		kick_pipeline(req->api->conf);
	if (rc == RC_OK)
		rc = pipeline_get(req->api->db, req->pool, &key, &p);
	if (rc == RC_NOT_FOUND)
		return answer_problem(req, 404, "Pipeline not found for task_id=%s", task);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	buf_init(&body, req->pool, 256);
	pipeline_put_generated(req, &body, &p, stage, run, existing);
	return answer_json(req, &body);
}

struct answer
handle_song_generate(const struct req *req)
{
	return generate(req, STAGE_SONG);
}

struct answer
handle_video_generate(const struct req *req)
{
	return generate(req, STAGE_VIDEO);
}

/* ------------------------------------------------------------------ how far it is */

static struct answer
answer_stage(const struct req *req, enum stage stage)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct pipeline_caption *lines = NULL;
	struct captions captions = {0};
	struct answer answer;
	struct pipeline p;
	struct buf body;
	enum rc rc = pipeline_get(req->api->db, req->pool, &key, &p);

	if (rc == RC_OK && stage == STAGE_SONG && p.runs[stage].id != 0)
		rc = pipeline_captions(
		    req->api->db, req->pool, p.runs[stage].id, &lines, &captions.n);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	captions.v = lines;
	buf_init(&body, req->pool, 2048);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "task_id", p.task);
	pipeline_put_stage(req, &body, &p, stage, &captions);
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer_header(req, &answer, "Vary", "Accept-Language");
	return answer;
}

struct answer
handle_lyric_status(const struct req *req)
{
	return answer_stage(req, STAGE_LYRIC);
}

struct answer
handle_song_status(const struct req *req)
{
	return answer_stage(req, STAGE_SONG);
}

struct answer
handle_video_status(const struct req *req)
{
	return answer_stage(req, STAGE_VIDEO);
}
