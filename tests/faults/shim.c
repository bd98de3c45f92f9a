/*
 * Makes system calls below a directory fail; for LD_PRELOAD. SHIM_ROOT is the directory, SHIM the
 * plan: a comma-separated list of call:what:nth. The call is one of open write fsync close rename
 * mkdir; what is the name of an error or "short" (a write of one byte). It happens to the nth call,
 * counted for each kind, or with "*" before the number to every nth call.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLANS_MAX 16
#define SHORT_WRITE -1

static struct plan {
	char call[16];
	int what;
	bool every;
	unsigned long nth, seen;
} plans[PLANS_MAX];
static size_t plans_n;
static const char *root;

static const struct {
	const char *name;
	int value;
} names[] = {{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO}, {"EINTR", EINTR},
    {"EROFS", EROFS}, {"EMFILE", EMFILE}, {"short", SHORT_WRITE}};

static void
refuse(const char *plan)
{
	fprintf(stderr, "shim: cannot understand SHIM=%s\n", plan);
	_exit(64);
}

static void
read_plan(const char *s)
{
	char call[16], what[16], nth[16];
	int used = 0;

	for (; sscanf(s, "%15[^:]:%15[^:]:%15[^,]%n", call, what, nth, &used) == 3; s += used) {
		struct plan *p = &plans[plans_n];
		size_t i = 0;

		while (i < sizeof names / sizeof names[0] && strcmp(names[i].name, what) != 0)
			i++;
		if (i == sizeof names / sizeof names[0] || plans_n == PLANS_MAX)
			break;
		snprintf(p->call, sizeof p->call, "%s", call);
		p->what = names[i].value;
		p->every = nth[0] == '*';
		p->nth = strtoul(nth + p->every, NULL, 10);
		plans_n++;
		if (p->nth == 0)
			break;
		if (s[used] == ',')
			used++;
	}
	if (*s != '\0')
		refuse(s);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *plan = getenv("SHIM");

	root = getenv("SHIM_ROOT");
	if (root == NULL || plan == NULL)
		refuse("without SHIM_ROOT");
	read_plan(plan);
}

static bool
below_root(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return strncmp(path, root, strlen(root)) == 0;
}

/* What happens to this call on FD: 0 nothing, an errno value, or SHORT_WRITE. */
static int
struck(const char *call, int fd)
{
	int saved = errno, what = 0;

	if (root == NULL || !below_root(fd)) {
		errno = saved;
		return 0;
	}
	for (size_t i = 0; i < plans_n && what == 0; i++) {
		struct plan *p = &plans[i];

		if (strcmp(p->call, call) != 0)
			continue;
		p->seen++;
		if (p->every ? p->seen % p->nth == 0 : p->seen == p->nth)
			what = p->what;
	}
	errno = what > 0 ? what : saved;
	return what;
}

#define REAL(type, name) __extension__((type)dlsym(RTLD_NEXT, name))

ssize_t
write(int fd, const void *data, size_t len)
{
	typedef ssize_t real(int, const void *, size_t);
	int what = struck("write", fd);

	if (what > 0)
		return -1;
	return REAL(real *, "write")(fd, data, what == SHORT_WRITE && len > 1 ? 1 : len);
}

int
fsync(int fd)
{
	typedef int real(int);

	return struck("fsync", fd) != 0 ? -1 : REAL(real *, "fsync")(fd);
}

/* The descriptor is closed whatever close returns. */
int
close(int fd)
{
	typedef int real(int);
	int what = struck("close", fd), rc = REAL(real *, "close")(fd);

	if (what > 0) {
		errno = what;
		return -1;
	}
	return rc;
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	typedef int real(int, const char *, int, const char *);

	return struck("rename", to_dir) != 0 ? -1
					     : REAL(real *, "renameat")(from_dir, from, to_dir, to);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	typedef int real(int, const char *, mode_t);

	return struck("mkdir", dir) != 0 ? -1 : REAL(real *, "mkdirat")(dir, path, mode);
}

static int
open_at(const char *name, int dir, const char *path, int flags, mode_t mode)
{
	typedef int real(int, const char *, int, ...);

	if (dir >= 0 && struck("open", dir) != 0)
		return -1;
	return REAL(real *, name)(dir, path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open_at("openat", dir, path, flags, mode);
}

int
openat64(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open_at("openat64", dir, path, flags, mode);
}
