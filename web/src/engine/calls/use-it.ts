/** How other programs use the last run's best model. */
import type { Snippet } from '../../../../src/run/use-it.ts';
import { loadWork } from '../load-work.ts';
import type { Project } from '../project.ts';
import type { Answering } from '../protocol.ts';
import { modelRun } from './models.ts';

export interface UseItCalls {
  /** A program for each of several worlds. */
  snippets(): readonly Snippet[];
}

export function useItCalls(project: () => Project): Answering<UseItCalls> {
  return {
    async snippets() {
      const run = await modelRun(project());
      const { readModelFile } = await loadWork();
      const { decodeCard, snippetsFor } = await import('../late.ts');
      const { metadata, source } = await readModelFile(project().host, run);
      const card = decodeCard(metadata, source);
      return card ? snippetsFor(card) : [];
    },
  };
}
