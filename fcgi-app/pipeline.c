#include "../common/base/json.h"
#include "deleted.h"
#include "handlers.h"
#include "page.h"
#include "pipeline_json.h"
#include "precond.h"

/* ------------------------------------------------------------------ one */

/* A tag of what clients see, except the seconds that pass. */
static const char *
tag_of(const struct req *req, const struct pipeline *p, const struct captions *captions)
{
	struct pipeline timeless = *p;
	struct buf body;

	for (int i = STAGE_LYRIC; i < STAGES; i++)
		timeless.runs[i].elapsed_sec = 0;
	buf_init(&body, req->pool, 4096);
	pipeline_put(req, &body, &timeless, captions);
	return etag_of(req->pool, body.data, body.len);
}

struct answer
handle_pipeline_status(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct pipeline_caption *lines = NULL;
	struct captions captions = {0};
	struct answer answer;
	struct pipeline p;
	struct buf body;
	enum rc rc;

	rc = pipeline_get(req->api->db, req->pool, &key, &p);
	if (rc == RC_OK && p.runs[STAGE_SONG].id != 0)
		rc = pipeline_captions(
		    req->api->db, req->pool, p.runs[STAGE_SONG].id, &lines, &captions.n);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	captions.v = lines;
	buf_init(&body, req->pool, 4096);
	pipeline_put(req, &body, &p, &captions);
	answer = answer_tagged(req, answer_json(req, &body), tag_of(req, &p, &captions));
	answer_header(req, &answer, "Vary", "Accept-Language");
	return answer;
}

struct answer
handle_pipeline_delete(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	uint64_t id;
	enum rc rc = pipeline_delete(req->api->db, &key, &id);

	return rc == RC_OK ? answer_deleted_pipeline(req, id) : pipeline_problem(req, rc);
}

/* ------------------------------------------------------------------ many */

struct answer
handle_pipeline_list(const struct req *req)
{
	const struct page_wish wish = page_query(req);
	struct pipeline *v = pool_array(req->pool, wish.size, sizeof *v);
	struct page page = {0};
	struct answer answer;
	struct buf body;
	enum rc rc;

	rc = pipeline_list(req->api->db, req->pool, req->user, &wish, &page, v);
	if (rc != RC_OK)
		return page_problem(req, rc, &page);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		pipeline_put(req, &body, &v[i], NULL);
	answer = page_end(req, &body, &wish, &page);
	answer_header(req, &answer, "Vary", "Accept-Language");
	return answer;
}
