#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../common/base/mem.h"
#include "../../pipeline-job/sniff.h"

static struct buf file;

static const char *
sniffed(const char *(*sniff)(int, uint64_t *), uint64_t *ms)
{
	int fd = memfd_create("sniff", MFD_CLOEXEC);
	const char *wrong;

	assert_int_equal(write(fd, file.data, file.len), file.len);
	*ms = 0;
	wrong = sniff(fd, ms);
	close(fd);
	return wrong;
}

static void
begin(void)
{
	static struct pool *pool;

	pool_free(pool);
	pool = pool_new();
	buf_init(&file, pool, 1 << 20);
}

/* Frames of silence: MPEG 1, 128 kbit/s, 44.1 kHz. */
static void
add_frames(size_t n)
{
	uint8_t frame[417] = {0xff, 0xfb, 0x90, 0xc4};

	for (size_t i = 0; i < n; i++)
		buf_add(&file, frame, sizeof frame);
}

static void
add_zeros(size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add(&file, "", 1);
}

static void
frames_are_counted(void **state)
{
	uint64_t ms;

	begin();
	add_frames(1000);
	assert_null(sniffed(sniff_mp3, &ms));
	assert_int_equal(ms, 26122);
	/* As our own: MPEG 2, 64 kbit/s, 22.05 kHz. */
	begin();
	for (int i = 0; i < 1000; i++) {
		buf_add(&file, "\xff\xf3\x80\xc4", 4);
		add_zeros(204);
	}
	assert_null(sniffed(sniff_mp3, &ms));
	assert_int_equal(ms, 26122);
}

static void
tags_are_no_sound(void **state)
{
	uint64_t ms;

	begin();
	buf_add(&file, "ID3\3\0\0\0\0\1\0", 10); /* 128 bytes */
	add_zeros(128);
	buf_add(&file, "ID3\4\0\0\0\0\0\4", 10);
	add_zeros(4);
	add_frames(1000);
	buf_add(&file, "TAG", 3);
	add_zeros(125);
	assert_null(sniffed(sniff_mp3, &ms));
	assert_int_equal(ms, 26122);
}

static void
what_is_no_mp3_is_refused(void **state)
{
	static const char html[] = "<!doctype html><title>Sign in</title>";
	uint64_t ms;

	begin();
	assert_non_null(sniffed(sniff_mp3, &ms));
	for (int i = 0; i < 1000; i++)
		buf_add(&file, html, sizeof html - 1);
	assert_string_equal(sniffed(sniff_mp3, &ms), "no frame is found");
	begin();
	add_frames(5);
	assert_non_null(sniffed(sniff_mp3, &ms));
	/* A page with some frames in it. */
	begin();
	for (int i = 0; i < 500; i++)
		buf_add(&file, html, sizeof html - 1);
	add_frames(20);
	assert_non_null(sniffed(sniff_mp3, &ms));
	/* A tag that says it is longer than the file. */
	begin();
	buf_add(&file, "ID3\3\0\0\x7f\x7f\x7f\x7f", 10);
	assert_non_null(sniffed(sniff_mp3, &ms));
	begin();
	add_zeros(100000);
	assert_non_null(sniffed(sniff_mp3, &ms));
	begin();
	for (int i = 0; i < 100000; i++)
		buf_add(&file, "\xff", 1);
	assert_non_null(sniffed(sniff_mp3, &ms));
}

/* ---------------------------------------------------------------- MP4 */

static void
add_be32(uint32_t n)
{
	const uint8_t b[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	buf_add(&file, b, 4);
}

static void
add_box(const char *type, uint32_t contents)
{
	add_be32(contents + 8);
	buf_add(&file, type, 4);
}

static void
add_movie(uint32_t scale, uint32_t duration)
{
	add_box("moov", 108);
	add_box("mvhd", 100);
	add_zeros(12);
	add_be32(scale);
	add_be32(duration);
	add_zeros(80);
}

static void
add_film(void)
{
	begin();
	add_box("ftyp", 8);
	buf_adds(&file, "isomiso2");
	add_movie(1000, 12340);
	add_box("mdat", 5000);
	add_zeros(5000);
}

static void
boxes_are_walked(void **state)
{
	uint64_t ms;

	add_film();
	assert_null(sniffed(sniff_mp4, &ms));
	assert_int_equal(ms, 12340);
	/* With a size of 64 bits, and one that reaches to the end. */
	begin();
	add_box("ftyp", 0);
	add_movie(600, 600);
	add_be32(1);
	buf_adds(&file, "mdat");
	add_be32(0);
	add_be32(16 + 10);
	add_zeros(10);
	add_be32(0);
	buf_adds(&file, "free");
	add_zeros(7);
	assert_null(sniffed(sniff_mp4, &ms));
	assert_int_equal(ms, 1000);
}

static void
what_is_no_mp4_is_refused(void **state)
{
	uint64_t ms;

	begin();
	buf_adds(&file, "<!doctype html><title>Sign in</title>");
	assert_non_null(sniffed(sniff_mp4, &ms));
	add_film();
	file.len -= 1; /* the end is missing */
	assert_non_null(sniffed(sniff_mp4, &ms));
	begin();
	add_box("ftyp", 0);
	add_box("mdat", 4);
	add_zeros(4);
	assert_string_equal(sniffed(sniff_mp4, &ms), "it has no film");
	begin();
	add_box("ftyp", 0);
	add_movie(1000, 1000);
	assert_string_equal(sniffed(sniff_mp4, &ms), "it has no film");
	begin();
	add_box("ftyp", 0);
	add_movie(0, 1000);
	add_box("mdat", 4);
	add_zeros(4);
	assert_string_equal(sniffed(sniff_mp4, &ms), "it has no duration");
	begin();
	add_box("ftyp", 0);
	add_be32(4); /* shorter than its own header */
	buf_adds(&file, "moov");
	assert_non_null(sniffed(sniff_mp4, &ms));
}

/* Nothing is read beyond the end, and each file is done with soon. */
static void
damaged_files_do_no_harm(void **state)
{
	uint64_t ms;

	srandom(1);
	for (int i = 0; i < 3000; i++) {
		if (i % 2 == 0) {
			add_film();
		} else {
			begin();
			buf_add(&file, "ID3\3\0\0\0\0\0\4", 10);
			add_zeros(4);
			add_frames(30);
		}
		for (int k = 0; k < 1 + i % 20; k++)
			file.data[(size_t)random() % (i % 3 == 0 ? 150 : file.len)] =
			    (char)random();
		file.len = i % 5 == 0 ? (size_t)random() % file.len + 1 : file.len;
		sniffed(i % 2 == 0 ? sniff_mp4 : sniff_mp3, &ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_are_counted),
	    cmocka_unit_test(tags_are_no_sound),
	    cmocka_unit_test(what_is_no_mp3_is_refused),
	    cmocka_unit_test(boxes_are_walked),
	    cmocka_unit_test(what_is_no_mp4_is_refused),
	    cmocka_unit_test(damaged_files_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
