#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/media/mp3_join.h"
#include "engine.h"
#include "song_music.h"
#include "tool.h"

/* The song that is spoken: the sounds of its lines, joined with pauses, and music under them. */

#define VOICE "voice.mp3"
#define SONG "song.mp3"

/* True if between FROM and TO there is an empty line. */
static bool
lyric_has_gap(const char *from, const char *to)
{
	int ends = 0;
	for (const char *s = from; s < to; s++) {
		if (*s == '\n')
			ends++;
		else if (*s != ' ' && *s != '\r' && *s != '\t')
			ends = 0;
		if (ends >= 2)
			return true;
	}
	return false;
}

/*
 * The pause before a sound: that between verses if there is an empty line before its text in the
 * lyric. *AT is how far the lyric has been heard.
 */
static uint32_t
speech_pause(const struct engine_input *in, const char *text, const char **at)
{
	const char *found = strstr(*at, text);
	bool verse = found != NULL && lyric_has_gap(*at, found);
	if (found != NULL)
		*at = found + strlen(text);
	return (
	    uint32_t)(verse ? in->conf->pipeline.verse_pause_ms : in->conf->pipeline.line_pause_ms);
}

static void
speech_fail(struct engine_answer *out, enum pipeline_class class, const char *message)
{
	out->class = class;
	out->message = message;
}

static enum pipeline_class
speech_class(enum mp3_join_end end)
{
	switch (end) {
	case MP3_JOIN_OK:
		return CLASS_OK;
	case MP3_JOIN_IO:
		return CLASS_SYSTEM;
	case MP3_JOIN_FOREIGN:
	case MP3_JOIN_CUT:
	case MP3_JOIN_MIXED:
	case MP3_JOIN_LARGE:
		break;
	}
	return CLASS_PERMANENT;
}

/* Add a sound, and its caption. False: OUT says why. */
static bool
speech_add(const struct engine_input *in, struct mp3_join *join, size_t i, uint32_t pause_ms,
    struct engine_answer *out)
{
	const struct stage_sound *sound = &in->sounds[i];
	int fd = open(sound->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data = MAP_FAILED;
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (data == MAP_FAILED) {
		/* An edit may have replaced it just now: the row has the new name. */
		speech_fail(out, CLASS_NOT_READY,
		    pool_printf(in->pool, "The sound of line %zu cannot be read: %s.", i + 1,
			strerror(error)));
		return false;
	}
	struct mp3_join_sound part = {.data = data,
	    .len = (size_t)st.st_size,
	    .pause_ms = pause_ms,
	    .lead_ms = sound->from_ms,
	    /* The last word lasts until the sound ends; how long it is heard is in the sound. */
	    .trail_ms = sound->to_ms < sound->duration_ms
			    ? (uint32_t)(sound->duration_ms - sound->to_ms)
			    : MP3_JOIN_HEARD};
	struct mp3_join_place place;
	enum mp3_join_end end = mp3_join_add(join, &part, &place);
	munmap(data, (size_t)st.st_size);
	if (end != MP3_JOIN_OK) {
		const char *hint = end == MP3_JOIN_MIXED
				       ? ": it was spoken with other settings; have it spoken again"
				       : "";
		speech_fail(out, speech_class(end),
		    pool_printf(
			in->pool, "The lines cannot be joined: %s%s.", mp3_join_why(join), hint));
		return false;
	}
	uint64_t rate = (uint64_t)place.sample_rate, start = place.start * 1000 / rate;
	out->captions[i] = (struct stage_caption){.text = sound->text,
	    .start_ms = start + sound->from_ms,
	    .end_ms = place.speech_end * 1000 / rate};
	return true;
}

/* Join all sounds to the file NAME. *MS: its length. False: OUT says why. */
static bool
speech_join(
    const struct engine_input *in, const char *name, uint64_t *ms, struct engine_answer *out)
{
	const char *path = pool_printf(in->pool, "%s/%s", in->directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		speech_fail(out, CLASS_SYSTEM,
		    pool_printf(in->pool, "cannot write %s: %s", name, strerror(errno)));
		return false;
	}
	struct mp3_join *join = mp3_join_new(in->pool, fd);
	const char *at = in->lyric;
	bool ok = true;
	out->captions = pool_array(in->pool, in->n_sounds, sizeof *out->captions);
	for (size_t i = 0; ok && i < in->n_sounds; i++)
		ok = speech_add(in, join, i, speech_pause(in, in->sounds[i].text, &at), out);
	struct mp3_join_place whole;
	if (ok) {
		enum mp3_join_end end = mp3_join_finish(join, &whole);
		ok = end == MP3_JOIN_OK;
		if (!ok)
			speech_fail(out, speech_class(end),
			    pool_printf(
				in->pool, "The lines cannot be joined: %s.", mp3_join_why(join)));
		else
			*ms = whole.samples * 1000 / (uint64_t)whole.sample_rate;
	}
	close(fd);
	return ok;
}

static void
speech_send(const struct engine_input *in, struct engine_answer *out)
{
	uint64_t ms = 0;
	if (in->n_sounds > ENGINE_CAPTIONS_MAX) {
		speech_fail(out, CLASS_PERMANENT,
		    pool_printf(in->pool, "The text has more than %d lines.", ENGINE_CAPTIONS_MAX));
		return;
	}
	const char *music =
	    music_find(in->pool, in->conf->pipeline.music_dir, in->genre, in->task_id);
	if (!speech_join(in, music != NULL ? VOICE : SONG, &ms, out))
		return;
	if (music != NULL && !music_mix(in, VOICE, ms, music, SONG, out))
		return;
	out->n_captions = in->n_sounds;
	out->files[0] = (struct engine_file){.name = SONG, .type = "audio/mpeg", .duration_ms = ms};
	out->n_files = 1;
	out->class = CLASS_OK;
}

/* Music needs ffmpeg; without a directory of music nothing does. */
static const char *
speech_check(const struct conf *conf, struct pool *pool)
{
	if (conf->pipeline.music_dir[0] == '\0')
		return NULL;
	struct tool_result result = tool_check(pool, "/tmp");
	return result.end == TOOL_DONE ? NULL : result.why;
}

const struct engine engine_speech = {
    .name = "speech",
    .stage = STAGE_SONG,
    .send = speech_send,
    .check = speech_check,
};
