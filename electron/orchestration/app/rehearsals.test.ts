import { describe, expect, it } from 'vitest';
import { createVirtualTime } from '../../../test/support/virtual-time.ts';
import { startRehearsals } from './rehearsals.ts';

function stage(part: () => void = () => undefined) {
  const time = createVirtualTime();
  const errors: unknown[] = [];
  let played = 0;
  let busy = false;
  const parts = [
    () => {
      played++;
      part();
    },
  ];
  const started = startRehearsals(
    time.timers,
    parts,
    () => busy,
    (error) => errors.push(error),
  );
  return { time, errors, played: () => played, setBusy: (now: boolean) => (busy = now), ...started };
}

describe('rehearsals after the window is there', () => {
  it('are played a number of times, and then no more', async () => {
    const { time, played } = stage();
    await time.pass(100);
    expect(played()).toBe(0);
    await time.pass(60_000);
    expect(played()).toBe(20);
    expect(time.waiting()).toBe(0);
  });

  it('leave a turn of a person alone', async () => {
    const { time, played, setBusy } = stage();
    setBusy(true);
    await time.pass(60_000);
    expect(played()).toBe(0);
  });

  it('end with what fails, which is told once', async () => {
    const { time, played, errors } = stage(() => {
      throw new Error('disk full');
    });
    await time.pass(60_000);
    expect([played(), errors.length, time.waiting()]).toEqual([1, 1, 0]);
  });

  it('end with the app', async () => {
    const { time, played, dispose } = stage();
    await time.pass(800);
    const before = played();
    dispose();
    await time.pass(60_000);
    expect(played()).toBe(before);
  });
});
