#ifndef TTS_FAULT_H
#define TTS_FAULT_H

/*
 * Named places at which a test build can be made to die, sleep or fail. TTS_FAULT in the
 * environment is a comma-separated list of point:action[:nth]; the action is kill, abort, sleep=MS,
 * an errno name (ENOSPC, EIO, …) or error=N, a number of the database's, and it happens the nth
 * time (1 by default) the process reaches the point. fault() returns the number to fail with, or 0.
 * A normal build has none of it.
 */
#ifdef TTS_FAULTS
int fault(const char *point);
#else
#define fault(point) 0
#endif

#endif
