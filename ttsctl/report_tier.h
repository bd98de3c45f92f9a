#ifndef TTS_REPORT_TIER_H
#define TTS_REPORT_TIER_H

#include "../common/media/media_level.h"
#include "../common/work/tier_stats.h"
#include "../store/tier_admin.h"
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

	/* With files that nobody finds. */
	struct tier_stray stray[CONF_LEVELS];
	size_t stray_n;

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

/* Read what the database has. */
enum rc report_tier_read(struct report *report, struct db *db);

/* Say what is wrong with a level, and what to do about it. */
const char *report_tier_stray(struct pool *pool, const struct tier_stray *stray);
#define REPORT_STRAY_TODO                                                                          \
	"put it back in levels.list and run tts-setup; to take a level away see tts-levels(7)"

/* Note what is wrong. */
void report_tier_judge(struct report *report);

/* Write it, as lines, or as the member "tier" of an object; nothing if there are no levels. */
void report_tier_text(const struct report *report);
void report_tier_json(const struct report *report);

#endif
