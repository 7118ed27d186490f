import { describe, expect, it } from 'vitest';
import { createVirtualTime } from '../../../test/support/virtual-time.ts';
import { silentLog } from '../../base/log.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import { makeFault } from '../../contract/fault-facts.ts';
import type { Store, TurnEnd } from '../../storage/store.ts';
import { createTurnKeeper } from './keeper.ts';
import { createLiveText } from './live-text.ts';
import type { Turn } from './turn.ts';

/** A turn whose text grows every 10 ms, over a store that keeps what it is told and may be full. */
function setUp() {
  const time = createVirtualTime();
  const stored: string[] = [];
  const troubles: Fault[] = [];
  let full = false;
  let asked = 0;
  const store = {
    chat: {
      checkpoint: (_id: string, text: string) => {
        asked++;
        if (full) throw new FaultError(makeFault('storage_full'));
        stored.push(text);
      },
    },
  } as unknown as Store;
  const live = createLiveText();
  const turn = { begin: { replyId: 'r' }, live } as unknown as Turn;
  const keeper = createTurnKeeper({ store, ...time, log: silentLog, onTrouble: (fault) => troubles.push(fault) }, turn);
  return {
    stored,
    troubles,
    live,
    asked: () => asked,
    fill: () => {
      full = true;
    },
    pass: (ms: number) => time.pass(ms),
    grow: async (times: number) => {
      for (let at = 0; at < times; at++) {
        live.append('x');
        keeper.grew();
        await time.pass(10);
      }
    },
  };
}

describe('the end of a turn', () => {
  it('is stored first, and its trace follows with what it cost', () => {
    const told: unknown[] = [];
    const end = { replyId: 'r', trace: { id: 't' }, decision: null, spans: ['s'], usages: ['u'] } as unknown as TurnEnd;
    const store = {
      chat: { endTurn: (_end: TurnEnd, trace: string) => (told.push(['reply', trace]), { message: 'm' }) },
    } as unknown as Store;
    const keeper = createTurnKeeper(
      {
        store,
        ...createVirtualTime(),
        log: silentLog,
        onTrouble: () => undefined,
        traceBehind: () => ({
          begin: () => undefined,
          forget: () => undefined,
          save: (trace, usages) => void told.push(['trace', trace.id, trace.spans, usages]),
        }),
      },
      { begin: { replyId: 'r' }, live: createLiveText() } as unknown as Turn,
    );
    keeper.end(end);
    expect(told).toEqual([
      ['reply', 'follows'],
      ['trace', 't', ['s'], ['u']],
    ]);
  });
});

describe('text that is being written', () => {
  it('is stored at once and then every 800 ms while it grows, whole each time', async () => {
    const { stored, grow } = setUp();
    await grow(200);
    expect(stored.map(({ length }) => length)).toEqual([1, 80, 160]);
  });

  it('is stored within a second of its last word, once', async () => {
    const { stored, live, grow, pass } = setUp();
    await grow(5);
    expect(stored).toEqual(['x']);
    await pass(1000);
    expect(stored.at(-1)).toBe(live.text());
    await pass(10_000);
    expect(stored).toHaveLength(2);
  });

  it('on a full disk goes on, is told of once, and bothers the disk no more', async () => {
    const { troubles, live, asked, fill, grow } = setUp();
    fill();
    await grow(400);
    expect(live.text()).toHaveLength(400);
    expect(troubles.map(({ code }) => code)).toEqual(['storage_full']);
    expect(asked()).toBe(1);
  });
});
