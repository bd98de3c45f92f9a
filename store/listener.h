#ifndef TTS_STORE_LISTENER_H
#define TTS_STORE_LISTENER_H

#include "store.h"

/* What has to be known of a user who listens to events: whether a token still counts, as for
 * user_check, and the number of the newest event. */
struct listener_state {
	uint64_t user, seq;
	uint32_t epoch;
};

/* A login of such a user that was ended before its tokens expired. */
struct listener_logout {
	uint64_t user;
	uint8_t session[AUTH_SESSION_SIZE];
};

/* List the ended logins of these users, in any order; *V is in POOL. */
enum rc listener_logouts(struct db *db, struct pool *pool, const uint64_t *users, size_t n,
    struct listener_logout **v, size_t *found);

/* List the state of those of the N users who exist and are not disabled, in any order; V holds N.
 */
enum rc listener_check(struct db *db, struct pool *pool, const uint64_t *users, size_t n,
    struct listener_state *v, size_t *found);

#endif
