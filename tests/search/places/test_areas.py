"""Tests of search.places.areas and landscapes: that codes and circles are where their names are."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.errors import InvalidRequest
from search.filters.coordinates import Coordinates, distances
from search.places.gazetteer import open_gazetteer
from search.places.landscapes import LANDSCAPES, landscape_called
from search.places.lookup import find_place
from search.places.named import Area, NamedPlace
from search.places.names import place_key
from search.places.region_names import REGION_NAMES

WILD = ("Lake Louise", "Ko Phi Phi", "Monument Valley", "Torres del Paine", "Milford Sound")  # where no town is known

# A city of each region, as people know it and not as the data have it.
CITIES = """
Stuttgart, Baden-Württemberg; Munich, Bavaria; Frankfurt, Hesse; Hannover, Lower Saxony; Köln, North Rhine-Westphalia;
Mainz, Rhineland-Palatinate; Saarbrücken, Saarland; Kiel, Schleswig-Holstein; Potsdam, Brandenburg; Rostock,
Mecklenburg-Western Pomerania; Dresden, Saxony; Magdeburg, Saxony-Anhalt; Erfurt, Thuringia; Eisenstadt, Burgenland;
Klagenfurt, Carinthia; Krems, Lower Austria; Linz, Upper Austria; Graz, Styria; Innsbruck, Tyrol; Bregenz, Vorarlberg;
Chur, Graubünden; Lugano, Ticino; Lausanne, Vaud; Sion, Valais; Pescara, Abruzzo; Matera, Basilicata; Reggio Calabria,
Calabria; Naples, Campania; Bologna, Emilia-Romagna; Trieste, Friuli-Venezia Giulia; Rome, Lazio; Genoa, Liguria;
Milan, Lombardy; Ancona, Marche; Campobasso, Molise; Turin, Piedmont; Bari, Apulia; Cagliari, Sardinia; Palermo,
Sicily; Florence, Tuscany; Bolzano, Trentino-Alto Adige; Perugia, Umbria; Aosta, Aosta Valley; Venice, Veneto; Ibiza,
Balearic Islands; Pamplona, Navarre; Oviedo, Asturias; Santander, Cantabria; Granada, Andalusia; Zaragoza, Aragon;
Arrecife, Canary Islands; Toledo, Castile-La Mancha; Salamanca, Castile and León; Girona, Catalonia; Badajoz,
Extremadura; Santiago de Compostela, Galicia; Bilbao, Basque Country; Faro, Algarve; Funchal, Madeira; Ponta Delgada,
Azores; Versailles, Île-de-France; Tours, Centre-Val de Loire; Dijon, Bourgogne-Franche-Comté; Rouen, Normandy; Lille,
Hauts-de-France; Reims, Grand Est; Nantes, Pays de la Loire; Brest, Brittany; Bordeaux, Nouvelle-Aquitaine; Toulouse,
Occitania; Lyon, Auvergne-Rhône-Alpes; Marseille, Provence-Alpes-Côte d'Azur; Bastia, Corsica; Bruges, Flanders;
Namur, Wallonia; Leeuwarden, Friesland; Arnhem, Gelderland; Eindhoven, North Brabant; Haarlem, North Holland;
Middelburg, Zeeland; Leiden, South Holland; Corfu, Ionian Islands; Kalamata, Peloponnese; Piraeus, Attica; Chania,
Crete; Split, Dalmatia; Rovinj, Istria; Wrocław, Lower Silesia; Kraków, Lesser Poland; Gdańsk, Pomerania; Katowice,
Silesia; Olsztyn, Warmia-Masuria; Prague, Bohemia; Brno, South Moravia; Olomouc, Moravia; Sibiu, Transylvania;
Hammerfest, Finnmark; Bodø, Nordland; Visby, Gotland; Falun, Dalarna; Malmö, Scania; Rovaniemi, Lapland; Yalta,
Crimea; Petrozavodsk, Karelia; Petropavlovsk-Kamchatsky, Kamchatka; Irkutsk, Siberia; Port Blair, Andaman and Nicobar
Islands; Vijayawada, Andhra Pradesh; Guwahati, Assam; Ahmedabad, Gujarat; Gurgaon, Haryana; Shimla, Himachal Pradesh;
Srinagar, Jammu and Kashmir; Kochi, Kerala; Mumbai, Maharashtra; Mysore, Karnataka; Puri, Odisha; Amritsar, Punjab;
Jaipur, Rajasthan; Madurai, Tamil Nadu; Darjeeling, West Bengal; Gangtok, Sikkim; Panaji, Goa; Patna, Bihar; Gwalior,
Madhya Pradesh; Varanasi, Uttar Pradesh; Rishikesh, Uttarakhand; Hyderabad, Telangana; Leh, Ladakh; Lahore, Punjab;
Hangzhou, Zhejiang; Suzhou, Jiangsu; Xiamen, Fujian; Ürümqi, Xinjiang; Lhasa, Tibet; Guilin, Guangxi; Guiyang,
Guizhou; Hohhot, Inner Mongolia; Qingdao, Shandong; Xi'an, Shaanxi; Kunming, Yunnan; Guangzhou, Guangdong; Sanya,
Hainan; Chengdu, Sichuan; Sapporo, Hokkaido; Naha, Okinawa; Kagoshima, Kyushu; Tokushima, Shikoku; Seogwipo, Jeju;
Phuket, Phuket; George Town, Penang; Kuching, Sarawak; Sandakan, Sabah; Ubud, Bali; Yogyakarta, Java; Medan, Sumatra;
Makassar, Sulawesi; Pontianak, Kalimantan; Kuching, Borneo; Jayapura, Papua; Baguio, Luzon; Iloilo, Visayas; Davao,
Mindanao; Sharm el-Sheikh, Sinai; Zanzibar, Zanzibar; Durban, KwaZulu-Natal; East London, Eastern Cape; Johannesburg,
Gauteng; Kimberley, Northern Cape; Cape Town, Western Cape; Banff, Alberta; Vancouver, British Columbia; Winnipeg,
Manitoba; Moncton, New Brunswick; St. John's, Newfoundland and Labrador; Halifax, Nova Scotia; Ottawa, Ontario;
Charlottetown, Prince Edward Island; Montréal, Quebec; Regina, Saskatchewan; Whitehorse, Yukon; Yellowknife, Northwest
Territories; Iqaluit, Nunavut; Tijuana, Baja California; La Paz, Baja California Sur; San Cristóbal de las Casas,
Chiapas; Guadalajara, Jalisco; Cancún, Quintana Roo; Mérida, Yucatan; Salvador, Bahia; Ouro Preto, Minas Gerais; Porto
Alegre, Rio Grande do Sul; Puerto Ayora, Galapagos; Ushuaia, Tierra del Fuego; San Carlos de Bariloche, Patagonia;
Sydney, New South Wales; Darwin, Northern Territory; Cairns, Queensland; Adelaide, South Australia; Hobart, Tasmania;
Melbourne, Victoria; Broome, Western Australia; Auckland, North Island; Queenstown, South Island
"""


def _called(text: str) -> list[str]:
    return text.split("|")


def test_each_region_has_the_city_that_is_in_it() -> None:
    cities = [line.strip() for line in " ".join(CITIES.split()).split(";")]
    assert [city.partition(", ")[2] for city in cities] == [_called(names)[0] for names in REGION_NAMES.values()]
    for city in cities:
        place = find_place(city)
        assert isinstance(place, NamedPlace), city


def test_all_codes_of_regions_are_in_the_data() -> None:
    known = {f"{country}.{code}" for country, code, _ in open_gazetteer().about.regions}
    assert known >= {code for codes in REGION_NAMES for code in codes.split()}


def test_a_name_is_that_of_one_area_or_landscape() -> None:
    names = [
        place_key(name) for text in (*REGION_NAMES.values(), *LANDSCAPES) for name in set(map(place_key, _called(text)))
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == ["punjab"]


@pytest.mark.parametrize("names", LANDSCAPES)
def test_a_town_of_each_landscape_is_within_its_circle(names: str) -> None:
    place = landscape_called(place_key(_called(names)[0]))
    assert place is not None and place.radius is not None
    places = open_gazetteer().places
    points = np.stack([places["latitude"], places["longitude"]], axis=1)
    far = distances(Coordinates(place.latitude, place.longitude), points)
    assert (far.min() <= place.radius) == (place.name not in WILD)


@pytest.mark.parametrize(
    ("asked", "found", "note"),
    [
        ("Bali", "Bali, Indonesia", "Bāli, India"),
        ("Tuscany", "Tuscany, Italy", "Tuscany, Canada"),
        ("bayern", "Bavaria, Germany", ""),
        ("Georgia", "Georgia", "Georgia, United States"),
        ("Punjab", "Punjab, India", "Punjab, Pakistan"),
        ("Punjab, Pakistan", "Punjab, Pakistan", ""),
        ("Patagonia", "Patagonia", ""),
        ("Baden-Wuerttemberg", "Baden-Württemberg, Germany", ""),
        ("Mexico", "Mexico", ""),
        ("Svalbard", "Svalbard and Jan Mayen", ""),
    ],
)
def test_an_area_wins_and_a_note_says_how_to_ask_for_what_else_has_its_name(asked: str, found: str, note: str) -> None:
    area = find_place(asked)
    assert isinstance(area, Area) and str(area) == found
    assert (f'"{note}"' in area.note) if note else not area.note


@pytest.mark.parametrize(
    ("asked", "found", "kilometres"),
    [
        ("Mallorca", "Mallorca", 60),
        ("majorca", "Mallorca", 60),
        ("Mallorca, Spain", "Mallorca", 60),
        ("Ruegen", "Rügen", 32),
        ("Ibiza", "Ibiza", 28),
        ("Ibiza, Spain", "Ibiza, Spain", None),
        ("Oahu, Hawaii", "Oahu", 40),
        ("Cornwall, UK", "Cornwall", 60),
        ("Cornwall, Canada", "Cornwall, Canada", None),
        ("Bali, India", "Bāli, India", None),
    ],
)
def test_an_island_is_a_circle_and_its_town_is_asked_for_with_the_country(
    asked: str, found: str, kilometres: float | None
) -> None:
    place = find_place(asked)
    assert isinstance(place, NamedPlace) and str(place) == found
    assert place.radius == (None if kilometres is None else kilometres * 1000)


@pytest.mark.parametrize("asked", ["Mallorca, Germany", "Bavaria, France", "Oahu, Texas", "Bali, xyz"])
def test_one_in_another_country_is_unknown(asked: str) -> None:
    with pytest.raises(InvalidRequest):
        find_place(asked)
