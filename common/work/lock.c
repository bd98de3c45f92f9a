#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/log.h"

/* The file: the run whose records are valid, then the places. */
struct place {
	uint64_t run;
	uint64_t id; /* 0: nothing */
};

struct table {
	uint64_t run;
	uint64_t reserved;
	struct place places[];
};

struct speaking {
	struct table *table;
	size_t size;
	size_t places; /* of the file, which a renderer with more places may have made */
	uint64_t run;
};

int
lock_take(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		fatal(EX_CANTCREAT, "cannot open the lock file %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno != EWOULDBLOCK)
		fatal(EX_OSERR, "cannot lock %s: %s", path, strerror(errno));
	close(fd);
	return -1;
}

static bool
map_table(struct speaking *speaking, int fd, size_t places)
{
	struct stat st;
	size_t size = sizeof(struct table) + places * sizeof(struct place);
	if (fstat(fd, &st) < 0)
		return false;
	if ((size_t)st.st_size < size) {
		/* Allocate the blocks, so that a store never meets a full disk. */
		int e = fault("render.lock.grow");
		if (e == 0)
			e = posix_fallocate(fd, 0, (off_t)size);
		if (e != 0) {
			errno = e;
			return false;
		}
	} else
		size = (size_t)st.st_size;
	speaking->table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	speaking->size = size;
	speaking->places = (size - sizeof(struct table)) / sizeof(struct place);
	return speaking->table != MAP_FAILED;
}

struct speaking *
speaking_open(const char *path, size_t places, uint64_t run)
{
	struct speaking *speaking = calloc(1, sizeof(*speaking));
	/* Open the file again: a mapping keeps the open file it was made from, and its lock, alive.
	 */
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (speaking == NULL || fd < 0 || !map_table(speaking, fd, places)) {
		log_error("cannot map the lock file %s: %s", path, strerror(errno));
		free(speaking);
		speaking = NULL;
	} else
		speaking->run = run;
	if (fd >= 0)
		close(fd);
	return speaking;
}

size_t
speaking_left(const struct speaking *speaking, uint64_t *ids, size_t max)
{
	const struct table *table = speaking->table;
	size_t n = 0;
	for (size_t i = 0; i < speaking->places && n < max; i++)
		if (table->run != 0 && table->places[i].run == table->run &&
		    table->places[i].id != 0)
			ids[n++] = table->places[i].id;
	return n;
}

void
speaking_begin(struct speaking *speaking)
{
	__atomic_store_n(&speaking->table->run, speaking->run, __ATOMIC_SEQ_CST);
}

void
speaking_void(struct speaking *speaking)
{
	__atomic_store_n(&speaking->table->run, 0, __ATOMIC_SEQ_CST);
}

bool
speaking_hide(const struct speaking *speaking)
{
	return madvise(speaking->table, speaking->size, MADV_DONTFORK) == 0;
}

void
speaking_note(struct speaking *speaking, size_t place, uint64_t id)
{
	/* The id last: if the process dies in between, the place has no wrong id. */
	struct place *p = &speaking->table->places[place];
	__atomic_store_n(&p->id, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&p->run, speaking->run, __ATOMIC_SEQ_CST);
	__atomic_store_n(&p->id, id, __ATOMIC_SEQ_CST);
}

void
speaking_clear(struct speaking *speaking, size_t place)
{
	__atomic_store_n(&speaking->table->places[place].id, 0, __ATOMIC_SEQ_CST);
}
