import { describe, expect, it } from 'vitest';
import { createDisposeStack } from './dispose.ts';

describe('the dispose stack', () => {
  it('ends in reverse order of building', async () => {
    const ended: string[] = [];
    const stack = createDisposeStack(() => undefined);
    stack.add({ dispose: () => void ended.push('first') });
    stack.add({ dispose: () => void ended.push('second') });
    await stack.dispose();
    expect(ended).toEqual(['second', 'first']);
  });

  it('ends the others when one fails, and tells', async () => {
    const ended: string[] = [];
    const errors: unknown[] = [];
    const stack = createDisposeStack((error) => errors.push(error));
    stack.add({ dispose: () => void ended.push('first') });
    stack.add({ dispose: () => Promise.reject(new Error('stuck')) });
    await stack.dispose();
    expect(ended).toEqual(['first']);
    expect(errors).toHaveLength(1);
  });

  it('ends each only once', async () => {
    let times = 0;
    const stack = createDisposeStack(() => undefined);
    stack.add({ dispose: () => void times++ });
    await stack.dispose();
    await stack.dispose();
    expect(times).toBe(1);
  });
});
