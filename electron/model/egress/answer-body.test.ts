import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Crowd } from '../../base/crowd.ts';
import { AnswerCut, answerBody, BURST, MOST_ERROR_MS, READ_IT_ALL, webStream, wholeText } from './answer-body.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An answer as node:http hands it over, said by the test. */
function makeAnswer(more: { status?: number; bulk?: boolean; crowd?: Crowd } = {}) {
  const state = { paused: false, destroyed: false };
  const response = Object.assign(new EventEmitter(), {
    complete: true,
    headers: {},
    isPaused: () => state.paused,
    pause: () => (state.paused = true),
    resume: () => (state.paused = false),
    destroy: () => (state.destroyed = true),
  });
  const ends: [number, string][] = [];
  const body = answerBody(
    response as unknown as IncomingMessage,
    more.status ?? 200,
    (bytes, outcome) => ends.push([bytes, outcome ?? '']),
    more.bulk,
    more.crowd ?? { size: 0 },
  );
  const say = (text: string) => response.emit('data', Buffer.from(text));
  const read = async (): Promise<string | null> => {
    const piece = await body.read();
    return piece === null ? null : Buffer.from(piece).toString('utf8');
  };
  return { response, state, ends, body, say, read };
}

describe('the body of an answer', () => {
  it('hands its first piece on at once, and what comes right behind it together two milliseconds later', async () => {
    const { say, read } = makeAnswer();
    const first = read();
    say('one');
    expect(await first).toBe('one');
    const heard: (string | null)[] = [];
    const next = read().then((text) => heard.push(text));
    say('two');
    vi.advanceTimersByTime(BURST.leastMs / 2);
    say('three');
    await Promise.resolve();
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(BURST.leastMs / 2);
    await next;
    expect(heard).toEqual(['twothree']);
  });

  it('is read less often beside many others, within bounds, and counts as long as it is read', async () => {
    const crowd = { size: 19 };
    const { say, read, response } = makeAnswer({ crowd });
    say('one');
    await read();
    const next = read();
    say('two');
    vi.advanceTimersByTime(20 * BURST.eachMs - 1);
    say('three');
    vi.advanceTimersByTime(1);
    expect(await next).toBe('twothree');
    crowd.size = 1000;
    const last = read();
    say('four');
    vi.advanceTimersByTime(BURST.mostMs);
    expect(await last).toBe('four');
    response.emit('end');
    response.emit('close');
    expect(crowd.size).toBe(999);
  });

  it('waits for nothing where pieces come slowly', async () => {
    const { say, read } = makeAnswer();
    for (const text of ['a', 'b', 'c']) {
      const next = read();
      vi.advanceTimersByTime(BURST.leastMs);
      say(text);
      expect(await next).toBe(text);
    }
  });

  it('hands on what waits as soon as the answer ends, then its end', async () => {
    const { response, say, read, ends } = makeAnswer();
    say('one');
    expect(await read()).toBe('one');
    const next = read();
    say('last');
    response.emit('end');
    expect([await next, await read(), await read()]).toEqual(['last', null, null]);
    expect(ends).toEqual([[7, 'whole']]);
  });

  it('loses nothing of what came before it broke', async () => {
    const { response, say, read, ends } = makeAnswer();
    say('half');
    response.emit('close');
    expect(await read()).toBe('half');
    await expect(read()).rejects.toBeInstanceOf(AnswerCut);
    await expect(read()).rejects.toBeInstanceOf(AnswerCut);
    expect(ends).toEqual([[4, 'cut']]);
  });

  it('keeps the other side waiting while nobody reads, and lets it go on afterwards', async () => {
    const { say, read, state } = makeAnswer();
    for (let piece = 0; piece < 64; piece++) say('x');
    expect(state.paused).toBe(true);
    expect(await read()).toBe('x'.repeat(64));
    expect(state.paused).toBe(false);
  });

  it('hands a file on piece by piece, few of which wait', async () => {
    const { say, read, state } = makeAnswer({ bulk: true });
    for (const text of ['a', 'b', 'c', 'd']) say(text);
    expect(state.paused).toBe(true);
    expect([await read(), await read(), await read()]).toEqual(['a', 'b', 'c']);
    expect(state.paused).toBe(true);
    expect(await read()).toBe('d');
    expect(state.paused).toBe(false);
  });

  it.each([
    [READ_IT_ALL, 'whole'],
    [undefined, 'left'],
  ])('of which its reader has enough (%s) is let go by', async (reason, outcome) => {
    const { response, body, say, read, ends, state } = makeAnswer();
    say('enough');
    await read();
    body.cancel(reason);
    body.cancel();
    expect(ends).toEqual([[6, outcome]]);
    expect(await read()).toBeNull();
    say('more');
    expect(state.destroyed).toBe(false);
    response.emit('close');
  });

  it('is text as a whole, also across pieces inside a letter', async () => {
    const { response, body } = makeAnswer();
    const bytes = Buffer.from('Grüße', 'utf8');
    response.emit('data', bytes.subarray(0, 3));
    const text = wholeText(body);
    await Promise.resolve();
    response.emit('data', bytes.subarray(3));
    response.emit('end');
    expect(await text).toBe('Grüße');
  });

  it('of an error is what has come when the rest is not sent: its status says most', async () => {
    const { body, say, state, ends } = makeAnswer({ status: 401 });
    const text = wholeText(body);
    say('{"error":');
    await vi.advanceTimersByTimeAsync(MOST_ERROR_MS - 1);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await text).toBe('{"error":');
    expect([state.destroyed, ends]).toEqual([true, [[9, 'left']]]);
  });

  it('of an error that came whole is waited for no longer', () => {
    const { response } = makeAnswer({ status: 500 });
    response.emit('end');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is a web stream for those who read one, with its errors', async () => {
    const whole = makeAnswer();
    whole.say('text');
    whole.response.emit('end');
    expect(await new Response(webStream(whole.body)).text()).toBe('text');
    const cut = makeAnswer();
    cut.response.emit('close');
    await expect(new Response(webStream(cut.body)).text()).rejects.toThrow('ended before');
  });
});
