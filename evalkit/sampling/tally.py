"""What a run has come to so far: the numbers of the progress bar."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.nouns import Delivery, Sample


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts that grow while a run goes on; an outcome counts once it is on disk."""

    n_wanted: int
    """Draws this run should fill."""
    n_samples: int = 0
    """Draws filled."""
    n_failures: int = 0
    """Draws that failed for good."""
    n_unsupported: int = 0
    """Draws whose temperature the endpoint refuses."""
    n_requests: int = 0
    """Requests sent, retries included."""
    n_retries: int = 0
    """Requests sent again."""
    n_malformed: int = 0
    """Answers that could not be read."""
    prompt_tokens: int = 0
    """Tokens of the questions that were answered, as far as the server counted them."""
    completion_tokens: int = 0
    """Tokens of the answers."""
    n_counted: int = 0
    """Answers of which the server told both."""
    stopped: bool = False
    """True when the run was asked to stop before its end."""

    def kept(self, delivery: Delivery) -> None:
        """Count what is on disk now; tokens once for a reply, however many completions it holds."""
        for outcome in delivery.outcomes:
            if isinstance(outcome, Sample):
                self.n_samples += 1
            elif outcome.unsupported:
                self.n_unsupported += 1
            else:
                self.n_failures += 1
        if delivery.reply is not None:
            asked, given = delivery.reply.usage.prompt_tokens, delivery.reply.usage.completion_tokens
            self.prompt_tokens += asked or 0
            self.completion_tokens += given or 0
            self.n_counted += asked is not None and given is not None

    @property
    def n_open(self) -> int:
        """Draws that are neither filled nor settled otherwise."""
        return self.n_wanted - self.n_samples - self.n_failures - self.n_unsupported
