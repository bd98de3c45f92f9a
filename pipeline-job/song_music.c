#include "song_music.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

#define MEASURED_SEC 120 /* of the music, to know how loud it is */
#define LOUDNESS 18	 /* -LUFS that the voice is taken to have where none is set */
#define MIX_MB 16384	 /* the largest file: of the samples as they are mixed */
#define GAIN_MAX 40.0	 /* dB */
#define KBPS 160	 /* of the result: stereo, 44,100 Hz */

static const char *const endings[] = {".mp3", ".ogg", ".opus", ".flac", ".wav", ".m4a"};

static bool
is_music(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (name[0] == '.' || dot == NULL)
		return false;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

/* A number for a file of a task: whoever has the greatest is chosen, in whatever order they come.
 */
static uint64_t
music_weight(const char *task_id, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;
	for (const char *s = task_id; *s != '\0'; s++)
		hash = (hash ^ (uint8_t)*s) * 0x100000001b3;
	hash = (hash ^ 0xff) * 0x100000001b3;
	for (const char *s = name; *s != '\0'; s++)
		hash = (hash ^ (uint8_t)*s) * 0x100000001b3;
	return (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
}

static const char *
music_choose(struct pool *pool, const char *directory, const char *task_id)
{
	DIR *dir = opendir(directory);
	if (dir == NULL)
		return NULL;
	const char *chosen = NULL;
	uint64_t most = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		uint64_t weight = music_weight(task_id, entry->d_name);
		if (!is_music(entry->d_name) || (chosen != NULL && weight <= most))
			continue;
		const char *path = pool_printf(pool, "%s/%s", directory, entry->d_name);
		struct stat st;
		if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		chosen = path;
		most = weight;
	}
	closedir(dir);
	return chosen;
}

/* The directory of a genre, LEN bytes of GENRE, whatever the case of its letters. */
static const char *
music_directory(struct pool *pool, const char *music_dir, const char *genre, size_t len)
{
	DIR *dir = opendir(music_dir);
	const char *found = NULL;
	if (dir == NULL)
		return NULL;
	for (struct dirent *entry; found == NULL && (entry = readdir(dir)) != NULL;)
		if (entry->d_name[0] != '.' && strlen(entry->d_name) == len &&
		    strncasecmp(entry->d_name, genre, len) == 0)
			found = pool_printf(pool, "%s/%s", music_dir, entry->d_name);
	closedir(dir);
	return found;
}

const char *
music_find(struct pool *pool, const char *music_dir, const char *genre, const char *task_id)
{
	if (music_dir[0] == '\0')
		return NULL;
	const char *directory = music_directory(pool, music_dir, genre, strlen(genre));
	const char *music = directory == NULL ? NULL : music_choose(pool, directory, task_id);
	for (const char *s = genre; music == NULL && *s != '\0';) {
		s += strspn(s, " ,");
		size_t part = strcspn(s, ","), len = part;
		while (len > 0 && s[len - 1] == ' ')
			len--;
		directory = music_directory(pool, music_dir, s, len);
		if (directory != NULL)
			music = music_choose(pool, directory, task_id);
		s += part;
	}
	return music;
}

/* One run of ffmpeg with the music. */
static struct tool_result
mix_run(const struct engine_input *in, const char *music, const char *const *args)
{
	struct tool_file files[] = {{music, "/in/music"}};
	struct tool tool = {
	    .args = args, .work = in->directory, .files = files, .files_n = music != NULL ? 1 : 0};
	tool_limit(&tool, in->conf, STAGE_SONG);
	tool.file_mb = MIX_MB;
	return tool_run(in->pool, &tool);
}

static bool
mix_failed(const struct engine_input *in, const struct tool_result *result, const char *music,
    struct engine_answer *out)
{
	const char *name = strrchr(music, '/') + 1;
	if (result->end == TOOL_DONE)
		return false;
	out->class = result->end == TOOL_SYSTEM ? CLASS_SYSTEM : CLASS_TEMPLATE;
	out->message =
	    result->end == TOOL_SYSTEM
		? result->why
		: pool_printf(in->pool, "The music %s cannot be used: %s.", name, result->why);
	return true;
}

/* The last number that ffmpeg's ebur128 reports as "I: -18.3 LUFS", the loudness of the whole. */
static double
mix_loudness(const char *log)
{
	const char *at = NULL;
	for (const char *s = log; (s = strstr(s, "I: ")) != NULL; s += 3)
		at = s + 3;
	return at != NULL ? strtod(at, NULL) : -70;
}

static double
mix_clamp(double db)
{
	return db > GAIN_MAX ? GAIN_MAX : (db < -GAIN_MAX ? -GAIN_MAX : db);
}

bool
music_mix(const struct engine_input *in, const char *voice, uint64_t ms, const char *music,
    const char *result_name, struct engine_answer *out)
{
	struct pool *pool = in->pool;
	int lufs = in->conf->speech.loudness_lufs;
	const char *const measure[] = {"-t", pool_printf(pool, "%d", MEASURED_SEC), "-i",
	    "/in/music", "-map", "0:a:0", "-af", "ebur128=framelog=verbose", "-f", "null", "-",
	    NULL};
	struct tool_result result = mix_run(in, music, measure);
	if (mix_failed(in, &result, music, out))
		return false;
	double voice_lufs = lufs != 0 ? lufs : -LOUDNESS;
	double music_gain =
	    mix_clamp(voice_lufs + in->conf->pipeline.music_db - mix_loudness(result.log));

	double fade = ms > 4000 ? 1.5 : 0.2;
	const char *graph = pool_printf(pool,
	    "[1:a:0]aformat=sample_rates=44100:channel_layouts=stereo,volume=%.2fdB,"
	    "afade=t=in:d=%.2f,afade=t=out:st=%.3f:d=%.2f[music];"
	    "[0:a:0]aformat=sample_rates=44100:channel_layouts=stereo,asplit[voice][key];"
	    "[music][key]sidechaincompress=threshold=0.03:ratio=6:attack=60:release=700[low];"
	    "[voice][low]amix=inputs=2:normalize=0:duration=first,ebur128=framelog=verbose[mix]",
	    music_gain, fade, (double)ms / 1000 - fade, fade);
	const char *const mix[] = {"-i", voice, "-stream_loop", "-1", "-i", "/in/music",
	    "-filter_complex", graph, "-map", "[mix]", "-c:a", "pcm_f32le", "-rf64", "auto",
	    "mix.wav", NULL};
	result = mix_run(in, music, mix);
	if (mix_failed(in, &result, music, out))
		return false;

	double gain = lufs != 0 ? mix_clamp(lufs - mix_loudness(result.log)) : 0;
	const char *const finish[] = {"-i", "mix.wav", "-af",
	    pool_printf(pool, "volume=%.2fdB,alimiter=limit=0.84:level=disabled", gain), "-c:a",
	    "libmp3lame", "-b:a", pool_printf(pool, "%dk", KBPS), "-map_metadata", "-1",
	    result_name, NULL};
	result = mix_run(in, NULL, finish);
	unlink(pool_printf(pool, "%s/mix.wav", in->directory));
	return !mix_failed(in, &result, music, out);
}
