#include "internal.h"

#include "../common/base/json_put.h"
#include "../common/base/utf8.h"

/* What an event says. See tts-http(7). */

#define ERROR_MAX 255 /* code points, as in audio.error */

void
event_list_add(struct event_list *list, const struct event_new *event)
{
	if (list->n == list->cap) {
		struct event_new *v;

		list->cap = list->cap == 0 ? 16 : list->cap * 2;
		v = pool_array(list->pool, list->cap, sizeof *v);
		if (list->n > 0)
			memcpy(v, list->v, list->n * sizeof *v);
		list->v = v;
	}
	list->v[list->n++] = *event;
}

static struct buf
data_open(struct pool *pool)
{
	struct buf out;

	buf_init(&out, pool, 256);
	json_put_open(&out, NULL, '{');
	return out;
}

static const char *
data_close(struct buf *out)
{
	json_put_close(out, '}');
	return out->data;
}

const char *
event_data_ready(
    struct db *db, struct pool *pool, uint64_t revision, const char *path, uint64_t duration_ms)
{
	struct buf out = data_open(pool);

	json_put_uint(&out, "revision", revision);
	json_put_str(&out, "path", pool_printf(pool, "%s/%s", db_conf(db)->media.url, path));
	json_put_uint(&out, "duration_ms", duration_ms);
	return data_close(&out);
}

const char *
event_data_failed(struct pool *pool, uint64_t revision, const char *error)
{
	struct buf out = data_open(pool);
	size_t end = strlen(error), i = 0;

	for (size_t n = 0; n < ERROR_MAX && i < end; n++)
		(void)utf8_next(error, end, &i);
	json_put_uint(&out, "revision", revision);
	json_put_strn(&out, "error", error, i);
	return data_close(&out);
}

const char *
event_data_changed(struct pool *pool, uint64_t revision, const char *change)
{
	struct buf out = data_open(pool);

	json_put_uint(&out, "revision", revision);
	json_put_str(&out, "change", change);
	return data_close(&out);
}

const char *
event_data_inserted(struct pool *pool, uint64_t revision, uint64_t index)
{
	struct buf out = data_open(pool);

	json_put_uint(&out, "revision", revision);
	json_put_uint(&out, "index", index);
	return data_close(&out);
}

const char *
event_data_project(struct pool *pool, const char *change, const char *name, uint64_t n)
{
	struct buf out = data_open(pool);

	json_put_str(&out, "change", change);
	json_put_uint(&out, name, n);
	return data_close(&out);
}

const char *
event_data_counts(
    struct pool *pool, uint64_t sentences, uint64_t ready, uint64_t failed, uint64_t duration_ms)
{
	struct buf out = data_open(pool);

	json_put_uint(&out, "sentence_count", sentences);
	json_put_uint(&out, "ready_count", ready);
	json_put_uint(&out, "failed_count", failed);
	json_put_uint(&out, "duration_ms", duration_ms);
	return data_close(&out);
}
