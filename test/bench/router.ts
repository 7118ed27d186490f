import { resolve } from 'node:path';
import { systemClock } from '../../electron/base/clock.ts';
import { measureRouter, type RouterFigures } from '../../electron/cli/bench/router.ts';
import { BUILT_IN_POLICIES } from '../../electron/contract/names.ts';
import { loadBuiltInPolicies } from '../../electron/router/index.ts';
import { localEntry } from '../support/model-entry.ts';

/** How long the decision takes among 50 candidates under every built-in policy, and looking at a question before it. */
export function benchRouter(): RouterFigures {
  const builtIns = loadBuiltInPolicies(resolve(import.meta.dirname, '..', '..', 'resources'));
  const policies = BUILT_IN_POLICIES.map((name) => builtIns.find(name) ?? builtIns.usual());
  return measureRouter([localEntry('local/one'), localEntry('local/two')], policies, systemClock);
}
