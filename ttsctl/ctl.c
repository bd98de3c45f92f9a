#include "ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/crypt.h"
#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "out.h"

#define WHO_SIZE 64 /* bytes, as in the database */

int
ctl_configure(struct ctl *ctl, const char *conf_path)
{
	*ctl = (struct ctl){.conf = conf_load(conf_path)};
	if (ctl->conf == NULL)
		return EX_CONFIG;
	log_init("ttsctl", ctl->conf->log_level);
	crypt_init();
	return EX_OK;
}

int
ctl_open(struct ctl *ctl, const char *conf_path)
{
	int status = ctl_configure(ctl, conf_path);

	if (status != EX_OK)
		return status;
	ctl->db = db_new(ctl->conf, ACCOUNT_MIGRATION);
	return ctl_status("use the database", db_ready(ctl->db));
}

int
ctl_close(struct ctl *ctl, int status)
{
	unsigned long kicked = 0;

	if (ctl->db != NULL)
		kick_events(ctl->conf, db_events(ctl->db), &kicked);
	db_free(ctl->db);
	ctl->db = NULL;
	return out_written() ? status : EX_IOERR;
}

int
ctl_status(const char *what, enum rc rc)
{
	static const struct {
		enum rc rc;
		int status;
		const char *why;
	} table[] = {
	    {RC_BUSY, EX_TEMPFAIL, "the database is unavailable or too busy; nothing was changed"},
	    {RC_UNKNOWN, EX_TEMPFAIL,
		"the connection was lost; the change may or may not have been made"},
	    {RC_SCHEMA, EX_CONFIG, "the database schema is of another version; see ttsctl migrate"},
	    {RC_NO_SPACE, EX_IOERR, "the media directory cannot be used"},
	    {RC_NOT_FOUND, EX_NOINPUT, "it does not exist"},
	    {RC_EMAIL_TAKEN, EX_DATAERR, "another user has this e-mail address"},
	    {RC_DUPLICATE, EX_DATAERR, "it already exists"},
	    {RC_REFUSED, EX_DATAERR, "a value is too long, out of range or not UTF-8"},
	    {RC_NOT_FAILED, EX_DATAERR, "the sentence has not failed"},
	    {RC_DISABLED, EX_DATAERR, "the webhook is disabled"},
	    {RC_NOT_CANCELLABLE, EX_DATAERR, "it cannot be cancelled"},
	};

	if (rc == RC_OK)
		return EX_OK;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].rc == rc) {
			log_error("cannot %s: %s", what, table[i].why);
			return table[i].status;
		}
	log_error("cannot %s: %s", what, rc_name(rc));
	return EX_SOFTWARE;
}

int
ctl_user(const struct ctl *ctl, struct pool *pool, const char *who, struct admin_user *out)
{
	enum rc rc = admin_user_find(ctl->db, pool, who, out);

	if (rc == RC_NOT_FOUND) {
		log_error("there is no user %s", who);
		return EX_NOUSER;
	}
	return ctl_status("find the user", rc);
}

int
ctl_list(const struct ctl *ctl, const struct ctl_pages *pages)
{
	bool more = true;
	enum rc rc = RC_OK;

	if (pages->json)
		out_open(NULL, '[');
	else
		puts(pages->head);
	while (rc == RC_OK && more) {
		struct pool *pool = pool_new();

		more = false;
		rc = pages->page(ctl, pool, pages->ctx, &more);
		pool_free(pool);
	}
	if (pages->json)
		out_close(']');
	return ctl_status(pages->what, rc);
}

bool
ctl_number(const char *name, const char *s, uint64_t max, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoumax(s, &end, 10);
	if (s[0] >= '0' && s[0] <= '9' && *end == '\0' && errno == 0 && *out >= 1 && *out <= max)
		return true;
	fprintf(stderr, "ttsctl: %s: \"%s\" is not a number from 1 to %" PRIu64 "\n", name, s, max);
	return false;
}

const char *
ctl_who(void)
{
	static char name[WHO_SIZE];
	const char *sudo = secure_getenv("SUDO_USER");
	const struct passwd *user = getpwuid(getuid());

	snprintf(name, sizeof name, "%s",
	    sudo != NULL && sudo[0] != '\0' ? sudo
	    : user != NULL		    ? user->pw_name
					    : "root");
	return name;
}
