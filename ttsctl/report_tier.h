#ifndef TTS_REPORT_TIER_H
#define TTS_REPORT_TIER_H

#include "../common/media/media_level.h"
#include "../common/work/tier_stats.h"
#include "ctl.h"

struct report;

/* How the levels of storage are, and the program that moves files between them: part of a report.
 */
struct report_tier {
	struct report_level {
		int error; /* why it cannot be used, an errno value; 0: it can */
		bool has_room;
		struct media_room room;
	} levels[CONF_LEVELS];

	/* The lock of this host's tts-tier. */
	bool locked;
	int pid; /* who has it, if it is known; else 0 */

	/* What it did; has_runs: it has counted. */
	bool has_runs;
	uint64_t seen_sec; /* since its last sign of life */
	uint64_t v[TIER_COUNTERS];
	struct tier_note runs[RUN_NOTES];
	size_t runs_n;
};

/* Read what there is to read on this host. */
void report_tier_host(struct report *report);

/* Note what is wrong. */
void report_tier_judge(struct report *report);

/* Write it, as lines, or as the member "tier" of an object; nothing if there are no levels. */
void report_tier_text(const struct report *report);
void report_tier_json(const struct report *report);

#endif
