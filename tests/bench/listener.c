/*
 * How long a listener waits for the sound.
 *
 *     listener PORT TOKEN edit N AUDIO        N edits of one sentence, one after the other
 *     listener PORT TOKEN novel N FILE        N projects made of FILE (the JSON body of POST
 * /project/)
 *
 * Prints for each the milliseconds from the moment the 201 is there until the MP3 (of the first
 * sentence) answers 200 from the web server. Edits and projects come when the last one is done and
 * a moment has passed; each project is deleted again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_SIZE = 1 << 20, POLL_MS = 5, GIVE_UP_MS = 60000 };

static struct {
	int fd, port;
	const char *token;
	char answer[ANSWER_SIZE]; /* head and body, NUL-terminated */
	const char *body;
} web = {.fd = -1};

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "listener: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(EX_SOFTWARE);
}

static double
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void
dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)web.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;
	web.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (web.fd < 0 || connect(web.fd, (struct sockaddr *)&to, sizeof to) < 0)
		die("cannot connect to port %d: %s", web.port, strerror(errno));
	setsockopt(web.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void
send_all(const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(web.fd, s, len);
		if (n < 0)
			die("cannot send: %s", strerror(errno));
		s += n;
		len -= (size_t)n;
	}
}

/* Read the head and the body, whose end is given by Content-Length or the end of the connection. */
static int
receive(void)
{
	size_t have = 0, want = ANSWER_SIZE - 1;
	web.body = NULL;
	while (have < want) {
		ssize_t n = read(web.fd, web.answer + have, ANSWER_SIZE - 1 - have);
		if (n < 0)
			die("cannot read: %s", strerror(errno));
		if (n == 0)
			break;
		have += (size_t)n;
		web.answer[have] = '\0';
		char *end = web.body == NULL ? strstr(web.answer, "\r\n\r\n") : NULL;
		if (end != NULL) {
			web.body = end + 4;
			char *len = strcasestr(web.answer, "\r\nContent-Length:");
			if (len == NULL || len > end)
				die("no Content-Length in the answer");
			want = (size_t)(web.body - web.answer) + strtoul(len + 17, NULL, 10);
		}
	}
	if (web.body == NULL)
		die("half an answer");
	return atoi(web.answer + 9);
}

/* Send a request and return the status; the body of the answer is then in web.body. */
static int
ask(const char *method, const char *path, const char *body, size_t len)
{
	char head[2048];
	int n = snprintf(head, sizeof head,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    method, path, web.token, len);
	if (n < 0 || (size_t)n >= sizeof head)
		die("too long a request");
	if (web.fd < 0)
		dial();
	send_all(head, (size_t)n);
	send_all(body, len);
	int status = receive();
	if (strcasestr(web.answer, "\r\nConnection: close") != NULL) {
		close(web.fd);
		web.fd = -1;
	}
	return status;
}

/* Copy the string after "NAME": in the answer; 0 if it is missing or empty. */
static int
member(const char *name, char *out, size_t size)
{
	char key[64];
	snprintf(key, sizeof key, "\"%s\":", name);
	const char *at = web.body != NULL ? strstr(web.body, key) : NULL;
	if (at == NULL)
		return 0;
	at += strlen(key);
	at += strspn(at, " ");
	size_t quoted = *at == '"';
	size_t len = quoted ? strcspn(at + 1, "\"") : strspn(at, "0123456789");
	if (len == 0 || len >= size)
		return 0;
	memcpy(out, at + quoted, len);
	out[len] = '\0';
	/* json-c writes "/" as "\/" unless told otherwise. */
	for (char *s = out; (s = strstr(s, "\\/")) != NULL;)
		memmove(s, s + 1, strlen(s));
	return 1;
}

/* Request PATH until its (first) sentence names its sound, then fetch that. */
static void
until_heard(const char *path, double since)
{
	char url[512];
	while (ask("GET", path, "", 0) == 200 && !member("path", url, sizeof url)) {
		if (now_ms() - since > GIVE_UP_MS)
			die("no sound for %s", path);
		pause_ms(POLL_MS);
	}
	int status = ask("GET", url, "", 0);
	if (status != 200)
		die("GET of the sound answers %d", status);
}

static void
edit(const char *audio, unsigned long i)
{
	char path[64], body[256];
	snprintf(path, sizeof path, "/audio/%s", audio);
	int len = snprintf(body, sizeof body,
	    "{\"text\":\"This sentence was changed, and that for the time number "
	    "%lu.\",\"speed\":1}",
	    i + (unsigned long)getpid() * 1000);
	int status = ask("POST", path, body, (size_t)len);
	if (status != 201)
		die("the edit answers %d", status);
	double since = now_ms();
	until_heard(path, since);
	printf("%.1f\n", now_ms() - since);
}

static void
novel(const char *body, size_t len)
{
	char id[32], path[64];
	int status = ask("POST", "/project/", body, len);
	double since = now_ms();
	if (status != 201 || !member("id", id, sizeof id))
		die("the project answers %d", status);
	snprintf(path, sizeof path, "/project/%s/page/1", id);
	until_heard(path, since);
	printf("%.1f\n", now_ms() - since);
	snprintf(path, sizeof path, "/project/%s", id);
	if (ask("DELETE", path, "", 0) != 201)
		die("cannot delete project %s", id);
}

static char *
slurp(const char *path, size_t *len)
{
	enum { MAX = 4 << 20 };
	char *data = malloc(MAX);
	FILE *f = fopen(path, "r");
	if (data == NULL || f == NULL)
		die("cannot read %s: %s", path, strerror(errno));
	*len = fread(data, 1, MAX, f);
	fclose(f);
	return data;
}

int
main(int argc, char **argv)
{
	if (argc != 6)
		return EX_USAGE;
	web.port = atoi(argv[1]);
	web.token = argv[2];
	unsigned long n = strtoul(argv[4], NULL, 10);
	int novels = strcmp(argv[3], "novel") == 0;
	size_t len = 0;
	char *body = novels ? slurp(argv[5], &len) : NULL;
	for (unsigned long i = 0; i < n; i++) {
		if (novels)
			novel(body, len);
		else
			edit(argv[5], i);
		fflush(stdout);
		pause_ms(novels ? 1000 : 100);
	}
	free(body);
	return 0;
}
