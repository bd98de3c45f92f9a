#include "fcgi.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/crypt.h"
#include "../common/base/log.h"

#define ID_SIZE 16 /* bytes of a request id that we generate */

struct fcgi {
	FCGX_Request request;
};

struct fcgi *
fcgi_new(int listen_fd)
{
	struct fcgi *fcgi = calloc(1, sizeof *fcgi);

	if (fcgi == NULL || FCGX_Init() != 0 ||
	    FCGX_InitRequest(&fcgi->request, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		fatal(EX_OSERR, "cannot initialise FastCGI");
	return fcgi;
}

void
fcgi_free(struct fcgi *fcgi)
{
	FCGX_Free(&fcgi->request, 1);
	free(fcgi);
}

static const char *
fcgi_param(const struct fcgi *fcgi, const char *name)
{
	return FCGX_GetParam(name, fcgi->request.envp);
}

static const char *
fcgi_param_or(const struct fcgi *fcgi, const char *name, const char *fallback)
{
	const char *value = fcgi_param(fcgi, name);

	return value != NULL ? value : fallback;
}

/* The path as nginx matched it against its locations: decoded, normalized, without ".." or "//". */
static const char *
read_path(const struct fcgi *fcgi, struct pool *pool)
{
	const char *path = fcgi_param(fcgi, "DOCUMENT_URI");

	if (path != NULL)
		return path;
	/* A server that does not pass it: the client's own path, undecoded. */
	path = fcgi_param_or(fcgi, "REQUEST_URI", "");
	return pool_strndup(pool, path, strcspn(path, "?"));
}

static const char *
read_id(const struct fcgi *fcgi, struct pool *pool)
{
	const char *id = fcgi_param(fcgi, "REQUEST_ID");
	unsigned char random[ID_SIZE];
	char *hex;

	if (id != NULL && *id != '\0')
		return id;
	crypt_random(random, sizeof random);
	hex = pool_alloc(pool, 2 * sizeof random + 1);
	crypt_hex(hex, random, sizeof random);
	return hex;
}

/* Discard the rest of the body, so that nginx is never cut off while sending. Return whether
 * there was any. */
static bool
drain_body(struct fcgi *fcgi)
{
	char junk[4096];
	bool any = false;

	while (FCGX_GetStr(junk, sizeof junk, fcgi->request.in) > 0)
		any = true;
	return any;
}

/* libfcgi reads to the end of what arrives and never compares that with Content-Length. */
void
fcgi_read_body(struct fcgi *fcgi, size_t body_max, struct req *req)
{
	char *end, *body;
	unsigned long long len = strtoull(fcgi_param_or(fcgi, "CONTENT_LENGTH", ""), &end, 10);

	req->body = "";
	if (len > body_max) {
		req->body_state = BODY_LARGE;
		drain_body(fcgi);
		return;
	}
	if (len > 0) {
		body = pool_alloc(req->pool, len + 1);
		req->body_len = (size_t)FCGX_GetStr(body, (int)len, fcgi->request.in);
		req->body = body;
	}
	if (drain_body(fcgi) || req->body_len != len || *end != '\0')
		req->body_state = BODY_CUT;
}

int
fcgi_accept(struct fcgi *fcgi, struct req *req)
{
	int rc = FCGX_Accept_r(&fcgi->request);

	if (rc < 0)
		return -rc;
	req->id = read_id(fcgi, req->pool);
	req->client = fcgi_param_or(fcgi, "REMOTE_ADDR", "");
	req->local = fcgi_param(fcgi, "TTS_LOCAL") != NULL;
	req->method = fcgi_param_or(fcgi, "REQUEST_METHOD", "");
	req->path = read_path(fcgi, req->pool);
	req->query = fcgi_param_or(fcgi, "QUERY_STRING", "");
	req->authorization = fcgi_param(fcgi, "HTTP_AUTHORIZATION");
	req->content_type = fcgi_param(fcgi, "CONTENT_TYPE");
	req->content_encoding = fcgi_param(fcgi, "HTTP_CONTENT_ENCODING");
	req->idempotency_key = fcgi_param(fcgi, "HTTP_IDEMPOTENCY_KEY");
	req->if_match = fcgi_param(fcgi, "HTTP_IF_MATCH");
	req->if_none_match = fcgi_param(fcgi, "HTTP_IF_NONE_MATCH");
	req->accept_language = fcgi_param(fcgi, "HTTP_ACCEPT_LANGUAGE");
	return 0;
}

void
fcgi_answer(struct fcgi *fcgi, const struct req *req, const struct answer *answer)
{
	FCGX_Stream *out = fcgi->request.out;

	FCGX_FPrintF(out, "Status: %d %s\r\n", answer->status, answer_title(answer->status));
	if (answer->status != 304)
		FCGX_FPrintF(out, "Content-Type: %s\r\n", answer->type);
	if (answer->cache != NULL)
		FCGX_FPrintF(out, "Cache-Control: %s\r\n", answer->cache);
	for (const struct header *h = answer->headers; h != NULL; h = h->next)
		FCGX_FPrintF(out, "%s: %s\r\n", h->name, h->value);
	FCGX_FPrintF(out, "X-Content-Type-Options: nosniff\r\n");
	if (answer->status != 304)
		FCGX_FPrintF(out, "Content-Length: %d\r\n", (int)answer->len);
	FCGX_FPrintF(out, "\r\n");
	if (strcmp(req->method, "HEAD") != 0)
		FCGX_PutStr(answer->body, (int)answer->len, out);
	FCGX_Finish_r(&fcgi->request);
}
