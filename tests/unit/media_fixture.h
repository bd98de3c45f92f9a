#ifndef TTS_TEST_MEDIA_FIXTURE_H
#define TTS_TEST_MEDIA_FIXTURE_H

/*
 * The environment of the tests of media.h: temporary directories, and replacements of the relevant
 * system calls that record each call and fail on demand.
 */

#include "capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../../common/base/crypt.h"
#include "../../common/base/log.h"
#include "../../common/media/media.h"

static char base[] = "/tmp/tts-test-media-XXXXXX";
static char root[sizeof base + 16], gone[sizeof base + 16];
static char key_file[sizeof base + 16], outside[sizeof base + 16];
static struct conf conf;
static struct media_batch *batch;

/* ---------------------------------------------------------------- the calls */

static char trace[4096]; /* "write fsync close rename fsync " */
static const char *fail_call = "";
#define ALWAYS (-1)
static int fail_errno, fail_nth; /* 0: do not fail any more */
static size_t write_max;	 /* maximum bytes written by one call; 0: no limit */

/* Record CALL. Return the errno value to fail with, or 0. */
static inline int
record_call(const char *call)
{
	size_t len = strlen(trace);

	if (len + strlen(call) + 2 <= sizeof trace)
		sprintf(trace + len, "%s ", call);
	if (strcmp(call, fail_call) != 0 || fail_nth == 0)
		return 0;
	return fail_nth == ALWAYS || --fail_nth == 0 ? fail_errno : 0;
}

static inline void
fail_with(const char *call, int error, int nth)
{
	fail_call = call;
	fail_errno = error;
	fail_nth = nth;
	trace[0] = '\0';
}

static inline bool
is_media(int fd)
{
	char link[64], path[512];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path);
	return n > (ssize_t)strlen(base) && memcmp(path, base, strlen(base)) == 0;
}

ssize_t
write(int fd, const void *data, size_t len)
{
	if (is_media(fd)) {
		errno = record_call("write");
		if (errno != 0)
			return -1;
		if (write_max != 0 && len > write_max)
			len = write_max;
	}
	return syscall(SYS_write, fd, data, len);
}

int
fsync(int fd)
{
	errno = record_call("fsync");
	return errno != 0 ? -1 : (int)syscall(SYS_fsync, fd);
}

int
close(int fd)
{
	struct stat st;
	int error = 0, rc;

	if (is_media(fd) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		error = record_call("close");
	rc = (int)syscall(SYS_close, fd);
	errno = error != 0 ? error : errno;
	return error != 0 ? -1 : rc;
}

int
renameat(int old_dir, const char *old, int new_dir, const char *new)
{
	errno = record_call("rename");
	return errno != 0 ? -1 : (int)syscall(SYS_renameat, old_dir, old, new_dir, new);
}

int
mkdirat(int dir, const char *name, mode_t mode)
{
	errno = record_call("mkdir");
	return errno != 0 ? -1 : (int)syscall(SYS_mkdirat, dir, name, mode);
}

/* ---------------------------------------------------------------- the files */

static inline const char *
path_in(const char *dir, const char *name)
{
	static char paths[4][2048];
	static unsigned n;

	n = (n + 1) % 4;
	snprintf(paths[n], sizeof paths[n], "%s/%s", dir, name);
	return paths[n];
}

static inline void
write_file(const char *path, const char *data)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(data, f);
	assert_int_equal(fclose(f), 0);
}

static inline const char *
read_file(const char *path)
{
	static char data[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		return NULL;
	n = fread(data, 1, sizeof data - 1, f);
	fclose(f);
	data[n] = '\0';
	return data;
}

static inline bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* The number of entries of DIR, including hidden ones. */
static inline int
entries(const char *dir)
{
	DIR *stream = opendir(dir);
	int n = -2;

	if (stream == NULL)
		return 0;
	while (readdir(stream) != NULL)
		n++;
	closedir(stream);
	return n;
}

static inline mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline enum rc
publish(const char *path, const char *data)
{
	size_t file = SIZE_MAX;
	enum rc rc = media_publish(batch, path, data, strlen(data), &file),
		settled = media_settle(batch);

	assert_int_equal(media_published(batch, file), rc == RC_OK && settled == RC_OK);
	return rc != RC_OK ? rc : settled;
}

/* All of it at once. */
static inline enum rc
unlink_project(uint64_t project)
{
	bool left;
	enum rc rc = media_unlink_project(&conf, project, SIZE_MAX, &left);

	assert_false(left);
	return rc;
}

static inline void
remove_tree(const char *path)
{
	char command[600];

	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

/* ---------------------------------------------------------------- before and after */

static inline int
prepare_one(void **state)
{
	conf.media.root = root;
	conf.media.gone_root = gone;
	conf.scheduler.host = "here";
	fail_with("", 0, 0);
	if (mkdir(root, 0755) != 0 || mkdir(gone, 0755) != 0 || mkdir(outside, 0755) != 0)
		return -1;
	write_file(path_in(root, MEDIA_MARKER), "");
	batch = media_batch_new(&conf, 1, NULL);
	return batch != NULL ? 0 : -1;
}

static inline int
clean_up_one(void **state)
{
	fail_with("", 0, 0);
	media_batch_free(batch);
	remove_tree(root);
	remove_tree(gone);
	remove_tree(outside);
	return 0;
}

static inline int
prepare(void **state)
{
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(root, sizeof root, "%s/media", base);
	snprintf(gone, sizeof gone, "%s/gone", base);
	snprintf(outside, sizeof outside, "%s/outside", base);
	snprintf(key_file, sizeof key_file, "%s/media.key", base);
	write_file(key_file, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n");
	chmod(key_file, 0600);
	conf.secrets.media_key_file = key_file;
	log_init("", 6);
	crypt_init();
	media_init(&conf);
	return 0;
}

static inline int
clean_up(void **state)
{
	remove_tree(base);
	return 0;
}

#define test(function) cmocka_unit_test_setup_teardown(function, prepare_one, clean_up_one)

#endif
