#include "text.h"

#include <string.h>

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
		uint32_t c = uni_next(s, len, &i);
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

/* Which row of TELLS a letter of S is in for a script that is read as LANGUAGE. */
static const char *
told(const char *s, size_t len, const char *language)
{
	for (size_t t = 0; t < sizeof tells / sizeof tells[0]; t++) {
		if (strcmp(tells[t].of, language) != 0)
			continue;
		for (size_t i = 0; i < len;) {
			size_t from = i;

			uni_next(s, len, &i);
			if (memmem(tells[t].letters, strlen(tells[t].letters), s + from, i - from))
				return tells[t].language;
		}
	}
	return language;
}

const char *
text_language(const char *s, size_t len, const char *fallback)
{
	struct counts counts = count(s, len);
	size_t script = prevailing(&counts);

	if (script == scripts_n || script == SCRIPT_LATIN)
		return fallback;
	if (counts.japanese && script_writes(script, "ja"))
		return "ja";
	return told(s, len, scripts[script].language);
}
