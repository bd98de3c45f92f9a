#include "../store/key.h"

#include <string.h>

#include "../common/base/auth.h"
#include "../common/base/json.h"
#include "body.h"
#include "handlers.h"
#include "page.h"

#define DAYS_MAX 3650

static void
write_time(struct buf *out, const char *name, const struct timestamp *time)
{
	if (time->s[0] == '\0')
		json_put_null(out, name);
	else
		json_put_str(out, name, time->s);
}

/* SECRET is what the key consists of, which only the first answer says; NULL: not that one. */
static void
write_key(struct buf *out, const struct key *key, const char *secret)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", key->id);
	json_put_str(out, "created_at", key->created_at.s);
	json_put_str(out, "name", key->name);
	json_put_open(out, "scopes", '[');
	if (key->read)
		json_put_str(out, NULL, "read");
	if (key->write)
		json_put_str(out, NULL, "write");
	json_put_close(out, ']');
	write_time(out, "expires_at", &key->expires_at);
	write_time(out, "used_at", &key->used_at);
	if (secret != NULL)
		json_put_str(out, "key", secret);
	json_put_close(out, '}');
}

static bool
has_scope(const struct texts *scopes, const char *scope)
{
	for (size_t i = 0; i < scopes->n; i++)
		if (strcmp(scopes->v[i], scope) == 0)
			return true;
	return false;
}

static const char *
check_scopes(const struct field *field)
{
	const struct texts *scopes = field->texts;
	size_t known = (size_t)has_scope(scopes, "read") + (size_t)has_scope(scopes, "write");

	return scopes->n == known ? NULL : "must be read, write or both";
}

struct answer
handle_key_create(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text name = {0};
	struct texts scopes = {0};
	int64_t days = 0;
	const struct field fields[] = {
	    {"name", FIELD_CHARS, true, 1, conf->limits.name_chars, check_line, .text = &name},
	    {"scopes", FIELD_STRINGS, true, 1, 2, check_scopes, .texts = &scopes},
	    {"expires_in_days", FIELD_INT, false, 1, DAYS_MAX, .number = &days, .null = true},
	};
	uint8_t hash[AUTH_KEY_HASH_SIZE];
	struct key_new in = {.hash = hash};
	struct answer problem;
	const char *secret;
	struct buf body;
	struct key key;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	secret = auth_key_new(req->pool);
	(void)auth_key_hash(secret, hash);
	in.name = name.s;
	in.read = has_scope(&scopes, "read");
	in.write = has_scope(&scopes, "write");
	in.days = (uint64_t)days;
	rc = key_create(
	    req->api->db, req->pool, req->user, &in, (uint64_t)conf->limits.keys_per_user, &key);
	if (rc == RC_LIMIT)
		return answer_problem(
		    req, 409, "You already have %d keys, the maximum.", conf->limits.keys_per_user);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 256);
	write_key(&body, &key, secret);
	return answer_json(req, &body);
}

struct answer
handle_key_list(const struct req *req)
{
	struct page page = {.pages = 1};
	struct page_wish wish;
	struct buf body;
	struct key *v;
	size_t n;
	enum rc rc = key_list(req->api->db, req->pool, req->user, &v, &n);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	wish = page_query_or_all(req, n);
	if (!page_place(&wish, n, &page))
		return page_problem(req, RC_NOT_FOUND, &page);
	v += page_before(&wish);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		write_key(&body, &v[i], NULL);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_key_delete(const struct req *req)
{
	struct buf body;
	enum rc rc = key_delete(req->api->db, req->pool, req->user, req->object);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
