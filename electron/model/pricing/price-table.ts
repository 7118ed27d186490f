import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ModelCapabilities } from '../../contract/entities/model.ts';
import type { ProviderConfig } from '../../contract/providers.ts';
import { say } from '../../contract/sentences/index.ts';
import { providerNameOf } from '../classify/provider-name.ts';
import type { KnownFacts } from '../providers/cloud/entries.ts';
import { parsePriceFile } from './price-file.ts';
import type { PriceFile } from './price-file.ts';

/** How often a person's own file is looked at, in ms. */
const LOOK_MS = 3000;

export interface PriceTable {
  /** Price, context and capabilities of a well-known model; null = nothing is known of it. */
  known(provider: Pick<ProviderConfig, 'id' | 'kind' | 'name' | 'baseUrl'>, modelId: string): KnownFacts | null;
  /** What is wrong with the person's own file, with its line; null when nothing is. */
  problem(): string | null;
}

const CAPABILITIES = ['tools', 'jsonSchema', 'vision', 'reasoning', 'logprobs', 'embeddings'] as const;

/** `claude-sonnet-4-5-20250929`, `gpt-4o-2024-08-06`, `models/gemini-2.5-pro` are priced as the model they are a version of. */
const plainName = (modelId: string) =>
  modelId.replace(/^models\//u, '').replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest|0)$/u, '');

function factsIn(file: PriceFile, vendor: string, modelId: string): KnownFacts | null {
  const list = file[vendor];
  const entry = list?.models[modelId] ?? list?.models[plainName(modelId)];
  if (!list || !entry) return null;
  const can = entry.can;
  const capabilities: Partial<ModelCapabilities> = can
    ? Object.fromEntries(CAPABILITIES.map((name) => [name, can.includes(name)]))
    : {};
  return {
    capabilities,
    ...(entry.context === undefined ? {} : { contextTokens: entry.context }),
    ...(entry.output === undefined ? {} : { maxOutputTokens: entry.output }),
    price: {
      usdPerMTokIn: entry.in,
      usdPerMTokCachedIn: entry.cached ?? entry.in,
      usdPerMTokCacheWrite: entry.write ?? entry.in,
      usdPerMTokOut: entry.out,
      ...(entry.tiers === undefined
        ? {}
        : {
            tiers: entry.tiers.map((tier) => ({
              aboveTokensIn: tier.above,
              usdPerMTokIn: tier.in,
              usdPerMTokCachedIn: tier.cached ?? tier.in,
              usdPerMTokCacheWrite: tier.write ?? tier.in,
              usdPerMTokOut: tier.out,
            })),
          }),
      source: list.source,
      asOf: list.asOf,
    },
  };
}

/**
 * Prices that come with the app (`resources/prices.yaml`), and a person's own in `prices.yaml` of the data folder, which go
 * first and are taken up while the app runs. A wrong file changes nothing: the last good one stays in force.
 */
export function createPriceTable(deps: {
  readonly resourcesDir: string;
  readonly dataDir: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}): PriceTable {
  const { clock, log } = deps;
  const ownPath = join(deps.dataDir, 'prices.yaml');
  // Read when a price is first wanted: the start waits for none.
  let shippedFile: PriceFile | null = null;
  const shipped = (): PriceFile => (shippedFile ??= readShipped());
  let own: PriceFile = {};
  let problem: string | null = null;
  let seen: number | null = null;
  let lookedAt = -Infinity;

  function readShipped(): PriceFile {
    try {
      const parsed = parsePriceFile(readFileSync(join(deps.resourcesDir, 'prices.yaml'), 'utf8'));
      if (parsed.ok) return parsed.file;
      log.write('error', 'prices.shipped', { problem: parsed.problem });
    } catch (error) {
      log.write('error', 'prices.shipped', { problem: String(error) });
    }
    return {};
  }

  function look(): void {
    if (clock.now() - lookedAt < LOOK_MS) return;
    lookedAt = clock.now();
    const changedAt = statSync(ownPath, { throwIfNoEntry: false })?.mtimeMs ?? null;
    if (changedAt === seen) return;
    seen = changedAt;
    problem = null;
    if (changedAt === null) {
      own = {};
      return;
    }
    try {
      const parsed = parsePriceFile(readFileSync(ownPath, 'utf8'));
      if (parsed.ok) own = parsed.file;
      else problem = say('app.prices.stay', { path: ownPath, words: parsed.problem });
    } catch (error) {
      problem = say('app.prices.unreadable', { path: ownPath, why: String(error) });
    }
    if (problem !== null) log.write('warn', 'prices.invalid', { problem });
  }

  return {
    known(provider, modelId) {
      look();
      const vendor = providerNameOf(provider);
      return factsIn(own, provider.id, modelId) ?? factsIn(own, vendor, modelId) ?? factsIn(shipped(), vendor, modelId);
    },
    problem() {
      look();
      return problem;
    },
  };
}
