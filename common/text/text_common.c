#include "text_grams.h"

#include <stdbool.h>
#include <string.h>

#include "text_uni.h"

/* The most common words of each language, in lower case: in a short sentence they are the main
 * evidence. */
static const struct {
	const char *language, *words;
} common[] = {
    {"en", "the of and to is in that it you he was for on are with as i his they be at one "
	   "have this from or had by not but what all were we when your can said there an "
	   "each which she do how their if will up other about out then them these so some "
	   "her would him has no my who been its now our don't i'm it's where why did "
	   "could me us come thank good"},
    {"de", "der die das und ist nicht ich ein eine einen einer eines dem den des zu mit "
	   "sie es er wir ihr auf für von im sich auch wie was war hat sind haben aus bei "
	   "nach wird kann noch nur über wenn wo wer warum mich mir dich dir uns kein "
	   "keine guten vielen danke bitte wurde oder aber dass als alle gut so um an am "
	   "man werden jeder recht"},
    {"fr", "le la les des et est un une du que qui dans pour pas ne je tu il elle nous "
	   "vous ils sur avec ce cette se sont en au aux par plus mais ou où son sa ses "
	   "mon ma mes être avoir fait tout tous bien très quelle quel rien si ça c'est "
	   "j'ai n'est qu'il d'un l'on merci beaucoup bonjour était a droit toute"},
    {"es", "el la los las de que y es en un una no se por con para su del al lo como más "
	   "pero sus le ya o este sí porque esta entre cuando muy sin sobre también me "
	   "hasta hay donde quien desde todo nos todos uno les ni ese yo él ella usted qué "
	   "dónde está están era fue gracias favor tu te mi derecho persona toda nada"},
    {"it", "il la lo gli le di che e è un una non per con del della dei delle nel nella si "
	   "sono ho ha da al alla come ma anche più questo questa se io tu lui lei noi voi "
	   "loro cosa dove quando chi perché era essere fatto molto tutti tutto grazie "
	   "buongiorno mi ti ci suo sua mio nulla niente sul"},
    {"pt", "o a os as de que e é em um uma não se por com para do da dos das no na nos nas "
	   "ao mais como mas foi ele ela seu sua ou quando muito já eu também só pelo pela "
	   "até isso você vocês nós está estão tem ser obrigado onde quem porque bom dia "
	   "nada este esta toda todo direito são"},
    {"nl", "de het een en van is in dat niet ik je jij hij zij ze we wij te op zijn voor "
	   "met die aan er maar om ook als bij of uit nog naar dan wat hoe waar wie heb "
	   "heeft was had worden wordt door over kan mijn jouw deze dit geen goed goede "
	   "dank wel u uw ons iets niets mij me jullie ieder recht"},
    {"sv", "och i att det som en på är av för med den till inte han hon jag du vi ni de "
	   "ett om har hade var men så kan ska från vad hur när där mig dig sig nu ut upp "
	   "alla tack mycket bra god inget ingenting min din sin eller efter rätt vart vet "
	   "kom"},
    {"no", "og i jeg det som en et på er av for med den til ikke han hun du vi dere de om "
	   "har hadde var men så kan skal fra hva hvordan når der meg deg seg nå ut opp "
	   "alle takk mye bra god ingen ingenting min din sin eller etter rett hvor vet "
	   "kom"},
    {"da", "og i jeg det som en et på er af for med den til ikke han hun du vi de om har "
	   "havde var men så kan skal fra hvad hvordan når der mig dig sig nu ud op alle "
	   "tak meget god ingen intet min din sin eller efter ret hvor ved kom"},
    {"fi", "ja on ei se hän minä sinä me te he että oli ole mutta kun niin kuin mitä missä "
	   "kuka tämä joka sen hyvää kiitos paljon olen tai myös en nyt vain hyvä"},
    {"pl", "i w na z się nie to jest że do jak ale co po tak za od czy tylko był była było "
	   "są ja ty on ona my wy oni o a dla przez przy ten ta te mnie cię mi ci jego jej "
	   "ich gdzie kto kiedy dlaczego bardzo dziękuję dzień dobry proszę już może nic "
	   "która który każdy ma prawo"},
    {"cs", "a v na se že je to s z do o k i jak ale co po tak za od by jen byl byla bylo "
	   "jsou já ty on ona my vy oni pro při ten ta mě tě mi ti jeho její jejich kde "
	   "kdo kdy proč velmi děkuji den dobrý dobré prosím už může nic která který jsem "
	   "jsi není nevím každý má právo kam tu"},
    {"sk", "a v na sa že je to s z do o k i ako ale čo po tak za od by len bol bola bolo "
	   "sú ja ty on ona my vy oni pre pri ten tá mňa teba mi ti jeho jej ich kde kto "
	   "kedy prečo veľmi ďakujem deň dobrý dobré prosím už môže nič ktorá ktorý som si "
	   "nie neviem každý má právo kam tu"},
    {"hu", "a az és hogy nem is egy van volt ez meg de ha én te ő mi ti ők mit hol ki "
	   "mikor miért nagyon köszönöm jó már még csak mint vagy el fel le minden"},
    {"ro", "și în de la cu nu este un o pe că să din care mai ce dar se pentru sau fost am "
	   "ai are au eu tu el ea noi voi ei unde cine când mulțumesc foarte bună lui ca"},
    {"tr", "ve bir bu için de da ne ile o ben sen biz siz onlar var yok çok daha gibi ama "
	   "mi mı kadar sonra her şey ya nasıl nerede nereye kim neden değil olarak olan "
	   "teşekkür ederim evet hayır iyi saat hiç hiçbir bana sana içeri herkes hakkı"},
    {"vi", "và của là có không một các cho được người trong với này đã những tôi bạn anh "
	   "chị em ông bà nó họ chúng ta để khi thì ở đến từ ra vào gì nào đâu sao rất cảm "
	   "ơn hay đi cũng mọi quyền"},
    {"id", "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke "
	   "karena anda dia ada kamu kami kita mereka bisa sudah atau adalah apa siapa "
	   "mana kapan oleh seperti lebih telah terima kasih selamat pagi ia jam orang "
	   "setiap berhak"},
    {"ca", "el la els les de que i és en un una no es per amb del al com més però seu seva "
	   "també jo tu ell ella nosaltres on qui quan molt gràcies hi ha bon dia res "
	   "aquest aquesta tots tot dret"},
    {"hr", "i je u se na da su za to ne s od kao što ali on ona ja ti mi vi oni bio bila "
	   "bilo gdje tko kada zašto vrlo hvala dan dobar dobro molim već može ništa koja "
	   "koji sam si nije sve svi ima pravo"},
    {"sl", "in je v se na da so za to ne s od kot kaj ali on ona jaz ti mi vi oni bil bila "
	   "bilo kje kdo kdaj zakaj zelo hvala dan dober dobro prosim že lahko nič ki sem "
	   "si ni vse vsi ima pravico"},
    {"et", "ja on ei see ta ma sa me te nad et oli ole aga kui nii mida kus kes väga aitäh "
	   "hea mina sina või ka"},
    {"lt", "ir yra ne tai kad į su iš bet kaip jis ji aš tu mes jūs jie buvo kur kas kada "
	   "labai ačiū gera diena"},
    {"lv", "un ir nav tas ka uz ar no bet kā viņš viņa es tu mēs jūs viņi bija kur kas kad "
	   "ļoti paldies laba diena"},
    {"af", "die van en is in dat nie ek jy hy sy ons julle hulle 'n te op vir met aan maar "
	   "om ook as by of uit nog wat hoe waar wie het was word deur oor kan my jou "
	   "hierdie baie dankie goeie"},
    {"sq", "dhe i e të në është një që për me nga ka se si por unë ti ai ajo ne ju ata ku "
	   "kush kur shumë faleminderit mirë"},
    {"sw", "na ya wa ni kwa katika la za hii hiyo yake mimi wewe yeye sisi nyinyi wao nini "
	   "wapi nani asante sana habari kila mtu haki"},
    {"tl", "ang ng sa na at ay mga ako ikaw siya kami tayo sila hindi ito iyan ano saan "
	   "sino salamat magandang"},
    {"cy", "y yr a yn i mae o ar am ei eu fy dy ni chi nhw fi ti beth ble pwy diolch bore "
	   "da"},
    {"so", "iyo waa ku ka in la oo uu ay waxa aan ma mid"},
    {"ru", "и в не на я что он она с как это по но из за то мы вы ты они был была было "
	   "быть есть для от меня мне тебя тебе его её их где кто когда почему очень "
	   "спасибо да нет уже ещё только так же бы ли все всё ничего который которая у о "
	   "к до или при если здесь там какой"},
    {"uk", "і в у не на я що він вона з як це по але із за то ми ви ти вони був була було "
	   "бути є для від мене мені тебе тобі його її їх де хто коли чому дуже дякую так "
	   "ні вже ще тільки же би чи всі все нічого який яка до або при якщо тут там та й "
	   "куди кожна має право"},
    {"bg", "и в не на аз че той тя с като това по но от за то ние вие ти те беше бил била "
	   "бъде е са да ще си се ме ми го им къде кой кога защо много благодаря вече още "
	   "само така ли всички всичко нищо който която към до или при ако тук там във със "
	   "колко всеки има право моля"},
    {"mk", "и во не на јас дека тој таа со како тоа по но од за ние вие ти тие беше бил "
	   "била е се да ќе си ме ми го им каде кој кога зошто многу благодарам веќе уште "
	   "само така ли сите сè ништо која кон до или при ако тука таму секој има право"},
    {"ar", "في من على إلى أن هذا هذه لا ما كان كانت هو هي أنا أنت نحن التي الذي مع عن لم "
	   "لن قد كل أو ثم بعد قبل بين عند هل كيف أين متى لماذا شكرا نعم يا إن هناك"},
    {"fa", "در از به که این آن را با است و برای یک خود تا بر هم نیز یا هر من تو او ما شما "
	   "آنها بود شد می نمی چه کجا کی چرا خیلی ممنون نیست هست اینجا همه هیچ"},
    {"ur", "کے کی کا میں ہے اور سے کو نے پر یہ وہ ہیں تھا تھی تھے نہیں بھی کہ جو اس ان ہم "
	   "تم آپ مجھے ہو کیا کہاں کب کیوں بہت شکریہ ایک لیے کر گیا رہا رہے رہی کچھ"},
    {"hi", "है के की का में और से को ने पर यह वह हैं था थी थे नहीं भी कि जो इस उस हम तुम "
	   "आप मुझे हो क्या कहाँ कब क्यों बहुत धन्यवाद एक लिए कर गया रहा रहे रही कुछ उसने "
	   "मैं तो ही या अपने"},
    {"mr", "आहे आणि या ची चा चे च्या मध्ये पासून ला ने वर हे ते ती तो आहेत होता होती होते "
	   "नाही पण की जे मी तू आम्ही तुम्ही आपण मला काय कुठे केव्हा का खूप धन्यवाद एक "
	   "साठी करून गेला केले झाले काही किंवा इथे त्याने तिने"},
    {"ne", "छ र को का की मा बाट लाई ले यो त्यो छन् थियो थिए छैन पनि कि जो म तिमी हामी "
	   "तपाईं मलाई के कहाँ कहिले किन धेरै धन्यवाद एक लागि गर्न गर्यो भयो केही वा उनी "
	   "यहाँ गरे भएको हुन्छ"},
};

#define SLOTS 8192

static struct {
	uint64_t word;	    /* its hash; 0: free */
	uint64_t languages; /* one bit for each of gram_languages */
} slots[SLOTS];

/* FNV-1a. Collisions are rare, and the worst they can cause is a wrong language. */
#define HASH_BEGIN 0xcbf29ce484222325
static uint64_t
word_hash(uint64_t so_far, uint32_t c)
{
	return (so_far ^ c) * 0x100000001b3;
}

static size_t
slot_of(uint64_t word)
{
	size_t at = (size_t)(word >> 40) % SLOTS;

	while (slots[at].word != 0 && slots[at].word != word)
		at = (at + 1) % SLOTS;
	return at;
}

static void
word_note(uint64_t word, size_t language)
{
	size_t at = slot_of(word);

	slots[at].word = word;
	slots[at].languages |= (uint64_t)1 << language;
}

static void
fill_slots(void)
{
	static bool filled;

	for (size_t k = 0; !filled && k < sizeof common / sizeof common[0]; k++) {
		const char *s = common[k].words;
		size_t language = gram_language(common[k].language), len = strlen(s);
		uint64_t word = HASH_BEGIN;

		for (size_t i = 0; i <= len;) {
			uint32_t c = i < len ? utf8_next(s, len, &i) : (i++, ' ');

			if (c != ' ') {
				word = word_hash(word, c);
				continue;
			}
			word_note(word, language);
			word = HASH_BEGIN;
		}
	}
	filled = true;
}

void
words_add(const uint32_t *word, size_t n, int64_t bonus, int64_t score[])
{
	uint64_t h = HASH_BEGIN, languages;

	fill_slots();
	for (size_t i = 0; i < n; i++)
		h = word_hash(h, word[i]);
	languages = slots[slot_of(h)].languages;
	for (size_t i = 0; i < gram_languages_n; i++)
		if (languages >> i & 1)
			score[i] += bonus;
}
