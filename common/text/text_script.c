#include "text_script.h"

#include <string.h>
#include <strings.h>

#include "text_uni.h"

const struct script scripts[] = {
    [SCRIPT_LATIN] = {"Latn", "", "", 1},
    {"Hang", "ko", "", 2},
    {"Hani", "cmn", "zh yue hak ja", 2},
    {"Hira", "ja", "", 2},
    {"Kana", "ja", "", 2},
    {"Bopo", "cmn", "zh", 1},
    {"Cyrl", "ru", "uk be bg sr mk kk ky tt ba cv nog", 1},
    {"Arab", "ar", "fa ur ug sd", 1},
    {"Deva", "hi", "mr ne kok", 1},
    {"Thai", "th", "", 1},
    {"Hebr", "he", "", 1},
    {"Grek", "el", "grc", 1},
    {"Beng", "bn", "as bpy", 1},
    {"Taml", "ta", "", 1},
    {"Geor", "ka", "", 1},
    {"Armn", "hy", "hyw", 1},
    {"Ethi", "am", "", 2},
    {"Gujr", "gu", "", 1},
    {"Guru", "pa", "", 1},
    {"Knda", "kn", "", 1},
    {"Mlym", "ml", "", 1},
    {"Mymr", "my", "shn", 1},
    {"Orya", "or", "", 1},
    {"Sinh", "si", "", 1},
    {"Telu", "te", "", 1},
    {"Cher", "chr", "", 2},
};

const size_t scripts_n = sizeof scripts / sizeof scripts[0];
_Static_assert(sizeof scripts / sizeof scripts[0] <= SCRIPTS_MAX, "SCRIPTS_MAX");

size_t
script_of(uint32_t letter)
{
	const char *code;

	if (letter < 0x250)
		return SCRIPT_LATIN;
	code = uni_script(letter);
	for (size_t i = 0; i < scripts_n; i++)
		if (strcmp(scripts[i].code, code) == 0)
			return i;
	return scripts_n;
}

bool
word_in(const char *list, const char *word, size_t len)
{
	for (const char *at = list; len > 0 && (at = strstr(at, " ")) != NULL; at++)
		if (strncmp(at + 1, word, len) == 0 && (at[len + 1] == ' ' || at[len + 1] == '\0'))
			return true;
	return len > 0 && strncmp(list, word, len) == 0 && (list[len] == ' ' || list[len] == '\0');
}

size_t
tag_primary(const char *tag)
{
	return strcspn(tag, "-");
}

static bool
script_lists(const struct script *script, const char *language, size_t len)
{
	return (len > 0 && strncmp(script->language, language, len) == 0 &&
		   script->language[len] == '\0') ||
	       word_in(script->others, language, len);
}

bool
script_writes(size_t script, const char *language)
{
	size_t len = tag_primary(language);
	bool latin = strncasecmp(language + len, "-Latn", 5) == 0;

	if (script != SCRIPT_LATIN)
		return script_lists(&scripts[script], language, len);
	for (size_t i = 0; !latin && i < scripts_n; i++)
		if (script_lists(&scripts[i], language, len))
			return false;
	return true;
}
