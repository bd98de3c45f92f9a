#ifndef TTS_REPORT_PIPELINE_H
#define TTS_REPORT_PIPELINE_H

#include "../common/work/pipeline_stats.h"
#include "../store/pipeline_admin.h"
#include "ctl.h"

struct report;

/* How pipelines are, and the programs that do their stages: part of a report. */
struct report_pipeline {
	/* Known where the report's rc is RC_OK. */
	struct admin_queue queues[STAGES];
	struct admin_engine *engines;
	size_t engines_n;
	uint64_t unsent; /* alerts */

	/* The program of each stage on this host; has_runs: it has counted. */
	struct report_stage {
		bool locked;
		int pid; /* who has the lock, if it is known; else 0 */
		bool has_runs;
		uint64_t seen_sec; /* since its last sign of life */
		struct pipeline_note runs[RUN_NOTES];
		size_t runs_n;
	} hosts[STAGES];
};

/* Read what there is to read on this host, and of the database. */
void report_pipeline_host(struct report *report);
enum rc report_pipeline_read(struct report *report, struct db *db);

/* Note what is wrong. */
void report_pipeline_judge(struct report *report);

/* Write it, as lines or as the member "pipelines" of an object. */
void report_pipeline_text(const struct report *report);
void report_pipeline_json(const struct report *report);

#endif
