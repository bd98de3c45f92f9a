#include "text_parts.h"

#include <string.h>

/* Where a piece that is too long can be cut, in ascending order of preference. */
enum cut { CUT_NONE, CUT_SPACE, CUT_CLAUSE, CUT_SENTENCE, CUTS };

static void
sentence_emit(struct cutter *cutter, size_t begin, size_t end, size_t chars)
{
	if (cutter->out.n == cutter->cap) {
		size_t cap = cutter->cap ? cutter->cap * 2 : 32;
		struct slice *v = pool_array(cutter->pool, cap, sizeof *v);

		if (cutter->out.n)
			memcpy(v, cutter->out.v, cutter->out.n * sizeof *v);
		cutter->out.v = v;
		cutter->cap = cap;
	}
	cutter->out.v[cutter->out.n++] = (struct slice){cutter->s + begin, end - begin};
	cutter->last_chars = chars;
}

static size_t
skip_space(const struct cutter *cutter, size_t begin, size_t end)
{
	while (begin < end) {
		size_t i = begin;

		if (uni_cls(utf8_next(cutter->s, end, &i)) != C_SPACE)
			break;
		begin = i;
	}
	return begin;
}

/*
 * Classify a cut after C, before S[at]. A space with a combining mark on it is one grapheme and is
 * not cut from its neighbours.
 */
static enum cut
cut_kind(const struct cutter *cutter, uint32_t c, size_t at, size_t end)
{
	uint32_t next = utf8_at(cutter->s, end, at);
	enum cls k = uni_cls(c), then = uni_cls(next);

	if (then == C_SPACE) {
		if (k == C_SPACE || uni_joins(utf8_at(cutter->s, end, skip_space(cutter, at, end))))
			return CUT_NONE;
		return k >= C_DOT && k <= C_STOP      ? CUT_SENTENCE
		       : k == C_CLAUSE || k == C_DASH ? CUT_CLAUSE
						      : CUT_SPACE;
	}
	if (c < 0x80 || uni_joins(next) || then == C_CLOSE || then == C_QUOTE || then == C_CLAUSE ||
	    (then >= C_DOT && then <= C_STOP))
		return CUT_NONE;
	return k == C_STOP ? CUT_SENTENCE : k == C_CLAUSE ? CUT_CLAUSE : CUT_NONE;
}

/*
 * Find where to cut S[begin..end), which is longer than MAX: after the last sentence or else the
 * last clause within its first MAX code points, but not near their start; else at the last space;
 * else at the last grapheme boundary. *CHARS is set to the length of the first part.
 */
static size_t
find_cut(const struct cutter *cutter, size_t begin, size_t end, size_t max, size_t *chars)
{
	const char *s = cutter->s;
	size_t at[CUTS] = {0}, count[CUTS] = {0}, i = begin, n = 0, stop, grapheme;

	while (n < max) {
		uint32_t c = utf8_next(s, end, &i);
		enum cut kind = cut_kind(cutter, c, i, end);

		n++;
		if (kind > CUT_SPACE && n <= max / 4)
			kind = uni_cls(utf8_at(s, end, i)) == C_SPACE ? CUT_SPACE : CUT_NONE;
		at[kind] = i;
		count[kind] = n;
	}
	for (int kind = CUTS - 1; kind > CUT_NONE; kind--)
		if (at[kind] > 0) {
			*chars = count[kind];
			return at[kind];
		}
	stop = i;
	utf8_next(s, end, &stop);
	grapheme = uni_grapheme_floor(s + begin, stop - begin, i - begin);
	if (grapheme > 0)
		i = begin + grapheme;
	*chars = utf8_count(s + begin, i - begin);
	return i;
}

static void
flush_silent(struct cutter *cutter)
{
	if (cutter->silent != SIZE_MAX)
		sentence_emit(cutter, cutter->silent, cutter->silent_end, cutter->silent_chars);
	cutter->silent = SIZE_MAX;
}

/* The length in code points if a piece of MORE code points that begins at BEGIN is joined to
 * CHARS code points that end at END_BEFORE. */
static size_t
joined_length(
    const struct cutter *cutter, size_t chars, size_t end_before, size_t begin, size_t more)
{
	return chars + utf8_count(cutter->s + end_before, begin - end_before) + more;
}

/* Add a piece without anything to speak: join it to the last sentence, or keep it for the next. */
static void
add_silent(struct cutter *cutter, size_t begin, size_t end, size_t chars)
{
	if (cutter->silent != SIZE_MAX) {
		size_t sum =
		    joined_length(cutter, cutter->silent_chars, cutter->silent_end, begin, chars);

		if (sum <= cutter->max) {
			cutter->silent_chars = sum;
			cutter->silent_end = end;
			return;
		}
		flush_silent(cutter);
	} else if (cutter->out.n > 0) {
		struct slice *last = &cutter->out.v[cutter->out.n - 1];
		size_t last_begin = (size_t)(last->data - cutter->s);
		size_t sum =
		    joined_length(cutter, cutter->last_chars, last_begin + last->len, begin, chars);

		if (sum <= cutter->max) {
			last->len = end - last_begin;
			cutter->last_chars = sum;
			return;
		}
	}
	cutter->silent = begin;
	cutter->silent_end = end;
	cutter->silent_chars = chars;
}

/* Add a piece of 1 to MAX code points. */
static void
piece_add(struct cutter *cutter, size_t begin, size_t end, size_t chars)
{
	if (!text_speakable(cutter->s + begin, end - begin)) {
		add_silent(cutter, begin, end, chars);
		return;
	}
	if (cutter->silent != SIZE_MAX) {
		size_t sum =
		    joined_length(cutter, cutter->silent_chars, cutter->silent_end, begin, chars);

		if (sum <= cutter->max) {
			begin = cutter->silent;
			chars = sum;
			cutter->silent = SIZE_MAX;
		}
	}
	flush_silent(cutter);
	sentence_emit(cutter, begin, end, chars);
}

void
cutter_add(struct cutter *cutter, size_t begin, size_t end)
{
	const char *piece = cutter->s + begin;
	size_t len = end - begin, chars;

	text_trim(&piece, &len);
	begin = (size_t)(piece - cutter->s);
	end = begin + len;
	chars = utf8_count(piece, len);
	while (chars > cutter->max) {
		size_t max = cutter->max, n, at = find_cut(cutter, begin, end, max, &n);

		/* Do not leave a short rest that has nothing to speak. */
		if (chars - n < max / 2 && !text_speakable(cutter->s + at, end - at))
			at = find_cut(cutter, begin, end, max - (chars - n), &n);
		piece = cutter->s + begin;
		len = at - begin;
		text_trim(&piece, &len);
		piece_add(
		    cutter, begin, begin + len, n - utf8_count(piece + len, at - begin - len));
		begin = skip_space(cutter, at, end);
		chars -= n + utf8_count(cutter->s + at, begin - at);
	}
	if (chars > 0)
		piece_add(cutter, begin, end, chars);
}

void
cutter_end(struct cutter *cutter)
{
	flush_silent(cutter);
}
