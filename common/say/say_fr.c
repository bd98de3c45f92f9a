#include "say_lang.h"

/*
 * French. The engine reads these right, so they are left to it: numbers of all kinds, years, "1er",
 * "Mme", "Dr", "%" and the signs of arithmetic. So is everything ambiguous.
 */

static const struct say_rule rules[] = {
    /* Dates. */
    {"<1-31>/<1-12>/<1000-2999>", "{1d} {2m} {3}"},
    {"<1-31>.<1-12>.<1000-2999>", "{1d} {2m} {3}"},
    {"<1000-2999>-<01-12>-<01-31>", "{3d} {2m} {1}"},
    {"<1-31> <monthdot>", "{1d} {2}"},
    {"1er <monthdot>", "premier {1}"},
    {"<1-31>-<1-31> <month>", "{1} au {2G1} {3}"},
    {"<christ>", "{1}"},
    /* Times. */
    {"<0-24>_h_<00-59>_<dash>_<0-24>_h_<00-59>", "{2T1} à {5T4}"},
    {"<0-24>_h_<00-59>_<dash>_<0-24>_h", "{2T1} à {4H}"},
    {"<0-24>_h_<dash>_<0-24>_h_<00-59>", "{1H} à {4T3}"},
    {"<0-24>_h_<dash>_<0-24>_h", "{1H} à {3H}"},
    {"<0-24>_h_<00-59>_min", "{2T1} minutes"},
    {"<0-24>_h_<00-59>", "{2T1}"},
    {"24_h/24", "24 heures sur 24"},
    {"7_j/7", "7 jours sur 7"},
    {"<0-24>_h<=not after section>", "{1H}"},
    {"<time>_<dash>_<time>", "{1t} à {3t}"},
    {"<time>", "{1t}"},
    /* Money. */
    {"<cash>_0,<01-99>", "{1q2}"},
    {"<cash>_<int>,00", "{1p2}"},
    {"<cash>_<int>,<01-99>", "{1p2} {3c1}"},
    {"<cash>_<num>", "{1p2}"},
    {"-<int>,<01-99>_<money>", "moins {3p1} {2c3}"},
    {"0,<01-99>_<money>", "{2q1}"},
    {"<int>,00_<money>", "{2p1}"},
    {"<int>,<01-99>_<money>", "{3p1} {2c3}"},
    {"<num>_<dash>_<num>_<money>", "{1} à {3G1} {4u}"},
    {"<num>_<money>/<unit>", "{2p1} par {3s}"},
    {"<num>_<money>", "{2p1}"},
    /* Measures and ranges. */
    {"<num>_<unit><=after section>", NULL},
    {"<num>_<dash>_<num>_<unit>", "{1} à {3G1} {4u}"},
    {"<num>_<x>_<num>_<unit>", "{1} sur {3} {4u}"},
    {"-<num>_<unit>", "moins {2p1}"},
    {"−<num>_<unit>", "moins {2p1}"},
    {"–<num>_<unit><=after gap><=not after digits>", "moins {2p1}"},
    {"−<num>", "moins {1}"},
    {"-<num><=after gap><=not after start><=not after digits>", "moins {1}"},
    {"<num>_<unit>", "{2p1}"},
    {"<1000-2999>-<1000-2999>", "{1} à {2G1}"},
    {"<num>–<num>", "{1} à {2G1}"},
    /* Ordinals and Roman numbers. */
    {"<2-99><nth>", "{1o}"},
    {"1re", "première"},
    {"1res", "premières"},
    {"2nd", "second"},
    {"2nde", "seconde"},
    {"<roman><nth>", "{1O}"},
    {"Ier", "premier"},
    {"<king> <roman><=not before initial>", "{1} {2R}"},
    {"<part> <roman>", "{1} {2R}"},
    /* Abbreviations. */
    {"M. <=A><=not after named>", "monsieur "},
    {"M. le <=A>", "monsieur le "},
    {"MM. <=A>", "messieurs "},
    {"Mgr <=A>", "monseigneur "},
    {"p._ex.", "par exemple"},
    {"P._ex.", "Par exemple"},
    {"par ex.", "par exemple"},
    {"c.-à-d.", "c'est-à-dire"},
    {"c._à_d.", "c'est-à-dire"},
    {"cf. <=w>", "confer "},
    {"Cf. <=w>", "Confer "},
    {"<number>_<num>_<dash>_<num>", "{1} {2} à {4G2}"},
    {"<number>_<=9>", "{1} "},
};

#define SAME(word)                                                                                 \
	{                                                                                          \
		word, word                                                                         \
	}

static const struct say_entry month[] = {SAME("janvier"), SAME("février"), SAME("mars"),
    SAME("avril"), SAME("mai"), SAME("juin"), SAME("juillet"), SAME("août"), SAME("septembre"),
    SAME("octobre"), SAME("novembre"), SAME("décembre")};

static const struct say_entry monthdot[] = {{"janv.", "janvier"}, {"févr.", "février"},
    {"fév.", "février"}, {"avr.", "avril"}, {"juil.", "juillet"}, {"juill.", "juillet"},
    {"sept.", "septembre"}, {"oct.", "octobre"}, {"nov.", "novembre"}, {"déc.", "décembre"}};

static const struct say_entry christ[] = {{"av. J.-C.", "avant Jésus-Christ"},
    {"apr. J.-C.", "après Jésus-Christ"}, {"ap. J.-C.", "après Jésus-Christ"}};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}, {"à", ""}};
static const struct say_entry x[] = {{"x", ""}, {"×", ""}};

static const struct say_entry money[] = {{"€", "un euro|euros|un centime|centimes"},
    {"EUR", "un euro|euros|un centime|centimes"}, {"euros", "un euro|euros|un centime|centimes"},
    {"$", "un dollar|dollars|un cent|cents"}, {"USD", "un dollar|dollars|un cent|cents"},
    {"$ US", "un dollar américain|dollars américains|un cent|cents"},
    {"£", "une livre|livres|un penny|pence"},
    {"CHF", "un franc suisse|francs suisses|un centime|centimes"}, {"¥", "un yen|yens"},
    {"k€", "mille euros|mille euros"}, {"M€", "un million d'euros|millions d'euros"},
    {"Md€", "un milliard d'euros|milliards d'euros"},
    {"Mds€", "un milliard d'euros|milliards d'euros"}};

static const struct say_entry cash[] = {{"€", "un euro|euros|un centime|centimes"},
    {"$", "un dollar|dollars|un cent|cents"}, {"£", "une livre|livres|un penny|pence"}};

/* Units if a number precedes them. */
static const struct say_entry unit[] = {{"km/h", "un kilomètre par heure|kilomètres par heure"},
    {"m/s", "un mètre par seconde|mètres par seconde"}, {"km", "un kilomètre|kilomètres"},
    {"m", "un mètre|mètres"}, {"dm", "un décimètre|décimètres"},
    {"cm", "un centimètre|centimètres"}, {"mm", "un millimètre|millimètres"},
    {"µm", "un micromètre|micromètres"}, {"μm", "un micromètre|micromètres"},
    {"nm", "un nanomètre|nanomètres"}, {"km²", "un kilomètre carré|kilomètres carrés"},
    {"m²", "un mètre carré|mètres carrés"}, {"cm²", "un centimètre carré|centimètres carrés"},
    {"m³", "un mètre cube|mètres cubes"}, {"cm³", "un centimètre cube|centimètres cubes"},
    {"ha", "un hectare|hectares"}, {"kg", "un kilogramme|kilogrammes"}, {"g", "un gramme|grammes"},
    {"mg", "un milligramme|milligrammes"}, {"µg", "un microgramme|microgrammes"},
    {"μg", "un microgramme|microgrammes"}, {"t", "une tonne|tonnes"}, {"l", "un litre|litres"},
    {"L", "un litre|litres"}, {"dl", "un décilitre|décilitres"},
    {"cl", "un centilitre|centilitres"}, {"cL", "un centilitre|centilitres"},
    {"ml", "un millilitre|millilitres"}, {"mL", "un millilitre|millilitres"},
    {"hl", "un hectolitre|hectolitres"}, {"min", "une minute|minutes"},
    {"s", "une seconde|secondes"}, {"ms", "une milliseconde|millisecondes"},
    {"ko", "un kilooctet|kilooctets"}, {"Mo", "un mégaoctet|mégaoctets"},
    {"Go", "un gigaoctet|gigaoctets"}, {"To", "un téraoctet|téraoctets"}, {"Hz", "un hertz|hertz"},
    {"kHz", "un kilohertz|kilohertz"}, {"MHz", "un mégahertz|mégahertz"},
    {"GHz", "un gigahertz|gigahertz"}, {"W", "un watt|watts"}, {"kW", "un kilowatt|kilowatts"},
    {"MW", "un mégawatt|mégawatts"}, {"GW", "un gigawatt|gigawatts"},
    {"kWh", "un kilowattheure|kilowattheures"}, {"MWh", "un mégawattheure|mégawattheures"},
    {"mAh", "un milliampère-heure|milliampères-heures"}, {"kV", "un kilovolt|kilovolts"},
    {"Ω", "un ohm|ohms"}, {"Ω", "un ohm|ohms"}, {"dB", "un décibel|décibels"},
    {"kcal", "une kilocalorie|kilocalories"}, {"kJ", "un kilojoule|kilojoules"},
    {"hPa", "un hectopascal|hectopascals"}, {"°C", "un degré Celsius|degrés Celsius"},
    {"℃", "un degré Celsius|degrés Celsius"}, {"°F", "un degré Fahrenheit|degrés Fahrenheit"},
    {"°", "un degré|degrés"}, {"%", "un pour cent|pour cent"}, {"‰", "un pour mille|pour mille"}};

/* Words before a number that has a letter after it. */
static const struct say_entry section[] = {SAME("art."), SAME("article"), SAME("alinéa"),
    SAME("n°"), SAME("§"), SAME("bâtiment"), SAME("salle"), SAME("porte"), SAME("fig."),
    SAME("figure"), SAME("classe"), SAME("ligne"), SAME("annexe")};

static const struct say_entry nth[] = {{"e", ""}, {"ème", ""}, {"ième", ""}, {"ᵉ", ""}};

static const struct say_entry king[] = {SAME("Louis"), SAME("Charles"), SAME("Henri"),
    SAME("François"), SAME("Philippe"), SAME("Napoléon"), SAME("Jean-Paul"), SAME("Jean"),
    SAME("Pie"), SAME("Léon"), SAME("Benoît"), SAME("Grégoire"), SAME("Innocent"), SAME("Clément"),
    SAME("Édouard"), SAME("Edouard"), SAME("Georges"), SAME("Jacques"), SAME("Guillaume"),
    SAME("Élisabeth"), SAME("Elisabeth"), SAME("Catherine"), SAME("Frédéric"), SAME("Alexandre"),
    SAME("Nicolas"), SAME("Léopold"), SAME("Albert"), SAME("Ramsès"), SAME("Rainier"),
    SAME("Hassan"), SAME("Mohammed"), SAME("Philippe Auguste"), SAME("Richard"), SAME("Urbain")};

static const struct say_entry part[] = {SAME("chapitre"), SAME("Chapitre"), SAME("tome"),
    SAME("Tome"), SAME("acte"), SAME("Acte"), SAME("scène"), SAME("Scène"), SAME("livre"),
    SAME("Livre"), SAME("partie"), SAME("Partie"), SAME("volume"), SAME("Volume"), SAME("annexe"),
    SAME("Annexe"), SAME("titre"), SAME("Titre"), SAME("Vatican")};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"n°", "numéro"}, {"N°", "numéro"}, {"nº", "numéro"},
    {"№", "numéro"}, {"n°s", "numéros"}, {"p.", "page"}, {"pp.", "pages"}, {"art.", "article"},
    {"Art.", "Article"}, {"chap.", "chapitre"}, {"fig.", "figure"}, {"Fig.", "Figure"},
    {"vol.", "volume"}, {"env.", "environ"}, {"tél.", "téléphone"}, {"Tél.", "Téléphone"},
    {"max.", "maximum"}, {"min.", "minimum"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(month), TABLE(monthdot), TABLE(christ), TABLE(dash),
    TABLE(x), TABLE(money), TABLE(cash), TABLE(unit), TABLE(section), TABLE(nth), TABLE(king),
    TABLE(part), TABLE(number)};

const struct say_language say_fr = {.tag = "fr",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_fr_readers,
    .readers_n = &say_fr_readers_n,
    .nears = say_fr_nears,
    .nears_n = &say_fr_nears_n};
