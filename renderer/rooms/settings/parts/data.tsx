import { DatabaseBackup, Download, FolderOpen, ShieldCheck, Upload } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import { Button, formatBytes, Select, toast } from '../../../kit/index.ts';
import { call, faultOf, useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { said } from '../../../common/core-words/index.ts';
import { text } from '../text.ts';
import { Row, Section, Value } from './section.tsx';

interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

interface DoRowProps {
  readonly label: string;
  readonly hint: string;
  readonly button: string;
  readonly icon: LucideIcon;
  /** null = the person closed the dialog. */
  readonly run: () => Promise<Outcome | null>;
}

/** One button, and under it what came of it. */
function DoRow({ label, hint, button, icon, run }: DoRowProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const start = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const outcome = await run();
      if (outcome?.ok === true) toast({ level: 'success', text: outcome.text });
      else if (outcome) setProblem(outcome.text);
    } catch (error) {
      setProblem(faultOf(error).detail);
    }
    setBusy(false);
  };
  return (
    <Row label={label} hint={hint} problem={problem}>
      <Button icon={icon} busy={busy} onClick={() => void start()}>
        {button}
      </Button>
    </Row>
  );
}

const TRACE_DAYS = [0, 30, 90, 365] as const;

export function DataSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const info = useCall('app.info', {}).data;
  const done = (path: string | null, words: (path: string) => string): Outcome | null =>
    path === null ? null : { ok: true, text: words(path) };
  const { traceDays } = config.data;
  const days = [...new Set([...TRACE_DAYS, traceDays])].sort((a, b) => a - b);
  return (
    <Section id="data" title={t('data')}>
      <Row label={t('dataFolder')} hint={info && <Value>{info.dataDir}</Value>}>
        <Button
          icon={FolderOpen}
          onClick={() => {
            call('data.openFolder', {}).catch((error: unknown) =>
              toast({ level: 'error', text: faultOf(error).detail }),
            );
          }}
        >
          {t('openFolder')}
        </Button>
      </Row>
      <Row label={t('traceDays')} hint={t('traceDaysHint')}>
        <Select
          className="w-44"
          align="end"
          label={t('traceDays')}
          value={String(traceDays)}
          options={days.map((value) => ({
            value: String(value),
            label: value === 0 ? t('traceForever') : t('traceDaysValue', { value }),
          }))}
          onChange={(next) => change('data', { traceDays: Number(next) })}
        />
      </Row>
      <DoRow
        label={t('backup')}
        hint={t('backupHint')}
        button={t('backupDo')}
        icon={DatabaseBackup}
        run={async () => {
          const { path, sizeBytes } = await call('data.backup', {});
          return done(path, (to) => t('backupDone', { size: formatBytes(sizeBytes), path: to }));
        }}
      />
      <DoRow
        label={t('export')}
        hint={t('exportHint')}
        button={t('exportDo')}
        icon={Upload}
        run={async () => {
          const { path, conversations } = await call('data.export', {});
          return done(path, (to) => t('exportDone', { count: conversations, path: to }));
        }}
      />
      <DoRow
        label={t('import')}
        hint={t('importHint')}
        button={t('importDo')}
        icon={Download}
        run={async () => {
          const { path, conversations, skipped } = await call('data.import', {});
          return done(path, () => t('importDone', { count: conversations, skipped }));
        }}
      />
      <DoRow
        label={t('check')}
        hint={t('checkHint')}
        button={t('checkDo')}
        icon={ShieldCheck}
        run={async () => {
          const { ok, detail } = await call('data.check', {});
          return { ok, text: said(detail) };
        }}
      />
    </Section>
  );
}
