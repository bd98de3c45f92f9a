#include "say_parts.h"

#include <string.h>

#include "../text/text_uni.h"

/*
 * Signs that are not spoken: marks of emphasis, rows, bullets, the line-end hyphen. A sign that
 * may mean something (2*3, a_b, C#, ~50, a == b) is left.
 */

#define PREFIX_MAX 8

struct silencer {
	const char *s;
	size_t len;
	uint8_t *marks;	  /* for each byte; see enum say_mark */
	uint32_t last;	  /* the last character that is neither silent nor a space; 0: none */
	bool star, spoke; /* a single * was silent before; anything was */
};

/* A run of the same sign. */
struct run {
	uint32_t c, before, after; /* 0: beginning or end of the text */
	size_t at, end, n;
};

static bool
is_space(uint32_t c)
{
	return c == 0 || uni_cls(c) == C_SPACE || c == '\n' || c == '\r';
}

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(uint32_t c)
{
	return c != 0 && cls_word(uni_cls(c));
}

static bool
is_row_sign(uint32_t c)
{
	return c != 0 && c < 0x80 && strchr("*=_~#^|+-<>", (int)c) != NULL;
}

/* Squares, circles, stars and arrows, which lists and headings begin with. */
static bool
is_ornament(uint32_t c)
{
	return (c >= 0x25a0 && c <= 0x25ff) || (c >= 0x2605 && c <= 0x2606) || c == 0x2022 ||
	       c == 0x2023 || c == 0x203b || (c >= 0x2756 && c <= 0x2767) || c == 0x27a4 ||
	       (c >= 0x2660 && c <= 0x2667) || (c >= 0x2500 && c <= 0x257f);
}

/* The next character after spaces at AT, or 0. */
static uint32_t
next_visible(const struct silencer *w, size_t at)
{
	while (at < w->len) {
		uint32_t c = utf8_next(w->s, w->len, &at);

		if (!is_space(c))
			return c;
	}
	return 0;
}

/* The beginning of the text or of a line. */
static bool
begins_line(const struct silencer *w, const struct run *r)
{
	size_t i = r->at;

	while (i > 0 && w->s[i - 1] == ' ')
		i--;
	return i == 0 || w->s[i - 1] == '\n';
}

static bool
star_is_silent(const struct silencer *w, const struct run *r)
{
	bool left = is_word(r->before), right = is_word(r->after);

	if (r->n > 1)
		return !is_digit(r->before) || !is_digit(r->after);
	if (is_space(r->before) && is_space(r->after))
		return !is_word(w->last) || !is_word(next_visible(w, r->end)) ||
		       !(is_digit(w->last) || is_digit(next_visible(w, r->end)));
	if (left && (right || is_digit(r->before)))
		return w->star;
	return true;
}

static bool
tilde_is_silent(const struct run *r)
{
	enum cls then = r->after != 0 ? uni_cls(r->after) : C_SPACE;

	if (r->n > 1)
		return true;
	if (is_space(r->after) && is_space(r->before))
		return false;
	return is_space(r->after) || then == C_CLAUSE || then == C_CLOSE || then == C_QUOTE ||
	       (then >= C_DOT && then <= C_STOP);
}

static bool
hash_is_silent(const struct silencer *w, const struct run *r)
{
	if (r->n > 1)
		return !is_word(r->before);
	return is_space(r->after) &&
	       (begins_line(w, r) || (is_space(r->before) && !is_digit(next_visible(w, r->end))));
}

static bool
equals_is_silent(const struct run *r)
{
	if (r->n > 2)
		return true;
	return r->n == 2 && is_space(r->before) != is_space(r->after) &&
	       (is_word(r->before) || is_word(r->after));
}

static bool
run_is_silent(const struct silencer *w, const struct run *r)
{
	if (r->n == 1 && r->c != '-' && is_row_sign(r->before) && is_row_sign(r->after))
		return true;
	switch (r->c) {
	case '`':
	case 0xad:
		return true;
	case '*':
		return star_is_silent(w, r);
	case '~':
		return tilde_is_silent(r);
	case '#':
		return hash_is_silent(w, r);
	case '=':
		return equals_is_silent(r);
	case '_':
		return !is_word(r->before) || !is_word(r->after);
	case '^':
		return r->n > 1 || (!is_word(r->before) && !is_word(r->after));
	case '|':
		return is_space(r->before) || is_space(r->after);
	case '+':
		return r->n > 2;
	case '-': /* the engine makes a pause */
		return false;
	case '<':
	case '>':
		return r->n > 1 ? !is_digit(r->before) && !is_digit(r->after)
				: r->c == '>' && begins_line(w, r) && !is_digit(r->after);
	default:
		return is_ornament(r->c) && (r->n > 1 || begins_line(w, r) ||
						(is_space(r->before) && is_space(r->after)));
	}
}

/* ---------------------------------------------------------------- hyphens */

/* Whether the hyphen before S[AT] belongs to the word: "self-⏎esteem". */
static bool
keeps_hyphen(const char *s, size_t at)
{
	static const char *const prefixes[] = {"self", "well", "non", "ex", "half", "all", "twenty",
	    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
	size_t from = at;

	while (from > 0 && at - from <= PREFIX_MAX && s[from - 1] > ' ')
		from--;
	if (memchr(s + from, '-', at - from) != NULL)
		return true;
	for (size_t i = 0; i < SAY_COUNT(prefixes); i++)
		if (strlen(prefixes[i]) == at - from &&
		    memcmp(prefixes[i], s + from, at - from) == 0)
			return true;
	return false;
}

/* The end of the line break after the hyphen R that divides a word; R->end if it does not. */
static size_t
division_end(const struct silencer *w, const struct run *r)
{
	size_t i = r->end, breaks = 0;

	if (r->n != 1 || uni_cls(r->before) != C_LOWER)
		return r->end;
	while (i < w->len && strchr(" \t\r\n", w->s[i]) != NULL && w->s[i] != '\0')
		breaks += w->s[i++] == '\n';
	if (breaks != 1 || i >= w->len || uni_cls(utf8_at(w->s, w->len, i)) != C_LOWER)
		return r->end;
	return i;
}

/* ---------------------------------------------------------------- all of a text */

static void
mark_run(struct silencer *w, const struct run *r)
{
	bool pause = is_space(r->before) && is_space(r->after) && is_word(w->last) &&
		     next_visible(w, r->end) != 0 && r->c != '#';

	memset(w->marks + r->at, SAY_OMIT, r->end - r->at);
	if (pause) {
		w->marks[r->at] = SAY_PAUSE;
		w->last = ',';
	}
	w->star |= r->c == '*' && r->n == 1 && !is_space(r->after);
	w->spoke = true;
}

static struct run
run_at(const struct silencer *w, size_t at, uint32_t before)
{
	struct run r = {.before = before, .at = at, .end = at};

	r.c = utf8_next(w->s, w->len, &r.end);
	r.n = 1;
	while (r.end < w->len) {
		size_t next = r.end;

		if (utf8_next(w->s, w->len, &next) != r.c)
			break;
		r.end = next;
		r.n++;
	}
	r.after = r.end < w->len ? utf8_at(w->s, w->len, r.end) : 0;
	return r;
}

/* Take the run R of signs. Return where to go on. */
static size_t
take_run(struct silencer *w, const struct run *r)
{
	size_t next = r->end;

	if (r->c == '-' || r->c == 0x2010) {
		next = division_end(w, r);
		if (next > r->end) {
			size_t from = keeps_hyphen(w->s, r->at) ? r->end : r->at;

			memset(w->marks + from, SAY_OMIT, next - from);
			w->spoke = true;
			return next;
		}
	}
	if (run_is_silent(w, r)) {
		mark_run(w, r);
		return next;
	}
	w->last = r->c;
	return next;
}

static bool
may_be_silent(uint32_t c)
{
	return is_row_sign(c) || c == '`' || c == 0xad || c == 0x2010 || is_ornament(c);
}

/* Whether there is a sign that may be silent, and something else to say. */
static bool
worth_looking(const char *s, size_t len)
{
	bool signs = false, words = false;

	for (size_t i = 0; i < len && !(signs && words);) {
		uint32_t c;

		if (uni_plain(s[i])) {
			words = true;
			i++;
			continue;
		}
		c = utf8_next(s, len, &i);
		signs |= may_be_silent(c);
		words |= is_word(c);
	}
	return signs && words;
}

uint8_t *
say_silent(struct pool *pool, const char *s, size_t len)
{
	struct silencer w = {.s = s, .len = len};
	uint32_t before = 0;

	if (!worth_looking(s, len))
		return NULL;
	w.marks = pool_array(pool, len + 1, sizeof *w.marks);
	memset(w.marks, SAY_KEEP, len + 1);
	for (size_t i = 0; i < len;) {
		size_t next = i;
		uint32_t c = utf8_next(s, len, &next);

		if (may_be_silent(c)) {
			struct run r = run_at(&w, i, before);

			next = take_run(&w, &r);
		} else if (!is_space(c))
			w.last = c;
		before = c;
		i = next;
	}
	return w.spoke ? w.marks : NULL;
}
