"""Errors of the reader's code: what frequent messages of Python and PyTorch mean, and what is said beside them."""

import contextlib
import re
import traceback
from pathlib import Path

import numpy as np
import torch

MEANINGS = [  # a message (a regular expression) and what usually lies behind it; of several that fit, the first counts
    (
        r"shape '.*' is invalid for input of size",
        "`reshape` and `view` keep the number of elements. Is a size fixed in your code that only fits the lesson's "
        "tensors? Take the sizes from what the function is given.",
    ),
    (
        r"view size is not compatible with input tensor's size and stride",
        "`view` needs the numbers in a certain order in memory. `reshape` takes them in any order.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)",
        r"The rows on the left have \1 numbers, and the matrix or layer on the right takes rows of \2.",
    ),
    (
        r"must be Tensor, not (ReLU|Sigmoid|Tanh|GELU|Flatten|Softmax|Dropout)$",
        r"`nn.\1(...)` makes a layer and does not apply it: make it once, `layer = nn.\1()`, then call `layer(x)`.",
    ),
    (
        r"relu\(\): argument 'input' \(position 1\) must be Tensor, not (Linear|Conv2d)$",
        r"`F.relu` takes a tensor, and this is a layer. Among layers, use the layer `nn.ReLU()`.",
    ),
    (
        r"^sqrt\(\): argument 'input' \(position 1\) must be Tensor, not (float|int)",
        "`torch.sqrt` takes a tensor. The root of a number is `number ** 0.5`.",
    ),
    (
        r"^(dict|(collections\.)?OrderedDict) is not a Module subclass",
        "Layers with names come in an `OrderedDict`: `nn.Sequential(OrderedDict(...))`.",
    ),
    (
        r"^(list|tuple) is not a Module subclass",
        "A list of layers is passed with a star, `nn.Sequential(*layers)`, and pairs of name and layer in an "
        "`OrderedDict`.",
    ),
    (
        r"^torch\.nn\.functional\.relu is not a Module subclass",
        "`F.relu` is a function. The layer is `nn.ReLU()`.",
    ),
    (
        r"^torch\.nn\.modules\.\w+\.(\w+) is not a Module subclass",
        r"`nn.\1` is the class. The layer is made with parentheses: `nn.\1(...)`.",
    ),
    (
        r"Sequential\.__init__\(\) got an unexpected keyword argument",
        "Layers with names come in an `OrderedDict`: `nn.Sequential(OrderedDict(...))`.",
    ),
    (
        r"is missing the required \"forward\" function",
        "Is `forward` spelled so, and is it indented like `__init__`, not within it?",
    ),
    (
        r"cannot assign (module|parameters) before Module\.__init__\(\) call",
        "`super().__init__()` should be the first line of `__init__`.",
    ),
    (
        r"'type' object does not support the context manager protocol|^__enter__$",
        "After `with` an object is needed, not its class: are the parentheses missing, as in `torch.no_grad()`?",
    ),
    (
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "PyTorch would have to record this change of a parameter. Put the line into a block `with torch.no_grad():`.",
    ),
    (
        r"^cannot assign '.*' as parameter '(\w+)'",
        r"An assignment would put something else in the place of the parameter `\1`. Change its numbers in place.",
    ),
    (
        r"'torch\.return_types\.(max|min)'",
        r"With `dim`, `\1` returns values and indices: take `.values`, or use `a\1`.",
    ),
    (
        r"(Boolean value of Tensor with|'>=' not supported between instances of 'str').*\n.*\beinsum\((?!f?[\"'])",
        '`torch.einsum` takes the letters first and the tensors after them: `torch.einsum("...", x, W)`.',
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "A single True or False is needed here, as after `if`, and this tensor has one for each element. Compute all "
        "elements in one expression.",
    ),
    (
        r"only one element tensors can be converted to Python scalars|can only be converted to a scalar|"
        r"a Tensor with \d+ elements cannot be converted to Scalar",
        "A function of `math`, `float()` and `.item()` take a single number, and this tensor has several. For tensors, "
        "take the function of `torch`, such as `torch.exp`.",
    ),
    (
        r"'(list|generator|tuple)' object has no attribute '(dataset|batch_size)'",
        "What a loop gets its batches from need not be a `DataLoader`: a list of batches has none of its attributes. "
        "Count the pictures in the loop.",
    ),
    (r"maximum recursion depth exceeded", "The function calls itself again and again."),
    (
        r"^einsum\(\): (fewer|more) operands were provided than specified",
        "Before the arrow, the equation needs one group of letters for each tensor, with commas between the groups.",
    ),
    (
        r"'ellipsis'",
        "The name still holds the `...` of the stub: replace it with a value before you use it.",
    ),
    (
        r"result type \w+ can't be cast to the desired output type (Byte|Char|Short|Int|Long)$|"
        r"Cannot cast ufunc '\w+' output from dtype\('float\d+'\) to dtype\('u?int\d+'\)",
        "An operation in place keeps the dtype, and whole numbers (`uint8`, which PyTorch calls Byte here, or `int64`, "
        "Long) have no room for fractions. Convert to float first.",
    ),
    (
        r"^unsupported operand type.*'(builtin_function_or_method|method)'|"
        r"^'builtin_function_or_method' object (has no attribute|is not subscriptable)",
        "A method or function was not called: its parentheses are missing, as in `.float()`.",
    ),
    (
        r"^'numpy\.ndarray' object has no attribute",
        "This is a NumPy array, which has other methods than a tensor. Make a tensor of it first.",
    ),
]


def meaning(message, line=""):
    """Return what usually lies behind an error message, as a sentence or two; "" where none is known.

    Parameters
    ----------
    message : str
        The text of the error, without its type.
    line : str
        The line of the reader's code that raised it, where it is known. A pattern finds it below the message.
    """
    text = f"{message}\n{line}"
    for pattern, words in MEANINGS:
        found = re.search(pattern, text, flags=re.M)
        if found:
            return found.expand(words) if "\\" in words else words
    return ""


def is_cell_file(filename):
    """Whether tracebacks call a cell of a notebook so: it is no file, and no code that a library made."""
    if filename.startswith("<"):
        return filename.startswith(("<cell", "<ipython", "<timed", "<stdin"))
    # ipykernel writes a cell into a folder of its own while the debugger is on
    return not Path(filename).exists() or "ipykernel_" in Path(filename).parent.name


def is_of_a_cell(error):
    """Whether a line of a notebook took part in an error."""
    return any(is_cell_file(frame.filename) for frame in traceback.extract_tb(error.__traceback__))


def text_of(error):
    """Return what an error says; "" where it cannot even say that."""
    try:
        return str(error)
    except Exception:
        return ""


@contextlib.contextmanager
def told_of_errors(advice, *signs):
    """Add some advice to an error whose text holds one of these signs; it keeps the line where it was raised."""
    try:
        yield
    except (RuntimeError, IndexError, TypeError, AttributeError) as error:
        if any(sign in str(error) for sign in signs):
            error.args = (f"{error}\n{advice}",)
        raise


def add_note(error, sentence):
    """Add a sentence to an error. (Its own method of this name came with Python 3.11.)"""
    with contextlib.suppress(Exception):  # an error may be an object that nobody can change
        error.__notes__ = [*notes_of(error), sentence]


def notes_of(error):
    """Return the sentences that were added to an error."""
    return getattr(error, "__notes__", [])


def arguments_told(name, arguments):
    """Return with what a function was called, as a sentence; "" where nothing can be said of it.

    Parameters
    ----------
    name : str
        The function.
    arguments : dict
        Name of each argument -> its value.
    """
    told = []
    for argument, value in arguments.items():
        with contextlib.suppress(Exception):  # a reader's object may refuse anything
            text = _told(argument, value)
            if text:
                told.append(text)
    return f"`{name}` was called with {', '.join(told)}." if told else ""


def _told(argument, value):
    """Return what an argument was, in a few words, or "" if that takes more than a few."""
    if isinstance(value, torch.Tensor | np.ndarray):
        return f"{argument} of shape {tuple(value.shape)}"
    if isinstance(value, int | float | str | list | tuple):
        text = repr(value)
        return f"{argument} = {text}" if len(text) <= 40 else ""
    return ""
