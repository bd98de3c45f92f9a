#include "capture.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../../common/base/mem.h"
#include "../../common/media/mp3_join.h"
#include "../../render-job/engine/mp3.h"

#define RATE 22050
#define CAP (1 << 18)
#define FRAME 576
#define LEAD_MS 50
#define TRAIL_MS 150

/* A sound as the renderer makes it: silence, a tone that no other sound has, silence. */
struct made {
	int rate, kbps, number;
	size_t tone; /* samples */
	size_t len;
	uint8_t data[CAP];
};

static size_t
made_samples(const struct made *made)
{
	return made->tone + (size_t)(made->rate * (LEAD_MS + TRAIL_MS) / 1000);
}

static void
encode(void *argument)
{
	static int16_t pcm[10 * RATE];
	struct made *made = argument;
	struct mp3 *mp3 = mp3_new(made->rate, 0, made->kbps, 7);
	struct mp3_out out = {made->data, 0, CAP};
	size_t lead = (size_t)(made->rate * LEAD_MS / 1000);

	for (size_t i = 0; i < made->tone; i++)
		pcm[lead + i] = (int16_t)(9000 * sin((double)i * 0.03 * (made->number + 1)) +
					  3000 * sin((double)i * (double)i * 1e-5));
	if (mp3 == NULL || mp3_encode(mp3, pcm, made_samples(made), &out) != MP3_OK ||
	    mp3_finish(mp3, &out) != MP3_OK)
		_exit(1);
	made->len = out.len;
}

/* An encoder makes one file, so each is made in a process of its own. */
static struct made *
make_of(int rate, int kbps, int number, size_t tone)
{
	struct made *made =
	    mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(made, MAP_FAILED);
	*made = (struct made){.rate = rate, .kbps = kbps, .number = number, .tone = tone};
	assert_exits_with(run_child(encode, made), 0);
	return made;
}

#define SOUNDS 5
static struct made *sounds[SOUNDS];
static const uint32_t pauses[SOUNDS] = {0, 280, 600, 280, 1000};

static struct mp3_join_sound
sound_of(const struct made *made, uint32_t pause_ms)
{
	return (struct mp3_join_sound){.data = made->data,
	    .len = made->len,
	    .pause_ms = pause_ms,
	    .lead_ms = LEAD_MS,
	    .trail_ms = TRAIL_MS};
}

struct joined {
	char name[32];
	struct mp3_join_place place[SOUNDS], whole;
};

static struct joined
join_all(const uint32_t *pause_ms)
{
	struct pool *pool = pool_new();
	struct joined joined = {.name = "/tmp/test_mp3_join.XXXXXX"};
	int fd = mkstemp(joined.name);
	assert_true(fd >= 0);
	struct mp3_join *join = mp3_join_new(pool, fd);
	for (size_t i = 0; i < SOUNDS; i++) {
		struct mp3_join_sound sound = sound_of(sounds[i], pause_ms[i]);
		assert_int_equal(mp3_join_add(join, &sound, &joined.place[i]), MP3_JOIN_OK);
	}
	assert_int_equal(mp3_join_finish(join, &joined.whole), MP3_JOIN_OK);
	close(fd);
	pool_free(pool);
	return joined;
}

/* Run a command with the name of a file at its end, and read what it prints. */
static size_t
run(const char *command, const char *name, const char *rest, void *out, size_t max)
{
	char line[512];
	snprintf(line, sizeof line, "%s %s %s", command, name, rest);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, max, f);
	assert_int_equal(pclose(f), 0);
	return n;
}

static const char *const decoders[][2] = {
    {"ffmpeg -v error -xerror -nostdin -i", "-f s16le -"},
    {"mpg123 -q -s", ""},
};

static size_t
decode(size_t decoder, const char *name, int16_t *pcm, size_t max)
{
	return run(decoders[decoder][0], name, decoders[decoder][1], pcm, max * sizeof *pcm) /
	       sizeof *pcm;
}

static size_t
decode_alone(size_t decoder, const struct made *made, int16_t *pcm, size_t max)
{
	char name[] = "/tmp/test_mp3_alone.XXXXXX";
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, made->data, made->len), (ssize_t)made->len);
	close(fd);
	size_t n = decode(decoder, name, pcm, max);
	unlink(name);
	return n;
}

static int16_t alone[10 * RATE], whole[60 * RATE];

/* Each sound is where it is said to be, sample for sample what it is alone, and silence between. */
static void
sounds_are_as_alone(void **state)
{
	struct joined joined = join_all(pauses);
	for (size_t d = 0; d < 2; d++) {
		size_t n = decode(d, joined.name, whole, 60 * RATE), silent = 0;
		assert_int_equal(n, joined.whole.samples);
		for (size_t i = 0; i < SOUNDS; i++) {
			const struct mp3_join_place *place = &joined.place[i];
			for (; silent < place->start; silent++)
				assert_int_equal(whole[silent], 0);
			size_t m = decode_alone(d, sounds[i], alone, 10 * RATE);
			assert_int_equal(m, made_samples(sounds[i]));
			assert_int_equal(m, place->samples);
			for (size_t k = 0; k < m && place->start + k < n; k++)
				if (abs(whole[place->start + k] - alone[k]) > 1)
					fail_msg("%s: sound %zu differs at %zu: %d, %d",
					    decoders[d][0], i, k, whole[place->start + k],
					    alone[k]);
			silent = place->start + m;
		}
	}
	unlink(joined.name);
}

/* The pauses are as asked for to half a frame, and so is their sum. */
static void
pauses_are_as_asked(void **state)
{
	struct joined joined = join_all(pauses);
	double ms = 1000.0 / RATE, sum = 0;
	for (size_t i = 1; i < SOUNDS; i++) {
		double end = (double)(joined.place[i - 1].start + joined.place[i - 1].samples) * ms;
		double pause = (double)joined.place[i].start * ms + LEAD_MS - (end - TRAIL_MS);
		assert_true(fabs(pause - pauses[i]) <= FRAME * ms);
		sum += pause - pauses[i];
		assert_true(fabs(sum) <= FRAME * ms / 2 + 0.1);
		assert_int_equal(joined.place[i].start % FRAME, 0);
	}
	unlink(joined.name);
}

/* What is rounded off one pause is made up for by the next: after many they are as long as asked.
 */
static void
rounding_does_not_add_up(void **state)
{
	for (uint32_t pause = 281; pause < 310; pause += 7) {
		struct pool *pool = pool_new();
		int fd = memfd_create("joined", 0);
		struct mp3_join *join = mp3_join_new(pool, fd);
		struct mp3_join_sound sound = sound_of(sounds[1], pause);
		struct mp3_join_place place;
		for (int i = 0; i <= 40; i++)
			assert_int_equal(mp3_join_add(join, &sound, &place), MP3_JOIN_OK);
		double speech = (double)sounds[1]->tone * 1000 / RATE;
		double is = (double)place.start * 1000 / RATE, want = 40 * (speech + pause);
		if (fabs(is - want) > 40)
			fail_msg("pauses of %u ms: %.0f ms for %.0f", pause, is, want);
		close(fd);
		pool_free(pool);
	}
}

/* Where less silence is asked for than there has to be, the sounds are as close as they can be. */
static void
short_pauses_are_as_short_as_they_can_be(void **state)
{
	static const uint32_t none[SOUNDS] = {0};
	struct joined joined = join_all(none);
	for (size_t i = 1; i < SOUNDS; i++) {
		double end = (double)(joined.place[i - 1].start + joined.place[i - 1].samples);
		double pause =
		    ((double)joined.place[i].start - end) * 1000 / RATE + LEAD_MS + TRAIL_MS;
		assert_true(pause > 100 && pause < 200);
	}
	unlink(joined.name);
}

/* The end of the speech is found to about half a frame, whatever its length. */
static void
the_end_of_speech_is_found(void **state)
{
	for (size_t tone = 9000; tone < 9600; tone += 97) {
		struct made *made = make_of(RATE, 48, 2, tone);
		struct pool *pool = pool_new();
		int fd = memfd_create("joined", 0);
		struct mp3_join *join = mp3_join_new(pool, fd);
		struct mp3_join_sound sound = sound_of(made, 0);
		struct mp3_join_place place;
		sound.trail_ms = MP3_JOIN_HEARD;
		assert_int_equal(mp3_join_add(join, &sound, &place), MP3_JOIN_OK);
		long end = (long)(RATE * LEAD_MS / 1000 + tone);
		if (labs((long)place.speech_end - end) > FRAME * 2 / 3)
			fail_msg("%ld samples: %ld", end, (long)place.speech_end);
		close(fd);
		pool_free(pool);
		munmap(made, sizeof *made);
	}
}

static double
number_of(const char *command, const char *name, const char *rest)
{
	char out[256];
	size_t n = run(command, name, rest, out, sizeof out - 1);
	out[n] = '\0';
	return strtod(out, NULL);
}

/* Each reader agrees with the counts by its own formula, and the file's structure is sound. */
static void
readers_agree(void **state)
{
	struct joined joined = join_all(pauses);
	char out[4096];
	size_t n = run("mp3val", joined.name, "2>&1", out, sizeof out - 1);
	out[n] = '\0';
	/* It warns of nothing but the tags, which nobody asked for. */
	const char *warning = strstr(out, "WARNING");
	assert_non_null(warning);
	assert_non_null(strstr(warning, "No supported tags"));
	assert_null(strstr(warning + 1, "WARNING"));
	assert_null(strstr(out, "ERROR"));
	assert_non_null(strstr(out, "CBR"));

	double seconds = (double)joined.whole.samples / RATE;
	double mutagen = number_of("/usr/bin/python3 -c 'import sys, mutagen.mp3; "
				   "print(mutagen.mp3.MP3(sys.argv[1]).info.length)'",
	    joined.name, "");
	assert_true(fabs(mutagen - seconds) < 0.002);
	double frames = number_of("ffprobe -v error -of csv=p=0 -count_packets -show_entries "
				  "stream=nb_read_packets",
	    joined.name, "");
	double probed = number_of(
	    "ffprobe -v error -of csv=p=0 -show_entries format=duration", joined.name, "");
	assert_true(fabs(frames * FRAME / RATE - probed) < 0.03);
	assert_true(joined.whole.samples <= (uint64_t)frames * FRAME);
	unlink(joined.name);
}

/* The bit rate is exact: no frame of silence is longer or shorter than it should be. */
static void
bit_rate_is_kept(void **state)
{
	static const uint32_t long_pauses[SOUNDS] = {0, 20000, 20000, 20000, 20000};
	struct joined joined = join_all(long_pauses);
	double bytes = number_of("stat -c %s", joined.name, "");
	double frames = floor((double)joined.whole.samples / FRAME);
	assert_true(fabs(bytes - frames * FRAME / 8 * 48000 / RATE) < 6 * 158);
	double rate = number_of(
	    "ffprobe -v error -of csv=p=0 -show_entries format=bit_rate", joined.name, "");
	assert_true(fabs(rate - 48000) < 100);
	unlink(joined.name);
}

/* Try to add DATA after the first sound, and give the reason. */
static enum mp3_join_end
refuse(const uint8_t *data, size_t len, char why[256])
{
	struct pool *pool = pool_new();
	int fd = memfd_create("joined", 0);
	struct mp3_join *join = mp3_join_new(pool, fd);
	struct mp3_join_sound first = sound_of(sounds[0], 0), sound = {.data = data, .len = len};
	assert_int_equal(mp3_join_add(join, &first, NULL), MP3_JOIN_OK);
	enum mp3_join_end end = mp3_join_add(join, &sound, NULL);
	snprintf(why, 256, "%s", mp3_join_why(join));
	close(fd);
	pool_free(pool);
	return end;
}

static void
foreign_files_are_refused(void **state)
{
	struct made copy = *sounds[1];
	char why[256];

	assert_int_equal(
	    refuse((const uint8_t *)"<html>not found</html>", 22, why), MP3_JOIN_FOREIGN);
	assert_string_equal(why, "sound 2 is not an MP3 of this server");
	assert_int_equal(refuse(copy.data, 0, why), MP3_JOIN_FOREIGN);
	copy.data[3] = 0x04; /* stereo */
	assert_int_equal(refuse(copy.data, copy.len, why), MP3_JOIN_FOREIGN);
	copy = *sounds[1];
	copy.data[MP3_HEADER + 9 + 8] ^= 1; /* the number of frames */
	assert_int_equal(refuse(copy.data, copy.len, why), MP3_JOIN_FOREIGN);
	copy = *sounds[1];
	copy.data[copy.len / 2] ^= 0xff; /* not a header, so nobody can tell */
	for (size_t at = 156; at < copy.len; at += 1)
		if (copy.data[at] == 0xff && copy.data[at + 1] == 0xf3) {
			copy.data[at + 1] = 0;
			break;
		}
	assert_int_equal(refuse(copy.data, copy.len, why), MP3_JOIN_FOREIGN);
	assert_string_equal(why, "sound 2 is damaged or incomplete");
}

static void
incomplete_files_are_refused(void **state)
{
	const struct made *made = sounds[1];
	char why[256];
	struct mp3_format format;
	size_t at = 0, last = 0;

	assert_true(mp3_format_read(made->data, made->len, &format));
	for (; at < made->len; at += mp3_frame_size(&format, made->data + at, made->len - at))
		last = at;
	assert_int_equal(refuse(made->data, last, why), MP3_JOIN_CUT);
	assert_string_equal(why, "sound 2 is incomplete");
	assert_int_equal(refuse(made->data, made->len - 1, why), MP3_JOIN_CUT);
}

/* A frame less at the beginning, with counts that say so: its data are in a frame that is gone. */
static void
files_that_begin_in_the_middle_are_refused(void **state)
{
	struct made copy = *sounds[1];
	struct mp3_format format;
	struct mp3_information information;
	char why[256];

	assert_true(mp3_format_read(copy.data, copy.len, &format));
	assert_true(mp3_information_read(&format, copy.data, &information));
	size_t at = mp3_frame_size(&format, copy.data, copy.len), gone = 0;
	uint32_t frames = 0;
	while (mp3_frame_back(&format, copy.data + at + gone) == 0) {
		gone += mp3_frame_size(&format, copy.data + at + gone, copy.len - at - gone);
		frames++;
	}
	assert_true(frames >= 1);
	memmove(copy.data + at, copy.data + at + gone, copy.len - at - gone);
	copy.len -= gone;
	information.frames -= frames;
	information.bytes -= (uint32_t)gone;
	mp3_information_write(&format, &information, copy.data);
	assert_int_equal(refuse(copy.data, copy.len, why), MP3_JOIN_FOREIGN);
	assert_non_null(strstr(why, "begins in the middle"));
}

static void
mixed_settings_are_told_apart(void **state)
{
	struct made *rate = make_of(16000, 48, 1, 9000), *kbps = make_of(RATE, 64, 1, 9000);
	char why[256];

	assert_int_equal(refuse(rate->data, rate->len, why), MP3_JOIN_MIXED);
	assert_string_equal(
	    why, "sound 2 has 16000 Hz and 48 kbit/s, those before it 22050 Hz and 48 kbit/s");
	assert_int_equal(refuse(kbps->data, kbps->len, why), MP3_JOIN_MIXED);
	munmap(rate, sizeof *rate);
	munmap(kbps, sizeof *kbps);
}

/* All rates that MP3 has: with a longer frame, two granules, without an information frame. */
static void
other_formats_join_too(void **state)
{
	static const int formats[][2] = {
	    {44100, 64}, {24000, 64}, {16000, 32}, {22050, 16}, {8000, 8}};
	for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
		struct made *made = make_of(formats[f][0], formats[f][1], 1, 20000);
		struct pool *pool = pool_new();
		char name[] = "/tmp/test_mp3_join.XXXXXX";
		int fd = mkstemp(name);
		assert_true(fd >= 0);
		struct mp3_join *join = mp3_join_new(pool, fd);
		struct mp3_join_sound sound = sound_of(made, 300);
		struct mp3_join_place place, all;
		for (int i = 0; i < 3; i++)
			assert_int_equal(mp3_join_add(join, &sound, &place), MP3_JOIN_OK);
		assert_int_equal(mp3_join_finish(join, &all), MP3_JOIN_OK);
		close(fd);
		size_t m = decode_alone(0, made, alone, 10 * RATE);
		size_t n = decode(0, name, whole, 60 * RATE);
		struct mp3_format format;
		assert_true(mp3_format_read(made->data, made->len, &format));
		if (mp3_information_fits(&format)) {
			assert_int_equal(n, all.samples);
			for (size_t k = 0; k < m; k++)
				assert_true(abs(whole[place.start + k] - alone[k]) <= 1);
		} else {
			assert_true(n > 2 * m);
		}
		unlink(name);
		pool_free(pool);
		munmap(made, sizeof *made);
	}
}

static void
nothing_joins_to_nothing(void **state)
{
	struct pool *pool = pool_new();
	struct mp3_join *join = mp3_join_new(pool, memfd_create("joined", 0));
	assert_int_not_equal(mp3_join_finish(join, NULL), MP3_JOIN_OK);
	assert_string_equal(mp3_join_why(join), "there is no sound to join");
	pool_free(pool);
}

static void
full_disks_are_reported(void **state)
{
	struct pool *pool = pool_new();
	int fd = open("/dev/full", O_WRONLY);
	struct mp3_join *join = mp3_join_new(pool, fd);
	struct mp3_join_sound sound = sound_of(sounds[0], 0);
	enum mp3_join_end end = mp3_join_add(join, &sound, NULL);
	if (end == MP3_JOIN_OK)
		end = mp3_join_finish(join, NULL);
	assert_int_equal(end, MP3_JOIN_IO);
	assert_non_null(strstr(mp3_join_why(join), "No space left"));
	close(fd);
	pool_free(pool);
}

static int
make_sounds(void **state)
{
	static const size_t tone[SOUNDS] = {30011, 8000, 54321, 1000, 22050};
	for (int i = 0; i < SOUNDS; i++)
		sounds[i] = make_of(RATE, 48, i, tone[i]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sounds_are_as_alone),
	    cmocka_unit_test(pauses_are_as_asked),
	    cmocka_unit_test(rounding_does_not_add_up),
	    cmocka_unit_test(short_pauses_are_as_short_as_they_can_be),
	    cmocka_unit_test(the_end_of_speech_is_found),
	    cmocka_unit_test(readers_agree),
	    cmocka_unit_test(bit_rate_is_kept),
	    cmocka_unit_test(foreign_files_are_refused),
	    cmocka_unit_test(incomplete_files_are_refused),
	    cmocka_unit_test(files_that_begin_in_the_middle_are_refused),
	    cmocka_unit_test(mixed_settings_are_told_apart),
	    cmocka_unit_test(other_formats_join_too),
	    cmocka_unit_test(nothing_joins_to_nothing),
	    cmocka_unit_test(full_disks_are_reported),
	};
	return cmocka_run_group_tests(tests, make_sounds, NULL);
}
