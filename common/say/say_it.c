#include "say_lang.h"

/*
 * Italian. The engine reads these right, so they are left to it: numbers of all kinds, years,
 * minus, degrees, Roman numbers, 1º and 1ª, "%" and the signs of arithmetic. So is everything
 * ambiguous.
 */

static const struct say_rule rules[] = {
    /* Dates. */
    {"<1-31>/<1-12>/<1000-2999>", "{1d} {2m} {3}"},
    {"<1-31>.<1-12>.<1000-2999>", "{1d} {2m} {3}"},
    {"<1000-2999>-<01-12>-<01-31>", "{3d} {2m} {1}"},
    {"1° <month>", "primo {1}"},
    {"<christ>", "{1}"},
    /* Times. */
    {"<0-24>.<00-59><=after ore>", "{2T1}"},
    {"<time>", "{1t}"},
    /* Money. */
    {"<cash>_0,<01-99>", "{1q2}"},
    {"<cash>_<int>,00", "{1p2}"},
    {"<cash>_<int>,<01-99>", "{1p2} e {3c1}"},
    {"<cash>_<num>", "{1p2}"},
    {"-<int>,<01-99>_<money>", "meno {3p1} e {2c3}"},
    {"0,<01-99>_<money>", "{2q1}"},
    {"<int>,00_<money>", "{2p1}"},
    {"<int>,<01-99>_<money>", "{3p1} e {2c3}"},
    {"<num>_<dash>_<num>_<money>", "{1} a {3G1} {4u}"},
    {"<num>_<money>/<unit>", "{2p1} al {3s}"},
    {"<num>_<money>", "{2p1}"},
    /* Measures and ranges. */
    {"<num>_<unit><=after section>", NULL},
    {"<num>_<dash>_<num>_<unit>", "{1} a {3G1} {4u}"},
    {"<num>_<x>_<num>_<unit>", "{1} per {3} {4u}"},
    {"-<num>_<unit>", "meno {2p1}"},
    {"−<num>_<unit>", "meno {2p1}"},
    {"–<num>_<unit><=after gap><=not after digits>", "meno {2p1}"},
    {"<num>_<unit>", "{2p1}"},
    {"<1000-2999>-<1000-2999>", "{1} a {2G1}"},
    {"<num>–<num>", "{1} a {2G1}"},
    /* Ordinals. */
    {"<1-99>° <noun>", "{1}º {2}"},
    /* Abbreviations. */
    {"p._es.", "per esempio"},
    {"P._es.", "Per esempio"},
    {"ad es.", "ad esempio"},
    {"Ad es.", "Ad esempio"},
    {"cfr. <=w>", "confronta "},
    {"Cfr. <=w>", "Confronta "},
    {"<title>_<=A>", "{1} "},
    {"<number>_<num>_<dash>_<num>", "{1} {2} a {4G2}"},
    {"<number>_<=9>", "{1} "},
    {"<short><=e>", "{1}."},
    {"<short>", "{1}"},
};

#define SAME(word)                                                                                 \
	{                                                                                          \
		word, word                                                                         \
	}

static const struct say_entry month[] = {SAME("gennaio"), SAME("febbraio"), SAME("marzo"),
    SAME("aprile"), SAME("maggio"), SAME("giugno"), SAME("luglio"), SAME("agosto"),
    SAME("settembre"), SAME("ottobre"), SAME("novembre"), SAME("dicembre")};

static const struct say_entry christ[] = {{"a. C.", "avanti Cristo"}, {"a.C.", "avanti Cristo"},
    {"d. C.", "dopo Cristo"}, {"d.C.", "dopo Cristo"}};

/* Words before a time. */
static const struct say_entry ore[] = {SAME("ore"), SAME("alle"), SAME("dalle")};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}};

static const struct say_entry x[] = {{"x", ""}, {"×", ""}};

static const struct say_entry money[] = {{"€", "un euro|euro|un centesimo|centesimi"},
    {"EUR", "un euro|euro|un centesimo|centesimi"}, {"euro", "un euro|euro|un centesimo|centesimi"},
    {"$", "un dollaro|dollari|un centesimo|centesimi"},
    {"US$", "un dollaro americano|dollari americani|un centesimo|centesimi"},
    {"USD", "un dollaro americano|dollari americani|un centesimo|centesimi"},
    {"£", "una sterlina|sterline|un penny|pence"},
    {"CHF", "un franco svizzero|franchi svizzeri|un centesimo|centesimi"}, {"¥", "uno yen|yen"},
    {"mln €", "un milione di euro|milioni di euro"},
    {"mld €", "un miliardo di euro|miliardi di euro"}};

static const struct say_entry cash[] = {{"€", "un euro|euro|un centesimo|centesimi"},
    {"$", "un dollaro|dollari|un centesimo|centesimi"},
    {"£", "una sterlina|sterline|un penny|pence"}};

/* Units if a number precedes them. */
static const struct say_entry unit[] = {{"km/h", "un chilometro orario|chilometri orari"},
    {"m/s", "un metro al secondo|metri al secondo"}, {"km", "un chilometro|chilometri"},
    {"m", "un metro|metri"}, {"dm", "un decimetro|decimetri"}, {"cm", "un centimetro|centimetri"},
    {"mm", "un millimetro|millimetri"}, {"µm", "un micrometro|micrometri"},
    {"μm", "un micrometro|micrometri"}, {"nm", "un nanometro|nanometri"},
    {"km²", "un chilometro quadrato|chilometri quadrati"},
    {"m²", "un metro quadrato|metri quadrati"}, {"mq", "un metro quadrato|metri quadrati"},
    {"cm²", "un centimetro quadrato|centimetri quadrati"}, {"m³", "un metro cubo|metri cubi"},
    {"cm³", "un centimetro cubo|centimetri cubi"}, {"ha", "un ettaro|ettari"},
    {"kg", "un chilogrammo|chilogrammi"}, {"hg", "un ettogrammo|ettogrammi"},
    {"g", "un grammo|grammi"}, {"mg", "un milligrammo|milligrammi"},
    {"µg", "un microgrammo|microgrammi"}, {"μg", "un microgrammo|microgrammi"},
    {"t", "una tonnellata|tonnellate"}, {"l", "un litro|litri"}, {"L", "un litro|litri"},
    {"dl", "un decilitro|decilitri"}, {"cl", "un centilitro|centilitri"},
    {"ml", "un millilitro|millilitri"}, {"h", "un'ora|ore"}, {"min", "un minuto|minuti"},
    {"s", "un secondo|secondi"}, {"ms", "un millisecondo|millisecondi"},
    {"kB", "un kilobyte|kilobyte"}, {"MB", "un megabyte|megabyte"}, {"GB", "un gigabyte|gigabyte"},
    {"TB", "un terabyte|terabyte"}, {"Hz", "un hertz|hertz"}, {"kHz", "un kilohertz|kilohertz"},
    {"MHz", "un megahertz|megahertz"}, {"GHz", "un gigahertz|gigahertz"}, {"W", "un watt|watt"},
    {"kW", "un chilowatt|chilowatt"}, {"MW", "un megawatt|megawatt"},
    {"kWh", "un chilowattora|chilowattora"}, {"mAh", "un milliampereora|milliampereora"},
    {"kV", "un chilovolt|chilovolt"}, {"Ω", "un ohm|ohm"}, {"Ω", "un ohm|ohm"},
    {"dB", "un decibel|decibel"}, {"kcal", "una chilocaloria|chilocalorie"},
    {"kJ", "un chilojoule|chilojoule"}, {"hPa", "un ettopascal|ettopascal"},
    {"°C", "un grado Celsius|gradi Celsius"}, {"℃", "un grado Celsius|gradi Celsius"},
    {"°F", "un grado Fahrenheit|gradi Fahrenheit"}, {"%", "un per cento|per cento"},
    {"‰", "un per mille|per mille"}};

/* Words before a number that has a letter after it. */
static const struct say_entry section[] = {SAME("art."), SAME("articolo"), SAME("n."), SAME("n°"),
    SAME("§"), SAME("comma"), SAME("aula"), SAME("scala"), SAME("interno"), SAME("fig."),
    SAME("figura"), SAME("riga"), SAME("classe"), SAME("gruppo")};

/* Nouns after an ordinal; of degrees there are none. */
static const struct say_entry noun[] = {SAME("piano"), SAME("posto"), SAME("giorno"),
    SAME("anniversario"), SAME("secolo"), SAME("capitolo"), SAME("turno"), SAME("tempo"),
    SAME("reggimento"), SAME("battaglione"), SAME("compleanno"), SAME("anno"), SAME("grado"),
    SAME("classificato"), SAME("premio"), SAME("municipio"), SAME("libro"), SAME("canto"),
    SAME("verso"), SAME("festival"), SAME("congresso"), SAME("round"), SAME("minuto")};

/* Titles that precede a name. */
static const struct say_entry title[] = {{"Sig.", "signor"}, {"sig.", "signor"},
    {"Sig.ra", "signora"}, {"sig.ra", "signora"}, {"Sig.na", "signorina"}, {"Sigg.", "signori"},
    {"Dott.", "dottor"}, {"dott.", "dottor"}, {"Dott.ssa", "dottoressa"},
    {"dott.ssa", "dottoressa"}, {"Dr.", "dottor"}, {"Prof.", "professor"}, {"prof.", "professor"},
    {"Prof.ssa", "professoressa"}, {"prof.ssa", "professoressa"}, {"Ing.", "ingegner"},
    {"Avv.", "avvocato"}, {"Arch.", "architetto"}, {"On.", "onorevole"}, {"Rag.", "ragionier"},
    {"Mons.", "monsignor"}, {"Gen.", "generale"}};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"n.", "numero"}, {"№", "numero"}, {"N.", "numero"},
    {"nr.", "numero"}, {"n°", "numero"}, {"N°", "numero"}, {"nº", "numero"}, {"pag.", "pagina"},
    {"pagg.", "pagine"}, {"Pag.", "Pagina"}, {"p.", "pagina"}, {"pp.", "pagine"},
    {"art.", "articolo"}, {"Art.", "Articolo"}, {"artt.", "articoli"}, {"cap.", "capitolo"},
    {"Cap.", "Capitolo"}, {"vol.", "volume"}, {"fig.", "figura"}, {"Fig.", "Figura"},
    {"tel.", "telefono"}, {"Tel.", "Telefono"}, {"ca.", "circa"}, {"max.", "massimo"},
    {"min.", "minimo"}};

/* Abbreviations whose full stop may also end the sentence. */
static const struct say_entry short_[] = {
    {"ecc.", "eccetera"}, {"etc.", "eccetera"}, {"ca.", "circa"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(month), TABLE(christ), TABLE(ore), TABLE(dash),
    TABLE(x), TABLE(money), TABLE(cash), TABLE(unit), TABLE(section), TABLE(noun), TABLE(title),
    TABLE(number), {"short", short_, SAY_COUNT(short_)}};

const struct say_language say_it = {.tag = "it",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_it_readers,
    .readers_n = &say_it_readers_n};
