"""Everyday questions: dates, tomatoes, pasta, weekends, sleep, study, plants, gifts."""

from evalkit.loopback.topics.topic import Topic

TOPICS = (
    Topic(
        "chat/date",
        ("date", "third date", "date san francisco", "romantic evening", "san francisco"),
        """
        {For a third date in San Francisco, {I would|you could} {walk|stroll}
            |I suggest {a walk|a slow stroll}
            |You could {start|begin} with {a walk|a picnic}
            |A {lovely|good|relaxed} {plan|idea} is to walk}
        {through Golden Gate Park|along the Embarcadero|across Crissy Field|around Dolores Park
            |up to Coit Tower|through the Japanese Tea Garden}
        {at sunset|in the late afternoon|before dinner|on a clear evening}.
        {Afterwards, share|Then have|Finish with|Later, enjoy}
        {{a bowl of pasta|wood-fired pizza|a plate of tapas} in {North Beach|Hayes Valley|the Mission}
            |{oysters|clam chowder|fresh crab} at the Ferry Building
            |{dim sum|hot noodles|steamed dumplings} in {Chinatown|the Richmond}
            |{ice cream|warm croissants|dark chocolate} from a {small|tiny|family} shop {nearby|around the corner}}.
        {By now you know each other a little, so choose {somewhere|a place} {quiet|cosy|calm}
            {where you can talk|with room to talk}.
            |{Bring|Take} a {warm|light} {jacket|coat}, because the fog {rolls in|comes in|arrives} {quickly|after
                dark}.
            |If the {weather|evening} turns {cold|foggy|grey}, {try|visit} {the Exploratorium|a small museum|a jazz
                club}
            instead.
            |}
        {Above all, keep it {simple|relaxed|playful} and {leave|make} time {to talk|for a conversation}.
            |Have {fun|a wonderful time}!
            |{Ask|Find out} what {they|your date} would enjoy, and plan {together|around that}.
            |}
        """,
    ),
    Topic(
        "chat/tomato",
        ("tomato", "good tomato", "ripe tomato"),
        """
        {{Pick|Choose|Look for} a tomato that {feels|is} {heavy for its size|firm but not hard|slightly soft}
            |A good tomato {feels|is} {heavy|plump|firm} and {smells|tastes} {sweet|of summer|fresh}
            |Start with {the smell|your nose|the stem}: a ripe tomato {smells|should smell} {sweet|earthy|green and
                fresh}}.
        {{The skin|Its skin} should be {smooth|shiny|tight} and {deeply coloured|even in colour|free of cracks}
            |{Press|Squeeze} it {gently|softly}: it should {give|yield} {a little|slightly} {under your thumb|and
                spring back}
            |{Check|Look at} the {stem|top}, which should be {green|fresh} {and fragrant|and a little sticky}}.
        {{Avoid|Leave behind|Skip} {any fruit|fruit} with {bruises|wrinkles|soft spots|pale shoulders}.
            |In {summer|season}, buy {from a market|locally|what grew nearby}; in winter, {cherry tomatoes|canned
                ones}
            are {sweeter|better|a safer bet}.
            |}
        {{Keep|Store} it {on the counter|at room temperature}, {never|not} in the fridge.
            |{Use|Eat} it within {two days|a few days} {for the best flavour|while it is sweet}.
            |}
        """,
    ),
    Topic(
        "chat/pasta",
        ("pasta", "spaghetti", "cook pasta", "cook spaghetti", "noodle"),
        """
        {Boil|Bring} {plenty of|a large pot of} {water|salted water} {to a rolling boil|until it bubbles}
        {, then add the pasta|and stir in the pasta}.
        {Cook|Let it simmer} for {about ten|eight to ten|nine} minutes, {stirring|tasting} {now and then|once or
            twice}.
        {Drain|Lift} it {while|when} {still firm|it still has some bite}, and {keep|save} a {cup|ladle} of the water
        {for the sauce|to loosen the sauce}.
        {Toss|Mix} with {olive oil and garlic|tomatoes and basil|butter and cheese|lemon and black pepper}
        {and serve at once|and enjoy|while hot}.
        """,
    ),
    Topic(
        "chat/weekend",
        ("weekend", "free day", "saturday", "sunday", "rainy day", "bored"),
        """
        {{Start|Begin} the day with|Treat yourself to|Plan} {a long breakfast|a walk by the river|a swim|an hour of
            reading}
        {and leave your phone {at home|in a drawer}|with {a friend|someone you like}|before the town wakes up}.
        {In the afternoon,|After lunch,|Later,} {visit|explore} {a museum|the old harbour|a street market|the
            botanical garden}
        {and|or} {bake|cook} something {new|slow|with too much butter}.
        {{If it rains,|On a wet day,} {a board game|an old film|a long novel} {is hard to beat|will do nicely}.
            |{End|Close} the {evening|day} with {music|soup|a small fire} and {an early night|good company}.
            |}
        """,
    ),
    Topic(
        "chat/sleep",
        ("sleep", "insomnia", "tired", "fall asleep", "sleep better"),
        """
        {{Go|Try going} to bed at the same {time|hour} {every night|each evening}, {even|also} on {weekends|holidays}
            |Keep {your bedroom|the room} {cool|dark|quiet} and {free of screens|free of clocks}}.
        {Avoid|Stay away from|Cut down on} {coffee|caffeine|strong tea} after {lunch|noon|three o'clock}
        {, and dim the lights {an hour|well} before bed|, since it lingers for hours|}.
        {If you {wake|lie awake}, {get up|read a dull book|breathe slowly} {for a while|until you feel drowsy}.
            |A {short walk|warm bath|quiet hour} {helps {the body|the mind} {to slow down|rest}|calms {the
                body|the mind}{| and settles the thoughts}}.
            |}
        {If {it|the problem} lasts for {weeks|more than a month}, {talk to|see} a doctor.|}
        """,
    ),
    Topic(
        "chat/study",
        ("study", "exam", "learn", "learn language", "memorise", "memorize", "practice"),
        """
        {{Study|Work|Practise} in {short|focused} {sessions|blocks} of {twenty-five|thirty|forty} minutes
            |Break the {subject|material} into {small|manageable} {parts|pieces}}
        {and rest {briefly|for five minutes} {after each|in between}|, with real breaks {in between|after each}}.
        {{Test yourself|Close the book and recall} {often|every day} {instead of reading again|, because recall
            builds memory}
            |{Explain|Teach} each idea to {a friend|someone else|an empty chair} {in plain words|until it sounds
                easy}}.
        {{Return|Come back} to {hard|difficult|older} {topics|chapters} after {a day|three days} and {again|once more}
            {after a week|before the exam}.
            |{Sleep|Eat} well, {since|because} {a tired mind|a hungry mind} {learns|remembers} {little|slowly}.
            |}
        """,
    ),
    Topic(
        "chat/plants",
        ("plant", "houseplant", "basil", "water plant", "balcony"),
        """
        {Most {plants|houseplants}|Nearly all {plants|houseplants}} {suffer|die} from {too much water|kindness}
        rather than {too little|neglect}.
        {{Push|Put} a finger into the {soil|pot}: {water|add water} only when {it|the top} {is dry|feels dry}
            |{Give|Offer} them {bright|soft} light {near a window|without the midday sun}}.
        {Turn|Rotate} the pot {every week|now and then} {so that it grows straight|to keep the growth even}.
        {In {spring|summer}, {feed|repot} {it|them} {lightly|once a month}.
            |{Yellow|Brown} leaves are {a warning|a sign}{, not a disaster|, so look at the roots}.
            |}
        """,
    ),
    Topic(
        "chat/gift",
        ("gift", "present", "birthday"),
        """
        {Give|Choose|Consider} {something {small|handmade|useful}|a {good|thoughtful} {book|notebook|scarf}|an
            {evening|afternoon}
            together}
        {that shows you {listened|were listening|paid attention}|they would {never|rarely} buy {themselves|for
            themselves}}.
        {{A|One} {ticket|class|tasting} {lasts|stays} longer in memory than {a thing|any object}
            |{A handwritten|A short} {note|letter} {turns|makes} {even a small gift|it} into something {personal|to
                keep}}.
        {{Wrap|Hand} it {simply|with a ribbon|in plain paper} and {smile|keep the receipt}.|}
        """,
    ),
)
