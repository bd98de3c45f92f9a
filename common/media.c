#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "crypt.h"
#include "log.h"
#include "media_dir.h"

#define TEMPORARY ".tmp-" /* nginx gives out no name that begins with a dot */
#define TEMPORARY_SIZE (sizeof TEMPORARY + 2 * 16)
#define TRIES 3

static uint8_t media_key[CRYPT_SHA256_SIZE];
static bool have_key;

void
media_init(const struct conf *conf)
{
	struct secret secret = conf_secret(conf->secrets.media_key_file, CONF_KEY_MIN);

	/* BLAKE2b takes at most 64 bytes of key, the file may have more. */
	crypt_sha256(media_key, secret.data, secret.len);
	crypt_wipe(secret.data, secret.len);
	have_key = true;
}

void
media_forget(void)
{
	crypt_wipe(media_key, sizeof media_key);
	have_key = false;
}

static void
put_number(uint8_t out[8], uint64_t n)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(n >> (56 - 8 * i));
}

void
media_path(const struct conf *conf, char out[MEDIA_PATH_SIZE], uint64_t project, uint64_t audio,
    uint64_t revision)
{
	uint8_t numbers[16], hash[16];
	char hex[2 * sizeof hash + 1];

	if (!have_key)
		fatal(EX_SOFTWARE, "cannot name a sound: the media key was not read");
	put_number(numbers, audio);
	put_number(numbers + 8, revision);
	crypt_keyed_hash(hash, sizeof hash, numbers, sizeof numbers, media_key, sizeof media_key);
	crypt_hex(hex, hash, sizeof hash);
	snprintf(out, MEDIA_PATH_SIZE, "%" PRIu64 "/%" PRIu64 "/%" PRIu64 "-r%" PRIu64 "-%s.mp3",
	    project / MEDIA_PROJECTS_PER_DIR, project, audio, revision, hex);
}

enum rc
media_check(const struct conf *conf)
{
	const char *path = conf->media.root;
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum rc rc = RC_NO_SPACE;

	if (root < 0) {
		log_error("cannot use media root %s: %s", path, strerror(errno));
		return rc;
	}
	if (!media_has_marker(root))
		log_error("cannot use media root %s: there is no %s in it; is it mounted?", path,
		    MEDIA_MARKER);
	else if (faccessat(root, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
		log_error("cannot use media root %s: %s", path, strerror(errno));
	else
		rc = RC_OK;
	close(root);
	return rc;
}

/* One try to publish. STEP says what failed. */
struct publication {
	int dir;
	const char *name;
	char temporary[TEMPORARY_SIZE];
	const char *step;
};

static int
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = media_inject("media.write") < 0 ? -1 : write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return media_inject("media.written");
}

/* After a failed fsync the kernel may have thrown the data away: there is no second one. */
static int
sync_file(int fd)
{
	if (media_inject("media.fsync") < 0 || fsync(fd) < 0)
		return -1;
	return media_inject("media.synced");
}

static int
close_file(int fd)
{
	int rc = media_inject("media.close") < 0 ? media_drop(fd) : close(fd);

	return rc < 0 && errno == EINTR ? 0 : rc; /* it is closed, and was synced before */
}

static int
write_temporary(struct publication *p, const void *data, size_t len)
{
	uint8_t random[16];
	int fd;

	memcpy(p->temporary, TEMPORARY, sizeof TEMPORARY);
	crypt_random(random, sizeof random);
	crypt_hex(p->temporary + sizeof TEMPORARY - 1, random, sizeof random);

	p->step = "create";
	fd = openat(p->dir, p->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    MEDIA_FILE_MODE);
	if (fd < 0)
		return -1;
	if (media_grant(fd, MEDIA_FILE_MODE) < 0)
		return media_drop(fd);
	p->step = "write";
	if (write_all(fd, data, len) < 0)
		return media_drop(fd);
	p->step = "fsync";
	if (sync_file(fd) < 0)
		return media_drop(fd);
	p->step = "close";
	return close_file(fd);
}

static int
give_name(struct publication *p)
{
	struct stat st;
	bool was_there = fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	p->step = "rename";
	if (media_inject("media.rename") < 0 || renameat(p->dir, p->temporary, p->dir, p->name) < 0)
		return -1;
	p->step = "fsync of the directory";
	if (media_inject("media.renamed") < 0 || fsync(p->dir) < 0) {
		int saved = errno;

		/* The same bytes may be there for a row that names them: those stay. */
		if (!was_there)
			unlinkat(p->dir, p->name, 0);
		errno = saved;
		return -1;
	}
	return 0;
}

static int
publish(const struct conf *conf, const char *path, const void *data, size_t len, const char **step)
{
	struct publication p = {.step = "open the directory"};
	int rc = -1;

	p.dir = media_open_parent(conf, path, true, &p.name);
	if (p.dir >= 0) {
		rc = write_temporary(&p, data, len);
		if (rc == 0)
			rc = give_name(&p);
		if (rc < 0) {
			int saved = errno;

			unlinkat(p.dir, p.temporary, 0);
			errno = saved;
		}
		media_drop(p.dir);
	}
	*step = p.step;
	return rc;
}

enum rc
media_publish(const struct conf *conf, const char *path, const void *data, size_t len)
{
	const char *step = "";
	int rc = -1;

	if (!media_is_ours(path)) {
		log_error("cannot publish %.*s: no name of ours", media_shown(path), path);
		return RC_FAIL;
	}
	/* Another host may remove the directory of a dead project at any step: begin again. */
	for (int i = 0; i < TRIES && rc < 0; i++) {
		rc = publish(conf, path, data, len, &step);
		if (rc < 0 && errno != ENOENT && errno != EINTR)
			break;
	}
	if (rc < 0) {
		log_error(
		    "cannot publish %.*s: %s: %s", media_shown(path), path, step, strerror(errno));
		return RC_NO_SPACE;
	}
	return RC_OK;
}

void
media_kick(const struct conf *conf)
{
	const char *path = conf->scheduler.kick_file;
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0660);
	struct timespec now[2];

	/* The clock that the kernel stamps files with stands still for some milliseconds, and two
	 * kicks must not look like one; but only the owner may give a time. */
	clock_gettime(CLOCK_REALTIME, &now[0]);
	now[1] = now[0];
	if (fd < 0 || (futimens(fd, now) < 0 && futimens(fd, NULL) < 0))
		log_warn("cannot kick the renderer with %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

struct timespec
media_kicked(const struct conf *conf)
{
	struct stat st;

	if (stat(conf->scheduler.kick_file, &st) < 0)
		return (struct timespec){0, 0};
	return st.st_mtim;
}
