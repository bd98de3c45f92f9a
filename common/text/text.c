#include "text.h"
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
