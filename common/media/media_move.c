#include "media_level.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "media_dir.h"

#define CHUNK 65536

/* A file that is being moved, as it is at one level. */
struct place {
	int dir; /* -1: not open */
	int fd;
	const char *name;
};

static void
place_close(struct place *place)
{
	int saved = errno;

	if (place->fd >= 0)
		close(place->fd);
	if (place->dir >= 0)
		close(place->dir);
	errno = saved;
}

/* ---------------------------------------------------------------- copying */

/* Read up to LEN bytes, fewer only at the end of the file. */
static ssize_t
read_chunk(int fd, char *data, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, data + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int
write_chunk(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = media_fault("media.move.write") < 0 ? -1 : write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
copy_contents(int from, int to)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = read_chunk(from, chunk, sizeof chunk)) > 0)
		if (write_chunk(to, chunk, (size_t)n) < 0)
			return -1;
	return n < 0 ? -1 : 0;
}

/* Compare what the disk has of the copy, and not what is in memory. */
static int
compare_contents(int from, int to)
{
	char a[CHUNK], b[CHUNK];
	ssize_t n, m;

	(void)posix_fadvise(to, 0, 0, POSIX_FADV_DONTNEED);
	if (lseek(from, 0, SEEK_SET) < 0 || lseek(to, 0, SEEK_SET) < 0)
		return -1;
	do {
		n = read_chunk(from, a, sizeof a);
		m = n < 0 ? -1 : read_chunk(to, b, sizeof b);
		if (n < 0 || m < 0)
			return -1;
		if (n != m || memcmp(a, b, (size_t)n) != 0 ||
		    media_fault("media.move.compare") < 0) {
			errno = EIO;
			return -1;
		}
	} while (n > 0);
	return 0;
}

/* nginx makes the ETag of size and modification time. */
static int
keep_times(int fd, const struct stat *st)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};

	if (media_grant(fd, st->st_mode & 0777) < 0 || futimens(fd, times) < 0)
		return -1;
	return fsync(fd);
}

/* Make TEMPORARY in TO's directory a copy of FROM. *STEP is the step that failed. */
static int
copy_file(const struct place *from, const struct stat *st, struct place *to, const char *temporary,
    const char **step)
{
	*step = "create";
	if (media_fault("media.move.copy") < 0)
		return -1;
	to->fd = openat(to->dir, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    MEDIA_FILE_MODE);
	if (to->fd < 0)
		return -1;
	*step = "copy";
	if (copy_contents(from->fd, to->fd) < 0)
		return -1;
	*step = "fsync";
	if (media_fault("media.move.copied") < 0 || fsync(to->fd) < 0)
		return -1;
	*step = "compare";
	if (compare_contents(from->fd, to->fd) < 0)
		return -1;
	*step = "keep the time";
	return media_fault("media.move.compared") < 0 ? -1 : keep_times(to->fd, st);
}

/* ---------------------------------------------------------------- one move */

/* The renderer of this host removes temporary files of other runs than its own; not ours: no host
 * has a name with a plus sign. */
#define MOVE_TEMPORARY MEDIA_TEMPORARY "+"
#define MOVE_TEMPORARY_SIZE (MEDIA_TEMPORARY_SIZE + 1)

static void
move_temporary(char out[MOVE_TEMPORARY_SIZE], const struct conf *conf, uint64_t run)
{
	char name[MEDIA_TEMPORARY_SIZE];

	media_temporary_name(name, conf, run);
	snprintf(out, MOVE_TEMPORARY_SIZE, MOVE_TEMPORARY "%s", name + strlen(MEDIA_TEMPORARY));
}

/* Make it in TO's directory under the name TEMPORARY. */
static int
make_temporary(const struct place *from, const struct stat *st, struct place *to,
    const char *temporary, const char **step)
{
	*step = "link";
	if (media_fault("media.move.link") == 0 &&
	    linkat(from->dir, from->name, to->dir, temporary, 0) == 0)
		return 0;
	if (errno != EXDEV && errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP)
		return -1;
	return copy_file(from, st, to, temporary, step);
}

static int
move_file(const struct conf *conf, const struct place *from, const struct stat *st,
    struct place *to, uint64_t run, const char **step)
{
	char temporary[MOVE_TEMPORARY_SIZE];
	int rc;

	move_temporary(temporary, conf, run);
	rc = make_temporary(from, st, to, temporary, step);
	if (rc == 0) {
		*step = "rename";
		rc = media_fault("media.move.rename") < 0
			 ? -1
			 : renameat(to->dir, temporary, to->dir, to->name);
	}
	if (rc == 0) {
		*step = "fsync of the directory";
		rc = media_fault("media.move.renamed") < 0 ? -1 : fsync(to->dir);
	}
	/* Also after success: renaming a link to another link of the same file does nothing. */
	int saved = errno;
	(void)unlinkat(to->dir, temporary, 0);
	errno = saved;
	return rc;
}

/* Open the file at the level FROM. */
static int
open_source(
    const struct conf *conf, const char *path, unsigned from, struct place *place, struct stat *st)
{
	place->dir = media_open_parent(conf, from, path, false, &place->name);
	if (place->dir < 0)
		return -1;
	place->fd = openat(
	    place->dir, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (place->fd < 0 || fstat(place->fd, st) < 0)
		return -1;
	if (S_ISREG(st->st_mode))
		return 0;
	errno = ENXIO;
	return -1;
}

enum rc
media_move_begin(const struct conf *conf, const char *path, unsigned from, unsigned to,
    uint64_t run, uint64_t *bytes)
{
	struct place source = {-1, -1, NULL}, target = {-1, -1, NULL};
	const char *step = "open";
	struct stat st = {0};
	int rc = -1;

	errno = EINVAL;
	if (media_path_valid(path) && open_source(conf, path, from, &source, &st) == 0) {
		*bytes = (uint64_t)st.st_size;
		step = "open the directory";
		target.dir = media_open_parent(conf, to, path, true, &target.name);
		if (target.dir >= 0)
			rc = move_file(conf, &source, &st, &target, run, &step);
	} else if (errno == ENOENT) {
		place_close(&source);
		return RC_NOT_FOUND;
	}
	if (rc < 0)
		log_error("cannot move %.*s from %s to %s: %s: %s", media_path_loggable(path), path,
		    media_root(conf, from), media_root(conf, to), step, strerror(errno));
	place_close(&source);
	place_close(&target);
	return rc < 0 ? RC_NO_SPACE : RC_OK;
}

/* Remove it from one level. */
static int
remove_from(const struct conf *conf, const char *path, unsigned rank)
{
	const char *name;
	int dir = media_open_parent(conf, rank, path, false, &name), rc;

	if (dir < 0)
		return errno == ENOENT ? 0 : -1;
	rc = media_fault("media.move.unlink") < 0 ? -1 : unlinkat(dir, name, 0);
	if (rc < 0 && errno != ENOENT)
		return media_close_failed(dir);
	close(dir);
	media_remove_empty_parent(conf, rank, path);
	return 0;
}

/* Whether the level has it: 1 if so, 0 if not, -1 with errno if that is not known. */
static int
is_at(const struct conf *conf, const char *path, unsigned rank)
{
	struct place place = {-1, -1, NULL};
	struct stat st;
	int rc = open_source(conf, path, rank, &place, &st);

	place_close(&place);
	if (rc < 0)
		return errno == ENOENT ? 0 : -1;
	return 1;
}

enum rc
media_move_end(const struct conf *conf, const char *path, unsigned keep, unsigned from)
{
	int there = media_path_valid(path) ? is_at(conf, path, keep) : 0;
	enum rc rc = RC_OK;

	if (there == 0)
		return RC_NOT_FOUND;
	for (unsigned i = 0; i < media_roots(conf); i++) {
		if (i == keep || (from != MEDIA_ALL_LEVELS && i != from))
			continue;
		if (there < 0 || remove_from(conf, path, i) < 0) {
			log_error("cannot remove %.*s from %s, as it is at %s: %s",
			    media_path_loggable(path), path, media_root(conf, i),
			    media_root(conf, keep), strerror(errno));
			rc = RC_NO_SPACE;
		}
	}
	return rc;
}

enum rc
media_compare(const struct conf *conf, const char *path, unsigned a, unsigned b)
{
	struct place v[2] = {{-1, -1, NULL}, {-1, -1, NULL}};
	const unsigned ranks[2] = {a, b};
	struct stat st;
	int rc = 0, error;

	for (int i = 0; i < 2 && rc == 0; i++) {
		rc = open_source(conf, path, ranks[i], &v[i], &st);
		if (rc < 0 && errno != ENOENT)
			log_error("cannot read %.*s at %s: %s", media_path_loggable(path), path,
			    media_root(conf, ranks[i]), strerror(errno));
	}
	error = rc < 0 ? errno : 0;
	if (error == 0 && compare_contents(v[0].fd, v[1].fd) < 0)
		rc = 1;
	place_close(&v[0]);
	place_close(&v[1]);
	if (rc < 0)
		return error == ENOENT ? RC_NOT_FOUND : RC_NO_SPACE;
	return rc == 0 ? RC_OK : RC_STALE;
}

unsigned
media_move_leftovers(const struct conf *conf, const char *path, unsigned rank, uint64_t run)
{
	return media_remove_temporaries(conf, rank, path, MOVE_TEMPORARY, run);
}
