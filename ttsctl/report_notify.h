#ifndef TTS_REPORT_NOTIFY_H
#define TTS_REPORT_NOTIFY_H

#include "../store/webhook.h"
#include "ctl.h"

struct report;

/* How the deliveries to webhooks are, and the program that makes them: part of a report. */
struct report_notify {
	struct delivery_stats queue; /* known where the report's rc is RC_OK */

	/* The lock of this host's tts-notify. */
	bool locked;
	int pid; /* who has it, if it is known; else 0 */

	bool has_runs;
	uint64_t seen_sec; /* since its last sign of life */
};

/* Read what there is to read on this host, and of the database. */
void report_notify_host(struct report *report);
enum rc report_notify_read(struct report *report, struct db *db);

/* Note what is wrong. */
void report_notify_judge(struct report *report);

/* Write it, as lines or as the member "webhooks" of an object. */
void report_notify_text(const struct report *report);
void report_notify_json(const struct report *report);

#endif
