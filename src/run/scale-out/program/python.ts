/** Marks Python for editors, and takes it as it stands: a backslash is Python's. */
export const python = String.raw;
