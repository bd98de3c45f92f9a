#ifndef TTS_SERVER_H
#define TTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * An HTTP server on a listening socket, with one thread, one request for each connection, and
 * answers that may stay open. The only file that knows libevent is server.c.
 */
struct server;

/* A request and its answer. It is valid until it was answered or ended, was dropped, or GONE was
 * called. */
struct exchange;

struct server_calls {
	/* A request has arrived: answer it now, or keep it and answer it later. */
	void (*request)(void *ctx, struct exchange *x);
	/* The client of a kept request has disconnected; OWNER was set by exchange_keep. */
	void (*gone)(void *owner);
	/* All that was written for OWNER has been sent. */
	void (*drained)(void *owner);
	/* SERVER_TICK_MS have passed. */
	void (*tick)(void *ctx);
	/* The descriptor of server_watch is readable. */
	void (*readable)(void *ctx, int fd);
	/* SIGTERM or SIGINT has arrived: end what is kept. */
	void (*stop)(void *ctx);
};

#define SERVER_TICK_MS 250

/* Serve on the listening socket FD. If libevent cannot be used, the process exits. */
struct server *server_new(int fd, const struct server_calls *calls, void *ctx);
void server_free(struct server *server);

/* Watch another descriptor; -1 stops watching. */
void server_watch(struct server *server, int fd);

/*
 * Serve until a signal: then accept no more connections, call STOP, and wait until all that was
 * written is sent, or for LIMIT_MS. Returns the number of connections that were cut.
 */
size_t server_run(struct server *server, int limit_ms);

/* The number of open connections. */
size_t server_connections(const struct server *server);

/* "GET", "HEAD"; NULL for any other method. */
const char *exchange_method(const struct exchange *x);

/* The path and the query as they were sent; "" if there is no query. */
const char *exchange_path(const struct exchange *x);
const char *exchange_query(const struct exchange *x);

/* A header of the request; NULL if there is none. */
const char *exchange_header(const struct exchange *x, const char *name);

/* Set a header of the answer, before it begins. */
void exchange_set(struct exchange *x, const char *name, const char *value);

/* Keep the request for OWNER, whom GONE and DRAINED then concern. */
void exchange_keep(struct exchange *x, void *owner);

/* Answer a request completely; for HEAD without BODY. REASON goes with the status: "Not Found". */
void exchange_answer(
    struct exchange *x, int status, const char *reason, const char *body, size_t len);

/* Begin an answer with status 200 that is written in pieces. The headers of the request are gone
 * afterwards. */
void exchange_begin(struct exchange *x);
void exchange_write(struct exchange *x, const void *data, size_t len);

/* The number of bytes written that were not sent yet. */
size_t exchange_queued(const struct exchange *x);

/* End an answer that was begun, after all of it was sent. */
void exchange_end(struct exchange *x);

/* Close the connection at once. GONE is not called. */
void exchange_drop(struct exchange *x);

#endif
