#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../common/base/crypt.h"
#include "../common/base/log.h"
#include "../common/base/mem.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

/* Where "make install" puts the script, relative to the directory of this program. */
static const char *const script_paths[] = {"../share/tts-provider/sql/migrate", "../sql/migrate"};

static const char *
find_script(struct pool *pool)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

	if (len <= 0)
		return NULL;
	self[len] = '\0';
	*(strrchr(self, '/') + 1) = '\0';
	for (size_t i = 0; i < sizeof script_paths / sizeof *script_paths; i++) {
		const char *path = pool_printf(pool, "%s%s", self, script_paths[i]);

		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

/* Add a value to an option file of the database client. */
static void
add_quoted(struct buf *buf, const char *name, const char *value)
{
	buf_addf(buf, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_adds(buf, "\\");
		buf_add(buf, value, 1);
	}
	buf_adds(buf, "\"\n");
}

/* Write the options to connect with the migration account. */
static void
write_options(const struct conf *conf, struct buf *buf)
{
	const char *file = conf->databases.account[ACCOUNT_MIGRATION].password_file;

	buf_adds(buf, "[client]\n");
	if (conf->databases.socket[0] != '\0') {
		add_quoted(buf, "socket", conf->databases.socket);
	} else {
		add_quoted(buf, "host", conf->databases.host);
		buf_addf(buf, "port=%d\nprotocol=tcp\n", conf->databases.port);
	}
	if (conf->databases.tls_ca[0] != '\0') {
		add_quoted(buf, "ssl-ca", conf->databases.tls_ca);
		buf_adds(buf, "ssl-verify-server-cert\n");
	}
	add_quoted(buf, "user", conf->databases.account[ACCOUNT_MIGRATION].user);
	if (file[0] != '\0') {
		struct secret secret = conf_secret(file, 1);

		add_quoted(buf, "password", (const char *)secret.data);
		crypt_wipe(secret.data, secret.len);
	}
}

/* Put the options where the programs we start can read them and nobody else can: in a file
 * without a name. */
static int
open_options(const struct conf *conf)
{
	struct pool *pool = pool_new();
	struct buf buf;
	int fd = memfd_create("options", 0);
	bool ok;

	buf_init(&buf, pool,
	    16384); /* large enough not to grow, which would leave a copy of the secret behind */
	write_options(conf, &buf);
	ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, buf.data, buf.len) == (ssize_t)buf.len;
	if (!ok)
		log_error("cannot pass on the password: %s", strerror(errno));
	crypt_wipe(buf.data, buf.len);
	pool_free(pool);
	return ok ? fd : -1;
}

/* The arguments of the script. If the user gives options, those determine how to connect. */
static const char **
script_arguments(const struct conf *conf, struct pool *pool, int argc, char **argv, int *status)
{
	const char *script = find_script(pool);
	const char **args = pool_array(pool, (size_t)argc + 5, sizeof *args);
	size_t n = 0;
	int fd;

	if (script == NULL) {
		log_error("cannot find sql/migrate next to this program");
		*status = EX_UNAVAILABLE;
		return NULL;
	}
	args[n++] = script;
	if (argc == 1) {
		fd = open_options(conf);
		if (fd < 0) {
			*status = EX_OSERR;
			return NULL;
		}
		args[n++] = pool_printf(pool, "--defaults-file=/proc/self/fd/%d", fd);
	} else if (conf->databases.socket[0] != '\0') {
		args[n++] = pool_printf(pool, "--socket=%s", conf->databases.socket);
	}
	args[n++] = pool_printf(pool, "--database=%s", conf->databases.name);
	args[n++] = conf->databases.tls_ca[0] != '\0' ? "--require=ssl" : "--require=none";
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	args[n] = NULL;
	return args;
}

static int
run_script(const char **args)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv(args[0], (char *const *)(uintptr_t)args);
		log_error("cannot run %s: %s", args[0], strerror(errno));
		_exit(EX_OSERR);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		log_error("cannot run %s: %s", args[0], strerror(errno));
		return EX_OSERR;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* Report the database's schema version, for programs. */
static int
put_schema_json(struct ctl *ctl)
{
	enum rc rc;

	ctl->db = db_new(ctl->conf, ACCOUNT_MIGRATION);
	rc = db_ready(ctl->db);
	out_open(NULL, '{');
	out_bool("fits", rc == RC_OK);
	if (rc == RC_OK)
		out_uint("schema", (uint64_t)db_schema(ctl->db));
	else
		out_null("schema");
	out_close('}');
	return ctl_status("use the database", rc);
}

int
cmd_migrate(const char *conf_path, int argc, char **argv)
{
	struct pool *pool = pool_new();
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct ctl ctl;
	int status = ctl_configure(&ctl, conf_path);
	const char **args = NULL;

	if (json) {
		argc--;
		argv++;
	}
	if (status == EX_OK)
		args = script_arguments(ctl.conf, pool, argc, argv, &status);
	if (args != NULL)
		status = run_script(args);
	if (json && args != NULL && status == EX_OK)
		status = put_schema_json(&ctl);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
