#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "ending.h"
#include "mp3.h"
#include "zygote.h"

#define ZYGOTES_MAX 8	    /* maximum zygotes that are kept */
#define HELLO_MS 10000	    /* time limit for loading the engine or a voice */
#define ZYGOTE_DEATHS_MAX 3 /* after so many the machine is at fault, not the zygotes */

enum use { FREE, SPEAKING, ENDED };

struct worker_slot {
	enum use use;
	bool urgent;
	int fd;
	struct slot *slot;
	void *owner;
	const struct zygote_link *zygote;
};

/* A zygote; if socket is -1 there is none. */
struct zygote_link {
	int socket, urgent_socket;
	int sample_rate;
	const struct voice *voice;
	size_t busy;
	uint64_t used; /* increases: tells which zygote was used last */
};

struct workers {
	const struct conf *conf;
	struct speaking *speaking;
	struct worker_slot *slots;
	size_t slots_n, busy, urgent, slot_size; /* urgent: how many of the busy ones */
	pid_t forkserver;
	int socket;
	struct zygote_link zygotes[ZYGOTES_MAX];
	uint64_t used;
	unsigned deaths;
};

#define URGENT_SLOTS 1 /* reserved for urgent sentences */

size_t
workers_slots(const struct conf *conf)
{
	return 4 * (size_t)conf->scheduler.workers + URGENT_SLOTS;
}

/* The child process of workers_start. */
_Noreturn static void
become_forkserver(struct workers *w, int lock_fd, int pair[2], pid_t parent)
{
	close(lock_fd);
	close(pair[0]);
	int *fds = calloc(w->slots_n, sizeof fds[0]);
	if (fds == NULL)
		_exit(1);
	for (size_t i = 0; i < w->slots_n; i++)
		fds[i] = w->slots[i].fd;
	struct zygote_env env = {w->conf, w->speaking, fds, w->slots_n, w->slot_size};
	forkserver_run(&env, pair[1], parent);
}

static bool
create_slots(struct workers *w)
{
	w->slots = calloc(w->slots_n, sizeof w->slots[0]);
	for (size_t i = 0; w->slots != NULL && i < w->slots_n; i++) {
		struct worker_slot *entry = &w->slots[i];
		entry->fd = memfd_create("slot", MFD_CLOEXEC);
		if (entry->fd < 0 || ftruncate(entry->fd, (off_t)w->slot_size) < 0)
			return false;
	}
	return w->slots != NULL;
}

/* Called after the fork: the fork server and its zygotes must not have the contents of the slots
 * mapped. */
static bool
map_slots(struct workers *w)
{
	for (size_t i = 0; i < w->slots_n; i++) {
		struct worker_slot *entry = &w->slots[i];
		void *map =
		    mmap(NULL, w->slot_size, PROT_READ | PROT_WRITE, MAP_SHARED, entry->fd, 0);
		if (map == MAP_FAILED)
			return false;
		entry->slot = map;
	}
	return true;
}

struct workers *
workers_start(const struct conf *conf, struct speaking *speaking, int lock_fd)
{
	struct workers *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->conf = conf;
	w->speaking = speaking;
	w->slots_n = workers_slots(conf);
	w->slot_size =
	    sizeof(struct slot) + mp3_size_max(conf->speech.max_seconds, conf->mp3.bitrate_kbps);
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		w->zygotes[i].socket = w->zygotes[i].urgent_socket = -1;
	int pair[2];
	pid_t self = getpid();
	if (!create_slots(w) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (w->forkserver = fork()) < 0) {
		log_error("cannot prepare the children: %s", strerror(errno));
		return NULL;
	}
	if (w->forkserver == 0)
		become_forkserver(w, lock_fd, pair, self);
	close(pair[1]);
	w->socket = pair[0];
	if (!map_slots(w)) {
		log_error("cannot map the memory of the children: %s", strerror(errno));
		workers_stop(w);
		return NULL;
	}
	return w;
}

static void
zygote_close(struct zygote_link *zygote)
{
	if (zygote->socket >= 0)
		close(zygote->socket);
	if (zygote->urgent_socket >= 0)
		close(zygote->urgent_socket);
	*zygote = (struct zygote_link){.socket = -1, .urgent_socket = -1};
}

void
workers_stop(struct workers *w)
{
	if (w == NULL)
		return;
	if (w->busy > 0)
		kill(w->forkserver, SIGKILL);
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		zygote_close(&w->zygotes[i]);
	close(w->socket);
	while (waitpid(w->forkserver, NULL, 0) < 0 && errno == EINTR)
		continue;
	for (size_t i = 0; i < w->slots_n; i++) {
		if (w->slots[i].slot != NULL)
			munmap(w->slots[i].slot, w->slot_size);
		close(w->slots[i].fd);
	}
	free(w->slots);
	free(w);
}

/* Wait at most MS until SOCKET is readable or closed. */
static bool
wait_readable(int socket, int ms)
{
	struct pollfd pollfd = {socket, POLLIN, 0};
	int n;
	while ((n = poll(&pollfd, 1, ms)) < 0 && errno == EINTR)
		continue;
	return n == 1;
}

/* Have the fork server start a zygote. False, logged, if that fails. */
static bool
zygote_request(struct workers *w, struct zygote_link *zygote, const struct voice *voice)
{
	struct zygote_wanted wanted = {(uint32_t)(voice - voices)};
	struct zygote_hello hello = {-1};
	if (send(w->socket, &wanted, sizeof wanted, MSG_NOSIGNAL) < 0 ||
	    !wait_readable(w->socket, HELLO_MS) ||
	    (zygote->socket = descriptor_receive(w->socket)) < 0 ||
	    (zygote->urgent_socket = descriptor_receive(w->socket)) < 0) {
		log_error("cannot load the speech engine");
		return false;
	}
	zygote->voice = voice;
	if (!wait_readable(zygote->socket, HELLO_MS) ||
	    recv(zygote->socket, &hello, sizeof hello, 0) != sizeof hello) {
		log_error("cannot prepare voice %s", voice->id);
		zygote_close(zygote);
		return false;
	}
	zygote->sample_rate = hello.sample_rate;
	return true;
}

/* The zygote of VOICE, or else an unused entry or the idle zygote used longest ago. NULL if all
 * are busy. */
static struct zygote_link *
choose_zygote(struct workers *w, const struct voice *voice)
{
	struct zygote_link *best = NULL;
	for (size_t i = 0; i < ZYGOTES_MAX; i++) {
		struct zygote_link *zygote = &w->zygotes[i];
		if (zygote->socket >= 0 && zygote->voice == voice)
			return zygote;
		if (zygote->busy == 0 && (best == NULL || zygote->used < best->used))
			best = zygote;
	}
	return best;
}

static struct worker_slot *
find_free_slot(struct workers *w)
{
	for (size_t i = 0; i < w->slots_n; i++)
		if (w->slots[i].use == FREE)
			return &w->slots[i];
	return NULL;
}

enum accepted
workers_speak(
    struct workers *w, const struct utterance *what, bool urgent, uint64_t id, void *owner)
{
	const struct voice *voice = what->voice;
	struct worker_slot *entry = workers_room(w, urgent) > 0 ? find_free_slot(w) : NULL;
	struct zygote_link *zygote = choose_zygote(w, voice);
	if (w->deaths >= ZYGOTE_DEATHS_MAX)
		return ACCEPTED_NEVER;
	if (entry == NULL || zygote == NULL)
		return ACCEPTED_NOT_NOW;
	if (zygote->voice != voice) {
		zygote_close(zygote);
		if (!zygote_request(w, zygote, voice))
			return ACCEPTED_NEVER;
	}
	if (zygote->sample_rate < 0)
		return ACCEPTED_NO_VOICE;
	struct slot *slot = entry->slot;
	slot->percent = (uint32_t)what->percent;
	slot->text_len = (uint32_t)what->len;
	memcpy(slot->text, what->text, what->len);
	slot->phonemes = what->phonemes;
	slot->parts_n = (uint32_t)what->parts_n;
	for (size_t i = 0; i < what->parts_n; i++)
		slot->parts[i] = what->parts[i];
	struct speak_request request = {id, (uint32_t)(entry - w->slots)};
	/* If the zygote is dead, workers_wait notices the end of file. */
	int socket = urgent ? zygote->urgent_socket : zygote->socket;
	ssize_t n = send(socket, &request, sizeof request, MSG_NOSIGNAL);
	if (n < 0 && errno != EPIPE && errno != ECONNRESET)
		return ACCEPTED_NOT_NOW;
	*entry = (struct worker_slot){SPEAKING, urgent, entry->fd, slot, owner, zygote};
	zygote->busy++;
	zygote->used = ++w->used;
	w->busy++;
	w->urgent += urgent;
	return ACCEPTED;
}

static void
end_sentence(struct workers *w, struct zygote_link *zygote, const struct speak_report *report,
    struct ending *e)
{
	struct worker_slot *entry = &w->slots[report->slot];
	*e = (struct ending){
	    .owner = entry->owner, .slot = report->slot, .sample_rate = zygote->sample_rate};
	if (WIFSIGNALED(report->status)) {
		e->ended = report->late ? ENDED_LATE : ENDED_CRASHED;
		e->signal = WTERMSIG(report->status);
	} else {
		e->status = WEXITSTATUS(report->status);
		e->ended = e->status == 0 ? ENDED_SPOKEN : ENDED_CRASHED;
	}
	ending_read(w->conf, entry->slot, w->slot_size, e);
	entry->use = ENDED;
	zygote->busy--;
}

/* A zygote has died: end one of its sentences in *E. False if there is none left. */
static bool
end_lost(struct workers *w, struct zygote_link *zygote, struct ending *e)
{
	for (size_t i = 0; i < w->slots_n; i++) {
		struct worker_slot *entry = &w->slots[i];
		if (entry->use != SPEAKING || entry->zygote != zygote)
			continue;
		*e = (struct ending){.owner = entry->owner, .slot = i, .ended = ENDED_LOST};
		entry->use = ENDED;
		zygote->busy--;
		return true;
	}
	return false;
}

static size_t
collect_reports(struct workers *w, struct zygote_link *zygote, struct ending *v, size_t max)
{
	size_t n = 0;
	while (n < max) {
		struct speak_report report;
		ssize_t got = recv(zygote->socket, &report, sizeof report, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return n;
		if (got == sizeof report && report.slot < w->slots_n &&
		    w->slots[report.slot].use == SPEAKING) {
			end_sentence(w, zygote, &report, &v[n++]);
			continue;
		}
		while (n < max && end_lost(w, zygote, &v[n]))
			n++;
		if (zygote->busy > 0)
			return n; /* the rest follows with the next call */
		log_warn("the process of voice %s is gone", zygote->voice->id);
		w->deaths++;
		zygote_close(zygote);
		return n;
	}
	return n;
}

size_t
workers_wait(struct workers *w, int timeout_ms, int wake, struct ending *v, size_t max)
{
	struct pollfd pollfds[ZYGOTES_MAX + 1];
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		pollfds[i] = (struct pollfd){w->zygotes[i].socket, POLLIN, 0};
	pollfds[ZYGOTES_MAX] = (struct pollfd){wake, POLLIN, 0};
	if (poll(pollfds, ZYGOTES_MAX + 1, timeout_ms) <= 0)
		return 0;
	size_t n = 0;
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		if (pollfds[i].revents != 0)
			n += collect_reports(w, &w->zygotes[i], v + n, max - n);
	return n;
}

void
workers_release(struct workers *w, size_t at)
{
	struct worker_slot *entry = &w->slots[at];
	/* The next child must not see this sentence, which may belong to another user. */
	if (fallocate(
		entry->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)w->slot_size) < 0)
		memset(entry->slot, 0, w->slot_size);
	speaking_clear(w->speaking, at);
	entry->use = FREE;
	entry->owner = NULL;
	w->busy--;
	w->urgent -= entry->urgent;
}

size_t
workers_busy(const struct workers *w)
{
	return w->busy;
}

size_t
workers_room(const struct workers *w, bool urgent)
{
	size_t free = w->slots_n - w->busy, max = (size_t)w->conf->scheduler.workers;
	size_t others = w->busy - w->urgent, left = w->slots_n - URGENT_SLOTS - others;
	if (urgent)
		left = w->urgent < max ? max - w->urgent : 0;
	return free < left ? free : left;
}
