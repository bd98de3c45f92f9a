#ifndef TTS_TEST_TIERS_H
#define TTS_TEST_TIERS_H

#include "fixture.h"

#include "../../store/tier.h"

/* Levels of storage in the tests of store/: bronze, silver and gold, without any file. */

enum { BRONZE, SILVER, GOLD, LEVELS };
#define ALL_USABLE ((1u << LEVELS) - 1)

/* The number of a level in the database. */
#define LEVEL_ID "(SELECT id FROM level WHERE name = '%s')"

/* A connection of ACCOUNT whose configuration has these levels, and MORE keys of the group. */
struct db *tiers_db(enum account account, uint64_t silver, uint64_t gold, const char *more);

/* The same through another socket, with the levels of tier. */
struct db *tiers_db_through(const char *socket, enum account account);

/* One of tts-tier, with the levels of the manual (3 and 20). */
extern struct db *tier;

/* Set-up of a group: the fixture, and tier; and of a test: no rows. */
int tiers_start(void **state);
int tiers_stop(void **state);
int tiers_empty(void **state);

/* A row without a sentence, on a level, with this score now. */
void tiers_row(const char *name, const char *level, double score);

/* The level of a row as the database has it. */
const char *tiers_level(const char *name);

/* A question for at most MAX moves. */
struct tier_question tiers_question(enum tier_why why, unsigned level);

/* Claim such moves by the connection tier. */
size_t tiers_claim(enum tier_why why, unsigned level, struct tier_move *v);

#endif
