#include "step.h"

#include "../common/media/media.h"
#include "../common/work/kick.h"

static enum rc
step_project_delete(
    const struct conf *conf, struct db *db, struct work_claim *claim, enum work_step *step)
{
	return work_step_project_delete(db, claim, step);
}

/* Their tombstones keep nginx from serving the files until the trash is emptied. One that cannot be
 * laid is logged; the files go anyway. */
static enum rc
step_user_delete(
    const struct conf *conf, struct db *db, struct work_claim *claim, enum work_step *step)
{
	struct work_gone gone = {.n_projects = 0};
	enum rc rc = work_step_user_delete(db, claim, step, &gone);

	for (size_t i = 0; i < gone.n_projects; i++)
		(void)media_lay_tombstone(conf, gone.projects[i], 0);
	for (size_t i = 0; i < gone.n_pipelines; i++)
		(void)media_lay_pipeline_tombstone(conf, gone.pipelines[i]);
	return rc;
}

/* What was queued is rendered at once. */
static enum rc
step_sweep(const struct conf *conf, struct db *db, struct work_claim *claim, enum work_step *step)
{
	uint64_t before = claim->changed;
	enum rc rc = work_step_sweep(db, conf, claim, step);

	if (rc == RC_OK && claim->changed > before)
		kick_renderer(conf);
	return rc;
}

enum rc
step_do(const struct conf *conf, struct db *db, struct work_claim *claim, enum work_step *step)
{
	static enum rc (*const steps[WORK_KINDS])(const struct conf *conf, struct db *db,
	    struct work_claim *claim, enum work_step *step) = {
	    [WORK_KIND_PROJECT_DELETE] = step_project_delete,
	    [WORK_KIND_USER_DELETE] = step_user_delete,
	    [WORK_KIND_SWEEP] = step_sweep,
	};

	return steps[claim->kind](conf, db, claim, step);
}
