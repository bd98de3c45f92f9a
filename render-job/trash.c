#include "trash.h"

#include "../common/base/fault.h"
#include "../common/media/media.h"
#include "../common/base/clock.h"

#define AT_ONCE 100
#define MS_MAX 5000 /* sentences are waiting as well */

static enum rc
remove_files(const struct conf *conf, const struct trash *t)
{
	if (t->audio == 0)
		return media_unlink_project(conf, t->project);
	if (t->path[0] == '\0')
		return media_unlink_audio(conf, t->project, t->audio);
	return media_unlink(conf, t->path);
}

/* Take up to AT_ONCE things out of the trash. *LEFT is set when there are more to be had. */
static enum rc
remove_some(const struct conf *conf, struct db *db, struct pool *pool, bool *left)
{
	struct trash *v = pool_array(pool, AT_ONCE, sizeof(v[0]));
	size_t n = 0, done = 0;
	enum rc listed = trash_list(db, pool, AT_ONCE, v, &n), rc = RC_OK;
	if (listed != RC_OK)
		return listed;
	for (size_t i = 0; i < n; i++) {
		enum rc removed = remove_files(conf, &v[i]);
		if (removed == RC_OK)
			v[done++] = v[i];
		else
			rc = removed;
	}
	(void)fault("render.trash.unlinked");
	/* A tombstone answers 404 for the URL, so it goes when there is nothing left to find. */
	for (size_t i = 0; i < done; i++)
		if (v[i].bury)
			media_remove_tombstone(conf, v[i].project, v[i].audio);
	(void)fault("render.trash.unburied");
	enum rc finished = done > 0 ? trash_done(db, v, done) : RC_OK;
	(void)fault("render.trash.done");
	*left = n == AT_ONCE && done > 0;
	return rc != RC_OK ? rc : finished;
}

enum rc
trash_empty(const struct conf *conf, struct db *db)
{
	struct pool *pool = pool_new();
	int64_t until = clock_ms() + MS_MAX;
	bool left = false;
	enum rc rc;
	do {
		pool_reset(pool);
		rc = remove_some(conf, db, pool, &left);
	} while (rc == RC_OK && left && clock_ms() < until);
	pool_free(pool);
	return rc;
}
