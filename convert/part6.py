"""What changes in Part 6 when checks and claims leave the notebook."""

REMOVE = [
    "opening-check",
    "describe-input-check",
    "describe-raises-kind",
    "resume-naive-check",
    "resume-short",
    "resume-short-more",
    "resume-test-check",
    "resume-each-check",
    "atomic-kills-check",
    "atomic-put",
    "atomic-witness",
    "atomic-witness-moves",
    "keep-check",
    "card-check",
    "newest-folder",
]

REPLACE = {
    "pickle-try": '''def try_load(path):
    """Return what a file holds, or None if torch.load refuses it, or the file is broken or missing."""
    try:
        return torch.load(path, weights_only=True)
    except Exception:  # which error comes depends on what is wrong with the file
        return None''',
}

TEXT = {
    "ex-6-2": [
        (
            "which writes the numbers of any network to a file that `torch.load` accepts, and leaves the network "
            "as it is; "
            "and `restore(model, path)`, which fills a new network of the same kind from the file, makes it ready for "
            "answering, and returns it.",
            "which writes the numbers of any network to a file that `torch.load` accepts, and leaves the network "
            "as it is; "
            "and `restore(model, path)`, which fills a new network of the same kind from the file, switches it "
            "to `eval` "
            "mode, and returns it. Nothing else of the network changes.",
        )
    ],
    "ex-6-3": [
        (
            "built by `make_network` from the file alone and ready for answering, and the dictionary. For any "
            "other version "
            "than 1 it raises a `ValueError`.",
            "built by `make_network` from the file alone and in `eval` mode, and the dictionary. For any other "
            "version than "
            "1 it raises a `ValueError`, whatever else the file holds. `config` may hold some of the arguments of "
            "`make_network`, in any order; the network that is saved stays as it is, and the one that is loaded can be "
            "trained on.",
        )
    ],
    "ex-6-4": [
        (
            "it copies every entry of `state` whose name *and* shape the network has, leaves the others of the "
            "network alone, "
            "does not change `state`, and returns a list of the names in `state` that it left out.",
            "it copies every entry of `state` whose name *and* shape the network has, leaves everything else of "
            "the network "
            "alone, does not change `state`, and returns a list of the names in `state` that it left out, in any "
            "order. "
            "Later, neither of the two changes with the other.",
        )
    ],
    "ex-6-5": [
        (
            "and `resume(run, checkpoint)`, which puts all of it back into a new `Run`, after `torch.save` and "
            "`torch.load`.",
            "and `resume(run, checkpoint)`, which puts all of it back into a new `Run`, after `torch.save` and "
            "`torch.load`. "
            "`snapshot` only looks: the run, and the random numbers, go on as without it.",
        )
    ],
    "ex-6-7": [
        (
            "If something goes wrong, the old file stays and the error is told.",
            "If one of the steps fails, the old file stays and the error is raised.",
        )
    ],
    "ex-6-8": [
        (
            "a list of `state_dict`s with the same names.",
            "a list of one or more `state_dict`s with the same names.",
        )
    ],
    "ex-6-9": [
        (
            "and perhaps files that are torn, or no checkpoints at all.",
            "and perhaps files that are torn or hold something else, or no checkpoints at all.",
        ),
        (
            "Other files in it, such as `epoch-best.pt`, do not matter.",
            "Other files in it, such as `epoch-best.pt` or `epoch-last.pt`, do not matter, and no file changes.",
        ),
    ],
}
