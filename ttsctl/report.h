#ifndef TTS_REPORT_H
#define TTS_REPORT_H

#include "../common/work/render_stats.h"
#include "../store/admin.h"
#include "../store/queue.h"
#include "ctl.h"
#include "host.h"
#include "http.h"

#define REPORT_SHARES 10

/* Something worth knowing, and what to do about it. */
struct finding {
	bool wrong; /* else it is only worth knowing */
	const char *what, *todo;
};

/* How the whole service is, as "ttsctl status" tells it. */
struct report {
	struct pool *pool;
	const struct conf *conf;
	struct host host;
	struct http_answer site; /* to a client, if http.url is given */
	bool is_hour;		 /* it is one of scheduler.hours */
	bool is_due;		 /* and has been for long enough for a renderer to begin */

	enum rc rc; /* of the database; the numbers below are there with RC_OK */
	int schema;
	struct admin_content content;
	struct queue_numbers queue;
	bool has_rate;
	double rate; /* sentences a second that became ready */
	struct admin_share users[REPORT_SHARES], hosts[REPORT_SHARES], errors[REPORT_SHARES];
	size_t users_n, hosts_n, errors_n;

	/* Of this host's renderer; has_runs: it has counted. */
	bool has_runs;
	uint64_t seen_sec; /* since its last sign of life */
	struct render_note runs[RUN_NOTES];
	size_t runs_n;

	struct finding *findings;
	size_t findings_n, findings_room;
};

/* Read what there is to read. The rate, if it is to be known, is filled in by the caller. */
void report_read(struct report *report, const struct ctl *ctl);

/* Then say what is wrong. */
void report_judge(struct report *report);

/* Tell whether a client gets an answer from the API. */
bool report_site_answers(const struct report *report);

/* 0 if nothing is wrong, CTL_WRONG, or that of the database. */
int report_status(const struct report *report);

void report_text(const struct report *report);
void report_json(const struct report *report);

#endif
