"""Given names common among Uyghurs and Kazakhs, one name a line, with habitual spellings.

The first word of a line names it (Uyghur Latin); the others are spellings as people, newspapers
and passports write them. Regular respellings need no entry: sounds find them. A line serves two
ends: it joins shapes that sounds cannot (玉山 is Hüsen, 司马义 is Ismayil, Оспан is Osman), and it
keeps apart names that differ by one sound (Marat and Murat, Sadiq and Sidiq).
Names taken from grammar and custom, not from any list of persons.
"""

__all__ = ["GIVEN_NAMES"]

GIVEN_NAMES = """
ababekri ebabekri abubakir әбубәкір abakri 阿巴拜克力 阿巴拜克日
abbas әббас аббас 阿巴斯
abdulla abdullah abdola abdilla абдулла 阿不都拉 阿卜杜拉
ablajan 阿布拉江 阿不拉江
abla ابلا ئابلا 阿布拉 阿不拉
ablet ablat abliet аблет 艾布利特 阿布来提 阿不来提
ablikim abdulhekim абликим abdulhakim 阿不力克木 阿布力克木 阿布都艾克木
ablimit abdulhemit ablimet аблимит abdulhamid 阿布力米提 阿不力米提
ablez ableziz ablaz abduleziz абдулазиз 阿布力孜 阿卜力孜 阿不都艾则孜
adalet adalat адалет 阿达来提
adil adel әділ адиль адил ئادىل 阿迪力
ehmet ahmet ahmad ahmed akhmat axmet әхмет ахмет ахмед ئەخمەت 艾合买提 艾海买提 阿合买提 艾合麦提
emet amat эмет ئەمەت 艾麦提 艾买提
emrulla amrulla emerulla 艾木如拉 艾米如拉
eli ali әли али ئەلى 艾力 艾里 阿里
alim әлім алим ئالىم 阿力木 阿里木
alma алма
almas almaz алмас алмаз 阿尔马斯 阿勒马斯
almire almira әлмира альмира 阿丽米热 阿力米热 阿米热
altun altyn алтын 阿尔屯 阿勒腾
aman аман 阿曼
amangul аманкүл амангуль 阿曼古丽
amine amina әмина амина 阿米娜 艾米乃
emin imin amin эмин әмин имин ئىمىن 依明 伊敏 艾明 伊明
enwer anwar anvar әнуар анвар ئەنۋەر 艾尼瓦尔 安尼瓦尔
erkin еркін эркин arkin 艾尔肯 艾力肯 叶尔肯
erman arman арман 阿尔曼
arzu arzugul арзу 阿尔祖 阿孜古 阿尔孜古丽
asiye asiya әсия асия 阿斯亚 阿斯娅
asqar esqer askar asker әсқар асқар аскар ئەسقەر 艾斯卡尔 阿斯哈尔 阿斯卡尔
asim әсім асим 阿斯木
atikem atikam атикем 阿提开姆 阿提坎木
ayshe aisha aysha ayxa ayşe әйша айша айшә ئايشە 阿依夏 阿依霞
ayshem ayxam ayshahan ayshaxan айшәм айшахан ئايشەم 阿依谢姆 阿依仙 阿依夏木 阿依先木
aygul aigul айгүл айгуль ئايگۈل 阿依古丽 阿依古力
aynur ainur айнұр айнур ئاينۇر 阿依努尔
aytursun ayitursun айтурсун 阿依吐尔逊
ayjan aizhan айжан 阿依江
ayup eyup ayyub аюп аюб ئايۇپ 阿尤甫 阿尤普 艾尤甫
eziz aziz әзиз азиз ئەزىز 艾则孜 艾孜孜 阿济兹
ezize aziza әзиза азиза 艾则再
eset asat eset әсет асет 艾赛提 艾斯艾提 叶赛提
eysa isa aysa ғайса гайса иса ئەيسا 艾沙 艾萨 伊萨
baqi baki бақи баки باقى 巴克 巴克依
baqitjan bakhytzhan бахытжан бақытжан 巴合提江
baqit bakhyt baqyt бақыт бахыт 巴合提 巴哈提
bahar бахар баһар 巴哈尔
bahargul бахаргүл 巴哈古丽 巴哈尔古丽
batur batyr батыр батур باتۇر 巴图尔 巴吐尔 巴特尔
bauyrzhan bawirjan baurzhan бауыржан бауржан باۋىرجان 巴吾尔江 巴吾尔詹
behtiyar bextiyar bakhtiyar бақтияр бахтияр بەختىيار 拜合提亚尔 拜合提牙 巴合提亚尔
bekri bakri бекри بەكرى 拜克力 拜克日
bekzat бекзат بېگزات 别克扎特
berat barat барат بارات 巴拉提
bolat bulat болат булат 博拉提 波拉提 布拉提
bostan бостан 博斯坦
buhelchem buhelqem 布海丽且木 布海力且木 布合力其木
buzohre buzohra buzeynep 布祖合热 布左热
dana дана 达娜
dawut dawud даут давут داۋۇت 达吾提 达乌提 达吾德
dawlet dawlat daulet дәулет даулет даулят داۋلەت 达吾列提 道列提
dilber dilbar ділбар дильбар دىلبەر 迪丽拜尔 迪力拜尔 迪里拜尔
dilmurat дилмурат دىلمۇرات 迪力木拉提 迪里木拉提
dilnar дильнар дилнар 迪丽娜尔 迪力娜尔
dilnaz ділназ дильназ دىلناز 迪丽娜孜 迪力娜孜
dilnur дилнұр дильнур دىلنۇر 迪丽努尔 迪力努尔 迪里努尔
dilraba dilreba дильраба دىلرەبا 迪丽热巴
dilshat dilxat дильшат ділшат دىلشات 迪力夏提 迪里夏提
dinara динара 迪娜拉
dolqun dolkun долқун долкун دولقۇن 多力坤 多里坤
ekber akbar әкбар акбар ئەكبەر 艾克拜尔 阿克拜尔
ekrem akram akrem әкрәм акрам ئەكرەم 艾克热木 艾克拉木
elyar alyar eliyar 艾力亚尔
erbol yerbol ербол ەربول 叶尔波力 叶尔博勒
erjan yerzhan erzhan ержан ەرجان 叶尔江 叶尔詹
erlan yerlan ерлан ەرلان 叶尔兰
ershidin arshidin эршидин ئەرشىدىن 艾尔西丁 艾力西丁
exet ahat ehet ахат әхәт ئەخەت 艾海提 艾合提 阿哈提
gheni ghani gani ғани гани غېنى 艾尼 阿不都艾尼 哈尼
gheyret ghayrat gayrat qayrat қайрат кайрат ғайрат гайрат غەيرەت قايرات 海拉提 艾来提 凯拉提
ghopur gafur ghapur ghafur ғопур гапур غوپۇر 吾甫尔 吾普尔 乌普尔 艾甫尔
gulbahar гүлбаһар гульбахар گۈلباھار 古丽巴哈尔
gulbanum gulbanu гулбанум 古丽巴努姆
gulmire gulmira гүлмира гульмира گۈلمىرە 古丽米热 古丽米拉
gulnar gulnara гүлнар гульнар گۈلنار 古丽娜尔 古丽那尔
gulnisa gulnise гүлниса гульниса گۈلنىسا 古丽尼沙 古丽妮萨 古丽尼萨
gulnur гүлнұр гульнур گۈلنۇر 古丽努尔 古力努尔
gulshen gulshan гулшан گۈلشەن 古丽先 古丽仙 古丽显
gulzar гүлзар гульзар 古丽扎尔 古力扎尔
gulzire gulzira гүлзира гульзира 古丽孜热 古丽孜拉
hakim hekim хаким әкім ھېكىم 艾克木 艾克姆
halide xalide khalida халида 哈丽代 哈力旦 哈丽达
halil xelil khalil халил خەلىل 海力力 哈力力
hamit hemit himit hamid khamit хамит хамид һемит ھەمىت ھېمىت 依米提 伊米提 艾米提 哈米提
hamut hamud hamudun хамут 哈木提
hesen hasan hassan hasen asan хасан һәсән ھەسەن 艾山 哈山 艾散
husen husein hüseyin hoseyin хусейн хусаин хусен құсайын ھۈسەن ھۈسەيىن 玉山 玉散 吾山 玉赛音 胡赛音
hesenjan hasanjan 艾山江
heyit hayit хейит ھېيىت 艾依提 艾衣提
hebibulla habibulla abibulla хабибулла һәбибулла ھەبىبۇللا 艾比布拉 阿比布拉 海比布拉
helime halima xelime халима һәлимә ھەلىمە 哈里麦 艾力玛 海力曼
hoshur hoxur хошур ھوشۇر 吾守尔 吾首尔
ibrahim ibrayim ebrayim ibraim ыбырай ибрагим ибрахим 依不拉音 依布拉依木 伊卜拉伊木 依布拉英
ilham илхам ильхам ілхам ئىلھام 依力哈木 伊力哈木 伊利哈木
ilyar ilyarjan илияр 伊力亚尔 依力亚尔
ilyas iliyas ильяс ілияс ئىلياس 依力亚斯 伊力亚斯 依里亚斯
idris edris ыдырыс идрис ئىدرىس 伊德力斯 依德日斯 依地力斯
islam ислам ыслам ئىسلام 依斯拉木 伊斯拉木 斯拉木
ismayil ismayel simayil ismailjan ысмайыл исмаил 司马义 斯马义 斯玛依 伊斯马伊力 依斯马依力 司马依
ismet ismat esmet исмет 依斯买提 伊斯麦提
jamal jemal жамал джамал جامال 加玛丽 加马力 吉马力
jappar jabbar japar жаппар джаппар جاپپار 加帕尔 贾帕尔
jelil jalil jilil жалил джалил جېلىل 加力力 吉力力 加里里
jume juma jumah жұма жума джума جۈمە 居麦 居马 居玛 朱马
kamal kemal камал кемал 卡马力 克马力 卡玛力
kamil kamel камил 卡米力 卡米里
kamile kamila камила кәмилә كامىلە 卡米拉 卡米莱
kerim karim kerem кәрім карим керим كېرىم 克里木 克热木 卡里木
kurmanjan qurmanjan құрманжан 库尔曼江
mahire mahira махира ماھىرە 马依热 玛依热 玛伊热
mahmut mamut mahmud махмұт махмут махмуд маһмут مەھمۇت ماھمۇت 买合木提 马合木提 马木提 麦合木提
mahpiret mahpirat мәһпират 麦合皮热提 玛合皮热提
marat марат مارات 马拉提
mardan мардан 马尔旦 马尔丹
mehbube mahbuba mehbuba махбуба 买合布拜 麦合布拜 马合布白
mehsut maksut mahsut maqsut мақсұт максут мехсут مەخسۇت مەقسۇت 买合苏提 马合苏提 麦合苏提
mahsum mehsum махсум مەخسۇم 买合苏木 麦合苏木
memet memat мәмет мамет мухаммед мұхаммед мұхамет مەمەت مۇھەممەت 买买提 麦麦提 穆罕默德 木合买提
memtimin memetimin мемтимин مەمتىمىن مەمەتئىمىن 买买提明 麦麦提敏 买买提伊敏 麦提敏 买提明
meryem mariyam meriyem мәриям марьям мариям مەريەم 麦尔耶姆 买日叶木 玛丽亚木 麦日耶姆 马丽亚木
mihray mehray michray мехрай 米合热依 米热依
mihrigul mehrigul мехригүл مېھرىگۈل 米热古丽 米日古丽 米合日古丽
mijit mejit majit mazhit мәжит мажит миджит مىجىت 米吉提 米杰提
minewer munewwer munawar мунавар 米娜瓦尔 米乃瓦尔 木乃外尔
momin mumin момын момин мумин مۆمىن 莫明 木明 莫敏 毛明
murat мұрат мурат murad مۇرات 木拉提 木拉特 穆拉提
musa мұса муса مۇسا 木沙 穆萨 木萨 穆沙
mustafa mustapa мұстафа мустафа مۇستاپا 木斯塔帕 穆斯塔法
muhtar mukhtar muxtar muhter mukhter мұхтар мухтар мухтер مۇختار مۇختەر 木合塔尔 穆合塔尔 木合台尔
muradil muradel мурадил 木拉迪力
mutellip mutallip mutalip mutellib мүталіп муталип мутеллип مۇتەللىپ 木塔力甫 穆塔力甫 木台力甫
muyesser muyassar мүйессер муяссар 木亚赛尔 木叶塞尔
muzepper muzappar muzaffar музаппар музаффар مۇزەپپەر 木扎帕尔 穆扎帕尔 莫扎帕
nadir nader нәдір надир 纳迪尔 那迪尔
nasir naser nasser насыр насир ناسىر 那斯尔 纳斯尔
nazaket назакет 娜扎凯提 那扎开提
nazim nazym назым назим 那孜木
nebi nabi наби 乃比 那比
nejmidin nijmidin 乃吉米丁 尼吉米丁
nigar nigare нигар нигара نىگار 尼格尔 尼尕尔 尼格热
nijat nizhat nejat нижат ниджат نىجات 尼加提 尼贾提 乃加提
niyaz niaz нияз نىياز 尼牙孜 尼亚孜 尼亚兹
nur nuri нұр нур نۇر 努尔 奴尔
nurbek нұрбек нурбек نۇربەك 努尔别克
nurgul нұргүл нургуль 努尔古丽
nurlan нұрлан нурлан نۇرلان 努尔兰
nurmemet nurmuhammad нұрмұхамет нурмемет نۇرمەمەت نۇرمۇھەممەت 努尔买买提 努尔麦麦提 努尔穆罕默德
obul abul ubul әбіл обул ئوبۇل 吾布力 吾布里 乌布力
orkesh өркеш 吾尔开希
omer umar omar omir умар омар өмер өмір ئۆمەر 吾买尔 乌买尔 奥马尔 欧马尔 吾麦尔
orhan orxan орхан ئورخان 奥尔汗
osman usman ospan othman осман усман оспан ئوسمان 吾斯曼 乌斯曼 奥斯曼 吾思曼
patigul fatigul фатигуль патигүл پاتىگۈل 帕提古丽 帕提姑丽
patime fatima patima patma fatime batima патима фатима бәтима پاتىمە 帕提曼 帕提麦 帕提玛 法蒂玛
patem patam patemxan patamhan патәм 帕坦木 帕坦姆 帕台木
perhat parhat farhat farhad ferhat фархат парһат пәрһат پەرھات 帕尔哈提 帕哈提
peride farida perida feride фарида пәридә پەرىدە 帕丽达 帕日旦 法丽达
perwin parwin pervin парвин 帕尔文
polat pulat полат пулат پولات 普拉提
qadir kadir qader kadeer қадыр кадыр кадир قادىر 卡德尔 卡地尔 卡迪尔 哈德尔
qahar qehar kahar қахар кахар قەھھار قاھار 卡哈尔 哈哈尔
qanat kanat қанат канат قانات 哈纳提 卡纳提
qasim kasim qasym kassym қасым касым касим قاسىم 哈斯木 卡斯木 卡斯姆 喀斯木
qelbinur kalbinur қәлбінұр калбинур قەلبىنۇر 卡丽比努尔 凯丽比努尔 克丽比努尔
qeyser qaysar қайсар кайсер قەيسەر 凯赛尔 开塞尔
qeyum qayum kayum kayyum қайюм каюм қаюм قەييۇم 卡尤木 哈尤木 开尤木
qurban kurban құрбан курбан قۇربان 库尔班 胡尔班
qurbanjan курбанжан 库尔班江
rabiye rebiya rabia rabiya рабия рәбия رابىيە 热比娅 热比亚 热比耶
raxman rehman rahman рахман рахмән رەھمان راخمان 热合曼 热赫曼
raxile rahile rahila raila рахиля рахила راھىلە 热依拉 热依莱 热伊拉
raziye raziya razia разия рәзия رازىيە 热孜亚 热孜耶 拉孜亚
raxmet rehmet rahmat rakhmet рахмет рахмат 热合买提 热合麦提
rehim rahim rayim reyim рахим раим рәһим رېھىم 热依木 热黑木
renagul ranagul 热娜古丽
rena rana рәна рана 热娜
reshat rishat rixat ришат рәшат ريشات رىشات 热夏提 日夏提 热沙提
reshit rashid rashit rishit rixit рашид рәшит رەشىت رېشىت 热西提 热希提 热合西提
reyhan rayhan rayxan raihan райхан рәйхан رەيھان 热依汗 热依罕
reyhangul райхангуль رەيھانگۈل 热依汗古丽 热依罕古丽
roshen rawshan rushan рушан раушан رۇشەن روشەن 肉仙 如仙 茹仙 肉先
roshengul раушангүл rawshangul 茹鲜古丽 如先古丽 茹仙古丽
rozi ruzi rouzi roziq розы рози руза روزى 肉孜 茹孜 如孜
rustem rustam рүстем рустам رۇستەم 如斯坦木 热斯坦木 茹斯坦木 鲁斯坦
sabir saber сабыр сабир سابىر 沙比尔 萨比尔
sadir садыр садир 萨迪尔 沙迪尔
sadiq sadik садық садык садик سادىق 萨迪克 沙地克 沙迪克
sidiq sidik siddiq сыдық сыдык сидик سىدىق 司迪克 斯迪克 斯地克 色迪克
salam سالام салам 沙拉木 萨拉木
salih sali saleh салих сали سالىھ 沙力 萨力 沙里
salime salima салима 萨丽麦 沙力曼
samat semet samet самат сәмәт سەمەت 赛麦提 赛买提 沙买提
sanubar senuber сануар санубар سەنۇبەر 赛努拜尔 赛努巴尔 沙努拜尔
sattar satar саттар 萨塔尔 沙塔尔
sayit seyit said sayid сейіт саит сайит سەيىت 赛依提 赛义德 沙依提 萨依提
sebre sabira sebire сабира 赛比热 沙比热
serik sarik серік серик سەرىك 赛力克 塞里克 赛尔克
shadiye shadia шадия 夏迪亚 夏地亚
shawket shawkat shaukat шәукет шаукат 肖开提 肖凯提 肖科提
sherip sharip sharif шарип шәріп شېرىپ 谢里甫 夏热甫
shemsi shamsi шәмси 夏木西
shemshidin shamsidin шамсидин 夏木西丁
shirin xirin шірин ширин شىرىن 西林 希林 夏仁
shirali шерали шырали شىرئەلى 西尔艾力 谢尔艾力
shirmemet шермемет 西尔买买提
shohret shohrat shuhrat shokrat шөһрәт шохрат шухрат شۆھرەت 肖合热提 雪合来提 雪克来提
shukur shukuri shukr шүкір шукур شۈكۈر 树库尔 秀库尔 许库尔
sopi sofi sufi сопы супи 苏皮 索皮 苏菲
sulayman sulaiman suleiman сүлеймен сулейман сулайман سۇلايمان 苏来曼 苏莱曼 苏里曼 苏拉依曼
sultan сұлтан султан سۇلتان 苏力坦 苏里坦 苏丹
tahir taher tayir таһир тахир тайыр تاھىر 塔依尔 塔伊尔 塔黑尔
tashpolat tashpulat ташполат تاشپولات 塔西甫拉提 塔什甫拉提
telet talat тәлғат талғат талгат талат تەلئەت 塔拉提 台来提 塔勒哈提
teyip tayip tayyip tayyib тайып тайип تېيىپ 提依普 台依普 塔依甫
tohti tohty toxti tokti tokhti toqti тохти тохты тоқты توختى 托合提 土赫提 吐合提 托赫提
tohtaji tohtahaji tohtihaji 托合塔吉
tohtigul токтыгүл 托合提古丽
tomur tomor temir timur темір тимур төмүр تۆمۈر 铁木尔 帖木儿 吐木尔 特木尔
turdi turdy турды турди تۇردى 吐尔地 吐尔迪 图尔迪
turghun turgun tughun тұрғын тұрғұн тургун تۇرغۇن 吐尔洪 吐尔贡 图尔贡 吐尔根
tursun tursyn tursin tuxun тұрсын турсун تۇرسۇن 吐尔逊 图尔荪 图尔孙 吐尔孙 吐逊
tursunay тұрсынай турсунай تۇرسۇنئاي 吐尔逊阿依 图尔逊娜依 吐逊阿依 图尔荪阿依
tursungul турсунгүл تۇرسۇنگۈل 吐尔逊古丽
tursunjan тұрсынжан турсунжан تۇرسۇنجان 吐尔逊江 图尔荪江
weli wali vali уәли вали ۋەلى 外力 瓦力
yasin yasen yassin жасын ясин ياسىن 亚森 牙生 牙森 亚生
yaqup yakup yaqub jaqip yakub жақып якуп якуб ياقۇپ 亚库甫 牙库普 亚库普
yusup yusuf yüsüp jusip yussuf жүсіп юсуп юсуф يۈسۈپ 玉素甫 玉苏普 玉素普 优素福
yultuz yulduz жұлдыз юлтуз يۇلتۇز 尤里吐孜 玉勒图孜 尤丽吐孜
zahir захир заһир 扎依尔 扎黑尔
zakir zaker зәкір закир زاكىر 扎克尔 扎克勒 再克日
zakire zakira закира 扎克热
zeynep zaynab zeinep zeyneb зейнеп зайнаб зәйнәп زەينەپ 再娜甫 再纳甫 扎伊娜甫
zeytun zaytun зейтун 再吐娜 再屯 再同
zohre zohra zuhra zuhre зухра зөһрә زۆھرە 祖合热 佐合热 祖赫拉
zordun zurdun zordon зордун 佐尔东 祖尔东 佐尔顿
zulpiye zulpia zulfiya zulfia зүлфия зульфия زۇلپىيە 祖丽菲亚 祖力皮亚 祖丽皮亚
zulpiqar zulfiqar zulfikar зүлпіқар зульфикар 祖力皮卡尔 祖力甫哈尔 佐丽皮卡尔
zumret zumrat zümrad зүмрәт зумрат زۇمرەت 祖木热提 祖姆热提
zunun zünun zunong зүнүн зунун زۇنۇن 祖农 朱农
jannat jennet жәннат жаннат جەننەت 坚乃提 加娜提 建乃提
janar zhanar жанар جانار 加娜尔 加纳尔 贾娜尔
janargul zhanargul жанаргүл жанаргуль جانارگۇل 加娜尔古丽
janat zhanat жанат 加纳提
samal самал 萨马丽
sanat санат 萨纳提
aybek aibek айбек 阿依别克 艾别克
azat azad азат ئازات 阿扎提 阿扎特
askhat ashat асхат 阿斯哈提
dosym dosim досым 多斯木
medet medat медет мәдет 买代提 麦代提
serikbek серікбек серикбек سەرىكبەك 赛力克别克
dosymbek dosimbek досымбек دوسىمبەك 多斯木别克 多森别克
baqytbek bakhytbek bakytbek бақытбек бахытбек باقىتبەك 巴合提别克
muratbek мұратбек муратбек مۇراتبەك 木拉提别克 穆拉特别克
kenes kenges кеңес кенес 肯尼斯 肯叶斯
marjan marzhan маржан مارجان 玛尔江 马尔江
gauhar gawhar gaukhar гауһар гаухар 高哈尔 古哈尔
anargul анаргүл анаргуль 阿娜尔古丽 阿那尔古丽
asel әсел асель 阿赛丽
asem әсем 阿赛木
bayram bairam байрам 巴依拉木
behram bahram баһрам 拜合拉木
elmurat элмурат эльмурат 艾力木拉提 伊力木拉提
ghulam gulam ғұлам гулам 吾拉木 古拉木
hashim haxim хашим һашим ھاشىم 阿西木 哈西木
mahinur mehinur маһинур 玛依努尔 马依努尔
oraz uraz ораз 吾拉孜 奥拉孜
quanish kuanysh қуаныш куаныш 胡安什 哈尼斯
qunduz kunduz құндыз кундуз 昆都孜
sawut savut сәуіт савут ساۋۇت 萨吾提 沙吾提
turap turab турап 吐拉甫 图拉普
yalqun yalkun ялкун يالقۇن 亚力坤 亚里坤
yunus yunis жүніс юнус يۇنۇس 玉努斯 尤努斯
"""
