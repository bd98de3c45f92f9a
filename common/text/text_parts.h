#ifndef TTS_TEXT_PARTS_H
#define TTS_TEXT_PARTS_H

#include "text.h"
#include "text_lang.h"
#include "text_uni.h"

/*
 * The steps of text_split, each in a file of its own:
 *
 *   text_lines.c   text → paragraphs (what a line break means)
 *   text_pairs.c   where quotes and brackets of a paragraph open and close
 *   text_split.c   paragraph → places where a sentence may end → pieces
 *   text_sign.c    what stands beside a mark and is no word
 *   text_label.c   numbers and letters that label the items of a list
 *   text_address.c URLs and e-mail addresses, which hold no end of a sentence
 *   text_word.c    the words beside such a place
 *   text_clause.c  ends of sentences that other scripts write with no full stop
 *   text_rules.c   whether a sentence ends there
 *   text_cut.c     pieces → sentences: too long ones cut, silent ones joined
 *
 * All of them look a bounded number of bytes around a place, or go forward only, so that the whole
 * is linear in the length of the text.
 */

/* ------------------------------------------------------------------ text_lines.c */

/* Columns and ends of one line. */
struct line {
	size_t begin, end; /* without white space at either side */
	size_t next;	   /* of the following line */
	size_t columns;
	uint32_t first, last;
	bool leader;	/* has a row of dots, as a table of contents does */
	bool paragraph; /* its break ends a paragraph by itself */
};

struct lines {
	const struct lexicon *lexicon;
	const char *s;
	size_t len;
	size_t at;	   /* of the next paragraph */
	size_t block_end;  /* of the block that AT is in */
	size_t width;	   /* columns of the block's longest line */
	size_t count;	   /* lines of the block */
	struct line ahead; /* the last one read; next is 0 if none was */
	size_t ahead_at;
	bool prose;	/* some line of the block ends like a sentence */
	bool unwrapped; /* many of them are longer than anyone's editor makes them */
};

/* Find the next paragraph: [*begin, *end), line breaks in it are white space. False at the end. */
bool lines_next(struct lines *lines, size_t *begin, size_t *end);

/* ------------------------------------------------------------------ text_label.c */

/*
 * Parse the number, letter or sign that labels the item of a list at S[at], with the mark behind
 * it: "1." "1)" "(1)" "1.)" "a." "①" "가.". Return its length in bytes, 0 if there is none.
 */
struct label {
	int style;
	unsigned value;
};
size_t label_parse(const char *s, size_t end, size_t at, struct label *label);

/* ------------------------------------------------------------------ text_pairs.c */

enum role { ROLE_NONE, ROLE_OPEN, ROLE_CLOSE };

/* A quote or bracket. */
struct mark {
	size_t at;
	size_t other; /* the place of its partner; SIZE_MAX if it has none */
	uint32_t c;
	enum role role;
};

struct marks {
	struct mark *v;
	size_t n, cap;
	struct pool *pool;
};

/* Find all quotes and brackets of S[begin..end) and who belongs to whom. */
void marks_find(struct marks *marks, const char *s, size_t begin, size_t end);

/* ------------------------------------------------------------------ text_sign.c */

/* Whether S[at] names in brackets where the quote before it is from: "“…” (Homer)." */
bool is_source(const char *s, size_t end, size_t at);

/* The end of the footnote mark at AT, "[12]"; AT if there is none. */
size_t footnote(const char *s, size_t end, size_t at);

/* Whether it stands behind a sentence as a smile does. */
bool is_smile(uint32_t c);

/* Whether the dots at AT belong to the word behind them: ".NET", "...and so on". */
bool leads_word(const char *s, size_t end, size_t at);

/* Whether the ending of "the U.S.'s" stands at AT. */
bool is_possessive(const char *s, size_t end, size_t at);

/* ------------------------------------------------------------------ text_address.c */

/* The end of the URL whose "://" or "www." is at AT, without punctuation behind it; AT if none is.
 */
size_t url_end(const char *s, size_t end, size_t at);

/* The end of the host of the e-mail address whose @ is at AT. */
size_t host_end(const char *s, size_t end, size_t at);

/* Tell whether the word at AT goes on to an @: the part before it may have full stops too. */
bool address_follows(const char *s, size_t end, size_t at);

/* ------------------------------------------------------------------ text_word.c */

#define WORD_MAX 48

/* The word before a place. */
struct before {
	uint32_t c; /* the last code point; 0 if there is none */
	enum cls cls;
	char word[WORD_MAX]; /* in lower case; empty if it is longer than that */
	size_t len;
	size_t from;	  /* where it begins */
	unsigned letters; /* code points that are letters or marks; many if the word is long */
	unsigned digits;
	bool capital;	   /* begins with a capital letter */
	bool all_caps;	   /* ends with one too */
	bool acronym;	   /* short parts with full stops between them: "u.s", "ph.d" */
	bool after_number; /* the word before this one is a number */
	uint32_t flags;	   /* of the lexicon */
};

/* What stands after a place. */
struct after {
	uint32_t
	    c; /* the first code point behind opening quotes, brackets and dashes; 0 at the end */
	enum cls cls;
	size_t at;
	bool quote, bracket, dash;
	bool ellipsis; /* "...and so on" */
	char word[WORD_MAX];
	size_t len;
	unsigned chars;
	bool capital;  /* a capital letter with a small one behind it */
	bool all_caps; /* two capital letters or more and no small one */
	bool camel;    /* a capital letter behind a small one */
	uint32_t then; /* the code point after the word */
	size_t end;    /* of the word */
	uint32_t flags;
};

void before_read(
    struct before *b, const struct lexicon *lexicon, const char *s, size_t begin, size_t at);
void after_read(
    struct after *a, const struct lexicon *lexicon, const char *s, size_t end, size_t at);

/* ------------------------------------------------------------------ text_rules.c */

enum kind { KIND_DOT, KIND_ELLIPSIS, KIND_ASK, KIND_STOP };

/* A place where a sentence may end. */
struct place {
	const struct lexicon *lexicon;
	const char *s;
	size_t begin; /* of the sentence */
	size_t end;   /* of the paragraph */
	enum kind kind;
	size_t at;     /* of the first mark */
	unsigned dots; /* how many, one after the other */
	bool spaced;   /* white space before the first mark */
	bool sparse;   /* dots with spaces between them */
	bool closed;   /* closing quotes or brackets follow */
	bool outside;  /* and a mark behind those: "…？》。" */
	bool quoted;   /* at least one of them is a quote */
	size_t quote;  /* place of the mark that opened it; 0 if there is none */
	bool gap;      /* white space follows */
	size_t words;  /* in the sentence so far */
	size_t first;  /* place of the first letter of the sentence */
	struct before before;
	struct after after;
};

/* Tell whether the syllables before p->at are the last of what was said: "다", "ます". */
bool sounds_final(const struct place *p);

/* Tell whether the sentence ends at this place. */
bool place_ends(const struct place *p);

/*
 * Tell whether what follows a closing quote goes on with the sentence. GAP: behind white space;
 * ENDED: what is quoted ends like a sentence.
 */
bool quote_goes_on(const struct lexicon *lexicon, const struct after *after, bool gap, bool ended);

/* ------------------------------------------------------------------ text_clause.c */

/* Thai: white space at p->at stands behind a word that ends what was said. */
bool thai_ends(const struct place *p);

/*
 * Tell whether the comma or colon at p->at, with NEXT behind it, ends a sentence: Greek ";",
 * Armenian ":", and what stands between the clauses of a language that goes on for a page without
 * a full stop.
 */
bool clause_ends(const struct place *p, size_t next);

/* ------------------------------------------------------------------ text_cut.c */

struct cutter {
	struct pool *pool;
	const char *s;
	size_t max;
	struct sentences out;
	size_t cap;
	size_t last_chars; /* of the last sentence */
	size_t silent;	   /* begin of a piece that waits for a neighbour; SIZE_MAX if none does */
	size_t silent_end;
	size_t silent_chars;
};

/* Take the next piece, S[begin..end), which may be white space alone. */
void cutter_add(struct cutter *cutter, size_t begin, size_t end);
void cutter_end(struct cutter *cutter);

#endif
