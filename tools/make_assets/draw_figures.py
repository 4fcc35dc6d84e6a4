"""Draw the diagrams of the lessons: python -m tools.make_assets.draw_figures writes assets/figures/*.svg."""

import os
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

FIGURES = Path(__file__).resolve().parents[2] / "assets" / "figures"
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#555555"


def neuron():
    """Draw a neuron: inputs, weights, sum, activation function, output."""
    fig = Figure((8, 3))
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 8), ylim=(0, 3))
    ax.set_axis_off()
    arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1.6, "shrinkA": 17, "shrinkB": 24}
    disc = {"boxstyle": "circle,pad=0.35", "fc": "white", "lw": 1.6}
    for y, name in zip((2.5, 1.5, 0.5), "123", strict=True):
        ax.annotate("", (3.4, 1.5), (0.9, y), arrowprops=arrow)
        ax.text(0.9, y, f"$x_{name}$", size=16, ha="center", va="center", bbox=disc | {"ec": BLUE})
        ax.text(1.9, 1.67 + (y - 1.5) * 0.6, f"$w_{name}$", size=15, ha="center", color=ORANGE)
    ax.annotate("", (5.6, 1.5), (3.4, 1.5), arrowprops=arrow | {"shrinkA": 24, "shrinkB": 30})
    ax.annotate("", (7.4, 1.5), (5.6, 1.5), arrowprops=arrow | {"shrinkA": 32})
    ax.annotate("", (3.4, 1.5), (3.4, 0.35), arrowprops=arrow | {"shrinkA": 6})
    ax.text(3.4, 0.22, "$b$", size=16, ha="center", va="center", color=ORANGE)
    ax.text(3.4, 1.5, "sum", size=13, ha="center", va="center", bbox=disc | {"ec": GREY})
    ax.text(4.5, 1.62, "$w \\cdot x + b$", size=13, ha="center")
    ax.text(7.4, 1.5, "$y$", size=16, ha="center", va="center", bbox=disc | {"ec": BLUE})
    curve = np.linspace(-5, 5, 60)
    ax.fill([5.15, 6.05, 6.05, 5.15], [1.05, 1.05, 1.95, 1.95], fc="white", ec=GREY, lw=1.6, zorder=3)
    ax.plot(5.6 + curve * 0.075, 1.15 + 0.7 / (1 + np.exp(-curve)), color=BLUE, lw=2.5, zorder=4)
    ax.text(5.6, 2.1, "activation $f$", size=13, ha="center")
    for x, text in ((0.9, "inputs"), (7.4, "output")):
        ax.text(x, 0.0 if text == "inputs" else 0.95, text, size=12, ha="center", va="bottom", color=GREY)
    return fig


def main():
    """Write every diagram; equal code writes equal bytes."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    FIGURES.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.hashsalt": "course", "svg.fonttype": "path"}):
        for draw in (neuron,):
            draw().savefig(FIGURES / f"{draw.__name__}.svg", metadata={"Date": None, "Creator": None})
            print(f"drawn: {draw.__name__}.svg")


if __name__ == "__main__":
    main()
