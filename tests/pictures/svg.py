#!/usr/bin/env python3
"""svg.py COLUMNS TITLE [X Y] - a screen as `tmux capture-pane -e -p` gives it, on standard input -> an SVG on standard output, with a cursor at X Y.

Text stays text, in the reader's own monospace font; each piece is stretched to the cells it has on the terminal.
"""
import re
import sys
import unicodedata
from html import escape

CELL, ROW, SIZE, MARGIN, BAR = 8.4, 18, 14, 14, 30
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
TEXT, GROUND, EDGE, FAINT = "#d4d4d4", "#1b1e24", "#2a2f38", "#8a919e"
COLOURS = [
    "#3b4048", "#e06c75", "#98c379", "#d19a66", "#61afef", "#c678dd", "#56b6c2", "#d4d4d4",
    "#6b7280", "#ff7b86", "#b5e890", "#e5c07b", "#82c4ff", "#e19ef5", "#7fdbe6", "#ffffff",
]


def colour_of(number):
    """One of the 256 that terminals have."""
    if number < 16:
        return COLOURS[number]
    if number >= 232:
        return "#%02x%02x%02x" % ((8 + 10 * (number - 232),) * 3)
    levels = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "#%02x%02x%02x" % (levels[number // 36], levels[number // 6 % 6], levels[number % 6])


class Style:
    def __init__(self):
        self.ink = self.ground = None
        self.bold = self.faint = self.underlined = self.reversed = False

    def take(self, codes):
        """The numbers of one SGR sequence."""
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.__init__()
            elif code in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "faint", 4: "underlined", 7: "reversed"}[code], True)
            elif code == 22:
                self.bold = self.faint = False
            elif code in (24, 27):
                setattr(self, {24: "underlined", 27: "reversed"}[code], False)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.ink = COLOURS[code - 30 if code < 90 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.ground = COLOURS[code - 40 if code < 100 else code - 92]
            elif code in (39, 49):
                setattr(self, {39: "ink", 49: "ground"}[code], None)
            elif code in (38, 48) and codes:
                kind = codes.pop(0)
                value = colour_of(codes.pop(0)) if kind == 5 else "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                setattr(self, "ink" if code == 38 else "ground", value)

    def looks(self):
        ink, ground = self.ink or (FAINT if self.faint else TEXT), self.ground
        if self.reversed:
            ink, ground = ground or GROUND, ink
        return ink, ground, self.bold, self.underlined


def cells(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pieces(line, style):
    """(column, text, looks) of one row; what a style is lasts into the next."""
    column = 0
    for part in re.split(r"(\x1b\[[0-9;:]*m)", line):
        if part.startswith("\x1b["):
            style.take([int(code or 0) for code in re.split("[;:]", part[2:-1])])
            continue
        part = re.sub(r"[\x00-\x1f\x7f]", "", part)
        if part:
            yield column, part, style.looks()
            column += cells(part)


def draw(lines, columns, title, cursor):
    width, height = columns * CELL + 2 * MARGIN, len(lines) * ROW + BAR + 2 * MARGIN - 6
    yield '<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">' % ((width, height) * 2)
    yield "<title>%s</title>" % escape(title)
    yield '<rect width="100%%" height="100%%" rx="8" fill="%s" stroke="%s"/>' % (GROUND, EDGE)
    for at, colour in enumerate(("#e0655c", "#e5b84d", "#69b95f")):
        yield '<circle cx="%d" cy="%d" r="5.5" fill="%s"/>' % (20 + at * 18, 19, colour)
    yield '<g font-family="%s" font-size="%d" fill="%s" xml:space="preserve">' % (FONT, SIZE, TEXT)
    yield '<text x="50%%" y="23" text-anchor="middle" fill="%s" font-size="12">%s</text>' % (FAINT, escape(title))
    style = Style()
    for row, line in enumerate(lines):
        y = BAR + MARGIN + row * ROW
        for column, text, (ink, ground, bold, underlined) in pieces(line, style):
            x, length = MARGIN + column * CELL, cells(text) * CELL
            if ground:
                yield '<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>' % (x, y - 4, length, ROW, ground)
            if text.isspace() and not underlined:
                continue
            more = (' fill="%s"' % ink if ink != TEXT else "") + (' font-weight="bold"' if bold else "")
            more += ' text-decoration="underline"' if underlined else ""
            yield '<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>' % (
                x, y + SIZE - 4, length, more, escape(text))
    if cursor:
        yield '<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s" opacity="0.7"/>' % (
            MARGIN + cursor[0] * CELL, BAR + MARGIN + cursor[1] * ROW - 4, CELL, ROW, TEXT)
    yield "</g>\n</svg>"


def main():
    columns, title, cursor = int(sys.argv[1]), sys.argv[2], [int(number) for number in sys.argv[3:5]]
    lines = sys.stdin.buffer.read().decode("utf-8", "replace").split("\n")
    while lines and not re.sub(r"\x1b\[[0-9;:]*m", "", lines[-1]).strip():
        lines.pop()
    sys.stdout.buffer.write(("\n".join(draw(lines, columns, title, cursor)) + "\n").encode())


main()
