#include "say_lang.h"

/*
 * Russian. The engine reads these right, so they are left to it: numbers of all kinds, times and
 * the signs of arithmetic. So is everything ambiguous. A number and what is counted are said in
 * the nominative. The matcher knows the ends of Latin words only, so each rule that begins or ends
 * with a Cyrillic letter has a condition.
 */

static const struct say_rule rules[] = {
    /* Dates. */
    {"с <1-31> по <1-31> <month><=not before letter><=not after glued>", "с {1g} по {2n} {3}"},
    {"<1-31>.<1-12>.<1000-2999>", "{1g} {2m} {3G} года"},
    {"<1-31> <month> <1000-2999> <yearly><=after on>", "{1n} {2} {3G} года"},
    {"<1-31> <month> <1000-2999> <yearly>", "{1g} {2} {3G} года"},
    {"<1-31> <month> <1000-2999><=after on>", "{1n} {2} {3G} года"},
    {"<1-31> <month> <1000-2999>", "{1g} {2} {3G} года"},
    {"<1-31> <month><=after on><=not before letter>", "{1n} {2}"},
    {"<1-31> <month><=not before letter>", "{1g} {2}"},
    {"<1000-2999> году<=not before letter><=after in>", "{1P} году"},
    {"<1000-2999> году<=not before letter><=after to>", "{1D} году"},
    {"<1000-2999> года<=not before letter>", "{1G} года"},
    {"<1000-2999> год<=not before letter>", "{1N} год"},
    {"<1000-2999>_г.<=after in>", "{1P} году"},
    {"<1000-2999>_г.<=after to>", "{1D} году"},
    {"<1000-2999>_г.<=after from>", "{1G} года"},
    {"<1000-2999>_г.<=after till>", "{1N} год"},
    {"<1000-2999>_г", NULL},
    /* Money. */
    {"<cash>_0,<01-99>", "{1q2}"},
    {"<cash>_<int>,00", "{1p2}"},
    {"<cash>_<int>,<01-99>", "{1p2} {1q3}"},
    {"<cash>_<num>_<magnitude>", "{3p2} {1u}"},
    {"<cash>_<num>", "{1p2}"},
    {"<num>_<dash>_<num>_<magnitude>_<money><=not before letter>", "{1}-{4p3} {5u}"},
    {"<num>_<magnitude>_<ruble><=e>", "{2p1} {3u}."},
    {"<num>_<magnitude>_<money><=not before letter>", "{2p1} {3u}"},
    {"<num>_<dash>_<num>_<magnitude><=not before letter>", "{1}-{4p3}"},
    {"<num>_<magnitude><=not before letter>", "{2p1}"},
    {"0,<01-99>_<money><=not before letter>", "{2q1}"},
    {"<int>,00_<money><=not before letter>", "{2p1}"},
    {"<int>,<01-99>_<ruble><=e>", "{3p1} {3q2}."},
    {"<int>,<01-99>_<money><=not before letter>", "{3p1} {3q2}"},
    {"<num>_<dash>_<num>_<money><=not before letter>", "{1}-{4p3}"},
    {"<num>_<ruble><=e>", "{2p1}."},
    {"<num>_<money><=not before letter>", "{2p1}"},
    /* Measures. */
    {"<num>_<dotted><=e>", "{2p1}."},
    {"<num>_<dotted><=not before letter>", "{2p1}"},
    {"<num>_г.<=after in>", NULL},
    {"<num>_г. <=w>", NULL},
    {"<num>_<unit><=not before letter><=after section>", NULL},
    {"<num>_<dash>_<num>_<unit><=not before letter>", "{1}-{4p3}"},
    {"-<num>_<unit><=not before letter>", "минус {2p1}"},
    {"−<num>_<unit><=not before letter>", "минус {2p1}"},
    {"–<num>_<unit><=not before letter><=after gap><=not after digits>", "минус {2p1}"},
    {"−<num>", "минус {1}"},
    {"-<num><=after gap><=not after start><=not after digits>", "минус {1}"},
    {"<num>_<unit>.<=before small>", "{2p1}"},
    {"<num>_<unit><=not before letter>", "{2p1}"},
    /* Ordinals. */
    {"<1-99>-й<=not before letter>", "{1o}"},
    {"<1-99>-я<=not before letter>", "{1a}"},
    {"<1-99>-го<=not before letter>", "{1g}"},
    {"<1-99>-му<=not before letter>", "{1d}"},
    {"<1-99>-ю<=not before letter>", "{1y}"},
    {"<roman> век<=not before letter>", "{1O} век"},
    {"<roman> века<=not before letter>", "{1A} века"},
    {"<roman> веке<=not before letter>", "{1C} веке"},
    {"<roman> в.<=after in>", "{1C} веке"},
    {"<king> <roman>", "{1} {2O}"},
    {"<kings> <roman>", "{1} {2A}"},
    {"<queen> <roman>", "{1} {2E}"},
    {"<queens> <roman>", "{1} {2I}"},
    /* Abbreviations. */
    {"т._е.<=not after glued>", "то есть"},
    {"Т._е.", "То есть"},
    {"т._к.<=not after glued>", "так как"},
    {"и т._д.<=e><=not after glued>", "и так далее."},
    {"и т._д.<=not after glued>", "и так далее"},
    {"и т._п.<=e><=not after glued>", "и тому подобное."},
    {"и т._п.<=not after glued>", "и тому подобное"},
    {"и др.<=e><=not after glued>", "и другие."},
    {"и др.<=not after glued>", "и другие"},
    {"до н._э.<=e><=not after glued>", "до нашей эры."},
    {"до н._э.<=not after glued>", "до нашей эры"},
    {"н._э.<=e><=not after glued>", "нашей эры."},
    {"н._э.<=not after glued>", "нашей эры"},
    {"на ул. <=A><=not after glued>", "на улице "},
    {"по ул. <=A><=not after glued>", "по улице "},
    {"в г. <=A><=not after glued>", "в городе "},
    {"им. <=A><=not after glued>", "имени "},
    {"см. стр. <=9><=not after glued>", "смотри страницу "},
    {"см. табл. <=9><=not after glued>", "смотри таблицу "},
    {"см. гл. <=9><=not after glued>", "смотри главу "},
    {"на стр. <=9><=not after glued>", "на странице "},
    {"№_<=9>", "номер "},
    {"№", "номер"},
    {"см. <=w><=not after digits><=not after glued>", "смотри "},
    {"<number>_<=9><=not after glued>", "{1} "},
    {"напр.<=not after glued>", "например"},
};

#define SAME(word)                                                                                 \
	{                                                                                          \
		word, word                                                                         \
	}

static const struct say_entry month[] = {SAME("января"), SAME("февраля"), SAME("марта"),
    SAME("апреля"), SAME("мая"), SAME("июня"), SAME("июля"), SAME("августа"), SAME("сентября"),
    SAME("октября"), SAME("ноября"), SAME("декабря")};

static const struct say_entry yearly[] = {{"г.", ""}, {"года", ""}};

/* Words before a date in the nominative or accusative. */
static const struct say_entry on[] = {
    SAME("на"), SAME("по"), SAME("сегодня"), SAME("завтра"), SAME("вчера"), SAME("это")};

static const struct say_entry in[] = {SAME("в"), SAME("о"), SAME("об")};

static const struct say_entry to[] = {SAME("к")};

static const struct say_entry from[] = {SAME("с"), SAME("до"), SAME("от"), SAME("после"),
    SAME("января"), SAME("февраля"), SAME("марта"), SAME("апреля"), SAME("мая"), SAME("июня"),
    SAME("июля"), SAME("августа"), SAME("сентября"), SAME("октября"), SAME("ноября"),
    SAME("декабря"), SAME("лета"), SAME("осени"), SAME("весны"), SAME("зимы")};

static const struct say_entry dash[] = {{"-", ""}, {"–", ""}};

static const struct say_entry money[] = {{"₽", "рубль|рубля|рублей|*копейка|копейки|копеек"},
    {"руб.", "рубль|рубля|рублей|*копейка|копейки|копеек"},
    {"руб", "рубль|рубля|рублей|*копейка|копейки|копеек"},
    {"€", "евро|евро|евро|цент|цента|центов"}, {"$", "доллар|доллара|долларов|цент|цента|центов"}};

/* Its full stop may also end the sentence. */
static const struct say_entry ruble[] = {{"руб.", "рубль|рубля|рублей|*копейка|копейки|копеек"}};

static const struct say_entry till[] = {SAME("по"), SAME("на"), SAME("за")};

static const struct say_entry cash[] = {
    {"€", "евро|евро|евро|цент|цента|центов"}, {"$", "доллар|доллара|долларов|цент|цента|центов"}};

static const struct say_entry magnitude[] = {{"тыс.", "*тысяча|тысячи|тысяч"},
    {"млн", "миллион|миллиона|миллионов"}, {"млн.", "миллион|миллиона|миллионов"},
    {"млрд", "миллиард|миллиарда|миллиардов"}, {"млрд.", "миллиард|миллиарда|миллиардов"},
    {"трлн", "триллион|триллиона|триллионов"}};

/* Units if a number precedes them: one, from two to four, more; * if they are feminine. */
static const struct say_entry unit[] = {{"км/ч", "километр в час|километра в час|километров в час"},
    {"м/с", "метр в секунду|метра в секунду|метров в секунду"},
    {"км", "километр|километра|километров"}, {"м", "метр|метра|метров"},
    {"см", "сантиметр|сантиметра|сантиметров"}, {"мм", "миллиметр|миллиметра|миллиметров"},
    {"км²", "квадратный километр|квадратных километра|квадратных километров"},
    {"м²", "квадратный метр|квадратных метра|квадратных метров"},
    {"м³", "кубический метр|кубических метра|кубических метров"}, {"га", "гектар|гектара|гектаров"},
    {"кг", "килограмм|килограмма|килограммов"}, {"г", "грамм|грамма|граммов"},
    {"мг", "миллиграмм|миллиграмма|миллиграммов"}, {"т", "*тонна|тонны|тонн"},
    {"л", "литр|литра|литров"}, {"мл", "миллилитр|миллилитра|миллилитров"}, {"ч", "час|часа|часов"},
    {"л. с.", "*лошадиная сила|лошадиные силы|лошадиных сил"},
    {"л.с.", "*лошадиная сила|лошадиные силы|лошадиных сил"}, {"мин", "*минута|минуты|минут"},
    {"сек", "*секунда|секунды|секунд"}, {"КБ", "килобайт|килобайта|килобайт"},
    {"МБ", "мегабайт|мегабайта|мегабайт"}, {"ГБ", "гигабайт|гигабайта|гигабайт"},
    {"ТБ", "терабайт|терабайта|терабайт"}, {"Гц", "герц|герца|герц"},
    {"кГц", "килогерц|килогерца|килогерц"}, {"МГц", "мегагерц|мегагерца|мегагерц"},
    {"ГГц", "гигагерц|гигагерца|гигагерц"}, {"Вт", "ватт|ватта|ватт"},
    {"кВт", "киловатт|киловатта|киловатт"}, {"МВт", "мегаватт|мегаватта|мегаватт"},
    {"кВт·ч", "киловатт-час|киловатт-часа|киловатт-часов"}, {"дБ", "децибел|децибела|децибел"},
    {"ккал", "*килокалория|килокалории|килокалорий"},
    {"°C", "градус Цельсия|градуса Цельсия|градусов Цельсия"},
    {"°С", "градус Цельсия|градуса Цельсия|градусов Цельсия"},
    {"℃", "градус Цельсия|градуса Цельсия|градусов Цельсия"}, {"°", "градус|градуса|градусов"},
    {"%", "процент|процента|процентов"}};

/* Units with a full stop that may also end the sentence. */
static const struct say_entry dotted[] = {{"мин.", "*минута|минуты|минут"},
    {"сек.", "*секунда|секунды|секунд"}, {"чел.", "человек|человека|человек"},
    {"шт.", "*штука|штуки|штук"}};

/* Words before a number that has a letter after it. */
static const struct say_entry section[] = {SAME("№"), SAME("ст."), SAME("п."), SAME("пункт"),
    SAME("статья"), SAME("дом"), SAME("кв."), SAME("класс"), SAME("рис.")};

static const struct say_entry king[] = {SAME("Пётр"), SAME("Петр"), SAME("Александр"),
    SAME("Николай"), SAME("Иван"), SAME("Павел"), SAME("Людовик"), SAME("Карл"), SAME("Генрих"),
    SAME("Филипп"), SAME("Фридрих"), SAME("Вильгельм"), SAME("Наполеон"), SAME("Георг"),
    SAME("Эдуард"), SAME("Василий")};

static const struct say_entry kings[] = {SAME("Петра"), SAME("Александра"), SAME("Николая"),
    SAME("Ивана"), SAME("Павла"), SAME("Людовика"), SAME("Карла"), SAME("Генриха"), SAME("Филиппа"),
    SAME("Фридриха"), SAME("Вильгельма"), SAME("Наполеона"), SAME("Георга"), SAME("Эдуарда"),
    SAME("Василия")};

static const struct say_entry queen[] = {
    SAME("Екатерина"), SAME("Елизавета"), SAME("Мария"), SAME("Маргарита")};

static const struct say_entry queens[] = {
    SAME("Екатерины"), SAME("Елизаветы"), SAME("Марии"), SAME("Маргариты")};

/* Abbreviations that precede a number. */
static const struct say_entry number[] = {{"стр.", "страница"}, {"рис.", "рисунок"},
    {"гл.", "глава"}, {"табл.", "таблица"}, {"тел.", "телефон"}, {"ок.", "около"}, {"п.", "пункт"},
    {"ст.", "статья"}};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(month), TABLE(yearly), TABLE(on), TABLE(in),
    TABLE(to), TABLE(from), TABLE(dash), TABLE(money), TABLE(ruble), TABLE(till), TABLE(cash),
    TABLE(magnitude), TABLE(unit), TABLE(dotted), TABLE(section), TABLE(king), TABLE(kings),
    TABLE(queen), TABLE(queens), TABLE(number)};

const struct say_language say_ru = {.tag = "ru",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_ru_readers,
    .readers_n = &say_ru_readers_n};
