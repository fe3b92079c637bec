"""Parts of a page made of words, tables and pictures: one file each, the file name is the name."""
