#include "crypt.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"

/* The minimum that OWASP recommends for Argon2id. Verifying the dummy hash below must cost as
 * much as verifying a real one. */
#define PASSES 2
#define MEMORY_KIB 19456
#define STRING_(x) #x
#define STRING(x) STRING_(x)

static const char dummy[] = "$argon2id$v=19$m=" STRING(MEMORY_KIB) ",t=" STRING(
    PASSES) ",p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

_Static_assert(CRYPT_SHA256_SIZE == SHA256_DIGEST_LENGTH, "size of a SHA-256");

void
crypt_init(void)
{
	if (sodium_init() < 0)
		fatal(EX_OSERR, "cannot initialise libsodium");
}

void
crypt_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

uint32_t
crypt_uniform(uint32_t bound)
{
	return randombytes_uniform(bound);
}

void
crypt_sha256(uint8_t out[CRYPT_SHA256_SIZE], const void *data, size_t len)
{
	/* Every sound is hashed. Unlike libsodium's, this SHA-256 uses the processor's
	 * instructions. */
	if (SHA256(data, len, out) == NULL)
		fatal(EX_SOFTWARE, "cannot hash: SHA-256 is not available");
}

bool
crypt_sha256_file(uint8_t out[CRYPT_SHA256_SIZE], int fd, uint64_t max, uint64_t *len)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t chunk[65536];
	ssize_t n = 1;

	if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		fatal(EX_SOFTWARE, "cannot hash: SHA-256 is not available");
	*len = 0;
	while (*len <= max && (n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || EVP_DigestUpdate(hash, chunk, (size_t)n) != 1)
			break;
		*len += (uint64_t)n;
	}
	if (n >= 0 && EVP_DigestFinal_ex(hash, out, NULL) != 1)
		fatal(EX_SOFTWARE, "cannot hash");
	EVP_MD_CTX_free(hash); /* leaves errno as it is */
	return n >= 0;
}

void
crypt_hmac_sha256(uint8_t out[CRYPT_SHA256_SIZE], const void *key, size_t key_len,
    const struct crypt_piece *v, size_t n)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	for (size_t i = 0; i < n; i++)
		crypto_auth_hmacsha256_update(&state, v[i].data, v[i].len);
	crypto_auth_hmacsha256_final(&state, out);
	crypt_wipe(&state, sizeof state);
}

void
crypt_keyed_hash(
    void *out, size_t out_len, const void *data, size_t len, const void *key, size_t key_len)
{
	if (crypto_generichash(out, out_len, data, len, key, key_len) != 0)
		fatal(
		    EX_SOFTWARE, "cannot hash: key of %zu bytes, result of %zu", key_len, out_len);
}

void
crypt_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}

char *
crypt_password_hash(struct pool *pool, const char *password, size_t len)
{
	char *hash = pool_alloc(pool, crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(hash, password, len, PASSES, (size_t)MEMORY_KIB * 1024,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		fatal(EX_OSERR, "cannot hash a password: %s", strerror(ENOMEM));
	return hash;
}

bool
crypt_password_verify(const char *hash, const char *password, size_t len)
{
	bool exists = hash != NULL, matches;

	errno = 0;
	matches = crypto_pwhash_str_verify(exists ? hash : dummy, password, len) == 0;
	if (!matches && errno == ENOMEM) /* must not look like a wrong password */
		fatal(EX_OSERR, "cannot check a password: %s", strerror(errno));
	return exists && matches;
}

void
crypt_hex(char *out, const void *data, size_t len)
{
	sodium_bin2hex(out, 2 * len + 1, data, len);
}

char *
crypt_base64(struct pool *pool, const void *data, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);

	return sodium_bin2base64(
	    pool_alloc(pool, size), size, data, len, sodium_base64_VARIANT_ORIGINAL);
}
