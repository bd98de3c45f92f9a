#include <inttypes.h>
#include <string.h>

#include "../common/base/json.h"
#include "../common/base/utf8.h"
#include "../common/say/pace.h"
#include "../common/text/text.h"
#include "../common/work/kick.h"
#include "body.h"
#include "handlers.h"
#include "pipeline_json.h"
#include "precond.h"
#include "query.h"
#include "route.h"

/* The lengths of the database columns, but for the lyric. */
#define DETAIL_CHARS 4000
#define LYRIC_CHARS 20000

#define ALL_STAGES ((1U << STAGES) - 1)

/* ------------------------------------------------------------------ the request */

/* The body of POST /pipeline/start. */
struct start_request {
	struct text task, customer, region, detail, language, genre, orientation, lyric;
	struct texts stages;
	int64_t auto_continue, project, priority;
};

static const char *
check_named_language(const struct field *field)
{
	const char *s = field->text->s, *tag = text_language_tag(s);

	return tag != NULL && (tag != s || check_tag(field) == NULL)
		   ? NULL
		   : "must be Korean, English, or the BCP 47 tag of a language that a voice speaks "
		     "(GET /voices/)";
}

static unsigned
stages_of(const struct texts *names)
{
	unsigned stages = 0;

	for (size_t i = 0; i < names->n; i++)
		stages |= 1U << stage_named(names->v[i]);
	return stages;
}

static const char *
check_stages(const struct field *field)
{
	const struct texts *names = field->texts;
	unsigned stages = 0;

	for (size_t i = 0; i < names->n; i++) {
		enum stage stage = stage_named(names->v[i]);

		if (stage == STAGES)
			return "must be of lyric, song and video";
		if ((stages & 1U << stage) != 0)
			return "must not name a stage twice";
		stages |= 1U << stage;
	}
	if (stages == 1U << STAGE_VIDEO || stages == (1U << STAGE_LYRIC | 1U << STAGE_VIDEO))
		return "must have song, which a video is made from";
	return NULL;
}

/* What is wrong with the fields together, or NULL. */
static const char *
check_together(const struct start_request *r, const char **field)
{
	unsigned stages = r->stages.v != NULL ? stages_of(&r->stages) : ALL_STAGES;

	*field = "lyric";
	if (r->lyric.s != NULL && r->project != 0)
		return "must not be sent together with project_id";
	if ((stages & 1U << STAGE_LYRIC) == 0 && r->lyric.s == NULL && r->project == 0)
		return "is missing, and must be sent if stages do not have lyric, or project_id "
		       "instead";
	*field = "customer_name";
	if (r->customer.s == NULL && r->lyric.s == NULL && r->project == 0)
		return "is missing";
	return NULL;
}

#define NOT_OF_A_LYRIC 4 /* the last fields: a start of nothing but the lyric has none of them */

static bool
read_start(const struct req *req, bool lyric, struct start_request *r, struct answer *problem)
{
	const struct field fields[] = {
	    {"task_id", FIELD_CHARS, false, 1, PIPELINE_TASK_MAX, pipeline_check_task,
		.text = &r->task},
	    {"customer_name", FIELD_TRIMMED, false, 1, PIPELINE_NAME_CHARS, check_line,
		.text = &r->customer},
	    {"region", FIELD_TRIMMED, false, 0, PIPELINE_NAME_CHARS, check_shown,
		.text = &r->region},
	    {"detail_region_info", FIELD_TRIMMED, false, 0, DETAIL_CHARS, .text = &r->detail},
	    {"language", FIELD_CHARS, false, 1, 35, check_named_language, .text = &r->language,
		.null = true},
	    {"genre", FIELD_TRIMMED, false, 0, PIPELINE_NAME_CHARS, check_shown, .text = &r->genre},
	    {"orientation", FIELD_CHARS, false, 1, 16, pipeline_check_orientation,
		.text = &r->orientation},
	    {"priority", FIELD_INT, false, 0, PIPELINE_PRIORITY_MAX, .number = &r->priority},
	    {"auto_continue", FIELD_BOOL, false, .number = &r->auto_continue},
	    {"stages", FIELD_STRINGS, false, 1, STAGES, check_stages, .texts = &r->stages},
	    {"lyric", FIELD_TRIMMED, false, 1, LYRIC_CHARS, check_speakable, .text = &r->lyric},
	    {"project_id", FIELD_INT, false, 1, INT64_MAX, .number = &r->project, .null = true},
	};
	size_t n = sizeof fields / sizeof fields[0];
	const char *wrong, *field;

	*r = (struct start_request){.auto_continue = 1, .priority = PIPELINE_PRIORITY};
	if (!body_read(req, fields, lyric ? n - NOT_OF_A_LYRIC : n, problem))
		return false;
	wrong = check_together(r, &field);
	if (wrong != NULL)
		*problem = answer_fields(req, &(struct bad_field){field, wrong}, 1);
	return wrong == NULL;
}

/* A copy that ends where the text does. */
static const char *
string_of(const struct req *req, const struct text *text, const char *fallback)
{
	return text->s != NULL ? pool_strndup(req->pool, text->s, text->len) : fallback;
}

static struct pipeline_new
new_from(const struct req *req, const struct start_request *r)
{
	const struct conf *conf = req->api->conf;
	char *task = pool_alloc(req->pool, PIPELINE_TASK_SIZE);
	struct pipeline_new new = {
	    .task = task,
	    .customer_name = string_of(req, &r->customer, ""),
	    .region = string_of(req, &r->region, ""),
	    .detail = string_of(req, &r->detail, ""),
	    .language = text_language_tag(string_of(req, &r->language, "Korean")),
	    .genre = string_of(req, &r->genre, ""),
	    .orientation = string_of(req, &r->orientation, conf->pipeline.orientation),
	    .lyric = string_of(req, &r->lyric, NULL),
	    .project = (uint64_t)r->project,
	    .stages = r->stages.v != NULL ? stages_of(&r->stages) : ALL_STAGES,
	    .auto_continue = r->auto_continue != 0,
	    .priority = (unsigned)r->priority,
	};

	if (r->task.s != NULL)
		(void)route_uuid(r->task.s, r->task.len, task);
	else
		pipeline_task_make(task);
	if (new.genre[0] == '\0')
		new.genre = conf->pipeline.genre;
	return new;
}

/* ------------------------------------------------------------------ ?preview=1 */

/* What a stage would take, by the engine that does it. */
struct estimate {
	const char *engine;
	uint64_t seconds;
	bool paid;
};

/* A lyric that is written has about so many characters. */
#define LYRIC_USUAL 300
#define SERVICE_SEC 120 /* a service takes about that for a song or a video */

static struct estimate
estimate_stage(
    const struct req *req, enum stage stage, const struct pipeline_new *new, uint64_t sound_ms)
{
	const char *engine = req->api->conf->pipeline.stage[stage].engine;

	switch (stage) {
	case STAGE_LYRIC:
		if (new->lyric != NULL || new->project != 0)
			return (struct estimate){"given", 0, false};
		if (strcmp(engine, "openai-chat") == 0)
			return (struct estimate){engine, 5, true};
		return (struct estimate){engine, 0, false};
	case STAGE_SONG:
		if (strcmp(engine, "suno") == 0 && new->project == 0)
			return (struct estimate){engine, SERVICE_SEC, true};
		return (struct estimate){"speech", 2 + sound_ms / 20000, false};
	default:
		if (strcmp(engine, "creatomate") == 0)
			return (struct estimate){engine, SERVICE_SEC, true};
		return (struct estimate){engine, 2 + sound_ms * 22 / 10000, false};
	}
}

/* How long the song is, about. */
static enum rc
sound_length(const struct req *req, const struct pipeline_new *new, uint64_t *ms, uint64_t *chars)
{
	if (new->project != 0)
		return pipeline_project_length(
		    req->api->db, req->pool, req->user, new->project, ms, chars);
	if (new->lyric != NULL) {
		*chars = utf8_count(new->lyric, strlen(new->lyric));
		*ms = pace_ms(new->lyric, strlen(new->lyric), new->language, 100);
	} else {
		*chars = LYRIC_USUAL;
		*ms = UINT64_C(60000);
	}
	return RC_OK;
}

static struct answer project_problem(const struct req *req, enum rc rc);

static struct answer
answer_preview(const struct req *req, const struct pipeline_new *new)
{
	uint64_t ms, chars, seconds = 0, paid = 0;
	struct answer answer;
	struct buf body;
	enum rc rc = sound_length(req, new, &ms, &chars);

	if (rc != RC_OK)
		return project_problem(req, rc);
	buf_init(&body, req->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_open(&body, "stages", '[');
	for (int i = STAGE_LYRIC; i < STAGES; i++) {
		struct estimate e;

		if ((new->stages & 1U << i) == 0)
			continue;
		e = estimate_stage(req, (enum stage)i, new, ms);
		json_put_open(&body, NULL, '{');
		json_put_str(&body, "stage", stage_name((enum stage)i));
		json_put_str(&body, "engine", e.engine);
		json_put_uint(&body, "estimated_seconds", e.seconds);
		json_put_uint(&body, "paid_requests", e.paid ? 1 : 0);
		json_put_close(&body, '}');
		seconds += e.seconds;
		paid += e.paid ? 1 : 0;
	}
	json_put_close(&body, ']');
	json_put_uint(&body, "characters", chars);
	json_put_hundredths(&body, "song_seconds", (int64_t)(ms / 10));
	json_put_uint(&body, "estimated_seconds", seconds);
	json_put_uint(&body, "paid_requests", paid);
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer.status = 200;
	return answer;
}

/* ------------------------------------------------------------------ the answer */

static const char *
start_answer(struct pool *pool, const void *object)
{
	const struct pipeline_started *s = object;
	const struct req *req = s->asker;
	const struct pipeline *p = &s->pipeline;
	enum text_language language = text_language_for(req, p->language);
	const char *job = pool_printf(pool, "%" PRIu64, s->run);
	struct buf out;

	buf_init(&out, pool, 512);
	json_put_open(&out, NULL, '{');
	json_put_bool(&out, "success", true);
	json_put_str(&out, "task_id", p->task);
	json_put_str(&out, "job_id", job);
	json_put_str(&out, "celery_task_id", job);
	json_put_str(&out, "message",
	    text_of_answer(req, language, s->existing ? TEXT_EXISTS : TEXT_STARTED, STAGE_LYRIC));
	json_put_bool(&out, "auto_continue", p->auto_continue);
	json_put_bool(&out, "already_exists", s->existing);
	json_put_open(&out, "stages", '[');
	for (int i = STAGE_LYRIC; i < STAGES; i++)
		if ((p->stages & 1U << i) != 0)
			json_put_str(&out, NULL, stage_name((enum stage)i));
	json_put_close(&out, ']');
	json_put_str(&out, "language", text_language_name(p->language));
	json_put_str(&out, "genre", p->genre);
	json_put_str(&out, "orientation", p->orientation);
	json_put_uint(&out, "priority", p->priority);
	if (p->project != 0)
		json_put_uint(&out, "project_id", p->project);
	else
		json_put_null(&out, "project_id");
	json_put_uint(&out, "images", p->images);
	json_put_close(&out, '}');
	return out.data;
}

static struct answer
project_problem(const struct req *req, enum rc rc)
{
	static const char why[] = "must be of a project with 1 to %d sentences";

	if (rc == RC_RANGE)
		return answer_fields(req,
		    &(struct bad_field){
			"project_id", pool_printf(req->pool, why, PIPELINE_SENTENCES_MAX)},
		    1);
	if (rc == RC_LIMIT)
		return answer_problem(req, 422, "You already have %d pipelines, the maximum.",
		    req->api->conf->limits.pipelines_per_user);
	return answer_rc(req, rc);
}

static const char *
lyric_answer(struct pool *pool, const void *object)
{
	const struct pipeline_started *s = object;
	struct buf out;

	buf_init(&out, pool, 256);
	pipeline_put_generated(s->asker, &out, &s->pipeline, STAGE_LYRIC, s->run, s->existing);
	return out.data;
}

static struct answer
start_new(const struct req *req, const struct pipeline_new *new, struct idempotency *idem)
{
	struct pipeline_started started = {.asker = req};
	enum rc rc = pipeline_start(req->api->db, req->pool, req->user, new, idem, &started);

	if (rc == RC_OK && !started.existing)
		kick_pipeline(req->api->conf);
	if (rc == RC_OK || rc == RC_REPLAY)
		return idempotency_answer(req, rc, idem, &started);
	return project_problem(req, rc);
}

struct answer
handle_pipeline_start(const struct req *req)
{
	struct start_request request;
	struct pipeline_new new;
	struct idempotency idem;
	struct answer answer;

	if (!idempotency_read(req, start_answer, &idem, &answer) ||
	    !read_start(req, false, &request, &answer))
		return answer;
	if (!req->api->conf->pipeline.enabled)
		return pipeline_none_made(req);
	new = new_from(req, &request);
	return query_preview(req) ? answer_preview(req, &new) : start_new(req, &new, &idem);
}

struct answer
handle_lyric_generate(const struct req *req)
{
	struct start_request request;
	struct pipeline_new new;
	struct idempotency idem;
	struct answer answer;

	if (!idempotency_read(req, lyric_answer, &idem, &answer) ||
	    !read_start(req, true, &request, &answer))
		return answer;
	if (!req->api->conf->pipeline.enabled)
		return pipeline_none_made(req);
	new = new_from(req, &request);
	new.stages = 1U << STAGE_LYRIC;
	new.auto_continue = false;
	return start_new(req, &new, &idem);
}
