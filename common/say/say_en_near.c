#include "say_lang.h"

#include <string.h>

#include "../text/text_uni.h"

#define WORD_MAX 32

/* Words in s that are not what is counted; verbs that often follow a year are among them. */
static const char *const not_plural[] = {"was", "has", "is", "as", "his", "its", "this", "us",
    "yes", "does", "goes", "perhaps", "always", "sometimes", "across", "versus", "plus", "less",
    "unless", "thus", "towards", "afterwards", "besides", "whereas", "ours", "theirs", "hers",
    "yours", "says", "series", "news", "census", "class", "gross", "minus", "seems", "becomes",
    "remains", "marks", "sees", "makes", "brings", "means", "comes", "takes", "these", "those",
    "it's", "that's", "there's", "let's", "he's", "she's"};

/* Words that are counted and have no s at the end. */
static const char *const counted[] = {"people", "men", "women", "children", "feet", "sheep", "fish",
    "cattle", "dozen", "percent", "per", "troops", "pence", "yen", "won", "yuan", "million",
    "billion", "thousand", "hundred", "hertz", "horsepower", "aircraft", "deer", "mice", "teeth",
    "degrees", "square", "cubic", "personnel", "police", "staff", "kg", "km", "lb", "lbs", "ft",
    "mm", "cm", "ml", "mg", "miles", "species", "crew"};

/* Words between a number and what is counted. */
static const char *const described[] = {"more", "other", "new", "young", "old", "different",
    "small", "large", "big", "little", "good", "bad", "dead", "wounded", "long", "short",
    "nautical", "light", "metric", "human", "full", "average", "additional", "single", "such",
    "odd", "armed", "unique", "active", "online", "registered", "known", "local", "foreign",
    "individual", "US", "American", "British", "French", "German", "Russian", "Chinese",
    "Japanese"};

/* Words with a capital, before a number, that are not its name: "A 5-7 year plan". */
static const char *const opening[] = {"A", "An", "The", "In", "On", "At", "By", "For", "From", "To",
    "Of", "With", "Between", "About", "Around", "Over", "Under", "Only", "Just", "Nearly", "Almost",
    "Some", "Any", "Every", "Each", "After", "Before", "During", "Until", "Since", "Up", "And",
    "Or", "But", "If", "When", "Is", "Are", "Was", "Were", "Take", "Add", "Use", "Wait", "Allow",
    "Bake", "Cook", "Ages", "Aged", "Age", "Pages", "Chapters", "Verses", "Lines", "Years", "Days",
    "Weeks", "Steps", "Rows", "Grades", "Ratio", "I", "We", "You", "They", "It", "He", "She",
    "That", "This", "These", "Those", "My", "Our", "Your", "Their", "His", "Her", "Approximately",
    "Roughly", "Bring", "Get", "Buy", "Eat", "Drink", "Sleep", "Need", "Serves", "Makes", "Born",
    "Reign", "Reigned", "Mix", "Drops", "Within", "Like", "Maybe", "Then", "So", "Not", "Scale",
    "Odds", "Score", "Scores", "Choose", "Pick", "Keep", "Repeat", "Do", "Open"};

static bool
is_letter(char c)
{
	return ((unsigned char)c | 0x20) >= 'a' && ((unsigned char)c | 0x20) <= 'z';
}

/* The length of the letters and apostrophes at S[AT]. */
static size_t
word_length(const struct say_text *t, size_t at)
{
	size_t n = 0;

	while (
	    at + n < t->len && n <= WORD_MAX && (is_letter(t->s[at + n]) || t->s[at + n] == '\''))
		n++;
	return n;
}

static bool
is_one_of(const char *s, size_t len, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && memcmp(words[i], s, len) == 0)
			return true;
	return false;
}

/* Whether the word of LEN bytes at S is counted: "yards", "people". */
static bool
is_counted_word(const char *s, size_t len)
{
	if (is_one_of(s, len, counted, SAY_COUNT(counted)))
		return true;
	if (len < 3 || s[0] < 'a' || s[0] > 'z' || s[len - 1] != 's' || s[len - 2] == '\'')
		return false;
	if (s[len - 2] == 's' || s[len - 2] == 'u' || s[len - 2] == 'i')
		return false;
	return !is_one_of(s, len, not_plural, SAY_COUNT(not_plural));
}

/* "1984 people", "1760 square yards" */
static bool
before_counted(const struct say_text *t, size_t at)
{
	size_t word = say_next_word(t, at), len = word_length(t, word);

	if (word == at || len == 0)
		return false;
	if (is_counted_word(t->s + word, len))
		return true;
	if (!is_one_of(t->s + word, len, described, SAY_COUNT(described)))
		return false;
	word = say_next_word(t, word + len);
	return is_counted_word(t->s + word, word_length(t, word));
}

/* A full stop and a letter: "5 m.p.h." */
static bool
before_spelled(const struct say_text *t, size_t at)
{
	return at + 1 < t->len && t->s[at] == '.' && is_letter(t->s[at + 1]);
}

/* The rest of the number of a section: "I.4.2". */
static bool
before_subsection(const struct say_text *t, size_t at)
{
	return at + 1 < t->len && (t->s[at] == '.' || t->s[at] == '-') &&
	       cls_word(uni_cls(utf8_at(t->s, t->len, at + 1)));
}

/* The beginning of the word that ends before T->s[END]. */
static size_t
word_begin(const struct say_text *t, size_t end)
{
	size_t from = end;

	while (from > 0 && end - from <= WORD_MAX && is_letter(t->s[from - 1]))
		from--;
	return from;
}

/* A word that gives what follows its name: "Boeing 737-800", "Case 22-506". */
static bool
after_name(const struct say_text *t, size_t at)
{
	size_t end = say_last_word(t, at), from = word_begin(t, end);

	if (end == at || from == end || t->s[from] < 'A' || t->s[from] > 'Z')
		return false;
	return !is_one_of(t->s + from, end - from, opening, SAY_COUNT(opening));
}

const struct say_near say_en_nears[] = {{"counted", before_counted}, {"spelled", before_spelled},
    {"subsection", before_subsection}, {"name", after_name}};
const size_t say_en_nears_n = SAY_COUNT(say_en_nears);
