/** What a folder of a data set is for, by its name: `train`, `Testing`, `training_set`, `valset`, `seg_train`, … */

/** What a photo is for. */
export type Part = 'train' | 'val';

/** `test` is for the end: it is judged by where there is nothing named `val`. */
export type PartName = Part | 'test';

const WORDS: Readonly<Record<string, PartName>> = {
  ...{ train: 'train', training: 'train', trn: 'train' },
  ...{
    val: 'val',
    valid: 'val',
    validate: 'val',
    validation: 'val',
    dev: 'val',
    eval: 'val',
    evaluation: 'val',
  },
  ...{ test: 'test', testing: 'test', tst: 'test' },
};
/** What people put before or behind the word. */
const AROUND = 'data|dataset|set|split|images?|imgs?|photos?|pictures?|pics?|files?|seg|sample|samples';
const PATTERN = new RegExp(
  `^(?:(?:${AROUND})[\\s_.-]+)?(${Object.keys(WORDS).join('|')})(?:[\\s_.-]*(?:${AROUND}))?[\\s_.-]*\\d?$`,
);

/** The part that a folder of this name is; undefined for all others, which may be classes. */
export function partNamed(folder: string): PartName | undefined {
  const [, word = ''] = PATTERN.exec(folder.normalize('NFC').toLowerCase()) ?? [];
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

/** A class by its name: systems spell the same letters differently (macOS writes é as two characters), and mean one class. */
export const classNamed = (folder: string): string => folder.normalize('NFC');
