import { expect, it } from 'vitest';
import { settingDefaults, settingNames, settingOf } from '../../train/index.ts';
import { networkNames } from '../../networks/index.ts';
import { RunError } from '../errors.ts';
import { pythonLiteral } from './literal.ts';
import { checkSupported } from './recipe.ts';

it('has code for all that graft can do today', () => {
  for (const name of settingNames) {
    const setting = settingOf(name);
    const values = setting.kind === 'choice' ? setting.choices : [];
    for (const value of values)
      expect(() => checkSupported({ ...settingDefaults, [name]: value }, 'resnet18')).not.toThrow();
  }
  for (const network of networkNames) expect(() => checkSupported(settingDefaults, network)).not.toThrow();
});

it.each([
  ['optimizer', 'lion'],
  ['schedule', 'linear'],
  ['augment', 'mixup'],
  ['loss', 'focal'],
] as const)('refuses what it has no code for: %s %s', (setting, value) => {
  const config = { ...settingDefaults, [setting]: value };
  const refused = () => checkSupported(config, 'resnet18');
  expect(refused).toThrow(`it does not know ${setting} ${value}, only `);
  expect(refused).toThrow(
    expect.objectContaining({ problem: { kind: 'not-portable', setting } }) as RunError,
  );
});

it('writes Python', () => {
  const value = { a: null, b: [true, false], c: 'say "ü"\n\\', d: { e: [1, 0.5, 1e-9] } };
  expect(pythonLiteral(value)).toBe(
    '{"a": None, "b": [True, False], "c": "say \\"ü\\"\\n\\\\", "d": {"e": [1, 0.5, 1e-9]}}',
  );
  expect(pythonLiteral({ long: 'x'.repeat(120) })).toBe(`{\n    "long": "${'x'.repeat(120)}",\n}`);
});
