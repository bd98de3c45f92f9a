#ifndef TTS_MEDIA_LEVEL_H
#define TTS_MEDIA_LEVEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "../base/conf.h"
#include "../base/mem.h"
#include "../base/rc.h"
#include "media.h"
#include "media_dir.h"

/* The levels of storage. Each is a directory with a marker of its own, and a file has the same path
 * below each. */

/* Why files cannot be written at a level, an errno value: ENODEV if its directory or the marker in
 * it is missing. 0 if they can. */
int media_level_error(const struct conf *conf, unsigned rank);

/* Describe such an error in words. */
const char *media_level_why(int error);

/* The file system of a level. */
struct media_room {
	uint64_t bytes, bytes_free, inodes, inodes_free;
};

/* False, with errno, if it is not known. */
bool media_level_room(const struct conf *conf, unsigned rank, struct media_room *room);

/* Whether files can be written at a level, and BYTES more leave it free_bytes. */
bool media_level_takes(const struct conf *conf, unsigned rank, uint64_t bytes);

/* The level for new files: that of media.root, or the next lower one that can take some; if there
 * is none, that of media.root. */
unsigned media_new_root(const struct conf *conf);

/*
 * Open the file PATH at the hottest level that has it, for reading; *RANK is set to that level.
 * A file that is moved meanwhile is found. -1 with errno: ENOENT if no level has it, something else
 * if a level that could have it cannot be looked at.
 */
int media_open(const struct conf *conf, const char *path, unsigned *rank);

/* The same question without opening it: RC_NOT_FOUND, or RC_NO_SPACE if a level that could have it
 * cannot be looked at. */
enum rc media_find(const struct conf *conf, const char *path, unsigned *rank);

/* The levels that have it, as a bit mask of ranks. One that cannot be looked at counts as one that
 * does not. */
unsigned media_levels(const struct conf *conf, const char *path);

/* The absolute path of the file PATH where it is now; below media.root if it is nowhere. */
const char *media_find_absolute(const struct conf *conf, struct pool *pool, const char *path);

/* The path of the file whose path without "-<key>.<type>" is NAME, at the hottest level that has
 * it. This reads the directory. Results as of media_find. */
enum rc media_find_name(
    const struct conf *conf, const char *name, char out[MEDIA_PATH_SIZE], unsigned *rank);

/* ------------------------------------------------------------------ common/media/media_move.c */

/* Whether the file PATH is the same at two levels, byte for byte. RC_STALE if it is not, or
 * cannot be read to its end; RC_NOT_FOUND if one of them does not have it; RC_NO_SPACE, logged, if
 * it cannot be opened. */
enum rc media_compare(const struct conf *conf, const char *path, unsigned a, unsigned b);

/*
 * Move a file to another level in two steps, so that there is no moment without it.
 *
 * media_move_begin makes the file PATH, which is at the level FROM, at the level TO as well: by a
 * link if both are on the same file system, otherwise by a copy under a temporary name, which is
 * compared and gets the same modification time and permissions. After RC_OK it is durable there.
 * *BYTES is its size. RC_NOT_FOUND if it is not at FROM. RC_NO_SPACE, logged, if TO cannot take it
 * or FROM cannot be read: then it is at FROM, and in rare cases at TO as well.
 *
 * media_move_end removes it from all levels but KEEP, or only from FROM if that is not
 * MEDIA_ALL_LEVELS. RC_NOT_FOUND if it is not at KEEP: then nothing is removed. RC_NO_SPACE,
 * logged, if it could not be removed everywhere.
 *
 * Processes that die in between leave temporary files at TO: media_move_leftovers removes those of
 * PATH's directory that earlier runs of this host left. It returns how many. No earlier run may
 * still be moving files.
 */
#define MEDIA_ALL_LEVELS UINT32_MAX
enum rc media_move_begin(const struct conf *conf, const char *path, unsigned from, unsigned to,
    uint64_t run, uint64_t *bytes);
enum rc media_move_end(const struct conf *conf, const char *path, unsigned keep, unsigned from);
unsigned media_move_leftovers(
    const struct conf *conf, const char *path, unsigned rank, uint64_t run);

#endif
