/*
 * The limit for the renderer: a bare loop of espeak-ng and LAME in one process with the renderer's
 * settings. No queue, no child, no file: the output is counted and discarded.
 *
 *     bare_loop [-b KBPS] [-q QUALITY] < LIST
 *
 * Each line of LIST is VOICE, a tab, a text. The encoder is created once and reused. Prints
 * "sentences seconds_of_sound cpu wall".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <espeak-ng/speak_lib.h>
#include <lame/lame.h>

enum { CALLBACK_MS = 100, MP3_SLACK = 7200 };

static struct {
	int rate, kbps, quality;
	lame_t encoder;
	unsigned char *mp3;
	size_t mp3_size;
	unsigned long long samples, bytes;
} loop = {.kbps = 64, .quality = 7};

static void
die(const char *what)
{
	fprintf(stderr, "bare_loop: cannot %s\n", what);
	exit(EX_SOFTWARE);
}

static void
encoder_start(void)
{
	loop.encoder = lame_init();
	if (loop.encoder == NULL)
		die("make an encoder");
	lame_set_num_channels(loop.encoder, 1);
	lame_set_mode(loop.encoder, MONO);
	lame_set_in_samplerate(loop.encoder, loop.rate);
	lame_set_out_samplerate(loop.encoder, loop.rate);
	lame_set_VBR(loop.encoder, vbr_off);
	lame_set_brate(loop.encoder, loop.kbps);
	lame_set_quality(loop.encoder, loop.quality);
	lame_set_bWriteVbrTag(loop.encoder, 1);
	if (lame_init_params(loop.encoder) < 0)
		die("set the encoder up");
}

static int
on_samples(short *wav, int n, espeak_EVENT *events)
{
	(void)events;
	if (wav == NULL || n <= 0)
		return 0;
	size_t need = (size_t)n * 5 / 4 + MP3_SLACK;
	if (need > loop.mp3_size) {
		loop.mp3_size = need;
		loop.mp3 = realloc(loop.mp3, need);
		if (loop.mp3 == NULL)
			die("get memory");
	}
	int got = lame_encode_buffer(loop.encoder, wav, wav, n, loop.mp3, (int)loop.mp3_size);
	if (got < 0)
		die("encode");
	loop.samples += (unsigned long long)n;
	loop.bytes += (unsigned long long)got;
	return 0;
}

static void
speak(const char *voice, const char *text)
{
	static char last[64];
	if (strcmp(last, voice) != 0) {
		if (espeak_SetVoiceByName(voice) != EE_OK)
			die("set the voice");
		snprintf(last, sizeof last, "%s", voice);
	}
	if (loop.encoder == NULL)
		encoder_start();
	if (espeak_Synth(
		text, strlen(text) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL) != EE_OK)
		die("speak");
	int got = lame_encode_flush(loop.encoder, loop.mp3, (int)loop.mp3_size);
	if (got < 0)
		die("encode the end");
	loop.bytes += (unsigned long long)got;
	lame_init_bitstream(loop.encoder);
}

static double
seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "b:q:")) != -1;) {
		switch (c) {
		case 'b':
			loop.kbps = atoi(optarg);
			break;
		case 'q':
			loop.quality = atoi(optarg);
			break;
		default:
			return EX_USAGE;
		}
	}
	double wall = seconds(CLOCK_MONOTONIC);
	loop.rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, CALLBACK_MS, NULL, 0);
	if (loop.rate <= 0)
		die("start the engine");
	espeak_SetSynthCallback(on_samples);
	char *line = NULL;
	size_t size = 0;
	unsigned long n = 0;
	for (ssize_t len; (len = getline(&line, &size, stdin)) > 0; n++) {
		line[strcspn(line, "\n")] = '\0';
		char *text = strchr(line, '\t');
		if (text == NULL)
			die("read a line: no tab");
		*text++ = '\0';
		speak(line, text);
	}
	printf("%lu %.3f %.3f %.3f\n", n, (double)loop.samples / loop.rate,
	    seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC) - wall);
	return 0;
}
