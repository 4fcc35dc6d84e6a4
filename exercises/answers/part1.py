"""The course's answers to the exercises of Part 1, one section each: the instructor's key."""

import torch

# %% 1.1 Predict eight shapes
shapes = {
    "x[0]": (3, 4),  # an index takes its dimension away
    "x[:, 1]": (2, 4),
    "x[..., -1:]": (2, 3, 1),  # a slice keeps it, even with a single entry
    "x.reshape(6, -1)": (6, 4),  # 24 elements in 6 rows: 4 in each
    "x.flatten()": (24,),
    "x.permute(2, 0, 1)": (4, 2, 3),  # old dimension 2 first, then 0, then 1
    "x.unsqueeze(0)": (1, 2, 3, 4),
    "x[:, 0, :2].unsqueeze(-1)": (2, 2, 1),
}

# %% 1.2 View or copy?
memory = {
    "a[1:]": "view",
    "a[[0, 2]]": "copy",  # a list may pick anything
    "a.T": "view",  # the same block, read with other steps
    "a.reshape(12)": "view",
    "a.T.reshape(12)": "copy",  # 0, 4, 8, 1, 5, ...: no equal steps
    "a[a > 5]": "copy",
}

# %% 1.3 A checkerboard by slicing
board = torch.zeros(8, 8)
board[::2, 1::2] = 1  # even rows, odd columns
board[1::2, ::2] = 1  # odd rows, even columns


# %% 1.4 Standardize a batch
def standardize(batch):
    """Return a copy of a batch [N, F] in which every row has mean 0 and standard deviation 1."""
    mean = batch.mean(dim=1, keepdim=True)  # [N, 1]
    std = batch.std(dim=1, keepdim=True)  # [N, 1]
    return (batch - mean) / std


# %% 1.5 From array to tensor
def to_chw(array):
    """Return a picture [H, W, 3] of uint8 as a tensor [3, H, W] of float32 from 0 to 1."""
    return torch.tensor(array).permute(2, 0, 1).float() / 255


# %% 1.6 The sigmoid by hand
def sigmoid(z):
    """Return 1 / (1 + exp(-z)) for every element of z."""
    return 1 / (1 + torch.exp(-z))


# %% 1.7 One neuron
def neuron(x, w, b):
    """Return the output of one neuron, a tensor of shape (), for inputs x [n], weights w [n] and bias b []."""
    return torch.sigmoid(w @ x + b)


# %% 1.8 A layer with `@`
def layer(x, W, b):
    """Return the outputs [N, m] of m sigmoid neurons with weights W [n, m] and biases b [m] for inputs x [N, n]."""
    return torch.sigmoid(x @ W + b)


# %% 1.9 A network by hand
def network(x, W1, b1, W2, b2):
    """Return the outputs [N, m] of a network with one hidden layer for inputs x [N, n]."""
    hidden = torch.sigmoid(x @ W1 + b1)  # [N, h]
    return torch.sigmoid(hidden @ W2 + b2)


# %% 1.10 All distances, no loop
def distances(a, b):
    """Return the Euclidean distances [N, M] between the rows of a [N, D] and the rows of b [M, D]."""
    differences = a[:, None, :] - b[None, :, :]  # [N, 1, D] - [1, M, D] -> [N, M, D]
    return differences.pow(2).sum(dim=-1).sqrt()


# %% 1.11 The layer as `einsum`
def einsum_layer(x, W, b):
    """Return the outputs [N, m] of a layer of sigmoid neurons, computed with torch.einsum."""
    return torch.sigmoid(torch.einsum("ni,im->nm", x, W) + b)
