import { useEffect, useState } from 'react';
import { AlertDialog, Button, Dialog, Input, Skeleton, Tabs, toast } from '../../../kit/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import { text } from '../text.ts';
import { LinesEditor } from './lines-editor.tsx';
import { PolicyDiff } from './policy-diff.tsx';
import { PolicyDryRun } from './policy-dry-run.tsx';
import { PolicyVersions } from './policy-versions.tsx';
import { said } from '../../../common/core-words/index.ts';

/** A warning does not keep a policy from being used: its model may come later. */
export type Problem = { readonly line: number; readonly text: string; readonly warning?: boolean | undefined };
const CHECK_AFTER_MS = 300;

/** What is wrong with a text, asked a moment after the last key. */
function useProblems(draft: string | null): readonly Problem[] {
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  useEffect(() => {
    if (draft === null) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      call('policy.check', { text: draft }).then(
        ({ problems: found }) => {
          if (!gone) setProblems(found);
        },
        () => undefined,
      );
    }, CHECK_AFTER_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [draft]);
  return problems;
}

/** Line on which the text still bears this name; null = it has another. */
export function lineOfName(policy: string, name: string): number | null {
  const lines = policy.split('\n');
  const at = lines.findIndex((line) => /^name\s*:/.test(line));
  const said = /^name\s*:\s*["']?([^"'#\s]*)/.exec(lines[at] ?? '')?.[1];
  return said === name ? at + 1 : null;
}

/** A policy as text with its problems, what changes, what it would have decided, and its versions. null = closed. */
export function PolicyDialog({ name, onClose }: { readonly name: string | null; readonly onClose: () => void }) {
  const t = text.useText();
  const { data, fault } = useCall('policy.get', name === null ? null : { name }, { topics: ['policies'] });
  const [draft, setDraft] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [tab, setTab] = useState('text');
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    setDraft(null);
    setNote('');
    setTab('text');
  }, [name]);
  const stored = data?.text ?? '';
  const shown = draft ?? stored;
  const changed = draft !== null && draft !== stored;
  const found = useProblems(name === null ? null : shown);
  const taken = changed && data?.entry.builtIn === true ? lineOfName(shown, data.entry.name) : null;
  const problems: readonly Problem[] =
    taken === null ? found : [{ line: taken, text: t('policyRename', { name: name ?? '' }) }, ...found];
  const invalid = problems.some(({ warning }) => warning !== true);
  const save = useAction(async () => {
    const entry = await call('policy.save', { text: shown, note: note.trim() });
    return call('policy.use', { name: entry.name });
  });
  const submit = async (): Promise<void> => {
    const entry = await save.run();
    if (!entry) return;
    toast({ level: 'success', text: t('policySaved', { name: entry.name, value: entry.version }) });
    onClose();
  };
  const leave = (): void => {
    if (changed) setAsking(true);
    else onClose();
  };
  return (
    <Dialog
      open={name !== null}
      onOpenChange={(open) => {
        if (!open) leave();
      }}
      holds={changed}
      width="lg"
      title={t('policyTitle', { name: name ?? '' })}
      description={data?.entry.builtIn === true ? t('policyBuiltInHint') : t('policyOwnHint')}
      footer={
        <>
          <Input
            aria-label={t('policyNote')}
            placeholder={t('policyNote')}
            className="mr-auto w-64 shrink"
            maxLength={2000}
            value={note}
            onChange={(event) => {
              setNote(event.target.value);
            }}
          />
          <Button look="ghost" onClick={leave}>
            {t('cancel')}
          </Button>
          <Button look="primary" busy={save.busy} disabled={!changed || invalid} onClick={() => void submit()}>
            {t('policySave')}
          </Button>
        </>
      }
    >
      {data === undefined ? (
        fault === null ? (
          <Skeleton lines={8} />
        ) : (
          <p role="alert" className="text-sm text-failed-ink">
            {said(fault.detail)}
          </p>
        )
      ) : (
        <Tabs
          label={t('policyViews')}
          value={tab}
          onChange={setTab}
          className="-mx-5 h-[min(60vh,34rem)]"
          items={[
            {
              value: 'text',
              label: t('policyText'),
              content: <LinesEditor label={t('policyText')} value={shown} onChange={setDraft} problems={problems} />,
            },
            { value: 'diff', label: t('policyChanges'), content: <PolicyDiff before={stored} after={shown} /> },
            {
              value: 'dry',
              label: t('policyDryRun'),
              content: <PolicyDryRun text={shown} invalid={found.some(({ warning }) => warning !== true)} />,
            },
            {
              value: 'versions',
              label: t('policyVersions'),
              content: (
                <PolicyVersions
                  name={data.entry.name}
                  current={data.entry.version}
                  versions={data.versions}
                  onTake={(old) => {
                    setDraft(old);
                    setTab('diff');
                  }}
                />
              ),
            },
          ]}
        />
      )}
      {save.fault === null ? null : (
        <p role="alert" className="pt-2 text-sm text-failed-ink">
          {said(save.fault.detail)}
        </p>
      )}
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('discardTitle')}
        description={t('discardText')}
        confirmLabel={t('discardDo')}
        onConfirm={onClose}
      />
    </Dialog>
  );
}
