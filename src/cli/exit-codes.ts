// What a process ends with: the one table, from which help texts are made and which docs/command-line.md must agree with.

/** Exit codes by what they mean. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each of them says, in a line. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done',
  failed: 'failed: files, data, weights, the adapter; the message says what to do',
  usage: 'called wrongly: unknown option, value out of range, wrong config file',
  interrupted: 'interrupted by Ctrl-C, kill or a lost terminal; finished work is kept',
};

/** Them all with their meanings, for the end of a help text. */
export const exitCodesHelp = [
  'Exit codes:',
  ...Object.entries(exitMeanings).map(
    ([name, text]) => `  ${String(exitCodes[name as keyof typeof exitCodes]).padEnd(3)}  ${text}`,
  ),
].join('\n');
