#include "text_lang.h"

/* The first one is used if the words of a text give no evidence. */
const struct profile text_latin[] = {
    {
	.language = "en",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] =
		    "the a an of to and or in for with by from at my your his her its our their is "
		    "are was this these those each every between among under during through into "
		    "onto about against without within because than very whose",
		[W_TITLE] =
		    "mr mrs ms mx dr drs prof rev hon pres gov sen rep reps sens gen lt col "
		    "maj capt cpt cmdr cdr adm sgt cpl pvt det insp supt dep asst fr msgr st "
		    "mt ft messrs mssrs mme mlle atty brig bros cllr comdr dir ens mgr ofc "
		    "ph lt.col lt.gen maj.gen brig.gen rt.hon amb sec.gen",
		[W_NUMBERED] =
		    "no nos nr num art arts ch chap chaps eq eqs ex exs fig figs p pp par "
		    "para paras pt pts sec secs sect vol vols v vv tab app appx bk bks cl ed "
		    "eds ff nn rs ser supp tit tr ver op opp lit rm apt wash mass ore miss cal ill "
		    "ste cap",
		[W_MID] = "e.g i.e eg ie vs v viz cf ca approx esp resp incl excl ibid id op.cit "
			  "a.k.a aka w.r.t wrt née nb n.b q.v s.v trans repr orig abbr assn attn "
			  "tel fax avg pron adj adv syn ant int ext",
		[W_END] =
		    "inc ltd co cos corp plc llc l.l.c llp l.p jr sr esq ph.d m.d m.a b.a b.s "
		    "m.s d.d.s m.b.a r.n j.d d.phil u.s u.k u.n u.s.a e.u u.s.s.r d.c l.a n.y "
		    "n.y.c d.o.b i.v ave blvd rd ln hwy rte pl ter pkwy expy bldg dept univ "
		    "inst assn govt natl intl bros mfg jan feb apr jun jul aug sep sept oct "
		    "nov dec tue tues thu thur thurs fri ala ariz calif colo conn fla mich "
		    "minn mont neb nev okla penn tenn tex vt wis wyo que st b.c a.d b.c.e c.e "
		    "c.v r.i.p s.o.s p.s p.p.s r.s.v.p ft "
		    "gal qt bbl deg ref misc fl hq",
		[W_SOFT] = "oz lb yd yds mph kg km cm mm hr hrs min mins sec secs yr yrs wk wks "
			   "tbsp tsp doz etc al",
		[W_TIME] = "a.m p.m",
		[W_STARTER] =
		    "the a an this that these those he she it they we you i his her its their "
		    "our your my mine there here then now when where why how who what which "
		    "whose while although though because since after before until unless if "
		    "but and or so yet for in on at by with without from to into as of about "
		    "during despite however moreover furthermore meanwhile nevertheless "
		    "therefore thus hence indeed instead finally first second third next last "
		    "also still just even only every each all both some many most several few "
		    "any no nobody nothing everyone everything somebody someone anyone did "
		    "does do is are was were has have had can could would should let it's "
		    "that's there's he's she's they're we're i'm i've i'll i'd you're what's "
		    "who's don't isn't didn't doesn't can't won't today yesterday tomorrow "
		    "please thanks yes perhaps maybe once later soon suddenly according nor "
		    "not never always often one two three such like sometimes usually "
		    "recently currently mr mrs ms dr",
		[W_FOLLOWER] =
		    "monday tuesday wednesday thursday friday saturday sunday january "
		    "february march april june july august september october november "
		    "december est edt et pst pdt pt cst cdt ct mst mdt mt gmt utc bst cet "
		    "cest kst jst eastern pacific central mountain greenwich",
		[W_SAID] = "said asked cried replied answered shouted exclaimed whispered thought "
			   "called added continued remarked repeated muttered yelled screamed "
			   "demanded wondered inquired enquired murmured gasped sighed says asks "
			   "snapped begged roared interrupted went laughed told",
		[W_BANG] = "yahoo y now jeopardy joomla wham oklahoma",
	    },
	.markers = "the and of to is that was he she it for with his her you are not be have "
		   "but this from they at we",
    },
    {
	.language = "de",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_COMPOUND] = "str",
		[W_HANGING] = "der die das den dem des ein eine einen einem einer und oder mit von "
			      "für in zu im am andere anderen anderer anderes mehrere viele einige "
			      "diese dieser dieses diesen jede jeder jedes jeden alle aller allen "
			      "keine kein keiner keinen meine seine ihre unsere bei nach aus auf "
			      "um durch gegen ohne über unter vor zwischen dass weil sehr",
		[W_TITLE] =
		    "hr hrn fr frl fa dr prof dipl ing dipl.-ing med phil jur rer.nat st hl sr "
		    "mag gen maj oberst major hptm lt min präs dir bgm kard",
		[W_NUMBERED] =
		    "nr nrn art abs abb abschn anm kap bd bde s st tab ziff az rn rdnr aufl "
		    "bl buchst fn fig var teil",
		[W_MID] = "z.b z.t z.zt d.h i.d.r u.a i.a u.u s.o s.u v.a o.ä u.ä d.i i.e e.g bzw "
			  "ggf evtl ca vgl sog insb insbes inkl exkl zzgl abzgl bspw geb gest verh "
			  "lt lfd mind mögl urspr allg betr bez einschl entspr erg erl ev kath kgl "
			  "lat engl franz ital griech röm dt niederl span russ österr schweiz "
			  "amerik jap chin ehem eigtl frz gegr hrsg i.e.s i.w.s jew jmd jmdn kfm "
			  "nachm vorm rd s.a schätzungsw staatl stellv syn techn tel telef übl "
			  "versch verw vllt wiss zit zul zus zw m.e m.w n.n o.g s.g b.z.w",
		[W_END] =
		    "gmbh ag co kg ohg e.v inc ltd jr sen jun a.d a.m p.m n.chr v.chr std sek "
		    "mio mrd tsd jan feb febr mär apr jul aug sep sept okt nov dez str pl jh "
		    "jhd jhdt tel o.j a.a.o ebd ff f mwst st min max sa",
		[W_SOFT] = "usw usf etc al u.v.m u.s.w uvm dgl u.dgl o.dgl u.a.m",
		[W_STARTER] =
		    "der die das ein eine einer eines einem einen er sie es wir ich ihr man "
		    "dies diese dieser dieses jene jener dann danach darauf daher deshalb "
		    "dennoch doch aber und oder in im am an auf aus bei beim mit nach seit "
		    "von vom vor zu zum zur für durch gegen ohne um über unter während wegen "
		    "wenn als ob obwohl weil da dass damit so auch nur noch schon jetzt heute "
		    "gestern morgen hier dort was wer wo wie wann warum welche welcher ist "
		    "sind war waren hat haben kann sein seine ihre mein meine unser unsere "
		    "alle viele einige jeder jede kein keine zuerst schließlich trotzdem "
		    "außerdem nun ja nein bitte",
	    },
	.markers = "der die und das ist nicht ein eine zu den mit sich auf von dem für im "
		   "auch wir ich sie des wird",
    },
    {
	.language = "fr",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] = "le la les un une des de du et ou à au aux dans pour avec sur par ce "
			      "cette ces son sa ses leur leurs notre nos votre vos mon ma mes sans "
			      "sous entre vers chez dont que très",
		[W_TITLE] =
		    "m mm mr mme mmes mlle mlles dr drs pr prof me mgr st ste gal col cdt lt "
		    "sgt jr",
		[W_NUMBERED] = "no n° nos art chap fig p pp vol tom t éd al ch par r sect tab",
		[W_MID] = "p.ex c.-à-d c.à.d cf env éd dir trad coll ibid id op.cit av apr bd boul "
			  "tél féd fém masc sing plur adj adv vx qqn qqch angl all ital esp lat gr "
			  "anc ex i.e e.g vs",
		[W_END] = "s.a s.a.r.l cie inc ltée j.-c s.n.c.f r.a.t.p o.n.u janv févr avr juil "
			  "sept oct nov déc u.e é.-u n.b p.-s ph.d cap min max hab",
		[W_SOFT] = "etc al",
		[W_STARTER] =
		    "le la les l'on un une des il elle ils elles on nous vous je tu ce cet "
		    "cette ces c'est cela ça mais et ou donc or ni car puis ensuite alors "
		    "après avant dans en sur sous par pour avec sans chez vers depuis pendant "
		    "quand lorsque si comme où qui que quoi quel quelle pourquoi comment "
		    "ainsi aussi enfin cependant toutefois pourtant aujourd'hui hier demain "
		    "ici là son sa ses mon ma mes notre votre leur tout tous toutes chaque "
		    "plusieurs à de du au aux",
		[W_FOLLOWER] = "lundi mardi mercredi jeudi vendredi samedi dimanche",
	    },
	.markers = "le la les des et est un une du dans que qui pour pas sur il elle vous "
		   "nous au avec ce sont",
    },
    {
	.language = "es",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] =
		    "el la los las un una de del y o a al en con por para su este esta estos estas "
		    "sus mi mis nuestro nuestra sin sobre entre hasta desde que muy",
		[W_TITLE] = "sr sra srta sres sras dr dra dres prof profa lic ing arq gral cnel "
			    "cap tte sgto d dña fr mons pbro hno hna rdo rvdo st sta sto excmo "
			    "ilmo mtro abg av avda c pza ctra mt admón gob alc",
		[W_NUMBERED] = "núm no nº n.º art arts cap fig pág págs p pp vol vols t tel apdo "
			       "ed sec párr cra ext párrf calle",
		[W_MID] = "p.ej ej v.g cf vid aprox máx mín e.g i.e vs ee ff jj rr cc dd aa gob "
			  "dpto depto prov pobl adm atte trad dir coord comp ibíd ob.cit",
		[W_END] = "s.a s.l s.a.s s.r.l cía inc ltda ud uds vd vds uu ee.uu ff.aa jj.oo "
			  "cc.oo rr.hh a.m p.m a.c d.c a.j.c d.j.c e.p.d q.e.p.d n.b p.d p.s jr "
			  "ph.d kg ene feb abr may jun jul ago sept oct nov dic min seg hh",
		[W_SOFT] = "etc al afma afmo bco edit excl fig gram incl intr lám lib lit masc med "
			   "mil mús neol ntra ntro núms obs ord orig pdo pl pral ptas publ reg rel "
			   "rep rte símb sig sing ss sust teol tít últ univ urb km kms hs hrs mts "
			   "lun mar mié jue vie sáb dom",
		[W_STARTER] =
		    "el la los las un una unos unas él ella ellos ellas yo tú usted ustedes "
		    "nosotros esto este esta estos estas ese esa eso aquel aquella lo le les "
		    "se me te nos su sus mi mis tu pero y o ni que quien cuando donde como "
		    "cómo qué quién cuándo dónde por porque para con sin en de desde hasta "
		    "sobre entre tras después antes luego entonces también además aunque si "
		    "así ahora hoy ayer mañana aquí allí ya no sí todo todos cada muchos al "
		    "del fue es son está había hay",
	    },
	.markers = "el la los las que y en un una del se no por con para es su lo como más "
		   "pero al",
    },
    {
	.language = "it",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] = "il lo la gli un una di del della e o a al in con per su questo "
			      "questa questi queste suo sua nostro nostra senza sotto tra fra che "
			      "molto nel nella dal dalla sul sulla alla i le",
		[W_TITLE] = "sig sigg sig.ra sig.na sigra dott dott.ssa dr prof prof.ssa ing avv "
			    "arch geom rag sen min gen col cap magg ten mons s ss spett egr gent "
			    "ill chiar p.zza v.le c.so dir psicol cav comm amb rev dep",
		[W_NUMBERED] =
		    "n nn nr num art artt cap fig pag pagg p pp vol voll tav sez lett par co "
		    "c t",
		[W_MID] = "p.es es ad.es cfr ca vs v vd tel cell all gg lat ingl fr ted gr rif i.e "
			  "e.g a.k.a cit op.cit ibid trad",
		[W_END] = "s.p.a s.r.l s.n.c s.a.s inc ltd d.c a.c a.m p.m n.b p.s u.s u.s.a jr kg "
			  "km gen feb mar apr mag giu lug ago set sett ott nov dic mld mln min max",
		[W_SOFT] =
		    "ecc etc al agg amm az biol bot brev chim cte d distr econ elab elettr escl "
		    "estens fam fem fil fis fisiol geogr geol giur gramm idraul imp incl ind inf "
		    "intr ling masch mat mecc med metall meteor mil miner mit mus naut neol numer "
		    "ott part pass pers pl poet pop prep pres pron propr prov reg rel relig scient "
		    "scherz scult sign sim sing sociol sp spreg st stor teatr tecn teol tess tip "
		    "topogr tr trans urb uff v.cte verb vezz volg zool",
		[W_STARTER] =
		    "il lo la i gli le un uno una egli lui lei essi esse loro io tu noi voi "
		    "esso questo questa questi queste quello quella ciò ma e o né che chi "
		    "quando dove come perché poi allora dopo prima in nel nella nei con su "
		    "sul da dal per tra fra di del dei a al alla se anche ancora così ora "
		    "oggi ieri domani qui là già non sì no tutto tutti ogni molti alcuni è "
		    "sono era ha c'è si inoltre infine",
	    },
	.markers = "il la di che è e un una per non sono con del della le gli si dei nel "
		   "alla ma",
    },
    {
	.language = "pt",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] =
		    "o os as um uma de do da e ou em no na com por para a à ao aos às este esta "
		    "seu sua sem sobre entre até desde que muito dos das nos nas",
		[W_TITLE] = "sr sra srta srs sras dr dra prof profa exmo exma ilmo eng arq gen cel "
			    "cap ten maj sgto d pe st sta sto av r pça",
		[W_NUMBERED] = "n nº núm art arts cap fig pág págs p pp vol t tel ed",
		[W_MID] = "p.ex ex cf aprox máx mín obs vs i.e e.g dept depto trad org",
		[W_END] =
		    "s.a ltda cia inc a.c d.c a.m p.m e.u.a v.s.a jan fev mar abr mai jun jul "
		    "ago set out nov dez jr ph.d",
		[W_SOFT] = "etc al",
		[W_STARTER] =
		    "o a os as um uma ele ela eles elas eu nós você vocês isto isso este esta esse "
		    "essa aquele mas e ou que quem quando onde como por porque para com sem em no "
		    "na de do da depois antes então também se assim agora hoje ontem aqui já não "
		    "sim todo todos cada muitos ao seu sua seus suas meu minha nosso nossa estes "
		    "estas essas aquela aqueles nenhum ninguém alguém durante sob sobre entre até "
		    "desde embora contudo porém portanto primeiro amanhã lá talvez segundo apenas "
		    "qual quais foi é há havia são",
	    },
	.markers = "o a os as que e em um uma do da não por com para é se mais como mas ao "
		   "dos no na",
    },
    {
	.language = "vi",
	.script = "Latn",
	.words =
	    {
		[W_STARTER] = "tôi anh chị em ông bà họ chúng nó nhưng và hoặc vì nếu khi mặc tuy "
			      "sau trước bây hôm ở đây đó đâu gì ai tại thế mọi tất nhiều một "
			      "những các không có là cũng chỉ trong với theo",
		[W_TITLE] =
		    "gs pgs ts ths th.s bs ks cn ncs ls tp tx tt gs.ts pgs.ts gs.tskh st mr "
		    "mrs ms dr",
		[W_NUMBERED] = "q p k số tr điều đ",
		[W_MID] = "vd v.d đ/c tr.cn",
		[W_END] = "tcn scn s.cn t.cn ubnd hđnd",
		[W_SOFT] = "v.v vv",
	    },
	.markers = "và của là có không được một cho các trong người những với này đã để ở",
    },
    {
	.language = "nl",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] = "de het een en of van in op met voor naar bij uit aan door over "
			      "onder tussen zonder deze dit die zijn haar hun",
		[W_TITLE] = "dhr mevr mw dr drs prof ir ing mr ds st gen kol jhr burg",
		[W_NUMBERED] = "nr nrs art blz p pp hfst fig afb vol dl bijl",
		[W_MID] = "bijv bv d.w.z o.a m.b.t i.p.v t.o.v m.n t.a.v i.v.m resp ca vgl zgn "
			  "incl excl m.a.w a.u.b i.h.a a.d.h.v d.m.v i.g.v i.s.m i.t.t m.b.v n.a.v "
			  "o.b.v o.l.v t.b.v t.g.v t.n.v t.w.v",
		[W_END] = "n.v b.v jr sr a.d jan feb mrt apr jun jul aug sept okt nov dec n.chr "
			  "v.chr min max",
		[W_SOFT] = "enz etc e.d e.a al aanw vnw bez betr bijz bn bw enk ev evt gebr geb "
			   "gest gem incl inz jl lidw mnl mv ned ond onb pers pron telw vnl vr vrl "
			   "vw wdb wederk ww zn znw afk onz bnw",
		[W_STARTER] =
		    "de het een hij zij ze wij we ik jij je u dit dat deze die er en maar of want "
		    "dus toen dan daarna in op aan bij met naar van voor uit als wanneer waar wat "
		    "wie hoe ook nu vandaag gisteren morgen hier daar mijn jouw zijn haar ons onze "
		    "hun men alle veel sommige enkele geen iedereen niemand na tijdens onder "
		    "tussen tegen zonder sinds tot hoewel omdat terwijl toch echter daarom "
		    "vervolgens eerst straks ja nee misschien volgens alleen bovendien sommigen",
	    },
	.markers = "de het een en van is dat niet op te zijn met voor hij ik er aan ook maar",
    },
    {
	.language = "pl",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_HANGING] = "i lub w we z ze na do od dla o przez przy po",
		[W_TITLE] =
		    "dr hab prof mgr inż lek ks św płk gen kpt por sierż ul al pl os im woj "
		    "pow gm red doc",
		[W_NUMBERED] = "nr art ust pkt rozdz rys tab s str t tom poz",
		[W_MID] = "np m.in tzn tzw tj ok ang niem fr łac ros por zob wg ww jw ds pt ew",
		[W_END] = "r w godz zł gr tys mln mld n.e p.n.e m.st kg km",
		[W_SOFT] = "itd itp etc in bałt amer arab austr azjat bibl biol bot bryt bułg chem "
			   "chin chorw czes czyt dat duń egip ekon elektr filoz fin fiz fizjol fot "
			   "gat geogr geol górn gram grec hebr hist hiszp hol indyj inform irl "
			   "japoń jęz kat kor kośc kult lit litew mat med mongoł muz mit nauk norw "
			   "odm okr org orient pers pol polit port pot poł prus prawn przym psych "
			   "ros rum rzecz rzym sanskr słow staropol szw środ tabl tatar techn teol "
			   "tur ukr węg włos wojsk współcz zach zakł zaim zool żart",
		[W_STARTER] =
		    "on ona ono oni one ja my wy ty to ten ta te tam tu w we na ale i a z ze po od "
		    "do przy dla jeśli gdy kiedy jak tak także potem nie jest jego jej ich mój "
		    "moja moje nasz nasza każdy każda wszyscy wiele niektórzy nikt nic ktoś coś "
		    "przed pod nad między bez przez podczas chociaż ponieważ jednak dlatego "
		    "następnie najpierw teraz dzisiaj wczoraj jutro tutaj oprócz według tylko czy "
		    "co kto gdzie dlaczego jaki jaka jakie który która które tego o u",
	    },
	.markers = "i w nie na to się z że do jest jak ale po co od za",
    },
    {
	.language = "sv",
	.script = "Latn",
	.words =
	    {
		[W_HANGING] = "en ett och eller av i på med för till från",
		[W_MID] = "t.ex d.v.s bl.a s.k f.d m.a.o p.g.a fr.o.m t.o.m ca jfr ev resp inkl "
			  "exkl tel kl",
		[W_NUMBERED] = "nr s sid kap fig tab",
		[W_TITLE] = "dr prof hr fr st",
		[W_END] = "f.kr e.kr kr milj mdr",
		[W_SOFT] = "m.m m.fl osv etc o.s.v",
		[W_STARTER] =
		    "han hon den det de vi jag du ni i på men och när där som om en ett vad vem "
		    "var varför hur vilken vilket mitt min din ditt vår deras dess detta denna "
		    "dessa alla många några ingen man efter innan under över för med utan vid från "
		    "till av mot medan eftersom dock därför sedan först nu idag ja nej hans hennes",
	    },
	.markers = "och att det som en på är av för med den till inte har ett om jag",
    },
    {
	.language = "da",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_HANGING] = "en et og eller af i på med for til fra",
		[W_MID] = "f.eks bl.a dvs d.v.s pga p.g.a ca jf evt inkl ekskl kl tlf hhv mht ift",
		[W_NUMBERED] = "nr s kap fig tab stk",
		[W_TITLE] = "dr prof hr fr skt st fru frk dir ing cand mag",
		[W_END] = "f.kr e.kr kr mio mia",
		[W_SOFT] =
		    "m.m m.fl osv etc o.l adj adv afd alm ang anm bet bot def dem eng ex fag fem "
		    "fhv fig forb fork forts fys geogr geol gl gr gram hebr hist ill incl inf inst "
		    "ital jur lat mat md mdr med mil mus nat ned num omtr opr part pct pers pol pr "
		    "pron psyk sb sek sing skr sml sp spec str subst tekn teol tysk univ vb vedr "
		    "vol årg årh jan feb apr aug sept okt nov dec",
		[W_STARTER] =
		    "han hun den det de vi jeg du i på men og når der som om en et hvad hvem hvor "
		    "hvornår hvordan hvorfor hvilken hvilket hvilke hva hvis hendes hans min mit "
		    "mine din dit dine vores deres dette denne disse her så også alle mange nogle "
		    "ingen man efter før under over for med uden ved fra til af mod mens fordi "
		    "selvom dog derfor derefter først nu ja nej ikke etter",
	    },
	.markers = "og at det som en på er af for med den til ikke har et om jeg",
    },
    {
	.language = "cs",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_TITLE] = "ing mgr mudr judr phdr rndr dr prof doc bc sv p pí gen plk kpt ul nám",
		[W_NUMBERED] = "č čl obr tab str s odst kap sv",
		[W_MID] = "tzv tj např mj popř resp cca zvl angl něm lat srov viz max min",
		[W_END] = "n.l př.n.l kč tis mil mld s.r.o a.s r st hod",
		[W_SOFT] = "atd apod aj etc",
		[W_STARTER] =
		    "on ona ono oni já my vy ty to ten ta tam tady v ve na ale a i z ze po její "
		    "jeho jejich můj moje náš naše každý všichni mnoho nikdo nic někdo něco před "
		    "pod nad mezi bez od do během ačkoli protože však proto potom nejprve teď dnes "
		    "včera zítra možná podle jen kde kdo co kdy proč jak jaký který která které "
		    "tato tento toto tyto by o u k s pro při když pokud",
	    },
	.markers = "a v na se je že to s z do ne jako po by za ale jsem",
    },
    {
	.language = "tr",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_TITLE] = "dr prof doç av sn bay bayan gen alb yzb yrd öğr gör hz st",
		[W_NUMBERED] = "no s sf c md m şek tab",
		[W_MID] = "bkz örn yak ör krş tel çev haz",
		[W_END] = "ltd şti a.ş mah cad sok apt m.ö m.s t.c",
		[W_SOFT] = "vb vs vd",
		[W_STARTER] = "bu o ben sen biz siz onlar bir ve ama fakat sonra çünkü eğer ne "
			      "nasıl şu onun benim senin bizim sizin her bütün hiç kimse bazı "
			      "birçok önce şimdi bugün dün yarın burada orada belki yalnız sadece "
			      "ancak ayrıca böylece nerede kim niçin niye hangi",
	    },
	.markers = "ve bir bu da de için ile olarak çok daha gibi ama ne kadar olan",
    },
    {
	.language = "fi",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_STARTER] = "hän se he ne minä sinä me te tämä tuo nämä nuo ja mutta tai kun jos "
			      "koska vaikka siis sitten nyt tänään eilen huomenna täällä siellä "
			      "missä mitä kuka milloin miksi miten mikä kaikki monet jotkut ei on "
			      "oli olen ovat myös vain ehkä ensin lopuksi",
		[W_MID] = "esim ns mm ks vrt n eli puh klo",
		[W_NUMBERED] = "nro s luku kuva",
		[W_TITLE] = "dr prof tri hra rva",
		[W_END] = "eaa jaa e.kr j.kr milj mrd",
		[W_SOFT] = "jne yms ym tms",
	    },
	.markers = "ja on ei se että oli hän mutta kun niin kuin myös ovat tai",
    },
    {
	.language = "hu",
	.script = "Latn",
	.ordinal = true,
	.words =
	    {
		[W_STARTER] =
		    "ő ez az azok ezek én te mi ti ők és de vagy mert ha amikor mivel bár azonban "
		    "ezért aztán most ma tegnap holnap itt ott hol mit ki mikor miért hogyan "
		    "melyik minden sok néhány nem van volt csak talán először végül egy a",
		[W_MID] = "pl kb ún ill ld vö c tel",
		[W_NUMBERED] = "sz o old fej ábra",
		[W_TITLE] = "dr prof id ifj özv szt",
		[W_END] = "kft bt zrt nyrt i.e i.sz u",
		[W_SOFT] = "stb",
	    },
	.markers = "a az és hogy nem is egy ez volt van meg csak de mint",
    },
    {
	.language = "id",
	.script = "Latn",
	.words =
	    {
		[W_STARTER] =
		    "ia dia mereka kami kita saya aku kamu anda ini itu dan tetapi tapi atau "
		    "karena jika ketika saat meskipun namun oleh kemudian sekarang kemarin besok "
		    "di apa siapa kapan mengapa bagaimana semua banyak beberapa tidak ada juga "
		    "hanya mungkin pertama akhirnya pada dari untuk dengan setelah sebelum",
		[W_TITLE] = "dr prof drs ir h hj kh sdr bpk tn ny jl st",
		[W_NUMBERED] = "no hlm hal bab ps",
		[W_MID] = "a.n u.b d.a yth s.d mis tsb",
		[W_END] = "pt tbk s.h m.si s.pd m",
		[W_SOFT] = "dll dsb dst",
	    },
	.markers = "yang dan di ini itu dengan untuk dari tidak dalam pada ke akan adalah",
    },
};

const size_t text_latin_n = sizeof text_latin / sizeof *text_latin;
