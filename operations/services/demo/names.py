"""Invented names: no given name and family name here belong together outside this demo."""

import random
import re
import unicodedata
from collections.abc import Iterator

GIVEN = (
    "Abeni", "Aiko", "Alasdair", "Amara", "Anouk", "Anselm", "Arjun", "Astrid", "Bao", "Beatriz",
    "Bilal", "Caoimhe", "Chidi", "Cosima", "Dafydd", "Dalia", "Dmitri", "Efua", "Eilidh", "Emeka",
    "Esme", "Farid", "Fenna", "Gwen", "Hana", "Hari", "Ines", "Ishaan", "Ivo", "Jamila", "Joaquin",
    "Kaia", "Kenji", "Kofi", "Lakshmi", "Leila", "Linus", "Lucja", "Magnus", "Mairi", "Malik",
    "Mei", "Milan", "Nadia", "Niamh", "Noor", "Obi", "Olga", "Omar", "Oriel", "Paavo", "Petra",
    "Priya", "Quentin", "Rafael", "Rhys", "Rosa", "Ruben", "Saoirse", "Selma", "Seun", "Silas",
    "Sunniva", "Tadeusz", "Tamsin", "Tariq", "Thandiwe", "Tomas", "Uma", "Vikram", "Wanjiru",
    "Wren", "Xenia", "Yara", "Yusuf", "Zainab", "Zoltan",
)  # fmt: skip
FAMILY = (
    "Alderbrook", "Applemoor", "Barrowfen", "Beckenwright", "Birchwater", "Brackenlow",
    "Bramblecote", "Brightsluice", "Calderwick", "Chalkstream", "Cloverwell", "Copperfount",
    "Culvertson", "Damsonby", "Dewhollow", "Driftwell", "Eddyshaw", "Elmspring", "Fallowmere",
    "Fennimoor", "Ferncastle", "Floodgate", "Fountainhall", "Gaugeworth", "Glenwater", "Gravelby",
    "Greywell", "Harrowpipe", "Hazelbourne", "Headwater", "Heatherfen", "Hollowell", "Hydewater",
    "Inletson", "Ivywell", "Juniperfield", "Kettlebrook", "Lanternby", "Larkwater", "Lockmere",
    "Mainsworth", "Marshwright", "Meadowlark", "Millrace", "Mossbank", "Netherwell", "Oakenspring",
    "Otterburnley", "Pebblewick", "Penstock", "Pipewell", "Pondersea", "Quarrywater", "Rainsford",
    "Reedwright", "Reservoirson", "Rillstone", "Riverholt", "Rushmere", "Saltmarshe", "Seepwell",
    "Sluicegate", "Springhollow", "Stillwater", "Streamer", "Tarnwick", "Thistlewell", "Tidewell",
    "Trickleton", "Valvewright", "Wadebrook", "Waterhouse", "Weirside", "Wellspring", "Wetherfen",
    "Willowmere", "Windrush", "Wychwater", "Yarrowby",
)  # fmt: skip


def invented_names(rng: random.Random, taken: set[str]) -> Iterator[str]:
    """Names without end, none of them twice and none of those taken."""
    seen = set(taken)
    while True:
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
        if len(seen) >= len(GIVEN) * len(FAMILY) // 2:
            name = f"{name}-{rng.choice(FAMILY)}"
        if name not in seen:
            seen.add(name)
            yield name


def mail_name(name: str) -> str:
    """The part of an e-mail address before the @: letters without accents, dots between words."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", ".", plain).strip(".")
