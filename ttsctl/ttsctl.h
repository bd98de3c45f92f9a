#ifndef TTS_TTSCTL_H
#define TTS_TTSCTL_H

#include <stdbool.h>

#define CTL_WRONG 1 /* the command completed and found a problem */

/*
 * The commands, ttsctl(8). ARGV[0] is the name of the command. Each returns CTL_WRONG or an exit
 * status of sysexits.h. CONF_PATH is the configuration file; a command that needs it loads it
 * itself.
 */
struct command {
	const char *name;
	const struct command_form *forms; /* the ways to call it */
	unsigned forms_n;
	int (*run)(const char *conf_path, int argc, char **argv);
};

/* One way to call a command. */
struct command_form {
	const char *action; /* its first argument, "list"; "" where the command has no actions */
	const char *arguments, *summary;
};

extern const struct command ctl_commands[];
extern const unsigned ctl_commands_n;

/* Write the usage of a command, or of all (NAME is NULL), to standard error. Returns EX_USAGE. */
int ctl_usage(const char *name);

/*
 * Answer a request for help on standard output: one line for each command (NAME is NULL), or how
 * one is used and what it does; ACTION, if not NULL, limits that to one action. EX_OK, or EX_IOERR.
 */
int ctl_help(const char *name, const char *action);

/*
 * Tell whether the arguments only ask for help: "gc --help", "user --help" or "user add --help".
 * *ACTION is the action that was named, or NULL.
 */
bool ctl_help_wanted(const struct command *command, int argc, char **argv, const char **action);

int cmd_config(const char *conf_path, int argc, char **argv);
int cmd_event(const char *conf_path, int argc, char **argv);
int cmd_gc(const char *conf_path, int argc, char **argv);
int cmd_migrate(const char *conf_path, int argc, char **argv);
int cmd_project(const char *conf_path, int argc, char **argv);
int cmd_retry(const char *conf_path, int argc, char **argv);
int cmd_rerender(const char *conf_path, int argc, char **argv);
int cmd_say(const char *conf_path, int argc, char **argv);
int cmd_split(const char *conf_path, int argc, char **argv);
int cmd_status(const char *conf_path, int argc, char **argv);
int cmd_user(const char *conf_path, int argc, char **argv);
int cmd_verify(const char *conf_path, int argc, char **argv);
int cmd_watch(const char *conf_path, int argc, char **argv);
int cmd_webhook(const char *conf_path, int argc, char **argv);
int cmd_device(const char *conf_path, int argc, char **argv);
int cmd_dead(const char *conf_path, int argc, char **argv);
int cmd_doctor(const char *conf_path, int argc, char **argv);
int cmd_engine(const char *conf_path, int argc, char **argv);
int cmd_pipeline(const char *conf_path, int argc, char **argv);
int cmd_stage(const char *conf_path, int argc, char **argv);
int cmd_tier(const char *conf_path, int argc, char **argv);
int cmd_work(const char *conf_path, int argc, char **argv);

#endif
