from evalkit.stats.streams import stream


def test_same_name_same_numbers():
    """A stream gives the same numbers each time it is asked for."""
    assert stream(7, "trend", "distinct_n").random(3).tolist() == stream(7, "trend", "distinct_n").random(3).tolist()


def test_other_names_and_seeds_give_other_numbers():
    """Seed, name, and how a name falls into parts each make another stream."""
    ways = [(7, "ab", "c"), (7, "a", "bc"), (7, "abc"), (8, "ab", "c"), (7, "c", "ab"), (7,)]
    assert len({stream(*way).random() for way in ways}) == len(ways)


def test_any_text_is_a_name():
    """A name may hold what UTF-8 can not."""
    assert 0.0 <= stream(-1, "\ud800", "").random() < 1.0
