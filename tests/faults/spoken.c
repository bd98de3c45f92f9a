/* Print the ids that a lock file lists as being spoken: spoken FILE */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "../../common/base/log.h"
#include "../../common/work/lock.h"

#define MAX 1024

int
main(int argc, char *argv[])
{
	uint64_t ids[MAX];
	struct speaking *speaking;
	size_t n;

	log_init("spoken", 6);
	if (argc != 2)
		fatal(EX_USAGE, "usage: spoken lock-file");
	speaking = speaking_open(argv[1], 0, 1);
	if (speaking == NULL)
		return EX_NOINPUT;
	n = speaking_left(speaking, ids, MAX);
	for (size_t i = 0; i < n; i++)
		printf("%" PRIu64 "\n", ids[i]);
	return EX_OK;
}
