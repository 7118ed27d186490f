import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const article = (kind: string): string => KINDS[kind] ?? `of type ${kind}`;

/** What a value of JSON is called. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return article(typeof value);
}

const bound = (issue: { readonly origin: string }, amount: number | bigint): string => {
  if (issue.origin === 'string') return `${String(amount)} characters`;
  if (issue.origin === 'array') return `${String(amount)} entries`;
  return String(amount);
};

/** null = something at all. */
function limitOf(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string | null {
  if (issue.code === 'too_big') return `at most ${bound(issue, issue.maximum)}`;
  if (issue.origin === 'number' || issue.origin === 'int' || issue.minimum !== 1)
    return `at least ${bound(issue, issue.minimum)}`;
  return null;
}

/** What is wrong with one value, as the words after its name. `value` = what stands there; undefined = nothing. */
export function sayIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const said = value === undefined ? 'is missing' : 'is not as expected';
  // A schema's own words say more than the kind of mistake.
  if (!/^(?:Invalid|Too) /u.test(issue.message)) return `${said}: ${issue.message}`;
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = article(issue.expected);
      if (value === undefined) return `is missing: send ${wanted}`;
      const given = issue.expected === 'int' && typeof value === 'number' ? String(value) : kindOf(value);
      return `is not as expected: it must be ${wanted}, not ${given}`;
    }
    case 'too_big':
    case 'too_small': {
      const limit = limitOf(issue);
      return limit === null ? 'is empty: put something in it' : `is not as expected: it must be ${limit}`;
    }
    case 'invalid_value': {
      const allowed = issue.values.map((each) => JSON.stringify(each)).join(', ');
      return `${said}: it must be ${issue.values.length === 1 ? allowed : `one of ${allowed}`}`;
    }
    default:
      return `${said}: ${issue.message}`;
  }
}
