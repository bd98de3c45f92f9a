#ifndef TTS_REQ_H
#define TTS_REQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/auth.h"
#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../store/db/db.h"

struct query_pair;
struct route;

/* The resources of a worker for its whole life. */
struct api {
	const struct conf *conf;
	struct db *db;
	const struct auth *auth;
};

enum body_state {
	BODY_WHOLE,
	BODY_CUT,   /* its length differs from Content-Length */
	BODY_LARGE, /* longer than this route takes; it was read and discarded */
};

/*
 * A request as passed on by nginx, independent of FastCGI. Everything it points to lives until the
 * answer is sent. Headers that were not sent are NULL.
 */
struct req {
	const struct api *api;
	struct pool *pool;
	const char *id;	    /* of the request: nginx's $request_id */
	const char *client; /* its IP address, as text */
	bool local;	    /* it arrived on the machine's own listener */

	const char *method;
	const char *path;  /* decoded and normalized by nginx */
	const char *query; /* "" if there is none */
	const char *authorization, *content_type, *idempotency_key, *if_match, *if_none_match,
	    *accept_language, *content_encoding;

	enum body_state body_state;
	const char *body; /* body_len bytes and a NUL */
	size_t body_len;

	/* Set by route_answer before the handler runs. */
	const struct route *route;
	const struct query_pair *pairs; /* of the query, decoded */
	size_t n_pairs;
	uint64_t object;    /* {id} in the path; 0, which no object has, if it is out of range */
	uint64_t page;	    /* {n} in the path; PAGE_BEYOND if there can be no such page */
	const char *task;   /* {task} in the path, a UUID in lower case */
	const char *word;   /* {stage} or {secret} in the path */
	uint64_t user;	    /* the logged-in user; 0 on an open route */
	struct login login; /* the user and epoch of the token */
};

#endif
