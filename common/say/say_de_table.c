#include "say_lang.h"

/* The words of German that its rules refer to. */

#define SAME(word)                                                                                 \
	{                                                                                          \
		word, word                                                                         \
	}

static const struct say_entry month[] = {SAME("Januar"), SAME("Jänner"), SAME("Februar"),
    SAME("März"), SAME("April"), SAME("Mai"), SAME("Juni"), SAME("Juli"), SAME("August"),
    SAME("September"), SAME("Oktober"), SAME("November"), SAME("Dezember"), {"Jan.", "Januar"},
    {"Feb.", "Februar"}, {"Febr.", "Februar"}, {"Apr.", "April"}, {"Aug.", "August"},
    {"Sept.", "September"}, {"Sep.", "September"}, {"Okt.", "Oktober"}, {"Nov.", "November"},
    {"Dez.", "Dezember"}};

static const struct say_entry weekday[] = {{"Mo", "Montag"}, {"Di", "Dienstag"}, {"Mi", "Mittwoch"},
    {"Do", "Donnerstag"}, {"Fr", "Freitag"}, {"Sa", "Samstag"}, {"So", "Sonntag"},
    {"Mo.", "Montag"}, {"Di.", "Dienstag"}, {"Mi.", "Mittwoch"}, {"Do.", "Donnerstag"},
    {"Fr.", "Freitag"}, {"Sa.", "Samstag"}, {"So.", "Sonntag"}};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}, {"bis", ""}};
static const struct say_entry to[] = {{"bis", ""}, {"bis zum", ""}, {"-", ""}, {"–", ""}};
static const struct say_entry x[] = {{"x", ""}, {"×", ""}};
static const struct say_entry none[] = {{"00", ""}, {"-", ""}, {"--", ""}, {"–", ""}, {"—", ""}};
static const struct say_entry and[] = {
    {"und", "und"}, {"oder", "oder"}, {"bis", "bis"}, {"–", "bis"}, {"-", "bis"}};

static const struct say_entry money[] = {{"€", "ein Euro|Euro|ein Cent|Cent"},
    {"EUR", "ein Euro|Euro|ein Cent|Cent"}, {"Euro", "ein Euro|Euro|ein Cent|Cent"},
    {"Dollar", "ein Dollar|Dollar|ein Cent|Cent"},
    {"Franken", "ein Franken|Franken|ein Rappen|Rappen"}, {"$", "ein Dollar|Dollar|ein Cent|Cent"},
    {"US-$", "ein US-Dollar|US-Dollar|ein Cent|Cent"},
    {"US$", "ein US-Dollar|US-Dollar|ein Cent|Cent"},
    {"USD", "ein US-Dollar|US-Dollar|ein Cent|Cent"}, {"£", "ein Pfund|Pfund|ein Penny|Pence"},
    {"GBP", "ein britisches Pfund|britische Pfund|ein Penny|Pence"},
    {"CHF", "ein Schweizer Franken|Schweizer Franken|ein Rappen|Rappen"}, {"¥", "ein Yen|Yen"},
    {"JPY", "ein Yen|Yen"}};

/* Signs of money that may precede an amount. */
static const struct say_entry cash[] = {{"€", "ein Euro|Euro|ein Cent|Cent"},
    {"EUR", "ein Euro|Euro|ein Cent|Cent"}, {"$", "ein Dollar|Dollar|ein Cent|Cent"},
    {"US$", "ein US-Dollar|US-Dollar|ein Cent|Cent"},
    {"USD", "ein US-Dollar|US-Dollar|ein Cent|Cent"}, {"£", "ein Pfund|Pfund|ein Penny|Pence"},
    {"CHF", "ein Schweizer Franken|Schweizer Franken|ein Rappen|Rappen"}, {"¥", "ein Yen|Yen"}};

static const struct say_entry magnitude[] = {{"Mio.", "eine Million|Millionen"},
    {"Mio", "eine Million|Millionen"}, {"Mrd.", "eine Milliarde|Milliarden"},
    {"Mrd", "eine Milliarde|Milliarden"}, {"Tsd.", "tausend|tausend"}};

/* Units if a number precedes them. */
static const struct say_entry unit[] = {{"km/h", "ein Kilometer pro Stunde|Kilometer pro Stunde"},
    {"m/s", "ein Meter pro Sekunde|Meter pro Sekunde"}, {"km", "ein Kilometer|Kilometer"},
    {"m", "ein Meter|Meter"}, {"dm", "ein Dezimeter|Dezimeter"},
    {"cm", "ein Zentimeter|Zentimeter"}, {"mm", "ein Millimeter|Millimeter"},
    {"µm", "ein Mikrometer|Mikrometer"}, {"μm", "ein Mikrometer|Mikrometer"},
    {"nm", "ein Nanometer|Nanometer"}, {"km²", "ein Quadratkilometer|Quadratkilometer"},
    {"m²", "ein Quadratmeter|Quadratmeter"}, {"qm", "ein Quadratmeter|Quadratmeter"},
    {"cm²", "ein Quadratzentimeter|Quadratzentimeter"},
    {"mm²", "ein Quadratmillimeter|Quadratmillimeter"}, {"m³", "ein Kubikmeter|Kubikmeter"},
    {"cm³", "ein Kubikzentimeter|Kubikzentimeter"}, {"ha", "ein Hektar|Hektar"},
    {"kg", "ein Kilogramm|Kilogramm"}, {"g", "ein Gramm|Gramm"},
    {"mg", "ein Milligramm|Milligramm"}, {"µg", "ein Mikrogramm|Mikrogramm"},
    {"μg", "ein Mikrogramm|Mikrogramm"}, {"t", "eine Tonne|Tonnen"}, {"l", "ein Liter|Liter"},
    {"L", "ein Liter|Liter"}, {"dl", "ein Deziliter|Deziliter"},
    {"cl", "ein Zentiliter|Zentiliter"}, {"ml", "ein Milliliter|Milliliter"},
    {"hl", "ein Hektoliter|Hektoliter"}, {"h", "eine Stunde|Stunden"},
    {"min", "eine Minute|Minuten"}, {"s", "eine Sekunde|Sekunden"},
    {"ms", "eine Millisekunde|Millisekunden"}, {"kB", "ein Kilobyte|Kilobyte"},
    {"MB", "ein Megabyte|Megabyte"}, {"GB", "ein Gigabyte|Gigabyte"},
    {"TB", "ein Terabyte|Terabyte"}, {"Hz", "ein Hertz|Hertz"}, {"kHz", "ein Kilohertz|Kilohertz"},
    {"MHz", "ein Megahertz|Megahertz"}, {"GHz", "ein Gigahertz|Gigahertz"}, {"W", "ein Watt|Watt"},
    {"kW", "ein Kilowatt|Kilowatt"}, {"MW", "ein Megawatt|Megawatt"},
    {"GW", "ein Gigawatt|Gigawatt"}, {"kWh", "eine Kilowattstunde|Kilowattstunden"},
    {"MWh", "eine Megawattstunde|Megawattstunden"},
    {"mAh", "eine Milliamperestunde|Milliamperestunden"}, {"kV", "ein Kilovolt|Kilovolt"},
    {"mA", "ein Milliampere|Milliampere"}, {"Ω", "ein Ohm|Ohm"}, {"Ω", "ein Ohm|Ohm"},
    {"kΩ", "ein Kiloohm|Kiloohm"}, {"dB", "ein Dezibel|Dezibel"}, {"PS", "ein PS|PS"},
    {"kcal", "eine Kilokalorie|Kilokalorien"}, {"kJ", "ein Kilojoule|Kilojoule"},
    {"kPa", "ein Kilopascal|Kilopascal"}, {"hPa", "ein Hektopascal|Hektopascal"},
    {"°C", "ein Grad Celsius|Grad Celsius"}, {"℃", "ein Grad Celsius|Grad Celsius"},
    {"°F", "ein Grad Fahrenheit|Grad Fahrenheit"}, {"°", "ein Grad|Grad"},
    {"%", "ein Prozent|Prozent"}, {"‰", "ein Promille|Promille"}};

/* Units with a full stop that may also end the sentence. */
static const struct say_entry dotted[] = {{"Std.", "eine Stunde|Stunden"},
    {"Min.", "eine Minute|Minuten"}, {"Sek.", "eine Sekunde|Sekunden"}, {"Stk.", "ein Stück|Stück"},
    {"Pkt.", "ein Punkt|Punkte"}};

/* Words before a number that has a letter after it: "§ 5 g". */
static const struct say_entry section[] = {SAME("§"), SAME("§§"), SAME("Abs."), SAME("Art."),
    SAME("Nr."), SAME("Klasse"), SAME("Absatz"), SAME("Artikel"), SAME("Nummer"), SAME("Paragraf"),
    SAME("Haus"), SAME("Abb."), SAME("Tab."), SAME("Linie"), SAME("Gleis"), SAME("Raum"),
    SAME("Zimmer"), SAME("Aufgabe")};

static const struct say_entry christ[] = {{"v. Chr.", "vor Christus"}, {"v.Chr.", "vor Christus"},
    {"n. Chr.", "nach Christus"}, {"n.Chr.", "nach Christus"}};

/* Words before a year. */
static const struct say_entry since[] = {SAME("Jahr"), SAME("Jahre"), SAME("Jahres"),
    SAME("Jahren"), SAME("seit"), SAME("anno"), SAME("Sommer"), SAME("Herbst"), SAME("Winter"),
    SAME("Frühjahr"), SAME("Frühling"), SAME("Anfang"), SAME("Ende"), SAME("Mitte"),
    SAME("Jahrgang"), SAME("Weihnachten"), SAME("Ostern"), SAME("Baujahr")};

/* Words before a year or a number. */
static const struct say_entry until[] = {SAME("bis"), SAME("von"), SAME("vor"), SAME("nach"),
    SAME("ab"), SAME("um"), SAME("zwischen"), SAME("und"), SAME("in"), SAME("("), SAME("©")};

static const struct say_entry stop[] = {SAME(","), SAME("."), SAME(")"), SAME(";"), SAME(":"),
    SAME("?"), SAME("!"), SAME("in"), SAME("im"), SAME("am"), SAME("an"), SAME("bis"),
    SAME("durch"), SAME("und"), SAME("zum"), SAME("zur"), SAME("nach"), SAME("von"), SAME("vom"),
    SAME("mit"), SAME("als"), SAME("auf"), SAME("wieder"), SAME("wegen"), SAME("unter")};

/* Verbs after a year at the beginning. */
static const struct say_entry deed[] = {SAME("wurde"), SAME("wurden"), SAME("war"), SAME("kam"),
    SAME("kamen"), SAME("ging"), SAME("starb"), SAME("erhielt"), SAME("gewann"), SAME("begann"),
    SAME("gründete"), SAME("erschien"), SAME("folgte"), SAME("zog"), SAME("heiratete"),
    SAME("übernahm"), SAME("geboren"), SAME("entstand"), SAME("eröffnete"), SAME("gegründet"),
    SAME("promovierte"), SAME("wechselte"), SAME("erfolgte"), SAME("trat"), SAME("nahm"),
    SAME("stand"), SAME("ließ"), SAME("veröffentlichte"), SAME("bekam"), SAME("wechselten")};

/* Words that decide how an ordinal ends. */
static const struct say_entry am[] = {SAME("am"), SAME("vom"), SAME("zum")};

static const struct say_entry dem[] = {SAME("am"), SAME("vom"), SAME("zum"), SAME("beim"),
    SAME("im"), SAME("dem"), SAME("den"), SAME("des"), SAME("zur"), SAME("einem"), SAME("einen"),
    SAME("einer"), SAME("eines"), SAME("seinem"), SAME("seinen"), SAME("seiner"), SAME("seines"),
    SAME("ihrem"), SAME("ihren"), SAME("ihrer"), SAME("ihres"), SAME("meinem"), SAME("meinen"),
    SAME("meiner"), SAME("unserem"), SAME("unseren"), SAME("unserer"), SAME("jedem"), SAME("jeden"),
    SAME("diesem"), SAME("diesen"), SAME("unterm"), SAME("überm"), SAME("hinterm"), SAME("in der"),
    SAME("von der"), SAME("aus der"), SAME("bei der"), SAME("mit der"), SAME("nach der"),
    SAME("vor der"), SAME("zu der"), SAME("seit der"), SAME("ab der")};

/* The same before a date. */
static const struct say_entry dated[] = {SAME("am"), SAME("vom"), SAME("zum"), SAME("beim"),
    SAME("dem"), SAME("den"), SAME("des"), SAME("bis"), SAME("ab"), SAME("seit"), SAME("jedem"),
    SAME("jeden"), SAME("diesem"), SAME("diesen"), SAME("einem"), SAME("einen"), SAME("und dem"),
    SAME("bis zum")};

static const struct say_entry der[] = {SAME("der"), SAME("dieser"), SAME("jeder")};

static const struct say_entry das[] = {SAME("das"), SAME("die"), SAME("ins"), SAME("aufs"),
    SAME("fürs"), SAME("eine"), SAME("seine"), SAME("ihre"), SAME("meine"), SAME("unsere"),
    SAME("jede"), SAME("diese"), SAME("dieses"), SAME("jedes"), SAME("der"), SAME("dieser")};

static const struct say_entry mein[] = {SAME("ein"), SAME("mein"), SAME("dein"), SAME("sein"),
    SAME("ihr"), SAME("unser"), SAME("kein")};

static const struct say_entry in[] = {SAME("in"), SAME("mit"), SAME("aus")};

static const struct say_entry masculine[] = {SAME("Platz"), SAME("Tag"), SAME("Geburtstag"),
    SAME("Spieltag"), SAME("Teil"), SAME("Band"), SAME("Rang"), SAME("Akt"), SAME("Satz"),
    SAME("Jahrestag"), SAME("Hochzeitstag"), SAME("Todestag"), SAME("Stock"), SAME("Bezirk"),
    SAME("Weltkrieg"), SAME("Preis"), SAME("Advent"), SAME("Versuch"), SAME("Aufzug"),
    SAME("Schritt"), SAME("Vorsitzender"), SAME("Bürgermeister")};

static const struct say_entry feminine[] = {SAME("Klasse"), SAME("Etage"), SAME("Runde"),
    SAME("Auflage"), SAME("Liga"), SAME("Bundesliga"), SAME("Minute"), SAME("Woche"),
    SAME("Stunde"), SAME("Folge"), SAME("Staffel"), SAME("Ausgabe"), SAME("Reihe"),
    SAME("Sinfonie"), SAME("Symphonie"), SAME("Generation"), SAME("Halbzeit"), SAME("Etappe"),
    SAME("Szene"), SAME("Strophe"), SAME("Lektion")};

static const struct say_entry neuter[] = {SAME("Jahrhundert"), SAME("Jahrtausend"), SAME("Kapitel"),
    SAME("Mal"), SAME("Lebensjahr"), SAME("Schuljahr"), SAME("Semester"), SAME("Quartal"),
    SAME("Obergeschoss"), SAME("Stockwerk"), SAME("Kind"), SAME("Buch"), SAME("Tor"),
    SAME("Spiel")};

static const struct say_entry king[] = {SAME("Karl"), SAME("Heinrich"), SAME("Ludwig"),
    SAME("Friedrich"), SAME("Wilhelm"), SAME("Friedrich Wilhelm"), SAME("Otto"), SAME("Philipp"),
    SAME("Johannes Paul"), SAME("Franz"), SAME("Leopold"), SAME("Pius"), SAME("Eduard"),
    SAME("Georg"), SAME("Jakob"), SAME("Gustav"), SAME("Christian"), SAME("Alexander"),
    SAME("Nikolaus"), SAME("Maximilian"), SAME("Rudolf"), SAME("Konrad"), SAME("Ferdinand"),
    SAME("August"), SAME("Gregor"), SAME("Innozenz"), SAME("Benedikt"), SAME("Leo"), SAME("Peter"),
    SAME("Napoleon"), SAME("Ramses"), SAME("Johann"), SAME("Joseph"), SAME("Ernst"),
    SAME("Albrecht")};

static const struct say_entry kings[] = {SAME("Karls"), SAME("Heinrichs"), SAME("Ludwigs"),
    SAME("Friedrichs"), SAME("Wilhelms"), SAME("Ottos"), SAME("Philipps"), SAME("Georgs"),
    SAME("Napoleons"), SAME("Alexanders"), SAME("Leopolds"), SAME("Rudolfs"), SAME("Konrads"),
    SAME("Ferdinands"), SAME("Peters"), SAME("Benedikts"), SAME("Johannes Pauls")};

static const struct say_entry kingly[] = {SAME("König"), SAME("Kaiser"), SAME("Papst"),
    SAME("Herzog"), SAME("Zar"), SAME("Kurfürst"), SAME("Fürst"), SAME("Graf"), SAME("Bischof")};

static const struct say_entry of[] = {SAME("von"), SAME("mit"), SAME("unter"), SAME("bei"),
    SAME("nach"), SAME("zu"), SAME("seit"), SAME("Von"), SAME("Unter"), SAME("Mit"), SAME("Nach")};

/* Words after "u. a." that cannot be verbs: after a name it could also be "und andere". */
static const struct say_entry phrase[] = {SAME("in"), SAME("im"), SAME("an"), SAME("am"),
    SAME("auf"), SAME("aus"), SAME("bei"), SAME("beim"), SAME("mit"), SAME("für"), SAME("von"),
    SAME("vom"), SAME("zu"), SAME("zum"), SAME("zur"), SAME("die"), SAME("der"), SAME("das"),
    SAME("den"), SAME("dem"), SAME("ein"), SAME("eine"), SAME("einen"), SAME("als"), SAME("durch"),
    SAME("über"), SAME("unter"), SAME("nach"), SAME("wegen"), SAME("auch"), SAME("um")};

/* Titles that precede a name. */
static const struct say_entry title[] = {{"Dr.", "Doktor"}, {"Prof.", "Professor"}, {"Hr.", "Herr"},
    {"Hrn.", "Herrn"}, {"St.", "Sankt"}, {"Dipl.-Ing.", "Diplomingenieur"}, {"Fa.", "Firma"}};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"Nr.", "Nummer"}, {"№", "Nummer"}, {"Nrn.", "Nummern"},
    {"S.", "Seite"}, {"Abb.", "Abbildung"}, {"Tab.", "Tabelle"}, {"Kap.", "Kapitel"},
    {"Bd.", "Band"}, {"Art.", "Artikel"}, {"Abs.", "Absatz"}, {"Ziff.", "Ziffer"},
    {"Anm.", "Anmerkung"}, {"§§", "Paragrafen"}, {"ca.", "circa"}, {"Ca.", "Circa"},
    {"max.", "maximal"}, {"min.", "mindestens"}, {"mind.", "mindestens"}, {"Tel.", "Telefon"},
    {"Str.", "Straße"}, {"Jg.", "Jahrgang"}, {"Aufl.", "Auflage"}};

/* Abbreviations whose full stop may also end the sentence. */
static const struct say_entry short_[] = {{"usw.", "und so weiter"}, {"etc.", "et cetera"},
    {"Jh.", "Jahrhundert"}, {"Jhd.", "Jahrhundert"}, {"Hbf.", "Hauptbahnhof"},
    {"u.s.w.", "und so weiter"}};

static const struct say_entry word[] = {{"bzw.", "beziehungsweise"}, {"ca.", "circa"},
    {"ggf.", "gegebenenfalls"}, {"Ggf.", "Gegebenenfalls"}, {"evtl.", "eventuell"},
    {"Evtl.", "Eventuell"}, {"inkl.", "inklusive"}, {"exkl.", "exklusive"}, {"zzgl.", "zuzüglich"},
    {"vgl.", "vergleiche"}, {"Vgl.", "Vergleiche"}, {"vs.", "versus"}, {"Hbf", "Hauptbahnhof"},
    {"einschl.", "einschließlich"}, {"insb.", "insbesondere"}, {"insbes.", "insbesondere"},
    {"allg.", "allgemein"}, {"bspw.", "beispielsweise"}, {"Bspw.", "Beispielsweise"},
    {"mtl.", "monatlich"}, {"tägl.", "täglich"}, {"jährl.", "jährlich"}, {"gem.", "gemäß"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

const struct say_table say_de_tables[SAY_DE_TABLES] = {TABLE(month), TABLE(weekday), TABLE(dash),
    TABLE(to), TABLE(x), TABLE(none), TABLE(and), TABLE(money), TABLE(cash), TABLE(magnitude),
    TABLE(unit), TABLE(dotted), TABLE(section), TABLE(christ), TABLE(since), TABLE(until),
    TABLE(stop), TABLE(deed), TABLE(am), TABLE(dem), TABLE(dated), TABLE(phrase), TABLE(der),
    TABLE(das), TABLE(mein), TABLE(in), TABLE(masculine), TABLE(neuter), TABLE(king), TABLE(kings),
    TABLE(kingly), TABLE(of), TABLE(title), TABLE(number), {"short", short_, SAY_COUNT(short_)},
    TABLE(word), TABLE(feminine)};
