"""The twenty regions and their provinces, which python-codicefiscale leaves out of its tables.

Which provincia is in which region is a fact of the "Archivio storico dei comuni ANPR, Ministero
dell'Interno, CC BY 4.0" (:data:`ATTRIBUTION`). The archive gives no region to Fiume, Pola, Zara and
the former Venezia Giulia, which are abroad today; here they stand under Friuli-Venezia Giulia, so
that who was born there finds them. Whether a provincia still exists is not written here, because
it follows from its comuni. So a reform only ever adds lines to this table, and until it does a new
sigla is put into the region where its comuni were before
(:class:`~registrazione.core.gazetteer.Gazetteer`).
"""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.core.places import Province, Region

ATTRIBUTION = "Archivio storico dei comuni ANPR, Ministero dell'Interno, CC BY 4.0"
"""What a page that shows these lists has to say of where they come from."""

_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "AO": ("Aoste", "Valle d'Aosta/Vallée d'Aoste"),
    "BT": ("BAT",),
    "BZ": ("Alto Adige/Südtirol",),
    "MB": ("Monza e Brianza", "Monza"),
    "RC": ("Reggio di Calabria",),
    "RE": ("Reggio Emilia",),
    "RM": ("Roma Capitale",),
    "VB": ("Verbania", "VCO"),
}

_TABLE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "01": (
        "Piemonte",
        {
            "AL": "Alessandria",
            "AT": "Asti",
            "BI": "Biella",
            "CN": "Cuneo",
            "NO": "Novara",
            "TO": "Torino",
            "VB": "Verbano-Cusio-Ossola",
            "VC": "Vercelli",
        },
    ),
    "02": ("Valle d'Aosta/Vallée d'Aoste", {"AO": "Aosta"}),
    "03": (
        "Lombardia",
        {
            "BG": "Bergamo",
            "BS": "Brescia",
            "CO": "Como",
            "CR": "Cremona",
            "LC": "Lecco",
            "LO": "Lodi",
            "MB": "Monza e della Brianza",
            "MI": "Milano",
            "MN": "Mantova",
            "PV": "Pavia",
            "SO": "Sondrio",
            "VA": "Varese",
        },
    ),
    "04": ("Trentino-Alto Adige/Südtirol", {"BZ": "Bolzano/Bozen", "TN": "Trento"}),
    "05": (
        "Veneto",
        {
            "BL": "Belluno",
            "PD": "Padova",
            "RO": "Rovigo",
            "TV": "Treviso",
            "VE": "Venezia",
            "VI": "Vicenza",
            "VR": "Verona",
        },
    ),
    "06": (
        "Friuli-Venezia Giulia",
        {
            "GO": "Gorizia",
            "PN": "Pordenone",
            "TS": "Trieste",
            "UD": "Udine",
            "FU": "Fiume",
            "PL": "Pola",
            "VG": "Venezia Giulia",
            "ZA": "Zara",
        },
    ),
    "07": (
        "Liguria",
        {"GE": "Genova", "IM": "Imperia", "SP": "La Spezia", "SV": "Savona"},
    ),
    "08": (
        "Emilia-Romagna",
        {
            "BO": "Bologna",
            "FC": "Forlì-Cesena",
            "FE": "Ferrara",
            "MO": "Modena",
            "PC": "Piacenza",
            "PR": "Parma",
            "RA": "Ravenna",
            "RE": "Reggio nell'Emilia",
            "RN": "Rimini",
            "FO": "Forlì",
        },
    ),
    "09": (
        "Toscana",
        {
            "AR": "Arezzo",
            "FI": "Firenze",
            "GR": "Grosseto",
            "LI": "Livorno",
            "LU": "Lucca",
            "MS": "Massa-Carrara",
            "PI": "Pisa",
            "PO": "Prato",
            "PT": "Pistoia",
            "SI": "Siena",
        },
    ),
    "10": ("Umbria", {"PG": "Perugia", "TR": "Terni"}),
    "11": (
        "Marche",
        {
            "AN": "Ancona",
            "AP": "Ascoli Piceno",
            "FM": "Fermo",
            "MC": "Macerata",
            "PU": "Pesaro e Urbino",
            "PS": "Pesaro e Urbino",
        },
    ),
    "12": (
        "Lazio",
        {"FR": "Frosinone", "LT": "Latina", "RI": "Rieti", "RM": "Roma", "VT": "Viterbo"},
    ),
    "13": ("Abruzzo", {"AQ": "L'Aquila", "CH": "Chieti", "PE": "Pescara", "TE": "Teramo"}),
    "14": ("Molise", {"CB": "Campobasso", "IS": "Isernia"}),
    "15": (
        "Campania",
        {
            "AV": "Avellino",
            "BN": "Benevento",
            "CE": "Caserta",
            "NA": "Napoli",
            "SA": "Salerno",
        },
    ),
    "16": (
        "Puglia",
        {
            "BA": "Bari",
            "BR": "Brindisi",
            "BT": "Barletta-Andria-Trani",
            "FG": "Foggia",
            "LE": "Lecce",
            "TA": "Taranto",
        },
    ),
    "17": ("Basilicata", {"MT": "Matera", "PZ": "Potenza"}),
    "18": (
        "Calabria",
        {
            "CS": "Cosenza",
            "CZ": "Catanzaro",
            "KR": "Crotone",
            "RC": "Reggio Calabria",
            "VV": "Vibo Valentia",
        },
    ),
    "19": (
        "Sicilia",
        {
            "AG": "Agrigento",
            "CL": "Caltanissetta",
            "CT": "Catania",
            "EN": "Enna",
            "ME": "Messina",
            "PA": "Palermo",
            "RG": "Ragusa",
            "SR": "Siracusa",
            "TP": "Trapani",
        },
    ),
    "20": (
        "Sardegna",
        {
            "CA": "Cagliari",
            "NU": "Nuoro",
            "OR": "Oristano",
            "SS": "Sassari",
            "SU": "Sud Sardegna",
            "CI": "Carbonia-Iglesias",
            "OG": "Ogliastra",
            "OT": "Olbia-Tempio",
            "VS": "Medio Campidano",
        },
    ),
}

REGIONS: tuple[Region, ...] = tuple(
    Region(code=code, name=name) for code, (name, _) in _TABLE.items()
)
"""All regions, by their ISTAT code."""

PROVINCES: tuple[Province, ...] = tuple(
    Province(sigla=sigla, name=name, region=region, other_names=_OTHER_NAMES.get(sigla, ()))
    for region, (_, provinces) in _TABLE.items()
    for sigla, name in provinces.items()
)
"""All provinces of today and of other times."""
