#include "kick.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"

static void
kick_touch(const char *path, const char *whom)
{
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0660);
	struct timespec now[2];

	/* The kernel's clock for file times advances only every few milliseconds, and two kicks
	 * must not look like one; but only the owner of the file may set a time. */
	clock_gettime(CLOCK_REALTIME, &now[0]);
	now[1] = now[0];
	if (fd < 0 || (futimens(fd, now) < 0 && futimens(fd, NULL) < 0))
		log_warn("cannot kick %s with %s: %s", whom, path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void
kick_renderer(const struct conf *conf)
{
	kick_touch(conf->scheduler.kick_file, "the renderer");
}

void
kick_work(const struct conf *conf)
{
	kick_touch(conf->work.kick_file, "tts-work");
}

void
kick_pipeline(const struct conf *conf)
{
	kick_touch(conf->pipeline.kick_file, "tts-pipeline");
}

void
kick_events(const struct conf *conf, unsigned long written, unsigned long *kicked)
{
	if (written != *kicked)
		kick_touch(conf->events.kick_file, "those who pass events on");
	*kicked = written;
}

struct timespec
kick_time(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return (struct timespec){0, 0};
	return st.st_mtim;
}

bool
kick_same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int
kick_watch(const char *path)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 && inotify_add_watch(fd, path, IN_ATTRIB | IN_MODIFY | IN_CLOSE_WRITE) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void
kick_drain(int fd)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (fd >= 0 && read(fd, events, sizeof events) > 0)
		continue;
}

void
kick_notify(const struct conf *conf)
{
	kick_touch(conf->events.kick_file, "tts-notify");
}
