"""The languages that Whisper knows, by their codes (ISO 639), in English and in Finnish."""

from __future__ import annotations

from typing import Literal

_NAMES = """
af Afrikaans afrikaans
am Amharic amhara
ar Arabic arabia
as Assamese assami
az Azerbaijani azeri
ba Bashkir baškiiri
be Belarusian valkovenäjä
bg Bulgarian bulgaria
bn Bengali bengali
bo Tibetan tiibet
br Breton bretoni
bs Bosnian bosnia
ca Catalan katalaani
cs Czech tšekki
cy Welsh kymri
da Danish tanska
de German saksa
el Greek kreikka
en English englanti
es Spanish espanja
et Estonian viro
eu Basque baski
fa Persian persia
fi Finnish suomi
fo Faroese fääri
fr French ranska
gl Galician galicia
gu Gujarati gudžarati
ha Hausa hausa
haw Hawaiian havaiji
he Hebrew heprea
hi Hindi hindi
hr Croatian kroatia
ht Haitian_Creole haitinkreoli
hu Hungarian unkari
hy Armenian armenia
id Indonesian indonesia
is Icelandic islanti
it Italian italia
ja Japanese japani
jw Javanese jaava
ka Georgian georgia
kk Kazakh kazakki
km Khmer khmer
kn Kannada kannada
ko Korean korea
la Latin latina
lb Luxembourgish luxemburg
ln Lingala lingala
lo Lao lao
lt Lithuanian liettua
lv Latvian latvia
mg Malagasy malagassi
mi Maori maori
mk Macedonian makedonia
ml Malayalam malajalam
mn Mongolian mongoli
mr Marathi marathi
ms Malay malaiji
mt Maltese malta
my Burmese burma
ne Nepali nepali
nl Dutch hollanti
nn Norwegian_Nynorsk uusnorja
no Norwegian norja
oc Occitan oksitaani
pa Punjabi pandžabi
pl Polish puola
ps Pashto paštu
pt Portuguese portugali
ro Romanian romania
ru Russian venäjä
sa Sanskrit sanskrit
sd Sindhi sindhi
si Sinhala sinhala
sk Slovak slovakki
sl Slovenian sloveeni
sn Shona šona
so Somali somali
sq Albanian albania
sr Serbian serbia
su Sundanese sunda
sv Swedish ruotsi
sw Swahili suahili
ta Tamil tamili
te Telugu telugu
tg Tajik tadžikki
th Thai thai
tk Turkmen turkmeeni
tl Tagalog tagalog
tr Turkish turkki
tt Tatar tataari
uk Ukrainian ukraina
ur Urdu urdu
uz Uzbek uzbekki
vi Vietnamese vietnam
yi Yiddish jiddiš
yo Yoruba joruba
yue Cantonese kantoninkiina
zh Chinese kiina
"""

LANGUAGES: dict[str, tuple[str, str]] = {
    code: (english.replace("_", " "), finnish)
    for code, english, finnish in map(str.split, _NAMES.strip().splitlines())
}
UNKNOWN = "'{0}' is no language that the recogniser knows; give a code such as fi, sv or en"


def name_of(code: str, language: Literal["fi", "en"]) -> str:
    """The name of a language in Finnish or in English; its code if it has none."""
    english, finnish = LANGUAGES.get(code, (code, code))
    return finnish if language == "fi" else english
