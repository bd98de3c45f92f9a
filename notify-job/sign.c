#include "sign.h"

#include <inttypes.h>
#include <string.h>

#include "../common/base/crypt.h"

const char *
sign_with(struct pool *pool, const void *secret, size_t secret_len, const char *id,
    int64_t timestamp, const char *body, size_t len)
{
	const char *head = pool_printf(pool, "%s.%" PRId64 ".", id, timestamp);
	const struct crypt_piece pieces[] = {{head, strlen(head)}, {body, len}};
	uint8_t mac[CRYPT_SHA256_SIZE];

	crypt_hmac_sha256(mac, secret, secret_len, pieces, 2);
	return crypt_base64(pool, mac, sizeof mac);
}

const char *
sign_webhook(struct pool *pool, const uint8_t (*secrets)[WEBHOOK_SECRET_SIZE], size_t n,
    const char *id, int64_t timestamp, const char *body, size_t len)
{
	struct buf out;

	buf_init(&out, pool, 64);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%sv1,%s", i > 0 ? " " : "",
		    sign_with(pool, secrets[i], WEBHOOK_SECRET_SIZE, id, timestamp, body, len));
	return out.data;
}
