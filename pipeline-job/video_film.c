#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "film_captions.h"
#include "tool.h"

/*
 * The film: the pictures in their order, each slowly moving nearer or away, one fading into the
 * next, with the captions at their times and the song.
 */

#define FPS 25
#define SHORT_SIDE 1080
#define LONG_SIDE 1920
#define FADE_FRAMES 15 /* from one picture to the next: fades are the most expensive part */
#define SHOWN_SEC 12   /* of one picture; then it is the next one's turn, and the first's again */
#define PARTS_MAX 60   /* so often pictures change at most: each part takes memory */
#define PART_MIN 6     /* frames of a part */
#define THREADS_MAX 8
#define ZOOM 0.05     /* of the width, at each side, that goes out of sight */
#define ENLARGED 1.35 /* a picture of another shape is cut, but not enlarged by more than this */
#define CAPTIONS "captions.ass"
#define FILM "video.mp4"

/* A part is one picture for a time. All times are whole frames, so that none is shown twice. */
struct film {
	const struct engine_input *in;
	int width, height;
	size_t frames; /* of the whole */
	size_t parts;
	size_t fade; /* frames that two parts share */
};

static void
film_plan(struct film *film, const struct engine_input *in)
{
	film->in = in;
	film->width = in->vertical ? SHORT_SIDE : LONG_SIDE;
	film->height = in->vertical ? LONG_SIDE : SHORT_SIDE;
	film->frames = (size_t)((in->song_ms * FPS + 999) / 1000);
	film->parts = film->frames / (SHOWN_SEC * FPS) + 1;
	if (film->parts > PARTS_MAX)
		film->parts = PARTS_MAX;
	if (film->parts < in->n_images)
		film->parts = in->n_images;
	if (film->parts > film->frames / PART_MIN)
		film->parts = film->frames < PART_MIN ? 1 : film->frames / PART_MIN;
	size_t share = film->frames / film->parts;
	film->fade = share < 4 * FADE_FRAMES ? share / 4 : FADE_FRAMES;
}

/* The frame with which a part begins to be seen. */
static size_t
film_begin(const struct film *film, size_t part)
{
	size_t middle = part * film->frames / film->parts;
	return part == 0 ? 0 : middle - film->fade / 2;
}

static size_t
film_part_frames(const struct film *film, size_t part)
{
	size_t end =
	    part + 1 == film->parts ? film->frames : film_begin(film, part + 1) + film->fade;
	return end - film_begin(film, part);
}

/*
 * One part: the picture fills the frame. Where its shape is another one, it lies over a blurred
 * copy of itself. It is composed once; `perspective` then moves it by less than a pixel from frame
 * to frame.
 */
static void
film_part(const struct film *film, struct buf *graph, size_t i)
{
	int w = film->width, h = film->height, frames = (int)film_part_frames(film, i);
	buf_addf(graph,
	    "[%zu:v:0]split[u%zu][o%zu];"
	    "[u%zu]scale=%d:%d:force_original_aspect_ratio=increase:out_range=tv,crop=%d:%d,"
	    "scale=%d:%d,gblur=sigma=12,eq=brightness=-0.08,scale=%d:%d[b%zu];"
	    "[o%zu]scale=w='trunc(iw*min(max(%d/iw,%d/ih),%.2f*min(%d/iw,%d/ih)))':h=-1:"
	    "flags=lanczos:out_range=tv[f%zu];"
	    "[b%zu][f%zu]overlay=(W-w)/2:(H-h)/2,format=yuv420p,setsar=1,"
	    "loop=loop=-1:size=1,fps=%d,trim=end_frame=%d,settb=1/%d,setpts=N,",
	    i, i, i, i, w, h, w, h, w / 8 * 2, h / 8 * 2, w, h, i, i, w, h, ENLARGED, w, h, i, i, i,
	    FPS, frames, FPS);
	/* Even parts move nearer, odd ones away. */
	struct pool *pool = film->in->pool;
	const char *m = i % 2 == 0 ? pool_printf(pool, "%.3f*on/%d", ZOOM, frames)
				   : pool_printf(pool, "%.3f*(1-on/%d)", ZOOM, frames);
	buf_addf(graph,
	    "perspective=x0='W*%s':y0='H*%s':x1='W-W*%s':y1='H*%s':x2='W*%s':y2='H-H*%s':"
	    "x3='W-W*%s':y3='H-H*%s':interpolation=linear:sense=source:eval=frame[p%zu];",
	    m, m, m, m, m, m, m, m, i);
}

static const char *
film_graph(const struct film *film)
{
	struct buf graph;
	buf_init(&graph, film->in->pool, 8192);
	for (size_t i = 0; i < film->parts; i++)
		film_part(film, &graph, i);
	for (size_t i = 1; i < film->parts; i++)
		buf_addf(&graph,
		    "[%s%zu][p%zu]xfade=transition=fade:duration=%.2f:offset=%.2f[x%zu];",
		    i == 1 ? "p" : "x", i - 1, i, (double)film->fade / FPS,
		    (double)film_begin(film, i) / FPS, i);
	/* xfade rounds some times down by a frame: they are counted anew. */
	buf_addf(&graph, "[%s%zu]settb=1/%d,setpts=N,", film->parts == 1 ? "p" : "x",
	    film->parts - 1, FPS);
	if (film->in->n_captions > 0)
		buf_adds(&graph, "ass=filename=" CAPTIONS ",");
	buf_adds(&graph, "format=yuv420p[film]");
	return graph.data;
}

static bool
film_write(const struct engine_input *in, const char *name, const char *text)
{
	const char *path = pool_printf(in->pool, "%s/%s", in->directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t len = strlen(text);
	bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;
	if (fd >= 0)
		close(fd);
	return ok;
}

static struct tool_result
film_run(const struct film *film)
{
	const struct engine_input *in = film->in;
	struct tool_file *files = pool_array(in->pool, in->n_images + 1, sizeof *files);
	const char **args = pool_array(in->pool, 6 * film->parts + 64, sizeof *args);
	size_t n = 0;

	for (size_t i = 0; i < in->n_images; i++)
		files[i] =
		    (struct tool_file){in->images[i].path, pool_printf(in->pool, "/in/%zu.jpg", i)};
	files[in->n_images] = (struct tool_file){in->song, "/in/song.mp3"};
	args[n++] = "-v";
	args[n++] = "error";
	for (size_t i = 0; i < film->parts; i++) {
		args[n++] = "-threads";
		args[n++] = "1";
		args[n++] = "-f";
		args[n++] = "jpeg_pipe";
		args[n++] = "-i";
		args[n++] = files[i % in->n_images].to;
	}
	/* Each thread takes memory, and the limit is the same on a machine with many cores. */
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (cores > THREADS_MAX)
		cores = THREADS_MAX;
	const char *threads = pool_printf(in->pool, "%ld", cores < 1 ? 1 : cores);
	const char *const rest[] = {"-i", "/in/song.mp3", "-filter_complex_threads", threads,
	    "-filter_complex", film_graph(film), "-map", "[film]", "-map",
	    pool_printf(in->pool, "%zu:a:0", film->parts), "-t",
	    pool_printf(in->pool, "%.2f", (double)film->frames / FPS), "-r",
	    pool_printf(in->pool, "%d", FPS), "-threads", threads, "-c:v", "libx264", "-preset",
	    "veryfast", "-crf", "21", "-profile:v", "high", "-g",
	    pool_printf(in->pool, "%d", 2 * FPS), "-c:a", "aac", "-b:a", "128k", "-ar", "44100",
	    "-map_metadata", "-1", "-movflags", "+faststart", FILM};
	for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
		args[n++] = rest[i];
	struct tool tool = {
	    .args = args, .work = in->directory, .files = files, .files_n = in->n_images + 1};
	tool_limit(&tool, in->conf, STAGE_VIDEO);
	return tool_run(in->pool, &tool);
}

static void
film_send(const struct engine_input *in, struct engine_answer *out)
{
	struct film film;
	out->class = CLASS_PERMANENT;
	if (in->n_images == 0 || in->song[0] == '\0' || in->song_ms == 0) {
		out->message = in->n_images == 0 ? "No images found." : "There is no song.";
		return;
	}
	film_plan(&film, in);
	struct film_look look = {film.width, film.height, in->language};
	const char *captions = film_captions(in->pool, &look, in->captions, in->n_captions);
	if (!film_write(in, CAPTIONS, captions)) {
		out->class = CLASS_SYSTEM;
		out->message =
		    pool_printf(in->pool, "cannot write " CAPTIONS ": %s", strerror(errno));
		return;
	}
	struct tool_result result = film_run(&film);
	if (result.end != TOOL_DONE) {
		out->class = result.end == TOOL_SYSTEM ? CLASS_SYSTEM : CLASS_PROVIDER_FAILED;
		out->message =
		    result.end == TOOL_SYSTEM
			? result.why
			: pool_printf(in->pool, "The video cannot be made: %s.", result.why);
		out->excerpt = result.log;
		return;
	}
	out->files[0] =
	    (struct engine_file){.name = FILM, .type = "video/mp4", .duration_ms = in->song_ms};
	out->n_files = 1;
	out->class = CLASS_OK;
}

static const char *
film_check(const struct conf *conf, struct pool *pool)
{
	struct tool_result result = tool_check(pool, "/tmp");
	return result.end == TOOL_DONE ? NULL : result.why;
}

const struct engine engine_ffmpeg = {
    .name = "ffmpeg",
    .stage = STAGE_VIDEO,
    .send = film_send,
    .check = film_check,
};
