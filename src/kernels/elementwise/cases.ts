// The sizes that elementwise operations are tested at: around vector width, workgroup and block edges, and where
// a thread starts to treat several items (8,192 of them on software adapters), in scalars and in vectors.

export const counts: readonly number[] = [1, 3, 4, 127, 128, 129, 1023, 4096, 4100, 131_075, 524_292];
