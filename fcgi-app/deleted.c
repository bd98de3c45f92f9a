#include "deleted.h"

#include "../common/media/media.h"
#include "../common/work/kick.h"
#include "json.h"

/*
 * A tombstone that cannot be laid (disk full) does not turn the answer into an error: the rows are
 * gone, so a 503 ("nothing was changed") would be wrong and a second try would get 404. The failure
 * has been logged, and the files are removed soon by tts-work. The other order, tombstone first,
 * could leave a tombstone on something that was never deleted.
 */
struct answer
answer_deleted(const struct req *req, enum rc rc, uint64_t project, uint64_t audio)
{
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	(void)media_lay_tombstone(req->api->conf, project, audio);
	/* A sentence has left only files, which have to rest for a moment. */
	if (audio == 0)
		kick_work(req->api->conf);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
