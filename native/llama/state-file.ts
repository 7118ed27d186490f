import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Raised whenever what is written, or what it means, changes: older files are dropped. */
export const STATE_VERSION = 1;
const MAGIC = Buffer.from('SWSTATE1');
const MAC_BYTES = 32;
const TAIL_BYTES = 4 + MAC_BYTES + MAGIC.length;
/** Tokens and replies of a whole context as text stay far below. */
const MOST_META_BYTES = 8 * 2 ** 20;

const token = z.number().int().nonnegative().max(0xffff_ffff);
const stateMeta = z.strictObject({
  version: z.literal(STATE_VERSION),
  /** Whose state it is: the id of a conversation. */
  stateKey: z.string().min(1).max(200),
  modelId: z.string(),
  /** Hash of everything the state depends on: file, engine, backend, layout. */
  binding: z.string().length(64),
  savedAt: z.number().int().nonnegative(),
  payloadBytes: z.number().int().positive(),
  payloadSha256: z.string().length(64),
  tokens: z.array(token).min(1),
  /** Replies in it as they were generated, which may be written with other tokens. */
  replies: z.array(z.object({ text: z.string(), tokens: z.array(token) })),
});
export type StateMeta = z.infer<typeof stateMeta>;

/** Name of the file of a conversation. Says nothing of it, and holds nothing that a path could be made of. */
export const stateFileName = (stateKey: string): string =>
  `${createHash('sha256').update(stateKey).digest('hex').slice(0, 32)}.state`;

const macOf = (key: Uint8Array, meta: Buffer): Buffer => createHmac('sha256', key).update(meta).digest();

async function sha256Of(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes > 0)
    for await (const part of createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 }))
      hash.update(part as Buffer);
  return hash.digest('hex');
}

/**
 * Ends a file that the engine wrote with what makes it safe to read again: what it is for, the checksum of what the engine wrote, and a
 * keyed hash over both, so that a file of another installation, or one that was changed, is never handed to native code.
 */
export async function sealState(
  path: string,
  key: Uint8Array,
  about: Omit<StateMeta, 'version' | 'payloadBytes' | 'payloadSha256'>,
): Promise<StateMeta> {
  const { size } = await stat(path);
  const meta: StateMeta = {
    ...about,
    version: STATE_VERSION,
    payloadBytes: size,
    payloadSha256: await sha256Of(path, size),
  };
  const text = Buffer.from(JSON.stringify(meta), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  await appendFile(path, Buffer.concat([text, length, macOf(key, text), MAGIC]), { flush: true });
  return meta;
}

/** What a file says it holds; null = it is no sound file of this installation. What the engine wrote is not looked at. */
export function readStateMeta(path: string, key: Uint8Array): StateMeta | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const at = (bytes: number, position: number): Buffer | null => {
      const read = Buffer.alloc(bytes);
      return file !== null && position >= 0 && readSync(file, read, 0, bytes, position) === bytes ? read : null;
    };
    const tail = at(TAIL_BYTES, size - TAIL_BYTES);
    if (!tail?.subarray(4 + MAC_BYTES).equals(MAGIC)) return null;
    const length = tail.readUInt32LE();
    if (length > MOST_META_BYTES) return null;
    const text = at(length, size - TAIL_BYTES - length);
    if (!text || !timingSafeEqual(macOf(key, text), tail.subarray(4, 4 + MAC_BYTES))) return null;
    const meta = stateMeta.safeParse(JSON.parse(text.toString('utf8')));
    if (!meta.success || meta.data.payloadBytes !== size - TAIL_BYTES - length) return null;
    return meta.data;
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Whether what the engine wrote is still what it wrote. */
export async function isIntact(path: string, meta: StateMeta): Promise<boolean> {
  try {
    return (await sha256Of(path, meta.payloadBytes)) === meta.payloadSha256;
  } catch {
    return false;
  }
}

/** The conversations that have a state in this folder, by the file of each; one that says nothing has null. */
export function keptStateKeys(folder: string): { readonly path: string; readonly stateKey: string | null }[] {
  try {
    const key = readFileSync(join(folder, 'key'));
    return readdirSync(folder)
      .filter((name) => name.endsWith('.state'))
      .map((name) => {
        const path = join(folder, name);
        return { path, stateKey: readStateMeta(path, key)?.stateKey ?? null };
      });
  } catch {
    return [];
  }
}
