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

struct sweep {
	const struct ctl *ctl;
	bool remove; /* else only count */
	bool list;   /* write a line for each */
	uint64_t project;
	time_t now;

	struct swept files, temporaries, dirs, tombstones;
	uint64_t foreign;  /* what is not ours, and stays */
	uint64_t restored; /* tombstones that hid something living; among the others too */

	/* Sentences that are gone and still have a young file. */
	uint64_t orphans[SWEEP_ORPHANS];
	size_t orphans_n;
	bool orphans_more;
};

/* RC_OK also when something was stuck. */
enum rc sweep_media(struct sweep *sweep);

/* After sweep_media, of all projects. */
enum rc sweep_tombstones(struct sweep *sweep);

bool sweep_is_old(const struct sweep *sweep, time_t mtime);

#endif
