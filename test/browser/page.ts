// The page that a test's worker belongs to. It computes nothing: it passes calls on and answers back, as a page does whose
// engine works in a worker.
import type { Answer, Question } from './worker.ts';

/** Calls a function of the worker. */
export type Call = (name: string, args: readonly unknown[]) => Promise<unknown>;

const worker = new Worker('/worker.mjs', { type: 'module' });
const waiting = new Map<number, (answer: Answer) => void>();
let asked = 0;

const call: Call = (name, args) => {
  const question: Question = { id: asked++, name, args };
  return new Promise((resolve, reject) => {
    waiting.set(question.id, (answer) => {
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.result);
    });
    worker.postMessage(question);
  });
};

worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});
worker.addEventListener('error', ({ message }) => {
  for (const [id, answer] of waiting) answer({ id, error: `The worker failed: ${message}` });
  waiting.clear();
});
Object.assign(globalThis, { call });
