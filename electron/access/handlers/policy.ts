import type { HandlersOf, Services } from '../services.ts';

type Names = 'policy.list' | 'policy.get' | 'policy.check' | 'policy.save' | 'policy.use' | 'policy.dryRun';

/** Routing policies and their versions. */
export const policyHandlers = ({ policies }: Services): HandlersOf<Names> => ({
  'policy.list': () => policies.list(),
  'policy.get': ({ name, number }) => policies.get(name, number),
  'policy.check': ({ text }) => policies.check(text),
  'policy.save': ({ text, note }) => policies.save(text, note),
  'policy.use': ({ name }) => policies.use(name),
  'policy.dryRun': ({ text, ...ask }) => policies.dryRun(text, ask),
});
