import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachineState, createMemoryPressure } from './machine.ts';

let folder = '';
let now = 0;
const clock = { monotonicMs: () => now };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-machine-'));
  now = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
/** A supply as the kernel shows it. */
function supply(name: string, files: Record<string, string>): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
}

describe('power, without a window', () => {
  it('is battery while one discharges and nothing is plugged in, and mains again a moment after', () => {
    const machine = createMachineState(clock, folder);
    supply('BAT0', { status: 'Discharging', type: 'Battery' });
    supply('AC', { online: '0', type: 'Mains' });
    expect(machine.onBattery()).toBe(true);
    supply('AC', { online: '1' });
    now += 3000;
    expect(machine.onBattery()).toBe(false);
  });

  it('is mains where there is no battery, or none that says anything', () => {
    expect(createMachineState(clock, join(folder, 'none')).onBattery()).toBe(false);
    supply('BAT0', { status: 'Full' });
    expect(createMachineState(clock, folder).onBattery()).toBe(false);
  });
});

describe('memory pressure', () => {
  const write = (full: string): void => {
    const some = 'some avg10=60.00 avg60=0.00 avg300=0.00 total=1';
    writeFileSync(join(folder, 'memory'), `${some}\nfull avg10=${full} avg60=0.00 avg300=0.00 total=0\n`);
  };

  it('is there while all work waits for memory a tenth of the time, and over when it does not', () => {
    const pressure = createMemoryPressure(clock, join(folder, 'memory'));
    write('12.50');
    expect(pressure()).toBe(true);
    write('0.40');
    expect(pressure()).toBe(true);
    now += 3000;
    expect(pressure()).toBe(false);
  });

  it('is nothing that a system without such figures has', () => {
    expect(createMemoryPressure(clock, join(folder, 'none'))()).toBe(false);
  });
});
