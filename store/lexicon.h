#ifndef TTS_STORE_LEXICON_H
#define TTS_STORE_LEXICON_H

#include "../common/say/lexicon.h"
#include "work_internal.h"

/* What the files lexicon*.c need of each other. */

/* An entry, and what only store/ looks at. */
struct lexicon_row {
	struct lexicon_item item;
	uint64_t revision;
	bool unswept; /* the sentences it touches are not all queued yet */
	bool gone;    /* it was deleted, and is only here for that */
};

/* ------------------------------------------------------------------ store/lexicon.c */

/* All entries of a user, also those that are gone. */
enum rc lexicon_rows(
    struct db *db, struct pool *pool, uint64_t user, struct lexicon_row **v, size_t *n);

/* One of them. */
enum rc lexicon_find(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct lexicon_row *out);

/* ------------------------------------------------------------------ store/lexicon_sweep.c */

/*
 * Count the sentences that are pronounced differently with ENTRY (whose id may be 0: not stored
 * yet) than without it.
 */
enum rc lexicon_count(struct db *db, const struct conf *conf, uint64_t user,
    const struct lexicon_entry *entry, uint64_t *n);

#endif
