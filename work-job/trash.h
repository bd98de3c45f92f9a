#ifndef TTS_TRASH_H
#define TTS_TRASH_H

#include "../common/base/conf.h"
#include "../common/base/rc.h"
#include "../store/db/db.h"

/* What became of some of the trash. */
struct trash_sum {
	uint64_t removed; /* things whose files are gone */
	uint64_t failed;  /* things with a file that cannot be removed: they rest for a while */
	bool partly;	  /* files of a large project are gone, and others of it are left */
	bool left;	  /* there may be more that can be removed now */
};

/*
 * Remove the files of things that were deleted or replaced, then their tombstones, then their
 * entries in the trash: a bounded number of them. Fails only as the database does.
 */
enum rc trash_empty(const struct conf *conf, struct db *db, struct trash_sum *sum);

#endif
