#include "tick.h"

#include <time.h>

#include "../common/base/clock.h"
#include "../common/work/kick.h"
#include "../store/listener.h"
#include "count.h"
#include "feed.h"

#define ASK_MS 1000
#define PING_MS 15000
#define CHECK_TICKS 12 /* every login is checked within so many ticks: 3 seconds */

/* End the streams of logins that were ended. */
static void
check_logouts(struct hub *hub, const uint64_t *users, size_t n)
{
	struct listener_logout *v;
	size_t found;

	if (hub_noted(hub, listener_logouts(hub->db, hub->pool, users, n, &v, &found)) != RC_OK)
		return;
	for (size_t i = 0; i < found; i++)
		feed_end_session(hub, v[i].user, v[i].session);
}

/*
 * The users whose turn it is to be checked. Their counters are compared on this occasion: it finds
 * events of transactions that were committed long after their last statement, and those that a
 * step of the database's clock hid.
 */
static void
check_some(struct hub *hub)
{
	size_t n, found = 0;
	uint64_t *users;
	struct listener_state *v;

	hub->check_due += hub->n;
	n = hub->check_due / CHECK_TICKS;
	hub->check_due %= CHECK_TICKS;
	if (n == 0 || !hub_may_ask(hub))
		return;
	users = pool_array(hub->pool, n, sizeof users[0]);
	v = pool_array(hub->pool, n, sizeof v[0]);
	for (size_t i = 0; i < n; i++)
		users[i] = hub->all[hub->checked++ % hub->n]->user;
	if (hub_noted(hub, listener_check(hub->db, hub->pool, users, n, v, &found)) != RC_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < found && v[k].user != users[i])
			k++;
		if (k == found) {
			feed_end_user(hub, users[i]);
			continue;
		}
		feed_end_others(hub, users[i], v[k].epoch);
		feed_new(hub, users[i], v[k].seq);
	}
	check_logouts(hub, users, n);
}

/* What a stream has to do with the time. It may be gone afterwards. */
static void
tick_stream(struct hub *hub, struct stream *s, int64_t now, time_t wall)
{
	if (wall >= s->expires) {
		feed_end(hub, s, "token_expired");
	} else if (s->ask.poll && now >= s->until_ms) {
		feed_end_poll(hub, s);
	} else if (s->behind && hub_may_ask(hub)) {
		feed_catch_up(hub, s);
	} else if (!s->ask.poll && now - s->sent_ms >= PING_MS) {
		feed_ping(hub, s);
	}
}

static void
tick_streams(struct hub *hub)
{
	int64_t now = clock_ms();
	time_t wall = time(NULL);

	/* Backwards: a listener that goes is replaced by the last one. */
	for (size_t i = hub->n; i-- > 0;) {
		struct stream *s = hub->all[i]->streams, *next;

		for (; s != NULL; s = next) {
			next = s->next;
			tick_stream(hub, s, now, wall);
		}
	}
}

void
tick(struct hub *hub)
{
	count_alive();
	if (clock_ms() - hub->asked_ms >= ASK_MS) {
		if (hub->kick_fd < 0) {
			hub->kick_fd = kick_watch(hub->conf->events.kick_file);
			server_watch(hub->server, hub->kick_fd);
		}
		feed_news(hub);
	}
	check_some(hub);
	tick_streams(hub);
}
