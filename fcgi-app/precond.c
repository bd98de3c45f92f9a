#include "precond.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/base/crypt.h"
#include "route.h"

#define KEY_MAX 255

/* ------------------------------------------------------------------ lists of tags */

/*
 * Take the next entity tag of a list (RFC 9110, 8.8.3), without "W/" but with its quotes, and move
 * *S past it. Returns false at the end; then *S is not at a NUL if the list is none.
 */
static bool
tag_next(const char **s, const char **tag, size_t *len)
{
	*s += strspn(*s, " \t,");
	*tag = *s + (strncmp(*s, "W/", 2) == 0 ? 2 : 0);
	if (**tag != '"')
		return false;
	*len = strcspn(*tag + 1, "\" \t") + 2;
	if ((*tag)[*len - 1] != '"')
		return false;
	*s = *tag + *len;
	*s += strspn(*s, " \t");
	return **s == ',' || **s == '\0';
}

/* Whether LIST is "*" or has WANT, in quotes. */
static bool
list_has(const char *list, const char *want)
{
	const char *tag;
	size_t len;

	if (strcmp(list, "*") == 0)
		return true;
	want += strncmp(want, "W/", 2) == 0 ? 2 : 0;
	while (tag_next(&list, &tag, &len))
		if (strlen(want) == len && memcmp(tag, want, len) == 0)
			return true;
	return false;
}

/* The revision in an entity tag that etag() made; 0, which none has, for any other. */
static uint64_t
tag_revision(const char *tag, size_t len)
{
	uint64_t revision;

	if (len < 3 || len > 21 || tag[1] == '0' || strspn(tag + 1, "0123456789") != len - 2)
		return 0;
	errno = 0;
	revision = strtoull(tag + 1, NULL, 10);
	return errno == 0 ? revision : 0;
}

bool
if_match_read(const struct req *req, const struct if_match **wanted, struct answer *problem)
{
	const char *s = req->if_match, *tag;
	struct if_match *list;
	uint64_t *v;
	size_t len;

	*wanted = NULL;
	if (s == NULL || strcmp(s, "*") == 0)
		return true;
	list = pool_alloc(req->pool, sizeof *list);
	v = pool_array(req->pool, strlen(s) / 2 + 1, sizeof *v);
	list->v = v;
	while (tag_next(&s, &tag, &len))
		v[list->n++] = tag_revision(tag, len);
	*wanted = list;
	if (*s == '\0' && list->n > 0)
		return true;
	*problem = answer_problem(
	    req, 400, "If-Match must be * or entity tags in double quotes, as in ETag.");
	return false;
}

bool
if_none_match_has(const struct req *req, const char *tag)
{
	return req->if_none_match != NULL && list_has(req->if_none_match, tag);
}

const char *
etag(struct pool *pool, uint64_t revision)
{
	return pool_printf(pool, "\"%" PRIu64 "\"", revision);
}

const char *
etag_of(struct pool *pool, const void *data, size_t len)
{
	uint8_t hash[CRYPT_SHA256_SIZE];
	char hex[2 * 16 + 1];

	crypt_sha256(hash, data, len);
	crypt_hex(hex, hash, 16);
	return pool_printf(pool, "W/\"%s\"", hex);
}

struct answer
answer_tagged(const struct req *req, struct answer answer, const char *tag)
{
	if (tag == NULL)
		tag = etag_of(req->pool, answer.body, answer.len);
	if (if_none_match_has(req, tag)) {
		answer.status = 304;
		answer.len = 0;
	}
	answer_header(req, &answer, "ETag", tag);
	return answer;
}

/* ------------------------------------------------------------------ Idempotency-Key */

static bool
key_well_formed(const char *key)
{
	size_t i;

	for (i = 0; key[i] != '\0'; i++)
		if (key[i] < 0x20 || key[i] > 0x7e || i == KEY_MAX)
			return false;
	return i > 0;
}

bool
idempotency_read(const struct req *req,
    const char *(*answer)(struct pool *pool, const void *object), struct idempotency *idem,
    struct answer *problem)
{
	const char *key = req->idempotency_key, *scope;
	uint8_t *hashes;

	*idem = (struct idempotency){.answer = answer};
	if (key == NULL)
		return true;
	if (!key_well_formed(key)) {
		*problem = answer_problem(req, 400,
		    "Idempotency-Key must be 1 to %d printable ASCII characters.", KEY_MAX);
		return false;
	}
	hashes = pool_alloc(req->pool, (size_t)2 * CRYPT_SHA256_SIZE);
	/* The same key on another route counts as another key. */
	scope = pool_printf(req->pool, "%s\n%s", req->route->name, key);
	crypt_sha256(hashes, scope, strlen(scope));
	crypt_sha256(hashes + CRYPT_SHA256_SIZE, req->body, req->body_len);
	idem->key_hash = hashes;
	idem->body_hash = hashes + CRYPT_SHA256_SIZE;
	return true;
}

struct answer
idempotency_answer(
    const struct req *req, enum rc rc, const struct idempotency *idem, const void *object)
{
	struct answer answer;
	struct buf body;

	if (rc != RC_OK && rc != RC_REPLAY)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 0);
	buf_adds(&body, rc == RC_OK ? idem->answer(req->pool, object) : idem->replay);
	answer = answer_json(req, &body);
	if (rc == RC_REPLAY)
		answer_header(req, &answer, "Idempotent-Replayed", "true");
	return answer;
}
