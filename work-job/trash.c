#include "trash.h"

#include <string.h>

#include "../common/base/fault.h"
#include "../common/media/media.h"
#include "../store/trash.h"

#define AT_ONCE 100    /* entries */
#define FILES_MAX 5000 /* of a project */

static enum rc
trash_remove_of_pipeline(const struct conf *conf, const struct trash *t)
{
	if (t->path[0] == '\0')
		return media_unlink_pipeline(conf, t->pipeline);
	if (strchr(t->path, '/') == NULL)
		return media_inbox_remove(conf, t->path);
	return media_unlink(conf, t->path);
}

static void
trash_unbury(const struct conf *conf, const struct trash *t)
{
	if (t->pipeline != 0 && t->audio != 0)
		media_remove_picture_tombstone(conf, t->audio);
	else if (t->pipeline != 0)
		media_remove_pipeline_tombstone(conf, t->pipeline);
	else
		media_remove_tombstone(conf, t->project, t->audio);
}

/* *LEFT is set when it was not all: the project is too large for one time. */
static enum rc
trash_remove_files(const struct conf *conf, const struct trash *t, bool *left)
{
	*left = false;
	if (t->pipeline != 0)
		return trash_remove_of_pipeline(conf, t);
	if (t->audio == 0)
		return media_unlink_project(conf, t->project, FILES_MAX, left);
	if (t->path[0] == '\0')
		return media_unlink_audio(conf, t->project, t->audio);
	return media_unlink(conf, t->path);
}

enum rc
trash_empty(const struct conf *conf, struct db *db, struct trash_sum *sum)
{
	struct pool *pool = pool_new();
	struct trash *v = pool_array(pool, AT_ONCE, sizeof v[0]);
	struct trash *stuck = pool_array(pool, AT_ONCE, sizeof stuck[0]);
	size_t n = 0, done = 0, stuck_n = 0;
	enum rc rc = trash_list(db, pool, AT_ONCE, v, &n);

	*sum = (struct trash_sum){.removed = 0};
	for (size_t i = 0; i < n && !sum->partly; i++) {
		if (trash_remove_files(conf, &v[i], &sum->partly) != RC_OK)
			stuck[stuck_n++] = v[i];
		else if (!sum->partly)
			v[done++] = v[i];
	}
	(void)fault("work.trash.unlinked");
	/* A tombstone answers 404 for the URL, so it goes when there is nothing left to find. */
	for (size_t i = 0; i < done; i++)
		if (v[i].bury)
			trash_unbury(conf, &v[i]);
	(void)fault("work.trash.unburied");
	if (rc == RC_OK)
		rc = trash_done(db, v, done);
	if (rc == RC_OK)
		rc = trash_again(db, stuck, stuck_n);
	(void)fault("work.trash.done");
	if (rc == RC_OK) {
		sum->removed = done;
		sum->failed = stuck_n;
		sum->left = sum->partly || n == AT_ONCE;
	}
	pool_free(pool);
	return rc;
}
