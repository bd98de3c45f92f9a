#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "../common/base/form.h"
#include "../common/base/utf8.h"
#include "route.h"

#define PAIRS_MAX 100	  /* of which an answer tells */
#define NAME_SHOWN_MAX 64 /* bytes of a name that an answer repeats */

const struct query_name query_preview_names[] = {
    {.name = "preview", .kind = QUERY_FLAG}, {.name = NULL}};
const struct query_name query_page_names[] = {QUERY_PAGES, {.name = NULL}};
const struct query_name query_any_names[] = {{.name = NULL}};

/* ------------------------------------------------------------------ decoding */

static void
query_decode_all(struct req *req)
{
	struct query_pair *v = pool_array(req->pool, PAIRS_MAX, sizeof *v);
	const char *s = req->query;

	req->pairs = v;
	while (*s != '\0' && req->n_pairs < PAIRS_MAX) {
		size_t len = strcspn(s, "&"), name = strcspn(s, "&=");
		size_t value = name < len ? name + 1 : len;

		if (len > 0)
			v[req->n_pairs++] = (struct query_pair){form_decode(req->pool, s, name),
			    form_decode(req->pool, s + value, len - value)};
		s += len + (s[len] == '&');
	}
}

/* ------------------------------------------------------------------ checking */

static bool
is_word_of(const struct query_name *name, const char *value)
{
	for (const char *const *word = name->words; *word != NULL; word++)
		if (strcmp(*word, value) == 0)
			return true;
	return false;
}

static bool
is_number_of(const struct query_name *name, const char *value)
{
	uint64_t n = strtoull(value, NULL, 10); /* the greatest one for what is beyond it */

	return *value != '\0' && value[strspn(value, "0123456789")] == '\0' &&
	       (*value != '0' || value[1] == '\0') && n >= name->min && n <= name->max;
}

static bool
is_text_of(const struct query_name *name, const char *value)
{
	size_t len = strlen(value), n = utf8_count(value, len);

	return utf8_check(value, len) == len && n >= name->min && n <= name->max;
}

static bool
is_value_of(const struct query_name *name, const char *value)
{
	switch (name->kind) {
	case QUERY_NUMBER:
		return is_number_of(name, value);
	case QUERY_WORD:
		return is_word_of(name, value);
	case QUERY_CHARS:
		return is_text_of(name, value);
	default:
		return true;
	}
}

static const struct query_name *
name_find(const struct query_name *v, const char *name)
{
	for (; v != NULL && v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* What is wrong with pair I, or NULL. */
static const char *
pair_wrong(const struct req *req, size_t i)
{
	const struct query_pair *pair = &req->pairs[i];
	const struct query_name *name = name_find(req->route->query, pair->name);

	if (name == NULL)
		return "is unknown in the query of this address";
	for (size_t j = 0; j < i; j++)
		if (strcmp(req->pairs[j].name, pair->name) == 0)
			return "appears twice in the query";
	return is_value_of(name, pair->value) ? NULL : name->wrong;
}

/* A name that an answer can repeat: valid UTF-8, and not long. */
static const char *
name_shown(struct pool *pool, const char *name)
{
	size_t len = strlen(name);

	if (utf8_check(name, len) != len)
		return "";
	if (len <= NAME_SHOWN_MAX)
		return name;
	for (len = NAME_SHOWN_MAX; utf8_continues(name[len]); len--)
		;
	return pool_printf(pool, "%.*s…", (int)len, name);
}

bool
query_read(struct req *req, struct answer *problem)
{
	struct bad_field *bad;
	size_t n = 0;

	query_decode_all(req);
	if (req->local || req->route->query == query_any_names)
		return true;
	bad = pool_array(req->pool, req->n_pairs + 1, sizeof *bad);
	for (size_t i = 0; i < req->n_pairs; i++) {
		const char *wrong = pair_wrong(req, i);

		if (wrong != NULL)
			bad[n++] =
			    (struct bad_field){name_shown(req->pool, req->pairs[i].name), wrong};
	}
	if (n > 0)
		*problem = answer_fields(req, bad, n);
	return n == 0;
}

/* ------------------------------------------------------------------ reading */

const char *
query_value(const struct req *req, const char *name)
{
	for (size_t i = 0; i < req->n_pairs; i++)
		if (strcmp(req->pairs[i].name, name) == 0)
			return req->pairs[i].value;
	return NULL;
}

uint64_t
query_number(const struct req *req, const char *name, uint64_t otherwise)
{
	const char *value = query_value(req, name);

	return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

size_t
query_word(const struct req *req, const char *name, const char *const *words)
{
	const char *value = query_value(req, name);
	size_t i = 0;

	if (value == NULL)
		return SIZE_MAX;
	while (words[i] != NULL && strcmp(words[i], value) != 0)
		i++;
	return i;
}

bool
query_find(const char *query, const char *name, const char **value, size_t *len)
{
	size_t n = strlen(name);

	while (strncmp(query, name, n) != 0 || query[n] != '=') {
		query += strcspn(query, "&");
		if (*query == '\0')
			return false;
		query++;
	}
	*value = query + n + 1;
	*len = strcspn(*value, "&");
	return true;
}

bool
query_flag(const struct req *req, const char *name)
{
	const char *value = query_value(req, name);

	return value != NULL && strcmp(value, "0") != 0;
}

bool
query_preview(const struct req *req)
{
	return query_flag(req, "preview");
}
