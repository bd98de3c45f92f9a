#include "text_parts.h"

#include <string.h>

#define GLUE_MAX 900 /* bytes; a longer quote or remark is split into sentences nevertheless */

/* State while one paragraph is split into pieces. */
struct scan {
	const struct wordlist *wordlist;
	struct cutter *cutter;
	struct marks marks;
	size_t mark; /* index of the next one */
	const char *s;
	size_t start, end; /* of the paragraph */
	size_t at;
	size_t begin;	/* of the sentence */
	size_t glued;	/* no sentence ends before this offset */
	size_t remark;	/* offset of the bracket that closes a remark within a sentence */
	size_t address; /* end of the last URL or e-mail address */
	size_t words;	/* in the sentence */
	size_t spoken;	/* offset of its first speakable character; SIZE_MAX: none yet */
	bool in_word;
	bool bullet;	    /* the sentence begins with one */
	struct label label; /* of the last list item */
};

/* End the sentence before S[at]; the next begins at NEXT. */
static void
piece_end(struct scan *scan, size_t at, size_t next)
{
	cutter_add(scan->cutter, scan->begin, at);
	scan->begin = scan->at = next;
	scan->words = 0;
	scan->spoken = SIZE_MAX;
	scan->in_word = scan->bullet = false;
}

static size_t
skip_class(const struct scan *scan, size_t at, enum cls k)
{
	while (at < scan->end) {
		size_t i = at;

		if (uni_cls(utf8_next(scan->s, scan->end, &i)) != k)
			break;
		at = i;
	}
	return at;
}

/* The quote or bracket at AT, or NULL. Calls must not go backwards. */
static const struct mark *
mark_at(struct scan *scan, size_t at)
{
	while (scan->mark < scan->marks.n && scan->marks.v[scan->mark].at < at)
		scan->mark++;
	if (scan->mark < scan->marks.n && scan->marks.v[scan->mark].at == at)
		return &scan->marks.v[scan->mark];
	return NULL;
}

/* Whether the last character inside a quote or bracket ends a sentence. */
static bool
closes_sentence(const struct scan *scan, size_t close)
{
	size_t i = close;
	enum cls k = C_SPACE;

	for (int n = 0; n < 4 && i > scan->start; n++) {
		k = uni_cls(utf8_prev(scan->s, scan->start, &i));
		if (k != C_SPACE && k != C_CLOSE && k != C_QUOTE)
			break;
	}
	return k >= C_DOT && k <= C_STOP;
}

/*
 * Whether the text enclosed by an opening mark belongs to the surrounding sentence, so that no
 * sentence ends inside: a remark in brackets, a quote after which the sentence continues ("…"
 * 라고), or one that does not itself end like a sentence.
 */
static bool
is_glue(const struct scan *scan, const struct mark *mark)
{
	struct word_after after;
	size_t close = mark->other, next = close, first = mark->at;
	uint32_t letter;
	bool quote = uni_cls(mark->c) == C_QUOTE || mark->c == 0x300c || mark->c == 0x300e, gap;

	if (mark->other == SIZE_MAX || mark->other - mark->at > GLUE_MAX)
		return false;
	if (!quote && scan->spoken != SIZE_MAX)
		return true;
	utf8_next(scan->s, scan->end, &first);
	letter = utf8_at(scan->s, scan->end, first);
	utf8_next(scan->s, scan->end, &next);
	gap = next < scan->end && uni_cls(utf8_at(scan->s, scan->end, next)) == C_SPACE;
	next = skip_class(scan, next, C_SPACE);
	after_read(&after, scan->wordlist, scan->s, scan->end, next);
	if (quote_goes_on(scan->wordlist, &after, gap, closes_sentence(scan, mark->other)) ||
	    (quote && is_source(scan->s, scan->end, next)))
		return true;
	if (after.c == 0)
		return false;
	if ((mark->c == '\'' || mark->c == '`' || mark->c == 0x2018) && !uni_hangul(letter) &&
	    !uni_cjk(letter))
		return false; /* such quotes are too often apostrophes */
	return !closes_sentence(scan, mark->other) &&
	       uni_cls(utf8_prev(scan->s, scan->start, &close)) != C_CLAUSE;
}

/* Whether the quote directly after the end of a sentence is a closing one. */
static bool
is_closing_quote(struct scan *scan, struct boundary *p, size_t at, size_t next)
{
	const struct mark *mark = mark_at(scan, at);

	if (mark && mark->role == ROLE_CLOSE)
		p->quote = mark->other;
	if (mark && mark->role != ROLE_NONE)
		return mark->role == ROLE_CLOSE;
	return next >= scan->end || !cls_word(uni_cls(utf8_at(scan->s, scan->end, next)));
}

/* Whether the text at AT, after white space, still belongs to the sentence before it: "« Oui.
 * »", "Done! 🎉". */
static bool
belongs_after_space(struct scan *scan, size_t at)
{
	const struct mark *mark;

	if (at >= scan->end)
		return false;
	if (is_smile(utf8_at(scan->s, scan->end, at)))
		return true;
	if (scan->s[at] == '[' && footnote(scan->s, scan->end, at) > at)
		return scan->s[scan->begin] != '['; /* "[1] Smith. [2] Jones." */
	mark = uni_cls(utf8_at(scan->s, scan->end, at)) == C_QUOTE ? mark_at(scan, at) : NULL;
	return mark && mark->role == ROLE_CLOSE;
}

/* Skip closing quotes, brackets, footnotes and smileys after the end of a sentence. */
static size_t
skip_closers(struct scan *scan, struct boundary *p, size_t at)
{
	while (at < scan->end) {
		size_t i = at, next;
		uint32_t c = utf8_next(scan->s, scan->end, &i);
		enum cls k = uni_cls(c);

		if (k == C_CLOSE || (k == C_QUOTE && is_closing_quote(scan, p, at, i))) {
			p->closed = true;
			p->quoted |= k == C_QUOTE || c == 0x300d || c == 0x300f;
		} else if (k >= C_DOT && k <= C_STOP && p->closed) {
			p->outside = true;
			p->kind = p->kind == KIND_DOT ? KIND_ASK : p->kind;
		} else if (c == '[' && footnote(scan->s, scan->end, at) > at) {
			i = footnote(scan->s, scan->end, at);
		} else if (k == C_SPACE) {
			next = skip_class(scan, at, C_SPACE);
			if (!belongs_after_space(scan, next))
				break;
			i = next;
		} else if (k != C_MARK && k != C_SUPER && !is_smile(c)) {
			break;
		}
		at = i;
	}
	return at;
}

/* Skip the marks at AT that end a sentence, and record their kind. */
static size_t
read_marks(const struct scan *scan, struct boundary *p, size_t at)
{
	static const enum kind kinds[] = {
	    [C_DOT] = KIND_DOT,
	    [C_ELLIPSIS] = KIND_ELLIPSIS,
	    [C_ASK] = KIND_ASK,
	    [C_STOP] = KIND_STOP,
	};

	while (at < scan->end) {
		size_t i = at, scan_space;
		uint32_t c = utf8_next(scan->s, scan->end, &i);
		enum cls k = uni_cls(c);

		if (k >= C_DOT && k <= C_STOP) {
			p->dots += k == C_DOT ? 1 : k == C_ELLIPSIS ? 3 : 0;
			if (kinds[k] > p->kind)
				p->kind = kinds[k];
			at = i;
			continue;
		}
		scan_space = i;
		if (k != C_SPACE || p->kind > KIND_ELLIPSIS || i >= scan->end ||
		    scan->s[i] != '.' || leads_word(scan->s, scan->end, i))
			break;
		p->sparse = true;
		at = scan_space;
	}
	if (p->kind == KIND_DOT && p->dots > 1)
		p->kind = KIND_ELLIPSIS;
	return at;
}

/* A boundary at scan->at, before the text around it is read. */
static struct boundary
boundary_here(const struct scan *scan)
{
	return (struct boundary){
	    .wordlist = scan->wordlist,
	    .s = scan->s,
	    .begin = scan->begin,
	    .end = scan->end,
	    .at = scan->at,
	    .words = scan->words,
	    .first = scan->spoken,
	};
}

/* A mark at scan->at may end a sentence: end it there, or continue after the mark. */
static void
try_end(struct scan *scan)
{
	struct boundary p = boundary_here(scan);
	size_t i = scan->at, end, next, marks;

	p.spaced = i > scan->begin && uni_cls(utf8_prev(scan->s, scan->begin, &i)) == C_SPACE;
	marks = read_marks(scan, &p, scan->at);
	if (marks == scan->at) { /* a character that is a mark only in this position */
		utf8_next(scan->s, scan->end, &marks);
		p.kind = KIND_ASK;
	}
	end = skip_closers(scan, &p, marks);
	next = skip_class(scan, end, C_SPACE);
	p.gap = next > end;
	scan->at = end;
	scan->in_word &= !p.gap;
	if (scan->spoken == SIZE_MAX || end <= scan->glued || next >= scan->end)
		return;
	if (!p.gap && (uni_joins(utf8_at(scan->s, scan->end, next)) ||
			  is_possessive(scan->s, scan->end, next)))
		return;
	before_read(&p.before, scan->wordlist, scan->s, scan->begin, p.at);
	after_read(&p.after, scan->wordlist, scan->s, scan->end, next);
	if (p.at == scan->address)
		p.before = (struct word_before){.c = 'a', .cls = C_LOWER, .letters = WORD_MAX};
	if (p.after.cls == C_LETTER && !p.outside && p.at < scan->remark && scan->remark < end)
		return;
	if (p.sparse && p.dots == 4 && !p.spaced && !p.closed && scan->s[p.at] == '.') {
		/* "compounds. . . . The": a full stop, then an ellipsis that begins a sentence. */
		p.kind = KIND_DOT;
		end = next = p.at + 1;
	}
	if (boundary_ends(&p))
		piece_end(scan, end, next);
}

/* "Do this: 1. …" */
static bool
after_colon(const struct scan *scan)
{
	size_t i = scan->at;

	utf8_prev(scan->s, scan->begin, &i);
	return i > scan->begin && scan->s[i - 1] == ':';
}

/*
 * If there is a list label at scan->at, the start of a word: skip it at the start of a sentence;
 * end the sentence before it if it is the next label of the current list ("1. … 2. …").
 */
static bool
skip_label(struct scan *scan, bool spaced)
{
	struct label label;
	size_t len = label_parse(scan->s, scan->end, scan->at, &label);

	if (len == 0)
		return false;
	if (scan->spoken != SIZE_MAX) {
		bool next =
		    label.style == scan->label.style && label.value == scan->label.value + 1;

		if (!spaced || scan->glued > scan->at ||
		    (!next && !(label.value == 1 && after_colon(scan))))
			return false;
		piece_end(scan, scan->at, scan->at);
	}
	scan->label = label;
	scan->spoken = scan->at;
	scan->words++;
	scan->at += len;
	scan->in_word = false;
	return true;
}

static void
scan_space(struct scan *scan, uint32_t before)
{
	size_t next = skip_class(scan, scan->at, C_SPACE);

	scan->in_word = false;
	if (before >= 0x0e00 && before <= 0x0e7f && scan->glued < scan->at && next < scan->end &&
	    cls_word(uni_cls(utf8_at(scan->s, scan->end, next)))) {
		struct boundary p = boundary_here(scan);

		if (thai_ends(&p)) {
			piece_end(scan, scan->at, next);
			return;
		}
	}
	scan->at = next;
}

/* Korean: a smiley directly after a word that ends an utterance: "좋아요~", "갔다ㅋㅋ". */
static bool
smile_ends(const struct scan *scan)
{
	struct boundary p = boundary_here(scan);

	if (p.at > p.begin && p.s[p.at - 1] == ' ')
		p.at--;
	before_read(&p.before, scan->wordlist, scan->s, scan->begin, p.at);
	return p.before.letters > 1 && sounds_final(&p);
}

/* A comma, colon, @ or the like directly after a letter: it may be part of an address. */
static void
scan_inside_word(struct scan *scan, uint32_t c, size_t next)
{
	size_t address = c == ':'   ? url_end(scan->s, scan->end, scan->at)
			 : c == '@' ? host_end(scan->s, scan->end, scan->at)
				    : scan->at;
	struct boundary p = boundary_here(scan);

	if (address > scan->at)
		scan->at = scan->address = address;
	else if (clause_ends(&p, next))
		try_end(scan);
	else
		scan->at = next;
}

/* Take the code point C, which ends at NEXT; BEFORE is the one before it. */
static void
scan_step(struct scan *scan, uint32_t c, size_t next, uint32_t before)
{
	enum cls k = uni_cls(c), kb = before ? uni_cls(before) : C_SPACE;
	const struct mark *mark;

	if (k >= C_DOT && k <= C_STOP) {
		try_end(scan);
		return;
	}
	if (k == C_SPACE) {
		scan_space(scan, before);
		return;
	}
	if (is_smile(c) && (before == ' ' || uni_hangul(before)) && !is_smile(before) &&
	    smile_ends(scan)) {
		try_end(scan);
		return;
	}
	if ((k == C_CLAUSE || k == C_SIGN) && scan->in_word) {
		scan_inside_word(scan, c, next);
		return;
	}
	if (k == C_OPEN || k == C_QUOTE) {
		if (c == '(' && skip_label(scan, kb == C_SPACE))
			return;
		mark = mark_at(scan, scan->at);
		if (mark && mark->role == ROLE_OPEN && scan->at >= scan->glued &&
		    is_glue(scan, mark)) {
			scan->glued = mark->other;
			scan->remark = k == C_OPEN && scan->spoken != SIZE_MAX ? mark->other : 0;
		}
	}
	if (k == C_BULLET) {
		if (scan->bullet && scan->spoken != SIZE_MAX && kb == C_SPACE)
			piece_end(scan, scan->at, scan->at);
		scan->bullet |= scan->spoken == SIZE_MAX;
	}
	if (cls_spoken(k)) {
		if (!scan->in_word) {
			bool first = kb == C_SPACE || kb == C_BULLET || kb == C_OPEN ||
				     kb == C_QUOTE || scan->at == scan->begin;

			if (first && skip_label(scan, kb == C_SPACE))
				return;
			scan->words++;
			scan->in_word = true;
			if (scan->spoken == SIZE_MAX)
				scan->spoken = scan->at;
			if (c == 'w' && url_end(scan->s, scan->end, scan->at) > scan->at) {
				scan->at = scan->address = url_end(scan->s, scan->end, scan->at);
				return;
			}
		}
	} else if (k != C_MARK && k != C_DASH) {
		scan->in_word = false;
	}
	scan->at = next;
}

static void
split_paragraph(struct scan *scan, size_t begin, size_t end)
{
	scan->start = scan->begin = scan->at = begin;
	scan->end = end;
	scan->mark = scan->glued = scan->words = 0;
	scan->remark = scan->address = 0;
	scan->spoken = SIZE_MAX;
	scan->in_word = scan->bullet = false;
	marks_find(&scan->marks, scan->s, begin, end);
	while (scan->at < end) {
		size_t i = scan->at;
		uint32_t before, c;

		while (scan->in_word && i < end && uni_plain(scan->s[i]))
			i++;
		if (i > scan->at) {
			scan->at = i;
			continue;
		}
		before = i > begin ? utf8_prev(scan->s, begin, &i) : 0;
		i = scan->at;
		c = utf8_next(scan->s, end, &i);
		scan_step(scan, c, i, before);
	}
	cutter_add(scan->cutter, scan->begin, end);
}

struct sentences
text_split(struct pool *pool, const char *text, size_t len, const char *language, size_t max_chars)
{
	struct cutter cutter = {
	    .pool = pool,
	    .s = text,
	    .max = max_chars > 0 ? max_chars : 1,
	    .silent = SIZE_MAX,
	};
	struct scan scan = {
	    .wordlist = wordlist_new(pool, language, text, len),
	    .cutter = &cutter,
	    .marks.pool = pool,
	    .s = text,
	};
	struct lines lines = {.wordlist = scan.wordlist, .s = text, .len = len};
	size_t begin, end;

	while (lines_next(&lines, &begin, &end))
		split_paragraph(&scan, begin, end);
	cutter_end(&cutter);
	return cutter.out;
}
