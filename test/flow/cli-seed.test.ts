import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planScenario, SCENARIOS } from '../../electron/cli/seed/scenarios.ts';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { openStore } from '../../electron/storage/index.ts';
import { conversationDump } from '../../electron/orchestration/data/dump-format.ts';
import { trace as traceSchema } from '../../electron/contract/entities/trace.ts';
import { join } from 'node:path';
import { runCli, temporaryFolder } from '../support/cli.ts';

const NOW = Date.UTC(2026, 10, 23, 15);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

const seed = (scenario: string, ...more: string[]) =>
  runCli(['seed', '--scenario', scenario, '--at', '2026-11-23T15:00:00Z', '--data', folder.path, ...more]);

const open = () =>
  openStore({
    path: join(folder.path, 'switchyard.db'),
    snapshotDir: join(folder.path, 'snapshots'),
    clock: systemClock,
    mintId: () => '01939c5e-0000-7000-8000-000000000001',
    log: silentLog,
  });

describe('made-up use', () => {
  it.each(SCENARIOS)('is the same every time, fits the contract and never lies ahead: %s', (scenario) => {
    const plan = planScenario(scenario, NOW);
    const again = planScenario(scenario, NOW);
    expect(again.feedback).toEqual(plan.feedback);
    expect(again.conversations.at(-1)?.messages.slice(-4)).toEqual(plan.conversations.at(-1)?.messages.slice(-4));
    expect(again.traces.slice(-3)).toEqual(plan.traces.slice(-3));
    for (const dump of plan.conversations) conversationDump.parse({ ...dump, messages: dump.messages.slice(-50) });
    for (const { trace } of plan.traces.slice(-60)) traceSchema.parse(trace);
    const times = [
      ...plan.conversations.flatMap(({ messages }) => messages.map(({ createdAt }) => createdAt)),
      ...plan.traces.map(({ trace }) => trace.startedAt),
      ...plan.feedback.map(({ at }) => at),
    ];
    expect(Math.max(0, ...times)).toBeLessThanOrEqual(NOW);
    const ids = [
      ...plan.traces.map(({ trace }) => trace.id),
      ...plan.conversations.flatMap((c) => c.messages.map((m) => m.id)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('fills a week with everything a screen can show', async () => {
    expect((await seed('week')).code).toBe(0);
    const store = open();
    const { conversations, folders } = store.chat.list();
    expect(folders).toHaveLength(3);
    expect(conversations.some(({ pinned }) => pinned)).toBe(true);
    expect(conversations.some(({ private: secret }) => secret)).toBe(true);
    const messages = conversations.flatMap(({ id }) => store.chat.thread(id, null, 500).messages);
    const statuses = new Set(messages.map(({ status }) => status));
    for (const status of ['complete', 'stopped', 'partial', 'failed']) expect(statuses).toContain(status);
    expect(messages.some(({ siblingIds }) => siblingIds.length > 1)).toBe(true);
    for (const mark of ['```mermaid', '```sql', '$$', '|---', '🍅', '推荐信', 'الجبر']) {
      expect(messages.some(({ text }) => text.includes(mark))).toBe(true);
    }
    const { upCount, downCount } = store.feedback.list({}, 10);
    expect([upCount > 10, downCount > 2]).toEqual([true, true]);
    expect(
      store.prompts
        .list()
        .map(({ versionCount }) => versionCount)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(store.traces.list({ degraded: true }, null, 5).total).toBeGreaterThan(3);
    expect(store.check(true)).toEqual(expect.objectContaining({ ok: true }));
    store.dispose();
  });

  it('fills one conversation with ten thousand messages', async () => {
    expect((await seed('long')).out).toContain('10000 messages');
    const store = open();
    const [only] = store.chat.list().conversations;
    expect(store.chat.thread(only?.id ?? '', null, 10).total).toBe(10_000);
    store.dispose();
  });

  it('fills a thousand traces with steps', async () => {
    expect((await seed('traces')).code).toBe(0);
    const store = open();
    const { rows, total } = store.traces.list({}, null, 500);
    expect(total).toBe(1000);
    expect(store.traces.get(rows[0]?.id ?? '')?.spans.length).toBeGreaterThan(3);
    store.dispose();
  });

  it('never mixes with real conversations unless it is told to', async () => {
    await runCli(['chat', 'mine', '--data', folder.path]);
    const refused = await seed('week');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('add --force') as string]);
    expect((await seed('week', '--force')).code).toBe(0);
    expect((await seed('week', '--force')).err).toContain('This made-up use is there already');
  });
});
