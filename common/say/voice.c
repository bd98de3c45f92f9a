#include "voice.h"

#include <string.h>
#include <strings.h>

#include "../text/text.h"

/* Made when this is built: see render-job/engine/mkvoices. */
const struct voice voices[] = {
#define VOICE(id, name, language, engine) {id, name, language, engine},
#define LANGUAGE(tag, id)
#include "voices.inc"
#undef VOICE
#undef LANGUAGE
};

const size_t voices_n = sizeof voices / sizeof voices[0];

/* Which voice speaks a language best, by its tag in lower case. */
static const struct {
	const char *tag, *id;
} languages[] = {
#define VOICE(id, name, language, engine)
#define LANGUAGE(tag, id) {tag, id},
#include "voices.inc"
#undef VOICE
#undef LANGUAGE
};

const struct voice *
voice_by_id(const char *id)
{
	for (size_t i = 0; i < voices_n; i++)
		if (strcmp(voices[i].id, id) == 0)
			return &voices[i];
	return NULL;
}

const struct voice *
voice_by_language(const char *tag)
{
	/* RFC 4647, 3.4: the tag, then without its last part, and so on. */
	for (size_t len = strlen(tag); len > 0;) {
		for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
			if (strncasecmp(languages[i].tag, tag, len) == 0 &&
			    languages[i].tag[len] == '\0')
				return voice_by_id(languages[i].id);
		while (len > 0 && tag[--len] != '-')
			continue;
	}
	return NULL;
}

const char *
voice_language(const struct voice_wish *wish, const char *text, size_t len)
{
	return wish->context[0] != '\0' ? text_language_in(text, len, wish->context)
					: text_language(text, len, wish->fallback);
}

const struct voice *
voice_for(const struct voice_wish *wish, const char *text, size_t len)
{
	const struct voice *found = wish->voice[0] != '\0' ? voice_by_id(wish->voice) : NULL;

	if (found == NULL && wish->language[0] != '\0')
		found = voice_by_language(wish->language);
	if (found == NULL)
		found = voice_by_language(voice_language(wish, text, len));
	/* Found out to be in what nobody speaks here: rather an accent than silence. */
	return found != NULL || wish->language[0] != '\0' ? found
							  : voice_by_language(wish->fallback);
}
