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

/* The commands of the protocol that prepare and run a statement. */
#define PREPARE 0x16
#define EXECUTE 0x17

#define PREPARE_TEXT 256

static pid_t proxy, meanwhile;
static int *mode; /* shared with the processes of the proxy */
static char *prepare_text;
static char socket_path[100];

void
proxy_set(enum proxy_mode new_mode)
{
	__atomic_store_n(mode, (int)new_mode, __ATOMIC_SEQ_CST);
	if (new_mode == PROXY_CUT)
		usleep(100000); /* several times what a connection sleeps at most */
}

void
proxy_wait_prepare(const char *text)
{
	snprintf(prepare_text, PREPARE_TEXT, "%s", text);
	proxy_set(PROXY_WAIT_PREPARE);
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

static void
wait_for_others(void)
{
	proxy_set(PROXY_WAITING);
	while (proxy_mode() == PROXY_WAITING)
		usleep(1000);
}

/* Count the statements that are run while one is to wait. */
static bool
is_second_statement(const char *data, ssize_t n)
{
	static int seen;

	if (proxy_mode() != PROXY_WAIT_STATEMENT)
		seen = 0;
	else if (n > 4 && data[4] == EXECUTE)
		seen++;
	return seen == 2;
}

static bool
is_prepared(const char *data, ssize_t n)
{
	return proxy_mode() == PROXY_WAIT_PREPARE && n > 4 && data[4] == PREPARE &&
	       memmem(data, (size_t)n, prepare_text, strlen(prepare_text)) != NULL;
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
	if (from_client && (is_second_statement(data, n) || is_prepared(data, n)))
		wait_for_others();
	commit = from_client && memmem(data, (size_t)n, "\3COMMIT", 7) != NULL;
	if (commit && proxy_mode() == PROXY_CUT_BEFORE_COMMIT) {
		proxy_set(PROXY_PASS);
		return false;
	}
	if (write(to, data, (size_t)n) != n)
		return false;
	if (commit && proxy_mode() >= PROXY_CUT_AFTER_COMMIT &&
	    proxy_mode() <= PROXY_WAIT_AFTER_COMMIT) {
		if (read(to, data, sizeof data) <= 0) /* it was done, whatever the answer */
			_exit(1);
		if (proxy_mode() == PROXY_CUT_AFTER_COMMIT)
			proxy_set(PROXY_PASS);
		else if (proxy_mode() == PROXY_WAIT_AFTER_COMMIT)
			proxy_set(PROXY_WAITING);
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
		while (proxy_mode() == PROXY_WAITING)
			usleep(1000);
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
	if (mode == NULL) {
		mode = fixture_shared(sizeof *mode);
		prepare_text = fixture_shared(PREPARE_TEXT);
	}
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

static int
be_meanwhile(int (*code)(void), int (*after)(void))
{
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	api = fixture_db(ACCOUNT_API);
	renderer = fixture_db(ACCOUNT_RENDERER);
	admin = fixture_db(ACCOUNT_MIGRATION);
	while (proxy_mode() != PROXY_WAITING)
		usleep(1000);
	rc = code();
	proxy_set(PROXY_PASS);
	return rc == 0 && after != NULL ? after() : rc;
}

void
proxy_meanwhile(int (*code)(void), int (*after)(void))
{
	fflush(NULL);
	meanwhile = fork();
	assert_true(meanwhile >= 0);
	if (meanwhile == 0)
		_exit(be_meanwhile(code, after));
}

void
proxy_join(void)
{
	int status;

	assert_int_equal(waitpid(meanwhile, &status, 0), meanwhile);
	assert_int_equal(status, 0);
}
