#include "text_parts.h"

#include <string.h>

#define LOOK 8					/* maximum opening marks to skip */
#define POINTS 24				/* maximum code points of a word */
#define COMPOUND 3				/* length in bytes of the words of W_COMPOUND */
#define ABBREVIATION ((1U << (W_YEAR + 1)) - 1) /* the kinds up to W_YEAR are abbreviations */

/* Append a code point in lower case to a word. A word that becomes too long counts as empty. */
static void
word_add(char *word, size_t *len, uint32_t c)
{
	char utf8[4];
	size_t n;

	c = uni_lower(c);
	if (c == 0x2019)
		c = '\'';
	n = utf8_encode(c, utf8);
	if (*len + n <= WORD_MAX)
		memcpy(word + *len, utf8, n);
	*len += n;
}

/* The last character of "N°" and the like. */
static bool
is_number_sign(uint32_t c)
{
	return c == 0xb0 || c == 0x2116;
}

static bool
joins_word(uint32_t c, enum cls k)
{
	return cls_word(k) || is_number_sign(c) || c == '.' || c == '-' || c == '\'' ||
	       c == 0x2019 || c == 0x2010 || c == 0x2011;
}

/* Move I back over a word of at most POINTS code points; return false if it is longer. */
static bool
skip_back_word(const char *s, size_t begin, size_t *i)
{
	uint32_t after = 0;

	for (int n = 0; *i > begin; n++) {
		size_t at = *i;
		uint32_t c = utf8_prev(s, begin, &at);

		if (!joins_word(c, uni_cls(c)) || (after && uni_dense(c) && !uni_dense(after)))
			return true;
		after = c;
		if (n == POINTS)
			return false;
		*i = at;
	}
	return true;
}

/* If S[*i] follows a letter with a full stop, surrounded by white space ("z. B"), move I to that
 * letter. */
static bool
skip_back_letter(const char *s, size_t begin, size_t *i)
{
	size_t at = *i;

	if (at <= begin || uni_cls(utf8_prev(s, begin, &at)) != C_SPACE)
		return false;
	if (at <= begin || utf8_prev(s, begin, &at) != '.')
		return false;
	if (at <= begin || !cls_letter(uni_cls(utf8_prev(s, begin, &at))))
		return false;
	*i = at;
	return at == begin || !joins_word(0, uni_cls(utf8_prev(s, begin, &at)));
}

static void
word_read(const char *s, size_t from, size_t to, char *word, size_t *len)
{
	*len = 0;
	for (size_t i = from; i < to;) {
		uint32_t c = utf8_next(s, to, &i);

		if (uni_cls(c) != C_SPACE)
			word_add(word, len, c);
	}
	if (*len > WORD_MAX)
		*len = 0;
}

static void
count_parts(struct word_before *b, const char *s, size_t to)
{
	unsigned part = 0;
	bool dot = false, shorts = true;

	for (size_t i = b->from; i < to;) {
		uint32_t c = utf8_next(s, to, &i);
		enum cls k = uni_cls(c);

		if (c == '.') {
			dot = true;
			part = 0;
			continue;
		}
		if (cls_letter(k) || k == C_MARK)
			b->letters++;
		if (k == C_DIGIT)
			b->digits++;
		if (cls_letter(k) && ++part > 2)
			shorts = false;
	}
	b->acronym = dot && shorts && b->letters > 0 && b->digits == 0;
}

/* Look up the word itself, with the letters before it ("z. B."), or its last part. */
static void
word_look_up(
    struct word_before *b, const struct wordlist *wordlist, const char *s, size_t begin, size_t to)
{
	char whole[WORD_MAX];
	size_t from = b->from, len, last;

	if (b->letters <= 3)
		for (int i = 0; i < 3 && skip_back_letter(s, begin, &from);)
			i++;
	if (from < b->from) {
		word_read(s, from, to, whole, &len);
		b->flags = wordlist_find(wordlist, whole, len);
		if (b->letters == 1)
			b->acronym = true;
	}
	if (!b->flags)
		b->flags = wordlist_find(wordlist, b->word, b->len);
	for (last = b->len; last > 0 && !strchr(".'", b->word[last - 1]);)
		last--;
	if (!(b->flags & ABBREVIATION) && last > 0 && !b->acronym)
		b->flags = wordlist_find(wordlist, b->word + last, b->len - last);
	if (b->len > COMPOUND &&
	    wordlist_find(wordlist, b->word + b->len - COMPOUND, COMPOUND) >> W_COMPOUND & 1)
		b->flags |= 1U << W_NUMBERED;
	b->flags &= ABBREVIATION | 1U << W_BANG;
}

void
before_read(
    struct word_before *b, const struct wordlist *wordlist, const char *s, size_t begin, size_t at)
{
	size_t i = at, to;

	memset(b, 0, sizeof *b);
	while (i > begin) {
		to = i;
		b->c = utf8_prev(s, begin, &i);
		b->cls = uni_cls(b->c);
		if (b->cls != C_SPACE || at - i > 4) {
			i = to;
			break;
		}
	}
	to = b->from = i;
	if (uni_cjk(b->c) || (!cls_word(b->cls) && !is_number_sign(b->c))) {
		b->letters = cls_word(b->cls) ? 1 : 0;
		return;
	}
	if (!skip_back_word(s, begin, &b->from)) {
		b->letters = POINTS;
		return;
	}
	while (b->from < to && strchr(".-'", s[b->from]))
		b->from++;
	if (b->from == to)
		return;
	b->capital = uni_cls(utf8_at(s, to, b->from)) == C_UPPER;
	b->all_caps = b->capital && b->cls == C_UPPER;
	word_read(s, b->from, to, b->word, &b->len);
	count_parts(b, s, to);
	if (is_number_sign(b->c) && b->digits > 0) /* 25° */
		b->len = 0;
	word_look_up(b, wordlist, s, begin, to);
	i = b->from;
	if (i > begin && uni_cls(utf8_prev(s, begin, &i)) == C_SPACE && i > begin)
		b->after_number = uni_cls(utf8_prev(s, begin, &i)) == C_DIGIT;
}

/* Read the word at S[a->at]. */
static void
read_word(struct word_after *a, const char *s, size_t end)
{
	bool lower = false, upper = false;
	size_t i = a->at;

	while (i < end) {
		size_t from = i;
		uint32_t c = utf8_next(s, end, &i);
		enum cls k = uni_cls(c);
		bool quote = (c == '\'' || c == 0x2019) && i < end && a->chars > 0 &&
			     cls_letter(uni_cls(utf8_at(s, end, i)));

		if ((!cls_word(k) && !quote) || a->chars == POINTS ||
		    (a->chars > 0 && uni_hangul(c) != uni_hangul(a->c))) {
			a->then = c;
			i = from;
			break;
		}
		if (a->chars == 1 && k == C_LOWER)
			a->capital = upper;
		if (k == C_UPPER && lower)
			a->camel = true;
		lower |= k == C_LOWER;
		upper |= k == C_UPPER;
		a->chars++;
		word_add(a->word, &a->len, c);
	}
	a->end = i;
	a->all_caps = upper && !lower && a->chars > 1;
	if (a->len > WORD_MAX)
		a->len = 0;
}

/* If an ellipsis at S[at] is followed by a word without a space, return the start of the word,
 * otherwise AT. */
static size_t
leading_ellipsis(const char *s, size_t end, size_t at)
{
	size_t i = at, from = at;
	enum cls k = C_OTHER;

	for (int n = 0; n < LOOK && i < end; n++) {
		from = i;
		k = uni_cls(utf8_next(s, end, &i));
		if (k != C_ELLIPSIS && k != C_DOT)
			break;
	}
	return cls_letter(k) && (from - at > 1 || s[at] != '.') ? from : at;
}

void
after_read(
    struct word_after *a, const struct wordlist *wordlist, const char *s, size_t end, size_t at)
{
	size_t i = at;

	memset(a, 0, sizeof *a);
	a->at = end;
	for (int n = 0; n < LOOK && i < end; n++) {
		a->at = i;
		a->c = utf8_next(s, end, &i);
		a->cls = uni_cls(a->c);
		if (a->cls == C_QUOTE || a->c == 0xbf || a->c == 0xa1)
			a->quote = true;
		else if (a->cls == C_OPEN)
			a->bracket = true;
		else if (a->cls == C_DASH || a->cls == C_BULLET)
			a->dash = true;
		else if (a->cls == C_DOT || a->cls == C_ELLIPSIS) {
			i = leading_ellipsis(s, end, a->at);
			if (i == a->at)
				break;
			a->ellipsis = true;
		} else if (a->cls != C_SPACE || !a->dash)
			break;
	}
	if (!cls_word(a->cls))
		return;
	read_word(a, s, end);
	a->flags = wordlist_find(wordlist, a->word, a->len);
}

bool
is_day_name(const struct word_before *b, const char *s, size_t begin)
{
	static const char *const days[] = {"sat", "sun", "mon", "wed"};

	if (!b->capital || b->len != 3 || b->from < begin + 3 ||
	    memcmp(s + b->from - 3, "on ", 3) != 0)
		return false;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		if (memcmp(b->word, days[i], 3) == 0)
			return true;
	return false;
}

bool
is_short_name(const struct word_after *a, const char *s, size_t end)
{
	for (size_t i = a->at; i < end && i - a->at < WORD_MAX; i++) {
		if (s[i] == ')')
			return true;
		if (s[i] == '.' || s[i] == ',' || s[i] == '?' || s[i] == '!')
			return false;
	}
	return false;
}
