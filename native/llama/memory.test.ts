import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { freeMemoryBytes, memoryGroups } from './memory.ts';

describe('memory that is free', () => {
  it('is some, and not more than the machine has', () => {
    expect(freeMemoryBytes()).toBeGreaterThan(0);
    expect(freeMemoryBytes()).toBeLessThanOrEqual(totalmem());
  });

  it('is looked for in every group above the own one', () => {
    expect(memoryGroups('0::/user.slice/app.scope\n').map(({ folder }) => folder)).toEqual([
      '/sys/fs/cgroup/user.slice/app.scope',
      '/sys/fs/cgroup/user.slice',
      '/sys/fs/cgroup/',
    ]);
  });

  it('is found in groups of the older kind too', () => {
    expect(memoryGroups('5:cpu,cpuacct:/x\n4:memory:/jobs/a\n')).toEqual([
      { version: 1, folder: '/sys/fs/cgroup/memory/jobs/a' },
      { version: 1, folder: '/sys/fs/cgroup/memory/jobs' },
      { version: 1, folder: '/sys/fs/cgroup/memory/' },
    ]);
  });
});
