#include "progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MS 100
#define WIDTH 30

static struct {
	const char *what;
	uint64_t done, total;
	int64_t began, drawn;
	bool shown, on;
} bar;

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
bar_draw(int64_t now)
{
	char cells[WIDTH + 1];
	double part = bar.total == 0 ? 0 : (double)bar.done / (double)bar.total;
	int full = (int)((part < 1 ? part : 1) * WIDTH);

	for (int i = 0; i < WIDTH; i++)
		cells[i] = i < full ? '#' : '.';
	cells[WIDTH] = '\0';
	if (bar.total == 0)
		fprintf(stderr, "\r\033[K%s %" PRIu64, bar.what, bar.done);
	else
		fprintf(stderr, "\r\033[K%s [%s] %3d %%  %" PRIu64 "/%" PRIu64, bar.what, cells,
		    (int)((part < 1 ? part : 1) * 100), bar.done, bar.total);
	if (part > 0 && part < 1)
		fprintf(stderr, "  %.0f s left", (double)(now - bar.began) / 1000 * (1 / part - 1));
	fflush(stderr);
	bar.drawn = now;
	bar.shown = true;
}

void
progress_begin(const char *what, uint64_t total)
{
	bar.what = what;
	bar.total = total;
	bar.done = 0;
	bar.began = now_ms();
	bar.drawn = bar.began;
	bar.on = isatty(STDERR_FILENO) == 1;
}

void
progress_add(uint64_t n)
{
	int64_t now;

	bar.done += n;
	if (!bar.on)
		return;
	now = now_ms();
	if (now - bar.drawn >= EVERY_MS)
		bar_draw(now);
}

void
progress_clear(void)
{
	if (bar.shown)
		fputs("\r\033[K", stderr);
	bar.shown = false;
}

void
progress_end(void)
{
	progress_clear();
	bar.on = false;
}
