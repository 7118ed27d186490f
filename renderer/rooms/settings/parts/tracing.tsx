import { useEffect, useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import { formatDateTime, formatNumber, formatPercent, Select, Switch, Textarea } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { said } from '../../../common/core-words/index.ts';
import { readHeaders, writeHeaders } from '../../../common/headers.ts';
import { text } from '../text.ts';
import { DraftInput } from './draft-input.tsx';
import { Row, Section } from './section.tsx';

const TEXTS = ['preview', 'whole', 'none'] as const;
const TEXT_WORDS = { preview: 'traceTextPreview', whole: 'traceTextWhole', none: 'traceTextNone' } as const;
const SHARES = [1, 0.5, 0.25, 0.1, 0.01, 0] as const;
const PROTOCOLS = { protobuf: 'Protobuf', json: 'JSON' } as const;
/** Where a collector of this machine listens (https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port). */
const USUAL_COLLECTOR = 'http://127.0.0.1:4318/v1/traces';
const MOST_MEGABYTES = 1_000_000;

const isAddress = (typed: string): boolean => {
  try {
    return /^https?:$/u.test(new URL(typed).protocol);
  } catch {
    return false;
  }
};

/** What traces keep, how much of it, and where they go besides. */
export function TracingSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { traceText, traceMegabytes, traceSample } = config.data;
  const [wrongSize, setWrongSize] = useState(false);
  const shares = [...new Set<number>([...SHARES, traceSample])].sort((a, b) => b - a);
  const shareWords = (share: number): string =>
    share === 1
      ? t('traceSampleAll')
      : share === 0
        ? t('traceSampleNone')
        : t('traceSampleShare', { value: formatPercent(share) });
  return (
    <Section id="tracing" title={t('tracing')}>
      <Row label={t('traceText')} hint={t('traceTextHint')}>
        <Select
          className="w-64"
          align="end"
          label={t('traceText')}
          value={traceText}
          options={TEXTS.map((value) => ({ value, label: t(TEXT_WORDS[value]) }))}
          onChange={(next) => {
            const chosen = TEXTS.find((value) => value === next);
            if (chosen) change('data', { traceText: chosen });
          }}
        />
      </Row>
      <Row
        label={t('traceMegabytes')}
        hint={t('traceMegabytesHint')}
        problem={wrongSize ? t('traceMegabytesWrong') : null}
      >
        <span className="flex items-center gap-1.5">
          <DraftInput
            className="tabular w-28 text-right"
            inputMode="numeric"
            label={t('traceMegabytes')}
            value={String(traceMegabytes)}
            invalid={wrongSize}
            onCommit={(typed) => {
              const size = Number(typed.trim());
              const fine = typed.trim() !== '' && Number.isInteger(size) && size >= 0 && size <= MOST_MEGABYTES;
              setWrongSize(!fine);
              if (fine) change('data', { traceMegabytes: size });
            }}
          />
          <span aria-hidden className="text-sm text-ink-3">
            {t('megabytes')}
          </span>
        </span>
      </Row>
      <Row label={t('traceSample')} hint={t('traceSampleHint')}>
        <Select
          className="w-44"
          align="end"
          label={t('traceSample')}
          value={String(traceSample)}
          options={shares.map((share) => ({ value: String(share), label: shareWords(share) }))}
          onChange={(next) => {
            change('data', { traceSample: Number(next) });
          }}
        />
      </Row>
      <Collector config={config} change={change} />
    </Section>
  );
}

function Collector({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { endpoint, protocol, includePrivate, includeText } = config.export;
  const [wrongUrl, setWrongUrl] = useState(false);
  const [last, setLast] = useState(endpoint ?? USUAL_COLLECTOR);
  return (
    <>
      <Row label={t('collector')} hint={t('collectorHint')}>
        <Switch
          label={t('collector')}
          checked={endpoint !== null}
          onChange={(on) => {
            if (endpoint !== null) setLast(endpoint);
            setWrongUrl(false);
            change('export', { endpoint: on ? last : null });
          }}
        />
      </Row>
      {endpoint === null ? null : (
        <>
          <Row label={t('collectorUrl')} problem={wrongUrl ? t('collectorUrlWrong') : null}>
            <DraftInput
              className="w-80 max-w-full font-mono text-xs"
              label={t('collectorUrl')}
              value={endpoint}
              invalid={wrongUrl}
              onCommit={(typed) => {
                const fine = isAddress(typed.trim());
                setWrongUrl(!fine);
                if (fine) change('export', { endpoint: typed.trim() });
              }}
            />
          </Row>
          <Row label={t('collectorProtocol')}>
            <Select
              className="w-44"
              align="end"
              label={t('collectorProtocol')}
              value={protocol}
              options={Object.entries(PROTOCOLS).map(([value, label]) => ({ value, label }))}
              onChange={(next) => {
                change('export', { protocol: next === 'json' ? 'json' : 'protobuf' });
              }}
            />
          </Row>
          <HeadersRow config={config} change={change} />
          <Row label={t('collectorText')} hint={t('collectorTextHint')}>
            <Switch
              label={t('collectorText')}
              checked={includeText}
              onChange={(on) => {
                change('export', { includeText: on });
              }}
            />
          </Row>
          <Row label={t('collectorPrivate')} hint={t('collectorPrivateHint')}>
            <Switch
              label={t('collectorPrivate')}
              checked={includePrivate}
              onChange={(on) => {
                change('export', { includePrivate: on });
              }}
            />
          </Row>
          <StateRow />
        </>
      )}
    </>
  );
}

function HeadersRow({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const stored = writeHeaders(config.export.headers);
  const [draft, setDraft] = useState(stored);
  const [wrongLine, setWrongLine] = useState<number | null>(null);
  useEffect(() => {
    setDraft(stored);
  }, [stored]);
  return (
    <Row
      wide
      label={t('collectorHeaders')}
      hint={t('collectorHeadersHint')}
      problem={wrongLine === null ? null : t('collectorHeadersWrong', { line: wrongLine })}
    >
      <Textarea
        rows={Math.max(2, draft.split('\n').length)}
        aria-label={t('collectorHeaders')}
        aria-invalid={wrongLine === null ? undefined : true}
        placeholder={t('collectorHeadersExample')}
        spellCheck={false}
        className="font-mono text-xs"
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
        onBlur={() => {
          const read = readHeaders(draft);
          if ('wrongLine' in read) {
            setWrongLine(read.wrongLine);
            return;
          }
          setWrongLine(null);
          if (writeHeaders(read.headers) !== stored) change('export', { headers: read.headers });
        }}
      />
    </Row>
  );
}

/** How far the collector is behind, and why. */
function StateRow() {
  const t = text.useText();
  const state = useCall('export.state', {}, { topics: ['traces', 'overview', 'settings'], keepPrevious: true }).data;
  if (state === undefined) return <Row label={t('collectorState')} />;
  const parts = [
    t('collectorWaiting', { count: state.waiting, value: formatNumber(state.waiting) }),
    state.lastSentAt === null ? t('collectorNever') : t('collectorSent', { time: formatDateTime(state.lastSentAt) }),
    ...(state.lost === 0 ? [] : [t('collectorLost', { count: state.lost, value: formatNumber(state.lost) })]),
  ];
  return (
    <Row label={t('collectorState')} problem={said(state.problem ?? '') || null}>
      <span role="status" className="tabular text-sm text-ink-2">
        {parts.join(' · ')}
      </span>
    </Row>
  );
}
