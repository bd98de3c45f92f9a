#include <stdlib.h>
#include <string.h>

#include "say_ko_sound.h"
#include "say_parts.h"

#define SYLLABLES 11172

#define TENSE(number) number,
#define TWO_N(number)
static const uint64_t hanja_tense[] = {
#include "korean.inc"
};
#undef TENSE
#undef TWO_N
#define TENSE(number)
#define TWO_N(number) number,
static const uint64_t hanja_two_n[] = {
#include "korean.inc"
};

/* ---------------------------------------------------------------- lists of words */

/* Whether what is written at syllable AT, up to the end of its word, is one of the words in LIST.
 */
static bool
rest_is(const struct breath *b, size_t at, const char *list)
{
	size_t end = say_ko_word_end(b, at);
	const char *rest = b->text + b->s[at].place;
	size_t len = (end - at) * 3;

	for (size_t n; *list != '\0'; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (n == len && memcmp(rest, list, n) == 0)
			return true;
	}
	return false;
}

/* Whether it begins with one of the words in LIST. */
static bool
rest_begins(const struct breath *b, size_t at, const char *list)
{
	size_t end = say_ko_word_end(b, at);
	const char *rest = b->text + b->s[at].place;
	size_t len = (end - at) * 3;

	for (size_t n; *list != '\0'; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (n <= len && memcmp(rest, list, n) == 0)
			return true;
	}
	return false;
}

static bool
is_in(const struct breath *b, size_t at, const char *syllables)
{
	for (; *syllables != '\0'; syllables += 3)
		if (say_ko_code(syllables) == b->s[at].code)
			return true;
	return false;
}

static int
number_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* ---------------------------------------------------------------- words of Hanja */

static bool
is_hanja_tense(const struct breath *b, size_t at)
{
	uint64_t number = (uint64_t)b->s[at].code * SYLLABLES + b->s[at + 1].code;

	/* 박탈당하다: a suffix. */
	if (at + 2 < b->n && is_in(b, at + 1, "당") && is_in(b, at + 2, "하했한함해할"))
		return false;
	return bsearch(&number, hanja_tense, SAY_COUNT(hanja_tense), sizeof number,
		   number_compare) != NULL;
}

bool
say_ko_two_n(const struct breath *b, size_t at)
{
	if (b->s[at].begins)
		return false;
	uint64_t number = ((uint64_t)b->s[at - 1].code * SYLLABLES + b->s[at].code) * SYLLABLES +
			  b->s[at + 1].code;

	return bsearch(&number, hanja_two_n, SAY_COUNT(hanja_two_n), sizeof number,
		   number_compare) != NULL;
}

/* ---------------------------------------------------------------- stems in ㄴ and ㅁ (article 24)
 */

#define ENDINGS                                                                                                                    \
	"고 고서 고는 고도 고자 고야 고요 고선 다 다가 다는 다고 다면 다니 다며 다만 던 던가 "    \
	"더니 더라 "                                                                                                           \
	"더라도 던지 지 지도 지는 지만 지요 지를 죠 게 게도 게끔 거나 거든 거라 기도 기는 기가 " \
	"기에 기로 "                                                                                                           \
	"소 습니다 습니까 습니다만 자 자마자 자고 자는 도록 든 든지 든가 듯 듯이 더군 더군요 "   \
	"거늘 "                                                                                                                  \
	"고말고 질 진 구나 군 군요 겠다"

/* Verbs, the others as nouns too, with the endings that only the verb has. */
static const struct stem {
	const char *stem, *endings;
} stems[] = {
    {"감", "고 고서 고는 다 다가 던 더니 게 거나 습니다"},
    {"남",
	"고 고서 고는 고도 고자 다 다가 다는 다고 다면 던 더니 더라도 지 지도 지는 지만 지요 죠 게 "
	"게끔 거나 거든 기도 기는 기에 기로 습니다 습니까 자 도록 든 든지 듯 듯이 더군"},
    {"넘", ENDINGS},
    {"담", "고 고서 고는 다 다가 던 더니 지 지도 지는 지만 게 거나 거든 습니다 자 도록 든지 듯"},
    {"듬", ENDINGS},
    {"금", "고 고서 고는 다 다가 던 더니 지 지만 거나"},
    {"삼", "고 고서 고는 고자 다 다가 던 더니 지 지는 지만 게 거나 습니다 자 도록"},
    {"숨", "고 고서 다 다가 던 더니 지도 지는 지만 게 거나 습니다 자 도록 듯"},
    {"심", "고 고서 고는 다 다가 던 더니 지도 지는 지만 거나 습니다 자 도록 든지 게"},
    {"참", "고서 고는 다 다가 던 더니 지 지도 지는 지만 지요 거나 습니다 습니까 자 도록 든지 듯"},
    {"품", "고 고서 고는 다 던 더니 지 지는 지만 게 거나 습니다 도록 듯"},
    {"뿜", ENDINGS},
    {"검", "고 다 던 더니 습니다 거나 기도 든 든지"},
    {"슴", "지 고 다 던 더니"},
    {"신", "고서 고는 다가 던 더니 거나 습니다"},
    {"안", "고 고서 고는 던 더니 습니다 거나 도록"},
};

/* Whether the word up to syllable AT ends in ENDING. */
static bool
ends_in(const struct breath *b, size_t at, const char *ending)
{
	size_t n = strlen(ending) / 3;

	for (size_t i = n; i-- > 1;)
		if (b->s[at + 1 - n + i].begins)
			return false;
	return at + 1 >= n && memcmp(b->text + b->s[at + 1 - n].place, ending, strlen(ending)) == 0;
}

/* 머금고, 껴안지: syllables that are more often something else by themselves. */
static bool
is_long_stem(const struct breath *b, size_t at)
{
	return ends_in(b, at, "껴안") || ends_in(b, at, "끌어안") || ends_in(b, at, "둥켜안") ||
	       ends_in(b, at, "싸안") || ends_in(b, at, "떠안") || ends_in(b, at, "보듬") ||
	       ends_in(b, at, "머금") || ends_in(b, at, "서슴");
}

/* The word before the one that AT begins ends in an object's particle: 신을 신고. */
static bool
has_object(const struct breath *b, size_t at)
{
	return at > 0 && is_in(b, at - 1, "을를");
}

static bool
is_stem(const struct breath *b, size_t at)
{
	const struct syllable *s = &b->s[at];

	if (s->last != L_N && s->last != L_M)
		return false;
	if (is_long_stem(b, at))
		return rest_is(b, at + 1, ENDINGS);
	if (is_in(b, at, "슴금"))
		return false;
	if (s->begins && is_in(b, at, "신참") && rest_is(b, at + 1, "고"))
		return has_object(b, at) || b->n == 2 ||
		       (at + 2 < b->n &&
			   rest_begins(b, at + 2, "있 견 살 기다 버 나 다니 온 오 간 가 들어"));
	for (size_t i = 0; i < SAY_COUNT(stems); i++)
		if (is_in(b, at, stems[i].stem))
			return rest_is(b, at + 1, stems[i].endings);
	return false;
}

/* ---------------------------------------------------------------- after -ㄹ (article 27) */

/* Syllables that end in ㄹ and are rarely the end of a verb. */
static const char *const never_verb =
    "를늘울물말글달설절률율월결별출술철굴틀털콜뿔딸쌀칼발불벌돌골솔"
    "일길필검널잘";

/* Stems in consonants, before -을. */
static const char *const before_eul = "있없같좋싫많않싶읽먹받믿찾죽입잡앉남넣놓낳쌓닿잃옳얻닫묻걷씻"
				      "벗웃빗잊찢맺꽂쫓맞늦높깊갚덮짚엎깎닦볶꺾낚묶겪섞"
				      "밟넓짧얇핥훑젊닮옮굶삶밝맑굵긁늙낡붉뱉맡붙짙얕흩작적막박녹썩"
				      "식익찍뽑씹접좁굽눕줍참담감심숨품넘삼신안끊뚫꿇앓닳"
				      "끓했갔왔됐였었았졌렸봤냈났됐했썼컸";

/* Whether the word before AT ends in the -ㄹ of a verb. CERTAIN: what follows leaves little doubt.
 */
static bool
after_future(const struct breath *b, size_t at, bool certain)
{
	const struct syllable *s = &b->s[at - 1];

	if (s->last != L_R)
		return false;
	if (is_in(b, at - 1, "을"))
		return certain || (!s->begins && is_in(b, at - 2, before_eul));
	if (is_in(b, at - 1, "일"))
		return certain && !s->begins;
	if (is_in(b, at - 1, "들"))
		return !s->begins && is_in(b, at - 2, "만힘거흔잠물");
	if (is_in(b, at - 1, "실"))
		return !s->begins && !is_in(b, at - 2, "사현교진확과부성거침병욕의객거충");
	return !is_in(b, at - 1, never_verb);
}

/* 할 것을, 갈 데가: nouns that need a verb before them. */
static bool
is_dependent_noun(const struct breath *b, size_t at)
{
	switch (b->s[at].first) {
	case F_G:
		return after_future(b, at, true) &&
		       (rest_begins(b, at,
			    "것 겁 거야 거예 거에 거다 거라 거란 거지 거고 거니 거든 거면 거죠 "
			    "거나 거는 거냐 거 "
			    "같 게 ") &&
			   !rest_begins(b, at,
			       "거의 거기 거리 거울 같이 게임 게시 게다 게으 거부 거대 거짓 거실"));
	case F_S:
		return after_future(b, at, true) &&
		       rest_is(b, at,
			   "수 수가 수는 수도 수를 수만 수밖에 수록 수야 순 수조차 수나 수 ");
	case F_D:
		return after_future(b, at, false) &&
		       rest_is(b, at,
			   "데 데가 데는 데도 데를 데에 데에는 데서 데까지 듯 듯이 듯하다 듯한 "
			   "듯했다 듯하여 듯해 "
			   "듯합니다 듯도 듯싶다");
	case F_B:
		return after_future(b, at, false) &&
		       rest_is(b, at, "바 바가 바를 바는 바에 바에야 바와 바도 바");
	case F_J:
		return after_future(b, at, false) &&
		       rest_is(b, at,
			   "적 적에 적이 적도 적에는 적엔 줄 줄은 줄을 줄도 줄만 줄이야 줄로 줄 지 "
			   "지는 지도 지를");
	default:
		return false;
	}
}

/* 만날 사람, 갈 곳. */
static bool
is_noun_after_future(const struct breath *b, size_t at)
{
	static const char *const nouns =
	    "사람 곳 도리 시간 정도 자신 자격 장소 자리 점 생각 계획 기회 방법 "
	    "가능성 가치 것 동안 준비 지경 경우 데 셈 작정 듯";

	return after_future(b, at, false) && is_in(b, at - 1, "할갈을될볼쓸날칠낼킬릴올") &&
	       rest_begins(b, at, nouns);
}

/* 할걸, 할수록. */
static bool
is_ending_after_future(const struct breath *b, size_t at)
{
	if (b->s[at].begins || b->s[at - 1].last != L_R)
		return false;
	if (rest_is(b, at, "수록 지라도 지언정 진대 진저 세라"))
		return true;
	if (!is_in(b, at - 1, "할갈을될올볼쓸일칠릴킬럴뀔낄") ||
	    (is_in(b, at - 1, "을") && !b->s[at - 1].begins && !is_in(b, at - 2, before_eul)))
		return false;
	return rest_is(b, at,
	    "걸 걸요 게 게요 밖에 지 지도 지는 지가 지를 지요 것 거야 거예요 거다 건데 건가");
}

/* 열둘, 열다섯, 열세. */
static bool
is_number_after_ten(const struct breath *b, size_t at)
{
	return !b->s[at].begins && is_in(b, at - 1, "열") &&
	       (is_in(b, at, "둘셋") || rest_begins(b, at, "다섯") ||
		   (is_in(b, at, "두세") && say_ko_word_end(b, at) == at + 1));
}

/* 물질, 발전: also in longer words, 발전소. */
static bool
is_tense(const struct breath *b, size_t at)
{
	const struct syllable *before = &b->s[at - 1], *s = &b->s[at];

	if (before->last != L_R)
		return !s->begins && is_stem(b, at - 1);
	if (s->begins)
		return is_dependent_noun(b, at) || is_noun_after_future(b, at);
	if (s->first != F_G && s->first != F_B && is_hanja_tense(b, at - 1))
		return true;
	return is_ending_after_future(b, at) || is_number_after_ten(b, at);
}

void
say_ko_tense(struct breath *b)
{
	for (size_t i = 1; i < b->n; i++) {
		uint8_t last = b->s[i - 1].last, first = b->s[i].first;

		if (last != L_N && last != L_R && last != L_M)
			continue;
		if (first == F_G || first == F_D || first == F_B || first == F_S || first == F_J)
			b->s[i].tense |= !b->s[i - 1].fixed && is_tense(b, i);
	}
}
