#ifndef TTS_FAULT_H
#define TTS_FAULT_H

/*
 * Named points at which a test build can be made to die, sleep or fail. TTS_FAULT in the
 * environment is a comma-separated list of point:action[:nth]. The action is kill, abort, sleep=MS,
 * an errno name (ENOSPC, EIO, …) or error=N, an error number of the database. It happens the nth
 * time (default 1) that the process reaches the point. fault() returns the number to fail with, or
 * 0. In a normal build it is the constant 0.
 */
#ifdef TTS_FAULTS
int fault(const char *point);
#else
#define fault(point) 0
#endif

#endif
