/** Bundles the program `entry`, a .ts file named from this package's folder, and what it starts as workers into the folder `outdir`. */
export function bundle(entry: string, outdir: string): Promise<unknown>;
