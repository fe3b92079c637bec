"""Two-sentence stories."""

from evalkit.loopback.topics.topic import Topic


def _story(name: str, about: tuple[str, ...], template: str) -> Topic:
    """Return a topic called for by what the story is about, more so when a story is asked for."""
    return Topic(f"story/{name}", (*about, *(f"story {word}" for word in about)), template)


TOPICS = (
    _story(
        "lighthouse",
        ("lighthouse", "lighthouse keeper", "keeper"),
        """
        {{Every night|Each evening|For forty years} {the old|the lonely|a quiet} keeper {climbed|counted} the stairs
            |{The old|An old} {lighthouse keeper|keeper} {lit|trimmed|polished} the {great|brass} lamp {every
                night|at dusk}}
        {and {listened to|talked to|watched} the {sea|waves|gulls}|for {ships|sailors} that {never came|no longer
            passed}
            |, although {no ship|nobody} had {passed|come by} in {years|a decade}}.
        {{One|On a} {stormy|winter|moonless} {night|morning}{,|}
            {{a small boat|a single sail|a rowing boat} {answered|blinked back|flashed a light} {from the dark|in
                reply}
                |{a child|a stranger|his brother} {knocked|stood} at the door {with {a lantern|wet hair|a
                    letter}|at last}
                |{the lamp|the light} went out {and the stars {took over|seemed nearer}|and the sea itself
                    {shone|began to glow}}}
            |{Then|But then} {the fog|the storm} {lifted|broke}, and {an island|a whole harbour|a white ship}
                {stood|lay}
            where {nothing|only water} had been}.
        """,
    ),
    _story(
        "dragon",
        ("dragon", "small dragon", "fire"),
        """
        {{A young|A shy|The last|A small} dragon {lived|slept|hid} {behind|above|under} {the bakery|the mill|a
            village school}
            |High {above|over} the {valley|village}, {a young|a shy|an old} dragon {kept|guarded} {a library|a
                single teacup|the snow}}
        {and {warmed|heated} the {ovens|stones|benches} {every morning|for nothing but bread}|, afraid of
            {fire|thunder|the dark}
            |, where {nobody|no knight} thought to look}.
        {{When|After} {winter|the frost|a hungry knight} {came|arrived}, {the children|the villagers|the baker}
                {brought|knitted} it {a scarf|a woollen hat|a blanket as wide as a field}
            |{One|Then one} {day|morning} {it|the creature} {sneezed|laughed|yawned}, and
                {{every|each} candle in the {valley|village} {lit|flickered}|{the|a} long winter {ended|melted away}}
            |{In the end|At last} {it|the dragon} {learned|dared} to {fly|sing|whistle}, and {the mountains|the stars}
                {leaned closer|listened}}.
        """,
    ),
    _story(
        "letter",
        ("letter", "lost letter", "postman", "envelope"),
        """
        {{The letter|A letter} {lay|waited|slept} {for thirty years|for a whole war|since the summer of the flood}
                {behind|inside} {a drawer|a cupboard|an old piano|the post office wall}
            |{A postman|A young clerk|My grandmother} {found|discovered} {a letter|an envelope} {without a
                stamp|that smelled of roses}
                {behind|under} {the radiator|a loose board}}.
        {{It|The page} {said|held} only {one line|three words|a date}, {yet|but} {she|he} {packed a bag|took the
            first train}
                {that night|before breakfast}
            |When {it|the envelope} was {opened|delivered} {at last|on a rainy Tuesday}, {the answer|a dried
                violet|a small key}
                {was still {warm|true}|fell {onto the table|into her hand}}
            |{Nobody|No one} {remembered|knew} the {name|address}, so {the whole street|the postman}
                {answered|wrote back} {together|at once}}.
        """,
    ),
    _story(
        "train",
        ("train", "night train", "railway", "station"),
        """
        {{The night train|The last train|A slow train} {left|crossed|ran through} {the city|the plain|the sleeping
            hills}
                {with {one|a single} {passenger|lamp}|without a sound|an hour late}
            |{In the last carriage|Somewhere after midnight|On the night train}, {a girl|an old soldier|a pianist}
                {{shared|peeled} an orange|shared a sandwich} with {a stranger|the conductor|her own reflection}}.
        {{At {dawn|daybreak|the border},|When the sun rose,} {it|the train} {stopped|slowed} {beside|at} {the sea|a
            station without a name}
                {and {everyone|nobody} {got off|wanted to leave}|and the doors {opened|sighed}}
            |{By morning|Before the last tunnel} {they|both} had {traded|exchanged} {coats|secrets|addresses}, and
                {neither|no one} {asked why|said goodbye}}.
        """,
    ),
    _story(
        "garden",
        ("garden", "secret garden", "gardener", "flower"),
        """
        {{Behind|Beyond} the {rusty|green|locked} gate, {a garden|the old garden} {kept|went on} {growing|blooming}
            {in secret|by itself}
            |{The gardener|An old gardener|Her aunt} {planted|buried} {a key|one seed|a broken watch} {each|every}
                {spring|autumn}
                {and told {nobody|no one}|beside the {roses|pear tree}}}.
        {{When|The year} {the {war|drought|long silence} ended|her mother came home}, {it|everything}
            {flowered|bloomed} {all at once|in a single night}
            |{One|On a} {May|summer|misty} morning {it|something} {answered|rang|opened}, and {the bees|the
                children|the whole street}
                {came to listen|stood still|forgot to go to school}}.
        """,
    ),
    _story(
        "robot",
        ("robot", "android", "machine", "spaceship"),
        """
        {{The robot|A small robot|An old robot} {swept|guarded|watered} {the empty museum|an abandoned station|the
            roof garden}
                {every night|long after {people|everyone} had left|because nobody had told it to stop}
            |{A robot|The kitchen robot} {learned|tried} to {paint|dream|lie} {by watching {rain|children|old
                films}|in its spare minutes}}.
        {{One {day|evening}|Then} {a sparrow|a child|a butterfly} {landed|fell asleep} {on its
            {hand|shoulder}|beside it}, and
                {it|the machine} {did not move|held still} {until {spring|morning}|for nine hours}
            |{In its log|At the end} {it|the robot} {wrote|recorded} {one word|a single error}: {joy|wonder|home}
            |When {the people|they} {returned|came back}, {it|the robot} {offered|handed} them {tea|a drawing of
                the sea}
                {and asked {what had taken so long|to keep the sparrow}|}}.
        """,
    ),
    _story(
        "fox",
        ("fox", "forest", "wolf", "owl", "animal"),
        """
        {{A fox|An old fox|A red fox} {crossed|followed} the {frozen|silver} {river|path} {every night|at midnight}
                {to {visit|thank} {the owl|a lame dog}|with {snow|frost} on her back}
            |{The owl|A young owl} {who {feared|disliked} the dark|of the northern wood} {hired|befriended} {a
                fox|two fireflies|a mole}}.
        {{When|As} {the ice|the branch} {cracked|broke}, {it was the {hare|mouse} she {once|had} spared that|a
            {small|tiny} {voice|paw}} {pulled|led} her {home|ashore}
            |{Since then|After that}, {the forest|every animal} {leaves|has left} {a light|a gap in the hedge} for
                {her|lost things}}.
        """,
    ),
    _story(
        "clock",
        ("clock", "clockmaker", "watchmaker", "time machine"),
        """
        {{The clockmaker|An old clockmaker|A watchmaker's daughter} {built|repaired} {a clock|a watch} that
            {ran|went} {backwards|only on Sundays}
                {for {a widow|the mayor}|and {told|showed} no one}
            |{In our town|In her village} {the clock|every clock} {stopped|paused} {at noon|at four} {so that
                {lovers|bakers} could {rest|catch up}|and nobody minded}}.
        {{On the day|The evening} {he|she} {died|retired}, {it|the clock} {struck|chimed} {thirteen|once more},
            {and|while}
                {the whole town|everybody} {got|received} an hour {back|as a gift}
            |{A thief|The mayor} {took|stole} it, {yet|but} {arrived|woke} {yesterday|a boy again}, {hands
                empty|still holding the key}}.
        """,
    ),
    _story(
        "sea",
        ("sea", "pirate", "ship", "island", "sailor", "ocean", "mermaid", "whale"),
        """
        {{The captain|A young sailor|The smallest pirate} {followed|trusted} {a map|an old song} to {an island|a
            reef} that {moved|sank} {at night|with the tide}
            |{A whale|A green bottle|An empty ship} {drifted|came} into the {harbour|bay} {on the first day of
                {May|winter}|under a full moon}}.
        {{There|On board} {she|they} found {no gold|neither gold nor rum}, {only|just} {a door|a table set for
            {two|nine}|a bell that knew her name}
            |{It|The sea} asked for {a story|the truth}, {so|and} {they|the crew} {told|sang} it {everything|all
                they knew} {until dawn|and sailed on}}.
        """,
    ),
    _story(
        "any",
        ("story", "tale", "sentence"),
        """
        {{Once|Long ago} {there was|there lived} {a baker|a young weaver|a shy king|a girl} who
            {collected|sold|kept} {shadows|echoes|lost buttons} in {jars|a blue box}
            |{In a town|On a hill} {without {mirrors|bells|maps}|where it always rained}, {a boy|a tailor}
                {found|made} {a window|a silver coat}}.
        {{One {day|night}|Then} {a stranger|the wind|her sister} {asked|paid} for {the smallest|all of them}, and
            {the town|the night} {grew|became} {warmer|quiet|a little brighter}
            |{People|The neighbours} {laughed|whispered}, {until|but} {the day|the winter} {it|he} {saved {them
                all|the bridge}|led them home}}.
        """,
    ),
)
