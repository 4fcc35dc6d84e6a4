"""As much of torch.overrides as the judging of exercises needs."""


class TorchFunctionMode:
    """Sees the calls of PyTorch's functions, of which there are none."""
