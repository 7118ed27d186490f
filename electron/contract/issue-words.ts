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
  readonly format?: unknown;
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
  'use lower-case letters, digits, dashes': 'said.policy.id_form',
  'this name is taken by the app': 'said.policy.taken',
  'write a whole address, such as http://127.0.0.1:9001/v1': 'said.policy.address',
  'the id “local” and the kind “local” belong together: they state facts of models of this machine':
    'said.policy.local_pair',
  'an openai-compatible provider needs its address, such as http://127.0.0.1:9001/v1': 'said.policy.needs_address',
  'two providers have the same id': 'said.policy.id_twice',
  'two models have the same id': 'said.policy.id_twice',
  'write the address alone, without a user name, a password, a query or a fragment': 'said.policy.address_alone',
  'write system, none or the address of a proxy, such as http://proxy:3128 or socks5://127.0.0.1:1080; a user name and password belong in HTTPS_PROXY':
    'said.policy.proxy',
  'name the environment variable that holds the value, as {env: NAME}; a secret itself does not belong in this file':
    'said.policy.variable',
  'name headers with letters, digits and dashes': 'said.policy.header_name',
  'this header is written by the app: a key stands under apiKey': 'said.policy.header_own',
  'no more than 20 headers': 'said.policy.headers_many',
  'two tokens have the same name': 'said.policy.name_twice',
  'two headers have the same name': 'said.policy.name_twice',
  'name a built-in policy or a file in the folder policies': 'said.policy.policy_name',
  'write the SHA-256 of the token as 64 hexadecimal digits': 'said.policy.token_hash',
  'write longer prompts later': 'said.policy.tiers_order',
};

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

/** What is wrong with a value, to stand after its name: `must be a number`. The library's own words only where we have none. */
export function issueWords(issue: ValueIssue): string {
  const least = String(issue.minimum);
  const most = String(issue.maximum);
  const list = issue.origin === 'array' || issue.origin === 'set';
  // What we say of a value says more than what kind of value it is not.
  const own = OWN[issue.message];
  if (own !== undefined) return say(own);
  switch (issue.code) {
    case 'invalid_type':
      if (/received undefined$/u.test(issue.message)) return say('said.policy.missing');
      return isKind(issue.expected) ? say(KINDS[issue.expected]) : say('said.policy.wrong');
    case 'too_small':
      if (issue.origin === 'string' || (list && issue.minimum === 1)) return say('said.policy.empty');
      if (list) return say('said.policy.too_few', { least });
      return say(issue.inclusive === false ? 'said.policy.above' : 'said.policy.least', { least });
    case 'too_big':
      if (issue.origin === 'string') return say('said.policy.too_long', { most });
      return say(list ? 'said.policy.too_many' : 'said.policy.most', { most });
    case 'invalid_value':
      return say('said.policy.one_of', { values: (issue.values ?? []).map(String).join(', ') });
    default:
      if (issue.format === 'date') return say('said.policy.date');
      if (issue.message === 'Invalid input') return say('said.policy.wrong');
      return say('said.policy.form', { why: lower(issue.message) });
  }
}

type YamlSentence = Extract<Parameters<typeof say>[0], `said.yaml.${string}`>;

/** Kinds of mistakes people make, by the parser's code and, where one code stands for several, its message. First match counts. */
const YAML: readonly (readonly [code: string, message: RegExp | null, sentence: YamlSentence])[] = [
  ['UNCLOSED', null, 'said.yaml.unclosed'],
  ['UNKNOWN_ALIAS', null, 'said.yaml.alias'],
  ['BAD_ALIAS', null, 'said.yaml.alias'],
  ['DUPLICATE_KEY', null, 'said.yaml.twice'],
  ['BAD_INDENT', null, 'said.yaml.indent'],
  ['TAB_AS_INDENT', null, 'said.yaml.tab'],
  ['BLOCK_AS_IMPLICIT_KEY', null, 'said.yaml.nested'],
  ['MULTILINE_IMPLICIT_KEY', null, 'said.yaml.colon'],
  ['MISSING_CHAR', /^Comments/u, 'said.yaml.comment'],
  ['MISSING_CHAR', /implicit|key|colon|":"/iu, 'said.yaml.colon'],
  ['MISSING_CHAR', null, 'said.yaml.comma'],
  ['BLOCK_IN_FLOW', null, 'said.yaml.comma'],
  ['UNEXPECTED_TOKEN', /flow-(?:seq|map)-end/u, 'said.yaml.bracket'],
  ['UNEXPECTED_TOKEN', /^Unexpected , in flow/u, 'said.yaml.comma'],
  ['UNEXPECTED_TOKEN', /at node end$/u, 'said.yaml.after_value'],
  ['BAD_SCALAR_START', null, 'said.yaml.reserved'],
  ['BAD_DQ_ESCAPE', null, 'said.yaml.backslash'],
  ['MULTIPLE_DOCS', null, 'said.yaml.documents'],
  ['RESOURCE_EXHAUSTION', /call stack/iu, 'said.yaml.deep'],
  ['RESOURCE_EXHAUSTION', null, 'said.yaml.repeats'],
];

/**
 * What is wrong with a line of YAML; `code` and `message` are those of `readYaml`. The parser's own words stand only in what is no
 * mistake people usually make.
 */
export function yamlWords(code: string, message: string): string {
  const found = YAML.find(([theirs, pattern]) => theirs === code && (pattern === null || pattern.test(message)));
  return found ? say(found[2]) : say('said.yaml.unexpected', { why: lower(message.split('\n', 1)[0] ?? '') });
}
