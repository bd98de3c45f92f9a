#include "text_words.h"

#include "text.h"
#include "text_uni.h"

/* Scripts without spaces, apart from Han and Kana, which uni_cjk() covers. */
static const struct {
	uint32_t first, last;
} dense[] = {{0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1780, 0x17ff}, {0x19e0, 0x19ff}};

/* Kinds of characters that form words; neighbours of the same kind belong to the same word. */
enum kind { NOTHING, SPACE, SIGN, LETTERS, DENSE };

static bool
is_dense(uint32_t c)
{
	for (size_t i = 0; i < sizeof dense / sizeof dense[0]; i++)
		if (c >= dense[i].first && c <= dense[i].last)
			return true;
	return uni_cjk(c);
}

static enum kind
kind_of(uint32_t c, enum kind before)
{
	enum cls cls = uni_cls(c);

	if (cls == C_SPACE)
		return SPACE;
	if (cls == C_MARK)
		return before;
	if (cls == C_EMOJI)
		return SIGN;
	if (cls_letter(cls))
		return is_dense(c) ? DENSE : LETTERS;
	return cls_spoken(cls) ? LETTERS : NOTHING;
}

/* Whether C between BEFORE and AFTER, which are parts of words, joins them into one word. */
static bool
joins_words(uint32_t c, uint32_t before, uint32_t after)
{
	bool digits = uni_cls(before) == C_DIGIT && uni_cls(after) == C_DIGIT;

	switch (uni_cls(c)) {
	case C_OTHER:
	case C_DOT:
		return true;
	case C_CLAUSE:
		return digits;
	case C_DASH:
		return c == '-' || c == 0x2010 || c == 0x2011 || digits;
	case C_QUOTE:
		return c == '\'' || c == 0x2019;
	default:
		return false;
	}
}

uint8_t *
text_words(struct pool *pool, const char *text, size_t len, size_t *n)
{
	uint8_t *marks = pool_alloc(pool, utf8_count(text, len) + 1);
	enum kind last = SPACE; /* kind of the code point before */
	uint32_t before = 0;
	size_t k = 0;

	for (size_t i = 0; i < len; k++) {
		uint32_t c = utf8_next(text, len, &i);
		enum kind kind = kind_of(c, last);

		if (kind == NOTHING && last >= SIGN && i < len) {
			uint32_t after = utf8_at(text, len, i);

			if (kind_of(after, SPACE) == last && joins_words(c, before, after))
				kind = last;
		}
		marks[k] = kind == SPACE ? WORD_SPACE : kind >= SIGN ? WORD_IN : 0;
		if (kind >= SIGN && last >= SIGN && kind != last)
			marks[k] |= WORD_BEGINS;
		if (kind == DENSE && uni_cls(c) != C_MARK)
			marks[k] |= WORD_MAY_CUT;
		last = kind;
		before = c;
	}
	*n = k;
	return marks;
}
