#ifndef TTS_UTF8_H
#define TTS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 (RFC 3629). Nothing here knows what a character means. */

/*
 * Check that the LEN bytes at S are valid UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF. Return the offset of the first invalid byte, or LEN.
 */
size_t utf8_check(const char *s, size_t len);

/* Count the code points of valid UTF-8. */
size_t utf8_count(const char *s, size_t len);

/* Write C to OUT, which has room for 4 bytes, and return its length. No NUL is appended. */
size_t utf8_encode(uint32_t c, char *out);

/* Tell whether a byte continues a character instead of beginning one. */
static inline bool
utf8_continues(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

/*
 * Read the code point at S[i], I < END, and move I past it. Invalid UTF-8 is never read beyond END;
 * each invalid byte counts as one code point.
 */
static inline uint32_t
utf8_next(const char *s, size_t end, size_t *i)
{
	const uint8_t *p = (const uint8_t *)s + *i;
	size_t left = end - *i;

	if (p[0] < 0x80) {
		*i += 1;
		return p[0];
	}
	if (p[0] >= 0xe0 && p[0] < 0xf0 && left >= 3) {
		*i += 3;
		return (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
	}
	if (p[0] >= 0xc0 && p[0] < 0xe0 && left >= 2) {
		*i += 2;
		return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
	}
	if (p[0] >= 0xf0 && left >= 4) {
		*i += 4;
		return (p[0] & 0x07U) << 18 | (p[1] & 0x3fU) << 12 | (p[2] & 0x3fU) << 6 |
		       (p[3] & 0x3fU);
	}
	*i += 1;
	return 0xfffd;
}

/* Read the code point before S[i], I > BEGIN, and move I to its start. */
static inline uint32_t
utf8_prev(const char *s, size_t begin, size_t *i)
{
	size_t end = *i, at = *i - 1;

	while (at > begin && end - at < 4 && utf8_continues(s[at]))
		at--;
	*i = at;
	return utf8_next(s, end, &at);
}

/* Return the code point at S[i], or 0 at the end. */
static inline uint32_t
utf8_at(const char *s, size_t end, size_t i)
{
	return i < end ? utf8_next(s, end, &i) : 0;
}

#endif
