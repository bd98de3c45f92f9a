#include "text.h"

#include <string.h>

#include "text_grams.h"
#include "text_script.h"
#include "text_uni.h"

/* Letters that only some languages of a script write: one of them tells. */
static const struct {
	const char *of; /* what the script is read as without them */
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

/* What the letters of a text are. */
struct counts {
	size_t script[SCRIPTS_MAX + 1]; /* the last: of a script we do not know */
	bool japanese;			/* there are kana, so the Han beside them are no Chinese */
};

static struct counts
count(const char *s, size_t len)
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

/* The script whose signs count most; those of Japanese count as one. scripts_n: none we know. */
static size_t
prevailing(const struct counts *counts)
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

/* What is counted in the language's favour; in units of text_grams.h. */
#define WORD 400     /* one of its commonest words */
#define LETTER 1200  /* a letter that tells */
#define RARE (-400)  /* it is seldom written: one more often is mistaken for it */
#define CONTEXT 600  /* the sentence stands in a text of it */
#define FALLBACK 150 /* the text is in it if nothing else is known */
#define MOSTLY 300   /* it is what its script is mostly used for */

#define RARELY "af ca cy et fi hr hu lt lv ro sk sl so sq sw tl mk"

#define WORD_MAX 64
#define ENOUGH 65536 /* bytes: of a longer text the beginning tells */

/* Which row of TELLS a letter of S is in for a script that is read as LANGUAGE; NULL if none. */
static const char *
told(const char *s, size_t len, const char *language)
{
	for (size_t t = 0; t < sizeof tells / sizeof tells[0]; t++) {
		if (strcmp(tells[t].of, language) != 0)
			continue;
		for (size_t i = 0; i < len;) {
			size_t from = i;

			utf8_next(s, len, &i);
			if (memmem(tells[t].letters, strlen(tells[t].letters), s + from, i - from))
				return tells[t].language;
		}
	}
	return NULL;
}

/* What a character is in a word: itself in lower case, or 0 where it is in none. */
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

/* Add what each word of the text says. */
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

/* What is known of each of gram_languages beforehand. */
struct language {
	size_t script;
	int64_t start; /* its score before anything was read */
};

static const struct language *
languages(void)
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

/* The likeliest of the languages that are written in SCRIPT; NULL where we know of none of them. */
static const char *
likeliest(const char *s, size_t len, size_t script, const char *context, bool within)
{
	const struct language *known = languages();
	int64_t score[GRAM_LANGUAGES_MAX + 1] = {0}; /* one more for any other language */
	const char *tell = told(s, len, scripts[script].language), *best = NULL;
	size_t told_at = tell != NULL ? gram_language(tell) : gram_languages_n;
	size_t context_at = gram_language(context), at = 0;

	if (tell != NULL && told_at == gram_languages_n)
		return tell;
	if (within && context_at == gram_languages_n && script_writes(script, context))
		return context;
	add_words(s, len < ENOUGH ? len : ENOUGH, score);
	if (told_at < gram_languages_n)
		score[told_at] += LETTER;
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
 * The script of CONTEXT, if at least a quarter is written in it; scripts_n otherwise. Words in
 * Latin letters come up in all scripts, and hardly ever the other way round.
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
find(const char *s, size_t len, const char *context, bool within)
{
	struct counts counts = count(s, len);
	size_t script = within ? own_script(&counts, context) : scripts_n;
	const char *language;

	if (script == scripts_n)
		script = prevailing(&counts);
	if (script == scripts_n)
		return context;
	if (counts.japanese && script_writes(script, "ja"))
		return "ja";
	language = likeliest(s, len, script, context, within);
	if (language != NULL)
		return language;
	return script_writes(script, context) ? context : scripts[script].language;
}

const char *
text_language(const char *s, size_t len, const char *fallback)
{
	return find(s, len, fallback, false);
}

const char *
text_language_in(const char *s, size_t len, const char *context)
{
	return find(s, len, context, true);
}
