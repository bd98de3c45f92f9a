#include "say_lang.h"

/* The words of English that its rules refer to. */

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
    {"kPa", "kilopascal|kilopascals"}, {"psi", "pound per square inch|pounds per square inch"},
    {"µm", "micrometer|micrometers"}, {"μg", "microgram|micrograms"},
    {"µg", "microgram|micrograms"}, {"mcg", "microgram|micrograms"},
    {"μs", "microsecond|microseconds"}, {"µs", "microsecond|microseconds"},
    {"μL", "microliter|microliters"}, {"µL", "microliter|microliters"},
    {"ns", "nanosecond|nanoseconds"}, {"tsp", "teaspoon|teaspoons"},
    {"tbsp", "tablespoon|tablespoons"}, {"Tbsp", "tablespoon|tablespoons"}, {"qt", "quart|quarts"},
    {"gal", "gallon|gallons"}, {"Ω", "ohm|ohms"}, {"Ω", "ohm|ohms"}, {"kΩ", "kilohm|kilohms"},
    {"MΩ", "megohm|megohms"}, {"V", "volt|volts"}, {"kV", "kilovolt|kilovolts"},
    {"mV", "millivolt|millivolts"}, {"mA", "milliamp|milliamps"}, {"kJ", "kilojoule|kilojoules"},
    {"MPa", "megapascal|megapascals"}, {"hPa", "hectopascal|hectopascals"},
    {"km/s", "kilometer per second|kilometers per second"},
    {"ft/s", "foot per second|feet per second"},
    {"m/s²", "meter per second squared|meters per second squared"},
    {"kg/m³", "kilogram per cubic meter|kilograms per cubic meter"},
    {"g/L", "gram per liter|grams per liter"}, {"mg/L", "milligram per liter|milligrams per liter"},
    {"mg/dL", "milligram per deciliter|milligrams per deciliter"},
    {"MB/s", "megabyte per second|megabytes per second"},
    {"GB/s", "gigabyte per second|gigabytes per second"},
    {"kbps", "kilobit per second|kilobits per second"},
    {"mm²", "square millimeter|square millimeters"}, {"ft²", "square foot|square feet"},
    {"in²", "square inch|square inches"}, {"cm³", "cubic centimeter|cubic centimeters"},
    {"km³", "cubic kilometer|cubic kilometers"}, {"ft³", "cubic foot|cubic feet"},
    {"sq mi", "square mile|square miles"}, {"yr", "year|years"}, {"yrs", "year|years"},
    {"hp", "horsepower|horsepower"}, {"mpg", "mile per gallon|miles per gallon"},
    {"GW", "gigawatt|gigawatts"}, {"MWh", "megawatt hour|megawatt hours"},
    {"GWh", "gigawatt hour|gigawatt hours"}};

/* Units with a full stop that does not end the sentence. */
static const struct say_entry dotted[] = {{"lb.", "pound|pounds"}, {"lbs.", "pound|pounds"},
    {"oz.", "ounce|ounces"}, {"ft.", "foot|feet"}, {"yd.", "yard|yards"},
    {"min.", "minute|minutes"}, {"sec.", "second|seconds"}, {"hr.", "hour|hours"},
    {"hrs.", "hour|hours"}, {"tsp.", "teaspoon|teaspoons"}, {"tbsp.", "tablespoon|tablespoons"},
    {"Tbsp.", "tablespoon|tablespoons"}, {"qt.", "quart|quarts"}, {"gal.", "gallon|gallons"},
    {"doz.", "dozen|dozen"}, {"mi.", "mile|miles"}, {"mins.", "minute|minutes"},
    {"secs.", "second|seconds"}, {"yrs.", "year|years"}, {"yr.", "year|years"},
    {"sq. ft.", "square foot|square feet"}, {"sq. mi.", "square mile|square miles"}};

static const struct say_entry dash[] = {
    {"-", ""}, {"--", ""}, {"–", ""}, {"~", ""}, {" – ", ""}, {"−", ""}};

static const struct say_entry fraction[] = {{"1/2", "a half"}, {"1/3", "a third"},
    {"2/3", "two thirds"}, {"1/4", "a quarter"}, {"3/4", "three quarters"}, {"1/8", "one eighth"},
    {"3/8", "three eighths"}, {"5/8", "five eighths"}, {"7/8", "seven eighths"}};

/* Words that precede a year. */
static const struct say_entry since[] = {{"in", "in"}, {"In", "In"}, {"since", "since"},
    {"Since", "Since"}, {"by", "by"}, {"By", "By"}, {"until", "until"}, {"Until", "Until"},
    {"of", "of"}, {"from", "from"}, {"From", "From"}, {"before", "before"}, {"after", "after"},
    {"year", "year"}, {"during", "during"}, {"spring", "spring"}, {"summer", "summer"},
    {"autumn", "autumn"}, {"fall", "fall"}, {"winter", "winter"}, {"early", "early"},
    {"late", "late"}, {"mid", "mid"}};

/* Titles that precede a name. */
static const struct say_entry title[] = {{"Dr.", "Doctor"}, {"Mr.", "Mister"}, {"Mrs.", "Missus"},
    {"Ms.", "Miz"}, {"Prof.", "Professor"}, {"Gen.", "General"}, {"Col.", "Colonel"},
    {"Sgt.", "Sergeant"}, {"Capt.", "Captain"}, {"Lt.", "Lieutenant"}, {"Maj.", "Major"},
    {"Rev.", "Reverend"}, {"Gov.", "Governor"}, {"Sen.", "Senator"}, {"Hon.", "Honorable"},
    {"Mt.", "Mount"}, {"Ft.", "Fort"}, {"Cpl.", "Corporal"}, {"Adm.", "Admiral"},
    {"Cmdr.", "Commander"}, {"Pvt.", "Private"}, {"Supt.", "Superintendent"},
    {"Messrs.", "Messers"}, {"Brig.", "Brigadier"}, {"Rep.", "Representative"},
    {"Pres.", "President"}, {"Insp.", "Inspector"}};

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

/* Names that precede a Roman number read as a cardinal. */
static const struct say_entry part[] = {{"Chapter", "Chapter"}, {"Part", "Part"}, {"Act", "Act"},
    {"Scene", "Scene"}, {"Volume", "Volume"}, {"Book", "Book"}, {"Section", "Section"},
    {"Article", "Article"}, {"Phase", "Phase"}, {"Title", "Title"}, {"World War", "World War"},
    {"Episode", "Episode"}, {"Stage", "Stage"}, {"Super Bowl", "Super Bowl"}, {"Canto", "Canto"},
    {"Lecture", "Lecture"}, {"Level", "Level"}, {"Grade", "Grade"}, {"CHAPTER", "CHAPTER"},
    {"PART", "PART"}, {"ACT", "ACT"}, {"SCENE", "SCENE"}, {"VOLUME", "VOLUME"}, {"BOOK", "BOOK"},
    {"SECTION", "SECTION"}, {"ARTICLE", "ARTICLE"}, {"PHASE", "PHASE"}, {"TITLE", "TITLE"},
    {"WORLD WAR", "WORLD WAR"}, {"EPISODE", "EPISODE"}, {"CANTO", "CANTO"}, {"chapter", "chapter"},
    {"part", "part"}, {"act", "act"}, {"scene", "scene"}, {"volume", "volume"}, {"book", "book"},
    {"section", "section"}, {"article", "article"}, {"phase", "phase"}, {"stage", "stage"},
    {"canto", "canto"}};

/* The same, but a letter may follow them too: only Roman numbers of two letters or more are sure.
 */
static const struct say_entry lettered[] = {{"Appendix", "Appendix"}, {"APPENDIX", "APPENDIX"},
    {"Type", "Type"}, {"TYPE", "TYPE"}, {"type", "type"}, {"Annex", "Annex"}, {"ANNEX", "ANNEX"},
    {"Schedule", "Schedule"}, {"Table", "Table"}, {"TABLE", "TABLE"}, {"Figure", "Figure"},
    {"Class", "Class"}, {"Group", "Group"}, {"Exhibit", "Exhibit"}, {"Paragraph", "Paragraph"},
    {"Category", "Category"}, {"Mark", "Mark"}, {"Chapters", "Chapters"}, {"Parts", "Parts"},
    {"Sections", "Sections"}, {"Books", "Books"}, {"Articles", "Articles"}, {"Volumes", "Volumes"},
    {"Acts", "Acts"}};

static const struct say_entry folio[] = {{"page", "page"}, {"pages", "pages"}, {"Page", "Page"},
    {"Pages", "Pages"}, {"p.", "page"}, {"pp.", "pages"}};

/* Names that precede a Roman number read as an ordinal. */
static const struct say_entry king[] = {{"Henry", "Henry"}, {"Louis", "Louis"},
    {"Elizabeth", "Elizabeth"}, {"George", "George"}, {"Edward", "Edward"}, {"Charles", "Charles"},
    {"James", "James"}, {"Richard", "Richard"}, {"William", "William"}, {"John Paul", "John Paul"},
    {"Pius", "Pius"}, {"Benedict", "Benedict"}, {"Alexander", "Alexander"},
    {"Catherine", "Catherine"}, {"Philip", "Philip"}, {"Ferdinand", "Ferdinand"},
    {"Frederick", "Frederick"}, {"Wilhelm", "Wilhelm"}, {"Napoleon", "Napoleon"},
    {"Nicholas", "Nicholas"}, {"Peter", "Peter"}, {"Leo", "Leo"}, {"Gregory", "Gregory"},
    {"Innocent", "Innocent"}, {"Clement", "Clement"}, {"Ptolemy", "Ptolemy"},
    {"Ramesses", "Ramesses"}, {"Gustav", "Gustav"}, {"Francis", "Francis"}, {"Mary", "Mary"},
    {"John", "John"}, {"Paul", "Paul"}, {"Urban", "Urban"}, {"Boniface", "Boniface"},
    {"Celestine", "Celestine"}, {"Honorius", "Honorius"}, {"Callixtus", "Callixtus"},
    {"Sixtus", "Sixtus"}, {"Adrian", "Adrian"}, {"Hadrian", "Hadrian"}, {"Martin", "Martin"},
    {"Julius", "Julius"}, {"Philippe", "Philippe"}, {"Friedrich", "Friedrich"}, {"Otto", "Otto"},
    {"Leopold", "Leopold"}, {"Baldwin", "Baldwin"}, {"Casimir", "Casimir"},
    {"Sigismund", "Sigismund"}, {"Karl", "Karl"}, {"Carl", "Carl"}, {"Christian", "Christian"},
    {"Haakon", "Haakon"}, {"Olaf", "Olaf"}, {"Harald", "Harald"}, {"Umberto", "Umberto"},
    {"Emmanuel", "Emmanuel"}, {"Alfonso", "Alfonso"}, {"Juan", "Juan"}, {"Felipe", "Felipe"},
    {"Pedro", "Pedro"}, {"Manuel", "Manuel"}, {"Constantine", "Constantine"},
    {"Justinian", "Justinian"}, {"Theodosius", "Theodosius"}, {"Basil", "Basil"},
    {"Michael", "Michael"}, {"Theodore", "Theodore"}, {"Artaxerxes", "Artaxerxes"},
    {"Xerxes", "Xerxes"}, {"Darius", "Darius"}, {"Cyrus", "Cyrus"}, {"Cleopatra", "Cleopatra"},
    {"Thutmose", "Thutmose"}, {"Seti", "Seti"}, {"Amenhotep", "Amenhotep"}, {"Ramses", "Ramses"},
    {"Rameses", "Rameses"}, {"Antiochus", "Antiochus"}, {"Seleucus", "Seleucus"},
    {"Mithridates", "Mithridates"}, {"Rama", "Rama"}, {"Robert", "Robert"}, {"Malcolm", "Malcolm"},
    {"David", "David"}, {"Kenneth", "Kenneth"}, {"Harold", "Harold"}, {"Stephen", "Stephen"},
    {"Eugene", "Eugene"}, {"Mehmed", "Mehmed"}, {"Murad", "Murad"}, {"Selim", "Selim"},
    {"Suleiman", "Suleiman"}, {"Hamid", "Hamid"}, {"Abdullah", "Abdullah"}, {"Hussein", "Hussein"},
    {"Mohammed", "Mohammed"}, {"Muhammad", "Muhammad"}, {"Anne", "Anne"}, {"Ivan", "Ivan"},
    {"Margrethe", "Margrethe"}, {"Rudolf", "Rudolf"}, {"Matthias", "Matthias"},
    {"Gustaf", "Gustaf"}, {"Adolf", "Adolf"}, {"Albert", "Albert"}, {"Rainier", "Rainier"},
    {"Afonso", "Afonso"}, {"Sancho", "Sancho"}, {"Bela", "Bela"}, {"Vladislav", "Vladislav"},
    {"Wenceslaus", "Wenceslaus"}, {"Shenouda", "Shenouda"}, {"Tawadros", "Tawadros"},
    {"Alexy", "Alexy"}, {"Bartholomew", "Bartholomew"}};

/* First names: a Roman number after the name of a family is an ordinal. */
static const struct say_entry given[] = {{"John", "John"}, {"James", "James"}, {"Robert", "Robert"},
    {"William", "William"}, {"George", "George"}, {"Henry", "Henry"}, {"Charles", "Charles"},
    {"Thomas", "Thomas"}, {"Edward", "Edward"}, {"Richard", "Richard"}, {"Joseph", "Joseph"},
    {"Samuel", "Samuel"}, {"David", "David"}, {"Walter", "Walter"}, {"Arthur", "Arthur"},
    {"Harry", "Harry"}, {"Frank", "Frank"}, {"Daniel", "Daniel"}, {"Peter", "Peter"},
    {"Paul", "Paul"}, {"Robert", "Robert"}, {"Frederick", "Frederick"}, {"Francis", "Francis"},
    {"Benjamin", "Benjamin"}, {"Andrew", "Andrew"}, {"Jonathan", "Jonathan"}, {"Nelson", "Nelson"},
    {"Douglas", "Douglas"}, {"Sammy", "Sammy"}, {"Ken", "Ken"}, {"Martin", "Martin"},
    {"Louis", "Louis"}};

static const struct say_entry royal[] = {{"King", "King"}, {"Queen", "Queen"}, {"Pope", "Pope"},
    {"Emperor", "Emperor"}, {"Tsar", "Tsar"}, {"Czar", "Czar"}, {"Prince", "Prince"},
    {"Sultan", "Sultan"}, {"Kaiser", "Kaiser"}, {"Pharaoh", "Pharaoh"}, {"Shah", "Shah"},
    {"Patriarch", "Patriarch"}};

/* After IV, which then is no number. */
static const struct say_entry vein[] = {{"fluid", ""}, {"fluids", ""}, {"drip", ""}, {"drips", ""},
    {"line", ""}, {"lines", ""}, {"antibiotics", ""}, {"antibiotic", ""}, {"therapy", ""},
    {"access", ""}, {"infusion", ""}, {"push", ""}, {"bag", ""}, {"pole", ""}, {"drug", ""},
    {"drugs", ""}, {"treatment", ""}, {"injection", ""}, {"injections", ""}, {"dose", ""},
    {"medication", ""}, {"iron", ""}, {"contrast", ""}, {"catheter", ""}};

static const struct say_entry th[] = {{"st", "st"}, {"nd", "nd"}, {"rd", "rd"}, {"th", "th"}};

static const struct say_entry prefix[] = {{"mid-", "mid-"}, {"Mid-", "Mid-"}, {"pre-", "pre-"},
    {"Pre-", "Pre-"}, {"post-", "post-"}, {"Post-", "Post-"}, {"early-", "early-"},
    {"Early-", "Early-"}, {"late-", "late-"}, {"Late-", "Late-"}, {"MID-", "MID-"}};

/* Words that precede a decade. */
static const struct say_entry decade[] = {{"the", ""}, {"early", ""}, {"late", ""}, {"mid", ""},
    {"his", ""}, {"her", ""}, {"their", ""}, {"my", ""}, {"your", ""}, {"our", ""}, {"its", ""},
    {"mid-to-late", ""}};

static const struct say_entry circa[] = {
    {"c.", "circa"}, {"ca.", "circa"}, {"C.", "circa"}, {"Ca.", "circa"}};

/* Words before a number that is no year, or may be none. */
static const struct say_entry amount[] = {{"than", ""}, {"least", ""}, {"most", ""}, {"nearly", ""},
    {"almost", ""}, {"approximately", ""}, {"exactly", ""}, {"total of", ""}, {"up to", ""},
    {"costs", ""}, {"cost", ""}, {"worth", ""}, {"weighs", ""}, {"number", ""}, {"version", ""},
    {"model", ""}, {"room", ""}, {"flight", ""}, {"page", ""}, {"type", ""}, {"size", ""},
    {"times", ""}, {"channel", ""}, {"#", ""}, {"x", ""}, {"×", ""}, {"+", ""}, {"*", ""},
    {"/", ""}, {"=", ""}};

/* What follows a number that is counted. */
static const struct say_entry bound[] = {{"-yard", ""}, {"-mile", ""}, {"-foot", ""},
    {"-meter", ""}, {"-metre", ""}, {"-person", ""}, {"-page", ""}, {"-word", ""}, {"-seat", ""},
    {"-member", ""}, {"-ton", ""}, {"-acre", ""}, {"-piece", ""}, {"-mm", ""}, {"-km", ""},
    {"-year", ""}, {"-strong", ""}, {"-odd", ""}, {"-plus", ""}, {"-pound", ""}, {"-watt", ""},
    {"-ft", ""}, {"-lb", ""}, {"-square", ""}, {"-fold", ""}, {"-bit", ""}, {"-line", ""},
    {"-day", ""}};

static const struct say_entry monthdot[] = {{"Jan.", "January"}, {"Feb.", "February"},
    {"Mar.", "March"}, {"Apr.", "April"}, {"Jun.", "June"}, {"Jul.", "July"}, {"Aug.", "August"},
    {"Sep.", "September"}, {"Sept.", "September"}, {"Oct.", "October"}, {"Nov.", "November"},
    {"Dec.", "December"}};

static const struct say_entry weekday[] = {{"Mon.", "Monday"}, {"Tue.", "Tuesday"},
    {"Tues.", "Tuesday"}, {"Wed.", "Wednesday"}, {"Weds.", "Wednesday"}, {"Thu.", "Thursday"},
    {"Thur.", "Thursday"}, {"Thurs.", "Thursday"}, {"Fri.", "Friday"}, {"Sat.", "Saturday"},
    {"Sun.", "Sunday"}};

/* Words before a day or month at the end of a sentence. */
static const struct say_entry on[] = {{"on", ""}, {"every", ""}, {"each", ""}, {"next", ""},
    {"last", ""}, {"this", ""}, {"until", ""}, {"till", ""}, {"by", ""}, {"from", ""},
    {"before", ""}, {"after", ""}, {"since", ""}, {"through", ""}, {"early", ""}, {"late", ""}};

static const struct say_entry and[] = {
    {"and", ""}, {"or", ""}, {",", ""}, {"to", ""}, {"-", ""}, {"–", ""}, {"for", ""}, {"&", ""}};

static const struct say_entry pause[] = {{",", ""}, {";", ""}};

static const struct say_entry article[] = {{"a", ""}, {"an", ""}};

static const struct say_entry account[] = {{"card number", ""}, {"account number", ""},
    {"card", ""}, {"account no.", ""}, {"card no.", ""}, {"card number:", ""},
    {"account number:", ""}};

static const struct say_entry folios[] = {{"pages", "pages"}, {"Pages", "Pages"},
    {"lines", "lines"}, {"Lines", "Lines"}, {"verses", "verses"}, {"Verses", "Verses"},
    {"chapters", "chapters"}, {"Chapters", "Chapters"}, {"sections", "sections"},
    {"Sections", "Sections"}, {"figures", "figures"}, {"Figures", "Figures"},
    {"questions", "questions"}, {"Questions", "Questions"}};

static const struct say_entry the[] = {
    {"the", ""}, {"a", ""}, {"his", ""}, {"her", ""}, {"my", ""}, {"your", ""}, {"our", ""}};

static const struct say_entry in[] = {{"in", ""}, {"since", ""}, {"during", ""}, {"throughout", ""},
    {"until", ""}, {"of", ""}, {"late", ""}, {"early", ""}, {"mid", ""}, {"by", ""}};

/* Kinds of streets after a name; with and without a full stop. */
static const struct say_entry road[] = {{"Ave.", "Avenue"}, {"Blvd.", "Boulevard"}, {"Rd.", "Road"},
    {"Ln.", "Lane"}, {"Hwy.", "Highway"}, {"Pkwy.", "Parkway"}, {"Sq.", "Square"}};

static const struct say_entry way[] = {{"Ave", "Avenue"}, {"Blvd", "Boulevard"}, {"Rd", "Road"},
    {"Ln", "Lane"}, {"Hwy", "Highway"}, {"Pkwy", "Parkway"}, {"St", "Street"}};

/* The same, if the number of a house is before it. */
static const struct say_entry lane[] = {{"St.", "Street"}, {"Dr.", "Drive"}, {"Ct.", "Court"},
    {"Pl.", "Place"}, {"Ter.", "Terrace"}, {"Cir.", "Circle"}};

static const struct say_entry foot[] = {{"'", ""}, {"′", ""}, {"’", ""}};

static const struct say_entry inch[] = {{"\"", ""}, {"″", ""}, {"”", ""}, {"''", ""}};

static const struct say_entry by[] = {{"x", ""}, {"×", ""}, {"X", ""}, {"by", ""}};

static const struct say_entry minus[] = {{"-", ""}, {"–", ""}, {"−", ""}};

static const struct say_entry equals[] = {{"=", ""}, {"equals", ""}, {"is equal to", ""}};

static const struct say_entry square[] = {{"m²", "square meter"}, {"km²", "square kilometer"},
    {"cm²", "square centimeter"}, {"mm²", "square millimeter"}, {"ft²", "square foot"},
    {"in²", "square inch"}, {"m³", "cubic meter"}, {"cm³", "cubic centimeter"},
    {"km³", "cubic kilometer"}, {"ft³", "cubic foot"}, {"mi²", "square mile"}};

static const struct say_entry power[] = {{"²", "squared"}, {"³", "cubed"}};

static const struct say_entry mill[] = {{"m", "million"}, {"M", "million"}, {"mn", "million"},
    {"mil", "million"}, {"bn", "billion"}, {"B", "billion"}, {"k", "thousand"}, {"K", "thousand"}};

/* Counted in millions. */
static const struct say_entry crowd[] = {{"users", ""}, {"people", ""}, {"customers", ""},
    {"views", ""}, {"downloads", ""}, {"followers", ""}, {"subscribers", ""}, {"dollars", ""},
    {"euros", ""}, {"pounds", ""}, {"copies", ""}, {"jobs", ""}, {"homes", ""}, {"cars", ""},
    {"tonnes", ""}, {"tons", ""}, {"barrels", ""}, {"visitors", ""}, {"voters", ""},
    {"members", ""}, {"children", ""}, {"women", ""}, {"men", ""}, {"workers", ""},
    {"tourists", ""}, {"refugees", ""}, {"students", ""}, {"passengers", ""}, {"readers", ""},
    {"viewers", ""}, {"listeners", ""}, {"players", ""}, {"accounts", ""}, {"households", ""},
    {"vehicles", ""}, {"records", ""}, {"tweets", ""}, {"patients", ""}, {"residents", ""},
    {"inhabitants", ""}, {"families", ""}, {"employees", ""}, {"shares", ""}, {"streams", ""},
    {"clicks", ""}, {"installs", ""}, {"deaths", ""}, {"cases", ""}, {"doses", ""}, {"votes", ""},
    {"tickets", ""}, {"books", ""}, {"animals", ""}, {"trees", ""}, {"lines of", ""},
    {"of them", ""}, {"active", ""}, {"monthly", ""}, {"daily", ""}, {"unique", ""},
    {"new users", ""}, {"new jobs", ""}, {"new customers", ""}, {"Americans", ""}, {"Britons", ""},
    {"Europeans", ""}, {"Germans", ""}, {"subscriptions", ""}, {"orders", ""}, {"requests", ""},
    {"messages", ""}, {"photos", ""}, {"videos", ""}, {"parameters", ""}, {"tokens", ""},
    {"bottles", ""}, {"units sold", ""}, {"citizens", ""}, {"migrants", ""}, {"soldiers", ""},
    {"troops", ""}, {"plays", ""}, {"hits", ""}};

/* Before a telephone number. */
static const struct say_entry call[] = {{"call", ""}, {"calls", ""}, {"called", ""},
    {"calling", ""}, {"phone", ""}, {"phone:", ""}, {"dial", ""}, {"dialed", ""}, {"dialled", ""},
    {"tel.", ""}, {"tel", ""}, {"tel:", ""}, {"tel.:", ""}, {"telephone", ""}, {"telephone:", ""},
    {"fax", ""}, {"fax:", ""}, {"text", ""}, {"text:", ""}, {"phone number is", ""},
    {"phone number", ""}, {"number is", ""}, {"call us at", ""}, {"call me at", ""}, {"us at", ""},
    {"me at", ""}, {"him at", ""}, {"her at", ""}, {"reach us at", ""}, {"mobile", ""},
    {"mobile:", ""}, {"cell", ""}, {"cell:", ""}, {"ring", ""}, {"rang", ""}, {"ph:", ""},
    {"contact", ""}, {"contact:", ""}};

/* Before a number that is read digit by digit. */
static const struct say_entry coded[] = {{"PIN", ""}, {"PIN:", ""}, {"PIN is", ""},
    {"PIN number", ""}, {"PIN code", ""}, {"passcode", ""}, {"passcode:", ""}, {"passcode is", ""},
    {"password", ""}, {"password:", ""}, {"password is", ""}, {"ZIP", ""}, {"ZIP code", ""},
    {"ZIP code:", ""}, {"zip code is", ""}, {"postal code", ""}, {"postcode", ""},
    {"ending in", ""}, {"ends in", ""}, {"verification code", ""}, {"verification code:", ""},
    {"verification code is", ""}, {"access code", ""}, {"security code", ""}, {"code is", ""},
    {"code:", ""}, {"your code", ""}, {"CVV", ""}, {"OTP", ""}, {"OTP:", ""}, {"OTP is", ""},
    {"card number", ""}, {"account number", ""}, {"serial number", ""}, {"combination is", ""},
    {"digits are", ""}, {"digits:", ""}};

static const struct say_entry aged[] = {{"ages", ""}, {"aged", ""}, {"age", ""}, {"pages", ""},
    {"chapters", ""}, {"verses", ""}, {"lines", ""}, {"years", ""}, {"grades", ""}, {"between", ""},
    {"from", ""}, {"rows", ""}, {"questions", ""}, {"exercises", ""}, {"weeks", ""}, {"days", ""},
    {"or", ""}, {"about", ""}};

/* After a fraction. */
static const struct say_entry halved[] = {{"cup", ""}, {"cups", ""}, {"tsp", ""}, {"tbsp", ""},
    {"teaspoon", ""}, {"tablespoon", ""}, {"teaspoons", ""}, {"tablespoons", ""}, {"inch", ""},
    {"inches", ""}, {"mile", ""}, {"miles", ""}, {"hour", ""}, {"hours", ""}, {"minute", ""},
    {"pound", ""}, {"pounds", ""}, {"ounce", ""}, {"ounces", ""}, {"lb", ""}, {"oz", ""},
    {"pint", ""}, {"quart", ""}, {"gallon", ""}, {"gallons", ""}, {"of", ""}, {"the", ""},
    {"a", ""}, {"an", ""}, {"way", ""}, {"price", ""}, {"century", ""}, {"acre", ""}, {"acres", ""},
    {"dozen", ""}, {"full", ""}, {"empty", ""}, {"day", ""}, {"year", ""}, {"as", ""},
    {"million", ""}, {"share", ""}, {"size", ""}, {"length", ""}, {"turn", ""}, {"scale", ""},
    {"off", ""}, {"stick", ""}, {"package", ""}, {"can", ""}, {"bottle", ""}, {"onion", ""},
    {"lemon", ""}, {"-inch", ""}, {"-mile", ""}, {"-cup", ""}, {"-hour", ""}, {"-ounce", ""},
    {"-pound", ""}, {"feet", ""}, {"foot", ""}, {"percent", ""}, {"yard", ""}, {"yards", ""},
    {"time", ""}, {"glass", ""}, {"slice", ""}, {"bunch", ""}};

/* Before a fraction at the end. */
static const struct say_entry about[] = {{"by", ""}, {"to", ""}, {"about", ""}, {"than", ""},
    {"over", ""}, {"nearly", ""}, {"almost", ""}, {"only", ""}, {"just", ""}, {"a", ""},
    {"least", ""}, {"is", ""}, {"are", ""}, {"was", ""}, {"were", ""}, {"exactly", ""},
    {"roughly", ""}, {"approximately", ""}, {"around", ""}, {"some", ""}, {"another", ""},
    {"for", ""}, {"last", ""}, {"first", ""}, {"remaining", ""}, {"other", ""}, {"only the", ""},
    {"up", ""}};

static const struct say_entry no_fraction[] = {{"version", ""}, {"versions", ""}, {"v", ""},
    {"section", ""}, {"page", ""}, {"part", ""}, {"step", ""}, {"question", ""}, {"chapter", ""},
    {"day", ""}, {"on", ""}, {"episode", ""}, {"level", ""}, {"lesson", ""}, {"type", ""},
    {"slide", ""}, {"port", ""}, {"line", ""}, {"row", ""}, {"table", ""}, {"figure", ""},
    {"apt", ""}, {"unit", ""}, {"room", ""}, {"grade", ""}, {"model", ""}, {"take", ""},
    {"round", ""}, {"game", ""}, {"item", ""}, {"issue", ""}, {"volume", ""}, {"release", ""}};

/* Words before a date. */
static const struct say_entry day[] = {{"on", ""}, {"by", ""}, {"until", ""}, {"till", ""},
    {"from", ""}, {"before", ""}, {"after", ""}, {"since", ""}, {"due", ""}, {"dated", ""},
    {"-", ""}};

static const struct say_entry glyph[] = {{"½", "a half"}, {"⅓", "a third"}, {"⅔", "two thirds"},
    {"¼", "a quarter"}, {"¾", "three quarters"}, {"⅛", "one eighth"}, {"⅜", "three eighths"},
    {"⅝", "five eighths"}, {"⅞", "seven eighths"}};

static const struct say_entry super[] = {{"⁴", "4"}, {"⁵", "5"}, {"⁶", "6"}, {"⁷", "7"}, {"⁸", "8"},
    {"⁹", "9"}, {"¹⁰", "10"}, {"¹²", "12"}, {"¹⁵", "15"}, {"¹", "1"}, {"²", "2"}, {"³", "3"},
    {"¹¹", "11"}, {"¹³", "13"}, {"¹⁴", "14"}, {"¹⁶", "16"}, {"¹⁷", "17"}, {"¹⁸", "18"},
    {"¹⁹", "19"}, {"²⁰", "20"}, {"²³", "23"}, {"²⁷", "27"}, {"³⁴", "34"}};

static const struct say_entry dot[] = {{".", ""}};

static const struct say_entry heart[] = {{"<3", ""}};

static const struct say_entry presign[] = {{"≤", "less than or equal to"},
    {"≥", "greater than or equal to"}, {"±", "plus or minus"}, {"≠", "not equal to"},
    {"≈", "approximately"}, {"√", "the square root of"}};

static const struct say_entry less[] = {{"<", "less than"}, {">", "greater than"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

const struct say_table say_en_tables[SAY_EN_TABLES] = {TABLE(month), TABLE(ampm), TABLE(money),
    TABLE(code), TABLE(magnitude), TABLE(unit), TABLE(dotted), TABLE(dash), TABLE(fraction),
    TABLE(since), TABLE(title), TABLE(number), TABLE(word), {"short", short_, SAY_COUNT(short_)},
    TABLE(sign), TABLE(part), TABLE(lettered), TABLE(folio), TABLE(king), TABLE(given),
    TABLE(royal), TABLE(vein), TABLE(th), TABLE(prefix), TABLE(decade), TABLE(circa), TABLE(amount),
    TABLE(bound), TABLE(monthdot), TABLE(weekday), TABLE(on), TABLE(and), TABLE(pause),
    TABLE(article), TABLE(account), TABLE(folios), TABLE(the), TABLE(in), TABLE(road), TABLE(way),
    TABLE(lane), TABLE(foot), TABLE(inch), TABLE(by), TABLE(minus), TABLE(equals), TABLE(square),
    TABLE(power), TABLE(mill), TABLE(crowd), TABLE(call), TABLE(coded), TABLE(aged), TABLE(halved),
    TABLE(about), TABLE(no_fraction), TABLE(day), TABLE(glyph), TABLE(super), TABLE(dot),
    TABLE(heart), TABLE(presign), TABLE(less)};
