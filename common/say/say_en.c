#include "say_lang.h"

/*
 * English. The engine reads these right, so they are left to it: plain and decimal numbers,
 * ordinals (1st), "&", "+" and "=". So is everything ambiguous.
 */

static const struct say_entry month[] = {{"January", "January"}, {"February", "February"},
    {"March", "March"}, {"April", "April"}, {"May", "May"}, {"June", "June"}, {"July", "July"},
    {"August", "August"}, {"September", "September"}, {"October", "October"},
    {"November", "November"}, {"December", "December"}, {"Jan.", "January"}, {"Feb.", "February"},
    {"Mar.", "March"}, {"Apr.", "April"}, {"Jun.", "June"}, {"Jul.", "July"}, {"Aug.", "August"},
    {"Sep.", "September"}, {"Sept.", "September"}, {"Oct.", "October"}, {"Nov.", "November"},
    {"Dec.", "December"}, {"Jan", "January"}, {"Feb", "February"}, {"Apr", "April"},
    {"Jun", "June"}, {"Jul", "July"}, {"Aug", "August"}, {"Sep", "September"},
    {"Sept", "September"}, {"Oct", "October"}, {"Nov", "November"}, {"Dec", "December"}};

static const struct say_entry ampm[] = {{"am", "a.m."}, {"a.m.", "a.m."}, {"AM", "a.m."},
    {"A.M.", "a.m."}, {"pm", "p.m."}, {"p.m.", "p.m."}, {"PM", "p.m."}, {"P.M.", "p.m."}};

static const struct say_entry money[] = {{"$", "dollar|dollars|cent|cents"},
    {"US$", "US dollar|US dollars|cent|cents"},
    {"A$", "Australian dollar|Australian dollars|cent|cents"},
    {"C$", "Canadian dollar|Canadian dollars|cent|cents"},
    {"HK$", "Hong Kong dollar|Hong Kong dollars|cent|cents"}, {"€", "euro|euros|cent|cents"},
    {"£", "pound|pounds|penny|pence"}, {"¥", "yen|yen"}, {"₩", "won|won"}, {"￦", "won|won"},
    {"₹", "rupee|rupees|paisa|paise"}};

static const struct say_entry code[] = {{"€", "euro|euros"}, {"USD", "US dollar|US dollars"},
    {"EUR", "euro|euros"}, {"GBP", "British pound|British pounds"}, {"JPY", "yen|yen"},
    {"KRW", "won|won"}, {"CHF", "Swiss franc|Swiss francs"}, {"₩", "won|won"}};

static const struct say_entry magnitude[] = {{"k", "thousand"}, {"K", "thousand"}, {"M", "million"},
    {"m", "million"}, {"B", "billion"}, {"bn", "billion"}, {"T", "trillion"},
    {"million", "million"}, {"billion", "billion"}, {"trillion", "trillion"},
    {"thousand", "thousand"}};

/* Units if a number precedes them. */
static const struct say_entry unit[] = {{"km/h", "kilometer per hour|kilometers per hour"},
    {"kph", "kilometer per hour|kilometers per hour"}, {"mph", "mile per hour|miles per hour"},
    {"m/s", "meter per second|meters per second"}, {"km", "kilometer|kilometers"},
    {"cm", "centimeter|centimeters"}, {"mm", "millimeter|millimeters"}, {"m", "meter|meters"},
    {"μm", "micrometer|micrometers"}, {"nm", "nanometer|nanometers"},
    {"km²", "square kilometer|square kilometers"}, {"m²", "square meter|square meters"},
    {"cm²", "square centimeter|square centimeters"}, {"m³", "cubic meter|cubic meters"},
    {"kg", "kilogram|kilograms"}, {"g", "gram|grams"}, {"mg", "milligram|milligrams"},
    {"lb", "pound|pounds"}, {"lbs", "pound|pounds"}, {"oz", "ounce|ounces"}, {"ft", "foot|feet"},
    {"sq ft", "square foot|square feet"}, {"yd", "yard|yards"}, {"mi", "mile|miles"},
    {"ml", "milliliter|milliliters"}, {"mL", "milliliter|milliliters"}, {"L", "liter|liters"},
    {"kB", "kilobyte|kilobytes"}, {"KB", "kilobyte|kilobytes"}, {"MB", "megabyte|megabytes"},
    {"GB", "gigabyte|gigabytes"}, {"TB", "terabyte|terabytes"},
    {"Mbps", "megabit per second|megabits per second"},
    {"Gbps", "gigabit per second|gigabits per second"}, {"Hz", "hertz|hertz"},
    {"kHz", "kilohertz|kilohertz"}, {"MHz", "megahertz|megahertz"}, {"GHz", "gigahertz|gigahertz"},
    {"W", "watt|watts"}, {"kW", "kilowatt|kilowatts"}, {"MW", "megawatt|megawatts"},
    {"kWh", "kilowatt hour|kilowatt hours"}, {"mAh", "milliamp hour|milliamp hours"},
    {"dB", "decibel|decibels"}, {"ms", "millisecond|milliseconds"}, {"sec", "second|seconds"},
    {"secs", "second|seconds"}, {"min", "minute|minutes"}, {"mins", "minute|minutes"},
    {"h", "hour|hours"}, {"hr", "hour|hours"}, {"hrs", "hour|hours"},
    {"kcal", "kilocalorie|kilocalories"}, {"px", "pixel|pixels"},
    {"fps", "frame per second|frames per second"},
    {"rpm", "revolution per minute|revolutions per minute"},
    {"bpm", "beat per minute|beats per minute"}, {"ppm", "part per million|parts per million"},
    {"°C", "degree Celsius|degrees Celsius"}, {"℃", "degree Celsius|degrees Celsius"},
    {"°F", "degree Fahrenheit|degrees Fahrenheit"}, {"℉", "degree Fahrenheit|degrees Fahrenheit"},
    {"°", "degree|degrees"}, {"%", "percent|percent"}, {"ha", "hectare|hectares"},
    {"kPa", "kilopascal|kilopascals"}, {"psi", "pound per square inch|pounds per square inch"}};

/* Units with a full stop that does not end the sentence. */
static const struct say_entry dotted[] = {{"lb.", "pound|pounds"}, {"lbs.", "pound|pounds"},
    {"oz.", "ounce|ounces"}, {"ft.", "foot|feet"}, {"yd.", "yard|yards"},
    {"min.", "minute|minutes"}, {"sec.", "second|seconds"}, {"hr.", "hour|hours"},
    {"hrs.", "hour|hours"}};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}, {"~", ""}, {" – ", ""}, {"−", ""}};

static const struct say_entry fraction[] = {{"1/2", "a half"}, {"1/3", "a third"},
    {"2/3", "two thirds"}, {"1/4", "a quarter"}, {"3/4", "three quarters"}, {"1/8", "one eighth"},
    {"3/8", "three eighths"}, {"5/8", "five eighths"}, {"7/8", "seven eighths"}, {"½", "a half"},
    {"⅓", "a third"}, {"⅔", "two thirds"}, {"¼", "a quarter"}, {"¾", "three quarters"},
    {"⅛", "one eighth"}, {"⅜", "three eighths"}, {"⅝", "five eighths"}, {"⅞", "seven eighths"}};

/* Words that precede a year. */
static const struct say_entry since[] = {{"in", "in"}, {"In", "In"}, {"since", "since"},
    {"Since", "Since"}, {"by", "by"}, {"By", "By"}, {"until", "until"}, {"Until", "Until"},
    {"of", "of"}, {"from", "from"}, {"From", "From"}, {"before", "before"}, {"after", "after"},
    {"year", "year"}, {"during", "during"}, {"spring", "spring"}, {"summer", "summer"},
    {"autumn", "autumn"}, {"fall", "fall"}, {"winter", "winter"}, {"early", "early"},
    {"late", "late"}, {"mid", "mid"}};

/* Names that precede a Roman number read as a cardinal. */
static const struct say_entry part[] = {{"Chapter", "Chapter"}, {"Part", "Part"}, {"Act", "Act"},
    {"Scene", "Scene"}, {"Volume", "Volume"}, {"Book", "Book"}, {"Section", "Section"},
    {"Article", "Article"}, {"Appendix", "Appendix"}, {"Phase", "Phase"}, {"Title", "Title"},
    {"World War", "World War"}, {"Episode", "Episode"}, {"Stage", "Stage"}, {"Type", "Type"},
    {"Super Bowl", "Super Bowl"}, {"chapter", "chapter"}, {"part", "part"}, {"volume", "volume"}};

/* Names that precede a Roman number read as an ordinal. */
static const struct say_entry king[] = {{"Henry", "Henry"}, {"Louis", "Louis"},
    {"Elizabeth", "Elizabeth"}, {"George", "George"}, {"Edward", "Edward"}, {"Charles", "Charles"},
    {"James", "James"}, {"Richard", "Richard"}, {"William", "William"}, {"John Paul", "John Paul"},
    {"Pius", "Pius"}, {"Benedict", "Benedict"}, {"Alexander", "Alexander"},
    {"Catherine", "Catherine"}, {"Philip", "Philip"}, {"Ferdinand", "Ferdinand"},
    {"Frederick", "Frederick"}, {"Wilhelm", "Wilhelm"}, {"Napoleon", "Napoleon"},
    {"Nicholas", "Nicholas"}, {"Peter", "Peter"}, {"Leo", "Leo"}, {"Gregory", "Gregory"},
    {"Innocent", "Innocent"}, {"Clement", "Clement"}, {"Ptolemy", "Ptolemy"},
    {"Ramesses", "Ramesses"}, {"Gustav", "Gustav"}, {"Francis", "Francis"}, {"Mary", "Mary"}};

/* Titles that precede a name. */
static const struct say_entry title[] = {{"Dr.", "Doctor"}, {"Mr.", "Mister"}, {"Mrs.", "Missus"},
    {"Ms.", "Miz"}, {"Prof.", "Professor"}, {"Gen.", "General"}, {"Col.", "Colonel"},
    {"Sgt.", "Sergeant"}, {"Capt.", "Captain"}, {"Lt.", "Lieutenant"}, {"Maj.", "Major"},
    {"Rev.", "Reverend"}, {"Gov.", "Governor"}, {"Sen.", "Senator"}, {"Hon.", "Honorable"},
    {"Mt.", "Mount"}, {"Ft.", "Fort"}};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"No.", "number"}, {"no.", "number"}, {"Nos.", "numbers"},
    {"nos.", "numbers"}, {"№", "number"}, {"#", "number"}, {"Nr.", "number"}, {"Vol.", "volume"},
    {"vol.", "volume"}, {"Ch.", "chapter"}, {"ch.", "chapter"}, {"Fig.", "figure"},
    {"fig.", "figure"}, {"p.", "page"}, {"pp.", "pages"}, {"P.", "page"}, {"Sec.", "section"},
    {"Art.", "article"}, {"§", "section"}, {"Eq.", "equation"}, {"ca.", "circa"}, {"c.", "circa"},
    {"approx.", "approximately"}, {"Approx.", "approximately"}, {"Rm.", "room"},
    {"Apt.", "apartment"}, {"ext.", "extension"}, {"Ext.", "extension"}};

static const struct say_entry word[] = {{"e.g.", "for example"}, {"i.e.", "that is"},
    {"vs.", "versus"}, {"vs", "versus"}, {"a.k.a.", "also known as"}, {"approx.", "approximately"},
    {"w/o", "without"}, {"c/o", "care of"}, {"and/or", "and or"}, {"Ph.D.", "P H D"},
    {"24/7", "24 7"}, {"9/11", "9 11"}, {"a.m.", "a.m."}, {"p.m.", "p.m."}};

/* Abbreviations whose full stop may also end the sentence. */
static const struct say_entry short_[] = {{"etc.", "et cetera"}, {"Jr.", "Junior"},
    {"Sr.", "Senior"}, {"Inc.", "Incorporated"}, {"Ltd.", "Limited"}, {"Corp.", "Corporation"},
    {"et al.", "et al"}};

static const struct say_entry sign[] = {{"×", "times"}, {"÷", "divided by"}, {"±", "plus or minus"},
    {"≤", "less than or equal to"}, {"≥", "greater than or equal to"}, {"≠", "not equal to"},
    {"≈", "approximately equal to"}, {"→", "to"}, {"√", "the square root of"}, {"*", "times"},
    {"<", "less than"}, {">", "greater than"}};

static const struct say_rule rules[] = {
    {"<email>", "{1u}"},
    {"<url>", "{1u}"},
    /* Dates. 03/04/2026 is ambiguous, so it is left alone. */
    {"<1000-2999>-<01-12>-<01-31>", "{2m} {3o}, {1y}"},
    {"<1000-2999>/<1-12>/<1-31>", "{2m} {3o}, {1y}"},
    {"<1-12>/<13-31>/<1000-2999>", "{1m} {2o}, {3y}"},
    {"<13-31>/<1-12>/<1000-2999>", "the {1o} of {2m}, {3y}"},
    {"<13-31>.<1-12>.<1000-2999>", "the {1o} of {2m}, {3y}"},
    {"<1-31> <month> <1000-2999>", "{1o} of {2}, {3y}"},
    {"<1-31> <month>", "{1o} of {2}"},
    {"<month> <1-31><dash><1-31>, <1000-2999>", "{1} {2o} to {4o}, {5y}"},
    {"<month> <1-31><dash><1-31>", "{1} {2o} to {4o}"},
    {"<month> <1-31>,_<1000-2999>", "{1} {2o}, {3y}"},
    {"<month> <1-31>", "{1} {2o}"},
    {"<month> <1000-2999>", "{1} {2y}"},
    /* Times. */
    {"<1-12>:<00-59>_<ampm>_<dash>_<1-12>:<00-59>_<ampm>", "{1i} {2z} {3} to {5i} {6z} {7}"},
    {"<1-12>:<00-59>_<ampm>_<dash>_<1-12>_<ampm>", "{1i} {2z} {3} to {5i} {6}"},
    {"<1-12>_<ampm>_<dash>_<1-12>_<ampm>", "{1i} {2} to {4i} {5}"},
    {"<1-12>:00_<ampm>", "{1i} {2}"},
    {"<0-23>:<00-59>_<ampm>", "{1i} {2z} {3}"},
    {"<1-12>_<ampm>", "{1i} {2}"},
    {"<1-24>:00", "{1i} o'clock"},
    {"<0-23>:<00-59>", "{1i} {2z}"},
    /* Telephone numbers. */
    {"+<1-999>-<0-999>-<000-9999>-<0000-9999>", "plus {1s}, {2s}, {3s}, {4s}"},
    {"+<1-999> <0-999>-<000-9999>-<0000-9999>", "plus {1s}, {2s}, {3s}, {4s}"},
    {"+<1-999> (<000-999>) <000-999>-<0000-9999>", "plus {1s}, {2s}, {3s}, {4s}"},
    {"(<000-999>) <000-999>-<0000-9999>", "{1s}, {2s}, {3s}"},
    {"<00-999>-<000-9999>-<0000-9999>", "{1s}, {2s}, {3s}"},
    {"<0-255>.<0-255>.<0-255>.<0-255>", "{1} dot {2} dot {3} dot {4}"},
    {"version v<ver>", "version {1}"},
    {"Version v<ver>", "Version {1}"},
    {"v<ver>", "version {1}"},
    {"V<dec>", "version {1}"},
    /* Money. */
    {"-<money><n>.<01-99>", "minus {2} {1p2} and {1q3}"},
    {"-<money>_<f>", "minus {2} {1p2}"},
    {"<money>_<f><dash><f>_<magnitude>", "{2} to {4} {5} {1p}"},
    {"<money>_<f>_<magnitude>", "{2} {3} {1p}"},
    {"<money>0.<01-99>", "{1q2}"},
    {"<money>_<n>.00", "{2} {1p2}"},
    {"<money>_<n>.<01-99>", "{2} {1p2} and {1q3}"},
    {"<money>_<n><dash><money><n>", "{2} to {5} {4p5}"},
    {"<money>_<n><dash><n>", "{2} to {4} {1p4}"},
    {"<money>_<f>", "{2} {1p2}"},
    {"<f>_<code>", "{1} {2p1}"},
    /* Fractions, measures, ranges. */
    {"<1-999> <fraction>_<unit>", "{1} and {2} {3p}"},
    {"<1-999>_<fraction>", "{1} and {2}"},
    {"<fraction>", "{1}"},
    {"<word>", "{1}"},
    {"<f>_<dash>_<f>_<unit>", "{1} to {3} {4p}"},
    {"-<f>_<unit>", "minus {1} {2p1}"},
    {"−<f>_<unit>", "minus {1} {2p1}"},
    {"<f>-<unit>", "{1} {2r}"},
    {"<f>_<dotted> <=w>", "{1} {2p1} "},
    {"<f>_<unit>", "{1} {2p1}"},
    {"<1-1>-<000-999>-<=A>", NULL},  /* a telephone number with letters */
    {"<000-999>-<0000-9999>", NULL}, /* a telephone number or a range */
    {"<1000-2999><dash><1000-2999>", "{1y} to {3y}"},
    {"<1000-2999>–<00-99>", "{1y} to {2z}"},
    {"<f><dash><f>", "{1} to {3}"},
    {"<f>_<sign>_<=9>", "{1} {2} "},
    {"<f>_x_<f>_x_<f>", "{1} by {2} by {3}"},
    {"<f>_x_<f>", "{1} by {2}"},
    {"<f>^<f>", "{1} to the power of {2}"},
    {"-<f>", "minus {1}"},
    {"−<f>", "minus {1}"},
    {"~_<f>", "about {1}"},
    /* Years. */
    {"<1000-2999>s", "{1D}"},
    {"<1000-2999>'s", "{1D}"},
    {"<1000-2999>’s", "{1D}"},
    {"'<10-90>s", "{1D}"},
    {"’<10-90>s", "{1D}"},
    {"<20-90>s", "{1D}"},
    {"<since> <2010-2099>", "{1} {2y}"},
    {"<1100-1999>", "{1y}"},
    /* Names and words. */
    {"<part> <roman>", "{1} {2R}"},
    {"<king> <roman>", "{1} the {2O}"},
    {"<number>_<n><dash><n>", "{1} {2} to {4}"},
    {"<number>_<n>", "{1} {2}"},
    {"Mr. and Mrs. <=A>", "Mister and Missus "},
    {"<title> <=A>", "{1} "},
    {"<short><=e>", "{1}."},
    {"<short>", "{1}"},
    {"St. <=A>", "Saint "},
    {"<cap> St.<=e>", "{1} Street."},
    {"#<=w>", "hashtag "},
    {"<=b><sign>_<=9>", "{1} "},
};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(month), TABLE(ampm), TABLE(money), TABLE(code),
    TABLE(magnitude), TABLE(unit), TABLE(dotted), TABLE(dash), TABLE(fraction), TABLE(since),
    TABLE(part), TABLE(king), TABLE(title), TABLE(number), TABLE(word),
    {"short", short_, SAY_COUNT(short_)}, TABLE(sign)};

const struct say_language say_en = {.tag = "en",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_en_readers,
    .readers_n = &say_en_readers_n};
