#ifndef TTS_TREE_H
#define TTS_TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "../common/base/conf.h"
#include "../common/base/rc.h"

/*
 * Walks the tree of projects below a level of storage, one directory at a time and TREE_MAX files
 * at a time, so memory is bounded. No link is followed.
 */
#define TREE_MAX 128

struct tree_dir {
	int fd;
	uint64_t project;
	char path[48]; /* relative to the level */
};

struct tree_file {
	char name[NAME_MAX + 1];
	bool temporary; /* otherwise the sound of AUDIO at REVISION */
	uint64_t audio, revision;
	struct stat st;
};

struct tree {
	const struct conf *conf;
	uint64_t project; /* only this project; 0: all */
	unsigned rank;	  /* of the level */
	void *ctx;

	/* Called with files of one project. *GONE: how many of them no longer exist. An error
	 * ends the walk. */
	enum rc (*files)(void *ctx, const struct tree_dir *dir, const struct tree_file *v, size_t n,
	    size_t *gone);
	/* Called for an empty directory NAME in PARENT, which was last modified at MTIME (before
	 * the walk). */
	bool (*empty)(void *ctx, int parent, const char *name, const char *path, time_t mtime);
	/* Called for a file that our programs cannot have made. */
	void (*foreign)(void *ctx, const char *path);

	bool trouble; /* out: something could not be read; logged */
};

enum rc tree_walk(struct tree *tree);

/* Tell whether NAME is the name of a sound, and of which one. */
bool tree_sound(const char *name, uint64_t *audio, uint64_t *revision);

/* Parse a number as our programs write it: no sign, no leading zero, not 0. Returns its end, or
 * NULL if S does not begin with one. */
const char *tree_number(const char *s, uint64_t *out);

#endif
