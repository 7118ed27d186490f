import type { z } from 'zod';
import { issueWords } from '../../contract/issue-words.ts';

const KINDS: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', object: 'an object' };

/** What a value of JSON is called. */
function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  // What JSON writes as 1e999.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'one that is too large to be read';
  return KINDS[typeof value] ?? typeof value;
}

/** What is wrong with one value, as the words after its name. `value` = what stands there; undefined = nothing. */
export function sayIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const isMissing = value === undefined;
  // A schema's own words say more than the kind of mistake.
  if (!/^(?:Invalid|Too) /u.test(issue.message)) {
    return `${isMissing ? 'is missing' : 'is not as expected'}: ${issue.message}`;
  }
  if (isMissing) return `is missing: it ${issueWords({ ...issue, message: 'Invalid input' })}`;
  if (issue.code !== 'invalid_type') return issueWords(issue);
  const given = issue.expected === 'int' && Number.isFinite(value) ? String(value) : kindOf(value);
  return `${issueWords(issue)}, not ${given}`;
}
