# ruff: noqa: RUF001 - this file is about letters of other languages
"""Words of photo queries in languages that share the Latin letters with English, by how surely they are not English.

Left out or made weak: English words (strand, pies, rode), names (Uma, Amarillo), and words in names and dishes that
English speakers use untranslated (de, la, du, au, rouge, verde). This is no dictionary: it is enough that most queries
have one of these words.
"""

from __future__ import annotations

# language -> (surely not English, hardly English, perhaps a name or a dish), lower case
WORDS: dict[str, tuple[str, str, str]] = {
    "German": (
        "und ein eine einen einem einer eines auf nicht für über zwischen neben ohne beim wir ich sind hund hunde"
        " katze katzen mädchen pferd fahrrad schnee hochzeit geburtstag sonnenuntergang weihnachten wasser urlaub"
        " küche blume blumen rote roter rotes grüne grüner grünes blaue blauer blaues schwarze schwarzer schwarzes"
        " weiße weißer weißes gelbe gelber gelbes große großer großes",
        "mit vom zum zur ist wald himmel baum garten fluss meer kleine kleiner kleines junge frau vögel",
        "der das dem den im am vor haus vogel unter bei",
    ),
    "French": (
        "avec dans une près derrière chien chiens montagne enfants voiture arbre fleurs neige oiseau oiseaux vélo"
        " anniversaire bleue sont",
        "un sur est devant plage garçon mariage ciel jaune verte noire blanche sous",
        "le la les des du de au aux et chez deux femme homme enfant maison fleur cheval coucher soleil nuit fille"
        " eau rouge bleu vert noir blanc petit petite",
    ),
    "Spanish": (
        "una muy niños mujer coche árbol nieve pájaro bicicleta cumpleaños roja amarilla atardecer perros",
        "un sobre junto niño niña perro gato playa montaña hombre caballo boda rojo negra puesta pequeño",
        "con del el la los las en de y casa flor flores noche cielo agua azul verde amarillo blanco blanca sol",
    ),
    "Portuguese": (
        "não praia cachorro cão mulher homem criança crianças árvore pássaro casamento aniversário céu vermelho"
        " vermelha amarelo amarela preta bicicleta",
        "uma gato carro neve cavalo noite preto branco branca pôr",
        "um com em na da dos das ao de azul verde sol flor flores",
    ),
    "Italian": (
        "una gli gatto gatti spiaggia montagna uomo macchina uccello bicicletta compleanno gialla tramonto",
        "un sulla della nella sul nel dei alla cani bambini bambina albero fiore fiori neve cavallo matrimonio"
        " notte rossa blu nera",
        "con di il la le del al donna bambino cielo acqua rosso verde giallo nero bianco bianca",
    ),
    "Dutch": (
        "een het naar voor zonder hond honden katten vrouw jongen meisje bomen bloemen sneeuw vogels paard fiets"
        " bruiloft verjaardag groene blauwe zonsondergang",
        "bij aan zijn huis bloem vogel nacht lucht rode zwarte witte gele kleine grote",
        "op met van de en kat zee",
    ),
    "Swedish": (
        "och ett på är för hund katt kvinna flicka pojke träd blomma blommor snö fågel häst cykel bröllop"
        " födelsedag röd rött röda grön grönt gröna solnedgång skog",
        "bil natt himmel blå blått svart vit gul gult stranden",
        "en med av hus vita",
    ),
    "Danish or Norwegian": (
        "på ikke hund kvinde kvinne jente pige dreng gutt træ blomst blomster snø fugl hest cykel sykkel bryllup"
        " fødselsdag bursdag rød rødt røde grøn grønt grønn grønne hvid hvit solnedgang",
        "og bil blå blåt blått gul gult stranden sne skov",
        "et en med er kat hus",
    ),
    "Polish": (
        "przy się oraz kobieta mężczyzna dziecko dziewczyna chłopiec samochód drzewo kwiat kwiaty śnieg ptak koń"
        " plaża plaży góry ślub urodziny niebo czerwony czerwona czerwone zielony zielona zielone niebieski"
        " niebieska czarny czarna biały biała żółty żółta zachód słońca",
        "nad kot koty morze psy",
        "na z w nie",
    ),
    "Czech or Slovak": (
        "kočka mačka žena muž dítě dům květina sníh sneh pták vták kůň pláž červený červená červené zelený zelená"
        " modrý modrá černý černá čierny čierna bílý bílá biely biela žlutý žlutá žltý žltá",
        "pes strom hory západ",
        "na v se je",
    ),
    "Turkish": (
        "bir köpek kedi plaj kadın çocuk araba ağaç çiçek kuş dağ kırmızı yeşil siyah beyaz sarı",
        "ve mavi deniz",
        "ile ev",
    ),
    "Romanian": (
        "și în câine pisică plajă femeie bărbat copil mașină casă copac floare zăpadă roșu roșie albastru galben",
        "un negru alb",
        "cu pe la verde",
    ),
    "Finnish": (
        "koira nainen lapsi kukka lintu hevonen punainen vihreä sininen valkoinen keltainen rannalla",
        "kissa mies talo puu musta",
        "ja lumi",
    ),
    "Hungarian": (
        "egy és kutya macska férfi gyerek autó virág madár piros zöld kék fekete fehér sárga",
        "nő ház",
        "hó ló",
    ),
    "Indonesian or Malay": (
        "anjing kucing dengan hijau",
        "pantai merah biru putih hitam kuning",
        "di yang gunung",
    ),
}
