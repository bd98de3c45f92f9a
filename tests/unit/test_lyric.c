#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../common/base/mem.h"
#include "../../common/base/utf8.h"
#include "../../pipeline-job/engine.h"
#include "../../pipeline-job/lyric_compose.h"

static struct pool *pool;

static const struct lyric_facts stay = {
    "task-1", "스테이 머뭄", "군산", "군산 신흥동 말랭이 마을", "Korean", "pop, ambient"};

static size_t
lines_of(const char *lyric)
{
	size_t n = 0;
	for (const char *s = lyric; *s != '\0'; s += strspn(s, "\n")) {
		n++;
		s += strcspn(s, "\n");
	}
	return n;
}

/* Every text of every part fits, whatever the facts: length, lines, nothing that is not filled. */
static void
lyrics_have_their_form(void **state)
{
	static const char *const genres[] = {"pop, ambient", "Ballad", "힙합", "rock", ""};
	static const char *const details[] = {
	    "", "말랭이 마을", "The sea is near. It is quiet.", "조용합니다.\n넓은 정원, 바다"};
	for (int task = 0; task < 40; task++)
		for (size_t g = 0; g < 5; g++)
			for (size_t d = 0; d < 4; d++)
				for (int english = 0; english < 2; english++) {
					struct lyric_facts facts = stay;
					facts.task_id = pool_printf(pool, "task-%d", task);
					facts.genre = genres[g];
					facts.detail = details[d];
					facts.region = task % 3 == 0 ? "" : "군산";
					facts.language = english ? "English" : "Korean";
					const char *lyric = lyric_compose(pool, &facts);
					size_t n = lines_of(lyric);
					assert_true(n >= 8 && n <= 16);
					assert_true(utf8_count(lyric, strlen(lyric)) >= 50);
					assert_int_equal(
					    utf8_check(lyric, strlen(lyric)), strlen(lyric));
					assert_null(strchr(lyric, '{'));
					assert_null(strchr(lyric, '}'));
					assert_non_null(strstr(lyric, "스테이 머뭄"));
					assert_null(strstr(lyric, "\n\n\n"));
					assert_int_not_equal(lyric[strlen(lyric) - 1], '\n');
				}
	pool_reset(pool);
}

static void
facts_are_in_the_lyric(void **state)
{
	const char *lyric = lyric_compose(pool, &stay);
	assert_non_null(strstr(lyric, "군산"));
	assert_non_null(strstr(lyric, "군산 신흥동 말랭이 마을"));
}

static void
the_same_facts_make_the_same_text(void **state)
{
	assert_string_equal(lyric_compose(pool, &stay), lyric_compose(pool, &stay));
}

/* Of 100 shops, nearly all have a text of their own. */
static void
shops_differ(void **state)
{
	const char *texts[100];
	size_t same = 0;
	for (int i = 0; i < 100; i++) {
		struct lyric_facts facts = stay;
		facts.task_id = pool_printf(pool, "%d", i);
		texts[i] = lyric_compose(pool, &facts);
		for (int k = 0; k < i; k++)
			same += strcmp(texts[i], texts[k]) == 0;
	}
	assert_true(same < 10);
	pool_reset(pool);
}

static void
particles_follow_the_last_sound(void **state)
{
	static const struct {
		const char *word, *particle, *want;
	} cases[] = {
	    {"머뭄", "은", "은"},
	    {"카페", "은", "는"},
	    {"카페", "이", "가"},
	    {"정원", "이", "이"},
	    {"바다", "을", "를"},
	    {"집", "을", "을"},
	    {"바다", "과", "와"},
	    {"산", "과", "과"},
	    {"군산", "으로", "으로"},
	    {"서울", "으로", "로"},
	    {"서울", "은", "은"},
	    {"제주", "으로", "로"},
	    {"스테이 머뭄(본점)", "은", "은"},
	    {"\"바다\"", "은", "는"},
	    {"카페 7", "이", "이"},
	    {"카페 7", "으로", "로"},
	    {"카페 2", "이", "가"},
	    {"카페 10", "은", "은"},
	    {"Hotel", "은", "은"},
	    {"Hotel", "으로", "로"},
	    {"Garden", "이", "이"},
	    {"Cafe", "이", "가"},
	    {"House", "을", "를"},
	    {"Coffee Shop", "이", "이"},
	    {"Park", "이", "가"},
	    {"Book", "이", "이"},
	    {"Street", "을", "을"},
	    {"FM", "은", "은"},
	    {"TV", "은", "는"},
	    {"The Table", "은", "은"},
	    {"海", "은", "는"},
	    {"", "은", "는"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *is =
		    korean_particle(cases[i].word, cases[i].particle, strlen(cases[i].particle));
		if (strcmp(is, cases[i].want) != 0)
			fail_msg("%s + %s is %s", cases[i].word, cases[i].particle, is);
	}
}

/* Whatever the text, no name in Hangul has the particle of the other kind. */
static void
particles_are_right_in_lyrics(void **state)
{
	for (int i = 0; i < 200; i++) {
		struct lyric_facts facts = stay;
		facts.task_id = pool_printf(pool, "%d", i);
		facts.genre = i % 2 ? "발라드" : "rock";
		const char *lyric = lyric_compose(pool, &facts);
		assert_null(strstr(lyric, "머뭄는"));
		assert_null(strstr(lyric, "머뭄가"));
		assert_null(strstr(lyric, "머뭄를"));
		assert_null(strstr(lyric, "머뭄와"));
		assert_null(strstr(lyric, "머뭄로"));
		facts.name = "바다 카페";
		lyric = lyric_compose(pool, &facts);
		assert_null(strstr(lyric, "카페은"));
		assert_null(strstr(lyric, "카페이 "));
		assert_null(strstr(lyric, "카페을"));
		assert_null(strstr(lyric, "카페과"));
		assert_null(strstr(lyric, "카페으로"));
	}
	pool_reset(pool);
}

static void
genres_have_tones(void **state)
{
	assert_int_equal(lyric_tone_of("pop, ambient"), LYRIC_BRIGHT);
	assert_int_equal(lyric_tone_of("ambient, pop"), LYRIC_CALM);
	assert_int_equal(lyric_tone_of("K-POP"), LYRIC_BRIGHT);
	assert_int_equal(lyric_tone_of("Hard Rock"), LYRIC_DRIVING);
	assert_int_equal(lyric_tone_of("발라드"), LYRIC_CALM);
	assert_int_equal(lyric_tone_of("힙합"), LYRIC_DRIVING);
	assert_int_equal(lyric_tone_of(""), LYRIC_BRIGHT);
}

static void
languages_have_texts(void **state)
{
	static const struct {
		const char *language, *name;
		const struct lyric_texts *texts;
	} cases[] = {
	    {"Korean", "A", &lyric_ko},
	    {"korean", "A", &lyric_ko},
	    {"ko", "A", &lyric_ko},
	    {"ko-KR", "A", &lyric_ko},
	    {"한국어", "A", &lyric_ko},
	    {"", "머뭄", &lyric_ko},
	    {"", "Stay", &lyric_en},
	    {"English", "머뭄", &lyric_en},
	    {"en-GB", "머뭄", &lyric_en},
	    {"Japanese", "머뭄", &lyric_en},
	    {"kok", "Goa", &lyric_en},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lyric_facts facts = stay;
		facts.language = cases[i].language;
		facts.name = cases[i].name;
		assert_ptr_equal(lyric_language(&facts), cases[i].texts);
	}
}

/* Facts are data: they cannot be templates, begin lines or fill pages. */
static void
facts_stay_facts(void **state)
{
	struct lyric_facts facts = stay;
	facts.name = "{detail}\nIgnore\tthis  {name";
	facts.region = "군산\r\n\r\n부산";
	char detail[4096];
	memset(detail, 'x', sizeof detail - 1);
	detail[sizeof detail - 1] = '\0';
	facts.detail = detail;
	const char *lyric = lyric_compose(pool, &facts);
	assert_non_null(strstr(lyric, "{detail} Ignore this {name"));
	assert_non_null(strstr(lyric, "군산 부산"));
	assert_null(strstr(lyric, "xxxx"));
	assert_true(strlen(lyric) < 3000);
	facts.name = detail;
	assert_true(strlen(lyric_compose(pool, &facts)) < 3000);
	facts.name = " \n\t ";
	lyric = lyric_compose(pool, &facts);
	assert_non_null(strstr(lyric, lyric_ko.nameless));
}

static void
the_engine_gives_text_and_prompt(void **state)
{
	struct engine_input in = {.pool = pool,
	    .stage = STAGE_LYRIC,
	    .task_id = "t",
	    .customer_name = "스테이 머뭄",
	    .region = "군산",
	    .detail = "",
	    .language = "Korean",
	    .genre = "jazz",
	    .lyric = ""};
	struct engine_answer out = {.class = CLASS_SYSTEM, .progress = -1};
	engine_template.send(&in, &out);
	assert_int_equal(out.class, CLASS_OK);
	assert_true(lines_of(out.text) >= 8);
	assert_string_equal(out.prompt, "template: Korean, calm");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lyrics_have_their_form),
	    cmocka_unit_test(facts_are_in_the_lyric),
	    cmocka_unit_test(the_same_facts_make_the_same_text),
	    cmocka_unit_test(shops_differ),
	    cmocka_unit_test(particles_follow_the_last_sound),
	    cmocka_unit_test(particles_are_right_in_lyrics),
	    cmocka_unit_test(genres_have_tones),
	    cmocka_unit_test(languages_have_texts),
	    cmocka_unit_test(facts_stay_facts),
	    cmocka_unit_test(the_engine_gives_text_and_prompt),
	};
	pool = pool_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}
