#ifndef TTS_HUB_H
#define TTS_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/auth.h"
#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../common/base/rc.h"
#include "../store/db/db.h"
#include "ask.h"
#include "server.h"

#define HUB_BUCKETS 16384

/*
 * All streams and waiting polls, by user. One thread has all of it. Nothing here has to last: when
 * the process dies, clients connect again with the number of the last event that they got.
 */

/* An open stream, or a poll that waits. */
struct stream {
	struct exchange *x;
	struct listener *listener;
	struct stream *next; /* of the same user */
	struct ask ask;	     /* ask.after is the number of the last event that was dealt with */
	uint32_t epoch;	     /* of the token */
	uint8_t session[AUTH_SESSION_SIZE]; /* the same */
	int64_t expires;		    /* when the token does, in seconds since 1970 */
	int64_t sent_ms;		    /* when something was sent last */
	int64_t until_ms;		    /* when a poll is answered in any case */
	bool behind; /* it has to read events that were there before; the others wait for new
			ones */
};

/* A user who has streams. */
struct listener {
	uint64_t user;
	struct stream *streams;
	size_t n;
	size_t place;		    /* in hub.all */
	struct listener *in_bucket; /* the next one */
};

struct hub {
	const struct conf *conf;
	struct db *db;
	struct auth auth;
	struct server *server;
	struct listener *buckets[HUB_BUCKETS];
	struct listener **all;
	size_t n, cap;
	size_t streams, polls, streams_max;
	struct pool *pool; /* of one call from the server */
	int64_t asked_ms;  /* when the database was last asked for news */
	int64_t retry_ms;  /* not before, because it was away */
	size_t checked;	   /* the next listener to be checked */
	size_t check_due;  /* how many are to be checked, times CHECK_TICKS */
	int kick_fd;	   /* -1: it cannot be watched at present */
};

/* The listener of a user; NULL if there is none. */
struct listener *hub_find(const struct hub *hub, uint64_t user);

/* Add the request X of that user. The caller has checked the limits. */
struct stream *hub_add(struct hub *hub, uint64_t user, struct exchange *x, const struct ask *ask);

/* Forget a stream, and its listener if it was the last; its exchange is the caller's. */
void hub_remove(struct hub *hub, struct stream *s);

/* The outcome of a call of the store: after RC_BUSY and the like the database is left alone for a
 * second. Returns RC. */
enum rc hub_noted(struct hub *hub, enum rc rc);

/* Tell whether the database may be asked. */
bool hub_may_ask(const struct hub *hub);

#endif
