import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Files up to so many bytes are hashed whole. */
const WHOLE_BYTES = 16 * 2 ** 20;
const END_BYTES = 2 ** 20;
const SAMPLE_BYTES = 64 * 2 ** 10;
const SAMPLES = 64;

/**
 * Tells one model file from another. A small one is hashed whole; of a large one its size, its time of change, both ends and 64 places
 * between: reading 40 GB would take longer than what a kept state saves. Rejects when it cannot be read.
 */
export async function modelPrint(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeNs } = await file.stat({ bigint: true });
    const bytes = Number(size);
    const hash = createHash('sha256').update(`${String(bytes)}|`);
    const add = async (position: number, length: number): Promise<void> => {
      const part = Buffer.alloc(Math.min(length, bytes - position));
      const { bytesRead } = await file.read(part, 0, part.length, position);
      hash.update(part.subarray(0, bytesRead));
    };
    if (bytes <= WHOLE_BYTES) {
      for (let at = 0; at < bytes; at += END_BYTES) await add(at, END_BYTES);
      return hash.digest('hex');
    }
    hash.update(String(mtimeNs));
    await add(0, END_BYTES);
    for (let i = 1; i <= SAMPLES; i++) await add(Math.floor((bytes * i) / (SAMPLES + 1)), SAMPLE_BYTES);
    await add(bytes - END_BYTES, END_BYTES);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
