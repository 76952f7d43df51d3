"""Islands and landscapes that people ask for by name, as circles: a middle and how far around it pictures count.

The gazetteer knows cities, towns and villages alone. A circle is more than an island, and less than a mountain range;
`--radius` draws another one.
"""

from __future__ import annotations

from functools import cache

from search.places.named import NamedPlace
from search.places.names import place_key, umlauts_spelled_out

LANDSCAPES = {  # names with bars between: latitude, longitude, kilometres
    # Spain
    "Mallorca|Majorca": (39.62, 2.98, 60),
    "Menorca|Minorca": (39.96, 4.08, 30),
    "Ibiza|Eivissa": (38.98, 1.42, 28),
    "Formentera": (38.69, 1.46, 14),
    "Tenerife|Teneriffa": (28.29, -16.57, 55),
    "Gran Canaria": (27.96, -15.6, 32),
    "Lanzarote": (29.04, -13.63, 35),
    "Fuerteventura": (28.38, -14.12, 57),
    "La Gomera": (28.12, -17.23, 17),
    "Costa Brava": (41.95, 3.15, 50),
    "Costa del Sol": (36.55, -4.7, 70),
    # Greece
    "Corfu|Korfu|Kerkyra|Κέρκυρα": (39.6, 19.85, 40),
    "Zakynthos|Zante|Ζάκυνθος": (37.79, 20.79, 25),
    "Kefalonia|Cephalonia|Κεφαλονιά": (38.2, 20.58, 33),
    "Rhodes|Rhodos|Rodos|Ρόδος": (36.2, 27.95, 45),
    "Kos|Κως": (36.8, 27.09, 27),
    "Santorini|Thira|Σαντορίνη": (36.4, 25.43, 14),
    "Naxos|Νάξος": (37.06, 25.48, 20),
    "Paros|Πάρος": (37.08, 25.2, 13),
    "Milos": (36.69, 24.42, 14),
    "Lesbos|Lesvos|Λέσβος": (39.21, 26.28, 40),
    "Samos|Σάμος": (37.75, 26.84, 27),
    "Chios|Χίος": (38.4, 26.06, 32),
    "Thassos|Thasos|Θάσος": (40.69, 24.66, 17),
    "Cyclades|Kykladen|Κυκλάδες": (37.1, 25.2, 75),
    # Italy and the Alps
    "Elba": (42.78, 10.27, 18),
    "Capri": (40.55, 14.23, 6),
    "Ischia": (40.73, 13.9, 8),
    "Amalfi Coast|Costiera Amalfitana|Amalfiküste": (40.63, 14.55, 20),
    "Cinque Terre": (44.12, 9.71, 12),
    "Lake Garda|Lago di Garda|Gardasee": (45.65, 10.7, 32),
    "Lake Como|Lago di Como|Comer See": (46.0, 9.26, 28),
    "Lake Maggiore|Lago Maggiore": (45.97, 8.65, 35),
    "Dolomites|Dolomiti|Dolomiten": (46.5, 11.85, 50),
    "South Tyrol|Südtirol|Alto Adige": (46.65, 11.4, 66),
    "Bernese Oberland|Berner Oberland": (46.6, 7.9, 40),
    "Engadin|Engadine": (46.6, 9.95, 45),
    "Salzkammergut": (47.75, 13.55, 30),
    "High Tatras|Tatras|Tatra": (49.2, 20.1, 30),
    # Germany, France, Croatia, Malta
    "Sylt": (54.9, 8.34, 20),
    "Rügen": (54.42, 13.43, 32),
    "Usedom": (53.95, 14.05, 25),
    "Harz": (51.75, 10.7, 40),
    "Black Forest|Schwarzwald": (48.2, 8.2, 75),
    "Lake Constance|Bodensee": (47.6, 9.4, 38),
    "Allgäu": (47.6, 10.3, 40),
    "Franconia|Franken": (49.6, 10.8, 70),
    "Eifel": (50.3, 6.7, 45),
    "Ardennes|Ardennen": (50.1, 5.5, 55),
    "Alsace|Elsass": (48.3, 7.45, 85),
    "Vosges|Vogesen": (48.0, 7.0, 45),
    "Lorraine|Lothringen": (48.8, 6.2, 65),
    "Champagne": (49.0, 4.1, 50),
    "French Riviera|Côte d'Azur": (43.5, 6.9, 60),
    "Dordogne|Périgord": (45.1, 0.7, 60),
    "Krk": (45.08, 14.6, 22),
    "Brač": (43.31, 16.65, 22),
    "Hvar": (43.15, 16.75, 40),
    "Korčula": (42.95, 16.9, 25),
    "Gozo": (36.045, 14.25, 9),
    # the north
    "Cornwall": (50.35, -5.0, 60),
    "Devon": (50.75, -3.8, 60),
    "Dorset": (50.8, -2.35, 45),
    "Sussex": (50.95, -0.15, 60),
    "Kent": (51.2, 0.75, 50),
    "Yorkshire": (54.0, -1.4, 70),
    "Cumbria": (54.6, -3.0, 60),
    "Stonehenge": (51.18, -1.83, 6),
    "Loch Ness": (57.3, -4.45, 25),
    "Highlands|Scottish Highlands": (57.3, -4.7, 90),
    "Isle of Skye|Skye": (57.3, -6.25, 40),
    "Isle of Wight": (50.68, -1.3, 18),
    "Orkney|Orkney Islands": (59.0, -3.0, 50),
    "Shetland|Shetland Islands": (60.35, -1.25, 75),
    "Lake District": (54.5, -3.1, 30),
    "Peak District": (53.3, -1.75, 25),
    "Cotswolds": (51.8, -1.95, 40),
    "Snowdonia|Eryri": (52.95, -3.9, 30),
    "Connemara": (53.5, -9.8, 40),
    "Bornholm": (55.13, 14.92, 25),
    "Öland": (56.75, 16.65, 70),
    "Lofoten": (68.2, 13.9, 85),
    "Saaremaa": (58.4, 22.5, 50),
    # Asia
    "Cappadocia|Kapadokya|Kappadokien": (38.65, 34.85, 60),
    "Dead Sea|Totes Meer": (31.5, 35.48, 45),
    "Petra": (30.33, 35.44, 10),
    "Wadi Rum": (29.58, 35.42, 25),
    "Mount Everest|Everest": (27.99, 86.93, 35),
    "Bagan": (21.17, 94.86, 10),
    "Mount Fuji|Fujisan|富士山": (35.36, 138.73, 25),
    "Angkor|Angkor Wat": (13.43, 103.86, 15),
    "Ha Long Bay|Halong Bay": (20.9, 107.1, 35),
    "Phu Quoc|Phú Quốc": (10.22, 103.98, 30),
    "Ko Samui|Koh Samui|Samui": (9.51, 100.01, 16),
    "Ko Pha Ngan|Koh Phangan": (9.74, 100.03, 11),
    "Ko Tao|Koh Tao": (10.09, 99.84, 6),
    "Ko Phi Phi|Koh Phi Phi|Phi Phi Islands": (7.74, 98.77, 8),
    "Ko Lanta|Koh Lanta": (7.6, 99.06, 18),
    "Ko Chang|Koh Chang": (12.07, 102.33, 18),
    "Langkawi": (6.37, 99.8, 25),
    "Lombok": (-8.6, 116.3, 50),
    "Gili Islands": (-8.35, 116.06, 8),
    "Komodo": (-8.57, 119.5, 30),
    "Boracay": (11.97, 121.92, 6),
    "Bohol": (9.85, 124.15, 45),
    "Palawan": (9.9, 118.7, 230),
    # Africa
    "Serengeti": (-2.33, 34.83, 100),
    "Masai Mara|Maasai Mara": (-1.5, 35.1, 45),
    "Kruger|Kruger National Park": (-24.0, 31.5, 165),
    "Kilimanjaro|Mount Kilimanjaro": (-3.07, 37.35, 30),
    # America
    "Oahu": (21.47, -157.98, 40),
    "Maui": (20.8, -156.33, 42),
    "Kauai": (22.05, -159.53, 33),
    "Big Island|Island of Hawaii": (19.6, -155.5, 85),
    "Yosemite": (37.85, -119.55, 35),
    "Yellowstone": (44.6, -110.55, 60),
    "Grand Canyon": (36.1, -112.1, 50),
    "Monument Valley": (37.0, -110.17, 20),
    "Death Valley": (36.5, -117.0, 75),
    "Lake Tahoe": (39.1, -120.03, 25),
    "Lake Louise": (51.42, -116.18, 12),
    "Napa Valley": (38.5, -122.33, 28),
    "Cape Cod": (41.75, -70.2, 45),
    "Martha's Vineyard": (41.39, -70.63, 18),
    "Florida Keys": (24.75, -81.2, 80),
    "Machu Picchu": (-13.163, -72.545, 10),
    "Easter Island|Rapa Nui|Isla de Pascua|Osterinsel": (-27.12, -109.35, 20),
    "Torres del Paine": (-51.0, -73.1, 45),
    # the Pacific and Australia
    "Tahiti": (-17.65, -149.43, 35),
    "Moorea": (-17.53, -149.83, 14),
    "Bora Bora": (-16.5, -151.74, 10),
    "Uluru|Ayers Rock": (-25.34, 131.03, 30),
    "Kangaroo Island": (-35.8, 137.2, 75),
    "Milford Sound": (-44.65, 167.9, 20),
}


def landscape_called(key: str) -> NamedPlace | None:
    """Return the landscape with this name."""
    names = _by_key().get(key)
    if names is None:
        return None
    latitude, longitude, kilometres = LANDSCAPES[names]
    return NamedPlace(names.partition("|")[0], latitude, longitude, radius=1000.0 * kilometres)


@cache
def _by_key() -> dict[str, str]:
    """Return the keys of LANDSCAPES by those of their names."""
    named = [(name, names) for names in LANDSCAPES for name in names.split("|")]
    return {place_key(form(name)): names for name, names in named for form in (str, umlauts_spelled_out)}
