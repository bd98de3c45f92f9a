#include <stdlib.h>
#include <string.h>

#include "../common/base/json.h"
#include "../store/tier.h"
#include "handlers.h"
#include "query.h"

/* For programs of this machine that count the fetches of files, or move the files, themselves: the
 * table of routes has them only for the local listener. Fields and words are those of an earlier
 * system. */

#define FORM "application/x-www-form-urlencoded"
#define DIGITS_MAX 18

struct form {
	uint64_t cid, count;
	uint64_t audio; /* in place of cid; 0: not given */
};

static bool
form_is_announced(const struct req *req)
{
	const char *type = req->content_type;
	size_t len = strlen(FORM);

	return type != NULL && strncasecmp(type, FORM, len) == 0 &&
	       (type[len] == '\0' || strchr("; \t", type[len]) != NULL);
}

/* Read a number of the form; if that fails, add what is wrong to BAD. */
static void
form_number(
    const struct req *req, const char *name, uint64_t *out, struct bad_field *bad, size_t *n)
{
	const char *value;
	size_t len;

	if (!query_find(req->body, name, &value, &len))
		bad[(*n)++] = (struct bad_field){name, "is required"};
	else if (len == 0 || len > DIGITS_MAX || strspn(value, "0123456789") < len)
		bad[(*n)++] = (struct bad_field){name, "must be a number of at most 18 digits"};
	else
		*out = strtoull(value, NULL, 10);
}

/* Read the form: cid, with COUNTED also count, and then audio_id may be there in place of cid. */
static bool
form_read(const struct req *req, bool counted, struct form *form, struct answer *problem)
{
	struct bad_field bad[3];
	const char *value;
	size_t n = 0, len;

	*form = (struct form){.cid = 0};
	if (req->api->conf->levels.n == 0) {
		*problem = answer_problem(req, 404, "No levels of storage are configured.");
		return false;
	}
	if (!form_is_announced(req)) {
		*problem = answer_problem(req, 415, "Content-Type must be " FORM ".");
		return false;
	}
	if (counted && !query_find(req->body, "cid", &value, &len) &&
	    query_find(req->body, "audio_id", &value, &len))
		form_number(req, "audio_id", &form->audio, bad, &n);
	else
		form_number(req, "cid", &form->cid, bad, &n);
	if (counted)
		form_number(req, "count", &form->count, bad, &n);
	if (n > 0)
		*problem = answer_fields(req, bad, n);
	return n == 0;
}

static struct answer
level_problem(const struct req *req, enum rc rc)
{
	if (rc == RC_NOT_READY)
		return answer_problem(req, 409,
		    "The database does not have the configured levels yet: tts-tier writes them.");
	if (rc == RC_RUNNING)
		return answer_problem(req, 409,
		    "check your status again: the file is not one that you were asked to move");
	return answer_rc(req, rc);
}

/* The count of a file, from a player that counts: whether and where it has to be moved. */
struct answer
handle_post_sentence(const struct req *req)
{
	const struct conf_level *levels = req->api->conf->levels.v;
	struct tier_content content;
	struct answer problem;
	enum rc rc = RC_OK;
	struct form form;
	struct buf body;

	if (!form_read(req, true, &form, &problem))
		return problem;
	if (form.audio != 0) {
		rc = tier_content_of_audio(req->api->db, form.audio, &content);
		form.cid = content.cid;
	}
	if (rc == RC_OK)
		rc = tier_set_count(req->api->db, form.cid, form.count, &content);
	if (rc != RC_OK)
		return level_problem(req, rc);
	buf_init(&body, req->pool, 256);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cid", content.cid);
	json_put_uint(&body, "count", content.count);
	json_put_str(&body, "target", levels[content.target].name);
	json_put_str(&body, "db_level", levels[content.level].name);
	json_put_str(&body, "filename", content.name);
	if (content.moving)
		json_put_str(&body, "worker_id", "working");
	else
		json_put_null(&body, "worker_id");
	json_put_str(&body, "status", "update");
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

/* A worker elsewhere has moved the file to the target. */
struct answer
handle_update_sentence(const struct req *req)
{
	struct tier_content content;
	struct answer problem;
	struct form form;
	struct buf body;
	enum rc rc;

	if (!form_read(req, false, &form, &problem))
		return problem;
	rc = tier_outside_done(req->api->db, form.cid, &content);
	if (rc != RC_OK)
		return level_problem(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cid", content.cid);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
