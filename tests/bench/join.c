/*
 * Join sounds to one MP3 of HOURS, as the renderer makes them: 20 different ones, again and again.
 *
 *     join HOURS FILE
 *
 * prints "CPU_seconds sounds": only of the joining.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/media/mp3_join.h"
#include "../../render-job/engine/mp3.h"

#define RATE 22050
#define SOUNDS 20
#define CAP (1 << 18)

struct made {
	size_t len;
	uint8_t data[CAP];
};

/* Two to six seconds of a changing tone; an encoder makes one file, so each has a process. */
static void
make(struct made *made, int number)
{
	static int16_t pcm[8 * RATE];
	size_t n = (size_t)(RATE * (2 + number % 5));
	struct mp3 *mp3 = mp3_new(RATE, 0, 48, 7);
	struct mp3_out out = {made->data, 0, CAP};
	for (size_t i = 0; i < n; i++)
		pcm[i] =
		    (int16_t)(9000 * sin((double)i * (0.02 + (double)(i % 9000) * 1e-6 * number)));
	if (mp3 == NULL || mp3_encode(mp3, pcm, n, &out) != MP3_OK ||
	    mp3_finish(mp3, &out) != MP3_OK)
		_exit(1);
	made->len = out.len;
	_exit(0);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 64;
	struct made *made = mmap(
	    NULL, SOUNDS * sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < SOUNDS; i++) {
		if (fork() == 0)
			make(&made[i], i);
		int status;
		if (wait(&status) < 0 || status != 0)
			return 1;
	}
	uint64_t sounds = 0, want = (uint64_t)(atof(argv[1]) * 3600 * RATE);
	struct pool *pool = pool_new();
	int fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	clock_t from = clock();
	struct mp3_join *join = mp3_join_new(pool, fd);
	struct mp3_join_place place = {0};
	while (place.start + place.samples < want) {
		struct made *next = &made[sounds++ % SOUNDS];
		struct mp3_join_sound sound = {next->data, next->len, 600, 50, 150};
		if (mp3_join_add(join, &sound, &place) != MP3_JOIN_OK)
			return 1;
	}
	if (mp3_join_finish(join, &place) != MP3_JOIN_OK)
		return 1;
	printf(
	    "%.3f %llu\n", (double)(clock() - from) / CLOCKS_PER_SEC, (unsigned long long)sounds);
	pool_free(pool);
	return 0;
}
