#include "lines.h"

#include <string.h>

#include "../common/base/utf8.h"

#define LINES_MAX 2000
#define LINE_CHARS_MAX 500

struct lines {
	struct stage_caption *v;
	size_t n;
	uint64_t duration_ms, last_ms; /* the end of the line before */
	struct buf text;	       /* of the line that is being read */
	uint64_t from_ms, to_ms;
	bool mark; /* in one such as "[Verse]" */
};

static void
line_end(struct lines *l)
{
	size_t len = l->text.len, end = 0;

	while (len > 0 && l->text.data[len - 1] == ' ')
		len--;
	for (size_t n = 0; end < len && n < LINE_CHARS_MAX; n++)
		utf8_next(l->text.data, len, &end);
	if (end > 0 && l->n < LINES_MAX) {
		struct stage_caption *c = &l->v[l->n++];

		c->text = pool_strndup(l->text.pool, l->text.data, end);
		c->start_ms = l->from_ms > l->last_ms ? l->from_ms : l->last_ms;
		c->end_ms = l->to_ms > c->start_ms ? l->to_ms : c->start_ms;
		l->last_ms = c->end_ms;
	}
	l->text.len = 0;
}

static uint64_t
time_of(const struct lines *l, const struct json_node *word, const char *name)
{
	double ms = json_at_number(word, name, 0) * 1000;

	if (!(ms > 0))
		return 0;
	return ms < (double)l->duration_ms ? (uint64_t)(ms + 0.5) : l->duration_ms;
}

/* The I-th of LEN bytes of a word is heard from AT_MS on, until TO_MS. */
static void
byte_read(struct lines *l, const char *c, uint64_t at_ms, uint64_t to_ms)
{
	if (*c == '\n' || *c == '\r') {
		line_end(l);
		l->mark = false;
	} else if (l->mark || *c == '[') {
		l->mark = *c != ']';
	} else if ((unsigned char)*c <= ' ') {
		if (l->text.len > 0 && l->text.data[l->text.len - 1] != ' ')
			buf_add(&l->text, " ", 1);
	} else {
		if (l->text.len == 0)
			l->from_ms = at_ms;
		buf_add(&l->text, c, 1);
		l->to_ms = to_ms;
	}
}

struct stage_caption *
lines_of_words(struct pool *pool, const struct json_node *words, size_t n_words,
    uint64_t duration_ms, size_t *n)
{
	struct lines l = {.v = pool_array(pool, LINES_MAX, sizeof *l.v), .duration_ms = duration_ms};

	buf_init(&l.text, pool, 256);
	for (size_t i = 0; i < n_words; i++) {
		const char *word = json_at_string(&words[i], "word");
		uint64_t from = time_of(&l, &words[i], "startS");
		uint64_t to = time_of(&l, &words[i], "endS");
		size_t len = word != NULL ? strlen(word) : 0;

		to = to > from ? to : from;
		for (size_t k = 0; k < len; k++)
			byte_read(&l, word + k, from + (to - from) * k / len,
			    from + (to - from) * (k + 1) / len);
	}
	line_end(&l);
	*n = l.n;
	return l.v;
}
