"""Nations that the tables of python-codicefiscale lack, names that people use, and successions.

Facts: the foreign states of ANPR (Ministero dell'Interno) and lists of codes in use. They do not
say when a code went out of use, so no date is invented here: a ceased nation without an end is
taken to have existed on any day. Only those are offered to everybody that are a territory of their
own today; collective codes ("Dipendenze …") and what became part of a state are found on demand.

The same lists have 559 further codes of comuni, which were gone before the registers began. They
are left out on purpose: hardly anybody alive can have been born there, so a codice fiscale with
such a code deserves the warning that it gets.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core.places import Nation


def _today(code: str, name: str, name_en: str, *other_names: str) -> Nation:
    return Nation(code=code, name=name, name_en=name_en, other_names=other_names)


def _ceased(code: str, name: str, name_en: str, *other_names: str) -> Nation:
    return attrs.evolve(_today(code, name, name_en, *other_names), ceased=True)


MISSING_NATIONS: tuple[Nation, ...] = (
    _today("Z113", "Gibilterra", "Gibraltar"),
    _today("Z122", "Isola di Man", "Isle of Man", "Man"),
    _today("Z124", "Isole del Canale", "Channel Islands", "Isole Normanne", "Jersey", "Guernsey"),
    _ceased("Z137", "Armenia", "Armenia"),
    _ceased("Z141", "Azerbaigian", "Azerbaijan"),
    _ceased("Z142", "Kirghizistan", "Kyrgyzstan"),
    _ceased("Z143", "Uzbekistan", "Uzbekistan"),
    _ceased("Z147", "Tagikistan", "Tajikistan"),
    _ceased("Z151", "Turkmenistan", "Turkmenistan"),
    _ceased("Z152", "Kazakhstan", "Kazakhstan", "Kazakistan"),
    _today("Z212", "Isole Cocos", "Cocos (Keeling) Islands", "Isole Keeling"),
    _ceased("Z218", "Territorio di Gaza", "Gaza Strip", "Gaza"),
    _ceased("Z230", "Malaysia", "Malaysia"),
    # As the tables have it with Hong Kong: a part of China today.
    _ceased("Z231", "Macao", "Macau"),
    _ceased("Z238", "Isole Ryukyu", "Ryukyu Islands"),
    _ceased("Z239", "Sikkim", "Sikkim"),
    _ceased("Z244", "Vietnam del Sud", "South Vietnam"),
    _ceased("Z245", "Vietnam del Nord", "North Vietnam"),
    _ceased("Z303", "Basutoland", "Basutoland"),
    _ceased("Z304", "Beciuania", "Bechuanaland"),
    _ceased("Z323", "Ifni", "Ifni"),
    _today("Z324", "La Riunione", "Réunion", "Isola della Riunione", "La Réunion"),
    _ceased("Z339", "Sahara spagnolo", "Spanish Sahara"),
    _ceased(
        "Z346",
        "Somalia francese",
        "French Somaliland",
        "Territorio francese degli Afar e degli Issa",
    ),
    _ceased("Z356", "Zanzibar", "Zanzibar"),
    _ceased("Z362", "Sahara meridionale", "Southern Sahara"),
    _ceased("Z363", "Sahara settentrionale", "Northern Sahara"),
    _ceased("Z364", "Bophuthatswana", "Bophuthatswana"),
    _ceased("Z365", "Transkei", "Transkei"),
    _ceased("Z366", "Venda", "Venda"),
    _ceased("Z367", "Ciskei", "Ciskei"),
    _today("Z402", "Groenlandia", "Greenland"),
    # Three codes with one name: nothing says which islands each of them meant.
    _ceased("Z500", "Antille britanniche", "British West Indies"),
    _today("Z508", "Guadalupa", "Guadeloupe"),
    _ceased("Z517", "Zona del Canale di Panama", "Panama Canal Zone"),
    _ceased("Z521", "Antille britanniche", "British West Indies"),
    _ceased("Z523", "Antille britanniche", "British West Indies"),
    _today("Z529", "Anguilla", "Anguilla", "Isola di Anguilla"),
    _today("Z531", "Montserrat", "Montserrat", "Isola di Montserrat"),
    _today("Z607", "Guyana francese", "French Guiana", "Guiana francese", "Guayana francese"),
    _today("Z609", "Isole Falkland", "Falkland Islands", "Falkland", "Malvine", "Isole Malvine"),
    _ceased("Z701", "Isole Caroline", "Caroline Islands"),
    _ceased("Z702", "Isola Christmas", "Christmas Island", "Isola di Natale"),
    _ceased("Z705", "Isole Gilbert ed Ellice", "Gilbert and Ellice Islands"),
    _today("Z706", "Guam", "Guam"),
    _ceased("Z707", "Irian Occidentale", "West Irian"),
    _today("Z708", "Isola Macquarie", "Macquarie Island"),
    _today("Z709", "Isola Marcus", "Marcus Island"),
    _today("Z710", "Isole Marianne", "Mariana Islands", "Marianne Settentrionali"),
    _today("Z712", "Isole Midway", "Midway Islands"),
    _today("Z714", "Niue", "Niue", "Isola Savage", "Atollo di Niue"),
    _today("Z715", "Isola Norfolk", "Norfolk Island", "Isole del Mar dei Coralli"),
    _today("Z716", "Nuova Caledonia", "New Caledonia"),
    _ceased("Z717", "Nuove Ebridi", "New Hebrides"),
    _ceased("Z718", "Nuova Guinea", "New Guinea"),
    _ceased("Z720", "Papuasia", "Papua"),
    _today("Z721", "Isola di Pasqua", "Easter Island", "Sala y Gómez", "Isole cilene"),
    _today("Z722", "Isole Pitcairn", "Pitcairn Islands", "Isola di Pitcairn"),
    _today("Z725", "Samoa Americane", "American Samoa"),
    _today("Z727", "Tokelau", "Tokelau", "Isole dell'Unione"),
    _ceased("Z800", "Dipendenze canadesi", "Canadian dependencies"),
    _ceased("Z801", "Dipendenze norvegesi artiche", "Norwegian dependencies in the Arctic"),
    _ceased("Z802", "Dipendenze russe", "Russian dependencies", "Dipendenze sovietiche"),
    _ceased("Z900", "Dipendenze australiane", "Australian dependencies"),
    _ceased("Z901", "Dipendenze britanniche", "British dependencies"),
    _ceased("Z902", "Dipendenze francesi", "French dependencies"),
    _ceased("Z903", "Dipendenze neozelandesi", "New Zealand dependencies"),
    _ceased("Z904", "Dipendenze norvegesi antartiche", "Norwegian dependencies in the Antarctic"),
    _ceased("Z905", "Dipendenze statunitensi", "United States dependencies"),
    _ceased("Z906", "Dipendenze sudafricane", "South African dependencies"),
)
"""The nations that the installed tables lack."""


@attrs.frozen
class UsualNames:
    """What people call a nation that the tables call something else, or leave without English.

    Args:
        name: In Italian; empty where the table's name is the usual one.
        name_en: In English; empty where the table's name is the usual one.
        other_names: Names by which it is found as well.
    """

    name: str = ""
    name_en: str = ""
    other_names: tuple[str, ...] = ()


USUAL_NAMES: Mapping[str, UsualNames] = {
    "Z105": UsualNames(name_en="Czechoslovakia"),
    "Z106": UsualNames("Città del Vaticano", "Vatican City", ("Vaticano", "Santa Sede")),
    "Z108": UsualNames(name_en="Faroe Islands"),
    "Z111": UsualNames(name_en="East Germany"),
    "Z114": UsualNames(other_names=("Gran Bretagna", "Inghilterra", "Scozia", "Galles", "UK")),
    "Z118": UsualNames(name_en="Yugoslavia"),
    "Z126": UsualNames(other_names=("Olanda",)),
    "Z135": UsualNames("Unione Sovietica", "Soviet Union"),
    "Z140": UsualNames(name_en="Moldova", other_names=("Moldavia",)),
    "Z148": UsualNames(name_en="North Macedonia", other_names=("Macedonia",)),
    "Z154": UsualNames("Russia", "Russia"),
    "Z156": UsualNames(other_names=("Cechia", "Czechia")),
    "Z161": UsualNames(name_en="Palestinian Territories", other_names=("Palestina", "Palestine")),
    "Z201": UsualNames(name_en="Federation of South Arabia"),
    "Z202": UsualNames(name_en="Protectorate of South Arabia"),
    "Z206": UsualNames(other_names=("Birmania", "Burma")),
    "Z207": UsualNames(name_en="Brunei"),
    "Z210": UsualNames("Cina", "China"),
    "Z213": UsualNames("Corea del Sud", "South Korea"),
    "Z214": UsualNames("Corea del Nord", "North Korea"),
    "Z217": UsualNames(name_en="Taiwan", other_names=("Formosa",)),
    "Z224": UsualNames(name_en="Iran"),
    "Z228": UsualNames(name_en="Laos"),
    "Z240": UsualNames(name_en="Syria"),
    "Z242": UsualNames(other_names=("Timor Est",)),
    "Z251": UsualNames(name_en="Vietnam"),
    "Z255": UsualNames(other_names=("Kazakistan",)),
    "Z312": UsualNames(name_en="Democratic Republic of the Congo", other_names=("Zaire",)),
    "Z313": UsualNames(other_names=("Ivory Coast",)),
    "Z326": UsualNames(name_en="Libya"),
    "Z340": UsualNames(name_en="Saint Helena"),
    "Z347": UsualNames("Sudafrica", "South Africa"),
    "Z349": UsualNames(name_en="Eswatini"),
    "Z350": UsualNames(name_en="Tanganyika"),
    "Z357": UsualNames(name_en="Tanzania"),
    "Z400": UsualNames(other_names=("Isole Bermude", "Bermude")),
    "Z403": UsualNames(name_en="Saint Pierre and Miquelon"),
    "Z404": UsualNames(other_names=("Stati Uniti", "USA", "United States of America")),
    "Z513": UsualNames(name_en="Martinique"),
    "Z519": UsualNames(name_en="Turks and Caicos Islands"),
    "Z520": UsualNames(name_en="United States Virgin Islands"),
    "Z525": UsualNames(name_en="British Virgin Islands"),
    "Z530": UsualNames(name_en="Cayman Islands"),
    "Z601": UsualNames(name_en="Bolivia"),
    "Z614": UsualNames(name_en="Venezuela"),
    "Z703": UsualNames(name_en="Cook Islands"),
    "Z723": UsualNames(name_en="French Polynesia"),
    "Z729": UsualNames(name_en="Wallis and Futuna"),
    "Z735": UsualNames("Micronesia", "Micronesia"),
    "Z907": UsualNames(name_en="South Sudan"),
}
"""The usual names of nations in the installed tables, whose own names stay searchable."""

_EX_USSR_FIRST_CODES = "Z136 Z137 Z141 Z142 Z143 Z147 Z151 Z152"

SUCCESSORS: Mapping[str, frozenset[str]] = {
    ceased: frozenset(heirs.split())
    for ceased, heirs in {
        "Z135": "Z138 Z139 Z140 Z144 Z145 Z146 Z154 Z252 Z253 Z254 Z255 Z256 Z257 Z258 Z259 "
        + _EX_USSR_FIRST_CODES,
        "Z118": "Z148 Z149 Z150 Z153 Z157 Z158 Z159 Z160",
        "Z157": "Z158 Z159 Z160",
        "Z105": "Z155 Z156",
        "Z111": "Z112",
        "Z136": "Z254",
        "Z137": "Z252",
        "Z141": "Z253",
        "Z142": "Z256",
        "Z143": "Z259",
        "Z147": "Z257",
        "Z151": "Z258",
        "Z152": "Z255",
        "Z201": "Z246 Z250",
        "Z202": "Z246 Z250",
        "Z250": "Z246",
        "Z218": "Z161",
        "Z221": "Z210",
        "Z230": "Z247",
        "Z231": "Z210",
        "Z238": "Z219",
        "Z239": "Z222",
        "Z244": "Z251",
        "Z245": "Z251",
        "Z303": "Z359",
        "Z304": "Z358",
        "Z323": "Z330",
        "Z346": "Z361",
        "Z350": "Z357",
        "Z356": "Z357",
        "Z364": "Z347",
        "Z365": "Z347",
        "Z366": "Z347",
        "Z367": "Z347",
        "Z517": "Z516",
        "Z701": "Z734 Z735",
        "Z705": "Z731 Z732",
        "Z707": "Z223",
        "Z717": "Z733",
        "Z718": "Z730",
        "Z720": "Z730",
    }.items()
}
"""Today's states by the ceased one whose territory, or part of it, is theirs beyond doubt."""
