#include <ctype.h>
#include <string.h>

#include "../common/text/text.h"
#include "../common/say/voice.h"
#include "body.h"
#include "../common/base/utf8.h"

/* Rules beyond type and range; each function gets a value that has passed those. */

static bool
is_blank(const char *s, size_t len)
{
	text_trim(&s, &len);
	return len == 0;
}

const char *
check_not_blank(const struct field *field)
{
	return is_blank(field->text->s, field->text->len) ? "must not be blank" : NULL;
}

/*
 * Control characters, and those that set the direction of what follows until another one ends that:
 * they would change the page on which the text is shown. The marks U+200E, U+200F and U+061C change
 * nothing beyond themselves.
 */
static bool
disturbs_line(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

const char *
check_shown(const struct field *field)
{
	const struct text *t = field->text;

	for (size_t i = 0; i < t->len;)
		if (disturbs_line(utf8_next(t->s, t->len, &i)))
			return "must not contain control characters or ones that change the "
			       "direction of text";
	return NULL;
}

const char *
check_line(const struct field *field)
{
	const char *wrong = check_not_blank(field);

	return wrong != NULL ? wrong : check_shown(field);
}

/* The length of the character at S. */
static size_t
char_len(const char *s)
{
	size_t len = 1;

	while (utf8_continues(s[len]))
		len++;
	return len;
}

/*
 * Only a message to the address could tell whether it works: this finds typing errors. No spaces of
 * any script and no control characters (in UTF-8, C1 is 0xc2 0x80 to 0xc2 0x9f).
 */
const char *
check_email(const struct field *field)
{
	const char *s = field->text->s, *at = strchr(s, '@');
	size_t len;

	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return "must contain one @ with text on both sides";
	for (; *s != '\0'; s += len) {
		len = char_len(s);
		if (iscntrl((unsigned char)*s) || is_blank(s, len) ||
		    ((unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0))
			return "must not contain spaces or control characters";
	}
	return NULL;
}

const char *
check_index(const struct field *field)
{
	return *field->number < -1 || *field->number == 0
		   ? "must be 1 to the number of sentences + 1, or -1 for the end"
		   : NULL;
}

/* Tell whether S has the form of a BCP 47 tag: subtags of 1 to 8 letters and digits. */
static bool
tag_well_formed(const char *s)
{
	for (;;) {
		size_t len = 0;

		while (isalnum((unsigned char)s[len]))
			len++;
		if (len == 0 || len > 8)
			return false;
		if (s[len] == '\0')
			return true;
		if (s[len] != '-')
			return false;
		s += len + 1;
	}
}

const char *
check_tag(const struct field *field)
{
	return tag_well_formed(field->text->s) ? NULL : "must be a tag of BCP 47, like ko or en-US";
}

const char *
check_language(const struct field *field)
{
	const struct voice *voice =
	    tag_well_formed(field->text->s) ? voice_by_language(field->text->s) : NULL;

	return voice != NULL && voice_offered(voice)
		   ? NULL
		   : "must be the BCP 47 tag of a language that a voice speaks (GET /voices/)";
}

const char *
check_voice(const struct field *field)
{
	const struct voice *voice = voice_by_id(field->text->s);

	return voice != NULL && voice_offered(voice) ? NULL
						     : "must be the id of a voice (GET /voices/)";
}

const char *
check_speakable(const struct field *field)
{
	return text_speakable(field->text->s, field->text->len)
		   ? NULL
		   : "contains nothing that can be spoken";
}

const char *
check_speed(const struct field *field)
{
	int64_t speed = *field->number;

	return (speed >= 1 && speed <= 4) || (speed >= 25 && speed <= 400)
		   ? NULL
		   : "must be 1 to 4 (multiples of normal speed) or 25 to 400 (percent of normal "
		     "speed)";
}
