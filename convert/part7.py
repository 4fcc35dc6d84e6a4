"""What changes in Part 7 when checks, claims and their parts leave the notebook."""

REMOVE = [
    "folder-break-check",
    "first-hint",
    "stats-wrong-means",
    "stats-wrong-stds",
    "speed-check",
    "pieces-check",
    "sampler-shares",
    "sampler-more",
    "pipelines-pictures",
    "pipelines-spot",
    "pipelines-seen",
    "pipelines-center",
    "pipelines-faults",
    "pipelines-near",
    "pipelines-fault-test",
    "pipelines-traces",
    "pipelines-fault-mirror",
    "pipelines-fault-piece",
    "own-csv-check-files",
    "own-csv-check-pictures",
    "own-csv-check-item",
    "own-csv-check-faults",
    "own-csv-check-images",
    "own-csv-check-lost",
    "bomb-decoded",
    "bomb-files",
    "bomb-limits",
    "bomb-messages",
    "bomb-pictures",
    "faster-check",
    "works-check",
    "split-small",
]

TEXT = {
    "setup": [("from PIL import Image, ImageFile, ImageOps", "from PIL import Image, ImageOps")],
    "ex-7-1": [
        (
            "as a tuple of three numbers. **Wanted**: `shapes`, with a tuple in place of each `...`.",
            "as a tuple of three whole numbers. **Wanted**: `shapes`, with a tuple in place of each `...`.",
        )
    ],
    "ex-7-3": [
        (
            "a new tensor of the shape of `x`, with values from 0 to 1 again.",
            "a new tensor of the shape of `x`, with the values from 0 to 1 that the picture had before.",
        )
    ],
    "ex-7-4": [
        (
            "as many draws as there are pictures, and each class equally often on average, however rare it is, "
            "with new draws in every epoch.",
            "as many draws as there are pictures, each class equally often on average, however rare it is, and within "
            "a class each picture equally often, with new draws in every epoch. (Any object that yields indices "
            "whenever you iterate over it will do.)",
        )
    ],
    "ex-7-6": [
        (
            "For training: a random piece of at least half of the area, not squeezed, mirrored left to right half of "
            "the time (you may add more).",
            "For training: a random piece of at least half of the area, for pictures up to 3 to 2; width and height "
            "may be squeezed by at most 4 to 3, as `RandomResizedCrop` does by itself; mirrored left to right half of "
            "the time (you may add more).",
        )
    ],
    "ex-7-8": [
        (
            "`paths` is a list of `Path`s; it and the files stay as they are.",
            "`paths` is a list of `Path`s; it, the files and Pillow's own settings stay as they are, and so do the "
            "limits that the stub gives by default.",
        )
    ],
    "ex-7-10": [
        (
            "Together they hold every place exactly once.",
            "Together they hold every place exactly once. The random numbers of the rest of the notebook are not "
            "seeded: use a generator of your own.",
        )
    ],
}
