#include <inttypes.h>
#include <string.h>

#include "../common/base/json.h"
#include "../common/work/kick.h"
#include "../store/pipeline.h"
#include "body.h"
#include "handlers.h"
#include "pipeline_json.h"

#define LYRIC_CHARS 20000

/* The language of the pipeline of the path. */
static enum text_language
language_of(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct pipeline p;

	if (pipeline_get(req->api->db, req->pool, &key, &p) != RC_OK)
		return text_language_for(req, "");
	return text_language_for(req, p.language);
}

/* ------------------------------------------------------------------ doing it again */

static struct answer
answer_again(const struct req *req, enum text_answer text, const char *name, enum stage stage)
{
	struct buf body = pipeline_answer_begin(req);

	kick_pipeline(req->api->conf);
	json_put_str(&body, name, stage_name(stage));
	json_put_str(&body, "message", text_of_answer(req, language_of(req), text, stage));
	return pipeline_answer_end(req, &body);
}

struct answer
handle_pipeline_retry(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	enum stage stage = stage_named(req->word);
	enum rc rc;

	if (stage == STAGES)
		return answer_problem(req, 400, "Invalid stage: %s", req->word);
	rc = pipeline_retry(req->api->db, &key, stage);
	return rc == RC_OK ? answer_again(req, TEXT_RETRIED, "stage", stage)
			   : pipeline_problem(req, rc);
}

struct answer
handle_pipeline_resume(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	enum pipeline_word word;
	enum stage from;
	enum rc rc = pipeline_resume(req->api->db, &key, &from, &word);

	if (rc == RC_NOT_FAILED)
		return answer_problem(
		    req, 400, "Pipeline is not in failed state: %s", pipeline_word_name(word));
	return rc == RC_OK ? answer_again(req, TEXT_RESUMED, "resumed_from", from)
			   : pipeline_problem(req, rc);
}

/* ------------------------------------------------------------------ other changes */

/* Answer with the pipeline as it is after the change. */
static struct answer
answer_pipeline(const struct req *req, enum rc rc)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct pipeline p;
	struct buf body;

	if (rc == RC_OK)
		rc = pipeline_get(req->api->db, req->pool, &key, &p);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	buf_init(&body, req->pool, 4096);
	pipeline_put(req, &body, &p, NULL);
	return answer_json(req, &body);
}

struct answer
handle_pipeline_cancel(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	enum rc rc = pipeline_cancel(req->api->db, &key);

	if (rc == RC_OK)
		kick_work(req->api->conf);
	return answer_pipeline(req, rc);
}

struct answer
handle_pipeline_pause(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);

	return answer_pipeline(req, pipeline_pause(req->api->db, &key, ""));
}

struct answer
handle_pipeline_unpause(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	enum rc rc = pipeline_unpause(req->api->db, &key);

	if (rc == RC_OK)
		kick_pipeline(req->api->conf);
	return answer_pipeline(req, rc);
}

struct answer
handle_pipeline_lyric(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	struct text lyric = {0};
	const struct field fields[] = {
	    {"lyric", FIELD_TRIMMED, true, 1, LYRIC_CHARS, check_speakable, .text = &lyric},
	};
	struct answer problem;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = pipeline_edit_lyric(req->api->db, &key, pool_strndup(req->pool, lyric.s, lyric.len));
	if (rc == RC_OK)
		kick_pipeline(req->api->conf);
	return answer_pipeline(req, rc);
}

struct answer
handle_pipeline_take(const struct req *req)
{
	const struct pipeline_key key = pipeline_key_of(req);
	enum rc rc = pipeline_choose_take(req->api->db, &key, req->page);

	if (rc == RC_RANGE)
		return answer_problem(req, 404, "The song has no such take.");
	if (rc == RC_NOT_READY)
		return answer_problem(req, 409, "There is no song of which takes can be chosen.");
	if (rc == RC_OK)
		kick_pipeline(req->api->conf);
	return answer_pipeline(req, rc);
}

/* ------------------------------------------------------------------ what services call */

static bool
read_secret(const char *hex, uint8_t out[PIPELINE_CALLBACK_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 2 * PIPELINE_CALLBACK_SIZE)
		return false;
	for (size_t i = 0; i < PIPELINE_CALLBACK_SIZE; i++) {
		const char *high = strchr(digits, hex[2 * i]);
		const char *low = strchr(digits, hex[2 * i + 1]);

		if (high == NULL || low == NULL)
			return false;
		out[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return true;
}

/* The id that the body claims, or "": where Suno writes it, and where Creatomate does. */
static const char *
claimed_id(const struct req *req)
{
	static const char *const paths[] = {"data/task_id", "data/taskId", "id"};
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *id = json_find(req->pool, req->body, req->body_len, paths[i]);

		if (id != NULL && id[0] != '\0' && strlen(id) <= 255 &&
		    strspn(id, allowed) == strlen(id))
			return id;
	}
	return "";
}

/*
 * Anybody can call this. All that it does is to have a run looked at, whose service is asked before
 * anything is believed; and nothing can be learned from the answer.
 */
struct answer
handle_pipeline_callback(const struct req *req)
{
	uint8_t secret[PIPELINE_CALLBACK_SIZE];
	struct buf body;
	enum rc rc = RC_NOT_FOUND;

	if (read_secret(req->word, secret))
		rc = pipeline_called_back(req->api->db, secret, claimed_id(req));
	if (rc == RC_OK)
		kick_pipeline(req->api->conf);
	else if (rc != RC_NOT_FOUND)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 8);
	json_put_open(&body, NULL, '{');
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
