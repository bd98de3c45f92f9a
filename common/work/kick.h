#ifndef TTS_KICK_H
#define TTS_KICK_H

#include <stdbool.h>
#include <time.h>

#include "../base/conf.h"

/*
 * A kick file tells a program that there is something to do. A process that has committed work
 * touches it. systemd's path unit then starts the program, and a program that is already running
 * notices the new time of the file. A lost kick only delays the work by an interval of the timer.
 */

/*
 * Touch the kick file of the renderer, and make it if it is missing. Call it after the COMMIT.
 * Failure is logged and otherwise harmless.
 */
void kick_renderer(const struct conf *conf);

/* The same for tts-work. */
void kick_work(const struct conf *conf);

/* The same for all stages of tts-pipeline. */
void kick_pipeline(const struct conf *conf);

/*
 * The same for those who pass events on, if WRITTEN, how many events this process has committed so
 * far, is not *KICKED; and set that.
 */
void kick_events(const struct conf *conf, unsigned long written, unsigned long *kicked);

/* The same for tts-notify, which has something to do that is no event. */
void kick_notify(const struct conf *conf);

/* The time of the last kick: the modification time of the file, {0, 0} if there is none. */
struct timespec kick_time(const char *path);

bool kick_same(struct timespec a, struct timespec b);

/*
 * Open a descriptor that becomes readable when PATH is kicked (inotify(7)). -1 when the file is
 * missing or cannot be watched. The caller then has to check kick_time periodically; it should do
 * so anyway after each wait.
 */
int kick_watch(const char *path);

/* Make the descriptor of kick_watch unreadable until the next kick. */
void kick_drain(int fd);

#endif
