#ifndef TTS_REPORT_WORK_H
#define TTS_REPORT_WORK_H

#include "../common/work/work_stats.h"
#include "../store/work.h"
#include "ctl.h"

struct report;

/* How the work is that is too long for a request, and the program that does it: part of a report.
 */
struct report_work {
	struct work_stats kinds[WORK_KINDS]; /* known where the report's rc is RC_OK */

	/* The lock of this host's tts-work. */
	bool locked;
	int pid; /* who has it, if it is known; else 0 */

	/* What it did; has_runs: it has counted. */
	bool has_runs;
	uint64_t seen_sec; /* since its last sign of life */
	struct work_note runs[RUN_NOTES];
	size_t runs_n;
};

/* Read what there is to read on this host, and of the database. */
void report_work_host(struct report *report);
enum rc report_work_read(struct report *report, struct db *db);

/* Note what is wrong. */
void report_work_judge(struct report *report);

/* Write it, as lines or as the member "work" of an object. */
void report_work_text(const struct report *report);
void report_work_json(const struct report *report);

#endif
