#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "progress.h"
#include "sweep.h"
#include "tree.h"

/*
 * tts-work removes a tombstone together with the files it hid. A tombstone remains if the API
 * laid it after that; it would hide an existing object if the database were restored.
 */

/* How the names of tombstones begin. */
static const char letters[ADMIN_KINDS] = {
    [ADMIN_PROJECTS] = 'p',
    [ADMIN_SENTENCES] = 'a',
    [ADMIN_PIPELINES] = 't',
    [ADMIN_PICTURES] = 'i',
};

/* Tombstones of one kind that have been read and not yet checked. */
struct pending {
	struct file_sweep *sweep;
	enum admin_kind kind;
	struct admin_dead v[ADMIN_MAX];
	bool young[ADMIN_MAX];
	size_t n;
};

/* Tell whether there may still be a file that the tombstone hides. */
static bool
has_files(const struct pending *pending, uint64_t id)
{
	char path[64];
	unsigned rank;

	if (pending->kind == ADMIN_PICTURES)
		return false; /* one that no row names was swept before */
	if (pending->kind != ADMIN_SENTENCES) {
		snprintf(path, sizeof path, "%s%" PRIu64 "/%" PRIu64,
		    pending->kind == ADMIN_PIPELINES ? MEDIA_PIPELINES "/" : "",
		    id / MEDIA_PROJECTS_PER_DIR, id);
		return media_find(pending->sweep->ctl->conf, path, &rank) != RC_NOT_FOUND;
	}
	for (size_t i = 0; i < pending->sweep->orphans_n; i++)
		if (pending->sweep->orphans[i] == id)
			return true;
	return pending->sweep->orphans_more;
}

static void
remove_tombstone(struct pending *pending, const struct admin_dead *dead)
{
	struct file_sweep *sweep = pending->sweep;

	if (dead->living)
		sweep->restored++;
	sweep->tombstones.n++;
	if (sweep->list) {
		progress_clear();
		printf("%s tombstone %c%" PRIu64 "\n",
		    sweep->remove ? "removed" : "to be removed:", letters[pending->kind], dead->id);
	}
	if (!sweep->remove)
		return;
	if (pending->kind == ADMIN_PICTURES)
		media_remove_picture_tombstone(sweep->ctl->conf, dead->id);
	else if (pending->kind == ADMIN_PIPELINES)
		media_remove_pipeline_tombstone(sweep->ctl->conf, dead->id);
	else
		media_remove_tombstone(sweep->ctl->conf,
		    pending->kind == ADMIN_PROJECTS ? dead->id : 0,
		    pending->kind == ADMIN_PROJECTS ? 0 : dead->id);
}

static enum rc
pending_clear(struct pending *pending)
{
	enum rc rc = admin_dead(pending->sweep->ctl->db, pending->kind, pending->v, pending->n);

	for (size_t i = 0; i < pending->n && rc == RC_OK; i++) {
		const struct admin_dead *dead = &pending->v[i];

		if (dead->living ||
		    (!pending->young[i] && !dead->in_trash && !has_files(pending, dead->id)))
			remove_tombstone(pending, dead);
		else
			pending->sweep->tombstones.young++;
	}
	pending->n = 0;
	return rc;
}

static enum rc
add_tombstone(
    struct file_sweep *sweep, struct pending kinds[ADMIN_KINDS], int dir, const char *name)
{
	struct pending *pending = NULL;
	const char *end = NULL;
	struct stat st;
	uint64_t id;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return RC_OK;
	for (int i = 0; i < ADMIN_KINDS; i++)
		if (name[0] == letters[i])
			pending = &kinds[i];
	if (pending != NULL)
		end = tree_number(name + 1, &id);
	if (end == NULL || *end != '\0' || !S_ISREG(st.st_mode)) {
		sweep_report_foreign(sweep, sweep->ctl->conf->media.gone_root, name);
		return RC_OK;
	}
	/* An existing object has a tombstone only if the database was restored: the API lays one
	 * after the deletion. */
	pending->young[pending->n] = !sweep_is_old(sweep, st.st_mtime);
	pending->v[pending->n++] = (struct admin_dead){.id = id};
	return pending->n == ADMIN_MAX ? pending_clear(pending) : RC_OK;
}

static enum rc
read_tombstones(struct file_sweep *sweep, DIR *stream)
{
	struct pending kinds[ADMIN_KINDS];
	const struct dirent *entry;
	enum rc rc = RC_OK;

	for (int i = 0; i < ADMIN_KINDS; i++)
		kinds[i] = (struct pending){.sweep = sweep, .kind = (enum admin_kind)i};
	while (rc == RC_OK && (errno = 0, entry = readdir(stream)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = add_tombstone(sweep, kinds, dirfd(stream), entry->d_name);
	if (rc == RC_OK && errno != 0) {
		log_error("cannot read %s: %s", sweep->ctl->conf->media.gone_root, strerror(errno));
		rc = RC_NO_SPACE;
	}
	for (int i = 0; i < ADMIN_KINDS && rc == RC_OK; i++)
		rc = pending_clear(&kinds[i]);
	return rc;
}

/* Only then it is known what a tombstone still hides. */
static bool
all_levels_are_there(const struct conf *conf)
{
	bool all = true;

	for (unsigned i = 0; i < media_roots(conf); i++) {
		int root = media_open_root(conf, i);

		if (root < 0) {
			log_error("cannot read %s: %s", media_root(conf, i), strerror(errno));
			all = false;
		} else {
			close(root);
		}
	}
	return all;
}

enum rc
sweep_tombstones(struct file_sweep *sweep)
{
	const struct conf *conf = sweep->ctl->conf;
	DIR *stream = opendir(conf->media.gone_root);
	enum rc rc = RC_NO_SPACE;

	if (stream == NULL)
		log_error("cannot read %s: %s", conf->media.gone_root, strerror(errno));
	else if (all_levels_are_there(conf))
		rc = read_tombstones(sweep, stream);
	if (stream != NULL)
		closedir(stream);
	return rc;
}
