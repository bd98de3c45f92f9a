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
 * The tree below media.root, one directory after the other and TREE_MAX files at a time, so that no
 * tree is too large. No link is followed.
 */
#define TREE_MAX 128

struct tree_dir {
	int fd;
	uint64_t project;
	char path[48]; /* relative to media.root */
};

struct tree_file {
	char name[NAME_MAX + 1];
	bool temporary; /* else a sound, of AUDIO at REVISION */
	uint64_t audio, revision;
	struct stat st;
};

struct tree {
	const struct conf *conf;
	uint64_t project; /* only this one; 0: all */
	void *ctx;

	/* Files of one project. *GONE says how many are not there any more; an error ends it all.
	 */
	enum rc (*files)(void *ctx, const struct tree_dir *dir, const struct tree_file *v, size_t n,
	    size_t *gone);
	/* A directory NAME in PARENT with nothing (left) in it; it was changed at MTIME, before. */
	bool (*empty)(void *ctx, int parent, const char *name, const char *path, time_t mtime);
	/* Something that no program of ours can have made. */
	void (*foreign)(void *ctx, const char *path);

	bool trouble; /* out: something could not be read, which was logged */
};

enum rc tree_walk(struct tree *tree);

/* Tell whether NAME is that of a sound, and of which. */
bool tree_sound(const char *name, uint64_t *audio, uint64_t *revision);

/* Read a number as we write it: no sign, no leading zero, not 0. NULL if S begins with none. */
const char *tree_number(const char *s, uint64_t *out);

#endif
