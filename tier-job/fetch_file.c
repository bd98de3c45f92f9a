#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch_file.h"
#include "fetch_line.h"

#define FILES_MAX 64
#define CHUNK (UINT64_C(1) << 20)

/* ------------------------------------------------------------------ lines */

struct fetch_lines {
	struct pool *pool;
	int fd;
	char *data;
	size_t len, at;	 /* of DATA; the next line begins at AT */
	uint64_t offset; /* of DATA in the file */
};

struct fetch_lines *
fetch_lines_open(const char *path, uint64_t offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct fetch_lines *lines;
	struct pool *pool;

	if (fd < 0)
		return NULL;
	pool = pool_new();
	lines = pool_alloc(pool, sizeof *lines);
	lines->pool = pool;
	lines->fd = fd;
	lines->data = pool_alloc(pool, CHUNK);
	lines->offset = offset;
	return lines;
}

void
fetch_lines_close(struct fetch_lines *lines)
{
	if (lines == NULL)
		return;
	close(lines->fd);
	pool_free(lines->pool);
}

uint64_t
fetch_lines_offset(const struct fetch_lines *lines)
{
	return lines->offset + lines->at;
}

/* Keep what is left, and read more. False at the end of the file. */
static bool
lines_fill(struct fetch_lines *lines)
{
	ssize_t n;

	if (lines->at == 0 && lines->len == CHUNK)
		lines->at = CHUNK; /* nginx writes no such line */
	memmove(lines->data, lines->data + lines->at, lines->len - lines->at);
	lines->offset += lines->at;
	lines->len -= lines->at;
	lines->at = 0;
	n = pread(lines->fd, lines->data + lines->len, CHUNK - lines->len,
	    (off_t)(lines->offset + lines->len));
	if (n <= 0)
		return false;
	lines->len += (size_t)n;
	return true;
}

bool
fetch_lines_next(struct fetch_lines *lines, const char **s, size_t *len)
{
	char *begin, *end;

	do {
		begin = lines->data + lines->at;
		end = memchr(begin, '\n', lines->len - lines->at);
	} while (end == NULL && lines_fill(lines));
	if (end == NULL)
		return false;
	*s = begin;
	*len = (size_t)(end - begin);
	lines->at += *len + 1;
	return true;
}

/* ------------------------------------------------------------------ files */

/* Whether NAME is that of the log, BASE, or one that rotation gives it. */
static bool
file_name_fits(const char *name, const char *base)
{
	size_t len = strlen(base);

	return strncmp(name, base, len) == 0 &&
	       name[len + strspn(name + len, ".-0123456789")] == '\0';
}

static int64_t
file_first(const char *path)
{
	struct fetch_lines *lines = fetch_lines_open(path, 0);
	const char *s;
	size_t len;
	struct fetch_line line;
	int64_t first = 0;

	while (lines != NULL && first == 0 && fetch_lines_next(lines, &s, &len))
		if (fetch_line_parse(s, len, &line))
			first = line.at;
	fetch_lines_close(lines);
	return first;
}

static bool
file_look(struct pool *pool, const char *path, struct fetch_file *out)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*out = (struct fetch_file){.path = pool_strdup(pool, path),
	    .inode = st.st_ino,
	    .size = (uint64_t)st.st_size,
	    .first = file_first(path),
	    .changed = st.st_mtim.tv_sec * INT64_C(1000) + st.st_mtim.tv_nsec / 1000000};
	return true;
}

/* By the time of the last change. The log itself is the last, even if nginx still writes to the one
 * before it. */
static int
file_compare(const void *a, const void *b)
{
	const struct fetch_file *x = a, *y = b;

	if (x->current != y->current)
		return x->current ? 1 : -1;
	return (x->changed > y->changed) - (x->changed < y->changed);
}

size_t
fetch_files(struct pool *pool, const char *path, struct fetch_file **out)
{
	const char *slash = strrchr(path, '/'), *base = slash + 1;
	DIR *dir = opendir(pool_printf(pool, "%.*s", (int)(slash - path + 1), path));
	struct dirent *entry;
	struct fetch_file *file;
	size_t n = 0;

	*out = pool_array(pool, FILES_MAX, sizeof **out);
	while (dir != NULL && n < FILES_MAX && (entry = readdir(dir)) != NULL) {
		file = &(*out)[n];
		if (file_name_fits(entry->d_name, base) &&
		    file_look(pool,
			pool_printf(pool, "%.*s%s", (int)(slash - path + 1), path, entry->d_name),
			file)) {
			file->current = strcmp(entry->d_name, base) == 0;
			n++;
		}
	}
	if (dir != NULL)
		closedir(dir);
	qsort(*out, n, sizeof **out, file_compare);
	return n;
}
