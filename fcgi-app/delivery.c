#include <inttypes.h>
#include <string.h>

#include "../common/work/kick.h"
#include "../store/webhook.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"
#include "query.h"
#include "route.h"

/* As clients see it: what is being sent is pending, too. */
static const char *const statuses[DELIVERY_STATES] = {
    [DELIVERY_PENDING] = "pending",
    [DELIVERY_CLAIMED] = "sending",
    [DELIVERY_DONE] = "delivered",
    [DELIVERY_FAILED] = "dead",
};

static void
write_delivery(struct buf *out, const struct delivery *d)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", d->id);
	if (d->seq != 0)
		json_put_uint(out, "event", d->seq);
	else
		json_put_null(out, "event");
	json_put_str(out, "type", d->type);
	json_put_str(out, "status", statuses[d->state]);
	json_put_str(out, "created_at", d->created_at.s);
	json_put_str(out, "updated_at", d->updated_at.s);
	if (d->state == DELIVERY_PENDING)
		json_put_str(out, "next_try_at", d->run_at.s);
	else
		json_put_null(out, "next_try_at");
	json_put_uint(out, "tries", d->tries);
	if (d->status != 0)
		json_put_int(out, "http_status", d->status);
	else
		json_put_null(out, "http_status");
	json_put_str(out, "error", d->error);
	json_put_str(out, "answer", d->answer);
	json_put_close(out, '}');
}

static struct answer
answer_delivery(const struct req *req, enum rc rc, const struct delivery *d)
{
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	kick_notify(req->api->conf);
	buf_init(&body, req->pool, 2048);
	write_delivery(&body, d);
	return answer_json(req, &body);
}

struct answer
handle_webhook_test(const struct req *req)
{
	struct delivery d = {0};
	enum rc rc = delivery_test(req->api->db, req->pool, req->user, req->object, &d);

	return answer_delivery(req, rc, &d);
}

struct answer
handle_webhook_redeliver(const struct req *req)
{
	struct delivery d = {0};
	enum rc rc = delivery_again(req->api->db, req->pool, req->user, req->object, req->page, &d);

	return answer_delivery(req, rc, &d);
}

/* A number of the query; false if it is there and is none. 0 without it. */
static bool
number_query(const struct req *req, const char *name, uint64_t *out)
{
	const char *value = query_value(req, name);

	*out = 0;
	if (value == NULL || strcmp(value, "0") == 0)
		return true;
	*out = route_page_number(value, strlen(value));
	return *out != PAGE_BEYOND;
}

/* The state of ?status=; DELIVERY_STATES without it. */
static bool
status_query(const struct req *req, enum delivery_state *out)
{
	const char *value = query_value(req, "status");
	size_t i = 0;

	*out = DELIVERY_STATES;
	if (value == NULL)
		return true;
	while (i < DELIVERY_STATES && strcmp(statuses[i], value) != 0)
		i++;
	*out = (enum delivery_state)i;
	return i < DELIVERY_STATES;
}

struct answer
handle_webhook_deliveries(const struct req *req)
{
	const size_t max = (size_t)query_number(req, "per_page", DELIVERY_PAGE);
	struct delivery *v = pool_array(req->pool, max, sizeof *v);
	struct answer answer;
	enum delivery_state state;
	uint64_t before;
	struct buf body;
	size_t n;
	enum rc rc;

	if (!status_query(req, &state))
		return answer_fields(req,
		    &(struct bad_field){"status", "must be pending, sending, delivered or dead"},
		    1);
	if (!number_query(req, "before", &before))
		return answer_fields(
		    req, &(struct bad_field){"before", "must be the id of a delivery"}, 1);
	rc = delivery_list(
	    req->api->db, req->pool, req->user, req->object, state, before, max, v, &n);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 8192);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cnt", n);
	json_put_open(&body, "deliveries", '[');
	for (size_t i = 0; i < n; i++)
		write_delivery(&body, &v[i]);
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

struct answer
handle_webhook_replay(const struct req *req)
{
	uint64_t after;
	struct buf body;
	enum rc rc;

	if (query_value(req, "after") == NULL || !number_query(req, "after", &after))
		return answer_fields(req,
		    &(struct bad_field){"after", "must be the number of an event, or 0 for all"},
		    1);
	rc = webhook_replay(req->api->db, req->pool, req->user, req->object, after);
	if (rc == RC_RANGE)
		return answer_fields(req,
		    &(struct bad_field){"after", "is greater than the number of your newest event"},
		    1);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	kick_notify(req->api->conf);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_uint(&body, "after", after);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
