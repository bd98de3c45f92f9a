#ifndef TTS_SWEEP_H
#define TTS_SWEEP_H

#include <time.h>

#include "../store/admin.h"
#include "ctl.h"

/*
 * What no row names. It is removed once it is older than media.grace_sec, but never while its row
 * could still come to name it.
 */

/* One kind of it. */
struct swept {
	uint64_t n, bytes; /* removed, or to be */
	uint64_t young;	   /* not yet */
	uint64_t stuck;	   /* could not be removed; logged */
};

#define SWEEP_ORPHANS 1024
#define SWEEP_FOREIGN 100

struct sweep {
	const struct ctl *ctl;
	struct pool *pool;
	bool remove; /* else only count */
	bool list;   /* write a line for each */
	bool quiet;  /* write no line at all, not even for what is foreign */
	uint64_t project;
	time_t now;

	struct swept files, temporaries, dirs, tombstones;
	uint64_t foreign;  /* what no program of ours has made; it stays */
	uint64_t restored; /* tombstones that hid something living; among the others too */

	/* Sentences that are gone and still have a young file. */
	uint64_t orphans[SWEEP_ORPHANS];
	size_t orphans_n;
	bool orphans_more;

	/* The first of what is foreign. */
	const char *foreign_paths[SWEEP_FOREIGN];
	size_t foreign_paths_n;
};

/* RC_OK also when something was stuck. */
enum rc sweep_media(struct sweep *sweep);

/* After sweep_media, of all projects. */
enum rc sweep_tombstones(struct sweep *sweep);

/* Count what is foreign at PATH below ROOT, and write a line about it. */
void sweep_report_foreign(struct sweep *sweep, const char *root, const char *path);

/* Write the members "foreign" and "foreign_paths" of a JSON object, or a line with the sum. */
void sweep_foreign_json(const struct sweep *sweep);
void sweep_foreign_text(const struct sweep *sweep);

bool sweep_is_old(const struct sweep *sweep, time_t mtime);

#endif
