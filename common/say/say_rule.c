#include "say_parts.h"

#include <string.h>

#include "../base/log.h"

static bool
reader_known(const struct say_language *language, char letter)
{
	for (size_t i = 0; i < *language->readers_n; i++)
		if (language->readers[i].letter == letter)
			return true;
	return false;
}

static bool
capture_known(char number, size_t captures)
{
	return number >= '1' && (size_t)(number - '1') < captures;
}

/* Whether what follows a "{" is "1}", "1c}" or "2p1}", of CAPTURES that there are. */
static bool
said_known(const struct say_language *language, const char *s, size_t captures)
{
	const char *end = strchr(s, '}');
	size_t len = end != NULL ? (size_t)(end - s) : 0;

	return len >= 1 && len <= 3 && capture_known(s[0], captures) &&
	       (len < 2 || reader_known(language, s[1])) &&
	       (len < 3 || capture_known(s[2], captures));
}

const char *
say_rule_wrong(const struct say_language *language, const struct say_rule *rule)
{
	size_t captures = 0;

	for (const char *p = rule->match; (p = strchr(p, '<')) != NULL; p++) {
		if (strchr(p, '>') == NULL)
			return "a \"<\" is not closed";
		if (!say_element_known(language, p + 1))
			return "it names an element that the language does not have";
		captures += p[1] != '=';
	}
	if (captures > SAY_CAPTURES)
		return "it has too many elements";
	for (const char *p = rule->say; p != NULL && (p = strchr(p, '{')) != NULL; p++)
		if (!said_known(language, p + 1, captures))
			return "it says an element or a reader that there is not";
	return NULL;
}

void
say_first(const struct say_language *language, const struct say_rule *rule, bool first[256])
{
	const char *wrong = say_rule_wrong(language, rule);

	if (wrong == NULL) {
		say_match_first(language, rule, first);
		return;
	}
	log_error(
	    "the rule \"%s\" of language %s is left out: %s", rule->match, language->tag, wrong);
	memset(first, 0, 256 * sizeof first[0]);
}
