#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../fcgi-app/picture.h"

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define JPEG "\xff\xd8\xff\xe0\0\x04xx"
#define WEBP "RIFF\x20\0\0\0WEBP"

static uint32_t width, height;

/* Look at N bytes from memory of exactly that size, so that a sanitizer sees what is read beyond.
 */
static enum image_type
look(const char *s, size_t n, const char **wrong)
{
	uint8_t *data = malloc(n + (n == 0));
	enum image_type type;

	assert_non_null(data);
	memcpy(data, s, n);
	type = picture_look(data, n, &width, &height, wrong);
	free(data);
	return type;
}

static void
expect(const char *s, size_t n, enum image_type type, uint32_t w, uint32_t h)
{
	const char *wrong;

	assert_int_equal(look(s, n, &wrong), type);
	assert_null(wrong);
	assert_int_equal(width, w);
	assert_int_equal(height, h);
	/* Whatever is cut off, it is never read beyond its end, nor becomes another type. */
	for (size_t i = 0; i < n; i++) {
		enum image_type cut = look(s, i, &wrong);

		assert_true(cut == type || cut == IMAGE_TYPES);
	}
	assert_int_equal(look(s, n - 1, &wrong), type);
	assert_non_null(wrong);
}

#define EXPECT(s, type, w, h) expect(s, sizeof(s) - 1, type, w, h)

static void
the_size_of_each_format_is_read(void **state)
{
	EXPECT(PNG "\0\0\x04\xd2\0\0\x02\x37\x08\x02\0\0\0crcc", IMAGE_PNG, 1234, 567);
	EXPECT(JPEG "\xff\xc0\0\x0b\x08\x02\x37\x04\xd2\x01\x01\x11\0", IMAGE_JPEG, 1234, 567);
	EXPECT(
	    JPEG "\xff\xff\xff\xc2\0\x0b\x08\x02\x37\x04\xd2\x01\x01\x11\0", IMAGE_JPEG, 1234, 567);
	EXPECT(WEBP "VP8 \x10\0\0\0\x10\0\0\x9d\x01\x2a\xd2\x44\x37\x82", IMAGE_WEBP, 1234, 567);
	EXPECT(WEBP "VP8L\x10\0\0\0\x2f\xd1\x84\x8d\x10", IMAGE_WEBP, 1234, 567);
	EXPECT(WEBP "VP8X\x0a\0\0\0\0\0\0\0\xd1\x04\0\x36\x02\0", IMAGE_WEBP, 1234, 567);
}

static void
what_is_no_picture_is_told_from_what_is_damaged(void **state)
{
	static const char *const none[] = {"", "P", "GIF89a\1\0\1\0", "<svg xmlns=''/>", "%PDF-1.7",
	    "RIFF....WAVE", "\x89PNG\r\n\x1a", "BM......", "\xff\xd8"};
	const char *wrong;

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(look(none[i], strlen(none[i]), &wrong), IMAGE_TYPES);
		assert_null(wrong);
	}
	/* No size, another first chunk, an end before the frame, a length of nothing. */
	assert_int_equal(look(PNG "\0\0\0\0\0\0\0\1.............", 37, &wrong), IMAGE_PNG);
	assert_non_null(wrong);
	assert_int_equal(
	    look("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\1\0\0\0\1\0.............", 37, &wrong),
	    IMAGE_PNG);
	assert_non_null(wrong);
	assert_int_equal(look(JPEG "\xff\xd9......................", 30, &wrong), IMAGE_JPEG);
	assert_non_null(wrong);
	assert_int_equal(look(JPEG "\xff\xe1\0\0......................", 30, &wrong), IMAGE_JPEG);
	assert_non_null(wrong);
	assert_int_equal(look(WEBP "ALPH....................", 36, &wrong), IMAGE_WEBP);
	assert_non_null(wrong);
}

static void
a_picture_that_is_too_large_is_refused(void **state)
{
	const char *wrong;

	/* 40 million pixels are allowed: 8000 times 5000. */
	assert_int_equal(look(PNG "\0\0\x1f\x40\0\0\x13\x88.............", 37, &wrong), IMAGE_PNG);
	assert_null(wrong);
	assert_int_equal(look(PNG "\0\0\x1f\x40\0\0\x13\x89.............", 37, &wrong), IMAGE_PNG);
	assert_non_null(wrong);
	assert_int_equal(look(PNG "\0\0\x4e\x21\0\0\0\1.............", 37, &wrong), IMAGE_PNG);
	assert_non_null(wrong);
	/* The product does not fit into 32 bits. */
	assert_int_equal(look(PNG "\0\1\0\0\0\1\0\0.............", 37, &wrong), IMAGE_PNG);
	assert_non_null(wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_size_of_each_format_is_read),
	    cmocka_unit_test(what_is_no_picture_is_told_from_what_is_damaged),
	    cmocka_unit_test(a_picture_that_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
