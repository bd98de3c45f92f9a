#include "say_parts.h"

#include <string.h>

#include "lexicon.h"
#include "say_ja.h"
#include "say_ko_sound.h"
#include "say_zh_words.h"
#include "../text/text_uni.h"

static bool
say_entry(struct say_out *out, const char *text, size_t len, const struct lexicon_entry *entry)
{
	struct buf plain, said;

	if (entry->match == LEXICON_PHONEMES)
		return say_phonemes(out, text, len, entry->to);
	buf_init(&plain, out->pool, 64);
	buf_init(&said, out->pool, 64);
	say_plain(&plain, entry->to, strlen(entry->to));
	say_clean(&said, plain.data, plain.len);
	return say_replace(out, text, len, &said);
}

/* Whether the language tag TAG is of the language whose primary subtag is PRIMARY. */
static bool
is_language(const char *tag, const char *primary)
{
	size_t n = strlen(primary);

	return strncmp(tag, primary, n) == 0 && (tag[n] == '\0' || tag[n] == '-');
}

/* An author's text after say_plain, with Hanja read, and after say_spell. */
struct say_source {
	struct buf plain;
	struct say_glosses glosses;
	struct say_text spelled;
};

/* Say a space for the plain text from FROM up to TO or to what was not left out at T->at. */
static void
say_left_out(struct say_out *out, const struct say_text *t, size_t from, size_t to)
{
	size_t kept = t->origin[t->at] < to ? t->origin[t->at] : to;
	struct buf space;

	if (kept <= from)
		return;
	buf_init(&space, out->pool, 2);
	buf_adds(&space, " ");
	if (!say_replace(out, t->plain + from, kept - from, &space))
		say_keep(out, t->plain + from, kept - from);
}

/* Say the plain text from FROM to TO, without glosses, by the rules of language RULES. */
static void
say_piece(
    struct say_out *out, const struct say_source *source, size_t from, size_t to, const char *rules)
{
	struct say_text text = source->spelled;

	text.at = text.place != NULL ? text.place[from] : from;
	text.end = text.place != NULL ? text.place[to] : to;
	text.limit = to;
	if (text.place != NULL)
		say_left_out(out, &text, from, to);
	say_normal(out, &text, rules);
}

/* Say the plain text from FROM to TO: what is written twice once, and Korean and Chinese as they
 * are pronounced. */
static void
say_between(
    struct say_out *out, const struct say_source *source, size_t from, size_t to, const char *rules)
{
	size_t begin = out->text.len, kept = from;

	for (size_t i = 0; i < source->glosses.n; i++) {
		const struct say_gloss *gloss = &source->glosses.v[i];
		struct buf said;

		if (gloss->begin < kept || gloss->end > to)
			continue;
		say_piece(out, source, kept, gloss->begin, rules);
		buf_init(&said, out->pool, gloss->said_len + 1);
		buf_add(&said, source->plain.data + gloss->said, gloss->said_len);
		kept = say_replace(
			   out, source->plain.data + gloss->begin, gloss->end - gloss->begin, &said)
			   ? gloss->end
			   : gloss->begin;
	}
	say_piece(out, source, kept, to, rules);
	say_ko_sound(out->text.data + begin, out->text.len - begin);
	if (is_language(rules, "cmn"))
		say_zh_words(out->pool, out->text.data + begin, out->text.len - begin);
}

/*
 * Say the author's TEXT (SOURCE is made of it) up to its last match: text between
 * matches goes through the rules of language RULES, the replacement of an entry is taken as it is.
 * Return where in the plain text the rest begins.
 */
static size_t
say_entries(struct say_out *out, const char *text, size_t len, const struct say_source *source,
    const char *language, const char *rules, const struct lexicon *lexicon)
{
	const struct buf *plain = &source->plain;
	size_t kept = 0, i = 0, n;

	for (size_t at = 0; at < len;) {
		const struct lexicon_entry *entry =
		    lexicon_at(lexicon, text, len, at, language, &n);

		if (entry == NULL) {
			utf8_next(text, len, &at);
			utf8_next(plain->data, plain->len, &i);
			continue;
		}
		say_between(out, source, kept, i, rules);
		kept = i;
		for (size_t end = at + n; at < end;) {
			utf8_next(text, len, &at);
			utf8_next(plain->data, plain->len, &i);
		}
		if (say_entry(out, plain->data + kept, i - kept, entry))
			kept = i;
	}
	return kept;
}

/*
 * The language whose rules apply to a sentence: LANGUAGE, except that a sentence with mostly Hangul
 * letters is read by a Korean voice whatever the project's voice is, and that Chinese is Mandarin.
 */
static const char *
rules_language(const char *text, size_t len, const char *language)
{
	size_t hangul = 0, letters = 0;

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(text, len, &i);

		hangul += uni_hangul(c);
		letters += cls_letter(uni_cls(c));
	}
	if (2 * hangul > letters)
		return "ko";
	return is_language(language, "zh") && !is_language(language, "zh-yue") ? "cmn" : language;
}

struct said
say_text(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon)
{
	const char *rules = rules_language(text, len, language);
	struct say_source source = {.glosses = {.n = 0}};
	struct say_out out;
	struct said said;
	size_t kept = 0;

	buf_init(&source.plain, pool, len + 1);
	say_plain(&source.plain, text, len);
	if (is_language(rules, "ko"))
		source.glosses = say_ko_hanja(pool, &source.plain);
	source.spelled = say_spell(pool, &source.plain, rules);
	say_begin(&out, pool, source.plain.len);
	if (lexicon != NULL)
		kept = say_entries(&out, text, len, &source, language, rules, lexicon);
	say_between(&out, &source, kept, source.plain.len, rules);
	said = (struct said){.text = out.text.data,
	    .len = out.text.len,
	    .runs = out.runs,
	    .runs_n = out.runs_n,
	    .phonemes = out.phonemes};
	if (is_language(rules, "ja"))
		say_ja_kana(pool, &said, text, len);
	return said;
}

/* The run that contains code point AT of the said text, or else the last run. There must be one. */
static const struct say_run *
run_at(const struct said *said, uint32_t at)
{
	size_t low = 0, high = said->runs_n;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (said->runs[mid].said <= at)
			low = mid;
		else
			high = mid;
	}
	return &said->runs[low];
}

static uint32_t
min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void
say_author(const struct said *said, uint32_t at, uint32_t n, uint32_t *offset, uint32_t *length)
{
	const struct say_run *run;
	uint32_t end;

	*offset = *length = 0;
	if (said->runs_n == 0)
		return;
	run = run_at(said, at);
	*offset = run->author + (run->verbatim ? min(at - run->said, run->author_len)
				    : at < run->said + run->said_len ? 0
								     : run->author_len);
	if (n == 0)
		return;
	n = min(n, UINT32_MAX - at);
	run = run_at(said, at + n - 1);
	end = run->author +
	      (run->verbatim ? min(at + n - run->said, run->author_len) : run->author_len);
	*length = end - *offset;
}
