import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRandomGguf } from '../../../test/support/random-gguf.ts';
import type { ByteSource } from './byte-reader.ts';
import { readGgufHeader } from './header.ts';

/** Counts what is read, so that a test can say how much a header made us do. */
function memory(bytes: Uint8Array, sizeBytes = bytes.length): ByteSource & { readBytes: () => number } {
  let total = 0;
  return {
    sizeBytes,
    readBytes: () => total,
    read: (offset, length) => {
      const part = bytes.slice(offset, offset + length);
      total += part.length;
      return Promise.resolve(part);
    },
  };
}

const starter = readFileSync(resolve('resources/starter-model/starter-q8_0.gguf'));
let folder: string;
let small: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-gguf-'));
  await writeRandomGguf(join(folder, 'small.gguf'), { name: 'Small', vocabulary: 320 });
  small = readFileSync(join(folder, 'small.gguf'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('reading a GGUF header', () => {
  it('reads what the starter model says of itself', async () => {
    expect(await readGgufHeader(memory(starter))).toEqual({
      ok: true,
      value: {
        version: 3,
        architecture: 'llama',
        name: 'Switchyard Starter',
        parameters: 7_622_720,
        quantization: 'Q8_0',
        contextTokens: 1024,
        licence: 'Apache-2.0',
        hasChatTemplate: true,
        makes: 'replies',
        splitCount: 1,
        splitIndex: 0,
        shape: {
          weightsBytes: 8_111_360,
          layers: 6,
          width: 320,
          feedForward: 896,
          vocabulary: 3072,
          stateElements: 6 * 128,
          trainedTokens: 1024,
        },
      },
    });
  });

  it('finds a file without a template usable', async () => {
    const header = await readGgufHeader(memory(small));
    expect(header).toMatchObject({ ok: true, value: { name: 'Small', hasChatTemplate: false, contextTokens: 2048 } });
  });

  it('tells models that make vectors, and ones that rank, from models that chat', async () => {
    const read = async (pooling: number) => {
      const path = join(folder, `pooling-${pooling}.gguf`);
      await writeRandomGguf(path, { pooling });
      return readGgufHeader(memory(readFileSync(path)));
    };
    expect(await read(0)).toMatchObject({ ok: true, value: { makes: 'replies' } });
    for (const pooling of [1, 2, 3])
      expect(await read(pooling)).toMatchObject({ ok: true, value: { makes: 'vectors' } });
    expect(await read(4)).toMatchObject({ ok: false, error: { state: 'unsupported' } });
  });

  it('calls every cut-off file corrupt or foreign, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 1), async (length) => {
        const result = await readGgufHeader(memory(small.subarray(0, length)));
        expect(result.ok).toBe(false);
      }),
    );
  });

  it('says how much is missing', async () => {
    const result = await readGgufHeader(memory(starter.subarray(0, starter.length - 1_000_000)));
    expect(result).toMatchObject({
      ok: false,
      error: { state: 'corrupt', problem: expect.stringContaining('1,000,000 bytes') },
    });
  });

  it('tells a foreign file from a damaged one', async () => {
    const foreign = await readGgufHeader(memory(Buffer.from('%PDF-1.7 and much more text that follows here')));
    expect(foreign).toMatchObject({ ok: false, error: { state: 'unsupported' } });
    expect(await readGgufHeader(memory(Buffer.alloc(0)))).toMatchObject({ ok: false, error: { state: 'corrupt' } });
  });

  it('refuses other versions and other byte orders', async () => {
    for (const version of [0, 1, 4, 0x0300_0000]) {
      const copy = Buffer.from(small);
      copy.writeUInt32LE(version, 4);
      expect(await readGgufHeader(memory(copy))).toMatchObject({ ok: false, error: { state: 'unsupported' } });
    }
  });

  it('never throws and never reads without bound, whatever bytes are changed', async () => {
    const headerBytes = 12_000;
    const change = fc.record({ at: fc.nat(headerBytes), value: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0xff)) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const copy = Buffer.from(small);
        for (const { at, value } of changes) copy[at] = value;
        const source = memory(copy);
        const result = await readGgufHeader(source);
        expect(typeof result.ok).toBe('boolean');
        if (!result.ok) expect(result.error.problem).toMatch(/\w/);
        expect(source.readBytes()).toBeLessThan(16 * small.length);
      }),
      { numRuns: 500 },
    );
  });

  it('does not believe counts and lengths that no file could hold', async () => {
    for (const at of [8, 16, 24]) {
      for (const value of [0xffff_ffff_ffff_ffffn, 0x7fff_ffff_ffff_ffffn, 1n << 40n]) {
        const copy = Buffer.from(small);
        copy.writeBigUInt64LE(value, at);
        // The file claims to be huge, too, so that its size refuses nothing.
        const source = memory(copy, Number.MAX_SAFE_INTEGER);
        expect(await readGgufHeader(source)).toMatchObject({ ok: false, error: { state: 'corrupt' } });
        expect(source.readBytes()).toBeLessThan(4 << 20);
      }
    }
  });
});
