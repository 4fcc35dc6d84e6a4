"""What changes in Part 8 when checks and claims leave the notebook."""

REMOVE = [
    "scratch-check",
    "block-oracle",
    "block-numbers",
    "block-likely",
    "block-problem",
    "error-of",
    "block-made",
    "block-fits",
    "depth-check",
    "tiny-network",
    "moves-truth",
    "copy-problem",
    "cache-check",
    "watch",
    "call-watched",
    "fed-problem",
    "cache-forty-check",
    "group-network",
    "group-names",
    "fine-check",
    "gpu-epoch-check",
    "gpu-failure",
    "gpu-ones",
    "gpu-kinds",
    "gpu-touched",
    "gpu-time-check",
    "gpu-table-check",
    "several-compare-check",
    "several-why-check",
    "several-resume-check",
    "counts-problem",
    "look-counts-check",
    "cam-small",
    "cam-problem",
    "cam-touched",
    "distill-problem",
    "distill-hint",
    "quantize-weights",
    "quantize-problem",
]

REPLACE = {
    "frozen-epoch-check": """\
after = model.state_dict()
same = [torch.equal(after[name], value) for name, value in pretrained.state_dict().items() if "fc." not in name]
print(f"{sum(same)} of {len(same)} weights and statistics of the backbone are what they were, bit for bit")
del model, optimizer, after  # a network of 45 MB that nobody needs any more""",
    "fine-groups-show": """\
small = small_resnet()
pair = [{"params": small[0].parameters(), "lr": 0.001}, {"params": small[-1].parameters(), "lr": 0.1}]
print([group["lr"] for group in torch.optim.SGD(pair).param_groups])""",
    "gpu-table": """\
places = [torch.device("cpu")] + [device] * (device.type != "cpu")
rows, first = [(place, fast) for place in places for fast in (False, True)], []
for place, fast in helper.track(rows, "rows"):
    run = resnet_step(place, fast)
    first.append(run().item())
    how = f"channels_last {short_dtype(place) or ''}" if fast else "plain"
    print(f"{place.type:5} {how:30} {milliseconds(run, place):7.1f} ms a step, first loss {first[-1]:.2f}")
if len(places) == 1:
    print("no GPU here")
del run  # it holds a whole network""",
}

TEXT = {
    "ex-8-1": [
        (
            "With `inputs == outputs` and `stride == 1` its shortcut is `x` itself, without any parameters.",
            "With `inputs == outputs` and `stride == 1` its shortcut is `x` itself, without any parameters. "
            "Its convolutions are `nn.Conv2d` layers, and its batch norms are `nn.BatchNorm2d` layers.",
        ),
    ],
    "ex-8-7": [
        (
            "- `losses`, `[N]`: the cross-entropy",
            "- `losses`, `[N]`, `float32`: the cross-entropy",
        ),
    ],
    "ex-8-10": [
        (
            "No gradient goes to the teacher.",
            "No gradient goes to the teacher. The loss is a finite number for large logits, such as ±300, too.",
        ),
    ],
    "ex-8-11": [
        (
            "A channel of zeros gives zeros, and nothing is `nan`.",
            "A channel of zeros gives zeros, and nothing on the way to `int8` is `nan`.",
        ),
    ],
}
