import type { Trace } from '../../contract/entities/trace.ts';
import type { Fault } from '../../contract/faults.ts';
import type { BudgetLine, ProviderEntry } from '../../contract/providers.ts';
import type { Core } from '../../core.ts';
import { createWayOut } from '../../model/index.ts';
import { localTime } from '../columns.ts';
import { sentenceOf } from '../failure.ts';
import { fail, fine, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** Recorded requests looked through for the last fault of a provider. */
const TRACES_READ = 100;
/** Requests that left, newest first, that are held against their conversation's lock. */
const EGRESS_READ = 200;
/** From this share of a budget on it is said that little is left. */
const NEARLY_SPENT = 0.9;

const dollars = (usd: number): string => `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`;

interface Seen {
  readonly at: number;
  readonly fault: Fault;
}

/** The newest recorded fault of each provider, by its id. */
function lastFaults(core: Pick<Core, 'store'>): ReadonlyMap<string, Seen> {
  const { traces } = core.store;
  const found = new Map<string, Seen>();
  const look = (trace: Trace): void => {
    const attempts = trace.spans.filter(({ kind }) => kind === 'attempt').toReversed();
    for (const { attributes, fault } of attempts) {
      const provider = attributes['providerId'];
      if (fault === null || typeof provider !== 'string' || found.has(provider)) continue;
      found.set(provider, { at: trace.startedAt, fault });
    }
  };
  for (const { id } of traces.list({}, null, TRACES_READ).rows) {
    const trace = traces.get(id);
    if (trace) look(trace);
  }
  return found;
}

const KEY_FROM = {
  env: 'Key from the environment',
  keychain: 'Key in the keychain',
  session: 'Key for this session only',
  none: 'No key needed',
} as const;

/** Whether its key is there (never the key), how it is and what went wrong last. Asks nothing of the provider. */
function checkProvider({ config, hasKey, keyFrom, health }: ProviderEntry, last: Seen | undefined): Finding {
  const name = `provider ${config.id}`;
  const key = hasKey ? KEY_FROM[keyFrom] : KEY_FROM.none;
  const enabled = config.models.filter((model) => model.enabled).length;
  const models = `${String(enabled)} model${enabled === 1 ? '' : 's'} in use`;
  const fault = last ? ` Last fault ${localTime(last.at)}: ${last.fault.code}, ${last.fault.detail}` : '';
  switch (health.state) {
    case 'disabled':
      return fine(name, `Switched off.${fault}`);
    case 'no-key':
      return warn(name, `No key. ${models}.${fault}`, health.detail ?? 'Enter a key under Models.');
    case 'key-refused':
    case 'out-of-quota':
    case 'limited':
    case 'failing':
    case 'offline':
      return warn(name, `${key}. ${models}. ${health.state}.${fault}`, health.detail ?? 'Test it under Models.');
    case 'ok':
    case 'untested':
      return fine(name, `${key}. ${models}.${fault}`);
  }
}

export function checkProviders(core: Pick<Core, 'providers' | 'store'>): Finding[] {
  const { providers } = core.providers.list();
  if (providers.length === 0) return [fine('providers', 'None: models of this machine answer.')];
  const faults = lastFaults(core);
  return providers.map((entry) => checkProvider(entry, faults.get(entry.config.id)));
}

function checkBudget({ scope, name, limitUsd, spentUsd, resetsAt }: BudgetLine): Finding {
  const title = `budget ${name === null ? scope : `${scope} ${name}`}`;
  const resets = resetsAt === null ? '' : ` It starts again ${localTime(resetsAt)}.`;
  const detail = `${dollars(spentUsd)} of ${dollars(limitUsd)} is spent.${resets}`;
  if (spentUsd >= limitUsd && scope !== 'turn')
    return warn(title, detail, 'Models of this machine answer until then; raise it in Settings to use providers.');
  if (limitUsd > 0 && spentUsd >= NEARLY_SPENT * limitUsd)
    return warn(title, detail, 'Little is left; raise it in Settings if providers should go on answering.');
  return fine(title, scope === 'turn' ? `${dollars(limitUsd)} at most for one reply.` : detail);
}

export function checkBudgets(core: Pick<Core, 'spending'>): Finding[] {
  const { lines } = core.spending.status();
  return lines.length === 0 ? [fine('budgets', 'None is set.')] : lines.map(checkBudget);
}

/** What left this machine last, and whether anything of a private conversation did. */
export function checkEgress(core: Pick<Core, 'providers' | 'spending' | 'store'>): Finding[] {
  const { entries, totalBytesOut } = core.spending.egress({ limit: EGRESS_READ });
  const last = entries[0];
  if (last === undefined) return [fine('egress', 'Nothing has left this machine.')];
  const said = `Last ${localTime(last.at)} to ${last.host} (${last.purpose}); ${String(totalBytesOut)} bytes in all.`;
  const { providers } = core.providers.list();
  const trusted = new Set(providers.filter(({ config }) => config.trustedForPrivate).map(({ config }) => config.id));
  const traces = new Map<string, boolean>();
  const isPrivate = (traceId: string): boolean => {
    const known = traces.get(traceId) ?? core.store.traces.get(traceId)?.private ?? false;
    traces.set(traceId, known);
    return known;
  };
  const leaked = entries.filter(
    ({ traceId, providerId, purpose }) =>
      traceId !== null && purpose !== 'export' && !trusted.has(providerId) && isPrivate(traceId),
  );
  const lock = leaked[0]
    ? fail(
        'private lock',
        `${String(leaked.length)} of the last ${String(entries.length)} requests belong to private replies, the newest to ${leaked[0].host}.`,
        'Look at them under Settings, Privacy, and report this.',
      )
    : fine('private lock', `None of the last ${String(entries.length)} requests belongs to a private reply.`);
  return [fine('egress', said), lock];
}

/** Stands for every address outside this machine's own networks. */
const SOMEWHERE = 'https://api.example.com/';

/** The proxy that providers are asked through. A person's name and password never show. */
export function checkWayOut(core: Pick<Core, 'settings'>): Finding[] {
  const name = 'proxy';
  try {
    const proxy = createWayOut(
      () => core.settings.config().network,
      () => Promise.resolve(''),
    ).proxyFor(SOMEWHERE);
    // Only the window can ask the system.
    if (proxy instanceof Promise)
      return [
        fine(name, 'As the operating system says while the window is open; without it, providers are asked directly.'),
      ];
    if (proxy === null) return [fine(name, 'None: providers are asked directly.')];
    const { protocol, host } = new URL(proxy);
    return [fine(name, `Providers are asked through ${protocol}//${host}; your own networks are not.`)];
  } catch (error) {
    return [fail(name, sentenceOf(error), 'Correct network.proxy in the settings or the variable HTTPS_PROXY.')];
  }
}

/** Which policy decides, and what is wrong with those that cannot. */
export function checkPolicies(core: Pick<Core, 'policies'>): Finding[] {
  const { policies } = core.policies.list();
  const findings: Finding[] = [];
  for (const { name, inUse, builtIn, version, problem } of policies) {
    const title = `policy ${name}`;
    if (inUse && problem !== null) findings.push(fail(title, problem, 'Correct it under Settings, Routing.'));
    else if (problem !== null) findings.push(warn(title, `Not in use. ${problem}`, 'Correct it before you use it.'));
    else if (inUse) {
      const { text } = core.policies.get(name);
      const { problems } = core.policies.check(text);
      const first = problems[0];
      const what = builtIn ? 'In use, built in.' : `In use, version ${String(version)}.`;
      findings.push(
        first === undefined
          ? fine(title, what)
          : warn(title, `${what} Line ${String(first.line)}: ${first.text}`, 'Add that model, or change the policy.'),
      );
    }
  }
  return findings;
}
