#ifndef TTS_FAULTS_HTTP_H
#define TTS_FAULTS_HTTP_H

#include <stddef.h>

#include "../../common/base/mem.h"

/* The outcome of a request. */
struct reply {
	int status; /* 0: unknown, -1: it was not sent */
	char *body; /* terminated */
	size_t len;
};

/*
 * Send one request to 127.0.0.1:PORT on a connection of its own and read the whole answer. HEADERS
 * are lines with CRLF, or "". The outcome is unknown after a 503 that does not say that nothing was
 * changed, and after a connection that broke when something had been sent.
 */
struct reply http_send(struct pool *pool, int port, const char *method, const char *path,
    const char *headers, const char *body);

/* Send LEN bytes, then end of file, and read the answer. */
struct buf http_raw(struct pool *pool, int port, const char *data, size_t len);

#endif
