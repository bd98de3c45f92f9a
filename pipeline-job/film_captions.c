#include "film_captions.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* Not visible, and no line can be broken there: what follows a backslash is no command then. */
#define WORD_JOINER "\xe2\x81\xa0"

/* The fonts of Debian's fonts-noto-cjk, which have Latin letters too; for what they do not have,
 * others are found. */
static const struct {
	const char *language, *font;
} fonts[] = {
    {"ja", "Noto Sans CJK JP"},
    {"chinese", "Noto Sans CJK SC"},
    {"zh-tw", "Noto Sans CJK TC"},
    {"zh-hant", "Noto Sans CJK TC"},
    {"zh-hk", "Noto Sans CJK HK"},
    {"zh", "Noto Sans CJK SC"},
    {"cmn", "Noto Sans CJK SC"},
    {"yue", "Noto Sans CJK HK"},
};

static const char *
captions_font(const char *language)
{
	for (size_t i = 0; i < sizeof fonts / sizeof fonts[0]; i++)
		if (strncasecmp(language, fonts[i].language, strlen(fonts[i].language)) == 0)
			return fonts[i].font;
	return "Noto Sans CJK KR";
}

/* A time as "0:01:02.34", in centiseconds, which is all that the format has. */
static void
put_time(struct buf *out, uint64_t ms)
{
	uint64_t cs = (ms + 5) / 10;
	buf_addf(out, "%" PRIu64 ":%02d:%02d.%02d", cs / 360000, (int)(cs / 6000 % 60),
	    (int)(cs / 100 % 60), (int)(cs % 100));
}

static void
put_text(struct buf *out, const char *text)
{
	for (const char *s = text; *s != '\0'; s++)
		switch (*s) {
		case '{':
		case '}':
			buf_adds(out, "\\");
			buf_add(out, s, 1);
			break;
		case '\\':
			buf_adds(out, "\\" WORD_JOINER);
			break;
		default:
			/* A line of the script is one caption. */
			if ((unsigned char)*s < ' ')
				buf_adds(out, " ");
			else
				buf_add(out, s, 1);
		}
}

const char *
film_captions(
    struct pool *pool, const struct film_look *look, const struct stage_caption *captions, size_t n)
{
	struct buf out;
	bool vertical = look->height > look->width;
	int size = vertical ? look->width / 13 : look->height / 15;
	buf_init(&out, pool, 1024 + n * 128);
	buf_addf(&out,
	    "[Script Info]\n"
	    "ScriptType: v4.00+\n"
	    "PlayResX: %d\n"
	    "PlayResY: %d\n"
	    "WrapStyle: 0\n"
	    "ScaledBorderAndShadow: yes\n"
	    "\n"
	    "[V4+ Styles]\n"
	    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
	    "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
	    "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n"
	    /* White with a dark edge, below the middle. */
	    "Style: Line,%s,%d,&H00FFFFFF,&H00FFFFFF,&H00202020,&H80000000,-1,0,0,0,100,100,0,0,"
	    "1,%d,%d,2,%d,%d,%d,1\n"
	    "\n"
	    "[Events]\n"
	    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
	    look->width, look->height, captions_font(look->language), size, size / 14, size / 28,
	    look->width / 14, look->width / 14, look->height / (vertical ? 6 : 10));
	for (size_t i = 0; i < n; i++) {
		buf_adds(&out, "Dialogue: 0,");
		put_time(&out, captions[i].start_ms);
		buf_adds(&out, ",");
		put_time(&out, captions[i].end_ms);
		buf_adds(&out, ",Line,,0,0,0,,");
		put_text(&out, captions[i].text);
		buf_adds(&out, "\n");
	}
	return out.data;
}
