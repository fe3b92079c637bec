"""Questions with one right answer, which heat makes uncertain."""

from evalkit.loopback.topics.topic import Topic


def _fact(name: str, cues: tuple[str, ...], right: str, wrong: tuple[str, ...], tail: str = "") -> Topic:
    """Return a topic that answers right when cold and sometimes wrong when warm."""
    answers = "|".join((right, *(f"~{answer}" for answer in wrong)))
    return Topic(f"facts/{name}", cues, f"Answer: {{{answers}}}. {tail}")


TOPICS = (
    _fact(
        "capital-of-france",
        ("capital france",),
        "Paris",
        ("Lyon", "Marseille", "Nice"),
        "{|It lies on the {Seine|river Seine}.|~I am {sure|fairly sure}.}",
    ),
    _fact("capital-of-japan", ("capital japan",), "Tokyo", ("Kyoto", "Osaka"), "{|~Once it was {Kyoto|called Edo}.}"),
    _fact(
        "capital-of-australia", ("capital australia",), "Canberra", ("Sydney", "Melbourne", "Perth"), "{|~Not Sydney.}"
    ),
    _fact("capital-of-italy", ("capital italy",), "Rome", ("Milan", "Naples"), "{|~On the Tiber.}"),
    _fact(
        "largest-planet",
        ("largest planet", "biggest planet"),
        "Jupiter",
        ("Saturn", "Neptune", "Uranus"),
        "{|~By {mass|far}.}",
    ),
    _fact("red-planet", ("red planet",), "Mars", ("Venus", "Mercury"), "{|~Rust makes it red.}"),
    _fact(
        "closest-planet",
        ("closest sun", "nearest sun", "closest planet"),
        "Mercury",
        ("Venus", "Mars"),
        "{|~Then comes Venus.}",
    ),
    _fact("symbol-of-gold", ("symbol gold",), "Au", ("Ag", "Go", "Gd"), "{|~From the Latin {aurum|word aurum}.}"),
    _fact("formula-of-water", ("formula water", "chemical water"), "H2O", ("CO2", "HO2"), "{|~Two parts hydrogen.}"),
    _fact(
        "author-of-hamlet",
        ("hamlet", "wrote hamlet"),
        "William Shakespeare",
        ("Christopher Marlowe", "Ben Jonson", "John Milton"),
        "{|~Around 1600.}",
    ),
    _fact(
        "painter-of-mona-lisa",
        ("mona lisa",),
        "Leonardo da Vinci",
        ("Michelangelo", "Raphael"),
        "{|~It hangs in Paris.}",
    ),
    _fact(
        "twelve-times-twelve",
        ("12 12", "twelve twelve", "12 times 12"),
        "144",
        ("124", "142", "154", "122"),
        "{|~A gross.}",
    ),
    _fact("seven-times-eight", ("7 8", "seven eight", "7 times 8"), "56", ("54", "58", "48"), "{|~Easily.}"),
    _fact(
        "boiling-point",
        ("boil water", "boiling point", "water boil"),
        "100",
        ("90", "212", "120"),
        "{|~Degrees Celsius, at sea level.}",
    ),
    _fact(
        "freezing-point",
        ("freezing point", "water freeze", "freeze water"),
        "0",
        ("32", "-10", "4"),
        "{|~Degrees Celsius.}",
    ),
    _fact("continents", ("continent", "how many continent"), "7", ("6", "5", "8"), "{|~By the usual count.}"),
    _fact(
        "fastest-animal",
        ("fastest land animal", "fastest animal"),
        "cheetah",
        ("lion", "antelope", "ostrich"),
        "{|~Over short distances.}",
    ),
    _fact(
        "largest-ocean", ("largest ocean", "biggest ocean"), "Pacific", ("Atlantic", "Indian", "Arctic"), "{|~By far.}"
    ),
    _fact("longest-river", ("longest river",), "Nile", ("Amazon", "Yangtze"), "{|~Some say the Amazon.}"),
    _fact(
        "highest-mountain",
        ("highest mountain", "tallest mountain"),
        "Everest",
        ("Kilimanjaro", "Denali"),
        "{|~In the Himalayas.}",
    ),
    _fact("moon-landing", ("moon landing", "walk moon", "land moon"), "1969", ("1968", "1971", "1959"), "{|~In July.}"),
    _fact("legs-of-a-spider", ("spider leg", "leg spider"), "8", ("6", "10"), "{|~An insect has six.}"),
    _fact("days-in-a-leap-year", ("leap year",), "366", ("365", "364"), "{|~February gains one.}"),
)
