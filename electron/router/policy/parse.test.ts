import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localEntry, cloudEntry } from '../../../test/support/model-entry.ts';
import { builtIn } from '../../../test/support/routing.ts';
import { BUILT_IN_POLICIES } from '../../contract/names.ts';
import { parsePolicy, unknownModels } from './parse.ts';

const problems = (text: string) => {
  const parsed = parsePolicy(text);
  return parsed.ok ? [] : parsed.problems;
};

describe('reading a policy', () => {
  it('reads every built-in without a problem, under its own name and with its comments', () => {
    for (const name of BUILT_IN_POLICIES) {
      const loaded = builtIn(name);
      expect(loaded.policy.name).toBe(name);
      expect(loaded.policy.description).not.toBe('');
      expect(loaded.text).toMatch(/^# /);
    }
    expect(builtIn('offline').policy.constraints.kinds).toEqual(['local']);
  });

  it('names every problem with its line, inside lists too, in the order of the lines', () => {
    const text = [
      'name: mine', // 1
      'objektive: {quality: 1}',
      'rules:', // 3
      '  - name: One',
      '    when: {minDifficulty: 2}',
      '    then: {prefer: [acme/big, nonsense]}', // 6
      '  - name: Two',
      '    when:',
      '      langages: [de]', // 9
      '    then: {}',
      'ladder:',
      '  - to: best', // 12
      '  - to: sideways',
      'limits:',
      '  retries: many', // 15
    ].join('\n');
    const found = problems(text);
    expect(found.map(({ line }) => line)).toEqual([2, 5, 6, 9, 13, 15]);
    expect(found[0]?.text).toBe('“objektive” is not a field of a policy.');
    expect(found[2]?.text).toMatch(/rules\[1\]\.then\.prefer\[2\].*provider\/model/);
    expect(found[3]?.text).toMatch(/“rules\[2\]\.when\.langages” is not a field/);
  });

  it('names the line of broken YAML, of a key given twice and of a missing name', () => {
    expect(problems('name: mine\nrules: [\n')[0]?.line).toBeGreaterThanOrEqual(2);
    expect(problems('name: mine\ndescription: a\ndescription: b\n')).toMatchObject([{ line: 3 }]);
    expect(problems('description: a\n')).toMatchObject([{ line: 1, text: expect.stringContaining('name') as string }]);
    expect(problems('')).toHaveLength(1);
    expect(problems('just words')).toHaveLength(1);
  });

  it('names thousands of wrong fields without looking through the whole text for each', () => {
    const fields = Array.from({ length: 8000 }, (_, at) => `k${String(at)}: 1`);
    const parsed = parsePolicy(`name: test\n${fields.join('\n')}`);
    expect(parsed.ok ? [] : parsed.problems.map(({ line }) => line)).toEqual(fields.map((_, at) => at + 2));
  });

  it('warns of models that are not there, each with its line, and never of those of this machine', () => {
    const parsed = parsePolicy(
      'name: mine\nconstraints:\n  only:\n    - acme/*\n    - gone/*\n    - local/*\nladder:\n  - to: best\n  - to: acme/small\n',
    );
    if (!parsed.ok) throw new Error('did not parse');
    const found = unknownModels(parsed, [localEntry('local/a'), cloudEntry('acme/big')]);
    expect(found.map(({ line }) => line)).toEqual([5, 9]);
    expect(found[0]?.text).toMatch(/gone/);
  });

  it('never throws, whatever is typed', () => {
    const piece = fc.constantFrom(
      'name: a\n',
      'rules:\n',
      '  - ',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '&a ',
      '*a ',
      '"',
      '\n',
      'x',
      '!!',
      '- - ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const parsed = parsePolicy(pieces.join(''));
        if (!parsed.ok) for (const { line } of parsed.problems) expect(line).toBeGreaterThanOrEqual(1);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
