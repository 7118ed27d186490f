import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import { traceOf } from '../../../../test/support/made-trace.ts';
import { DiagnosisCard } from './diagnosis-card.tsx';

const html = (diagnosis: Diagnosis): string =>
  renderToStaticMarkup(
    <DiagnosisCard
      trace={traceOf([], { degraded: false })}
      state={{ diagnosis, fault: null, refetch: () => undefined }}
      onList={() => undefined}
    />,
  );
const loading: Diagnosis = {
  about: 'loading',
  origin: null,
  confident: true,
  sentence: 'It took 4.0 s, usually 1.0 s: the model had to be loaded first, which took 3.0 s.',
  evidence: [],
  tries: ['Keep it loaded.'],
};

describe('the diagnosis of a reply that waited for its model', () => {
  it('names no culprit and doubts nothing', () => {
    const card = html(loading);
    expect(card).toContain('Model loaded first');
    expect(card).toContain('Keep it loaded.');
    expect(card).not.toMatch(/Caused by|Infrastructure|Not enough evidence|Likely/u);
  });

  it('says so where something else took nearly as long', () => {
    expect(html({ ...loading, confident: false })).toContain('Likely, not certain');
    expect(html({ ...loading, about: 'slow' })).toContain('Not enough evidence');
  });
});
