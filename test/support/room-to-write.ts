import type { Writable } from 'node:stream';

/** Resolves when a stream that is full takes more, or is gone; leaves no listener behind, however often it is asked. */
export const roomToWrite = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const free = (): void => {
      stream.off('drain', free);
      stream.off('close', free);
      resolve();
    };
    stream.on('drain', free);
    stream.on('close', free);
  });
