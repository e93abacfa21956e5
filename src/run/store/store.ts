/**
 * Where runs are kept: a folder of folders in Node, the origin private file system in a browser, plain memory in tests. A run is
 * a handful of named files; names are those of `runFiles`, and FOLDER/NAME for what stands in a folder of its own.
 */

/** A run's files, for reading. */
export interface RunReader {
  /** What the run is called in messages, and found again by: in Node its path, `runs/photos-2`. */
  readonly run: string;
  /** The size of a file in bytes; undefined if there is none, `no file` for a folder or a device in its place. */
  size(name: string): Promise<number | undefined | 'no file'>;
  /** The bytes of a file. Rejects if it is not there. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The names of all files and folders, except locks and half-written files. */
  list(): Promise<readonly string[]>;
}

/** A run's files while nobody else writes them. If writing fails it rejects with `RunError`, and the previous file is still there. */
export interface RunFiles extends RunReader {
  /** Replaces the file of that name completely or not at all, whatever stops the program meanwhile. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file, all of `bytes` or nothing. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, if it is there. */
  remove(name: string): Promise<void>;
  /** Lets others write. */
  close(): Promise<void>;
  /** The same for a run that this writer has made: where nothing is in it, it is taken away. */
  discard(): Promise<void>;
}

export interface RunStore {
  /** Distinguishes this process or tab from others in the names of files that each writes for itself. */
  readonly writer: { readonly host: string; readonly process: string };
  /** Where the run of that name is kept: what `RunReader.run` will be. */
  place(name: string): string;
  /** Makes room for a run; false where something is there already. Rejects with `RunError`. */
  make(run: string): Promise<boolean>;
  /** Starts writing a run. Rejects with `RunError`: `no-run`, or `busy` if another is writing it. */
  lock(run: string): Promise<RunFiles>;
  /** A run to read; undefined if nothing is there or it is not a run. */
  look(run: string): Promise<RunReader | undefined>;
}

/** A place that may hold a run, and when something in it was changed last, in milliseconds since 1970. */
export interface RunPlace {
  readonly run: string;
  readonly changedAt: number;
}
