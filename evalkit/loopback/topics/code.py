"""Small Python tasks; every token stands alone, as a tokeniser would see it."""

from evalkit.loopback.topics.topic import Topic

TOPICS = (
    Topic(
        "code/reverse",
        ("reverse string", "reverse text", "reverse"),
        """
        def {reverse|reverse_string|~backwards} ( {text|s|string|word} ) :
        {return {text|s|~string} [ : : -1 ]
            |return '' . join ( reversed ( {text|s|~string} ) )
            |result = '' for {letter|c} in {text|s} : result = {letter|c} + result return result}
        """,
    ),
    Topic(
        "code/even",
        ("is even", "even number", "number even", "odd", "is_even"),
        """
        def {is_even|even} ( {n|number|x} ) :
        {return {n|number|x} % 2 == {0|~1}|return not {n|number|x} % 2|return {n|number|x} & 1 == {0|~1}
            |if {n|number|x} % 2 == 0 : return True return False}
        """,
    ),
    Topic(
        "code/sum",
        ("sum list", "sum number", "add number", "sum"),
        """
        def {total|sum_list|add_all} ( {numbers|values|items} ) :
        {return sum ( {numbers|values|items} )
            |{result|total} = {0|~1} for {n|value|x} in {numbers|values} : {result|total} += {n|value|x} return {result|total}
            |return {numbers|values} [ 0 ] + {total|sum_list} ( {numbers|values} [ 1 : ] )}
        """,
    ),
    Topic(
        "code/fizzbuzz",
        ("fizzbuzz", "fizz buzz", "fizz"),
        """
        {for {i|n} in range ( 1 , {101|16|n + 1} ) : print (|def fizzbuzz ( {n|i} ) : return (}
        {'Fizz' * ( {i|n} % {3|~5} == 0 ) + 'Buzz' * ( {i|n} % {5|~3} == 0 ) or {i|n}
            |'FizzBuzz' if {i|n} % 15 == 0 else 'Fizz' if {i|n} % 3 == 0 else 'Buzz' if {i|n} % 5 == 0 else {i|n}} )
        """,
    ),
    Topic(
        "code/factorial",
        ("factorial", "n factorial"),
        """
        def {factorial|fact} ( n ) :
        {return 1 if n {< 2|== 0|<= 1} else n * {factorial|fact} ( n - 1 )
            |result = 1 for {i|k} in range ( {2|1} , n {+ 1|~- 1} ) : result *= {i|k} return result
            |return math.prod ( range ( 1 , n {+ 1|~- 1} ) )}
        """,
    ),
    Topic(
        "code/largest",
        ("largest list", "maximum list", "maximum", "largest number", "biggest number"),
        """
        def {largest|maximum|biggest} ( {numbers|values|items} ) :
        {return max ( {numbers|values|items} )|return sorted ( {numbers|values|items} ) [ {-1|~0} ]
            |best = {numbers|values} [ 0 ] for {n|value} in {numbers|values} : if {n|value} {>|~<} best : best = {n|value} return best}
        """,
    ),
    Topic(
        "code/vowels",
        ("vowel", "count vowel"),
        """
        def {count_vowels|vowels} ( {text|s|word} ) :
        return {sum ( {c|letter} in 'aeiou' for {c|letter} in {text|s} )
            |len ( [ {c|letter} for {c|letter} in {text|s} if {c|letter} in 'aeiou' ] )}
        """,
    ),
    Topic(
        "code/palindrome",
        ("palindrome",),
        """
        def is_palindrome ( {text|s|word} ) :
        {return {text|s|word} == {text|s|word} [ : : -1 ]
            |return all ( a {==|~!=} b for a , b in zip ( {text|s} , reversed ( {text|s} ) ) )}
        """,
    ),
    Topic(
        "code/any",
        ("python function", "python", "function", "code"),
        """
        def {solve|run|answer} ( {data|values|x} ) :
        {return {data|values|x}|result = [ ] for {item|x} in {data|values} : result . append ( {item|x} ) return result
            |return [ {item|x} for {item|x} in {data|values} if {item|x} ]}
        """,
    ),
)
