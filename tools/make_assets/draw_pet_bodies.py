"""What cats and dogs look like: coats and moods, which both share, and the anatomy, in which they differ."""

from dataclasses import dataclass

import numpy as np

from tools.make_assets.brush import (
    between,
    brightness,
    chance,
    darker,
    furry,
    lighter,
    mirrored,
    mix,
    pick,
    ring,
    shifted,
    smooth,
    tube,
)

COATS = {
    "orange": (222, 142, 66),
    "ginger": (196, 108, 52),
    "golden": (224, 178, 104),
    "cream": (240, 221, 186),
    "white": (246, 243, 236),
    "silver": (188, 190, 194),
    "grey": (128, 134, 146),
    "apricot": (230, 184, 140),
    "brown": (138, 92, 58),
    "chocolate": (94, 62, 46),
    "black": (58, 54, 60),
    "sand": (206, 170, 130),
}
EYES = [(226, 176, 62), (178, 186, 74), (122, 172, 96), (104, 166, 196), (170, 108, 52), (136, 92, 50)]
NOSES = [(222, 128, 128), (74, 50, 48), (46, 38, 42), (120, 74, 64)]
COLLARS = [(206, 60, 62), (58, 116, 190), (64, 150, 98), (240, 180, 60), (142, 88, 170), (60, 60, 66)]
PATTERNS = ["plain", "plain", "tabby", "patches", "patches", "spots", "points"]
PINK = (238, 168, 164)
TONGUE = (232, 112, 122)


@dataclass
class Look:
    """How one animal looks; all but the species is drawn from the same chances for cats and for dogs."""

    species: str
    rng: object
    base: tuple
    second: tuple
    pattern: str
    bib: bool
    eye: tuple
    nose: tuple
    collar: tuple | None
    mood: str
    turn: float
    fluff: float
    line: float
    edge: tuple

    @property
    def pale(self):
        """The color of muzzle, chest and paws."""
        return lighter(self.second, 0.75) if self.bib else mix(self.base, lighter(self.base, 0.6), 0.6)

    @property
    def tip(self):
        """The color of ears, and of the end of the tail."""
        return darker(self.base, 0.6) if self.pattern == "points" else self.base

    @property
    def ink(self):
        """A color for thin lines that shows on this coat."""
        return (40, 30, 34) if brightness(self.base) > 90 else (18, 14, 18)

    def jitter(self, points, amount=0.025):
        """Return the points, each moved a little: no two animals are built the same."""
        points = np.asarray(points, float)
        return points + np.array([[between(self.rng, -amount, amount) for _ in range(2)] for _ in points])

    def coat(self, x, y, rx, ry, bands=0, upright=True):
        """Return the markings of a part that reaches rx and ry around x, y."""
        if self.pattern == "tabby":
            return self._stripes(x, y, rx, ry, bands or 5, upright)
        count, low, high = {"patches": (3, 0.3, 0.6), "spots": (16, 0.06, 0.13)}.get(self.pattern, (0, 0, 0))
        marks = []
        for _ in range(count):
            size = between(self.rng, low, high) * min(rx, ry) * 1.2
            cx, cy = x + rx * between(self.rng, -0.95, 0.95), y + ry * between(self.rng, -0.9, 0.7)
            blob = ring(cx, cy, size * between(self.rng, 0.8, 1.4), size, between(self.rng, 0, 180), 9)
            marks.append((smooth(self.jitter(blob, size * 0.18), steps=5), self.second))
        return marks

    def _stripes(self, x, y, rx, ry, bands, upright):
        marks = []
        for i in range(bands):
            at = (i + 0.5 + between(self.rng, -0.15, 0.15)) / bands * 2 - 1
            wide = (rx if upright else ry) / bands * between(self.rng, 0.45, 0.7)
            reach, bow = between(self.rng, -0.35, 0.25), between(self.rng, -0.06, 0.14)
            if upright:
                line = [(x + at * rx, y - 1.1 * ry), (x + at * rx + bow, y - 0.4 * ry), (x + at * rx, y + reach * ry)]
            else:
                line = [(x - 1.1 * rx, y + at * ry), (x, y + at * ry + bow), (x + 1.1 * rx, y + at * ry)]
            marks.append((tube(line, [wide, wide, wide * (0.1 if upright else 1)]), self.second))
        return marks


def make_look(species, rng):
    """Draw how an animal looks; the species has no part in it."""
    base = COATS[pick(rng, sorted(COATS))]
    pattern = pick(rng, PATTERNS)
    shade = darker(base, between(rng, 0.3, 0.5)) if brightness(base) > 80 else lighter(base, between(rng, 0.25, 0.4))
    second = pick(rng, [shade, shade, COATS["white"], COATS["black"], COATS["ginger"]])
    if abs(brightness(second) - brightness(base)) < 35 or pattern == "tabby":
        second = shade
    mood = pick(rng, ["open", "open", "open", "open", "open", "open", "happy", "sleepy"])
    return Look(
        species=species,
        rng=rng,
        base=base,
        second=second,
        pattern=pattern,
        bib=chance(rng, 0.4),
        eye=pick(rng, EYES),
        nose=pick(rng, NOSES),
        collar=pick(rng, COLLARS) if chance(rng, 0.45) else None,
        mood=mood,
        turn=between(rng, -0.7, 0.7),
        fluff=between(rng, 0.03, 0.07) if chance(rng, 0.4) else 0.0,
        line=between(rng, 0.022, 0.05),
        edge=darker(base, 0.68) if brightness(base) > 75 else darker(base, 0.82),
    )


def paint(brush, look, outline, color, marks=(), fluff=0.0, volume=0.4):
    """Paint a part of an animal with its fur and its edge."""
    brush.part(furry(outline, fluff, look.rng), color, marks, look.edge, look.line, volume)


# --- Heads. The unit is half a head's width; the origin is the middle of the head. ---


def head(brush, look):
    """Paint a head."""
    (cat_head if look.species == "cat" else dog_head)(brush, look)


def cat_head(brush, look):
    """Paint a cat's head: pointed ears that stand, almond eyes with slits, a short muzzle, whiskers."""
    rng, turn = look.rng, look.turn
    tip_x, tip_y, wide = between(rng, 0.68, 1.04), between(rng, -1.46, -1.06), between(rng, 0.76, 0.98)
    for side in (-1, 1):
        _cat_ear(brush, look, side, tip_x - 0.16 * side * turn, tip_y, wide)
    face = mirrored([(0, -0.8), (0.52, -0.74), (0.9, -0.36), (1.03, 0.12), (0.86, 0.5), (0.46, 0.76), (0, 0.84)])
    marks = look.coat(0, -0.1, 1.0, 0.75, bands=4)
    if look.pattern == "tabby":
        marks = _tabby_face(look)
    if look.pattern == "points":
        marks = [(ring(0.22 * turn, 0.28, 0.55, 0.6), look.tip)]
    if look.bib:
        blaze = [(0, -0.5), (0.13, 0.1), (0.55 - 0.2 * turn, 0.5), (0.5 - 0.2 * turn, 0.9)]
        marks.append((shifted(smooth(mirrored(blaze)), 0.2 * turn, 0), look.pale))
    paint(brush, look, smooth(look.jitter(face)), look.base, marks, look.fluff)
    for side in (-1, 1):
        _cat_eye(brush, look, side)
    _cat_mouth(brush, look)


def _cat_ear(brush, look, side, tip_x, tip_y, wide):
    ear = np.array([(0.14, -0.6), (0.36, -0.98), (tip_x, tip_y), (1.02, -0.62), (wide, -0.1)])
    ear[1] = (ear[0] + ear[2]) / 2 + (-0.06, -0.05)
    ear[3] = (ear[4] + ear[2]) / 2 + (0.07, -0.03)
    outline = np.concatenate([smooth(ear[:3], closed=False), smooth(ear[2:], closed=False)]) * (side, 1)
    paint(brush, look, outline, look.tip, look.coat(side * 0.6, -0.8, 0.4, 0.4, 3, False), volume=0.25)
    middle = shifted(outline.mean(axis=0), 0, 0.1)
    brush.fill((outline - middle) * 0.6 + middle, mix(PINK, look.base, 0.35 if look.bib else 0.2))


def _tabby_face(look):
    marks = []
    for x in (-0.3, 0.0, 0.3):
        marks.append((tube([(x * 1.3, -0.95), (x, -0.62), (x * 0.8, -0.38)], [0.13, 0.12, 0.02]), look.second))
    for side in (-1, 1):
        for y in (0.1, 0.34):
            line = [(side * 1.15, y - 0.08), (side * 0.86, y), (side * 0.66, y + 0.02)]
            marks.append((tube(line, [0.13, 0.1, 0.02]), look.second))
    return marks


def almond(x, y, rx, up, down, tilt):
    """Return the outline of an almond-shaped eye; a positive tilt lifts its right end."""
    u = np.linspace(-1, 1, 15)
    lid = np.concatenate([np.stack([u, -up * (1 - u**2) ** 0.8], 1), np.stack([-u, down * (1 - u**2) ** 0.9], 1)])
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return (lid * rx) @ turn + (x, y)


def _cat_eye(brush, look, side):
    turn, rng = look.turn, look.rng
    x, y, rx = side * 0.42 + 0.2 * turn, -0.06, 0.245 * (1 + 0.14 * side * turn)
    if look.mood == "happy":
        brush.line([(x - 0.2, y + 0.04), (x, y - 0.13), (x + 0.2, y + 0.04)], look.ink, 0.065)
        return
    up, tilt = (0.45, 0.06) if look.mood == "sleepy" else (0.88, 0.22)
    brush.fill(almond(x, y, rx * 1.16, up * 1.02, 0.86, tilt * side), look.ink)
    brush.fill(almond(x, y, rx, up, 0.72, tilt * side), look.eye)
    gaze = 0.05 * turn
    brush.oval(x + gaze, y - 0.01, between(rng, 0.035, 0.07), rx * (0.5 + 0.3 * up), (16, 14, 18))
    brush.oval(x + gaze - 0.08, y - 0.08, 0.055, 0.055, (255, 255, 255))
    brush.oval(x + gaze + 0.07, y + 0.07, 0.028, 0.028, (255, 255, 255))


def _cat_mouth(brush, look):
    rng, x, ink = look.rng, 0.26 * look.turn, look.ink
    pale = look.pale if look.pattern != "points" else lighter(look.tip, 0.2)
    if chance(rng, 0.3):
        brush.part(ring(x, 0.62, 0.1, 0.13), TONGUE, edge=darker(TONGUE, 0.4), width=0.02, volume=0.2)
    for side in (-1, 1):
        brush.part(ring(x + side * 0.17, 0.44, 0.21, 0.165), pale, volume=0.3)
    brush.fill(smooth([(x - 0.14, 0.22), (x, 0.2), (x + 0.14, 0.22), (x, 0.36)], steps=6), look.nose)
    brush.line([(x, 0.34), (x, 0.44)], ink, 0.035)
    for side in (-1, 1):
        brush.line([(x, 0.44), (x + side * 0.1, 0.54), (x + side * 0.25, 0.5)], ink, 0.038)
    hair = (250, 248, 240) if brightness(look.base) < 150 else (84, 74, 72)
    for side in (-1, 1):
        for drop in (-0.16, 0.0, 0.16):
            start, end = (x + side * 0.26, 0.44 + drop * 0.35), (x * 0.6 + side * 1.3, 0.36 + drop * 1.6)
            brush.line([start, ((start[0] + end[0]) / 2, start[1] + drop * 0.3 - 0.05), end], hair, 0.03)


def dog_head(brush, look):
    """Paint a dog's head: ears that hang or fold, round eyes, a long muzzle with a big nose, often the tongue."""
    rng, turn = look.rng, look.turn
    kind = pick(rng, ["hang", "hang", "drop", "fold"])
    wide = between(rng, 0.0, 0.1)
    face = mirrored(
        [(0, -0.9), (0.5, -0.83), (0.8 + wide, -0.42), (0.82 + wide, 0.1), (0.66, 0.5), (0.36, 0.74), (0, 0.8)]
    )
    marks = look.coat(0, -0.15, 0.85, 0.75, bands=4)
    if look.pattern == "tabby":
        marks = _tabby_face(look)
    if look.bib:
        blaze = smooth(mirrored([(0, -0.95), (0.12, -0.6), (0.12, -0.1), (0.5, 0.3), (0.5, 0.9)]))
        marks.append((shifted(blaze, 0.25 * turn, 0), look.pale))
    paint(brush, look, smooth(look.jitter(face)), look.base, marks, look.fluff)
    long = between(rng, 0.35, 1.0)
    for side in (-1, 1):
        _dog_ear(brush, look, side, kind, long)
    for side in (-1, 1):
        _dog_eye(brush, look, side)
    _dog_muzzle(brush, look)


def _dog_ear(brush, look, side, kind, long):
    shift = -0.08 * look.turn
    if kind == "fold":
        base = np.array([(0.2, -0.72), (0.42, -1.04), (0.8, -1.04), (0.86, -0.34)])
        flap = [(0.34, -1.06), (0.82, -1.14), (1.2, -0.5 + 0.2 * long), (1.06, -0.22 + 0.3 * long), (0.62, -0.62)]
        paint(brush, look, smooth(base * (side, 1) + (shift, 0)), look.tip)
    else:
        end = 0.1 + long if kind == "hang" else -0.05 + 0.4 * long
        flap = [
            (0.42, -0.8),
            (0.82, -0.86),
            (1.12, -0.4),
            (1.24, end - 0.35),
            (1.08, end),
            (0.84, end - 0.2),
            (0.74, -0.28),
        ]
    flap = smooth(np.array(look.jitter(flap, 0.02)) * (side, 1) + (shift, 0))
    color = darker(look.tip, 0.16) if look.pattern != "points" else look.tip
    paint(
        brush,
        look,
        flap,
        color,
        look.coat(side, 0, 0.3, 0.6, 4, False) if look.pattern == "patches" else (),
        look.fluff,
    )


def _dog_eye(brush, look, side):
    turn = look.turn
    x, y, r = side * 0.36 + 0.22 * turn, -0.2, 0.2 * (1 + 0.12 * side * turn)
    brow = lighter(look.base, 0.3) if brightness(look.base) < 110 else darker(look.base, 0.25)
    brush.oval(x, y - 0.36, 0.12, 0.05, brow, 18 * side)
    if look.mood == "happy":
        brush.line([(x - 0.16, y + 0.05), (x, y - 0.1), (x + 0.16, y + 0.05)], look.ink, 0.065)
        return
    brush.oval(x, y, r * 1.18, r * 1.18, look.ink)
    brush.oval(x, y, r * 1.02, r * 1.02, look.eye)
    brush.oval(x + 0.03 * turn, y + 0.01, r * 0.68, r * 0.68, (16, 14, 18))
    brush.oval(x - 0.06, y - 0.06, 0.058, 0.058, (255, 255, 255))
    brush.oval(x + 0.06, y + 0.06, 0.028, 0.028, (255, 255, 255))
    if look.mood == "sleepy":
        lid = ring(x, y, r * 1.22, r * 1.22)
        brush.fill(lid[lid[:, 1] < y - 0.03], darker(look.base, 0.12))


def _dog_muzzle(brush, look):
    rng, ink, x = look.rng, look.ink, 0.4 * look.turn
    pale = look.pale if look.pattern != "points" else look.tip
    jaw, open_mouth = between(rng, 0.0, 0.1), chance(rng, 0.55)
    root, top = 0.22 * look.turn, 0.0
    if open_mouth:
        brush.part(ring(x * 0.95, 0.84, 0.32, 0.22), (112, 44, 50), edge=look.edge, width=look.line, volume=0)
        tongue = smooth(mirrored([(0, 0.74), (0.17, 0.8), (0.19, 1.08), (0, 1.2 + jaw)]))
        brush.part(shifted(tongue, x * 0.95, 0), TONGUE, edge=darker(TONGUE, 0.4), width=0.025, volume=0.3)
        brush.line([(x * 0.95, 0.85), (x * 0.95, 1.05)], darker(TONGUE, 0.25), 0.03)
    snout = np.array([(root, top - 0.06), (0.24, 0.06), (0.5, 0.46), (0.44, 0.78 + jaw), (0.12, 0.86), (-0.12, 0.86)])
    snout = np.concatenate([snout, [(-0.44, 0.78 + jaw), (-0.5, 0.46), (-0.24, 0.06)]])
    snout[1:, 0] += x  # the root stays between the eyes
    paint(brush, look, smooth(snout), pale, volume=0.55)
    brush.oval(x, 0.24, 0.24, 0.165, darker(look.nose, 0.55))
    brush.oval(x, 0.225, 0.22, 0.145, look.nose)
    brush.oval(x - 0.06, 0.17, 0.075, 0.035, lighter(look.nose, 0.6))
    brush.line([(x, 0.38), (x, 0.6)], ink, 0.04)
    for side in (-1, 1):
        brush.line([(x, 0.6), (x + side * 0.17, 0.72), (x + side * 0.4, 0.6)], ink, 0.042)
        for dx, dy in ((0.2, 0.45), (0.3, 0.53), (0.26, 0.38)):
            brush.oval(x + side * dx, dy, 0.022, 0.022, darker(pale, 0.45))


# --- Bodies. The unit is the same; the origin is the middle of the head, or of the trunk where the animal is seen
# from the side. ---


def tail(brush, look, line, dog):
    """Paint a tail: a cat's is long and even, a dog's thick at its root."""
    fluff = 1 + 6 * look.fluff
    widths = [0.3 * fluff, 0.26 * fluff, 0.1] if dog else [0.17, 0.18 * fluff, 0.17]
    marks, path = [], smooth(line, closed=False)
    if look.pattern == "tabby":
        rings = [path[int(len(path) * t)] for t in (0.25, 0.45, 0.65, 0.85)]
        marks = [(ring(x, y, 0.22, 0.07, 20), look.second) for x, y in rings]
    if look.pattern == "points" or look.bib:
        marks.append((ring(*path[-1], 0.36, 0.36), look.tip if look.pattern == "points" else look.pale))
    paint(brush, look, tube(line, widths), look.base, marks, look.fluff)


def leg(brush, look, x, top, bottom, width, far=False, foot=1):
    """Paint a leg and its paw; legs on the far side lie in shade."""
    base = darker(look.base, 0.2) if far else look.base
    sock = look.pale if look.bib else look.tip if look.pattern == "points" else base
    sock = darker(sock, 0.2) if far else sock
    marks = look.coat(x, (top + bottom) / 2, width, (bottom - top) / 2, 5, False) if look.pattern == "tabby" else []
    marks = [*marks, (ring(x, bottom, width, width * 1.1), sock)]
    paint(brush, look, tube([(x, top), (x, bottom - width / 3)], [width * 1.25, width]), base, marks, volume=0.35)
    px = x + foot * width * 0.22
    paint(brush, look, ring(px, bottom - 0.02, width * 0.74, width * 0.46), sock, volume=0.35)
    for d in (-0.22, 0.12):
        brush.line([(px + d * width, bottom), (px + d * width, bottom + width * 0.34)], look.edge, look.line * 0.8)


def collar(brush, look, x, y, rx, ry, angle=0.0):
    """Paint a collar with a round tag, if the animal wears one."""
    if not look.collar:
        return
    t = np.linspace(0.12, 0.88, 15) * np.pi
    band = np.stack([x + rx * np.cos(t), y + ry * np.sin(t)], axis=1)
    brush.line(band, darker(look.collar, 0.35), 0.2, bend=False)
    brush.line(band, look.collar, 0.14, bend=False)
    brush.oval(x, y + ry + 0.12, 0.13, 0.13, (150, 110, 40))
    brush.oval(x, y + ry + 0.11, 0.1, 0.1, (248, 206, 98))


def face(brush, look):
    """Paint a portrait: the head, and shoulders that leave the picture below."""
    wide = 1.0 if look.species == "cat" else 1.08
    chest = mirrored([(0, 0.3), (0.6 * wide, 0.5), (0.95 * wide, 1.2), (1.2 * wide, 2.2), (1.2, 3.6), (0, 3.7)])
    paint(brush, look, smooth(chest), look.base, look.coat(0, 1.6, 1.2, 1.0, 5), look.fluff)
    if look.bib:
        brush.part(smooth(mirrored([(0, 0.5), (0.42, 0.9), (0.5, 1.8), (0, 2.6)])), look.pale, volume=0.2)
    collar(brush, look, 0, 0.62, 0.82, 0.42)
    head(brush, look)


def sitting(brush, look):
    """Paint an animal that sits and looks at us."""
    dog = look.species == "dog"
    foot, hip, shoulder = (2.75, 0.98, 0.72) if dog else (2.5, 0.95, 0.52)
    side = pick(look.rng, [-1, 1])
    if dog:
        line = [(0.5, foot - 0.35), (1.25, foot - 0.45), (1.55, foot - 1.0 - 0.3 * look.rng.random())]
    else:
        end = between(look.rng, -0.4, 0.3)
        line = [
            (0.6, foot - 0.2),
            (1.4, foot - 0.2),
            (1.65, foot - 0.9),
            (1.4 + end, foot - 1.35),
            (1.5 + end, foot - 1.8),
        ]
    tail(brush, look, [(x * side, y) for x, y in line], dog)
    trunk = mirrored(
        [
            (0, 0.3),
            (shoulder, 0.55),
            (shoulder + 0.1, 1.2),
            (hip, foot - 0.7),
            (hip + 0.05, foot - 0.25),
            (0.7, foot),
            (0, foot),
        ]
    )
    paint(brush, look, smooth(look.jitter(trunk)), look.base, look.coat(0, 1.5, hip, 1.2, 6, False), look.fluff)
    if look.bib:
        brush.part(smooth(mirrored([(0, 0.4), (0.36, 0.8), (0.32, 1.5), (0, 1.9)])), look.pale, volume=0.2)
    for s in (-1, 1):
        paint(
            brush,
            look,
            ring(s * (hip - 0.22), foot - 0.42, 0.36, 0.44),
            look.base,
            look.coat(s * 0.75, foot - 0.4, 0.36, 0.4, 3, False),
        )
        paint(brush, look, ring(s * (hip - 0.12), foot - 0.02, 0.3, 0.14), look.pale if look.bib else look.tip)
    apart, wide = (0.36, 0.4) if dog else (0.24, 0.32)
    for s in (-1, 1):
        leg(brush, look, s * apart, 1.15, foot, wide, foot=0)
    collar(brush, look, 0, 0.6, 0.62 if dog else 0.52, 0.32)
    head(brush.moved(0, 0, angle=between(look.rng, -10, 10)), look)


def standing(brush, look):
    """Paint an animal that stands sideways and turns its head to us."""
    dog, rng = look.species == "dog", look.rng
    if dog:
        back = [
            (-1.3, -0.12),
            (-0.9, -0.4),
            (0, -0.34),
            (0.75, -0.5),
            (1.2, -0.3),
            (1.32, 0.25),
            (0.95, 0.78),
            (0.2, 0.62),
            (-0.65, 0.3),
            (-1.2, 0.5),
        ]
        legs, wide, foot, spot = (-1.02, -0.62, 0.72, 1.06), 0.3, 1.75, (1.4, -0.95)
        line = [(-1.15, -0.15), (-1.6, -0.6), pick(rng, [(-1.75, -1.25), (-1.35, -1.15), (-2.05, -0.75)])]
    else:
        back = [
            (-1.5, 0.0),
            (-1.1, -0.34),
            (0, -0.26),
            (0.9, -0.34),
            (1.32, -0.05),
            (1.3, 0.4),
            (1.0, 0.6),
            (0, 0.56),
            (-1.0, 0.5),
            (-1.5, 0.4),
        ]
        legs, wide, foot, spot = (-1.26, -0.92, 0.78, 1.1), 0.25, 1.5, (1.45, -0.62)
        line = [(-1.4, 0.0), (-2.0, -0.3), (-2.1, -1.0), pick(rng, [(-1.75, -1.55), (-2.4, -1.5), (-2.1, -1.75)])]
    tail(brush, look, line, dog)
    step = between(rng, -0.12, 0.12)
    for i in (0, 3):
        leg(brush, look, legs[i] + step, 0.3, foot - 0.06, wide, far=True)
    paint(brush, look, smooth(look.jitter(back)), look.base, look.coat(0, 0.1, 1.4, 0.6, 8), look.fluff)
    if look.bib:
        brush.part(smooth([(-0.7, 0.5), (0.4, 0.45), (1.1, 0.3), (1.0, 0.62), (0.2, 0.6)]), look.pale, volume=0.2)
    for i in (1, 2):
        leg(brush, look, legs[i] - step, 0.25, foot, wide)
        reach = 0.42 if i == 1 else 0.3
        thigh = smooth([(-reach, -0.1), (0, -0.3), (reach, 0), (wide * 0.55, 0.72), (-wide * 0.55, 0.72)])
        thigh = shifted(thigh, legs[i] - step, 0.22)
        brush.part(thigh, look.base, look.coat(legs[i] - step, 0.4, reach, 0.5, 3), volume=0.3)
    if dog:
        paint(brush, look, smooth([(0.5, -0.4), (1.1, -1.1), (1.7, -0.7), (1.35, 0.1)]), look.base, volume=0.3)
    collar(brush, look, spot[0] - 0.12, spot[1] + 0.4, 0.5, 0.34)
    head(brush.moved(*spot, scale=0.82, angle=between(rng, -10, 10)), look)


def lying(brush, look):
    """Paint an animal that lies sideways, its paws in front."""
    dog, rng = look.species == "dog", look.rng
    if dog:
        trunk = [
            (-1.7, 0.25),
            (-1.3, -0.4),
            (-0.3, -0.38),
            (0.7, -0.5),
            (1.25, -0.1),
            (1.25, 0.6),
            (0, 0.78),
            (-1.5, 0.78),
        ]
        line, spot, paws = [(-1.4, 0.5), (-1.95, 0.55), (-2.35, between(rng, 0.0, 0.6))], (1.2, -0.75), 2.2
    else:
        trunk = [
            (-1.55, 0.3),
            (-1.2, -0.4),
            (-0.3, -0.7),
            (0.6, -0.55),
            (1.2, -0.1),
            (1.25, 0.6),
            (0, 0.78),
            (-1.3, 0.78),
        ]
        line, spot, paws = [(-1.4, 0.45), (-1.9, 0.5), (-1.75, 0.85), (-0.9, 0.84), (-0.2, 0.8)], (1.15, -0.6), 1.75
    if dog:
        tail(brush, look, line, dog)
    for y, far in ((0.56, True), (0.68, False)):
        arm = tube([(0.7, y - 0.05), (paws - (0.16 if far else 0), y)], [0.42, 0.3])
        color = look.pale if look.bib else look.tip if look.pattern == "points" else look.base
        paint(brush, look, arm, darker(color, 0.18) if far else color)
    paint(brush, look, smooth(look.jitter(trunk)), look.base, look.coat(0, 0.1, 1.4, 0.7, 8), look.fluff)
    paint(
        brush,
        look,
        smooth(look.jitter(ring(-0.95, 0.34, 0.62, 0.48, count=10))),
        look.base,
        look.coat(-0.95, 0.34, 0.6, 0.46, 4),
    )
    paint(brush, look, ring(-0.55, 0.72, 0.42, 0.14), look.pale if look.bib else look.base)
    if not dog:
        tail(brush, look, line, dog)
    collar(brush, look, spot[0] - 0.05, spot[1] + 0.45, 0.55, 0.34)
    head(brush.moved(*spot, scale=0.88, angle=between(rng, -12, 12)), look)


# What each pose fills: left, top, right, bottom. Then where the head is: x, y, half its width.
BOXES = {
    "face": {"cat": (-1.2, -1.3, 1.2, 1.5), "dog": (-1.2, -1.2, 1.2, 1.6)},
    "sitting": {"cat": (-1.5, -1.25, 1.5, 2.65), "dog": (-1.5, -1.0, 1.5, 2.9)},
    "standing": {"cat": (-2.1, -1.7, 2.4, 1.6), "dog": (-2.0, -1.9, 2.5, 1.85)},
    "lying": {"cat": (-2.0, -1.7, 2.2, 0.95), "dog": (-2.2, -1.7, 2.3, 0.95)},
}
HEADS = {"face": (0, 0, 1.0), "sitting": (0, 0, 1.0), "standing": (1.42, -0.8, 0.82), "lying": (1.18, -0.68, 0.88)}
POSES = {"face": face, "sitting": sitting, "standing": standing, "lying": lying}
