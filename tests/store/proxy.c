#include "proxy.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static pid_t proxy;
static int *mode; /* shared with the processes of the proxy */
static char socket_path[100];

void
proxy_set(enum proxy_mode new_mode)
{
	__atomic_store_n(mode, (int)new_mode, __ATOMIC_SEQ_CST);
	if (new_mode == PROXY_CUT)
		usleep(100000); /* several times what a connection sleeps at most */
}

enum proxy_mode
proxy_mode(void)
{
	return (enum proxy_mode)__atomic_load_n(mode, __ATOMIC_SEQ_CST);
}

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	return a;
}

static int
to_server(void)
{
	char path[100];
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(path, sizeof path, "%s/mysql.sock", fixture_dir());
	a = address(path);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		_exit(0);
	return fd;
}

/* Forward what is available; false when the connection has ended. */
static bool
pass(int from, int to, bool from_client)
{
	char data[65536];
	ssize_t n = read(from, data, sizeof data);
	bool commit;

	if (n <= 0)
		return false;
	commit = from_client && memmem(data, (size_t)n, "\3COMMIT", 7) != NULL;
	if (commit && proxy_mode() == PROXY_CUT_BEFORE_COMMIT) {
		proxy_set(PROXY_PASS);
		return false;
	}
	if (write(to, data, (size_t)n) != n)
		return false;
	if (commit &&
	    (proxy_mode() == PROXY_CUT_AFTER_COMMIT || proxy_mode() == PROXY_DIE_AFTER_COMMIT)) {
		if (read(to, data, sizeof data) <= 0) /* it was done, whatever the answer */
			_exit(1);
		if (proxy_mode() == PROXY_CUT_AFTER_COMMIT)
			proxy_set(PROXY_PASS);
		else
			unlink(socket_path);
		return false;
	}
	return true;
}

static void
serve(int client)
{
	struct pollfd fds[2] = {
	    {.fd = client, .events = POLLIN}, {.fd = to_server(), .events = POLLIN}};

	for (;;) {
		int ready = poll(fds, 2, 20);

		if (proxy_mode() == PROXY_CUT)
			return;
		if (proxy_mode() == PROXY_SILENT || ready <= 0) {
			usleep(1000);
			continue;
		}
		if (fds[0].revents != 0 && !pass(fds[0].fd, fds[1].fd, true))
			return;
		if (fds[1].revents != 0 && !pass(fds[1].fd, fds[0].fd, false))
			return;
	}
}

static void
listen_for_ever(int fd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client < 0)
			_exit(1);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(fd);
			serve(client);
			_exit(0);
		}
		close(client);
	}
}

const char *
proxy_start(void)
{
	static int number;
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fixture_dir()[0] == '\0')
		skip();
	if (mode == NULL)
		mode = fixture_shared(sizeof *mode);
	proxy_set(PROXY_PASS);
	snprintf(socket_path, sizeof socket_path, "%s/proxy%d.sock", fixture_dir(), number++);
	a = address(socket_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 16), 0);
	fflush(NULL);
	proxy = fork();
	assert_true(proxy >= 0);
	if (proxy == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		listen_for_ever(fd);
	}
	close(fd);
	return socket_path;
}

void
proxy_stop(void)
{
	kill(proxy, SIGKILL);
	waitpid(proxy, NULL, 0);
	unlink(socket_path);
}
