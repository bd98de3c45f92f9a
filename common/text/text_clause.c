#include "text_parts.h"

#define CLAUSE_BEFORE 5 /* words that a clause needs before the mark to count as a sentence */
#define CLAUSE_AFTER 3	/* and after it */

bool
thai_ends(const struct boundary *p)
{
	size_t i = p->at;

	for (int n = 0; n < 7 && i > p->begin; n++) {
		uint32_t c = utf8_prev(p->s, p->begin, &i);

		if (c < 0x0e00 || c > 0x0e7f)
			return false;
		if (wordlist_find(p->wordlist, p->s + i, p->at - i) >> W_CLOSING & 1)
			return true;
	}
	return false;
}

/* Whether CLAUSE_AFTER words follow AT before the next punctuation mark of any kind. */
static bool
clause_follows(const struct boundary *p, size_t at)
{
	unsigned words = 0;
	bool in_word = false;

	while (at < p->end && words < CLAUSE_AFTER) {
		enum cls k = uni_cls(utf8_next(p->s, p->end, &at));

		if (!cls_word(k) && k != C_SPACE)
			break;
		words += cls_word(k) && !in_word;
		in_word = cls_word(k);
	}
	return words == CLAUSE_AFTER;
}

bool
clause_ends(const struct boundary *p, size_t next)
{
	uint32_t c = utf8_at(p->s, p->end, p->at), before;
	size_t i = p->at;

	enum cls then = next < p->end ? uni_cls(utf8_at(p->s, p->end, next)) : C_SPACE;

	if (i == p->begin || (then != C_SPACE && then != C_QUOTE && then != C_CLOSE))
		return false;
	before = utf8_prev(p->s, p->begin, &i);
	if (wordlist_clause(p->wordlist, c, before))
		return p->words >= (c == ':' ? CLAUSE_AFTER - 1 : CLAUSE_BEFORE) &&
		       clause_follows(p, next);
	if (c == ';')
		return (before >= 0x370 && before < 0x400) || (before >= 0x1f00 && before < 0x2000);
	return c == ':' && before >= 0x530 && before < 0x590;
}
