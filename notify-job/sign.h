#ifndef TTS_SIGN_H
#define TTS_SIGN_H

#include "../store/webhook.h"

/*
 * The value of the header webhook-signature (Standard Webhooks): "v1,BASE64" for each of the N
 * secrets, separated by spaces; the HMAC-SHA256 of ID, the time in seconds since 1970, and BODY,
 * joined by dots.
 */
const char *sign_webhook(struct pool *pool, const uint8_t (*secrets)[WEBHOOK_SECRET_SIZE], size_t n,
    const char *id, int64_t timestamp, const char *body, size_t len);

/* The same with one secret of any length, without "v1,". */
const char *sign_with(struct pool *pool, const void *secret, size_t secret_len, const char *id,
    int64_t timestamp, const char *body, size_t len);

#endif
