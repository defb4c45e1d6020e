/**
 * Limits of a tile's width over height: at most a camera's own, at least enough for a face; on phones that is
 * upright.
 */
const WIDEST = 16 / 9;
const NARROWEST = 1;
const NARROWEST_ON_PHONE = 3 / 4;

/** Smallest tile width that shows a face and a name, CSS pixels. */
const LEAST_WIDTH = 168;

/** Stages narrower than this count as phones: at most two columns, CSS pixels. */
const PHONE_WIDTH = 560;

export interface GridSpace {
  /** Inner size of the stage, CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Between two tiles, CSS pixels. */
  readonly gap: number;
  readonly count: number;
  /** Known aspect ratios of the pictures, width over height; people without a picture are left out. */
  readonly shapes?: readonly number[];
}

/** Narrowest tile for upright pictures, width over height: a phone's own. */
const NARROWEST_UPRIGHT = 9 / 16;

/** The narrowest tile shape: if most pictures are upright, as narrow as they are. */
function narrowestFor(isPhone: boolean, shapes: readonly number[]): number {
  const usual = isPhone ? NARROWEST_ON_PHONE : NARROWEST;
  const middle = shapes.toSorted((a, b) => a - b)[Math.floor(shapes.length / 2)];
  return middle === undefined || middle >= usual ? usual : Math.max(NARROWEST_UPRIGHT, middle);
}

export interface Grid {
  readonly columns: number;
  /** Size of each tile, whole CSS pixels. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Tiles that fit without scrolling: `count`, or fewer. */
  readonly visible: number;
}

/**
 * The grid with the largest tiles: all on the stage if they stay large enough for a face, else as many
 * columns as fit and the rest by scrolling.
 */
export function fitGrid(space: GridSpace): Grid {
  const { width, height, gap, count, shapes = [] } = space;
  if (count === 0 || width <= 0 || height <= 0) {
    return { columns: 1, tileWidth: 0, tileHeight: 0, visible: count };
  }
  const isPhone = width < PHONE_WIDTH;
  const mostColumns = isPhone ? 2 : count;
  const narrowest = narrowestFor(isPhone, shapes);
  let best: Grid | undefined;
  for (let columns = 1; columns <= Math.min(mostColumns, count); columns++) {
    const rows = Math.ceil(count / columns);
    const grid = {
      columns,
      ...fitTile((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows, narrowest),
      visible: count,
    };
    if (best === undefined || area(grid) > area(best)) best = grid;
  }
  return best!.tileWidth >= Math.min(LEAST_WIDTH, (width - gap) / 2) ? best! : scrollingGrid(space);
}

function scrollingGrid({ width, height, gap, count }: GridSpace): Grid {
  const columns = Math.max(2, Math.floor((width + gap) / (LEAST_WIDTH * 1.2 + gap)));
  const tileWidth = Math.floor((width - gap * (columns - 1)) / columns);
  const tileHeight = Math.floor((tileWidth * 3) / 4);
  const rows = Math.max(1, Math.floor((height + gap) / (tileHeight + gap)));
  return { columns, tileWidth, tileHeight, visible: Math.min(count, rows * columns) };
}

/** The largest tile of an allowed shape in a cell. */
function fitTile(width: number, height: number, narrowest: number) {
  const shape = Math.min(WIDEST, Math.max(narrowest, width / height));
  return {
    tileWidth: Math.max(0, Math.floor(Math.min(width, height * shape))),
    tileHeight: Math.max(0, Math.floor(Math.min(height, width / shape))),
  };
}

function area(grid: Grid): number {
  return grid.tileWidth * grid.tileHeight;
}
