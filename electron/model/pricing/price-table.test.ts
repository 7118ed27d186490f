import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { parsePriceFile } from './price-file.ts';
import { createPriceTable } from './price-table.ts';

let dataDir = '';
let now = 0;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'switchyard-prices-'));
  now = 1_000_000;
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});
const open = () =>
  createPriceTable({ resourcesDir: resolve('resources'), dataDir, clock: { now: () => now }, log: silentLog });
const anthropic = { id: 'claude', kind: 'anthropic' } as const;
let written = 1000;
const own = (text: string) => {
  const path = join(dataDir, 'prices.yaml');
  writeFileSync(path, text);
  utimesSync(path, ++written, written);
  now += 10_000;
};

describe('the prices that come with the app', () => {
  const parsed = parsePriceFile(readFileSync('resources/prices.yaml', 'utf8'));
  const models = parsed.ok ? Object.values(parsed.file).flatMap((list) => Object.entries(list.models)) : [];

  it('say where each is from and of what day, and never ask more for cached tokens', () => {
    expect(parsed).toMatchObject({ ok: true });
    expect(models.length).toBeGreaterThan(25);
    if (parsed.ok) for (const { source } of Object.values(parsed.file)) expect(source).toMatch(/^https:\/\//u);
    for (const [, price] of models) {
      expect(price.cached ?? price.in).toBeLessThanOrEqual(price.in);
      expect(price.write ?? price.in).toBeGreaterThanOrEqual(price.in);
    }
  });

  it('count for a dated version of a model, and for a compatible server only by its address', () => {
    const prices = open();
    expect(prices.known(anthropic, 'claude-sonnet-4-5-20250929')).toMatchObject({
      contextTokens: 200_000,
      capabilities: { tools: true, embeddings: false },
      price: { usdPerMTokIn: 3, usdPerMTokCachedIn: 0.3, usdPerMTokCacheWrite: 3.75, usdPerMTokOut: 15 },
    });
    const compatible = { id: 'box', kind: 'openai-compatible' } as const;
    expect(prices.known({ ...compatible, baseUrl: 'http://127.0.0.1:1/v1' }, 'gpt-4o')).toBeNull();
    const groq = { ...compatible, baseUrl: 'https://api.groq.com/openai/v1' };
    expect(prices.known(groq, 'llama-3.1-8b-instant')?.price?.usdPerMTokIn).toBe(0.05);
    expect(prices.known(anthropic, 'claude-of-tomorrow')).toBeNull();
  });
});

describe('prices of a person’s own', () => {
  const mine = (model: string) => `claude:\n  source: my contract\n  asOf: 2026-01-01\n  models:\n    big: ${model}\n`;

  it('go first, by provider id or kind, and are taken up while the app runs', () => {
    const prices = open();
    expect(prices.known(anthropic, 'big')).toBeNull();
    own(mine('{ in: 1, out: 2 }'));
    expect(prices.known(anthropic, 'big')?.price).toMatchObject({ usdPerMTokOut: 2, source: 'my contract' });
    rmSync(join(dataDir, 'prices.yaml'));
    now += 10_000;
    expect(prices.known(anthropic, 'big')).toBeNull();
  });

  it('may be dearer for longer prompts, which are listed by their length', () => {
    const prices = open();
    own(mine('{ in: 1, out: 2, tiers: [{ above: 1000, in: 2, out: 4 }, { above: 5000, in: 3, cached: 1, out: 6 }] }'));
    expect(prices.known(anthropic, 'big')?.price?.tiers).toMatchObject([
      { aboveTokensIn: 1000, usdPerMTokIn: 2, usdPerMTokCachedIn: 2, usdPerMTokOut: 4 },
      { aboveTokensIn: 5000, usdPerMTokCachedIn: 1 },
    ]);
    own(mine('{ in: 1, out: 2, tiers: [{ above: 1000, in: 2, out: 4 }, { above: 500, in: 3, out: 6 }] }'));
    expect(prices.problem()).toMatch(/Line 5: “claude\.models\.big\.tiers” must list longer prompts later\./u);
  });

  it('stay as they were while the file is wrong, which is told with its line', () => {
    const prices = open();
    own(mine('{ in: 1, out: 2 }'));
    expect(prices.problem()).toBeNull();
    own(mine('{ in: -1, out: 2 }'));
    expect(prices.problem()).toMatch(/Line 5: “claude\.models\.big\.in”/u);
    expect(prices.known(anthropic, 'big')?.price?.usdPerMTokIn).toBe(1);
    own(mine('{ in: 1, out: 2, colour: red }'));
    expect(prices.problem()).toMatch(/Line 5: “claude\.models\.big\.colour” is not a field of a price file\./u);
    own('claude: [\n');
    expect(prices.problem()).toMatch(/Line 1, column 9: .*not closed/u);
  });
});
