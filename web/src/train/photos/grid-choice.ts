/** Which cells of a grid are chosen and which one the keyboard is at, as lists of files do it everywhere. */

export interface Grid {
  readonly columns: number;
  /** In sight. */
  readonly rows: number;
  /** The number of cells. */
  readonly length: number;
}

interface Modifiers {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

export class Choice {
  static readonly none = new Choice(new Set(), 0, 0);

  private constructor(
    private readonly chosen: ReadonlySet<number>,
    /** The cell that keys move from. */
    readonly active: number,
    /** The other end of a range. */
    private readonly anchor: number,
  ) {}

  get indexes(): readonly number[] {
    return [...this.chosen].sort((a, b) => a - b);
  }

  has(index: number): boolean {
    return this.chosen.has(index);
  }

  /** The same as far as there are so many cells. */
  among(length: number): Choice {
    const last = Math.max(0, length - 1);
    const left = this.indexes.filter((index) => index < length);
    return new Choice(new Set(left), Math.min(this.active, last), Math.min(this.anchor, last));
  }

  /** Nothing chosen, and the keyboard where it is. */
  cleared(): Choice {
    return new Choice(new Set(), this.active, this.active);
  }

  /** A click chooses a cell or lets it go; with Shift, all from the last one on. */
  click(index: number, { shiftKey }: Modifiers): Choice {
    return shiftKey ? this.rangeTo(index) : this.toggle(index);
  }

  /** What a key does; undefined where it means nothing here. */
  key(
    { key, shiftKey, ctrlKey, metaKey }: Modifiers & { readonly key: string },
    grid: Grid,
  ): Choice | undefined {
    const { columns, rows, length } = grid;
    if (length === 0) return undefined;
    if (key === ' ') return shiftKey ? this.rangeTo(this.active) : this.toggle(this.active);
    if (key === 'a' && (ctrlKey || metaKey))
      return new Choice(new Set(Array.from({ length }, (_, i) => i)), this.active, this.anchor);
    if (key === 'Escape') return this.cleared();
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns },
      ...{ PageUp: -columns * rows, PageDown: columns * rows, Home: -length, End: length },
    };
    const step = steps[key];
    if (step === undefined) return undefined;
    const to = Math.min(length - 1, Math.max(0, this.active + step));
    return shiftKey ? this.rangeTo(to) : new Choice(this.chosen, to, to);
  }

  private toggle(index: number): Choice {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(index)) chosen.add(index);
    return new Choice(chosen, index, index);
  }

  private rangeTo(index: number): Choice {
    const [from, to] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    const range = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    return new Choice(new Set([...this.chosen, ...range]), index, this.anchor);
  }
}
