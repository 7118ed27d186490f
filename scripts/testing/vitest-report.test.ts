import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tallyReport } from './vitest-report.ts';

let folder: string;
let report: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-report-'));
  report = join(folder, 'unit.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (files: { status: string; tests: string[] }[]): void => {
  const testResults = files.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((s) => ({ status: s })),
  }));
  writeFileSync(report, JSON.stringify({ testResults }));
};

it('adds up tests over files', () => {
  write([
    { status: 'passed', tests: ['passed', 'passed', 'pending'] },
    { status: 'failed', tests: ['passed', 'failed'] },
  ]);
  expect(tallyReport(report, false)).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

it('counts a file that could not even load as a failure', () => {
  write([{ status: 'failed', tests: [] }]);
  expect(tallyReport(report, false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it('never calls a run that broke off a success', () => {
  expect(tallyReport(report, false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  write([{ status: 'passed', tests: ['passed'] }]);
  expect(tallyReport(report, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});
