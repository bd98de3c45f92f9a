/*
 * Write the table for gain.c to standard output: each voice speaks a text, in a process of its own,
 * and its loudness is used for all sentences that are too short to measure.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "../../common/say/voice.h"
#include "gain.h"
#include "level.h"
#include "loudness.h"
#include "pcm.h"
#include "speak.h"

#define SECONDS_MAX 120
#define GAIN_FIRST 2.0	/* about that of most voices */
#define CEILING (-2.2)	/* that of the default configuration */
#define GAIN_UNUSUAL 15 /* dB; a voice that needs more has said almost nothing */

/* The text for each language: typical sentences. */
static const struct {
	const char *language, *text;
} texts[] = {
    {"ar", "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا وعليهم أن "
	   "يعامل بعضهم بعضًا بروح الإخاء."},
    {"cmn", "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"},
    {"de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft "
	   "und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen."},
    {"en", "All human beings are born free and equal in dignity and rights. They are endowed with "
	   "reason and conscience and should act towards one another in a spirit of brotherhood."},
    {"es", "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como "
	   "están de razón y conciencia, deben comportarse fraternalmente los unos con los otros."},
    {"fr",
	"Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués "
	"de raison et de conscience et doivent agir les uns envers les autres dans un esprit de "
	"fraternité."},
    {"hi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें "
	   "बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।"},
    {"ja", "すべてのにんげんは、うまれながらにしてじゆうであり、かつ、そんげんとけんりとについて"
	   "びょうどうである。"},
    {"ko", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 "
	   "이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다."},
    {"ru", "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены "
	   "разумом и совестью и должны поступать в отношении друг друга в духе братства."},
    {"th", "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม"},
    {"vi", "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con "
	   "người đều được tạo hóa ban cho lý trí và lương tâm."},
};

/* Text that every voice can speak in its own words. */
static const char *const numbers = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";

static const char *
text_for(const char *language)
{
	size_t len = strcspn(language, "-");
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strncmp(texts[i].language, language, len) == 0 &&
		    texts[i].language[len] == '\0')
			return texts[i].text;
	return numbers;
}

static bool
add_samples(void *to, const int16_t *data, size_t n)
{
	return pcm_add(to, data, n);
}

/* Print the row of VOICE, or none if it cannot be measured: then the typical gain is used. */
static void
measure_voice(const struct voice *voice, int rate)
{
	const struct level how = {.sample_rate = rate,
	    .target = GAIN_TARGET,
	    .gain = GAIN_FIRST,
	    .tolerance = 0.02,
	    .ceiling = CEILING};
	const char *text = text_for(voice->language);
	struct pcm pcm;
	const struct speak_ear ear = {add_samples, NULL, &pcm};
	int64_t cut;
	double gain = 0;

	pcm_begin(&pcm, (size_t)SECONDS_MAX * (size_t)rate, 0, 0);
	if (speak_voice(voice) && speak_say(text, strlen(text), 100, &ear) == SPEAK_DONE &&
	    pcm_trim(&pcm, &cut) == PCM_GOOD)
		level_set(&how, pcm.data, pcm.n, &gain);
	if (gain != 0 && fabs(gain) <= GAIN_UNUSUAL)
		printf("{\"%s\", %.0f},\n", voice->id, gain * 100);
	fflush(stdout);
}

int
main(void)
{
	log_init("mkgains", 4);
	int rate = speak_open();
	if (rate < 0)
		return EX_CONFIG;
	for (size_t i = 0; i < voices_n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(STDERR_FILENO); /* data of unused voices may be missing */
			measure_voice(&voices[i], rate);
			_exit(EX_OK);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return EX_OSERR;
	}
	return EX_OK;
}
