#include <stdio.h>
#include <string.h>

#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/base/utf8.h"
#include "../common/media/media_level.h"
#include "../common/work/kick.h"
#include "count.h"
#include "task.h"

/* From a claim to the call of an engine in a child. */

#define SPEECH "speech" /* the engine whose input is a narration */
#define ASK_SEC 60	/* for a question to a service */

/* ---------------------------------------------------------------- the child */

static engine_call *
call_of(const struct engine *engine, enum op op)
{
	switch (op) {
	case OP_PICTURES:
		return picture_decode;
	case OP_SEND:
		return engine->send;
	case OP_FIND:
		return engine->find;
	case OP_POLL:
		return engine->poll;
	default:
		return engine->fetch;
	}
}

static int
seconds_of(const struct step_env *env, const struct task *task)
{
	const struct engine *engine = task->engine;
	int usual = env->conf->pipeline.stage[task->claim.stage].timeout_sec;

	if (task->op == OP_FETCH)
		return engine->fetch_sec != 0 ? engine->fetch_sec : usual;
	if (task->op == OP_SEND && engine->send_sec != 0)
		return engine->send_sec;
	return engine->remote && task->op != OP_PICTURES ? ASK_SEC : usual;
}

/* The URL of a file below media.root; "" if nobody outside can fetch it. */
static const char *
public_url(const struct step_env *env, struct pool *pool, const char *path)
{
	const struct conf *conf = env->conf;

	if (conf->http.public_url[0] == '\0' || path[0] == '\0')
		return "";
	return pool_printf(pool, "%s%s/%s", conf->http.public_url, conf->media.url, path);
}

/* The file PATH, where it is now. */
static const char *
media_file(const struct step_env *env, struct pool *pool, const char *path)
{
	return path[0] == '\0' ? "" : media_find_absolute(env->conf, pool, path);
}

/* The pictures, with absolute paths: for OP_PICTURES those that are new, else those that are ready.
 */
static void
fill_images(const struct step_env *env, const struct task *task, struct engine_input *in)
{
	const struct stage_input *from = &task->input;
	struct stage_image *v = pool_array(task->pool, from->n_images + 1, sizeof *v);
	const char **urls = pool_array(task->pool, from->n_images + 1, sizeof(*urls));

	for (size_t i = 0; i < from->n_images; i++) {
		const struct stage_image *image = &from->images[i];
		bool is_new = image->path[0] == '\0' && image->error[0] == '\0';

		if (is_new != (task->op == OP_PICTURES))
			continue;
		v[in->n_images] = *image;
		v[in->n_images].path = media_file(env, task->pool, image->path);
		v[in->n_images].inbox =
		    image->inbox[0] == '\0'
			? ""
			: pool_printf(task->pool, "%s/%s", env->conf->pipeline.inbox, image->inbox);
		urls[in->n_images++] = public_url(env, task->pool, image->path);
	}
	in->images = v;
	in->image_urls = urls;
}

static void
fill_sounds(const struct step_env *env, const struct task *task, struct engine_input *in)
{
	const struct stage_input *from = &task->input;
	struct stage_sound *v = pool_array(task->pool, from->n_sounds + 1, sizeof *v);

	for (size_t i = 0; i < from->n_sounds; i++) {
		v[i] = from->sounds[i];
		v[i].path = media_file(env, task->pool, v[i].path);
	}
	in->sounds = v;
	in->n_sounds = from->n_sounds;
}

static struct engine_input
input_of(const struct step_env *env, const struct task *task)
{
	const struct stage_input *from = &task->input;
	const struct stage_claim *c = &task->claim;
	struct engine_input in = {.conf = env->conf,
	    .stage = c->stage,
	    .task_id = from->task_id,
	    .run = c->id,
	    .reference = pool_printf(task->pool, "tts-%llu", (unsigned long long)c->id),
	    .customer_name = from->customer_name,
	    .region = from->region,
	    .detail = from->detail,
	    .language = from->language,
	    .genre = from->genre,
	    .vertical = from->vertical,
	    .lyric = from->lyric,
	    .song = media_file(env, task->pool, from->song),
	    .song_ms = from->song_ms,
	    .song_url = public_url(env, task->pool, from->song),
	    .captions = from->captions,
	    .n_captions = from->n_captions,
	    .external_id = c->external_id,
	    .external_part = c->external_part,
	    .candidate = c->candidate,
	    .url = c->url,
	    .callback_url = "",
	    .token = c->callback,
	    .directory = task->dir};

	if (in.genre[0] == '\0')
		in.genre = env->conf->pipeline.genre;
	if (c->callback[0] != '\0' && env->conf->http.public_url[0] != '\0')
		in.callback_url = pool_printf(
		    task->pool, "%s/pipeline/callback/%s", env->conf->http.public_url, c->callback);
	fill_images(env, task, &in);
	fill_sounds(env, task, &in);
	return in;
}

/* Have a child do OP. */
static enum rc
begin_child(struct step_env *env, struct task *task, enum op op)
{
	struct engine_input in;

	task->op = op;
	task->dir[0] = '\0';
	if (task->claim.stage != STAGE_LYRIC &&
	    media_work_make(env->conf, env->who, task->dir) != RC_OK) {
		task->dir[0] = '\0';
		env->no_space = RC_NO_SPACE;
		task_release(task);
		return RC_OK;
	}
	if (op == OP_SEND && task->engine->paid) {
		enum rc rc = stage_send(env->db, &env->worker, &task->claim);

		if (rc != RC_OK) {
			task_clear(task);
			return rc;
		}
		(void)fault("pipeline.sent");
	}
	in = input_of(env, task);
	task->child = child_start(call_of(task->engine, op), &in, seconds_of(env, task));
	if (task->child != NULL) {
		task->state = TASK_CHILD;
		return RC_OK;
	}
	task_fail(task, CLASS_SYSTEM, "no process could be started");
	if (op == OP_SEND)
		task->result.step = STEP_BEGIN; /* nothing was sent */
	task_clear(task);
	return RC_OK;
}

/* ---------------------------------------------------------------- narration */

/* Section marks of lyrics, "[Verse 1]", are not said. */
static bool
is_mark(const char *s, size_t len)
{
	return len >= 2 && s[0] == '[' && s[len - 1] == ']';
}

/* The lines of a lyric, each a sentence; those that are too long are split. */
static struct sentences
lines_of(const struct step_env *env, const struct task *task)
{
	size_t max = (size_t)env->conf->limits.sentence_chars, cap = strlen(task->input.lyric) + 1;
	struct sentences out = {.v = pool_array(task->pool, cap, sizeof *out.v)};
	const char *s = task->input.lyric;

	while (*s != '\0') {
		const char *line = s;
		size_t len = strcspn(s, "\n");

		s += len + (s[len] != '\0');
		text_trim(&line, &len);
		if (!text_speakable(line, len) || is_mark(line, len))
			continue;
		if (utf8_count(line, len) <= max) {
			out.v[out.n++] = (struct slice){line, len};
		} else {
			struct sentences parts =
			    text_split(task->pool, line, len, task->input.language, max);

			for (size_t i = 0; i < parts.n; i++)
				out.v[out.n++] = parts.v[i];
		}
	}
	return out;
}

/* Have the lines spoken, or wait for a project of the user's. */
static enum rc
narrate(struct step_env *env, struct task *task)
{
	struct sentences lines = lines_of(env, task);
	bool queued;
	enum rc rc;

	if (lines.n == 0) {
		task_fail(task, CLASS_PERMANENT, "the lyric has nothing that can be said");
		return RC_OK;
	}
	rc = stage_narrate(
	    env->db, env->conf, &task->claim, task->input.language, lines.v, lines.n, &queued);
	if (rc == RC_NOT_FOUND) {
		task_fail(task, CLASS_PERMANENT, "the project is gone");
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	(void)fault("pipeline.narrated");
	task->state = TASK_LOST;
	count_waits();
	if (queued)
		kick_renderer(env->conf);
	return RC_OK;
}

/* ---------------------------------------------------------------- what comes next */

static enum rc
begin_song(struct step_env *env, struct task *task)
{
	if (strcmp(task->engine->name, SPEECH) != 0) {
		if (task->input.lyric[0] != '\0')
			return begin_child(env, task, OP_SEND);
		task_fail(task, CLASS_PERMANENT, "the lyric is empty");
		return RC_OK;
	}
	if (task->input.sound_error != NULL) {
		task_fail(task, CLASS_PERMANENT, task->input.sound_error);
		return RC_OK;
	}
	if (task->claim.project == 0 || task->input.unfinished > 0)
		return narrate(env, task);
	if (task->input.n_sounds > 0)
		return begin_child(env, task, OP_SEND);
	task_fail(task, CLASS_PERMANENT, "the project is empty");
	return RC_OK;
}

static enum rc
begin_video(struct step_env *env, struct task *task)
{
	const struct stage_input *in = &task->input;
	bool any_new = false;

	if (in->song[0] == '\0') {
		task_fail(task, CLASS_PERMANENT, "the song has no file");
		return RC_OK;
	}
	if (in->n_images == 0) {
		task_fail(task, CLASS_PERMANENT, "No images found");
		return RC_OK;
	}
	for (size_t i = 0; i < in->n_images; i++) {
		const struct stage_image *image = &in->images[i];

		if (image->error[0] != '\0') {
			task_fail(task, CLASS_PERMANENT,
			    pool_printf(
				task->pool, "image %zu cannot be read: %s", i + 1, image->error));
			return RC_OK;
		}
		any_new |= image->path[0] == '\0';
	}
	return begin_child(env, task, any_new ? OP_PICTURES : OP_SEND);
}

static enum rc
begin_step(struct step_env *env, struct task *task)
{
	const struct engine *engine = task->engine;

	switch (task->claim.step) {
	case STEP_SENT:
		if (engine->find != NULL)
			return begin_child(env, task, OP_FIND);
		task->op = OP_FIND;
		task_fail(task, CLASS_NOT_READY, "the answer to the request is not known");
		return RC_OK;
	case STEP_POLL:
		if (engine->poll != NULL)
			return begin_child(env, task, OP_POLL);
		break;
	case STEP_FETCH:
		if (engine->fetch != NULL)
			return begin_child(env, task, OP_FETCH);
		break;
	default:
		if (task->claim.stage == STAGE_SONG)
			return begin_song(env, task);
		if (task->claim.stage == STAGE_VIDEO)
			return begin_video(env, task);
		return begin_child(env, task, OP_SEND);
	}
	task_fail(task, CLASS_TEMPLATE, "the engine does not know this step");
	return RC_OK;
}

enum rc
task_go_on(struct step_env *env, struct task *task)
{
	enum rc rc = stage_input(env->db, task->pool, &task->claim, &task->input);

	if (rc == RC_NOT_FOUND) {
		task->op = OP_SEND;
		task_fail(task, CLASS_NOT_READY, "what it is made from is not there yet");
		return RC_OK;
	}
	return rc == RC_OK ? begin_step(env, task) : rc;
}

enum rc
task_begin(struct step_env *env, struct task *task)
{
	struct stage_claim *c = &task->claim;
	enum rc rc;

	task->engine = engine_named(c->stage, c->engine);
	/* A question that changes nothing is not worth a transaction. */
	rc = c->step == STEP_POLL ? RC_OK : stage_begin(env->db, &env->worker, c);
	if (rc != RC_OK)
		return rc;
	(void)fault("pipeline.begun");
	if (task->engine != NULL)
		return task_go_on(env, task);
	log_error("engine %s of a %s is not known", c->engine, stage_name(c->stage));
	task_fail(task, CLASS_TEMPLATE, "its engine is not known");
	return RC_OK;
}
