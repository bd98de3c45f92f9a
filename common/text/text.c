#include "text.h"
#include "text_script.h"
#include "text_uni.h"

void
text_trim(const char **s, size_t *len)
{
	size_t begin = 0, end = *len, i;

	for (i = 0; i < end && uni_cls(utf8_next(*s, end, &i)) == C_SPACE;)
		begin = i;
	for (i = end; i > begin && uni_cls(utf8_prev(*s, begin, &i)) == C_SPACE;)
		end = i;
	*s += begin;
	*len = end - begin;
}

bool
text_speakable(const char *s, size_t len)
{
	for (size_t i = 0; i < len;)
		if (uni_spoken(utf8_next(s, len, &i)))
			return true;
	return false;
}

bool
text_readable(const char *s, size_t len)
{
	size_t read = 0, spelled = 0;

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);

		if (c < 0x250 || !cls_letter(uni_cls(c)) || uni_script(c)[0] == '\0' ||
		    script_of(c) < scripts_n)
			read += cls_letter(uni_cls(c)) ? 1 : 0;
		else
			spelled++;
	}
	return spelled <= read;
}
