#include "precond.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/base/crypt.h"
#include "route.h"

#define KEY_MAX 255

/* The revision in the LEN characters of an entity tag that etag() made; IF_MATCH_NONE for any
 * other. */
static uint64_t
tag_revision(const char *tag, size_t len)
{
	uint64_t revision;

	if (len == 0 || len > 19 || tag[0] == '0' || strspn(tag, "0123456789") < len)
		return IF_MATCH_NONE;
	errno = 0;
	revision = strtoull(tag, NULL, 10);
	return errno == 0 ? revision : IF_MATCH_NONE;
}

bool
if_match_read(const struct req *req, uint64_t *revision, struct answer *problem)
{
	const char *s = req->if_match, *tag;
	bool weak;

	*revision = 0;
	if (s == NULL || strcmp(s, "*") == 0)
		return true;
	weak = strncmp(s, "W/", 2) == 0;
	tag = s + (weak ? 2 : 0);
	if (*tag == '"') {
		size_t len = strcspn(++tag, "\" \t");

		if (tag[len] == '"' && tag[len + 1] == '\0') {
			/* Strong comparison: a weak tag never matches. */
			*revision = weak ? IF_MATCH_NONE : tag_revision(tag, len);
			return true;
		}
	}
	*problem = answer_problem(
	    req, 400, "If-Match must be * or one revision in double quotes, as in ETag.");
	return false;
}

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

/* A list of tags, compared weakly: "W/" makes no difference. */
bool
etag_matches(const struct req *req, const char *tag)
{
	const char *s = req->if_none_match, *want = tag + (strncmp(tag, "W/", 2) == 0 ? 2 : 0);
	size_t n = strlen(want);

	if (s == NULL)
		return false;
	while (*s != '\0') {
		s += strspn(s, " \t,");
		if (*s == '*')
			return true;
		s += strncmp(s, "W/", 2) == 0 ? 2 : 0;
		if (strncmp(s, want, n) == 0)
			return true;
		s += strcspn(s, ",");
	}
	return false;
}

const char *
etag(struct pool *pool, uint64_t revision)
{
	return pool_printf(pool, "\"%" PRIu64 "\"", revision);
}
