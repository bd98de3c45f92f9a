#include "deleted.h"

#include "../common/media/media.h"
#include "../common/work/kick.h"
#include "../store/trash.h"
#include "../common/base/json.h"

#define AT_ONCE 256

/* A worker that died between the COMMIT and the tombstone left the object without one: a client
 * that sends the same DELETE again because there was no answer must not find its URLs alive. */
static void
bury_again(const struct req *req, uint64_t project, uint64_t audio)
{
	bool has;

	if (trash_has(req->api->db, req->pool, project, audio, &has) == RC_OK && has)
		(void)media_lay_tombstone(req->api->conf, project, audio);
}

static bool
is_buried(const struct conf *conf, const struct trash *t)
{
	if (t->pipeline == 0)
		return media_has_tombstone(conf, t->project, t->audio);
	return t->audio != 0 ? media_has_picture_tombstone(conf, t->audio)
			     : media_has_pipeline_tombstone(conf, t->pipeline);
}

static enum rc
bury(const struct conf *conf, const struct trash *t)
{
	if (t->pipeline == 0)
		return media_lay_tombstone(conf, t->project, t->audio);
	return t->audio != 0 ? media_lay_picture_tombstone(conf, t->audio)
			     : media_lay_pipeline_tombstone(conf, t->pipeline);
}

static struct answer
answer_gone(const struct req *req, bool gone)
{
	struct buf body;

	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	if (!gone)
		json_put_bool(&body, "is_gone", false);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

/*
 * A tombstone that cannot be laid (disk full) does not turn the answer into an error: the rows are
 * gone, so a 503 ("nothing was changed") would be wrong. The failure has been logged, and the files
 * are removed soon by tts-work. The other order, tombstone first, could leave a tombstone on
 * something that was never deleted.
 */
struct answer
answer_deleted(const struct req *req, enum rc rc, uint64_t project, uint64_t audio)
{
	bool gone;

	if (rc == RC_NOT_FOUND)
		bury_again(req, project, audio);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	gone = media_lay_tombstone(req->api->conf, project, audio) == RC_OK;
	/* A sentence has left only files, which have to rest for a moment. */
	if (audio == 0)
		kick_work(req->api->conf);
	return answer_gone(req, gone);
}

struct answer
answer_deleted_pipeline(const struct req *req, uint64_t pipeline)
{
	bool gone = media_lay_pipeline_tombstone(req->api->conf, pipeline) == RC_OK;

	kick_work(req->api->conf);
	return answer_gone(req, gone);
}

struct answer
answer_deleted_picture(const struct req *req, uint64_t picture, bool shown)
{
	bool gone = !shown || media_lay_picture_tombstone(req->api->conf, picture) == RC_OK;

	kick_work(req->api->conf);
	return answer_gone(req, gone);
}

bool
deleted_stay_gone(const struct api *api)
{
	struct trash v[AT_ONCE];
	struct pool *pool = pool_new();
	uint64_t after = 0;
	enum rc rc;
	size_t n;

	do {
		rc = trash_buried(api->db, pool, after, AT_ONCE, v, &n);
		for (size_t i = 0; i < n; i++) {
			if (!is_buried(api->conf, &v[i]))
				(void)bury(api->conf, &v[i]);
			after = v[i].id;
		}
		pool_reset(pool);
	} while (rc == RC_OK && n == AT_ONCE);
	pool_free(pool);
	return rc == RC_OK;
}
