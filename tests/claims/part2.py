"""What Part 2 claims about its own results."""

from claims import claim


@claim("proof-run")
def two_of_the_four_learn(accuracy):
    assert accuracy["plain"] > 0.8, f"plain should learn, but it is right in {accuracy['plain']:.1%}"
    assert accuracy["linear"] > 0.7, f"linear should learn, but it is right in {accuracy['linear']:.1%}"
    assert accuracy["zeros"] < 0.2, f"zeros should not learn, but it is right in {accuracy['zeros']:.1%}"
    assert accuracy["listed"] < 0.3, f"listed should not learn, but it is right in {accuracy['listed']:.1%}"
