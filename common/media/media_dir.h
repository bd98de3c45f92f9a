#ifndef TTS_MEDIA_DIR_H
#define TTS_MEDIA_DIR_H

#include <stdbool.h>
#include <sys/stat.h>

#include "../base/conf.h"

/*
 * The directories below media.root, for the two files that publish and remove there. Results of -1
 * come with errno. No symbolic link is followed below the root.
 */

/* The group, which is nginx's, may read; others may not. */
#define MEDIA_DIR_MODE 0750
#define MEDIA_FILE_MODE 0640

#define MEDIA_PROJECTS_PER_DIR 1000

/* Open media.root. ENODEV if it or its marker is missing: nothing is mounted there. */
int media_open_root(const struct conf *conf);
bool media_has_marker(int root);

int media_open_dir(int parent, const char *name);

/*
 * Open the directory that PATH, below media.root, is in, and make it, durably, if it is missing and
 * MAKE says so. NAME is then the last part of PATH.
 */
int media_open_parent(const struct conf *conf, const char *path, bool make, const char **name);

/* Tell whether PATH may be a name below media.root: no part is empty or begins with a dot. */
bool media_is_ours(const char *path);

/* How much of PATH may be logged: the key at its end opens the file to whoever reads it. */
int media_shown(const char *path);

/* Give FD the rights of MODE that a strict umask took. Any more would cost the setgid bit. */
int media_grant(int fd, mode_t mode);

/* Fail, with errno, where a test build is told to (fault.h). */
int media_inject(const char *point);

/* Close FD and return -1, with errno as it was. */
int media_drop(int fd);

#endif
