#include <string.h>

#include "../common/say/lexicon.h"
#include "../common/text/text.h"
#include "../common/work/kick.h"
#include "../store/store.h"
#include "body.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"
#include "precond.h"
#include "query.h"
#include "route.h"

#define FROM_CHARS 100 /* the length of the database columns */
#define TO_CHARS 200

static void
write_swept(struct buf *out, const struct lexicon_swept *swept)
{
	json_put_uint(out, "queued", swept->queued);
	json_put_bool(out, "sweeping", swept->unfinished);
}

static void
write_entry(struct buf *out, const struct lexicon_item *item, const struct lexicon_swept *swept)
{
	const struct lexicon_entry *e = &item->entry;

	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", e->id);
	json_put_str(out, "created_at", item->created_at.s);
	json_put_str(out, "updated_at", item->updated_at.s);
	if (e->project != 0)
		json_put_uint(out, "project_id", e->project);
	else
		json_put_null(out, "project_id");
	json_put_str(out, "from", e->from);
	json_put_str(out, "to", e->to);
	json_put_str(out, "match", lexicon_match_name(e->match));
	if (e->language[0] != '\0')
		json_put_str(out, "language", e->language);
	else
		json_put_null(out, "language");
	if (swept != NULL)
		write_swept(out, swept);
	json_put_close(out, '}');
}

/* Answer a preview: the number of sentences that would be queued. */
static struct answer
answer_preview(const struct req *req, enum rc rc, uint64_t queued)
{
	struct answer answer;
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "queued", queued);
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer.status = 200;
	return answer;
}

static const char *
check_match(const struct field *field)
{
	return lexicon_match_named(field->text->s) == LEXICON_MATCHES
		   ? "must be word, exact or phonemes"
		   : NULL;
}

/* Read the body of POST /lexicon/. */
static bool
read_entry(const struct req *req, struct lexicon_entry *entry, struct answer *problem)
{
	struct text from = {0}, to = {0}, match = {0}, language = {"", 0};
	int64_t project = 0;
	const struct field fields[] = {
	    {"project_id", FIELD_INT, false, 1, INT64_MAX, .number = &project, .null = true},
	    {"from", FIELD_CHARS, true, 1, FROM_CHARS, check_not_blank, .text = &from},
	    {"to", FIELD_CHARS, true, 1, TO_CHARS, check_not_blank, .text = &to},
	    {"match", FIELD_CHARS, true, 1, 16, check_match, .text = &match},
	    {"language", FIELD_CHARS, false, 1, 35, check_language, .text = &language,
		.null = true},
	};

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], problem))
		return false;
	*entry = (struct lexicon_entry){.project = (uint64_t)project,
	    .match = lexicon_match_named(match.s),
	    .language = language.s,
	    .to = to.s};
	if (entry->match != LEXICON_EXACT)
		text_trim(&from.s, &from.len);
	entry->from = pool_strndup(req->pool, from.s, from.len);
	if (entry->match != LEXICON_PHONEMES || lexicon_mnemonics(entry->to))
		return true;
	*problem = answer_fields(req,
	    &(struct bad_field){"to", "must be phoneme mnemonics of the engine: letters, digits "
				      "and @',%=:;_|!?#*~^+-/\"&`, with one space between words"},
	    1);
	return false;
}

static struct answer
answer_put(const struct req *req, enum rc rc, const struct lexicon_item *item,
    const struct lexicon_swept *swept)
{
	struct buf body;

	if (rc == RC_LIMIT)
		return answer_problem(req, 422,
		    "You already have %d dictionary entries, the maximum.",
		    req->api->conf->limits.lexicon_entries);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 512);
	write_entry(&body, item, swept);
	return answer_json(req, &body);
}

static void
kick_for(const struct conf *conf, const struct lexicon_swept *swept)
{
	if (swept->queued > 0)
		kick_renderer(conf);
	if (swept->unfinished)
		kick_work(conf);
}

struct answer
handle_lexicon_create(const struct req *req)
{
	const struct api *api = req->api;
	struct lexicon_swept swept;
	struct lexicon_entry entry;
	struct lexicon_item item;
	struct answer problem;
	uint64_t queued;
	enum rc rc;

	if (!read_entry(req, &entry, &problem))
		return problem;
	if (query_preview(req)) {
		rc = lexicon_put_preview(api->db, api->conf, req->pool, req->user, &entry, &queued);
		return rc == RC_LIMIT ? answer_put(req, rc, NULL, NULL)
				      : answer_preview(req, rc, queued);
	}
	rc = lexicon_put(api->db, api->conf, req->pool, req->user, &entry, &item, &swept);
	if (rc == RC_OK)
		kick_for(api->conf, &swept);
	return answer_put(req, rc, &item, &swept);
}

/* The project of ?project_id=N; 0 for all; an id that no project has if it is not a number. */
static uint64_t
project_query(const struct req *req)
{
	const char *value = query_value(req, "project_id");

	return value != NULL ? route_page_number(value, strlen(value)) : 0;
}

struct answer
handle_lexicon_list(const struct req *req)
{
	const struct page_wish wish = page_query(req);
	struct lexicon_item v[PAGE_SIZE_MAX];
	struct page page = {0};
	struct buf body;
	enum rc rc =
	    lexicon_list(req->api->db, req->pool, req->user, project_query(req), &wish, &page, v);

	if (rc != RC_OK)
		return page_problem(req, rc, &page);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		write_entry(&body, &v[i], NULL);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_lexicon_get(const struct req *req)
{
	struct lexicon_item item;
	struct buf body;
	enum rc rc = lexicon_get(req->api->db, req->pool, req->user, req->object, &item);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 512);
	write_entry(&body, &item, NULL);
	return answer_tagged(req, answer_json(req, &body), NULL);
}

struct answer
handle_lexicon_delete(const struct req *req)
{
	const struct api *api = req->api;
	struct lexicon_swept swept;
	uint64_t queued;
	struct buf body;
	enum rc rc;

	if (query_preview(req)) {
		rc = lexicon_delete_preview(
		    api->db, api->conf, req->pool, req->user, req->object, &queued);
		return answer_preview(req, rc, queued);
	}
	rc = lexicon_delete(api->db, api->conf, req->pool, req->user, req->object, &swept);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	kick_for(api->conf, &swept);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	write_swept(&body, &swept);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
