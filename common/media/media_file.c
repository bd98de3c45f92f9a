#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/crypt.h"
#include "../base/log.h"
#include "media_dir.h"
#include "media_level.h"

#define PIPELINES "pipeline"
#define KEY_SIZE 16
#define NAME_SIZE 192

void
media_pipeline_path(char out[MEDIA_PATH_SIZE], uint64_t pipeline, const char *kind, uint64_t run,
    unsigned n, const char *ext)
{
	char hex[2 * KEY_SIZE + 1], more[16] = "";
	uint8_t key[KEY_SIZE];

	crypt_random(key, sizeof key);
	crypt_hex(hex, key, sizeof key);
	if (n > 1)
		snprintf(more, sizeof more, "-%u", n);
	snprintf(out, MEDIA_PATH_SIZE, PIPELINES "/%" PRIu64 "/%" PRIu64 "/%s-%" PRIu64 "%s-%s.%s",
	    pipeline / MEDIA_PROJECTS_PER_DIR, pipeline, kind, run, more, hex, ext);
}

/* ---------------------------------------------------------------- where files are made */

static void
work_name(char out[NAME_SIZE], const struct conf *conf, const char *who)
{
	snprintf(out, NAME_SIZE, ".work-%s-%s", conf->scheduler.host, who);
}

/* Make the directory NAME of a program anew at a level, or at least remove it. */
static int
work_renew(const struct conf *conf, unsigned rank, const char *name, bool make)
{
	const char *last;
	int dir = media_open_parent(conf, rank, PIPELINES "/x", make, &last), rc;

	if (dir < 0)
		return -1;
	rc = media_remove_tree(dir, name);
	if (rc == 0 && make)
		rc = mkdirat(dir, name, 0700);
	if (rc < 0)
		return media_close_failed(dir);
	close(dir);
	return 0;
}

enum rc
media_work_begin(const struct conf *conf, const char *who)
{
	unsigned made_at = media_new_root(conf);
	char name[NAME_SIZE];

	work_name(name, conf, who);
	for (unsigned i = 0; i < media_roots(conf); i++)
		if (work_renew(conf, i, name, i == made_at) < 0 && i == made_at) {
			log_error("cannot make %s below %s: %s", name, media_root(conf, i),
			    strerror(errno));
			return RC_NO_SPACE;
		}
	return RC_OK;
}

/* The level in which a directory of media_work_make is. */
static unsigned
level_of_dir(const struct conf *conf, const char *dir)
{
	for (unsigned i = 0; i < media_roots(conf); i++) {
		const char *root = media_root(conf, i);
		size_t len = strlen(root);

		if (strncmp(dir, root, len) == 0 && dir[len] == '/')
			return i;
	}
	return media_home(conf);
}

/* Another level has become the one for new files since media_work_begin. */
static int
work_dir_again(const struct conf *conf, unsigned rank, const char *name)
{
	const char *last;
	int dir = media_open_parent(conf, rank, PIPELINES "/x", true, &last), rc;

	if (dir < 0)
		return -1;
	rc = mkdirat(dir, name, 0700);
	if (rc < 0 && errno != EEXIST)
		return media_close_failed(dir);
	close(dir);
	return 0;
}

enum rc
media_work_make(const struct conf *conf, const char *who, char out[MEDIA_WORK_SIZE])
{
	char name[NAME_SIZE], hex[17];
	uint8_t random[8];
	unsigned rank;

	crypt_random(random, sizeof random);
	crypt_hex(hex, random, sizeof random);
	work_name(name, conf, who);
	rank = media_new_root(conf);
	snprintf(out, MEDIA_WORK_SIZE, "%s/" PIPELINES "/%s/%s", media_root(conf, rank), name, hex);
	if (mkdir(out, 0700) == 0)
		return RC_OK;
	if (errno == ENOENT && conf->levels.n > 0 && work_dir_again(conf, rank, name) == 0 &&
	    mkdir(out, 0700) == 0)
		return RC_OK;
	log_error("cannot make %s: %s", out, strerror(errno));
	return RC_NO_SPACE;
}

void
media_work_remove(const char *dir)
{
	if (media_remove_tree(AT_FDCWD, dir) < 0)
		log_warn("cannot remove %s: %s", dir, strerror(errno));
}

/* ---------------------------------------------------------------- publishing */

/* Open a file that a child made, which may be anything. */
static enum rc
open_made(const char *dir, const char *name, uint64_t max, int *parent, int *fd, uint64_t *size)
{
	struct stat st;

	*fd = -1;
	*parent = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*parent < 0)
		return RC_NO_SPACE;
	*fd = openat(*parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
		return RC_REFUSED;
	*size = (uint64_t)st.st_size;
	return *size == 0 || *size > max ? RC_REFUSED : RC_OK;
}

static int
hash_file(int fd, uint64_t size, uint8_t sha256[32])
{
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return -1;
	crypt_sha256(sha256, data, size);
	return munmap(data, size);
}

/* Move it to its place, and make that durable. *STEP is the step that failed. */
static int
adopt_file(const struct conf *conf, unsigned rank, int parent, const char *name, int fd,
    const char *path, const char **step)
{
	const char *base;
	int dir, rc;

	*step = "fsync";
	if (media_grant(fd, MEDIA_FILE_MODE) < 0 || media_fault("media.fsync") < 0 || fsync(fd) < 0)
		return -1;
	*step = "open the directory";
	dir = media_open_parent(conf, rank, path, true, &base);
	if (dir < 0)
		return -1;
	*step = "rename";
	rc = media_fault("media.rename") < 0 ? -1 : renameat(parent, name, dir, base);
	if (rc == 0) {
		*step = "fsync of the directory";
		rc = media_fault("media.renamed") < 0 ? -1 : fsync(dir);
		if (rc < 0)
			(void)unlinkat(dir, base, 0);
	}
	if (rc < 0)
		return media_close_failed(dir);
	close(dir);
	return 0;
}

enum rc
media_adopt(const struct conf *conf, const char *dir, const char *name, const char *path,
    uint64_t max, uint64_t *size, uint8_t sha256[32])
{
	const char *step = "read";
	int parent, fd;
	enum rc rc = open_made(dir, name, max, &parent, &fd, size);

	if (rc == RC_OK && !media_path_valid(path))
		rc = RC_FAIL;
	if (rc == RC_OK &&
	    (hash_file(fd, *size, sha256) < 0 ||
		adopt_file(conf, level_of_dir(conf, dir), parent, name, fd, path, &step) < 0)) {
		log_error("cannot publish %.*s: %s: %s", media_path_loggable(path), path, step,
		    strerror(errno));
		rc = RC_NO_SPACE;
	}
	if (fd >= 0)
		close(fd);
	if (parent >= 0)
		close(parent);
	return rc;
}
