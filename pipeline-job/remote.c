#include "remote.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/utf8.h"

#define ANSWER_MAX (4 * 1024 * 1024)
#define VALUES_MAX 200000
#define REST_MAX_SEC 86400 /* the longest that a service can ask for */
#define TEXT_MAX 160	   /* bytes of a service's own words in a message */

struct remote
remote_begin(const struct engine_input *in, struct engine_answer *out,
    const struct remote_defaults *defaults, int sec)
{
	const struct conf_stage *conf = &in->conf->pipeline.stage[in->stage];
	struct remote r = {.pool = in->pool,
	    .in = in,
	    .out = out,
	    .http = http_new(in->conf->pipeline.allow_networks),
	    .service = conf->url[0] != '\0' ? conf->url : defaults->url,
	    .model = conf->model[0] != '\0' ? conf->model : defaults->model,
	    .key = "",
	    .until = clock_ms() + (sec - REMOTE_EARLY_SEC) * INT64_C(1000)};

	/* A file that is not there must not end the child: what follows from that is not a try. */
	if (conf->key_file[0] != '\0' && access(conf->key_file, R_OK) != 0) {
		r.key = NULL;
	} else if (conf->key_file[0] != '\0') {
		struct secret key = conf_secret(conf->key_file, 1);

		r.key = pool_strndup(in->pool, (const char *)key.data, key.len);
	}
	out->progress = -1;
	return r;
}

void
remote_end(struct remote *r)
{
	http_free(r->http);
}

void
remote_fail(struct remote *r, enum pipeline_class class, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->out->class = class;
	r->out->message = pool_vprintf(r->pool, fmt, ap);
	va_end(ap);
}

void
remote_wait(struct remote *r)
{
	r->out->class = CLASS_WAIT;
	r->out->message = NULL;
}

/* What may be shown of DATA. */
static const char *
remote_shown(struct remote *r, const char *data, size_t len)
{
	const char *const secrets[] = {r->key, r->in->token};

	return http_excerpt(r->pool, data, len, secrets, sizeof secrets / sizeof *secrets);
}

/* ---------------------------------------------------------------- a request */

static bool
is_html(const struct http_answer *a)
{
	const char *s = a->body + strspn(a->body, " \t\r\n");

	return strstr(a->type, "html") != NULL || s[0] == '<';
}

int64_t
remote_rest_sec(const struct http_answer *a)
{
	int64_t sec = a->retry_after_ms / 1000 + (a->retry_after_ms % 1000 > 0);

	return sec < 0 ? 0 : sec < REST_MAX_SEC ? sec : REST_MAX_SEC;
}

/* There is nothing to go by: say why, and whether it may have been done nevertheless. */
static bool
remote_lost(struct remote *r, const struct http_answer *a, bool costs, const char *why)
{
	/* An overloaded or missing server behind a proxy has not seen the request. */
	r->out->unknown = costs && a->began && a->status != 503;
	remote_fail(r, CLASS_TRANSIENT, "%s%s", why,
	    r->out->unknown ? "; it may have been accepted and paid for" : "");
	return false;
}

static bool
remote_read(struct remote *r, const struct http_answer *a, bool costs, struct reply *reply)
{
	if (a->status == 0)
		return remote_lost(r, a, costs,
		    pool_printf(r->pool, "the service cannot be reached: %s", a->error));
	reply->status = a->status;
	r->out->retry_after_sec = remote_rest_sec(a);
	if (a->whole)
		reply->json = json_tree(r->pool, a->body, a->len, VALUES_MAX);
	if (reply->json != NULL || (a->status >= 300 && a->status < 500))
		return true;
	if (!a->whole)
		return remote_lost(r, a, costs,
		    pool_printf(r->pool, "the service answered %d, but %s", a->status, a->error));
	return remote_lost(r, a, costs,
	    pool_printf(r->pool, "the service answered %d with something that is not JSON%s",
		a->status, is_html(a) ? " but a web page" : ""));
}

int64_t
remote_left_ms(const struct remote *r, int sec)
{
	int64_t left = r->until - clock_ms(), ms = sec * INT64_C(1000);

	return left < 1 ? 1 : left < ms ? left : ms;
}

bool
remote_ask(struct remote *r, const char *path, const char *body, bool costs, struct reply *reply)
{
	struct http_request request = {
	    .url = pool_printf(r->pool, "%s%s", r->service, path),
	    .body = body,
	    .timeout_ms = remote_left_ms(r, body != NULL ? REMOTE_SEND_SEC : REMOTE_POLL_SEC),
	    .max = ANSWER_MAX,
	    .headers = {"Accept: application/json"},
	};
	struct http_answer a;
	size_t n = 1;

	if (r->key == NULL) {
		remote_fail(r, CLASS_SYSTEM, "the file with the key of the service cannot be read");
		return false;
	}
	if (body != NULL)
		request.headers[n++] = "Content-Type: application/json";
	if (r->key[0] != '\0')
		request.headers[n++] = pool_printf(r->pool, "Authorization: Bearer %s", r->key);
	*reply = (struct reply){0};
	http_ask(r->http, r->pool, &request, &a);
	r->out->status = a.status;
	r->out->excerpt = remote_shown(r, a.body, a.len);
	return remote_read(r, &a, costs, reply);
}

/* ---------------------------------------------------------------- errors */

static const char *
first_string(const struct json_node *json, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = json_at_string(json, paths[i]);

		if (s != NULL && s[0] != '\0')
			return s;
	}
	return NULL;
}

const char *
remote_error_text(const struct json_node *json)
{
	static const char *const paths[] = {"error/message", "error", "detail/message",
	    "detail/error", "detail", "hint", "message", "msg", "title"};
	const struct json_node *detail = json_at(json, "detail");
	const char *text = first_string(json, paths, sizeof paths / sizeof *paths);

	if (text == NULL && detail != NULL && detail->type == NODE_ARRAY && detail->n > 0)
		text = json_at_string(&detail->v[0], "msg");
	return text;
}

const char *
remote_error_code(const struct json_node *json)
{
	static const char *const paths[] = {
	    "error/code", "error/type", "code", "detail/type", "type"};

	return first_string(json, paths, sizeof paths / sizeof *paths);
}

bool
remote_is_about_money(const char *code, const char *text)
{
	static const char *const codes[] = {"insufficient_quota", "credit_balance_exhausted",
	    "organization_spend_limit_exceeded", "project_spend_limit_exceeded",
	    "organization_usage_limit_exceeded", "billing_hard_limit_reached", "billing_not_active",
	    "insufficient_balance", "payment_required"};
	static const char *const words[] = {"insufficient credit", "insufficient balance",
	    "not enough credit", "credits are insufficient", "out of credits", "top up"};

	for (size_t i = 0; code != NULL && i < sizeof codes / sizeof *codes; i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	for (size_t i = 0; text != NULL && i < sizeof words / sizeof *words; i++)
		if (strcasestr(text, words[i]) != NULL)
			return true;
	return false;
}

/* What a status means where the error itself says nothing else. */
static enum pipeline_class
class_of_status(int status, bool json)
{
	switch (status) {
	case 401:
		return CLASS_AUTH;
	case 402:
		return CLASS_OUT_OF_MONEY;
	case 403: /* that of a firewall in between says nothing about the key */
		return json ? CLASS_AUTH : CLASS_TRANSIENT;
	case 408:
	case 409:
	case 425:
		return CLASS_TRANSIENT;
	case 429:
		return CLASS_RATE_LIMITED;
	default:
		return status >= 500 ? CLASS_TRANSIENT : CLASS_PERMANENT;
	}
}

void
remote_refused(struct remote *r, const struct reply *reply)
{
	const char *text = remote_error_text(reply->json), *code = remote_error_code(reply->json);
	enum pipeline_class class = class_of_status(reply->status, reply->json != NULL);

	if (remote_is_about_money(code, reply->status == 429 || reply->status == 402 ? text : NULL))
		class = CLASS_OUT_OF_MONEY;
	else if (code != NULL && strcmp(code, "invalid_api_key") == 0)
		class = CLASS_AUTH;
	else if (code != NULL && reply->status < 500 &&
		 (strcmp(code, "rate_limit_exceeded") == 0 || strcmp(code, "slow_down") == 0))
		class = CLASS_RATE_LIMITED;
	if (reply->status >= 300 && reply->status < 400)
		remote_fail(r, class, "the service answered %d, a redirect", reply->status);
	else if (text != NULL)
		remote_fail(r, class, "the service answered %d: %s", reply->status,
		    remote_cut(r->pool, remote_shown(r, text, strlen(text)), TEXT_MAX));
	else
		remote_fail(r, class, "the service answered %d", reply->status);
}

/* ---------------------------------------------------------------- small things */

bool
remote_id_ok(const char *id)
{
	size_t n = 0;

	while (isalnum((unsigned char)id[n]) || (id[n] != '\0' && strchr("-_.", id[n]) != NULL))
		n++;
	return n > 0 && n <= 200 && id[n] == '\0' && strspn(id, ".") < n;
}

const char *
remote_cut(struct pool *pool, const char *s, size_t max)
{
	size_t len = strlen(s), end = 0;

	for (size_t n = 0; end < len && n < max; n++)
		utf8_next(s, len, &end);
	return pool_strndup(pool, s, end);
}

const char *
remote_check(const struct conf *conf, struct pool *pool, enum stage stage,
    const struct remote_defaults *defaults, const char *path, struct reply *reply)
{
	const struct engine_input in = {.conf = conf, .pool = pool, .stage = stage, .token = ""};
	struct engine_answer out = {0};
	struct remote r = remote_begin(&in, &out, defaults, REMOTE_SEND_SEC);
	struct reply own = {0};

	reply = reply != NULL ? reply : &own;
	if (remote_ask(&r, path, NULL, false, reply) &&
	    (reply->status < 200 || reply->status > 299))
		remote_refused(&r, reply);
	remote_end(&r);
	return out.message;
}
