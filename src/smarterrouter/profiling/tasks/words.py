"""Words that several generators draw from."""

_NAMES = """
Alma Boris Celia Dario Edith Farid Greta Hugo Irena Jonas Karim Lena Milan Nadia Oskar Petra Quinn Rosa Samir Tilda
Ulrik Vera Wanda Yusuf Zofia Bruno Clara Emil Fiona Gustav
"""
NAMES = tuple(_NAMES.split())

_THINGS = """
bottle candle drum engine feather garden hammer island jacket kettle ladder mirror needle orange pencil rabbit saddle
table umbrella violin window basket circle doctor forest bridge castle winter summer silver copper market harbour
"""
THINGS = tuple(_THINGS.split())

_CITIES = "Oslo Porto Lyon Graz Turin Ghent Malmo Brno Split Cork Bergen Lucca Nantes Leipzig Tartu"
CITIES = tuple(_CITIES.split())

TOPICS = (
    "the sea",
    "a walk in the mountains",
    "bread",
    "an old train",
    "the first snow",
    "a market in the morning",
    "a lost glove",
    "night in a big town",
    "a small garden",
    "learning to swim",
)
ERRANDS = (
    "moving house",
    "a long train journey",
    "better sleep",
    "a first job interview",
    "growing tomatoes",
    "saving electricity",
    "learning a language",
    "camping in the rain",
)
