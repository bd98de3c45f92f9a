#include "send.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/netaddr.h"
#include "../base/utf8.h"
#include "../base/version.h"

#define CONNECT_MS 5000L
#define OWN_MAX 256 /* addresses of this machine */

struct sender {
	const char *allow_networks;
	CURLM *multi;
	struct netaddr own[OWN_MAX];
	size_t n_own;
	struct sending *under_way, *over;
	size_t busy;
};

/* ---------------------------------------------------------------- where to connect */

/* Why ADDR must not be connected to, or NULL. */
static const char *
why_not(const struct sender *s, const struct sockaddr *sa)
{
	struct netaddr addr;

	if (!netaddr_of(sa, &addr))
		return "of an unknown kind";
	if (netaddr_listed(&addr, s->allow_networks))
		return NULL;
	for (size_t i = 0; i < s->n_own; i++)
		if (netaddr_same(&addr, &s->own[i]))
			return "one of this machine";
	return netaddr_why_not(&addr);
}

/* Called for each new connection, with the address that it will be made to. */
static curl_socket_t
on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct sending *s = ctx;
	const char *why = s->trusted ? NULL : why_not(s->sender, &address->addr);

	if (why != NULL) {
		s->refused = why;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---------------------------------------------------------------- what is answered */

static size_t
on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct sending *s = ctx;
	size_t len = size * n, keep = len;
	long status = 0;

	s->complete = true;
	s->read += (int64_t)len;
	if (s->read > s->read_max)
		return 0;
	if (s->body_piece != NULL) {
		curl_easy_getinfo((CURL *)s->handle, CURLINFO_RESPONSE_CODE, &status);
		if (status >= 200 && status < 300)
			return s->body_piece(s->ctx, data, len) ? len : 0;
	}
	if (keep > s->keep - s->kept)
		keep = s->keep - s->kept;
	memcpy(s->buffer + s->kept, data, keep);
	s->kept += keep;
	return len;
}

static size_t
on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct sending *s = ctx;
	size_t len = size * n;

	s->headers_read += len;
	if (s->headers_read > SEND_READ_MAX)
		return 0;
	if (len <= 2 && (data[0] == '\r' || data[0] == '\n'))
		s->complete = true;
	else if (len > 5 && memcmp(data, "HTTP/", 5) == 0)
		s->complete = false; /* of "100 Continue" and the like there may be several */
	return len;
}

/* The beginning of the answer, without what cannot be shown. */
static const char *
shown(struct pool *pool, const char *data, size_t len)
{
	char *out;

	len = utf8_check(data, len);
	out = pool_strndup(pool, data, len);
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)out[i] < 0x20 && out[i] != '\n') || out[i] == 0x7f)
			out[i] = ' ';
	return out;
}

/* ---------------------------------------------------------------- a request */

#define SET(option, value)                                                                         \
	do {                                                                                       \
		CURLcode set_rc_ = curl_easy_setopt(h, option, value);                             \
		if (set_rc_ != CURLE_OK)                                                           \
			fatal(EX_SOFTWARE, "libcurl does not know " #option ": %s",                \
			    curl_easy_strerror(set_rc_));                                          \
	} while (0)

static void
set_limits(CURL *h, const struct sending *s)
{
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(CURLOPT_TIMEOUT_MS, s->timeout_ms);
	SET(CURLOPT_QUICK_EXIT, 1L); /* do not wait for a name server that is silent */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, ""); /* whatever the environment says */
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 0L);
}

static void
set_calls(CURL *h, struct sending *s)
{
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, s);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_PRIVATE, s);
}

void
sender_begin(struct sender *sender, struct sending *s)
{
	struct curl_slist *list = NULL;
	CURL *h = curl_easy_init();

	if (h == NULL)
		fatal(EX_OSERR, "cannot send: out of memory");
	for (size_t i = 0; i < SEND_HEADERS_MAX && s->headers[i] != NULL; i++)
		list = curl_slist_append(list, s->headers[i]);
	list = curl_slist_append(list, "Expect:");
	s->keep = s->keep != 0 ? s->keep : SEND_KEPT;
	s->timeout_ms = s->timeout_ms != 0 ? s->timeout_ms : SEND_MS;
	s->read_max = s->read_max != 0 ? s->read_max : SEND_READ_MAX;
	s->buffer = pool_alloc(s->pool, s->keep + 1);
	s->sender = sender;
	s->handle = h;
	s->list = list;
	SET(CURLOPT_PROTOCOLS_STR, s->http ? "http,https" : "https");
	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_USERAGENT, "tts-provider/" TTS_VERSION);
	SET(CURLOPT_HTTPHEADER, list);
	if (s->method == NULL) {
		SET(CURLOPT_POSTFIELDSIZE, (long)s->body_len);
		SET(CURLOPT_POSTFIELDS, s->body);
	} else {
		SET(CURLOPT_CUSTOMREQUEST, s->method);
	}
	SET(CURLOPT_FRESH_CONNECT, s->fresh ? 1L : 0L);
	set_limits(h, s);
	set_calls(h, s);
	if (curl_multi_add_handle(sender->multi, h) != CURLM_OK)
		fatal(EX_SOFTWARE, "libcurl does not take a request");
	s->next = sender->under_way;
	sender->under_way = s;
	sender->busy++;
}

static void
take_out(struct sender *sender, struct sending *s)
{
	struct sending **at = &sender->under_way;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	sender->busy--;
	curl_multi_remove_handle(sender->multi, s->handle);
	curl_easy_cleanup(s->handle);
	curl_slist_free_all(s->list);
}

/* ---------------------------------------------------------------- the end of a request */

static const char *
class_of(CURLcode rc)
{
	switch (rc) {
	case CURLE_OPERATION_TIMEDOUT:
		return "timeout";
	case CURLE_COULDNT_RESOLVE_HOST:
		return "name";
	case CURLE_COULDNT_CONNECT:
		return "connect";
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
		return "tls";
	default:
		return "network";
	}
}

/* What else the headers say. */
static void
headers_read(struct sending *s)
{
	curl_off_t retry_after = 0;
	const char *type = NULL;
	struct curl_header *header;

	curl_easy_getinfo((CURL *)s->handle, CURLINFO_RETRY_AFTER, &retry_after);
	curl_easy_getinfo((CURL *)s->handle, CURLINFO_CONTENT_TYPE, &type);
	s->retry_after_sec = retry_after;
	s->type = pool_strdup(s->pool, type != NULL ? type : "");
	if (curl_easy_header((CURL *)s->handle, "retry-after-ms", 0, CURLH_HEADER, -1, &header) ==
	    CURLHE_OK)
		s->retry_after_ms = strtoll(header->value, NULL, 10);
}

/* A status that came whole counts, whatever became of the rest of the answer. */
static void
judge(struct sending *s, CURLcode rc)
{
	long status = 0, sent = 0;

	curl_easy_getinfo((CURL *)s->handle, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo((CURL *)s->handle, CURLINFO_REQUEST_SIZE, &sent);
	headers_read(s);
	s->complete &= status >= 200;
	s->status = s->complete ? (int)status : 0;
	s->began = sent > 0;
	s->cut = rc == CURLE_OK			  ? NULL
		 : s->read > s->read_max	  ? "it is too long"
		 : rc == CURLE_OPERATION_TIMEDOUT ? "it takes too long"
						  : curl_easy_strerror(rc);
	s->buffer[s->kept] = '\0';
	s->answer = shown(s->pool, s->buffer, s->kept < SEND_KEPT ? s->kept : SEND_KEPT);
	if (s->complete)
		return;
	s->error_class = class_of(rc);
	s->error = rc == CURLE_OK ? "no status came" : curl_easy_strerror(rc);
	if (s->refused != NULL && rc == CURLE_COULDNT_CONNECT) {
		s->error_class = "address";
		s->error = pool_printf(s->pool, "its address is %s", s->refused);
	} else if (rc == CURLE_WRITE_ERROR || (sent > 0 && rc == CURLE_OUT_OF_MEMORY)) {
		/* libcurl reports a line of more than 100 kB as if there were no memory for it. */
		s->error = "the headers of the answer are too long";
	} else if (sent > 0 &&
		   (rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_WEIRD_SERVER_REPLY)) {
		s->error = "the answer is not HTTP";
	}
}

static void
collect(struct sender *sender)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(sender->multi, &left)) != NULL) {
		struct sending *s;
		CURLcode rc = message->data.result;
		void *found = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
		s = found;
		judge(s, rc);
		take_out(sender, s);
		s->next = sender->over;
		sender->over = s;
	}
}

void
sender_wait(struct sender *sender, int timeout_ms, int wake)
{
	struct curl_waitfd fd = {.fd = wake, .events = CURL_WAIT_POLLIN};
	int running;

	curl_multi_perform(sender->multi, &running);
	collect(sender);
	if (sender->over != NULL)
		return;
	curl_multi_poll(sender->multi, &fd, wake >= 0 ? 1 : 0, timeout_ms, NULL);
	curl_multi_perform(sender->multi, &running);
	collect(sender);
}

struct sending *
sender_next(struct sender *sender)
{
	struct sending *s = sender->over;

	if (s != NULL)
		sender->over = s->next;
	return s;
}

size_t
sender_busy(const struct sender *sender)
{
	return sender->busy;
}

void
sender_stop(struct sender *sender)
{
	while (sender->under_way != NULL)
		take_out(sender, sender->under_way);
	sender->over = NULL;
}

struct sender *
sender_new(const char *allow_networks)
{
	struct sender *s = calloc(1, sizeof *s);

	/* A name server that is silent keeps a thread for so long, and no longer. */
	setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
	if (s == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (s->multi = curl_multi_init()) == NULL)
		fatal(EX_OSERR, "cannot prepare to send: libcurl does not start");
	s->allow_networks = allow_networks;
	s->n_own = netaddr_own(s->own, OWN_MAX);
	curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, 2L * SEND_MAX);
	return s;
}

void
sender_free(struct sender *sender)
{
	sender_stop(sender);
	curl_multi_cleanup(sender->multi);
	curl_global_cleanup();
	free(sender);
}
