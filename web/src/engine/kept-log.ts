/**
 * The logs of a project's runs, kept so that a reload shows them again. They stand beside the runs and not in them: a run is what
 * the terminal makes too, and holds nothing of a page.
 */
import type { Project } from './project.ts';

const MOST_LINES = 500;
const nameOf = (run: string): string => `${run.split('/').at(-1) ?? run}.txt`;
const folderOf = ({ root }: Place): string => `${root}/logs`;
type Place = Pick<Project, 'storage' | 'root'>;

/** The lines that were kept of a run; none where nothing was. */
export async function readLog(place: Place, run: string): Promise<readonly string[]> {
  const bytes = await (await place.storage.find(folderOf(place)))?.read(nameOf(run));
  return bytes ? new TextDecoder().decode(bytes).split('\n') : [];
}

/** Removes what was kept of a run: the next one of its name has a log of its own. */
export async function forgetLog(place: Place, run: string): Promise<void> {
  await (await place.storage.find(folderOf(place)))?.remove(nameOf(run));
}

/** The log of a run under way. A log that cannot be kept ends no run. */
export class KeptLog {
  private pending: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly place: Place,
    private run: string | undefined,
    private lines: readonly string[],
  ) {}

  /** Of a new run, or of one that is gone on with. */
  static async open(place: Place, run: string | undefined): Promise<KeptLog> {
    return new KeptLog(place, run, run === undefined ? [] : await readLog(place, run).catch(() => []));
  }

  add(lines: readonly string[]): void {
    if (lines.length > 0) this.lines = [...this.lines, ...lines].slice(-MOST_LINES);
  }

  /** Keeps what there is. `name` finds the run's, which has one only once it has begun. */
  keep(name: () => Promise<string | undefined>): void {
    this.pending = this.pending
      .then(async () => {
        this.run ??= await name();
        if (this.run === undefined) return;
        const folder = await this.place.storage.make(folderOf(this.place));
        await folder.write(nameOf(this.run), new TextEncoder().encode(this.lines.join('\n')));
      })
      .catch(() => undefined);
  }
}
