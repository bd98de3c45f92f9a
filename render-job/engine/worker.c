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
#include "mp3.h"
#include "zygote.h"

#define ZYGOTES_MAX 8	    /* voices kept ready */
#define HELLO_MS 10000	    /* for loading the engine or a voice */
#define ZYGOTE_DEATHS_MAX 3 /* then something is wrong with the machine, not with them */

enum use { FREE, SPEAKING, ENDED };

struct place {
	enum use use;
	bool urgent;
	int fd;
	struct slot *slot;
	void *owner;
	const struct zygote_link *zygote;
};

/* A zygote; socket -1: none. */
struct zygote_link {
	int socket, urgent_socket;
	int sample_rate;
	const struct voice *voice;
	size_t busy;
	uint64_t used; /* counts up: which one was used last */
};

struct workers {
	const struct conf *conf;
	struct speaking *speaking;
	struct place *places;
	size_t places_n, busy, urgent, slot_size; /* urgent: so many of those that are busy */
	pid_t nursery;
	int socket;
	struct zygote_link zygotes[ZYGOTES_MAX];
	uint64_t used;
	unsigned deaths;
};

#define URGENT_PLACES 1 /* kept free of the others */

size_t
workers_places(const struct conf *conf)
{
	return 4 * (size_t)conf->scheduler.workers + URGENT_PLACES;
}

/* The child process of workers_start. */
_Noreturn static void
become_nursery(struct workers *w, int lock_fd, int pair[2], pid_t parent)
{
	close(lock_fd);
	close(pair[0]);
	int *fds = calloc(w->places_n, sizeof(fds[0]));
	if (fds == NULL)
		_exit(1);
	for (size_t i = 0; i < w->places_n; i++)
		fds[i] = w->places[i].fd;
	struct zygote_env env = {w->conf, w->speaking, fds, w->places_n, w->slot_size};
	nursery_run(&env, pair[1], parent);
}

static bool
make_places(struct workers *w)
{
	w->places = calloc(w->places_n, sizeof(w->places[0]));
	for (size_t i = 0; w->places != NULL && i < w->places_n; i++) {
		struct place *place = &w->places[i];
		place->fd = memfd_create("slot", MFD_CLOEXEC);
		if (place->fd < 0 || ftruncate(place->fd, (off_t)w->slot_size) < 0)
			return false;
	}
	return w->places != NULL;
}

/* After the fork: the nursery and those it bears have no view of what is in the places. */
static bool
map_places(struct workers *w)
{
	for (size_t i = 0; i < w->places_n; i++) {
		struct place *place = &w->places[i];
		void *map =
		    mmap(NULL, w->slot_size, PROT_READ | PROT_WRITE, MAP_SHARED, place->fd, 0);
		if (map == MAP_FAILED)
			return false;
		place->slot = map;
	}
	return true;
}

struct workers *
workers_start(const struct conf *conf, struct speaking *speaking, int lock_fd)
{
	struct workers *w = calloc(1, sizeof(*w));
	if (w == NULL)
		return NULL;
	w->conf = conf;
	w->speaking = speaking;
	w->places_n = workers_places(conf);
	w->slot_size =
	    sizeof(struct slot) + mp3_size_max(conf->speech.max_seconds, conf->mp3.bitrate_kbps);
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		w->zygotes[i].socket = w->zygotes[i].urgent_socket = -1;
	int pair[2];
	pid_t self = getpid();
	if (!make_places(w) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (w->nursery = fork()) < 0) {
		log_error("cannot prepare the children: %s", strerror(errno));
		return NULL;
	}
	if (w->nursery == 0)
		become_nursery(w, lock_fd, pair, self);
	close(pair[1]);
	w->socket = pair[0];
	if (!map_places(w)) {
		log_error("cannot map the memory of the children: %s", strerror(errno));
		workers_stop(w);
		return NULL;
	}
	return w;
}

static void
part(struct zygote_link *zygote)
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
		kill(w->nursery, SIGKILL);
	for (size_t i = 0; i < ZYGOTES_MAX; i++)
		part(&w->zygotes[i]);
	close(w->socket);
	while (waitpid(w->nursery, NULL, 0) < 0 && errno == EINTR)
		continue;
	for (size_t i = 0; i < w->places_n; i++) {
		if (w->places[i].slot != NULL)
			munmap(w->places[i].slot, w->slot_size);
		close(w->places[i].fd);
	}
	free(w->places);
	free(w);
}

/* Wait for MS until SOCKET has something to say, or has ended. */
static bool
readable(int socket, int ms)
{
	struct pollfd pollfd = {socket, POLLIN, 0};
	int n;
	while ((n = poll(&pollfd, 1, ms)) < 0 && errno == EINTR)
		continue;
	return n == 1;
}

/* Have the nursery bear a zygote. False: the nursery is of no use. */
static bool
bear(struct workers *w, struct zygote_link *zygote, const struct voice *voice)
{
	struct zygote_wanted wanted = {(uint32_t)(voice - voices)};
	struct zygote_hello hello = {-1};
	if (send(w->socket, &wanted, sizeof(wanted), MSG_NOSIGNAL) < 0 ||
	    !readable(w->socket, HELLO_MS) ||
	    (zygote->socket = descriptor_receive(w->socket)) < 0 ||
	    (zygote->urgent_socket = descriptor_receive(w->socket)) < 0) {
		log_error("cannot load the speech engine");
		return false;
	}
	zygote->voice = voice;
	if (!readable(zygote->socket, HELLO_MS) ||
	    recv(zygote->socket, &hello, sizeof(hello), 0) != sizeof(hello)) {
		log_error("cannot prepare voice %s", voice->id);
		part(zygote);
		return false;
	}
	zygote->sample_rate = hello.sample_rate;
	return true;
}

/* The zygote of VOICE, or one to be: none, or the idle one that was used longest ago. */
static struct zygote_link *
choose(struct workers *w, const struct voice *voice)
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

static struct place *
free_place(struct workers *w)
{
	for (size_t i = 0; i < w->places_n; i++)
		if (w->places[i].use == FREE)
			return &w->places[i];
	return NULL;
}

enum accepted
workers_speak(
    struct workers *w, const struct utterance *what, bool urgent, uint64_t id, void *owner)
{
	const struct voice *voice = what->voice;
	struct place *place = workers_room(w, urgent) > 0 ? free_place(w) : NULL;
	struct zygote_link *zygote = choose(w, voice);
	if (w->deaths >= ZYGOTE_DEATHS_MAX)
		return ACCEPTED_NEVER;
	if (place == NULL || zygote == NULL)
		return ACCEPTED_NOT_NOW;
	if (zygote->voice != voice) {
		part(zygote);
		if (!bear(w, zygote, voice))
			return ACCEPTED_NEVER;
	}
	if (zygote->sample_rate < 0)
		return ACCEPTED_NO_VOICE;
	struct slot *slot = place->slot;
	slot->percent = (uint32_t)what->percent;
	slot->text_len = (uint32_t)what->len;
	memcpy(slot->text, what->text, what->len);
	slot->phonemes = what->phonemes;
	slot->parts_n = (uint32_t)what->parts_n;
	for (size_t i = 0; i < what->parts_n; i++)
		slot->parts[i] = what->parts[i];
	struct speak_request request = {id, (uint32_t)(place - w->places)};
	/* Should the zygote be dead, its end of file is reported by workers_wait. */
	int socket = urgent ? zygote->urgent_socket : zygote->socket;
	ssize_t n = send(socket, &request, sizeof(request), MSG_NOSIGNAL);
	if (n < 0 && errno != EPIPE && errno != ECONNRESET)
		return ACCEPTED_NOT_NOW;
	*place = (struct place){SPEAKING, urgent, place->fd, slot, owner, zygote};
	zygote->busy++;
	zygote->used = ++w->used;
	w->busy++;
	w->urgent += urgent;
	return ACCEPTED;
}

/* Read what the child left, which is to be believed no more than the text it was given. */
static void
judge(const struct workers *w, const struct slot *slot, struct ending *e)
{
	e->phase = slot->phase < PHASES ? slot->phase : PHASE_PREPARING;
	e->child = slot->end < CHILD_ENDS ? slot->end : CHILD_NONE;
	if (e->ended != ENDED_SPOKEN)
		return;
	e->samples = slot->samples;
	e->mp3 = slot->mp3;
	e->mp3_len = slot->mp3_len;
	e->loudness = slot->loudness;
	e->words = slot->words;
	e->words_n = slot->words_n < SLOT_WORDS_MAX ? slot->words_n : SLOT_WORDS_MAX;
	uint64_t samples_max = (uint64_t)w->conf->speech.max_seconds * (uint64_t)e->sample_rate;
	int mp3_rate = w->conf->mp3.sample_rate_hz;
	if (mp3_rate == 0)
		mp3_rate = e->sample_rate;
	if (e->child == CHILD_NONE)
		e->ended = ENDED_CRASHED;
	else if (e->child != CHILD_SPOKEN)
		e->ended = ENDED_REFUSED;
	else if (e->samples > samples_max || e->mp3_len > w->slot_size - sizeof(*slot) ||
		 !mp3_whole(e->mp3, e->mp3_len, mp3_rate, w->conf->mp3.bitrate_kbps))
		e->ended = ENDED_CRASHED;
}

static void
end(struct workers *w, struct zygote_link *zygote, const struct speak_report *report,
    struct ending *e)
{
	struct place *place = &w->places[report->slot];
	*e = (struct ending){
	    .owner = place->owner, .place = report->slot, .sample_rate = zygote->sample_rate};
	if (WIFSIGNALED(report->status)) {
		e->ended = report->late ? ENDED_LATE : ENDED_CRASHED;
		e->signal = WTERMSIG(report->status);
	} else {
		e->status = WEXITSTATUS(report->status);
		e->ended = e->status == 0 ? ENDED_SPOKEN : ENDED_CRASHED;
	}
	judge(w, place->slot, e);
	place->use = ENDED;
	zygote->busy--;
}

/* A zygote is dead: tell what that means for one of its places. */
static bool
lose(struct workers *w, struct zygote_link *zygote, struct ending *e)
{
	for (size_t i = 0; i < w->places_n; i++) {
		struct place *place = &w->places[i];
		if (place->use != SPEAKING || place->zygote != zygote)
			continue;
		*e = (struct ending){.owner = place->owner, .place = i, .ended = ENDED_LOST};
		place->use = ENDED;
		zygote->busy--;
		return true;
	}
	return false;
}

static size_t
collect(struct workers *w, struct zygote_link *zygote, struct ending *v, size_t max)
{
	size_t n = 0;
	while (n < max) {
		struct speak_report report;
		ssize_t got = recv(zygote->socket, &report, sizeof(report), MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return n;
		if (got == sizeof(report) && report.slot < w->places_n &&
		    w->places[report.slot].use == SPEAKING) {
			end(w, zygote, &report, &v[n++]);
			continue;
		}
		while (n < max && lose(w, zygote, &v[n]))
			n++;
		if (zygote->busy > 0)
			return n; /* the rest with the next call */
		log_warn("the process of voice %s is gone", zygote->voice->id);
		w->deaths++;
		part(zygote);
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
			n += collect(w, &w->zygotes[i], v + n, max - n);
	return n;
}

void
workers_release(struct workers *w, size_t at)
{
	struct place *place = &w->places[at];
	/* The next child is to find nothing of this sentence, which may be another user's. */
	if (fallocate(
		place->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)w->slot_size) < 0)
		memset(place->slot, 0, w->slot_size);
	speaking_clear(w->speaking, at);
	place->use = FREE;
	place->owner = NULL;
	w->busy--;
	w->urgent -= place->urgent;
}

size_t
workers_busy(const struct workers *w)
{
	return w->busy;
}

size_t
workers_room(const struct workers *w, bool urgent)
{
	size_t free = w->places_n - w->busy, max = (size_t)w->conf->scheduler.workers;
	size_t others = w->busy - w->urgent, left = w->places_n - URGENT_PLACES - others;
	if (urgent)
		left = w->urgent < max ? max - w->urgent : 0;
	return free < left ? free : left;
}
