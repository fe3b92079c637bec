import pytest

from evalkit.loopback.language import Language, Law
from evalkit.loopback.templates import END, FIRST_STEP, UNLIKELY, compile_graph, parse, words


def texts_of(template: str) -> set[str]:
    graph = compile_graph(parse(template))
    found = set()
    pending: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while pending:
        state, said = pending.pop()
        for token, edge in graph[state].items():
            if token == END:
                found.add(" ".join(said))
            else:
                pending.append((edge.target, (*said, token)))
    return found


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("one {two|three} four", {"one two four", "one three four"}),
        ("a {b|} c", {"a b c", "a c"}),
        ("a {b|{c|d} e}.", {"a b.", "a c e.", "a d e."}),
        ("go {home|}!", {"go home!", "go!"}),
        ("go {now|} {home|}.", {"go now home.", "go now.", "go home.", "go."}),
        ("wait{, then|} go", {"wait, then go", "wait go"}),
        ("wait {, then|and} go", {"wait, then go", "wait and go"}),
        ("{a b|a c}", {"a b", "a c"}),
        ("{{a|b} c|d}, e", {"a c, e", "b c, e", "d, e"}),
    ],
)
def test_template_says_exactly_its_alternatives(template: str, texts: set[str]) -> None:
    """A template compiles to a graph of exactly the texts its alternatives spell."""
    assert texts_of(template) == texts


@pytest.mark.parametrize("template", ["{a|b", "a}", "{|}. b", "{a|}."])
def test_template_that_is_broken_is_refused(template: str) -> None:
    """A brace left open, or marks without a word, is an error of the author."""
    with pytest.raises(ValueError, match=r"brace|without a word"):
        parse(template)


def test_words_of_nested_alternatives_are_found() -> None:
    """The words of a template are those of all alternatives, marks attached."""
    assert words(parse("a {b|c {d|}}.")) == {"a", "b.", "c", "c.", "d."}


def test_later_alternatives_have_lower_logits() -> None:
    """The first alternative has logit 0, the second a step less, a marked one a good deal less."""
    edges = compile_graph(parse("{a|b|~c}"))[0]
    assert edges["a"].logit == 0
    assert edges["b"].logit == pytest.approx(-FIRST_STEP)
    assert edges["c"].logit < edges["b"].logit - UNLIKELY


def test_alternatives_that_begin_alike_share_an_edge_and_keep_their_weight() -> None:
    """A common first word adds the weights, and the second words are weighed by the whole choice."""
    law = Law(Language.of("{a b|a c|d}"), 1.0)
    first = law.language.graph[0]
    assert set(first) == {"a", "d"}
    after_a = law.language.graph[first["a"].target]
    assert after_a["b"].logit - after_a["c"].logit == pytest.approx(FIRST_STEP)
