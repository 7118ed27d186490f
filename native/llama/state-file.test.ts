import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWorthKeeping } from './kept-states.ts';
import { modelPrint } from './model-print.ts';
import { isIntact, keptStateKeys, readStateMeta, sealState, stateFileName } from './state-file.ts';

const KEY = Buffer.alloc(32, 9);
const ABOUT = {
  stateKey: 'conversation',
  modelId: 'local/m',
  binding: 'a'.repeat(64),
  savedAt: 12,
  tokens: [1, 2, 3],
  replies: [{ text: 'Grüße', tokens: [2, 3] }],
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-state-'));
  path = join(folder, stateFileName('conversation'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function sealed(): Promise<Buffer> {
  writeFileSync(path, Buffer.from('what the engine wrote'));
  await sealState(path, KEY, ABOUT);
  return readFileSync(path);
}

describe('a state file', () => {
  it('says what it holds, and that it is whole', async () => {
    await sealed();
    const meta = readStateMeta(path, KEY);
    expect(meta).toMatchObject(ABOUT);
    expect(meta && (await isIntact(path, meta))).toBe(true);
  });

  it('is refused when any one byte of it was changed', async () => {
    const whole = await sealed();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(whole);
        changed.writeUInt8(changed.readUInt8(at) ^ bits, at);
        writeFileSync(path, changed);
        const meta = readStateMeta(path, KEY);
        expect(meta !== null && (await isIntact(path, meta))).toBe(false);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('is refused when it was cut, made longer or is anything else, without an error', async () => {
    const whole = await sealed();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
          fc.uint8Array({ minLength: 1, maxLength: 99 }).map((more) => Buffer.concat([whole, more])),
          fc.uint8Array({ maxLength: 400 }),
        ),
        (bytes) => {
          writeFileSync(path, bytes);
          expect(readStateMeta(path, KEY)).toBeNull();
        },
      ),
      { numRuns: 300, seed: 5 },
    );
    expect(readStateMeta(join(folder, 'nowhere'), KEY)).toBeNull();
  });

  it('is refused with another key', async () => {
    await sealed();
    expect(readStateMeta(path, Buffer.alloc(32, 8))).toBeNull();
  });

  it('tells whose it is; one that cannot be read is nobody’s', async () => {
    await sealed();
    writeFileSync(join(folder, 'key'), KEY);
    const broken = join(folder, 'x.state');
    writeFileSync(broken, 'x');
    expect(keptStateKeys(folder)).toHaveLength(2);
    expect(keptStateKeys(folder)).toEqual(
      expect.arrayContaining([
        { path, stateKey: 'conversation' },
        { path: broken, stateKey: null },
      ]),
    );
  });

  it('has a name that nothing of a conversation’s id can lead out of its folder with', () => {
    fc.assert(fc.property(fc.string(), (id) => void expect(stateFileName(id)).toMatch(/^[0-9a-f]{32}\.state$/u)));
  });
});

describe('whether a state is worth a file', () => {
  it('is when computing it takes clearly longer than reading it', () => {
    expect(isWorthKeeping(1000, 100e6, 50)).toBe(true);
    expect(isWorthKeeping(1000, 100e6, 2000)).toBe(false);
    expect(isWorthKeeping(200, 1e5, 50_000)).toBe(false);
    expect(isWorthKeeping(20, 1e5, 1)).toBe(false);
    expect([isWorthKeeping(2000, 1e6, null), isWorthKeeping(100, 1e6, null)]).toEqual([true, false]);
  });
});

describe('the print of a model file', () => {
  it('changes with any byte of a small one, and with size or time of a large one', async () => {
    const model = join(folder, 'model');
    writeFileSync(model, Buffer.alloc(3_000_000, 1));
    const first = await modelPrint(model);
    const changed = Buffer.alloc(3_000_000, 1);
    changed.writeUInt8(2, 1_700_000);
    writeFileSync(model, changed);
    expect(await modelPrint(model)).not.toBe(first);
    writeFileSync(model, Buffer.alloc(17 * 2 ** 20, 1));
    const large = await modelPrint(model);
    expect(await modelPrint(model)).toBe(large);
    writeFileSync(model, Buffer.alloc(17 * 2 ** 20 + 1, 1));
    expect(await modelPrint(model)).not.toBe(large);
  });
});
