#include "../common/say/voice.h"
#include "../store/store.h"
#include "handlers.h"
#include "json.h"

struct answer
handle_voices(const struct req *req)
{
	struct buf body;
	size_t i;

	buf_init(&body, req->pool, 8192);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cnt", voices_n);
	json_put_open(&body, "page", '[');
	for (i = 0; i < voices_n; i++) {
		json_put_open(&body, NULL, '{');
		json_put_str(&body, "id", voices[i].id);
		json_put_str(&body, "name", voices[i].name);
		json_put_str(&body, "language", voices[i].language);
		json_put_close(&body, '}');
	}
	json_put_close(&body, ']');
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

/* A database that is away or does not fit makes this the same 503 as everywhere else. */
struct answer
handle_healthz(const struct req *req)
{
	struct queue_stats queue;
	struct buf body;
	enum rc rc;

	if ((rc = db_ready(req->api->db)) != RC_OK ||
	    (rc = queue_stats(req->api->db, &queue)) != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 128);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "status", "ok");
	json_put_int(&body, "schema", db_schema(req->api->db));
	json_put_open(&body, "queue", '{');
	json_put_uint(&body, "pending", queue.pending + queue.claimed);
	json_put_uint(&body, "failed", queue.failed);
	json_put_uint(&body, "oldest_sec", queue.oldest_sec);
	json_put_close(&body, '}');
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
