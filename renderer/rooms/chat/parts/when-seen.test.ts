import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whenSeen } from './when-seen.ts';

describe('what waits until a page is seen', () => {
  let frames: (() => void)[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
    vi.stubGlobal('cancelAnimationFrame', (id: number) => void (frames[id - 1] = () => undefined));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const draw = (): void => {
    for (const run of frames.splice(0)) run();
  };

  it('runs once, after the next frame', () => {
    let runs = 0;
    whenSeen(() => void runs++);
    vi.advanceTimersByTime(100);
    expect(runs).toBe(0);
    draw();
    vi.runAllTimers();
    expect(runs).toBe(1);
  });

  it('runs without a frame when nobody is there to see one', () => {
    let runs = 0;
    whenSeen(() => void runs++);
    vi.advanceTimersByTime(2_000);
    draw();
    vi.runAllTimers();
    expect(runs).toBe(1);
  });

  it('does not run when it is called off, between the frame and its end too', () => {
    let runs = 0;
    const stop = whenSeen(() => void runs++);
    draw();
    stop();
    vi.runAllTimers();
    expect(runs).toBe(0);
  });
});
