#include "feed.h"

#include <inttypes.h>
#include <string.h>

#include "../common/base/clock.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/json_put.h"
#include "../store/event.h"
#include "count.h"
#include "frame.h"
#include "refuse.h"

#define NEWS_SEC 10	  /* longer than nearly all transactions; tick.c finds the others */
#define PAGE_EVENTS 200	  /* read at once */
#define AT_ONCE_MAX 65536 /* bytes written at once; a stream that is to get more falls behind */
#define QUEUE_LOW 16384	  /* a stream that is behind reads on when no more than this is queued */
#define PAGES_AT_ONCE 20  /* of events that the client did not ask for */
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS                                                                               \
	3000 /* clients that were cut at the same time do not all come back at once                \
	      */

/* ------------------------------------------------------------------ reading */

/* Events of one user, which several streams get. */
struct event_page {
	struct event *v;
	const char **json; /* made when a stream needs it */
	size_t n;
	uint64_t newest, oldest;
};

static enum rc
page_read(struct hub *hub, uint64_t user, uint64_t after, struct event_page *page)
{
	enum rc rc = hub_noted(hub, event_read(hub->db, hub->pool, user, after, PAGE_EVENTS,
					&page->v, &page->n, &page->newest, &page->oldest));

	if (rc == RC_OK)
		page->json = pool_array(hub->pool, page->n + 1, sizeof page->json[0]);
	return rc;
}

static const char *
page_json(struct hub *hub, struct event_page *page, size_t i)
{
	if (page->json[i] == NULL)
		page->json[i] = event_json(hub->pool, &page->v[i]);
	return page->json[i];
}

static bool
stream_wants(const struct stream *s, const struct event *e)
{
	return e->seq > s->ask.after && (s->ask.types & UINT32_C(1) << e->type) != 0 &&
	       (s->ask.project == 0 || s->ask.project == e->project);
}

/* An event of the stream itself, in the form of the others. */
static const char *
own_event(struct hub *hub, const char *type, uint64_t seq)
{
	return pool_printf(
	    hub->pool, "{\"seq\":%" PRIu64 ",\"type\":\"%s\",\"data\":{}}", seq, type);
}

/* ------------------------------------------------------------------ sending */

/* Send what is in OUT. False if the client does not read and was disconnected. */
static bool
stream_send(struct hub *hub, struct stream *s, const struct buf *out)
{
	exchange_write(s->x, out->data, out->len);
	s->sent_ms = clock_ms();
	if (exchange_queued(s->x) <= FEED_QUEUE_MAX)
		return true;
	count_dropped();
	exchange_drop(s->x);
	hub_remove(hub, s);
	return false;
}

static void
poll_answer(struct hub *hub, struct stream *s, const struct buf *events)
{
	struct buf body;

	buf_init(&body, hub->pool, events->len + 64);
	buf_adds(&body, "{\"events\":[");
	buf_add(&body, events->data, events->len);
	buf_adds(&body, "],\"next\":");
	buf_addu(&body, s->ask.after);
	buf_adds(&body, "}");
	exchange_set(s->x, "Content-Type", "application/json");
	exchange_set(s->x, "Cache-Control", "no-store");
	exchange_answer(s->x, 200, "OK", body.data, body.len);
	hub_remove(hub, s);
}

/* Append an event in the form that the client gets. */
static void
put_event(struct hub *hub, struct buf *out, bool poll, struct event_page *page, size_t i)
{
	const struct event *e = &page->v[i];

	if (!poll) {
		frame_event(out, e->seq, event_type_name(e->type), page_json(hub, page, i));
	} else {
		buf_adds(out, out->len > 0 ? "," : "");
		buf_adds(out, page_json(hub, page, i));
	}
}

/* Send the events of the page that the client asked for. False if the stream is gone, as a poll is
 * once it was answered. */
static bool
stream_deliver(struct hub *hub, struct stream *s, struct event_page *page, bool *sent)
{
	uint64_t after = s->ask.after;
	struct buf out;
	size_t n = 0;

	buf_init(&out, hub->pool, 1024);
	for (size_t i = 0; i < page->n; i++) {
		if (out.len > AT_ONCE_MAX && !s->ask.poll) {
			s->behind = true;
			break;
		}
		if (stream_wants(s, &page->v[i])) {
			put_event(hub, &out, s->ask.poll, page, i);
			n++;
		}
		if (page->v[i].seq > after)
			after = page->v[i].seq;
	}
	s->ask.after = after;
	*sent = n > 0;
	if (n == 0)
		return true;
	count_sent(n);
	(void)fault("stream.deliver");
	if (!s->ask.poll)
		return stream_send(hub, s, &out);
	poll_answer(hub, s, &out);
	return false;
}

/* Tell the client to begin anew: events that it did not get are gone. */
static void
stream_reset(struct hub *hub, struct stream *s, uint64_t newest)
{
	const char *event = own_event(hub, "reset", newest);
	struct buf out;

	buf_init(&out, hub->pool, 256);
	s->ask.after = newest;
	s->behind = false;
	if (s->ask.poll) {
		buf_adds(&out, event);
		poll_answer(hub, s, &out);
	} else {
		frame_event(&out, newest, "reset", event);
		stream_send(hub, s, &out);
	}
}

void
feed_begin(struct hub *hub, struct stream *s)
{
	struct buf out;
	uint32_t random;

	crypt_random(&random, sizeof random);
	buf_init(&out, hub->pool, 256);
	frame_retry(&out, RETRY_MIN_MS + random % (RETRY_MAX_MS - RETRY_MIN_MS + 1));
	if (!s->ask.has_after)
		frame_event(&out, s->ask.after, "start", own_event(hub, "start", s->ask.after));
	stream_send(hub, s, &out);
}

void
feed_ping(struct hub *hub, struct stream *s)
{
	struct buf out;

	buf_init(&out, hub->pool, 64);
	frame_ping(&out, s->ask.after);
	stream_send(hub, s, &out);
}

/* ------------------------------------------------------------------ ending */

void
feed_end(struct hub *hub, struct stream *s, const char *why)
{
	struct exchange *x = s->x;
	struct buf out;

	if (s->ask.poll) {
		refuse_login(hub, x);
	} else {
		buf_init(&out, hub->pool, 128);
		frame_event(&out, FRAME_NO_ID, "end",
		    pool_printf(hub->pool, "{\"type\":\"end\",\"data\":{\"reason\":\"%s\"}}", why));
		exchange_write(x, out.data, out.len);
		exchange_end(x);
	}
	hub_remove(hub, s);
}

void
feed_end_others(struct hub *hub, uint64_t user, uint32_t epoch)
{
	struct listener *l = hub_find(hub, user);
	struct stream *s = l != NULL ? l->streams : NULL, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		if (s->epoch != epoch)
			feed_end(hub, s, "token_revoked");
	}
}

void
feed_end_session(struct hub *hub, uint64_t user, const uint8_t session[AUTH_SESSION_SIZE])
{
	struct listener *l = hub_find(hub, user);
	struct stream *s = l != NULL ? l->streams : NULL, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		if (memcmp(s->session, session, sizeof s->session) == 0)
			feed_end(hub, s, "token_revoked");
	}
}

void
feed_end_user(struct hub *hub, uint64_t user)
{
	struct listener *l = hub_find(hub, user);
	struct stream *s = l != NULL ? l->streams : NULL, *next;

	for (; s != NULL; s = next) {
		next = s->next;
		feed_end(hub, s, "token_revoked");
	}
}

void
feed_end_poll(struct hub *hub, struct stream *s)
{
	struct buf none;

	buf_init(&none, hub->pool, 1);
	poll_answer(hub, s, &none);
}

void
feed_stop(struct hub *hub, struct stream *s)
{
	if (s->ask.poll) {
		feed_end_poll(hub, s);
	} else {
		exchange_end(s->x);
		hub_remove(hub, s);
	}
}

/* ------------------------------------------------------------------ old events */

void
feed_catch_up(struct hub *hub, struct stream *s)
{
	uint64_t user = s->listener->user;
	struct event_page page;
	bool sent = false;
	enum rc rc;

	for (int i = 0; s->behind && !sent && i < PAGES_AT_ONCE; i++) {
		if (!s->ask.poll && exchange_queued(s->x) > QUEUE_LOW)
			return;
		rc = page_read(hub, user, s->ask.after, &page);
		if (rc == RC_NOT_FOUND)
			feed_end(hub, s, "token_revoked");
		if (rc != RC_OK)
			return;
		if (page.oldest > s->ask.after + 1 || s->ask.after > page.newest) {
			stream_reset(hub, s, page.newest);
			return;
		}
		s->behind = page.n == PAGE_EVENTS;
		if (!stream_deliver(hub, s, &page, &sent)) /* may leave it behind */
			return;
	}
}

/* ------------------------------------------------------------------ new events */

/* The number up to which all streams that are not behind have their events. False if there are
 * none. */
static bool
listener_has(const struct listener *l, uint64_t *seq)
{
	bool any = false;

	for (const struct stream *s = l->streams; s != NULL; s = s->next)
		if (!s->behind && (!any || s->ask.after < *seq)) {
			*seq = s->ask.after;
			any = true;
		}
	return any;
}

/* SEQ is the number after which the page was read. */
static void
page_deliver(struct hub *hub, struct listener *l, struct event_page *page, uint64_t seq)
{
	struct stream *next;
	bool sent;

	for (struct stream *s = l->streams; s != NULL; s = next) {
		next = s->next;
		if (page->oldest > seq + 1)
			s->behind = true; /* it is told that it missed some */
		if (!s->behind)
			stream_deliver(hub, s, page, &sent);
	}
}

static void
feed_user(struct hub *hub, uint64_t user)
{
	const struct listener *l;
	struct event_page page = {.n = PAGE_EVENTS};
	uint64_t seq = 0;
	enum rc rc;

	while (page.n == PAGE_EVENTS) {
		l = hub_find(hub, user);
		if (l == NULL || !listener_has(l, &seq))
			return;
		rc = page_read(hub, user, seq, &page);
		if (rc == RC_NOT_FOUND)
			feed_end_user(hub, user);
		if (rc != RC_OK)
			return;
		page_deliver(hub, hub_find(hub, user), &page, seq);
	}
}

void
feed_new(struct hub *hub, uint64_t user, uint64_t newest)
{
	const struct listener *l = hub_find(hub, user);
	uint64_t seq = 0;

	if (l != NULL && listener_has(l, &seq) && newest > seq)
		feed_user(hub, user);
}

void
feed_news(struct hub *hub)
{
	struct event_news *v;
	size_t n;

	hub->asked_ms = clock_ms();
	if (hub->n == 0 || !hub_may_ask(hub) ||
	    hub_noted(hub, event_news(hub->db, hub->pool, NEWS_SEC, &v, &n)) != RC_OK)
		return;
	for (size_t i = 0; i < n; i++)
		feed_new(hub, v[i].user, v[i].seq);
}
