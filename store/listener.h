#ifndef TTS_STORE_LISTENER_H
#define TTS_STORE_LISTENER_H

#include "store.h"

/* What has to be known of a user who listens to events: whether a token still counts, as for
 * user_check, and the number of the newest event. */
struct listener_state {
	uint64_t user, seq;
	uint32_t epoch;
};

/* List the state of those of the N users who exist and are not disabled, in any order; V holds N.
 */
enum rc listener_check(struct db *db, struct pool *pool, const uint64_t *users, size_t n,
    struct listener_state *v, size_t *found);

#endif
