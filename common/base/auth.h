#ifndef TTS_AUTH_H
#define TTS_AUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "conf.h"
#include "mem.h"

#define AUTH_TOKEN_MAX 1024 /* bytes; ours are about 200 long */
#define AUTH_SKEW_SEC 60    /* how far ahead the clock of the issuing host may be */

#define AUTH_SESSION_SIZE 16

/*
 * The identity in a token: the user, the epoch of the user's tokens at the time of issue, the login
 * that the token came from, and when that was, which are the same in a token that was refreshed.
 * SINCE 0 stands for a login at this moment. All times are in seconds since 1970.
 */
struct login {
	uint64_t user;
	uint32_t epoch;
	int64_t since;
	int64_t expires; /* when the token does; only set by auth_verify */
	uint8_t session[AUTH_SESSION_SIZE];
};

/* The key that signs tokens (JSON Web Tokens, RFC 7519, HS256), their lifetime, and for how long
 * after the login they can be refreshed. */
struct auth {
	struct secret key;
	int expire_sec;
	int64_t refresh_sec;
};

/*
 * Issue a token, of a new login if LOGIN has no SINCE. *EXPIRES_IN, which may be NULL, is for how
 * many seconds it is valid: not longer than a refreshed one may be. Returns NULL, after logging
 * why, if the key is too short or memory runs out.
 */
const char *auth_issue(struct pool *pool, const struct auth *auth, const struct login *login,
    time_t now, int *expires_in);

/*
 * Check the value of an Authorization header, "Bearer TOKEN" or the bare token. True only for a
 * token that this key signed with HS256 (no other algorithm), that has a time of issue and an
 * expiry time, and that has not expired. Whether the user still exists is not checked here.
 */
bool auth_verify(const struct auth *auth, const char *authorization, time_t now, struct login *out);

/*
 * API keys, which programs send in place of a token: "tts_" and 256 random bits in hexadecimal.
 * They are stored as the SHA-256 of all of it.
 */
#define AUTH_KEY_HASH_SIZE 32

/* Make a key. */
const char *auth_key_new(struct pool *pool);

/* Hash the key in the value of an Authorization header, with or without "Bearer"; false if it has
 * none. */
bool auth_key_hash(const char *authorization, uint8_t hash[AUTH_KEY_HASH_SIZE]);

/* What a service account tells the issuer of access tokens (RFC 7523). */
struct assertion {
	const char *key;    /* a private RSA key in PEM */
	const char *key_id; /* NULL: none is named */
	const char *issuer, *scope, *audience;
};

/* Sign an assertion with RS256, which ends after an hour. NULL if the key is none. */
const char *auth_assert(struct pool *pool, const struct assertion *assertion, time_t now);

#endif
