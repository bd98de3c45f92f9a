#include "fault.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#ifdef TTS_FAULTS

#define FAULTS_MAX 16

enum action { KILL, ABORT, SLEEP, FAIL };

struct plan {
	char *point;
	enum action action;
	int value; /* milliseconds of a sleep, or an error number */
	unsigned long nth, seen;
};

static struct plan planned[FAULTS_MAX];
static size_t planned_n;

static const struct {
	const char *name;
	int value;
} errors[] = {
    {"EACCES", EACCES},
    {"EAGAIN", EAGAIN},
    {"EDQUOT", EDQUOT},
    {"EFBIG", EFBIG},
    {"EINTR", EINTR},
    {"EIO", EIO},
    {"EMFILE", EMFILE},
    {"ENOENT", ENOENT},
    {"ENOMEM", ENOMEM},
    {"ENOSPC", ENOSPC},
    {"EPERM", EPERM},
    {"EROFS", EROFS},
    {"ESTALE", ESTALE},
};

static bool
parse_number(const char *s, unsigned long max, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(s, &end, 10);
	return s[0] >= '0' && s[0] <= '9' && *end == '\0' && errno == 0 && *number <= max;
}

static bool
parse_action(struct plan *p, const char *s)
{
	unsigned long ms, number;

	if (strcmp(s, "kill") == 0 || strcmp(s, "abort") == 0) {
		p->action = s[0] == 'k' ? KILL : ABORT;
		return true;
	}
	if (strncmp(s, "sleep=", 6) == 0 && parse_number(s + 6, 3600000, &ms)) {
		p->action = SLEEP;
		p->value = (int)ms;
		return true;
	}
	p->action = FAIL;
	if (strncmp(s, "error=", 6) == 0 && parse_number(s + 6, 65535, &number)) {
		p->value = (int)number;
		return true;
	}
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		p->value = errors[i].value;
		if (strcmp(errors[i].name, s) == 0)
			return true;
	}
	return false;
}

static bool
parse_fault(struct plan *p, char *s)
{
	char *action = strchr(s, ':'), *nth;

	if (action == NULL || action == s)
		return false;
	*action++ = '\0';
	p->point = s;
	p->nth = 1;
	nth = strchr(action, ':');
	if (nth != NULL) {
		*nth++ = '\0';
		if (!parse_number(nth, 1000000000, &p->nth) || p->nth == 0)
			return false;
	}
	return parse_action(p, action);
}

/* A fault that is not understood must be fatal: the test would test nothing. */
static void
parse_faults(void)
{
	const char *given = getenv("TTS_FAULT");
	char *s = strdup(given != NULL ? given : ""), *rest = s, *one;

	if (s == NULL)
		fatal(EX_OSERR, "cannot read TTS_FAULT: %s", strerror(errno));
	while ((one = strsep(&rest, ",")) != NULL) {
		if (one[0] == '\0')
			continue;
		if (planned_n == FAULTS_MAX || !parse_fault(&planned[planned_n], one))
			fatal(EX_USAGE, "cannot understand TTS_FAULT: %s", given);
		planned_n++;
	}
}

static int
fault_strike(const struct plan *p)
{
	static const char *const names[] = {"kill", "abort", "sleep", "fail"};
	struct timespec left = {p->value / 1000, p->value % 1000 * 1000000L};

	log_warn("fault %s: %s%s%s", p->point, names[p->action], p->action == FAIL ? ": " : "",
	    p->action == FAIL ? strerror(p->value) : "");
	switch (p->action) {
	case KILL:
		kill(getpid(), SIGKILL);
		break;
	case ABORT:
		abort();
	case SLEEP:
		while (nanosleep(&left, &left) < 0 && errno == EINTR)
			continue;
		break;
	case FAIL:
		return p->value;
	}
	return 0;
}

int
fault(const char *point)
{
	static bool parsed;
	int error = 0;

	if (!parsed)
		parse_faults();
	parsed = true;
	for (size_t i = 0; i < planned_n; i++)
		if (strcmp(planned[i].point, point) == 0 && ++planned[i].seen == planned[i].nth)
			error = fault_strike(&planned[i]);
	return error;
}

#endif
