// The worker's end of the line from a test to its code in the browser.

/** Whoever asks gives each question a number of its own; the answer bears it. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

/** Lets tests call these functions, of plain data and to plain data. To be called at once, before anything is awaited. */
export function answer(functions: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    const respond = async (): Promise<Answer> => {
      try {
        const called = functions[data.name] as ((...args: readonly unknown[]) => unknown) | undefined;
        if (!called) throw new Error(`The worker has no function ${data.name}.`);
        return { id: data.id, result: await called(...data.args) };
      } catch (error) {
        return {
          id: data.id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        };
      }
    };
    void respond().then((message) => postMessage(message));
  });
}
