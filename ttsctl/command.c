#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ttsctl.h"

const struct command ctl_commands[] = {
    {"status", "[--json] [--interval seconds]", cmd_status},
    {"watch", "[--json] [--interval seconds] [--count n]", cmd_watch},
    {"retry", "[--json] audio-id | --project id | --all", cmd_retry},
    {"verify", "[--json] [--repair] [--project id]", cmd_verify},
    {"gc", "[--json] [--dry-run] [--verbose]", cmd_gc},
    {"user",
	"list [--json]\n"
	"add [--json] [--name name] [--password-file file] email\n"
	"passwd [--json] [--password-file file] email | id\n"
	"disable [--json] email | id\n"
	"enable [--json] email | id\n"
	"token [--json] email | id",
	cmd_user},
    {"config", "check [--json]\nshow [--json]", cmd_config},
    {"migrate", "[--json] [option of sql/migrate ...]", cmd_migrate},
    {"split", "[--json] [--lang tag] [--max n] file | -", cmd_split},
    {"say", "[--json] [--lang tag] file | -", cmd_say},
};
const unsigned ctl_commands_n = sizeof ctl_commands / sizeof *ctl_commands;

static void
put_usage(FILE *out, const char *name)
{
	const char *begin = "usage:";

	for (unsigned i = 0; i < ctl_commands_n; i++) {
		const struct command *c = &ctl_commands[i];

		if (name != NULL && strcmp(name, c->name) != 0)
			continue;
		for (const char *s = c->arguments; s != NULL;) {
			const char *end = strchr(s, '\n');
			int len = (int)(end != NULL ? (size_t)(end - s) : strlen(s));

			fprintf(out, "%-6s ttsctl [-c file] %s %.*s\n", begin, c->name, len, s);
			begin = "";
			s = end != NULL ? end + 1 : NULL;
		}
	}
}

int
ctl_usage(const char *name)
{
	put_usage(stderr, name);
	return EX_USAGE;
}

int
ctl_help(const char *name)
{
	put_usage(stdout, name);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

bool
ctl_help_wanted(int argc, char **argv)
{
	return argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0);
}
