#include "datafiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "../../common/say/voice.h"

#define DICTIONARY "_dict"
#define VOICES "/lang/"
#define VARIANTS "/voices/!v/"
#define FILES_MAX 512

/*
 * A mapped file costs a microsecond or two at every fork, a copied one costs time at every start.
 * The few files above this size hold more than half of all bytes.
 */
#define MAP_ABOVE ((size_t)256 * 1024)

struct datafile {
	char *path;
	const char *mapped; /* its mapping; NULL: its data is in the pack, at AT */
	off_t at;
	size_t size;
};

/* One mapping with the data of all small files. */
static const char *pack;

static struct datafile files[FILES_MAX];
static size_t files_n;
static bool sealed;

/* State while the directory is read. */
static struct {
	int fd;
	off_t end;
	size_t dir_len;
} loading;

static bool
pack_append(struct datafile *file, int fd)
{
	size_t left = file->size;
	ssize_t n = 0;
	while (left > 0 && (n = sendfile(loading.fd, fd, NULL, left)) > 0)
		left -= (size_t)n;
	if (left > 0) {
		log_error("cannot read %s: %s", file->path,
		    n < 0 ? strerror(errno) : "it was truncated while being read");
		return false;
	}
	loading.end += (off_t)file->size;
	return true;
}

static bool
file_map(struct datafile *file, int fd)
{
	void *data = mmap(NULL, file->size, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED) {
		log_error("cannot map %s: %s", file->path, strerror(errno));
		return false;
	}
	file->mapped = data;
	return true;
}

/* Add the file. A file that cannot be read is only reported: only those voices that need it will
 * fail. False if memory or the mapping fails. */
static bool
file_add(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool opened = fd >= 0 && fstat(fd, &st) == 0;
	if (!opened || !S_ISREG(st.st_mode) || st.st_size == 0) {
		log_error("cannot read %s: %s", path,
		    !opened		  ? strerror(errno)
		    : S_ISREG(st.st_mode) ? "it is empty"
					  : "it is not a file");
		if (fd >= 0)
			close(fd);
		return true;
	}
	struct datafile *file = &files[files_n];
	*file =
	    (struct datafile){.path = strdup(path), .at = loading.end, .size = (size_t)st.st_size};
	bool ok = file->path != NULL &&
		  (file->size > MAP_ABOVE ? file_map(file, fd) : pack_append(file, fd));
	close(fd);
	files_n += ok;
	return ok;
}

/* Whether the directory BELOW the engine's own has files that are wanted. */
static bool
directory_wanted(const char *below)
{
	size_t len = strlen(below);
	return strncmp(below, VOICES, len) == 0 || strncmp(below, VARIANTS, len) == 0 ||
	       strncmp(below, VOICES, strlen(VOICES)) == 0;
}

/* Whether a voice of ours has the timbre in the file NAME; the engine has many that none has. */
static bool
variant_wanted(const char *name)
{
	for (size_t i = 0; i < voices_n; i++)
		if (voices[i].variant[0] != '\0' && strcmp(voices[i].variant + 1, name) == 0)
			return true;
	return false;
}

/* Called by nftw(3) for each entry: adds the dictionaries, everything below lang/, and the variants
 * of voices. */
static int
visit_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + at->base, *below = path + loading.dir_len;
	size_t len = strlen(name), end = strlen(DICTIONARY);
	bool dictionary = len > end && strcmp(name + len - end, DICTIONARY) == 0;
	bool voice = strncmp(below, VOICES, strlen(VOICES)) == 0 ||
		     (strncmp(below, VARIANTS, strlen(VARIANTS)) == 0 && variant_wanted(name));
	if (type == FTW_DNR) {
		log_error("cannot read the directory %s", path);
		return FTW_STOP;
	}
	/* Other directories contain data of other engines. */
	if (type == FTW_D)
		return directory_wanted(below) ? FTW_CONTINUE : FTW_SKIP_SUBTREE;
	if (type != FTW_F || (!dictionary && !voice))
		return FTW_CONTINUE;
	if (files_n == FILES_MAX) {
		log_error("cannot read %s: there are more than %d files", path, FILES_MAX);
		return FTW_STOP;
	}
	return file_add(path) ? FTW_CONTINUE : FTW_STOP;
}

bool
datafiles_load(const char *dir)
{
	loading.dir_len = strlen(dir);
	loading.fd = memfd_create("voices", MFD_CLOEXEC);
	int walked = loading.fd >= 0 ? nftw(dir, visit_entry, 8, FTW_PHYS | FTW_ACTIONRETVAL) : -1;
	if (walked == 0 && loading.end > 0) {
		pack = mmap(NULL, (size_t)loading.end, PROT_READ, MAP_SHARED, loading.fd, 0);
		walked = pack != MAP_FAILED ? 0 : -1;
	}
	if (walked < 0) /* otherwise the file has been reported */
		log_error("cannot read the files in %s: %s", dir, strerror(errno));
	close(loading.fd);
	return walked == 0;
}

void
datafiles_seal(void)
{
	sealed = true;
}

/*
 * The file at PATH. The engine asks for a voice in lower case, whatever the name of the file, and
 * searches all files if that fails.
 */
static const struct datafile *
find_file(const char *path)
{
	for (size_t i = 0; i < files_n; i++)
		if (strcasecmp(files[i].path, path) == 0)
			return &files[i];
	errno = ENOENT;
	return NULL;
}

FILE *
datafiles_fopen(const char *restrict path, const char *restrict mode)
{
	const struct datafile *file = mode[0] == 'r' ? find_file(path) : NULL;
	if (file != NULL) {
		const char *data = file->mapped != NULL ? file->mapped : pack + file->at;
		return fmemopen((char *)(uintptr_t)data, file->size, "r");
	}
	return sealed ? NULL : fopen(path, mode);
}

int
datafiles_stat(const char *restrict path, struct stat *restrict st)
{
	const struct datafile *file = find_file(path);
	if (file != NULL) {
		memset(st, 0, sizeof *st);
		st->st_mode = S_IFREG | 0444;
		st->st_size = (off_t)file->size;
		return 0;
	}
	return sealed ? -1 : stat(path, st);
}

DIR *
datafiles_opendir(const char *path)
{
	if (sealed) {
		errno = ENOENT;
		return NULL;
	}
	return opendir(path);
}
