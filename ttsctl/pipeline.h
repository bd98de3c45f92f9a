#ifndef TTS_CTL_PIPELINE_H
#define TTS_CTL_PIPELINE_H

#include "../store/pipeline.h"
#include "../store/pipeline_admin.h"

/* One pipeline with N runs, the newest first: the members "files" and "runs" of an object, or lines
 * for people. */
enum rc pipeline_json_runs(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct admin_run *runs, size_t n);
enum rc pipeline_text(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct admin_run *runs, size_t n);

/* What was tried in a run: the member "tries", or lines. */
void pipeline_json_tries(const struct stage_try *v, size_t n);
void pipeline_text_tries(const struct stage_try *v, size_t n);

#endif
