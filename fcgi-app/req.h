#ifndef TTS_REQ_H
#define TTS_REQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/auth.h"
#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../store/db/db.h"

struct route;

/* What a worker has for as long as it lives. */
struct api {
	const struct conf *conf;
	struct db *db;
	const struct auth *auth;
};

enum body_state {
	BODY_WHOLE,
	BODY_CUT,   /* not the length that was announced */
	BODY_LARGE, /* more than limits.body_bytes; it was read and thrown away */
};

/*
 * A request as nginx passed it on, without anything of FastCGI. Everything it points to lives until
 * the answer is written. Headers that were not sent are NULL.
 */
struct req {
	const struct api *api;
	struct pool *pool;
	const char *id; /* of the request: nginx's $request_id */
	bool local;	/* it came over the listener for the machine itself */

	const char *method;
	const char *path;  /* decoded and normalised by nginx */
	const char *query; /* "" if there is none */
	const char *authorization, *content_type, *idempotency_key, *if_match;

	enum body_state body_state;
	const char *body; /* body_len bytes and a NUL */
	size_t body_len;

	/* Found by route_answer before the handler runs. */
	const struct route *route;
	uint64_t object; /* {id} in the path; 0, which no object has, when it is no possible id */
	uint64_t page;	 /* {n} in the path; PAGE_BEYOND when there can be no such page */
	uint64_t user;	 /* who is logged in; 0 on an open route */
	struct login login; /* the same, as the token says it */
};

#endif
