#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/log.h"
#include "../common/base/version.h"
#include "out.h"
#include "ttsctl.h"

static const char *
default_conf_path(void)
{
	const char *path = secure_getenv("TTS_CONF");

	return path != NULL && path[0] != '\0' ? path : CONF_DEFAULT_PATH;
}

static int
run_command(const struct command *command, const char *conf_path, int argc, char **argv)
{
	const char *action;

	if (ctl_help_wanted(command, argc, argv, &action))
		return ctl_help(command->name, action);
	return command->run(conf_path, argc, argv);
}

int
main(int argc, char **argv)
{
	const char *conf_path = default_conf_path();
	static const struct option longs[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"local", no_argument, NULL, 'l'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	log_init("ttsctl", 6);
	while ((option = getopt_long(argc, argv, "+c:hV", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			conf_path = optarg;
			break;
		case 'l':
			text_use_local_time();
			break;
		case 'h':
			return ctl_help(NULL, NULL);
		case 'V':
			printf("ttsctl %s\n", TTS_VERSION);
			return EX_OK;
		default:
			return ctl_usage(NULL);
		}
	}
	argc -= optind;
	argv += optind;
	optind = 0; /* the command reads its own options */
	if (argc == 0)
		return ctl_usage(NULL);
	for (unsigned i = 0; i < ctl_commands_n; i++)
		if (strcmp(argv[0], ctl_commands[i].name) == 0)
			return run_command(&ctl_commands[i], conf_path, argc, argv);
	fprintf(stderr, "ttsctl: %s: no such command\n", argv[0]);
	return ctl_usage(NULL);
}
