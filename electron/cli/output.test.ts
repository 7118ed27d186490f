import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { columns } from './columns.ts';
import { createOutput } from './output.ts';

const failing = (code: string) =>
  new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(code), { code }));
    },
  });

describe('writing for people and pipes', () => {
  it('takes a closed pipe as the end of reading, once', async () => {
    const output = createOutput(failing('EPIPE'));
    const closed = new Promise<void>((resolve) => {
      output.onClose(resolve);
    });
    output.line('one');
    await closed;
    output.line('two');
    expect(output.closed).toBe(true);
    await output.drained();
  });

  it('waits for a slow reader', async () => {
    let finish: () => void = () => undefined;
    const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => (finish = done) });
    const output = createOutput(slow);
    output.write('much');
    let drained = false;
    const waiting = output.drained().then(() => (drained = true));
    expect(drained).toBe(false);
    finish();
    await waiting;
    expect(drained).toBe(true);
  });

  it('aligns columns, wide letters as two, and lets no control character through', () => {
    expect(
      columns([
        ['a', 'x'],
        ['汉字', 'y'],
        ['b\u001b[2J', 'z'],
      ]),
    ).toEqual(['a      x', '汉字   y', 'b [2J  z']);
  });
});
