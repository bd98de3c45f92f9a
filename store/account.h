#ifndef TTS_STORE_ACCOUNT_H
#define TTS_STORE_ACCOUNT_H

#include "store.h"

/*
 * What users do with their own accounts. All of it answers RC_DENIED for a user who is disabled or
 * gone. PROVED is the hash that the given password matched; if the user has another one by now, it
 * is RC_DENIED too, and nothing is changed.
 */

/* The user, and the hash of the password. */
enum rc account_get(
    struct db *db, struct pool *pool, uint64_t id, struct user *user, const char **password_hash);

enum rc account_rename(
    struct db *db, struct pool *pool, uint64_t id, const char *name, struct user *user);

/* RC_EMAIL_TAKEN if another user has the address. */
enum rc account_set_email(struct db *db, struct pool *pool, uint64_t id, const char *proved,
    const char *email, struct user *user);

/* All tokens end; *EPOCH is that of the tokens to come. */
enum rc account_set_password(struct db *db, struct pool *pool, uint64_t id, const char *proved,
    const char *password_hash, uint32_t *epoch);

/* End the login that a token came from, with all tokens that were refreshed from it. */
enum rc account_logout(struct db *db, const struct login *login);

/* End all logins of the user. */
enum rc account_logout_all(struct db *db, uint64_t id);

/* Delete the user. Nobody finds anything of the user any more; the rows and the files are removed
 * by work, however many they are. RC_NOT_FOUND for one who is deleted already. */
enum rc account_delete(struct db *db, uint64_t id);

#endif
