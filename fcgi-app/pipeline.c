#include "../common/base/crypt.h"
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
	uint8_t hash[CRYPT_SHA256_SIZE];
	char hex[2 * 16 + 1];
	struct buf body;

	for (int i = STAGE_LYRIC; i < STAGES; i++)
		timeless.runs[i].elapsed_sec = 0;
	buf_init(&body, req->pool, 4096);
	pipeline_put(req, &body, &timeless, captions);
	crypt_sha256(hash, body.data, body.len);
	crypt_hex(hex, hash, 16);
	return pool_printf(req->pool, "W/\"%s\"", hex);
}

struct answer
handle_pipeline_status(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct pipeline_caption *lines = NULL;
	struct captions captions = {0};
	struct answer answer;
	struct pipeline p;
	const char *tag;
	struct buf body;
	enum rc rc;

	rc = pipeline_get(req->api->db, req->pool, &key, &p);
	if (rc == RC_OK && p.runs[STAGE_SONG].id != 0)
		rc = pipeline_captions(
		    req->api->db, req->pool, p.runs[STAGE_SONG].id, &lines, &captions.n);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	captions.v = lines;
	tag = tag_of(req, &p, &captions);
	buf_init(&body, req->pool, 4096);
	if (!etag_matches(req, tag))
		pipeline_put(req, &body, &p, &captions);
	answer = answer_json(req, &body);
	if (body.len == 0)
		answer.status = 304;
	answer_header(req, &answer, "ETag", tag);
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
	struct pipeline v[PAGE_SIZE];
	struct page page = {0};
	struct answer answer;
	struct buf body;
	enum rc rc;

	rc = pipeline_list(req->api->db, req->pool, req->user, page_query(req), &page, v);
	if (rc != RC_OK)
		return page_problem(req, rc, &page);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		pipeline_put(req, &body, &v[i], NULL);
	answer = page_end(req, &body);
	answer_header(req, &answer, "Vary", "Accept-Language");
	return answer;
}
