#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "../common/base/utf8.h"
#include "engine.h"
#include "lyric_compose.h"

#define FACT_MAX 60   /* characters of a name or region that are used */
#define DETAIL_MAX 80 /* a part of the detail that is longer is not a line */

/* Genres and their tones: the one that is mentioned first decides. */
static const struct {
	const char *word;
	enum lyric_tone tone;
} genres[] = {
    {"ballad", LYRIC_CALM},
    {"ambient", LYRIC_CALM},
    {"acoustic", LYRIC_CALM},
    {"folk", LYRIC_CALM},
    {"jazz", LYRIC_CALM},
    {"lofi", LYRIC_CALM},
    {"lo-fi", LYRIC_CALM},
    {"classic", LYRIC_CALM},
    {"piano", LYRIC_CALM},
    {"soul", LYRIC_CALM},
    {"r&b", LYRIC_CALM},
    {"calm", LYRIC_CALM},
    {"발라드", LYRIC_CALM},
    {"앰비언트", LYRIC_CALM},
    {"어쿠스틱", LYRIC_CALM},
    {"포크", LYRIC_CALM},
    {"재즈", LYRIC_CALM},
    {"클래식", LYRIC_CALM},
    {"피아노", LYRIC_CALM},
    {"잔잔", LYRIC_CALM},
    {"rock", LYRIC_DRIVING},
    {"metal", LYRIC_DRIVING},
    {"punk", LYRIC_DRIVING},
    {"hip", LYRIC_DRIVING},
    {"rap", LYRIC_DRIVING},
    {"edm", LYRIC_DRIVING},
    {"techno", LYRIC_DRIVING},
    {"house", LYRIC_DRIVING},
    {"록", LYRIC_DRIVING},
    {"락", LYRIC_DRIVING},
    {"힙합", LYRIC_DRIVING},
    {"랩", LYRIC_DRIVING},
    {"메탈", LYRIC_DRIVING},
    {"pop", LYRIC_BRIGHT},
    {"dance", LYRIC_BRIGHT},
    {"disco", LYRIC_BRIGHT},
    {"funk", LYRIC_BRIGHT},
    {"trot", LYRIC_BRIGHT},
    {"팝", LYRIC_BRIGHT},
    {"댄스", LYRIC_BRIGHT},
    {"트로트", LYRIC_BRIGHT},
    {"동요", LYRIC_BRIGHT},
};

enum lyric_tone
lyric_tone_of(const char *genre)
{
	const char *first = NULL;
	enum lyric_tone tone = LYRIC_BRIGHT;
	for (size_t i = 0; i < sizeof genres / sizeof genres[0]; i++) {
		const char *at = strcasestr(genre, genres[i].word);
		if (at != NULL && (first == NULL || at < first)) {
			first = at;
			tone = genres[i].tone;
		}
	}
	return tone;
}

static bool
has_hangul(const char *s)
{
	size_t len = strlen(s);
	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);
		if (c >= 0xac00 && c <= 0xd7a3)
			return true;
	}
	return false;
}

const struct lyric_texts *
lyric_language(const struct lyric_facts *facts)
{
	const char *language = facts->language;
	if (strncasecmp(language, "korean", 6) == 0 || strcasecmp(language, "ko") == 0 ||
	    strncasecmp(language, "ko-", 3) == 0 || strncmp(language, "한국", strlen("한국")) == 0)
		return &lyric_ko;
	return language[0] == '\0' && has_hangul(facts->name) ? &lyric_ko : &lyric_en;
}

/* Numbers that look random and are the same for the same facts: SplitMix64 over FNV-1a. */
struct dice {
	uint64_t state;
};

static void
dice_add(struct dice *dice, const char *s)
{
	for (; *s != '\0'; s++)
		dice->state = (dice->state ^ (uint8_t)*s) * 0x100000001b3;
	dice->state = (dice->state ^ 0xff) * 0x100000001b3;
}

static size_t
dice_throw(struct dice *dice, size_t n)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (size_t)((z ^ (z >> 31)) % n);
}

/*
 * A fact as it can be part of a line: no control characters, single spaces, and of what is longer
 * than MAX characters the beginning.
 */
static const char *
fact_clean(struct pool *pool, const char *s, size_t len, size_t max)
{
	struct buf out;
	size_t chars = 0;
	bool space = false;
	buf_init(&out, pool, len + 1);
	for (size_t i = 0; i < len && chars < max;) {
		size_t begin = i;
		uint32_t c = utf8_next(s, len, &i);
		if (c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x3000 || c == 0x2028 ||
		    c == 0x2029 || c == 0xfffd) {
			space = true;
			continue;
		}
		if (space && out.len > 0) {
			buf_adds(&out, " ");
			chars++;
		}
		space = false;
		buf_add(&out, s + begin, i - begin);
		chars++;
	}
	return out.data;
}

/* A part of the detail, and whether it is a sentence. */
struct detail {
	const char *text;
	bool sentence;
};

#define DETAILS_MAX 16

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && memcmp(s + n - m, end, m) == 0;
}

static void
detail_add(struct pool *pool, const char *s, size_t len, bool sentence, struct detail *v, size_t *n)
{
	const char *text = fact_clean(pool, s, len, DETAIL_MAX + 1);
	size_t chars = utf8_count(text, strlen(text));
	if (chars >= 2 && chars <= DETAIL_MAX && *n < DETAILS_MAX)
		v[(*n)++] = (struct detail){text, sentence};
}

/*
 * Cut the detail into parts: at the end of each line and sentence, and what is not a sentence at
 * its commas too.
 */
static size_t
detail_cut(struct pool *pool, const char *detail, struct detail v[DETAILS_MAX])
{
	size_t n = 0;
	for (const char *s = detail; *s != '\0';) {
		size_t len = strcspn(s, "\n\r.!?;"), end = len;
		/* A point within a number or a name is no end. */
		while (s[end] == '.' && s[end + 1] != '\0' && strchr(" \n\r", s[end + 1]) == NULL)
			end += 1 + strcspn(s + end + 1, "\n\r.!?;");
		len = end;
		const char *text = pool_strndup(pool, s, len);
		bool sentence = (s[len] != '\0' && strchr(".!?", s[len]) != NULL) ||
				ends_with(text, "다") || ends_with(text, "요") ||
				ends_with(text, "죠");
		if (sentence) {
			detail_add(pool, s, len, true, v, &n);
		} else {
			for (size_t at = 0; at < len;) {
				size_t part = strcspn(text + at, ",/");
				detail_add(pool, text + at, part, false, v, &n);
				at += part + 1;
			}
		}
		s += len;
		s += strspn(s, "\n\r.!?; ");
	}
	return n;
}

/* Write one line: TEMPLATE with the facts in it. */
struct writer {
	struct pool *pool;
	struct buf out;
	const char *name, *region, *detail;
	bool capitals; /* a line begins with one */
};

static const char *
writer_fact(const struct writer *writer, const char *key, size_t len)
{
	if (len == 4 && memcmp(key, "name", len) == 0)
		return writer->name;
	if (len == 6 && memcmp(key, "region", len) == 0)
		return writer->region;
	return writer->detail;
}

static void
write_line(struct writer *writer, const char *template)
{
	size_t begin = writer->out.len;
	for (const char *s = template; *s != '\0';) {
		size_t plain = strcspn(s, "{");
		buf_add(&writer->out, s, plain);
		s += plain;
		if (*s == '\0')
			break;
		size_t key = strcspn(++s, ":}"), whole = strcspn(s, "}");
		const char *fact = writer_fact(writer, s, key);
		buf_adds(&writer->out, fact);
		if (key < whole)
			buf_adds(&writer->out, korean_particle(fact, s + key + 1, whole - key - 1));
		s += whole + 1;
	}
	char *first = writer->out.data + begin;
	if (writer->capitals && *first >= 'a' && *first <= 'z')
		*first = (char)(*first - 'a' + 'A');
	buf_adds(&writer->out, "\n");
}

static size_t
pairs_count(const struct lyric_pair *pairs)
{
	size_t n = 0;
	while (n < LYRIC_PAIRS_MAX && pairs[n].line[0] != NULL)
		n++;
	return n;
}

static void
write_pair(struct writer *writer, const struct lyric_pair *pair)
{
	write_line(writer, pair->line[0]);
	write_line(writer, pair->line[1]);
}

/* Write N different pairs of PAIRS, of which there are more. */
static void
write_some(struct writer *writer, struct dice *dice, const struct lyric_pair *pairs, size_t n)
{
	size_t count = pairs_count(pairs), first = dice_throw(dice, count);
	for (size_t i = 0; i < n; i++)
		write_pair(writer, &pairs[(first + i) % count]);
}

const char *
lyric_compose(struct pool *pool, const struct lyric_facts *facts)
{
	const struct lyric_texts *texts = lyric_language(facts);
	const struct lyric_pair(*pairs)[LYRIC_PAIRS_MAX] =
	    texts->pairs[lyric_tone_of(facts->genre)];
	struct dice dice = {0xcbf29ce484222325};
	struct detail details[DETAILS_MAX];
	struct writer writer = {.pool = pool, .detail = "", .capitals = texts == &lyric_en};

	dice_add(&dice, facts->task_id);
	dice_add(&dice, facts->name);
	dice_add(&dice, facts->region);
	writer.name = fact_clean(pool, facts->name, strlen(facts->name), FACT_MAX);
	writer.region = fact_clean(pool, facts->region, strlen(facts->region), FACT_MAX);
	if (writer.name[0] == '\0')
		writer.name = texts->nameless;
	buf_init(&writer.out, pool, 1024);
	size_t n_details = detail_cut(pool, facts->detail, details);

	bool place = writer.region[0] != '\0';
	write_some(&writer, &dice, pairs[LYRIC_OPENING], place ? 1 : 2);
	if (place)
		write_some(&writer, &dice, pairs[LYRIC_PLACE], 1);
	buf_adds(&writer.out, "\n");
	write_some(&writer, &dice, pairs[LYRIC_CHORUS], 1);
	write_some(&writer, &dice, pairs[LYRIC_REFRAIN], 1);
	buf_adds(&writer.out, "\n");
	if (n_details > 0) {
		const struct detail *detail = &details[dice_throw(&dice, n_details)];
		writer.detail = detail->text;
		write_some(&writer, &dice, detail->sentence ? texts->sentence : texts->phrase, 1);
	}
	write_some(&writer, &dice, pairs[LYRIC_ENDING], 1);
	writer.out.data[--writer.out.len] = '\0';
	return writer.out.data;
}

static void
template_send(const struct engine_input *in, struct engine_answer *out)
{
	static const char *const tones[LYRIC_TONES] = {"calm", "bright", "driving"};
	struct lyric_facts facts = {.task_id = in->task_id,
	    .name = in->customer_name,
	    .region = in->region,
	    .detail = in->detail,
	    .language = in->language,
	    .genre = in->genre};
	out->text = lyric_compose(in->pool, &facts);
	out->prompt = pool_printf(in->pool, "template: %s, %s",
	    lyric_language(&facts) == &lyric_ko ? "Korean" : "English",
	    tones[lyric_tone_of(in->genre)]);
	out->class = CLASS_OK;
}

const struct engine engine_template = {
    .name = "template",
    .stage = STAGE_LYRIC,
    .send = template_send,
};
