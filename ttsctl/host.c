#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../common/media/media_dir.h"
#include "../common/media/media_level.h"
#include "../common/base/mem.h"

#define LOCKS "/proc/locks"
#define LOCKS_READ 3 /* times, before a file counts as not locked */

const char *
host_why(int error)
{
	return media_level_why(error);
}

static void
check_root(const struct conf *conf, struct host *host)
{
	struct statvfs fs;
	int root = media_open_root(conf, media_home(conf));

	if (root < 0) {
		host->root_error = errno;
		return;
	}
	if (faccessat(root, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
		host->root_error = errno;
	if (fstatvfs(root, &fs) == 0) {
		host->has_space = true;
		host->bytes = (uint64_t)fs.f_blocks * fs.f_frsize;
		host->bytes_free = (uint64_t)fs.f_bavail * fs.f_frsize;
		host->inodes = fs.f_files;
		host->inodes_free = fs.f_favail;
		if (fs.f_flag & ST_RDONLY)
			host->root_error = EROFS;
	}
	close(root);
}

static void
count_tombstones(const struct conf *conf, struct host *host)
{
	DIR *stream = opendir(conf->media.gone_root);
	const struct dirent *entry;

	if (stream == NULL) {
		host->gone_error = errno;
		return;
	}
	while ((entry = readdir(stream)) != NULL)
		if (entry->d_name[0] == 'p' || entry->d_name[0] == 'a')
			host->tombstones++;
	closedir(stream);
}

/* If the file does not exist, the first kick creates it, provided the directory exists. */
static int
check_kick(const char *kick_file)
{
	struct pool *pool = pool_new();
	char *dir = pool_strdup(pool, kick_file);
	int error = 0;

	if (access(dir, F_OK) < 0) {
		*(strrchr(dir, '/') + 1) = '\0';
		if (access(dir, F_OK) < 0)
			error = errno;
	}
	pool_free(pool);
	return error;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Tell whether process PID has FILE open. The device in /proc/locks is not reliable on all file
 * systems. */
static bool
has_open(int pid, const struct stat *file)
{
	char path[32];
	const struct dirent *entry;
	bool found = false;
	struct stat st;
	DIR *stream;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	stream = opendir(path);
	if (stream == NULL)
		return false;
	while (!found && (entry = readdir(stream)) != NULL)
		found = fstatat(dirfd(stream), entry->d_name, &st, 0) == 0 && same_file(&st, file);
	closedir(stream);
	return found;
}

static void
look_for_lock(const char *path, bool *locked, int *pid)
{
	unsigned device_major, device_minor;
	FILE *locks = fopen(LOCKS, "re");
	char line[256];
	struct stat st;
	uint64_t inode;
	int holder;

	if (locks == NULL)
		return;
	while (stat(path, &st) == 0 && !*locked && fgets(line, sizeof line, locks) != NULL) {
		if (sscanf(line, "%*s FLOCK %*s WRITE %d %x:%x:%" SCNu64, &holder, &device_major,
			&device_minor, &inode) != 4 ||
		    inode != st.st_ino)
			continue;
		*locked = st.st_dev == makedev(device_major, device_minor) ||
			  (holder > 0 && has_open(holder, &st));
		if (*locked && holder > 0)
			*pid = holder;
	}
	fclose(locks);
}

/* The kernel gives out its list in pieces, and one is missing where others are released meanwhile.
 */
void
host_lock(const char *path, bool *locked, int *pid)
{
	*locked = false;
	*pid = 0;
	for (int i = 0; i < LOCKS_READ && !*locked; i++)
		look_for_lock(path, locked, pid);
}

void
host_look(const struct conf *conf, struct host *host)
{
	*host = (struct host){0};
	check_root(conf, host);
	count_tombstones(conf, host);
	host->kick_error = check_kick(conf->scheduler.kick_file);
	host->work_kick_error = check_kick(conf->work.kick_file);
	host->event_kick_error = check_kick(conf->events.kick_file);
	host_lock(conf->scheduler.lock_file, &host->locked, &host->pid);
}
