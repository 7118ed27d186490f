import { describe, expect, it } from 'vitest';
import { emptyGpuWarning, presentGpus, unusedGpuWarning } from './gpus.ts';

const card = { gpu: 'cuda', card: 'an NVIDIA graphics card', installed: true } as const;

describe('graphics cards', () => {
  it('are one on Apple silicon and none on older Macs', () => {
    expect(presentGpus('darwin', 'arm64')).toMatchObject([{ gpu: 'metal', installed: true }]);
    expect(presentGpus('darwin', 'x64')).toEqual([]);
  });

  it('are not missed where there are none', () => {
    expect(unusedGpuWarning('auto', [])).toBeNull();
    expect(unusedGpuWarning('cpu', [card])).toBeNull();
  });

  it('are told of when they are there and unused, with what to do', () => {
    expect(unusedGpuWarning('auto', [card])).toMatch(/NVIDIA.*driver.*run on the CPU/);
    expect(unusedGpuWarning('auto', [{ ...card, installed: false }])).toMatch(/no CUDA binaries/);
  });

  it('are told of when one was asked for by name and is not there', () => {
    expect(unusedGpuWarning('vulkan', [])).toMatch(/Vulkan was asked for.*run on the CPU/);
  });

  it('are told of when they are used and hold nothing of the model', () => {
    expect(emptyGpuWarning('cuda', 0, 'Big')).toMatch(/Big does not fit/);
    expect(emptyGpuWarning('cuda', 1, 'Big')).toBeNull();
    expect(emptyGpuWarning('cpu', 0, 'Big')).toBeNull();
  });
});
