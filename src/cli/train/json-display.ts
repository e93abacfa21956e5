// A run for other programs: its events as lines of JSON, and nothing else on standard output.
import type { RunEvent } from '../../run/events.ts';
import { JsonEvents, notTrainedLine } from '../../run/json-events.ts';
import type { NotTrained } from '../../run/train.ts';

export class JsonDisplay {
  private readonly events: JsonEvents;

  /** `configured` is what a config file has set, in words. */
  constructor(configured: string | undefined) {
    this.events = new JsonEvents({ configFile: configured ?? null });
  }

  show(event: RunEvent): void {
    for (const line of this.events.lines(event)) console.log(line);
  }

  serving(url: string): void {
    console.log(JSON.stringify({ event: 'serving', url }));
  }

  notTrained({ run, canGoOn }: NotTrained): void {
    console.log(notTrainedLine((canGoOn && run) || null));
  }

  /** Nothing is redrawn. */
  clear(): void {
    return;
  }
}
