/**
 * What was measured on one adapter: for some problems (an operation with all its sizes) the algorithm that beat the rule's
 * choice. A table is JSON that people can read and pass on. It is never needed, and it can only name algorithms that
 * are there anyway: so whatever does not fit the adapter, this version or today's kernels is left out.
 */
import type { AdapterIdentity, Autotuned, AutotunedChoice } from '../../gpu/index.ts';

/** A text is no table for this adapter; the message continues "FILE …". */
export class AutotuneTableError extends Error {
  override readonly name = 'AutotuneTableError';
}

const FORMAT = 'graft-tuning';
const VERSION = 1;
const MAX_ENTRIES = 20_000;
const MAX_NAME = 200;

export class AutotuneTable implements Autotuned {
  private readonly entries = new Map<string, AutotunedChoice>();

  constructor(readonly adapter: AdapterIdentity) {}

  /** Reads the text of a table. Throws `AutotuneTableError` if it is damaged, another adapter's or a later version's. */
  static parse(text: string, adapter: AdapterIdentity): AutotuneTable {
    const file = parseObject(text);
    if (file['format'] !== FORMAT) throw new AutotuneTableError('is not an autotune file of graft');
    if (file['version'] !== VERSION) {
      throw new AutotuneTableError(`has version ${shown(file['version'])} where this graft reads ${VERSION}`);
    }
    const measured = asObject(file['adapter'], 'its adapter');
    for (const name of identityNames) {
      if (measured[name] === adapter[name]) continue;
      const here = adapter[name] || 'unknown';
      throw new AutotuneTableError(
        `was measured on another adapter: ${name} ${shown(measured[name])}, not ${here}`,
      );
    }
    const entries = Object.entries(asObject(file['entries'], 'its entries'));
    if (entries.length > MAX_ENTRIES) throw new AutotuneTableError(`has ${entries.length} entries`);
    const table = new AutotuneTable(adapter);
    for (const [problem, entry] of entries) table.set(problem, choiceOf(entry, problem));
    return table;
  }

  get size(): number {
    return this.entries.size;
  }

  get(problem: string): AutotunedChoice | undefined {
    return this.entries.get(problem);
  }

  /** Sets what was measured for a problem; undefined: that nothing beats the rule. */
  set(problem: string, choice: AutotunedChoice | undefined): void {
    if (choice) this.entries.set(problem, choice);
    else this.entries.delete(problem);
  }

  /** Takes over all of another table's entries. */
  merge(other: AutotuneTable): void {
    for (const [problem, choice] of other.entries) this.entries.set(problem, choice);
  }

  /** The text that `parse` reads, sorted by problem. */
  toString(): string {
    const entries = [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const file = {
      format: FORMAT,
      version: VERSION,
      adapter: this.adapter,
      entries: Object.fromEntries(entries),
    };
    return `${JSON.stringify(file, null, 2)}\n`;
  }
}

const identityNames = ['vendor', 'architecture', 'device', 'description'] as const;

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AutotuneTableError('is no JSON');
  }
  return asObject(value, 'it');
}

function choiceOf(value: unknown, problem: string): AutotunedChoice {
  const what = `the entry ${shown(problem)}`;
  const entry = asObject(value, what);
  const text = (name: string): string => {
    const field = entry[name];
    if (typeof field !== 'string' || field.length > MAX_NAME)
      throw new AutotuneTableError(`is damaged: ${name} of ${what} is ${shown(field)}`);
    return field;
  };
  const time = (name: string): number => {
    const field = entry[name];
    if (typeof field !== 'number' || !(field > 0 && field < Infinity))
      throw new AutotuneTableError(`is damaged: ${name} of ${what} is ${shown(field)}`);
    return field;
  };
  if (problem.length > MAX_NAME) throw new AutotuneTableError(`is damaged: ${what} has too long a name`);
  return {
    algorithm: text('algorithm'),
    rule: text('rule'),
    kernels: text('kernels'),
    milliseconds: time('milliseconds'),
    ruleMilliseconds: time('ruleMilliseconds'),
  };
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new AutotuneTableError(`is damaged: ${what} is not an object`);
}

/** A value of a file that may be anyone's, short enough for a line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
