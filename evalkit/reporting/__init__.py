"""From nouns to pages.

`assemble` makes a `Report` of strings and numbers ready to show; a renderer, found by name in
the registry, makes text of it; `write_report` puts the text on disk, whole or not at all.
"""
