#include "capture.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../pipeline-job/engine.h"
#include "../../pipeline-job/song_music.h"
#include "../../render-job/engine/mp3.h"

#define RATE 22050
#define CAP (1 << 18)
#define LEAD_MS 50
#define TRAIL_MS 150

static char directory[] = "/tmp/test_song.XXXXXX";
static struct pool *pool;
static struct conf *conf;

/* A tone between silences, in a file of the directory. */
struct tone {
	const char *name;
	int ms, rate;
	size_t len;
	uint8_t data[CAP];
};

static void
encode(void *argument)
{
	static int16_t pcm[20 * RATE];
	struct tone *tone = argument;
	struct mp3 *mp3 = mp3_new(tone->rate, 0, 48, 7);
	struct mp3_out out = {tone->data, 0, CAP};
	size_t lead = (size_t)(tone->rate * LEAD_MS / 1000);
	size_t n = (size_t)(tone->rate * tone->ms / 1000);

	for (size_t i = 0; i < n; i++)
		pcm[lead + i] = (int16_t)(5000 * sin((double)i * 0.1));
	if (mp3 == NULL ||
	    mp3_encode(mp3, pcm, n + (size_t)(tone->rate * (LEAD_MS + TRAIL_MS) / 1000), &out) !=
		MP3_OK ||
	    mp3_finish(mp3, &out) != MP3_OK)
		_exit(1);
	tone->len = out.len;
}

static const char *
make_tone(const char *name, int ms, int rate)
{
	struct tone *tone =
	    mmap(NULL, sizeof *tone, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(tone, MAP_FAILED);
	*tone = (struct tone){.name = name, .ms = ms, .rate = rate};
	assert_exits_with(run_child(encode, tone), 0);
	const char *path = pool_printf(pool, "%s/%s", directory, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(tone->data, 1, tone->len, f), tone->len);
	assert_int_equal(fclose(f), 0);
	munmap(tone, sizeof *tone);
	return path;
}

static struct stage_sound
sound_of(const char *path, const char *text, int ms)
{
	return (struct stage_sound){.path = path,
	    .text = text,
	    .duration_ms = (uint64_t)(LEAD_MS + ms + TRAIL_MS),
	    .from_ms = LEAD_MS,
	    .to_ms = (uint32_t)(LEAD_MS + ms + TRAIL_MS)}; /* as the renderer says it */
}

static struct stage_sound sounds[4];
static struct engine_answer out;

static void
sing(const char *genre)
{
	struct engine_input in = {.conf = conf,
	    .pool = pool,
	    .stage = STAGE_SONG,
	    .task_id = "task",
	    .genre = genre,
	    .lyric = "하나\n둘\n\n셋\n넷",
	    .sounds = sounds,
	    .n_sounds = 4,
	    .directory = directory};
	out = (struct engine_answer){.class = CLASS_SYSTEM, .progress = -1};
	engine_speech.send(&in, &out);
}

static void
shell(const char *command)
{
	assert_int_equal(system(pool_printf(pool, "cd %s && %s", directory, command)), 0);
}

#define FFMPEG "ffmpeg -v error -nostdin -y "

/* The samples of a file, mono at RATE. */
static size_t
decode(const char *name, int16_t *pcm, size_t max)
{
	FILE *f = popen(
	    pool_printf(pool, FFMPEG "-i %s/%s -ac 1 -ar 22050 -f s16le -", directory, name), "r");
	assert_non_null(f);
	size_t n = fread(pcm, sizeof *pcm, max, f);
	assert_int_equal(pclose(f), 0);
	return n;
}

/* The loudness between two times, in dB of full scale. */
static double
level(const int16_t *pcm, uint64_t from_ms, uint64_t to_ms)
{
	double sum = 0;
	size_t from = from_ms * RATE / 1000, to = to_ms * RATE / 1000;
	for (size_t i = from; i < to; i++)
		sum += (double)pcm[i] * pcm[i];
	return 10 * log10(sum / (double)(to - from) / 32768 / 32768 + 1e-12);
}

static int16_t pcm[60 * RATE];

/* What the captions say is what can be heard, and the pauses are those of the configuration. */
static void
captions_are_when_lines_are_heard(void **state)
{
	conf->pipeline.music_dir = "";
	sing("pop");
	assert_int_equal(out.class, CLASS_OK);
	assert_int_equal(out.n_files, 1);
	assert_string_equal(out.files[0].type, "audio/mpeg");
	assert_int_equal(out.n_captions, 4);
	size_t n = decode(out.files[0].name, pcm, 60 * RATE);
	assert_true(labs((long)(n * 1000 / RATE) - (long)out.files[0].duration_ms) <= 1);
	for (size_t i = 0; i < 4; i++) {
		const struct stage_caption *c = &out.captions[i];
		assert_string_equal(c->text, sounds[i].text);
		assert_true(level(pcm, c->start_ms + 5, c->end_ms - 20) > -25);
		assert_true(level(pcm, c->end_ms - 40, c->end_ms - 20) > -30);
		assert_true(level(pcm, c->start_ms - 40, c->start_ms - 10) < -55);
		assert_true(level(pcm, c->end_ms + 20, c->end_ms + 70) < -55);
	}
	static const int pauses[] = {280, 600, 280};
	for (size_t i = 0; i < 3; i++) {
		int pause = (int)(out.captions[i + 1].start_ms - out.captions[i].end_ms);
		if (abs(pause - pauses[i]) > 27)
			fail_msg("pause %zu is %d ms", i, pause);
	}
}

static void
pauses_are_configurable(void **state)
{
	conf->pipeline.line_pause_ms = 1000;
	conf->pipeline.verse_pause_ms = 2000;
	sing("pop");
	assert_int_equal(out.class, CLASS_OK);
	int pause = (int)(out.captions[1].start_ms - out.captions[0].end_ms);
	assert_true(abs(pause - 1000) <= 27);
	pause = (int)(out.captions[2].start_ms - out.captions[1].end_ms);
	assert_true(abs(pause - 2000) <= 27);
}

static double
loudness(const char *name)
{
	FILE *f = popen(
	    pool_printf(pool,
		"ffmpeg -nostdin -i %s/%s -af ebur128=framelog=verbose -f null - 2>&1 | sed -n "
		"'s/^ *I: *\\(.*\\) LUFS/\\1/p' | tail -n 1",
		directory, name),
	    "r");
	char line[64] = "";
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	pclose(f);
	return strtod(line, NULL);
}

/* Music is under the voice, softer while somebody speaks, as loud as everything else, as long as
 * the voice; the lines stay where they are. */
static void
music_is_under_the_voice(void **state)
{
	shell("mkdir -p music/pop music/empty && " FFMPEG
	      "-f lavfi -i 'sine=f=3000:d=2,volume=6dB' -ar 44100 music/pop/one.mp3");
	conf->pipeline.music_dir = pool_printf(pool, "%s/music", directory);
	conf->pipeline.line_pause_ms = 2500;
	conf->pipeline.verse_pause_ms = 2500;
	sing("Pop, ambient");
	if (out.class != CLASS_OK)
		fail_msg("%s", out.message);
	size_t n = decode(out.files[0].name, pcm, 60 * RATE);
	assert_true(labs((long)(n * 1000 / RATE) - (long)out.files[0].duration_ms) <= 2);
	assert_true(fabs(loudness(out.files[0].name) + 18) < 0.6);

	/* The music alone has another pitch: what is left when the voice is filtered out. */
	shell(pool_printf(pool,
	    FFMPEG "-i %s -af highpass=f=1500,highpass=f=1500,highpass=f=1500 high.wav",
	    out.files[0].name));
	decode(out.files[0].name, pcm, 60 * RATE);
	const struct stage_caption *c = out.captions;
	double pause = level(pcm, c[0].end_ms + 1500, c[1].start_ms - 100);
	double voice = level(pcm, c[1].start_ms + 100, c[1].end_ms - 100);
	assert_true(voice - pause > 6 && voice - pause < 20);
	decode("high.wav", pcm, 60 * RATE);
	double alone = level(pcm, c[0].end_ms + 1500, c[1].start_ms - 100);
	double under = level(pcm, c[1].start_ms + 400, c[1].end_ms - 100);
	assert_true(alone > -50);
	if (alone - under < 4)
		fail_msg("the music has %.1f dB alone and %.1f under the voice", alone, under);
	double end = level(pcm, out.files[0].duration_ms - 60, out.files[0].duration_ms - 10);
	assert_true(end < alone - 10);
	assert_int_equal(access(pool_printf(pool, "%s/mix.wav", directory), F_OK), -1);
}

static void
music_is_found_by_genre(void **state)
{
	const char *dir = pool_printf(pool, "%s/music", directory);
	shell("mkdir -p music/pop music/empty music/Jazz && : >music/pop/one.mp3 && : "
	      ">music/pop/notes.txt"
	      "&& : >music/Jazz/a.ogg && : >music/Jazz/b.MP3 && : >music/Jazz/c.wav && : "
	      ">music/outside.mp3");
	const char *one = pool_printf(pool, "%s/pop/one.mp3", dir);
	assert_string_equal(music_find(pool, dir, "pop", "t"), one);
	assert_string_equal(music_find(pool, dir, "POP", "t"), one);
	assert_string_equal(music_find(pool, dir, "ambient, pop", "t"), one);
	assert_string_equal(music_find(pool, dir, " empty ,  pop ", "t"), one);
	assert_null(music_find(pool, dir, "rock", "t"));
	assert_null(music_find(pool, dir, "empty", "t"));
	assert_null(music_find(pool, dir, "", "t"));
	assert_null(music_find(pool, dir, ".", "t"));
	assert_null(music_find(pool, dir, "..", "t"));
	assert_null(music_find(pool, dir, "pop/../Jazz", "t"));
	assert_null(music_find(pool, "", "pop", "t"));
	assert_null(music_find(pool, "/nonexistent", "pop", "t"));
	/* The same task has the same music; all of it is used. */
	unsigned used[3] = {0};
	for (int i = 0; i < 100; i++) {
		const char *task = pool_printf(pool, "task-%d", i);
		const char *music = music_find(pool, dir, "jazz", task);
		assert_string_equal(music_find(pool, dir, "jazz", task), music);
		used[strrchr(music, '/')[1] - 'a']++;
	}
	for (int i = 0; i < 3; i++)
		assert_true(used[i] > 10);
}

static void
bad_music_is_named(void **state)
{
	shell(
	    "rm -rf music && mkdir -p music/pop && echo '#EXTM3U\n/etc/passwd' >music/pop/bad.mp3");
	conf->pipeline.music_dir = pool_printf(pool, "%s/music", directory);
	sing("pop");
	assert_int_equal(out.class, CLASS_TEMPLATE);
	assert_non_null(strstr(out.message, "The music bad.mp3 cannot be used: ffmpeg failed: "));
}

static void
sounds_of_other_settings_are_named(void **state)
{
	struct stage_sound kept = sounds[2];
	conf->pipeline.music_dir = "";
	sounds[2] = sound_of(make_tone("other.mp3", 500, 16000), "셋", 500);
	sing("pop");
	assert_int_equal(out.class, CLASS_PERMANENT);
	assert_non_null(strstr(out.message, "sound 3 has 16000 Hz"));
	assert_non_null(strstr(out.message, "have it spoken again"));
	sounds[2].path = "/nonexistent";
	sing("pop");
	assert_int_equal(out.class, CLASS_NOT_READY);
	sounds[2] = kept;
}

static int
prepare(void **state)
{
	static const char *const texts[] = {"하나", "둘", "셋", "넷"};
	static const int ms[] = {1200, 1500, 1000, 2000};
	pool = pool_new();
	conf = pool_alloc(pool, sizeof *conf);
	conf->pipeline.line_pause_ms = 280;
	conf->pipeline.verse_pause_ms = 600;
	conf->pipeline.music_db = -12;
	conf->pipeline.memory_mib = 4096;
	conf->pipeline.result_mib = 1024;
	conf->pipeline.stage[STAGE_SONG].timeout_sec = 60;
	conf->speech.loudness_lufs = -18;
	if (mkdtemp(directory) == NULL)
		return 1;
	for (int i = 0; i < 4; i++)
		sounds[i] = sound_of(
		    make_tone(pool_printf(pool, "%d.mp3", i), ms[i], RATE), texts[i], ms[i]);
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
	    cmocka_unit_test(captions_are_when_lines_are_heard),
	    cmocka_unit_test(pauses_are_configurable),
	    cmocka_unit_test(music_is_under_the_voice),
	    cmocka_unit_test(music_is_found_by_genre),
	    cmocka_unit_test(bad_music_is_named),
	    cmocka_unit_test(sounds_of_other_settings_are_named),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
