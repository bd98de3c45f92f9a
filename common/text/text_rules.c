#include "text_parts.h"

#include <string.h>

#define OPENING 3 /* words; "At 5 p.m. Mr. X …" continues, "He left at 6 p.m. Mr. X …" does not */

static bool
has_flag(uint32_t flags, enum word kind)
{
	return flags >> kind & 1;
}

static bool
in_block(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* Armenian sentences end with ":"; dots are pauses within them. */
static bool
is_armenian(uint32_t c)
{
	return in_block(c, 0x0530, 0x058f);
}

static bool
is_cased(enum cls k)
{
	return k == C_UPPER || k == C_LOWER;
}

static bool
is_thai(uint32_t c)
{
	return in_block(c, 0x0e00, 0x0eff); /* and Lao */
}

/* A capitalized word that typically begins a sentence. "I" counts only if no full stop follows
 * it. */
static bool
begins_sentence(const struct word_after *a)
{
	return a->quote || (a->cls == C_UPPER && has_flag(a->flags, W_STARTER) && a->then != '.');
}

/* Whether the next word is written like the beginning of a sentence. */
static bool
can_begin_sentence(const struct word_after *a)
{
	return a->quote || a->ellipsis || a->cls == C_UPPER || a->cls == C_LETTER ||
	       a->cls == C_DIGIT || a->cls == C_ENUM || a->cls == C_SIGN || a->cls == C_EMOJI;
}

bool
quote_goes_on(const struct wordlist *wordlist, const struct word_after *a, bool gap, bool ended)
{
	size_t i = 0;
	bool tail = false;

	if (a->quote || a->bracket || a->dash || a->cls != C_LETTER)
		return false;
	if (!gap && has_flag(a->flags, W_TAIL) && !uni_cjk(a->c))
		return !(ended && has_flag(a->flags, W_TAIL_DET) && a->then == ' ');
	for (int n = 0; n < 5 && i < a->len; n++) {
		uint32_t flags;

		utf8_next(a->word, a->len, &i);
		flags = wordlist_find(wordlist, a->word, i);
		if (ended && uni_cjk(a->c) && has_flag(flags, W_STARTER))
			return false;
		tail |= has_flag(flags, W_TAIL_VERB) || (uni_cjk(a->c) && has_flag(flags, W_TAIL));
	}
	return tail;
}

/* Whether the character S[from..i) and the one before or after it form a word of that kind. */
static bool
word_around(const struct boundary *p, size_t from, size_t i, enum word kind)
{
	size_t before = from, after = i;

	utf8_prev(p->s, p->begin, &before);
	if (after < p->end)
		utf8_next(p->s, p->end, &after);
	return has_flag(wordlist_find(p->wordlist, p->s + before, i - before), kind) ||
	       has_flag(wordlist_find(p->wordlist, p->s + from, after - from), kind);
}

/* Chinese: "“好！”他说" names the speaker within a few characters after the quote. */
static bool
speaker_follows(const struct boundary *p)
{
	const struct word_after *a = &p->after;
	size_t open = p->quote;

	if (open > p->begin && uni_cls(utf8_prev(p->s, p->begin, &open)) == C_CLAUSE)
		return false; /* the speaker was named before the quote: 他说：“好！” */
	for (size_t i = a->at, n = 0; n < 6 && i < p->end; n++) {
		size_t from = i;
		uint32_t c = utf8_next(p->s, p->end, &i);

		if (!uni_cjk(c) || uni_kana(c))
			return false;
		if (has_flag(wordlist_find(p->wordlist, p->s + from, i - from), W_SAID))
			return !word_around(p, from, i, W_NOT_SAID);
	}
	return false;
}

/* "“Stop!” John said.": a name and a verb of speech. */
static bool
name_said(const struct boundary *p)
{
	struct word_after verb;
	const struct word_after *a = &p->after;

	if (!p->quoted || !a->capital || a->quote || begins_sentence(a) || a->then != ' ')
		return false;
	after_read(&verb, p->wordlist, p->s, p->end, a->end + 1);
	return verb.cls == C_LOWER && has_flag(verb.flags, W_SAID);
}

static bool
ask_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	if (!p->gap && !p->closed && uni_dense(b->c) &&
	    (can_begin_sentence(a) || a->cls == C_LOWER))
		return true;
	if (!p->gap && !p->closed && !a->quote && !a->bracket && !a->dash)
		return (a->cls == C_UPPER && cls_letter(b->cls)) ||
		       (a->cls == C_LETTER && cls_word(b->cls));
	if (a->cls == C_LOWER && !a->quote && !a->camel && !uni_dense(b->c)) {
		if (p->gap && !p->closed && !a->dash && a->then == '?')
			return true; /* "who? what?" */
		if (p->closed || a->dash || !p->gap || p->spaced)
			return false;
		/* "Alas! it was": this ends a sentence only in a text without capital letters. */
		return !a->bracket && uni_cls(utf8_at(p->s, p->end, p->first)) == C_LOWER;
	}
	if (a->cls == C_UPPER && !p->closed && has_flag(b->flags, W_BANG) && b->capital &&
	    (b->len > 3 || (p->words > 1 && (b->len == 1 || !b->all_caps)))) /* not "Now!" alone */
		return begins_sentence(a);
	return (can_begin_sentence(a) || a->cls == C_LOWER) && !name_said(p);
}

bool
sounds_final(const struct boundary *p)
{
	size_t i = p->at;

	for (int n = 0; n < 2 && i > p->begin; n++) {
		if (!cls_letter(uni_cls(utf8_prev(p->s, p->begin, &i))))
			break;
		if (has_flag(wordlist_find(p->wordlist, p->s + i, p->at - i), W_FINAL))
			return true;
	}
	return false;
}

/* An ellipsis before a script without case ends a sentence only if that sounds complete. */
static bool
ellipsis_uncased(const struct boundary *p)
{
	if (is_thai(p->after.c))
		return false;
	return uni_dense(p->before.c) ? sounds_final(p) : p->gap && p->words > 2;
}

static bool
ellipsis_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;
	bool full = p->dots >= 4 && !p->sparse;

	if (b->cls == C_OPEN && p->closed && (!p->quoted || a->bracket)) /* [...] */
		return false;
	if (uni_dense(b->c) && (can_begin_sentence(a) || a->cls == C_LOWER))
		return p->closed || a->quote || ellipsis_uncased(p);
	if (a->cls == C_DIGIT)
		return p->dots < 4 && p->closed && p->gap;
	if (a->quote && p->gap)
		return true;
	if (a->cls == C_LETTER)
		return p->closed || ellipsis_uncased(p);
	if (a->cls != C_UPPER)
		return a->cls == C_EMOJI;
	if (!p->gap && !p->closed)
		return cls_word(b->cls) && !is_armenian(b->c);
	if (!full && a->len == b->len && a->len > 0 && memcmp(a->word, b->word, a->len) == 0)
		return false; /* a stutter: "I... I" */
	if (!full && !p->closed && a->word[0] == 'i' && (a->len == 1 || a->word[1] == '\''))
		return p->sparse && p->dots >= 4; /* "I" is a capital anywhere */
	if (p->spaced && p->dots <= 3)
		return begins_sentence(a);
	return !name_said(p);
}

/* A number in a date like "2020. 3. 15.": another one with its full stop precedes or follows it. */
static bool
is_date(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;
	size_t i = b->from;

	if (a->cls == C_DIGIT && a->chars <= 2 && (b->digits == 4 || a->then == '.'))
		return true;
	return b->digits <= 2 && i > p->begin &&
	       uni_cls(utf8_prev(p->s, p->begin, &i)) == C_SPACE && i > p->begin &&
	       utf8_prev(p->s, p->begin, &i) == '.' && i > p->begin &&
	       uni_cls(utf8_prev(p->s, p->begin, &i)) == C_DIGIT;
}

/* The number is not an ordinal, because an abbreviation precedes it: "fig. 12." */
static bool
is_reference(const struct boundary *p)
{
	struct word_before b;
	size_t i = p->before.from;

	if (i <= p->begin || uni_cls(utf8_prev(p->s, p->begin, &i)) != C_SPACE || i <= p->begin ||
	    utf8_prev(p->s, p->begin, &i) != '.')
		return false;
	before_read(&b, p->wordlist, p->s, p->begin, i);
	return has_flag(b.flags, W_NUMBERED);
}

static bool
number_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	if (a->cls == C_LOWER && !a->quote)
		return false;
	if (!p->spaced && is_date(p) && (a->cls == C_DIGIT || uni_hangul(a->c)))
		return false;
	if (a->cls == C_DIGIT)
		return b->digits > 2 || !wordlist_ordinal(p->wordlist);
	if (a->cls == C_UPPER && wordlist_ordinal(p->wordlist) && b->digits <= 2)
		return begins_sentence(a) || is_reference(p);
	return can_begin_sentence(a);
}

/* "5 p.m.", "1990 г.": ends the sentence unless it has only just begun. */
static bool
time_ends(const struct boundary *p)
{
	const struct word_after *a = &p->after;

	if (has_flag(a->flags, W_FOLLOWER) || a->cls == C_LOWER || a->cls == C_DIGIT)
		return a->quote;
	return p->words > OPENING || (begins_sentence(a) && !has_flag(a->flags, W_TITLE));
}

static bool
is_roman(const struct word_after *a)
{
	if (a->len == 1 ? a->word[0] == 'i' : !a->all_caps)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (!strchr("ivxlcdm", a->word[i]))
			return false;
	return a->len > 0;
}

enum verdict { NO, YES, WORD };

/* Look up the word before; WORD if it is not an abbreviation here. */
static enum verdict
abbreviation_verdict(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;
	bool lower = a->cls == C_LOWER && !a->quote;

	if (has_flag(b->flags, W_MID))
		return NO;
	if ((b->flags & ~(1U << W_NUMBERED | 1U << W_BANG)) && b->c < 0x250 && uni_dense(a->c))
		return NO;
	if (has_flag(b->flags, W_NUMBERED) &&
	    (a->cls == C_DIGIT || (a->cls == C_UPPER && is_roman(a))))
		return NO;
	if (has_flag(b->flags, W_TIME))
		return time_ends(p) ? YES : NO;
	if (has_flag(b->flags, W_YEAR))
		return b->after_number && time_ends(p) ? YES : NO;
	if (has_flag(b->flags, W_SOFT) || (has_flag(b->flags, W_TITLE) && b->after_number))
		return !lower && a->cls != C_DIGIT ? YES : NO;
	if (has_flag(b->flags, W_END) && a->bracket && a->quote && is_short_name(a, p->s, p->end))
		return NO;
	if (has_flag(b->flags, W_END)) {
		if (a->cls == C_LETTER && !cls_letter(b->cls))
			return YES;
		return begins_sentence(a) || (a->cls == C_LETTER && b->cls != C_LETTER) ? YES : NO;
	}
	if (has_flag(b->flags, W_TITLE))
		return !b->capital && b->cls != C_LETTER && begins_sentence(a) ? YES : NO;
	if (has_flag(b->flags, W_NUMBERED) && lower)
		return NO;
	return WORD;
}

/* For a single letter, or letters separated by full stops. */
static bool
initial_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	if (b->from == p->begin && b->letters == 1)
		return false;
	if (b->c < 0x250 && uni_dense(a->c))
		return false;
	if (!is_cased(b->cls) || a->cls == C_LETTER)
		return b->after_number ||
		       (a->cls == C_LETTER && is_cased(b->cls) && b->letters > 1);
	return begins_sentence(a) || (b->after_number && b->cls == C_LOWER && a->cls == C_UPPER);
}

/* Whether it is long enough that a full stop followed by a lower-case letter is likely to be a
 * careless end of a sentence. */
static bool
is_long_word(const struct word_before *b)
{
	unsigned least = b->c < 0x250 ? 3 : 4;

	if (b->letters < least || b->all_caps)
		return false;
	if (b->len == 0 || b->c >= 0x80)
		return true;
	for (size_t i = 0; i < b->len; i++)
		if ((uint8_t)b->word[i] >= 0x80 || strchr("aeiouy", b->word[i]))
			return true;
	return false;
}

static bool
dot_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;
	enum verdict verdict;

	if ((!can_begin_sentence(a) && a->cls != C_LOWER) || a->c == '&' ||
	    (a->cls == C_LOWER && is_day_name(b, p->s, p->begin)))
		return false;
	if (b->digits > 0 && b->letters > 1 &&
	    (has_flag(a->flags, W_FOLLOWER) || (a->len == 3 && memcmp(a->word, "may", 3) == 0)))
		return false; /* 23rd. May */
	if (b->cls == C_DIGIT && b->letters == 0)
		return number_ends(p);
	if (!cls_word(b->cls) && b->len == 0)
		return can_begin_sentence(a) || !p->closed;
	verdict = abbreviation_verdict(p);
	if (verdict != WORD)
		return verdict == YES;
	if (uni_dense(b->c))
		return true;
	if (is_thai(b->c) && b->letters < 4)
		return false;
	if ((b->letters == 1 && b->digits == 0) || b->acronym)
		return initial_ends(p);
	if (a->cls == C_LOWER && !a->quote && !a->ellipsis)
		return !is_armenian(b->c) && !p->closed && !a->dash && !p->spaced &&
		       is_long_word(b);
	return !name_said(p);
}

/* The suffix of a host or file name: "naver.com", "README.TXT". */
static bool
is_suffix(const struct word_after *a)
{
	return has_flag(a->flags, W_SUFFIX) && !a->capital;
}

/* A number of an enumeration within a sentence: "to buy: 1.Rice, 2.Beans". */
static bool
is_item(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	size_t i = b->from;

	return b->digits <= 2 && i > p->begin &&
	       uni_cls(utf8_prev(p->s, p->begin, &i)) == C_SPACE && i > p->begin &&
	       uni_cls(utf8_prev(p->s, p->begin, &i)) == C_CLAUSE;
}

/* No white space, and a letter with case follows: "world.Today", "Node.js", "ASP.NET". */
static bool
joined_cased(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	if (a->cls == C_LOWER)
		return uni_dense(b->c) && !is_suffix(a);
	if (uni_dense(b->c))
		return true;
	if (address_follows(p->s, p->end, a->at) || a->camel || a->then == '(' || a->then == '_')
		return false;
	if (a->all_caps && (is_suffix(a) || b->cls == C_UPPER))
		return false;
	if (b->cls == C_DIGIT)
		return a->capital && b->from != p->begin && !is_item(p);
	if (!cls_word(b->cls))
		return true;
	if ((b->flags & ~(1U << W_NUMBERED)) || b->acronym)
		return (has_flag(b->flags, W_SOFT) || has_flag(b->flags, W_END)) &&
		       begins_sentence(a);
	if (b->letters < 2)
		return false;
	return a->chars > 1 || (a->then == ' ' && b->letters > 2);
}

/* No white space, and a letter without case follows: "좋았지.다른". */
static bool
joined_uncased(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	if (is_thai(a->c) || is_thai(b->c))
		return false;
	if (b->cls == C_DIGIT)
		return b->digits > 2 && b->from != p->begin && !has_flag(a->flags, W_TAIL);
	if (uni_hangul(b->c))
		return !(b->letters == 1 && a->chars == 1 && a->then == '.') && !b->flags;
	if (uni_cjk(b->c) || !cls_word(b->cls))
		return true;
	if (b->flags || b->acronym || b->letters < 2 || has_flag(a->flags, W_TAIL))
		return false;
	return is_cased(b->cls) || a->chars > 2 || (b->letters > 2 && a->chars > 1);
}

static bool
joined_ends(const struct boundary *p)
{
	const struct word_before *b = &p->before;
	const struct word_after *a = &p->after;

	switch (a->cls) {
	case C_UPPER:
	case C_LOWER:
		return joined_cased(p);
	case C_LETTER:
		return joined_uncased(p);
	case C_ENUM:
		return cls_word(b->cls);
	case C_DIGIT:
	case C_SIGN:
		return uni_dense(b->c) || b->cls == C_CLOSE;
	default:
		return false;
	}
}

bool
boundary_ends(const struct boundary *p)
{
	const struct word_after *a = &p->after;

	if (a->cls == C_CLAUSE || a->c == 0)
		return false;
	if (p->closed ? quote_goes_on(p->wordlist, a, p->gap, true)
		      : p->kind == KIND_DOT && has_flag(a->flags, W_TAIL_BARE))
		return false;
	if (p->quoted && uni_cjk(a->c) && !a->quote && speaker_follows(p))
		return false;
	switch (p->kind) {
	case KIND_STOP:
		return can_begin_sentence(a) || a->cls == C_LOWER || a->bracket || a->dash;
	case KIND_ASK:
		return ask_ends(p);
	case KIND_ELLIPSIS:
		return ellipsis_ends(p);
	default:
		if (!p->gap && !p->closed && !a->quote && !a->bracket)
			return joined_ends(p);
		return dot_ends(p);
	}
}
