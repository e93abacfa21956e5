/** What a person has set for the next run of a project, kept until it is set otherwise. */
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';

export interface Choices {
  /** Settings as they were typed, by name. */
  readonly typed: Readonly<Record<string, string>>;
  /** As the settings have them; undefined where nobody chose. */
  readonly tune?: string | undefined;
  readonly weights?: string | undefined;
}

export interface ChoiceCalls {
  /** Undefined where nothing was chosen yet, and where what was kept cannot be read. */
  choices(): Choices | undefined;
  keepChoices(choices: Choices): void;
}

const FILE = 'choices.json';

export function choiceCalls(project: () => Project): Answering<ChoiceCalls> {
  const folder = () => project().storage.make(project().root);
  return {
    async choices() {
      const bytes = await (await folder()).read(FILE);
      return bytes && parseChoices(new TextDecoder().decode(bytes));
    },
    async keepChoices(choices) {
      await (await folder()).write(FILE, new TextEncoder().encode(`${JSON.stringify(choices)}\n`));
    },
  };
}

/** Reads what `keepChoices` wrote; undefined for anything else. */
export function parseChoices(text: string): Choices | undefined {
  try {
    const { typed, tune, weights } = JSON.parse(text) as Record<string, unknown>;
    const isText = (value: unknown) => typeof value === 'string';
    const isMeant = (value: unknown) => value === undefined || isText(value);
    if (typeof typed !== 'object' || typed === null || !Object.values(typed).every(isText)) return undefined;
    return isMeant(tune) && isMeant(weights) ? ({ typed, tune, weights } as Choices) : undefined;
  } catch {
    return undefined;
  }
}
