#include "say_parts.h"

#include <stdlib.h>
#include <string.h>

#include "../text/text_uni.h"

#define NUMBER_MAX 48 /* bytes; nothing longer is read as a number */
#define WORD_MAX 64

struct match {
	const struct say_text *text;
	const struct say_language *language;
	struct say_capture *captures;
	size_t at, n;
};

bool
say_latin(uint32_t c)
{
	if (c < 0x80)
		return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	return c >= 0xc0 && c < 0x250 && c != 0xd7 && c != 0xf7;
}

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
		return !is_digit(last) && !cls_letter(uni_cls(last)) && last != ')';
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

/* ---------------------------------------------------------------- numbers */

static size_t
class_digits(const struct say_text *t, size_t at)
{
	size_t n = 0;

	while (at + n < t->end && n <= NUMBER_MAX && is_digit((unsigned char)t->s[at + n]))
		n++;
	return n;
}

/* "12300" or "12,300". */
static size_t
class_grouped(const struct say_text *t, size_t at)
{
	size_t n = class_digits(t, at);

	if (n == 0 || n > 3)
		return n;
	while (n < NUMBER_MAX && at + n < t->end && t->s[at + n] == ',' &&
	       class_digits(t, at + n + 1) == 3)
		n += 4;
	return n;
}

static size_t
fraction_length(const struct say_text *t, size_t at)
{
	size_t n = at < t->end && t->s[at] == '.' ? class_digits(t, at + 1) : 0;

	return n > 0 ? n + 1 : 0;
}

/* "1.2" and "1.2.3" */
static size_t
class_version(const struct say_text *t, size_t at)
{
	size_t n = class_digits(t, at), more;

	while (n > 0 && n < WORD_MAX && (more = fraction_length(t, at + n)) > 0)
		n += more;
	return n;
}

/* Digits whose count and value are within the bounds: "1-12", "01-12", "1000-2999". */
static size_t
digits_within(const struct say_text *t, size_t at, const char *bounds)
{
	const char *dash = strchr(bounds, '-'), *end = strchr(bounds, '>');
	size_t least = (size_t)(dash - bounds), most = (size_t)(end - dash - 1),
	       n = class_digits(t, at);
	struct say_capture c = {t->s + at, n, NULL};

	if (n < least || n > most)
		return 0;
	unsigned value = say_value(&c);
	return value >= (unsigned)atoi(bounds) && value <= (unsigned)atoi(dash + 1) ? n : 0;
}

/* ---------------------------------------------------------------- words */

static size_t
class_roman(const struct say_text *t, size_t at)
{
	size_t n = 0;
	uint32_t next;

	while (at + n < t->end && n < 16 && strchr("IVXLCDM", t->s[at + n]) != NULL && t->s[at + n])
		n++;
	if (n == 0 || say_roman(t->s + at, n) == 0)
		return 0;
	/* "I" is probably the pronoun. */
	next = utf8_at(t->s, t->len, at + n);
	if (n == 1 && t->s[at] == 'I' && next == ' ' &&
	    say_latin(utf8_at(t->s, t->len, at + n + 1)))
		return 0;
	return n;
}

static size_t
class_capitalised(const struct say_text *t, size_t at)
{
	size_t i = at;

	if (uni_cls(utf8_at(t->s, t->end, at)) != C_UPPER)
		return 0;
	while (i < t->end && i - at < WORD_MAX) {
		size_t next = i;

		if (!say_latin(utf8_next(t->s, t->end, &next)))
			break;
		i = next;
	}
	return i - at;
}

static size_t
class_url(const struct say_text *t, size_t at)
{
	return say_url(t->s, t->end, at);
}

static size_t
class_email(const struct say_text *t, size_t at)
{
	return say_email(t->s, t->end, at);
}

static size_t
class_decimal(const struct say_text *t, size_t at)
{
	size_t n = class_grouped(t, at), more = n > 0 ? fraction_length(t, at + n) : 0;

	return more > 0 ? n + more : 0;
}

static size_t
class_number(const struct say_text *t, size_t at)
{
	size_t n = class_grouped(t, at);

	return n > 0 ? n + fraction_length(t, at + n) : 0;
}

/* ---------------------------------------------------------------- elements */

static bool
begins_any(unsigned char c)
{
	return true;
}

static bool
begins_number(unsigned char c)
{
	return is_digit(c);
}

static bool
begins_roman(unsigned char c)
{
	return c != '\0' && strchr("IVXLCDM", c) != NULL;
}

static bool
begins_capitalised(unsigned char c)
{
	return c >= 0x80 || (c >= 'A' && c <= 'Z');
}

/* FIRST tells whether a match of the class may begin with that byte. */
static const struct class
{
	const char *name;
	size_t (*length)(const struct say_text *t, size_t at);
	bool (*first)(unsigned char c);
} classes[] = {
    {"n>", class_grouped, begins_number},
    {"f>", class_number, begins_number},
    {"dec>", class_decimal, begins_number},
    {"d>", class_digits, begins_number},
    {"ver>", class_version, begins_number},
    {"roman>", class_roman, begins_roman},
    {"cap>", class_capitalised, begins_capitalised},
    {"url>", class_url, begins_any},
    {"email>", class_email, begins_any},
};

/* The class that the element NAME denotes; NULL if it is not a class. */
static const struct class *
class_of(const char *name)
{
	for (size_t i = 0; i < SAY_COUNT(classes); i++)
		if (strncmp(classes[i].name, name, strlen(classes[i].name)) == 0)
			return &classes[i];
	return NULL;
}

static bool
match_capture(struct match *m, size_t n, const char *to)
{
	if (n == 0 || m->n == SAY_CAPTURES || m->at + n > m->text->end)
		return false;
	m->captures[m->n++] = (struct say_capture){m->text->s + m->at, n, to};
	m->at += n;
	return true;
}

/* The table that the element NAME denotes; NULL if it is not a table. */
static const struct say_table *
table_of(const struct say_language *language, const char *name)
{
	size_t len = strcspn(name, ">");

	for (size_t i = 0; i < language->tables_n; i++) {
		const struct say_table *table = &language->tables[i];

		if (strncmp(table->name, name, len) == 0 && table->name[len] == '\0')
			return table;
	}
	return NULL;
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
		return table_of(language, "particle>") != NULL;
	if (name[0] == '=')
		return name[1] != '\0' && strchr("A9wbe", name[1]) != NULL && name[2] == '>';
	if (is_digit((unsigned char)name[0]))
		return bounds_known(name);
	return class_of(name) != NULL || table_of(language, name) != NULL;
}

static bool
match_table(struct match *m, const char *name)
{
	const struct say_table *table = table_of(m->language, name);
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
	if (name[0] == '=')
		return comes_next(m, name[1]);
	if (is_digit((unsigned char)name[0]))
		return match_capture(m, digits_within(m->text, m->at, name), NULL);
	const struct class *class = class_of(name);
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
	const struct class *class = p[0] == '<' ? class_of(p + 1) : NULL;
	const struct say_table *table = p[0] == '<' ? table_of(language, p + 1) : NULL;
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
	struct match m = {text, language, captures, text->at, 0};
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
