import { beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { writeQuery } from '../filters.ts';
import { nameProblem, readViews, savedViewOf } from './saved-views.ts';

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

describe('the views of a person', () => {
  const stored = new Map<string, string>();
  beforeEach(() => {
    vi.resetModules();
    stored.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    });
  });

  it('are there after a restart as they were saved, renamed and deleted', async () => {
    const before = (await import('./saved-views.ts')).useSavedViews.getState();
    before.save('One', { status: 'failed' });
    before.save('Two', { degraded: true });
    before.rename('One', 'First');
    before.remove('Two');
    vi.resetModules();
    const { views } = (await import('./saved-views.ts')).useSavedViews.getState();
    expect(views).toEqual([{ name: 'First', query: { status: 'failed' } }]);
  });
});
