#include "say_lang.h"

/*
 * Korean. Whether native numerals (세 개) or Sino-Korean ones (삼 층) are used depends on the noun.
 * Plain numbers are left to the engine, which reads them right.
 */

#define SAME(s)                                                                                    \
	{                                                                                          \
		s, s                                                                               \
	}

/* Counted with native numerals if the word ends here. */
static const struct say_entry native[] = {SAME("개"), SAME("명"), SAME("살"), SAME("마리"),
    SAME("권"), SAME("잔"), SAME("병"), SAME("달"), SAME("가지"), SAME("사람"), SAME("그루"),
    SAME("송이"), SAME("채"), SAME("벌"), SAME("켤레"), SAME("자루"), SAME("척"), SAME("통"),
    SAME("줄"), SAME("칸"), SAME("쌍"), SAME("곳"), SAME("배"), SAME("군데"), SAME("차례"),
    SAME("포기"), SAME("다발"), SAME("묶음"), SAME("상자"), SAME("봉지"), SAME("그릇"), SAME("컵"),
    SAME("조각"), SAME("방울"), SAME("걸음"), SAME("바퀴"), SAME("끼"), SAME("건"), SAME("편"),
    SAME("곡"), SAME("해"), SAME("알"), SAME("판"), SAME("모금"), SAME("숟가락"), SAME("글자"),
    SAME("마디"), SAME("골"), SAME("팀"), SAME("가닥"), SAME("식구"), SAME("시즌"), SAME("쪽지"),
    SAME("손가락"), SAME("접시"), SAME("박스"), SAME("캔"), SAME("문장")};

/* Counted with Sino-Korean numerals. 번, 대 and 장 go either way: without a word beside them that
 * tells, they are left to the engine. */
static const struct say_entry counter[] = {SAME("년"), SAME("일"), SAME("분"), SAME("초"),
    SAME("원"), SAME("층"), SAME("번지"), SAME("호"), SAME("호선"), SAME("호실"), SAME("도"),
    SAME("퍼센트"), SAME("프로"), SAME("주"), SAME("주일"), SAME("주년"), SAME("주차"),
    SAME("개월"), SAME("개국"), SAME("개년"), SAME("년대"), SAME("년도"), SAME("년간"),
    SAME("학년"), SAME("학기"), SAME("반"), SAME("교시"), SAME("조"), SAME("항"), SAME("회"),
    SAME("차"), SAME("위"), SAME("등"), SAME("급"), SAME("단계"), SAME("세"), SAME("세기"),
    SAME("인분"), SAME("인"), SAME("점"), SAME("동"), SAME("평"), SAME("달러"), SAME("유로"),
    SAME("엔"), SAME("위안"), SAME("파운드"), SAME("미터"), SAME("킬로"), SAME("킬로미터"),
    SAME("센티미터"), SAME("밀리미터"), SAME("그램"), SAME("킬로그램"), SAME("톤"), SAME("리터"),
    SAME("밀리리터"), SAME("페이지"), SAME("쪽"), SAME("박"), SAME("기가바이트"),
    SAME("메가바이트"), SAME("루트"), SAME("칼로리"), SAME("데시벨"), SAME("화"), SAME("부"),
    SAME("배속"), SAME("미터퍼세크"), SAME("개소"), SAME("여"), SAME("할"), SAME("푼"), SAME("촌"),
    SAME("선"), SAME("석")};

/* Particles that follow a noun. A counter followed by anything else is part of another word. */
static const struct say_entry particle[] = {SAME("이"), SAME("가"), SAME("을"), SAME("를"),
    SAME("은"), SAME("는"), SAME("의"), SAME("에"), SAME("도"), SAME("만"), SAME("과"), SAME("와"),
    SAME("로"), SAME("으로"), SAME("부터"), SAME("까지"), SAME("씩"), SAME("째"), SAME("정도"),
    SAME("쯤"), SAME("마다"), SAME("당"), SAME("간"), SAME("짜리"), SAME("입"), SAME("인"),
    SAME("이상"), SAME("이하"), SAME("미만"), SAME("전"), SAME("후"), SAME("동안"), SAME("밖"),
    SAME("보다"), SAME("처럼"), SAME("뿐"), SAME("나"), SAME("들"), SAME("라"), SAME("면"),
    SAME("였"), SAME("예"), SAME("이랑"), SAME("랑"), SAME("하고"), SAME("요"), SAME("고"),
    SAME("경"), SAME("였다"), SAME("다"), SAME("임"), SAME("반"), SAME("남"), SAME("넘"),
    SAME("가량"), SAME("야"), SAME("든"), SAME("께"), SAME("즈음")};

static const struct say_entry great[] = {SAME("십"), SAME("백"), SAME("천"), SAME("만"), SAME("억"),
    SAME("조"), {"십만", "십만"}, {"백만", "백만"}, {"천만", "천만"}, {"십억", "십억"},
    {"백억", "백억"}, {"천억", "천억"}};

static const struct say_entry money[] = {{"$", "달러"}, {"US$", "달러"}, {"€", "유로"},
    {"£", "파운드"}, {"¥", "엔"}, {"₩", "원"}, {"￦", "원"}, {"₹", "루피"}};

static const struct say_entry cent[] = {{"$", "달러"}, {"US$", "달러"}, {"€", "유로"}};

static const struct say_entry unit[] = {{"km", "킬로미터"}, {"㎞", "킬로미터"}, {"m", "미터"},
    {"cm", "센티미터"}, {"㎝", "센티미터"}, {"mm", "밀리미터"}, {"㎜", "밀리미터"},
    {"kg", "킬로그램"}, {"㎏", "킬로그램"}, {"g", "그램"}, {"mg", "밀리그램"}, {"㎎", "밀리그램"},
    {"t", "톤"}, {"L", "리터"}, {"l", "리터"}, {"ℓ", "리터"}, {"ml", "밀리리터"},
    {"mL", "밀리리터"}, {"㎖", "밀리리터"}, {"m²", "제곱미터"}, {"㎡", "제곱미터"},
    {"km²", "제곱킬로미터"}, {"㎢", "제곱킬로미터"}, {"m³", "세제곱미터"}, {"㎥", "세제곱미터"},
    {"kB", "킬로바이트"}, {"KB", "킬로바이트"}, {"MB", "메가바이트"}, {"GB", "기가바이트"},
    {"TB", "테라바이트"}, {"Mbps", "메가비피에스"}, {"Gbps", "기가비피에스"}, {"Hz", "헤르츠"},
    {"kHz", "킬로헤르츠"}, {"MHz", "메가헤르츠"}, {"GHz", "기가헤르츠"}, {"W", "와트"},
    {"kW", "킬로와트"}, {"kWh", "킬로와트시"}, {"V", "볼트"}, {"mAh", "밀리암페어시"},
    {"dB", "데시벨"}, {"kcal", "킬로칼로리"}, {"cal", "칼로리"}, {"m/s", "미터 퍼 세컨드"},
    {"px", "픽셀"}, {"hPa", "헥토파스칼"}, {"ppm", "피피엠"}, {"bpm", "비피엠"}, {"rpm", "알피엠"},
    {"ha", "헥타르"}, {"%p", "퍼센트포인트"}, {"%", "퍼센트"}, {"％", "퍼센트"}, {"‰", "퍼밀"},
    {"°", "도"}, {"ms", "밀리초"}, {"인치", "인치"}};

static const struct say_entry celsius[] = {{"℃", ""}, {"°C", ""}, {"도씨", ""}};
static const struct say_entry fahrenheit[] = {{"℉", ""}, {"°F", ""}};
static const struct say_entry speed[] = {
    {"km/h", "킬로미터"}, {"㎞/h", "킬로미터"}, {"kph", "킬로미터"}, {"mph", "마일"}};
static const struct say_entry dash[] = {{"~", ""}, {"-", ""}, {"–", ""}, {"∼", ""}, {"～", ""}};
static const struct say_entry minus[] = {{"-", ""}, {"−", ""}, {"–", ""}};
static const struct say_entry wave[] = {{"~", ""}, {"∼", ""}, {"～", ""}};

/* Nouns after 제 and a number. */
static const struct say_entry nth[] = {SAME("장"), SAME("조"), SAME("항"), SAME("호"), SAME("회"),
    SAME("차"), SAME("편"), SAME("권"), SAME("과"), SAME("절"), SAME("부"), SAME("대"), SAME("막"),
    SAME("단계"), SAME("종"), SAME("급"), SAME("세대")};

/* Events named by their date, such as 3.1절. */
static const struct say_entry day[] = {SAME("절"), SAME("운동"), SAME("만세"), SAME("혁명"),
    SAME("의거"), SAME("전쟁"), SAME("사변"), SAME("광복"), SAME("해방"), SAME("민주"),
    SAME("항쟁"), SAME("사건"), SAME("사태"), SAME("군사"), SAME("쿠데타"), SAME("선언"),
    SAME("공동"), SAME("남북"), SAME("테러")};

static const struct say_entry fraction[] = {{"½", "이분의 일"}, {"⅓", "삼분의 일"},
    {"⅔", "삼분의 이"}, {"¼", "사분의 일"}, {"¾", "사분의 삼"}};

static const struct say_entry word[] = {{"1+1", "원 플러스 원"}, {"2+1", "투 플러스 원"},
    {"12·12", "십이십이"}, {"12.12 사태", "십이십이 사태"}, {"10.26 사건", "십이육 사건"},
    {"1st", "퍼스트"}, {"2nd", "세컨드"}, {"3rd", "서드"}, {"24/7", "이십사 칠"}, {"vs.", "대"},
    {"vs", "대"}, {"VS", "대"}, {"Dr.", "닥터"}, {"Mr.", "미스터"}, {"Ms.", "미즈"},
    {"Mrs.", "미시즈"}, {"etc.", "기타 등등"}, {"a.m.", "오전"}, {"p.m.", "오후"}, {"AM", "오전"},
    {"PM", "오후"}, {"GPT-4o", "지피티 포 오"}, {"GPT-4", "지피티 포"}, {"GPT-5", "지피티 파이브"},
    {"H2O", "에이치 투 오"}, {"CO2", "시 오 투"}, {"A3", "에이 스리"}, {"A4", "에이 포"},
    {"A5", "에이 파이브"}, {"MP3", "엠피 스리"}, {"MP4", "엠피 포"}, {"3D", "스리디"},
    {"2D", "투디"}, {"4G", "포지"}, {"5G", "파이브지"}, {"4K", "포케이"}, {"8K", "에이트케이"},
    {"B2B", "비투비"}, {"B2C", "비투시"}, {"K-pop", "케이팝"}, {"K-POP", "케이팝"},
    {"K-Pop", "케이팝"}, {"COVID-19", "코비드 나인틴"}, {"코로나19", "코로나 일구"},
    {"G7", "지 세븐"}, {"G20", "지 이십"}, {"D-day", "디데이"}, {"D-Day", "디데이"},
    {"D-DAY", "디데이"}};

/* Telephone numbers of the police and the like. */
static const struct say_entry emergency[] = {{"112", "일일이"}, {"119", "일일구"},
    {"113", "일일삼"}, {"114", "일일사"}, {"117", "일일칠"}, {"118", "일일팔"}, {"120", "일이공"},
    {"122", "일이이"}};

/* Places that lines go to and from; also with 역 after them. */
static const struct say_entry place[] = {SAME("서울"), SAME("부산"), SAME("대구"), SAME("인천"),
    SAME("광주"), SAME("대전"), SAME("울산"), SAME("세종"), SAME("수원"), SAME("제주"),
    SAME("강릉"), SAME("춘천"), SAME("목포"), SAME("여수"), SAME("포항"), SAME("경주"),
    SAME("전주"), SAME("청주"), SAME("천안"), SAME("속초"), SAME("평양"), SAME("김포"),
    SAME("양양"), SAME("용산"), SAME("강남"), SAME("동대구"), SAME("익산"), SAME("순천"),
    SAME("창원"), SAME("진주"), SAME("원주"), SAME("안동"), SAME("통영"), SAME("군산"),
    SAME("도쿄"), SAME("오사카"), SAME("뉴욕"), SAME("런던"), SAME("파리"), SAME("베이징"),
    SAME("상하이"), SAME("홍콩"), SAME("방콕"), SAME("하노이"), SAME("서울역"), SAME("부산역"),
    SAME("용산역"), SAME("강남역"), SAME("대전역"), SAME("동대구역"), SAME("수원역"),
    SAME("인천공항"), SAME("김포공항"), SAME("제주공항")};

static const struct say_entry weekday[] = {
    SAME("월"), SAME("화"), SAME("수"), SAME("목"), SAME("금"), SAME("토"), SAME("일")};

static const struct say_entry number[] = {{"No.", "넘버"}, {"no.", "넘버"}, {"NO.", "넘버"},
    {"№", "넘버"}, {"#", "넘버"}, {"Vol.", "볼륨"}, {"vol.", "볼륨"}, {"p.", "페이지"},
    {"Ch.", "챕터"}, {"Ver.", "버전"}, {"ver.", "버전"}};

static const struct say_entry sign[] = {{"+", "더하기"}, {"×", "곱하기"}, {"÷", "나누기"},
    {"=", "이퀄"}, {"±", "플러스마이너스"}, {"≤", "이하"}, {"≥", "이상"}, {"≒", "약"}, {"≈", "약"},
    {"*", "곱하기"}};

static const struct say_rule rules[] = {
    {"<email>", "{1u}"},
    {"<url>", "{1u}"},
    {"<word>", "{1}"},
    {"<d>-<d>-<d>-<d><=after code>", "{1s} {2s} {3s} {4s}"},
    {"<d>-<d>-<d><=after code>", "{1s} {2s} {3s}"},
    {"<d>-<d><=after code>", "{1s} {2s}"},
    {"<d><=after code>", "{1s}"},
    /* Dates. */
    {"<1000-2999>-<01-12>-<01-31>", "{1c} 년 {2m}월 {3c} 일"},
    {"<1000-2999>/<1-12>/<1-31>", "{1c} 년 {2m}월 {3c} 일"},
    {"<1000-2999>._<1-12>._<1-31>.<=e>", "{1c} 년 {2m}월 {3c} 일."},
    {"<1000-2999>._<1-12>._<1-31>.?", "{1c} 년 {2m}월 {3c} 일"},
    {"<1-31>일(<weekday>)", "{1c} 일 {2}요일"},
    {"<=b><weekday><wave><weekday><=p>", "{1}요일에서 {3}요일"},
    {"<=b><place><wave><=w>", "{1}에서 "},
    {"<1-12>월_<wave>_<=w>", "{1m}월에서 "},
    {"<1-12>월", "{1m}월"},
    {"<1-12>·<1-31>", "{1s}{2s}"},
    {"<1-12>.<1-31><day>", "{1s}{2s}{3}"},
    {"<1-12>.<1-31> <day>", "{1s}{2s} {3}"},
    /* Times. */
    {"<0-24>시간", "{1H} 시간"},
    {"<n>시간", "{1H} 시간"},
    {"<0-24>시_<wave>_<=w>", "{1h} 시에서 "},
    {"<0-24>시<=p>", "{1h} 시"},
    {"<0-24>:00_<wave>_<=9>", "{1h} 시에서 "},
    {"<0-23>:<00-59>_<wave>_<=9>", "{1h} 시 {2c} 분에서 "},
    {"<0-24>:00<=p>", "{1h} 시"},
    {"<0-23>:<00-59>:<00-59>", "{1h} 시 {2c} 분 {3c} 초"},
    {"<0-23>:<00-59>", "{1h} 시 {2c} 분"},
    /* Telephone numbers. */
    {"+<1-999>-<0-999>-<000-9999>-<0000-9999>", "플러스 {1s} {2s} {3s} {4s}"},
    {"<00-099>-<000-9999>-<0000-9999>", "{1s} {2s} {3s}"},
    {"(<00-099>)_<000-9999>-<0000-9999>", "{1s} {2s} {3s}"},
    {"<00-099>)_<000-9999>-<0000-9999>", "{1s} {2s} {3s}"},
    {"<0000-9999>-<0000-9999>-<0000-9999>-<0000-9999>", "{1s} {2s} {3s} {4s}"},
    {"<000-999999>-<00-999999>-<00000-999999999>", "{1s} {2s} {3s}"},
    {"<1500-1899>-<0000-9999>", "{1s} {2s}"},
    {"<000000-999999>-<1000000-4999999>", "{1s} {2s}"},
    /* Money and large numbers. */
    {"<money>_<f>_<great>", "{2g3} {1}"},
    {"<cent>_<n>.<01-99>", "{2c} {1} {3c} 센트"},
    {"<money>_<f>", "{2f} {1}"},
    {"<f><dash><f><great>원", "{1f}에서 {3g4} 원"},
    {"<f><great>원", "{1g2} 원"},
    {"<f><great>_달러", "{1g2} 달러"},
    {"<f><great>_<unit>", "{1g2} {3}"},
    {"<n>여_<native><=p>", "{1c}여 {2}"},
    {"<n>여_<counter>", "{1c}여 {2}"},
    {"<n>여_<unit>", "{1c}여 {2}"},
    /* Fractions and measures. */
    {"<n>분의_<n>", "{1c}분의 {2c}"},
    {"<1-9>/<2-10>", "{1r2}"},
    {"<1-999> <fraction>", "{1c}와 {2}"},
    {"<fraction>", "{1}"},
    {"<minus><f>_<wave>_<minus><f>_<celsius>", "영하 {2f}에서 영하 {5f} 도"},
    {"<minus><f>_<wave>_<f>_<celsius>", "영하 {2f}에서 영상 {4f} 도"},
    {"<minus><f>_<wave>_<minus><f>도", "영하 {2f}에서 영하 {5f} 도"},
    {"<minus><f>_<wave>_<f>도", "영하 {2f}에서 영상 {4f} 도"},
    {"<minus><f>_<celsius>", "영하 {2f} 도"},
    {"영하_<f>_<celsius>", "영하 {1f} 도"},
    {"<f><dash><f>_<celsius>", "섭씨 {1f}에서 {3f} 도"},
    {"<f>_<celsius>", "섭씨 {1f} 도"},
    {"<f>_<fahrenheit>", "화씨 {1f} 도"},
    {"시속_<f>_<speed>", "시속 {1f} {2}"},
    {"<f>_<speed>", "시속 {1f} {2}"},
    {"<f>_<dash>_<f>_<unit>", "{1f}에서 {3f} {4}"},
    {"-<f>_<unit>", "마이너스 {1f} {2}"},
    {"<f>_<unit>", "{1f} {2}"},
    {"<minus><f>도", "영하 {2f} 도"},
    /* Counted nouns. */
    {"제_<n>_<nth>", "제{1c} {2}"},
    {"제3자", "제삼자"},
    {"<1-99>_권<=before volume>", "{1c} 권"},
    {"<n>_장<=p><=after sheet>", "{1x} 장"},
    {"<n><wave><n>_장<=p><=after sheet>", "{1x} 장에서 {3x} 장"},
    {"<n>번째", "{1t} 번째"},
    {"<n>번씩", "{1x} 번씩"},
    {"<n><wave><n>번", "{1x} 번에서 {3x} 번"},
    {"<n>_번<=before deed>", "{1x} 번"},
    {"<0-24><dash><0-24>시간", "{1H} 시간에서 {3H} 시간"},
    {"<0-24><dash><0-24>시<=p>", "{1h} 시에서 {3h} 시"},
    {"<1-12><dash><1-12>월", "{1m}월에서 {3m}월"},
    {"<n><dash><n>_<native><=p>", "{1x} {4}에서 {3x} {4}"},
    {"<n><dash><n>_<counter>", "{1c}에서 {3c} {4}"},
    {"<n>_<native>_<wave>_<=w>", "{1x} {2}에서 "},
    {"<n>_<native><=p>", "{1x} {2}"},
    {"<f>_<counter>_<wave>_<=w>", "{1f} {2}에서 "},
    {"<f>_<counter>", "{1f} {2}"},
    {"<dec>_<native><=p>", "{1f} {2}"},
    {"<f><great>", "{1g2}"},
    {"<emergency><=before call>", "{1}"},
    {"<n>_<wave>_<n>", "{1c}에서 {3c}"},
    /* Other numbers. */
    {"D+<n>", "디 플러스 {1c}"},
    {"D-<n>", "디 마이너스 {1c}"},
    {"(주)<=after glued>", " 주식회사"},
    {"(주)_<=w>", "주식회사 "},
    {"v<ver>", "버전 {1v}"},
    {"V<ver>", "버전 {1v}"},
    {"<number>_<n>", "{1} {2c}"},
    {"<f>_+_<f>_=_<f>", "{1f} 더하기 {2f}{2j} {3f}"},
    {"<f>_-_<f>_=_<f>", "{1f} 빼기 {2f}{2j} {3f}"},
    {"<f>_×_<f>_=_<f>", "{1f} 곱하기 {2f}{2j} {3f}"},
    {"<f>_÷_<f>_=_<f>", "{1f} 나누기 {2f}{2j} {3f}"},
    {"<n>_:_<n>", "{1c} 대 {2c}"},
    {"-<f>", "마이너스 {1f}"},
    {"−<f>", "마이너스 {1f}"},
    {"<dec>", "{1f}"},
    {"<d>.<ver>", "{1c} 점 {2v}"},
    {"<d>", "{1Z}"},
    {"<sign>_<=9>", "{1} "},
    {"&", "앤"},
    {"@", "골뱅이"},
    {"#<=w>", "해시태그 "},
};

#define TABLE(name)                                                                                \
	{                                                                                          \
#name, name, SAY_COUNT(name)                                                       \
	}

static const struct say_table tables[] = {TABLE(native), TABLE(counter), TABLE(particle),
    TABLE(great), TABLE(money), TABLE(cent), TABLE(unit), TABLE(celsius), TABLE(fahrenheit),
    TABLE(speed), TABLE(dash), TABLE(wave), TABLE(nth), TABLE(day), TABLE(fraction), TABLE(word),
    TABLE(number), TABLE(sign), TABLE(emergency), TABLE(place), TABLE(weekday), TABLE(minus)};

const struct say_language say_ko = {.tag = "ko",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = say_ko_readers,
    .readers_n = &say_ko_readers_n,
    .nears = say_ko_nears,
    .nears_n = &say_ko_nears_n};
