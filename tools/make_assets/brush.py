"""A brush that paints in its own units: smooth shapes with soft volume, markings and an outline, on a Pillow picture.

Whoever paints at three times the size and scales down gets smooth edges. Random numbers come from `random.Random` and
only by `random()`, whose numbers are the same in every version of Python.
"""

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter


def pick(rng, choices):
    """Return one of the choices, each as likely as the others."""
    return choices[int(rng.random() * len(choices))]


def between(rng, low, high):
    """Return a number drawn evenly between two."""
    return low + (high - low) * rng.random()


def chance(rng, probability):
    """Return True with this probability."""
    return rng.random() < probability


def mix(one, other, share=0.5):
    """Return a color between two; `share` is how much of the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def darker(color, share=0.3):
    """Return a color nearer to black."""
    return mix(color, (12, 8, 14), share)


def lighter(color, share=0.3):
    """Return a color nearer to white."""
    return mix(color, (255, 252, 244), share)


def brightness(color):
    """Return how bright a color looks, from 0 to 255."""
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def smooth(points, closed=True, steps=8):
    """Return a curve through the points (Catmull-Rom), as an array of x and y."""
    p = np.asarray(points, float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.arange(steps)[:, None] / steps
    curves = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        curves.append(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    return np.concatenate(curves if closed else [*curves, p[-1:]])


def shifted(points, x, y):
    """Return the points, moved by x and y."""
    return np.asarray(points, float) + np.array([x, y])


def mirrored(points):
    """Return the right half of an outline, from top to bottom, together with its left half."""
    return [*points, *[(-x, y) for x, y in reversed(points) if x]]


def ring(x, y, rx, ry, angle=0.0, count=36):
    """Return the outline of an oval; the angle is in degrees."""
    t = np.arange(count) * 2 * math.pi / count
    u, v, a = rx * np.cos(t), ry * np.sin(t), math.radians(angle)
    return np.stack([x + u * math.cos(a) - v * math.sin(a), y + u * math.sin(a) + v * math.cos(a)], axis=1)


def tube(points, widths):
    """Return the outline of a bent tube along the points, with a width at each of them and round ends."""
    line = smooth(points, closed=False)
    along = np.linspace(0, 1, len(line))
    half = np.interp(along, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    way = np.gradient(line, axis=0)
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    side = np.stack([-way[:, 1], way[:, 0]], axis=1) * half
    turn = np.linspace(0, math.pi, 9)[1:-1, None]
    end = line[-1] + side[-1] * np.cos(turn) + way[-1] * half[-1] * np.sin(turn)
    start = line[0] - side[0] * np.cos(turn) - way[0] * half[0] * np.sin(turn)
    return np.concatenate([line + side, end, (line - side)[::-1], start])


def furry(outline, amount, rng):
    """Return the outline with tufts of this length."""
    if not amount:
        return outline
    outline = np.asarray(outline, float)
    way = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    out = np.stack([way[:, 1], -way[:, 0]], axis=1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    area = np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - outline[:, 1] * np.roll(outline[:, 0], -1))
    length = [amount * (0.6 + 0.6 * rng.random()) if i % 3 == 0 else 0.0 for i in range(len(outline))]
    return outline + out * math.copysign(1, area) * np.array(length)[:, None]


class Brush:
    """Paint on a picture in units of one's own: where the origin lies, how long a unit is, turned, mirrored.

    Parameters
    ----------
    image : PIL.Image.Image
        the picture, RGB or RGBA
    x, y : float
        the pixel where the origin lies
    scale : float
        pixels to a unit
    flip : bool
        whether left and right change places
    angle : float
        turn in degrees, clockwise
    light : float
        where the light comes from: -1 is left, 1 is right
    """

    def __init__(self, image, x, y, scale, flip=False, angle=0.0, light=-1.0):
        a = math.radians(angle)
        turn = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
        self.image, self.light = image, light
        self.draw = ImageDraw.Draw(image)
        self.matrix = scale * turn @ np.diag([-1.0 if flip else 1.0, 1.0])
        self.origin, self.scale = np.array([x, y], float), scale

    def moved(self, x, y, scale=1.0, angle=0.0):
        """Return a brush for the same picture whose origin, unit and turn are given in this one's units."""
        other = Brush(self.image, 0, 0, scale, angle=angle, light=self.light)
        other.matrix = self.matrix @ other.matrix
        other.origin = self.at([(x, y)])[0]
        other.scale = self.scale * scale
        return other

    def at(self, points):
        """Return the pixels where the points lie."""
        return np.asarray(points, float) @ self.matrix.T + self.origin

    def fill(self, outline, color):
        """Fill an outline."""
        self.draw.polygon([tuple(p) for p in self.at(outline)], fill=color)

    def oval(self, x, y, rx, ry, color, angle=0.0):
        """Fill an oval."""
        self.fill(ring(x, y, rx, ry, angle), color)

    def line(self, points, color, width, bend=True):
        """Draw a line, bent smoothly through the points, with round ends."""
        points = self.at(smooth(points, closed=False) if bend else points)
        thick = max(1, round(width * self.scale))
        self.draw.line([tuple(p) for p in points], fill=color, width=thick, joint="curve")
        for x, y in (points[0], points[-1]):
            r = thick / 2
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=color)

    def part(self, outline, color, marks=(), edge=None, width=0.0, volume=0.4):
        """Paint a part of a body: its color, markings that end at its outline, soft light and shade, and its edge.

        Parameters
        ----------
        outline : array
            the outline, in this brush's units
        color : tuple
            red, green, blue
        marks : list of (array, tuple)
            outlines and colors, painted in this order, only inside the part
        edge, width : tuple, float
            color and width of the outline
        volume : float
            how strong light and shade are, from 0 to 1
        """
        points = self.at(outline)
        low = np.maximum(np.floor(points.min(axis=0)) - 2, 0).astype(int)
        high = np.minimum(np.ceil(points.max(axis=0)) + 2, self.image.size).astype(int)
        if (high - low < 3).any():
            return
        mask = Image.new("L", tuple(int(n) for n in high - low))
        ImageDraw.Draw(mask).polygon([tuple(p) for p in points - low], fill=255)
        tile = Image.new("RGB", mask.size, color)
        draw = ImageDraw.Draw(tile)
        for mark, paint in marks:
            draw.polygon([tuple(p) for p in self.at(mark) - low], fill=paint)
        if volume:
            self._round(tile, mask, volume)
        self.image.paste(tile, tuple(int(n) for n in low), mask)
        if edge and width:
            ends = [tuple(p) for p in np.concatenate([points, points[:2]])]
            self.draw.line(ends, fill=edge, width=max(1, round(width * self.scale)), joint="curve")

    def _round(self, tile, mask, volume):
        """Darken the side away from the light and brighten the side towards it, as on a ball."""
        small = mask.resize([max(2, n // 4) for n in mask.size], Image.Resampling.BOX)
        reach = max(1, min(small.size) // 7)
        pad = 3 * reach  # so that the blur meets no border
        padded = Image.new("L", (small.width + 2 * pad, small.height + 2 * pad))
        padded.paste(small, (pad, pad))
        soft = padded.filter(ImageFilter.GaussianBlur(reach))
        dx = round(self.light * reach * 0.8)
        for color, way, strength in (((20, 8, 40), 1, 0.75), ((255, 250, 230), -1, 0.55)):
            left, top = pad - way * dx, pad + way * reach
            moved = soft.crop((left, top, left + small.width, top + small.height))
            rim = ImageChops.subtract(small, moved).resize(tile.size, Image.Resampling.BILINEAR)
            tile.paste(color, (0, 0), rim.point([round(n * strength * volume) for n in range(256)]))
