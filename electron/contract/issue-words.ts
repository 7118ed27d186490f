import { say } from './sentences/index.ts';

/** What zod says about one wrong value, as far as words are made of it. */
export interface ValueIssue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly expected?: unknown;
  readonly input?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly values?: readonly unknown[] | undefined;
}

const KINDS = {
  number: 'said.policy.number',
  int: 'said.policy.whole',
  boolean: 'said.policy.truth',
  string: 'said.policy.text',
  array: 'said.policy.list',
  object: 'said.policy.group',
  record: 'said.policy.group',
} as const;
const isKind = (value: unknown): value is keyof typeof KINDS => typeof value === 'string' && value in KINDS;

/** Messages of our own schemas that have a sentence. */
const OWN: Readonly<Record<string, Parameters<typeof say>[0]>> = {
  'write it as provider/model or provider/*': 'said.policy.model_pattern',
  'use lower-case letters, digits and dashes': 'said.policy.name_form',
  'name where the key is kept, as {env: NAME} or {keychain: name}; a key itself does not belong in this file':
    'said.policy.key_place',
  'list any of larger, summarise and trim once, in this order': 'said.policy.steps_order',
};

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

/** What is wrong with a value, to stand after its name: `must be a number`. The library's own words only where we have none. */
export function issueWords(issue: ValueIssue): string {
  const least = String(issue.minimum);
  const most = String(issue.maximum);
  const list = issue.origin === 'array' || issue.origin === 'set';
  switch (issue.code) {
    case 'invalid_type':
      if (/received undefined$/u.test(issue.message)) return say('said.policy.missing');
      return isKind(issue.expected) ? say(KINDS[issue.expected]) : say('said.policy.wrong');
    case 'too_small':
      if (issue.origin === 'string') return say('said.policy.empty');
      if (list) return say('said.policy.too_few', { least });
      return say(issue.inclusive === false ? 'said.policy.above' : 'said.policy.least', { least });
    case 'too_big':
      if (issue.origin === 'string') return say('said.policy.too_long', { most });
      return say(list ? 'said.policy.too_many' : 'said.policy.most', { most });
    case 'invalid_value':
      return say('said.policy.one_of', { values: (issue.values ?? []).map(String).join(', ') });
    default: {
      if (issue.message === 'Invalid input') return say('said.policy.wrong');
      const own = OWN[issue.message];
      return own === undefined ? say('said.policy.form', { why: lower(issue.message) }) : say(own);
    }
  }
}

/** What is wrong with a line of YAML; `code` and `message` are the parser's. */
export function yamlWords(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return say('said.yaml.twice');
    case 'BAD_INDENT':
      return say('said.yaml.indent');
    case 'TAB_AS_INDENT':
      return say('said.yaml.tab');
    case 'MISSING_CHAR':
      return say(/implicit|key|colon|":"/iu.test(message) ? 'said.yaml.colon' : 'said.yaml.unclosed');
    default:
      return say('said.yaml.unexpected');
  }
}
