#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/log.h"

#define PASSED_FD 3
#define BACKLOG 4096 /* after a restart all clients come back at once */

static bool
passed_by_systemd(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");

	return pid != NULL && n != NULL && atol(pid) == (long)getpid() && atol(n) >= 1;
}

static void
make_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		fatal(EX_OSERR, "cannot prepare the socket: %s", strerror(errno));
}

/* The socket of a process that is gone is in the way; one that answers is not removed. */
static void
remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers =
	    connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;

	close(fd);
	if (answers)
		fatal(EX_UNAVAILABLE, "another process listens on %s", address->sun_path);
	if (unlink(address->sun_path) < 0 && errno != ENOENT)
		fatal(EX_OSERR, "cannot remove %s: %s", address->sun_path, strerror(errno));
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		fatal(EX_CONFIG, "stream.socket: %s is longer than %zu bytes", path,
		    sizeof address.sun_path - 1);
	memcpy(address.sun_path, path, strlen(path));
	remove_stale(&address);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
	    chmod(path, 0660) < 0 || listen(fd, BACKLOG) < 0)
		fatal(EX_OSERR, "cannot listen on %s: %s", path, strerror(errno));
	return fd;
}

static bool
is_listening(int fd)
{
	socklen_t len = sizeof(int);
	int listening = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening != 0;
}

int
listen_socket(const char *path)
{
	if (!passed_by_systemd()) {
		if (!is_listening(STDIN_FILENO))
			return listen_at(path);
		make_nonblocking(STDIN_FILENO);
		return STDIN_FILENO;
	}
	if (!is_listening(PASSED_FD))
		fatal(EX_USAGE,
		    "cannot start: descriptor %d is not a listening socket, see tts-stream(8)",
		    PASSED_FD);
	make_nonblocking(PASSED_FD);
	return PASSED_FD;
}
