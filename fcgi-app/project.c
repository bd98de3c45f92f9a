#include <string.h>

#include "../common/base/utf8.h"
#include "../common/say/pace.h"
#include "../common/text/text.h"
#include "../common/say/voice.h"
#include "../common/work/kick.h"
#include "../store/store.h"
#include "body.h"
#include "deleted.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"
#include "precond.h"
#include "query.h"

const char *const project_status_words[] = {
    [PROJECT_RENDERING - 1] = "rendering",
    [PROJECT_COMPLETE - 1] = "complete",
    [PROJECT_COMPLETE_WITH_ERRORS - 1] = "complete_with_errors",
    NULL,
};

const char *const project_sort_words[] = {
    [PROJECT_NEWEST] = "-created_at",
    [PROJECT_OLDEST] = "created_at",
    [PROJECT_CHANGED_LAST] = "-updated_at",
    [PROJECT_CHANGED_FIRST] = "updated_at",
    [PROJECT_TITLE] = "title",
    [PROJECT_TITLE_BACK] = "-title",
    NULL,
};

static void
write_or_null(struct buf *out, const char *name, const char *s)
{
	if (*s != '\0')
		json_put_str(out, name, s);
	else
		json_put_null(out, name);
}

static void
write_project(struct buf *out, const struct project *p)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", p->id);
	json_put_str(out, "created_at", p->created_at.s);
	json_put_str(out, "updated_at", p->updated_at.s);
	json_put_str(out, "project_title", p->title);
	json_put_uint(out, "user", p->user);
	write_or_null(out, "language", p->language);
	write_or_null(out, "voice", p->voice);
	json_put_uint(out, "sentence_count", p->sentence_count);
	json_put_uint(out, "ready_count", p->ready_count);
	json_put_uint(out, "pending_count", p->sentence_count - p->ready_count - p->failed_count);
	json_put_uint(out, "failed_count", p->failed_count);
	json_put_uint(out, "duration_ms", p->duration_ms);
	json_put_str(out, "status", project_status_words[project_status(p) - 1]);
	json_put_close(out, '}');
}

static const char *
project_answer(struct pool *pool, const void *object)
{
	struct buf out;

	buf_init(&out, pool, 512);
	write_project(&out, object);
	return out.data;
}

/* ------------------------------------------------------------------ handlers */

/* The body of POST /project/. */
struct project_request {
	struct text title, sentences, language, voice;
	int64_t speed;
};

/* Tell whether the voice speaks the language, if both are given: only one of them can count. */
static bool
voice_fits(const struct req *req, const struct project_request *new_project, struct answer *problem)
{
	const char *language = new_project->language.s, *spoken;
	size_t n;

	if (language == NULL || new_project->voice.s == NULL)
		return true;
	spoken = voice_by_id(new_project->voice.s)->language;
	language = voice_by_language(language)->language;
	n = strcspn(spoken, "-");
	if (strcspn(language, "-") == n && strncmp(language, spoken, n) == 0)
		return true;
	*problem = answer_fields(req,
	    &(struct bad_field){
		"voice", pool_printf(req->pool,
			     "must be one that speaks the language; this one speaks %s", spoken)},
	    1);
	return false;
}

static bool
read_project_request(
    const struct req *req, struct project_request *new_project, struct answer *problem)
{
	const struct conf *conf = req->api->conf;
	const struct field fields[] = {
	    {"title", FIELD_CHARS, true, 1, conf->limits.title_chars, check_line,
		.text = &new_project->title},
	    {"sentences", FIELD_BYTES, true, 0, conf->limits.sentences_bytes,
		.text = &new_project->sentences},
	    {"language", FIELD_CHARS, false, 1, 35, check_language, .text = &new_project->language,
		.null = true},
	    {"voice", FIELD_CHARS, false, 1, 63, check_voice, .text = &new_project->voice,
		.null = true},
	    {"speed", FIELD_INT, false, INT64_MIN, INT64_MAX, check_speed,
		.number = &new_project->speed},
	};

	*new_project = (struct project_request){.speed = 1};
	return body_read(req, fields, sizeof fields / sizeof fields[0], problem) &&
	       voice_fits(req, new_project, problem);
}

/* The language whose rules split the text: the one requested, or that of the voice. */
static const char *
split_language(const struct project_request *new_project)
{
	if (new_project->language.s != NULL)
		return new_project->language.s;
	return new_project->voice.s != NULL ? voice_by_id(new_project->voice.s)->language : "";
}

static struct answer
too_many_sentences(const struct req *req, size_t n)
{
	return answer_fields(req,
	    &(struct bad_field){"sentences",
		pool_printf(req->pool, "has %zu sentences, more than the maximum of %d", n,
		    req->api->conf->limits.sentences_per_project)},
	    1);
}

/* Tell whether each sentence can be spoken. A part that cannot be is joined to its neighbour,
 * unless it is too long for that or the only one. */
static bool
all_speakable(const struct req *req, const struct sentences *sentences, struct answer *problem)
{
	static const char why[] = "contains nothing that can be spoken";
	size_t i = 0;

	while (i < sentences->n && text_speakable(sentences->v[i].data, sentences->v[i].len))
		i++;
	if (i == sentences->n)
		return true;
	*problem = answer_fields(req,
	    &(struct bad_field){"sentences",
		sentences->n == 1 ? why : pool_printf(req->pool, "sentence %zu %s", i + 1, why)},
	    1);
	return false;
}

/* The main language of the text, if neither a language nor a voice is requested; otherwise "". */
static const char *
text_context(const struct req *req, const struct project_request *new_project)
{
	if (new_project->language.s != NULL || new_project->voice.s != NULL)
		return "";
	return text_language(
	    new_project->sentences.s, new_project->sentences.len, req->api->conf->speech.language);
}

static enum rc
store_project(const struct req *req, const struct project_request *new_project,
    const struct sentences *sentences, struct idempotency *idem, struct project *project)
{
	const struct project_new new = {
	    .title = new_project->title.s,
	    .language = new_project->language.s != NULL ? new_project->language.s : "",
	    .voice = new_project->voice.s != NULL ? new_project->voice.s : "",
	    .speed = (int)new_project->speed,
	    .sentences = sentences->v,
	    .n = sentences->n,
	    .context = text_context(req, new_project),
	};

	return project_create(req->api->db, req->pool, req->user, &new,
	    (uint64_t)req->api->conf->limits.projects_per_user, idem, project);
}

/* Answer ?preview=1; nothing is created. */
static struct answer
answer_preview(const struct req *req, const struct project_request *new_project,
    const struct sentences *sentences)
{
	const struct voice_wish wish = {
	    .context = text_context(req, new_project), .fallback = req->api->conf->speech.language};
	const char *named = split_language(new_project);
	int percent = pace_percent((int)new_project->speed);
	uint64_t ms = 0, characters = 0;
	struct buf body;
	struct answer answer;

	buf_init(&body, req->pool, new_project->sentences.len + 128 * sentences->n + 256);
	json_put_open(&body, NULL, '{');
	json_put_open(&body, "sentences", '[');
	for (size_t i = 0; i < sentences->n; i++) {
		const struct slice *s = &sentences->v[i];
		const char *language =
		    *named != '\0' ? named : voice_language(&wish, s->data, s->len);
		uint64_t chars = utf8_count(s->data, s->len);
		uint64_t lasts = pace_ms(s->data, s->len, language, percent);

		json_put_open(&body, NULL, '{');
		json_put_uint(&body, "index", i + 1);
		json_put_strn(&body, "text", s->data, s->len);
		json_put_uint(&body, "characters", chars);
		json_put_hundredths(&body, "estimated_seconds", (int64_t)(lasts / 10));
		json_put_close(&body, '}');
		ms += lasts;
		characters += chars;
	}
	json_put_close(&body, ']');
	json_put_uint(&body, "count", sentences->n);
	json_put_uint(&body, "characters", characters);
	json_put_hundredths(&body, "estimated_seconds", (int64_t)(ms / 10));
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer.status = 200;
	return answer;
}

struct answer
handle_project_create(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct idempotency idem;
	struct sentences sentences;
	struct project project;
	struct answer problem;
	struct project_request new_project;
	enum rc rc;

	if (!idempotency_read(req, project_answer, &idem, &problem) ||
	    !read_project_request(req, &new_project, &problem))
		return problem;
	sentences = text_split(req->pool, new_project.sentences.s, new_project.sentences.len,
	    split_language(&new_project), (size_t)conf->limits.sentence_chars);
	if (sentences.n > (size_t)conf->limits.sentences_per_project)
		return too_many_sentences(req, sentences.n);
	if (!all_speakable(req, &sentences, &problem))
		return problem;
	if (query_preview(req))
		return answer_preview(req, &new_project, &sentences);
	rc = store_project(req, &new_project, &sentences, &idem, &project);
	if (rc == RC_OK)
		kick_renderer(conf);
	if (rc == RC_LIMIT)
		return answer_problem(req, 422, "You already have %d projects, the maximum.",
		    conf->limits.projects_per_user);
	return idempotency_answer(req, rc, &idem, &project);
}

/* The filter of ?status=, ?q= and ?sort=. */
static struct project_filter
filter_query(const struct req *req)
{
	struct project_filter filter = {.title = query_value(req, "q")};
	size_t status = query_word(req, "status", project_status_words);
	size_t order = query_word(req, "sort", project_sort_words);

	if (status != SIZE_MAX)
		filter.status = (enum project_status)(status + 1);
	if (order != SIZE_MAX)
		filter.order = (enum project_order)order;
	return filter;
}

struct answer
handle_project_list(const struct req *req)
{
	const struct project_filter filter = filter_query(req);
	const struct page_wish wish = page_query(req);
	struct project v[PAGE_SIZE_MAX];
	struct page page = {0};
	struct buf body;
	enum rc rc;
	size_t i;

	rc = project_list(req->api->db, req->pool, req->user, &filter, &wish, &page, v);
	if (rc != RC_OK)
		return page_problem(req, rc, &page);
	body = page_begin(req, &page);
	for (i = 0; i < page.n; i++)
		write_project(&body, &v[i]);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_project_get(const struct req *req)
{
	struct project project;
	struct buf body;
	enum rc rc = project_get(req->api->db, req->pool, req->user, req->object, &project);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 512);
	write_project(&body, &project);
	return answer_tagged(req, answer_json(req, &body), NULL);
}

struct answer
handle_project_retry(const struct req *req)
{
	uint64_t queued;
	struct buf body;
	enum rc rc = project_retry(req->api->db, req->pool, req->user, req->object, &queued);

	if (queued > 0)
		kick_renderer(req->api->conf);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "queued", queued);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

struct answer
handle_project_delete(const struct req *req)
{
	enum rc rc = project_delete(req->api->db, req->user, req->object);

	return answer_deleted(req, rc, req->object, 0);
}
