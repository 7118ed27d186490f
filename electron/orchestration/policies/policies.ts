import { say } from '../../contract/sentences/index.ts';
import { dirname } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { PolicyEntry, PolicyVersion } from '../../contract/policy.ts';
import { BUILT_IN_POLICIES } from '../../contract/names.ts';
import { refuse } from '../../contract/faults.ts';
import { loadBuiltInPolicies, parsePolicy, unknownModels } from '../../router/index.ts';
import type { LoadedPolicy } from '../../router/index.ts';
import type { Announce } from '../announce.ts';
import type { Settings } from '../settings/settings.ts';
import { dryRun } from './dry-run.ts';
import type { DryRunAsk } from './dry-run.ts';
import type { DryRunDeps } from './dry-run.ts';
import { createPolicyFiles } from './policy-files.ts';
import type { PolicyStore } from './policy-store.ts';

export interface PoliciesDeps extends Omit<DryRunDeps, 'models'> {
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly settings: Pick<Settings, 'config' | 'state' | 'save'>;
  readonly store: PolicyStore;
  readonly models: () => readonly ModelEntry[];
  readonly clock: Pick<Clock, 'now'>;
  readonly announce: Announce;
  readonly log: Log;
}

/** A file is looked at again after so long, in ms: edits by hand count from then on. */
const LOOK_AGAIN_MS = 1000;
/** In force while a person's own policy cannot be read: nothing leaves the machine on a misunderstanding. */
const SAFEST = 'offline';

/** What is known of one policy of a person's own. */
interface Known {
  readonly stamp: string;
  /** The last good version; null = there never was one. */
  readonly good: LoadedPolicy | null;
  readonly problem: string | null;
  readonly lookedAt: number;
}

const isBuiltIn = (name: string): boolean => BUILT_IN_POLICIES.some((builtIn) => builtIn === name);
const withoutEnding = (name: string): string => name.replace(/\.ya?ml$/u, '');
const sentence = (problems: readonly { line: number; text: string }[]): string => {
  const [first, ...more] = problems;
  if (!first) return '';
  const line = say('said.policy.line', { line: first.line, words: first.text });
  return more.length === 0 ? line : `${line} ${say('said.policy.more', { count: more.length })}`;
};

/** Policies: the built-ins, a person's own files with their versions, and which one is in force. */
export function createPolicies(deps: PoliciesDeps) {
  const { store, clock, settings } = deps;
  const builtIns = loadBuiltInPolicies(deps.resourcesDir);
  const configDir = dirname(settings.state().path);
  const files = createPolicyFiles(deps.dataDir, configDir);
  const known = new Map<string, Known>();

  const newest = (name: string): PolicyVersion | undefined => store.versions(name).at(-1);
  const parsedVersion = (name: string, version: PolicyVersion | undefined): LoadedPolicy | null => {
    const parsed = version ? parsePolicy(version.text) : null;
    return version && parsed?.ok ? { policy: parsed.policy, name, version: version.number, text: version.text } : null;
  };
  const record = (name: string, text: string, note: string): number => {
    const last = newest(name);
    if (last?.text === text) return last.number;
    try {
      return store.add(name, text, note, clock.now()).number;
    } catch (error) {
      deps.log.write('warn', 'policy.version_not_stored', { name, error: String(error) });
      return (last?.number ?? 0) + 1;
    }
  };

  /** Looks at a policy's file, at most once a second unless `now`. A changed file that reads well becomes a new version. */
  function look(name: string, now = false): Known {
    const before = known.get(name);
    const at = clock.now();
    if (before && !now && at - before.lookedAt < LOOK_AGAIN_MS && at >= before.lookedAt) return before;
    const file = files.find(name);
    const stamp = file?.stamp ?? 'none';
    if (before?.stamp === stamp) {
      const same = { ...before, lookedAt: at };
      known.set(name, same);
      return same;
    }
    const found = read(name, file, stamp, at, before?.good ?? parsedVersion(name, newest(name)));
    known.set(name, found);
    if (before) deps.announce.topics(['policies']);
    if (found.problem !== null) deps.log.write('warn', 'policy.invalid', { name, problem: found.problem });
    return found;
  }

  function read(
    name: string,
    file: ReturnType<typeof files.find>,
    stamp: string,
    lookedAt: number,
    good: LoadedPolicy | null,
  ): Known {
    const bad = (problem: string): Known => ({
      stamp,
      good,
      lookedAt,
      problem: `${problem} ${good ? say('said.policy.last_good') : say('said.policy.safest', { name: SAFEST })}`,
    });
    if (!file) return bad(say('said.policy.no_file', { name, folder: files.folder }));
    let text: string;
    try {
      text = files.read(file);
    } catch (error) {
      return bad(
        say('said.policy.unreadable', { path: file.path, why: error instanceof Error ? error.message : String(error) }),
      );
    }
    const parsed = parsePolicy(text);
    if (!parsed.ok) return bad(sentence(parsed.problems));
    const version = record(name, text, 'Edited by hand');
    return { stamp, lookedAt, problem: null, good: { policy: parsed.policy, name, version, text } };
  }

  const inUse = (): string => withoutEnding(settings.config().policy);
  const safest = (): LoadedPolicy => builtIns.find(SAFEST) ?? builtIns.usual();
  const loaded = (name: string): LoadedPolicy => builtIns.find(name) ?? look(name).good ?? safest();

  function entryOf(name: string, now = false): PolicyEntry {
    const builtIn = builtIns.find(name);
    const own = builtIn ? null : look(name, now);
    const policy = builtIn ?? own?.good ?? null;
    return {
      name,
      description: policy?.policy.description ?? '',
      builtIn: builtIn !== null,
      inUse: inUse() === name,
      version: policy?.version ?? 0,
      problem: own?.problem ?? null,
    };
  }

  function mustExist(name: string): PolicyEntry {
    if (builtIns.find(name) || files.find(name) || newest(name)) return entryOf(name, true);
    throw refuse(say('said.policy.none', { name }), 'not_found');
  }

  /** Reads a text as a policy, or refuses it with its first problem. */
  function mustParse(text: string) {
    const parsed = parsePolicy(text);
    if (!parsed.ok) throw refuse(sentence(parsed.problems));
    return parsed;
  }

  return {
    /**
     * The policy to decide by: the one named, else the one of the settings. A name that cannot be read gives its last good
     * version, else the policy that lets nothing leave the machine.
     */
    inForce: (name?: string): LoadedPolicy => loaded(name === undefined ? inUse() : withoutEnding(name)),
    list(): { policies: PolicyEntry[] } {
      const names = files.names().filter((name) => !isBuiltIn(name));
      const used = inUse();
      if (!isBuiltIn(used) && !names.includes(used)) names.push(used);
      return { policies: [...BUILT_IN_POLICIES, ...names].map((name) => entryOf(name, true)) };
    },
    get(name: string, number?: number): CallOutput<'policy.get'> {
      const entry = mustExist(name);
      const builtIn = builtIns.find(name);
      const versions = builtIn
        ? [{ number: 0, text: builtIn.text, note: 'As shipped', createdAt: 0 }]
        : store.versions(name);
      const wanted = number ?? entry.version;
      const found = versions.find((version) => version.number === wanted);
      // Without a version nothing was ever good: the file as it stands is what a person wants to correct.
      const file = found || number !== undefined ? null : files.find(name);
      if (!found && !file) throw refuse(say('said.policy.no_version', { name, version: wanted }), 'not_found');
      return {
        entry,
        text: found?.text ?? (file ? files.read(file) : ''),
        versions: versions.map((version) => ({
          number: version.number,
          note: version.note,
          createdAt: version.createdAt,
        })),
      };
    },
    check(text: string): CallOutput<'policy.check'> {
      const parsed = parsePolicy(text);
      if (!parsed.ok) return { problems: [...parsed.problems] };
      return { problems: unknownModels(parsed, deps.models()).map((problem) => ({ ...problem, warning: true })) };
    },
    save(text: string, note: string): PolicyEntry {
      const { name } = mustParse(text).policy;
      if (isBuiltIn(name)) throw refuse(say('said.policy.built_in', { name }));
      try {
        files.write(name, text);
      } catch (error) {
        throw refuse(say('said.policy.not_written', { folder: files.folder, why: String(error) }), 'storage_full');
      }
      record(name, text, note);
      const entry = entryOf(name, true);
      deps.announce.topics(['policies']);
      return entry;
    },
    use(name: string): PolicyEntry {
      const { problem } = mustExist(withoutEnding(name));
      if (problem !== null) throw refuse(say('said.policy.unusable', { name, words: problem }));
      settings.save({ ...settings.config(), policy: withoutEnding(name) });
      deps.announce.topics(['policies']);
      return entryOf(withoutEnding(name));
    },
    dryRun(text: string, ask: DryRunAsk): CallOutput<'policy.dryRun'> {
      const { policy } = mustParse(text);
      return dryRun(deps, { policy, name: policy.name, version: 0, text }, ask);
    },
  };
}

export type Policies = ReturnType<typeof createPolicies>;
