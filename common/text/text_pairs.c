#include "text_parts.h"

#include <string.h>

#define DEPTH 8 /* open marks that are searched for a partner */

/* Which mark closes which. A mark in both columns opens unless its partner is open. */
static const struct {
	uint32_t open, close;
} partners[] = {
    {'(', ')'}, {'[', ']'}, {',', 0x201c}, {',', 0x201d}, {'{', '}'}, {'"', '"'}, {'\'', '\''},
    {'`', '\''}, {'`', '`'}, {0x00ab, 0x00bb}, /* « » */
    {0x00bb, 0x00ab},			       /* » « */
    {0x2018, 0x2019},			       /* ‘ ’ */
    {0x201a, 0x2018},			       /* ‚ ‘ */
    {0x201a, 0x2019},			       /* ‚ ’ */
    {0x201c, 0x201d},			       /* “ ” */
    {0x201d, 0x201d},			       /* ” ” */
    {0x201e, 0x201c},			       /* „ “ */
    {0x201e, 0x201d},			       /* „ ” */
    {0x2039, 0x203a},			       /* ‹ › */
    {0x203a, 0x2039},			       /* › ‹ */
    {0x3008, 0x3009},			       /* 〈 〉 */
    {0x300a, 0x300b},			       /* 《 》 */
    {0x300c, 0x300d},			       /* 「 」 */
    {0x300e, 0x300f},			       /* 『 』 */
    {0x3010, 0x3011},			       /* 【 】 */
    {0x3014, 0x3015},			       /* 〔 〕 */
    {0x3016, 0x3017},			       /* 〖 〗 */
    {0xff08, 0xff09},			       /* （ ） */
    {0xff3b, 0xff3d},			       /* ［ ］ */
    {0xff5b, 0xff5d},			       /* ｛ ｝ */
    {0xff62, 0xff63},			       /* ｢ ｣ */
};

static bool
is_pair(uint32_t open, uint32_t close)
{
	for (size_t i = 0; i < sizeof partners / sizeof *partners; i++)
		if (partners[i].open == open && partners[i].close == close)
			return true;
	return false;
}

static bool
can_open(uint32_t c)
{
	for (size_t i = 0; i < sizeof partners / sizeof *partners; i++)
		if (partners[i].open == c)
			return true;
	return false;
}

/* The open marks, the last DEPTH of them in a ring: level I is at I % DEPTH. */
struct open {
	size_t mark, level;
};

/* The level of the open mark that C closes, or LEVELS if none of those in the ring matches. */
static size_t
find_partner(const struct marks *marks, const struct open *open, size_t levels, uint32_t c)
{
	for (size_t i = levels; i-- > 0 && levels - i <= DEPTH;)
		if (open[i % DEPTH].level == i && is_pair(marks->v[open[i % DEPTH].mark].c, c))
			return i;
	return levels;
}

static struct mark *
mark_add(struct marks *marks)
{
	if (marks->n == marks->cap) {
		size_t cap = marks->cap ? marks->cap * 2 : 64;
		struct mark *v = pool_array(marks->pool, cap, sizeof *v);

		if (marks->n)
			memcpy(v, marks->v, marks->n * sizeof *v);
		marks->v = v;
		marks->cap = cap;
	}
	return &marks->v[marks->n++];
}

/* Whether a mark is where a word begins (ROLE_OPEN) or where one has ended. */
static bool
looks_like(enum role role, enum cls before, enum cls after)
{
	bool start = before == C_OTHER || before == C_SPACE || before == C_OPEN || before == C_DASH;
	bool stop = after == C_OTHER || after == C_SPACE;

	return role == ROLE_OPEN ? start && !stop : stop && !start;
}

static enum role
role_of(uint32_t c, bool has_partner, enum cls before, enum cls after)
{
	bool apostrophe = c == '\'' || c == 0x2019; /* scripts without case have no apostrophes */

	if (apostrophe && cls_word(before) && cls_word(after) && after != C_LETTER)
		return ROLE_NONE;
	if (c == '\'' && !has_partner && !looks_like(ROLE_OPEN, before, after))
		return ROLE_NONE;
	if (has_partner && !(can_open(c) && c < 0x80 && looks_like(ROLE_OPEN, before, after)))
		return ROLE_CLOSE;
	if (!can_open(c) || (c == '"' && looks_like(ROLE_CLOSE, before, after)))
		return ROLE_NONE;
	if ((c == 0x201d || c == 0xbb || c == 0x203a) && !looks_like(ROLE_OPEN, before, after))
		return ROLE_NONE;
	return ROLE_OPEN;
}

/* ",,Ja“": two commas used as a German low quote; I is after the first. */
static bool
is_low_quote(const char *s, size_t end, size_t i, uint32_t c, enum cls before)
{
	return c == ',' && i + 1 < end && s[i] == ',' &&
	       (before == C_SPACE || before == C_OPEN || before == C_DASH) &&
	       cls_word(uni_cls(utf8_at(s, end, i + 1)));
}

void
marks_find(struct marks *marks, const char *s, size_t begin, size_t end)
{
	struct open open[DEPTH];
	size_t levels = 0;
	enum cls before = C_SPACE;

	marks->n = 0;
	for (size_t i = begin; i < end;) {
		size_t at = i, other;
		enum cls k, after;
		struct mark *mark;
		uint32_t c;

		if (uni_plain(s[i])) {
			before = uni_cls((uint8_t)s[i++]);
			continue;
		}
		c = utf8_next(s, end, &i);
		k = is_low_quote(s, end, i, c, before) ? C_QUOTE : uni_cls(c);
		if (k != C_QUOTE && k != C_OPEN && k != C_CLOSE) {
			before = k;
			continue;
		}
		i += c == ',';
		after = i < end ? uni_cls(utf8_at(s, end, i)) : C_SPACE;
		other = find_partner(marks, open, levels, c);
		mark = mark_add(marks);
		*mark = (struct mark){.at = at, .other = SIZE_MAX, .c = c};
		mark->role = role_of(c, other < levels, before, after);
		if (mark->role == ROLE_CLOSE) {
			struct mark *first = &marks->v[open[other % DEPTH].mark];

			first->other = at;
			mark->other = first->at;
			levels = other;
		} else if (mark->role == ROLE_OPEN) {
			open[levels % DEPTH] = (struct open){marks->n - 1, levels};
			levels++;
		}
		before = mark->role == ROLE_OPEN ? C_OPEN : k;
	}
}
