import type { Writable } from 'node:stream';

/** Where a verb writes. A reader that has enough (`| head`) closes the pipe: that is no error, only the end of writing. */
export interface Output {
  write(text: string): void;
  line(text: string): void;
  json(value: unknown): void;
  /** Waits until a slow reader has caught up. */
  drained(): Promise<void>;
  /** True once nobody reads any more. */
  readonly closed: boolean;
  /** Called once when the reader goes away. */
  onClose(then: () => void): void;
}

export function createOutput(stream: Writable): Output {
  let closed = false;
  const waiting: (() => void)[] = [];
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    closed = true;
    for (const then of waiting.splice(0)) then();
  });
  const write = (text: string): void => {
    if (!closed) stream.write(text);
  };
  return {
    write,
    line: (text) => {
      write(`${text}\n`);
    },
    json: (value) => {
      write(`${JSON.stringify(value)}\n`);
    },
    drained: () =>
      new Promise((resolve) => {
        if (closed || !stream.writableNeedDrain) {
          resolve();
          return;
        }
        stream.once('drain', resolve);
        waiting.push(resolve);
      }),
    get closed() {
      return closed;
    },
    onClose: (then) => {
      if (closed) then();
      else waiting.push(then);
    },
  };
}
