"""Asks and findings."""

import json

from evalkit.nouns import Ask, Conduct, Decoding, Endpoint, Finding, Message, Probing, Setting

HELLO = (Message(role="user", content="Hello, wörld."),)


def test_equal_asks_have_one_key_whatever_they_are_called():
    """What is sent, and how, makes the key; name and repeats do not."""
    one = Ask(name="a", messages=HELLO, fields=(("temperature", 1),), repeats=2)
    assert one.key == Ask(name="b", messages=HELLO, fields=(("temperature", 1),), repeats=5).key
    others = [
        Ask(name="a", messages=HELLO, fields=(("temperature", 0),)),
        Ask(name="a", messages=HELLO, fields=(("temperature", 1),), at_once=2),
        Ask(name="a", messages=HELLO, fields=(("temperature", 1),), after=1),
        Ask(name="a", messages=HELLO, fields=(("temperature", 1),), beside="b"),
        Ask(name="a", messages=HELLO, fields=(("temperature", 1),), raw="{"),
    ]
    assert len({one.key, *(each.key for each in others)}) == 6


def test_a_body_is_ascii_json():
    """Model, messages and fields, in ASCII."""
    body = Ask(name="a", messages=HELLO, fields=(("seed", 3),)).body("m")
    assert json.loads(body) == {"model": "m", "messages": [{"role": "user", "content": "Hello, wörld."}], "seed": 3}
    assert body.isascii()


def test_a_raw_body_is_sent_as_it_is():
    """Nothing is added to it, and nothing mended."""
    assert Ask(name="a", messages=HELLO, raw='{"model": "ö').body("m") == '{"model": "ö'.encode()


def test_findings_are_found_by_subject_and_adjusted_by_place():
    """A probing knows its findings; p-values are adjusted where they are."""
    findings = tuple(
        Finding(probe="p", subject=name, conduct=Conduct.HONOURED, evidence="seen", p_value=0.01) for name in "ab"
    )
    setting = Setting(endpoint=Endpoint(model="m"), decoding=Decoding())
    found = Probing(setting=setting, findings=findings, n_requests=4).adjusted({1: 0.02})
    assert found.of("b").p_adjusted == 0.02
    assert found.of("a").p_adjusted is None
    assert found.of("c") is None
    assert found.cautions == ()
