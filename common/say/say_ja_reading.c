#include "say_ja.h"

#include <string.h>

#include "../base/utf8.h"

#define HIRAGANA_FIRST 0x3041
#define HIRAGANA_LAST 0x3096
#define KATAKANA_AFTER 0x60 /* from the hiragana to the katakana of the same sound */

/*
 * Words that are read in two ways and that the dictionary alone does not tell apart: SOUND is said
 * instead of what it gives if BEFORE ends the text before the word, AFTER begins that after it, and
 * one of the words in CONTEXT, separated by spaces, is anywhere in the text. Empty: whatever.
 */
static const struct {
	const char *word, *before, *after, *context, *sound;
} readings[] = {
    {"日本", "", "", "", "ニホン"},
    {"行っ", "を", "", "", "オコナッ"},
    {"行なっ", "", "", "", "オコナッ"},
    {"辛い", "", "",
	"料理 カレー 味 食べ スープ 唐辛子 とうがらし ラーメン キムチ 麻婆 口 舌 わさび 山葵 "
	"ソース "
	"塩 鍋 甘い 香辛料 スパイス 韓国 タイ インド 四川 汁 飲",
	"カライ"},
    {"辛く", "", "", "料理 カレー 味 食べ スープ 唐辛子 ラーメン キムチ 麻婆 鍋 甘", "カラク"},
    {"辛かっ", "", "", "料理 カレー 味 食べ スープ 唐辛子 ラーメン キムチ 麻婆 鍋 甘", "カラカッ"},
    {"人気", "", "のな", "", "ヒトケ"},
    {"今日", "", "的", "", "コンニチ"},
    {"今日", "", "に至", "", "コンニチ"},
    {"上手", "", "から", "舞台", "カミテ"},
    {"下手", "", "から", "舞台", "シモテ"},
    {"市場", "", "", "魚 野菜 朝市 八百屋 新鮮 買い物", "イチバ"},
    {"市場", "", "", "株 経済 金融 企業 世界 価格 資本", "シジョー"},
    {"生", "", "", "ビール 魚 野菜 肉 卵", "ナマ"},
    {"色紙", "", "", "サイン 署名", "シキシ"},
    {"色紙", "", "", "折 切", "イロガミ"},
    {"角", "", "", "曲が 交差点 道", "カド"},
    {"角", "", "", "牛 鹿 鬼 羊", "ツノ"},
    {"表", "", "に出", "", "オモテ"},
    {"方", "この", "", "こちら 先生 いらっしゃ", "カタ"},
    {"空い", "", "", "腹 席 電車 店", "スイ"},
    {"大分", "", "県", "", "オーイタ"},
    {"大分", "", "", "良く よく 慣れ 暖 寒", "ダイブ"},
    {"最中", "の", "", "", "サイチュー"},
    {"最中", "", "を食", "", "モナカ"},
    {"床", "", "", "掃除 拭 落 板", "ユカ"},
    {"寒気", "", "がし", "", "サムケ"},
    {"寒気", "", "がす", "", "サムケ"},
    {"見物", "", "だ", "", "ミモノ"},
    {"一日", "月", "", "", "ツイタチ"},
    {"明後日", "", "", "", "アサッテ"},
    {"間", "その", "に", "", "アイダ"},
    {"間", "その", "、", "", "アイダ"},
    {"間", "の", "", "", "アイダ"},
    {"方", "担当の", "", "", "カタ"},
    {"方", "の", "が", "いらっしゃ おっしゃ", "カタ"},
    {"家", "", "に帰", "", "イエ"},
    {"何", "", "で", "", "ナン"},
    {"何", "", "だ", "", "ナン"},
    {"何", "", "の", "", "ナン"},
    {"何", "", "と", "", "ナン"},
    {"何", "", "な", "", "ナン"},
};

static size_t
field_find(const char *feature, unsigned field, const char **begin)
{
	const char *s = feature;

	for (; field > 0; field--) {
		s = strchr(s, ',');
		if (s == NULL)
			return 0;
		s++;
	}
	*begin = s;
	return strcspn(s, ",");
}

bool
say_ja_is(const struct say_ja_word *w, unsigned field, const char *value)
{
	const char *s;
	size_t n = field_find(w->feature, field, &s);

	return n > 0 && n == strlen(value) && memcmp(s, value, n) == 0;
}

static bool
has_any(const char *text, const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (memmem(text, strlen(text), words, n) != NULL)
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

/* What is said of the word of LEN bytes at AT instead of what the dictionary has; NULL: nothing. */
static const char *
reading_here(const char *text, size_t at, size_t len)
{
	for (size_t i = 0; i < SAY_COUNT(readings); i++) {
		const char *before = readings[i].before, *after = readings[i].after;

		if (strlen(readings[i].word) != len ||
		    memcmp(text + at, readings[i].word, len) != 0)
			continue;
		if (at < strlen(before) ||
		    memcmp(text + at - strlen(before), before, strlen(before)) != 0)
			continue;
		if (strncmp(text + at + len, after, strlen(after)) == 0 &&
		    (readings[i].context[0] == '\0' || has_any(text, readings[i].context)))
			return readings[i].sound;
	}
	return NULL;
}

void
say_ja_katakana(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(text, len, &i);
		char utf8[4];

		if (c >= HIRAGANA_FIRST && c <= HIRAGANA_LAST)
			c += KATAKANA_AFTER;
		buf_add(out, utf8, utf8_encode(c, utf8));
	}
}

bool
say_ja_reading(struct buf *out, const char *text, const struct say_ja_words *words, size_t i)
{
	/* Marks of vowels that are hardly voiced, and of the words that one is made of. */
	static const char silent[] = "’";
	const struct say_ja_word *w = &words->v[i];
	const char *sound = reading_here(text, w->at, w->len), *end;
	size_t n;

	if (sound != NULL) {
		buf_adds(out, sound);
		return true;
	}
	n = field_find(w->feature, JA_SOUND, &sound);
	if (n == 0 || sound[0] == '*')
		return false;
	for (end = sound + n; sound < end;)
		if (strncmp(sound, silent, strlen(silent)) == 0)
			sound += strlen(silent);
		else if (*sound == ':')
			sound++;
		else
			buf_add(out, sound++, 1);
	return true;
}

void
say_ja_letters(struct buf *out, const char *text, size_t len)
{
	static const char *const names[] = {"エー", "ビー", "シー", "ディー", "イー", "エフ",
	    "ジー", "エイチ", "アイ", "ジェー", "ケー", "エル", "エム", "エヌ", "オー", "ピー",
	    "キュー", "アール", "エス", "ティー", "ユー", "ブイ", "ダブリュー", "エックス", "ワイ",
	    "ゼット"};

	for (size_t i = 0; i < len; i++)
		buf_adds(out, names[text[i] - 'A']);
}
