#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define MAGIC UINT64_C(0x32544e4354545354) /* "TSTTCNT2" */

/* Layout of the file: a header and the counters. */
struct counter_file {
	uint64_t magic, layout;
	struct throttle throttles[COUNTERS_THROTTLES];
	uint64_t v[];
};

static size_t
file_size(size_t n)
{
	return sizeof(struct counter_file) + n * sizeof(uint64_t);
}

/* FNV-1a. The terminating NUL of each name is hashed too, so that names do not run together. */
uint64_t
counters_layout(const char *const *names, size_t n, uint64_t seed)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ seed;

	for (size_t i = 0; i < n; i++)
		for (const char *s = names[i];; s++) {
			hash = (hash ^ (unsigned char)*s) * UINT64_C(1099511628211);
			if (*s == '\0')
				break;
		}
	return hash;
}

/* Make the file long enough and allocate its blocks: a store into the mapping must not find the
 * disk full. Never shrink it: other processes may have it mapped. */
static int
file_grow(int fd, size_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno;
	return (size_t)st.st_size < size ? posix_fallocate(fd, 0, (off_t)size) : 0;
}

/* Map the file. The first process initializes it under the lock; the others wait for the lock. */
static struct counter_file *
file_map(int fd, uint64_t layout, size_t n)
{
	struct counter_file *file = MAP_FAILED;

	if (flock(fd, LOCK_EX) < 0)
		return NULL;
	errno = file_grow(fd, file_size(n));
	if (errno == 0)
		file = mmap(NULL, file_size(n), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file != MAP_FAILED && file->magic != MAGIC)
		memset(file->throttles, 0, sizeof file->throttles);
	if (file != MAP_FAILED && (file->magic != MAGIC || file->layout != layout)) {
		memset(file->v, 0, n * sizeof file->v[0]);
		file->layout = layout;
		file->magic = MAGIC;
	}
	flock(fd, LOCK_UN); /* the mapping keeps the open file, and so the lock, alive */
	return file != MAP_FAILED ? file : NULL;
}

struct counters
counters_open(const char *path, uint64_t layout, size_t n)
{
	struct counter_file *file = NULL;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd >= 0)
		file = file_map(fd, layout, n);
	if (file == NULL) {
		log_warn(
		    "cannot use %s, so its counters are not shared: %s", path, strerror(errno));
		file = mmap(
		    NULL, file_size(n), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (file == MAP_FAILED)
			abort();
	} else {
		madvise(file, file_size(n), MADV_DONTFORK);
	}
	if (fd >= 0)
		close(fd);
	return (struct counters){file->v, n, file->throttles};
}

bool
counters_read(const char *path, uint64_t layout, uint64_t *v, size_t n)
{
	const size_t len = n * sizeof v[0];
	struct counter_file head = {.magic = 0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return false;
	ok = pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head && head.magic == MAGIC &&
	     head.layout == layout && pread(fd, v, len, sizeof head) == (ssize_t)len;
	close(fd);
	return ok;
}

void
counters_add(const struct counters *c, size_t i, uint64_t by)
{
	__atomic_fetch_add(&c->v[i], by, __ATOMIC_RELAXED);
}

void
counters_set(const struct counters *c, size_t i, uint64_t value)
{
	__atomic_store_n(&c->v[i], value, __ATOMIC_RELAXED);
}

uint64_t
counters_get(const struct counters *c, size_t i)
{
	return __atomic_load_n(&c->v[i], __ATOMIC_RELAXED);
}
