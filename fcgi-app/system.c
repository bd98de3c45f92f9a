#include "../common/base/version.h"
#include "../common/say/voice.h"
#include "../store/db/db.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"

static void
write_voice(struct buf *out, const struct voice *v)
{
	json_put_open(out, NULL, '{');
	json_put_str(out, "id", v->id);
	json_put_str(out, "name", v->name);
	json_put_str(out, "language", v->language);
	json_put_str(out, "gender", v->gender);
	json_put_open(out, "variants", '[');
	while (++v < voices + voices_n && v->variant[0] != '\0') {
		json_put_open(out, NULL, '{');
		json_put_str(out, "id", v->id);
		json_put_str(out, "gender", v->gender);
		json_put_close(out, '}');
	}
	json_put_close(out, ']');
	json_put_close(out, '}');
}

/* Variants are listed with the voice that they are variants of. */
static bool
voice_is_listed(const struct voice *v)
{
	return v->variant[0] == '\0' && voice_offered(v);
}

struct answer
handle_voices(const struct req *req)
{
	struct page_wish wish;
	struct page page;
	struct buf body;
	uint64_t n = 0;

	for (const struct voice *v = voices; v < voices + voices_n; v++)
		n += voice_is_listed(v);
	wish = page_query_or_all(req, n);
	if (!page_place(&wish, n, &page))
		return page_problem(req, RC_NOT_FOUND, &page);
	body = page_begin(req, &page);
	n = 0;
	for (const struct voice *v = voices; v < voices + voices_n; v++) {
		if (!voice_is_listed(v))
			continue;
		if (n >= page_before(&wish) && n < page_before(&wish) + page.n)
			write_voice(&body, v);
		n++;
	}
	return page_end(req, &body, &wish, &page);
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
