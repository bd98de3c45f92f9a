#include "capture.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lame/lame.h>

#include "../../render-job/engine/mp3.h"

#define RATE 22050
#define CAP (1 << 20)

/* A file, made in its own process because an encoder makes only one. */
struct made {
	int rate, kbps, quality;
	size_t samples, piece, cap;
	enum mp3_end end;
	size_t len;
	uint8_t data[CAP];
};

static int16_t
sample(size_t i)
{
	/* A changing tone, so that no two frames are equal. */
	return (int16_t)(12000 * sin((double)i * (0.02 + (double)(i % 30000) * 1e-6)));
}

static void
encode_all(void *argument)
{
	struct made *made = argument;
	struct mp3 *mp3 = mp3_new(made->rate, 0, made->kbps, made->quality);
	struct mp3_out out = {made->data, 0, made->cap};
	int16_t piece[8192];

	if (mp3 == NULL)
		_exit(1);
	made->end = MP3_OK;
	for (size_t at = 0; at < made->samples && made->end == MP3_OK;) {
		size_t n = made->samples - at < made->piece ? made->samples - at : made->piece;
		for (size_t i = 0; i < n; i++)
			piece[i] = sample(at + i);
		made->end = mp3_encode(mp3, piece, n, &out);
		at += n;
	}
	if (made->end == MP3_OK)
		made->end = mp3_finish(mp3, &out);
	made->len = out.len;
}

static struct made *
make(int kbps, size_t samples, size_t piece, size_t cap)
{
	struct made *made =
	    mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(made, MAP_FAILED);
	made->rate = RATE;
	made->kbps = kbps;
	made->quality = 7;
	made->samples = samples;
	made->piece = piece;
	made->cap = cap;
	int status = run_child(encode_all, made);
	assert_exits_with(status, 0);
	return made;
}

static void
done(struct made *made)
{
	munmap(made, sizeof *made);
}

/* Run COMMAND, whose %s is replaced by the name of the file, and read the samples that it
 * prints. */
static size_t
decode(const struct made *made, const char *command, void *out, size_t max)
{
	char name[] = "/tmp/test_mp3.XXXXXX", line[256];
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, made->data, made->len), (ssize_t)made->len);
	close(fd);
	const char *gap = strstr(command, "%s");
	snprintf(line, sizeof line, "%.*s%s%s", (int)(gap - command), command, name, gap + 2);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, max, f);
	assert_int_equal(pclose(f), 0);
	unlink(name);
	return n;
}

static const char *const decoders[] = {
    "mpg123 -q -s %s",
    "ffmpeg -v error -xerror -nostdin -i %s -f s16le -",
};

/* The original sound comes back with the same number of samples. */
static void
decoders_give_back_every_sample(void **state)
{
	static const size_t lengths[] = {1000, 1151, 1152, 1153, 2000, 10000, 22050, 100001};
	static int16_t pcm[200000];

	for (size_t d = 0; d < 2; d++)
		for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
			struct made *made = make(48, lengths[i], 4410, CAP);
			assert_int_equal(made->end, MP3_OK);
			assert_true(mp3_whole(made->data, made->len, RATE, 48));
			size_t n = decode(made, decoders[d], pcm, sizeof pcm) / sizeof pcm[0];
			assert_int_equal(n, lengths[i]);
			done(made);
		}
}

static unsigned
crc16(const uint8_t *data, size_t len)
{
	unsigned crc = 0;
	while (len-- > 0) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
	}
	return crc;
}

/* Mp3 Info Tag rev. 1: the CRC of the sound, and the CRC of the frame up to that point. */
static void
information_frame_has_its_sums(void **state)
{
	for (size_t samples = 50000; samples < 50008; samples++) {
		struct made *made = make(48, samples, 4410, CAP);
		const uint8_t *tag = memmem(made->data, made->len, "LAME", 4);
		size_t frame = 576 / 8 * 48000 / RATE;
		assert_non_null(tag);
		assert_int_equal(
		    tag[32] << 8 | tag[33], crc16(made->data + frame, made->len - frame));
		assert_int_equal(
		    tag[34] << 8 | tag[35], crc16(made->data, (size_t)(tag + 34 - made->data)));
		done(made);
	}
}

/* The same sound comes back at the same position. */
static void
sound_keeps_its_position(void **state)
{
	static int16_t pcm[200000];
	struct made *made = make(64, 60000, 4410, CAP);
	double own = 0, both = 0, decoded = 0;

	assert_int_equal(decode(made, decoders[0], pcm, sizeof pcm), 60000 * sizeof pcm[0]);
	for (size_t i = 2000; i < 58000; i++) {
		own += (double)sample(i) * sample(i);
		decoded += (double)pcm[i] * pcm[i];
		both += (double)sample(i) * pcm[i];
	}
	assert_true(both / sqrt(own * decoded) > 0.98);
	done(made);
}

static void
every_bit_rate_is_valid(void **state)
{
	static const int rates[] = {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
	static int16_t pcm[200000];

	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		struct made *made = make(rates[i], 30000, 4410, CAP);
		assert_int_equal(made->end, MP3_OK);
		assert_true(mp3_whole(made->data, made->len, RATE, rates[i]));
		size_t n = decode(made, decoders[0], pcm, sizeof pcm) / sizeof pcm[0];
		/* If the information frame does not fit, the samples added by the encoder are
		 * played. */
		if (rates[i] >= 24)
			assert_int_equal(n, 30000);
		else
			assert_in_range(n, 30000, 33000);
		assert_in_range(
		    made->len, (size_t)rates[i] * 125 * 30000 / RATE, mp3_size_max(2, rates[i]));
		done(made);
	}
}

static void
bytes_depend_on_the_sound_alone(void **state)
{
	struct made *a = make(48, 50000, 4410, CAP);
	struct made *b = make(48, 50000, 4410, CAP);
	struct made *c = make(48, 50000, 331, CAP);
	struct made *d = make(48, 50001, 4410, CAP);

	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
	assert_int_equal(a->len, c->len);
	assert_memory_equal(a->data, c->data, a->len);
	assert_true(a->len != d->len || memcmp(a->data, d->data, a->len) != 0);
	done(a);
	done(b);
	done(c);
	done(d);
}

static char said[4096];

static void __attribute__((format(printf, 1, 0))) note(const char *format, va_list args)
{
	size_t len = strlen(said);
	vsnprintf(said + len, sizeof said - len, format, args);
}

/* The encoder that is linked into the renderer uses the library's vector routines. */
static void
encoder_uses_vector_instructions(void **state)
{
#ifndef __SSE2__
	skip();
#endif
	lame_global_flags *lame = lame_init();
	lame_set_msgf(lame, note);
	assert_int_equal(lame_init_params(lame), 0);
	lame_print_config(lame);
	assert_non_null(strstr(said, "CPU features:"));
	assert_non_null(strstr(said, "SSE"));
	lame_close(lame);
}

static void
file_never_grows_beyond_its_room(void **state)
{
	struct made *made = make(48, 50000, 4410, CAP);
	size_t need = made->len;
	done(made);
	for (size_t cap = 0; cap < need + 2000; cap += 97) {
		made = make(48, 50000, 4410, cap);
		assert_true(made->len <= cap);
		assert_true(made->end == MP3_FULL || made->end == MP3_OK);
		if (cap < need)
			assert_int_equal(made->end, MP3_FULL);
		/* Nothing was written beyond the buffer. */
		for (size_t i = cap; i < cap + 4096; i++)
			assert_int_equal(made->data[i], 0);
		done(made);
	}
}

static void
room_for_the_longest_is_enough(void **state)
{
	struct made *made = make(48, 60 * RATE, 4410, mp3_size_max(60, 48));

	assert_int_equal(made->end, MP3_OK);
	done(made);
}

static void
whole_recognizes_incomplete_files(void **state)
{
	struct made *made = make(48, 20000, 4410, CAP);
	uint8_t *d = made->data;
	size_t len = made->len;

	assert_true(mp3_whole(d, len, RATE, 48));
	assert_false(mp3_whole(d, 0, RATE, 48));
	assert_false(mp3_whole(d, len, RATE, 64));
	assert_false(mp3_whole(d, len, 24000, 48));
	assert_false(mp3_whole(d, len, 44100, 48));
	assert_false(mp3_whole(d, len, RATE, 47));
	assert_false(mp3_whole(d, len, 1, 48));
	for (size_t cut = 1; cut < 200; cut++) {
		bool frame = cut == 156 || cut == 157;
		if (!frame)
			assert_false(mp3_whole(d, len - cut, RATE, 48));
	}
	for (size_t more = 1; more < 100; more++)
		assert_false(mp3_whole(d, len + more, RATE, 48));
	for (size_t i = 0; i < 4; i++) {
		uint8_t was = d[i];
		d[i] = (uint8_t)(was ^ (i == 3 ? 0xc0 : 0xf8));
		assert_false(mp3_whole(d, len, RATE, 48));
		d[i] = was;
	}
	assert_false(mp3_whole((const uint8_t *)"<html>", 6, RATE, 48));
	done(made);
}

static void
no_such_format(void *argument)
{
	if (mp3_new(RATE, 0, *(const int *)argument, 7) != NULL)
		_exit(1);
}

static void
unknown_bit_rate_is_refused(void **state)
{
	static int rates[] = {0, 1, 47, 49, 192, 320, -8};

	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		int status = run_child(no_such_format, &rates[i]);
		assert_exits_with(status, 0);
		assert_non_null(strstr(captured, "MP3 does not allow"));
		assert_int_equal(lines_in(captured), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decoders_give_back_every_sample),
	    cmocka_unit_test(information_frame_has_its_sums),
	    cmocka_unit_test(sound_keeps_its_position),
	    cmocka_unit_test(every_bit_rate_is_valid),
	    cmocka_unit_test(bytes_depend_on_the_sound_alone),
	    cmocka_unit_test(encoder_uses_vector_instructions),
	    cmocka_unit_test(file_never_grows_beyond_its_room),
	    cmocka_unit_test(room_for_the_longest_is_enough),
	    cmocka_unit_test(whole_recognizes_incomplete_files),
	    cmocka_unit_test(unknown_bit_rate_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
