#include "json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "log.h"

#define FIND_DEPTH 16

/* Read an array into M, if all it has are strings. */
static void
strings_read(struct pool *pool, struct json_object *array, struct json_member *m)
{
	size_t n = json_object_array_length(array);
	const char **v = pool_array(pool, n + 1, sizeof *v);

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_string))
			return;
		v[i] = pool_strndup(
		    pool, json_object_get_string(item), (size_t)json_object_get_string_len(item));
	}
	m->kind = KIND_STRINGS;
	m->len = n;
	m->v = v;
}

/*
 * Read a number that is an integer although it has a point, like 1.0. With an exponent it is none
 * for us: a client that writes 1e2 does not know how large its numbers are.
 */
static bool
whole_read(struct json_object *value, int64_t *out)
{
	const char *s = json_object_get_string(value), *point = strchr(s, '.');

	if (point == NULL || point[1 + strspn(point + 1, "0")] != '\0')
		return false;
	*out = strtoll(s, NULL, 10);
	return true;
}

static struct json_member
member_read(struct pool *pool, const char *name, struct json_object *value)
{
	struct json_member m = {.name = pool_strdup(pool, name)};

	if (json_object_is_type(value, json_type_int)) {
		m.kind = KIND_INT;
		m.i = json_object_get_int64(value);
	} else if (json_object_is_type(value, json_type_double)) {
		m.kind = whole_read(value, &m.i) ? KIND_INT : KIND_OTHER;
	} else if (value == NULL) {
		m.kind = KIND_NULL;
	} else if (json_object_is_type(value, json_type_string)) {
		m.kind = KIND_STRING;
		m.len = (size_t)json_object_get_string_len(value);
		m.s = pool_strndup(pool, json_object_get_string(value), m.len);
	} else if (json_object_is_type(value, json_type_boolean)) {
		m.kind = KIND_BOOL;
		m.i = json_object_get_boolean(value);
	} else if (json_object_is_type(value, json_type_array)) {
		strings_read(pool, value, &m);
	}
	return m;
}

/* Copy the members, so that no object of the library has to be freed later. */
static void
members_read(struct pool *pool, struct json_object *top, struct json_member **v, size_t *n)
{
	struct json_object_iterator at = json_object_iter_begin(top);
	struct json_object_iterator end = json_object_iter_end(top);

	*n = 0;
	*v = pool_array(pool, (size_t)json_object_object_length(top), sizeof **v);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
		(*v)[(*n)++] = member_read(
		    pool, json_object_iter_peek_name(&at), json_object_iter_peek_value(&at));
}

/* Parse TEXT; NULL with ERROR if it is not JSON. The caller frees the result. */
static struct json_object *
parse(struct pool *pool, const char *text, size_t len, int depth, int values,
    struct json_error *error)
{
	struct json_tokener *tokener;
	struct json_object *top;

	if (!json_check_values(pool, text, len, depth, values, error))
		return NULL;
	/* json-c counts a value inside the innermost container as one more level. */
	tokener = json_tokener_new_ex(depth + 2);
	if (tokener == NULL)
		fatal(EX_OSERR, "cannot read JSON: out of memory");
	/* With the terminating NUL, which ends a number at the top level. */
	top = json_tokener_parse_ex(tokener, text, (int)len + 1);
	error->what = NULL;
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		error->what = "it is not JSON";
		error->offset = json_tokener_get_parse_end(tokener);
	}
	json_tokener_free(tokener);
	return top;
}

bool
json_read(struct pool *pool, const char *text, size_t len, int depth, struct json_member **v,
    size_t *n, struct json_error *error)
{
	struct json_object *top = parse(pool, text, len, depth, JSON_VALUES, error);
	bool object = json_object_is_type(top, json_type_object);

	if (object)
		members_read(pool, top, v, n);
	json_object_put(top);
	return object;
}

static const char *
find_in(struct pool *pool, struct json_object *at, const char *path)
{
	const char *found = NULL;
	size_t len = strcspn(path, "/");
	struct json_object *member;

	if (json_object_is_type(at, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(at) && found == NULL; i++)
			found = find_in(pool, json_object_array_get_idx(at, i), path);
		return found;
	}
	if (path[0] == '\0')
		return json_object_is_type(at, json_type_string) ||
			       json_object_is_type(at, json_type_int)
			   ? pool_strdup(pool, json_object_get_string(at))
			   : NULL;
	if (!json_object_is_type(at, json_type_object) ||
	    !json_object_object_get_ex(at, pool_strndup(pool, path, len), &member))
		return NULL;
	return find_in(pool, member, path + len + (path[len] == '/'));
}

const char *
json_find(struct pool *pool, const char *text, size_t len, const char *path)
{
	struct json_error error;
	struct json_object *top = parse(pool, text, len, FIND_DEPTH, JSON_VALUES, &error);
	const char *found = find_in(pool, top, path);

	json_object_put(top);
	return found;
}

/* ---------------------------------------------------------------- a tree */

static void node_read(struct pool *pool, struct json_object *from, struct json_node *to);

static void
node_read_members(struct pool *pool, struct json_object *from, struct json_node *to)
{
	struct json_object_iterator at = json_object_iter_begin(from);
	struct json_object_iterator end = json_object_iter_end(from);
	struct json_node *v =
	    pool_array(pool, (size_t)json_object_object_length(from) + 1, sizeof *v);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		node_read(pool, json_object_iter_peek_value(&at), &v[to->n]);
		v[to->n++].name = pool_strdup(pool, json_object_iter_peek_name(&at));
	}
	to->v = v;
}

static void
node_read_items(struct pool *pool, struct json_object *from, struct json_node *to)
{
	size_t n = json_object_array_length(from);
	struct json_node *v = pool_array(pool, n + 1, sizeof *v);

	for (; to->n < n; to->n++)
		node_read(pool, json_object_array_get_idx(from, to->n), &v[to->n]);
	to->v = v;
}

/* TO is all zero. */
static void
node_read(struct pool *pool, struct json_object *from, struct json_node *to)
{
	switch (json_object_get_type(from)) {
	case json_type_boolean:
		to->type = NODE_BOOL;
		to->number = json_object_get_boolean(from);
		break;
	case json_type_int:
	case json_type_double:
		to->type = NODE_NUMBER;
		to->number = json_object_get_double(from);
		break;
	case json_type_string:
		to->type = NODE_STRING;
		to->len = (size_t)json_object_get_string_len(from);
		to->s = pool_strndup(pool, json_object_get_string(from), to->len);
		break;
	case json_type_array:
		to->type = NODE_ARRAY;
		node_read_items(pool, from, to);
		break;
	case json_type_object:
		to->type = NODE_OBJECT;
		node_read_members(pool, from, to);
		break;
	default:
		to->type = NODE_NULL;
	}
}

const struct json_node *
json_tree(struct pool *pool, const char *text, size_t len, int values)
{
	struct json_error error = {NULL, 0};
	struct json_object *top = parse(pool, text, len, FIND_DEPTH, values, &error);
	struct json_node *node = NULL;

	if (error.what == NULL) {
		node = pool_alloc(pool, sizeof *node);
		node_read(pool, top, node);
	}
	json_object_put(top);
	return node;
}

const struct json_node *
json_at(const struct json_node *node, const char *path)
{
	while (node != NULL && path[0] != '\0') {
		size_t len = strcspn(path, "/");
		const struct json_node *found = NULL;

		for (size_t i = 0; i < node->n && node->type == NODE_OBJECT; i++)
			if (strncmp(node->v[i].name, path, len) == 0 &&
			    node->v[i].name[len] == '\0')
				found = &node->v[i];
		node = found;
		path += len + (path[len] == '/');
	}
	return node;
}

const char *
json_at_string(const struct json_node *node, const char *path)
{
	node = json_at(node, path);
	return node != NULL && node->type == NODE_STRING ? node->s : NULL;
}

double
json_at_number(const struct json_node *node, const char *path, double otherwise)
{
	node = json_at(node, path);
	return node != NULL && node->type == NODE_NUMBER ? node->number : otherwise;
}
