#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "media_dir.h"

static int
inbox_write(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return media_grant(fd, MEDIA_FILE_MODE) < 0 ? -1 : fsync(fd);
}

static int
inbox_put(int dir, const char *name, const void *data, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
	    MEDIA_FILE_MODE);

	if (fd < 0)
		return -1;
	if (inbox_write(fd, data, len) < 0 || fsync(dir) < 0) {
		media_close_failed(fd);
		(void)unlinkat(dir, name, 0);
		return -1;
	}
	close(fd);
	return 0;
}

enum rc
media_inbox_put(const struct conf *conf, const char *name, const void *data, size_t len)
{
	int dir = open(conf->pipeline.inbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir < 0 ? -1 : inbox_put(dir, name, data, len);

	if (rc < 0)
		log_error("cannot write to %s: %s", conf->pipeline.inbox, strerror(errno));
	if (dir >= 0)
		close(dir);
	return rc < 0 ? RC_NO_SPACE : RC_OK;
}

enum rc
media_inbox_remove(const struct conf *conf, const char *name)
{
	int dir = open(conf->pipeline.inbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc =
	    dir < 0 || strchr(name, '/') != NULL || name[0] == '.' ? -1 : unlinkat(dir, name, 0);

	if (rc < 0 && dir >= 0 && errno == ENOENT)
		rc = 0;
	if (rc < 0)
		log_error(
		    "cannot remove a file from %s: %s", conf->pipeline.inbox, strerror(errno));
	if (dir >= 0)
		close(dir);
	return rc < 0 ? RC_NO_SPACE : RC_OK;
}
