#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http.h"

#define DAWDLE_MS 500
#define ROUND 100000

/* What a slow client sends at first, and what it then adds byte by byte. */
static const struct {
	const char *first;
	char drop; /* 0: it sends nothing more, and does not read either */
} kinds[] = {
    {"GET /voices/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 'x'},
    {"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
     "Content-Length: 100000\r\n\r\n{\"email\":\"",
	'x'},
    {"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
     "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
	0},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static int
open_one(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 1024;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

void
dawdle(struct client *c, size_t n, unsigned seconds)
{
	struct rlimit files = {n + 64, n + 64};
	int *fds = calloc(n, sizeof fds[0]);
	time_t end = time(NULL) + (time_t)seconds;

	if (fds == NULL || setrlimit(RLIMIT_NOFILE, &files) < 0)
		perror("client: cannot have so many connections");
	for (size_t i = 0; fds != NULL && i < n; i++) {
		const char *first = kinds[i % KINDS].first;

		fds[i] = open_one(c->port);
		if (fds[i] >= 0)
			(void)!send(fds[i], first, strlen(first), MSG_NOSIGNAL);
	}
	puts("all there");
	fflush(stdout);
	while (fds != NULL && time(NULL) < end) {
		for (size_t i = 0; i < n; i++)
			if (fds[i] >= 0 && kinds[i % KINDS].drop != 0)
				(void)!send(
				    fds[i], &kinds[i % KINDS].drop, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		nanosleep(&(struct timespec){DAWDLE_MS / 1000, DAWDLE_MS % 1000 * 1000000L}, NULL);
	}
	free(fds);
}

static int
by_size(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return x < y ? -1 : x > y;
}

long
latency_p99(struct client *c, const char *path, size_t n)
{
	static long us[ROUND];
	struct pool *pool = pool_new();

	if (n > ROUND)
		n = ROUND;
	for (size_t i = 0; i < n; i++) {
		struct timespec from, to;
		struct reply reply;

		clock_gettime(CLOCK_MONOTONIC, &from);
		reply = http_send(pool, c->port, "GET", path,
		    pool_printf(pool, "Authorization: Bearer %s\r\n", c->token), "");
		clock_gettime(CLOCK_MONOTONIC, &to);
		if (reply.status != 200) {
			fprintf(stderr, "client: %s was answered %d\n", path, reply.status);
			exit(UNKNOWN);
		}
		us[i] = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
		pool_reset(pool);
	}
	pool_free(pool);
	qsort(us, n, sizeof us[0], by_size);
	return us[n * 99 / 100];
}
