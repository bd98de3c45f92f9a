#include "say_lang.h"

/*
 * Spanish. The engine reads these right, so they are left to it: numbers of all kinds, years, most
 * Roman numbers, dates with words, 1º and 1ª, "Ud.", "%" and the signs of arithmetic. So is
 * everything ambiguous: "$" are dollars or pesos.
 */

static const struct say_rule rules[] = {
    /* Dates. */
    {"<1-31>/<1-12>/<1000-2999>", "{1} de {2m} de {3}"},
    {"<1000-2999>-<01-12>-<01-31>", "{3i} de {2m} de {1}"},
    {"<christ>", "{1}"},
    /* Times. */
    {"<2-24>:00_h", "{1} horas"},
    {"<0-24>:<01-59>_h", "{1} {2i} horas"},
    {"<2-24>:00 horas", "{1} horas"},
    {"<2-24>:00<=before daypart>", "{1}"},
    {"1:00<=after la>", "una"},
    {"1:<01-59><=after la>", "una {1}"},
    {"<2-24>:00", "{1} horas"},
    /* Money. */
    {"<cash>_0,<01-99>", "{1q2}"},
    {"<cash>_<int>,00", "{1p2}"},
    {"<cash>_<int>,<01-99>", "{1p2} con {3c1}"},
    {"<cash>_<num>", "{1p2}"},
    {"-<int>,<01-99>_<money>", "menos {3p1} con {2c3}"},
    {"0,<01-99>_<money>", "{2q1}"},
    {"<int>,00_<money>", "{2p1}"},
    {"<int>,<01-99>_<money>", "{3p1} con {2c3}"},
    {"<num>_<dash>_<num>_<money>", "{1} a {3G1} {4u}"},
    {"<num>_<money>/<unit>", "{2p1} por {3s}"},
    {"<num>_<money>", "{2p1}"},
    /* Measures and ranges. */
    {"<num>_<unit><=after section>", NULL},
    {"<num>_<dash>_<num>_<unit>", "{1} a {3G1} {4u}"},
    {"<num>_<x>_<num>_<unit>", "{1} por {3} {4u}"},
    {"-<num>_<unit>", "menos {2p1}"},
    {"−<num>_<unit>", "menos {2p1}"},
    {"–<num>_<unit><=after gap><=not after digits>", "menos {2p1}"},
    {"−<num>", "menos {1}"},
    {"-<num><=after gap><=not after start><=not after digits>", "menos {1}"},
    {"<num>_<unit>", "{2p1}"},
    {"<1000-2999>-<1000-2999>", "{1} a {2G1}"},
    {"<num>–<num>", "{1} a {2G1}"},
    /* Ordinals. */
    {"<1-99>.º", "{1}º"},
    {"<1-99>.ª", "{1}ª"},
    {"1.?er", "primer"},
    {"3.?er", "tercer"},
    {"<king> I <=w>", "{1} primero "},
    {"<queen> I <=w>", "{1} primera "},
    {"<king> <roman><=not before initial>", "{1} {2K}"},
    {"<queen> <roman><=not before initial>", "{1} {2Q}"},
    {"s. <roman>", "siglo {1}"},
    /* Abbreviations. */
    {"p._ej.", "por ejemplo"},
    {"P._ej.", "Por ejemplo"},
    {"EE._UU.<=e>", "Estados Unidos."},
    {"EE._UU.", "Estados Unidos"},
    {"C/ <=A>", "calle "},
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

static const struct say_entry christ[] = {{"a. C.", "antes de Cristo"}, {"a.C.", "antes de Cristo"},
    {"d. C.", "después de Cristo"}, {"d.C.", "después de Cristo"}};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}};

static const struct say_entry x[] = {{"x", ""}, {"×", ""}};

static const struct say_entry daypart[] = {SAME("de la"), SAME("de"), SAME("a. m."), SAME("p. m."),
    SAME("a.m."), SAME("p.m."), SAME("am"), SAME("pm"), SAME("en punto")};

static const struct say_entry la[] = {SAME("la")};

static const struct say_entry money[] = {{"€", "un euro|euros|un céntimo|céntimos"},
    {"EUR", "un euro|euros|un céntimo|céntimos"}, {"euros", "un euro|euros|un céntimo|céntimos"},
    {"US$", "un dólar estadounidense|dólares estadounidenses|un centavo|centavos"},
    {"USD", "un dólar estadounidense|dólares estadounidenses|un centavo|centavos"},
    {"£", "una libra|libras|un penique|peniques"}, {"¥", "un yen|yenes"},
    {"M€", "un millón de euros|millones de euros"}};

static const struct say_entry cash[] = {{"€", "un euro|euros|un céntimo|céntimos"},
    {"US$", "un dólar estadounidense|dólares estadounidenses|un centavo|centavos"},
    {"£", "una libra|libras|un penique|peniques"}};

/* Units if a number precedes them. */
static const struct say_entry unit[] = {{"km/h", "un kilómetro por hora|kilómetros por hora"},
    {"m/s", "un metro por segundo|metros por segundo"}, {"km", "un kilómetro|kilómetros"},
    {"m", "un metro|metros"}, {"cm", "un centímetro|centímetros"},
    {"mm", "un milímetro|milímetros"}, {"µm", "un micrómetro|micrómetros"},
    {"μm", "un micrómetro|micrómetros"}, {"nm", "un nanómetro|nanómetros"},
    {"km²", "un kilómetro cuadrado|kilómetros cuadrados"},
    {"m²", "un metro cuadrado|metros cuadrados"},
    {"cm²", "un centímetro cuadrado|centímetros cuadrados"},
    {"m³", "un metro cúbico|metros cúbicos"}, {"cm³", "un centímetro cúbico|centímetros cúbicos"},
    {"ha", "una hectárea|hectáreas"}, {"kg", "un kilogramo|kilogramos"}, {"g", "un gramo|gramos"},
    {"mg", "un miligramo|miligramos"}, {"µg", "un microgramo|microgramos"},
    {"μg", "un microgramo|microgramos"}, {"t", "una tonelada|toneladas"}, {"l", "un litro|litros"},
    {"L", "un litro|litros"}, {"dl", "un decilitro|decilitros"},
    {"cl", "un centilitro|centilitros"}, {"ml", "un mililitro|mililitros"},
    {"mL", "un mililitro|mililitros"}, {"h", "una hora|horas"}, {"min", "un minuto|minutos"},
    {"s", "un segundo|segundos"}, {"ms", "un milisegundo|milisegundos"},
    {"kB", "un kilobyte|kilobytes"}, {"MB", "un megabyte|megabytes"},
    {"GB", "un gigabyte|gigabytes"}, {"TB", "un terabyte|terabytes"}, {"Hz", "un hercio|hercios"},
    {"kHz", "un kilohercio|kilohercios"}, {"MHz", "un megahercio|megahercios"},
    {"GHz", "un gigahercio|gigahercios"}, {"W", "un vatio|vatios"},
    {"kW", "un kilovatio|kilovatios"}, {"MW", "un megavatio|megavatios"},
    {"kWh", "un kilovatio hora|kilovatios hora"}, {"mAh", "un miliamperio hora|miliamperios hora"},
    {"kV", "un kilovoltio|kilovoltios"}, {"Ω", "un ohmio|ohmios"}, {"Ω", "un ohmio|ohmios"},
    {"dB", "un decibelio|decibelios"}, {"kcal", "una kilocaloría|kilocalorías"},
    {"kJ", "un kilojulio|kilojulios"}, {"hPa", "un hectopascal|hectopascales"},
    {"°C", "un grado Celsius|grados Celsius"}, {"℃", "un grado Celsius|grados Celsius"},
    {"ºC", "un grado Celsius|grados Celsius"}, {"°F", "un grado Fahrenheit|grados Fahrenheit"},
    {"°", "un grado|grados"}, {"%", "un por ciento|por ciento"}, {"‰", "un por mil|por mil"}};

/* Words before a number that has a letter after it. */
static const struct say_entry section[] = {SAME("art."), SAME("artículo"), SAME("núm."),
    SAME("n.º"), SAME("nº"), SAME("§"), SAME("sala"), SAME("aula"), SAME("fig."), SAME("figura"),
    SAME("línea"), SAME("puerta"), SAME("piso"), SAME("grupo")};

static const struct say_entry king[] = {SAME("Felipe"), SAME("Alfonso"), SAME("Carlos"),
    SAME("Juan Carlos"), SAME("Fernando"), SAME("Enrique"), SAME("Sancho"), SAME("Pedro"),
    SAME("Juan"), SAME("Juan Pablo"), SAME("Luis"), SAME("Francisco"), SAME("Federico"),
    SAME("Guillermo"), SAME("Jorge"), SAME("Eduardo"), SAME("Jacobo"), SAME("Napoleón"),
    SAME("Nicolás"), SAME("Alejandro"), SAME("Pío"), SAME("León"), SAME("Benedicto"),
    SAME("Gregorio"), SAME("Clemente"), SAME("Inocencio"), SAME("Jaime"), SAME("Ramiro"),
    SAME("Ramsés"), SAME("Pablo"), SAME("Maximiliano"), SAME("Leopoldo"), SAME("Alberto"),
    SAME("Ricardo")};

static const struct say_entry queen[] = {SAME("Isabel"), SAME("María"), SAME("Catalina"),
    SAME("Margarita"), SAME("Juana"), SAME("Cristina")};

/* Titles and the like before a name. */
static const struct say_entry title[] = {{"Sr.", "señor"}, {"Sra.", "señora"},
    {"Srta.", "señorita"}, {"Sres.", "señores"}, {"Dr.", "doctor"}, {"Dra.", "doctora"},
    {"Dña.", "doña"}, {"D.ª", "doña"}, {"Prof.", "profesor"}, {"Profa.", "profesora"},
    {"Sto.", "santo"}, {"Sta.", "santa"}, {"Gral.", "general"}, {"Ing.", "ingeniero"},
    {"Lic.", "licenciado"}, {"Avda.", "avenida"}, {"Av.", "avenida"}, {"Pza.", "plaza"}};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"n.º", "número"}, {"№", "número"}, {"N.º", "número"},
    {"nº", "número"}, {"Nº", "número"}, {"n°", "número"}, {"N°", "número"}, {"núm.", "número"},
    {"Núm.", "Número"}, {"pág.", "página"}, {"págs.", "páginas"}, {"Pág.", "Página"},
    {"p.", "página"}, {"pp.", "páginas"}, {"cap.", "capítulo"}, {"Cap.", "Capítulo"},
    {"vol.", "volumen"}, {"art.", "artículo"}, {"Art.", "Artículo"}, {"fig.", "figura"},
    {"Fig.", "Figura"}, {"tel.", "teléfono"}, {"Tel.", "Teléfono"}, {"tfno.", "teléfono"},
    {"aprox.", "aproximadamente"}, {"máx.", "máximo"}, {"mín.", "mínimo"}};

/* Abbreviations whose full stop may also end the sentence. */
static const struct say_entry short_[] = {{"etc.", "etcétera"}, {"aprox.", "aproximadamente"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(christ), TABLE(dash), TABLE(x), TABLE(daypart),
    TABLE(la), TABLE(money), TABLE(cash), TABLE(unit), TABLE(section), TABLE(king), TABLE(queen),
    TABLE(title), TABLE(number), {"short", short_, SAY_COUNT(short_)}};

const struct say_language say_es = {.tag = "es",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_es_readers,
    .readers_n = &say_es_readers_n};
