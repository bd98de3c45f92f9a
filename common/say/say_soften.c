#include "say.h"

#include "../text/text_uni.h"

#define PERIOD_MAX 4  /* code points of what is repeated */
#define REPEATS_MIN 4 /* how often more than one code point must be repeated to count */

/* The code points of a text, and those that were left of it. */
struct softening {
	const uint32_t *text;
	size_t n;
	uint32_t *soft, *origin; /* ORIGIN has the place of each in TEXT, and of the end */
	size_t soft_n;
};

static bool
is_sign(uint32_t c)
{
	enum cls cls = uni_cls(c);

	return !cls_letter(cls) && cls != C_MARK && cls != C_DIGIT && cls != C_SPACE;
}

/* Whether two code points count as the same: any two signs do, and letters in both cases. */
static bool
alike(uint32_t a, uint32_t b)
{
	return uni_lower(a) == uni_lower(b) || (is_sign(a) && is_sign(b));
}

/* How many times the PERIOD code points at AT are there, one after another. */
static size_t
repeats(const struct softening *s, size_t at, size_t period)
{
	size_t end = at + period;

	while (end < s->n && alike(s->text[end], s->text[end - period]))
		end++;
	return (end - at) / period;
}

/* How often they must be there to be said once instead; SIZE_MAX: never. No digit is left out. */
static size_t
repeats_that_count(const struct softening *s, size_t at, size_t period, bool letters)
{
	for (size_t i = at; i < at + period; i++)
		if (uni_cls(s->text[i]) == C_DIGIT)
			return SIZE_MAX;
	if (period > 1)
		return REPEATS_MIN;
	if (is_sign(s->text[at]))
		return 2;
	return letters && cls_letter(uni_cls(s->text[at])) ? 2 : SIZE_MAX;
}

/* Leave what is repeated there once only. LETTERS: also letters that are doubled. */
static void
soften(struct softening *s, bool letters)
{
	s->soft_n = 0;
	for (size_t at = 0; at < s->n;) {
		size_t next = at + 1, kept = 1;

		for (size_t period = 1; period <= PERIOD_MAX && at + period <= s->n; period++) {
			size_t least = repeats_that_count(s, at, period, letters);
			size_t n = least < SIZE_MAX ? repeats(s, at, period) : 0;

			if (n >= least) {
				next = at + n * period;
				kept = period;
				break;
			}
		}
		for (size_t i = 0; i < kept; i++) {
			s->origin[s->soft_n] = (uint32_t)(at + i);
			s->soft[s->soft_n++] = s->text[at + i];
		}
		at = next;
	}
	s->origin[s->soft_n] = (uint32_t)s->n;
}

/* Make the runs lead to the text as it was. The last code point before a place where something was
 * left out stands for that too. */
static void
lead_back(struct pool *pool, const struct softening *s, struct said *said)
{
	struct say_run *runs = pool_array(pool, said->runs_n + 2 * s->soft_n, sizeof(*runs));
	size_t n = 0;

	for (size_t i = 0; i < said->runs_n; i++) {
		const struct say_run *run = &said->runs[i];
		uint32_t from = s->origin[run->author];
		struct say_run *last = NULL;

		if (!run->verbatim) {
			uint32_t end = s->origin[run->author + run->author_len];

			runs[n++] =
			    (struct say_run){run->said, run->said_len, from, end - from, false};
			continue;
		}
		for (uint32_t k = 0; k < run->said_len; k++) {
			uint32_t at = s->origin[run->author + k];
			uint32_t len = s->origin[run->author + k + 1] - at;

			if (len == 1 && last != NULL && last->verbatim) {
				last->said_len++;
				last->author_len++;
			} else {
				last = &runs[n++];
				*last = (struct say_run){run->said + k, 1, at, len, len == 1};
			}
		}
	}
	said->runs = runs;
	said->runs_n = n;
}

struct said
say_text_softened(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon)
{
	uint32_t *all = pool_array(pool, len + 1, sizeof(*all));
	struct softening s = {.text = all,
	    .soft = pool_array(pool, len + 1, sizeof(*s.soft)),
	    .origin = pool_array(pool, len + 1, sizeof(*s.origin))};
	struct said said;
	struct buf soft;

	for (size_t i = 0; i < len;)
		all[s.n++] = utf8_next(text, len, &i);
	soften(&s, false);
	if (s.soft_n == s.n)
		soften(&s, true);
	buf_init(&soft, pool, len + 1);
	for (size_t i = 0; i < s.soft_n; i++) {
		char utf8[4];

		buf_add(&soft, utf8, utf8_encode(s.soft[i], utf8));
	}
	said = say_text(pool, soft.data, soft.len, language, lexicon);
	lead_back(pool, &s, &said);
	return said;
}
