#ifndef TTS_SAY_PARTS_H
#define TTS_SAY_PARTS_H

#include "say.h"

/* What the files say_*.c need of each other. */

/* ------------------------------------------------------------------ say_out.c */

/* A said text while it is being made; what is not yet said of the author's text always fits. */
struct say_out {
	struct pool *pool;
	struct buf text;
	struct say_run *runs;
	size_t runs_n, runs_cap;
	uint32_t said, author; /* code points so far */
	size_t left;	       /* bytes of the author's text that are still to come */
	bool phonemes;
};

void say_begin(struct say_out *out, struct pool *pool, size_t len);

/* Take over the author's next LEN bytes as they stand, but for control characters, each of which
 * becomes a space, and "[[", which becomes "([". */
void say_keep(struct say_out *out, const char *text, size_t len);

/* Append TEXT to TO without what say_keep takes out. Return its code points. */
uint32_t say_clean(struct buf *to, const char *text, size_t len);

/* Say SAID for the author's next LEN bytes. False, and nothing is done, if there is no room. */
bool say_replace(struct say_out *out, const char *text, size_t len, const struct buf *said);

/* The same with phonemes, between brackets that the engine understands. */
bool say_phonemes(struct say_out *out, const char *text, size_t len, const char *mnemonics);

/* ------------------------------------------------------------------ say_plain.c */

/*
 * Append TEXT to TO with plain letters, digits and signs for the wide ones of East Asia (Ａ １ ％)
 * and for those of mathematical fonts (𝐀 𝟏), and plain digits for those of Arabic script: no voice
 * reads the ones, not every voice the others. Code point for code point, and never more bytes.
 */
void say_plain(struct buf *to, const char *text, size_t len);

/* ------------------------------------------------------------------ say_normal.c */

/* A text, and where in it to look: what stands outside of [AT, END) is only looked at. */
struct say_text {
	const char *s;
	size_t len, at, end;
};

/* Say [AT, END) with the rules of LANGUAGE, if it has any. */
void say_normal(struct say_out *out, const struct say_text *text, const char *language);

/* ------------------------------------------------------------------ rules, say_en.c, say_ko.c */

/*
 * What is said for what is written. MATCH is made of:
 *
 *   <n>      a number, with or without groups of thousands     <f>  the same, or a decimal one
 *   <dec>    a decimal number                                  <d>  digits
 *   <1-12>   digits of that value, as many as the bounds have: <01-12> has two, <1-12> one or two
 *   <name>   the longest entry of that table of the language that stands here
 *   <ver> <roman> <url> <email> <cap>   1.2.3, XIV, an address, a word that begins with a capital
 *   <=A> <=9> <=w> <=e>   nothing, if a capital, a digit, a letter or digit, or the end comes next
 *   <=p>     nothing, if a Korean word may end here            <=b>  nothing, if one may begin here
 *   _        a space, or none                                  x?    the sign x, or none
 *
 * and signs that stand for themselves. Numbers and Latin words are matched whole. SAY is text in
 * which {1} is what the first <> matched (the other side of the table's entry, if it was one), {1c}
 * the same read by reader c, {2p1} by reader p with {1} beside it. Without SAY the match is left
 * as it stands. The first rule that matches counts; one whose reader refuses does not match.
 */
struct say_rule {
	const char *match, *say;
};

struct say_entry {
	const char *from, *to;
};

struct say_table {
	const char *name;
	const struct say_entry *entries;
	size_t n;
};

/* What a <> matched. TO is the table's, or NULL. */
struct say_capture {
	const char *s;
	size_t len;
	const char *to;
};

struct say_reader {
	char letter;
	/* Append how C is said; BESIDE may be NULL. False: it is not said so. */
	bool (*read)(
	    struct buf *out, const struct say_capture *c, const struct say_capture *beside);
};

struct say_language {
	const char *tag; /* primary subtag */
	const struct say_rule *rules;
	size_t rules_n;
	const struct say_table *tables;
	size_t tables_n;
	const struct say_reader *readers;
	const size_t *readers_n;
};

extern const struct say_language say_en, say_ko;

#define SAY_COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ------------------------------------------------------------------ say_match.c */

#define SAY_CAPTURES 8

/* Match RULE at TEXT->at. Return the length of what it matched, 0 if nothing. */
size_t say_match(const struct say_text *text, const struct say_language *language,
    const struct say_rule *rule, struct say_capture captures[SAY_CAPTURES]);

/*
 * FIRST: for each byte whether what RULE matches may begin with it; true if in doubt. A rule that
 * is wrong must not be matched: there is a line in the log, and nothing begins with any byte.
 */
void say_first(const struct say_language *language, const struct say_rule *rule, bool first[256]);

/* Whether LANGUAGE has the element at NAME, after its "<"; there is a ">" somewhere. */
bool say_element_known(const struct say_language *language, const char *name);

/* Whether something that a rule matches may begin at TEXT->at. */
bool say_starts(const struct say_text *text);

/* Letters of the Latin alphabet, with and without accents. */
bool say_latin(uint32_t c);

/* ------------------------------------------------------------------ say_rule.c */

/* Why RULE cannot be used with the tables and readers of LANGUAGE; NULL: it can. */
const char *say_rule_wrong(const struct say_language *language, const struct say_rule *rule);

/* ------------------------------------------------------------------ say_address.c */

/* The length of the URL or host name, or of the e-mail address, at S[AT]; 0 if there is none. */
size_t say_url(const char *s, size_t len, size_t at);
size_t say_email(const char *s, size_t len, size_t at);

/* Append an address as it is read out, with the language's words for its signs. */
bool say_address(
    struct buf *out, const struct say_capture *c, const struct say_entry *signs, size_t n);

/* ------------------------------------------------------------------ say_number.c */

/* The digits of a number, without the commas between them; false if there are more than SIZE - 1.
 */
bool say_digits(const struct say_capture *c, char *digits, size_t size);

/* The value of up to nine digits, commas left out; 0 for none. */
unsigned say_value(const struct say_capture *c);

/* The value of a Roman number in capitals, up to 3999; 0 if it is none in its usual form. */
unsigned say_roman(const char *s, size_t len);

#endif
