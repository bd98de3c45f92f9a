#include "request.h"

#include <string.h>
#include <time.h>

#include "../common/base/clock.h"
#include "../common/base/log.h"
#include "../store/event.h"
#include "../store/key.h"
#include "count.h"
#include "feed.h"
#include "refuse.h"

static bool
path_is_ours(const char *path)
{
	return strcmp(path, "/events") == 0 || strcmp(path, "/events/") == 0;
}

/* Check the API key with this hash. */
static enum rc
request_key(struct hub *hub, const uint8_t *hash, struct login *login, bool *may_read)
{
	struct key_login key;
	enum rc rc = key_check(hub->db, hash, &key);

	if (rc == RC_OK) {
		*login = key.login;
		*may_read = key.read;
	}
	return rc;
}

/* Check the login. Every refusal has the same text. */
static bool
request_login(struct hub *hub, struct exchange *x, struct login *login)
{
	static const struct ask_problem forbidden = {
	    403, NULL, "The API key does not have the scope read."};
	const char *authorization = exchange_header(x, "Authorization");
	uint8_t hash[AUTH_KEY_HASH_SIZE];
	bool may_read = true, key = authorization != NULL && auth_key_hash(authorization, hash);
	enum rc rc = RC_BUSY;

	if (authorization == NULL ||
	    (!key && !auth_verify(&hub->auth, authorization, time(NULL), login))) {
		refuse_login(hub, x);
		return false;
	}
	if (hub_may_ask(hub))
		rc = hub_noted(hub,
		    key ? request_key(hub, hash, login, &may_read) : user_check(hub->db, login));
	if (rc == RC_DENIED) {
		refuse_login(hub, x);
	} else if (rc != RC_OK) {
		refuse_busy(hub, x);
	} else if (!may_read) {
		exchange_set(x, "WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
		refuse(hub, x, &forbidden);
	}
	return rc == RC_OK && may_read;
}

/* Tell whether the user may have another stream, and there is room for one. */
static bool
request_fits(struct hub *hub, struct exchange *x, uint64_t user)
{
	static const struct ask_problem too_many = {429, NULL,
	    "You already have the maximum number of streams: end one of them, or wait a moment."};
	static const struct ask_problem full = {
	    503, NULL, "The service has no room for another stream. Try again later."};
	const struct listener *l = hub_find(hub, user);

	if (l != NULL && l->n >= (size_t)hub->conf->stream.per_user)
		refuse(hub, x, &too_many);
	else if (hub->streams + hub->polls >= hub->streams_max)
		refuse(hub, x, &full);
	else
		return true;
	count_refused();
	return false;
}

/* From now on: the number of the newest event. */
static bool
request_begin_now(struct hub *hub, struct exchange *x, uint64_t user, struct ask *ask)
{
	struct event *v;
	uint64_t oldest;
	size_t n;
	enum rc rc = hub_noted(
	    hub, event_read(hub->db, hub->pool, user, INT64_MAX, 1, &v, &n, &ask->after, &oldest));

	if (rc == RC_NOT_FOUND)
		refuse_login(hub, x);
	else if (rc != RC_OK)
		refuse_busy(hub, x);
	return rc == RC_OK;
}

static void
set_stream_headers(struct exchange *x)
{
	exchange_set(x, "Content-Type", "text/event-stream");
	exchange_set(x, "Cache-Control", "no-store");
	exchange_set(x, "X-Accel-Buffering", "no");
}

static void
request_stream(
    struct hub *hub, struct exchange *x, const struct login *login, const struct ask *ask)
{
	struct stream *s = hub_add(hub, login->user, x, ask);

	s->epoch = login->epoch;
	memcpy(s->session, login->session, sizeof s->session);
	s->expires = login->expires;
	s->until_ms = clock_ms() + ask->wait_sec * 1000;
	exchange_keep(x, s);
	count_opened(ask->poll);
	if (!ask->poll) {
		set_stream_headers(x);
		exchange_begin(x);
		feed_begin(hub, s);
	}
	feed_catch_up(hub, s);
}

/* A stream has no body to send. */
static void
request_head(struct exchange *x, const struct ask *ask)
{
	if (ask->poll) {
		exchange_set(x, "Content-Type", "application/json");
		exchange_set(x, "Cache-Control", "no-store");
	} else {
		set_stream_headers(x);
	}
	exchange_answer(x, 200, "OK", "", 0);
}

void
request_answer(struct hub *hub, struct exchange *x)
{
	static const struct ask_problem nothing = {404, NULL, "There is nothing at this address."};
	static const struct ask_problem method = {405, NULL, "This address is for GET, HEAD."};
	struct ask_problem problem;
	struct login login;
	struct ask ask;

	if (!path_is_ours(exchange_path(x))) {
		refuse(hub, x, &nothing);
	} else if (exchange_method(x) == NULL) {
		refuse(hub, x, &method);
	} else if (request_login(hub, x, &login)) {
		if (!ask_read(hub->pool, exchange_query(x), exchange_header(x, "Accept"),
			exchange_header(x, "Last-Event-ID"), &ask, &problem))
			refuse(hub, x, &problem);
		else if (strcmp(exchange_method(x), "HEAD") == 0)
			request_head(x, &ask);
		else if (request_fits(hub, x, login.user) &&
			 (ask.has_after || request_begin_now(hub, x, login.user, &ask)))
			request_stream(hub, x, &login, &ask);
	}
}
