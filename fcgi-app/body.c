#include "body.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "../common/text/text.h"
#include "../common/base/json.h"
#include "../common/base/utf8.h"

#define NAME_SHOWN_MAX 64 /* bytes of a field's name that an answer repeats */

/* The bad fields found so far. */
struct findings {
	struct bad_field *v;
	size_t n;
};

static void
findings_add(struct findings *findings, const char *field, const char *reason)
{
	findings->v[findings->n++] = (struct bad_field){field, reason};
}

/* Store the string of M if its type and length are right. Return what is wrong, or NULL. */
static const char *
field_read_string(struct pool *pool, const struct field *field, const struct json_member *m)
{
	struct text t = {m->s, m->len};
	size_t size;

	if (m->kind != KIND_STRING)
		return "must be a string";
	if (field->type == FIELD_TRIMMED)
		text_trim(&t.s, &t.len);
	size = field->type == FIELD_BYTES ? t.len : utf8_count(t.s, t.len);
	if (size < (size_t)field->min || size > (size_t)field->max)
		return pool_printf(pool, "must have %" PRId64 " to %" PRId64 " %s, has %zu",
		    field->min, field->max, field->type == FIELD_BYTES ? "bytes" : "characters",
		    size);
	*field->text = t;
	return NULL;
}

static const char *
field_read_number(struct pool *pool, const struct field *field, const struct json_member *m)
{
	if (m->kind != KIND_INT)
		return "must be an integer";
	if (m->i < field->min || m->i > field->max)
		return pool_printf(pool, "must be %" PRId64 " to %" PRId64, field->min, field->max);
	*field->number = m->i;
	return NULL;
}

static const char *
field_read_bool(struct pool *pool, const struct field *field, const struct json_member *m)
{
	if (m->kind != KIND_BOOL)
		return "must be true or false";
	*field->number = m->i;
	return NULL;
}

static const char *
field_read_strings(struct pool *pool, const struct field *field, const struct json_member *m)
{
	if (m->kind != KIND_STRINGS)
		return "must be an array of strings";
	if (m->len < (size_t)field->min || m->len > (size_t)field->max)
		return pool_printf(pool, "must have %" PRId64 " to %" PRId64 " strings, has %zu",
		    field->min, field->max, m->len);
	*field->texts = (struct texts){m->v, m->len};
	return NULL;
}

/* Store the value of M if it is what the field may be. Return what is wrong, or NULL. */
static const char *
field_read_value(struct pool *pool, const struct field *field, const struct json_member *m)
{
	switch (field->type) {
	case FIELD_INT:
		return field_read_number(pool, field, m);
	case FIELD_BOOL:
		return field_read_bool(pool, field, m);
	case FIELD_STRINGS:
		return field_read_strings(pool, field, m);
	default:
		return field_read_string(pool, field, m);
	}
}

static const struct json_member *
member_find(const struct json_member *v, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

static const struct field *
field_find(const struct field *v, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

static void
field_read(struct pool *pool, const struct field *field, const struct json_member *m,
    struct findings *findings)
{
	const char *wrong;

	if (m == NULL || (m->kind == KIND_NULL && field->null)) {
		if (field->required)
			findings_add(findings, field->name, "is missing");
		return;
	}
	wrong = field_read_value(pool, field, m);
	if (wrong == NULL && field->check != NULL)
		wrong = field->check(field);
	if (wrong != NULL)
		findings_add(findings, field->name, wrong);
}

/* The name of an unknown field, truncated between two code points if it is long. */
static const char *
name_shown(struct pool *pool, const char *name)
{
	size_t len = strlen(name);

	if (len <= NAME_SHOWN_MAX)
		return name;
	for (len = NAME_SHOWN_MAX; utf8_continues(name[len]); len--)
		;
	return pool_printf(pool, "%.*s…", (int)len, name);
}

bool
body_read(const struct req *req, const struct field *fields, size_t n, struct answer *problem)
{
	struct findings findings = {0};
	struct json_member *members;
	struct json_error error;
	size_t i, n_members;

	if (!json_read(req->pool, req->body, req->body_len, req->api->conf->limits.json_depth,
		&members, &n_members, &error)) {
		*problem =
		    error.what == NULL
			? answer_fields(req, &(struct bad_field){"", "must be a JSON object"}, 1)
			: answer_problem(req, 400, "The body is not valid JSON at byte %zu: %s.",
			      error.offset, error.what);
		return false;
	}
	findings.v = pool_array(req->pool, n + n_members + 1, sizeof *findings.v);
	for (i = 0; i < n; i++)
		field_read(req->pool, &fields[i], member_find(members, n_members, fields[i].name),
		    &findings);
	for (i = 0; i < n_members; i++)
		if (field_find(fields, n, members[i].name) == NULL)
			findings_add(
			    &findings, name_shown(req->pool, members[i].name), "is unknown");
	if (findings.n > 0)
		*problem = answer_fields(req, findings.v, findings.n);
	return findings.n == 0;
}

bool
body_is_json(const char *content_type)
{
	static const char json[] = "application/json", charset[] = "charset=";
	const char *s = content_type;

	if (s == NULL || strncasecmp(s, json, sizeof json - 1) != 0)
		return false;
	s += sizeof json - 1;
	s += strspn(s, " \t");
	if (*s == '\0')
		return true;
	if (*s++ != ';')
		return false;
	s += strspn(s, " \t");
	if (strncasecmp(s, charset, sizeof charset - 1) != 0)
		return true;
	s += sizeof charset - 1;
	s += *s == '"';
	return strncasecmp(s, "utf-8", 5) == 0 && strchr("\"; \t", s[5]) != NULL;
}
