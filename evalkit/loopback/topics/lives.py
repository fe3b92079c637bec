"""Lives told at length, for whoever wants answers of more than a hundred words."""

from evalkit.loopback.topics.topic import Topic

TOPICS = (
    Topic(
        "lives/feynman",
        ("feynman",),
        """
        Richard Feynman was {an American|a theoretical} physicist, {known as much for|remembered equally for} the
        {way|manner in which} he {explained|taught} {things|physics} as for what he {found|discovered} out. He was
        born in 1918 and grew up in Far Rockaway, {a part of New York|by the sea in New York}, where as a boy he
        {repaired|mended} radios {for|of} the neighbours by {thinking|reasoning} first and {turning screws|touching
        wires} afterwards. {He studied|He learned his trade} at the Massachusetts Institute of Technology and took his
        doctorate at Princeton {under|with} John Wheeler. {During|In} the war he {worked|led a group of computers} at
        Los Alamos, where he also {opened|picked} the locks of {colleagues' safes|secret cabinets}, {to show|showing}
        how little they {protected|hid}. {Afterwards he|Later he} {taught|lectured} at Cornell, and {there|in those
        years} he {watched|saw} a {plate|dish} {wobble|spin} through the air of the cafeteria, {worked|puzzled} out
        its motion {for fun|for no purpose}, and {found|so found} his {way|path} back to {the electron|quantum
        theory}. The {diagrams|little drawings} that {carry|bear} his name {turned|made} long {calculations|sums} into
        pictures, and {in 1965 he|for this he} {shared|received} the Nobel Prize {with Julian Schwinger and Sin-Itiro
        Tomonaga|for physics with two others}. {Students|Readers} still {read|open} his lectures {for pleasure|with
        delight}. {Near the end of|Late in} his life he {dropped|dipped} a {piece|ring} of rubber into a glass of ice
        water {before|in front of} the cameras and {showed|proved} why the shuttle Challenger had {failed|been lost}.
        He {played|drummed on} the bongos, {drew|sketched} portraits, and {liked|loved} to say that {nature|the world}
        can not be fooled. He died in Los Angeles in 1988{, curious to the last|, and is still quoted}.
        """,
    ),
)
"""Topics that bring words of their own; those of the other topics stay as likely as they are without them."""
