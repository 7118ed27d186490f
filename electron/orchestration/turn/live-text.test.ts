import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLiveText } from './live-text.ts';

/** A reader as a window has one: applies what it hears and knows which delta it is at. */
function makeReader() {
  const reader = { text: '', seq: 0 };
  return {
    reader,
    hear: (event: { kind: string; seq?: number; text?: string }) => {
      if (event.kind === 'delta') {
        expect(event.seq).toBe(reader.seq + 1);
        reader.text += event.text ?? '';
        reader.seq = event.seq ?? 0;
      }
      if (event.kind === 'snapshot') Object.assign(reader, { text: event.text, seq: event.seq });
    },
  };
}

describe('the text of a live turn', () => {
  it('comes again piece by piece as far as the last 256, and as a whole only to who lost more', () => {
    const live = createLiveText();
    for (let at = 0; at < 513; at++) live.append('x');
    const heardFrom = (seq: number): string[] => {
      const kinds: string[] = [];
      live.read(seq, ({ kind }) => kinds.push(kind))();
      return kinds;
    };
    expect(heardFrom(513)).toEqual([]);
    expect(heardFrom(257)).toEqual(Array.from({ length: 256 }, () => 'delta'));
    expect(heardFrom(256)).toEqual(['snapshot']);
  });

  it('reaches a reader whole, however often it goes and comes back', () => {
    const steps = fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 3 }), fc.constantFrom('<leave>', '<come>')), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const live = createLiveText();
        const { reader, hear } = makeReader();
        let leave: (() => void) | null = live.read(0, hear);
        for (const step of all) {
          if (step === '<leave>') {
            leave?.();
            leave = null;
          } else if (step === '<come>') leave ??= live.read(reader.seq, hear);
          else live.append(step);
        }
        leave ??= live.read(reader.seq, hear);
        expect(reader.text).toBe(live.text());
      }),
    );
  });

  it('gives a snapshot to a reader that missed more than is kept', () => {
    const live = createLiveText();
    for (let i = 0; i < 2000; i++) live.append('x');
    const { reader, hear } = makeReader();
    live.read(3, hear);
    expect(reader).toEqual({ text: 'x'.repeat(2000), seq: 2000 });
  });

  it('says the newest phase and route to a late reader', () => {
    const live = createLiveText();
    live.say({ kind: 'phase', phase: 'loading', detail: null });
    live.say({ kind: 'phase', phase: 'decoding', detail: null });
    live.say({ kind: 'route', route: 'local', modelId: 'm', modelName: 'M', degraded: false, degradedReason: null });
    const heard: string[] = [];
    live.read(0, (event) => heard.push(event.kind === 'phase' ? event.phase : event.kind));
    expect(heard).toEqual(['route', 'decoding']);
  });

  it('takes back what was thrown away', () => {
    const live = createLiveText();
    const { reader, hear } = makeReader();
    live.read(0, hear);
    live.append('  ');
    live.reset();
    live.append('good');
    expect(reader.text).toBe('good');
  });
});
