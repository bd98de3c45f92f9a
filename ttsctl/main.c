#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/log.h"
#include "../common/base/version.h"
#include "ttsctl.h"

int
main(int argc, char **argv)
{
	const char *conf_path = CONF_DEFAULT_PATH;
	static const struct option longs[] = {
	    {"help", no_argument, NULL, 'h'},
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
		case 'h':
			return ctl_help(NULL);
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
			return ctl_help_wanted(argc, argv)
				   ? ctl_help(argv[0])
				   : ctl_commands[i].run(conf_path, argc, argv);
	fprintf(stderr, "ttsctl: %s: no such command\n", argv[0]);
	return ctl_usage(NULL);
}
