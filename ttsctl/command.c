#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ttsctl.h"

static const struct command_form status_forms[] = {
    {"", "[--json] [--interval seconds]",
	"show the state of the service, and what to do about problems"},
};
static const struct command_form watch_forms[] = {
    {"", "[--json] [--interval seconds] [--count n]", "show the same every few seconds"},
};
static const struct command_form retry_forms[] = {
    {"", "[--json] audio-id | --project id | --all", "queue failed sentences again"},
};
static const struct command_form rerender_forms[] = {
    {"",
	"[--json] [--preview] [--user email | id] [--project id] [--language tag]"
	" [--older-than version]",
	"make sounds anew with the present version and settings"},
};
static const struct command_form verify_forms[] = {
    {"", "[--json] [--repair] [--project id]", "check every file against the database, and repair"},
};
static const struct command_form gc_forms[] = {
    {"", "[--json] [--dry-run] [--verbose]", "remove files that nothing refers to any more"},
};
static const struct command_form user_forms[] = {
    {"list", "[--json]", "list all users and what they have"},
    {"add", "[--json] [--name name] [--password-file file] email", "add a user"},
    {"passwd", "[--json] [--password-file file] email | id",
	"set a new password for a user, and end all logins"},
    {"disable", "[--json] email | id", "end all logins of a user, and refuse new ones"},
    {"enable", "[--json] email | id", "allow logins of a user again"},
    {"delete", "[--json] email | id", "delete a user with all projects, for ever"},
    {"token", "[--json] email | id", "print a token like that of a login of the user"},
};
static const struct command_form project_forms[] = {
    {"list", "[--json] [--user email | id]", "list all projects, or those of a user"},
    {"show", "[--json] id", "show one project"},
    {"delete", "[--json] id", "delete a project, for ever"},
};
static const struct command_form webhook_forms[] = {
    {"list", "[--json]", "list the webhooks of all users"},
    {"show", "[--json] id", "show one webhook, and what was sent there last"},
    {"enable", "[--json] id", "send events there again"},
    {"disable", "[--json] id", "send nothing there"},
    {"redeliver", "[--json] id event", "send one event there again"},
};
static const struct command_form work_forms[] = {
    {"list", "[--json] [--all]", "list the work that is not finished or has failed, or all of it"},
    {"show", "[--json] id", "show one piece of work, and when it was begun"},
    {"retry", "[--json] id | --all", "have failed work tried again"},
    {"cancel", "[--json] id", "cancel what need not be done"},
};
static const struct command_form pipeline_forms[] = {
    {"list", "[--json] [--all] [--stage stage] [--state state] [--class class] [--user email | id]",
	"list the pipelines that are not finished or have failed, or all of them"},
    {"show", "[--json] task-id | id", "show one pipeline, its runs and what was tried"},
    {"retry", "[--json] task-id | id lyric | song | video", "do one stage again"},
    {"resume", "[--json] task-id | id", "go on with the first stage that is not completed"},
    {"pause", "[--json] [--reason text] task-id | id", "begin nothing new for it"},
    {"unpause", "[--json] task-id | id", "go on with it"},
    {"cancel", "[--json] task-id | id", "end it"},
};
static const struct command_form dead_forms[] = {
    {"list", "[--json] [--stage stage] [--class class] [--user email | id]",
	"list the stages that failed for good"},
    {"show", "[--json] id", "show one of them, and what was tried"},
    {"retry", "[--json] id | [--yes] --all | --stage stage | --class class | --user email | id",
	"do one of them again, or all that fit"},
    {"drop", "[--json] id | [--yes] --all | --stage stage | --class class | --user email | id",
	"look at one of them no more, or at all that fit"},
};
static const struct command_form stage_forms[] = {
    {"list", "[--json]", "list the stages of pipelines, and how much waits in each"},
    {"pause", "[--json] [--reason text] stage", "claim nothing more of a stage"},
    {"resume", "[--json] stage", "go on with it"},
};
static const struct command_form engine_forms[] = {
    {"list", "[--json]", "list the engines of the stages, their calls and what holds them"},
    {"hold", "[--json] [--reason text] engine seconds", "do not ask an engine for a time"},
    {"release", "[--json] engine", "ask it again at once"},
    {"disable", "[--json] [--reason text] engine", "do not ask it until it is enabled"},
    {"enable", "[--json] engine", "ask it again"},
};
static const struct command_form doctor_forms[] = {
    {"", "[--json]", "answer why pipelines do not go on"},
};
static const struct command_form event_forms[] = {
    {"tail", "[--json] [--follow] [--user email | id [--after n]]",
	"show the last events, and those to come"},
};
static const struct command_form device_forms[] = {
    {"list", "[--json]", "list the devices of all users"},
};
static const struct command_form tier_forms[] = {
    {"list", "[--json] [--dry-run]", "show the levels of storage and what is on them"},
    {"pending", "[--json] [--number n]", "show what the next run would move, and why"},
    {"top", "[--json] [--number n] [--level level]", "list the files that are fetched most"},
    {"failed", "[--json] [--number n]", "list the files that could not be moved"},
    {"show", "[--json] name | audio-id", "show where one file is, its count and its moves"},
    {"history", "[--json] [--number n] [--project id | name | audio-id]", "list the last moves"},
    {"pins", "[--json]", "list the projects that are pinned to a level"},
    {"pin", "[--json] project level", "keep the files of a project on one level"},
    {"unpin", "[--json] project", "let them move again"},
    {"retry", "[--json]", "have moves that failed tried again at once"},
};
static const struct command_form config_forms[] = {
    {"check", "[--json]", "check the configuration, the secrets and the directories"},
    {"show", "[--json]", "show each key with its effective value"},
};
static const struct command_form migrate_forms[] = {
    {"", "[--json] [option of sql/migrate ...]", "bring the schema of the database up to date"},
};
static const struct command_form split_forms[] = {
    {"", "[--json] [--lang tag] [--max n] file | -", "show how a text is split into sentences"},
};
static const struct command_form say_forms[] = {
    {"", "[--json] [--lang tag] file | -", "show the text that the speech engine gets"},
};

#define SUMMARY_COLUMN 21
#define FORMS(forms) forms, sizeof forms / sizeof *forms
const struct command ctl_commands[] = {
    {"status", FORMS(status_forms), cmd_status},
    {"watch", FORMS(watch_forms), cmd_watch},
    {"retry", FORMS(retry_forms), cmd_retry},
    {"rerender", FORMS(rerender_forms), cmd_rerender},
    {"verify", FORMS(verify_forms), cmd_verify},
    {"gc", FORMS(gc_forms), cmd_gc},
    {"user", FORMS(user_forms), cmd_user},
    {"project", FORMS(project_forms), cmd_project},
    {"work", FORMS(work_forms), cmd_work},
    {"pipeline", FORMS(pipeline_forms), cmd_pipeline},
    {"dead", FORMS(dead_forms), cmd_dead},
    {"stage", FORMS(stage_forms), cmd_stage},
    {"engine", FORMS(engine_forms), cmd_engine},
    {"doctor", FORMS(doctor_forms), cmd_doctor},
    {"event", FORMS(event_forms), cmd_event},
    {"webhook", FORMS(webhook_forms), cmd_webhook},
    {"device", FORMS(device_forms), cmd_device},
    {"tier", FORMS(tier_forms), cmd_tier},
    {"config", FORMS(config_forms), cmd_config},
    {"migrate", FORMS(migrate_forms), cmd_migrate},
    {"split", FORMS(split_forms), cmd_split},
    {"say", FORMS(say_forms), cmd_say},
};
const unsigned ctl_commands_n = sizeof ctl_commands / sizeof *ctl_commands;

static bool
is_selected(const char *wanted, const char *name)
{
	return wanted == NULL || strcmp(wanted, name) == 0;
}

static void
put_usage(FILE *out, const char *name, const char *action)
{
	const char *begin = "usage:";

	for (unsigned i = 0; i < ctl_commands_n; i++) {
		const struct command *c = &ctl_commands[i];

		for (unsigned k = 0; k < c->forms_n && is_selected(name, c->name); k++) {
			const struct command_form *form = &c->forms[k];

			if (!is_selected(action, form->action))
				continue;
			fprintf(out, "%-6s ttsctl [-c file] %s%s%s %s\n", begin, c->name,
			    form->action[0] != '\0' ? " " : "", form->action, form->arguments);
			begin = "";
		}
	}
}

static void
put_summaries(const char *name, const char *action)
{
	for (unsigned i = 0; i < ctl_commands_n; i++) {
		const struct command *c = &ctl_commands[i];

		for (unsigned k = 0; k < c->forms_n && is_selected(name, c->name); k++) {
			const struct command_form *form = &c->forms[k];
			int width = SUMMARY_COLUMN - (int)strlen(c->name) - 3;

			if (is_selected(action, form->action))
				printf(
				    "  %s %-*s%s\n", c->name, width, form->action, form->summary);
		}
	}
}

int
ctl_usage(const char *name)
{
	put_usage(stderr, name, NULL);
	return EX_USAGE;
}

int
ctl_help(const char *name, const char *action)
{
	if (name != NULL)
		put_usage(stdout, name, action);
	else
		puts("usage: ttsctl [-c file] [--local] command [argument ...]");
	putchar('\n');
	put_summaries(name, action);
	if (name == NULL)
		puts(
		    "\n\"ttsctl command --help\" shows the arguments of a command; the manual page "
		    "is ttsctl(8).");
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static bool
asks_for_help(const char *argument)
{
	return strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0;
}

bool
ctl_help_wanted(const struct command *command, int argc, char **argv, const char **action)
{
	*action = NULL;
	if (argc == 2)
		return asks_for_help(argv[1]);
	if (argc == 3 && asks_for_help(argv[2]))
		for (unsigned i = 0; i < command->forms_n && *action == NULL; i++)
			if (strcmp(argv[1], command->forms[i].action) == 0)
				*action = command->forms[i].action;
	return *action != NULL;
}
