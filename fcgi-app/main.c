#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/log.h"
#include "../common/base/version.h"
#include "../common/say/voice.h"
#include "../common/work/kick.h"
#include "count.h"
#include "deleted.h"
#include "fcgi.h"
#include "guess.h"
#include "route.h"
#include "worker.h"

#define LARGE_BODY (64 * 1024) /* after a body of this size the heap is returned to the system */

static volatile sig_atomic_t leaving;

static void
on_leave_signal(int signo)
{
	leaving = 1;
}

/* ------------------------------------------------------------------ start */

static void
exit_usage(void)
{
	fprintf(stderr, "usage: tts-api [-tV] [-c file]\n       tts-api --routes | --queries\n");
	exit(EX_USAGE);
}

/* The options of the command line. */
struct options {
	const char *conf;
	bool check;
};

static struct options
read_options(int argc, char *argv[])
{
	static const struct option longs[] = {
	    {"routes", no_argument, NULL, 'r'}, {"queries", no_argument, NULL, 'q'}, {0}};
	struct options options = {.conf = CONF_DEFAULT_PATH};
	int c;

	while ((c = getopt_long(argc, argv, "c:tV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			options.conf = optarg;
			break;
		case 't':
			options.check = true;
			break;
		case 'V':
			printf("tts-api %s\n", TTS_VERSION);
			exit(EX_OK);
		case 'r':
			route_print(stdout);
			exit(EX_OK);
		case 'q':
			route_print_queries(stdout);
			exit(EX_OK);
		default:
			exit_usage();
		}
	}
	if (optind != argc)
		exit_usage();
	return options;
}

/*
 * An idle worker should keep little memory: what a large request took (its body; the 19 MiB for a
 * password hash) is returned to the system instead of staying in the heap.
 */
static void
keep_memory_small(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	mallopt(M_TRIM_THRESHOLD, 256 * 1024);
}

/* Block the signals that end a worker, except while it waits. Returns the signal mask for
 * waiting. */
static sigset_t
block_signals(void)
{
	const int ending[] = {SIGTERM, SIGUSR1, SIGINT};
	struct sigaction action = {.sa_handler = on_leave_signal};
	sigset_t block, waiting;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < sizeof ending / sizeof ending[0]; i++)
		sigaddset(&block, ending[i]);
	sigprocmask(SIG_BLOCK, &block, &waiting);
	for (i = 0; i < sizeof ending / sizeof ending[0]; i++) {
		sigaction(ending[i], &action, NULL);
		sigdelset(&waiting, ending[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	return waiting;
}

/* Several workers wait on one socket: a connection wakes up all of them and one gets it. The
 * others must not block in accept, where no signal reaches them. */
static void
prepare_socket(int fd)
{
	socklen_t len = sizeof(int);
	int listening = 0, flags;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0 || !listening)
		fatal(EX_USAGE,
		    "cannot start: standard input is not a listening socket, see tts-api(8)");
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		fatal(EX_OSERR, "cannot prepare the socket: %s", strerror(errno));
}

/* ------------------------------------------------------------------ work */

static long
elapsed_us(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000000 + (now.tv_nsec - since->tv_nsec) / 1000;
}

/*
 * Whether to serve another request, after pending signals were delivered. ppoll(2) does that only
 * if it has to wait: while each call finds a request at once, a worker would never see the signal.
 */
static bool
go_on(const sigset_t *waiting)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, waiting, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	return !leaving;
}

static int
serve_request(struct fcgi *fcgi, struct req *req)
{
	static unsigned long kicked, woken;
	struct answer answer;
	struct timespec start;
	long us;

	clock_gettime(CLOCK_MONOTONIC, &start);
	log_request(req->id);
	worker_takes(req->id);
	answer = route_answer(req);
	kick_events(req->api->conf, db_events(req->api->db), &kicked);
	if (db_woken(req->api->db) != woken)
		kick_pipeline(req->api->conf);
	woken = db_woken(req->api->db);
	fcgi_answer(fcgi, req, &answer);
	us = elapsed_us(&start);
	count_request(req, answer.status, us);
	log_debug("%s: %d, %zu bytes, %ld us", req->route != NULL ? req->route->name : "no route",
	    answer.status, answer.len, us);
	worker_answered();
	log_request(NULL);
	return answer.status;
}

/* Errors of accept if another worker was faster or the client has disconnected. */
static bool
accept_lost(int error)
{
	return error == EAGAIN || error == EINTR || error == ECONNABORTED;
}

/* Errors that may go away. A worker that exited because of them would only be started into them
 * again. */
static bool
out_of_resources(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Serve requests until a signal asks the worker to exit; the current request is always finished
 * and answered. */
static int
serve_requests(const struct api *api, struct fcgi *fcgi, const sigset_t *waiting)
{
	const struct timespec pause = {.tv_nsec = 100000000};
	struct pool *pool = pool_new();
	bool gone = deleted_stay_gone(api);
	int error;

	while (go_on(waiting)) {
		struct pollfd listening = {.fd = STDIN_FILENO, .events = POLLIN};
		struct req req = {.api = api, .pool = pool};

		if (ppoll(&listening, 1, NULL, waiting) < 0)
			continue;
		error = fcgi_accept(fcgi, &req);
		if (accept_lost(error))
			continue;
		if (error != 0) {
			log_error("cannot accept a request: %s", strerror(error));
			if (!out_of_resources(error))
				return EX_OSERR;
			nanosleep(&pause, NULL);
			continue;
		}
		fcgi_read_body(fcgi, route_body_max(&req), &req);
		if (serve_request(fcgi, &req) < 500 && !gone)
			gone = deleted_stay_gone(api); /* the database answers again */
		pool_reset(pool);
		if (req.body_len >= LARGE_BODY)
			malloc_trim(0);
	}
	pool_free(pool);
	return EX_OK;
}

int
main(int argc, char *argv[])
{
	struct options options = read_options(argc, argv);
	const struct conf *conf;
	struct auth auth;
	struct api api;
	struct fcgi *fcgi;
	sigset_t waiting;
	int status;

	keep_memory_small();
	log_init("tts-api", 6);
	conf = conf_load(options.conf);
	if (conf == NULL)
		return EX_CONFIG;
	log_init("tts-api", conf->log_level);
	crypt_init();
	auth.key = conf_secret(conf->secrets.token_key_file, CONF_KEY_MIN);
	auth.expire_sec = conf->token.expire_sec;
	auth.refresh_sec = (int64_t)conf->token.refresh_days * 86400;
	api = (struct api){conf, db_new(conf, ACCOUNT_API), &auth}; /* does not connect yet */
	if (options.check) {
		db_free(api.db);
		return EX_OK;
	}

	prepare_socket(STDIN_FILENO);
	count_open(conf);
	db_share_throttles(api.db, count_throttles());
	guess_open(count_guesses());
	voice_offer_constructed(conf->speech.constructed_languages != 0);
	worker_begin(conf);
	fcgi = fcgi_new(STDIN_FILENO);
	waiting = block_signals(); /* after fcgi_new, which installs its own handlers */
	status = serve_requests(&api, fcgi, &waiting);
	fcgi_free(fcgi);
	db_free(api.db);
	return status;
}
