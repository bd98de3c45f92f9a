#include "../store/webhook.h"

#include <string.h>

#include "../common/base/crypt.h"
#include "../common/base/weburl.h"
#include "../store/event.h"
#include "body.h"
#include "handlers.h"
#include "../common/base/json.h"
#include "page.h"
#include "precond.h"

#define DESCRIPTION_CHARS 200 /* the length of the database column */

/* The types of the list in the database, "a,b", as an array; all of them if it is empty. */
static void
write_types(struct buf *out, const char *types)
{
	json_put_open(out, "types", '[');
	for (size_t len; *types != '\0'; types += len + (types[len] == ',')) {
		len = strcspn(types, ",");
		json_put_strn(out, NULL, types, len);
	}
	json_put_close(out, ']');
}

static void
write_or_null(struct buf *out, const char *name, const char *s)
{
	if (s[0] != '\0')
		json_put_str(out, name, s);
	else
		json_put_null(out, name);
}

static void
write_webhook(struct buf *out, const struct webhook *w, const char *secret)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", w->id);
	json_put_str(out, "created_at", w->created_at.s);
	json_put_str(out, "updated_at", w->updated_at.s);
	json_put_str(out, "url", w->url);
	write_types(out, w->types);
	json_put_str(out, "description", w->description);
	json_put_bool(out, "enabled", w->enabled);
	write_or_null(out, "disabled_reason", w->reason);
	write_or_null(out, "failing_since", w->failing.s);
	if (secret != NULL)
		json_put_str(out, "secret", secret);
	json_put_close(out, '}');
}

/* Answer with an endpoint; SECRET, if not NULL, is shown this once. */
static struct answer
answer_webhook(const struct req *req, enum rc rc, const struct webhook *w, const uint8_t *secret)
{
	const char *shown = NULL;
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	if (secret != NULL)
		shown = pool_printf(
		    req->pool, "whsec_%s", crypt_base64(req->pool, secret, WEBHOOK_SECRET_SIZE));
	buf_init(&body, req->pool, 512);
	write_webhook(&body, w, shown);
	return answer_json(req, &body);
}

static const char *
check_types(const struct field *field)
{
	const struct texts *types = field->texts;

	for (size_t i = 0; i < types->n; i++) {
		if (event_type_named(types->v[i]) == EVENT_TYPES)
			return "must be types of events, like project.completed";
		for (size_t j = 0; j < i; j++)
			if (strcmp(types->v[i], types->v[j]) == 0)
				return "must not name a type twice";
	}
	return NULL;
}

/* The list of types for the database. */
static const char *
list_of(struct pool *pool, const struct texts *types)
{
	struct buf out;

	buf_init(&out, pool, 256);
	for (size_t i = 0; i < types->n; i++) {
		buf_adds(&out, i > 0 ? "," : "");
		buf_adds(&out, types->v[i]);
	}
	return out.data;
}

/* Read the body of a new endpoint, or of a change. */
static bool
read_webhook(const struct req *req, bool new, struct webhook_new *in, struct answer *problem)
{
	struct text url = {0}, description = {0};
	struct texts types = {0};
	int64_t enabled = -1;
	const struct field fields[] = {
	    {"url", FIELD_CHARS, new, 1, WEBURL_MAX, .text = &url},
	    {"types", FIELD_STRINGS, false, 0, EVENT_TYPES, check_types, .texts = &types},
	    {"description", FIELD_CHARS, false, 0, DESCRIPTION_CHARS, check_shown,
		.text = &description},
	    {"enabled", FIELD_BOOL, false, .number = &enabled},
	};
	const char *wrong;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], problem))
		return false;
	*in = (struct webhook_new){
	    .url = url.s, .description = description.s, .enabled = (int)enabled};
	if (types.v != NULL)
		in->types = list_of(req->pool, &types);
	wrong = url.s != NULL ? weburl_wrong(req->pool, req->api->conf, url.s) : NULL;
	if (wrong != NULL)
		*problem = answer_fields(req, &(struct bad_field){"url", wrong}, 1);
	return wrong == NULL;
}

struct answer
handle_webhook_create(const struct req *req)
{
	const struct api *api = req->api;
	uint8_t secret[WEBHOOK_SECRET_SIZE];
	struct webhook_new in;
	struct answer answer;
	struct webhook w;
	enum rc rc;

	if (!read_webhook(req, true, &in, &answer))
		return answer;
	in.types = in.types != NULL ? in.types : "";
	in.description = in.description != NULL ? in.description : "";
	in.enabled = in.enabled != 0;
	crypt_random(secret, sizeof secret);
	rc = webhook_create(api->db, req->pool, req->user, &in, secret, &w);
	if (rc == RC_LIMIT)
		return answer_problem(req, 409, "You already have %d webhooks, the maximum.",
		    api->conf->limits.webhooks_per_user);
	return answer_webhook(req, rc, &w, secret);
}

struct answer
handle_webhook_list(const struct req *req)
{
	struct page page = {.pages = 1};
	struct page_wish wish;
	struct webhook *v;
	struct buf body;
	size_t n;
	enum rc rc = webhook_list(req->api->db, req->pool, req->user, &v, &n);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	wish = page_query_or_all(req, n);
	if (!page_place(&wish, n, &page))
		return page_problem(req, RC_NOT_FOUND, &page);
	v += page_before(&wish);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		write_webhook(&body, &v[i], NULL);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_webhook_get(const struct req *req)
{
	struct webhook w;
	enum rc rc = webhook_get(req->api->db, req->pool, req->user, req->object, &w);
	struct answer answer = answer_webhook(req, rc, &w, NULL);

	return rc == RC_OK ? answer_tagged(req, answer, NULL) : answer;
}

struct answer
handle_webhook_change(const struct req *req)
{
	struct webhook_new in;
	struct answer answer;
	struct webhook w;
	enum rc rc;

	if (!read_webhook(req, false, &in, &answer))
		return answer;
	rc = webhook_change(req->api->db, req->pool, req->user, req->object, &in, &w);
	if (rc == RC_DISABLED)
		return answer_problem(req, 409,
		    "The webhook was disabled by the operator of this service, who alone can "
		    "enable it.");
	return answer_webhook(req, rc, &w, NULL);
}

struct answer
handle_webhook_delete(const struct req *req)
{
	struct buf body;
	enum rc rc = webhook_delete(req->api->db, req->pool, req->user, req->object);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

struct answer
handle_webhook_rotate(const struct req *req)
{
	uint8_t secret[WEBHOOK_SECRET_SIZE];
	struct webhook w;
	enum rc rc;

	crypt_random(secret, sizeof secret);
	rc = webhook_rotate(req->api->db, req->pool, req->user, req->object, secret, &w);
	return answer_webhook(req, rc, &w, secret);
}
