#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_SEC 40

static int
connect_to(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct timeval patience = {.tv_sec = PATIENCE_SEC};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
send_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* The body of a chunked answer, in place. False when it was cut off. */
static bool
unchunk(char *body, size_t *len)
{
	char *in = body, *out = body, *end = body + *len;

	for (;;) {
		char *line_end = memmem(in, (size_t)(end - in), "\r\n", 2);
		size_t size;

		if (line_end == NULL)
			return false;
		size = strtoul(in, NULL, 16);
		in = line_end + 2;
		if (size == 0)
			break;
		if (size > (size_t)(end - in))
			return false;
		memmove(out, in, size);
		out += size;
		in += size + 2;
	}
	*out = '\0';
	*len = (size_t)(out - body);
	return true;
}

/* Parse the answer. Status 0 if it is incomplete. */
static struct reply
understand(struct buf *got)
{
	struct reply reply = {0};
	char *end = memmem(got->data, got->len, "\r\n\r\n", 4), *length;
	int status;

	if (end == NULL || strncmp(got->data, "HTTP/1.1 ", 9) != 0)
		return reply;
	status = atoi(got->data + 9);
	*end = '\0';
	reply.body = end + 4;
	reply.len = got->len - (size_t)(reply.body - got->data);
	length = strcasestr(got->data, "\r\nContent-Length:");
	if (strcasestr(got->data, "\r\nTransfer-Encoding: chunked") != NULL) {
		if (!unchunk(reply.body, &reply.len))
			return reply;
	} else if (length != NULL && strtoul(length + 17, NULL, 10) > reply.len) {
		return reply;
	}
	if (status >= 500 && strstr(reply.body, "nothing was changed") == NULL)
		return reply;
	reply.status = status;
	return reply;
}

static void
receive(int fd, struct buf *in)
{
	char chunk[16384];
	ssize_t n;

	/* With a time limit it is not restarted after a signal. */
	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0 || (n < 0 && errno == EINTR))
		buf_add(in, chunk, n > 0 ? (size_t)n : 0);
}

struct buf
http_raw(struct pool *pool, int port, const char *data, size_t len)
{
	int fd = connect_to(port);
	struct buf in;

	buf_init(&in, pool, 1024);
	if (fd < 0)
		return in;
	if (send_all(fd, data, len) && shutdown(fd, SHUT_WR) == 0)
		receive(fd, &in);
	close(fd);
	return in;
}

struct reply
http_send(struct pool *pool, int port, const char *method, const char *path, const char *headers,
    const char *body)
{
	int fd = connect_to(port);
	struct buf out, in;

	if (fd < 0)
		return (struct reply){.status = -1, .body = pool_strdup(pool, "")};
	buf_init(&out, pool, 1024 + strlen(body));
	buf_addf(&out,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
	    method, path, strlen(body), headers, body);
	buf_init(&in, pool, 4096);
	if (send_all(fd, out.data, out.len))
		receive(fd, &in);
	close(fd);
	return understand(&in);
}
