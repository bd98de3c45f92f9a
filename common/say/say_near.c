#include "say_parts.h"

#include <string.h>
#include <strings.h>

#include "../text/text_uni.h"

const struct say_table *
say_table_of(const struct say_language *language, const char *name)
{
	size_t len = strcspn(name, ">");

	for (size_t i = 0; i < language->tables_n; i++) {
		const struct say_table *table = &language->tables[i];

		if (strncmp(table->name, name, len) == 0 && table->name[len] == '\0')
			return table;
	}
	return NULL;
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x202f;
}

size_t
say_next_word(const struct say_text *t, size_t at)
{
	size_t next = at;

	if (at < t->len && is_space(utf8_next(t->s, t->len, &next)))
		return next;
	return at;
}

size_t
say_last_word(const struct say_text *t, size_t at)
{
	size_t before = at;

	if (at > 0 && is_space(utf8_prev(t->s, 0, &before)))
		return before;
	return at;
}

static bool
is_word(uint32_t c)
{
	return cls_letter(uni_cls(c)) || (c >= '0' && c <= '9');
}

/* Whether ENTRY begins at T->s[AT] and ends with a word. */
static bool
entry_begins(const struct say_text *t, size_t at, const char *entry)
{
	size_t n = strlen(entry), before = at + n;

	if (t->len - at < n || strncasecmp(t->s + at, entry, n) != 0)
		return false;
	return !is_word(utf8_prev(t->s, at, &before)) || !is_word(utf8_at(t->s, t->len, at + n));
}

/* Whether ENTRY ends before T->s[AT] and begins with a word. */
static bool
entry_ends(const struct say_text *t, size_t at, const char *entry)
{
	size_t n = strlen(entry), from = at - n;

	if (at < n || strncasecmp(t->s + from, entry, n) != 0)
		return false;
	return from == 0 || !is_word(utf8_at(t->s, t->len, from)) ||
	       !is_word(utf8_prev(t->s, 0, &from));
}

static bool
table_near(const struct say_text *t, const struct say_table *table, size_t at,
    bool (*is)(const struct say_text *t, size_t at, const char *entry))
{
	for (size_t i = 0; i < table->n; i++)
		if (is(t, at, table->entries[i].from))
			return true;
	return false;
}

/* A word in small letters. */
static bool
before_small(const struct say_text *t, size_t at)
{
	size_t word = say_next_word(t, at);

	return word < t->len && uni_cls(utf8_at(t->s, t->len, word)) == C_LOWER;
}

static bool
before_capital(const struct say_text *t, size_t at)
{
	size_t word = say_next_word(t, at);

	return word < t->len && uni_cls(utf8_at(t->s, t->len, word)) == C_UPPER;
}

static bool
after_start(const struct say_text *t, size_t at)
{
	return at == 0;
}

/* A letter or digit without a space. */
static bool
after_glued(const struct say_text *t, size_t at)
{
	return at > 0 && cls_word(uni_cls(utf8_prev(t->s, 0, &at)));
}

/* The beginning of the text, a space or an opening bracket. */
static bool
after_gap(const struct say_text *t, size_t at)
{
	return at == 0 || strchr(" (", t->s[at - 1]) != NULL;
}

/* A number and a space: "Room 5 10-12", "3 -5". */
static bool
after_number(const struct say_text *t, size_t at)
{
	size_t end = say_last_word(t, at);

	return end > 0 && t->s[end - 1] >= '0' && t->s[end - 1] <= '9';
}

/* A digit without a space. */
static bool
before_digit(const struct say_text *t, size_t at)
{
	return at < t->len && t->s[at] >= '0' && t->s[at] <= '9';
}

/* A full stop that does not end the text: that of an initial, perhaps. */
static bool
before_initial(const struct say_text *t, size_t at)
{
	return at + 1 < t->len && t->s[at] == '.';
}

/* A letter of any script without a space. */
static bool
before_letter(const struct say_text *t, size_t at)
{
	return at < t->len && cls_letter(uni_cls(utf8_at(t->s, t->len, at)));
}

/* What every language has. */
static const struct say_near nears[] = {{"small", before_small}, {"capital", before_capital},
    {"digit", before_digit}, {"letter", before_letter}, {"initial", before_initial},
    {"start", after_start}, {"glued", after_glued}, {"gap", after_gap}, {"digits", after_number}};

static const struct say_near *
near_among(const struct say_near *all, size_t n, const char *name)
{
	size_t len = strcspn(name, ">");

	for (size_t i = 0; i < n; i++)
		if (strncmp(all[i].name, name, len) == 0 && all[i].name[len] == '\0')
			return &all[i];
	return NULL;
}

static const struct say_near *
near_of(const struct say_language *language, const char *name)
{
	const struct say_near *near = NULL;

	if (language->nears_n != NULL)
		near = near_among(language->nears, *language->nears_n, name);
	return near != NULL ? near : near_among(nears, SAY_COUNT(nears), name);
}

/* Skip PREFIX at *NAME; false if it is not there. */
static bool
skip(const char **name, const char *prefix)
{
	size_t n = strlen(prefix);

	if (strncmp(*name, prefix, n) != 0)
		return false;
	*name += n;
	return true;
}

bool
say_near_known(const struct say_language *language, const char *name)
{
	skip(&name, "not ");
	if (!skip(&name, "before ") && !skip(&name, "after "))
		return false;
	return near_of(language, name) != NULL || say_table_of(language, name) != NULL;
}

bool
say_near(const struct say_text *t, const struct say_language *language, size_t begin, size_t end,
    const char *name)
{
	bool negated = skip(&name, "not "), before = skip(&name, "before "), is;
	const struct say_near *near;

	if (!before)
		skip(&name, "after ");
	near = near_of(language, name);
	if (near != NULL)
		is = near->is(t, before ? end : begin);
	else if (before)
		is = table_near(
		    t, say_table_of(language, name), say_next_word(t, end), entry_begins);
	else
		is = table_near(
		    t, say_table_of(language, name), say_last_word(t, begin), entry_ends);
	return is != negated;
}
