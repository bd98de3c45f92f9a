#ifndef TTS_HOMES_H
#define TTS_HOMES_H

/*
 * Which child begins on which CPU. A child runs for some milliseconds and never sleeps: left to the
 * scheduler, two of them share a CPU beside an idle one until it looks at the balance again, which
 * takes about as long. So each begins where the fewest others did, and may be moved from there.
 */
struct homes;

/* For the CPUs that this process may use; shared with all that are forked later. NULL: none. */
struct homes *homes_new(void);

/* Keep them from all processes that are forked from this one later. */
void homes_hide(struct homes *homes);

/* The home of one more child, -1 if there is none; and it is free again. HOMES may be NULL. */
int homes_take(struct homes *homes);
void homes_leave(struct homes *homes, int home);

/* Go to HOME, if that is not where we are. Needs nothing that homes_hide keeps away. */
void homes_enter(int home);

#endif
