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

/* What a byte is; MARK is whether it comes within a mark such as "[Verse]". */
enum byte_kind { BYTE_HEARD, BYTE_SPACE, BYTE_END, BYTE_MARK };

static enum byte_kind
byte_kind(char c, bool *mark)
{
	if (c == '\n' || c == '\r') {
		*mark = false;
		return BYTE_END;
	}
	if (*mark || c == '[') {
		*mark = c != ']';
		return BYTE_MARK;
	}
	return (unsigned char)c <= ' ' ? BYTE_SPACE : BYTE_HEARD;
}

/* The time of a word is shared by the bytes of it that are heard. */
static void
word_read(struct lines *l, const char *word, uint64_t from_ms, uint64_t to_ms)
{
	uint64_t heard = 0, i = 0, ms = to_ms > from_ms ? to_ms - from_ms : 0;
	bool mark = l->mark;

	for (const char *c = word; *c != '\0'; c++)
		heard += byte_kind(*c, &mark) == BYTE_HEARD;
	for (const char *c = word; *c != '\0'; c++)
		switch (byte_kind(*c, &l->mark)) {
		case BYTE_END:
			line_end(l);
			break;
		case BYTE_SPACE:
			if (l->text.len > 0 && l->text.data[l->text.len - 1] != ' ')
				buf_add(&l->text, " ", 1);
			break;
		case BYTE_HEARD:
			if (l->text.len == 0)
				l->from_ms = from_ms + ms * i / heard;
			buf_add(&l->text, c, 1);
			l->to_ms = from_ms + ms * ++i / heard;
			break;
		default:
			break;
		}
}

struct stage_caption *
lines_of_words(struct pool *pool, const struct json_node *words, size_t n_words,
    uint64_t duration_ms, size_t *n)
{
	struct lines l = {
	    .v = pool_array(pool, LINES_MAX, sizeof *l.v), .duration_ms = duration_ms};

	buf_init(&l.text, pool, 256);
	for (size_t i = 0; i < n_words; i++) {
		const char *word = json_at_string(&words[i], "word");

		if (word != NULL)
			word_read(&l, word, time_of(&l, &words[i], "startS"),
			    time_of(&l, &words[i], "endS"));
	}
	line_end(&l);
	*n = l.n;
	return l.v;
}
