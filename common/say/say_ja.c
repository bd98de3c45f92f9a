#include "say_lang.h"

#include "say_ja.h"

/*
 * Japanese. The engine reads no digits, so each is read here, in kana; numbers in characters are
 * read with the words around them (say_ja_kana.c). What a unit stands for is a counter.
 */

static const struct say_entry unit[] = {{"%", "パーセント/j"}, {"‰", "パーミル"},
    {"km", "キロメートル/j"}, {"㎞", "キロメートル/j"}, {"m", "メートル"}, {"m走", "メートルソー"},
    {"cm", "センチメートル/j"}, {"㎝", "センチメートル/j"}, {"mm", "ミリメートル"},
    {"㎜", "ミリメートル"}, {"µm", "マイクロメートル"}, {"μm", "マイクロメートル"},
    {"kg", "キログラム/j"}, {"㎏", "キログラム/j"}, {"g", "グラム"}, {"mg", "ミリグラム"},
    {"㎎", "ミリグラム"}, {"t", "トン/s"}, {"L", "リットル"}, {"l", "リットル"}, {"ℓ", "リットル"},
    {"ml", "ミリリットル"}, {"mL", "ミリリットル"}, {"㎖", "ミリリットル"}, {"cc", "シーシー"},
    {"m²", "ヘーホーメートル"}, {"m2", "ヘーホーメートル"}, {"㎡", "ヘーホーメートル"},
    {"km²", "ヘーホーキロメートル"}, {"㎢", "ヘーホーキロメートル"}, {"m³", "リッポーメートル"},
    {"㎥", "リッポーメートル"}, {"ha", "ヘクタール/j"}, {"kB", "キロバイト/j"},
    {"KB", "キロバイト/j"}, {"MB", "メガバイト"}, {"GB", "ギガバイト"}, {"TB", "テラバイト/s"},
    {"Mbps", "メガビーピーエス"}, {"Gbps", "ギガビーピーエス"}, {"Hz", "ヘルツ"},
    {"kHz", "キロヘルツ/j"}, {"MHz", "メガヘルツ"}, {"GHz", "ギガヘルツ"}, {"W", "ワット"},
    {"kW", "キロワット/j"}, {"kWh", "キロワットジ/j"}, {"V", "ボルト"}, {"A", "アンペア"},
    {"mAh", "ミリアンペアジ"}, {"Ω", "オーム"}, {"dB", "デシベル"}, {"kcal", "キロカロリー/j"},
    {"cal", "カロリー/j"}, {"hPa", "ヘクトパスカル"}, {"km/h", "キロ/j"}, {"m/s", "メートル"},
    {"px", "ピクセル"}, {"ppm", "ピーピーエム"}, {"ms", "ミリビョー"}, {"°", "ド"}, {"℃", "ド"},
    {"°C", "ド"}, {"in", "インチ"}, {"ft", "フィート"}};

/* Money whose sign is written before the number. */
static const struct say_entry money[] = {{"¥", "エン/4"}, {"￥", "エン/4"}, {"$", "ドル"},
    {"US$", "ドル"}, {"€", "ユーロ"}, {"£", "ポンド/j"}, {"₩", "ウォン"}};

static const struct say_entry wave[] = {{"〜", ""}, {"～", ""}, {"~", ""}, {"∼", ""}};
static const struct say_entry dash[] = {
    {"〜", ""}, {"～", ""}, {"~", ""}, {"∼", ""}, {"-", ""}, {"–", ""}, {"−", ""}};
static const struct say_entry minus[] = {{"-", ""}, {"−", ""}, {"–", ""}, {"－", ""}};
static const struct say_entry colon[] = {{":", ""}, {"：", ""}};
static const struct say_entry open[] = {{"(", ""}, {"（", ""}};
static const struct say_entry close[] = {{")", ""}, {"）", ""}};
static const struct say_entry weekday[] = {{"月", "ゲツヨービ"}, {"火", "カヨービ"},
    {"水", "スイヨービ"}, {"木", "モクヨービ"}, {"金", "キンヨービ"}, {"土", "ドヨービ"},
    {"日", "ニチヨービ"}, {"祝", "シュクジツ"}};
static const struct say_entry fraction[] = {{"½", "ニブンノ イチ"}, {"⅓", "サンブンノ イチ"},
    {"⅔", "サンブンノ ニ"}, {"¼", "ヨンブンノ イチ"}, {"¾", "ヨンブンノ サン"}};

static const struct say_entry word[] = {{"5G", "ファイブジー"}, {"4G", "フォージー"},
    {"3D", "スリーディー"}, {"2D", "ツーディー"}, {"4K", "ヨンケー"}, {"8K", "ハチケー"},
    {"CO2", "シーオーツー"}, {"H2O", "エイチツーオー"}, {"MP3", "エムピースリー"},
    {"MP4", "エムピーフォー"}, {"A3", "エーサン"}, {"A4", "エーヨン"}, {"A5", "エーゴ"},
    {"B4", "ビーヨン"}, {"B5", "ビーゴ"}, {"G7", "ジーセブン"}, {"G20", "ジートゥエンティー"},
    {"PM2.5", "ピーエムニーテンゴ"}, {"COVID-19", "コビッド ナインティーン"},
    {"24時間365日", "ニジューヨジカン サンビャクロクジューゴニチ"}, {"110番", "ヒャクトーバン"},
    {"vs.", "タイ"}, {"vs", "タイ"}, {"VS", "タイ"}};

static const struct say_entry number[] = {{"No.", "ナンバー"}, {"no.", "ナンバー"},
    {"NO.", "ナンバー"}, {"№", "ナンバー"}, {"Vol.", "ボリューム"}, {"vol.", "ボリューム"},
    {"p.", "ページ"}, {"Ver.", "バージョン"}, {"ver.", "バージョン"}};

static const struct say_entry sign[] = {{"+", "タス"}, {"＋", "タス"}, {"−", "ヒク"},
    {"×", "カケル"}, {"÷", "ワル"}, {"=", "ワ"}, {"＝", "ワ"}, {"±", "プラスマイナス"}};

static const struct say_rule rules[] = {
    {"<email>", "{1u}"},
    {"<url>", "{1u}"},
    {"<word>", "{1}"},
    /* Dates. */
    {"<1000-2999>-<01-12>-<01-31>", "{1y} {2m} {3d}"},
    {"<1000-2999>/<1-12>/<1-31><open><weekday><close>", "{1y} {2m} {3d} {5}"},
    {"<1000-2999>/<1-12>/<1-31>", "{1y} {2m} {3d}"},
    {"<1000-2999>.<1-12>.<1-31>", "{1y} {2m} {3d}"},
    {"<1-12>/<1-31><open><weekday><close>", "{1m} {2d} {4}"},
    {"<1-12>月_<1-31>日<open><weekday><close>", "{1m} {2d} {4}"},
    {"<1-12>月_<1-31>日", "{1m} {2d}"},
    {"<1-31>日<open><weekday><close>", "{1d} {3}"},
    {"<1-12>月<dash><1-12>月", "{1m}カラ {3m}"},
    {"<1-12><dash><1-12>月", "{1m}カラ {3m}"},
    {"<1-31>日<dash><1-31>日", "{1d}カラ {3d}"},
    /* Times. */
    {"<0-24>:00<dash><0-24>:00", "{1h}カラ {3h}"},
    {"<0-24><colon><00-59><wave><0-24><colon><00-59>", "{1h} {3i}カラ {5h} {7i}"},
    {"<0-24><colon><00-59><colon><00-59>", "{1h} {3i} {5c}ビョー"},
    {"<0-24><colon>00", "{1h}"},
    {"<0-24><colon><00-59>", "{1h} {3i}"},
    {"<0-24>時<1-59>分", "{1h} {2i}"},
    /* Telephone numbers and post codes. */
    {"〒_<000-999>-<0000-9999>", "ユービンバンゴー {1s}ノ {2s}"},
    {"+<1-999>-<0-999>-<000-9999>-<0000-9999>", "プラス {1s}ノ {2s}ノ {3s}ノ {4s}"},
    {"<00-09999>-<0-9999>-<0000-9999>", "{1s}ノ {2s}ノ {3s}"},
    {"<open><00-09999><close>_<0-9999>-<0000-9999>", "{2s}ノ {4s}ノ {5s}"},
    {"<0000-9999>-<0000-9999>-<0000-9999>-<0000-9999>", "{1s}ノ {2s}ノ {3s}ノ {4s}"},
    /* Money. */
    {"<minus><money>_<wan>", "マイナス {3k2}"},
    {"<money>_<wan>", "{2k1}"},
    /* Fractions, ranges and what is counted. */
    {"<1-99>/<2-100>", "{1r2}"},
    {"<fraction>", "{1}"},
    {"<wan>_<dash>_<wan>_<unit>", "{1c}カラ {3k4}"},
    {"<wan><dash><wan><counter>", "{1c}カラ {3k4}"},
    {"<minus><wan>_<unit>", "マイナス {2k3}"},
    {"<minus><wan><counter>", "マイナス {2k3}"},
    {"<wan>_<unit>", "{1k2}"},
    {"<wan>_<counter>", "{1k2}"},
    {"<n>対<n>", "{1c}タイ {2c}"},
    {"<n>-<n>で", "{1c}タイ {2c}デ"},
    {"<wan>_<wave>_<wan>", "{1c}カラ {3c}"},
    /* Other numbers. */
    {"<number>_<n>", "{1} {2c}"},
    {"v<ver>", "バージョン {1v}"},
    {"<f>_<sign>_<f>_<sign>_<f>", "{1c} {2} {3c} {4} {5c}"},
    {"<f>_<sign>_<f>", "{1c} {2} {3c}"},
    {"<f> - <f> = <f>", "{1c} ヒク {2c} ワ {3c}"},
    {"<f> - <f>", "{1c} ヒク {2c}"},
    {"<d>-<d>-<d>-<d>", "{1s}ノ {2s}ノ {3s}ノ {4s}"},
    {"<d>-<d>-<d>", "{1s}ノ {2s}ノ {3s}"},
    {"<d>-<d>", "{1Z}ノ {2Z}"},
    {"<minus><wan>", "マイナス {2c}"},
    {"<wan>", "{1c}"},
    {"<d>.<ver>", "{1c}テン{2v}"},
    {"<d>", "{1Z}"},
    {"&", "アンド"},
    {"@", "アットマーク"},
};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(unit), TABLE(money), TABLE(wave), TABLE(dash),
    TABLE(minus), TABLE(colon), TABLE(open), TABLE(close), TABLE(weekday), TABLE(fraction),
    TABLE(word), TABLE(number), TABLE(sign), {"counter", say_ja_counters, SAY_JA_COUNTERS}};

const struct say_language say_ja = {.tag = "ja",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_ja_readers,
    .readers_n = &say_ja_readers_n};
