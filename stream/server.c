#include "server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "../common/base/clock.h"
#include "../common/base/log.h"

#define REQUEST_SEC 30	  /* for the headers to arrive; nginx sends them at once */
#define STALLED_SEC 60	  /* for the reader to take anything at all */
#define HEADERS_MAX 16384 /* nginx accepts 4 * 8 kB by default */
#define DISCARDED_MAX 4096
#define DRAIN_MS 20

struct server {
	const struct server_calls *calls;
	void *ctx;
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *listening;
	struct event *tick, *watched, *terminate, *interrupt;
	size_t connections;
};

struct exchange {
	struct server *server;
	struct evhttp_request *req;
	void *owner;
	bool ended; /* the request belongs to libevent again */
};

/* ------------------------------------------------------------------ connections */

/*
 * Every connection ends here, in whatever way. When a connection fails before its answer is
 * complete, libevent separates the request from it and leaves it to us.
 */
static void
on_close(struct evhttp_connection *connection, void *arg)
{
	struct exchange *x = arg;

	x->server->connections--;
	if (!x->ended) {
		if (x->owner != NULL)
			x->server->calls->gone(x->owner);
		if (evhttp_request_get_connection(x->req) == NULL)
			evhttp_request_free(x->req);
	}
	free(x);
}

/*
 * libevent stops reading while a request is answered, and then does not notice that the client has
 * left; and it ends the process if a client sends more data. So it reads on, and nobody looks at
 * the data.
 */
static void
watch_for_close(struct evhttp_connection *connection)
{
	struct bufferevent *bev = evhttp_connection_get_bufferevent(connection);
	const struct timeval stalled = {.tv_sec = STALLED_SEC};
	bufferevent_data_cb written;
	bufferevent_event_cb event;
	void *arg;

	bufferevent_getcb(bev, NULL, &written, &event, &arg);
	bufferevent_setcb(bev, NULL, written, event, arg);
	bufferevent_setwatermark(bev, EV_READ, 0, DISCARDED_MAX);
	bufferevent_set_timeouts(bev, NULL, &stalled);
	bufferevent_enable(bev, EV_READ);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(req);
	struct server *server = arg;
	struct exchange *x = calloc(1, sizeof *x);

	if (x == NULL || connection == NULL) {
		free(x);
		evhttp_send_error(req, 503, NULL);
		return;
	}
	*x = (struct exchange){.server = server, .req = req};
	server->connections++;
	evhttp_connection_set_closecb(connection, on_close, x);
	watch_for_close(connection);
	exchange_set(x, "Connection", "close");
	server->calls->request(server->ctx, x);
}

/* ------------------------------------------------------------------ exchanges */

const char *
exchange_method(const struct exchange *x)
{
	switch (evhttp_request_get_command(x->req)) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_HEAD:
		return "HEAD";
	default:
		return NULL;
	}
}

const char *
exchange_path(const struct exchange *x)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(x->req);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

	return path != NULL ? path : "";
}

const char *
exchange_query(const struct exchange *x)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(x->req);
	const char *query = uri != NULL ? evhttp_uri_get_query(uri) : NULL;

	return query != NULL ? query : "";
}

const char *
exchange_header(const struct exchange *x, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(x->req), name);
}

void
exchange_set(struct exchange *x, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(x->req), name, value);
}

void
exchange_keep(struct exchange *x, void *owner)
{
	x->owner = owner;
}

void
exchange_answer(struct exchange *x, int status, const char *reason, const char *body, size_t len)
{
	struct evbuffer *buffer = evhttp_request_get_output_buffer(x->req);

	x->ended = true;
	if (exchange_method(x) == NULL || strcmp(exchange_method(x), "HEAD") != 0)
		evbuffer_add(buffer, body, len);
	evhttp_send_reply(x->req, status, reason, NULL);
}

void
exchange_begin(struct exchange *x)
{
	evhttp_send_reply_start(x->req, 200, "OK");
	/* Nobody reads them again, and a stream is open for long; but libevent looks for this one.
	 */
	evhttp_clear_headers(evhttp_request_get_input_headers(x->req));
	evhttp_clear_headers(evhttp_request_get_output_headers(x->req));
	exchange_set(x, "Connection", "close");
}

static void
on_drained(struct evhttp_connection *connection, void *arg)
{
	const struct exchange *x = arg;

	if (!x->ended && x->owner != NULL)
		x->server->calls->drained(x->owner);
}

void
exchange_write(struct exchange *x, const void *data, size_t len)
{
	struct evbuffer *buffer = evbuffer_new();

	if (buffer == NULL || evbuffer_add(buffer, data, len) < 0)
		fatal(EX_OSERR, "out of memory");
	evhttp_send_reply_chunk_with_cb(x->req, buffer, on_drained, x);
	evbuffer_free(buffer);
}

static struct bufferevent *
exchange_bufferevent(const struct exchange *x)
{
	return evhttp_connection_get_bufferevent(evhttp_request_get_connection(x->req));
}

size_t
exchange_queued(const struct exchange *x)
{
	return evbuffer_get_length(bufferevent_get_output(exchange_bufferevent(x)));
}

void
exchange_end(struct exchange *x)
{
	x->ended = true;
	evhttp_send_reply_end(x->req);
}

void
exchange_drop(struct exchange *x)
{
	/* The connection must not be freed here: libevent may be about to use it. */
	x->owner = NULL;
	shutdown(bufferevent_getfd(exchange_bufferevent(x)), SHUT_RDWR);
}

/* ------------------------------------------------------------------ the server */

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	const struct server *server = arg;

	server->calls->tick(server->ctx);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	const struct server *server = arg;

	server->calls->readable(server->ctx, (int)fd);
}

static void
on_signal(evutil_socket_t signo, short what, void *arg)
{
	const struct server *server = arg;

	event_base_loopbreak(server->base);
}

static void
add_event(struct event *event, const struct timeval *interval)
{
	if (event == NULL || event_add(event, interval) < 0)
		fatal(EX_OSERR, "cannot wait for events: %s", strerror(errno));
}

struct server *
server_new(int fd, const struct server_calls *calls, void *ctx)
{
	const struct timeval interval = {.tv_usec = SERVER_TICK_MS * 1000};
	struct server *server = calloc(1, sizeof *server);

	if (server == NULL || (server->base = event_base_new()) == NULL ||
	    (server->http = evhttp_new(server->base)) == NULL)
		fatal(EX_OSERR, "cannot begin to wait for events: %s", strerror(errno));
	server->calls = calls;
	server->ctx = ctx;
	evhttp_set_timeout(server->http, REQUEST_SEC);
	evhttp_set_max_headers_size(server->http, HEADERS_MAX);
	evhttp_set_max_body_size(server->http, DISCARDED_MAX);
	evhttp_set_default_content_type(server->http, NULL);
	/* All that it knows: whatever is not answered is refused by us, as a problem document. */
	evhttp_set_allowed_methods(
	    server->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
			      EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
			      EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
	evhttp_set_gencb(server->http, on_request, server);
	server->listening = evhttp_accept_socket_with_handle(server->http, fd);
	if (server->listening == NULL)
		fatal(EX_OSERR, "cannot accept connections: %s", strerror(errno));
	server->tick = event_new(server->base, -1, EV_PERSIST, on_tick, server);
	add_event(server->tick, &interval);
	server->terminate = evsignal_new(server->base, SIGTERM, on_signal, server);
	add_event(server->terminate, NULL);
	server->interrupt = evsignal_new(server->base, SIGINT, on_signal, server);
	add_event(server->interrupt, NULL);
	return server;
}

void
server_watch(struct server *server, int fd)
{
	if (server->watched != NULL)
		event_free(server->watched);
	server->watched = NULL;
	if (fd < 0)
		return;
	server->watched = event_new(server->base, fd, EV_READ | EV_PERSIST, on_readable, server);
	add_event(server->watched, NULL);
}

size_t
server_connections(const struct server *server)
{
	return server->connections;
}

size_t
server_run(struct server *server, int limit_ms)
{
	const struct timeval pause = {.tv_usec = DRAIN_MS * 1000};
	int64_t until;

	event_base_dispatch(server->base);
	evhttp_del_accept_socket(server->http, server->listening);
	event_del(server->tick);
	server_watch(server, -1);
	server->calls->stop(server->ctx);
	for (until = clock_ms() + limit_ms; server->connections > 0 && clock_ms() < until;) {
		event_base_loopexit(server->base, &pause);
		event_base_dispatch(server->base);
	}
	return server->connections;
}

void
server_free(struct server *server)
{
	event_free(server->tick);
	event_free(server->terminate);
	event_free(server->interrupt);
	evhttp_free(server->http);
	event_base_free(server->base);
	free(server);
}
