#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pipeline-job/engine.h"
#include "../../pipeline-job/film_captions.h"

static char directory[] = "/tmp/test_film.XXXXXX";
static struct pool *pool;
static struct conf *conf;
static struct engine_answer out;

static void
shell(const char *command)
{
	assert_int_equal(system(pool_printf(pool, "cd %s && %s", directory, command)), 0);
}

#define FFMPEG "ffmpeg -v error -nostdin -y "
#define MS 2400
#define FPS 25

static const char *const names[] = {"red", "green", "blue"};
static const struct stage_caption captions[] = {
    {"스테이 머뭄으로 와요", 320, 930},
    {"당신을 위한 자리를 비워 둘게요", 1210, 2130},
};

static const char *
path_of(const char *name)
{
	return pool_printf(pool, "%s/%s", directory, name);
}

static void
make_film(bool vertical, uint64_t ms, size_t pictures, size_t n_captions)
{
	struct stage_image images[3] = {{0}};
	for (size_t i = 0; i < 3; i++)
		images[i] = (struct stage_image){
		    .id = i + 1, .path = path_of(pool_printf(pool, "%s.jpg", names[i]))};
	struct stage_caption copy[2];
	memcpy(copy, captions, sizeof copy);
	struct engine_input in = {.conf = conf,
	    .pool = pool,
	    .stage = STAGE_VIDEO,
	    .language = "Korean",
	    .vertical = vertical,
	    .song = path_of("song.mp3"),
	    .song_ms = ms,
	    .captions = copy,
	    .n_captions = n_captions,
	    .images = images,
	    .n_images = pictures,
	    .directory = directory};
	out = (struct engine_answer){.class = CLASS_SYSTEM, .progress = -1};
	engine_ffmpeg.send(&in, &out);
	if (pictures > 0 && out.class != CLASS_OK)
		fail_msg("%s\n%s", out.message, out.excerpt != NULL ? out.excerpt : "");
}

static const char *
probe(const char *command)
{
	static char text[1024];
	FILE *f = popen(pool_printf(pool, "cd %s && %s", directory, command), "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	assert_int_equal(pclose(f), 0);
	return text;
}

static void
assert_form(const char *size)
{
	const char *is =
	    probe("ffprobe -v error -of csv=p=0 -show_entries "
		  "stream=codec_name,profile,width,height,pix_fmt,r_frame_rate video.mp4");
	assert_non_null(strstr(is, pool_printf(pool, "h264,High,%s,yuv420p,25/1\n", size)));
	assert_non_null(strstr(is, "aac,LC,0/0\n"));
	/* The index is before the data. */
	const char *order = probe("grep -abo -e moov -e mdat video.mp4 | head -n 1");
	assert_non_null(strstr(order, ":moov"));
}

/* Each frame of the film in gray, made small: W x H bytes. */
#define W 108
#define H 192
static uint8_t frames[200][H][W];

static size_t
read_frames(void)
{
	FILE *f =
	    popen(pool_printf(pool,
		      FFMPEG "-i %s/video.mp4 -vf scale=%d:%d:flags=area -f rawvideo -pix_fmt "
			     "gray -",
		      directory, W, H),
		"r");
	assert_non_null(f);
	size_t n = fread(frames, sizeof frames[0], 200, f);
	assert_int_equal(pclose(f), 0);
	return n;
}

/* The pictures are dark, so whatever is bright is a caption. */
static size_t
bright(size_t frame, int from, int to)
{
	size_t n = 0;
	for (int y = from; y < to; y++)
		for (int x = 0; x < W; x++)
			n += frames[frame][y][x] > 150;
	return n;
}

static void
captions_are_on_time(void **state)
{
	make_film(true, MS, 3, 2);
	assert_int_equal(out.n_files, 1);
	assert_string_equal(out.files[0].type, "video/mp4");
	assert_int_equal(out.files[0].duration_ms, MS);
	assert_form("1080,1920");
	double seconds = strtod(
	    probe("ffprobe -v error -of csv=p=0 -show_entries format=duration video.mp4"), NULL);
	assert_true(fabs(seconds - MS / 1000.0) < 0.05);

	size_t n = read_frames();
	assert_int_equal(n, MS * FPS / 1000);
	for (size_t i = 0; i < n; i++) {
		double from = (double)i * 1000 / FPS, to = from + 1000.0 / FPS;
		bool shown = bright(i, H / 2, H) > 20;
		assert_int_equal(bright(i, 0, H / 2), 0);
		for (size_t c = 0; c < 2; c++) {
			double start = (double)captions[c].start_ms,
			       end = (double)captions[c].end_ms;
			if (from >= start + 10 && to <= end - 10 && !shown)
				fail_msg("frame %zu has no caption", i);
		}
		bool near = false;
		for (size_t c = 0; c < 2; c++)
			near = near || (from > (double)captions[c].start_ms - 50 &&
					   to < (double)captions[c].end_ms + 50);
		if (shown && !near)
			fail_msg("frame %zu has a caption", i);
	}
}

/* The mean colour of a part of the film's frame at a time. */
static void
colour_at(double seconds, uint8_t rgb[3])
{
	FILE *f = popen(
	    pool_printf(pool,
		FFMPEG "-ss %.2f -i %s/video.mp4 -frames:v 1 -vf "
		       "crop=200:200:440:300,scale=1:1:flags=area -f rawvideo -pix_fmt rgb24 -",
		seconds, directory),
	    "r");
	assert_non_null(f);
	assert_int_equal(fread(rgb, 1, 3, f), 3);
	assert_int_equal(pclose(f), 0);
}

/* Each picture is shown for its part, in order, and between them both are. */
static void
pictures_follow_each_other(void **state)
{
	uint8_t rgb[3];
	colour_at(0.2, rgb);
	assert_true(rgb[0] > 60 && rgb[1] < 30 && rgb[2] < 30);
	colour_at(1.2, rgb);
	assert_true(rgb[1] > 40 && rgb[0] < 30 && rgb[2] < 30);
	colour_at(2.2, rgb);
	assert_true(rgb[2] > 60 && rgb[0] < 30 && rgb[1] < 30);
	bool both = false;
	for (double t = 0.72; t < 0.9; t += 0.08) {
		colour_at(t, rgb);
		both = both || (rgb[0] > 20 && rgb[1] > 20);
	}
	assert_true(both);
}

/* Horizontal, one picture, without captions. The picture moves: its edges are not where they were.
 */
static void
a_picture_moves(void **state)
{
	shell(FFMPEG "-f lavfi -i color=black:s=1920x1080 -vf "
		     "drawbox=x=200:y=100:w=1520:h=880:color=0x606060:t=fill -frames:v 1 red.jpg");
	make_film(false, 800, 1, 0);
	assert_form("1920,1080");
	assert_int_equal(read_frames(), 20);
	int first = 0, last = 0;
	for (int x = 0; x < W; x++) {
		first += frames[0][H / 2][x];
		last += frames[19][H / 2][x];
	}
	if (last < first + 300)
		fail_msg("%d at first, %d at last", first, last);
}

static void
captions_are_no_commands(void **state)
{
	static const struct stage_caption evil[] = {
	    {"{\\b1}fat\\N{\\p1}m 0 0\nDialogue: 0,0:00:00.00,9:00:00.00,Line,,0,0,0,,x", 61234,
		3723456}};
	struct film_look look = {1080, 1920, "Korean"};
	const char *script = film_captions(pool, &look, evil, 1);
	const char *line = strstr(script, "Dialogue: 0,0:01:01.23,1:02:03.46,Line,,0,0,0,,");
	assert_non_null(line);
	assert_non_null(strstr(line, "\\{\\\xe2\x81\xa0"
				     "b1\\}fat\\\xe2\x81\xa0"
				     "N\\{"));
	assert_string_equal(strchr(line, '\n'), "\n");
	assert_non_null(strstr(script, "Noto Sans CJK KR"));
	look.language = "ja";
	assert_non_null(strstr(film_captions(pool, &look, evil, 1), "Noto Sans CJK JP"));
	look.language = "zh-TW";
	assert_non_null(strstr(film_captions(pool, &look, evil, 1), "Noto Sans CJK TC"));
}

static void
without_pictures_there_is_no_film(void **state)
{
	make_film(true, MS, 0, 2);
	assert_int_equal(out.class, CLASS_PERMANENT);
	assert_string_equal(out.message, "No images found.");
}

static int
prepare(void **state)
{
	pool = pool_new();
	conf = pool_alloc(pool, sizeof *conf);
	conf->pipeline.memory_mib = 4096;
	conf->pipeline.result_mib = 100;
	conf->pipeline.stage[STAGE_VIDEO].timeout_sec = 120;
	if (mkdtemp(directory) == NULL)
		return 1;
	shell(FFMPEG "-f lavfi -i color=0x700000:s=900x1600 -frames:v 1 red.jpg");
	shell(FFMPEG "-f lavfi -i color=0x006000:s=600x400 -frames:v 1 green.jpg");
	shell(FFMPEG "-f lavfi -i color=0x000080:s=1000x1000 -frames:v 1 blue.jpg");
	shell(FFMPEG "-f lavfi -i sine=440:d=2.4 -c:a libmp3lame song.mp3");
	return 0;
}

static int
tidy(void **state)
{
	int status = system(pool_printf(pool, "rm -rf %s", directory));
	pool_free(pool);
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(captions_are_on_time),
	    cmocka_unit_test(pictures_follow_each_other),
	    cmocka_unit_test(a_picture_moves),
	    cmocka_unit_test(captions_are_no_commands),
	    cmocka_unit_test(without_pictures_there_is_no_film),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
