/*
 * A proxy between a program and the database on UNIX sockets that can stop responding:
 *
 *   proxy LISTEN TARGET
 *
 * After SIGUSR1 nothing is forwarded in either direction, and new connections are accepted but not
 * answered; nothing is closed. SIGUSR2 ends that state.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define PAIRS_MAX 256

static volatile sig_atomic_t silent;

static struct pair {
	int client, server;
} pairs[PAIRS_MAX];
static size_t pairs_n;

static void
on_signal(int signo)
{
	silent = signo == SIGUSR1;
}

static bool
address(struct sockaddr_un *to, const char *path)
{
	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	return snprintf(to->sun_path, sizeof to->sun_path, "%s", path) < (int)sizeof to->sun_path;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	if (fd < 0 || !address(&at, path) || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
	    listen(fd, 128) < 0)
		return -1;
	return fd;
}

static void
take(int listener, const char *target)
{
	struct sockaddr_un to;
	int client = accept(listener, NULL, NULL), server;

	if (client < 0)
		return;
	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pairs_n == PAIRS_MAX || !address(&to, target) ||
	    connect(server, (struct sockaddr *)&to, sizeof to) < 0) {
		close(client);
		close(server);
		return;
	}
	pairs[pairs_n++] = (struct pair){client, server};
}

/* Forward what is available; false when the connection has ended. */
static bool
pass(int from, int to)
{
	char data[65536];
	ssize_t n = read(from, data, sizeof data);

	for (ssize_t done = 0; done < n;) {
		ssize_t sent = send(to, data + done, (size_t)(n - done), MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		done += sent;
	}
	return n > 0;
}

static void
serve(int listener, const char *target, const sigset_t *open_mask)
{
	struct pollfd fds[1 + 2 * PAIRS_MAX];
	size_t n = pairs_n;

	fds[0] = (struct pollfd){silent ? -1 : listener, POLLIN, 0};
	for (size_t i = 0; i < n; i++) {
		fds[1 + 2 * i] = (struct pollfd){silent ? -1 : pairs[i].client, POLLIN, 0};
		fds[2 + 2 * i] = (struct pollfd){silent ? -1 : pairs[i].server, POLLIN, 0};
	}
	if (ppoll(fds, 1 + 2 * n, NULL, open_mask) <= 0 || silent)
		return;
	for (size_t i = n; i-- > 0;) {
		if ((fds[1 + 2 * i].revents == 0 || pass(pairs[i].client, pairs[i].server)) &&
		    (fds[2 + 2 * i].revents == 0 || pass(pairs[i].server, pairs[i].client)))
			continue;
		close(pairs[i].client);
		close(pairs[i].server);
		pairs[i] = pairs[--pairs_n];
	}
	if (fds[0].revents != 0)
		take(listener, target);
}

int
main(int argc, char *argv[])
{
	const struct sigaction action = {.sa_handler = on_signal};
	sigset_t block, open_mask;
	int listener;

	if (argc != 3) {
		fputs("usage: proxy listen target\n", stderr);
		return EX_USAGE;
	}
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGUSR2);
	sigprocmask(SIG_BLOCK, &block, &open_mask);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	listener = listen_at(argv[1]);
	if (listener < 0) {
		fprintf(stderr, "proxy: cannot listen at %s: %s\n", argv[1], strerror(errno));
		return EX_CANTCREAT;
	}
	for (;;)
		serve(listener, argv[2], &open_mask);
}
