#include "pace.h"

#include <string.h>
#include <strings.h>

#include "../text/text_uni.h"

/*
 * Milliseconds at normal speed: the coefficients of a least-squares fit of relative errors to the
 * length of 1,244 sentences spoken by espeak-ng 1.51 at 175 words per minute, trimmed and with 200
 * ms of silence as the renderer leaves it. The sentences are from novels, the Universal Declaration
 * of Human Rights and tests/data/split, with one fit per language over letters, digits and pauses.
 * tests/unit/test_pace.c compares the estimates with the engine.
 */
enum { SENTENCE = 300, DIGIT = 310, SIGN = 400, PAUSE = 260 };

/* A letter of a script that no voice reads: its kind and number are spoken, one after the other. */
enum { SPELLED = 1100 };

/* A Latin letter. The first row is also used for all other languages. */
static const struct {
	const char *language;
	unsigned ms;
} latin[] = {
    {"en", 61},
    {"de", 57},
    {"fr", 50},
    {"es", 62},
    {"it", 68},
    {"pt", 74},
    {"vi", 62},
    {"nl", 73},
    {"pl", 75},
    {"sv", 76},
    {"tr", 75},
};

/* A letter of another script. If LANGUAGE is not "", the row is for that language only. */
static const struct {
	uint32_t first, last;
	const char *language;
	unsigned ms;
} scripts[] = {
    {0x0370, 0x03ff, "", 69},	   /* Greek */
    {0x0400, 0x052f, "", 61},	   /* Cyrillic */
    {0x0530, 0x058f, "", 77},	   /* Armenian */
    {0x0590, 0x05ff, "", 71},	   /* Hebrew */
    {0x0600, 0x08ff, "", 103},	   /* Arabic: short vowels are not written */
    {0x0900, 0x0dff, "", 119},	   /* scripts of India */
    {0x0e00, 0x0e7f, "", 135},	   /* Thai */
    {0x1000, 0x109f, "", 133},	   /* Burmese */
    {0x10d0, 0x10ff, "", 82},	   /* Georgian */
    {0x1100, 0x11ff, "", 177},	   /* Hangul */
    {0x1200, 0x139f, "", 147},	   /* Ethiopic */
    {0x13a0, 0x13ff, "", 80},	   /* Cherokee */
    {0x1f00, 0x1fff, "", 69},	   /* Greek */
    {0x3040, 0x30ff, "", 190},	   /* Kana */
    {0x3130, 0x318f, "", 177},	   /* Hangul */
    {0x3400, 0x9fff, "ja", 880},   /* Han, which the engine names instead of reading */
    {0x3400, 0x9fff, "", 335},	   /* Han */
    {0xac00, 0xd7a3, "", 177},	   /* Hangul */
    {0xff66, 0xff9f, "", 190},	   /* Kana */
    {0x20000, 0x3ffff, "ja", 880}, /* Han */
    {0x20000, 0x3ffff, "", 335},   /* Han */
};

int
pace_percent(int speed)
{
	return speed <= 4 ? speed * 100 : speed;
}

/* Whether the primary subtag of a tag is LANGUAGE. */
static bool
tag_is(const char *tag, const char *language)
{
	size_t len = strlen(language);

	return strncasecmp(tag, language, len) == 0 &&
	       (tag[len] == '\0' || tag[len] == '-' || tag[len] == '_');
}

static unsigned
latin_ms(const char *language)
{
	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (tag_is(language, latin[i].language))
			return latin[i].ms;
	return latin[0].ms;
}

/* With the letters of Vietnamese, and the wide ones. */
static bool
is_latin(uint32_t c)
{
	return c < 0x250 || (c >= 0x1e00 && c <= 0x1eff) || (c >= 0xff21 && c <= 0xff5a);
}

static unsigned
letter_ms(uint32_t c, const char *language)
{
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		if (c >= scripts[i].first && c <= scripts[i].last &&
		    (*scripts[i].language == '\0' || tag_is(language, scripts[i].language)))
			return scripts[i].ms;
	return SPELLED;
}

uint64_t
pace_ms(const char *s, size_t len, const char *language, int percent)
{
	unsigned of_latin = latin_ms(language);
	uint64_t ms = SENTENCE, pause = 0;

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);
		enum cls k = uni_cls(c);

		if ((k >= C_DOT && k <= C_STOP) || k == C_CLAUSE)
			pause = PAUSE;
		if (!cls_spoken(k))
			continue;
		ms += pause; /* the pause at the end is part of SENTENCE */
		pause = 0;
		if (cls_letter(k))
			ms += is_latin(c) ? of_latin : letter_ms(c, language);
		else
			ms += k == C_DIGIT ? DIGIT : SIGN;
	}
	return ms * 100 / (uint64_t)percent;
}
