#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/base/utf8.h"
#include "../common/text/text.h"
#include "task.h"

/* From the answer of a child to the result of its claim. */

#define POLL_MS 100 /* the first question comes so long after the request */

/* ---------------------------------------------------------------- what an answer means */

static uint64_t
poll_rest_ms(const struct step_env *env, const struct task *task)
{
	uint64_t most = (uint64_t)env->conf->pipeline.stage[task->claim.stage].poll_sec * 1000;
	uint64_t ms = task->claim.sent_ms / 2;

	if (task->op != OP_POLL || ms < POLL_MS)
		ms = POLL_MS;
	return ms < most ? ms : most;
}

/* The service works on it. */
static void
take_wait(const struct step_env *env, struct task *task, const struct engine_answer *a)
{
	struct stage_result *r = &task->result;
	bool known = task->op == OP_POLL || (a->external_id != NULL && a->external_id[0] != '\0');

	if (!known && task->op == OP_SEND && task->engine->paid) {
		task_result_sent(task, "the service gave no number for what it has begun");
	} else if (!known || task->engine->poll == NULL) {
		task_result(task, CLASS_PROVIDER_FAILED, STEP_BEGIN);
		r->message = "the service gave no number for what it has begun";
	} else if (task->op == OP_POLL && task->claim.late) {
		task_result(task, CLASS_TIMEOUT, STEP_BEGIN);
		r->message = "the service was not done in its time";
	} else {
		task_result(task, CLASS_WAIT, STEP_POLL);
		r->wait_ms = task->op == OP_FIND ? 0 : poll_rest_ms(env, task);
		r->deadline_sec = env->conf->pipeline.stage[task->claim.stage].deadline_sec;
	}
}

/* Where it is tried again after a failure. */
static enum stage_step
step_after(const struct task *task, const struct engine_answer *a)
{
	/* What the service has given up is begun anew; nothing else is paid for twice. */
	bool over = a->class == CLASS_PROVIDER_FAILED || a->class == CLASS_TEMPLATE ||
		    a->class == CLASS_PERMANENT || a->class == CLASS_TOO_SHORT;

	switch (task->op) {
	case OP_SEND:
		return task->engine->paid && a->unknown ? STEP_SENT : STEP_BEGIN;
	case OP_FIND:
		return over ? STEP_BEGIN : STEP_SENT;
	case OP_POLL:
		return over ? STEP_BEGIN : STEP_POLL;
	case OP_FETCH:
		return a->poll_again ? STEP_POLL : STEP_FETCH;
	default:
		return STEP_BEGIN;
	}
}

static void
take_failure(struct task *task, const struct engine_answer *a)
{
	struct stage_result *r = &task->result;
	bool asked = task->op == OP_FIND || task->op == OP_POLL;

	if (task->op == OP_FIND && a->class == CLASS_NOT_READY) {
		task_result_sent(task, a->message);
		return;
	}
	if (task->op == OP_SEND && task->engine->paid && a->unknown) {
		task_result_sent(task, a->message);
		r->message = a->message;
		return;
	}
	task_result(task, a->class, step_after(task, a));
	r->message = a->message;
	r->retry_after_sec = a->retry_after_sec;
	/* Before its time is over, it costs nothing to ask again. */
	r->uncharged = asked && !task->claim.late &&
		       (a->class == CLASS_TRANSIENT || a->class == CLASS_NOT_READY);
}

static void
take_details(struct task *task, const struct engine_answer *a)
{
	struct stage_result *r = &task->result;

	r->status = a->status;
	r->excerpt = a->excerpt;
	r->external_id = a->external_id;
	r->external_part = a->external_part;
	r->url = a->url;
	r->progress = a->progress;
	r->prompt = a->prompt;
}

/* ---------------------------------------------------------------- what it has made */

static const char *
extension_of(const char *type)
{
	return strcmp(type, "audio/mpeg") == 0	? "mp3"
	       : strcmp(type, "video/mp4") == 0 ? "mp4"
						: "jpg";
}

static enum rc
adopt(struct step_env *env, const struct task *task, const char *kind, unsigned n,
    const struct engine_file *f, struct stage_asset *out)
{
	uint64_t max = (uint64_t)env->conf->pipeline.result_mib << 20;
	char path[MEDIA_PATH_SIZE];
	enum rc rc;

	media_pipeline_path(path, task->claim.pipeline, kind,
	    f->image != 0 ? f->image : task->claim.id, n, extension_of(f->type));
	*out = (struct stage_asset){.type = f->type,
	    .duration_ms = f->duration_ms,
	    .external_part = f->external_part != NULL ? f->external_part : ""};
	rc = media_adopt(env->conf, task->dir, f->name, path, max, &out->size_bytes, out->sha256);
	if (rc == RC_OK)
		out->path = pool_strdup(task->pool, path);
	if (rc == RC_NO_SPACE)
		env->no_space = rc;
	return rc;
}

void
task_forget_files(const struct step_env *env, const struct task *task)
{
	for (size_t i = 0; i < task->result.n_assets; i++)
		(void)media_unlink(env->conf, task->result.assets[i].path);
}

/* Publish the files of a stage that is done. */
static void
publish(struct step_env *env, struct task *task, const struct engine_answer *a)
{
	struct stage_asset *v = pool_array(task->pool, a->n_files + 1, sizeof *v);
	enum rc rc = RC_OK;

	task->result.assets = v;
	for (size_t i = 0; i < a->n_files && rc == RC_OK; i++) {
		rc = adopt(
		    env, task, stage_name(task->claim.stage), (unsigned)i + 1, &a->files[i], &v[i]);
		task->result.n_assets += rc == RC_OK;
	}
	(void)fault("pipeline.published");
	if (rc == RC_OK)
		return;
	task_forget_files(env, task);
	if (rc == RC_REFUSED) {
		task_result(task, CLASS_TRANSIENT, step_after(task, a));
		task->result.message = "it made no proper file";
	} else {
		task_result(task, CLASS_SYSTEM, step_after(task, a));
		task->result.message = "the files cannot be stored";
	}
}

static bool
is_too_short(const struct step_env *env, const struct task *task, const char *text)
{
	size_t len = strlen(text);

	if (task->claim.stage != STAGE_LYRIC || strcmp(task->engine->name, lyric_given.name) == 0)
		return false;
	text_trim(&text, &len);
	return utf8_count(text, len) < (size_t)env->conf->pipeline.min_chars;
}

/* It is done. */
static void
take_result(struct step_env *env, struct task *task, const struct engine_answer *a)
{
	struct stage_result *r = &task->result;
	bool fetched = task->op == OP_FETCH || task->engine->fetch == NULL;

	if (!fetched && a->n_files == 0) {
		task_result(task, CLASS_OK, STEP_FETCH);
		return;
	}
	if (task->claim.stage == STAGE_LYRIC ? a->text == NULL : a->n_files == 0) {
		task_result(task, CLASS_TRANSIENT, step_after(task, a));
		r->message = "it made nothing";
	} else if (task->claim.stage == STAGE_LYRIC && is_too_short(env, task, a->text)) {
		task_result(task, CLASS_TOO_SHORT, STEP_BEGIN);
		r->message = "the lyric is too short";
	} else {
		task_result(task, CLASS_OK, STEPS);
		r->text = a->text;
		r->captions = a->captions;
		r->n_captions = a->n_captions;
		publish(env, task, a);
	}
}

/* ---------------------------------------------------------------- pictures */

/* What became of picture IMAGE. */
static void
take_picture(struct step_env *env, const struct task *task, const struct engine_answer *a,
    const struct stage_image *image, struct stage_picture *out)
{
	*out =
	    (struct stage_picture){.image = image->id, .path = "", .error = "it cannot be decoded"};
	for (size_t i = 0; i < a->n_refusals; i++)
		if (a->refusals[i].image == image->id)
			out->error = a->refusals[i].error;
	for (size_t i = 0; i < a->n_files; i++) {
		struct stage_asset asset;

		if (a->files[i].image != image->id ||
		    adopt(env, task, "image", 1, &a->files[i], &asset) != RC_OK)
			continue;
		out->path = asset.path;
		out->error = "";
		return;
	}
}

static void
remove_upload(const struct step_env *env, const struct stage_image *image)
{
	char path[MEDIA_WORK_SIZE];

	snprintf(path, sizeof path, "%s/%s", env->conf->pipeline.inbox, image->inbox);
	if (unlink(path) < 0)
		log_info("an uploaded picture is gone already");
}

/* Publish what was decoded, note what was not, and go on. */
static enum rc
take_pictures(struct step_env *env, struct task *task, const struct engine_answer *a)
{
	const struct stage_input *in = &task->input;
	struct stage_picture *v = pool_array(task->pool, in->n_images + 1, sizeof *v);
	const struct stage_image **of = pool_array(task->pool, in->n_images + 1, sizeof(*of));
	size_t n = 0;
	enum rc rc;

	for (size_t i = 0; i < in->n_images; i++) {
		if (in->images[i].path[0] != '\0' || in->images[i].error[0] != '\0')
			continue;
		of[n] = &in->images[i];
		take_picture(env, task, a, of[n], &v[n]);
		n++;
	}
	task_clear(task);
	if (env->no_space != RC_OK) {
		for (size_t i = 0; i < n; i++)
			if (v[i].path[0] != '\0')
				(void)media_unlink(env->conf, v[i].path);
		task_fail(task, CLASS_SYSTEM, "the pictures cannot be stored");
		return RC_OK;
	}
	(void)fault("pipeline.pictures");
	rc = stage_pictures(env->db, &task->claim, v, n);
	for (size_t i = 0; i < n && rc != RC_UNKNOWN; i++) {
		if (v[i].path[0] != '\0' && (rc != RC_OK || v[i].unwanted))
			(void)media_unlink(env->conf, v[i].path);
		if (rc == RC_OK)
			remove_upload(env, of[i]);
	}
	return rc == RC_OK ? task_go_on(env, task) : rc;
}

/* ---------------------------------------------------------------- */

enum rc
task_end(struct step_env *env, struct task *task)
{
	struct engine_answer *a = pool_alloc(task->pool, sizeof *a);

	if (!child_answer(task->child, task->pool, a)) {
		log_warn("%s %" PRIu64 ": %s", stage_name(task->claim.stage), task->claim.id,
		    a->message);
		a->unknown = true; /* it may have sent it */
	}
	(void)fault("pipeline.answered");
	if (task->op == OP_PICTURES && a->class == CLASS_OK)
		return take_pictures(env, task, a);
	if (a->class == CLASS_OK)
		take_result(env, task, a);
	else if (a->class == CLASS_WAIT)
		take_wait(env, task, a);
	else
		take_failure(task, a);
	take_details(task, a);
	task_clear(task);
	return RC_OK;
}
