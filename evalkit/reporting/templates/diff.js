// Marks the differences of each .pair with one .left and one .right text.
