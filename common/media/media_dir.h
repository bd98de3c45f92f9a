#ifndef TTS_MEDIA_DIR_H
#define TTS_MEDIA_DIR_H

#include <stdbool.h>
#include <sys/stat.h>

#include "../base/conf.h"

/*
 * Access to the directories below the levels' roots, for the files that publish and remove there.
 * Functions that return -1 set errno. Below the root no symbolic link is followed.
 */

/* The group, which nginx is a member of, may read; others must not. */
#define MEDIA_DIR_MODE 0750
#define MEDIA_FILE_MODE 0640

#define MEDIA_PROJECTS_PER_DIR 1000

/*
 * The levels of storage: a level is named by its rank, its index in conf->levels, the hottest last.
 * Without levels media.root is the only one, with rank 0. These are how many there are, the
 * directory of one, and the one that media.root is: new files go there.
 */
unsigned media_roots(const struct conf *conf);
const char *media_root(const struct conf *conf, unsigned rank);
unsigned media_home(const struct conf *conf);

/* Open the directory of a level; see media_level.h. Fails with ENODEV if it or its marker is
 * missing, because then nothing is mounted there. */
int media_open_root(const struct conf *conf, unsigned rank);
bool media_has_marker(int root);

int media_open_dir(int parent, const char *name);

/*
 * Open the directory that contains PATH (relative to a level). If MAKE is set, create missing
 * directories durably. NAME is set to the last component of PATH.
 */
int media_open_parent(
    const struct conf *conf, unsigned rank, const char *path, bool make, const char **name);

/* A name that no other file has. */
#define MEDIA_TEMPORARY ".tmp-"
#define MEDIA_TEMPORARY_SIZE (sizeof MEDIA_TEMPORARY + 64 + 2 * (1 + 16))
void media_temporary_name(char out[MEDIA_TEMPORARY_SIZE], const struct conf *conf, uint64_t run);

/* Remove the temporary files in the directory of PATH whose names are PREFIX, then this host, then
 * another run than RUN. Return how many. */
unsigned media_remove_temporaries(
    const struct conf *conf, unsigned rank, const char *path, const char *prefix, uint64_t run);

/* Remove the directory of PATH if it is empty. */
void media_remove_empty_parent(const struct conf *conf, unsigned rank, const char *path);

/* Remove a file or a directory with everything in it. It is no error if it does not exist. */
int media_remove_tree(int dir, const char *name);

/* Tell whether PATH is valid below media.root: no component is empty or begins with a dot. */
bool media_path_valid(const char *path);

/* The length of the part of PATH that may be logged: whoever knows the key at its end can fetch
 * the file. */
int media_path_loggable(const char *path);

/* Add the permissions of MODE that a strict umask removed. Changing more could lose the setgid
 * bit. */
int media_grant(int fd, mode_t mode);

/* Return -1 with errno if the test build is told to fail at POINT (fault.h), otherwise 0. */
int media_fault(const char *point);

/* Close FD and return -1, preserving errno. */
int media_close_failed(int fd);

#endif
