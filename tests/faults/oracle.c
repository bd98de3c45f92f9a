/*
 * The oracle: checks after a fault whether anything was lost, is stale or was rendered twice. It
 * reads the configuration, the database, the media tree, the answers that clients got, the injected
 * events and the logs, and prints the number of violations of each invariant. Exit status: 0 if all
 * are 0, 1 if not, 70 if it could not check.
 *
 *   oracle -c tts.conf [-a ANSWERS]… [-f INJECTED]… [-k CANARIES]… [-r RENDERS] [-s SEED] [LOG]…
 */
#include "oracle.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "../../common/media/media.h"

#define SHOWN 20 /* violations of one kind that are told in full */

static unsigned long counts[INVARIANTS];

static const char *const meanings[INVARIANTS] = {
    [I1] = "accepted writes that are not there",
    [I2] = "ready rows without their file",
    [I3] = "sounds published twice or stale",
    [I4] = "claims beyond their lease",
    [I5] = "rows neither ready nor failed",
    [I6] = "files that should not be there",
    [I7] = "counts that differ from the rows",
    [I8] = "charges that differ from the faults",
    [I9] = "secrets or texts in a log",
    [I10] = "fresh renders that differ",
    [I11] = "changes and events that differ",
};

void
broken(enum invariant i, const char *fmt, ...)
{
	va_list ap;

	if (++counts[i] > SHOWN)
		return;
	fprintf(stderr, "I%d: ", (int)i);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
note(const char *fmt, ...)
{
	va_list ap;

	fputs("note: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
give_up(const char *fmt, ...)
{
	va_list ap;

	fputs("oracle: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EX_SOFTWARE);
}

uint8_t *
file_read(struct pool *pool, const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	uint8_t *data = NULL;

	if (f == NULL)
		return NULL;
	if (fstat(fileno(f), &st) == 0) {
		data = pool_alloc(pool, (size_t)st.st_size + 1);
		*len = fread(data, 1, (size_t)st.st_size, f);
	}
	fclose(f);
	return data;
}

/* splitmix64 */
uint64_t
draw(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static _Noreturn void
usage(void)
{
	fputs("usage: oracle -c tts.conf [-a answers]... [-f injected]... [-k canaries]... "
	      "[-r renders] [-s seed] [log]...\n",
	    stderr);
	exit(EX_USAGE);
}

/* Keys and passwords must not be in any log, in addition to the canaries. */
static void
add_secrets(const struct conf *conf, struct pool *pool)
{
	const char *paths[2 + ACCOUNTS] = {
	    conf->secrets.token_key_file, conf->secrets.media_key_file};

	for (size_t i = 0; i < ACCOUNTS; i++)
		paths[2 + i] = conf->databases.account[i].password_file;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct secret secret;

		if (paths[i][0] == '\0')
			continue;
		secret = conf_secret(paths[i], 1);
		canary_add(pool, (const char *)secret.data, secret.len);
	}
}

struct asked {
	const char *conf;
	size_t renders;
	uint64_t seed;
};

static struct asked
read_options(int argc, char *argv[], struct pool *pool)
{
	struct asked asked = {.renders = 20, .seed = 1};
	int c;

	while ((c = getopt(argc, argv, "a:c:f:k:r:s:")) != -1) {
		switch (c) {
		case 'a':
			answers_read(pool, optarg);
			break;
		case 'c':
			asked.conf = optarg;
			break;
		case 'f':
			charges_read(pool, optarg);
			break;
		case 'k':
			canaries_read(pool, optarg);
			break;
		case 'r':
			asked.renders = strtoul(optarg, NULL, 10);
			break;
		case 's':
			asked.seed = strtoull(optarg, NULL, 10);
			break;
		default:
			usage();
		}
	}
	if (asked.conf == NULL)
		usage();
	return asked;
}

int
main(int argc, char *argv[])
{
	struct pool *pool = pool_new();
	struct snapshot snapshot = {0};
	struct asked asked;
	const struct conf *conf;
	bool bad = false;

	log_init("oracle", 4);
	crypt_init();
	asked = read_options(argc, argv, pool);
	conf = conf_load(asked.conf);
	if (conf == NULL)
		return EX_CONFIG;
	/* First, so that the renderer's children do not inherit a connection. */
	db_snapshot(conf, pool, &snapshot);
	check_renders(conf, pool, &snapshot, asked.renders, asked.seed);
	add_secrets(conf, pool);
	media_init(conf);
	check_answers(pool, &snapshot);
	check_media(conf, pool, &snapshot);
	check_waiting(&snapshot);
	check_counts(&snapshot);
	check_charges(conf, &snapshot);
	check_events(pool, &snapshot);
	for (int i = optind; i < argc; i++)
		check_log(pool, argv[i]);
	for (int i = I1; i < INVARIANTS; i++) {
		printf("I%d %lu %s\n", i, counts[i], meanings[i]);
		bad = bad || counts[i] > 0;
	}
	return bad ? 1 : 0;
}
