"""What Part 7 claims about its own results."""

from claims import claim


@claim("folder-break-show")
def both_parts_number_the_classes_alike(datasets, files, DATA):
    numbers = datasets.ImageFolder(DATA / "test").class_to_idx
    assert numbers == files.class_to_idx, f"the test folder numbers its classes as {numbers}"


@claim("speed-run")
def six_loaders_were_measured_twice(rates):
    assert len(rates) == 6, f"there are {len(rates)} measurements"
    assert all(len(pair) == 2 and min(pair) > 0 for pair in rates.values()), f"a rate is not positive: {rates}"


@claim("pieces-measure")
def large_files_are_mostly_decoded_and_resized(spent):
    share = spent["of a telephone"]
    both = share["decode"] + share["Resize"]
    assert both > 0.5 * sum(share.values()), f"decoding and resizing take {both:.2f} ms of {sum(share.values()):.2f} ms"


@claim("faster-measure")
def the_cache_is_more_than_five_times_as_fast(slow, quick):
    assert slow / quick > 5, f"an epoch from the cache is only {slow / quick:.1f} times as fast"


@claim("works-train")
def the_training_loss_falls(history):
    assert history[-1] < history[0] - 0.03, f"the loss goes from {history[0]:.3f} to {history[-1]:.3f}"
