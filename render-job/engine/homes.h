#ifndef TTS_HOMES_H
#define TTS_HOMES_H

#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Which child is on which CPU. A child runs for some ten milliseconds and never sleeps: left to the
 * scheduler, two of them share a CPU beside an idle one until it looks at the balance again, which
 * takes about as long. So a child that begins where another began goes to where the fewest did. It
 * may be moved from there, and one that has its CPU to itself stays where the scheduler put it.
 */
struct homes;

/*
 * For so many slots, each with one child at most; shared with all that are forked later. NULL when
 * there is no memory.
 */
struct homes *homes_new(size_t slots);

/*
 * CHILD, which was just forked, is to begin in SLOT: where the fewest are, if that is one CPU and
 * not several. Before it ran: behind another one, and before an idle CPU takes it over, it might
 * wait for milliseconds. ALL: where it may run, as sched_getaffinity(2) gives it. Return the CPU,
 * -1 if it is left to the scheduler. HOMES may be NULL.
 */
int homes_send(struct homes *homes, size_t slot, pid_t child, const cpu_set_t *all);

/*
 * The child in SLOT begins: go where the fewest are, and let go of HOMES, which may be NULL. What
 * is said of SLOT holds until the next child begins in it or homes_leave is called. Return the CPU,
 * -1 if nobody can tell.
 */
int homes_enter(struct homes *homes, size_t slot, const cpu_set_t *all);
void homes_leave(struct homes *homes, size_t slot);

#endif
