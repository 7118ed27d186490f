import { z } from 'zod';
import type { Database } from '../../native/sqlite/index.ts';
import type { ModelObserved } from '../contract/entities/model.ts';
import { entity, json } from './row.ts';
import type { ObservationRecords } from './store.ts';

/** Attempts that count; older ones are forgotten. */
const MOST_SAMPLES = 50;

const sample = z.object({
  faulted: z.boolean(),
  firstTokenMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
});
const samples = z.array(sample);
type Samples = z.infer<typeof samples>;

/** Rolling figures of models: one small row each, held in memory, so that asking for them costs nothing. */
export function createObservations(db: Database): ObservationRecords {
  const known = new Map<string, { readonly samples: Samples; readonly observed: () => ModelObserved | null }>();

  function load(modelId: string) {
    const held = known.get(modelId);
    if (held) return held;
    const row = db.get('SELECT body FROM model_observations WHERE model_id = ?', modelId);
    return keep(modelId, row ? entity(samples, json(row['body']), 'model_observations') : []);
  }

  function keep(modelId: string, all: Samples) {
    // Computed when somebody decides with them: samples come more often than that.
    let figured: ModelObserved | null | undefined;
    const made = { samples: all, observed: () => (figured === undefined ? (figured = figures(all)) : figured) };
    known.set(modelId, made);
    return made;
  }

  return {
    observedOf: (modelId) => load(modelId).observed(),
    record(attempts) {
      const byModel = new Map<string, Samples>();
      for (const { modelId, ...seen } of attempts) {
        const before = byModel.get(modelId);
        if (before) before.push(seen);
        else byModel.set(modelId, [seen]);
      }
      db.write(() => {
        for (const [modelId, seen] of byModel) {
          const { samples: all } = keep(modelId, [...load(modelId).samples, ...seen].slice(-MOST_SAMPLES));
          db.run(
            'INSERT INTO model_observations (model_id, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
            modelId,
            JSON.stringify(all),
          );
        }
      });
    },
  };
}

function figures(all: Samples): ModelObserved | null {
  if (all.length === 0) return null;
  return {
    firstTokenMs: median(all.map(({ firstTokenMs }) => firstTokenMs)),
    tokensPerSecond: median(all.map(({ tokensPerSecond }) => tokensPerSecond)),
    faultShare: all.filter(({ faulted }) => faulted).length / all.length,
    samples: all.length,
  };
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}
