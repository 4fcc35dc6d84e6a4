"""Where the drawn cats and dogs are: rooms, gardens and streets, what stands before them, and the light.

Nothing here knows which animal it is for.
"""

import numpy as np
from PIL import Image, ImageFilter

from tools.make_assets.brush import Brush, between, chance, darker, lighter, mix, pick, ring, smooth, tube

WALLS = [
    (236, 222, 196),
    (200, 216, 222),
    (214, 206, 226),
    (206, 222, 200),
    (232, 200, 190),
    (150, 170, 178),
    (240, 236, 226),
]
FLOORS = [(178, 130, 86), (142, 98, 66), (206, 168, 122), (150, 150, 156), (128, 108, 120), (186, 170, 150)]
CLOTH = [
    (184, 92, 84),
    (88, 122, 152),
    (120, 144, 104),
    (208, 166, 92),
    (140, 112, 148),
    (110, 100, 98),
    (214, 196, 176),
]
LAWNS = [(118, 164, 84), (146, 178, 96), (96, 140, 82), (186, 166, 96), (226, 230, 236), (214, 194, 146)]
SKIES = [((126, 182, 226), (214, 234, 244)), ((164, 178, 194), (216, 220, 224)), ((236, 168, 122), (250, 222, 178))]
LEAVES = [(74, 132, 76), (104, 150, 72), (58, 110, 88), (150, 138, 64)]
TOYS = [(214, 74, 70), (66, 132, 200), (244, 196, 72), (88, 168, 110), (232, 128, 168)]


def gradient(size, top, bottom):
    """Return a picture whose color changes from top to bottom."""
    t = np.linspace(0, 1, size[1])[:, None, None]
    rows = np.array(top, float) * (1 - t) + np.array(bottom, float) * t
    return Image.fromarray(np.broadcast_to(np.rint(rows), (size[1], size[0], 3)).astype(np.uint8).copy())


def box(left, top, right, bottom):
    """Return the outline of a rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def backdrop(size, rng):
    """Return a picture of a place, and how far down its ground begins (as a share of the height)."""
    return pick(rng, [room, room, garden, garden, street])(size, rng)


def room(size, rng):
    """Paint a room: wall, floor, and some of a window, a picture, a sofa, a lamp, a shelf, a plant, a carpet."""
    wall, floor, ground = pick(rng, WALLS), pick(rng, FLOORS), between(rng, 0.5, 0.72)
    image = gradient(size, lighter(wall, 0.1), darker(wall, 0.12))
    brush = Brush(image, 0, 0, size[1])
    wide = size[0] / size[1]
    paper(brush, wall, wide, rng)
    if chance(rng, 0.45):
        window(brush, between(rng, 0.0, wide - 0.4), between(rng, 0.02, 0.12), between(rng, 0.3, 0.42), rng)
    else:
        pictures(brush, wide, rng)
    boards(brush, floor, ground, wide, rng)
    thing = pick(rng, [sofa, sofa, shelf, lamp, plant, None])
    if thing:
        thing(brush, between(rng, 0.1, wide - 0.1), ground, rng)
    if chance(rng, 0.5):
        rug = pick(rng, CLOTH)
        x, y, rx = between(rng, 0.3, 0.7) * wide, (ground + 1) / 2 + 0.06, between(rng, 0.4, 0.7)
        for share, color in ((1.0, darker(rug, 0.25)), (0.92, rug), (0.7, lighter(rug, 0.2)), (0.62, rug)):
            brush.oval(x, y, rx * share, 0.17 * share, color)
    return image, ground


def paper(brush, wall, wide, rng):
    """Paint stripes or dots on a wall, or nothing."""
    kind, color, step = (
        pick(rng, ["plain", "plain", "stripes", "dots"]),
        mix(wall, pick(rng, CLOTH), 0.16),
        between(rng, 0.07, 0.16),
    )
    for i in range(int(wide / step) + 1):
        if kind == "stripes":
            brush.fill(box(i * step, 0, (i + 0.5) * step, 1), color)
        elif kind == "dots":
            for j in range(int(0.8 / step)):
                brush.oval((i + 0.5 * (j % 2)) * step, j * step, step * 0.17, step * 0.17, color)


def boards(brush, floor, ground, wide, rng):
    """Paint a floor: boards, tiles or a plain carpet, and the skirting above it."""
    brush.fill(box(0, ground, wide, 1), floor)
    brush.fill(box(0, ground - 0.03, wide, ground), lighter(floor, 0.65))
    brush.fill(box(0, ground, wide, ground + 0.012), darker(floor, 0.35))
    kind, line = pick(rng, ["boards", "tiles", "plain"]), darker(floor, 0.2)
    if kind == "plain":
        return
    for t in (0.12, 0.3, 0.55, 0.85):
        y = ground + (1 - ground) * t
        brush.line([(0, y), (wide, y)], line, 0.006, bend=False)
    for i in range(-6, 12):
        x = wide * (i / 6 + 0.03)
        if kind == "tiles":
            brush.line([(wide / 2 + (x - wide / 2) * 0.6, ground), (x, 1)], line, 0.006, bend=False)


def window(brush, x, y, w, rng):
    """Paint a window with a view and perhaps curtains."""
    top, bottom = pick(rng, SKIES)
    h = w * between(rng, 1.0, 1.25)
    frame = pick(rng, [(250, 248, 242), (150, 108, 72)])
    brush.part(box(x, y, x + w, y + h), frame, edge=darker(frame, 0.3), width=0.006, volume=0)
    for i in range(2):
        for j in range(2):
            left, up = x + w * (0.06 + 0.47 * i), y + h * (0.05 + 0.47 * j)
            pane = box(left, up, left + w * 0.41, up + h * 0.43)
            brush.part(
                pane,
                mix(top, bottom, 0.25 + 0.5 * j),
                [(ring(x + w * 0.5, y + h, w * 0.5, h * 0.28), pick(rng, LEAVES))],
                volume=0,
            )
    if chance(rng, 0.6):
        cloth = pick(rng, CLOTH)
        for side in (0, 1):
            edge = x - 0.06 if side == 0 else x + w - 0.04
            curtain = [
                (edge, y - 0.04),
                (edge + 0.1, y - 0.04),
                (edge + 0.09, y + h * 0.5),
                (edge + 0.1, y + h + 0.08),
                (edge, y + h + 0.08),
            ]
            brush.part(curtain, cloth, edge=darker(cloth, 0.35), width=0.005, volume=0.3)


def pictures(brush, wide, rng):
    """Hang up to three framed pictures on a wall."""
    for i in range(int(between(rng, 0, 4))):
        x, y, w, h = (
            wide * (i + between(rng, 0.2, 0.5)) / 3,
            between(rng, 0.06, 0.2),
            between(rng, 0.12, 0.2),
            between(rng, 0.12, 0.22),
        )
        frame, inside = pick(rng, [(84, 62, 50), (206, 166, 90), (60, 60, 64)]), pick(rng, CLOTH)
        brush.part(box(x, y, x + w, y + h), frame, volume=0.2)
        marks = [
            (ring(x + w * 0.5, y + h * 0.9, w * 0.4, h * 0.4), darker(inside, 0.25)),
            (ring(x + w * 0.65, y + h * 0.35, w * 0.1, w * 0.1), (250, 222, 140)),
        ]
        brush.part(box(x + 0.018, y + 0.018, x + w - 0.018, y + h - 0.018), lighter(inside, 0.4), marks, volume=0)


def sofa(brush, x, ground, rng):
    """Paint a sofa against the wall."""
    cloth, half = pick(rng, CLOTH), between(rng, 0.45, 0.65)
    edge, low = darker(cloth, 0.4), ground + 0.16
    back = smooth(
        [
            (x - half, low),
            (x - half, ground - 0.22),
            (x - half + 0.1, ground - 0.29),
            (x + half - 0.1, ground - 0.29),
            (x + half, ground - 0.22),
            (x + half, low),
        ]
    )
    brush.part(back, darker(cloth, 0.08), edge=edge, width=0.008, volume=0.4)
    brush.part(box(x - half, ground - 0.02, x + half, low), cloth, edge=edge, width=0.008, volume=0.3)
    for side in (-1, 1):
        brush.part(ring(x + side * half, ground + 0.02, 0.09, 0.17), cloth, edge=edge, width=0.008, volume=0.4)
    if chance(rng, 0.7):
        pillow(brush, x + between(rng, -0.7, 0.7) * half, ground - 0.08, pick(rng, TOYS), between(rng, -25, 25))


def pillow(brush, x, y, color, angle):
    """Paint a cushion."""
    soft = smooth([(-0.1, -0.1), (0, -0.085), (0.1, -0.1), (0.09, 0), (0.1, 0.1), (0, 0.085), (-0.1, 0.1), (-0.09, 0)])
    brush.moved(x, y, angle=angle).part(soft, color, edge=darker(color, 0.4), width=0.006, volume=0.4)


def shelf(brush, x, ground, rng):
    """Paint a shelf full of books."""
    wood = pick(rng, FLOORS)
    brush.part(
        box(x - 0.22, ground - 0.45, x + 0.22, ground + 0.03),
        darker(wood, 0.3),
        edge=darker(wood, 0.5),
        width=0.008,
        volume=0.2,
    )
    for row in range(3):
        y, left = ground - 0.31 + row * 0.15, x - 0.2
        while left < x + 0.16:
            w, h = between(rng, 0.02, 0.04), between(rng, 0.08, 0.12)
            brush.fill(box(left, y - h, left + w, y), mix(pick(rng, TOYS + CLOTH), (120, 110, 100), 0.3))
            left += w + 0.004
        brush.fill(box(x - 0.22, y, x + 0.22, y + 0.015), wood)


def lamp(brush, x, ground, rng):
    """Paint a standard lamp."""
    shade = pick(rng, [(250, 226, 170), (236, 186, 150), (214, 222, 226)])
    brush.line([(x, ground + 0.04), (x, ground - 0.45)], (90, 78, 70), 0.018, bend=False)
    brush.oval(x, ground + 0.045, 0.08, 0.02, (90, 78, 70))
    cone = np.array(
        [(x - 0.07, ground - 0.6), (x + 0.07, ground - 0.6), (x + 0.13, ground - 0.4), (x - 0.13, ground - 0.4)]
    )
    brush.part(cone, shade, edge=darker(shade, 0.3), width=0.006, volume=0.2)


def plant(brush, x, ground, rng):
    """Paint a plant in a pot."""
    green, pot = pick(rng, LEAVES), pick(rng, [(190, 106, 72), (226, 220, 210), (84, 112, 130)])
    for i in range(9):
        lean = (i - 4) / 4 + between(rng, -0.1, 0.1)
        high = 0.36 - 0.18 * abs(lean)
        leaf = tube(
            [(x, ground - 0.08), (x + lean * 0.12, ground - 0.1 - high * 0.7), (x + lean * 0.26, ground - 0.1 - high)],
            [0.012, 0.065, 0.006],
        )
        brush.part(
            leaf, mix(green, (210, 220, 130), 0.25 * rng.random()), edge=darker(green, 0.35), width=0.005, volume=0.2
        )
    tub = np.array(
        [(x - 0.09, ground - 0.1), (x + 0.09, ground - 0.1), (x + 0.065, ground + 0.06), (x - 0.065, ground + 0.06)]
    )
    brush.part(tub, pot, edge=darker(pot, 0.4), width=0.006, volume=0.4)


def sky(size, rng):
    """Return a sky with clouds, and perhaps a sun."""
    image = gradient(size, *pick(rng, [*SKIES, SKIES[0], SKIES[0]]))
    brush, wide = Brush(image, 0, 0, size[1]), size[0] / size[1]
    if chance(rng, 0.35):
        brush.oval(between(rng, 0.1, wide), between(rng, 0.05, 0.2), 0.07, 0.07, (255, 244, 206))
    for _ in range(int(between(rng, 0, 4))):
        x, y, s = between(rng, 0, wide), between(rng, 0.03, 0.28), between(rng, 0.6, 1.3)
        for dx, dy, r in ((-0.09, 0.01, 0.04), (0, -0.01, 0.06), (0.09, 0.01, 0.045)):
            brush.oval(x + dx * s, y + dy * s, r * 1.5 * s, r * 0.8 * s, (248, 248, 246))
    return image, brush, wide


def garden(size, rng):
    """Paint a garden or a park: hills, trees, a fence, a lawn (or snow, or sand) with tufts and flowers."""
    image, brush, wide = sky(size, rng)
    lawn, ground = pick(rng, LAWNS), between(rng, 0.42, 0.68)
    for i in range(2):
        brush.oval(
            between(rng, 0, wide),
            ground + 0.05,
            between(rng, 0.4, 0.9),
            between(rng, 0.1, 0.24),
            mix(lawn, (150, 176, 196), 0.5 - 0.2 * i),
        )
    for _ in range(int(between(rng, 0, 5))):
        tree(brush, between(rng, 0, wide), ground + 0.03, between(rng, 0.7, 1.3), rng)
    if chance(rng, 0.35):
        pickets(brush, 0, wide, ground - 0.2, ground + 0.04, pick(rng, [(238, 232, 220), (160, 120, 84)]))
    brush.fill(
        smooth(
            [
                (-0.1, ground),
                (wide * 0.3, ground - 0.02),
                (wide * 0.7, ground + 0.015),
                (wide + 0.1, ground - 0.01),
                (wide + 0.1, 1.1),
                (-0.1, 1.1),
            ]
        ),
        lawn,
    )
    for _ in range(26):
        x, y = between(rng, 0, wide), between(rng, ground + 0.04, 1)
        tuft = darker(lawn, 0.14 + 0.1 * rng.random())
        for dx in (-0.012, 0, 0.012):
            brush.line([(x, y), (x + dx, y - 0.03)], tuft, 0.006, bend=False)
        if chance(rng, 0.25):
            brush.oval(x, y - 0.035, 0.013, 0.013, pick(rng, [*TOYS, (250, 250, 250)]))
    return image, ground


def tree(brush, x, ground, size, rng):
    """Paint a round tree or a fir."""
    green, trunk = pick(rng, LEAVES), (112, 84, 62)
    brush.fill(box(x - 0.018 * size, ground - 0.2 * size, x + 0.018 * size, ground), trunk)
    if chance(rng, 0.6):
        crown = [
            (x + dx * size, ground - (0.28 + dy) * size, r * size)
            for dx, dy, r in ((-0.08, 0, 0.1), (0.08, 0, 0.1), (0, 0.09, 0.13))
        ]
        for cx, cy, r in crown:
            brush.part(ring(cx, cy, r, r), green, volume=0.5)
    else:
        for i in range(3):
            top, half = ground - (0.5 - 0.11 * i) * size, (0.09 + 0.03 * i) * size
            brush.part(
                np.array([(x, top), (x + half, top + 0.18 * size), (x - half, top + 0.18 * size)]), green, volume=0.4
            )


def pickets(brush, left, right, top, bottom, color):
    """Paint a fence of pickets."""
    edge = darker(color, 0.35)
    for y in (0.3, 0.72):
        at = top + (bottom - top) * y
        brush.part(box(left, at, right, at + 0.025), color, edge=edge, width=0.004, volume=0)
    x = left + 0.01
    while x < right:
        brush.part(
            np.array([(x, top + 0.03), (x + 0.025, top), (x + 0.05, top + 0.03), (x + 0.05, bottom), (x, bottom)]),
            color,
            edge=edge,
            width=0.004,
            volume=0.2,
        )
        x += 0.085


def street(size, rng):
    """Paint a street: houses with windows and doors, a lamp post, a pavement."""
    image, brush, wide = sky(size, rng)
    ground, paving = between(rng, 0.5, 0.68), pick(rng, [(170, 168, 166), (186, 172, 156), (140, 144, 150)])
    x = -0.1
    while x < wide:
        w, top = between(rng, 0.28, 0.45), between(rng, 0.05, 0.25)
        house(brush, x, x + w, top, ground, rng)
        x += w
    brush.fill(box(0, ground, wide, 1), paving)
    brush.fill(box(0, ground, wide, ground + 0.015), darker(paving, 0.3))
    for t in (0.2, 0.45, 0.75):
        y = ground + (1 - ground) * t
        brush.line([(0, y), (wide, y)], darker(paving, 0.16), 0.006, bend=False)
        for i in range(7):
            at = wide * (i + (0.5 if t == 0.45 else 0)) / 6
            brush.line([(at, y), (at, ground + (1 - ground) * (t + 0.27))], darker(paving, 0.16), 0.006, bend=False)
    if chance(rng, 0.35):
        at = between(rng, 0.1, wide - 0.1)
        brush.line([(at, ground + 0.04), (at, 0.12)], (62, 66, 70), 0.02, bend=False)
        brush.oval(at, 0.1, 0.045, 0.045, (250, 236, 190))
    return image, ground


def house(brush, left, right, top, ground, rng):
    """Paint the front of a house."""
    wall, roof = pick(rng, [*WALLS, *CLOTH]), pick(rng, [(160, 84, 66), (96, 92, 100), (124, 90, 74)])
    brush.part(box(left, top + 0.08, right, ground), wall, edge=darker(wall, 0.3), width=0.005, volume=0)
    brush.part(
        np.array([(left - 0.02, top + 0.1), (left + 0.06, top), (right - 0.06, top), (right + 0.02, top + 0.1)]),
        roof,
        edge=darker(roof, 0.3),
        width=0.005,
        volume=0.2,
    )
    glass = pick(rng, [(150, 184, 204), (250, 226, 150), (92, 112, 128)])
    step = (right - left) / 3
    for i in range(3):
        for y in (top + 0.15, top + 0.31):
            x = left + step * (i + 0.5)
            if y + 0.12 < ground:
                brush.part(box(x - 0.035, y, x + 0.035, y + 0.1), glass, edge=(246, 242, 234), width=0.01, volume=0)
    door, x = pick(rng, TOYS), left + step * (0.5 + int(rng.random() * 3))
    brush.part(
        box(x - 0.045, ground - 0.16, x + 0.045, ground),
        darker(door, 0.2),
        edge=(246, 242, 234),
        width=0.01,
        volume=0.1,
    )


# --- What lies about and what stands before the animal. x is where, y the ground it stands on. ---


def ball(brush, x, y, rng):
    """Paint a ball with a stripe."""
    color, r = pick(rng, TOYS), between(rng, 0.05, 0.09)
    stripe = tube([(x - r, y - r * 1.4), (x, y - r * 0.8), (x + r, y - r * 1.2)], [r * 0.5] * 3)
    brush.part(
        ring(x, y - r, r, r),
        color,
        [(stripe, lighter(color, 0.8))],
        edge=darker(color, 0.5),
        width=0.007,
        volume=0.6,
    )


def bowl(brush, x, y, rng):
    """Paint a bowl with food."""
    color = pick(rng, TOYS)
    brush.oval(x, y - 0.085, 0.085, 0.03, (128, 84, 56))
    cup = np.array(
        [
            (x - 0.09, y - 0.085),
            (x - 0.05, y - 0.07),
            (x + 0.05, y - 0.07),
            (x + 0.09, y - 0.085),
            (x + 0.115, y),
            (x - 0.115, y),
        ]
    )
    brush.part(cup, color, edge=darker(color, 0.5), width=0.007, volume=0.4)


def cushion(brush, x, y, rng):
    """Paint a cushion on the ground."""
    pillow(brush.moved(x, y - 0.07, 1.3), 0, 0, pick(rng, TOYS + CLOTH), between(rng, -30, 30))


def pot(brush, x, y, rng):
    """Paint a plant on the ground."""
    plant(brush.moved(x, y - 0.06, between(rng, 0.7, 1.0)), 0, 0, rng)


def plush(brush, x, y, rng):
    """Paint a soft toy: a bear, a rabbit or a mouse, with a face of its own."""
    color, kind, r = pick(rng, TOYS + CLOTH), pick(rng, ["bear", "rabbit", "mouse"]), between(rng, 0.05, 0.08)
    edge, b = darker(color, 0.5), brush.moved(x, y - 2.4 * r, r, between(rng, -12, 12))
    for side in (-1, 1):
        rx, ry, up = {"bear": (0.36, 0.36, -0.8), "rabbit": (0.26, 0.85, -1.45), "mouse": (0.6, 0.6, -0.9)}[kind]
        b.part(ring(side * 0.7, up, rx, ry, 14 * side), color, edge=edge, width=0.06, volume=0.3)
        b.oval(side * 0.7, up, rx * 0.55, ry * 0.6, (240, 180, 172), 14 * side)
        b.part(ring(side * 0.75, 2.2, 0.45, 0.35), color, edge=edge, width=0.06, volume=0.3)
    b.part(ring(0, 1.5, 0.85, 0.95), color, [(ring(0, 1.6, 0.5, 0.6), lighter(color, 0.6))], edge=edge, width=0.06)
    b.part(ring(0, 0, 1.05, 0.9), color, edge=edge, width=0.06, volume=0.5)
    b.oval(0, 0.35, 0.5, 0.36, lighter(color, 0.65))
    b.oval(0, 0.2, 0.18, 0.13, (50, 38, 40))
    for side in (-1, 1):
        b.oval(side * 0.42, -0.12, 0.14, 0.16, (34, 28, 32))
        b.oval(side * 0.42 - 0.04, -0.17, 0.05, 0.05, (255, 255, 255))


def clutter(image, ground, rng):
    """Put up to three things on the ground."""
    brush, wide = Brush(image, 0, 0, image.height), image.width / image.height
    for _ in range(int(between(rng, 0, 4))):
        pick(rng, [ball, bowl, cushion, pot, plush])(
            brush, between(rng, 0, wide), between(rng, ground + 0.06, 1.0), rng
        )


def foreground(image, rng):
    """Put something before the animal, in half of the pictures: a box, leaves, a fence, grass, a ball."""
    brush, wide = Brush(image, 0, 0, image.height), image.width / image.height
    kind = pick(rng, ["none", "none", "none", "none", "box", "leaves", "leaves", "fence", "grass", "thing"])
    if kind == "box":
        card, top, left = (
            pick(rng, [(196, 152, 104), (176, 130, 86)]),
            between(rng, 0.76, 0.9),
            between(rng, -0.2, wide - 0.3),
        )
        right = left + between(rng, 0.5, 1.0)
        brush.part(box(left, top, right, 1.1), card, edge=darker(card, 0.4), width=0.008, volume=0.2)
        brush.part(
            np.array([(left, top), (right, top), (right + 0.05, top + 0.07), (left - 0.05, top + 0.07)]),
            lighter(card, 0.2),
            edge=darker(card, 0.4),
            width=0.008,
            volume=0,
        )
    elif kind == "leaves":
        spray(brush, pick(rng, [0.0, wide]), between(rng, 0.5, 1.1), rng)
    elif kind == "fence":
        pickets(brush, 0, wide, between(rng, 0.78, 0.9), 1.1, pick(rng, [(238, 232, 220), (160, 120, 84)]))
    elif kind == "grass":
        green = pick(rng, LEAVES)
        for i in range(40):
            x, high = wide * (i + rng.random()) / 40, between(rng, 0.05, 0.17)
            brush.fill(
                tube(
                    [(x, 1.05), (x + 0.01, 1 - high * 0.5), (x + between(rng, -0.04, 0.04), 1 - high)],
                    [0.022, 0.016, 0.002],
                ),
                mix(green, (220, 226, 140), 0.3 * rng.random()),
            )
    elif kind == "thing":
        pick(rng, [ball, cushion, pot, plush])(brush.moved(between(rng, 0, wide), 1.04, 1.6), 0, 0, rng)


def spray(brush, x, y, rng):
    """Paint large leaves that reach into the picture from a side."""
    green, way = pick(rng, LEAVES), 1 if x == 0 else -1
    for i in range(6):
        rise, reach = between(rng, -0.22, 0.15) - 0.03 * i, between(rng, 0.12, 0.28)
        leaf = tube(
            [(x - way * 0.05, y), (x + way * reach * 0.6, y + rise * 0.6), (x + way * reach, y + rise)],
            [0.02, 0.1, 0.006],
        )
        color = mix(green, (210, 220, 130), 0.3 * rng.random())
        brush.part(leaf, color, edge=darker(green, 0.35), width=0.006, volume=0.3)
        brush.line([(x, y), (x + way * reach * 0.6, y + rise * 0.6)], darker(green, 0.25), 0.006, bend=False)


def lit(image, rng):
    """Return the picture under another light: warm or cool, bright or dim, falling off to a side, with dark corners."""
    h, w = image.height, image.width
    tint = np.array(
        pick(rng, [(1, 1, 1), (1, 1, 1), (1.06, 1.0, 0.9), (0.92, 0.98, 1.08), (1.1, 0.94, 0.84), (0.82, 0.88, 1.04)])
    )
    x, y = np.meshgrid(np.linspace(-1, 1, w), np.linspace(-1, 1, h))
    fall = 1 + between(rng, -0.16, 0.16) * x - between(rng, 0, 0.1) * y - between(rng, 0, 0.2) * (x**2 + y**2) / 2
    light = between(rng, 0.74, 1.1) * fall[:, :, None] * tint
    return Image.fromarray(np.clip(np.rint(np.asarray(image, float) * light), 0, 255).astype(np.uint8))


def shadow(image, outline, strength=0.35):
    """Darken the ground under an animal."""
    mask = Image.new("L", image.size)
    Brush(mask, 0, 0, 1).fill(outline, round(255 * strength))
    image.paste((24, 16, 34), (0, 0), mask.filter(ImageFilter.GaussianBlur(image.height / 60)))
