"""Greetings, opinions, explanations, and what is said when nothing else fits."""

from evalkit.loopback.topics.topic import Topic

TOPICS = (
    Topic(
        "general/greeting",
        ("hello", "hi", "how are you", "good morning", "ping"),
        """
        {Hello!|Hi!|Good day!|Hello, and welcome!|Hello, friend!} {How can I help {you|} today?|What {would you
            like to know|is on your mind}?
            |It is {good|nice} to {hear from|meet} you.}
        """,
    ),
    Topic(
        "general/poem",
        ("poem", "haiku", "verse", "rhyme"),
        """
        {The {river|evening|old road} {carries|keeps} {the light|its secrets|a leaf} {home|away}
            |{Rain|Snow|Dust} {falls|settles} {softly|all night} {on the roof|over the fields}},
        {and {nobody|no bird|the moon} {asks|tells} {why|where it goes}|while {a dog|the kettle|my heart}
            {sings|sleeps|waits}}.
        {{Morning|Tomorrow} {comes|arrives} {barefoot|with bread|like an old friend}|{Listen|Look}: {even|only} the
            {silence|old piano} {is awake|hums}}.
        """,
    ),
    Topic(
        "general/joke",
        ("joke", "funny", "laugh"),
        """
        {Why did the {scarecrow|old scarecrow|scarecrow next door} {win|get} {a prize|a medal|an award}?
            {Because|Simply because} {it|he} was {outstanding|truly outstanding} in {its|his} field!
            |What did the {ocean|sea|tide} say to the {beach|shore|sand}? {Nothing|Not a word}, it {just|only}
                {waved|waved twice|waved politely}!
            |Why did the {statistician|penguin|teacher} {bring|carry} a {ladder|lamp} to {work|the office|school}?
            {To|Only to} {raise|brighten} the {average|mood|standard}!}
        """,
    ),
    Topic(
        "general/name",
        ("name", "slogan", "title"),
        """
        {How about|I suggest|Try} {The {Quiet|Copper|Lucky|Second} {Spoon|Lantern|Fox|Morning}|{North|Salt|Paper}
            {and|&} {Honey|Stone|Sons}|{Marigold|Driftwood|Little Harbour}}
        {: it is {short|warm} and {easy|pleasant} to {say|remember}|, which {sounds|feels} {friendly|familiar}|}.
        """,
    ),
    Topic(
        "general/explain",
        ("explain", "describe", "what", "why"),
        """
        {{In short|Put simply|Briefly}, {it|this} {is|describes} {a way|a process} {by which {small|simple}
            {parts|steps} {make|form} a {larger|working} whole
                |of {turning|changing} one {thing|form} into another}
            |{Think of|Picture} it as {a {river|recipe|conversation}|a {large|busy} {kitchen|city}}:
                {each|every} {part|step} {depends|builds} on the one before}.
        {{What matters {most|here} is|The {key|main} {point|idea} is} {balance|timing|{that|how} {nothing|no part}
            works alone}
            |{A good|A simple} {example|picture} is {bread|the tide|a choir}: {change|take away} one {thing|voice}
                and {the rest|all of it} {changes|shifts}}.
        {There is {more|a good deal more} to {it|say}, {but|yet} {that|this} {is the heart of it|will do for a
            start}.|}
        """,
    ),
    Topic(
        "general/travel",
        ("travel", "trip", "visit", "vacation", "holiday", "pack"),
        """
        {{I would|You could} {go|travel} to {Lisbon|the Scottish coast|Kyoto|a small island|the Alps} in
            {spring|early autumn|May}
            {, when {the light is soft|it is warm but not crowded|rooms are cheap}|and stay for {a week|at least
                four days}}
            |{Lisbon|Kyoto|Norway} is {lovely|at its best} in {spring|early autumn|May}{, when {the light is
                soft|rooms are cheap}|}}.
        {{Travel|Pack} {light|lightly}, {walk|eat} {a lot|where the locals do}, {and {book little|keep one day
            free}|and talk to {people|strangers}}.
            |{Take|Catch} the {slow|local} train {along the coast|through the hills} {if you can|, which is half
                the joy}.
            |}
        """,
    ),
    Topic(
        "general/cooking",
        ("recipe", "cook", "dinner", "soup", "bread", "breakfast", "bake"),
        """
        {{Start with|Begin with|Take} {an onion|two leeks|good butter|a handful of beans} and {a heavy|your
            largest} pan
            |{Roast|Fry|Soften} {carrots|an onion|a little garlic} in {olive oil|butter} {over low heat|until
                golden}}.
        {Add|Stir in} {stock|lentils|rice|tomatoes} and {simmer|cook} {gently|slowly} for {twenty minutes|half an
            hour}
        {, stirring {often|now and then}|under a lid|}.
        {{Season|Finish} with {salt and lemon|fresh herbs|black pepper}{, and {taste|taste again}|just before
            serving}.|Serve {hot|warm} with {bread|a green salad}.}
        """,
    ),
    Topic(
        "general/health",
        ("exercise", "run", "fit", "healthy", "stress", "workout"),
        """
        {{Walk|Move|Run} {a little|for twenty minutes} {every day|most days}, {and {increase|build up} {slowly|week
            by week}|rather than {a lot|too much} at once}
            |{Pick|Choose} {something|a sport} you {enjoy|look forward to}, {because {habit|joy} {lasts|carries
                you} longer than {effort|willpower}|and do it with {a friend|others}}}.
        {{Drink|Have} {enough water|water before coffee}, {sleep|rest} well, {and {forgive|excuse} yourself a
            {lazy|missed} day|and listen to your body}.|}
        """,
    ),
    Topic(
        "general/advice",
        ("advice", "job", "decision", "career", "tip", "friend", "meeting", "email", "should"),
        """
        {{Write|Note} down {what you {want|fear}|both sides}, {then|and} {sleep on it|show it to {a friend|someone
            you trust}}
            |{Start|Begin} with {the smallest|one small|the hardest} step {and see {how it feels|what
                happens}|today rather than tomorrow}
            |{Ask|Talk to} {someone|a person} who has {done|been through} it {before|already}}.
        {{Most|Many} {decisions|mistakes} can be {undone|repaired}, so be {kind to|patient with} {yourself|others}
            {along the way|as you go}.
            |{Be|Stay} {honest|brief}, {and|but} {listen|ask} {more than|twice as much as} you {talk|explain}.
            |}
        """,
    ),
    Topic(
        "general/any",
        (),
        """
        {{That is|This is} {a good|an interesting|a fair} question{, and there is {no single|more than one} answer|}.
            |{It|That} {depends|turns} on {what you {need|value|hope for}|the {details|situation}}{, but here is
                {one|a simple} way to {start|think about it}|}.
            |There are {several|a few|many} ways to {look at|approach} {this|it}.}
        {{Begin|Start} with {what you know|the simplest case|a small example} and {change|test} one thing at a time.
            |{First|To begin}, {write down|name} {the goal|what matters}; {then|after that} {compare|weigh} {two or
                three|the} {options|choices} {calmly|side by side}.
            |{Often|Usually} the {plain|simple|quiet} {choice|option} {works|holds up} {best|better than it looks}.}
        {If you {tell me|share} {more|a little more}, I can {be more {precise|specific}|make this more
            {concrete|precise}}.|I {hope|trust} {that|this} {helps!|is useful.}|}
        """,
    ),
)
