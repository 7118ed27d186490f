import { beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { writeQuery } from '../filters.ts';
import { nameProblem, readViews, savedViewOf, takeOver } from './saved-views.ts';

describe('saved views', () => {
  const kept = [
    { name: 'Slow local', query: 'route=local&slower=5000' },
    { name: 'Bad', query: 'rating=down' },
  ];

  it('come back in the order of their names', () => {
    expect(readViews(kept).map(({ name, query }) => [name, writeQuery(query)])).toEqual([
      ['Bad', 'rating=down'],
      ['Slow local', 'route=local&slower=5000'],
    ]);
  });

  it('lose what makes no sense, and a second one of the same name', () => {
    const junk = [null, 7, { name: 'x' }, { name: '', query: 'q=a' }, { name: 'all', query: 'status=exploded' }];
    expect(readViews([...junk, ...kept, { name: 'bad ', query: 'q=a' }]).map(({ name }) => name)).toEqual([
      'Bad',
      'Slow local',
    ]);
  });

  it('read whatever was kept without failing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const view of readViews(value)) expect(writeQuery(view.query)).not.toBe('');
      }),
    );
  });

  it('know the filter that is one of them exactly', () => {
    const views = readViews(kept);
    expect(savedViewOf(views, { rating: 'down' })?.name).toBe('Bad');
    expect(savedViewOf(views, { rating: 'down', status: 'ok' })).toBeNull();
  });

  it('have a name each, and keep their own when renamed', () => {
    const views = readViews(kept);
    expect(nameProblem(views, '  ')).toBe('empty');
    expect(nameProblem(views, 'BAD')).toBe('taken');
    expect(nameProblem(views, 'Bad', 'Bad')).toBeNull();
  });
});

describe('views that were kept in the window', () => {
  const stored = new Map<string, string>();
  beforeEach(() => {
    stored.clear();
    stored.set('switchyard.traces.views', JSON.stringify({ views: [{ name: 'Bad', query: 'rating=down' }] }));
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      removeItem: (key: string) => stored.delete(key),
    });
  });

  it('are taken over once', async () => {
    const taken: unknown[] = [];
    const take = (views: readonly unknown[]) => Promise.resolve(taken.push(...views));
    await takeOver(take);
    await takeOver(take);
    expect(taken).toEqual([{ name: 'Bad', query: 'rating=down' }]);
  });

  it('stay where they are when the core does not take them', async () => {
    await expect(takeOver(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(stored.size).toBe(1);
  });
});
