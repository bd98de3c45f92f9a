#include "pipeline_json.h"

#include <inttypes.h>
#include <string.h>

#include "../common/base/json.h"
#include "../common/base/utf8.h"
#include "route.h"

#define PREVIEW_CHARS 100 /* of a lyric */

struct pipeline_key
pipeline_key_of(const struct req *req)
{
	return (struct pipeline_key){.user = req->user, .task = req->task};
}

static void
put_or_null(struct buf *out, const char *name, const char *s)
{
	if (s[0] != '\0')
		json_put_str(out, name, s);
	else
		json_put_null(out, name);
}

static void
put_url(const struct req *req, struct buf *out, const char *name, const char *path)
{
	json_put_str(out, name, pool_printf(req->pool, "%s/%s", req->api->conf->media.url, path));
}

/* ------------------------------------------------------------------ the results */

static void
put_lyric(const struct req *req, struct buf *out, const struct pipeline_run *r, bool whole)
{
	size_t len = strlen(r->text), i = 0, n = 0;

	if (r->text[0] == '\0')
		return;
	for (; n < PREVIEW_CHARS && i < len; n++)
		(void)utf8_next(r->text, len, &i);
	json_put_str(out, "lyric_preview",
	    i < len ? pool_printf(req->pool, "%.*s...", (int)i, r->text) : r->text);
	if (whole) {
		json_put_str(out, "lyric_result", r->text);
		put_or_null(out, "lyric_prompt", r->prompt);
	}
}

static const struct pipeline_file *
chosen_file(const struct pipeline_run *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].chosen)
			return &r->files[i];
	return NULL;
}

static void
put_takes(const struct req *req, struct buf *out, const struct pipeline_run *r)
{
	json_put_open(out, "takes", '[');
	for (size_t i = 0; i < r->n_files; i++) {
		const struct pipeline_file *f = &r->files[i];

		json_put_open(out, NULL, '{');
		json_put_uint(out, "n", f->n);
		json_put_bool(out, "chosen", f->chosen);
		put_url(req, out, "url", f->path);
		json_put_hundredths(out, "duration", (int64_t)(f->duration_ms / 10));
		json_put_close(out, '}');
	}
	json_put_close(out, ']');
}

static void
put_song(const struct req *req, struct buf *out, const struct pipeline_run *r,
    const struct captions *captions)
{
	const struct pipeline_file *f = chosen_file(r);

	if (strcmp(r->engine, "suno") == 0) {
		put_or_null(out, "suno_task_id", r->external_id);
		put_or_null(out, "suno_audio_id", r->external_part);
	}
	if (f == NULL)
		return;
	put_url(req, out, "song_result_url", f->path);
	json_put_hundredths(out, "duration", (int64_t)(f->duration_ms / 10));
	if (captions == NULL)
		return;
	put_takes(req, out, r);
	put_or_null(out, "song_prompt", r->prompt);
	json_put_open(out, "timestamps", '[');
	for (size_t i = 0; i < captions->n; i++) {
		const struct pipeline_caption *c = &captions->v[i];

		json_put_open(out, NULL, '{');
		json_put_uint(out, "order_idx", c->position);
		json_put_str(out, "lyric_line", c->text);
		json_put_hundredths(out, "start_time", (int64_t)(c->start_ms / 10));
		json_put_hundredths(out, "end_time", (int64_t)(c->end_ms / 10));
		json_put_close(out, '}');
	}
	json_put_close(out, ']');
}

static void
put_video(const struct req *req, struct buf *out, const struct pipeline_run *r)
{
	const struct pipeline_file *f = chosen_file(r);

	if (strcmp(r->engine, "creatomate") == 0)
		put_or_null(out, "creatomate_render_id", r->external_id);
	if (f == NULL)
		return;
	put_url(req, out, "result_movie_url", f->path);
	json_put_hundredths(out, "duration", (int64_t)(f->duration_ms / 10));
}

/* ------------------------------------------------------------------ a stage */

static void
put_progress(struct buf *out, const struct pipeline_run *r, enum pipeline_word word)
{
	if (word == PIPELINE_COMPLETED)
		json_put_uint(out, "progress", 100);
	else if (r->id != 0 && r->progress >= 0)
		json_put_int(out, "progress", r->progress);
	else
		json_put_null(out, "progress");
}

/* The newest run; nothing for a stage that was never begun. */
static void
put_run(struct buf *out, const struct pipeline *p, const struct pipeline_run *r)
{
	bool rests = r->state == STAGE_PENDING && p->paused[0] == '\0';

	json_put_str(out, "job_id", pool_printf(out->pool, "%" PRIu64, r->id));
	json_put_uint(out, "run", r->run);
	json_put_uint(out, "attempts", r->attempts);
	put_or_null(out, "next_try_at", rests ? r->run_at.s : "");
	put_or_null(out, "engine", r->engine);
	put_or_null(out, "external_id", r->external_id);
	put_or_null(out, "error_class", r->error_class);
	put_or_null(out, "error", r->error);
	json_put_str(out, "created_at", r->created_at.s);
	json_put_str(out, "updated_at", r->updated_at.s);
}

void
pipeline_put_stage(const struct req *req, struct buf *out, const struct pipeline *p,
    enum stage stage, const struct captions *captions)
{
	const struct pipeline_run *r = &p->runs[stage];
	enum pipeline_word word = pipeline_stage_word(p, stage);

	json_put_str(out, "status", pipeline_word_name(word));
	json_put_str(
	    out, "message", text_of_stage(req, text_language_for(req, p->language), p, stage));
	put_progress(out, r, word);
	if (r->id != 0) {
		put_run(out, p, r);
		if (stage == STAGE_LYRIC)
			put_lyric(req, out, r, captions != NULL);
		else if (stage == STAGE_SONG)
			put_song(req, out, r, captions);
		else
			put_video(req, out, r);
	}
}

void
pipeline_put_generated(const struct req *req, struct buf *out, const struct pipeline *p,
    enum stage stage, uint64_t run, bool existing)
{
	const char *job = pool_printf(req->pool, "%" PRIu64, run);

	json_put_open(out, NULL, '{');
	json_put_bool(out, "success", true);
	json_put_str(out, "task_id", p->task);
	json_put_str(out, "job_id", job);
	json_put_str(out, "celery_task_id", job);
	json_put_str(out, "status", pipeline_word_name(pipeline_stage_word(p, stage)));
	json_put_str(
	    out, "message", text_of_stage(req, text_language_for(req, p->language), p, stage));
	json_put_bool(out, "already_exists", existing);
	json_put_close(out, '}');
}

/* ------------------------------------------------------------------ a pipeline */

static void
put_facts(struct buf *out, const struct pipeline *p)
{
	json_put_str(out, "customer_name", p->customer_name);
	json_put_str(out, "region", p->region);
	json_put_str(out, "detail_region_info", p->detail);
	put_or_null(out, "language", text_language_name(p->language));
	json_put_str(out, "genre", p->genre);
	json_put_str(out, "orientation", p->orientation);
	json_put_uint(out, "priority", p->priority);
	json_put_bool(out, "auto_continue", p->auto_continue);
	if (p->project != 0)
		json_put_uint(out, "project_id", p->project);
	else
		json_put_null(out, "project_id");
	json_put_uint(out, "images", p->images);
	json_put_str(out, "created_at", p->created_at.s);
	put_or_null(out, "started_at", p->started_at.s);
	json_put_str(out, "updated_at", p->updated_at.s);
	put_or_null(out, "expires_at", p->expires_at.s);
	put_or_null(out, "paused_by", p->paused);
	put_or_null(out, "pause_reason", p->pause_reason);
}

void
pipeline_put(const struct req *req, struct buf *out, const struct pipeline *p,
    const struct captions *captions)
{
	enum text_language language = text_language_for(req, p->language);
	enum stage current;
	enum pipeline_word word = pipeline_overall(p, &current);

	json_put_open(out, NULL, '{');
	json_put_str(out, "task_id", p->task);
	json_put_str(out, "current_stage", stage_name(current));
	json_put_str(out, "overall_status", pipeline_word_name(word));
	json_put_str(out, "message", text_of_pipeline(req, language, word, current));
	json_put_open(out, "stages", '{');
	for (int i = STAGE_LYRIC; i < STAGES; i++) {
		json_put_open(out, stage_name((enum stage)i), '{');
		pipeline_put_stage(req, out, p, (enum stage)i, captions);
		json_put_close(out, '}');
	}
	json_put_close(out, '}');
	put_facts(out, p);
	json_put_close(out, '}');
}

/* ------------------------------------------------------------------ fields */

const char *
pipeline_check_orientation(const struct field *field)
{
	const char *s = field->text->s;

	return strcmp(s, "vertical") == 0 || strcmp(s, "horizontal") == 0
		   ? NULL
		   : "must be vertical or horizontal";
}

const char *
pipeline_check_task(const struct field *field)
{
	return route_uuid(field->text->s, field->text->len, NULL) ? NULL : "must be a UUID";
}

/* ------------------------------------------------------------------ answers */

struct answer
pipeline_none_made(const struct req *req)
{
	return answer_problem(req, 409, "This server makes no pipelines.");
}

struct answer
pipeline_problem(const struct req *req, enum rc rc)
{
	switch (rc) {
	case RC_NOT_FOUND:
		return answer_problem(req, 404, "Pipeline not found for task_id=%s", req->task);
	case RC_RUNNING:
		return answer_problem(req, 409, "The stage is being done at the moment.");
	case RC_NOT_READY:
		return answer_problem(req, 409, "The stage before it is not completed.");
	case RC_DUPLICATE:
		return answer_problem(
		    req, 409, "The song is that of a project: edit its sentences.");
	case RC_NOT_CANCELLABLE:
		return answer_problem(req, 409, "Nothing is being done that could be cancelled.");
	case RC_DISABLED:
		return answer_problem(req, 409,
		    "The pipeline was paused by the operator of this service, who alone can lift "
		    "that.");
	default:
		return answer_rc(req, rc);
	}
}

struct buf
pipeline_answer_begin(const struct req *req)
{
	struct buf body;

	buf_init(&body, req->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "success", true);
	json_put_str(&body, "task_id", req->task);
	return body;
}

struct answer
pipeline_answer_end(const struct req *req, struct buf *body)
{
	json_put_close(body, '}');
	return answer_json(req, body);
}
