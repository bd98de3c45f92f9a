#ifndef TTS_TEXT_PASSWORD_H
#define TTS_TEXT_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/mem.h"

/*
 * Passwords as people type them. The same characters come composed from some keyboards and
 * decomposed from others; so what is hashed is prepared as RFC 8265 says (OpaqueString): in NFC,
 * with all spaces the same. The LEN bytes at S are valid UTF-8.
 */

/* Hash a password; see crypt_password_hash. */
char *password_hash(struct pool *pool, const char *s, size_t len);

/*
 * Tell whether a password matches HASH, also one that was made of it before passwords were
 * prepared. HASH may be NULL, see crypt_password_verify.
 */
bool password_matches(struct pool *pool, const char *hash, const char *s, size_t len);

#endif
