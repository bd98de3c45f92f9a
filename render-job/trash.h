#ifndef TTS_TRASH_H
#define TTS_TRASH_H

#include "../common/base/conf.h"
#include "../common/base/rc.h"
#include "../store/trash.h"

/*
 * Remove the files of what was deleted or replaced, then its tombstones, then its entries in the
 * trash; all there is, or for some seconds. RC_NO_SPACE when a file could not be removed: its
 * entry stays for later, and holds up no others.
 */
enum rc trash_empty(const struct conf *conf, struct db *db);

#endif
