#ifndef TTS_SAY_PARTS_H
#define TTS_SAY_PARTS_H

#include "say.h"

/* Interfaces between the files say_*.c. */

/* ------------------------------------------------------------------ say_out.c */

/* A said text under construction. There is always room for the rest of the author's text. */
struct say_out {
	struct pool *pool;
	struct buf text;
	struct say_run *runs;
	size_t runs_n, runs_cap;
	uint32_t said, author; /* code points so far */
	size_t left;	       /* bytes of the author's text that are still to be added */
	bool phonemes;
};

void say_begin(struct say_out *out, struct pool *pool, size_t len);

/* Append the author's next LEN bytes unchanged, except that each control character becomes a
 * space and "[[" becomes "([". */
void say_keep(struct say_out *out, const char *text, size_t len);

/* Append TEXT to TO with the replacements of say_keep. Return its length in code points. */
uint32_t say_clean(struct buf *to, const char *text, size_t len);

/* Append SAID in place of the author's next LEN bytes. Returns false and does nothing if there
 * is no room. */
bool say_replace(struct say_out *out, const char *text, size_t len, const struct buf *said);

/* The same with phonemes, in the brackets that the engine recognizes. */
bool say_phonemes(struct say_out *out, const char *text, size_t len, const char *mnemonics);

/* ------------------------------------------------------------------ say_plain.c */

/*
 * Append TEXT to TO, with plain letters, digits and symbols in place of the wide ones of East Asia
 * (Ａ １ ％) and those of mathematical fonts (𝐀 𝟏), and plain digits in place of those of Arabic
 * script: no voice can read the former, not every voice the latter. The number of code points stays
 * the same and the length in bytes never grows.
 */
void say_plain(struct buf *to, const char *text, size_t len);

/* ------------------------------------------------------------------ say_normal.c */

/* A text and the part to process; the text outside of [AT, END) is only used as context. */
struct say_text {
	const char *s;
	size_t len, at, end;
	/*
	 * If characters were spelled out or left out (say_spell), PLAIN is the text before that;
	 * ORIGIN has, for each byte of S and its end, the byte of PLAIN, or SAY_INSIDE if it is not
	 * the first of a spelling; PLACE has, for each character of PLAIN and its end, the byte of
	 * S. Otherwise NULL. A character that was left out belongs to the one before it.
	 */
	const char *plain;
	const uint32_t *origin, *place;
	size_t limit;	    /* where the part of PLAIN ends that is to be processed */
	bool left_to_rules; /* S has characters that were not spelled because the rules know them */
};

#define SAY_INSIDE UINT32_MAX

/* Tell whether the rules of LANGUAGE mention the character C. */
bool say_rules_have(const char *language, uint32_t c);

/* Append [AT, END) after applying the rules of LANGUAGE, if it has any. */
void say_normal(struct say_out *out, const struct say_text *text, const char *language);

/* ------------------------------------------------------------------ say_silent.c */

enum say_mark {
	SAY_KEEP,
	SAY_OMIT, /* not spoken */
	SAY_PAUSE /* spoken as a pause */
};

/* For each byte of S one of these; NULL if all are kept. The first byte of a character counts. */
uint8_t *say_silent(struct pool *pool, const char *s, size_t len);

/* ------------------------------------------------------------------ say_spell.c */

/*
 * Leave out the signs that are not spoken (say_silent), and spell out, for the rules and the voices
 * of LANGUAGE, the characters of PLAIN that stand for others (①, ⅛, ㎏, ₂) and that its rules do
 * not know themselves. All of the result is to be processed.
 */
struct say_text say_spell(struct pool *pool, const struct buf *plain, const char *language);

/* Say_keep, but spell out the characters that were left to the rules and that no rule took. */
void say_keep_spelled(struct say_out *out, const char *text, size_t len);

/* ------------------------------------------------------------------ rules, say_en.c and others */

/*
 * Rewrites text. MATCH is made of:
 *
 *   <n>      a number, with or without groups of thousands     <f>  the same, or a decimal one
 *   <dec>    a decimal number                                  <d>  digits
 *   <int>    a number with or without groups of thousands, after full stops or spaces
 *   <num>    the same, or a decimal one, with a comma
 *   <wan>    <f>, and after it 千, 万, 億, 兆 and more of it: 3億5千万
 *   <1-12>   digits of that value, as many as the bounds have: <01-12> has two, <1-12> one or two
 *   <name>   the longest matching entry of that table of the language
 *   <ver> <roman> <low> <cap>   1.2.3, XIV, a Roman number of two or more small letters, a word
 * that begins with a capital <time> <phone> <var> <url> <email>   9:05, a telephone number or that
 * of a card, up to three letters, addresses
 *   <=A> <=9> <=w> <=e>   nothing, if a capital, a digit, a letter or digit, or the end comes next
 *   <=p>     nothing, if a Korean word may end here            <=b>  nothing, if one may begin here
 *   <=before name> <=after name>   nothing, if that table has what comes next, or what comes before
 *            the whole match, in capitals or not, whole words, a space between or not; or if the
 *            function of that name (struct say_near) says so, of the language or of say_near.c.
 *            <=not before name> <=not after name>
 *   _        a space, or none                                  x?    the character x, or none
 *
 * and of characters that match themselves. Numbers and Latin words are matched as a whole. In SAY,
 * {1} is what the first <> matched (the other side of the entry if it was a table), {1c} the same
 * read by reader c, and {2p1} the second read by reader p, which also gets the first. If SAY is
 * NULL, the match is left as it is. The first rule that matches wins; a rule whose reader refuses
 * does not match.
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

/* The text that a <> matched. TO is from the table, or NULL. */
struct say_capture {
	const char *s;
	size_t len;
	const char *to;
};

struct say_reader {
	char letter;
	/* Append how C is spoken. BESIDE may be NULL. Returns false to refuse. */
	bool (*read)(
	    struct buf *out, const struct say_capture *c, const struct say_capture *beside);
};

/* Tells whether what is before or after AT is of a kind that no table can list. */
struct say_near {
	const char *name;
	bool (*is)(const struct say_text *t, size_t at);
};

struct say_language {
	const char *tag; /* primary subtag */
	const struct say_rule *rules;
	size_t rules_n;
	const struct say_table *tables;
	size_t tables_n;
	const struct say_reader *readers;
	const size_t *readers_n;
	const struct say_near *nears; /* both NULL if there are none */
	const size_t *nears_n;
};

extern const struct say_language say_en, say_ko, say_de, say_fr, say_es, say_it, say_ru, say_ja,
    say_zh, say_he;

#define SAY_COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ------------------------------------------------------------------ say_match.c */

#define SAY_CAPTURES 8

/* Match RULE at TEXT->at. Return the length of the match, or 0. */
size_t say_match(const struct say_text *text, const struct say_language *language,
    const struct say_rule *rule, struct say_capture captures[SAY_CAPTURES]);

/* The same as say_first for a rule that can be used. */
void say_match_first(
    const struct say_language *language, const struct say_rule *rule, bool first[256]);

/* Whether LANGUAGE has the element at NAME, after its "<"; there is a ">" somewhere. */
bool say_element_known(const struct say_language *language, const char *name);

/* Whether a match may begin at TEXT->at. */
bool say_starts(const struct say_text *text);

/* ------------------------------------------------------------------ say_near.c */

/* The table whose name, up to a ">", is at NAME; NULL if LANGUAGE has none. */
const struct say_table *say_table_of(const struct say_language *language, const char *name);

/* The beginning of the word after AT, or the end of the one before, without a space between. */
size_t say_next_word(const struct say_text *t, size_t at);
size_t say_last_word(const struct say_text *t, size_t at);

/* Whether LANGUAGE has the condition at NAME, after its "<=": "not before table>". */
bool say_near_known(const struct say_language *language, const char *name);

/* Whether that condition holds for a match from BEGIN to END. */
bool say_near(const struct say_text *t, const struct say_language *language, size_t begin,
    size_t end, const char *name);

/* ------------------------------------------------------------------ say_class.c, say_phone.c */

/* Whether C is a Latin letter, with or without accents. */
bool say_latin(uint32_t c);

/* What an element such as <n> stands for. */
struct say_class {
	const char *name;
	size_t (*length)(const struct say_text *t, size_t at); /* of the match at AT, or 0 */
	bool (*first)(unsigned char c); /* whether a match may begin with that byte */
};

/* The class that the element NAME denotes; NULL if it is not a class. */
const struct say_class *say_class_of(const char *name);

/* The length of the digits at AT if their count and value are within BOUNDS, such as "01-12>";
 * otherwise 0. */
size_t say_digits_within(const struct say_text *t, size_t at, const char *bounds);

/* The length of the telephone number, or of the number of a card, at AT; 0 if there is none. */
size_t say_phone(const struct say_text *t, size_t at);

/* ------------------------------------------------------------------ say_rule.c */

/* Why RULE cannot be used with the tables and readers of LANGUAGE; NULL: it can. */
const char *say_rule_wrong(const struct say_language *language, const struct say_rule *rule);

/*
 * FIRST tells for each byte whether a match of RULE may begin with it; true if in doubt. A rule
 * that cannot be used begins nowhere, which is logged.
 */
void say_first(const struct say_language *language, const struct say_rule *rule, bool first[256]);

/* ------------------------------------------------------------------ say_address.c */

/* The length of the URL or host name, or of the e-mail address, at S[AT]; 0 if there is none. */
size_t say_url(const char *s, size_t len, size_t at);
size_t say_email(const char *s, size_t len, size_t at);

/* Append an address as it is read aloud; SIGNS has the language's words for its symbols. */
bool say_address(
    struct buf *out, const struct say_capture *c, const struct say_entry *signs, size_t n);

/* ------------------------------------------------------------------ say_number.c */

/* Copy the digits of a number without commas; false if there are SIZE or more. */
bool say_digits(const struct say_capture *c, char *digits, size_t size);

/* The value of up to nine digits, ignoring commas; 0 if there are none. */
unsigned say_value(const struct say_capture *c);

/* The value of a Roman number in capitals, up to 3999; 0 if it is not in its usual form. */
unsigned say_roman(const char *s, size_t len);

#endif
