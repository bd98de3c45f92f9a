/*
 * A client for the fault tests: does one operation, or many at random, and records the answers
 * (answers.h).
 *
 *   client -p PORT [-l ANSWERS] [-t TOKEN] [-k CANARIES] [-n PREFIX] [-s SEED] COMMAND [ARGUMENT]…
 *
 *   login EMAIL PASSWORD              sign up if necessary; the token is written to the file TOKEN
 *   project N [KEY]                   of N sentences; prints its id
 *   text LANGUAGE                     of the lines on standard input; prints its id
 *   see PROJECT                       prints "id revision" of each sentence
 *   insert PROJECT INDEX [TEXT|- [KEY]]   prints its id
 *   edit AUDIO [TEXT|- [SPEED [REVISION]]]  prints the revision
 *   remove AUDIO | delete PROJECT | retry AUDIO | sound AUDIO
 *   load PROJECT SECONDS RATE
 *   dawdle N SECONDS                  hold N slow connections
 *   raw                               send standard input unchanged; prints the answer
 *   latency PATH N                    prints the 99th percentile in microseconds
 *
 * PREFIX makes the texts of each call different from those of others. Exit status: 0 accepted,
 * 1 refused, 2 unknown.
 */
#include "client.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/crypt.h"
#include "../../common/base/log.h"
#include "http.h"

#define SEEN_MAX 100000
#define TOKEN_MAX 4096

static const char *token_file, *canaries;

static _Noreturn void
usage(void)
{
	fputs("usage: client -p port [-l answers] [-t token] [-k canaries] [-n prefix] [-s seed] "
	      "command [argument]...\n",
	    stderr);
	exit(EX_USAGE);
}

/* Strings that must not be in any log. */
static void
add_canary(const char *s)
{
	FILE *f = canaries != NULL ? fopen(canaries, "ae") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "%s\n", s);
	fclose(f);
}

static int
cmd_login(struct client *c, struct pool *pool, char *args[])
{
	FILE *f;

	if (do_login(c, pool, args[0], args[1]) != ACCEPTED)
		return REFUSED;
	f = fopen(token_file, "we");
	if (f == NULL || fprintf(f, "%s\n", c->token) < 0 || fclose(f) != 0)
		return EX_IOERR;
	add_canary(c->token);
	add_canary(args[1]);
	add_canary(TEXT_CANARY);
	return ACCEPTED;
}

static int
tell_id(enum result result, uint64_t id)
{
	if (result == ACCEPTED)
		printf("%" PRIu64 "\n", id);
	return (int)result;
}

static int
cmd_project(struct client *c, struct pool *pool, char *args[])
{
	uint64_t id;
	enum result result =
	    do_project(c, pool, strtoul(args[0], NULL, 10), NULL, "en", args[1], &id);
	struct known *seen = pool_array(pool, SEEN_MAX, sizeof seen[0]);

	if (result == ACCEPTED)
		do_see(c, pool, id, seen, SEEN_MAX);
	return tell_id(result, id);
}

static int
cmd_text(struct client *c, struct pool *pool, char *args[])
{
	struct known *seen = pool_array(pool, SEEN_MAX, sizeof seen[0]);
	enum result result;
	char line[4096];
	struct buf text;
	uint64_t id;

	buf_init(&text, pool, sizeof line);
	while (fgets(line, sizeof line, stdin) != NULL)
		buf_adds(&text, line);
	result = do_project(c, pool, 0, text.data, args[0], NULL, &id);
	if (result == ACCEPTED)
		do_see(c, pool, id, seen, SEEN_MAX);
	return tell_id(result, id);
}

static int
cmd_see(struct client *c, struct pool *pool, char *args[])
{
	struct known *seen = pool_array(pool, SEEN_MAX, sizeof seen[0]);
	size_t n = do_see(c, pool, strtoull(args[0], NULL, 10), seen, SEEN_MAX);

	for (size_t i = 0; i < n; i++)
		printf("%" PRIu64 " %" PRIu64 "\n", seen[i].id, seen[i].revision);
	return n > 0 ? ACCEPTED : REFUSED;
}

/* The text that was asked for; NULL for a new one. */
static const char *
wanted(const char *arg)
{
	return arg == NULL || strcmp(arg, "-") == 0 ? NULL : arg;
}

static int
cmd_insert(struct client *c, struct pool *pool, char *args[])
{
	uint64_t id;
	const char *key = args[2] != NULL ? args[3] : NULL;
	enum result result = do_insert(c, pool, strtoull(args[0], NULL, 10),
	    strtoll(args[1], NULL, 10), wanted(args[2]), key, &id);

	return tell_id(result, id);
}

static int
cmd_edit(struct client *c, struct pool *pool, char *args[])
{
	int speed = args[1] != NULL && args[2] != NULL ? atoi(args[2]) : 1;
	uint64_t if_match =
	    args[1] != NULL && args[2] != NULL && args[3] != NULL ? strtoull(args[3], NULL, 10) : 0;
	uint64_t revision = 0;
	enum result result = do_edit(
	    c, pool, strtoull(args[0], NULL, 10), wanted(args[1]), speed, if_match, &revision);

	return tell_id(result, revision);
}

static int
cmd_remove(struct client *c, struct pool *pool, char *args[])
{
	return (int)do_remove(c, pool, strtoull(args[0], NULL, 10));
}

static int
cmd_delete(struct client *c, struct pool *pool, char *args[])
{
	return (int)do_delete(c, pool, strtoull(args[0], NULL, 10));
}

static int
cmd_retry(struct client *c, struct pool *pool, char *args[])
{
	return (int)do_retry(c, pool, strtoull(args[0], NULL, 10));
}

static int
cmd_sound(struct client *c, struct pool *pool, char *args[])
{
	return (int)do_sound(c, pool, strtoull(args[0], NULL, 10));
}

static int
cmd_load(struct client *c, struct pool *pool, char *args[])
{
	load(c, strtoull(args[0], NULL, 10), (unsigned)atoi(args[1]), (unsigned)atoi(args[2]));
	return ACCEPTED;
}

static int
cmd_dawdle(struct client *c, struct pool *pool, char *args[])
{
	dawdle(c, strtoul(args[0], NULL, 10), (unsigned)atoi(args[1]));
	return ACCEPTED;
}

static int
cmd_raw(struct client *c, struct pool *pool, char *args[])
{
	char data[65536];
	size_t n = fread(data, 1, sizeof data, stdin);
	struct buf answer = http_raw(pool, c->port, data, n);

	fwrite(answer.data, 1, answer.len, stdout);
	return answer.len > 0 ? ACCEPTED : UNKNOWN;
}

static int
cmd_latency(struct client *c, struct pool *pool, char *args[])
{
	printf("%ld\n", latency_p99(c, args[0], strtoul(args[1], NULL, 10)));
	return ACCEPTED;
}

static const struct {
	const char *name;
	int min;   /* arguments */
	bool open; /* without a login */
	int (*run)(struct client *c, struct pool *pool, char *args[]);
} commands[] = {
    {"login", 2, true, cmd_login},
    {"project", 1, false, cmd_project},
    {"text", 1, false, cmd_text},
    {"see", 1, false, cmd_see},
    {"insert", 2, false, cmd_insert},
    {"edit", 1, false, cmd_edit},
    {"remove", 1, false, cmd_remove},
    {"delete", 1, false, cmd_delete},
    {"retry", 1, false, cmd_retry},
    {"sound", 1, false, cmd_sound},
    {"load", 3, false, cmd_load},
    {"dawdle", 2, true, cmd_dawdle},
    {"raw", 0, true, cmd_raw},
    {"latency", 2, false, cmd_latency},
};

static const char *
read_token(struct pool *pool)
{
	char line[TOKEN_MAX] = "";
	FILE *f = token_file != NULL ? fopen(token_file, "re") : NULL;

	if (f == NULL || fgets(line, sizeof line, f) == NULL) {
		fputs("client: there is no token; log in first\n", stderr);
		exit(EX_USAGE);
	}
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return pool_strdup(pool, line);
}

static void
read_options(struct client *c, int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "+k:l:n:p:s:t:")) != -1) {
		switch (option) {
		case 'k':
			canaries = optarg;
			break;
		case 'l':
			c->log = open(optarg, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
			break;
		case 'n':
			c->prefix = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'p':
			c->port = atoi(optarg);
			break;
		case 's':
			c->seed = strtoull(optarg, NULL, 10);
			break;
		case 't':
			token_file = optarg;
			break;
		default:
			usage();
		}
	}
	if (c->port == 0 || optind == argc)
		usage();
	c->seed += (uint64_t)c->prefix << 32;
}

int
main(int argc, char *argv[])
{
	struct pool *pool = pool_new();
	struct client c = {.log = -1, .seed = 1};

	log_init("client", 6);
	crypt_init();
	read_options(&c, argc, argv);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, argv[optind]) != 0)
			continue;
		if (argc - optind - 1 < commands[i].min)
			usage();
		if (!commands[i].open)
			c.token = read_token(pool);
		return commands[i].run(&c, pool, argv + optind + 1);
	}
	usage();
}
