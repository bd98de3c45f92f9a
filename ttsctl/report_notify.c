#include "report_notify.h"

#include <stdio.h>

#include "../common/work/notify_stats.h"
#include "host.h"
#include "out.h"
#include "report.h"

#define LATE_SEC 40 /* after the timer's interval */

void
report_notify_host(struct report *r)
{
	struct report_notify *w = &r->notify;
	uint64_t v[NOTIFY_COUNTERS], now;

	host_lock(r->conf->webhooks.lock_file, &w->locked, &w->pid);
	w->has_runs = notify_stats_read(r->conf, v) && v[RUN_ALIVE] != 0;
	if (!w->has_runs)
		return;
	now = run_stats_wall(run_stats_now());
	w->seen_sec = now > v[RUN_ALIVE] ? (now - v[RUN_ALIVE]) / 1000 : 0;
}

enum rc
report_notify_read(struct report *r, struct db *db)
{
	return delivery_stats(db, &r->notify.queue);
}

void
report_notify_judge(struct report *r)
{
	const struct report_notify *w = &r->notify;
	uint64_t late = (uint64_t)r->conf->webhooks.interval_sec + LATE_SEC;

	if (w->has_runs && !w->locked && w->seen_sec > late)
		report_find(r, true,
		    pool_printf(r->pool, "tts-notify has not run on this host for %s",
			text_span(w->seen_sec)),
		    "its timer is stopped: systemctl status tts-notify.timer; systemctl start "
		    "tts.target");
	if (r->rc == RC_OK && w->queue.oldest_sec > late && w->queue.claimed == 0 && !w->locked)
		report_find(r, true,
		    pool_printf(r->pool,
			"a delivery to a webhook has waited for %s, and tts-notify is not running",
			text_span(w->queue.oldest_sec)),
		    "see whether its timer runs: systemctl status tts-notify.timer; or start "
		    "tts-notify by hand and read what it says");
}

void
report_notify_text(const struct report *r)
{
	const struct report_notify *w = &r->notify;
	const struct delivery_stats *q = &w->queue;

	printf("%-12s ", "tts-notify");
	if (!w->locked)
		printf("at rest");
	else if (w->pid > 0)
		printf("at work on this host, process %d", w->pid);
	else
		printf("at work on this host");
	if (w->has_runs)
		printf(", seen %s ago", text_span(w->seen_sec));
	putchar('\n');
	if (r->rc != RC_OK || q->endpoints + q->devices == 0)
		return;
	printf("%-12s %s", "webhooks", text_count(q->endpoints, "endpoint", "endpoints"));
	printf(", disabled %s", text_uint(q->disabled));
	printf(", failing %s", text_uint(q->failing));
	if (q->devices > 0)
		printf("; %s", text_count(q->devices, "device", "devices"));
	printf("; deliveries: pending %s", text_uint(q->pending));
	printf(", being sent %s", text_uint(q->claimed));
	printf(", dead in the last day %s\n", text_uint(q->failed));
}

void
report_notify_json(const struct report *r)
{
	const struct report_notify *w = &r->notify;

	out_open("webhooks", '{');
	out_bool("running", w->locked);
	if (w->has_runs)
		out_uint("seen_sec", w->seen_sec);
	else
		out_null("seen_sec");
	if (r->rc == RC_OK) {
		out_uint("endpoints", w->queue.endpoints);
		out_uint("disabled", w->queue.disabled);
		out_uint("failing", w->queue.failing);
		out_uint("devices", w->queue.devices);
		out_uint("pending", w->queue.pending);
		out_uint("sending", w->queue.claimed);
		out_uint("dead", w->queue.failed);
		out_uint("oldest_sec", w->queue.oldest_sec);
	}
	out_close('}');
}
