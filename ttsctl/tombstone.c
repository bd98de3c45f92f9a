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
#include "progress.h"
#include "sweep.h"
#include "tree.h"

/*
 * The renderer removes a tombstone with the files it stood for. One is left behind when the API
 * laid it after that, and it would hide something living where the database was restored.
 */

/* Tombstones of one kind. */
struct heap {
	struct sweep *sweep;
	int root;
	bool projects;
	struct admin_dead v[ADMIN_MAX];
	bool young[ADMIN_MAX];
	size_t n;
};

/* Tell whether there may still be a file for which it stands. */
static bool
has_files(const struct heap *heap, uint64_t id)
{
	char path[48];
	struct stat st;

	if (heap->projects) {
		snprintf(
		    path, sizeof path, "%" PRIu64 "/%" PRIu64, id / MEDIA_PROJECTS_PER_DIR, id);
		return fstatat(heap->root, path, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
	}
	for (size_t i = 0; i < heap->sweep->orphans_n; i++)
		if (heap->sweep->orphans[i] == id)
			return true;
	return heap->sweep->orphans_more;
}

static void
lift(struct heap *heap, const struct admin_dead *dead)
{
	struct sweep *sweep = heap->sweep;

	if (dead->living)
		sweep->restored++;
	sweep->tombstones.n++;
	if (sweep->list) {
		progress_clear();
		printf("%s tombstone %c%" PRIu64 "\n",
		    sweep->remove ? "removed" : "to be removed:", heap->projects ? 'p' : 'a',
		    dead->id);
	}
	if (sweep->remove)
		media_remove_tombstone(
		    sweep->ctl->conf, heap->projects ? dead->id : 0, heap->projects ? 0 : dead->id);
}

static enum rc
clear_heap(struct heap *heap)
{
	enum rc rc = admin_dead(heap->sweep->ctl->db, heap->projects, heap->v, heap->n);

	for (size_t i = 0; i < heap->n && rc == RC_OK; i++) {
		const struct admin_dead *dead = &heap->v[i];

		if (dead->living ||
		    (!heap->young[i] && !dead->in_trash && !has_files(heap, dead->id)))
			lift(heap, dead);
		else
			heap->sweep->tombstones.young++;
	}
	heap->n = 0;
	return rc;
}

static enum rc
meet(struct sweep *sweep, struct heap *projects, struct heap *audios, int dir, const char *name)
{
	struct heap *heap = name[0] == 'p' ? projects : audios;
	struct stat st;
	const char *end;
	uint64_t id;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return RC_OK;
	end = name[0] == 'p' || name[0] == 'a' ? tree_number(name + 1, &id) : NULL;
	if (end == NULL || *end != '\0' || !S_ISREG(st.st_mode)) {
		sweep_report_foreign(sweep, sweep->ctl->conf->media.gone_root, name);
		return RC_OK;
	}
	/* What lives has one only in a database that was restored: it is laid after the deletion.
	 */
	heap->young[heap->n] = !sweep_is_old(sweep, st.st_mtime);
	heap->v[heap->n++] = (struct admin_dead){.id = id};
	return heap->n == ADMIN_MAX ? clear_heap(heap) : RC_OK;
}

static enum rc
read_tombstones(struct sweep *sweep, DIR *stream, int root)
{
	struct heap projects = {.sweep = sweep, .root = root, .projects = true};
	struct heap audios = {.sweep = sweep, .root = root};
	const struct dirent *entry;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (errno = 0, entry = readdir(stream)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = meet(sweep, &projects, &audios, dirfd(stream), entry->d_name);
	if (rc == RC_OK && errno != 0) {
		log_error("cannot read %s: %s", sweep->ctl->conf->media.gone_root, strerror(errno));
		rc = RC_NO_SPACE;
	}
	if (rc == RC_OK)
		rc = clear_heap(&projects);
	if (rc == RC_OK)
		rc = clear_heap(&audios);
	return rc;
}

enum rc
sweep_tombstones(struct sweep *sweep)
{
	const struct conf *conf = sweep->ctl->conf;
	DIR *stream = opendir(conf->media.gone_root);
	int root = -1;
	enum rc rc = RC_NO_SPACE;

	if (stream == NULL)
		log_error("cannot read %s: %s", conf->media.gone_root, strerror(errno));
	else if ((root = media_open_root(conf)) < 0)
		log_error("cannot read %s: %s", conf->media.root, strerror(errno));
	else
		rc = read_tombstones(sweep, stream, root);
	if (stream != NULL)
		closedir(stream);
	if (root >= 0)
		close(root);
	return rc;
}
