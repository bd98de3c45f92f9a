#include "say_parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../base/log.h"
#include "../text/text_uni.h"

static const struct say_language *const languages[] = {
    &say_en, &say_ko, &say_de, &say_fr, &say_es, &say_it, &say_ru, &say_ja, &say_zh, &say_he};

/* For each byte, which of a language's rules may match something that begins with it; built on
 * first use. */
static bool *begins[SAY_COUNT(languages)];

struct rules {
	const struct say_language *language;
	const bool *begins;
};

static bool *
begins_build(const struct say_language *language)
{
	bool *all = malloc(256 * language->rules_n * sizeof(all[0]));

	if (all == NULL)
		fatal(EX_OSERR, "cannot prepare the rules for speaking: %s", strerror(ENOMEM));
	for (size_t i = 0; i < language->rules_n; i++) {
		bool first[256];

		say_first(language, &language->rules[i], first);
		for (size_t c = 0; c < 256; c++)
			all[c * language->rules_n + i] = first[c];
	}
	return all;
}

static struct rules
rules_find(const char *tag)
{
	size_t len = strcspn(tag, "-");

	for (size_t i = 0; i < SAY_COUNT(languages); i++) {
		if (strncmp(languages[i]->tag, tag, len) != 0 || languages[i]->tag[len] != '\0')
			continue;
		if (begins[i] == NULL)
			begins[i] = begins_build(languages[i]);
		return (struct rules){languages[i], begins[i]};
	}
	return (struct rules){NULL, NULL};
}

/* ---------------------------------------------------------------- applying a rule */

static bool
read_capture(const struct say_language *language, struct buf *out, const struct say_capture *c,
    char letter, const struct say_capture *beside)
{
	if (letter == '}') {
		if (c->to != NULL)
			buf_adds(out, c->to);
		else
			buf_add(out, c->s, c->len);
		return true;
	}
	for (size_t i = 0; i < *language->readers_n; i++)
		if (language->readers[i].letter == letter)
			return language->readers[i].read(out, c, beside);
	return false;
}

/* Write the text of RULE with CAPTURES filled in; false if a reader refuses. */
static bool
rule_fill(struct buf *out, const struct say_language *language, const struct say_rule *rule,
    const struct say_capture *captures)
{
	for (const char *p = rule->say; *p != '\0'; p++) {
		if (*p != '{') {
			buf_add(out, p, 1);
			continue;
		}
		const char *end = strchr(p, '}');
		const struct say_capture *beside = isdigit((unsigned char)end[-1]) && end - p > 2
						       ? &captures[end[-1] - '1']
						       : NULL;

		if (!read_capture(language, out, &captures[p[1] - '1'], p[2], beside))
			return false;
		p = end;
	}
	return true;
}

/* ---------------------------------------------------------------- scanning a text */

enum char_kind { SIGN, DIGIT, LATIN };

static enum char_kind
kind_of(uint32_t c)
{
	return c >= '0' && c <= '9' ? DIGIT : say_latin(c) ? LATIN : SIGN;
}

/* The length of the word, number or character at T->at, which no rule matched, to be skipped. */
static size_t
skip_unmatched(const struct say_text *t)
{
	size_t i = t->at;
	enum char_kind first = kind_of(utf8_next(t->s, t->end, &i));

	while (first != SIGN && i < t->end && kind_of(utf8_at(t->s, t->end, i)) == first)
		utf8_next(t->s, t->end, &i);
	return i - t->at;
}

/* Find the first rule that matches at T->at. Return the length of the match, with its text in
 * SAID; *LEAVE: the match is to be left as it is. */
static size_t
apply_rules(const struct say_text *t, const struct rules *rules, struct buf *said, bool *leave)
{
	struct say_capture captures[SAY_CAPTURES];
	const struct say_language *language = rules->language;
	const bool *may = rules->begins + (unsigned char)t->s[t->at] * language->rules_n;

	for (size_t i = 0; i < language->rules_n; i++) {
		const struct say_rule *rule = &language->rules[i];
		size_t n = may[i] ? say_match(t, language, rule, captures) : 0;

		said->len = 0;
		*leave = rule->say == NULL;
		if (n > 0 && (*leave || rule_fill(said, language, rule, captures)))
			return n;
	}
	return 0;
}

/* ---------------------------------------------------------------- what was spelled out */

/* The end of the spelling, or of the part without any, at T->s[FROM], up to TO. */
static size_t
piece_end(const struct say_text *t, size_t from, size_t to, bool *spelled)
{
	size_t i = from + 1;

	*spelled = t->origin[i] != t->origin[from] + 1;
	if (*spelled)
		while (t->origin[i] == SAY_INSIDE)
			i++;
	else
		while (i < to && t->origin[i + 1] == t->origin[i] + 1)
			i++;
	return i;
}

/* Where in the plain text what ends at T->s[END] ends. */
static size_t
plain_end(const struct say_text *t, size_t end)
{
	return t->origin[end] < t->limit ? t->origin[end] : t->limit;
}

/* Say T->s from FROM to TO as it is. Neither is inside a spelling. */
static void
keep(struct say_out *out, const struct say_text *t, size_t from, size_t to)
{
	struct buf said;
	size_t end;
	bool spelled;

	void (*verbatim)(struct say_out *, const char *, size_t) =
	    t->left_to_rules ? say_keep_spelled : say_keep;

	if (t->origin == NULL) {
		verbatim(out, t->s + from, to - from);
		return;
	}
	for (; from < to; from = end) {
		size_t author = t->origin[from];

		end = piece_end(t, from, to, &spelled);
		if (spelled) {
			buf_init(&said, out->pool, end - from + 1);
			buf_add(&said, t->s + from, end - from);
		}
		if (!spelled)
			verbatim(out, t->s + from, end - from);
		else if (!say_replace(out, t->plain + author, plain_end(t, end) - author, &said))
			say_keep(out, t->plain + author, plain_end(t, end) - author);
	}
}

/* The beginning of the spelling that T->at is in, if only spaces are before it there. */
static bool
spelling_begin(const struct say_text *t, size_t *begin)
{
	*begin = t->at;
	while (t->origin != NULL && t->origin[*begin] == SAY_INSIDE)
		if (t->s[--*begin] != ' ')
			return false;
	return true;
}

/* Say SAID instead of N bytes from T->at, and of what else belongs to the same spellings. *KEPT is
 * where the text that is still to be said begins. */
static void
replace(struct say_out *out, struct say_text *t, size_t n, struct buf *said, size_t *kept)
{
	size_t begin, end = t->at + n;
	struct buf all;

	if (!spelling_begin(t, &begin))
		return;
	keep(out, t, *kept, begin);
	*kept = begin;
	if (t->origin == NULL) {
		if (say_replace(out, t->s + begin, n, said))
			*kept = end;
		return;
	}
	while (t->origin[end] == SAY_INSIDE)
		end++;
	buf_init(&all, out->pool, said->len + end - begin);
	buf_add(&all, t->s + begin, t->at - begin);
	buf_add(&all, said->data, said->len);
	buf_add(&all, t->s + t->at + n, end - t->at - n);
	if (say_replace(
		out, t->plain + t->origin[begin], plain_end(t, end) - t->origin[begin], &all))
		*kept = end;
}

static bool
rules_mention(const struct say_language *rules, uint32_t c)
{
	char character[5] = "";

	utf8_encode(c, character);
	for (size_t i = 0; i < rules->rules_n; i++)
		if (strstr(rules->rules[i].match, character) != NULL)
			return true;
	for (size_t i = 0; i < rules->tables_n; i++)
		for (size_t k = 0; k < rules->tables[i].n; k++)
			if (strstr(rules->tables[i].entries[k].from, character) != NULL)
				return true;
	return false;
}

bool
say_rules_have(const char *language, uint32_t c)
{
	/* The answers of the last time: a text has few such characters, but may have them often. */
	static struct {
		const struct say_language *rules;
		uint32_t c;
		bool have;
	} known[256];
	const struct say_language *rules = rules_find(language).language;
	size_t at = c % SAY_COUNT(known);

	if (rules == NULL)
		return false;
	if (known[at].rules != rules || known[at].c != c) {
		known[at].rules = rules;
		known[at].c = c;
		known[at].have = rules_mention(rules, c);
	}
	return known[at].have;
}

void
say_normal(struct say_out *out, const struct say_text *text, const char *tag)
{
	const struct rules rules = rules_find(tag);
	struct say_text t = *text;
	size_t kept = t.at, n;
	struct buf said;
	bool leave;

	buf_init(&said, out->pool, 256);
	while (rules.language != NULL && t.at < t.end) {
		n = say_starts(&t) ? apply_rules(&t, &rules, &said, &leave) : 0;
		/* What is said as it is written keeps its words apart. */
		if (n > 0 && !leave && (said.len != n || memcmp(said.data, t.s + t.at, n) != 0))
			replace(out, &t, n, &said, &kept);
		t.at += n > 0 ? n : skip_unmatched(&t);
	}
	keep(out, &t, kept, t.end);
}
