#include "say_parts.h"

#include <string.h>

#define GROUPS_MAX 6
#define PHONE_DIGITS_MIN 8 /* with the code of the country: E.164 */
#define PHONE_DIGITS_MAX 15

/* Groups of digits with one character between them, or a bracket and a space. */
struct groups {
	size_t n, digits[GROUPS_MAX], end[GROUPS_MAX], total[GROUPS_MAX];
	char sign[GROUPS_MAX]; /* before the group; '(' if it is in brackets */
};

static bool
digit_at(const struct say_text *t, size_t at)
{
	return at < t->end && t->s[at] >= '0' && t->s[at] <= '9';
}

/* The length of what is between two groups at AT, and its sign; 0 if no group follows. */
static size_t
separator(const struct say_text *t, size_t at, char *sign)
{
	if (at + 1 >= t->end || t->s[at] == '\0' || strchr(" -.", t->s[at]) == NULL)
		return 0;
	*sign = t->s[at];
	if (digit_at(t, at + 1))
		return 1;
	return t->s[at] == ' ' && t->s[at + 1] == '(' && digit_at(t, at + 2) ? 1 : 0;
}

static void
groups_read(const struct say_text *t, size_t at, struct groups *g)
{
	char sign = '\0';

	while (g->n < GROUPS_MAX) {
		bool bracket = at < t->end && t->s[at] == '(';
		size_t from = at + bracket, n = 0, more;

		while (digit_at(t, from + n) && n < PHONE_DIGITS_MAX)
			n++;
		if (n == 0 || (bracket && (from + n >= t->end || t->s[from + n] != ')')))
			return;
		at = from + n + bracket;
		g->digits[g->n] = n;
		g->sign[g->n] = bracket ? '(' : sign;
		g->total[g->n] = n + (g->n > 0 ? g->total[g->n - 1] : 0);
		g->end[g->n++] = at;
		more = separator(t, at, &sign);
		if (more == 0 && !(bracket && digit_at(t, at)))
			return;
		at += more;
	}
}

/* Whether the first N groups have these sizes, with one of SIGNS, the same, between all of them. */
static bool
groups_are(const struct groups *g, size_t n, const char *sizes, const char *signs)
{
	char sign = '\0';

	if (strlen(sizes) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool bracket = g->sign[i] == '(' || (i > 0 && g->sign[i - 1] == '(');

		if (g->digits[i] != (size_t)(sizes[i] - '0'))
			return false;
		if (i == 0 || bracket)
			continue;
		if (strchr(signs, g->sign[i]) == NULL || (sign != '\0' && g->sign[i] != sign))
			return false;
		sign = g->sign[i];
	}
	return true;
}

/* "1999 2000 2001 2002" are not the number of a card. */
static bool
all_years(const char *s)
{
	for (size_t i = 0; i < 4; i++)
		if (memcmp(s + 5 * i, "19", 2) != 0 && memcmp(s + 5 * i, "20", 2) != 0)
			return false;
	return true;
}

/* Whether the first N groups, which begin at S, are a telephone number or that of a card. */
static bool
is_national(const struct groups *g, size_t n, const char *s)
{
	static const struct {
		const char *sizes, *signs, *first;
	} forms[] = {{"334", "-. ", ""}, {"1334", "-. ", "1"}, {"465", "- ", ""}, {"324", "-", ""},
	    {"234", "-", ""}, {"244", "-", ""}, {"344", "-", ""}, {"344", " ", "0"},
	    {"234", " ", "0"}, {"244", " ", "0"}, {"333", "- ", "0"}, {"433", "- ", "0"},
	    {"434", "- ", "0"}, {"354", "- ", "0"}, {"46", "- ", "0"}, {"47", "- ", "0"}};

	if (groups_are(g, n, "4444", "- "))
		return !all_years(s);
	for (size_t i = 0; i < SAY_COUNT(forms); i++)
		if (groups_are(g, n, forms[i].sizes, forms[i].signs) &&
		    memcmp(s + (s[0] == '('), forms[i].first, strlen(forms[i].first)) == 0)
			return true;
	return false;
}

size_t
say_phone(const struct say_text *t, size_t at)
{
	bool plus = at < t->end && t->s[at] == '+';
	struct groups g = {.n = 0};

	groups_read(t, at + plus, &g);
	for (size_t n = g.n; n > 1; n--) {
		size_t digits = g.total[n - 1];

		if (plus ? g.digits[0] <= 3 && digits >= PHONE_DIGITS_MIN &&
			       digits <= PHONE_DIGITS_MAX
			 : is_national(&g, n, t->s + at))
			return g.end[n - 1] - at;
	}
	return 0;
}
