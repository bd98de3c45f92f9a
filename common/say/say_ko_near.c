#include <string.h>

#include "say_lang.h"

/* What a number in Korean is depends on the words beside it. */

/* The entry of LIST, which ends with NULL, that is at T->s[AT]; NULL if there is none. */
static const char *
entry_at(const struct say_text *t, size_t at, const char *const *list)
{
	for (; *list != NULL; list++) {
		size_t n = strlen(*list);

		if (n <= t->len - at && memcmp(t->s + at, *list, n) == 0)
			return *list;
	}
	return NULL;
}

/* The entry of LIST that ends before T->s[AT]. */
static const char *
entry_before(const struct say_text *t, size_t at, const char *const *list)
{
	for (; *list != NULL; list++) {
		size_t n = strlen(*list);

		if (n <= at && memcmp(t->s + at - n, *list, n) == 0)
			return *list;
	}
	return NULL;
}

/* Where what is before AT ends without an entry of LIST. */
static size_t
back_over(const struct say_text *t, size_t at, const char *const *list)
{
	const char *entry = entry_before(t, at, list);

	return entry != NULL ? at - strlen(entry) : at;
}

static const char *const spaces[] = {" ", NULL};
static const char *const marks[] = {":", "=", "：", NULL};
static const char *const particles[] = {"는", "은", "이", "가", "를", "을", "만", NULL};

/* 비밀번호는 1234, 계좌: 110-234-567890. */
static bool
is_after_code(const struct say_text *t, size_t at)
{
	static const char *const codes[] = {"비밀번호", "인증번호", "우편번호", "계좌번호", "계좌",
	    "카드번호", "카드 번호", "주민번호", "등록번호", "전화번호", "휴대폰 번호", "예약번호",
	    "예약 번호", "주문번호", "주문 번호", "승인번호", "접수번호", "운송장번호", "송장번호",
	    "회원번호", "수험번호", "관리번호", "일련번호", "고유번호", "사건번호", "제품번호",
	    "모델번호", "비번", "암호", "인증 번호", "비밀 번호", "계좌 번호", "학번", "군번",
	    "사번", "핀번호", "인증코드", "코드", NULL};

	at = back_over(t, at, spaces);
	at = back_over(t, at, marks);
	at = back_over(t, at, spaces);
	return entry_before(t, back_over(t, at, particles), codes) != NULL ||
	       entry_before(t, at, codes) != NULL;
}

/* 사진 20장, 종이를 3장. */
static bool
is_after_sheet(const struct say_text *t, size_t at)
{
	static const char *const sheets[] = {"사진", "종이", "용지", "표", "티켓", "카드", "엽서",
	    "지폐", "그림", "벽돌", "기와", "이불", "담요", "음반", "앨범", "문서", "서류",
	    "원고지", "우표", "수건", "쿠폰", "영수증", "계약서", "도면", "이미지", "스티커",
	    "유리", "마스크", "휴지", "명함", "메모", "편지지", "필름", "슬라이드", "포스터",
	    "지도", "봉투", "전단", "전단지", "도화지", "색종이", "만원권", "수표", "판자",
	    "널빤지", "셔츠", "옷", "김", "만화", "스크린샷", "투표지", "상장", "시디", "팩",
	    "상품권", "입장권", "A4", NULL};

	at = back_over(t, at, spaces);
	return entry_before(t, back_over(t, at, particles), sheets) != NULL ||
	       entry_before(t, at, sheets) != NULL;
}

/* 5번 읽었다, 5번이나: how often something is done, and not which number it has. */
static bool
is_before_deed(const struct say_text *t, size_t at)
{
	static const char *const often[] = {"이나", "밖에", "만에", "씩", " 만에", " 정도", " 이상",
	    " 이하", " 넘게", " 연속", " 더", " 연달아", " 연이어", " 가까이", " 중 ", " 거듭",
	    NULL};
	static const char *const deeds[] = {"읽", "보았", "봤", "본 ", "했", "하였", "해 ", "해야",
	    "말했", "말하", "말씀", "만났", "만나", "갔", "가 봤", "가봤", "왔", "와 봤", "먹",
	    "썼", "물었", "불렀", "부르", "부른", "전화했", "전화를 걸", "시도", "반복", "울렸",
	    "울리", "이겼", "졌다", "실패", "성공", "연습", "찾아", "찾았", "방문", "다녀", "돌았",
	    "돌렸", "돌려", "눌렀", "누르", "눌러", "클릭", "흔들", "두드", "확인", "일어", "바뀌",
	    "바뀐", "바꿨", "넘어", "떨어", "참가", "우승", "절했", "절을", "인사", "들었", "들은",
	    "샀", "씻", "뛰었", "쳤", "당했", "도전", "출전", "등장", "나왔", "나온", "발생",
	    "열렸", "열린", "선출", "당선", "결혼", "이혼", "수정", "복습", "생각", "고민", "태어",
	    "경험", "언급", "사용", "접속", "탔", "걸쳐", "되풀이", "외쳤", "외치", "웃", "울었",
	    "던졌", "던져", "맞았", "맞은", "지나", "고쳤", "고쳐", "속았", "속은", "놓쳤", "놓친",
	    "죽", "살았", "겪었", "겪은", "저었", "끄덕", NULL};

	if (entry_at(t, at, often) != NULL)
		return true;
	return at < t->len && t->s[at] == ' ' && entry_at(t, at + 1, deeds) != NULL;
}

/* 1권에서 2권까지: the number of a volume, unless books are counted (책 2권과 공책 3권). */
static bool
is_before_volume(const struct say_text *t, size_t at)
{
	static const char *const always[] = {"에서", "부터", "에는", "에 ", "에도", NULL};
	static const char *const rarely[] = {"과 ", NULL};
	static const char *const books[] = {
	    "책", "소설", "만화", "노트", "잡지", "사전", "교과서", "시집", "전집", "문제집", NULL};
	size_t number = at;

	if (entry_at(t, at, always) != NULL)
		return true;
	while (number > 0 && (unsigned char)t->s[number - 1] > '9')
		number--;
	while (number > 0 && t->s[number - 1] >= '0' && t->s[number - 1] <= '9')
		number--;
	return entry_at(t, at, rarely) != NULL &&
	       entry_before(t, back_over(t, number, spaces), books) == NULL;
}

/* 112에 신고하다, 119 구급대. */
static bool
is_before_call(const struct say_text *t, size_t at)
{
	static const char *const calls[] = {"로 ", "에 신고", "에 전화", "에 연락", "에 알",
	    "에 도움", "에 구조", "에 접수", "에 걸", "에 문의", "에 제보", "에서 ", "를 부",
	    "를 불", "에.", " 구급", " 구조", " 신고", " 센터", " 상황실", " 대원", " 안전",
	    " 종합", " 전화", " 출동", "구급", "구조", "신고", "센터", "상황실", "대원", NULL};
	static const char *const numbers[] = {"에 달", "에 이르", "에 불과", NULL};

	return entry_at(t, at, calls) != NULL ||
	       (entry_at(t, at, (const char *const[]){"에", NULL}) != NULL &&
		   entry_at(t, at, numbers) == NULL);
}

const struct say_near say_ko_nears[] = {{"code", is_after_code}, {"sheet", is_after_sheet},
    {"deed", is_before_deed}, {"volume", is_before_volume}, {"call", is_before_call}};
const size_t say_ko_nears_n = SAY_COUNT(say_ko_nears);
