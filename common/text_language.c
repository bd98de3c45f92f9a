#include "text.h"
#include "text_uni.h"

#include <string.h>

/* The language that a script is read as; several scripts can be one language. */
static const struct {
	const char *script; /* ISO 15924 */
	const char *language;
	unsigned weight; /* letters of an alphabet that one sign stands for */
} scripts[] = {
    {"Hang", "ko", 2},
    {"Hani", "cmn", 2},
    {"Hira", "ja", 2},
    {"Kana", "ja", 2},
    {"Bopo", "cmn", 1},
    {"Cyrl", "ru", 1},
    {"Arab", "ar", 1},
    {"Deva", "hi", 1},
    {"Thai", "th", 1},
    {"Hebr", "he", 1},
    {"Grek", "el", 1},
    {"Beng", "bn", 1},
    {"Taml", "ta", 1},
    {"Geor", "ka", 1},
    {"Armn", "hy", 1},
    {"Ethi", "am", 2},
    {"Gujr", "gu", 1},
    {"Guru", "pa", 1},
    {"Knda", "kn", 1},
    {"Mlym", "ml", 1},
    {"Mymr", "my", 1},
    {"Orya", "or", 1},
    {"Sinh", "si", 1},
    {"Telu", "te", 1},
    {"Cher", "chr", 2},
};

/* Letters that only some languages of a script write: one of them tells. */
static const struct {
	const char *of; /* the language of the script */
	const char *letters;
	const char *language;
} tells[] = {
    {"ru", "їєґЇЄҐ", "uk"},
    {"ru", "ўЎ", "be"},
    {"ru", "ђћЂЋ", "sr"},
    {"ru", "ѓќЃЌ", "mk"},
    {"ru", "әғқұӘҒҚҰ", "kk"},
    {"ar", "ٹڈڑںےھہ", "ur"},
    {"ar", "ۆۇۈېۋ", "ug"},
    {"ar", "پچژگکی", "fa"},
};

#define SCRIPTS (sizeof scripts / sizeof *scripts)
#define TELLS (sizeof tells / sizeof *tells)

static size_t
script_index(uint32_t c)
{
	const char *script = uni_script(c);

	for (size_t i = 0; i < SCRIPTS; i++)
		if (strcmp(scripts[i].script, script) == 0)
			return i;
	return SCRIPTS;
}

/* Which row of TELLS the letter S[0..len) is in; TELLS if none. */
static size_t
tell_index(const char *s, size_t len, const char *language)
{
	for (size_t i = 0; i < TELLS; i++)
		if (strcmp(tells[i].of, language) == 0 &&
		    memmem(tells[i].letters, strlen(tells[i].letters), s, len))
			return i;
	return TELLS;
}

static bool
same(size_t a, size_t b)
{
	return strcmp(scripts[a].language, scripts[b].language) == 0;
}

/* Letters written in the scripts of a language; kana make the Han beside them Japanese. */
static size_t
sum(const size_t count[SCRIPTS], size_t of, bool japanese)
{
	size_t n = 0;

	for (size_t i = 0; i < SCRIPTS; i++) {
		bool han = strcmp(scripts[i].script, "Hani") == 0;
		bool to_ja = han && japanese;

		if (to_ja ? strcmp(scripts[of].language, "ja") == 0 : same(i, of))
			n += count[i] * scripts[i].weight;
	}
	return n;
}

const char *
text_language(const char *s, size_t len, const char *fallback)
{
	size_t count[SCRIPTS] = {0}, told[TELLS] = {0}, latin = 0, best = SCRIPTS, most = 0;
	bool japanese = false;

	for (size_t i = 0; i < len;) {
		size_t from = i, script, tell;
		uint32_t c = uni_next(s, len, &i);

		if (!cls_letter(uni_cls(c)))
			continue;
		script = c < 0x250 ? SCRIPTS : script_index(c);
		if (script == SCRIPTS) {
			latin++;
			continue;
		}
		count[script]++;
		japanese |= strcmp(scripts[script].language, "ja") == 0;
		tell = tell_index(s + from, i - from, scripts[script].language);
		if (tell < TELLS)
			told[tell]++;
	}
	for (size_t i = 0; i < SCRIPTS; i++) {
		size_t n = sum(count, i, japanese);

		if (n > most) {
			most = n;
			best = i;
		}
	}
	if (best == SCRIPTS || latin > most)
		return fallback;
	for (size_t i = 0; i < TELLS; i++)
		if (told[i] > 0 && strcmp(tells[i].of, scripts[best].language) == 0)
			return tells[i].language;
	return scripts[best].language;
}
