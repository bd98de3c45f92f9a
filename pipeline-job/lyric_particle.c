#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../common/base/utf8.h"
#include "lyric_compose.h"

#define HANGUL_FIRST 0xac00
#define HANGUL_LAST 0xd7a3
#define HANGUL_ENDS 28 /* final consonants, with none */
#define RIEUL 8	       /* the number of ㄹ among them */

/* Particles after a consonant and after a vowel. */
static const char *const particles[][2] = {
    {"은", "는"},
    {"이", "가"},
    {"을", "를"},
    {"과", "와"},
    {"으로", "로"},
};

/* How digits are read: 영 일 이 삼 사 오 육 칠 팔 구. */
static const enum korean_end digit_end[10] = {ENDS_IN_CONSONANT, ENDS_IN_RIEUL, ENDS_IN_VOWEL,
    ENDS_IN_CONSONANT, ENDS_IN_VOWEL, ENDS_IN_VOWEL, ENDS_IN_CONSONANT, ENDS_IN_RIEUL,
    ENDS_IN_RIEUL, ENDS_IN_VOWEL};

static bool
is_vowel(char c)
{
	return c != '\0' && strchr("aeiouy", c) != NULL;
}

/*
 * A word in Latin letters, the last three of which are given in lower case, NUL if there are fewer.
 * As Korean transcribes them: final l, m, n and ng are consonants; so are b, c, k, p and t after a
 * short vowel ("숍", "북"), while others get a vowel of their own ("파크", "하우스").
 */
static enum korean_end
latin_end(char before, char middle, char last)
{
	if (last == 'l')
		return ENDS_IN_RIEUL;
	if (last == 'e' && middle == 'l' && before != '\0' && !is_vowel(before))
		return ENDS_IN_RIEUL; /* "table", "castle" */
	if (last == 'm' || last == 'n' || (last == 'g' && middle == 'n'))
		return ENDS_IN_CONSONANT;
	if (last == 'k' && middle == 'c')
		return ENDS_IN_CONSONANT;
	if (last != '\0' && strchr("bckpt", last) != NULL && is_vowel(middle))
		return ENDS_IN_CONSONANT;
	return ENDS_IN_VOWEL;
}

/* A word of capitals is spelled: 엘, 엠, 엔, 알 end in a consonant. */
static enum korean_end
letter_end(char letter)
{
	if (letter == 'L' || letter == 'R')
		return ENDS_IN_RIEUL;
	return letter == 'M' || letter == 'N' ? ENDS_IN_CONSONANT : ENDS_IN_VOWEL;
}

enum korean_end
korean_end_of(const char *word)
{
	size_t len = strlen(word), end = 0;
	uint32_t last = 0;
	/* The last letter or digit: brackets and full stops are not spoken. */
	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(word, len, &i);
		if (c >= 0x80 ? c > 0xbf && (c < 0x2000 || c > 0x206f) && (c < 0x3000 || c > 0x301f)
			      : isalnum((int)c)) {
			last = c;
			end = i;
		}
	}
	if (last >= HANGUL_FIRST && last <= HANGUL_LAST) {
		uint32_t final = (last - HANGUL_FIRST) % HANGUL_ENDS;
		return final == 0 ? ENDS_IN_VOWEL
				  : (final == RIEUL ? ENDS_IN_RIEUL : ENDS_IN_CONSONANT);
	}
	if (last >= '0' && last <= '9')
		return digit_end[last - '0'];
	if (last == 0 || last >= 0x80)
		return ENDS_IN_VOWEL;

	size_t begin = end;
	bool capitals = true;
	while (begin > 0 && isalpha((unsigned char)word[begin - 1])) {
		begin--;
		capitals = capitals && isupper((unsigned char)word[begin]);
	}
	if (capitals)
		return letter_end(word[end - 1]);
	char letters[3] = {0};
	for (size_t k = 0; k < 3 && begin + k < end; k++)
		letters[2 - k] = (char)tolower((unsigned char)word[end - 1 - k]);
	return latin_end(letters[0], letters[1], letters[2]);
}

const char *
korean_particle(const char *word, const char *particle, size_t len)
{
	enum korean_end end = korean_end_of(word);
	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
		const char *after_consonant = particles[i][0];
		if (strlen(after_consonant) != len || memcmp(after_consonant, particle, len) != 0)
			continue;
		bool vowel = end == ENDS_IN_VOWEL;
		/* "서울로": this one alone does not follow ㄹ as it follows other consonants. */
		if (end == ENDS_IN_RIEUL && strcmp(after_consonant, "으로") == 0)
			vowel = true;
		return particles[i][vowel];
	}
	return "";
}
