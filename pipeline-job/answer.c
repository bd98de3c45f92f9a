#include "answer.h"

#include <string.h>

#include "../common/base/utf8.h"

#define MARK 0x7474732d616e7377 /* the first number, and the last */
#define NONE UINT64_MAX		/* the length of a string that is NULL */
#define NAME_MAX_LEN 128
#define ID_MAX 255
#define URL_MAX_LEN 2048
#define TEXT_MAX ((size_t)1 << 20)

/* ---------------------------------------------------------------- writing */

static void
put_number(struct buf *out, uint64_t n)
{
	buf_add(out, &n, sizeof n);
}

static void
put_string(struct buf *out, const char *s)
{
	put_number(out, s != NULL ? strlen(s) : NONE);
	if (s != NULL)
		buf_adds(out, s);
}

void
answer_pack(struct buf *out, const struct engine_answer *a)
{
	put_number(out, MARK);
	put_number(out, a->class);
	put_string(out, a->message);
	put_number(out, (uint64_t)a->status);
	put_string(out, a->excerpt);
	put_number(out, (uint64_t)a->retry_after_sec);
	put_number(out, a->unknown);
	put_number(out, a->poll_again);
	put_string(out, a->external_id);
	put_string(out, a->external_part);
	put_number(out, (uint64_t)(a->progress + 1));
	put_string(out, a->prompt);
	put_string(out, a->text);
	put_string(out, a->url);
	put_number(out, a->n_files);
	for (size_t i = 0; i < a->n_files; i++) {
		put_string(out, a->files[i].name);
		put_string(out, a->files[i].type);
		put_number(out, a->files[i].duration_ms);
		put_string(out, a->files[i].external_part);
		put_number(out, a->files[i].image);
	}
	put_number(out, a->n_captions);
	for (size_t i = 0; i < a->n_captions; i++) {
		put_string(out, a->captions[i].text);
		put_number(out, a->captions[i].start_ms);
		put_number(out, a->captions[i].end_ms);
	}
	put_number(out, a->n_refusals);
	for (size_t i = 0; i < a->n_refusals; i++) {
		put_number(out, a->refusals[i].image);
		put_string(out, a->refusals[i].error);
	}
	put_number(out, MARK);
}

/* ---------------------------------------------------------------- reading */

struct reader {
	struct pool *pool;
	const char *at, *end;
	bool bad;
};

static uint64_t
get_number(struct reader *r, uint64_t max)
{
	uint64_t n = 0;

	if (r->bad || (size_t)(r->end - r->at) < sizeof n) {
		r->bad = true;
		return 0;
	}
	memcpy(&n, r->at, sizeof n);
	r->at += sizeof n;
	if (n <= max)
		return n;
	r->bad = true;
	return 0;
}

/* A string of at most MAX bytes; a longer one that is only looked at by people is CUT. */
static const char *
get_string_cut(struct reader *r, size_t max, bool cut)
{
	uint64_t len = get_number(r, NONE);
	const char *s = r->at;
	size_t keep;

	if (r->bad || len == NONE)
		return NULL;
	if (len > (uint64_t)(r->end - r->at) || (len > max && !cut) ||
	    memchr(s, '\0', len) != NULL || utf8_check(s, len) != len) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	keep = len < max ? len : max;
	while (keep < len && keep > 0 && utf8_continues(s[keep]))
		keep--;
	return pool_strndup(r->pool, s, keep);
}

static const char *
get_string(struct reader *r, size_t max)
{
	return get_string_cut(r, max, false);
}

/* "film.mp4": nothing that leads out of the directory. */
static bool
is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	return s != NULL && s[0] != '\0' && s[0] != '.' && strspn(s, allowed) == strlen(s);
}

static bool
is_type(const char *s)
{
	static const char *const types[] = {"audio/mpeg", "video/mp4", "image/jpeg"};

	for (size_t i = 0; s != NULL && i < sizeof types / sizeof *types; i++)
		if (strcmp(s, types[i]) == 0)
			return true;
	return false;
}

static void
get_files(struct reader *r, struct engine_answer *a)
{
	a->n_files = get_number(r, ENGINE_FILES_MAX);
	for (size_t i = 0; i < a->n_files && !r->bad; i++) {
		struct engine_file *f = &a->files[i];

		f->name = get_string(r, NAME_MAX_LEN);
		f->type = get_string(r, NAME_MAX_LEN);
		f->duration_ms = get_number(r, INT64_MAX);
		f->external_part = get_string(r, ID_MAX);
		f->image = get_number(r, NONE);
		r->bad |= !is_name(f->name) || !is_type(f->type);
	}
}

static void
get_captions(struct reader *r, struct engine_answer *a)
{
	a->n_captions = get_number(r, ENGINE_CAPTIONS_MAX);
	if (r->bad || a->n_captions > (size_t)(r->end - r->at) / sizeof(uint64_t))
		a->n_captions = 0;
	a->captions = pool_array(r->pool, a->n_captions + 1, sizeof *a->captions);
	for (size_t i = 0; i < a->n_captions && !r->bad; i++) {
		struct stage_caption *c = &a->captions[i];

		c->text = get_string(r, TEXT_MAX);
		c->start_ms = get_number(r, INT64_MAX);
		c->end_ms = get_number(r, INT64_MAX);
		r->bad |= c->text == NULL;
	}
}

static void
get_refusals(struct reader *r, struct engine_answer *a)
{
	a->n_refusals = get_number(r, ENGINE_FILES_MAX);
	for (size_t i = 0; i < a->n_refusals && !r->bad; i++) {
		a->refusals[i].image = get_number(r, NONE);
		a->refusals[i].error = get_string_cut(r, ID_MAX, true);
		r->bad |= a->refusals[i].error == NULL;
	}
}

bool
answer_unpack(struct pool *pool, const char *data, size_t len, struct engine_answer *a)
{
	struct reader r = {.pool = pool, .at = data, .end = data + len};
	uint64_t progress;

	*a = (struct engine_answer){.class = CLASS_SYSTEM, .progress = -1};
	r.bad = get_number(&r, NONE) != MARK;
	a->class = (enum pipeline_class)get_number(&r, CLASSES - 1);
	a->message = get_string_cut(&r, ID_MAX, true);
	a->status = (int)get_number(&r, 999);
	a->excerpt = get_string_cut(&r, ENGINE_EXCERPT, true);
	a->retry_after_sec = (int64_t)get_number(&r, INT64_MAX);
	a->unknown = get_number(&r, 1) != 0;
	a->poll_again = get_number(&r, 1) != 0;
	a->external_id = get_string(&r, ID_MAX);
	a->external_part = get_string(&r, ID_MAX);
	progress = get_number(&r, 101);
	a->progress = (int)progress - 1;
	a->prompt = get_string_cut(&r, TEXT_MAX, true);
	a->text = get_string(&r, TEXT_MAX);
	a->url = get_string(&r, URL_MAX_LEN);
	get_files(&r, a);
	get_captions(&r, a);
	get_refusals(&r, a);
	r.bad |= get_number(&r, NONE) != MARK || r.at != r.end;
	return !r.bad;
}
