#ifndef TTS_SEND_H
#define TTS_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/*
 * Requests to endpoints, many at once in one thread. An endpoint is not trusted: it is connected to
 * only at a public address (see netaddr.h), is given a limited time, and what it answers is read up
 * to a limit. Redirects are not followed, and no proxy of the environment is used.
 */
struct sender;

#define SEND_MAX 64    /* requests at once */
#define SEND_KEPT 1024 /* bytes of an answer that are kept, and shown */
#define SEND_HEADERS_MAX 8
#define SEND_READ_MAX 65536 /* bytes of an answer, and of its headers */
#define SEND_MS 15000L	    /* for a request */

/* A request, and what became of it. */
struct sending {
	struct pool *pool;  /* as long as the request */
	const char *method; /* "GET"; NULL: POST, with BODY */
	const char *url, *body;
	size_t body_len;
	const char *headers[SEND_HEADERS_MAX]; /* "name: value"; up to the first NULL */
	bool http;			       /* http:// is allowed as well */
	bool trusted; /* the URL is that of the configuration: any address is right */
	/* A connection of its own. On one that was used before, libcurl sends a request again by
	 * itself if it turns out to be closed. */
	bool fresh;
	size_t keep;	  /* bytes of the answer that are kept in the buffer; 0: SEND_KEPT */
	long timeout_ms;  /* 0: SEND_MS */
	int64_t read_max; /* bytes of the answer, after which no more are read; 0: SEND_READ_MAX */
	/* Takes a piece of an answer with a status of 2xx, instead of the buffer; false ends it. */
	bool (*body_piece)(void *ctx, const char *data, size_t len);
	void *ctx; /* the caller's */

	int status;			 /* out: of HTTP; 0: none */
	bool complete;			 /* out: the status counts: all of the headers came */
	const char *error_class, *error; /* out: what went wrong; NULL: nothing */
	const char *answer;		 /* out: the beginning of the answer, printable UTF-8 */
	int64_t retry_after_sec;	 /* out: as asked for by the endpoint; 0: not */
	int64_t retry_after_ms;		 /* out: the same in a header of its own; 0: not */
	const char *type;		 /* out: the header Content-Type; "": none */
	bool began;			 /* out: something of the request was sent */
	const char *cut;		 /* out: why the answer is not whole; NULL: it is */
	char *buffer;			 /* out: the answer as it came, and NUL */
	size_t kept;			 /* out: bytes of it */

	/* Only for send.c. */
	struct sender *sender;
	void *handle, *list;
	int64_t read;
	size_t headers_read;
	const char *refused;
	struct sending *next;
};

/* ALLOW_NETWORKS are reached although they are not public; they have to last as long as it does. */
struct sender *sender_new(const char *allow_networks);
void sender_free(struct sender *sender);

/* Begin a request; fewer than SEND_MAX are under way. It may be over at once. */
void sender_begin(struct sender *sender, struct sending *sending);

/* Wait for at most TIMEOUT_MS, until something happens or WAKE (a descriptor, or -1) is readable.
 */
void sender_wait(struct sender *sender, int timeout_ms, int wake);

/* The next request that is over, or NULL. */
struct sending *sender_next(struct sender *sender);

/* How many are under way. */
size_t sender_busy(const struct sender *sender);

/* End all that are under way; nothing is heard of them any more. */
void sender_stop(struct sender *sender);

#endif
