#include "voice.h"

#include <string.h>
#include <strings.h>

#include "text.h"

/* Made when this is built: see render-job/mkvoices. */
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

const struct voice *
voice_for(
    const char *voice, const char *language, const char *text, size_t len, const char *fallback)
{
	const struct voice *found = voice[0] != '\0' ? voice_by_id(voice) : NULL;

	if (found == NULL && language[0] != '\0')
		found = voice_by_language(language);
	return found != NULL ? found : voice_by_language(text_language(text, len, fallback));
}
