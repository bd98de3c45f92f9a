#ifndef TTS_STORE_PIPELINE_INTERNAL_H
#define TTS_STORE_PIPELINE_INTERNAL_H

#include "internal.h"
#include "pipeline.h"

/*
 * Pipelines, for those who change them. Everything here runs inside a transaction. A pipeline is
 * locked after users and projects, and before stage_control, engine, stage and trash.
 */

/* ------------------------------------------------------------------ store/pipeline.c */

/* Lock a pipeline until the transaction ends, and read it with the newest runs. */
enum rc pipeline_lock(
    struct db *db, struct pool *pool, const struct pipeline_key *key, struct pipeline *out);

/* Read it in the transaction that has locked it. */
enum rc pipeline_read(struct db *db, struct pool *pool, uint64_t id, struct pipeline *out);

/* ------------------------------------------------------------------ store/pipeline_run.c */

/* Whether somebody is at a run, or will be. */
static inline bool
pipeline_run_open(const struct pipeline_run *r)
{
	return r->id != 0 && (r->state == STAGE_PENDING || r->state == STAGE_CLAIMED ||
				 r->state == STAGE_WAITING);
}

/* A new run. */
struct run_new {
	enum stage stage;
	enum stage_cause cause;
	uint64_t input;	  /* the run whose result it is made from; 0: none */
	const char *text; /* it is done already, with this text; NULL: it is queued */
	/* Go on with what this run was sent for, instead of sending it again; NULL: begin. */
	const struct pipeline_run *from;
	const char *part; /* of what was sent for; NULL: the same as FROM */
};

/* Add a run to a locked pipeline. *ID is its number. */
enum rc pipeline_add_run(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct run_new *new, uint64_t *id);

/*
 * End the open runs of the stages FIRST and later of a locked pipeline; with STALE also note that
 * what all of these stages have made is of something that has been replaced. The projects that were
 * made for the runs that end are deleted: user and projects are locked, see
 * pipeline_lock_projects.
 */
enum rc pipeline_end_runs(
    struct db *db, struct pool *pool, const struct pipeline *p, enum stage first, bool stale);

/* Before the pipeline is locked: lock its user, and the projects that were made for it. */
enum rc pipeline_lock_projects(
    struct db *db, struct pool *pool, const struct pipeline_key *key, uint64_t *user);

/* Delete all projects that were made for runs of a pipeline. Locked as above. */
enum rc pipeline_delete_projects(struct db *db, struct pool *pool, const struct pipeline *p);

/* Tell of a stage: the last thing before the COMMIT. */
enum rc pipeline_tell(struct db *db, struct pool *pool, const struct pipeline *p, enum stage stage,
    enum pipeline_word word);

/* ------------------------------------------------------------------ store/pipeline_start.c */

/* Find the pipeline called TASK, locked, or make a draft of that name. RC_LIMIT as for
 * pipeline_start. The user is locked. */
enum rc pipeline_find_or_draft(
    struct db *db, struct pool *pool, uint64_t user, const char *task, struct pipeline *out);

/* ------------------------------------------------------------------ store/pipeline_delete.c */

/* Delete a locked pipeline: rows, trash, and the projects made for it. */
enum rc pipeline_remove(struct db *db, struct pool *pool, const struct pipeline *p);

#endif
