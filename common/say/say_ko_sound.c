#include "say_ko_sound.h"

#include "../text/text_uni.h"
#include "say_parts.h"

#define BREATH_MAX 512 /* syllables */
#define HANGUL_FIRST 0xac00
#define HANGUL_COUNT 11172
#define HANGUL_BYTES 3 /* in UTF-8, all of them */
#define VOWELS 21

uint16_t
say_ko_code(const char *s)
{
	return (uint16_t)(utf8_at(s, HANGUL_BYTES, 0) - HANGUL_FIRST);
}

void
say_ko_compose(struct syllable *s, uint16_t code)
{
	s->first = (uint8_t)(code / (VOWELS * L_COUNT));
	s->vowel = (uint8_t)(code / L_COUNT % VOWELS);
	s->last = (uint8_t)(code % L_COUNT);
}

uint16_t
say_ko_decompose(const struct syllable *s)
{
	return (uint16_t)((s->first * VOWELS + s->vowel) * L_COUNT + s->last);
}

size_t
say_ko_word_end(const struct breath *b, size_t at)
{
	do
		at++;
	while (at < b->n && !b->s[at].begins);
	return at;
}

static bool
is_syllable(uint32_t c)
{
	return c >= HANGUL_FIRST && c < HANGUL_FIRST + HANGUL_COUNT;
}

static bool
syllable_at(const char *text, size_t len, size_t at)
{
	return at + HANGUL_BYTES <= len && is_syllable(utf8_at(text, len, at));
}

/* Read the syllables from AT on into B, up to what interrupts the breath. Return where they end. */
static size_t
breath_read(struct breath *b, const char *text, size_t len, size_t at)
{
	bool begins = true;

	b->text = text;
	for (b->n = 0; b->n < BREATH_MAX; begins = false) {
		if (at < len && text[at] == ' ' && b->n > 0) {
			begins = true;
			at++;
		}
		if (!syllable_at(text, len, at))
			break;
		uint16_t code = say_ko_code(text + at);
		b->s[b->n] =
		    (struct syllable){.begins = begins, .code = code, .place = (uint16_t)at};
		say_ko_compose(&b->s[b->n++], code);
		at += HANGUL_BYTES;
	}
	return at;
}

/* 무늬 is 무니, but 자신의 is 자시늬; 가져 is 가저. */
static void
pronounce_vowel(struct syllable *s)
{
	unsigned written = s->code / (VOWELS * L_COUNT);

	if (s->vowel == V_UI && written != F_NONE)
		s->vowel = V_I;
	if (s->vowel == V_YEO && (s->first == F_J || s->first == F_JJ || s->first == F_CH))
		s->vowel = V_EO;
}

static void
breath_write(char *text, const struct breath *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct syllable *s = &b->s[i];

		utf8_encode((uint32_t)HANGUL_FIRST + say_ko_decompose(s), text + s->place);
	}
}

void
say_ko_sound(char *text, size_t len)
{
	struct syllable s[BREATH_MAX];
	struct breath b = {.s = s};

	for (size_t at = 0; at < len;) {
		if (!syllable_at(text, len, at)) {
			utf8_next(text, len, &at);
			continue;
		}
		at = breath_read(&b, text, len, at);
		say_ko_words(&b);
		say_ko_tense(&b);
		for (size_t i = 0; i < b.n; i++)
			say_ko_edge(&b, i);
		for (size_t i = 0; i < b.n; i++)
			pronounce_vowel(&b.s[i]);
		breath_write(text, &b);
	}
}
