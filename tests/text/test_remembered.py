"""What is kept of texts."""

from evalkit.text.remembered import Remembered, forget


def test_a_text_is_asked_about_once_until_it_is_forgotten():
    """Options make a question of their own."""
    asked = []
    of = Remembered(lambda text, *options: asked.append((text, *options)) or len(asked))
    assert [of("a"), of("a"), of("a", 1), of("a", 1), of("b")] == [1, 1, 2, 2, 3]
    forget()
    assert of("a") == 4
    assert asked == [("a",), ("a", 1), ("b",), ("a",)]


def test_no_more_letters_are_kept_than_there_is_room_for():
    """It begins anew when it is full, and does not keep what is larger than all of it."""
    asked = []
    of = Remembered(lambda text: asked.append(text) or text, most=4)
    for text in ("ab", "cd", "ab", "ef", "ef", "ab", "long text", "long text", "ab"):
        assert of(text) == text
    assert asked == ["ab", "cd", "ef", "ab", "long text", "long text"]
