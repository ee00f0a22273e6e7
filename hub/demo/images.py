"""Draws the pictures and logos of the demo: flat shapes, few colours, no fonts and no downloads.

Everything is drawn at three times its size and reduced, so that edges are smooth. The same call
gives the same bytes.
"""

import math
from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540
LOGO = 240
SCALE = 3
COLOURS = 64

SKY, CLOUD, SUN = "#dcecf2", "#f4fafc", "#f2c14e"
RIVER, RIVER_LIGHT = "#4a90a8", "#7fb7c9"
HILL, HILL_DARK, LEAF = "#8fbd95", "#5c9470", "#1f6b4f"
PAPER, INK, WOOD, WOOD_DARK = "#faf6ee", "#24424f", "#c98f5a", "#a06b3c"
TEAL, PLUM, BRICK, GOLD, SKIN, SKIN_DARK = (
    "#0b5d7a", "#7a2e63", "#b0431e", "#e8b04a", "#e3b48c", "#8a5a3c",
)  # fmt: skip

Points = Sequence[tuple[float, float]]


class Pen:
    """Draws in picture coordinates on a larger canvas."""

    def __init__(self, width: int, height: int, ground: str | None) -> None:
        mode, colour = ("RGB", ground) if ground else ("RGBA", (0, 0, 0, 0))
        self.size = (width, height)
        self.image = Image.new(mode, (width * SCALE, height * SCALE), colour)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0) -> None:
        corners = [x * SCALE, y * SCALE, (x + w) * SCALE - 1, (y + h) * SCALE - 1]
        self.draw.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def disc(self, x: float, y: float, rx: float, fill: str, ry: float | None = None) -> None:
        ry = rx if ry is None else ry
        corners = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.draw.ellipse(corners, fill=fill)

    def shape(self, points: Points, fill: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: Points, fill: str, width: float) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, fill)

    def arc(self, x: float, y: float, r: float, start: float, end: float, fill: str, width: float):
        corners = [(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE]
        self.draw.arc(corners, start, end, fill=fill, width=round(width * SCALE))

    def wave(self, y: float, height: float, length: float, shift: float, fill: str) -> None:
        """Fill everything below a wavy line."""
        top = [
            (x, y + height * math.sin((x + shift) * math.tau / length))
            for x in range(0, self.size[0] + 8, 8)
        ]
        self.shape([*top, (self.size[0], self.size[1]), (0, self.size[1])], fill)

    def png(self) -> bytes:
        small = self.image.resize(self.size, Image.Resampling.LANCZOS)
        if small.mode == "RGB":
            small = small.quantize(
                COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
        buffer = BytesIO()
        small.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _sky(pen: Pen) -> None:
    pen.disc(770, 110, 52, SUN)
    for x, y, size in ((180, 90, 1.0), (520, 60, 0.7)):
        for dx, dy, r in ((0, 0, 34), (42, -14, 40), (86, 0, 32)):
            pen.disc(x + dx * size, y + dy * size, r * size, CLOUD)
        pen.box(x - 34 * size, y, 152 * size, 34 * size, CLOUD, 17 * size)


def _house(pen: Pen, x: float, y: float, w: float, h: float, wall: str, roof: str) -> None:
    pen.box(x, y, w, h, wall)
    pen.shape([(x - 8, y), (x + w / 2, y - w * 0.45), (x + w + 8, y)], roof)
    pen.box(x + w * 0.18, y + h * 0.2, w * 0.24, h * 0.26, PAPER, 2)
    pen.box(x + w * 0.58, y + h * 0.2, w * 0.24, h * 0.26, PAPER, 2)
    pen.box(x + w * 0.38, y + h * 0.58, w * 0.24, h * 0.42, INK, 2)


def _tree(pen: Pen, x: float, y: float, r: float) -> None:
    pen.box(x - 4, y, 8, r * 1.2, WOOD_DARK)
    pen.disc(x, y - r * 0.4, r, LEAF, r * 1.15)


def _person(pen: Pen, x: float, y: float, coat: str, skin: str, hair: str) -> None:
    pen.box(x - 58, y + 52, 116, 170, coat, 52)
    pen.disc(x, y, 46, skin)
    pen.draw.pieslice(
        [(x - 49) * SCALE, (y - 52) * SCALE, (x + 49) * SCALE, (y + 42) * SCALE],
        180,
        360,
        fill=hair,
    )


def bridge(pen: Pen) -> None:
    _sky(pen)
    pen.wave(250, 30, 640, 60, HILL)
    pen.wave(276, 20, 480, 220, HILL_DARK)
    pen.box(0, 392, WIDTH, 148, RIVER)
    pen.box(0, 300, WIDTH, 34, "#d8c9b0")
    pen.box(0, 326, WIDTH, 96, "#c4b397")
    for x in (170, 480, 790):
        pen.disc(x, 424, 118, RIVER, 86)
    pen.box(0, 424, WIDTH, 116, RIVER)
    for x in range(12, WIDTH, 48):
        pen.box(x, 288, 26, 14, "#d8c9b0", 3)
    for x, y, w in ((90, 462, 120), (380, 478, 160), (660, 456, 110), (760, 506, 140)):
        pen.box(x, y, w, 6, RIVER_LIGHT, 3)


def valley(pen: Pen) -> None:
    _sky(pen)
    pen.wave(250, 34, 700, 90, "#b3d3b0")
    pen.wave(292, 26, 520, 300, HILL)
    for number, (x, wall, roof) in enumerate(
        ((250, PAPER, BRICK), (318, "#f0dcc0", TEAL), (386, PAPER, PLUM), (454, "#f0dcc0", BRICK))
    ):
        _house(pen, x, 262 - 10 * (number % 2), 56, 62, wall, roof)
    pen.box(530, 206, 30, 120, PAPER)
    pen.shape([(524, 206), (545, 160), (566, 206)], INK)
    pen.wave(340, 14, 620, 40, HILL_DARK)
    left = [(590 - 180 * t + 70 * math.sin(5 * t), 330 + 210 * t) for t in _steps()]
    right = [(640 + 60 * t + 70 * math.sin(5 * t), 330 + 210 * t) for t in _steps()]
    pen.shape([*left, *reversed(right)], RIVER)
    for x, y, r in ((90, 380, 30), (150, 410, 36), (770, 372, 30), (850, 404, 40), (900, 360, 26)):
        _tree(pen, x, y, r)


def _steps() -> list[float]:
    return [number / 40 for number in range(41)]


def keys(pen: Pen) -> None:
    pen.box(0, 330, WIDTH, 210, WOOD)
    for y in (390, 458):
        pen.box(0, y, WIDTH, 4, WOOD_DARK)
    pen.disc(350, 230, 92, GOLD)
    pen.disc(350, 230, 56, "#f3e7d3")
    for angle, length, colour in ((20, 330, TEAL), (52, 250, BRICK)):
        ax, ay = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        start, end = (350 + 86 * ax, 230 + 86 * ay), (350 + length * ax, 230 + length * ay)
        pen.line([start, end], colour, 24)
        for back in (0, 44):
            x, y = end[0] - back * ax, end[1] - back * ay
            pen.line([(x, y), (x - 34 * ay, y + 34 * ax)], colour, 18)
    pen.line([(640, 470), (730, 410)], INK, 12)
    pen.line([(730, 410), (840, 336)], BRICK, 34)


def radiator(pen: Pen) -> None:
    pen.box(300, 40, 360, 210, INK, 8)
    for x, y, w, h in ((314, 54, 160, 182), (486, 54, 160, 182)):
        pen.box(x, y, w, h, "#b9d3e0")
    for x, y in ((340, 90), (392, 150), (440, 80), (520, 120), (566, 190), (610, 84), (360, 206)):
        pen.disc(x, y, 7, CLOUD)
    pen.box(280, 250, 400, 18, PAPER, 4)
    for x in range(300, 640, 44):
        pen.box(x, 290, 34, 170, "#f7efe2", 14)
    pen.box(290, 306, 370, 14, "#e2d3bb", 6)
    pen.box(290, 430, 370, 14, "#e2d3bb", 6)
    pen.box(0, 470, WIDTH, 70, WOOD)
    pen.disc(740, 452, 96, INK, 48)
    pen.disc(668, 428, 40, INK)
    pen.shape([(636, 410), (642, 368), (668, 396)], INK)
    pen.shape([(672, 394), (698, 370), (702, 412)], INK)
    pen.arc(800, 446, 60, 300, 100, INK, 20)
    pen.arc(656, 430, 9, 20, 160, PAPER, 3)
    pen.arc(684, 430, 9, 20, 160, PAPER, 3)
    for x in (360, 470, 580):
        pen.arc(x, 284, 16, 200, 340, BRICK, 4)


def basket(pen: Pen) -> None:
    pen.box(0, 410, WIDTH, 130, WOOD)
    pen.arc(480, 300, 190, 180, 360, WOOD_DARK, 20)
    pen.disc(400, 270, 62, "#d9a05b", 104)
    for y in (220, 256, 292):
        pen.line([(372, y + 10), (428, y - 14)], WOOD_DARK, 6)
    for x, y, colour in ((500, 274, BRICK), (590, 290, "#d5552b"), (548, 236, LEAF)):
        pen.disc(x, y, 50, colour)
        pen.line([(x, y - 44), (x + 8, y - 62)], WOOD_DARK, 6)
    for x in (630, 662):
        pen.shape([(x - 16, 200), (x + 18, 200), (x + 2, 330)], "#e07b2e")
        for dx in (-14, 0, 14):
            pen.line([(x, 200), (x + dx, 160)], LEAF, 8)
    pen.shape([(290, 310), (670, 310), (630, 470), (330, 470)], "#b57a45")
    for y in (340, 376, 412, 446):
        inset = (y - 310) * 0.25
        pen.box(296 + inset, y, 368 - 2 * inset, 10, WOOD, 4)
    pen.box(280, 300, 400, 24, WOOD_DARK, 10)


def bus(pen: Pen) -> None:
    _sky(pen)
    pen.wave(286, 20, 600, 120, HILL)
    pen.box(0, 330, WIDTH, 60, RIVER)
    for x, y, w in ((60, 350, 90), (820, 346, 100), (30, 372, 60)):
        pen.box(x, y, w, 5, RIVER_LIGHT, 2)
    pen.box(0, 390, WIDTH, 150, "#6d7d84")
    for x in range(20, WIDTH, 120):
        pen.box(x, 476, 60, 8, PAPER)
    pen.box(170, 180, 600, 240, PLUM, 28)
    pen.box(170, 330, 600, 18, GOLD)
    for x in (200, 300, 400, 500):
        pen.box(x, 212, 84, 86, "#cfe6ee", 8)
    pen.box(610, 212, 64, 196, "#cfe6ee", 8)
    pen.box(640, 212, 4, 196, PLUM)
    pen.box(694, 212, 76, 100, "#cfe6ee", 8)
    pen.box(752, 372, 18, 22, SUN, 4)
    for x, colour in ((242, SKIN_DARK), (342, SKIN), (540, SKIN_DARK)):
        pen.disc(x, 262, 20, colour)
        pen.box(x - 24, 280, 48, 18, TEAL, 8)
    for x in (290, 660):
        pen.disc(x, 420, 46, INK)
        pen.disc(x, 420, 20, "#c8d0d3")


def letter(pen: Pen) -> None:
    pen.box(0, 440, WIDTH, 100, WOOD)
    pen.shape([(300, 70), (640, 46), (676, 470), (336, 494)], "#cbbfa8")
    pen.shape([(288, 60), (628, 36), (664, 460), (324, 484)], "#ffffff")
    for number, share in enumerate((0.5, 0.0, 0.86, 0.9, 0.72, 0.0, 0.88, 0.6)):
        if not share:
            continue
        x, y = 330 + 3.2 * number, 112 + 42 * number
        pen.line([(x, y), (x + 290 * share, y - 20 * share)], "#9fb0b8", 9)
    pen.shape([(324, 200), (622, 178), (626, 220), (328, 242)], "#f7d774")
    pen.line([(342, 222), (604, 202)], INK, 9)
    pen.line([(720, 420), (840, 250)], TEAL, 26)
    pen.shape([(708, 412), (732, 430), (700, 452)], "#f3d3a4")
    pen.disc(166, 400, 70, BRICK)
    pen.disc(166, 400, 52, PAPER)
    pen.disc(166, 400, 44, "#6b3f22")


def talk(pen: Pen) -> None:
    pen.box(90, 70, 250, 110, "#ffffff", 40)
    pen.shape([(210, 176), (250, 176), (236, 212)], "#ffffff")
    pen.box(600, 60, 270, 110, "#ffffff", 40)
    pen.shape([(700, 166), (740, 166), (716, 206)], "#ffffff")
    for x in (160, 214, 268):
        pen.disc(x, 125, 12, TEAL)
    for number, width in enumerate((190, 140)):
        pen.box(640, 94 + 28 * number, width, 12, PLUM, 6)
    _person(pen, 240, 262, LEAF, SKIN_DARK, "#2b1d16")
    _person(pen, 420, 276, GOLD, SKIN, "#5a3a22")
    _person(pen, 730, 262, TEAL, SKIN, "#3a3a44")
    pen.box(60, 440, 840, 100, WOOD, 10)
    pen.box(60, 440, 840, 18, WOOD_DARK, 8)
    pen.shape([(480, 420), (600, 420), (620, 442), (470, 442)], "#ffffff")


def market(pen: Pen) -> None:
    _sky(pen)
    for x, wall, roof in (
        (20, "#e8c9a6", BRICK),
        (170, PAPER, TEAL),
        (650, PAPER, PLUM),
        (800, "#e8c9a6", BRICK),
    ):
        _house(pen, x, 180, 130, 190, wall, roof)
    pen.box(330, 150, 300, 220, "#c4704a")
    pen.shape([(310, 150), (480, 76), (650, 150)], "#8d3a1d")
    pen.disc(480, 126, 22, PAPER)
    for x in (360, 450, 540):
        pen.box(x, 210, 60, 160, "#5e2a17", 28)
    pen.box(0, 370, WIDTH, 170, "#d9cbb3")
    for x, colour in ((90, TEAL), (380, LEAF), (670, PLUM)):
        pen.box(x + 6, 400, 8, 110, WOOD_DARK)
        pen.box(x + 206, 400, 8, 110, WOOD_DARK)
        for stripe in range(8):
            pen.shape(
                [
                    (x + 27.5 * stripe, 350), (x + 27.5 * (stripe + 1), 350),
                    (x + 27.5 * (stripe + 1), 412), (x + 27.5 * stripe, 412),
                ],
                colour if stripe % 2 else PAPER,
            )  # fmt: skip
        pen.box(x, 452, 220, 44, WOOD, 4)
        for dot in range(9):
            pen.disc(x + 20 + 23 * dot, 448, 12, (BRICK, SUN, HILL_DARK)[dot % 3])


def logo_housing(pen: Pen) -> None:
    pen.box(0, 0, LOGO, LOGO, TEAL, 36)
    pen.shape([(120, 34), (212, 116), (28, 116)], PAPER)
    pen.box(52, 108, 136, 98, PAPER)
    pen.disc(120, 140, 22, "#f2a541")
    pen.disc(120, 140, 9, PAPER)
    pen.box(113, 154, 14, 52, "#f2a541")
    pen.box(120, 176, 20, 10, "#f2a541")


def logo_residents(pen: Pen) -> None:
    pen.box(0, 0, LOGO, LOGO, PLUM, 36)
    pen.draw.pieslice([30 * SCALE, 24 * SCALE, 210 * SCALE, 184 * SCALE], 180, 360, fill=GOLD)
    pen.box(116, 100, 8, 24, PAPER)
    pen.box(60, 122, 120, 64, PAPER, 12)
    for x in (72, 106, 140):
        pen.box(x, 134, 28, 22, PLUM, 4)
    for x in (90, 150):
        pen.disc(x, 188, 15, INK)
        pen.disc(x, 188, 6, PAPER)


def logo_welcome(pen: Pen) -> None:
    pen.box(0, 0, LOGO, LOGO, LEAF, 36)
    pen.arc(120, 124, 80, 60, 170, "#f0c75e", 18)
    pen.arc(120, 124, 80, 10, 48, PAPER, 18)
    pen.arc(120, 124, 80, 190, 300, PAPER, 18)
    pen.shape(
        [(120 + 44 * math.sin(t * math.pi), 188 - 128 * t) for t in _steps()]
        + [(120 - 44 * math.sin(t * math.pi), 188 - 128 * t) for t in reversed(_steps())],
        "#bfe3c4",
    )
    pen.line([(120, 196), (120, 86)], LEAF, 5)


def logo_table(pen: Pen) -> None:
    pen.box(0, 0, LOGO, LOGO, BRICK, 36)
    pen.disc(120, 172, 92, "#f3dcc2", 30)
    pen.draw.pieslice([56 * SCALE, 76 * SCALE, 184 * SCALE, 186 * SCALE], 0, 180, fill=PAPER)
    pen.box(52, 124, 136, 12, "#3f8f8b", 6)
    for x in (92, 120, 148):
        pen.line([(x + 8 * math.sin(t * math.tau), 112 - 62 * t) for t in _steps()], "#f3dcc2", 6)


PICTURES: dict[str, tuple[Callable[[Pen], None], str]] = {
    "bridge": (bridge, SKY),
    "valley": (valley, SKY),
    "keys": (keys, "#f3e7d3"),
    "radiator": (radiator, "#f1d9c3"),
    "basket": (basket, "#e4efe0"),
    "bus": (bus, SKY),
    "letter": (letter, "#e6eef0"),
    "talk": (talk, "#d7e6e2"),
    "market": (market, SKY),
}
LOGOS: dict[str, Callable[[Pen], None]] = {
    "logo-housing": logo_housing,
    "logo-residents": logo_residents,
    "logo-welcome": logo_welcome,
    "logo-table": logo_table,
}


def draw(name: str) -> bytes:
    """Return the PNG of a picture or logo."""
    if name in LOGOS:
        pen = Pen(LOGO, LOGO, None)
        LOGOS[name](pen)
    else:
        paint, ground = PICTURES[name]
        pen = Pen(WIDTH, HEIGHT, ground)
        paint(pen)
    return pen.png()
