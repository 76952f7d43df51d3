"""Queries with known answers: what is in the sample images and in Tux Paint's stamps, and what is not.

A line is `query = right = also`: regular expressions, looked for in the picture's path and caption. A picture that
`right` matches must be found; one that only `also` matches may be found or not and does not count.

The tuning queries fitted the constants of search/query/cutoff.py and chose the form of its rule. The held-out queries
were written after both and run once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SAMPLE_QUERIES = """
red envelope = envelope
envelope = envelope
letter in the mail = envelope
car = car-
automobile = car-
a photo of a car = car-
taxi = taxi = car-
cab = taxi = car-
jeep = jeep = car-
off-road vehicle = jeep = car-
vehicle = car- = balloon|sailboat
sports car = car-red|car-blue = car-
cup = cup|mug = espresso|teapot
mug = mug|cup = espresso
coffee = espresso = cup|mug
espresso = espresso = cup|mug
tea = teapot = cup|mug
teapot = teapot
kettle = teapot
apple = apple
green apple = apple
fruit = apple|banana|lemon|orange|strawberr
banana = banana
bananas = banana
lemon = lemon
citrus fruit = lemon|orange
orange fruit = orange = lemon
strawberry = strawberr
strawberries = strawberr
berries = strawberr
food = apple|banana|lemon|orange|strawberr|pizza = mushroom|agaric|espresso|wine
pizza = pizza
italian food = pizza = espresso
mushroom = agaric
toadstool = agaric
bookcase = bookcase
bookshelf = bookcase
books = bookcase
furniture = bookcase|bed|sofa|bench
bed = bed = sofa
bedroom = bed = sofa
couch = sofa = bed
sofa = sofa = bed
living room = sofa = bookcase|bed
candles = candle
candlelight = candle
guitar = guitar
acoustic guitar = guitar
musical instrument = guitar
music = guitar
hot air balloon = balloon
balloon ride = balloon
hourglass = hourglass
sand timer = hourglass
clock = clock = hourglass
time = clock|hourglass
computer keyboard = keyboard
typing = keyboard
lighthouse = lighthouse
beacon on the coast = lighthouse
padlock = padlock
lock and key = padlock
bench in a park = bench
park bench = bench
sailboat = sailboat
ship at sea = sailboat = lighthouse
yacht = sailboat
soccer ball = soccer
football = soccer
sport = soccer|dumbbell = sailboat
weight lifting = dumbbell
dumbbell = dumbbell
gym equipment = dumbbell
traffic light = traffic
stop light = traffic
umbrella = umbrella
parasol = umbrella
wine = wine
bottle = wine
red wine = wine
"""

SAMPLE_NEGATIVES = """
unicorn spaceship battle; dog; cat; horse; elephant; a woman with a hat; wedding; baby; shark; snake; penguin; spider;
butterfly; airplane; helicopter; train; motorcycle; bicycle; skyscraper; snowy mountain; waterfall; desert; volcano;
dinosaur; robot; sword; gun; violin; piano; drum kit; laptop; telephone; television; camera; shoe; dress; trousers;
sunglasses; necklace; cake; hamburger; sushi; cheese; bread; broccoli; carrot; refrigerator; toilet; bathtub;
washing machine; hammer; chainsaw; microscope; map; tax return; newspaper; birthday party; fireworks;
football stadium; church; castle; tractor; submarine; rocket launch; x-ray; tattoo; toothbrush; graduation ceremony;
dragon; mermaid; quantum physics; democracy; asdfghjkl
"""

STAMP_QUERIES = """
dog = /dog.png|dingo = fox
fox = fox = dingo
lion = /lion(-2)?.png = lion
tiger = tiger
bear = bear = koala
cow = cow|bull|zebu = bovines
sheep = sheep|ram.png|lamb = goat
goat = goat = sheep|ram.png|blackbuck
pig = /pig.*Tamworth|/pig.png|[/ ]boar = pigface
horse = /horse|donkey = zebra|seahorse
zebra = zebra
camel = camel
elephant = elephant
rabbit = rabbit = hare
rodent = rodents/(?!rabbit) = ferret|rabbit|hedgehog
deer = deer/ = blackbuck|gnu
monkey = apes/
ape = chimp|gorilla = tamarin
kangaroo = kangaroo
penguin = penguin
owl = [/ ]owl
duck = duck|drake = gander
parrot = rosella|lorikeet|quetzal|tucan
chicken = chicken|/hen.png|rooster = turkey|fowl|peahen
flamingo = flamingo
ostrich = ostrich|nandou
peacock = peacock|peahen
bird = birds/ = rubberduck
fish = /fish/(?!lobster|shrimp) = /fish/
clownfish = clownfish
frog = frog
lizard = lizards
insect = insects/(?!brown|wood) = insects/
bee = /bee.png|hoverfly|hornet
whale = whale|orca = dolphin
dolphin = dolphin.png = whale|orca|dolphinfish
animal = animals/ = rubberduck|toys
hippopotamus = hippo
giraffe = giraffe
hedgehog = hedgehog|echidna
squirrel = squirrel = marmot
hat = hats/|cap.png
sombrero = sombrero = hats/
clothing = clothes/(?!button|clothespin) = clothes/
sock = sock
scarf = scarf
gloves = glove
t-shirt = shirt
apple = apple_
orange = food/fruit/(sliced_)?orange|mandarine = apricot
lemon = lemon = lime
strawberry = strawberr
banana = banana
pineapple = pineapple
pomegranate = pomegranate
grapes = grapes
fruit = food/fruit = nuts|tomato
vegetable = vegetables/|eggplant|lettuce = mushroom|ginger|yam
mushroom = mushroom
broccoli = broccoli
corn = [/]corn.png
bell pepper = pepper.png = grinder|chile
pumpkin = pumpkin|squash
nuts = nuts/
pizza = pizza
lettuce = lettuce
food = food/ = eggplant|lettuce
guitar = guitar
electric guitar = guitar_electric|guitar2 = guitar
violin = violin|cello
drum = drum = cymbal
trumpet = trumpet
musical instrument = music/
binoculars = binoculars
scissors = scissors
hammer = hammer|mallet
wrench = wrench = plyers
tool = tools/ = scissors
teapot = teapot = kettle
mug = mug = glass.png
water glass = glass.png = mug
key = /key.png
light bulb = Lightbulb
toilet = toilet.png = toilets
garbage can = garbagecan|compost|wheelie
syringe = syringe
stethoscope = stethoscope
flower = flowers/
daffodil = daffodil = flowers/
rose = rose.png = rosella
tree = trees/(?!holly|pinecone) = trees/|plants/birch
palm tree = palm
basketball = basketball
soccer ball = soccer
tennis racket = racket
ball = ball.png|soccer|football
traffic light = stoplight
road sign = roadsigns/(?!stoplight|traffic) = roadsigns/
flag = flags/
traffic cone = /traffic_cone.png
mailbox = mailbox|post_box
car = auto/(?!truck)|indycar = truck|police
race car = indycar = auto/
pickup truck = auto/truck
fire truck = firetruck
bus = bus.png
airplane = 747|f22
fighter jet = f22 = 747
hot air balloon = balloon
sailing ship = ship/
tractor = wheel_tractor
military vehicle = military/vehicles = firetruck
camera = camera
"""

STAMP_NEGATIVES = """
unicorn spaceship battle; wedding; birthday party; city skyline at night; snowy mountain; waterfall; beach;
sunset over the sea; desert; castle; church; bridge; lighthouse; skyscraper; restaurant; supermarket; bookcase; sofa;
bed; refrigerator; washing machine; bathtub; computer keyboard; laptop; television; mobile phone; bicycle; motorcycle;
train; submarine; rocket launch; helicopter; snake; spider; crocodile; turtle; shark; jellyfish; octopus; dinosaur;
dragon; cake; ice cream; hamburger; sushi; bread; wine bottle; cup of coffee; piano; microphone; umbrella; sunglasses;
wrist watch; necklace; ring; envelope; newspaper; map; tax return; passport; handwriting; screenshot; x-ray; tattoo;
robot; swimming pool; tent; candle; christmas tree; chess; playing cards; skis; golf club; surfing; yoga; ballet;
kiss; baby; graduation ceremony; quantum physics; democracy; asdfghjkl
"""


HELD_OUT_SAMPLE_QUERIES = """
a photo of an envelope = envelope
post = envelope
motor car = car-
red sports car = car-red = car-
yellow cab = taxi = car-
four-wheel drive = jeep = car-
coffee mug = mug|cup = espresso
a cup of espresso = espresso = cup|mug
pot of tea = teapot
granny smith = apple
tropical fruit = banana = lemon|orange
yellow fruit = banana|lemon
citrus = lemon|orange
dessert berries = strawberr
slice of pizza = pizza
poisonous fungus = agaric
wooden shelves = bookcase
place to sleep = bed = sofa
a place to sit = sofa|bench = bed
wax candle = candle
string instrument = guitar
flying balloon = balloon
measuring time = hourglass|clock
wall clock = clock
keyboard of a computer = keyboard
light tower by the sea = lighthouse
a lock = padlock
park = bench
boat with sails = sailboat
leather football = soccer
weights for training = dumbbell
traffic signal = traffic
rain protection = umbrella
alcohol = wine
drinks = wine|espresso = cup|mug|teapot
"""

HELD_OUT_SAMPLE_NEGATIVES = """
a knight in armour; kitten; puppy; polar bear; goldfish; eagle; crocodile; ant; passenger jet; locomotive; scooter;
cathedral; glacier; palm beach; rainforest; moon landing; alien; cannon; trumpet; saxophone; smartphone; printer;
projector; boots; wedding dress; jeans; pearl necklace; birthday cake; fried egg; noodles; cucumber; oven; shower;
drill; tractor ploughing; telescope; world map; invoice; newspaper headline; children playing; basketball game;
swimming race; skiing; christmas; halloween; skeleton; hospital bed ward; toothpaste; haircut; opera singer;
lightning; flood; space station; ghost; economic growth; love; qwertyuiop; philosophy of mind
"""

HELD_OUT_STAMP_QUERIES = """
puppy = /dog.png = dingo|fox
wild dog = dingo|fox = /dog.png
big cat = /lion(-2)?.png|tiger
brown bear = bear.png = edward
bull = bull|zebu = bovines/
lamb = lamb|/sheep.png|ram.png = goat
piglet = Tamworth|/pig.png = [/ ]boar
pony = /horse = donkey|zebra
donkey = donkey = horse|zebra
bunny = rabbit
mouse = rodents/(mouse|rat) = rodents/
antelope = blackbuck|gnu = deer/
chimpanzee = chimp = apes/
bird of prey = vulture|owl
sea bird = gull|penguin|pelican = birds/
songbird = blackbird|lark|cuckoo = birds/
turkey = turkey = fowl
swan = gander|duck.png|drake|flamingo|pelican
toucan = tucan
tropical fish = /fish/(?!lobster|shrimp) = fish/
shellfish = lobster|shrimp|mussel|abalone
toad = frog
iguana = iguana
grasshopper = grasshopper|mantis
fly = /fly.png|hoverfly = insects
otter = otter
seal = sea_lion = otter
kangaroo jumping = kangaroo
cap = cap.png = hats/
trousers = pants
sweater = jacket|shirt = scarf
citrus fruit = orange|lemon|lime|mandarine
berry = raspberry|strawberr = cherr|grapes
pear = pear.png = spear
cauliflower = broccoli = vegetables/
pepper = pepper.png|chile
garlic = garlic
cello = cello|violin
percussion = drum|cymbal
pliers = plyers = wrench
saw = /saw.png
coffee mug = mug.png = glass.png
rubbish bin = garbagecan|compost|wheelie
injection needle = syringe
blossom = flowers/
conifer = pinecone = trees/
american football = /football.png = australian
stop sign = /stop.png = roadsigns/
letter box = mailbox|post_box
sedan = sedan.png|beetle = auto/|police
lorry = /truck.png|garbagetruck|dumper|firetruck
jet plane = 747|f22
tank = bradley|stryker
boat = ship/
photo camera = camera
doll = grannysmith|edward
"""

HELD_OUT_STAMP_NEGATIVES = """
wedding dress; fireworks over a city; glacier; canyon; harbour with ships at night; cathedral; mosque;
railway station; library shelves; armchair; wardrobe; dishwasher; shower; printer; smartphone; radio; scooter;
locomotive; space station; moon landing; cobra; tarantula; alligator; tortoise; sea turtle; squid; mammoth; ghost;
birthday cake; pancakes; fried egg; spaghetti; rice; champagne; espresso; harp; saxophone; parasol; diamond ring;
bracelet; postcard; invoice; world map; passport photo; sheet music; screenshot of a chat; skeleton; swimming race;
skiing; chandelier; bonfire party; poker; sailing regatta; marathon; opera singer; haircut; toddler; economic growth;
philosophy of mind; qwertyuiop; knight in armour; pyramid; igloo; windmill
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and which pictures answer it."""

    text: str
    right: frozenset[int]
    also: frozenset[int] = frozenset()


def questions(lines: str, negatives: str, names: Sequence[str]) -> list[Question]:
    """Return the queries about the pictures so named; raises ValueError for one without an answer."""
    found = list(_positives(lines, names))
    return found + [Question(" ".join(text.split()), frozenset()) for text in negatives.split(";")]


def _positives(lines: str, names: Sequence[str]) -> Iterator[Question]:
    for line in lines.strip().splitlines():
        text, right, *also = (part.strip() for part in line.split("="))
        answers = _matching(right, names)
        if not answers:
            raise ValueError(f"nothing answers the query {text!r}")
        yield Question(text, answers, _matching(also[0], names) - answers if also and also[0] else frozenset())


def _matching(pattern: str, names: Sequence[str]) -> frozenset[int]:
    return frozenset(index for index, name in enumerate(names) if re.search(pattern, name, re.IGNORECASE))
