#ifndef TTS_METRICS_H
#define TTS_METRICS_H

#include "../common/base/conf.h"
#include "../common/base/mem.h"
#include "../common/work/work_stats.h"
#include "../store/pipeline_admin.h"
#include "../store/webhook.h"
#include "../store/work.h"

/* The text format of Prometheus, version 0.0.4, for the files that write a part of /metrics. */

/* ------------------------------------------------------------------ fcgi-app/metrics_put.c */

/* A sample; the first of its name also has the metric's description. */
struct metric {
	const char *name, *type, *help; /* NULL: another sample of the metric before */
	const char *labels;
	unsigned at;	/* index of its number */
	double divisor; /* 0: 1 */
};

void metrics_family(struct buf *out, const char *name, const char *type, const char *help);
void metrics_table(struct buf *out, const struct metric *v, size_t n, const uint64_t *numbers);

/* A sample of the metric NAME for each of N values of one label. */
void metrics_named(struct buf *out, const char *name, const char *label, const char *const *values,
    size_t n, const uint64_t *numbers);

/* ------------------------------------------------------------------ fcgi-app/metrics_work.c */

/* The work that is too long for a request, as the database has it. */
void metrics_work_queue(struct buf *out, const struct work_stats v[WORK_KINDS]);

/* What tts-work did on this host; false if none has run here yet. */
bool metrics_work_read(const struct conf *conf, uint64_t v[WORK_COUNTERS]);
void metrics_work_program(struct buf *out, const uint64_t v[WORK_COUNTERS]);

/* ------------------------------------------------------------------ fcgi-app/metrics_notify.c */

/* The deliveries to webhooks, as the database has them. */
void metrics_notify_queue(struct buf *out, const struct delivery_stats *v);

/* What tts-notify did on this host, if it has run here. */
void metrics_notify_program(struct buf *out, const struct conf *conf);

/* ------------------------------------------------------------------ fcgi-app/metrics_pipeline.c */

struct metrics_pipeline {
	struct admin_queue stages[STAGES];
	struct admin_engine *engines;
	size_t engines_n;
};

/* The stages of pipelines and their engines, as the database has them. */
enum rc metrics_pipeline_read(struct db *db, struct pool *pool, struct metrics_pipeline *out);
void metrics_pipeline_queue(struct buf *out, const struct metrics_pipeline *v);

/* What tts-pipeline did on this host, for the stages for which it has run here. */
void metrics_pipeline_programs(struct buf *out, struct pool *pool, const struct conf *conf);

/* ------------------------------------------------------------------ fcgi-app/metrics_stream.c */

/* The streams of events of this host; nothing if tts-stream has not run here yet. */
void metrics_stream(struct buf *out, const struct conf *conf);

/* ------------------------------------------------------------------ fcgi-app/metrics_tier.c */

/* The levels of storage, and what tts-tier did on this host; nothing without levels. */
void metrics_tier(struct buf *out, const struct conf *conf);

#endif
