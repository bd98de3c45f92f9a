#include "answer.h"

#include <stdarg.h>

#include "../common/base/json.h"
#include "route.h"

#define FIELDS_MAX 100
#define NO_STORE "no-store" /* answers are specific to one user and one moment */

const struct title answer_titles[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};
const size_t answer_titles_n = sizeof answer_titles / sizeof answer_titles[0];

/* The default answers. A handler that knows more than the outcome says (which field, which
 * limit) makes its own. */
static const struct {
	int status;
	const char *detail;
} outcomes[] = {
    [RC_NOT_FOUND] = {404, "There is no such object."},
    [RC_EMAIL_TAKEN] = {409, "This e-mail address is taken."},
    [RC_STALE] = {412,
	"The object was changed in the meantime: the revision in If-Match is not the current one."},
    [RC_RANGE] = {422, "The index is outside of the project."},
    [RC_NOT_FAILED] = {409, "The sentence has not failed."},
    [RC_NOT_CANCELLABLE] = {409, "It cannot be cancelled."},
    [RC_DISABLED] = {409, "The webhook is disabled."},
    [RC_RUNNING] = {409, "It is being done at the moment."},
    [RC_NOT_READY] = {409, "What it is made from is not there yet."},
    [RC_DRAFT] = {409, "The pipeline was not started yet."},
    [RC_LIMIT] = {422, "A limit of this service has been reached."},
    [RC_KEY_REUSED] = {422, "This Idempotency-Key was used before with a different body."},
    [RC_BUSY] = {503, "The service cannot do this at the moment; nothing was changed. Try again."},
    [RC_SCHEMA] = {503, "The service is being updated; nothing was changed. Try again."},
    [RC_UNKNOWN] = {503,
	"The connection to the database was lost in the last step: check whether the "
	"change was made before sending the request again."},
    [RC_DUPLICATE] = {409, "An object like this already exists."},
    [RC_REFUSED] = {422, "A value cannot be stored: it is too long, out of range or not UTF-8."},
    [RC_NO_SPACE] = {503, "The service has no space left to store this; nothing was changed."},
    [RC_FAIL] = {500, "An internal error occurred; the log has the details."},
};

const char *
answer_title(int status)
{
	size_t i;

	for (i = 0; i < answer_titles_n; i++)
		if (answer_titles[i].status == status)
			return answer_titles[i].title;
	return "";
}

void
answer_header(const struct req *req, struct answer *answer, const char *name, const char *value)
{
	struct header *header = pool_alloc(req->pool, sizeof *header), **end = &answer->headers;

	*header = (struct header){name, value, NULL};
	while (*end != NULL)
		end = &(*end)->next;
	*end = header;
}

struct answer
answer_json(const struct req *req, const struct buf *body)
{
	return (struct answer){
	    .status = req->route->success,
	    .type = "application/json",
	    .cache = NO_STORE,
	    .body = body->data,
	    .len = body->len,
	};
}

/* Begin a problem document. The caller may add members, then calls problem_end. */
static struct buf
problem_begin(const struct req *req, int status, const char *detail)
{
	struct buf body;

	buf_init(&body, req->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "type", "about:blank");
	json_put_str(&body, "title", answer_title(status));
	json_put_int(&body, "status", status);
	json_put_str(&body, "detail", detail);
	json_put_str(&body, "request_id", req->id);
	return body;
}

static struct answer
problem_end(const struct req *req, int status, struct buf *body)
{
	struct answer answer = {
	    .status = status, .type = "application/problem+json", .cache = NO_STORE};

	json_put_close(body, '}');
	answer.body = body->data;
	answer.len = body->len;
	if (status == 503)
		answer_header(req, &answer, "Retry-After", "2");
	return answer;
}

struct answer
answer_problem(const struct req *req, int status, const char *fmt, ...)
{
	const char *detail;
	struct buf body;
	va_list ap;

	va_start(ap, fmt);
	detail = pool_vprintf(req->pool, fmt, ap);
	va_end(ap);
	body = problem_begin(req, status, detail);
	return problem_end(req, status, &body);
}

struct answer
answer_fields(const struct req *req, const struct bad_field *v, size_t n)
{
	struct buf body;
	size_t i;

	body = problem_begin(req, 422,
	    n > FIELDS_MAX ? pool_printf(req->pool,
				 "%zu fields are not valid; these are the first %d.", n, FIELDS_MAX)
			   : "Some fields are not valid.");
	json_put_open(&body, "errors", '[');
	for (i = 0; i < n && i < FIELDS_MAX; i++) {
		json_put_open(&body, NULL, '{');
		json_put_str(&body, "field", v[i].field);
		json_put_str(&body, "reason", v[i].reason);
		json_put_close(&body, '}');
	}
	json_put_close(&body, ']');
	return problem_end(req, 422, &body);
}

struct answer
answer_unauthorized(const struct req *req)
{
	struct answer answer = answer_problem(req, 401,
	    "Authentication required: invalid token, or wrong e-mail address or password.");
	bool token = req->route->login && req->authorization != NULL;

	/* RFC 6750 */
	answer_header(
	    req, &answer, "WWW-Authenticate", token ? "Bearer error=\"invalid_token\"" : "Bearer");
	return answer;
}

struct answer
answer_rc(const struct req *req, enum rc rc)
{
	if (rc == RC_DENIED)
		return answer_unauthorized(req);
	if ((size_t)rc >= sizeof outcomes / sizeof outcomes[0] || outcomes[rc].status == 0)
		rc = RC_FAIL;
	return answer_problem(req, outcomes[rc].status, "%s", outcomes[rc].detail);
}
