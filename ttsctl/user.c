#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "../common/base/utf8.h"
#include "../common/base/auth.h"
#include "../common/base/log.h"
#include "../common/text/text.h"
#include "../common/work/kick.h"
#include "../store/account.h"
#include "../store/admin.h"
#include "ctl.h"
#include "out.h"
#include "password.h"
#include "ttsctl.h"

struct options {
	bool json;
	const char *name, *password_file, *who; /* NULL: not given */
};

struct action {
	const char *name;
	const char *options; /* the letters of its options */
	bool who;
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

static void
put_json(const struct admin_user *u, bool usage)
{
	out_open(NULL, '{');
	out_uint("id", u->user.id);
	out_string("email", u->user.email);
	out_string("name", u->user.name);
	out_string("created_at", u->user.created_at.s);
	out_bool("disabled", u->disabled);
	out_uint("projects", u->projects);
	if (usage) {
		out_uint("sentences", u->sentences);
		out_uint("bytes", u->bytes);
		out_uint("duration_ms", u->duration_ms);
	}
	out_close('}');
}

static void
put_text(const struct admin_user *u)
{
	printf("%10" PRIu64 "  %.10s  %8s  %10s  %10s  %12s  %-8s  ", u->user.id,
	    text_moment(u->user.created_at.s), text_uint(u->projects), text_uint(u->sentences),
	    text_bytes(u->bytes), text_span(u->duration_ms / 1000), u->disabled ? "disabled" : "");
	text_put(u->user.email);
	fputs("  ", stdout);
	text_put(u->user.name);
	putchar('\n');
}

/* All users, in the order of their ids. */
static enum rc
read_users(const struct ctl *ctl, struct pool *pool, struct admin_user **v, size_t *n)
{
	size_t room = ADMIN_MAX, more = 0;
	uint64_t after = 0;
	enum rc rc = RC_OK;

	*n = 0;
	*v = pool_array(pool, room, sizeof **v);
	do {
		if (room - *n < ADMIN_MAX) {
			struct admin_user *larger = pool_array(pool, 2 * room, sizeof **v);

			memcpy(larger, *v, *n * sizeof **v);
			*v = larger;
			room *= 2;
		}
		rc = admin_users(ctl->db, pool, after, *v + *n, &more);
		*n += more;
		if (more > 0)
			after = (*v)[*n - 1].user.id;
	} while (rc == RC_OK && more == ADMIN_MAX);
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user *v;
	size_t n;
	enum rc rc = read_users(ctl, pool, &v, &n);

	if (rc == RC_OK)
		rc = admin_usage(ctl->db, v, n);
	if (rc != RC_OK)
		return ctl_status("list the users", rc);
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%10s  %-10s  %8s  %10s  %10s  %12s  %-8s  %s\n", "id", "since", "projects",
		    "sentences", "size", "sound", "", "user");
	for (size_t i = 0; i < n; i++) {
		if (o->json)
			put_json(&v[i], true);
		else
			put_text(&v[i]);
	}
	if (o->json)
		out_close(']');
	return EX_OK;
}

/* The same check as at sign-up: it finds typing errors, not whether the address works. */
static bool
is_email(const struct conf *conf, const char *s)
{
	size_t len = strlen(s);
	const char *at = strchr(s, '@');
	bool ok = at != NULL && at != s && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
		  strpbrk(s, " \t\r\n") == NULL && utf8_check(s, len) == len;

	for (size_t i = 0; i < len; i++)
		ok = ok && (unsigned char)s[i] >= ' ' && s[i] != 0x7f;
	if (!ok || utf8_count(s, len) > (size_t)conf->limits.email_chars) {
		fprintf(stderr, "ttsctl: that is not a valid e-mail address\n");
		return false;
	}
	return true;
}

static bool
is_name(const struct conf *conf, const char *s)
{
	size_t len = strlen(s), trimmed = len;
	const char *from = s;

	if (utf8_check(s, len) == len) {
		text_trim(&from, &trimmed);
		if (trimmed > 0 && utf8_count(s, len) <= (size_t)conf->limits.name_chars)
			return true;
	}
	fprintf(stderr, "ttsctl: a name must have 1 to %d characters\n", conf->limits.name_chars);
	return false;
}

static int
run_add(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user u = {.projects = 0};
	const char *name = o->name, *hash;
	enum rc rc;

	if (name == NULL) /* the part before the @ */
		name = pool_strndup(pool, o->who, strcspn(o->who, "@"));
	if (!is_email(ctl->conf, o->who) || !is_name(ctl->conf, name))
		return EX_DATAERR;
	hash = password_read(ctl->conf, pool, o->password_file);
	if (hash == NULL)
		return EX_DATAERR;
	rc = user_create(ctl->db, pool, name, o->who, hash, &u.user);
	if (rc == RC_OK && o->json)
		put_json(&u, false);
	else if (rc == RC_OK)
		printf("user %" PRIu64 " added\n", u.user.id);
	return ctl_status("add the user", rc);
}

static int
run_passwd(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user u;
	int status = ctl_user(ctl, pool, o->who, &u);
	const char *hash;

	if (status != EX_OK)
		return status;
	hash = password_read(ctl->conf, pool, o->password_file);
	if (hash == NULL)
		return EX_DATAERR;
	status = ctl_status("change the password", admin_user_password(ctl->db, u.user.id, hash));
	if (status == EX_OK && o->json)
		put_json(&u, false);
	else if (status == EX_OK)
		printf("user %" PRIu64 " has a new password; every login has ended\n", u.user.id);
	return status;
}

static int
set_disabled(const struct ctl *ctl, struct pool *pool, const struct options *o, bool disabled)
{
	struct admin_user u;
	int status = ctl_user(ctl, pool, o->who, &u);

	if (status != EX_OK)
		return status;
	status = ctl_status("change the user", admin_user_disable(ctl->db, u.user.id, disabled));
	u.disabled = disabled;
	if (status == EX_OK && o->json)
		put_json(&u, false);
	else if (status == EX_OK)
		printf("user %" PRIu64 " is %s\n", u.user.id,
		    disabled ? "disabled; every login has ended" : "enabled");
	return status;
}

/* At once for everybody who asks; the rows and the files are removed by tts-work. */
static int
run_delete(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user u;
	int status = ctl_user(ctl, pool, o->who, &u);

	if (status != EX_OK)
		return status;
	status = ctl_status("delete the user", account_delete(ctl->db, u.user.id));
	if (status != EX_OK)
		return status;
	kick_work(ctl->conf);
	if (o->json)
		put_json(&u, false);
	else
		printf("user %" PRIu64
		       " is deleted; every login has ended, and %s will be gone soon\n",
		    u.user.id, text_count(u.projects, "project", "projects"));
	return EX_OK;
}

static int
run_disable(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return set_disabled(ctl, pool, o, true);
}

static int
run_enable(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return set_disabled(ctl, pool, o, false);
}

/* Issue the token that a login would return, without the password: for scripts, and to see what
 * a user sees. */
static int
run_token(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	const struct conf *conf = ctl->conf;
	struct auth auth = {.expire_sec = conf->token.expire_sec};
	struct admin_user u;
	int status = ctl_user(ctl, pool, o->who, &u);
	int expires_in = 0;
	const char *token;

	if (status != EX_OK)
		return status;
	if (u.disabled) {
		log_error("user %" PRIu64 " is disabled", u.user.id);
		return EX_NOPERM;
	}
	auth.key = conf_secret(conf->secrets.token_key_file, CONF_KEY_MIN);
	token = auth_issue(pool, &auth, &(struct login){.user = u.user.id, .epoch = u.token_epoch},
	    time(NULL), &expires_in);
	if (token == NULL)
		return EX_SOFTWARE;
	if (o->json) {
		out_open(NULL, '{');
		out_string("access", token);
		out_string("token_type", "Bearer");
		out_uint("expires_in", (uint64_t)expires_in);
		out_close('}');
	} else {
		puts(token);
	}
	return EX_OK;
}

static bool
user_parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"name", required_argument, NULL, 'n'},
	    {"password-file", required_argument, NULL, 'f'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "jn:f:", longs, NULL)) != -1) {
		if (strchr(action->options, option) == NULL)
			return false;
		if (option == 'j')
			o->json = true;
		else if (option == 'n')
			o->name = optarg;
		else
			o->password_file = optarg;
	}
	if (action->who && optind < argc)
		o->who = argv[optind++];
	return optind == argc && action->who == (o->who != NULL);
}

int
cmd_user(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "j", false, run_list},
	    {"add", "jnf", true, run_add},
	    {"passwd", "jf", true, run_passwd},
	    {"disable", "j", true, run_disable},
	    {"enable", "j", true, run_enable},
	    {"delete", "j", true, run_delete},
	    {"token", "j", true, run_token},
	};
	const struct action *action = NULL;
	struct pool *pool;
	struct options o;
	struct ctl ctl;
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			action = &actions[i];
	if (action == NULL || !user_parse(argc - 1, argv + 1, action, &o))
		return ctl_usage("user");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
