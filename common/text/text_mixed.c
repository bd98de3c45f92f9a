#include "text_mixed.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"
#include "text_script.h"
#include "text_uni.h"

/* Scripts that the engine can read in any language: it switches to their language by itself. */
#define READ_BY_ALL "Hang Deva Geor Taml"

/*
 * Languages in which the engine does not switch: it spells Latin letters, or speaks the foreign
 * words with tones of its own.
 */
#define NEVER_SWITCHES "ja he my cmn zh yue hak vi be mk chr"

/* A single letter of this script is better named than spoken: "α". */
#define NAMED "Grek"

enum { OWN = -1, JAPANESE = SCRIPTS_MAX };

/* A piece of the text during cutting. */
struct piece {
	size_t start, end; /* while the piece is foreign, END is the end of its last letter */
	int script;	   /* index in scripts[], OWN or JAPANESE */
	size_t letters;
};

struct cutting {
	const char *text;
	size_t len;
	const char *language;
	bool figures; /* there were digits since the last letter */
	struct piece *v;
	size_t n;
};

static bool
in_list(const char *list, const char *code)
{
	return word_in(list, code, strlen(code));
}

/* The script of a letter as far as the voice cares. Han and kana are the same, so that Japanese
 * is not cut. */
static int
voice_script(const char *language, uint32_t c)
{
	size_t script = script_of(c);

	if (script == scripts_n || script_writes(script, language))
		return OWN;
	if (!word_in(NEVER_SWITCHES, language, tag_primary(language)) &&
	    (script == SCRIPT_LATIN || in_list(READ_BY_ALL, scripts[script].code)))
		return OWN;
	return script_writes(script, "ja") ? JAPANESE : (int)script;
}

/* Begin a piece with the letter at [from, to), whose script differs from what came before. */
static void
piece_begin(struct cutting *c, size_t from, size_t to, int script)
{
	struct piece *last = c->n > 0 ? &c->v[c->n - 1] : NULL;
	size_t start = from;

	/* The characters between the pieces belong to the own language, or to the first of two
	 * others. */
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
scan_pieces(struct cutting *c)
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
		script = voice_script(c->language, utf8_next(c->text, c->len, &at));
		if (last != NULL && last->script == script) {
			last->end = i;
			last->letters++;
		} else
			piece_begin(c, from, i, script);
		c->figures = false;
	}
}

/* The characters after the last letter belong to its piece, except digits after another
 * language. */
static void
piece_end_last(struct cutting *c)
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
	scan_pieces(&c);
	piece_end_last(&c);
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
