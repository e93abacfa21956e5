/** The number that remembers, as chapter 2 builds it. */
export class Value {
  /** How far the final result moves for each unit that this value moves: its slope, here. */
  grad = 0;

  constructor(
    public data: number,
    readonly inputs: readonly Value[] = [],
    /** Is told this value's own grad, and adds to each input's grad what passes on to it. */
    readonly backward: (grad: number) => void = () => undefined,
  ) {}
}
