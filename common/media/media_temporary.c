#include "media.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/crypt.h"
#include "../base/log.h"
#include "media_dir.h"
#include "media_level.h"

#define HEX_DIGITS 16 /* of 64 bits */

/*
 * The names of temporary files: ".tmp-<host>-<run>-<random>". nginx does not serve names that begin
 * with a dot.
 */

void
media_temporary_name(char out[MEDIA_TEMPORARY_SIZE], const struct conf *conf, uint64_t run)
{
	uint64_t random;

	crypt_random(&random, sizeof random);
	snprintf(out, MEDIA_TEMPORARY_SIZE, MEDIA_TEMPORARY "%s-%016" PRIx64 "-%016" PRIx64,
	    conf->scheduler.host, run, random);
}

/*
 * Whether NAME is a temporary file of this host, but not of this run. The name of another host may
 * begin with ours and go on with a hyphen; what follows ours must then have the right length.
 */
static bool
is_leftover(const char *name, const char *prefix, const struct conf *conf, uint64_t run)
{
	size_t len = strlen(conf->scheduler.host);
	const char *rest = name + strlen(prefix);
	char *end;

	if (strncmp(name, prefix, strlen(prefix)) != 0 ||
	    strncmp(rest, conf->scheduler.host, len) != 0)
		return false;
	rest += len;
	if (strlen(rest) != 2 * (1 + HEX_DIGITS) || rest[0] != '-' || rest[1 + HEX_DIGITS] != '-')
		return false;
	return strtoull(rest + 1, &end, 16) != run && end == rest + 1 + HEX_DIGITS;
}

unsigned
media_remove_temporaries(
    const struct conf *conf, unsigned rank, const char *path, const char *prefix, uint64_t run)
{
	const struct dirent *entry;
	const char *name;
	unsigned n = 0;
	DIR *stream;
	int dir = media_open_parent(conf, rank, path, false, &name);

	stream = dir >= 0 ? fdopendir(dir) : NULL;
	if (stream == NULL) {
		if (dir >= 0)
			close(dir);
		return 0; /* it was deleted, and its directory with it */
	}
	while ((entry = readdir(stream)) != NULL)
		if (is_leftover(entry->d_name, prefix, conf, run) &&
		    unlinkat(dir, entry->d_name, 0) == 0)
			n++;
	closedir(stream);
	return n;
}

/* Remove what is left in the directory of a project. Return how many files that were. */
static unsigned
remove_leftovers_of(const struct conf *conf, uint64_t run, uint64_t project)
{
	char path[MEDIA_PATH_SIZE];
	unsigned n = 0;

	snprintf(path, sizeof path, "%" PRIu64 "/%" PRIu64 "/x", project / MEDIA_PROJECTS_PER_DIR,
	    project);
	for (unsigned i = 0; i < media_roots(conf); i++)
		n += media_remove_temporaries(conf, i, path, MEDIA_TEMPORARY, run);
	return n;
}

void
media_remove_leftovers(const struct conf *conf, uint64_t run, uint64_t projects[MEDIA_NOTES])
{
	unsigned n = 0;

	for (size_t i = 0; i < MEDIA_NOTES; i++) {
		if (projects[i] != 0)
			n += remove_leftovers_of(conf, run, projects[i]);
		projects[i] = 0;
	}
	if (n > 0)
		log_info("removed %u temporary files that a renderer left behind", n);
}
