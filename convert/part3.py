"""What changes in Part 3 when checks and claims leave the notebook."""

REMOVE = [
    "compare-check",
    "learned-check",
    "fast-pieces-check",
    "fast-check",
    "fast-use-check",
    "broken-check",
]

REPLACE = {
    # The exercise that follows asks to pick the right classes of a whole batch.
    "loss-ce-show": """logits = torch.tensor([[2.0, 0.0, -1.0], [0.0, 1.0, 3.0]])
labels = torch.tensor([0, 1])
log_probs = logits.log_softmax(dim=-1)  # [2, 3]
by_hand = -torch.stack([log_probs[0, 0], log_probs[1, 1]])  # row 0 has the right class 0, row 1 has 1
print("each picture:", by_hand, "mean:", by_hand.mean())
print("PyTorch:     ", F.cross_entropy(logits, labels))""",
    # Exercise 3.2 asks for the formula of both slopes.
    "descent-two-run": '''def descend_both(lr, steps=25, w=-2.0, b=1.5, h=0.01):
    """Return the pairs (w, b) on the way down; the slopes are measured between two points at a distance of 2 h."""
    way = [(w, b)]
    for _ in range(steps):
        slope_w = (line_loss(w + h, b) - line_loss(w - h, b)).item() / (2 * h)
        slope_b = (line_loss(w, b + h) - line_loss(w, b - h)).item() / (2 * h)
        w, b = w - lr * slope_w, b - lr * slope_b
        way.append((w, b))
    return way''',
    # Exercise 3.4 asks for the loop over any list of parameters.
    "step-hand": """with torch.no_grad():
    for layer in (model[1], model[3]):
        layer.weight -= 0.1 * layer.weight.grad
        layer.bias -= 0.1 * layer.bias.grad
print(f"loss after:  {F.cross_entropy(model(images), labels).item():.2f}")""",
}

TEXT = {
    "descent-two": [
        (
            "the step goes down the steepest way.",
            "the step goes down the steepest way. Here we measure both slopes: move one parameter a little to each "
            "side, and see by how much the loss changes.",
        )
    ],
    "ex-3-1": [
        (
            "the mean over the batch of minus the log-probability of the right class. You may use `log_softmax`.",
            "the mean over the batch of minus the log-probability of the right class. It should work for logits of "
            "1,000 as well, and `backward` should be able to start from it. You may use `log_softmax`, but not "
            "PyTorch's own `cross_entropy` or `nll_loss`.",
        )
    ],
    "ex-3-2": [
        (
            "By formula: autograd is switched off in the check.",
            "Write the formula; do not use autograd.",
        )
    ],
    "ex-3-7": [
        (
            "it trains for one epoch and returns the mean loss over all *pictures*, a `float`.",
            "it trains for one epoch, with one step for each batch, and returns the mean loss over all *pictures*, a "
            "`float`. The loss of a batch is the one that its step started from. The records of earlier batches are "
            "not kept, and the model stays in the mode that it is in, `train`.",
        )
    ],
    "ex-3-9": [
        (
            "which updates both lists' tensors in place.",
            "which updates both lists' tensors in place and leaves `.grad` as it is.",
        )
    ],
    "ex-3-10": [
        (
            "and reads at least 98% of the 1,000 test digits, trained on `X`, `Y` alone, within thirty epochs. The "
            "test pictures must not be used in training.",
            "and reads at least 98% of the test digits in `eval` mode. Train it on `X` and `Y`; the test pictures only "
            "measure, and who trains on them as well has measured nothing. Thirty epochs are more than enough.",
        )
    ],
}
