#include "refuse.h"

#include "../common/base/json_put.h"

static const struct {
	int status;
	const char *title;
	const char *name, *value; /* of a header that goes with it */
} titles[] = {
    {400, "Bad Request", NULL, NULL},
    {401, "Unauthorized", NULL, NULL},
    {403, "Forbidden", NULL, NULL},
    {404, "Not Found", NULL, NULL},
    {405, "Method Not Allowed", "Allow", "GET, HEAD"},
    {406, "Not Acceptable", NULL, NULL},
    {422, "Unprocessable Content", NULL, NULL},
    {429, "Too Many Requests", "Retry-After", "5"},
    {503, "Service Unavailable", "Retry-After", "2"},
};

void
refuse(struct hub *hub, struct exchange *x, const struct ask_problem *problem)
{
	const char *id = exchange_header(x, "X-Request-Id");
	struct buf body;
	size_t i = 0;

	while (titles[i].status != problem->status)
		i++;
	buf_init(&body, hub->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "type", "about:blank");
	json_put_str(&body, "title", titles[i].title);
	json_put_int(&body, "status", problem->status);
	json_put_str(&body, "detail",
	    problem->field != NULL ? "Some fields are not valid." : problem->detail);
	json_put_str(&body, "request_id", id != NULL ? id : "");
	if (problem->field != NULL) {
		json_put_open(&body, "errors", '[');
		json_put_open(&body, NULL, '{');
		json_put_str(&body, "field", problem->field);
		json_put_str(&body, "reason", problem->detail);
		json_put_close(&body, '}');
		json_put_close(&body, ']');
	}
	json_put_close(&body, '}');
	exchange_set(x, "Content-Type", "application/problem+json");
	exchange_set(x, "Cache-Control", "no-store");
	if (titles[i].name != NULL)
		exchange_set(x, titles[i].name, titles[i].value);
	exchange_answer(x, problem->status, titles[i].title, body.data, body.len);
}

void
refuse_login(struct hub *hub, struct exchange *x)
{
	bool token = exchange_header(x, "Authorization") != NULL;

	/* RFC 6750 */
	exchange_set(x, "WWW-Authenticate", token ? "Bearer error=\"invalid_token\"" : "Bearer");
	refuse(hub, x,
	    &(struct ask_problem){401, NULL,
		"Authentication required: invalid token, or wrong e-mail address or password."});
}

void
refuse_busy(struct hub *hub, struct exchange *x)
{
	refuse(hub, x,
	    &(struct ask_problem){503, NULL,
		"The service cannot do this at the moment; nothing was changed. Try again."});
}
