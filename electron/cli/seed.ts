import type { CliContext } from './context.ts';
import { CliFailure, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import type { SeedPlan } from './seed/plan.ts';
import { createChance } from './seed/chance.ts';
import { millionsOfTraces } from './seed/many-traces.ts';
import { planScenario, SCENARIOS, SEED } from './seed/scenarios.ts';
import { openBulk } from '../storage/bulk.ts';
import type { Store } from '../storage/store.ts';
import { databasePath, mintIdOf, writing } from './store.ts';
import { parseWhen } from './when.ts';

export interface SeedOptions {
  readonly data: string;
  readonly scenario: string;
  readonly force?: boolean;
  readonly at?: string;
  /** How many traces the scenario `traces` has, over 30 days; absent = a thousand over a fortnight. */
  readonly count?: string;
}

function storePlan(context: CliContext, store: Store, plan: SeedPlan): void {
  for (const folder of plan.folders) store.chat.createFolder(folder);
  for (const { id, name, versions, labels } of plan.prompts) {
    const [first, ...later] = versions;
    if (first === undefined) continue;
    store.prompts.create({ id, versionId: first.id, name, text: first.text, note: first.note, at: first.at });
    for (const version of later) store.prompts.addVersion({ ...version, promptId: id });
    for (const [label, number] of Object.entries(labels)) {
      store.prompts.label(id, label, versions[number - 1]?.id ?? null, versions.at(-1)?.at ?? first.at);
    }
  }
  const bulk = openBulk({ path: store.path, mintId: mintIdOf(context) });
  try {
    bulk.traces(plan.traces.toSorted((a, b) => a.trace.startedAt - b.trace.startedAt));
    bulk.conversations(plan.conversations);
    bulk.roll();
  } finally {
    bulk.dispose();
  }
  for (const change of plan.breakers) store.traces.addBreakerChange(change);
  for (const rating of plan.feedback) store.feedback.give(rating);
  if (plan.draft !== '') store.chat.saveDraft(null, plan.draft);
}

/** Fills a data folder with made-up use. Never mixes it into real conversations unless told to. */
export async function seed(context: CliContext, options: SeedOptions): Promise<ExitCode> {
  const scenario = SCENARIOS.find((name) => name === options.scenario);
  if (scenario === undefined) {
    throw wrongUsage(`There is no scenario "${options.scenario}": use one of ${SCENARIOS.join(', ')}.`);
  }
  const now = options.at === undefined ? context.clock.now() : parseWhen(options.at, context.clock.now());
  if (options.count !== undefined) return seedTraces(context, options, scenario, Number(options.count), now);
  const plan = planScenario(scenario, now);
  await writing(context, options.data, 'seed', (store) => {
    refuseUsed(store, options);
    const first = plan.traces[0]?.trace.id;
    if (first !== undefined && store.traces.get(first) !== null) {
      throw new CliFailure('This made-up use is there already: name another moment with --at, or another folder.');
    }
    storePlan(context, store, plan);
  });
  const messages = plan.conversations.reduce((sum, { messages: all }) => sum + all.length, 0);
  context.out.line(
    `Seeded ${options.data} with ${plan.conversations.length} conversations, ${messages} messages and ${plan.traces.length} traces.`,
  );
  return 0;
}

const MOST_TRACES = 10_000_000;
const MONTH_MS = 30 * 86_400_000;

/** Any number of traces, written as they are made. */
async function seedTraces(
  context: CliContext,
  options: SeedOptions,
  scenario: string,
  count: number,
  now: number,
): Promise<ExitCode> {
  if (scenario !== 'traces')
    throw wrongUsage('--count belongs to the scenario "traces": name that one, or leave it out.');
  if (!Number.isInteger(count) || count < 1 || count > MOST_TRACES)
    throw wrongUsage(`--count is a whole number from 1 to ${MOST_TRACES}.`);
  await writing(context, options.data, 'seed', (store) => {
    refuseUsed(store, options);
    const bulk = openBulk({ path: store.path, mintId: mintIdOf(context) });
    try {
      bulk.traces(millionsOfTraces(count, now, createChance(SEED), MONTH_MS));
      bulk.roll();
    } finally {
      bulk.dispose();
    }
  });
  context.out.line(`Seeded ${options.data} with ${count} traces over 30 days.`);
  return 0;
}

function refuseUsed(store: Store, options: SeedOptions): void {
  const used = !store.chat.isEmpty() || store.traces.list({}, null, 1).total > 0;
  if (used && options.force !== true) {
    throw new CliFailure(
      `${databasePath(options.data)} has conversations or traces already: name an empty folder with --data, or add --force.`,
    );
  }
}
