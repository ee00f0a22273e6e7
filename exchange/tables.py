"""The cells of a table, in rows of equal meaning: a column stays a column where cells span."""

from exchange.html import Node
from exchange.tree import read_number

# More than any table has: a larger span only costs memory.
MAX_ACROSS = 50
MAX_DOWN = 200
MAX_WIDTH = 200

Row = list[Node | None]


class Grid:
    """Rows of cells; a cell that spans is followed by empty ones, across and down."""

    def __init__(self, table: Node) -> None:
        self.rows: list[Row] = []
        # Column -> rows that a cell above still covers.
        self._covered: dict[int, int] = {}
        self._read(table)

    @property
    def has_header_row(self) -> bool:
        return all(cell is None or cell.tag == "th" for cell in self.rows[0])

    @property
    def has_header_column(self) -> bool:
        below = self.rows[1:]
        wide = max(len(row) for row in self.rows) > 1
        return wide and bool(below) and all(row[0] and row[0].tag == "th" for row in below)

    def _read(self, node: Node) -> None:
        for child in node.elements():
            if child.tag == "tr":
                row = self._row(child)
                if row:
                    self.rows.append(row)
            elif child.tag in {"thead", "tbody", "tfoot"}:
                self._read(child)

    def _row(self, node: Node) -> Row:
        row: Row = []
        for cell in node.elements():
            if cell.tag in {"td", "th"}:
                self._skip_covered(row)
                self._add(cell, row)
        self._skip_covered(row)
        return row

    def _skip_covered(self, row: Row) -> None:
        while len(row) < MAX_WIDTH and self._covered.get(len(row), 0):
            self._covered[len(row)] -= 1
            row.append(None)

    def _add(self, cell: Node, row: Row) -> None:
        across = min(read_number(cell.attrs.get("colspan", ""), 1), MAX_ACROSS)
        down = min(read_number(cell.attrs.get("rowspan", ""), 1), MAX_DOWN)
        across = min(across, MAX_WIDTH - len(row))
        for extra in range(max(across, 1)):
            if down > 1:
                self._covered[len(row)] = down - 1
            row.append(None if extra else cell)
