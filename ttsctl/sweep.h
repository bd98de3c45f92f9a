#ifndef TTS_SWEEP_H
#define TTS_SWEEP_H

#include <time.h>

#include "../store/admin.h"
#include "ctl.h"

/*
 * Files that no row names. They are removed once they are older than media.grace_sec, but never
 * while a row could still come to name them.
 */

/* The counts of one kind. */
struct swept {
	uint64_t n, bytes; /* removed, or to be removed */
	uint64_t young;	   /* too young to be removed */
	uint64_t stuck;	   /* could not be removed; logged */
};

#define SWEEP_ORPHANS 1024
#define SWEEP_FOREIGN 100

struct file_sweep {
	const struct ctl *ctl;
	struct pool *pool;
	bool remove; /* otherwise only count */
	bool list;   /* write a line for each removed file */
	bool quiet;  /* write no lines at all, not even for foreign files */
	uint64_t project;
	time_t now;
	unsigned rank; /* the level that is being swept */

	struct swept files, temporaries, dirs, tombstones;
	struct swept second; /* copies on other levels; YOUNG: files that are being moved */
	uint64_t foreign;    /* not made by our programs; never removed */
	uint64_t restored; /* tombstones that hid an existing object; also counted in TOMBSTONES */

	/* Deleted sentences that still have a young file. */
	uint64_t orphans[SWEEP_ORPHANS];
	size_t orphans_n;
	bool orphans_more;

	/* The first foreign files. */
	const char *foreign_paths[SWEEP_FOREIGN];
	size_t foreign_paths_n;
};

/* At all levels. RC_OK even if some files could not be removed; RC_NO_SPACE, logged, if something
 * could not be read. */
enum rc sweep_media(struct file_sweep *sweep);

/* The same for the files of pipelines, and for pictures in pipeline.inbox. (sweep_pipeline.c) */
enum rc sweep_pipelines(struct file_sweep *sweep);

/* Call it after sweep_media over all projects and sweep_pipelines. */
enum rc sweep_tombstones(struct file_sweep *sweep);

/* PATH, which a row of the database names, is at the level sweep->rank: remove copies of it at
 * other levels. (sweep_second.c) */
enum rc sweep_second(struct file_sweep *sweep, const char *path, uint64_t bytes);

/* Count the foreign file at PATH below ROOT, and write a line about it. */
void sweep_report_foreign(struct file_sweep *sweep, const char *root, const char *path);

/* Write the members "foreign" and "foreign_paths" of a JSON object, or a line with the sum. */
void sweep_foreign_json(const struct file_sweep *sweep);
void sweep_foreign_text(const struct file_sweep *sweep);

bool sweep_is_old(const struct file_sweep *sweep, time_t mtime);

#endif
