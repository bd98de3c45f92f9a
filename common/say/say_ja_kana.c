#include "say_ja.h"

#include <string.h>

#include "../text/text_uni.h"

#define KANA 3		/* bytes of one, and of most characters of Japanese, in UTF-8 */
#define STAND_IN "今日" /* what the dictionary sees in place of what is in kana already */
#define HAN_FIRST 0x3400
#define HAN_LAST 0x9fff
#define WIDE 0xfee0   /* from a letter of ASCII to the wide one that the dictionary has */
#define LETTERS_MAX 4 /* of a word in capitals that is spelled */

/* A text while it is written in kana. */
struct kana {
	struct pool *pool;
	const struct said *said;
	struct buf seen; /* what the dictionary sees */
	uint8_t *entire; /* see say_ja_words */
	size_t
	    *place;  /* for each byte of SEEN, and its end, where the text for the engine has it */
	size_t *run; /* and the run that it is of */
	size_t *begins; /* where each run begins there */
	struct say_ja_words words;
	/* The result. */
	struct buf text;
	struct say_run *runs;
	size_t runs_n;
	uint32_t said_n, author_n; /* code points so far */
};

static bool
is_kana(uint32_t c)
{
	return c >= 0x3041 && c <= 0x30ff && c != 0x30fb;
}

/* Whether a run is not to be read: it has been written in kana, or is phonemes. */
static bool
is_finished(const char *s, size_t len)
{
	bool kana = false;

	if (memmem(s, len, "[[", 2) != NULL)
		return true;
	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);

		if (c != ' ' && !is_kana(c))
			return false;
		kana |= c != ' ';
	}
	return kana;
}

static void
see(struct kana *k, const char *s, size_t len, size_t place, size_t run)
{
	for (size_t i = 0; i < len; i++) {
		k->place[k->seen.len + i] = place;
		k->run[k->seen.len + i] = run;
	}
	buf_add(&k->seen, s, len);
}

/* See one run, from FROM to TO. */
static void
see_run(struct kana *k, size_t run, size_t from, size_t to)
{
	const char *s = k->said->text;

	k->begins[run] = from;
	if (!k->said->runs[run].verbatim && is_finished(s + from, to - from)) {
		k->entire[k->seen.len] = SAY_JA_EDGE;
		k->entire[k->seen.len + KANA] = SAY_JA_INSIDE;
		see(k, STAND_IN, strlen(STAND_IN), from, run);
		k->entire[k->seen.len] = SAY_JA_EDGE;
		return;
	}
	for (size_t i = from, at = from; i < to; at = i) {
		uint32_t c = utf8_next(s, to, &i);
		char utf8[4];

		see(k, utf8,
		    utf8_encode(c > ' ' && c < 0x7f ? c + WIDE
				: c == ' '	    ? 0x3000
						    : c,
			utf8),
		    at, run);
	}
}

static void
see_all(struct kana *k)
{
	const struct said *said = k->said;
	size_t most = KANA * said->len + 2 * KANA * said->runs_n, at = 0;

	buf_init(&k->seen, k->pool, most + 1);
	k->entire = pool_array(k->pool, most + 1, sizeof(*k->entire));
	memset(k->entire, 0, most + 1);
	k->place = pool_array(k->pool, most + 1, sizeof(*k->place));
	k->run = pool_array(k->pool, most + 1, sizeof(*k->run));
	k->begins = pool_array(k->pool, said->runs_n + 1, sizeof(*k->begins));
	for (size_t r = 0; r < said->runs_n; r++) {
		size_t from = at;

		for (uint32_t n = 0; n < said->runs[r].said_len; n++)
			utf8_next(said->text, said->len, &at);
		see_run(k, r, from, at);
	}
	k->place[k->seen.len] = said->len;
	k->run[k->seen.len] = said->runs_n;
	buf_add(&k->seen, "", 1);
	k->seen.len--;
}

/* ---------------------------------------------------------------- writing */

/* Where in the author's text, in code points, ends what ends in byte AT of the text of run R. What
 * is inside a run that is not verbatim ends with it. */
static uint32_t
author_end(const struct kana *k, size_t r, size_t begin, size_t at)
{
	const struct say_run *run = &k->said->runs[r];

	if (!run->verbatim)
		return run->author + run->author_len;
	return run->author + (uint32_t)utf8_count(k->said->text + begin, at - begin);
}

/* Write SAID for the words [FROM, TO) of the text. */
static void
write_words(struct kana *k, size_t from, size_t to, const struct buf *said)
{
	const struct say_ja_word *first = &k->words.v[from], *end = &k->words.v[to - 1];
	size_t begin_at = k->place[first->at], end_at = k->place[end->at + end->len],
	       last_run = k->run[end->at + end->len - 1];
	const struct say_run *run = &k->said->runs[last_run];
	struct say_run *last = k->runs_n > 0 ? &k->runs[k->runs_n - 1] : NULL;
	uint32_t n = (uint32_t)utf8_count(said->data, said->len), author;
	bool same = run->verbatim && k->run[first->at] == last_run &&
		    said->len == end_at - begin_at &&
		    memcmp(said->data, k->said->text + begin_at, said->len) == 0;

	author = author_end(k, last_run, k->begins[last_run], end_at) - k->author_n;
	buf_add(&k->text, said->data, said->len);
	if (last != NULL && ((same && last->verbatim) || (author == 0 && !last->verbatim))) {
		last->said_len += n;
		last->author_len += author;
	} else if (n > 0 || author > 0)
		k->runs[k->runs_n++] = (struct say_run){k->said_n, n, k->author_n, author, same};
	k->said_n += n;
	k->author_n += author;
}

/* Letters may be signs to the dictionary, and signs of another kind. */
static bool
is_sign(const struct kana *k, const struct say_ja_word *w)
{
	return !cls_word(uni_cls(utf8_at(k->seen.data, k->seen.len, w->at)));
}

/* Whether a phrase goes on with word I. */
static bool
goes_on(const struct kana *k, size_t i)
{
	const struct say_ja_word *w = &k->words.v[i], *last = i > 0 ? w - 1 : NULL;

	if (last == NULL || is_sign(k, w) || is_sign(k, last))
		return true;
	if (say_ja_is(w, JA_KIND, "助詞") || say_ja_is(w, JA_KIND, "助動詞") ||
	    say_ja_is(w, JA_KIND_1, "接尾") || say_ja_is(last, JA_KIND, "接頭詞"))
		return true;
	if (say_ja_is(w, JA_KIND_1, "非自立"))
		return !say_ja_is(w, JA_KIND, "名詞") || w->len == KANA;
	if (say_ja_is(w, JA_KIND_1, "数"))
		return say_ja_is(last, JA_KIND_1, "数");
	if (say_ja_is(w, JA_BASE, "する") && say_ja_is(last, JA_KIND_1, "サ変接続"))
		return true;
	return say_ja_is(w, JA_KIND, "名詞") && say_ja_is(last, JA_KIND, "名詞") &&
	       !say_ja_is(last, JA_KIND_1, "副詞可能") && !say_ja_is(last, JA_KIND_1, "非自立");
}

/* ---------------------------------------------------------------- reading */

static bool
is_numeral(const struct kana *k, const struct say_ja_word *w)
{
	size_t begin = k->place[w->at], n = k->place[w->at + w->len] - begin;

	return say_ja_is(w, JA_KIND_1, "数") && say_ja_numeral(k->said->text + begin, n) == n;
}

static bool
is_what(const struct kana *k, const struct say_ja_word *w)
{
	return w->len == KANA && memcmp(k->seen.data + w->at, "何", KANA) == 0;
}

/* The counter at word I that ends where a word does, and in *END the word after it. */
static const struct say_entry *
counter_at(const struct kana *k, size_t i, size_t *end)
{
	const struct say_ja_words *words = &k->words;
	size_t at, n = KANA * 8;

	if (i == words->n)
		return NULL;
	at = words->v[i].at;
	if (n > k->seen.len - at)
		n = k->seen.len - at;
	for (;;) {
		const struct say_entry *counter = say_ja_counter(k->seen.data + at, n, &n);

		if (counter == NULL)
			return NULL;
		for (*end = i; *end < words->n && words->v[*end].at < at + n; (*end)++)
			continue;
		if (words->v[*end - 1].at + words->v[*end - 1].len == at + n)
			return counter;
		n--;
	}
}

/* Read the number, and its counter, that begin with word I. Return the word after them, or I. */
static size_t
read_number(const struct kana *k, size_t i, struct buf *out)
{
	const struct say_ja_word *v = k->words.v;
	size_t begin = k->place[v[i].at], to = i, end, len;
	const struct say_entry *counter;
	bool what = is_what(k, &v[i]), read;

	if (begin < k->said->len && strncmp(k->said->text + begin, "二十歳", 3 * KANA) == 0) {
		buf_adds(out, "ハタチ");
		return i + 3;
	}
	if (what)
		to++;
	while (!what && to < k->words.n && is_numeral(k, &v[to]))
		to++;
	if (to == i || v[i].at == k->seen.len)
		return i;
	len = k->place[v[to - 1].at + v[to - 1].len] - begin;
	counter = counter_at(k, to, &end);
	if (counter == NULL && what)
		return i;
	if (counter == NULL)
		return say_ja_number(out, k->said->text + begin, len) ? to : i;
	if (strcmp(counter->from, "日") == 0 && begin >= KANA &&
	    memcmp(k->said->text + begin - KANA, "月", KANA) == 0)
		read = say_ja_day(out, k->said->text + begin, len);
	else
		read = say_ja_counted(out, k->said->text + begin, len, counter->to);
	return read ? end : i;
}

/* Signs of a sentence are left to the engine, which says the names of others. */
static bool
is_silent_sign(const struct kana *k, const struct say_ja_word *w)
{
	static const char *const known[] = {"。", "、", "，", "．", "！", "？", "「", "」", "『",
	    "』", "（", "）", "…", "：", "；"};

	for (size_t i = 0; i < SAY_COUNT(known); i++)
		if (w->len == strlen(known[i]) &&
		    memcmp(k->seen.data + w->at, known[i], w->len) == 0)
			return false;
	return is_sign(k, w);
}

/* Read what the dictionary does not know. */
static void
read_unknown(const struct kana *k, const struct say_ja_word *w, struct buf *out)
{
	const char *s = k->said->text + k->place[w->at];
	size_t len = k->place[w->at + w->len] - k->place[w->at],
	       capitals = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (capitals >= len && len <= LETTERS_MAX)
		say_ja_letters(out, s, len);
	else
		say_ja_katakana(out, s, len);
}

static bool
is_latin(const struct kana *k, size_t i)
{
	return i < k->words.n &&
	       say_latin(utf8_at(k->said->text, k->said->len, k->place[k->words.v[i].at]));
}

/* Whether word I is of several in Latin letters, which are left to the voice of their language. */
static bool
is_foreign(const struct kana *k, size_t i)
{
	size_t last = i, next = i + 1;

	while (last > 0 && is_sign(k, &k->words.v[last - 1]))
		last--;
	while (next < k->words.n && is_sign(k, &k->words.v[next]))
		next++;
	return is_latin(k, i) && (is_latin(k, next) || (last > 0 && is_latin(k, last - 1)));
}

static void
read_word(const struct kana *k, size_t i, struct buf *out)
{
	const struct say_ja_word *w = &k->words.v[i];
	const struct say_run *run = &k->said->runs[k->run[w->at]];
	size_t begin = k->place[w->at], end = k->place[w->at + w->len];

	if (!run->verbatim && is_finished(k->said->text + begin, end - begin))
		buf_add(out, k->said->text + begin, end - begin);
	else if (is_silent_sign(k, w))
		buf_adds(out, " ");
	else if (is_sign(k, w) || is_foreign(k, i))
		buf_add(out, k->said->text + begin, end - begin);
	else if (w->unknown || !say_ja_reading(out, k->seen.data, &k->words, i))
		read_unknown(k, w, out);
}

/* Whether a text has kana or Chinese characters. */
static bool
has_japanese(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(text, len, &i);

		if (is_kana(c) || (c >= HAN_FIRST && c <= HAN_LAST))
			return true;
	}
	return false;
}

void
say_ja_kana(struct pool *pool, struct said *said, const char *text, size_t len)
{
	struct kana k = {.pool = pool, .said = said};
	struct buf out;

	if (!has_japanese(text, len))
		return;
	see_all(&k);
	if (!say_ja_words(pool, k.seen.data, k.seen.len, k.entire, &k.words) || k.words.n == 0)
		return;
	buf_init(&k.text, pool, 2 * said->len + 1);
	k.runs = pool_array(pool, said->runs_n + k.words.n, sizeof(*k.runs));
	buf_init(&out, pool, 64);
	for (size_t i = 0, end; i < k.words.n; i = end) {
		out.len = 0;
		if (!goes_on(&k, i))
			buf_adds(&out, " ");
		end = read_number(&k, i, &out);
		if (end == i)
			read_word(&k, end++, &out);
		write_words(&k, i, end, &out);
		if (k.text.len > SAY_TEXT_MAX)
			return;
	}
	said->text = k.text.data;
	said->len = k.text.len;
	said->runs = k.runs;
	said->runs_n = k.runs_n;
}
