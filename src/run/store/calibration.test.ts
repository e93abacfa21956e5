import { describe, expect, it } from 'vitest';
import { parseCalibration, readTemperature, writeCalibration } from './calibration.ts';
import { RunFolder } from './folder.ts';
import { MemoryStore } from './memory.ts';

describe('the temperature of a run', () => {
  it('is read as it was written, for its own epoch, and is not there before', async () => {
    const folder = await RunFolder.create(new MemoryStore());
    expect(await readTemperature(folder.files, '3')).toBeUndefined();
    await writeCalibration(folder, { epoch: 3, temperature: 0.71828 });
    expect(await readTemperature(folder.files, '3')).toBe(0.71828);
    expect(await readTemperature(folder.files, '4')).toBeUndefined();
    expect(await readTemperature(folder.files, undefined)).toBeUndefined();
  });

  it('is missed with words where the file holds something else', async () => {
    const folder = await RunFolder.create(new MemoryStore());
    for (const content of ['', ' '.repeat(5000)]) {
      await folder.write('calibration', content);
      await expect(readTemperature(folder.files, '3')).rejects.toMatchObject({
        message: expect.stringContaining('calibration.json does not hold a temperature from 0.2 to 5'),
        problem: { kind: 'bad-calibration' },
      });
    }
  });

  it.each([
    'null',
    '[]',
    '"1"',
    '{"version": 1, "epoch": 3',
    '{"version": 2, "epoch": 3, "temperature": 1}',
    '{"version": 1, "epoch": 3.5, "temperature": 1}',
    '{"version": 1, "epoch": 3}',
    '{"version": 1, "epoch": 3, "temperature": "1"}',
    '{"version": 1, "epoch": 3, "temperature": 0}',
    '{"version": 1, "epoch": 3, "temperature": -1}',
    '{"version": 1, "epoch": 3, "temperature": 1e9}',
  ])('is not taken from %s', (text) =>
    expect(parseCalibration(new TextEncoder().encode(text))).toBeUndefined(),
  );
});
