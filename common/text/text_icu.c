#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

#include "../base/log.h"
#include "text_uni.h"

#include <stdio.h>
#include <sysexits.h>

#define X C_OTHER
#define W C_SPACE
#define U C_UPPER
#define L C_LOWER
#define D C_DIGIT
#define P C_CLAUSE
#define G C_SIGN
#define A C_ASK
#define O C_OPEN
#define K C_CLOSE
#define Q C_QUOTE

const uint8_t uni_ascii[128] = {
    X, X, X, X, X, X, X, X, X, W, W, W, W, W, X, X,	     /* 00 */
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,	     /* 10 */
    W, A, Q, X, G, G, G, Q, O, K, X, G, P, C_DASH, C_DOT, X, /* 20 */
    D, D, D, D, D, D, D, D, D, D, P, P, X, X, X, A,	     /* 30 */
    G, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,	     /* 40 */
    U, U, U, U, U, U, U, U, U, U, U, O, X, K, X, X,	     /* 50 */
    Q, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,	     /* 60 */
    L, L, L, L, L, L, L, L, L, L, L, O, X, K, X, X,	     /* 70 */
};

/* Characters whose Unicode properties do not fit how readers use them. */
static const struct {
	uint32_t first, last;
	enum cls cls;
} special[] = {
    {0x00a1, 0x00a1, C_OPEN},	/* ¡ */
    {0x00a7, 0x00a7, C_SIGN},	/* § */
    {0x00a9, 0x00a9, C_SIGN},	/* © */
    {0x00ab, 0x00ab, C_QUOTE},	/* « */
    {0x00ae, 0x00ae, C_SIGN},	/* ® */
    {0x00b0, 0x00b0, C_SIGN},	/* ° */
    {0x00b1, 0x00b1, C_SIGN},	/* ± */
    {0x00b2, 0x00b3, C_SUPER},	/* ² ³ */
    {0x00b7, 0x00b7, C_OTHER},	/* · */
    {0x00b9, 0x00b9, C_SUPER},	/* ¹ */
    {0x00bb, 0x00bb, C_QUOTE},	/* » */
    {0x00bf, 0x00bf, C_OPEN},	/* ¿ */
    {0x00d7, 0x00d7, C_SIGN},	/* × */
    {0x00f7, 0x00f7, C_SIGN},	/* ÷ */
    {0x037e, 0x037e, C_ASK},	/* Greek question mark */
    {0x060c, 0x060c, C_CLAUSE}, /* Arabic comma */
    {0x061b, 0x061b, C_CLAUSE}, /* Arabic semicolon */
    {0x061e, 0x061f, C_ASK},	/* Arabic question mark */
    {0x104a, 0x104a, C_CLAUSE}, /* Myanmar little section */
    {0x1367, 0x1367, C_ASK},	/* Ethiopic question mark */
    {0x17d4, 0x17d5, C_STOP},	/* Khmer khan */
    {0x2018, 0x201f, C_QUOTE},	/* ‘ ’ ‚ ‛ “ ” „ ‟ */
    {0x2022, 0x2023, C_BULLET}, /* • ‣ */
    {0x2024, 0x2024, C_DOT}, {0x2025, 0x2026, C_ELLIPSIS}, {0x2030, 0x2031, C_SIGN}, /* ‰ */
    {0x2039, 0x203a, C_QUOTE},							     /* ‹ › */
    {0x203c, 0x203d, C_ASK},							     /* ‼ ‽ */
    {0x2043, 0x2043, C_BULLET},							     /* ⁃ */
    {0x2047, 0x2049, C_ASK},				    /* ⁇ ⁈ ⁉ */
    {0x2070, 0x2079, C_SUPER}, {0x2103, 0x2103, C_SIGN},    /* ℃ */
    {0x2109, 0x2109, C_SIGN},				    /* ℉ */
    {0x2116, 0x2116, C_SIGN},				    /* № */
    {0x2122, 0x2122, C_SIGN},				    /* ™ */
    {0x22ee, 0x22ef, C_ELLIPSIS}, {0x2460, 0x2473, C_ENUM}, /* ① … ⑳ */
    {0x25a0, 0x25a1, C_BULLET},				    /* ■ □ */
    {0x25aa, 0x25ab, C_BULLET},				    /* ▪ ▫ */
    {0x25b6, 0x25b7, C_BULLET},				    /* ▶ ▷ */
    {0x25ba, 0x25bb, C_BULLET},				    /* ► ▻ */
    {0x25c6, 0x25c7, C_BULLET},				    /* ◆ ◇ */
    {0x25cb, 0x25cb, C_BULLET},				    /* ○ */
    {0x25cf, 0x25cf, C_BULLET},				    /* ● */
    {0x25e6, 0x25e6, C_BULLET},				    /* ◦ */
    {0x2776, 0x2793, C_ENUM},				    /* ❶ … */
    {0x3001, 0x3001, C_CLAUSE},				    /* 、 */
    {0x301d, 0x301d, C_OPEN},				    /* 〝 */
    {0x301e, 0x301f, C_CLOSE},				    /* 〞 */
    {0xfe50, 0xfe51, C_CLAUSE}, {0xfe52, 0xfe52, C_DOT}, {0xfe54, 0xfe55, C_CLAUSE},
    {0xfe56, 0xfe57, C_ASK}, {0xff01, 0xff01, C_STOP}, /* ！ */
    {0xff05, 0xff06, C_SIGN},			       /* ％ ＆ */
    {0xff0c, 0xff0c, C_CLAUSE},			       /* ， */
    {0xff0e, 0xff0e, C_DOT},			       /* ． */
    {0xff1a, 0xff1b, C_CLAUSE},			       /* ： ； */
    {0xff1f, 0xff1f, C_STOP},			       /* ？ */
    {0xff64, 0xff64, C_CLAUSE},			       /* ､ */
};

static const uint8_t by_category[U_CHAR_CATEGORY_COUNT] = {
    [U_UPPERCASE_LETTER] = C_UPPER,
    [U_LOWERCASE_LETTER] = C_LOWER,
    [U_TITLECASE_LETTER] = C_UPPER,
    [U_MODIFIER_LETTER] = C_LETTER,
    [U_OTHER_LETTER] = C_LETTER,
    [U_NON_SPACING_MARK] = C_MARK,
    [U_ENCLOSING_MARK] = C_MARK,
    [U_COMBINING_SPACING_MARK] = C_MARK,
    [U_DECIMAL_DIGIT_NUMBER] = C_DIGIT,
    [U_LETTER_NUMBER] = C_LETTER,
    [U_OTHER_NUMBER] = C_DIGIT,
    [U_DASH_PUNCTUATION] = C_DASH,
    [U_START_PUNCTUATION] = C_OPEN,
    [U_END_PUNCTUATION] = C_CLOSE,
    [U_INITIAL_PUNCTUATION] = C_QUOTE,
    [U_FINAL_PUNCTUATION] = C_QUOTE,
    [U_CURRENCY_SYMBOL] = C_SIGN,
};

static enum cls
class_by_property(uint32_t c)
{
	UChar32 u = (UChar32)c;
	enum cls k = (enum cls)by_category[u_charType(u)];

	if (u_getIntPropertyValue(u, UCHAR_GRAPHEME_CLUSTER_BREAK) == U_GCB_EXTEND)
		return C_MARK;
	if (k != C_OTHER)
		return k;
	if (c == 0xfeff || u_isUWhiteSpace(u))
		return C_SPACE;
	if (u_hasBinaryProperty(u, UCHAR_S_TERM))
		return C_STOP;
	if (u_hasBinaryProperty(u, UCHAR_EXTENDED_PICTOGRAPHIC) ||
	    u_hasBinaryProperty(u, UCHAR_REGIONAL_INDICATOR))
		return C_EMOJI;
	return c == 0x200d ? C_MARK : C_OTHER;
}

static enum cls
class_lookup(uint32_t c)
{
	size_t low = 0, high = sizeof special / sizeof *special;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c > special[mid].last)
			low = mid + 1;
		else if (c < special[mid].first)
			high = mid;
		else
			return special[mid].cls;
	}
	return class_by_property(c);
}

enum cls
uni_cls_beyond(uint32_t c)
{
	static uint8_t known[0x3100]; /* the class + 1; 0: not looked up yet */

	if ((c >= 0xac00 && c <= 0xd7a3) || (c >= 0x4e00 && c <= 0x9fff))
		return C_LETTER;
	if (c >= sizeof known)
		return class_lookup(c);
	if (known[c] == 0)
		known[c] = (uint8_t)(class_lookup(c) + 1);
	return (enum cls)(known[c] - 1);
}

uint32_t
uni_lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	return (uint32_t)u_tolower((UChar32)c);
}

uint32_t
uni_fold(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

bool
uni_wide(uint32_t c)
{
	int width;

	if (c < 0x1100)
		return false;
	if (uni_cjk(c) || (c >= 0xac00 && c <= 0xd7a3))
		return true;
	width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
	return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

bool
uni_joins(uint32_t c)
{
	int kind;

	if (c < 0x300)
		return false;
	kind = u_getIntPropertyValue((UChar32)c, UCHAR_GRAPHEME_CLUSTER_BREAK);
	return kind == U_GCB_EXTEND || kind == U_GCB_SPACING_MARK || kind == U_GCB_ZWJ;
}

size_t
uni_grapheme_floor(const char *s, size_t len, size_t at)
{
	static UBreakIterator *iterator;
	static UText text = UTEXT_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	int32_t found;

	utext_openUTF8(&text, s, (int64_t)len, &status);
	if (!iterator)
		iterator = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &status);
	ubrk_setUText(iterator, &text, &status);
	if (U_FAILURE(status))
		fatal(EX_SOFTWARE, "cannot find graphemes: %s", u_errorName(status));
	if (ubrk_isBoundary(iterator, (int32_t)at))
		return at;
	found = ubrk_preceding(iterator, (int32_t)at);
	return found == UBRK_DONE || found < 0 ? 0 : (size_t)found;
}

/* The decompositions that are meant: not those of letters with accents, jamo, spaces, points. */
static bool
is_spelled(uint32_t c, int decomposition)
{
	int category = u_charType((UChar32)c);

	switch (decomposition) {
	case U_DT_CIRCLE:
	case U_DT_SQUARE:
	case U_DT_FRACTION:
	case U_DT_SUB:
	case U_DT_FONT:
		return true;
	case U_DT_NARROW:
	case U_DT_WIDE:
		return cls_spoken(uni_cls(c)) && !(c >= 0xffa0 && c <= 0xffdc);
	case U_DT_COMPAT:
	case U_DT_SUPER:
		return uni_cls(c) != C_SUPER &&
		       (category == U_OTHER_NUMBER || category == U_OTHER_SYMBOL);
	default:
		return false;
	}
}

static size_t
spell_plainly(uint32_t c, char out[UNI_SPELLED_MAX])
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
	UChar from[2], to[UNI_SPELLED_MAX / 4];
	int32_t from_len = 0, n;
	size_t len = 0;

	U16_APPEND_UNSAFE(from, from_len, (UChar32)c);
	n = unorm2_normalize(nfkc, from, from_len, to, (int32_t)(sizeof to / sizeof *to), &status);
	for (int32_t i = 0; U_SUCCESS(status) && i < n;) {
		UChar32 u;

		U16_NEXT(to, i, n, u);
		len += utf8_encode(u == 0x2044 ? '/' : (uint32_t)u, out + len);
	}
	return len;
}

size_t
uni_spelled(uint32_t c, char out[UNI_SPELLED_MAX])
{
	int decomposition;
	double value;

	/* What nearly every text consists of. */
	if (c < 0xbc || (c < 0x2070 && cls_letter(uni_cls(c))) || (c >= 0x3400 && c <= 0xd7ff) ||
	    uni_kana(c))
		return 0;
	decomposition = u_getIntPropertyValue((UChar32)c, UCHAR_DECOMPOSITION_TYPE);
	if (is_spelled(c, decomposition))
		return spell_plainly(c, out);
	if (decomposition != U_DT_NONE || u_charType((UChar32)c) != U_OTHER_NUMBER)
		return 0;
	value = u_getNumericValue((UChar32)c);
	if (value < 0 || value > 9999 || value != (int)value)
		return 0;
	return (size_t)snprintf(out, UNI_SPELLED_MAX, "%d", (int)value);
}

int
uni_digit(uint32_t c)
{
	if (c < 0x660 || (c >= 0x3400 && c <= 0xa61f) || (c >= 0xac00 && c <= 0xd7ff))
		return -1;
	return u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue((UChar32)c) : -1;
}

bool
uni_spoken(uint32_t c)
{
	/* Cherokee; Syloti Nagri to Meetei Mayek; rare currencies. */
	static const uint32_t silent[][2] = {{0x058f, 0x058f}, {0x0e3f, 0x0e3f}, {0x13a0, 0x13fd},
	    {0x17db, 0x17db}, {0x20a1, 0x20a3}, {0x20a5, 0x20a7}, {0x20aa, 0x20ab},
	    {0x20ad, 0x20b8}, {0x20ba, 0x20c0}, {0xa800, 0xabff}};
	char spelled[UNI_SPELLED_MAX];

	if (c < 0x80)
		return cls_spoken(uni_cls(c));
	if (uni_digit(c) >= 0 || uni_spelled(c, spelled) > 0)
		return true;
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		if (c >= silent[i][0] && c <= silent[i][1])
			return false;
	return cls_spoken(uni_cls(c));
}

bool
uni_stands_alone(uint32_t c)
{
	int decomposition = u_getIntPropertyValue((UChar32)c, UCHAR_DECOMPOSITION_TYPE);

	return decomposition == U_DT_CIRCLE || decomposition == U_DT_FRACTION ||
	       decomposition == U_DT_COMPAT || decomposition == U_DT_NONE;
}

const char *
uni_script(uint32_t c)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript((UChar32)c, &status);

	if (U_FAILURE(status) || script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
	    script == USCRIPT_UNKNOWN)
		return "";
	return uscript_getShortName(script);
}

/* Normalize UTF-8. */
static struct slice
normalize(struct pool *pool, const UNormalizer2 *form, const char *s, size_t len, bool spaces)
{
	/* No form needs more than 18 code units for one of UTF-16, which is at least one byte. */
	int32_t cap = (int32_t)len * 18 + 1, n = 0;
	UChar *from = pool_array(pool, len + 1, sizeof *from);
	UChar *to = pool_array(pool, (size_t)cap, sizeof *to);
	UErrorCode status = U_ZERO_ERROR;
	struct buf out;

	for (size_t i = 0; i < len;) {
		UChar32 c = (UChar32)utf8_next(s, len, &i);

		if (spaces && u_charType(c) == U_SPACE_SEPARATOR)
			c = ' ';
		U16_APPEND_UNSAFE(from, n, c);
	}
	n = unorm2_normalize(form, from, n, to, cap, &status);
	if (U_FAILURE(status))
		fatal(EX_SOFTWARE, "cannot normalize a text: %s", u_errorName(status));
	buf_init(&out, pool, len + 1);
	for (int32_t i = 0; i < n;) {
		char bytes[4];
		UChar32 c;

		U16_NEXT(to, i, n, c);
		buf_add(&out, bytes, utf8_encode((uint32_t)c, bytes));
	}
	return (struct slice){out.data, out.len};
}

struct slice
uni_compose(struct pool *pool, const char *s, size_t len)
{
	UErrorCode status = U_ZERO_ERROR;

	return normalize(pool, unorm2_getNFCInstance(&status), s, len, true);
}

struct slice
uni_decompose(struct pool *pool, const char *s, size_t len)
{
	UErrorCode status = U_ZERO_ERROR;

	return normalize(pool, unorm2_getNFDInstance(&status), s, len, false);
}
