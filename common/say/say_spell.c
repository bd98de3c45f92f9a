#include "say_parts.h"

#include <string.h>

#include "../text/text_uni.h"

#define SPACES_MAX 2 /* around a spelled character */
#define BLOCK_BITS 7 /* letters and digits of a script differ in their last bits only */

/* What spells a text out. */
struct speller {
	const struct buf *plain;
	const char *language;
	const uint8_t *marks; /* from say_silent, or NULL */
	uint32_t block;	      /* the last block of digits that was looked up; 0: none */
	bool native;	      /* and whether the text has letters of it */
	/* The result so far; see struct say_text. */
	struct buf s;
	uint32_t *origin, *place;
};

/*
 * Whether the text has letters of the script that the digit C is of: then its voice says the digit
 * by itself. Without any, the text may be spoken by a voice that does not know it.
 */
static bool
is_native(struct speller *speller, uint32_t c)
{
	const struct buf *plain = speller->plain;

	if (speller->block == c >> BLOCK_BITS)
		return speller->native;
	speller->block = c >> BLOCK_BITS;
	speller->native = false;
	for (size_t i = 0; i < plain->len && !speller->native;) {
		uint32_t other = utf8_next(plain->data, plain->len, &i);

		speller->native =
		    other >> BLOCK_BITS == speller->block && cls_letter(uni_cls(other));
	}
	return speller->native;
}

/* How C at byte AT of the text is spelled, or 0. *LEFT is set if it is left to the rules of the
 * language. */
static size_t
spelling(struct speller *speller, size_t at, uint32_t c, char out[UNI_SPELLED_MAX], bool *left)
{
	size_t len;
	int digit;

	if (speller->marks != NULL && speller->marks[at] == SAY_PAUSE) {
		out[0] = ',';
		return 1;
	}
	if (c < 0x80)
		return 0;
	digit = uni_digit(c);
	if (digit >= 0) {
		out[0] = (char)('0' + digit);
		return is_native(speller, c) ? 0 : 1;
	}
	len = uni_spelled(c, out);
	if (len == 0 || !say_rules_have(speller->language, c))
		return len;
	*left = true;
	return 0;
}

/* The most bytes that all spellings can take; 0 if there are none. */
static size_t
spellings_size(struct speller *speller, bool *left)
{
	const struct buf *plain = speller->plain;
	char out[UNI_SPELLED_MAX];
	size_t size = 0, len;

	for (size_t i = 0, from = 0; i < plain->len; from = i) {
		uint32_t c = utf8_next(plain->data, plain->len, &i);

		len = spelling(speller, from, c, out, left);
		size += len > 0 ? len + SPACES_MAX : 0;
	}
	return size;
}

static void
add(struct speller *speller, const char *s, size_t len, size_t from, bool verbatim)
{
	for (size_t i = 0; i < len; i++)
		speller->origin[speller->s.len + i] = verbatim ? (uint32_t)(from + i)
						      : i == 0 ? (uint32_t)from
							       : SAY_INSIDE;
	buf_add(&speller->s, s, len);
}

/* Whether a word or number ends with the result so far. */
static bool
word_before(const struct speller *speller)
{
	size_t at = speller->s.len;

	return at > 0 && cls_word(uni_cls(utf8_prev(speller->s.data, 0, &at)));
}

/* Whether one begins at byte AT of the text. */
static bool
word_after(struct speller *speller, size_t at)
{
	const struct buf *plain = speller->plain;
	char out[UNI_SPELLED_MAX];
	bool left;
	uint32_t c;

	if (at == plain->len)
		return false;
	c = utf8_at(plain->data, plain->len, at);
	return cls_word(uni_cls(c)) || spelling(speller, at, c, out, &left) > 0;
}

/* Leave a character out. It then belongs to the one before it, which so becomes a spelling. */
static void
leave_out(struct speller *speller)
{
	size_t last = speller->s.len;

	if (last == 0)
		return;
	utf8_prev(speller->s.data, 0, &last);
	for (last++; last < speller->s.len; last++)
		speller->origin[last] = SAY_INSIDE;
}

/* Add the character C from FROM to NEXT. Numbers in circles and fractions are words of their own:
 * "②③" is not 23, and "1⅛" not 11/8. */
static void
add_character(struct speller *speller, size_t from, size_t next, uint32_t c)
{
	char spelled[1 + UNI_SPELLED_MAX + 1], *s = spelled + 1;
	bool left;
	size_t len = spelling(speller, from, c, s, &left);

	speller->place[from] = (uint32_t)speller->s.len;
	if (speller->marks != NULL && speller->marks[from] == SAY_OMIT) {
		leave_out(speller);
		return;
	}
	if (len == 0) {
		add(speller, speller->plain->data + from, next - from, from, true);
		return;
	}
	if (uni_digit(c) < 0 && uni_stands_alone(c) &&
	    (speller->marks == NULL || speller->marks[from] == SAY_KEEP)) {
		if (word_before(speller)) {
			*--s = ' ';
			len++;
		}
		if (word_after(speller, next))
			s[len++] = ' ';
	}
	add(speller, s, len, from, false);
}

struct say_text
say_spell(struct pool *pool, const struct buf *plain, const char *language)
{
	struct say_text text = {.s = plain->data, .len = plain->len, .end = plain->len};
	struct speller speller = {.plain = plain,
	    .language = language,
	    .marks = say_silent(pool, plain->data, plain->len)};
	size_t size = spellings_size(&speller, &text.left_to_rules);

	if (size == 0 && speller.marks == NULL)
		return text;
	buf_init(&speller.s, pool, plain->len + size + 1);
	speller.origin = pool_array(pool, plain->len + size + 1, sizeof *speller.origin);
	speller.place = pool_array(pool, plain->len + 1, sizeof *speller.place);
	for (size_t i = 0, from = 0; i < plain->len; from = i) {
		uint32_t c = utf8_next(plain->data, plain->len, &i);

		add_character(&speller, from, i, c);
	}
	speller.place[plain->len] = (uint32_t)speller.s.len;
	speller.origin[speller.s.len] = (uint32_t)plain->len;
	text.s = speller.s.data;
	text.len = text.end = speller.s.len;
	text.plain = plain->data;
	text.origin = speller.origin;
	text.place = speller.place;
	return text;
}

void
say_keep_spelled(struct say_out *out, const char *text, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0, from = 0; i < len; from = i) {
		char spelled[UNI_SPELLED_MAX];
		size_t n = uni_spelled(utf8_next(text, len, &i), spelled);
		struct buf said;

		if (n == 0)
			continue;
		buf_init(&said, out->pool, n + 1);
		buf_add(&said, spelled, n);
		say_keep(out, text + kept, from - kept);
		kept = say_replace(out, text + from, i - from, &said) ? i : from;
	}
	say_keep(out, text + kept, len - kept);
}
