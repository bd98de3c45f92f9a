#ifndef TTS_TEXT_PARTS_H
#define TTS_TEXT_PARTS_H

#include "text.h"
#include "text_lang.h"
#include "text_uni.h"

/*
 * The steps of text_split, one per file:
 *
 *   text_lines.c   text → paragraphs (what a line break means)
 *   text_pairs.c   where the quotes and brackets of a paragraph open and close
 *   text_split.c   paragraph → possible boundaries → pieces
 *   text_sign.c    characters at a boundary that are not words
 *   text_label.c   numbers and letters that label list items
 *   text_address.c URLs and e-mail addresses, in which no sentence ends
 *   text_word.c    the words before and after a boundary
 *   text_clause.c  ends of sentences that other scripts write without a full stop
 *   text_rules.c   whether a sentence ends at a boundary
 *   text_cut.c     pieces → sentences: long ones are cut, silent ones joined
 *
 * Each of them looks at a bounded number of bytes around a boundary, or only goes forward, so the
 * total cost is linear in the length of the text.
 */

/* ------------------------------------------------------------------ text_lines.c */

/* Extent and width of one line. */
struct line {
	size_t begin, end; /* without leading and trailing white space */
	size_t next;	   /* of the following line */
	size_t columns;
	uint32_t first, last;
	bool leader;	/* contains a row of dots, as in a table of contents */
	bool paragraph; /* its line break also ends a paragraph */
};

struct lines {
	const struct wordlist *wordlist;
	const char *s;
	size_t len;
	size_t at;	   /* of the next paragraph */
	size_t block_end;  /* of the block that AT is in */
	size_t width;	   /* columns of the block's longest line */
	size_t count;	   /* lines of the block */
	struct line ahead; /* cached line; next is 0 if there is none */
	size_t ahead_at;
	bool prose;	/* at least one line of the block ends like a sentence */
	bool unwrapped; /* many lines are longer than editors wrap them */
};

/* Find the next paragraph: [*begin, *end). Line breaks in it are white space. Returns false at
 * the end of the text. */
bool lines_next(struct lines *lines, size_t *begin, size_t *end);

/* ------------------------------------------------------------------ text_label.c */

/*
 * Parse the number, letter or symbol that labels a list item at S[at], with the punctuation after
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
	size_t other; /* offset of its partner; SIZE_MAX if it has none */
	uint32_t c;
	enum role role;
};

struct marks {
	struct mark *v;
	size_t n, cap;
	struct pool *pool;
};

/* Find all quotes and brackets of S[begin..end) and pair them. */
void marks_find(struct marks *marks, const char *s, size_t begin, size_t end);

/* ------------------------------------------------------------------ text_sign.c */

/* Whether S[at] gives the source of the quote before it in brackets: "“…” (Homer)." */
bool is_source(const char *s, size_t end, size_t at);

/* The end of the footnote mark at AT ("[12]"); AT if there is none. */
size_t footnote(const char *s, size_t end, size_t at);

/* Whether C is used after a sentence like a smiley. */
bool is_smile(uint32_t c);

/* Whether the dots at AT belong to the word after them: ".NET", "...and so on". */
bool leads_word(const char *s, size_t end, size_t at);

/* Whether a possessive ending is at AT, as in "the U.S.'s". */
bool is_possessive(const char *s, size_t end, size_t at);

/* ------------------------------------------------------------------ text_address.c */

/* The end of the URL whose "://" or "www." is at AT, without trailing punctuation; AT if there
 * is none. */
size_t url_end(const char *s, size_t end, size_t at);

/* The end of the host of the e-mail address whose @ is at AT. */
size_t host_end(const char *s, size_t end, size_t at);

/* Tell whether the word at AT leads to an @: the part before it may contain full stops too. */
bool address_follows(const char *s, size_t end, size_t at);

/* ------------------------------------------------------------------ text_word.c */

#define WORD_MAX 48

/* The word before a boundary. */
struct word_before {
	uint32_t c; /* the last code point; 0 if there is none */
	enum cls cls;
	char word[WORD_MAX]; /* in lower case; empty if it does not fit */
	size_t len;
	size_t from;	  /* its start */
	unsigned letters; /* number of letters and marks; large if the word is long */
	unsigned digits;
	bool capital;	   /* its first letter is a capital */
	bool all_caps;	   /* its last letter is one too */
	bool acronym;	   /* short parts separated by full stops: "u.s", "ph.d" */
	bool after_number; /* the word before it is a number */
	uint32_t flags;	   /* from the word list */
};

/* The text after a boundary. */
struct word_after {
	uint32_t c; /* first code point after opening marks; 0 at the end */
	enum cls cls;
	size_t at;
	bool quote, bracket, dash;
	bool ellipsis; /* "...and so on" */
	char word[WORD_MAX];
	size_t len;
	unsigned chars;
	bool capital;  /* a capital letter followed by a lower-case one */
	bool all_caps; /* two or more capital letters and no lower-case one */
	bool camel;    /* a capital letter after a lower-case one */
	uint32_t then; /* the code point after the word */
	size_t end;    /* of the word */
	uint32_t flags;
};

void before_read(
    struct word_before *b, const struct wordlist *wordlist, const char *s, size_t begin, size_t at);
void after_read(
    struct word_after *a, const struct wordlist *wordlist, const char *s, size_t end, size_t at);

/* Whether the text A after a boundary in S[..end] is a name in brackets: Bolt Inc. (“Bolt”) */
bool is_short_name(const struct word_after *a, const char *s, size_t end);

/* Whether the word B before a boundary in S[begin..] is the short name of a day that is also a
 * word: "on Sat." */
bool is_day_name(const struct word_before *b, const char *s, size_t begin);

/* ------------------------------------------------------------------ text_rules.c */

enum kind { KIND_DOT, KIND_ELLIPSIS, KIND_ASK, KIND_STOP };

/* A possible end of a sentence. */
struct boundary {
	const struct wordlist *wordlist;
	const char *s;
	size_t begin; /* of the sentence */
	size_t end;   /* of the paragraph */
	enum kind kind;
	size_t at;     /* of the first mark */
	unsigned dots; /* number of consecutive dots */
	bool spaced;   /* white space precedes the first mark */
	bool sparse;   /* there are spaces between the dots */
	bool closed;   /* closing quotes or brackets follow */
	bool outside;  /* and a mark follows those: "…？》。" */
	bool quoted;   /* at least one of these is a quote */
	size_t quote;  /* offset of the mark that opened it; 0 if there is none */
	bool gap;      /* white space follows */
	size_t words;  /* in the sentence so far */
	size_t first;  /* offset of the first letter of the sentence */
	struct word_before before;
	struct word_after after;
};

/* Tell whether the syllables before p->at end an utterance: "다", "ます". */
bool sounds_final(const struct boundary *p);

/* Tell whether the sentence ends at this boundary. */
bool boundary_ends(const struct boundary *p);

/*
 * Tell whether the text after a closing quote continues the sentence. GAP: white space follows the
 * quote. ENDED: the quoted text ends like a sentence.
 */
bool quote_goes_on(
    const struct wordlist *wordlist, const struct word_after *after, bool gap, bool ended);

/* ------------------------------------------------------------------ text_clause.c */

/* Thai: the white space at p->at follows a word that ends an utterance. */
bool thai_ends(const struct boundary *p);

/*
 * Tell whether the comma or colon at p->at, followed by S[next], ends a sentence: Greek ";",
 * Armenian ":", and the mark between clauses in a language whose sentences can run for a page
 * without a full stop.
 */
bool clause_ends(const struct boundary *p, size_t next);

/* ------------------------------------------------------------------ text_cut.c */

struct cutter {
	struct pool *pool;
	const char *s;
	size_t max;
	struct sentences out;
	size_t cap;
	size_t last_chars; /* of the last sentence */
	size_t silent;	   /* start of a piece waiting for a neighbour; SIZE_MAX: none */
	size_t silent_end;
	size_t silent_chars;
};

/* Add the next piece, S[begin..end), which may be only white space. */
void cutter_add(struct cutter *cutter, size_t begin, size_t end);
void cutter_end(struct cutter *cutter);

#endif
