#ifndef TTS_PLACEMENT_H
#define TTS_PLACEMENT_H

#include <sched.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Places children on CPUs. A child runs for about ten milliseconds and never sleeps. Left to the
 * scheduler, two of them share a CPU next to an idle one until the scheduler balances again, which
 * takes about as long. So a child that starts on a CPU where another was placed moves to the CPU
 * with the fewest children. The scheduler may still move it later, and a child that has a CPU to
 * itself stays where the scheduler put it.
 */
struct placement;

/*
 * Create a table for SLOTS slots with at most one child each, shared with all processes forked
 * later. NULL if memory runs out.
 */
struct placement *placement_new(size_t slots);

/*
 * Called by the parent for CHILD, which was just forked to run in SLOT: place it on the CPU with
 * the fewest children, if there is exactly one such CPU. It may not have run yet, and might
 * otherwise wait for milliseconds behind another child before an idle CPU picks it up. ALL: the
 * CPUs it may run on, as from sched_getaffinity(2). Return the CPU, or -1 if it is left to the
 * scheduler. PLACEMENT may be NULL.
 */
int placement_assign(struct placement *placement, size_t slot, pid_t child, const cpu_set_t *all);

/*
 * Called by the child in SLOT when it starts: move to the CPU with the fewest children, and unmap
 * PLACEMENT, which may be NULL. The entry of SLOT is valid until the next child starts in it or
 * placement_end is called. Return the CPU, or -1 if it is unknown.
 */
int placement_begin(struct placement *placement, size_t slot, const cpu_set_t *all);
void placement_end(struct placement *placement, size_t slot);

#endif
