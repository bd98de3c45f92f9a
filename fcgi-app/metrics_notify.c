#include <inttypes.h>

#include "../common/work/notify_stats.h"
#include "metrics.h"

void
metrics_notify_queue(struct buf *out, const struct delivery_stats *v)
{
	metrics_family(out, "tts_notify_deliveries", "gauge",
	    "Deliveries to webhooks that are not done; dead: of the last day.");
	buf_addf(out,
	    "tts_notify_deliveries{state=\"pending\"} %" PRIu64 "\n"
	    "tts_notify_deliveries{state=\"sending\"} %" PRIu64 "\n"
	    "tts_notify_deliveries{state=\"dead\"} %" PRIu64 "\n",
	    v->pending, v->claimed, v->failed);
	metrics_family(out, "tts_notify_oldest_seconds", "gauge",
	    "How long a delivery that is due has waited.");
	buf_addf(out, "tts_notify_oldest_seconds %" PRIu64 "\n", v->oldest_sec);
	metrics_family(out, "tts_notify_endpoints", "gauge", "Webhooks, by state.");
	buf_addf(out,
	    "tts_notify_endpoints{state=\"enabled\"} %" PRIu64 "\n"
	    "tts_notify_endpoints{state=\"disabled\"} %" PRIu64 "\n"
	    "tts_notify_endpoints{state=\"failing\"} %" PRIu64 "\n",
	    v->endpoints - v->disabled, v->disabled, v->failing);
	metrics_family(out, "tts_notify_devices", "gauge", "Devices that are registered.");
	buf_addf(out, "tts_notify_devices %" PRIu64 "\n", v->devices);
}

void
metrics_notify_program(struct buf *out, const struct conf *conf)
{
	static const struct metric table[] = {
	    {"tts_notify_fanned_total", "counter", "Deliveries that this host made of events.",
		NULL, NOTIFY_FANNED, 0},
	    {"tts_notify_claimed_total", "counter", "Deliveries that this host claimed.", NULL,
		NOTIFY_CLAIMED, 0},
	    {"tts_notify_taken_back_total", "counter",
		"Claims of deliveries that were not finished, taken back by this host.", NULL,
		NOTIFY_TAKEN_BACK, 0},
	    {"tts_notify_tries_total", "counter", "Requests to webhooks, by outcome.",
		"outcome=\"delivered\"", NOTIFY_DELIVERED, 0},
	    {NULL, NULL, NULL, "outcome=\"retried\"", NOTIFY_AGAIN, 0},
	    {NULL, NULL, NULL, "outcome=\"dead\"", NOTIFY_DEAD, 0},
	    {"tts_notify_refused_total", "counter",
		"Requests not made because the address is not public.", NULL, NOTIFY_REFUSED, 0},
	    {"tts_notify_released_total", "counter", "Claims given back, to be sent later.", NULL,
		NOTIFY_RELEASED, 0},
	    {"tts_notify_stale_total", "counter", "Results that came after the claim had ended.",
		NULL, NOTIFY_STALE, 0},
	    {"tts_notify_disabled_total", "counter", "Webhooks disabled for their answers.", NULL,
		NOTIFY_DISABLED, 0},
	    {"tts_notify_unregistered_total", "counter",
		"Devices removed because FCM does not know them any more.", NULL,
		NOTIFY_UNREGISTERED, 0},
	    {"tts_notify_push_errors_total", "counter",
		"Messages to devices that FCM did not take, by the reason.", "error=\"invalid\"",
		NOTIFY_PUSH_INVALID, 0},
	    {NULL, NULL, NULL, "error=\"sender\"", NOTIFY_PUSH_SENDER, 0},
	    {NULL, NULL, NULL, "error=\"third_party\"", NOTIFY_PUSH_THIRD_PARTY, 0},
	    {NULL, NULL, NULL, "error=\"not_found\"", NOTIFY_PUSH_NOT_FOUND, 0},
	    {NULL, NULL, NULL, "error=\"auth\"", NOTIFY_PUSH_AUTH, 0},
	    {NULL, NULL, NULL, "error=\"quota\"", NOTIFY_PUSH_QUOTA, 0},
	    {NULL, NULL, NULL, "error=\"service\"", NOTIFY_PUSH_SERVICE, 0},
	    {"tts_notify_pruned_total", "counter", "Rows of old deliveries removed.", NULL,
		NOTIFY_PRUNED, 0},
	    {"tts_notify_last_delivery_timestamp_seconds", "gauge",
		"When this host last delivered something.", NULL, NOTIFY_LAST, 1000},
	    {"tts_notify_alive_timestamp_seconds", "gauge",
		"When tts-notify was last active on this host.", NULL, RUN_ALIVE, 1000},
	};
	uint64_t v[NOTIFY_COUNTERS];

	metrics_family(
	    out, "tts_notify_interval_seconds", "gauge", "How often the timer starts tts-notify.");
	buf_addf(out, "tts_notify_interval_seconds %d\n", conf->webhooks.interval_sec);
	if (!notify_stats_read(conf, v))
		return;
	metrics_table(out, table, sizeof table / sizeof *table, v);
	metrics_family(out, "tts_notify_runs_total", "counter", "Runs of tts-notify by their end.");
	metrics_named(out, "tts_notify_runs_total", "end", run_ends, RUN_ENDS, v + RUN_COUNT);
}
