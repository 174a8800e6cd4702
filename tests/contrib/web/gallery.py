"""Sample pages: every kind of block and field, in every state that looks or sounds different."""

from __future__ import annotations

import json

import attrs

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web.pages import (
    Bar,
    Button,
    Card,
    Cards,
    Cell,
    Challenge,
    Chart,
    Facts,
    Field,
    Figure,
    Form,
    Frame,
    Help,
    InputType,
    Link,
    Links,
    Mark,
    Message,
    Option,
    Page,
    Prose,
    Source,
    Table,
    Tone,
)
from registrazione.profiles import load

LONG = "Massimiliano Ferdinando Aleardo Wolfeschlegelsteinhausenbergerdorffvoralternwaren"
PLACES_URL = "/places"

FRAME = Frame(
    title="Iscrizioni online",
    owner="Ministero dell'Istruzione e del Merito",
    home="/",
    links=(
        Link(label="Accedi", url="/sign-in"),
        Link(label="Registrati", url="/register", current=True),
        Link(label="Recupera le credenziali", url="/recover"),
    ),
    languages=(
        Link(label="Italiano", url="/?language=it", language="it", current=True),
        Link(label="English", url="/?language=en", language="en"),
    ),
    assets="/assets/",
)
SIGNED_IN = attrs.evolve(
    FRAME,
    sign_out=Form(
        action="/sign-out",
        buttons=(Button(label="Esci", tone=Tone.SECONDARY),),
        label="Esci",
        compact=True,
    ),
)
HELP = (
    Help(text="Domande frequenti", url="/help"),
    Help(text="Assistenza alla registrazione:", phone="080 926 7603"),
)
_TITLES = ("Codice fiscale", "Dati anagrafici", "Riepilogo", "Conferma")


def marks(now: int) -> tuple[Mark, ...]:
    """Return the four steps, one of them current."""
    return tuple(
        Mark(
            number=number,
            label=f"Passaggio {number}",
            title=title,
            state="done" if number < now else "current" if number == now else "ahead",
        )
        for number, title in enumerate(_TITLES, 1)
    )


def page(name: str, title: str, *blocks, **more) -> Page:
    """Return a page in Italian, in the frame of somebody who is not signed in."""
    usual = {"language": "it", "frame": FRAME, "help": HELP}
    return Page(name=name, title=title, blocks=blocks, **{**usual, **more})


def place_fields(chosen: tuple[str, str, str, str] = ("", "", "", "")) -> tuple[Field, ...]:
    """Return the four lists of a place of birth (MIM-15)."""
    places = InstalledPlaces()
    nation, region, province, comune = chosen

    def data(place: str) -> tuple[tuple[str, str], ...]:
        return (
            ("place", place),
            ("places-url", PLACES_URL),
            ("italy", "IT"),
            ("choose-nation", "È necessario selezionare una nazione"),
            ("choose-region", "È necessario selezionare una regione"),
            ("choose-province", "È necessario selezionare una provincia"),
        )

    def choices(
        name: str, label: str, options: tuple[Option, ...], placeholder: str = "Scegli…"
    ) -> Field:
        return Field(
            name=f"birth_{name}",
            label=label,
            type=InputType.SELECT,
            placeholder=placeholder,
            required=True,
            autocomplete="off",
            options=options,
            data=data(name),
        )

    return (
        choices(
            "nation",
            "Nazione di nascita",
            tuple(
                Option(value=one.code, label=one.name, selected=one.code == nation)
                for one in places.nations()
            ),
        ),
        choices(
            "region",
            "Regione di nascita",
            tuple(
                Option(value=one.name, label=one.name, selected=one.name == region)
                for one in places.regions()
            ),
            "È necessario selezionare una nazione",
        ),
        choices(
            "province",
            "Provincia di nascita",
            tuple(
                Option(
                    value=one.sigla,
                    label=one.name,
                    selected=one.sigla == province,
                    group=inside.name,
                )
                for inside in places.regions()
                for one in places.provinces(inside.code)
            ),
        ),
        Field(
            name="birth_place",
            label="Comune di nascita",
            value=comune,
            required=True,
            data=data("comune"),
        ),
    )


def password_fields(profile: str = "mim-students", **more) -> tuple[Field, Field]:
    """Return a new password, typed twice, with the box of its requirements (MIM-37)."""
    policy = load(profile).password
    password = Field(
        name="password",
        label="Nuova password",
        type=InputType.PASSWORD,
        required=True,
        autocomplete="new-password",
        requirements=policy.explain("it"),
        rules=json.dumps(policy.to_json()),
        **more,
    )
    again = Field(
        name="password_again",
        label="Ripeti la nuova password",
        type=InputType.PASSWORD,
        required=True,
        autocomplete="new-password",
    )
    return password, again


NEXT = Button(label="Prosegui", value="next")
BACK = Button(label="Indietro", value="back", tone=Tone.SECONDARY)
BIRTH_DATE = Field(name="birth_date", label="Data di nascita", type=InputType.DATE, required=True)
CODE = Field(
    name="codice_fiscale",
    label="Codice fiscale",
    required=True,
    hint="16 caratteri, come sulla tessera sanitaria.",
    max_length=16,
    autocomplete="off",
)
TICK_BOX = Field(
    name="human_response",
    label="Non sono un robot",
    type=InputType.HUMAN,
    required=True,
    challenge=Challenge(trap="homepage"),
)

IDENTIFY = page(
    "register.identify",
    "Registrazione",
    Prose(paragraphs=("Per cominciare serve il codice fiscale di chi si registra.",)),
    Form(action="/register", fields=(CODE, TICK_BOX), buttons=(NEXT,)),
    marks=marks(1),
)
FILL = page(
    "register.fill",
    "Registrazione: i tuoi dati",
    Form(
        action="/register",
        heading="Dati anagrafici",
        hidden=(("draft", "sealed"), ("key", "k1")),
        fields=(
            attrs.evolve(CODE, readonly=True, value="RSSMRA80A01H501U", hint=""),
            Field(name="name", label="Nome", required=True, autocomplete="given-name"),
            BIRTH_DATE,
            *place_fields(),
            Field(
                name="email",
                label="Email",
                type=InputType.EMAIL,
                required=True,
                autocomplete="email",
                inputmode="email",
            ),
            Field(name="email_again", label="Ripeti l'email", type=InputType.EMAIL, required=True),
            Field(name="phone", label="Telefono", type=InputType.TEL, autocomplete="tel"),
        ),
        buttons=(NEXT, BACK),
    ),
    marks=marks(2),
)
FAULTY = page(
    "register.fill",
    "Registrazione: i tuoi dati",
    Form(
        action="/register",
        label="Dati anagrafici",
        fields=(
            Field(
                name="name",
                label="Nome",
                value="<script>\"&'</script>",
                required=True,
                faults=("Il nome contiene caratteri non ammessi.", "Il nome è troppo lungo."),
                hint="Come sul documento.",
            ),
            Field(
                name="sex",
                label="Sesso",
                type=InputType.RADIO,
                required=True,
                options=(Option(value="M", label="Maschio"), Option(value="F", label="Femmina")),
                faults=("Scegli uno dei valori proposti.",),
            ),
            Field(
                name="document",
                label="Documento",
                type=InputType.SELECT,
                options=(Option(value="CI", label="Carta d'identità"),),
                faults=("Scegli uno dei valori proposti.",),
            ),
            Field(
                name="phone",
                label="Telefono",
                type=InputType.TEL,
                value="123",
                warnings=("Il numero sembra incompleto.",),
            ),
            Field(
                name="notes",
                label="Note",
                type=InputType.TEXTAREA,
                value="Prima riga\nseconda riga",
                max_length=2000,
                spelling=True,
                faults=("Il testo è troppo lungo.",),
            ),
            Field(
                name="privacy",
                label="Ho letto l'informativa",
                type=InputType.CHECKBOX,
                required=True,
                faults=("Per proseguire occorre confermare la presa visione.",),
            ),
        ),
        buttons=(NEXT,),
    ),
    faults=(
        Message(text="Il nome contiene caratteri non ammessi.", field="field-name"),
        Message(text="Scegli uno dei valori proposti.", field="field-sex"),
        Message(text="Il servizio è temporaneamente sovraccarico."),
    ),
    notices=(
        Message(text="Il numero sembra incompleto.", tone=Tone.WARNING, field="field-phone"),
        Message(text="La sessione scade tra poco.", tone=Tone.DANGER),
    ),
    marks=marks(2),
)
PASSWORD = page(
    "password.change",
    "Cambio della password",
    Form(action="/password", fields=password_fields(), buttons=(Button(label="Cambia"),)),
    frame=SIGNED_IN,
)
SUMMARY = page(
    "register.confirm",
    "Riepilogo",
    Facts(
        heading="I tuoi dati",
        rows=(("Nome", LONG), ("Codice fiscale", "RSSMRA80A01H501U"), ("Email", f"{LONG}@a.it")),
        sources={
            "Nome": Source(text="da SPID, non modificabile", locked=True),
            "Email": Source(text="da SPID"),
        },
    ),
    Prose(
        heading="Prima di confermare",
        paragraphs=("Controlla i dati.", "Dopo la conferma arriva un'email."),
        tone=Tone.INFO,
    ),
    Form(action="/register", buttons=(Button(label="Conferma", value="confirm"), BACK)),
    marks=marks(3),
)
CHOOSE = page(
    "identity.choose",
    "Scegli il tuo gestore di identità",
    Prose(paragraphs=("Accedi con il gestore presso cui hai la tua identità digitale.",)),
    Links(
        items=tuple(
            Link(label=name, url=f"/identity/spid?choice={name[:3]}", logo=logo)
            for name, logo in (
                ("Poste ID", "/assets/logo.svg"),
                ("Aruba ID", "/assets/logo.svg"),
                (LONG, ""),
                ("Sielte ID", ""),
                ("Lepida ID", "/assets/logo.svg"),
            )
        ),
        tiles=True,
    ),
    Links(
        items=(
            Link(label="Non hai SPID?", url="https://www.spid.gov.it/richiedi-spid"),
            Link(label="Serve aiuto?", url="https://www.spid.gov.it/serve-aiuto"),
        )
    ),
)
SIGN_IN = page(
    "sign_in",
    "Accesso",
    Form(
        action="/sign-in",
        label="Accesso",
        fields=(
            Field(name="username", label="Nome utente", required=True, autocomplete="username"),
            Field(
                name="password",
                label="Password",
                type=InputType.PASSWORD,
                required=True,
                autocomplete="current-password",
            ),
        ),
        buttons=(Button(label="Entra"),),
    ),
    Links(
        heading="Con l'identità digitale",
        buttons=True,
        items=(
            Link(label="Entra con SPID", url="/spid", image="spid"),
            Link(label="Entra con CIE", url="/cie", image="cie"),
            Link(label="Login with eIDAS", url="/eidas", image="eidas", language="en"),
        ),
    ),
    Links(
        items=(
            Link(label="Password dimenticata?", url="/recover"),
            Link(label="Registrati", url="/register", tone=Tone.SECONDARY),
        )
    ),
    notices=(Message(text="La password è stata cambiata.", tone=Tone.SUCCESS),),
)
AREA = page(
    "area",
    "I tuoi servizi",
    Cards(
        heading="Servizi",
        items=(
            Card(
                title="Iscrizioni",
                text="Aperto fino al 31 gennaio.",
                forms=(
                    Form(action="/use/1", buttons=(Button(label="Entra"),), compact=True),
                    Form(
                        action="/favourites",
                        hidden=(("service", "1"),),
                        buttons=(Button(label="Aggiungi ai preferiti", tone=Tone.SECONDARY),),
                        label="Iscrizioni",
                        compact=True,
                    ),
                ),
            ),
            Card(title="Biblioteca digitale", text="Riservata al personale."),
        ),
    ),
    Cards(items=(Card(title="Senza titolo sopra"),)),
    Cards(items=(), heading="Preferiti", empty="Nessun servizio tra i preferiti."),
    frame=SIGNED_IN,
)
_APPROVE = Form(
    action="/desk/approve",
    hidden=(("account", "1"),),
    buttons=(
        Button(label="Approva", value="approve"),
        Button(label="Respingi", value="reject", tone=Tone.DANGER),
    ),
    label=LONG,
    compact=True,
)
DESK = page(
    "desk.queue",
    "Domande in attesa",
    Form(
        action="/desk",
        label="Ricerca",
        fields=(
            Field(name="text", label="Cognome o codice", type=InputType.SEARCH),
            Field(
                name="state",
                label="Stato",
                type=InputType.SELECT,
                placeholder="Tutti",
                options=(Option(value="w", label="In attesa", selected=True),),
            ),
        ),
        buttons=(Button(label="Cerca"),),
        search=True,
    ),
    Table(
        caption="Domande",
        columns=("Persona", "Arrivata", "Stato", "Azioni"),
        rows=(
            (
                Cell(text=LONG, link="/desk/1"),
                Cell(text="22 novembre 2026"),
                Cell(text="in attesa", tone=Tone.WARNING),
                Cell(forms=(_APPROVE,)),
            ),
            (
                Cell(text="Bianchi Anna"),
                Cell(text="21 novembre 2026"),
                Cell(text="attivo", tone=Tone.SUCCESS),
                Cell(),
            ),
        ),
        more=Link(label="Le domande successive", url="/desk?after=2"),
    ),
    Table(caption="Lettere non consegnate", columns=("Lettera",), empty="Nessuna."),
    frame=SIGNED_IN,
)
STATISTICS = page(
    "desk.statistics",
    "Statistiche",
    Chart(
        caption="Registrazioni al giorno",
        columns=("Giorno", "Registrazioni"),
        bars=tuple(
            Bar(
                label=f"{day} nov",
                value=str(day * 3),
                x=day * 40.5,
                y=200 - day * 9,
                width=30,
                height=day * 9,
            )
            for day in range(1, 14)
        ),
        width=1200,
    ),
    Figure(url="/assets/none.svg", alt="Lo stato dell'account", caption="La macchina degli stati"),
    Figure(url="/assets/none.svg", alt=""),
    frame=attrs.evolve(SIGNED_IN, links=(), languages=()),
    help=(),
)
FIELDS = page(
    "fields",
    "Ogni campo",
    Form(
        action="/fields",
        heading="Campi",
        fields=(
            Field(
                name="category",
                label="Categorie",
                type=InputType.CHECKBOX,
                options=(
                    Option(value="a", label="Docente", selected=True),
                    Option(value="b", label="ATA"),
                ),
                hint="Anche più d'una.",
            ),
            Field(
                name="fixed",
                label="Fissata",
                type=InputType.SELECT,
                readonly=True,
                value="x",
                options=(Option(value="x", label="Così", selected=True),),
            ),
            Field(
                name="settled",
                label="Decisa",
                type=InputType.RADIO,
                readonly=True,
                options=(
                    Option(value="y", label="Sì", selected=True),
                    Option(value="n", label="No"),
                ),
            ),
            Field(
                name="told",
                label="Detto",
                type=InputType.CHECKBOX,
                value="yes",
                readonly=True,
                warnings=("Non si cambia più.",),
            ),
            Field(
                name="anywhere",
                label="Luogo",
                hint="Scrivi le prime lettere.",
                data=(("place", "any"), ("places-url", PLACES_URL)),
            ),
            Field(
                name="sum",
                label="Verifica",
                type=InputType.HUMAN,
                required=True,
                challenge=Challenge(
                    kind="question",
                    question="Quanto fa tre più quattro?",
                    hidden=(("human_key", "sealed"),),
                ),
            ),
            Field(
                name="other",
                label="Verifica di terzi",
                type=InputType.HUMAN,
                faults=("Il controllo di sicurezza non è riuscito: ripetilo.",),
                challenge=Challenge(
                    kind="widget",
                    css_class="h-captcha",
                    site_key="k",
                    script="/assets/widget.js",
                ),
            ),
            Field(
                name="work",
                label="Non sono un robot, con calcolo",
                type=InputType.HUMAN,
                challenge=Challenge(
                    kind="altcha",
                    task='{"parameters": {}}',
                    texts=(("working", "Verifica in corso…"),),
                    without_script=Challenge(
                        kind="question",
                        name="human_answer",
                        question="Quanto fa due più due?",
                        hidden=(("human_sealed", "sealed"),),
                    ),
                ),
            ),
        ),
        buttons=(Button(label="Elimina", value="x", tone=Tone.DANGER),),
    ),
)
ENGLISH = attrs.evolve(
    SIGN_IN,
    language="en",
    title="Sign in",
    frame=attrs.evolve(FRAME, theme="dark"),
    blocks=(SIGN_IN.blocks[0],),
)
PLAIN = page("message", "Fatto", frame=attrs.evolve(FRAME, languages=()), help=())

GALLERY: dict[str, Page] = {
    "identify": IDENTIFY,
    "fill": FILL,
    "faulty": FAULTY,
    "password": PASSWORD,
    "summary": SUMMARY,
    "sign-in": SIGN_IN,
    "choose": CHOOSE,
    "area": AREA,
    "desk": DESK,
    "statistics": STATISTICS,
    "fields": FIELDS,
    "english": ENGLISH,
    "plain": PLAIN,
}
