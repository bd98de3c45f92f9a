/*
 * The peer of "ttsctl split": prints the sentences that ICU finds with its own rules (UAX #29), one
 * per line.
 *
 *     icu_split LOCALE < TEXT
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

/* Read all of standard input, which is a file. */
static char *
slurp(size_t *len)
{
	struct stat st;
	char *text = fstat(STDIN_FILENO, &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;

	*len = text != NULL ? fread(text, 1, (size_t)st.st_size, stdin) : 0;
	return text;
}

int
main(int argc, char **argv)
{
	UErrorCode status = U_ZERO_ERROR;
	size_t len;
	char *text = slurp(&len);

	if (argc != 2 || text == NULL)
		return EX_USAGE;
	UText *utext = utext_openUTF8(NULL, text, (int64_t)len, &status);
	UBreakIterator *it = ubrk_open(UBRK_SENTENCE, argv[1], NULL, 0, &status);
	ubrk_setUText(it, utext, &status);
	if (U_FAILURE(status))
		return EX_SOFTWARE;
	for (int32_t from = ubrk_first(it), to; (to = ubrk_next(it)) != UBRK_DONE; from = to) {
		fwrite(text + from, 1, (size_t)(to - from), stdout);
		putchar('\n');
	}
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}
