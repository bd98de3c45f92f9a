#include "text.h"

#include <string.h>

#include "text_grams.h"
#include "text_script.h"
#include "text_uni.h"

/* Letters that only some languages of a script use: one of them is enough evidence. */
static const struct {
	const char *of; /* the language assumed for the script without such letters */
	const char *letters;
	const char *language;
} telltales[] = {
    {"ru", "їєґЇЄҐ", "uk"},
    {"ru", "ўЎ", "be"},
    {"ru", "ђћЂЋ", "sr"},
    {"ru", "ѓќЃЌ", "mk"},
    {"ru", "әғқұӘҒҚҰ", "kk"},
    {"ar", "ٹڈڑںےھہ", "ur"},
    {"ar", "ۆۇۈېۋ", "ug"},
    {"ar", "پچژگکی", "fa"},
};

/* The letters of a text, counted by script. */
struct counts {
	size_t script[SCRIPTS_MAX + 1]; /* the last: letters of unknown scripts */
	bool japanese; /* there are kana, so Han characters are not taken for Chinese */
};

static struct counts
count_letters(const char *s, size_t len)
{
	struct counts counts = {0};

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);
		size_t script;

		if (!cls_letter(uni_cls(c)))
			continue;
		script = script_of(c);
		counts.script[script]++;
		counts.japanese |=
		    script < scripts_n && strcmp(scripts[script].language, "ja") == 0;
	}
	return counts;
}

/* The script whose letters weigh most; those of Japanese count as one. scripts_n if no script is
 * known. */
static size_t
main_script(const struct counts *counts)
{
	size_t sum[SCRIPTS_MAX] = {0}, best = scripts_n, most = counts->script[scripts_n];
	size_t kana = scripts_n;

	for (size_t i = 0; i < scripts_n; i++) {
		size_t to = i;

		if (counts->japanese && script_writes(i, "ja"))
			to = kana = kana < scripts_n ? kana : i;
		sum[to] += counts->script[i] * scripts[i].weight;
	}
	for (size_t i = 0; i < scripts_n; i++)
		if (sum[i] > most) {
			most = sum[i];
			best = i;
		}
	return best;
}

/* Points in favour of a language, in the units of text_grams.h. */
#define WORD 400     /* for one of its most common words */
#define LETTER 1200  /* for a letter that only it uses */
#define RARE (-400)  /* it is rare, and more common ones are easily mistaken for it */
#define CONTEXT 600  /* the sentence is part of a text in it */
#define FALLBACK 150 /* it is the fallback */
#define MOSTLY 300   /* it is the most common language of its script */

#define RARELY "af ca cy et fi hr hu lt lv ro sk sl so sq sw tl mk"

#define WORD_MAX 64
#define ENOUGH 65536 /* bytes: of a longer text only the beginning is read */

/* The language that a letter of S indicates within a script that is otherwise read as LANGUAGE;
 * NULL if none does. */
static const char *
telltale_language(const char *s, size_t len, const char *language)
{
	for (size_t t = 0; t < sizeof telltales / sizeof telltales[0]; t++) {
		if (strcmp(telltales[t].of, language) != 0)
			continue;
		for (size_t i = 0; i < len;) {
			size_t from = i;

			utf8_next(s, len, &i);
			if (memmem(telltales[t].letters, strlen(telltales[t].letters), s + from,
				i - from))
				return telltales[t].language;
		}
	}
	return NULL;
}

/* The form of a character within a word: lower case, or 0 if it is not part of a word. */
static uint32_t
word_char(uint32_t c)
{
	enum cls k = uni_cls(c);

	if (c == 0x2019)
		return '\'';
	if (c == '\'' || cls_letter(k))
		return uni_lower(c) & 0xffff;
	return k == C_MARK && (c < 0x200b || c > 0x200f) ? c & 0xffff : 0;
}

/* Add the points for each word of the text. */
static void
add_words(const char *s, size_t len, int64_t score[])
{
	uint32_t word[WORD_MAX];
	size_t n = 0;

	for (size_t i = 0; i < len || n > 0;) {
		uint32_t c = i < len ? word_char(utf8_next(s, len, &i)) : 0;

		if (c != 0 && n < WORD_MAX)
			word[n++] = c;
		if ((c == 0 || n == WORD_MAX) && n > 0) {
			words_add(word, n, WORD, score);
			grams_add(word, n, score);
			n = 0;
		}
	}
}

/* The properties of each of gram_languages. */
struct language {
	size_t script;
	int64_t start; /* its initial score */
};

static const struct language *
known_languages(void)
{
	static struct language known[GRAM_LANGUAGES_MAX];
	static bool filled;

	for (size_t i = 0; !filled && i < gram_languages_n; i++) {
		const char *tag = gram_languages[i];

		known[i].start = word_in(RARELY, tag, strlen(tag)) ? RARE : 0;
		while (!script_writes(known[i].script, tag))
			known[i].script++;
	}
	filled = true;
	return known;
}

/* The most likely of the languages written in SCRIPT; NULL if none of them can be detected. */
static const char *
likeliest_language(const char *s, size_t len, size_t script, const char *context, bool within)
{
	const struct language *known = known_languages();
	int64_t score[GRAM_LANGUAGES_MAX + 1] = {0}; /* one more for any other language */
	const char *telltale = telltale_language(s, len, scripts[script].language), *best = NULL;
	size_t telltale_at = telltale != NULL ? gram_language(telltale) : gram_languages_n;
	size_t context_at = gram_language(context), at = 0;

	if (telltale != NULL && telltale_at == gram_languages_n)
		return telltale;
	if (within && context_at == gram_languages_n && script_writes(script, context))
		return context;
	add_words(s, len < ENOUGH ? len : ENOUGH, score);
	if (telltale_at < gram_languages_n)
		score[telltale_at] += LETTER;
	if (context_at < gram_languages_n)
		score[context_at] += within ? CONTEXT : FALLBACK;
	if (!script_writes(script, context))
		score[gram_language(scripts[script].language)] += MOSTLY;
	for (size_t i = 0; i < gram_languages_n; i++) {
		if (known[i].script != script)
			continue;
		score[i] += known[i].start;
		if (best == NULL || score[i] > score[at]) {
			best = gram_languages[i];
			at = i;
		}
	}
	return at == context_at ? context : best;
}

/*
 * The script of CONTEXT, if at least a quarter of the text is written in it; otherwise scripts_n.
 * Latin words occur in texts of all scripts, and the reverse is rare.
 */
static size_t
own_script(const struct counts *counts, const char *context)
{
	size_t own = scripts_n, mine = 0, all = counts->script[scripts_n];

	for (size_t i = 0; i < scripts_n; i++) {
		size_t n = counts->script[i] * scripts[i].weight;

		all += n;
		if (i == SCRIPT_LATIN || !script_writes(i, context))
			continue;
		mine += n;
		own = n > 0 ? i : own;
	}
	return mine * 4 >= all ? own : scripts_n;
}

static const char *
detect_language(const char *s, size_t len, const char *context, bool within)
{
	struct counts counts = count_letters(s, len);
	size_t script = within ? own_script(&counts, context) : scripts_n;
	const char *language;

	if (script == scripts_n)
		script = main_script(&counts);
	if (script == scripts_n)
		return context;
	if (counts.japanese && script_writes(script, "ja"))
		return "ja";
	language = likeliest_language(s, len, script, context, within);
	if (language != NULL)
		return language;
	return script_writes(script, context) ? context : scripts[script].language;
}

const char *
text_language(const char *s, size_t len, const char *fallback)
{
	return detect_language(s, len, fallback, false);
}

const char *
text_language_in(const char *s, size_t len, const char *context)
{
	return detect_language(s, len, context, true);
}
