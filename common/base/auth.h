#ifndef TTS_AUTH_H
#define TTS_AUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "conf.h"
#include "mem.h"

#define AUTH_TOKEN_MAX 1024 /* bytes; ours have about 200 */
#define AUTH_SKEW_SEC 60    /* a token may come from a host whose clock is this much ahead */

/* Who asks, as a token says it: the user, and the epoch of that user's tokens it was issued in. */
struct login {
	uint64_t user;
	uint32_t epoch;
};

/* The key that signs logins (JSON Web Tokens, RFC 7519, HS256) and how long they last. */
struct auth {
	struct secret key;
	int expire_sec;
};

/* Issue a token. Returns NULL, logged, if the key is too short or there is no memory. */
const char *auth_issue(
    struct pool *pool, const struct auth *auth, const struct login *login, time_t now);

/*
 * Check the value of an Authorization header, "Bearer TOKEN" or the bare token. True only for a
 * token that this key signed with HS256 (no other algorithm), that says when it was issued and when
 * it ends, and that has not ended. Whether the user is still there is not known here.
 */
bool auth_verify(const struct auth *auth, const char *authorization, time_t now, struct login *out);

#endif
