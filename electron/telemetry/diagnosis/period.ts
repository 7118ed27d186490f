import { say } from '../../contract/sentences/index.ts';
import type { PeriodChange, PeriodDiagnosis } from '../../contract/entities/diagnosis.ts';
import type { TraceOverview, TraceTotals } from '../../contract/entities/overview.ts';
import { factor, ms, percent, providerOf, usd } from './usual.ts';

/** Sums of two times of the same length, by model and by prompt version. */
export interface PeriodFacts {
  readonly now: { readonly byModel: TraceOverview; readonly byPrompt: TraceOverview };
  readonly before: { readonly byModel: TraceOverview; readonly byPrompt: TraceOverview };
}

/** Fewer requests than this in either time say nothing. */
const FEW = 20;
/** Fewer of one group say nothing of the group. */
const FEW_OF_GROUP = 10;

const totalOf = (overview: TraceOverview, name: string): TraceTotals | null =>
  overview.groups.find((group) => group.name === name)?.total ?? null;
const infrastructure = (totals: TraceTotals): number =>
  totals.faults.filter(({ origin }) => origin === 'infrastructure').reduce((sum, fault) => sum + fault.count, 0) +
  totals.degraded;
const rate = (count: number, of: number): number => (of === 0 ? 0 : count / of);
/** Two shares differ by more than chance would do once in a thousand times (two-proportion z test). */
function differs(a: number, ofA: number, b: number, ofB: number): boolean {
  if (ofA === 0 || ofB === 0) return false;
  const pooled = (a + b) / (ofA + ofB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / ofA + 1 / ofB));
  return error > 0 && Math.abs(a / ofA - b / ofB) / error > 3.3;
}

function troubles({ now, before }: PeriodFacts): PeriodChange[] {
  const providers = new Set(now.byModel.groups.map(({ name }) => providerOf(name)).filter((name) => name !== ''));
  const sum = (overview: TraceOverview, provider: string) => {
    const own = overview.groups.filter(({ name }) => providerOf(name) === provider);
    return {
      bad: own.reduce((all, { total }) => all + infrastructure(total), 0),
      all: own.reduce((all, { total }) => all + total.requests, 0),
    };
  };
  return [...providers].flatMap((provider): PeriodChange[] => {
    const [a, b] = [sum(now.byModel, provider), sum(before.byModel, provider)];
    if (a.all < FEW_OF_GROUP || b.all < FEW_OF_GROUP || !differs(a.bad, a.all, b.bad, b.all)) return [];
    const [share, was] = [rate(a.bad, a.all), rate(b.bad, b.all)];
    const went = share > was ? 'trouble' : 'recovered';
    const figures = { share: percent(share), before: percent(was) };
    return [
      {
        what: 'provider',
        sentence:
          provider === 'local'
            ? say(`diagnosis.period.machine_${went}`, figures)
            : say(`diagnosis.period.${went}`, { provider, ...figures }),
        filter: {},
      },
    ];
  });
}

function prompts({ now, before }: PeriodFacts): PeriodChange[] {
  return now.byPrompt.groups.flatMap(({ name, total }): PeriodChange[] => {
    if (name === '' || name === '*' || total.requests < FEW_OF_GROUP) return [];
    if ((totalOf(before.byPrompt, name)?.requests ?? 0) > 0) return [];
    const was = before.byPrompt.total;
    const each = (totals: TraceTotals): number => rate(totals.tokensIn, totals.requests);
    const failed = differs(total.failed, total.requests, was.failed, was.requests);
    const longer = each(was) > 0 && each(total) >= 1.5 * each(was);
    const found = failed ? (longer ? '_both' : '_failed') : longer ? '_longer' : '';
    return [
      {
        what: 'prompt',
        sentence: say(`diagnosis.period.prompt${found}`, {
          count: total.requests,
          share: percent(rate(total.failed, total.requests)),
          before: percent(rate(was.failed, was.requests)),
          factor: factor(each(total) / Math.max(1, each(was))),
        }),
        filter: { promptVersionId: name },
      },
    ];
  });
}

function speeds({ now, before }: PeriodFacts): PeriodChange[] {
  const local = now.byModel.groups.filter(
    ({ name, total }) => providerOf(name) === 'local' && total.requests >= FEW_OF_GROUP,
  );
  const ratios = local.flatMap(({ name, total }) => {
    const was = totalOf(before.byModel, name);
    const [a, b] = [total.tokensPerSecond.p50, was?.tokensPerSecond.p50 ?? null];
    return a === null || b === null || b === 0 || (was?.requests ?? 0) < FEW_OF_GROUP ? [] : [a / b];
  });
  const changes: PeriodChange[] = [];
  // One model that is slower may be the model; all of them are the machine.
  if (ratios.length > 0 && ratios.every((ratio) => ratio <= 0.75))
    changes.push({
      what: 'machine',
      sentence: say('diagnosis.period.machine_slower', { share: percent(Math.max(...ratios)) }),
      filter: {},
    });
  else if (ratios.length > 0 && ratios.every((ratio) => ratio >= 1.33))
    changes.push({
      what: 'machine',
      sentence: say('diagnosis.period.machine_faster', { share: percent(Math.min(...ratios)) }),
      filter: {},
    });
  for (const { name, total } of now.byModel.groups) {
    const was = totalOf(before.byModel, name);
    const [a, b] = [total.firstTokenMs.p95, was?.firstTokenMs.p95 ?? null];
    if (providerOf(name) === 'local' || a === null || b === null || total.requests < FEW || (was?.requests ?? 0) < FEW)
      continue;
    if (a >= 2 * b && a - b >= 300)
      changes.push({
        what: 'provider',
        sentence: say('diagnosis.period.model_slower', { name, time: ms(a), span: ms(b) }),
        filter: { modelId: name },
      });
  }
  return changes;
}

function mix({ now, before }: PeriodFacts): PeriodChange[] {
  const [a, b] = [now.byModel.total, before.byModel.total];
  const changes: PeriodChange[] = [];
  for (const { name, total } of now.byModel.groups) {
    if (name === '' || name === '*') continue;
    const was = totalOf(before.byModel, name)?.requests ?? 0;
    const [share, before_] = [rate(total.requests, a.requests), rate(was, b.requests)];
    if (Math.abs(share - before_) >= 0.2 && differs(total.requests, a.requests, was, b.requests))
      changes.push({
        what: 'mix',
        sentence: say('diagnosis.period.mix', { name, share: percent(share), before: percent(before_) }),
        filter: { modelId: name },
      });
  }
  const [each, was] = [rate(a.costUsd, a.requests), rate(b.costUsd, b.requests)];
  if (was > 0 && (each >= 1.5 * was || each <= was / 1.5) && Math.abs(a.costUsd - b.costUsd) >= 0.01)
    changes.push({
      what: 'cost',
      sentence: say('diagnosis.period.cost', { usd: usd(each), usual: usd(was) }),
      filter: {},
    });
  if (a.requests >= 2 * b.requests || b.requests >= 2 * a.requests)
    changes.push({
      what: 'load',
      sentence: say('diagnosis.period.load', { count: a.requests, before: b.requests }),
      filter: {},
    });
  return changes;
}

/** What became different since the time before, most telling first. */
export function diagnosePeriod(facts: PeriodFacts, since: number, until: number): PeriodDiagnosis {
  const [a, b] = [facts.now.byModel.total.requests, facts.before.byModel.total.requests];
  if (a < FEW || b < FEW)
    return {
      since,
      until,
      sentence: say('diagnosis.period.few', { count: a, before: b, least: FEW }),
      changes: [],
    };
  const changes = [...troubles(facts), ...prompts(facts), ...speeds(facts), ...mix(facts)];
  return {
    since,
    until,
    sentence: changes[0]?.sentence ?? say('diagnosis.period.nothing'),
    changes,
  };
}
