"""Background prompts: what a photo library may hold, against which a query's score is judged.

A cosine alone means nothing: what is high for one picture or model is noise for another. A picture's scores with these
ordinary texts show what an unrelated text gets, and what the right one would get (search/query/cutoff.py).
"""

from __future__ import annotations

import contextlib
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import EncoderFailed
from indexer.files.whole import written_whole
from indexer.paths import cache_folder, in_name
from indexer.store.models import active_model
from indexer.store.store import Store
from indexer.store.texts import cache_texts, has_texts

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.models.encoder import Encoder

PEOPLE = """
a person; a portrait of a woman; a portrait of a man; a baby; a child playing; an old man; a group of friends;
a crowd of people; a selfie; a family at a table; a couple holding hands; a face; hands; a pair of legs;
people dancing; people walking in the street; a person asleep; a person in a uniform; a person at a computer;
a person cooking; a musician playing; a runner; a cyclist; children at school; a man with a beard;
a girl with long hair; a person with glasses; a speaker on a stage
"""
EVENTS = """
a wedding; a birthday party; a concert; a football match; a graduation; a parade; a market; a dinner with guests;
fireworks; a christmas tree; a carnival costume; a funeral; a business meeting; a picnic; a camp fire; a theatre play;
a demonstration
"""
PLACES = """
a city street; a city skyline at night; a village; an old town square; a church; a castle; a temple; a mosque;
a bridge; a tower; a house; a skyscraper; a factory; a railway station; an airport; a harbour; a road; a motorway;
a park; a garden; a playground; a swimming pool; a stadium; a museum; a shop; a restaurant; a farm;
a construction site; a cemetery; a statue; a fountain; ruins; a parking lot; a fence; a staircase; a tunnel
"""
NATURE = """
a mountain; snow; a forest; a beach; the sea; a lake; a river; a waterfall; a desert; a field of grass; a rainbow;
a sunset; clouds in the sky; the moon; stars at night; a storm; rain on a window; fog; ice; rocks; a cave; an island;
a tree; autumn leaves; a flower; a cactus; a mushroom; a plant in a pot; a volcano; sand; the sun;
a path through the woods
"""
ANIMALS = """
an animal; a dog; a cat; a horse; a cow; a sheep; a pig; a bird; a duck; a chicken; an owl; a fish; a shark; a whale;
a frog; a snake; a lizard; a turtle; a spider; an insect; a butterfly; a bee; a snail; a monkey; an elephant; a lion;
a bear; a deer; a rabbit; a mouse; a squirrel; a fox; a crab; a jellyfish; a dinosaur; a zebra
"""
FOOD = """
food on a plate; a fruit; a vegetable; an apple; a salad; soup; bread; a cake; ice cream; chocolate; a pizza;
a hamburger; pasta; rice; sushi; meat on a grill; cheese; eggs; nuts; a sandwich; a cup of coffee; a glass of wine;
a bottle of beer; a glass of water; tea; breakfast; sweets; spices
"""
VEHICLES = """
a vehicle; a car; a truck; a bus; a motorcycle; a bicycle; a train; a tram; an airplane; a helicopter; a ship;
a sailing boat; a canoe; a tractor; a fire engine; a police car; a rocket; a balloon; a wheel; an engine; a sledge;
a tank
"""
INDOORS = """
a room; a kitchen; a bedroom; a bathroom; a living room; an office; a corridor; a chair; a table; a sofa; a bed;
a lamp; a candle; a window; a door; a mirror; a carpet; a shelf with books; a clock; a vase; a box; a bag; a basket;
a bucket; a pan; a knife; a spoon; a plate; a bowl; a cup; a bottle; a refrigerator; a washing machine; a toilet;
a curtain; a pillow; a toy; a doll; a teddy bear
"""
THINGS = """
a telephone; a computer; a keyboard; a screen; a camera; a television; a radio; a loudspeaker; a cable; a battery;
a tool; a hammer; a screwdriver; a saw; a rope; a chain; a lock; a key; scissors; a pen; a brush; an umbrella; a hat;
a shirt; trousers; a dress; shoes; gloves; a coat; jewellery; a watch; glasses; a coin; money; a ball; a racket; skis;
a guitar; a piano; a drum; a violin; a weapon; a syringe; medicine; a machine; metal; wood; a bell; a flag; a ladder;
a tent; a mask
"""
DOCUMENTS = """
a document; a page of text; a handwritten letter; a receipt; a form; a book cover; a newspaper; a map; a diagram;
a chart; a table of numbers; a business card; a passport; a ticket; a postage stamp; a poster; a sign; a logo;
a label; a menu; a blackboard; a bar code; a page of sheet music; a calendar
"""
SCREENSHOTS = """
a screenshot; a screenshot of a chat; a screenshot of a web page; a screenshot of a video game; a photo of a screen;
a line of code; a meme; a drawing; a painting; a cartoon; a sketch; a computer rendering; an icon; an old photograph;
a black and white photo
"""
ABSTRACT = """
an abstract pattern; a blurry photo; a dark photo; an overexposed photo; a texture; a plain background; a shadow;
a reflection; lights in the dark; smoke; fire; water drops; stripes; dots; a close-up; an empty space; something red;
something green; something blue; noise; an x-ray picture; an aerial view; a view through a microscope;
a satellite image
"""


def background_prompts() -> tuple[str, ...]:
    """Return the prompts, some 350, each once and always in the same order."""
    lists = (PEOPLE, EVENTS, PLACES, NATURE, ANIMALS, FOOD, VEHICLES, INDOORS, THINGS, DOCUMENTS, SCREENSHOTS, ABSTRACT)
    prompts = (" ".join(prompt.split()) for texts in lists for prompt in texts.split(";"))
    return tuple(dict.fromkeys(prompts))


def keep_background(store: Store, loaded: Encoder | None, prompts: FloatArray | None = None) -> None:
    """Store the prompts' embeddings for the active model, once, so that no query waits for them, if that is quick.

    It is quick if they are given as `prompts`, if `loaded` is the active model, or if that has a text tower. Else the
    first query embeds them.
    """
    model = active_model(store)
    if model is None or store.read_only or has_texts(store, model, background_prompts()):
        return
    rows = prompts if prompts is not None else background_rows(model.fingerprint, model.dim)
    if rows is not None:
        cache_texts(store, model, dict(zip(background_prompts(), rows, strict=True)), exact=False)
        return
    if loaded is None or loaded.fingerprint != model.fingerprint:
        return
    from search.texts.embeddings import embed_texts

    with contextlib.suppress(EncoderFailed):  # if it fails again, the first query says so
        embed_texts(store, model, background_prompts(), lambda: loaded)


def background_rows(fingerprint: str, dim: int) -> FloatArray | None:
    """Return the prompts' embeddings (n, dim) by a model's text tower; None if it has none or it fails.

    They are kept in the cache folder, as they are the same for each library of the model. Uses no store, so that it can
    run in a thread.
    """
    from indexer.text_tower.tower import open_tower, read_about, tower_folder

    file = _kept(fingerprint)
    if not file.exists() and read_about(tower_folder(fingerprint)) is None:
        return None  # before numpy is loaded: this may be a run that has nothing to do
    import numpy as np

    with contextlib.suppress(OSError, ValueError):
        rows: FloatArray = np.load(io.BytesIO(_checked(file.read_bytes())), allow_pickle=False)
        whole = rows.shape == (len(background_prompts()), dim) and rows.dtype == np.float32
        if whole and np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3):
            return rows
    tower = open_tower(fingerprint)
    if tower is None or tower.about.dim != dim:
        return None
    try:
        rows = tower.encode_texts(background_prompts())
    except Exception:
        return None  # whatever onnxruntime raises, the model itself can do it
    content = io.BytesIO()
    np.save(content, rows)
    with contextlib.suppress(OSError), written_whole(file) as part:
        part.write_bytes(content.getvalue() + zlib.crc32(content.getvalue()).to_bytes(4, "big"))
    return rows


def _checked(content: bytes) -> bytes:
    """Return a file's content without the checksum at its end; raises ValueError if it is damaged."""
    if zlib.crc32(content[:-4]).to_bytes(4, "big") != content[-4:]:
        raise ValueError("the prompts are damaged")
    return content[:-4]


def _kept(fingerprint: str) -> Path:
    """Return the file of the embeddings by one model of this very list of prompts."""
    listed = zlib.crc32("\n".join(background_prompts()).encode())
    return cache_folder() / f"prompts-{in_name(fingerprint, 32)}-{listed:08x}.bin"
