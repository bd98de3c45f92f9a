#ifndef TTS_REPORT_H
#define TTS_REPORT_H

#include "../common/work/render_stats.h"
#include "../store/admin.h"
#include "../store/queue.h"
#include "ctl.h"
#include "host.h"
#include "http.h"
#include "report_stream.h"
#include "report_notify.h"
#include "report_pipeline.h"
#include "report_tier.h"
#include "report_work.h"

#define REPORT_SHARES 10

/* A problem or a note, and what to do about it. */
struct finding {
	bool wrong; /* otherwise it is only a note */
	const char *what, *todo;
};

/* The state of the whole service, as shown by "ttsctl status". */
struct report {
	struct pool *pool;
	const struct conf *conf;
	struct host host;
	struct http_answer site; /* the answer to a client, if http.url is set */
	bool is_hour;		 /* the current time is within scheduler.hours */
	bool is_due; /* and has been for long enough that a renderer should have started */

	enum rc rc; /* outcome of the database; the numbers below are set if it is RC_OK */
	int schema;
	struct admin_content content;
	struct queue_numbers queue;
	bool has_rate;
	double rate; /* sentences per second that became ready */
	struct admin_share users[REPORT_SHARES], hosts[REPORT_SHARES], errors[REPORT_SHARES];
	size_t users_n, hosts_n, errors_n;

	/* The renderer of this host; has_runs: it has left counters. */
	bool has_runs;
	uint64_t seen_sec; /* since it was last active */
	struct render_note runs[RUN_NOTES];
	size_t runs_n;

	struct report_work work;
	struct report_notify notify;
	struct report_pipeline pipeline;
	struct report_stream stream;
	struct report_tier tier;

	struct finding *findings;
	size_t findings_n, findings_room;
};

/* Read everything. The caller fills in the rate if it is needed. */
void report_read(struct report *report, const struct ctl *ctl);

/* Then find the problems. */
void report_judge(struct report *report);

/* Add a finding. */
void report_find(struct report *report, bool wrong, const char *what, const char *todo);

/* Tell whether clients get answers from the API. */
bool report_site_answers(const struct report *report);

/* The exit status: 0 if there is no problem, CTL_WRONG, or that of a database error. */
int report_status(const struct report *report);

void report_text(const struct report *report);
void report_json(const struct report *report);

#endif
