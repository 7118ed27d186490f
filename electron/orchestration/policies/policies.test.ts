import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../../test/support/model-entry.ts';
import { plainFeatures } from '../../../test/support/routing.ts';
import { silentLog } from '../../base/log.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { decide, healthyMachine } from '../../router/index.ts';
import { createAnnounce } from '../announce.ts';
import { createSettings } from '../settings/settings.ts';
import { createPolicies } from './policies.ts';
import { createMemoryPolicyStore } from './policy-store.ts';

const MINE = 'name: mine\ndescription: Mine\nconstraints: {kinds: [local]}\n';
const models = [localEntry('local/small', { parameters: 1e9 }), cloudEntry('acme/big', { quality: 0.95 })];

let folder = '';
let now = 1_000_000;
let traces: Trace[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-policies-'));
  mkdirSync(join(folder, 'policies'));
  now = 1_000_000;
  traces = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const store = createMemoryPolicyStore;
function open(kept = store(), here: readonly ModelEntry[] = models) {
  const announce = createAnnounce((error) => {
    throw error;
  });
  const settings = createSettings({ path: join(folder, 'config.yaml'), announce, log: silentLog, watch: false });
  const policies = createPolicies({
    dataDir: folder,
    resourcesDir: resolve(import.meta.dirname, '../../../resources'),
    settings,
    store: kept,
    models: () => here,
    traces: {
      list: () => ({ rows: traces, next: null, total: traces.length }),
      get: (id) => traces.find((trace) => trace.id === id) ?? null,
    },
    questionOf: () => null,
    clock: { now: () => now },
    announce,
    log: silentLog,
  });
  return { policies, settings, kept };
}
const write = (text: string, name = 'mine'): void => {
  writeFileSync(join(folder, 'policies', `${name}.yaml`), text);
  now += 2000;
};

describe('policies of a person’s own', () => {
  it('lists the built-ins and the files, and says which one is in force', () => {
    write(MINE);
    const { policies } = open();
    const listed = policies.list().policies;
    expect(listed.map(({ name }) => name)).toEqual([
      'local-first',
      'balanced',
      'best-quality',
      'cheapest',
      'offline',
      'mine',
    ]);
    expect(listed.find(({ inUse }) => inUse)?.name).toBe('local-first');
    expect(listed.at(-1)).toMatchObject({ builtIn: false, version: 1, description: 'Mine', problem: null });
  });

  it('makes a new version of a file that was edited by hand, once it is seen', () => {
    const { policies, kept } = open();
    write(MINE);
    expect(policies.inForce('mine').version).toBe(1);
    write(`${MINE}limits: {retries: 0}\n`);
    expect(policies.inForce('mine')).toMatchObject({ version: 2, policy: { limits: { retries: 0 } } });
    expect(kept.versions('mine').map(({ note }) => note)).toEqual(['Edited by hand', 'Edited by hand']);
    expect(policies.get('mine', 1).text).toBe(MINE);
  });

  it('keeps the last good version in force while the file is wrong, names the line, and so after a restart', () => {
    const { policies, settings, kept } = open();
    write(MINE);
    policies.use('mine');
    write('name: mine\nladder:\n  - to: nowhere\n');
    expect(policies.inForce()).toMatchObject({ name: 'mine', version: 1, text: MINE });
    const entry = policies.list().policies.at(-1);
    expect(entry?.problem).toMatch(/^Line 3: .*last good version stays in force/);
    expect(settings.config().policy).toBe('mine');
    expect(open(kept).policies.inForce()).toMatchObject({ version: 1, text: MINE });
    expect(() => policies.use('mine')).toThrow(/Line 3/);
  });

  it('lets nothing leave the machine when a policy was never readable or is not there', () => {
    const { policies, settings } = open();
    settings.save({ ...settings.config(), policy: 'gone' });
    expect(policies.inForce().name).toBe('offline');
    expect(policies.list().policies.at(-1)).toMatchObject({ name: 'gone', inUse: true });
    expect(policies.list().policies.at(-1)?.problem).toMatch(/There is no file gone\.yaml.*“offline” is in force/);
  });

  it('reads a file beside the settings, named with or without its ending', () => {
    const { policies, settings } = open();
    writeFileSync(join(folder, 'team.yaml'), 'name: team\nlimits: {attempts: 2}\n');
    for (const name of ['team', 'team.yaml']) {
      settings.save({ ...settings.config(), policy: name });
      expect(policies.inForce().policy.limits.attempts).toBe(2);
    }
  });

  it('saves a text as a file and a version, refuses a wrong one with its line and a built-in’s name', () => {
    const { policies, kept } = open();
    expect(policies.save(MINE, 'First')).toMatchObject({ name: 'mine', version: 1 });
    expect(policies.save(MINE, 'The same')).toMatchObject({ version: 1 });
    now += 5000;
    expect(policies.save(`${MINE}# more\n`, 'Second')).toMatchObject({ version: 2 });
    expect(kept.versions('mine').map(({ note }) => note)).toEqual(['First', 'Second']);
    expect(() => policies.save('name: mine\nrulez: []\n', '')).toThrow(/^Line 2: “rulez”/);
    expect(() => policies.save('name: balanced\n', '')).toThrow(/ships with the app/);
    expect(() => policies.get('nothing')).toThrow(/no policy/);
  });

  it('uses a policy by writing its name into the settings', () => {
    const { policies, settings } = open();
    expect(policies.use('cheapest')).toMatchObject({ inUse: true, builtIn: true, version: 0 });
    expect(settings.config().policy).toBe('cheapest');
    expect(policies.inForce().name).toBe('cheapest');
  });

  it('warns of unknown models without calling the text wrong', () => {
    const { policies } = open();
    expect(policies.check('name: a\nconstraints: {only: [gone/*]}\n').problems).toMatchObject([
      { line: 2, warning: true },
    ]);
    expect(policies.check('name: a\nconstraints: {only: [gone]}\n').problems[0]?.warning).toBeUndefined();
    expect(policies.check(MINE).problems).toEqual([]);
  });
});

describe('a dry run', () => {
  const recorded = (id: string, more: Parameters<typeof plainFeatures>[0], isPrivate = false): Trace => {
    const { policies } = open();
    const features = { ...plainFeatures(more), private: isPrivate };
    const plan = decide(features, models, healthyMachine(now), policies.inForce('offline'));
    return {
      id,
      modelId: plan.decision.chosen,
      modelName: 'small',
      preview: more?.text ?? '',
      startedAt: now,
      private: isPrivate,
      source: 'app',
      costUsd: 0,
      tokensIn: 1_000_000,
      tokensOut: 100_000,
      decision: plan.decision,
    } as Trace;
  };

  it('says what another policy would have chosen, at what cost, and that private turns stay', () => {
    traces = [recorded('a', { difficulty: 0.9 }), recorded('b', { difficulty: 0.9 }, true)];
    const result = open().policies.dryRun('name: other\nobjective: {quality: 1}\n', { limit: 10 });
    expect(result.rows.map(({ wouldBe }) => wouldBe)).toEqual(['acme/big', 'local/small']);
    expect(result.changed).toBe(1);
    expect(result.rows[0]?.wouldCostUsd).toBeCloseTo(3.5);
    expect(result.wouldUsd).toBeCloseTo(3.5);
  });

  it('follows rules that look for words, from what is known of the question', () => {
    traces = [recorded('a', { text: 'what is our vat number' }), recorded('b', { text: 'hello private cat' })];
    const text =
      'name: other\nobjective: {quality: 1}\nrules:\n  - name: Tax\n    when: {mentions: [VAT]}\n    then: {kinds: [local]}\n';
    const result = open().policies.dryRun(text, { limit: 10 });
    expect(result.rows.map(({ wouldBe }) => wouldBe)).toEqual(['local/small', 'acme/big']);
  });

  it('says what a turn came by, and leaves out of the sum what has no known price, which it counts', () => {
    traces = [{ ...recorded('a', { difficulty: 0.9 }), source: 'api' }];
    const { policies } = open();
    const priced = policies.dryRun('name: other\nobjective: {quality: 1}\n', { limit: 10 });
    expect(priced.rows[0]?.source).toBe('api');
    expect(priced.unpriced).toBe(0);
    const plain = models.map((model) => ({ ...model, price: null }));
    const dear = open(store(), plain).policies.dryRun('name: other\nobjective: {quality: 1}\n', { limit: 10 });
    expect([dear.rows[0]?.wouldBe, dear.wouldUsd, dear.unpriced]).toEqual(['acme/big', 0, 1]);
  });

  it('gives the decision that was made when the policy is the same', () => {
    traces = [recorded('a', { difficulty: 0.4, languages: ['de'], code: true })];
    const { policies } = open();
    const result = policies.dryRun(policies.get('offline').text, { limit: 10 });
    expect(result.changed).toBe(0);
  });
});
