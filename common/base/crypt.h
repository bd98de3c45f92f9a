#ifndef TTS_CRYPT_H
#define TTS_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

#define CRYPT_SHA256_SIZE 32

/* Initialize libsodium. Call this once, before any other function here. Exits if it fails. */
void crypt_init(void);

void crypt_random(void *out, size_t len);

/* Return a uniform random number in [0, bound). BOUND must not be 0. */
uint32_t crypt_uniform(uint32_t bound);

/* SHA-256 (FIPS 180-4) of DATA. */
void crypt_sha256(uint8_t out[CRYPT_SHA256_SIZE], const void *data, size_t len);

/*
 * The same of what FD has from here to its end, *LEN bytes, in bounded memory. Reading ends after
 * more than MAX bytes. False with errno if it cannot be read.
 */
bool crypt_sha256_file(uint8_t out[CRYPT_SHA256_SIZE], int fd, uint64_t max, uint64_t *len);

/* HMAC-SHA256 (RFC 2104) of N pieces, one after the other, with a key of any length. */
struct crypt_piece {
	const void *data;
	size_t len;
};
void crypt_hmac_sha256(uint8_t out[CRYPT_SHA256_SIZE], const void *key, size_t key_len,
    const struct crypt_piece *v, size_t n);

/* Keyed BLAKE2b (RFC 7693) of DATA; OUT_LEN is 16 to 64, KEY_LEN 16 to 64. */
void crypt_keyed_hash(
    void *out, size_t out_len, const void *data, size_t len, const void *key, size_t key_len);

/* Overwrite a secret; the compiler cannot optimize the write away. */
void crypt_wipe(void *secret, size_t len);

/*
 * Hash PASSWORD with Argon2id (RFC 9106), 19 MiB, 2 passes, 1 lane: about 20 ms of CPU. The result
 * is a PHC string, which includes the salt.
 */
char *crypt_password_hash(struct pool *pool, const char *password, size_t len);

/*
 * Tell whether PASSWORD matches HASH. HASH may be NULL (no such user): then the same work is done
 * on a dummy hash and the result is false, so that the response time does not reveal whether the
 * user exists.
 */
bool crypt_password_verify(const char *hash, const char *password, size_t len);

/* Write LEN bytes as lower-case hexadecimal, 2 * LEN characters and a NUL. */
void crypt_hex(char *out, const void *data, size_t len);

/* LEN bytes in base64 with padding (RFC 4648). */
char *crypt_base64(struct pool *pool, const void *data, size_t len);

#endif
