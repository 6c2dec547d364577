"""More given names, mostly Kazakh and Kyrgyz: the same form and purpose as `given_names.py`.

Names taken from grammar and custom, not from any list of persons.
"""

__all__ = ["MORE_GIVEN_NAMES"]

MORE_GIVEN_NAMES = """
abay abai абай 阿拜
adile adila адила әділа 阿迪拉 阿迪莱
aybibi aibibi айбиби
aydar aidar айдар ايدار
aydana aidana айдана
aydos aidos айдос
aydin aidyn айдын
aygerim aigerim айгерім айгерим 阿依格林 阿依格里木 阿依格热木
aynagul ainagul айнагүл айнагуль
aynash ainash айнаш
aysulu aisulu айсұлу айсулу
aytbay aitbay aitbai айтбай
aychurek aichurok айчүрөк айчурек 阿依曲热克
akbota aqbota ақбота акбота
almat алмат المات 阿勒马特 阿尔马特
alibek әлібек алибек
aliya aliia әлия алия
anar анар
arailim araylym арайлым
arstan арстан
asan асан
asilbek asylbek асылбек
aslan aslanbek аслан
asiljan asylzhan асылжан
bagdat baghdat бағдат багдат
balzhan baljan балжан
bekbolat бекболат
bektur бектур бектұр
berdibek бердібек бердибек
berik берік берик 别里克 别力克
bibigul бибігүл бибигуль
bolatbek болатбек
botagoz ботагөз ботагоз
dana дана
daniyar daniar данияр 达尼亚尔
darhan darkhan дархан
dauren dawren дәурен даурен داۋرەن
dias диас
dilyar diliyar дильяр диляр دىليار 迪力亚尔 迪里亚尔
dilare dilara дилара дильара دىلارە 迪拉热 迪丽拉热
erbolat yerbolat ерболат ەربولات 叶尔波拉提 叶尔博拉提
erbulan yerbulan ербұлан ербулан 叶尔布兰
erkebulan yerkebulan еркебұлан еркебулан 叶尔克布兰
erkinbek yerkinbek еркінбек еркинбек
erlik yerlik ерлік
ermek yermek ермек
esbol yesbol есбол
esen yesen есен
galim ghalym galym ғалым галым
gulaysha gulaisha гүлайша
gulnaz гүлназ гульназ گۈلناز 古丽娜孜
gulsim gulsym гүлсім гульсим
humar khumar хумар خۇمار
humargul khumargul хумаргүл хумаргуль خۇمارگۈل 胡玛尔古丽 胡马尔古丽
indira индира
jambil zhambyl жамбыл
jandos zhandos жандос
janibek zhanibek жәнібек жанибек
jansaya zhansaya жансая
jasulan zhasulan жасұлан жасулан
juldiz zhuldyz жұлдыз жулдыз
jumabay zhumabai zhumabay жұмабай жумабай 居马拜
jumagul zhumagul жұмагүл жумагуль 居马古丽 朱马古丽 朱玛古丽
kayrat kairat qairat қайрат кайрат 海拉提
kamshat қамшат камшат
karima kerime керима кәрима 克热曼 克里玛
karligash qarlygash karlygash қарлығаш карлыгаш
kuanishbek quanyshbek қуанышбек куанышбек
kuat quat қуат куат
kulash күләш куляш
kumisbek күмісбек
laura лаура
madina medine мәдина мадина 玛迪娜
madi мәди мади
maksat maqsat мақсат максат 马克沙提
manarbek манарбек
maqpal makpal мақпал макпал
marhaba merhaba мархаба 马尔哈巴
maulen mawlen мәулен маулен
mayra maira майра
meruert меруерт
meirim meyirim мейірім
mirbek мирбек
mirzahmet мирзахмет
mirzigul mirzagul мырзагүл мирзигуль
mirza мырза мирза
munire munira мунира
munir мунир
nazira нәзира назира
nazgul назгүл назгуль
nurbakit nurbaqyt nurbakyt nurbakhyt нұрбақыт нурбахыт 努尔巴哈提 努尔巴合提
nurbolat нұрболат нурболат 努尔波拉提 努尔博拉提
nurdin нурдин нұрдін نۇردىن 努尔丁
nurgaysha nurgaisha нұрғайша
nurlibek nurlybek нұрлыбек нурлыбек
nurnisa нурниса 努尔尼沙 努尔妮萨
nursultan нұрсұлтан нурсултан 努尔苏丹 努尔苏力坦
nurtay nurtai нұртай нуртай
omirbek omurbek өмірбек омирбек 奥木尔别克
oralbek оралбек 奥拉勒别克 奥拉里别克
orinbek orynbek орынбек
orazbek оразбек ورازبەك 奥拉孜别克 吾拉孜别克 乌拉孜别克
qalima kalima қалима калима
qambar қамбар камбар
rahat rakhat рахат 热哈提
rahima raxime рахима рәхима 热依麦 热黑玛
raushan роушан раушан
risbek rysbek рысбек
sabina сабина
sagat sagat сағат сагат
sandugash sandughash сандуғаш сандугаш
saule sawle сәуле сауле
sayan saian саян
sayragul sairagul сайрагүл сайрагуль
serhan serkhan сархан
serkan
shahida shahide shaida шаһидә шахида шаһида شاھىدە 夏依旦 夏依达 沙依达 夏依代
shakarim shekerim шәкәрім
shinar shynar шынар
shinggis shyngys шыңғыс чингиз
talgat talghat талғат талгат 塔力哈提 塔勒哈提
temirbek темірбек темирбек
temirlan темірлан темирлан
tileubek tleubek тілеубек тлеубек
tolegen төлеген толеген
tolkin tolqyn толқын толкын
toktobek токтобек тоқтобек
turmemet turmuhemmet турмемет тұрмұхаммед 吐尔买买提
uali wali уәли уали
ulan ұлан улан
ulbolsin ulbolsyn ұлболсын
zamira замира
zarina зарина
zeynegul zeinegul зейнегүл
"""
