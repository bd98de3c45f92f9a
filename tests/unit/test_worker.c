#include "capture.h"

#include "fresh.h"

#include "workers.h"

#include "../../render-job/outcome.h"
#include "../../render-job/engine/worker.h"

static const struct {
	const char *voice, *text;
	int percent;
} sentences[] = {
    {"en-gb", "The quick brown fox jumps over the lazy dog.", 100},
    {"ko", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.", 100},
    {"en-us", "Hello 안녕하세요 Москва, 123 नमस्ते ελληνικά 你好 x!", 100},
    {"ru", "Все люди рождаются свободными и равными.", 150},
    {"en-gb", "One, two, three.", 400},
    {"en-gb", "One, two, three.", 25},
    {"cmn", "人人生而自由。", 100},
    {"de", "Alle Menschen sind frei.", 100},
    {"fr-fr", "Tous les êtres humains naissent libres.", 100},
    {"ja", "こんにちは。", 100},
    {"es", "Hola.", 100},
    {"it", "Ciao.", 100},
};
#define SENTENCES (sizeof sentences / sizeof sentences[0])

/*
 * In any order, any number of times, and with more voices than zygotes are kept: every result is
 * identical to that of a fresh process.
 */
static void
bytes_are_those_of_a_fresh_process(void **state)
{
	struct pool *pool = pool_new();

	begin_with(2);
	for (size_t round = 0; round < 3; round++)
		for (size_t i = 0; i < SENTENCES; i++) {
			size_t at = (i * 5 + round * 7) % SENTENCES;
			const char *text = sentences[at].text;
			struct said said = say_text(pool, text, strlen(text), "und", NULL);
			struct ending e =
			    speak_and_wait(sentences[at].voice, said.text, sentences[at].percent);
			struct fresh *fresh = fresh_speak(
			    sentences[at].voice, sentences[at].text, sentences[at].percent);
			assert_non_null(fresh);
			assert_int_equal(e.ended, ENDED_SPOKEN);
			assert_int_equal(e.sample_rate, fresh->rate);
			assert_int_equal(e.samples, fresh->sound_samples);
			assert_int_equal(e.mp3_len, fresh->mp3.len);
			assert_memory_equal(e.mp3, fresh->mp3_data, e.mp3_len);
			workers_release(workers, e.slot);
			fresh_free(fresh);
		}
	pool_free(pool);
	end();
}

/* Sentences with several voices: all of them work in the sandbox, with the same result every
 * time. */
static void
parts_sound_like_those_of_a_fresh_process(void **state)
{
	static const struct {
		const char *voice, *text;
		int percent;
		size_t parts;
	} mixed[] = {
	    {"ja", "これは Windows です。", 100, 3},
	    {"en-us", "He said Привет, then 你好 and สวัสดี to me.", 100, 7},
	    {"cmn", "我用 Windows 电脑。", 50, 3},
	    {"ko", "한국(かんこく) 사람", 400, 3},
	    {"he", "אני Windows", 25, 2},
	    {"ko+f2", "한국(かんこく) 사람", 100, 3},
	    {"de+f5", "Das heißt Привет, sagte er.", 100, 3},
	};

	begin_with(2);
	struct pool *pool = pool_new();
	for (size_t i = 0; i < 2 * sizeof mixed / sizeof mixed[0]; i++) {
		size_t at = i / 2;
		struct said said =
		    say_text(pool, mixed[at].text, strlen(mixed[at].text), "und", NULL);
		struct utterance what =
		    outcome_utterance(pool, &said, voice_by_id(mixed[at].voice), mixed[at].percent);
		assert_int_equal(what.parts_n, mixed[at].parts);
		assert_int_equal(workers_speak(workers, &what, false, 1, NULL), ACCEPTED);
		struct ending e = wait_for_end();
		struct fresh *fresh = fresh_speak_parts(&(struct fresh_what){
		    mixed[at].voice, mixed[at].text, what.percent, what.parts, what.parts_n});
		assert_non_null(fresh);
		assert_int_equal(e.ended, ENDED_SPOKEN);
		assert_int_equal(fresh->end, SPEAK_DONE);
		assert_int_equal(e.mp3_len, fresh->mp3.len);
		assert_memory_equal(e.mp3, fresh->mp3_data, e.mp3_len);
		workers_release(workers, e.slot);
		fresh_free(fresh);
	}
	pool_free(pool);
	end();
}

/* Every voice can take over in the sandbox. */
static void
every_voice_can_take_over(void **state)
{
	begin_with(2);
	for (size_t i = 0; i < voices_n; i++) {
		const struct speak_part parts[] = {
		    {0, 2, (uint32_t)(voice_by_id("ko") - voices)}, {2, 3, (uint32_t)i}};
		const struct utterance what = {.voice = voice_by_id("ko"),
		    .percent = 100,
		    .text = "1 a 1",
		    .len = 5,
		    .parts = parts,
		    .parts_n = 2};
		assert_int_equal(workers_speak(workers, &what, false, 1, NULL), ACCEPTED);
		struct ending e = wait_for_end();
		if (e.ended != ENDED_SPOKEN)
			fail_msg("%s ended %d", voices[i].id, e.ended);
		workers_release(workers, e.slot);
	}
	end();
}

/* Milliseconds that a sentence takes when spoken as the renderer has it spoken. */
static size_t
spoken_ms(const char *voice, const char *text)
{
	struct pool *pool = pool_new();
	struct said said = say_text(pool, text, strlen(text), "und", NULL);
	struct utterance what = outcome_utterance(pool, &said, voice_by_id(voice), 100);
	assert_int_equal(workers_speak(workers, &what, false, 1, NULL), ACCEPTED);
	struct ending e = wait_for_end();
	if (e.ended != ENDED_SPOKEN)
		fail_msg("%s: \"%s\" ended %d", voice, text, e.ended);
	workers_release(workers, e.slot);
	pool_free(pool);
	return e.samples * 1000 / (size_t)e.sample_rate;
}

/*
 * Words read by another voice take about as long as with that voice alone. Naming their letters
 * would take several times as long.
 */
static void
foreign_words_are_words(void **state)
{
	static const struct {
		const char *voice, *without, *with, *word, *by;
	} cases[] = {
	    {"ko", "나는 것이 좋다.", "나는 iPhone 것이 좋다.", "iPhone", "en-gb"},
	    {"en-gb", "I like it.", "I like 김치 it.", "김치", "ko"},
	    {"en-gb", "He said to me.", "He said Достоевский to me.", "Достоевский", "ru"},
	    {"ru", "Я купил и.", "Я купил Microsoft Office и.", "Microsoft Office", "en-gb"},
	    {"ja", "これは です。", "これは Windows です。", "Windows", "en-gb"},
	    {"hi", "मेरा ठीक है", "मेरा computer ठीक है", "computer", "en-gb"},
	    {"cmn", "我用 电脑。", "我用 Windows 电脑。", "Windows", "en-gb"},
	    {"en-gb", "He said to me.", "He said สวัสดีครับ to me.", "สวัสดีครับ", "th"},
	    {"de", "Das Wort ist da.", "Das Wort العربية ist da.", "العربية", "ar"},
	};

	begin_with(1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t without = spoken_ms(cases[i].voice, cases[i].without);
		size_t with = spoken_ms(cases[i].voice, cases[i].with);
		size_t alone = spoken_ms(cases[i].by, cases[i].word);

		if (with < without + alone / 2 || with > without + alone + 450)
			fail_msg("\"%s\" takes %zu ms, without it %zu, the word %zu", cases[i].with,
			    with, without, alone);
	}
	/* Chinese signs by what they are called, not by the English reading of their spelling. */
	assert_int_equal(spoken_ms("cmn", "你好"), spoken_ms("cmn-latn-pinyin", "ni3 hao3"));
	end();
}

static void
many_at_once_all_come_back(void **state)
{
	enum { N = 60 };
	int came[N] = {0}, asked = 0, done = 0;

	begin_with(4);
	while (done < N) {
		while (asked < N && workers_room(workers, false) > 0) {
			enum accepted a = speak_async(sentences[asked % SENTENCES].voice, "a b c",
			    100, (uint64_t)asked + 1, &came[asked]);
			if (a == ACCEPTED_NOT_NOW)
				break; /* all voices that are ready are in use */
			assert_int_equal(a, ACCEPTED);
			asked++;
		}
		struct ending v[3];
		size_t n = workers_wait(workers, 1000, -1, v, 3);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(v[i].ended, ENDED_SPOKEN);
			++*(int *)v[i].owner;
			workers_release(workers, v[i].slot);
			done++;
		}
	}
	for (int i = 0; i < N; i++)
		assert_int_equal(came[i], 1);
	assert_int_equal(workers_busy(workers), 0);
	end();
}

static enum accepted
ask_urgent(const char *text, uint64_t id, void *owner)
{
	const struct utterance what = {
	    .voice = voice_by_id("en-gb"), .percent = 100, .text = text, .len = strlen(text)};

	return workers_speak(workers, &what, true, id, owner);
}

/* With one worker and every other slot taken by long sentences, one of which is being spoken. */
static void
urgent_sentence_waits_for_no_other(void **state)
{
	int longs[8], urgent;
	size_t n = 0, before = 0;
	char text[900];

	for (size_t i = 0; i + 10 < sizeof text; i += 9)
		memcpy(text + i, "Blah blah", 10);
	begin_with(1);
	while (workers_room(workers, false) > 0)
		assert_int_equal(speak_async("en-gb", text, 100, 1, &longs[n++]), ACCEPTED);
	assert_in_range(n, 2, 8);
	assert_int_equal(speak_async("en-gb", "no", 100, 1, NULL), ACCEPTED_NOT_NOW);
	assert_int_equal(workers_room(workers, true), 1);
	assert_int_equal(ask_urgent("Hello.", 2, &urgent), ACCEPTED);
	assert_int_equal(workers_room(workers, true), 0);
	assert_int_equal(ask_urgent("Hello.", 2, NULL), ACCEPTED_NOT_NOW);
	for (size_t i = 0; i <= n; i++) {
		struct ending e = wait_for_end();

		assert_int_equal(e.ended, ENDED_SPOKEN);
		before += e.owner != &urgent && workers_room(workers, true) == 0;
		workers_release(workers, e.slot);
	}
	/* Only the sentence whose child was running already can have ended before it. */
	assert_in_range(before, 0, 1);
	assert_int_equal(workers_room(workers, true), 1);
	assert_int_equal(workers_busy(workers), 0);
	end();
}

/* Texts that kill the engine kill one child, and the next sentence is as good as ever. */
static void
poison_kills_its_own_child_alone(void **state)
{
	char many[141];
	for (size_t i = 0; i < 70; i++)
		memcpy(many + 2 * i, "s'", 3);
	const struct {
		const char *voice, *text;
		int signal;
	} poison[] = {{"en-gb", many, SIGABRT}, {"hi", "---लच्छेद", SIGSEGV}};

	begin_with(2);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < 2; i++) {
			struct ending e = speak_and_wait(poison[i].voice, poison[i].text, 100);
			assert_int_equal(e.ended, ENDED_CRASHED);
			assert_int_equal(e.signal, poison[i].signal);
			assert_int_equal(e.phase, PHASE_SPEAKING);
			workers_release(workers, e.slot);
			e = speak_and_wait(poison[i].voice, "good", 100);
			assert_int_equal(e.ended, ENDED_SPOKEN);
			workers_release(workers, e.slot);
		}
	end();
}

static void
too_much_sound_is_refused(void **state)
{
	static char digits[SLOT_TEXT_MAX + 1];
	memset(digits, '7', SLOT_TEXT_MAX);
	begin_with(1);
	struct ending e = speak_and_wait("en-gb", digits, 100);
	assert_int_equal(e.ended, ENDED_REFUSED);
	assert_int_equal(e.child, CHILD_LONG);
	end();
}

static void
nothing_to_hear_is_refused(void **state)
{
	static const char *const texts[] = {"", " ", ".", "...", "—", "( )"};
	begin_with(1);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct ending e = speak_and_wait("en-gb", texts[i], 100);
		if (e.ended != ENDED_REFUSED || e.child != CHILD_SILENT)
			fail_msg("\"%s\": ended %d, child %d, %zu bytes", texts[i], e.ended,
			    e.child, e.mp3_len);
		workers_release(workers, e.slot);
	}
	end();
}

/* Ten hours of sound are allowed, but only one second to make it. */
static void
late_child_is_killed(void **state)
{
	static char words[SLOT_TEXT_MAX + 1];
	for (size_t i = 0; i + 5 <= SLOT_TEXT_MAX; i += 5)
		memcpy(words + i, "seven", 6);
	for (size_t i = 4; i < SLOT_TEXT_MAX; i += 5)
		words[i] = ' ';
	conf.speech.timeout_sec = 1;
	conf.speech.max_seconds = 36000;
	begin_with(1);
	struct ending e = speak_and_wait("en-gb", words, 25);
	assert_int_equal(e.ended, ENDED_LATE);
	assert_int_equal(e.signal, SIGKILL);
	workers_release(workers, e.slot);
	end();
	conf.speech.timeout_sec = 30;
	conf.speech.max_seconds = 60;
}

/* A child finds nothing of the sentence spoken in its slot before. */
static void
released_slot_is_empty(void **state)
{
	begin_with(1);
	struct ending e = speak_and_wait("en-gb", "a secret of another user", 100);
	assert_int_equal(e.ended, ENDED_SPOKEN);
	const uint8_t *mp3 = e.mp3;
	size_t len = e.mp3_len;
	workers_release(workers, e.slot);
	const struct slot *slot = (const struct slot *)(mp3 - sizeof(struct slot));
	for (size_t i = 0; i < sizeof(struct slot) + len; i++)
		assert_int_equal(((const uint8_t *)slot)[i], 0);
	end();
}

static void
table_names_sentences_being_spoken_and_crashed(void **state)
{
	uint64_t ids[8];
	begin_with(1);
	assert_int_equal(noted_ids(ids), 0);
	/* Normal exit: the note is gone before the renderer learns of it. */
	assert_int_equal(speak_async("en-gb", "hello", 100, 501, NULL), ACCEPTED);
	struct ending e = wait_for_end();
	assert_int_equal(e.ended, ENDED_SPOKEN);
	assert_int_equal(noted_ids(ids), 0);
	workers_release(workers, e.slot);
	/* A crash stays noted until the slot is released. */
	assert_int_equal(speak_async("hi", "---लच्छेद", 100, 502, NULL), ACCEPTED);
	e = wait_for_end();
	assert_int_equal(e.ended, ENDED_CRASHED);
	assert_int_equal(noted_ids(ids), 1);
	assert_int_equal(ids[0], 502);
	workers_release(workers, e.slot);
	assert_int_equal(noted_ids(ids), 0);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(bytes_are_those_of_a_fresh_process, clean_up),
	    cmocka_unit_test_teardown(parts_sound_like_those_of_a_fresh_process, clean_up),
	    cmocka_unit_test_teardown(every_voice_can_take_over, clean_up),
	    cmocka_unit_test_teardown(foreign_words_are_words, clean_up),
	    cmocka_unit_test_teardown(many_at_once_all_come_back, clean_up),
	    cmocka_unit_test_teardown(urgent_sentence_waits_for_no_other, clean_up),
	    cmocka_unit_test_teardown(poison_kills_its_own_child_alone, clean_up),
	    cmocka_unit_test_teardown(too_much_sound_is_refused, clean_up),
	    cmocka_unit_test_teardown(nothing_to_hear_is_refused, clean_up),
	    cmocka_unit_test_teardown(late_child_is_killed, clean_up),
	    cmocka_unit_test_teardown(released_slot_is_empty, clean_up),
	    cmocka_unit_test_teardown(table_names_sentences_being_spoken_and_crashed, clean_up),
	};

	return cmocka_run_group_tests(tests, make_lock, remove_lock);
}
