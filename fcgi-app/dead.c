#include <string.h>

#include "../common/base/json.h"
#include "../common/work/kick.h"
#include "../store/pipeline.h"
#include "handlers.h"
#include "page.h"
#include "precond.h"
#include "query.h"
#include "route.h"

#define DEAD_PAGE 50
#define TRIES_MAX 100

static void
put_or_null(struct buf *out, const char *name, const char *s)
{
	if (s[0] != '\0')
		json_put_str(out, name, s);
	else
		json_put_null(out, name);
}

static void
put_status(struct buf *out, int status)
{
	if (status != 0)
		json_put_int(out, "http_status", status);
	else
		json_put_null(out, "http_status");
}

static void
put_dead(struct buf *out, const struct dead *d)
{
	json_put_uint(out, "id", d->id);
	json_put_str(out, "task_id", d->task);
	json_put_str(out, "stage", stage_name(d->stage));
	json_put_str(out, "step", stage_step_name(d->step));
	put_or_null(out, "engine", d->engine);
	json_put_str(out, "error_class", d->error_class);
	json_put_str(out, "error", d->error);
	put_status(out, d->status);
	put_or_null(out, "external_id", d->external_id);
	json_put_uint(out, "attempts", d->attempts);
	json_put_str(out, "created_at", d->created_at.s);
	json_put_str(out, "failed_at", d->failed_at.s);
}

/* Which host it was is for the operator. */
static void
put_try(struct buf *out, const struct stage_try *t)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "n", t->n);
	json_put_str(out, "step", t->step);
	json_put_str(out, "began_at", t->began_at.s);
	put_or_null(out, "ended_at", t->ended_at.s);
	put_or_null(out, "outcome", t->outcome);
	put_or_null(out, "error_class", t->error_class);
	put_or_null(out, "error", t->error);
	put_status(out, t->status);
	json_put_str(out, "answer", t->answer);
	json_put_close(out, '}');
}

/* ------------------------------------------------------------------ the list */

/* Read ?stage=, ?class= and ?before=. Returns the name of the one that is wrong, or NULL. */
static const char *
read_query(const struct req *req, struct dead_filter *filter, uint64_t *before)
{
	const char *value;

	*filter = (struct dead_filter){.user = req->user, .stage = STAGES, .error_class = ""};
	*before = 0;
	if ((value = query_value(req, "stage")) != NULL) {
		filter->stage = stage_named(value);
		if (filter->stage == STAGES)
			return "stage";
	}
	if ((value = query_value(req, "class")) != NULL) {
		size_t i = 0;

		filter->error_class = value;
		while (i < CLASSES && strcmp(pipeline_class_names[i], value) != 0)
			i++;
		if (i == CLASSES)
			return "class";
	}
	if ((value = query_value(req, "before")) != NULL) {
		*before = route_page_number(value, strlen(value));
		if (*before == PAGE_BEYOND)
			return "before";
	}
	return NULL;
}

static struct answer
query_problem(const struct req *req, const char *field)
{
	const char *reason = "must be the class of an error, like transient";

	if (strcmp(field, "stage") == 0)
		reason = "must be lyric, song or video";
	else if (strcmp(field, "before") == 0)
		reason = "must be the id of a dead letter";
	return answer_fields(req, &(struct bad_field){field, reason}, 1);
}

struct answer
handle_dead_list(const struct req *req)
{
	const size_t max = (size_t)query_number(req, "per_page", DEAD_PAGE);
	struct dead *v = pool_array(req->pool, max, sizeof *v);
	struct dead_filter filter;
	uint64_t before, total;
	struct answer answer;
	const char *wrong;
	struct buf body;
	size_t n = 0;
	enum rc rc;

	wrong = read_query(req, &filter, &before);
	if (wrong != NULL)
		return query_problem(req, wrong);
	rc = dead_count(req->api->db, &filter, &total);
	if (rc == RC_OK)
		rc = dead_list(req->api->db, req->pool, &filter, before, max, v, &n);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 4096);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cnt", n);
	json_put_uint(&body, "total", total);
	json_put_open(&body, "dead", '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(&body, NULL, '{');
		put_dead(&body, &v[i]);
		json_put_close(&body, '}');
	}
	json_put_close(&body, ']');
	if (n == max)
		json_put_uint(&body, "next", v[n - 1].id);
	else
		json_put_null(&body, "next");
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	page_link_before(req, &answer, n == max ? v[n - 1].id : 0);
	return answer;
}

/* Those that cannot be done again now are left: the stage before is not completed, or somebody else
 * was faster. */
static enum rc
retry_all(const struct req *req, const struct dead *v, size_t n, size_t *retried)
{
	*retried = 0;
	for (size_t i = 0; i < n; i++) {
		enum rc rc = dead_retry(req->api->db, req->user, v[i].id);

		if (rc == RC_OK)
			++*retried;
		else if (rc != RC_NOT_READY && rc != RC_NOT_FOUND && rc != RC_RUNNING &&
			 rc != RC_DUPLICATE)
			return rc;
	}
	return RC_OK;
}

struct answer
handle_dead_retry_all(const struct req *req)
{
	struct dead v[DEAD_PAGE];
	struct dead_filter filter;
	size_t n = 0, retried = 0;
	const char *wrong;
	struct buf body;
	uint64_t before;
	enum rc rc;

	wrong = read_query(req, &filter, &before);
	if (wrong != NULL)
		return query_problem(req, wrong);
	rc = dead_list(req->api->db, req->pool, &filter, before, DEAD_PAGE, v, &n);
	if (rc == RC_OK)
		rc = retry_all(req, v, n, &retried);
	if (retried > 0)
		kick_pipeline(req->api->conf);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 128);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_uint(&body, "retried", retried);
	json_put_uint(&body, "left", n - retried);
	if (n == DEAD_PAGE)
		json_put_uint(&body, "next", v[n - 1].id);
	else
		json_put_null(&body, "next");
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

/* ------------------------------------------------------------------ one */

struct answer
handle_dead_get(const struct req *req)
{
	struct stage_try *tries = pool_array(req->pool, TRIES_MAX, sizeof *tries);
	struct dead dead;
	struct buf body;
	size_t n = 0;
	enum rc rc = dead_get(req->api->db, req->pool, req->user, req->object, &dead);

	if (rc == RC_OK)
		rc = stage_tries(req->api->db, req->pool, dead.id, TRIES_MAX, tries, &n);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 4096);
	json_put_open(&body, NULL, '{');
	put_dead(&body, &dead);
	json_put_open(&body, "tries", '[');
	for (size_t i = 0; i < n; i++)
		put_try(&body, &tries[i]);
	json_put_close(&body, ']');
	json_put_close(&body, '}');
	return answer_tagged(req, answer_json(req, &body), NULL);
}

static struct answer
answer_changed(const struct req *req, enum rc rc)
{
	struct buf body;

	if (rc == RC_NOT_READY)
		return answer_problem(req, 409, "The stage before it is not completed.");
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 32);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

struct answer
handle_dead_retry(const struct req *req)
{
	enum rc rc = dead_retry(req->api->db, req->user, req->object);

	if (rc == RC_OK)
		kick_pipeline(req->api->conf);
	return answer_changed(req, rc);
}

struct answer
handle_dead_drop(const struct req *req)
{
	return answer_changed(req, dead_drop(req->api->db, req->user, req->object));
}
