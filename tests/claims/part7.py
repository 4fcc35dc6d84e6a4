"""What Part 7 claims about its own results."""

from claims import claim


@claim("folder-break-show")
def a_spoiled_folder_numbers_a_class_otherwise(datasets, FOLDER, files, last):
    right = files.class_to_idx[last]
    for name, change in (("one-class", -right), ("hidden", 1)):
        number = datasets.ImageFolder(FOLDER / name).class_to_idx[last]
        assert number == right + change, f"{name} numbers {last} as {number}, and the lesson says {right + change}"


@claim("folder-look-run")
def every_size_is_shared_by_both_classes(photos, sizes, train_labels):
    shapes = {label: set() for label in range(len(photos.classes))}
    for (width, height), label in zip(sizes, train_labels, strict=True):
        shapes[label].add(round(width / height, 1))
    assert len({frozenset(found) for found in shapes.values()}) == 1, f"the classes have other shapes: {shapes}"


@claim("loader-order")
def the_first_batch_in_order_has_one_class(plain_set):
    assert len({label for _, label in plain_set.samples[:32]}) == 1


@claim("speed-run")
def four_loaders_were_measured_twice(rates):
    assert len(rates) == 4, f"there are {len(rates)} measurements"
    assert all(len(pair) == 2 and min(pair) > 0 for pair in rates.values()), f"a rate is not positive: {rates}"


@claim("pieces-run")
def large_files_are_mostly_decoded_and_resized(spent):
    share = spent["a telephone"]
    both = share["decode"] + share["resize"]
    assert both > 0.5 * sum(share.values()), f"decoding and resizing take {both:.2f} ms of {sum(share.values()):.2f} ms"


@claim("faster-measure")
def the_cache_is_more_than_five_times_as_fast(slow, quick):
    assert quick / slow > 5, f"an epoch from the cache is only {quick / slow:.1f} times as fast"


@claim("works-train")
def the_training_loss_falls(history):
    assert history[-1] < history[0] - 0.03, f"the loss goes from {history[0]:.3f} to {history[-1]:.3f}"
