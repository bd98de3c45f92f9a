#ifndef TTS_FAULTS_HTTP_H
#define TTS_FAULTS_HTTP_H

#include <stddef.h>

#include "../../common/base/mem.h"

/* What became of a request. */
struct reply {
	int status; /* 0: unknown, -1: it was not sent */
	char *body; /* terminated */
	size_t len;
};

/*
 * Send one request to 127.0.0.1:PORT on a connection of its own and read the whole answer. HEADERS
 * are lines with CRLF, or "". A 503 that does not say that nothing was changed is unknown, and so
 * is every connection that broke after something was sent.
 */
struct reply http_send(struct pool *pool, int port, const char *method, const char *path,
    const char *headers, const char *body);

/* Send LEN bytes and the end of it, and read what comes. */
struct buf http_raw(struct pool *pool, int port, const char *data, size_t len);

#endif
