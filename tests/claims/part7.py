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
    share = spent["large photos"]
    both = share["decode"] + share["resize"]
    assert both > 0.5 * sum(share.values()), f"decoding and resizing take {both:.2f} ms of {sum(share.values()):.2f} ms"


@claim("faster-measure")
def the_cache_is_more_than_five_times_as_fast(files_rate, cache_rate):
    assert cache_rate / files_rate > 5, f"an epoch from the cache is only {cache_rate / files_rate:.1f} times as fast"


@claim("works-compare")
def the_training_loss_falls_nearly_to_zero_with_any_labels(histories):
    for name, losses in histories.items():
        assert losses[-1] < 0.15, f"with {name}, the loss goes from {losses[0]:.3f} to {losses[-1]:.3f}"


@claim("stats-use")
def our_pictures_have_other_statistics_than_imagenet(mean, imagenet):
    gaps = [abs(ours - theirs) for ours, theirs in zip(mean.tolist(), imagenet.mean, strict=True)]
    assert max(gaps) > 0.02, f"the means differ by at most {max(gaps):.3f}"


@claim("balanced-use")
def the_rare_class_is_drawn_about_as_often_as_the_other(count, rare):
    assert 0.4 < count / len(rare) < 0.6, f"the rare class has {count / len(rare):.0%} of the draws"


@claim("messy-seen")
def the_loop_stops_in_the_middle_of_the_epoch(seen, mixed):
    assert 0 < seen < len(mixed) / 2, f"{seen} of {len(mixed)} pictures come before the error"


@claim("messy-convert-sheet")
def convert_alone_spoils_the_last_two_messy_files_and_no_other(plain, good):
    same = [one.tobytes() == other.tobytes() for one, other in zip(plain, good, strict=True)]
    assert same == [True, True, True, False, False], f"the two rows are equal in the columns {same}"


@claim("transforms-squeeze-show")
def the_photo_farthest_from_a_square_is_wide(longest):
    assert longest.width > longest.height, f"it is {longest.width} wide and {longest.height} high, and squeezed flat"
