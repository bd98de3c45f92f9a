#include "fresh.h"

#include "../../render-job/engine/ending.h"

/*
 * A child can leave anything in its slot: its sentence is input to the engine and may take it over.
 * Here the slot of a correct child is corrupted in every way that matters.
 */

#define RATE 22050

static const struct conf conf = {
    .speech = {.max_seconds = 10}, .mp3 = {.bitrate_kbps = 48, .quality = 7}};
static size_t size;
static struct slot *slot;

/* The slot as left by a child that has spoken a sentence. */
static int
speak(void **state)
{
	struct fresh *fresh = fresh_speak("en-us", "A good child says this.", 100);

	assert_non_null(fresh);
	assert_int_equal(fresh->rate, RATE);
	size = sizeof *slot + mp3_size_max(conf.speech.max_seconds, conf.mp3.bitrate_kbps);
	/* Followed by an inaccessible page. */
	size_t pages = (size + 4095) / 4096 * 4096;
	uint8_t *map =
	    mmap(NULL, pages + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mprotect(map + pages, 4096, PROT_NONE), 0);
	size = pages;
	slot = (struct slot *)map;
	slot->phase = PHASE_ENCODING;
	slot->end = CHILD_SPOKEN;
	slot->samples = fresh->sound_samples;
	slot->mp3_len = fresh->mp3.len;
	memcpy(slot->mp3, fresh->mp3_data, fresh->mp3.len);
	fresh_free(fresh);
	return 0;
}

static int
forget(void **state)
{
	munmap(slot, size + 4096);
	return 0;
}

static struct ending
read_slot(void)
{
	struct ending e = {.ended = ENDED_SPOKEN, .sample_rate = RATE};

	ending_read(&conf, slot, size, &e);
	return e;
}

static void
a_good_childs_file_is_taken(void **state)
{
	struct ending e = read_slot();

	assert_int_equal(e.ended, ENDED_SPOKEN);
	assert_int_equal(e.child, CHILD_SPOKEN);
	assert_int_equal(e.mp3_len, slot->mp3_len);
	assert_ptr_equal(e.mp3, slot->mp3);
	assert_int_equal(e.samples, slot->samples);
}

static void
more_sound_than_may_be_is_a_crash(void **state)
{
	static const uint64_t wrong[] = {10 * RATE + 1, UINT64_MAX, (uint64_t)1 << 32};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		slot->samples = wrong[i];
		assert_int_equal(read_slot().ended, ENDED_CRASHED);
	}
	slot->samples = 10 * RATE;
	assert_int_equal(read_slot().ended, ENDED_SPOKEN);
}

static void
a_file_beyond_the_slot_is_a_crash(void **state)
{
	static const uint64_t wrong[] = {1, 4096, UINT64_MAX / 2, UINT64_MAX};
	uint64_t room = size - sizeof *slot;

	/* Complete frames to the end, so that only the length is wrong. */
	for (size_t at = slot->mp3_len; at < room; at++)
		slot->mp3[at] = slot->mp3[at % slot->mp3_len];
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		slot->mp3_len = wrong[i] > UINT64_MAX - room ? wrong[i] : room + wrong[i];
		assert_int_equal(read_slot().ended, ENDED_CRASHED);
	}
}

static void
what_is_no_whole_file_is_a_crash(void **state)
{
	slot->mp3_len--;
	assert_int_equal(read_slot().ended, ENDED_CRASHED);
	slot->mp3_len += 2;
	assert_int_equal(read_slot().ended, ENDED_CRASHED);
	slot->mp3_len = 0;
	assert_int_equal(read_slot().ended, ENDED_CRASHED);
	slot->mp3_len = 5;
	memcpy(slot->mp3, "<html", 5);
	assert_int_equal(read_slot().ended, ENDED_CRASHED);
}

static void
an_end_that_is_none_is_a_crash(void **state)
{
	static const uint32_t wrong[] = {CHILD_NONE, CHILD_ENDS, 77, UINT32_MAX};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		slot->end = wrong[i];
		assert_int_equal(read_slot().ended, ENDED_CRASHED);
		assert_int_equal(read_slot().child, CHILD_NONE);
	}
	slot->end = CHILD_LONG;
	assert_int_equal(read_slot().ended, ENDED_REFUSED);
	assert_int_equal(read_slot().child, CHILD_LONG);
}

static void
numbers_are_kept_within_their_tables(void **state)
{
	slot->phase = UINT32_MAX;
	slot->words_n = UINT64_MAX;
	assert_int_equal(read_slot().phase, PHASE_PREPARING);
	assert_int_equal(read_slot().words_n, SLOT_WORDS_MAX);
	slot->phase = PHASES;
	assert_int_equal(read_slot().phase, PHASE_PREPARING);
}

static void
what_a_dead_child_says_is_not_believed(void **state)
{
	struct ending e = {.ended = ENDED_CRASHED, .sample_rate = RATE};

	ending_read(&conf, slot, size, &e);
	assert_int_equal(e.ended, ENDED_CRASHED);
	assert_null(e.mp3);
	assert_int_equal(e.mp3_len, 0);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, speak, forget)
	const struct CMUnitTest tests[] = {
	    TEST(a_good_childs_file_is_taken),
	    TEST(more_sound_than_may_be_is_a_crash),
	    TEST(a_file_beyond_the_slot_is_a_crash),
	    TEST(what_is_no_whole_file_is_a_crash),
	    TEST(an_end_that_is_none_is_a_crash),
	    TEST(numbers_are_kept_within_their_tables),
	    TEST(what_a_dead_child_says_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
