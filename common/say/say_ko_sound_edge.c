#include <string.h>

#include "say_ko_sound.h"

/*
 * A final consonant: what is left of it and what moves on before a vowel, its sound at the end and
 * before consonants (articles 8 to 11), and the consonant that it makes of a following ㅎ.
 */
static const struct final {
	uint8_t stays, moves, sound, with_h;
} finals[L_COUNT] = {
    [L_G] = {L_NONE, F_G, L_G, F_K},
    [L_GG] = {L_NONE, F_GG, L_G, F_K},
    [L_GS] = {L_G, F_SS, L_G, F_K},
    [L_N] = {L_NONE, F_N, L_N, F_H},
    [L_NJ] = {L_N, F_J, L_N, F_CH},
    [L_NH] = {L_NONE, F_N, L_N, F_H},
    [L_D] = {L_NONE, F_D, L_D, F_T},
    [L_R] = {L_NONE, F_R, L_R, F_H},
    [L_RG] = {L_R, F_G, L_G, F_K},
    [L_RM] = {L_R, F_M, L_M, F_H},
    [L_RB] = {L_R, F_B, L_R, F_P},
    [L_RS] = {L_R, F_SS, L_R, F_H},
    [L_RT] = {L_R, F_T, L_R, F_T},
    [L_RP] = {L_R, F_P, L_B, F_P},
    [L_RH] = {L_NONE, F_R, L_R, F_H},
    [L_M] = {L_NONE, F_M, L_M, F_H},
    [L_B] = {L_NONE, F_B, L_B, F_P},
    [L_BS] = {L_B, F_SS, L_B, F_P},
    [L_S] = {L_NONE, F_S, L_D, F_T},
    [L_SS] = {L_NONE, F_SS, L_D, F_T},
    [L_NG] = {L_NG, F_NONE, L_NG, F_H},
    [L_J] = {L_NONE, F_J, L_D, F_CH},
    [L_CH] = {L_NONE, F_CH, L_D, F_T},
    [L_K] = {L_NONE, F_K, L_G, F_K},
    [L_T] = {L_NONE, F_T, L_D, F_T},
    [L_P] = {L_NONE, F_P, L_B, F_P},
    [L_H] = {L_NONE, F_NONE, L_D, F_H},
};

/* Two syllables that meet. */
struct edge {
	const struct breath *b;
	size_t at;
	struct syllable *s, *next;
	bool apart; /* a space is between them */
};

static bool
one_of(const struct syllable *s, const char *list)
{
	for (; *list != '\0'; list += 3)
		if (say_ko_code(list) == s->code)
			return true;
	return false;
}

static bool
is_stop(uint8_t sound)
{
	return sound == L_G || sound == L_D || sound == L_B;
}

static bool
is_lax(uint8_t first)
{
	return first == F_G || first == F_D || first == F_B || first == F_S || first == F_J;
}

static uint8_t
tense_of(uint8_t first)
{
	return is_lax(first) ? (uint8_t)(first + 1) : first;
}

static uint8_t
aspirated_of(uint8_t first)
{
	return first == F_G ? F_K : first == F_D ? F_T : F_CH;
}

static uint8_t
nasal_of(uint8_t sound)
{
	return sound == L_G ? L_NG : sound == L_D ? L_N : L_M;
}

/* The first consonant that the sound of a final becomes before a vowel. */
static uint8_t
first_of(uint8_t sound)
{
	return finals[sound].moves;
}

/* The same, for the sound that is left of ㄺ, ㄼ and the like before a consonant. Verbs in ㄺ have
 * ㄹ before ㄱ (article 11), 밟- has ㅂ (article 10). */
static uint8_t
sound_of(const struct edge *e)
{
	const struct syllable *s = e->s;

	if (s->last == L_RG && !e->apart && e->next->first == F_G && !one_of(s, "닭흙칡슭삵"))
		return L_R;
	if (s->last == L_RB && one_of(s, "밟"))
		return L_B;
	return finals[s->last].sound;
}

/* Nouns that end in a consonant that a suffix does not have: before a vowel that can only begin
 * another word they keep the sound of their end (article 15). */
static bool
keeps_end(const struct edge *e)
{
	uint8_t v = e->next->vowel;

	if (e->apart || e->s->ends)
		return true;
	return (v == V_A || v == V_EO || v == V_O || v == V_U || v == V_WI || v == V_WA ||
		   v == V_WEO) &&
	       one_of(e->s,
		   "첫옷꽃밭못윗겉홑헛몇맛멋값넋닭흙뜻덧풋앞옆숲늪팥솥끝빛볕엌릎몫삯칡윷숯돛닻팎");
}

/* ㄷ and ㅌ before 이 (article 17), and before 여 in 붙여 and 붙였다. */
static uint8_t
palatal_of(uint8_t first, const struct syllable *next)
{
	bool i = next->vowel == V_I ||
		 (next->vowel == V_YEO && (next->last == L_NONE || next->last == L_SS));

	if (i && (first == F_D || first == F_T))
		return first == F_D ? F_J : F_CH;
	return first;
}

/* Articles 13 to 17. */
static void
meet_vowel(struct edge *e)
{
	const struct final *f = &finals[e->s->last];

	if (!keeps_end(e)) {
		uint8_t first = palatal_of(f->moves, e->next);

		e->next->first = first;
		e->s->last = f->stays;
		return;
	}
	/* Between words the engine itself joins all other sounds with a vowel. */
	if (!e->apart || f->sound == L_D || f->sound == L_R) {
		e->next->first = first_of(f->sound);
		e->s->last = L_NONE;
	} else
		e->s->last = f->sound;
}

/* Article 12. */
static void
meet_h(struct edge *e)
{
	const struct final *f = &finals[e->s->last];
	uint8_t first = f->with_h;

	if (first == F_H) {
		e->s->last = f->sound;
		return;
	}
	if (first == F_CH && e->apart)
		first = F_T;
	if (e->s->last == L_D && !e->apart)
		first = palatal_of(first, e->next);
	/* ㄺ and ㄼ are verbs here, 밝히다 and 넓히다, and keep their ㄹ. */
	e->s->last = f->stays == L_R && !e->apart && !one_of(e->s, "닭흙칡") ? L_R
		     : e->s->last == L_NJ				     ? L_N
									     : L_NONE;
	e->next->first = first;
}

/* Articles 18 to 20. */
static void
meet_nasal(struct edge *e)
{
	uint8_t sound = sound_of(e);

	e->s->last = is_stop(sound) ? nasal_of(sound) : sound;
	if (sound == L_R && e->next->first == F_N && !e->apart)
		e->next->first = F_R;
}

static void
meet_r(struct edge *e)
{
	uint8_t sound = sound_of(e);

	e->s->last = sound;
	if (e->apart || sound == L_NONE || sound == L_R)
		return;
	if (sound == L_N && !say_ko_two_n(e->b, e->at)) {
		e->s->last = L_R;
		return;
	}
	if (is_stop(sound))
		e->s->last = nasal_of(sound);
	e->next->first = F_N;
}

/* Whether a stem that ends so makes the next consonant tense (articles 24 and 25). */
static bool
is_tensing_stem(const struct edge *e)
{
	const struct syllable *next = e->next;

	switch (e->s->last) {
	case L_NJ:
	case L_RT:
		return true;
	case L_RM: /* not 삶과, 삶도, 굶기다, 굶주리다 */
		return !e->apart && !(one_of(e->s, "삶앎") && one_of(next, "과도")) &&
		       !one_of(next, "기김긴길겨겼주");
	case L_RB:
		return !e->apart && !one_of(e->s, "덟");
	case L_RG: /* 맑게: its sound is ㄹ */
		return true;
	default:
		return false;
	}
}

/* Whether two words are spoken so closely that the end of the first one makes the next consonant
 * tense: 못 가다, 국립 박물관, 사회적 지위, 이십 분. */
static bool
is_close(const struct edge *e)
{
	return e->s->begins || e->s[-1].begins || one_of(e->s, "적십육백");
}

/*
 * Articles 12 and 23 to 25. The engine itself makes consonants tense after ㄱ, ㄷ and ㅂ in a word,
 * except for ㄱ; a written ㅉ moves the stress.
 */
static void
meet_lax(struct edge *e)
{
	uint8_t last = e->s->last, first = e->next->first, sound = sound_of(e);
	bool tense = e->next->tense || is_tensing_stem(e);

	if (last == L_H || last == L_NH || last == L_RH) {
		e->s->last = last == L_H ? L_NONE : sound;
		if (first == F_S)
			e->next->first = F_SS;
		else if (first != F_B)
			e->next->first = aspirated_of(first);
		return;
	}
	e->s->last = sound;
	if (is_stop(sound)) {
		if (e->apart ? is_close(e) : first == F_G)
			e->next->first = tense_of(first);
	} else if (tense)
		e->next->first = tense_of(first);
}

void
say_ko_edge(struct breath *b, size_t at)
{
	struct syllable *s = &b->s[at];
	struct edge e = {b, at, s, s + 1, false};

	if (at + 1 == b->n) {
		s->last = finals[s->last].sound;
		return;
	}
	if (s->last == L_NONE && e.next->tense)
		e.next->first = tense_of(e.next->first);
	if (s->last == L_NONE || s->fixed)
		return;
	e.apart = e.next->begins;
	switch (e.next->first) {
	case F_NONE:
		meet_vowel(&e);
		break;
	case F_H:
		meet_h(&e);
		break;
	case F_N:
	case F_M:
		meet_nasal(&e);
		break;
	case F_R:
		meet_r(&e);
		break;
	default:
		if (is_lax(e.next->first))
			meet_lax(&e);
		else
			s->last = finals[s->last].sound;
	}
}
