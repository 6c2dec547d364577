"""The languages the date reader knows, one table a file."""

from tracker.testimony.dates.language import Language
from tracker.testimony.dates.languages.en import ENGLISH
from tracker.testimony.dates.languages.kk import KAZAKH
from tracker.testimony.dates.languages.ru import RUSSIAN
from tracker.testimony.dates.languages.tr import TURKISH
from tracker.testimony.dates.languages.ug import UYGHUR
from tracker.testimony.dates.languages.zh import CHINESE

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (ENGLISH, RUSSIAN, CHINESE, KAZAKH, UYGHUR, TURKISH)
}
