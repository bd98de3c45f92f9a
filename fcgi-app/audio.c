#include <inttypes.h>

#include "../common/base/made_with.h"
#include "../common/work/kick.h"
#include "../store/store.h"
#include "body.h"
#include "deleted.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"
#include "precond.h"
#include "query.h"
#include "route.h"
#include "waiting.h"

#define PROTECTED "/protected-media/" /* the internal location in nginx/tts.conf */

/* Write the URL of the sound of A; "" if it has none or HERE is false. */
static void
write_url(struct buf *out, const char *name, const char *base, const struct audio *a, bool here)
{
	if (here && a->audio_revision != 0)
		json_put_str(out, name, pool_printf(out->pool, "%s/%s", base, a->path));
	else
		json_put_str(out, name, "");
}

static void
write_uint_or_null(struct buf *out, const char *name, uint64_t value, bool here)
{
	if (here)
		json_put_uint(out, name, value);
	else
		json_put_null(out, name);
}

static void
write_made_with(struct buf *out, const char *packed)
{
	struct made_with what;

	if (!made_with_read(out->pool, packed, &what)) {
		json_put_null(out, "made_with");
		return;
	}
	json_put_open(out, "made_with", '{');
	json_put_str(out, "version", what.version);
	json_put_str(out, "engine", what.engine);
	json_put_str(out, "encoder", what.encoder);
	json_put_str(out, "mode", what.mode);
	json_put_int(out, "bitrate_kbps", what.bitrate_kbps);
	json_put_int(out, "quality", what.quality);
	json_put_int(out, "sample_rate_hz", what.sample_rate_hz);
	json_put_close(out, '}');
}

/* A sentence has the sound of the current revision or that of the one before the last edit,
 * never both. */
static void
write_audio(struct buf *out, const char *url, const struct audio *a)
{
	bool current = a->audio_revision == a->revision;

	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", a->id);
	json_put_str(out, "created_at", a->created_at.s);
	json_put_str(out, "updated_at", a->updated_at.s);
	json_put_uint(out, "index", a->index);
	json_put_strn(out, "text", a->text, a->text_len);
	json_put_int(out, "speed", a->speed);
	write_url(out, "path", url, a, current);
	json_put_bool(out, "is_audio_required", !current);
	json_put_uint(out, "project", a->project);
	json_put_uint(out, "user", a->user);
	json_put_uint(out, "revision", a->revision);
	json_put_str(out, "status", waiting_status(a->state));
	write_uint_or_null(out, "duration_ms", a->duration_ms, current);
	write_uint_or_null(out, "size_bytes", a->size_bytes, current);
	if (current && a->loudness != LOUDNESS_UNKNOWN)
		json_put_hundredths(out, "loudness_lufs", a->loudness);
	else
		json_put_null(out, "loudness_lufs");
	write_made_with(out, current ? a->made_with : "");
	write_url(out, "previous_path", url, a, !current);
	if (a->state == AUDIO_FAILED)
		json_put_str(out, "error", a->error);
	else
		json_put_null(out, "error");
	json_put_close(out, '}');
}

/* The answer's body for a new sentence, which has no sound and so no URL. */
static const char *
audio_answer(struct pool *pool, const void *object)
{
	struct buf out;

	buf_init(&out, pool, 1024);
	write_audio(&out, "", object);
	return out.data;
}

static struct answer
answer_audio(const struct req *req, enum rc rc, const struct audio *audio)
{
	struct answer answer;
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 1024);
	write_audio(&body, req->api->conf->media.url, audio);
	answer = answer_json(req, &body);
	answer_header(req, &answer, "ETag", etag(req->pool, audio->revision));
	return answer;
}

/* ------------------------------------------------------------------ handlers */

static struct answer
answer_sentences(const struct req *req, enum rc rc, const struct page_wish *wish,
    const struct page *page, const struct audio *v)
{
	struct buf body;

	if (rc != RC_OK)
		return page_problem(req, rc, page);
	body = page_begin(req, page);
	for (size_t i = 0; i < page->n; i++)
		write_audio(&body, req->api->conf->media.url, &v[i]);
	return page_end(req, &body, wish, page);
}

/* Read a page of a project: of all sentences, or of those with ?status=. */
static enum rc
page_read(const struct req *req, const struct page_wish *wish, struct page *page, struct audio *v)
{
	const struct api *api = req->api;
	size_t state = query_word(req, "status", waiting_words);
	enum rc rc;

	if (state == SIZE_MAX)
		return audio_page(api->db, req->pool, &req->login, req->object, wish, page, v);
	rc = user_check(api->db, &req->login);
	if (rc != RC_OK)
		return rc;
	return audio_page_of(api->db, req->pool, req->login.user, req->object,
	    (enum audio_state)state, wish, page, v);
}

struct answer
handle_project_page(const struct req *req)
{
	const struct page_wish wish = page_query(req);
	struct audio v[PAGE_SIZE_MAX];
	struct page page = {0};
	enum rc rc = page_read(req, &wish, &page, v);

	return answer_sentences(req, rc, &wish, &page, v);
}

struct answer
handle_project_find(const struct req *req)
{
	const struct page_wish wish = page_query(req);
	const char *text = query_value(req, "q");
	struct audio v[PAGE_SIZE_MAX];
	struct page page = {0};
	enum rc rc;

	if (text == NULL)
		return answer_fields(req,
		    &(struct bad_field){"q", "is required: the text that sentences are to have"},
		    1);
	rc = audio_find(req->api->db, req->pool, req->user, req->object, text, &wish, &page, v);
	return answer_sentences(req, rc, &wish, &page, v);
}

struct answer
handle_audio_get(const struct req *req)
{
	struct audio audio;
	enum rc rc = audio_get(req->api->db, req->pool, req->user, req->object, &audio);

	return answer_audio(req, rc, &audio);
}

/* The answer to a refused insert into a project with COUNT sentences. */
static struct answer
insert_problem(const struct req *req, enum rc rc, uint64_t count)
{
	struct bad_field bad = {"index",
	    pool_printf(req->pool, "must be 1 to %" PRIu64 ", or -1 for the end", count + 1)};

	if (rc == RC_RANGE)
		return answer_fields(req, &bad, 1);
	return answer_problem(req, 422, "The project already has %d sentences, the maximum.",
	    req->api->conf->limits.sentences_per_project);
}

struct answer
handle_audio_create(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	int64_t project = 0, index = -1, speed = 1;
	struct text text = {0};
	const struct field fields[] = {
	    {"project_id", FIELD_INT, true, 1, INT64_MAX, .number = &project},
	    {"index", FIELD_INT, false, INT64_MIN, INT64_MAX, check_index, .number = &index},
	    {"text", FIELD_TRIMMED, true, 1, conf->limits.sentence_chars, check_speakable,
		.text = &text},
	    {"speed", FIELD_INT, false, INT64_MIN, INT64_MAX, check_speed, .number = &speed},
	};
	struct idempotency idem;
	struct answer answer;
	struct audio audio;
	uint64_t count = 0;
	enum rc rc;

	if (!idempotency_read(req, audio_answer, &idem, &answer) ||
	    !body_read(req, fields, sizeof fields / sizeof fields[0], &answer))
		return answer;
	rc = audio_insert(req->api->db, req->pool, req->user, (uint64_t)project, index, text.s,
	    text.len, (int)speed, (uint64_t)conf->limits.sentences_per_project, &idem, &audio,
	    &count);
	if (rc == RC_RANGE || rc == RC_LIMIT)
		return insert_problem(req, rc, count);
	if (rc == RC_OK)
		kick_renderer(conf);
	answer = idempotency_answer(req, rc, &idem, &audio);
	if (rc == RC_OK || rc == RC_REPLAY)
		answer_header(
		    req, &answer, "ETag", etag(req->pool, 1)); /* a new sentence has revision 1 */
	return answer;
}

struct answer
handle_audio_edit(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text text = {0};
	int64_t speed = 0;
	const struct field fields[] = {
	    {"text", FIELD_TRIMMED, false, 1, conf->limits.sentence_chars, check_speakable,
		.text = &text},
	    {"speed", FIELD_INT, false, INT64_MIN, INT64_MAX, check_speed, .number = &speed},
	};
	struct answer problem;
	struct audio audio;
	const struct if_match *if_match;
	enum rc rc;

	if (!if_match_read(req, &if_match, &problem) ||
	    !body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	if (text.s == NULL && speed == 0)
		return answer_fields(
		    req, &(struct bad_field){"", "must contain text, speed or both"}, 1);
	rc = audio_edit(req->api->db, req->pool, req->user, req->object, text.s, text.len,
	    (int)speed, if_match, &audio);
	if (rc == RC_OK && audio.state == AUDIO_PENDING)
		kick_renderer(conf);
	return answer_audio(req, rc, &audio);
}

struct answer
handle_audio_move(const struct req *req)
{
	int64_t index = 0;
	const struct field fields[] = {
	    {"index", FIELD_INT, true, INT64_MIN, INT64_MAX, check_index, .number = &index},
	};
	const struct if_match *if_match;
	struct answer problem;
	struct audio audio;
	uint64_t count = 0;
	enum rc rc;

	if (!if_match_read(req, &if_match, &problem) ||
	    !body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = audio_move(
	    req->api->db, req->pool, req->user, req->object, index, if_match, &audio, &count);
	if (rc == RC_RANGE)
		return answer_fields(req,
		    &(struct bad_field){
			"index", pool_printf(req->pool,
				     "must be 1 to %" PRIu64 ", or -1 for the end", count)},
		    1);
	return answer_audio(req, rc, &audio);
}

struct answer
handle_audio_retry(const struct req *req)
{
	const struct if_match *if_match;
	struct answer problem;
	struct audio audio;
	enum rc rc;

	if (!if_match_read(req, &if_match, &problem))
		return problem;
	rc = audio_retry(req->api->db, req->pool, req->user, req->object, if_match, &audio);
	if (rc == RC_OK && audio.state == AUDIO_PENDING)
		kick_renderer(req->api->conf);
	return answer_audio(req, rc, &audio);
}

struct answer
handle_audio_delete(const struct req *req)
{
	const struct if_match *if_match;
	struct answer problem;

	if (!if_match_read(req, &if_match, &problem))
		return problem;
	return answer_deleted(
	    req, audio_delete(req->api->db, req->user, req->object, if_match), 0, req->object);
}

/* nginx sends the file that this names, and handles Range, If-None-Match and HEAD. */
struct answer
handle_audio_mp3(const struct req *req)
{
	struct answer answer = {.status = req->route->success, .type = "audio/mpeg", .body = ""};
	struct answer problem;
	struct audio audio;
	enum rc rc = audio_get(req->api->db, req->pool, req->user, req->object, &audio);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	if (!audio_is_remade(audio.revision, audio.audio_revision, audio.remade) &&
	    waiting_for_sound(req, audio.state, audio.error, &problem))
		return problem;
	answer_header(req, &answer, "ETag", etag(req->pool, audio.audio_revision));
	if (if_none_match_has(req, answer.headers->value)) {
		answer.status = 304;
		answer.cache = "private, no-cache";
		return answer;
	}
	answer_header(
	    req, &answer, "X-Accel-Redirect", pool_printf(req->pool, PROTECTED "%s", audio.path));
	return answer;
}
