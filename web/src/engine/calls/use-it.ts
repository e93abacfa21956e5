/** How other programs use the last run's best model. */
import type { Program } from '../../../../src/run/use-it/program.ts';
import type { Project } from '../project.ts';
import type { Answering } from '../protocol.ts';
import { modelRun } from './models.ts';

export interface UseItCalls {
  /** A program for each of several worlds. */
  programs(): readonly Program[];
}

export function useItCalls(project: () => Project): Answering<UseItCalls> {
  return {
    async programs() {
      const run = await modelRun(project());
      const { decodeCard, graftProgram, programsFor, readModelFile } = await import('../late.ts');
      const { metadata, source } = await readModelFile(project().host, run);
      const card = decodeCard(metadata, source);
      if (!card) return [];
      return [
        ...programsFor(card, 'safetensors', 'model.safetensors'),
        ...programsFor(card, 'onnx', 'model.onnx'),
        graftProgram({ ...card, file: 'model.safetensors' }),
      ];
    },
  };
}
