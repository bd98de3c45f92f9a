#include "say_lang.h"

/*
 * Mandarin, in simplified and traditional characters. Numbers are written in characters, as the
 * engine has no word for two before a measure word, and reads digits of years as a number.
 */

#define SAME(s)                                                                                    \
	{                                                                                          \
		s, s                                                                               \
	}

/* Measure words, before which two is 两. */
static const struct say_entry measure[] = {SAME("个"), SAME("個"), SAME("位"), SAME("只"),
    SAME("隻"), SAME("条"), SAME("條"), SAME("张"), SAME("張"), SAME("本"), SAME("件"), SAME("次"),
    SAME("天"), SAME("年"), SAME("岁"), SAME("歲"), SAME("块"), SAME("塊"), SAME("元"),
    SAME("公斤"), SAME("千克"), SAME("公里"), SAME("米"), SAME("小时"), SAME("小時"), SAME("分钟"),
    SAME("分鐘"), SAME("点"), SAME("點"), SAME("斤"), SAME("双"), SAME("雙"), SAME("对"),
    SAME("對"), SAME("种"), SAME("種"), SAME("家"), SAME("台"), SAME("臺"), SAME("辆"), SAME("輛"),
    SAME("架"), SAME("头"), SAME("頭"), SAME("匹"), SAME("名"), SAME("人"), SAME("遍"), SAME("倍"),
    SAME("层"), SAME("層"), SAME("周"), SAME("週"), SAME("星期"), SAME("秒"), SAME("杯"),
    SAME("瓶"), SAME("碗"), SAME("盘"), SAME("盤"), SAME("篇"), SAME("首"), SAME("部"), SAME("栋"),
    SAME("棟"), SAME("座"), SAME("间"), SAME("間"), SAME("把"), SAME("支"), SAME("枝"), SAME("根"),
    SAME("颗"), SAME("顆"), SAME("片"), SAME("份"), SAME("场"), SAME("場"), SAME("套"), SAME("句"),
    SAME("顿"), SAME("頓"), SAME("门"), SAME("門"), SAME("排"), SAME("串"), SAME("束"), SAME("群"),
    SAME("轮"), SAME("輪"), SAME("集"), SAME("吨"), SAME("噸"), SAME("升"), SAME("美元"),
    SAME("欧元"), SAME("歐元"), SAME("英镑"), SAME("道"), SAME("节"), SAME("節"), SAME("包"),
    SAME("盒"), SAME("袋"), SAME("箱"), SAME("步"), SAME("封"), SAME("项"), SAME("項"), SAME("批"),
    SAME("款"), SAME("季"), SAME("亩"), SAME("国"), SAME("國"), SAME("厘米"), SAME("平方米"),
    SAME("米"), SAME("克")};

static const struct say_entry unit[] = {{"kg", "公斤"}, {"㎏", "公斤"}, {"g", "克"}, {"mg", "毫克"},
    {"㎎", "毫克"}, {"t", "吨"}, {"km", "公里"}, {"㎞", "公里"}, {"m", "米"}, {"cm", "厘米"},
    {"㎝", "厘米"}, {"mm", "毫米"}, {"㎜", "毫米"}, {"µm", "微米"}, {"μm", "微米"}, {"nm", "纳米"},
    {"L", "升"}, {"l", "升"}, {"ml", "毫升"}, {"mL", "毫升"}, {"㎖", "毫升"}, {"m²", "平方米"},
    {"m2", "平方米"}, {"㎡", "平方米"}, {"km²", "平方公里"}, {"㎢", "平方公里"}, {"m³", "立方米"},
    {"㎥", "立方米"}, {"ha", "公顷"}, {"km/h", "公里每小时"}, {"m/s", "米每秒"}, {"℃", "摄氏度"},
    {"°C", "摄氏度"}, {"℉", "华氏度"}, {"°F", "华氏度"}, {"°", "度"}, {"W", "瓦"}, {"kW", "千瓦"},
    {"kWh", "千瓦时"}, {"V", "伏"}, {"A", "安"}, {"Ω", "欧姆"}, {"Hz", "赫兹"}, {"kHz", "千赫"},
    {"MHz", "兆赫"}, {"GHz", "吉赫"}, {"dB", "分贝"}, {"kcal", "千卡"}, {"cal", "卡"},
    {"hPa", "百帕"}, {"ms", "毫秒"}, {"mAh", "毫安时"}, {"px", "像素"}};

static const struct say_entry degree[] = {{"℃", ""}, {"°C", ""}, {"度", ""}, {"摄氏度", ""}};
static const struct say_entry money[] = {{"¥", "元"}, {"￥", "元"}, {"$", "美元"}, {"US$", "美元"},
    {"HK$", "港元"}, {"NT$", "新台币"}, {"€", "欧元"}, {"£", "英镑"}, {"₩", "韩元"}};
static const struct say_entry dash[] = {{"-", ""}, {"–", ""}, {"—", ""}, {"~", ""}, {"～", ""},
    {"〜", ""}, {"−", ""}, {"至", ""}, {"到", ""}};
static const struct say_entry minus[] = {{"-", ""}, {"−", ""}, {"–", ""}, {"－", ""}};
static const struct say_entry colon[] = {{":", ""}, {"：", ""}};
static const struct say_entry day[] = {SAME("日"), SAME("号"), SAME("號")};
static const struct say_entry sign[] = {{"+", "加"}, {"＋", "加"}, {"−", "减"}, {"×", "乘以"},
    {"÷", "除以"}, {"=", "等于"}, {"＝", "等于"}, {"±", "加减"}, {"<", "小于"}, {">", "大于"}};
static const struct say_entry fraction[] = {
    {"½", "二分之一"}, {"⅓", "三分之一"}, {"⅔", "三分之二"}, {"¼", "四分之一"}, {"¾", "四分之三"}};

/* Words after years that are a time, not a date. */
static const struct say_entry span[] = {SAME("前"), SAME("后"), SAME("後"), SAME("来"), SAME("來"),
    SAME("历史"), SAME("歷史"), SAME("的历史"), SAME("的歷史"), SAME("以前"), SAME("以来"),
    SAME("以來"), SAME("间"), SAME("間"), SAME("时间"), SAME("時間")};

/* Words before a telephone number. */
static const struct say_entry call[] = {SAME("拨打"), SAME("撥打"), SAME("打"), SAME("电话"),
    SAME("電話"), SAME("电话："), SAME("電話："), SAME("电话:"), SAME("致电"), SAME("拨"),
    SAME("报警"), SAME("热线"), SAME("手机"), SAME("手機"), SAME("手机号"), SAME("手机号码"),
    SAME("号码"), SAME("號碼"), SAME("手机：")};

/* Words before a code that is read digit by digit. */
static const struct say_entry code[] = {SAME("密码"), SAME("密碼"), SAME("密码是"), SAME("密码："),
    SAME("邮编"), SAME("验证码"), SAME("验证码是"), SAME("验证码："), SAME("邮政编码"),
    SAME("编号"), SAME("學號"), SAME("学号"), SAME("账号"), SAME("卡号"), SAME("航班"),
    SAME("房间")};

static const struct say_entry word[] = {
    {"24/7", "二十四小时"}, {"PM2.5", "PM 二点五"}, {"9.11", "九一一"}, {"9·11", "九一一"}};

static const struct say_rule rules[] = {
    {"<email>", NULL},
    {"<url>", NULL},
    {"<word>", "{1}"},
    /* Dates. */
    {"<1000-2999>-<01-12>-<01-31>", "{1y}年{2d}月{3d}日"},
    {"<1000-2999>/<1-12>/<1-31>", "{1y}年{2d}月{3d}日"},
    {"<1000-2999>.<1-12>.<1-31>", "{1y}年{2d}月{3d}日"},
    {"<1000-2999>_年_<1-12>_月_<1-31>_<day>", "{1y}年{2d}月{3d}{4}"},
    {"<1-12>_月_<1-31>_<day>", "{1d}月{2d}{3}"},
    {"<1-12><dash><1-12>月", "{1d}到{3d}月"},
    {"<1-12>月<dash><1-12>月", "{1d}月到{3d}月"},
    {"<1-12>月", "{1d}月"},
    {"<1-31><dash><1-31><day>", "{1d}到{3d}{4}"},
    {"<1-31><day>", "{1d}{2}"},
    {"<1000-2999>年<dash><1000-2999>_年", "{1y}年到{3y}年"},
    {"<1000-2999><dash><1000-2999>_年", "{1y}到{3y}年"},
    {"<1000-2999>_年代", "{1y}年代"},
    {"<1000-2999>_年<=not before span>", "{1y}年"},
    {"<10-99>年代", "{1d}年代"},
    /* Times. */
    {"<0-24><colon>00<dash><0-24><colon>00", "{1h}点到{4h}点"},
    {"<0-24><colon><00-59><dash><0-24><colon><00-59>", "{1h}点{3i}分到{5h}点{7i}分"},
    {"<0-24><colon><00-59><colon><00-59>", "{1h}点{3i}分{5i}秒"},
    {"<0-24><colon>00", "{1h}点"},
    {"<0-24><colon><00-59>", "{1h}点{3i}分"},
    {"<0-24>点<00-59>分", "{1h}点{2i}分"},
    {"<0-24>點<00-59>分", "{1h}點{2i}分"},
    /* Telephone numbers and codes. */
    {"<d><=after call>", "{1t}"},
    {"<d>-<d>-<d><=after call>", "{1t} {2t} {3t}"},
    {"<d><=after code>", "{1y}"},
    {"+<1-999>_<d>-<d>-<d>", "加{1t} {2t} {3t} {4t}"},
    {"<d>", "{1T}"},
    {"<130-199>-<0000-9999>-<0000-9999>", "{1t} {2t} {3t}"},
    {"<130-199> <0000-9999> <0000-9999>", "{1t} {2t} {3t}"},
    {"<400-800>-<000-999>-<0000-9999>", "{1t} {2t} {3t}"},
    {"<000-0999>-<0000000-99999999>", "{1t} {2t}"},
    {"<000-0999>-<0000-9999>-<0000-9999>", "{1t} {2t} {3t}"},
    /* Percent, money and units. */
    {"<minus><f>_%", "负百分之{2c}"},
    {"<f>_%_<dash>_<f>_%", "百分之{1c}到百分之{3c}"},
    {"<f>_<dash>_<f>_%", "百分之{1c}到百分之{3c}"},
    {"<wan>_%", "百分之{1c}"},
    {"<f>_‰", "千分之{1c}"},
    {"<money>_<wan>", "{2l}{1}"},
    {"<minus><f>_<degree>", "零下{2c}摄氏度"},
    {"<minus><f>_<unit>", "负{2c}{3}"},
    {"<f>_<dash>_<f>_<unit>", "{1c}到{3c}{4}"},
    {"<f>_<unit>", "{1l}{2}"},
    /* Fractions, ranges and what is counted. */
    {"<1-99>/<2-100>", "{1r2}"},
    {"<fraction>", "{1}"},
    {"<n>_比_<n>", "{1c}比{2c}"},
    {"<n><colon><n>", "{1c}比{3c}"},
    {"第_<n>", "第{1c}"},
    {"<wan><dash><wan>_<measure>", "{1l}到{3l}{4}"},
    {"<n>月", "{1c}月"},
    {"<wan>_个月", "{1l}个月"},
    {"<wan>_<measure>", "{1l}{2}"},
    {"<f>_<sign>_<f>_<sign>_<f>", "{1c}{2}{3c}{4}{5c}"},
    {"<f> - <f> = <f>", "{1c}减{2c}等于{3c}"},
    {"<f>-<f>=<f>", "{1c}减{2c}等于{3c}"},
    {"<f>_<sign>_<f>", "{1c}{2}{3c}"},
    {"<minus><wan>", "负{2c}"},
    {"v<ver>", "版本{1v}"},
    {"V<ver>", "版本{1v}"},
    {"<wan>", "{1c}"},
    {"<d>.<ver>", "{1c}点{2v}"},
    {"<d>", "{1Z}"},
};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(measure), TABLE(unit), TABLE(degree), TABLE(money),
    TABLE(dash), TABLE(minus), TABLE(colon), TABLE(day), TABLE(sign), TABLE(fraction), TABLE(span),
    TABLE(call), TABLE(code), TABLE(word)};

const struct say_language say_zh = {.tag = "cmn",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_zh_readers,
    .readers_n = &say_zh_readers_n};
