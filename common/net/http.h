#ifndef TTS_NET_HTTP_H
#define TTS_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"
#include "send.h"

/*
 * Requests whose answer is waited for, one at a time. The URL of the configuration is trusted; one
 * that came in an answer is not: it must be https:// and lead to a public address. Redirects are
 * not followed.
 */
struct http;

#define HTTP_EXCERPT 1000 /* bytes of an answer that are shown */

struct http_request {
	const char *url; /* of the configuration */
	const char *headers[SEND_HEADERS_MAX];
	const char *body; /* NULL: GET; else POST */
	int64_t timeout_ms;
	size_t max; /* bytes of the answer; a longer one is an error */
};

struct http_answer {
	int status;    /* 0: no answer came */
	bool began;    /* something of the request was sent: it may have been done, whatever else is
			  said */
	bool whole;    /* the answer is whole */
	bool too_long; /* it is not, because it is longer than was allowed */
	const char *error_class, *error; /* why it is not, as struct sending has it; NULL: it is */
	const char *type;		 /* Content-Type; "": none */
	const char *body;		 /* and NUL; of a download "" unless it was refused */
	size_t len;
	int64_t size;		/* bytes that a download wrote */
	int64_t retry_after_ms; /* 0: not asked for */
};

/* ALLOW_NETWORKS are reached by any URL, and by http:// as well, although they are not public. */
struct http *http_new(const char *allow_networks);
void http_free(struct http *http);

/* Ask, and wait for the answer, at most REQUEST->timeout_ms. */
void http_ask(struct http *http, struct pool *pool, const struct http_request *request,
    struct http_answer *answer);

/*
 * Fetch URL, which came from elsewhere, into the file FD, which is empty. At most MAX bytes are
 * written, in at most TIMEOUT_MS.
 */
void http_fetch(struct http *http, struct pool *pool, const char *url, int fd, int64_t max,
    int64_t timeout_ms, struct http_answer *answer);

/* Why URL must not be fetched, as far as that can be told without asking for the name, or NULL. */
const char *http_url_wrong(const struct http *http, struct pool *pool, const char *url);

/*
 * The beginning of an answer as it can be shown and stored: printable UTF-8 of at most HTTP_EXCERPT
 * bytes, with "***" instead of each of the N SECRETS (NULL and "" are ignored) and of what looks
 * like the key of a service.
 */
const char *http_excerpt(
    struct pool *pool, const char *data, size_t len, const char *const *secrets, size_t n);

#endif
