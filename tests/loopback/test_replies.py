import json
import math

import numpy as np
import pytest

from evalkit.loopback.language import Answer
from evalkit.loopback.repertoire import law_of, topic_for
from evalkit.loopback.replies import EMBEDDING_SIZE, Completion, embedding, embeddings, finish, pieces, whole
from evalkit.loopback.wire import read_request


def answer_to(prompt: str, limit: int = 256) -> Answer:
    topic = topic_for([{"role": "user", "content": prompt}])
    return law_of(topic, 0.0).answer(lambda: 0.5, limit)


def completion(**fields: object) -> Completion:
    asked = read_request({"model": "m", "messages": [{"role": "user", "content": "a good tomato"}], **fields})
    choice = finish(answer_to("tomato"), asked.stop)
    return Completion(asked=asked, choices=(choice, choice), reply_id="chatcmpl-1", created=1)


def test_finish_reason_says_why_an_answer_ended() -> None:
    """An answer ends by itself, by the limit, or before the earliest stop string."""
    assert finish(answer_to("tomato"), ()).finish_reason == "stop"
    cut = finish(answer_to("tomato", 3), ())
    assert (cut.text, cut.finish_reason) == ("Pick a tomato", "length")
    stopped = finish(answer_to("tomato", 9), (" for", "feels"))
    assert (stopped.text, stopped.finish_reason) == ("Pick a tomato that ", "stop")
    assert finish(answer_to("tomato"), ("Pick",)).text == ""


def test_usage_counts_words_of_all_choices() -> None:
    """Usage counts the words of the messages and of every choice."""
    usage = whole(completion())["usage"]
    length = len(answer_to("tomato").words)
    assert usage == {"prompt_tokens": 3, "completion_tokens": 2 * length, "total_tokens": 3 + 2 * length}


@pytest.mark.parametrize("fields", [{}, {"stop": "size."}, {"logprobs": True, "top_logprobs": 2}])
def test_stream_says_what_the_whole_says(fields: dict[str, object]) -> None:
    """The pieces of a stream add up to the text and finish reason of the whole reply."""
    one = completion(**fields)
    events = [event.decode().removeprefix("data: ").strip() for event in pieces(one)]
    assert events[-1] == "[DONE]"
    for choice in whole(one)["choices"]:
        parts = [c for event in events[:-1] for c in json.loads(event)["choices"] if c["index"] == choice["index"]]
        assert "".join(part["delta"].get("content", "") for part in parts) == choice["message"]["content"]
        assert [part["finish_reason"] for part in parts if part["finish_reason"]] == [choice["finish_reason"]]


def test_logprobs_are_the_models_own() -> None:
    """Each word has its log-probability before temperature, and as many alternatives as asked for."""
    choice = whole(completion(logprobs=True, top_logprobs=3, temperature=0.2))["choices"][0]
    entries = choice["logprobs"]["content"]
    assert "".join(entry["token"] for entry in entries) == choice["message"]["content"]
    law = law_of(topic_for([{"role": "user", "content": "tomato"}]), 1.0)
    first = law.probabilities(0)[law.language.index["Pick"]]
    assert entries[0]["logprob"] == pytest.approx(math.log(first))
    assert bytes(entries[1]["bytes"]).decode() == entries[1]["token"] == " a"
    for entry in entries:
        best = [top["logprob"] for top in entry["top_logprobs"]]
        assert len(best) == 3
        assert best == sorted(best, reverse=True)


def test_embeddings_are_unit_vectors_of_words() -> None:
    """Equal words give equal vectors of length 1, shared words a larger cosine, no words zeros."""
    one, near, far = embedding("A good tomato."), embedding("a good TOMATO"), embedding("night trains leave late")
    assert one == pytest.approx(near)
    assert float(one @ one) == pytest.approx(1)
    assert one.shape == (EMBEDDING_SIZE,)
    assert abs(float(one @ far)) < 0.7
    assert not embedding(" ").any()
    assert np.isfinite(embedding("\ud800")).all()


def test_embeddings_reply_may_be_packed() -> None:
    """Numbers and base64 carry the same vectors."""
    plain = embeddings(["a b"], "m", "float")["data"][0]["embedding"]
    packed = embeddings(["a b"], "m", "base64")["data"][0]["embedding"]
    import base64

    assert np.frombuffer(base64.b64decode(packed), dtype="<f4") == pytest.approx(np.array(plain), abs=1e-6)
