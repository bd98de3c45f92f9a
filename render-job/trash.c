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

/* Take up to AT_ONCE things out of the trash. *LEFT is set when there may be more. */
static enum rc
remove_some(const struct conf *conf, struct db *db, struct pool *pool, bool *left)
{
	struct trash *v = pool_array(pool, AT_ONCE, sizeof(v[0]));
	struct trash *stuck = pool_array(pool, AT_ONCE, sizeof(stuck[0]));
	size_t n = 0, done = 0, n_stuck = 0;
	enum rc finished = trash_list(db, pool, AT_ONCE, v, &n), rc = RC_OK;
	if (finished != RC_OK)
		return finished;
	for (size_t i = 0; i < n; i++) {
		enum rc removed = remove_files(conf, &v[i]);
		if (removed == RC_OK)
			v[done++] = v[i];
		else
			stuck[n_stuck++] = v[i];
		if (removed != RC_OK)
			rc = removed;
	}
	(void)fault("render.trash.unlinked");
	/* A tombstone answers 404 for the URL, so it goes when there is nothing left to find. */
	for (size_t i = 0; i < done; i++)
		if (v[i].bury)
			media_remove_tombstone(conf, v[i].project, v[i].audio);
	(void)fault("render.trash.unburied");
	finished = trash_done(db, v, done);
	if (finished == RC_OK)
		finished = trash_again(db, stuck, n_stuck);
	(void)fault("render.trash.done");
	*left = n == AT_ONCE && finished == RC_OK;
	return finished != RC_OK ? finished : rc;
}

enum rc
trash_empty(const struct conf *conf, struct db *db)
{
	struct pool *pool = pool_new();
	int64_t until = clock_ms() + MS_MAX;
	enum rc rc = RC_OK;
	bool left;
	do {
		pool_reset(pool);
		left = false;
		enum rc some = remove_some(conf, db, pool, &left);
		if (some != RC_OK)
			rc = some;
	} while (left && clock_ms() < until);
	pool_free(pool);
	return rc;
}
