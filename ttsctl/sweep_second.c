#include "sweep.h"

#include <stdio.h>

#include "../common/base/log.h"
#include "../common/media/media_level.h"
#include "../store/tier_admin.h"
#include "progress.h"

/*
 * A file on several levels of storage: a copy made by hand, one of a backup that was made while
 * files moved, or one that could not be removed when its move failed. It stays on the level that
 * its row names; without a row on the lowest, as nobody fetches it.
 */

/* What is to be removed. */
struct second {
	const struct file_sweep *sweep;
	const char *path;
	unsigned mask; /* of the levels that have it */
	unsigned kept; /* out: the level where it stays */
	enum rc rc;    /* out; RC_STALE: that level does not have it */
};

static void
remove_second(void *ctx, unsigned level)
{
	struct second *s = ctx;

	s->kept = level;
	s->rc = RC_OK;
	if ((s->mask >> level & 1) == 0)
		s->rc = RC_STALE;
	else if (s->sweep->remove)
		s->rc = media_move_end(s->sweep->ctl->conf, s->path, level, MEDIA_ALL_LEVELS);
}

/* RC_NO_SPACE, logged, if not all copies are the same: then nobody knows which one is whole. */
static enum rc
compare_copies(const struct second *s, unsigned first)
{
	const struct conf *conf = s->sweep->ctl->conf;
	enum rc rc = RC_OK;

	for (unsigned i = first + 1; i < media_roots(conf) && rc == RC_OK; i++) {
		if ((s->mask >> i & 1) == 0)
			continue;
		rc = media_compare(conf, s->path, first, i);
		if (rc == RC_STALE) {
			log_error("%.*s is not the same on the levels %s and %s: ttsctl verify",
			    media_path_loggable(s->path), s->path, conf->levels.v[first].name,
			    conf->levels.v[i].name);
			rc = RC_NO_SPACE;
		}
	}
	return rc;
}

/* Remove all but one. RC_STALE: it is being moved. */
static enum rc
remove_copies(struct second *s, uint64_t bytes)
{
	const struct file_sweep *sweep = s->sweep;
	const struct tier_file file = {s->path, bytes};
	char name[TIER_NAME_SIZE];
	size_t n_new;
	enum rc rc;

	if (!tier_name_of_path(s->path, name))
		return RC_STALE;
	if (sweep->remove) {
		rc = tier_adopt(sweep->ctl->db, sweep->rank, &file, 1, &n_new);
		if (rc != RC_OK)
			return rc;
	}
	rc = tier_admin_undisturbed(sweep->ctl->db, name, remove_second, s);
	if (rc == RC_NOT_FOUND && !sweep->remove) {
		remove_second(s, sweep->rank);
		rc = RC_OK;
	}
	return rc == RC_OK ? s->rc : rc;
}

static void
list_second(const struct second *s)
{
	const struct conf *conf = s->sweep->ctl->conf;

	for (unsigned i = 0; i < media_roots(conf); i++) {
		if (!s->sweep->list || i == s->kept || (s->mask >> i & 1) == 0)
			continue;
		progress_clear();
		printf("%s second copy on %s of %.*s\n",
		    s->sweep->remove ? "removed" : "to be removed:", conf->levels.v[i].name,
		    media_path_loggable(s->path), s->path);
	}
}

enum rc
sweep_second(struct file_sweep *sweep, const char *path, uint64_t bytes)
{
	struct second s = {.sweep = sweep, .path = path};
	unsigned more; /* than this level */
	enum rc rc;

	if (media_roots(sweep->ctl->conf) < 2)
		return RC_OK;
	s.mask = media_levels(sweep->ctl->conf, path);
	more = s.mask & ~(1u << sweep->rank);
	/* Once for each file: at the lowest level that has it. */
	if (more == 0 || (more & ((1u << sweep->rank) - 1)) != 0)
		return RC_OK;
	rc = compare_copies(&s, sweep->rank);
	if (rc == RC_OK)
		rc = remove_copies(&s, bytes);
	switch (rc) {
	case RC_OK:
		sweep->second.n += (uint64_t)__builtin_popcount(more);
		sweep->second.bytes += (uint64_t)__builtin_popcount(more) * bytes;
		list_second(&s);
		return RC_OK;
	case RC_NO_SPACE:
		sweep->second.stuck++;
		return RC_OK;
	case RC_NOT_FOUND: /* it was moved a moment ago */
	case RC_STALE:
	case RC_NOT_READY:
		sweep->second.young++;
		return RC_OK;
	default:
		return rc;
	}
}
