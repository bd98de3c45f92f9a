#include "text_mixed.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"
#include "text_script.h"
#include "text_uni.h"

/* What the engine reads in every language: it changes to the language of these by itself. */
#define PASSED_INTO "Hang Deva Geor Taml"

/*
 * Languages in whose midst it passes into nothing: it spells Latin letters, or speaks the foreign
 * words in tones of its own.
 */
#define STAYS "ja he my cmn zh yue hak vi be mk chr"

/* A letter of this script tells little alone: "α" is better named than spoken. */
#define NAMED "Grek"

enum { OWN = -1, JAPANESE = SCRIPTS_MAX };

/* A piece while the text is being cut. */
struct piece {
	size_t start, end; /* END is that of its last letter while it is foreign */
	int script;	   /* in scripts[], OWN, or JAPANESE */
	size_t letters;
};

struct cutting {
	const char *text;
	size_t len;
	const char *language;
	bool figures; /* since the last letter */
	struct piece *v;
	size_t n;
};

static bool
in_list(const char *list, const char *code)
{
	return word_in(list, code, strlen(code));
}

/* What a letter is to the voice. Han and kana are one, so that Japanese is not cut. */
static int
kind(const char *language, uint32_t c)
{
	size_t script = script_of(c);

	if (script == scripts_n || script_writes(script, language))
		return OWN;
	if (!word_in(STAYS, language, tag_primary(language)) &&
	    (script == SCRIPT_LATIN || in_list(PASSED_INTO, scripts[script].code)))
		return OWN;
	return script_writes(script, "ja") ? JAPANESE : (int)script;
}

/* A letter at [from, to) of another kind than what came before. */
static void
open_piece(struct cutting *c, size_t from, size_t to, int script)
{
	struct piece *last = c->n > 0 ? &c->v[c->n - 1] : NULL;
	size_t start = from;

	/* What stands between goes to the own language, or to the first of two others. */
	if (last == NULL)
		start = script == OWN || !c->figures ? 0 : from;
	else if (script == OWN)
		start = last->end;
	else
		last->end = from;
	if (start > 0 && last == NULL)
		c->v[c->n++] = (struct piece){0, start, OWN, 0};
	c->v[c->n++] = (struct piece){start, to, script, 1};
}

static void
scan(struct cutting *c)
{
	size_t i = 0;

	while (i < c->len) {
		size_t from = i;
		enum cls k = uni_cls(utf8_next(c->text, c->len, &i));
		struct piece *last = c->n > 0 ? &c->v[c->n - 1] : NULL;
		size_t at = from;
		int script;

		if (k == C_MARK && last != NULL && last->end == from)
			last->end = i;
		c->figures |= k == C_DIGIT;
		if (!cls_letter(k))
			continue;
		script = kind(c->language, utf8_next(c->text, c->len, &at));
		if (last != NULL && last->script == script) {
			last->end = i;
			last->letters++;
		} else
			open_piece(c, from, i, script);
		c->figures = false;
	}
}

/* What follows the last letter goes with it, but for figures after another language. */
static void
close_last(struct cutting *c)
{
	struct piece *last = c->n > 0 ? &c->v[c->n - 1] : NULL;

	if (last == NULL || (last->script != OWN && c->figures)) {
		size_t start = last != NULL ? last->end : 0;

		c->v[c->n++] = (struct piece){start, c->len, OWN, 0};
	} else
		last->end = c->len;
}

struct text_runs
text_mixed(struct pool *pool, const char *text, size_t len, const char *language)
{
	struct cutting c = {.text = text, .len = len, .language = language};
	struct text_runs runs = {0};

	c.v = pool_array(pool, len + 2, sizeof c.v[0]);
	scan(&c);
	close_last(&c);
	runs.v = pool_array(pool, c.n, sizeof runs.v[0]);
	for (size_t i = 0; i < c.n; i++) {
		const struct piece *p = &c.v[i];
		bool own = p->script == OWN || (p->letters == 1 && p->script < SCRIPTS_MAX &&
						   in_list(NAMED, scripts[p->script].code));
		const char *spoken =
		    own ? language : text_language_in(text + p->start, p->end - p->start, "en");
		struct text_run *last = runs.n > 0 ? &runs.v[runs.n - 1] : NULL;

		if (last != NULL && strcmp(last->language, spoken) == 0)
			last->len += p->end - p->start;
		else
			runs.v[runs.n++] = (struct text_run){p->start, p->end - p->start, spoken};
	}
	return runs;
}
