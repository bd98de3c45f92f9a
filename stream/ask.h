#ifndef TTS_ASK_H
#define TTS_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/mem.h"

#define ASK_WAIT_MAX 60 /* seconds; proxy_read_timeout of the site is longer */

/* What a client asks for with GET /events/. */
struct ask {
	bool poll;	  /* one answer in JSON instead of a stream */
	bool has_after;	  /* else from now on */
	uint64_t after;	  /* the number of the last event that the client knows */
	uint64_t project; /* only events of this project; 0: of all */
	uint32_t types;	  /* only events of these types: bit 1 << type */
	int wait_sec;	  /* of a poll: how long to wait for the first event */
};

/* Why a request is refused. */
struct ask_problem {
	int status;
	const char *field;  /* of the query, for 422; else NULL */
	const char *detail; /* a sentence, or the reason for FIELD */
};

/*
 * Read the query and the headers Accept and Last-Event-ID (NULL if they were not sent) of a
 * request. Last-Event-ID counts more than "after", because a client that reconnects sends the same
 * query again. False if it is refused: PROBLEM says why.
 */
bool ask_read(struct pool *pool, const char *query, const char *accept, const char *last_event_id,
    struct ask *ask, struct ask_problem *problem);

#endif
