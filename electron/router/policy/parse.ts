import { readYaml } from '../../model/yaml-text.ts';
import { policy as policySchema } from '../../contract/policy.ts';
import type { Policy } from '../../contract/policy.ts';
import { issueWords, yamlWords } from '../../contract/issue-words.ts';
import type { ValueIssue } from '../../contract/issue-words.ts';
import { say } from '../../contract/sentences/index.ts';
import { matchesPattern } from './match.ts';

/** Something wrong with the text of a policy. `line` counts from 1. */
export interface PolicyProblem {
  readonly line: number;
  readonly text: string;
}

/** What the text of a policy says, or all that is wrong with it. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; /** Line of a path in the text. */ lineOf(path: Path): number }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

type Path = readonly (string | number)[];

interface Issue extends ValueIssue {
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** A union says only that nothing fits; what its closest member says helps more. */
function plain(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || !issue.errors) return [issue];
  const closest = issue.errors.toSorted((a, b) => weight(a) - weight(b))[0];
  if (!closest || closest.length === 0) return [issue];
  return closest.flatMap((inner) => plain({ ...inner, path: [...issue.path, ...inner.path] }));
}
const weight = (issues: readonly Issue[]): number =>
  issues.length + (issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0) ? 10 : 0);

const named = (path: Path): string =>
  path.reduce<string>(
    (whole, part) =>
      typeof part === 'number' ? `${whole}[${String(part + 1)}]` : whole === '' ? part : `${whole}.${part}`,
    '',
  );

/** Reads the text of a policy. Every problem is named with its line, in the order of the lines. */
export function parsePolicy(text: string): ParsedPolicy {
  const read = readYaml(text);
  if (!read.ok)
    return {
      ok: false,
      problems: read.problems.map(({ line, code, message }) => ({ line, text: yamlWords(code, message) })),
    };
  const lineOf = (path: Path): number => read.placeOf(path).line;
  const parsed = policySchema.safeParse(read.content ?? {});
  if (parsed.success) return { ok: true, policy: parsed.data, lineOf };
  const problems = parsed.error.issues
    .flatMap((issue) => plain(issue))
    .flatMap((issue): PolicyProblem[] => {
      const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
      if (issue.code === 'unrecognized_keys')
        return (issue.keys ?? []).map((key) => ({
          line: lineOf([...path, key]),
          text: say('said.policy.not_a_field', { field: named([...path, key]) }),
        }));
      const line = lineOf(path);
      return [
        { line, text: say('said.policy.problem', { field: named(path) || 'the policy', wrong: issueWords(issue) }) },
      ];
    });
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line) };
}

/** Patterns of a policy that mean no model there is, each with its line. A warning: the model may come later. */
export function unknownModels(
  parsed: Extract<ParsedPolicy, { ok: true }>,
  models: readonly { readonly id: string; readonly provider: string }[],
): PolicyProblem[] {
  const found: PolicyProblem[] = [];
  const look = (patterns: readonly string[] | undefined, path: Path): void => {
    for (const [index, pattern] of (patterns ?? []).entries()) {
      if (pattern === 'local/*' || models.some((model) => matchesPattern(pattern, model))) continue;
      const words = pattern.endsWith('/*')
        ? say('said.policy.no_provider', { provider: pattern.slice(0, -2) })
        : say('said.policy.no_model', { model: pattern });
      found.push({ line: parsed.lineOf([...path, index]), text: words });
    }
  };
  const { constraints, rules, ladder, draft, context } = parsed.policy;
  look(constraints.only, ['constraints', 'only']);
  look(constraints.never, ['constraints', 'never']);
  for (const [index, { then }] of rules.entries()) {
    look(then.prefer, ['rules', index, 'then', 'prefer']);
    look(then.only, ['rules', index, 'then', 'only']);
    look(then.never, ['rules', index, 'then', 'never']);
  }
  for (const [index, { to }] of ladder.entries()) if (to.includes('/')) lookOne(to, ['ladder', index, 'to']);
  if (draft.by.includes('/')) lookOne(draft.by, ['draft', 'by']);
  if (context.summaryBy.includes('/')) lookOne(context.summaryBy, ['context', 'summaryBy']);
  return found.toSorted((a, b) => a.line - b.line);

  function lookOne(pattern: string, path: Path): void {
    if (pattern === 'local/*' || models.some((model) => matchesPattern(pattern, model))) return;
    found.push({ line: parsed.lineOf(path), text: say('said.policy.no_model_for', { model: pattern }) });
  }
}
