#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../pipeline-job/engine.h"

static char inbox[] = "/tmp/test_decode.XXXXXX";
static char directory[64];
static struct pool *pool;
static const struct conf *conf;

static void
shell(const char *command)
{
	char line[2048];
	snprintf(line, sizeof line, "cd %s && %s", inbox, command);
	assert_int_equal(system(line), 0);
}

#define FFMPEG "ffmpeg -v error -nostdin -y "

/* Decode one file of the inbox; the reason if it is refused, NULL if there is a picture. */
static const char *
decode(const char *name, enum image_type type)
{
	struct stage_image image = {
	    .id = 7, .type = type, .inbox = pool_printf(pool, "%s/%s", inbox, name)};
	struct engine_input in = {.conf = conf,
	    .pool = pool,
	    .stage = STAGE_VIDEO,
	    .images = &image,
	    .n_images = 1,
	    .directory = directory};
	static struct engine_answer out;
	out = (struct engine_answer){.class = CLASS_SYSTEM};
	picture_decode(&in, &out);
	if (out.class != CLASS_OK)
		fail_msg("%s: %s", name, out.message);
	assert_int_equal(out.n_files + out.n_refusals, 1);
	if (out.n_refusals == 1) {
		assert_int_equal(out.refusals[0].image, 7);
		return out.refusals[0].error;
	}
	assert_int_equal(out.files[0].image, 7);
	assert_string_equal(out.files[0].type, "image/jpeg");
	return NULL;
}

/* What a command prints about the picture that was made. */
static const char *
probe(const char *command)
{
	static char out[256];
	const char *line = pool_printf(pool, "cd %s && %s", directory, command);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, sizeof out - 1, f);
	out[n] = '\0';
	assert_int_equal(pclose(f), 0);
	return out;
}

#define SIZE                                                                                       \
	"ffprobe -v error -of csv=p=0 -show_entries stream=codec_name,width,height picture0.jpg"

/* The mean colour of a square of the picture, as "ff0000". */
static const char *
colour(int x, int y)
{
	return probe(pool_printf(pool,
	    FFMPEG "-i picture0.jpg -vf crop=8:8:%d:%d,scale=1:1:flags=area -f rawvideo -pix_fmt "
		   "rgb24 - | od -An -v -tx1 | tr -d ' \\n'",
	    x, y));
}

static int
channel(const char *hex, int i)
{
	char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
	return (int)strtol(two, NULL, 16);
}

static void
assert_colour(int x, int y, int red, int green, int blue)
{
	const char *hex = colour(x, y);
	const int want[3] = {red, green, blue};
	for (int i = 0; i < 3; i++)
		if (abs(channel(hex, i) - want[i]) > 12)
			fail_msg("at %d, %d: %s", x, y, hex);
}

static void
all_types_are_decoded(void **state)
{
	shell(FFMPEG "-f lavfi -i testsrc2=s=320x200 -frames:v 1 a.png -frames:v 1 a.jpg "
		     "-frames:v 1 -c:v libwebp a.webp -frames:v 1 -c:v libwebp -lossless 1 b.webp");
	assert_null(decode("a.png", IMAGE_PNG));
	assert_string_equal(probe(SIZE), "mjpeg,320,200\n");
	assert_null(decode("a.jpg", IMAGE_JPEG));
	assert_string_equal(probe(SIZE), "mjpeg,320,200\n");
	assert_null(decode("a.webp", IMAGE_WEBP));
	assert_string_equal(probe(SIZE), "mjpeg,320,200\n");
	assert_null(decode("b.webp", IMAGE_WEBP));
}

static void
large_pictures_are_made_smaller(void **state)
{
	shell(FFMPEG "-f lavfi -i color=red:s=6000x3000 -frames:v 1 large.png "
		     "-vf crop=1000:3000 -frames:v 1 high.jpg -vf format=rgb24,crop=1:1 -frames:v "
		     "1 one.png");
	assert_null(decode("large.png", IMAGE_PNG));
	assert_string_equal(probe(SIZE), "mjpeg,2560,1280\n");
	assert_null(decode("high.jpg", IMAGE_JPEG));
	assert_string_equal(probe(SIZE), "mjpeg,853,2560\n");
	assert_null(decode("one.png", IMAGE_PNG));
}

/* What is transparent becomes white, and what is half so is mixed with it. */
static void
transparency_is_flattened(void **state)
{
	shell(FFMPEG "-f lavfi -i color=blue:s=64x64,format=rgba,colorchannelmixer=aa=0.5 "
		     "-frames:v 1 half.png");
	shell(FFMPEG "-f lavfi -i color=black:s=64x64,format=rgba,colorchannelmixer=aa=0 -frames:v "
		     "1 none.png");
	assert_null(decode("half.png", IMAGE_PNG));
	assert_colour(28, 28, 127, 127, 254);
	assert_null(decode("none.png", IMAGE_PNG));
	assert_colour(28, 28, 255, 255, 255);
}

/* A JPEG whose EXIF data say that it is to be turned by 90° to the right. */
static void
exif_rotation_is_applied(void **state)
{
	static const uint8_t exif[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42,
	    0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
	uint8_t data[65536];
	shell(FFMPEG "-f lavfi -i color=red:s=160x80 -f lavfi -i color=blue:s=160x80 "
		     "-filter_complex hstack -frames:v 1 plain.jpg");
	FILE *f = fopen(pool_printf(pool, "%s/plain.jpg", inbox), "rb");
	size_t n = fread(data, 1, sizeof data, f);
	fclose(f);
	f = fopen(pool_printf(pool, "%s/turned.jpg", inbox), "wb");
	fwrite(data, 1, 2, f);
	fwrite(exif, 1, sizeof exif, f);
	fwrite(data + 2, 1, n - 2, f);
	fclose(f);
	assert_null(decode("plain.jpg", IMAGE_JPEG));
	assert_string_equal(probe(SIZE), "mjpeg,320,80\n");
	assert_null(decode("turned.jpg", IMAGE_JPEG));
	assert_string_equal(probe(SIZE), "mjpeg,80,320\n");
	assert_colour(36, 40, 254, 0, 0);
	assert_colour(36, 280, 0, 0, 254);
	assert_string_equal(probe("grep -c Exif picture0.jpg || true"), "0\n");
}

static void
animated_pictures_are_refused(void **state)
{
	shell(FFMPEG "-f lavfi -i testsrc2=s=64x64:d=1:r=5 -f apng moving.png");
	shell(FFMPEG "-f lavfi -i testsrc2=s=64x64:d=1:r=5 -c:v libwebp_anim moving.webp");
	assert_string_equal(decode("moving.png", IMAGE_PNG), "It is animated.");
	assert_string_equal(decode("moving.webp", IMAGE_WEBP), "It is animated.");
}

static void
other_types_are_refused(void **state)
{
	shell("echo '<svg xmlns=\"http://www.w3.org/2000/svg\"><image "
	      "href=\"file:///etc/passwd\"/></svg>'"
	      " >a.svg; printf '#EXTM3U\\n#EXTINF:1,\\n/etc/passwd\\n' >a.m3u8; : >empty;"
	      "printf 'ffconcat version 1.0\\nfile /etc/passwd\\n' >concat; ln -sf a.png link");
	static const char *const names[] = {"a.svg", "a.m3u8", "empty", "concat"};
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(
		    decode(names[i], IMAGE_PNG), "It is neither PNG nor JPEG nor WebP.");
	assert_non_null(decode("link", IMAGE_PNG));
	assert_non_null(decode("nothing", IMAGE_PNG));
	assert_string_equal(
	    decode("a.jpg", IMAGE_PNG), "It is not PNG, as it was when it was uploaded, but JPEG.");
}

/* The right first bytes, and then something else: ffmpeg does not guess again. */
static void
hostile_contents_are_refused(void **state)
{
	shell("{ head -c 8 a.png; cat a.svg a.m3u8; } >evil.png;"
	      "{ printf '\\377\\330\\377\\340'; cat a.m3u8; } >evil.jpg;"
	      "{ head -c 16 a.webp; cat concat; } >evil.webp; head -c 300 a.png >cut.png;"
	      "head -c 20 a.jpg >cut.jpg");
	assert_non_null(strstr(decode("evil.png", IMAGE_PNG), "It cannot be decoded"));
	assert_non_null(strstr(decode("evil.jpg", IMAGE_JPEG), "It cannot be decoded"));
	assert_non_null(strstr(decode("evil.webp", IMAGE_WEBP), "It cannot be decoded"));
	assert_non_null(decode("cut.jpg", IMAGE_JPEG));
	const char *why = decode("cut.png", IMAGE_PNG);
	assert_true(why == NULL || strstr(why, "It cannot be decoded") != NULL);
}

/* A few bytes that would be 400 million pixels. */
static void
bombs_are_refused(void **state)
{
	static const char *const program =
	    "import struct, zlib\n"
	    "def chunk(t, d): return struct.pack('>I', len(d)) + t + d + struct.pack('>I', "
	    "zlib.crc32(t + d))\n"
	    "z = zlib.compressobj(9)\n"
	    "rows = b''.join(z.compress(bytes(2501)) for i in range(20000)) + z.flush()\n"
	    "open('bomb.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', "
	    "struct.pack('>IIBBBBB', 20000, 20000, 1, 0, 0, 0, 0)) + chunk(b'IDAT', rows) + "
	    "chunk(b'IEND', b''))\n";
	shell(pool_printf(pool, "/usr/bin/python3 -c \"%s\"", program));
	const char *why = decode("bomb.png", IMAGE_PNG);
	assert_non_null(why);
	assert_non_null(strstr(why, "It cannot be decoded"));
}

static int
prepare(void **state)
{
	pool = pool_new();
	conf = pool_alloc(pool, sizeof(struct conf));
	if (mkdtemp(inbox) == NULL)
		return 1;
	snprintf(directory, sizeof directory, "%s/out", inbox);
	return mkdir(directory, 0700);
}

static int
tidy(void **state)
{
	char line[128];
	snprintf(line, sizeof line, "rm -rf %s", inbox);
	pool_free(pool);
	return system(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_types_are_decoded),
	    cmocka_unit_test(large_pictures_are_made_smaller),
	    cmocka_unit_test(transparency_is_flattened),
	    cmocka_unit_test(exif_rotation_is_applied),
	    cmocka_unit_test(animated_pictures_are_refused),
	    cmocka_unit_test(other_types_are_refused),
	    cmocka_unit_test(hostile_contents_are_refused),
	    cmocka_unit_test(bombs_are_refused),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
