import { say } from '../../contract/sentences/index.ts';

/** Where bytes come from: a file, or memory in tests. Short reads happen only at the end. */
export interface ByteSource {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A read went past the end of the file, or a number is larger than any real file needs. */
export class BrokenFileError extends Error {}

const WINDOW_BYTES = 1 << 20;
const EMPTY = new DataView(new ArrayBuffer(0));
const decoder = new TextDecoder();

/** Reads little-endian values in order through one window of 1 MiB, whatever the file claims. */
export function createByteReader(source: ByteSource) {
  let view: DataView = EMPTY;
  let viewAt = 0;
  let at = 0;

  const need = (bytes: number): number => {
    const from = at - viewAt;
    if (from < 0 || from + bytes > view.byteLength) throw new Error('ensure() comes first');
    at += bytes;
    return from;
  };
  return {
    position: (): number => at,
    /** True when the next bytes are in the window; otherwise `fill` gets them. */
    has: (bytes: number): boolean => at >= viewAt && at - viewAt + bytes <= view.byteLength,
    async fill(bytes: number): Promise<void> {
      if (at + bytes > source.sizeBytes) throw new BrokenFileError(say('model.damage.ends'));
      const data = await source.read(at, Math.max(bytes, WINDOW_BYTES));
      if (data.length < bytes) throw new BrokenFileError(say('model.damage.ends'));
      view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      viewAt = at;
    },
    u8: (): number => view.getUint8(need(1)),
    u16: (): number => view.getUint16(need(2), true),
    u32: (): number => view.getUint32(need(4), true),
    i32: (): number => view.getInt32(need(4), true),
    f32: (): number => view.getFloat32(need(4), true),
    f64: (): number => view.getFloat64(need(8), true),
    /** A count or offset; above 2^53 it is no real file's. */
    u64(): number {
      const value = view.getBigUint64(need(8), true);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BrokenFileError(say('model.damage.number'));
      return Number(value);
    },
    text(bytes: number): string {
      const from = need(bytes);
      return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + from, bytes));
    },
    skip(bytes: number): void {
      at += bytes;
      if (at > source.sizeBytes) throw new BrokenFileError(say('model.damage.ends'));
    },
  };
}
export type ByteReader = ReturnType<typeof createByteReader>;
