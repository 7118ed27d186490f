import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import type { CallOutput } from '../../electron/contract/calls.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';
import { makeTraceRow } from './storage-kit.ts';

const MARCH = Date.UTC(2026, 2, 1);
const APRIL = Date.UTC(2026, 3, 1);

/** A core whose ledger holds three lines of March and one of April. */
async function setUp() {
  const made = await makeCore();
  const line = (at: number, modelId: string, costUsd: number, tokenName: string | null = null) => ({
    id: mintId(),
    traceId: mintId(),
    at,
    modelId,
    tokensIn: 10,
    tokensCached: 4,
    tokensOut: 5,
    costUsd,
    savedUsd: 0.5,
    providerId: modelId.split('/')[0] ?? '',
    tokenName,
  });
  const lines = [
    line(MARCH, 'far/big', 1, '=cmd()'),
    line(APRIL - 1, 'far/big', 2),
    line(MARCH + 5, 'local/small', 0),
    line(APRIL, 'far/big', 4),
  ];
  made.core.store.traces.save({ ...makeTraceRow(mintId()), decision: null, spans: [] }, lines);
  return { ...made, lines };
}

describe('the usage of a month', () => {
  it('is summed by provider and model, dearest first, without what lies outside', async () => {
    const { core } = await setUp();
    const { sums } = (await answerCall(core.handlers, 'usage.sums', {
      since: MARCH,
      until: APRIL,
    })) as CallOutput<'usage.sums'>;
    expect(sums).toEqual([
      {
        providerId: 'far',
        modelId: 'far/big',
        entries: 2,
        tokensIn: 20,
        tokensCached: 8,
        tokensOut: 10,
        costUsd: 3,
        savedUsd: 1,
      },
      {
        providerId: 'local',
        modelId: 'local/small',
        entries: 1,
        tokensIn: 10,
        tokensCached: 4,
        tokensOut: 5,
        costUsd: 0,
        savedUsd: 0.5,
      },
    ]);
  });

  it('is written as a table with a line for each entry, none of which a spreadsheet calculates', async () => {
    const { core, dataDir, lines } = await setUp();
    const path = join(dataDir, 'usage.csv');
    const result = await answerCall(core.handlers, 'usage.export', { since: MARCH, until: APRIL, path });
    expect(result).toEqual({ path, entries: 3 });
    const [head, first, ...rest] = readFileSync(path, 'utf8').trimEnd().split('\r\n');
    expect(head).toBe('at,providerId,modelId,tokensIn,tokensCached,tokensOut,costUsd,savedUsd,tokenName,traceId,id');
    expect(first).toBe(
      `2026-03-01T00:00:00.000Z,far,far/big,10,4,5,1,0.5,'=cmd(),${lines[0]?.traceId ?? ''},${lines[0]?.id ?? ''}`,
    );
    expect(rest).toHaveLength(2);
  });

  it.each(['usage.csv', '/nowhere/at/all/usage.csv'])('cannot be written to %s, and says so', async (path) => {
    const { core } = await setUp();
    const asked = Promise.resolve(answerCall(core.handlers, 'usage.export', { since: MARCH, until: APRIL, path }));
    await expect(asked).rejects.toThrow(FaultError);
  });
});

describe('the limits that bear on spending', () => {
  it('follow the settings and the tokens of the app from one moment to the next', async () => {
    const { core } = await makeCore();
    const limits = async (): Promise<unknown> => {
      const { lines } = (await answerCall(core.handlers, 'budget.status', {})) as CallOutput<'budget.status'>;
      return lines.map(({ scope, name, limitUsd }) => [scope, name, limitUsd]);
    };
    const before = await limits();
    expect(await limits()).toEqual(before);
    core.api.tokens.create({ name: 'ci', requestsPerMinute: null, concurrency: null, usdPerDay: 2 });
    expect(await limits()).toContainEqual(['token', 'ci', 2]);
    const { config } = (await answerCall(core.handlers, 'settings.get', {})) as CallOutput<'settings.get'>;
    const changed = { ...config, budgets: { ...config.budgets, usdPerDay: 7 } };
    await answerCall(core.handlers, 'settings.save', { config: changed });
    expect(await limits()).toContainEqual(['day', null, 7]);
    core.api.tokens.revoke('ci');
    expect(JSON.stringify(await limits())).not.toContain('"ci"');
  });
});
