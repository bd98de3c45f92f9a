#include "../common/base/version.h"
#include "../common/say/voice.h"
#include "../store/db/db.h"
#include "handlers.h"
#include "../common/base/json.h"

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
	struct buf body;
	enum rc rc = db_check(req->api->db);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 128);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "status", "ok");
	json_put_int(&body, "schema", db_schema(req->api->db));
	json_put_str(&body, "version", TTS_VERSION);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
