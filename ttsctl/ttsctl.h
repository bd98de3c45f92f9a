#ifndef TTS_TTSCTL_H
#define TTS_TTSCTL_H

#include <stdbool.h>

#define CTL_WRONG 1 /* the command did its work and found something wrong */

/*
 * The commands, ttsctl(8). ARGV[0] is the command's own name. Each returns CTL_WRONG or an exit
 * status of sysexits.h. CONF_PATH is the configuration file; a command that needs it loads it
 * itself.
 */
struct command {
	const char *name;
	const char *arguments; /* one form a line */
	int (*run)(const char *conf_path, int argc, char **argv);
};

extern const struct command ctl_commands[];
extern const unsigned ctl_commands_n;

/* Say on standard error how a command is used, or (NULL) all of them. Returns EX_USAGE. */
int ctl_usage(const char *name);

/* The same on standard output, for who asked for it: EX_OK, or EX_IOERR. */
int ctl_help(const char *name);

/* Whether a command, argv[0], is only to say how it is used: -h or --help. */
bool ctl_help_wanted(int argc, char **argv);

int cmd_config(const char *conf_path, int argc, char **argv);
int cmd_gc(const char *conf_path, int argc, char **argv);
int cmd_migrate(const char *conf_path, int argc, char **argv);
int cmd_retry(const char *conf_path, int argc, char **argv);
int cmd_say(const char *conf_path, int argc, char **argv);
int cmd_split(const char *conf_path, int argc, char **argv);
int cmd_status(const char *conf_path, int argc, char **argv);
int cmd_user(const char *conf_path, int argc, char **argv);
int cmd_verify(const char *conf_path, int argc, char **argv);
int cmd_watch(const char *conf_path, int argc, char **argv);

#endif
