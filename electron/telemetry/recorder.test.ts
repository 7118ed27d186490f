import { describe, expect, it } from 'vitest';
import { createMintId } from '../base/ids.ts';
import { makeFault } from '../router/fault-table.ts';
import { createGapMeter } from './gaps.ts';
import { createTraceRecorder } from './recorder.ts';

function make() {
  let ms = 500;
  const clock = { now: () => 1_700_000_000_000 + ms, monotonicMs: () => ms };
  const mintId = createMintId(clock, (bytes) => bytes.fill(7));
  return { recorder: createTraceRecorder({ clock, mintId }, 'trace', 'Turn'), pass: (by: number) => void (ms += by) };
}

describe('recording a trace', () => {
  it('measures steps from the start of the trace, parents before children', () => {
    const { recorder, pass } = make();
    pass(2);
    const step = recorder.root.child('attempt', 'Attempt');
    pass(3);
    const part = step.child('load', 'Load', { a: 1 });
    pass(5);
    part.end();
    step.end();
    recorder.root.end();
    const spans = recorder.finish();
    expect(spans.map(({ name, startMs, durationMs }) => [name, startMs, durationMs])).toEqual([
      ['Turn', 0, 10],
      ['Attempt', 2, 8],
      ['Load', 5, 5],
    ]);
    expect(spans[2]?.parentId).toBe(spans[1]?.id);
  });

  it('keeps the first end, with its fault', () => {
    const { recorder, pass } = make();
    const step = recorder.root.child('check', 'Check');
    pass(1);
    step.end(makeFault('empty_output'));
    pass(9);
    step.end();
    expect(recorder.finish()[1]).toMatchObject({ durationMs: 1, status: 'error', fault: { code: 'empty_output' } });
  });

  it('ends now what was left running', () => {
    const { recorder, pass } = make();
    recorder.root.child('stream', 'Write');
    pass(4);
    expect(recorder.finish().map(({ durationMs }) => durationMs)).toEqual([4, 4]);
  });
});

describe('gaps between deltas', () => {
  it('says nothing before there are two deltas', () => {
    expect(createGapMeter().summary()).toBeNull();
  });

  it('stays small over a long stream and never forgets the largest gap', () => {
    const meter = createGapMeter();
    for (let i = 0; i < 50_000; i++) meter.add(i === 777 ? 500 : 10);
    expect(meter.summary()).toEqual({ p50Ms: 10, p95Ms: 10, maxMs: 500 });
  });

  it('draws any stream in few columns, in order, with the longest gap of each', () => {
    const short = createGapMeter();
    for (const ms of [3, 1, 2]) short.add(ms);
    expect(short.drawing()).toEqual({ each: 1, slotsMs: [3, 1, 2] });
    const long = createGapMeter();
    for (let i = 0; i < 50_000; i++) long.add(i === 777 ? 500 : i < 25_000 ? 10 : 20);
    const { each, slotsMs } = long.drawing();
    expect(slotsMs.length).toBeLessThanOrEqual(96);
    expect(slotsMs.length).toBe(Math.ceil(50_000 / each));
    expect(slotsMs.indexOf(500)).toBe(Math.floor(777 / each));
    expect(slotsMs.at(1)).toBe(10);
    expect(slotsMs.at(-1)).toBe(20);
  });
});
