"""Small Python tasks; every token stands alone, as a tokeniser would see it."""

from evalkit.loopback.topics.topic import Topic


def _code(name: str, cues: tuple[str, ...], template: str, names: tuple[str, ...]) -> Topic:
    """Return a topic that keeps to one of some names, written ``$``, from beginning to end."""
    versions = "|".join(template.replace("$", variable) for variable in names)
    return Topic(f"code/{name}", cues, f"{{{versions}}}")


TOPICS = (
    _code(
        "reverse",
        ("reverse string", "reverse text", "reverse"),
        """
        def {reverse|reverse_string|~backwards} ( $ ) :
        {return $ [ : : -1 ]|return '' . join ( reversed ( $ ) )
            |result = '' for letter in $ : result = letter + result return result}
        """,
        ("text", "s", "word"),
    ),
    _code(
        "even",
        ("is even", "even number", "number even", "odd", "is_even"),
        """
        def {is_even|even} ( $ ) :
        {return $ % 2 == {0|~1}|return not $ % 2|return $ & 1 == {0|~1}
            |if $ % 2 == 0 : return True return False}
        """,
        ("n", "number", "x"),
    ),
    _code(
        "sum",
        ("sum list", "sum number", "add number", "sum"),
        """
        {def total ( $ ) : {return sum ( $ )
                |result = {0|~1} for n in $ : result += n return result
                |return $ [ 0 ] + total ( $ [ 1 : ] )}
            |def {add_all|sum_list} ( $ ) : {return sum ( $ )|total = 0 for n in $ : total += n return total}}
        """,
        ("numbers", "values", "items"),
    ),
    _code(
        "fizzbuzz",
        ("fizzbuzz", "fizz buzz", "fizz"),
        """
        {for $ in range ( 1 , {101|16|21} ) : print (|def fizzbuzz ( $ ) : return (}
        {'Fizz' * ( $ % {3|~5} == 0 ) + 'Buzz' * ( $ % {5|~3} == 0 ) or $
            |'FizzBuzz' if $ % 15 == 0 else 'Fizz' if $ % 3 == 0 else 'Buzz' if $ % 5 == 0 else $} )
        """,
        ("n", "i"),
    ),
    _code(
        "factorial",
        ("factorial",),
        """
        {def $ ( n ) :|def $ ( n : int ) :}
        {return 1 if n {< 2|== 0|<= 1} else n * $ ( n - 1 )
            |result = 1 for k in range ( {2|1} , n {+ 1|~- 1} ) : result *= k return result
            |return math.prod ( range ( 1 , n {+ 1|~- 1} ) )}
        """,
        ("factorial", "fact"),
    ),
    _code(
        "largest",
        ("largest list", "maximum list", "maximum", "largest number", "biggest number"),
        """
        def {largest|maximum|biggest} ( $ ) :
        {return max ( $ )|return sorted ( $ ) [ {-1|~0} ]
            |best = $ [ 0 ] for n in $ : if n {>|~<} best : best = n return best}
        """,
        ("numbers", "values", "items"),
    ),
    _code(
        "vowels",
        ("vowel", "count vowel"),
        """
        def {count_vowels|vowels} ( $ ) :
        {return sum ( {c in 'aeiou' for c|letter in 'aeiou' for letter} in $ )
            |return len ( [ {c for c in $ if c|letter for letter in $ if letter} in 'aeiou' ] )}
        """,
        ("text", "s", "word"),
    ),
    _code(
        "palindrome",
        ("palindrome",),
        """
        def is_palindrome ( $ ) :
        {return $ == $ [ : : -1 ]|return all ( a {==|~!=} b for a , b in zip ( $ , reversed ( $ ) ) )}
        """,
        ("text", "s", "word"),
    ),
    _code(
        "any",
        ("python", "function", "code"),
        """
        def {solve|run|answer} ( $ ) :
        {return $|result = [ ] for item in $ : result . append ( item ) return result
            |return [ {item for item in $ if item|x for x in $ if x} ]}
        """,
        ("data", "values", "items"),
    ),
)
