"""Each file talks to one kind of endpoint: a request in, a reply out."""
