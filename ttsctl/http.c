#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/version.h"

#define SCHEME "http://"
#define HEAD_MAX 8192

struct connection {
	int fd;
	int64_t deadline;
};

/* Wait until FD can be read or written. Returns 0 or an errno value. */
static int
wait_for(const struct connection *c, short events)
{
	struct pollfd ready = {.fd = c->fd, .events = events};
	int64_t left;
	int n;

	do {
		left = c->deadline - clock_ms();
		n = left > 0 ? poll(&ready, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n == 0 ? ETIMEDOUT : errno;
}

static int
connect_to(struct connection *c, const struct addrinfo *address)
{
	int error = 0;
	socklen_t len = sizeof error;

	c->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return errno;
	if (connect(c->fd, address->ai_addr, address->ai_addrlen) < 0) {
		error = errno == EINPROGRESS ? wait_for(c, POLLOUT) : errno;
		if (error == 0 && getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
			error = errno;
	}
	if (error != 0) {
		close(c->fd);
		c->fd = -1;
	}
	return error;
}

/* Split HOST, "name:port" or "[address]:port", whose port is optional. Modifies HOST. */
static int
connect_to_host(struct connection *c, char *host)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	char *end = host[0] == '[' ? strchr(host, ']') : NULL, *colon;
	struct addrinfo *list, *address;
	int error = EHOSTUNREACH;

	colon = strchr(end != NULL ? end : host, ':');
	if (colon != NULL)
		*colon = '\0';
	if (end != NULL) {
		*end = '\0';
		host++;
	}
	if (getaddrinfo(host, colon != NULL ? colon + 1 : "80", &hints, &list) != 0)
		return EHOSTUNREACH;
	for (address = list; address != NULL && error != 0; address = address->ai_next)
		error = connect_to(c, address);
	freeaddrinfo(list);
	return error;
}

static int
send_all(const struct connection *c, const char *s, size_t len)
{
	int error = 0;

	while (len > 0 && error == 0) {
		ssize_t n = send(c->fd, s, len, MSG_NOSIGNAL);

		if (n >= 0) {
			s += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			error = wait_for(c, POLLOUT);
		} else if (errno != EINTR) {
			error = errno;
		}
	}
	return error;
}

/* Read the answer to its end, or as much as fits. */
static int
http_receive(const struct connection *c, char *data, size_t max, size_t *len)
{
	int error = 0;

	*len = 0;
	while (error == 0 && *len < max) {
		ssize_t n = recv(c->fd, data + *len, max - *len, 0);

		if (n == 0)
			break;
		if (n > 0)
			*len += (size_t)n;
		else if (errno == EAGAIN)
			error = wait_for(c, POLLIN);
		else if (errno != EINTR)
			error = errno;
	}
	data[*len] = '\0';
	return error;
}

static int
http_exchange(const struct connection *c, const char *request, struct http_answer *answer)
{
	char data[HEAD_MAX + HTTP_BODY_MAX + 1];
	const char *body;
	size_t len;
	int error = send_all(c, request, strlen(request));

	if (error == 0)
		error = http_receive(c, data, sizeof data - 1, &len);
	if (error != 0)
		return error;
	body = strstr(data, "\r\n\r\n");
	if (body == NULL || sscanf(data, "HTTP/1.%*1[01] %3d", &answer->status) != 1)
		return EPROTO;
	snprintf(answer->body, sizeof answer->body, "%s", body + 4);
	return 0;
}

void
http_get(const char *url, const char *path, int timeout_ms, struct http_answer *answer)
{
	struct connection c = {.fd = -1, .deadline = clock_ms() + timeout_ms};
	char host[300], request[1024];

	*answer = (struct http_answer){.error = EPROTO};
	if (strncmp(url, SCHEME, strlen(SCHEME)) != 0 ||
	    (size_t)snprintf(host, sizeof host, "%s", url + strlen(SCHEME)) >= sizeof host)
		return;
	snprintf(request, sizeof request,
	    "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: ttsctl/%s\r\nConnection: close\r\n\r\n",
	    path, host, TTS_VERSION);
	answer->error = connect_to_host(&c, host);
	if (answer->error == 0)
		answer->error = http_exchange(&c, request, answer);
	if (c.fd >= 0)
		close(c.fd);
}
