#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "tool.h"

/*
 * Pictures as they were uploaded are decoded and encoded anew, in the sandbox; nothing else ever
 * looks into them. What follows reads only the first bytes and the chunks of PNG, to say which
 * decoder is to be used: ffmpeg does not guess.
 */

#define PIXELS_MAX "40000000"
#define SIDE_MAX 2560 /* pixels: what is larger is made smaller */
#define SECONDS 60
#define MEMORY_MB 2048
#define FILE_MB 64

static const struct {
	const char *name, *demuxer;
} kinds[IMAGE_TYPES] = {
    [IMAGE_PNG] = {"PNG", "png_pipe"},
    [IMAGE_JPEG] = {"JPEG", "jpeg_pipe"},
    [IMAGE_WEBP] = {"WebP", "webp_pipe"},
};

/* The type that the first bytes say; IMAGE_TYPES if it is none of ours. */
static enum image_type
picture_type(const uint8_t *head, size_t len)
{
	if (len >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
		return IMAGE_PNG;
	if (len >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0)
		return IMAGE_JPEG;
	if (len >= 16 && memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBPVP8", 7) == 0)
		return IMAGE_WEBP;
	return IMAGE_TYPES;
}

/* True if a PNG has a chunk acTL before its picture: it is animated. */
static bool
png_animated(int fd)
{
	uint8_t chunk[8];
	off_t at = 8;
	for (int n = 0; n < 1000 && pread(fd, chunk, sizeof chunk, at) == sizeof chunk; n++) {
		if (memcmp(chunk + 4, "acTL", 4) == 0)
			return true;
		if (memcmp(chunk + 4, "IDAT", 4) == 0)
			return false;
		at += 12 + ((off_t)chunk[0] << 24 | chunk[1] << 16 | chunk[2] << 8 | chunk[3]);
	}
	return false;
}

static bool
webp_animated(const uint8_t *head, size_t len)
{
	return len >= 21 && memcmp(head + 12, "VP8X", 4) == 0 && (head[20] & 2) != 0;
}

/* Why a picture is not decoded at all; NULL if it can be tried. *TYPE is what it is. */
static const char *
picture_refuse(struct pool *pool, const struct stage_image *image, enum image_type *type)
{
	uint8_t head[32];
	int fd = open(image->inbox, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return "It is not there any more.";
	ssize_t n = pread(fd, head, sizeof head, 0);
	size_t len = n > 0 ? (size_t)n : 0;
	const char *why = NULL;
	*type = picture_type(head, len);
	if (*type == IMAGE_TYPES)
		why = "It is neither PNG nor JPEG nor WebP.";
	else if (*type != image->type)
		why = pool_printf(pool, "It is not %s, as it was when it was uploaded, but %s.",
		    kinds[image->type].name, kinds[*type].name);
	else if ((*type == IMAGE_PNG && png_animated(fd)) ||
		 (*type == IMAGE_WEBP && webp_animated(head, len)))
		why = "It is animated.";
	close(fd);
	return why;
}

/*
 * Decode one picture to the file NAME: a JPEG on white ground, turned as its EXIF data say, without
 * these.
 */
static struct tool_result
picture_convert(
    const struct engine_input *in, const char *path, enum image_type type, const char *name)
{
	const char *const args[] = {"-v", "error", "-protocol_whitelist", "pipe", "-max_pixels",
	    PIXELS_MAX, "-f", kinds[type].demuxer, "-i", "pipe:0", "-filter_complex",
	    pool_printf(in->pool,
		"[0:v]format=rgba,split[over][ground];"
		"[ground]lutrgb=r=255:g=255:b=255,format=rgb24[white];"
		"[white][over]overlay=format=rgb,"
		"scale='if(gte(iw,ih),min(iw,%d),-1)':'if(gte(iw,ih),-1,min(ih,%d))',"
		"scale='max(2,iw)':'max(2,ih)',format=yuvj444p",
		SIDE_MAX, SIDE_MAX),
	    "-frames:v", "1", "-map_metadata", "-1", "-c:v", "mjpeg", "-q:v", "2", "-f", "image2",
	    "-update", "1", name, NULL};
	struct tool tool = {.args = args,
	    .work = in->directory,
	    .input = path,
	    .seconds = SECONDS,
	    .cpu_seconds = SECONDS,
	    .memory_mb = MEMORY_MB,
	    .file_mb = FILE_MB};
	return tool_run(in->pool, &tool);
}

static bool
picture_exists(const struct engine_input *in, const char *name)
{
	struct stat st;
	const char *path = pool_printf(in->pool, "%s/%s", in->directory, name);
	return stat(path, &st) == 0 && st.st_size > 0;
}

void
picture_decode(const struct engine_input *in, struct engine_answer *out)
{
	out->class = CLASS_OK;
	for (size_t i = 0; i < in->n_images && i < ENGINE_FILES_MAX; i++) {
		const struct stage_image *image = &in->images[i];
		enum image_type type;
		const char *name = pool_printf(in->pool, "picture%zu.jpg", i);
		const char *why = picture_refuse(in->pool, image, &type);
		if (why == NULL) {
			struct tool_result result = picture_convert(in, image->inbox, type, name);
			if (result.end == TOOL_SYSTEM) {
				out->class = CLASS_SYSTEM;
				out->message = result.why;
				return;
			}
			if (result.end != TOOL_DONE)
				why =
				    pool_printf(in->pool, "It cannot be decoded: %s.", result.why);
			else if (!picture_exists(in, name))
				why = "It cannot be decoded: there is no picture in it.";
		}
		if (why != NULL)
			out->refusals[out->n_refusals++] =
			    (struct engine_refusal){.image = image->id, .error = why};
		else
			out->files[out->n_files++] = (struct engine_file){
			    .name = name, .type = "image/jpeg", .image = image->id};
	}
}
