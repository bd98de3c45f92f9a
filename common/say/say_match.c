#include "say_parts.h"

#include <stdlib.h>
#include <string.h>

#include "../text/text_uni.h"

struct match {
	const struct say_text *text;
	const struct say_language *language;
	struct say_capture *captures;
	size_t begin, at, n;
};

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static uint32_t
char_before(const struct say_text *t, size_t at)
{
	return at > 0 ? utf8_prev(t->s, 0, &at) : 0;
}

static uint32_t
char_before_last(const struct say_text *t, size_t at)
{
	if (at > 0)
		utf8_prev(t->s, 0, &at);
	return char_before(t, at);
}

/* Whether C joins the text before it to the digits after it, so that both are part of something
 * larger. */
static bool
joins_digits(uint32_t c)
{
	return c == '.' || c == ',' || c == ':' || c == '/' || c == '-' || c == 0x2013;
}

/* Whether C is of a script that is written without spaces, so that anything may begin after it. */
static bool
is_spaceless(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x30ff) || (c >= 0x4e00 && c <= 0x9fff);
}

bool
say_starts(const struct say_text *t)
{
	uint32_t c = utf8_at(t->s, t->len, t->at), last = char_before(t, t->at);

	if (is_digit(c)) {
		if (is_digit(last) || say_latin(last) || last == '-' || last == 0x2212 ||
		    last == '$')
			return false;
		uint32_t more = char_before_last(t, t->at);
		return !joins_digits(last) || !(is_digit(more) || say_latin(more));
	}
	if (say_latin(c))
		return !say_latin(last) && !is_digit(last) && last != '\'' && last != 0x2019;
	if (c == '-' || c == 0x2212) /* a minus sign, not a hyphen */
		return !is_digit(last) && (is_spaceless(last) || !cls_letter(uni_cls(last))) &&
		       last != ')' && last != '-';
	return c != ' ';
}

/* Whether a match that ends at M->at does not end inside a larger number or word. */
static bool
match_ends(const struct match *m)
{
	const struct say_text *t = m->text;
	uint32_t last = char_before(t, m->at), c = utf8_at(t->s, t->len, m->at);
	size_t next = m->at;

	if (!is_digit(last) && !say_latin(last))
		return true;
	if (is_digit(c) || say_latin(c))
		return false;
	if (!is_digit(last) || !joins_digits(c))
		return true;
	utf8_next(t->s, t->len, &next);
	return !is_digit(utf8_at(t->s, t->len, next));
}

/* ---------------------------------------------------------------- elements */

static bool
match_capture(struct match *m, size_t n, const char *to)
{
	if (n == 0 || m->n == SAY_CAPTURES || m->at + n > m->text->end)
		return false;
	m->captures[m->n++] = (struct say_capture){m->text->s + m->at, n, to};
	m->at += n;
	return true;
}

/* "1-12>" */
static bool
bounds_known(const char *name)
{
	size_t least = strspn(name, "0123456789"), most;

	if (least == 0 || name[least] != '-')
		return false;
	most = strspn(name + least + 1, "0123456789");
	return most > 0 && name[least + 1 + most] == '>';
}

bool
say_element_known(const struct say_language *language, const char *name)
{
	if (strncmp(name, "=p>", 3) == 0)
		return say_table_of(language, "particle>") != NULL;
	if (name[0] == '=' && say_near_known(language, name + 1))
		return true;
	if (name[0] == '=')
		return name[1] != '\0' && strchr("A9wbe", name[1]) != NULL && name[2] == '>';
	if (is_digit((unsigned char)name[0]))
		return bounds_known(name);
	return say_class_of(name) != NULL || say_table_of(language, name) != NULL;
}

static bool
match_table(struct match *m, const char *name)
{
	const struct say_table *table = say_table_of(m->language, name);
	const struct say_entry *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < table->n; i++) {
		const struct say_entry *e = &table->entries[i];
		size_t n;

		if (m->at >= m->text->end || e->from[0] != m->text->s[m->at])
			continue;
		n = strlen(e->from);
		if (n > longest && m->text->end - m->at >= n &&
		    memcmp(m->text->s + m->at, e->from, n) == 0) {
			longest = n;
			best = e;
		}
	}
	return best != NULL && match_capture(m, longest, best->to);
}

/* Whether a Korean word may end here: what follows is not Hangul, or is a particle that follows
 * nouns. */
static bool
korean_word_ends(const struct match *m)
{
	const struct say_text *t = m->text;
	struct match look = *m;
	struct say_capture captures[SAY_CAPTURES];

	if (!uni_hangul(utf8_at(t->s, t->len, m->at)))
		return true;
	look.captures = captures;
	look.n = 0;
	return match_table(&look, "particle>");
}

static bool
comes_next(const struct match *m, char what)
{
	const struct say_text *t = m->text;
	uint32_t c = utf8_at(t->s, t->len, m->at);

	switch (what) {
	case 'A':
		return uni_cls(c) == C_UPPER;
	case '9':
		return is_digit(c);
	case 'w':
		return cls_letter(uni_cls(c)) || is_digit(c);
	case 'p':
		return korean_word_ends(m);
	case 'b':
		return m->at == 0 || char_before(t, m->at) == ' ';
	default:
		return m->at == t->len;
	}
}

/* Match the element whose name begins at NAME, after its "<". */
static bool
match_element(struct match *m, const char *name)
{
	if (name[0] == '=' && name[2] == '>')
		return comes_next(m, name[1]);
	if (name[0] == '=')
		return say_near(m->text, m->language, m->begin, m->at, name + 1);
	if (is_digit((unsigned char)name[0]))
		return match_capture(m, say_digits_within(m->text, m->at, name), NULL);
	const struct say_class *class = say_class_of(name);
	if (class != NULL)
		return match_capture(m, class->length(m->text, m->at), NULL);
	return match_table(m, name);
}

static size_t
space_length(const struct match *m)
{
	size_t next = m->at;
	uint32_t c;

	if (m->at >= m->text->end)
		return 0;
	c = utf8_next(m->text->s, m->text->end, &next);
	return c == ' ' || c == 0xa0 || c == 0x202f ? next - m->at : 0;
}

/* Match one character of the pattern and return how many bytes of the pattern it takes up; 0 if
 * it does not match. */
static size_t
match_literal(struct match *m, const char *p)
{
	bool here = m->at < m->text->end && m->text->s[m->at] == p[0];

	if (p[0] == '_' || p[0] == ' ') {
		size_t n = space_length(m);

		m->at += n;
		return n > 0 || p[0] == '_';
	}
	m->at += here;
	if (p[1] == '?')
		return 2;
	return here;
}

void
say_match_first(const struct say_language *language, const struct say_rule *rule, bool first[256])
{
	const char *p = rule->match;
	const struct say_class *class = p[0] == '<' ? say_class_of(p + 1) : NULL;
	const struct say_table *table = p[0] == '<' ? say_table_of(language, p + 1) : NULL;
	bool free = p[0] == '_' || (p[0] != '<' && p[1] == '?') || (p[0] == '<' && p[1] == '=');
	bool numeric = p[0] == '<' && is_digit((unsigned char)p[1]);

	for (unsigned c = 0; c < 256; c++)
		first[c] = free || (numeric && is_digit(c)) ||
			   (class != NULL && class->first((unsigned char)c));
	if (p[0] != '<')
		first[(unsigned char)p[0]] = true;
	for (size_t i = 0; table != NULL && i < table->n; i++)
		first[(unsigned char)table->entries[i].from[0]] = true;
}

size_t
say_match(const struct say_text *text, const struct say_language *language,
    const struct say_rule *rule, struct say_capture captures[SAY_CAPTURES])
{
	struct match m = {text, language, captures, text->at, text->at, 0};
	const char *p = rule->match;

	while (*p != '\0') {
		if (*p == '<') {
			if (!match_element(&m, p + 1))
				return 0;
			p = strchr(p, '>') + 1;
		} else {
			size_t n = match_literal(&m, p);

			if (n == 0)
				return 0;
			p += n;
		}
	}
	return match_ends(&m) ? m.at - text->at : 0;
}
