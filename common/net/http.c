#include "http.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/netaddr.h"
#include "../base/utf8.h"
#include "../base/weburl.h"

#define REFUSED_KEPT 4096 /* bytes of the answer to a download that is refused */
#define WAIT_MS 1000

struct http {
	const char *allow_networks;
	struct sender *sender;
};

/* The file that a download goes to. */
struct http_file {
	int fd;
	int64_t size, max;
	int error;
};

struct http *
http_new(const char *allow_networks)
{
	struct http *http = calloc(1, sizeof *http);

	if (http == NULL)
		fatal(EX_OSERR, "cannot prepare to send: out of memory");
	http->allow_networks = allow_networks;
	http->sender = sender_new(allow_networks);
	return http;
}

void
http_free(struct http *http)
{
	sender_free(http->sender);
	free(http);
}

/* ---------------------------------------------------------------- a request */

/* As asked for by the endpoint, whatever that is. */
static int64_t
retry_after_ms(const struct sending *s)
{
	int64_t sec = s->retry_after_sec < INT32_MAX ? s->retry_after_sec : INT32_MAX;

	return s->retry_after_ms > 0 ? s->retry_after_ms : sec * 1000;
}

static void
http_wait(struct http *http, struct sending *s, struct http_answer *answer)
{
	sender_begin(http->sender, s);
	while (sender_next(http->sender) == NULL)
		sender_wait(http->sender, WAIT_MS, -1);
	*answer = (struct http_answer){.status = s->status,
	    .began = s->began,
	    .whole = s->complete && s->cut == NULL,
	    .too_long = s->read > s->read_max,
	    .error_class = s->error_class,
	    .error = s->error,
	    .type = s->type,
	    .body = s->buffer,
	    .len = s->kept,
	    .retry_after_ms = retry_after_ms(s)};
	if (s->complete && s->cut != NULL) {
		answer->error_class = "cut";
		answer->error = pool_printf(s->pool, "the answer did not come whole: %s", s->cut);
	}
}

void
http_ask(struct http *http, struct pool *pool, const struct http_request *request,
    struct http_answer *answer)
{
	struct sending s = {.pool = pool,
	    .method = request->body == NULL ? "GET" : NULL,
	    .url = request->url,
	    .body = request->body,
	    .body_len = request->body == NULL ? 0 : strlen(request->body),
	    .http = true,
	    .trusted = true,
	    .fresh = true,
	    .keep = request->max,
	    .read_max = (int64_t)request->max,
	    .timeout_ms = (long)request->timeout_ms};

	memcpy(s.headers, request->headers, sizeof s.headers);
	http_wait(http, &s, answer);
}

/* ---------------------------------------------------------------- a download */

const char *
http_url_wrong(const struct http *http, struct pool *pool, const char *url)
{
	struct weburl u;
	struct netaddr a;
	const char *wrong = weburl_parse(pool, url, &u);
	bool is_address;

	if (wrong != NULL)
		return wrong;
	is_address = netaddr_parse(u.host, &a);
	if (is_address && netaddr_listed(&a, http->allow_networks))
		return NULL;
	if (!u.https)
		return "does not begin with https://";
	wrong = is_address ? netaddr_why_not(&a) : NULL;
	return wrong == NULL ? NULL : pool_printf(pool, "has an address that is %s", wrong);
}

static bool
http_file_write(void *ctx, const char *data, size_t len)
{
	struct http_file *f = ctx;

	while (len > 0) {
		ssize_t n = write(f->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->error = n < 0 ? errno : ENOSPC;
			return false;
		}
		f->size += n;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

void
http_fetch(struct http *http, struct pool *pool, const char *url, int fd, int64_t max,
    int64_t timeout_ms, struct http_answer *answer)
{
	struct http_file f = {.fd = fd};
	struct sending s = {.pool = pool,
	    .method = "GET",
	    .url = url,
	    .http = true,
	    .keep = REFUSED_KEPT,
	    .read_max = max,
	    .timeout_ms = (long)timeout_ms,
	    .body_piece = http_file_write,
	    .ctx = &f};
	const char *wrong = http_url_wrong(http, pool, url);

	if (wrong != NULL) {
		*answer = (struct http_answer){.error_class = "address",
		    .error = pool_printf(pool, "its URL %s", wrong),
		    .type = "",
		    .body = ""};
		return;
	}
	http_wait(http, &s, answer);
	answer->size = f.size;
	if (f.error != 0) {
		answer->whole = false;
		answer->error_class = "file";
		answer->error = pool_printf(pool, "it cannot be written: %s", strerror(f.error));
	}
}

/* ---------------------------------------------------------------- what is shown of an answer */

/* The length of a key of a service at S, or 0. */
static size_t
key_len(const char *s)
{
	static const char *const before[] = {"Bearer ", "bearer ", "sk-"};

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		size_t len = strlen(before[i]), n = len;

		if (strncmp(s, before[i], len) != 0)
			continue;
		while (isalnum((unsigned char)s[n]) || strchr("-_.*+/=", s[n] != '\0' ? s[n] : ' '))
			n++;
		if (n - len >= 8)
			return n;
	}
	return 0;
}

static size_t
secret_len(const char *s, bool in_word, const char *const *secrets, size_t n)
{
	size_t longest = in_word ? 0 : key_len(s);

	for (size_t i = 0; i < n; i++) {
		size_t len = secrets[i] != NULL ? strlen(secrets[i]) : 0;

		if (len > longest && strncmp(s, secrets[i], len) == 0)
			longest = len;
	}
	return longest;
}

const char *
http_excerpt(struct pool *pool, const char *data, size_t len, const char *const *secrets, size_t n)
{
	const char *text = pool_strndup(pool, data, utf8_check(data, len)), *s = text;
	struct buf out;
	size_t cut;

	buf_init(&out, pool, HTTP_EXCERPT + 8);
	while (*s != '\0' && out.len < HTTP_EXCERPT) {
		bool in_word = s > text && isalnum((unsigned char)s[-1]);
		size_t secret = secret_len(s, in_word, secrets, n);
		unsigned char c = (unsigned char)*s;

		if (secret > 0)
			buf_adds(&out, "***");
		else
			buf_add(&out, (c < 0x20 && c != '\n') || c == 0x7f ? " " : s, 1);
		s += secret > 0 ? secret : 1;
	}
	cut = out.len < HTTP_EXCERPT ? out.len : HTTP_EXCERPT;
	cut = utf8_check(out.data, cut);
	out.data[cut] = '\0';
	return out.data;
}
