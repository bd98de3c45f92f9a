#include "../store/store.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "precond.h"
#include "waiting.h"
#include "../common/base/utf8.h"

/* A position in a text that moves forward by code points. */
struct text_cursor {
	const char *text;
	size_t len, at; /* bytes */
	uint32_t chars; /* before AT */
};

/* Move to code point CHARS and return its byte offset. */
static size_t
cursor_move(struct text_cursor *p, uint64_t chars)
{
	while (p->chars < chars && p->at < p->len) {
		p->at++;
		while (p->at < p->len && utf8_continues(p->text[p->at]))
			p->at++;
		p->chars++;
	}
	return p->at;
}

static void
write_word(struct buf *out, struct text_cursor *p, const struct timed_word *word)
{
	size_t from = cursor_move(p, word->offset);
	size_t to = cursor_move(p, (uint64_t)word->offset + word->length);

	json_put_open(out, NULL, '{');
	json_put_strn(out, "text", p->text + from, to - from);
	json_put_uint(out, "start_ms", word->start_ms);
	json_put_uint(out, "end_ms", word->end_ms);
	json_put_uint(out, "offset", word->offset);
	json_put_uint(out, "length", word->length);
	json_put_close(out, '}');
}

struct answer
handle_audio_timing(const struct req *req)
{
	struct timing timing;
	struct answer answer;
	struct buf body;
	enum rc rc = timing_get(req->api->db, req->pool, req->user, req->object, &timing);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	if (waiting_for_sound(req, timing.state, timing.error, &answer))
		return answer;
	struct text_cursor cursor = {.text = timing.text, .len = timing.text_len};
	buf_init(&body, req->pool, 128 * (timing.n + 1));
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "revision", timing.revision);
	json_put_uint(&body, "duration_ms", timing.duration_ms);
	json_put_open(&body, "words", '[');
	for (size_t i = 0; i < timing.n; i++)
		write_word(&body, &cursor, &timing.words[i]);
	json_put_close(&body, ']');
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer_header(req, &answer, "ETag", etag(req->pool, timing.revision));
	return answer;
}
