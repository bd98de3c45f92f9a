#ifndef TTS_TEST_WORKING_H
#define TTS_TEST_WORKING_H

#include "fixture.h"

#include "../../store/work.h"

/* Work of the table `work`, for tests: as the account of the work, unless it says otherwise. */

/* Add work by hand, for an object of its own; its id. PARENT 0: it has none. */
uint64_t working_add(const char *kind, int priority, int turn, uint64_t parent);

/* Set-up of a test: forget all work. */
int working_clear(void **state);

struct work working_get(uint64_t id);

size_t working_claim(struct claimant *who, size_t max, struct work_claim *v);

/* Claim and begin the one that is next. */
struct work_claim working_begin(struct claimant *who);

struct work_result working_finish(const struct work_claim *c, enum work_outcome outcome);

/* How many claims come back. */
uint64_t working_take_back(const char *host);

/* Do one step of a piece of work, whatever its kind. */
enum rc working_step(struct work_claim *c, enum work_step *step);

/* Do all work there is, as tts-work would, and fail unless it all succeeds. How many steps it took.
 */
uint64_t working_drain(void);

/* The newest entry of its history. */
struct work_try working_last_try(uint64_t id);

#endif
