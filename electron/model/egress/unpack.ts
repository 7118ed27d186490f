import { Duplex, PassThrough } from 'node:stream';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** Largest window of zstd in HTTP, as a power of two in bytes: 8 MiB (RFC 9659, 3). */
const ZSTD_WINDOW = 23;
/** What gzip and zstd begin with (RFC 1952, 2.3.1 and RFC 8878, 3.1.1); no text that is JSON or an event does. */
const GZIP_MAGIC = 0x1f;
const ZSTD_MAGIC = 0x28;

/** What undoes each coding of a body (RFC 9110, 8.4.1) that begins with this byte; null = it is not packed, whatever it is called. */
const CODINGS: Readonly<Record<string, (first: number) => Transform | null>> = {
  gzip: (first) => (first === GZIP_MAGIC ? zlib.createGunzip() : null),
  br: () => zlib.createBrotliDecompress(),
  // Many send it without the wrapping that the standard asks for.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  // Not in every runtime.
  ...('createZstdDecompress' in zlib
    ? {
        zstd: (first: number) =>
          first === ZSTD_MAGIC
            ? zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW } })
            : null,
      }
    : {}),
};

/** Undoes what a server did to a body though nobody asked for it. */
interface Unpacker {
  /** Packed pieces in, plain ones out as soon as they can be told; ends where they stop making sense. */
  readonly stream: Duplex;
  /** Whether it ended before the body did. */
  damaged(): boolean;
}

/** For a body whose head says that it is packed so; null = it is not, or in a way that nobody here knows. */
export function unpackerFor(contentEncoding: string | undefined): Unpacker | null {
  const named = (contentEncoding ?? '').toLowerCase().split(',');
  const [coding = '', more] = named
    .map((name) => name.trim().replace(/^x-/u, ''))
    .filter((name) => name !== 'identity');
  const begin = more === undefined && Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : undefined;
  if (begin === undefined) return null;
  let inner: Transform | null = null;
  let isDamaged = false;
  const start = (made: Transform): Transform => {
    made.on('data', (piece: Buffer) => {
      if (!stream.push(piece)) made.pause();
    });
    made.once('end', () => stream.push(null));
    made.on('error', () => {
      if (isDamaged) return;
      isDamaged = true;
      stream.push(null);
    });
    return made;
  };
  const stream = new Duplex({
    read: () => void inner?.resume(),
    write(piece: Buffer, _, done) {
      if (isDamaged || piece.byteLength === 0) {
        done();
        return;
      }
      inner ??= start(begin(piece[0] ?? 0) ?? new PassThrough());
      inner.write(piece, () => {
        done();
      });
    },
    final(done) {
      if (inner === null) stream.push(null);
      else inner.end();
      done();
    },
    destroy(error, done) {
      inner?.destroy();
      done(error);
    },
  });
  return { stream, damaged: () => isDamaged };
}
