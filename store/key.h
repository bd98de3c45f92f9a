#ifndef TTS_STORE_KEY_H
#define TTS_STORE_KEY_H

#include "store.h"

/* An API key, without what it consists of. */
struct key {
	uint64_t id;
	struct timestamp created_at;
	struct timestamp expires_at, used_at; /* "": never */
	const char *name;
	bool read, write;
};

struct key_new {
	const char *name;
	const uint8_t *hash; /* AUTH_KEY_HASH_SIZE bytes, see auth_key_hash */
	bool read, write;
	uint64_t days; /* for which it is valid; 0: for ever */
};

/* Add a key. RC_LIMIT if the user has KEYS_MAX already. */
enum rc key_create(struct db *db, struct pool *pool, uint64_t user, const struct key_new *in,
    uint64_t keys_max, struct key *out);

/* All keys of the user, the newest first. */
enum rc key_list(struct db *db, struct pool *pool, uint64_t user, struct key **v, size_t *n);

/* Delete a key; what was opened with it ends like what was opened with a login that was ended. */
enum rc key_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id);

/* What a key may do. */
struct key_login {
	struct login login;
	uint64_t id;
	bool read, write;
	bool unused; /* for a minute: see key_used */
};

/* Find the key with this hash. RC_DENIED if there is none, it has expired, or its user is disabled
 * or gone. */
enum rc key_check(struct db *db, const uint8_t *hash, struct key_login *out);

/* Note that a key was used. */
enum rc key_used(struct db *db, uint64_t id);

#endif
