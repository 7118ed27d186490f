import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinkClient } from './client.ts';
import { createLiveTurns } from './live-turns.ts';
import { createFakeCore } from './testing/fake-core.ts';

const TURN = '01890000-0000-7000-8000-000000000001';

const setup = () => {
  const client = createLinkClient();
  const core = createFakeCore({});
  client.connect(core.port);
  const frames: (() => void)[] = [];
  const live = createLiveTurns(client, (paint) => frames.push(paint));
  const turnPage = () => frames.splice(0).forEach((paint) => paint());
  return { client, core, live, frames, turnPage };
};

const message = { text: 'final' } as never;
const ended = { kind: 'end', conversation: {} as never, message, trace: null } as const;

describe('text of a running turn', () => {
  it('tells its reader once a frame, whatever came in between', () => {
    const { core, live, frames, turnPage } = setup();
    let paints = 0;
    live.watch(TURN, () => paints++);
    for (let seq = 1; seq <= 50; seq++) core.streams[0]?.item({ kind: 'delta', seq, text: 'x' });
    expect(frames).toHaveLength(1);
    expect(live.peek(TURN)?.text).toBe('');
    turnPage();
    expect(paints).toBe(1);
    expect(live.peek(TURN)?.text).toBe('x'.repeat(50));
  });

  it('asks for what it missed when a number is left out', () => {
    const { core, live, turnPage } = setup();
    live.watch(TURN, () => undefined);
    core.streams[0]?.item({ kind: 'delta', seq: 1, text: 'a' });
    core.streams[0]?.item({ kind: 'delta', seq: 3, text: 'c' });
    expect(core.streams[0]?.closed).toBe(true);
    expect(core.streams[1]?.input).toEqual({ turnId: TURN, afterSeq: 1 });
    core.streams[1]?.item({ kind: 'snapshot', seq: 3, text: 'abc' });
    turnPage();
    expect(live.peek(TURN)?.text).toBe('abc');
  });

  it('shows the end at once, for a hidden window paints no frames', () => {
    const { core, live } = setup();
    const told: string[] = [];
    live.onEnd((_end, turnId) => told.push(turnId));
    live.watch(TURN, () => undefined);
    core.streams[0]?.item(ended);
    expect(live.peek(TURN)?.end?.message.text).toBe('final');
    expect(told).toEqual([TURN]);
  });

  it('goes on from where it was when the core came back', () => {
    const { client, core, live, turnPage } = setup();
    live.watch(TURN, () => undefined);
    core.streams[0]?.item({ kind: 'delta', seq: 1, text: 'a' });
    core.die();
    turnPage();
    expect(live.peek(TURN)).toMatchObject({ text: 'a', fault: { code: 'internal' } });
    const second = createFakeCore({});
    client.connect(second.port);
    expect(second.streams[0]?.input).toEqual({ turnId: TURN, afterSeq: 1 });
    second.streams[0]?.item({ kind: 'delta', seq: 2, text: 'b' });
    turnPage();
    expect(live.peek(TURN)).toMatchObject({ text: 'ab', fault: null });
  });

  it('only detaches when its last reader leaves', () => {
    const { core, live } = setup();
    const leaveA = live.watch(TURN, () => undefined);
    const leaveB = live.watch(TURN, () => undefined);
    leaveA();
    expect(core.streams[0]?.closed).toBe(false);
    leaveB();
    expect(core.streams[0]?.closed).toBe(true);
    expect(core.streams).toHaveLength(1);
  });

  it('ends with the whole text through any losses, repeats and snapshots', () => {
    const step = fc.constantFrom('send', 'lose', 'repeat', 'snapshot');
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1 }),
        fc.array(step),
        (parts, steps) => {
          const { core, live, turnPage } = setup();
          live.watch(TURN, () => undefined);
          const upTo = (seq: number) => parts.slice(0, seq).join('');
          parts.forEach((text, index) => {
            const seq = index + 1;
            const now = core.streams.at(-1);
            const how = steps[index] ?? 'send';
            if (how === 'lose') return;
            if (how === 'repeat') now?.item({ kind: 'delta', seq, text });
            if (how === 'snapshot') now?.item({ kind: 'snapshot', seq, text: upTo(seq) });
            else now?.item({ kind: 'delta', seq, text });
            const asked = core.streams.at(-1);
            if (asked !== now) asked?.item({ kind: 'snapshot', seq, text: upTo(seq) });
          });
          core.streams.at(-1)?.item({ kind: 'snapshot', seq: parts.length, text: upTo(parts.length) });
          turnPage();
          expect(live.peek(TURN)?.text).toBe(parts.join(''));
        },
      ),
    );
  });

  it('says when its text is ahead of whoever reads it', () => {
    const client = createLinkClient();
    const core = createFakeCore({});
    client.connect(core.port);
    let at = 1_000;
    const asked: boolean[] = [];
    const paintSoon = (paint: () => void, _urgent: boolean, ahead: boolean): void => {
      asked.push(ahead);
      paint();
    };
    const live = createLiveTurns(client, paintSoon, () => at);
    live.watch(TURN, () => undefined);
    core.streams[0]?.item({ kind: 'delta', seq: 1, text: 'x'.repeat(300) });
    core.streams[0]?.item({ kind: 'delta', seq: 2, text: 'x'.repeat(300) });
    at += 60_000;
    core.streams[0]?.item({ kind: 'delta', seq: 3, text: 'x' });
    expect(asked).toEqual([false, true, false]);
  });
});
