import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { CallInput, CallOutput } from '../../../../electron/contract/calls.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { routeOptions } from '../../../common/route-options.ts';
import { routeWords } from '../../../common/route-words.ts';
import { Badge, Button, FormDialog, formatTokens, formatUsd, Labelled, Select, toast } from '../../../kit/index.ts';
import type { SelectOption } from '../../../kit/index.ts';
import { call, faultOf, mintId, useCall } from '../../../link/index.ts';
import { useVersionNames } from '../../../link/version-names.ts';
import { toolsText } from '../tools/text.ts';
import { said } from '../../../common/core-words/index.ts';
import { useComparing } from './state.ts';

const SAME = 'same';
const NO_PROMPT = 'none';
const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Asks a recorded request again, with what it would take said before it is sent. */
export const ReplayDialog = ({
  trace,
  onClose,
}: {
  readonly trace: Trace;
  readonly onClose: () => void;
}): ReactElement => {
  const t = toolsText.useText();
  const [route, setRoute] = useState(SAME);
  const [policy, setPolicy] = useState(SAME);
  const [version, setVersion] = useState(SAME);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<string | null>(null);
  const wish: CallInput<'replay.plan'> = {
    traceId: trace.id,
    // A policy decides nothing about a request that names its model.
    ...(route === SAME ? (policy === SAME ? {} : { route: 'auto' }) : { route }),
    ...(policy === SAME ? {} : { policy }),
    ...(version === SAME ? {} : { promptVersionId: version === NO_PROMPT ? null : version }),
  };
  const plan = useCall('replay.plan', wish, { topics: ['models', 'providers', 'budgets', 'settings'] });

  const stop = (): void => {
    if (running.current !== null) void call('replay.stop', { replayId: running.current });
  };
  const start = async (): Promise<void> => {
    const replayId = mintId();
    running.current = replayId;
    setBusy(true);
    setProblem(null);
    try {
      const result = await call('replay.run', { ...wish, replayId });
      const { remember, open } = useComparing.getState();
      remember(result.traceId, result.answer);
      onClose();
      if (result.stopped) toast({ text: t('replayStopped'), level: 'info' });
      else open(trace.id, result.traceId);
    } catch (error) {
      setProblem(faultOf(error).detail);
      setBusy(false);
    }
    running.current = null;
  };

  return (
    <FormDialog
      open
      onOpenChange={(open) => {
        if (open) return;
        // What is under way ends first; its result closes the dialog.
        if (running.current === null) onClose();
        else stop();
      }}
      title={t('replayTitle')}
      description={t('replayNote')}
      submitLabel={t('replayGo')}
      onSubmit={() => void start()}
      busy={busy}
      disabled={plan.data === undefined || plan.fault !== null || plan.data.refusal !== null}
      problem={problem ?? plan.fault?.detail ?? (said(plan.data?.refusal ?? '') || null)}
      aside={
        busy ? (
          <span className="flex items-center gap-3">
            <Button onClick={stop}>{t('stopReplay')}</Button>
            <span role="status" className="text-sm text-ink-2">
              {t('replaying')}
            </span>
          </span>
        ) : undefined
      }
    >
      <Choices
        isPrivate={plan.data?.private ?? trace.private}
        route={route}
        onRoute={setRoute}
        policy={policy}
        onPolicy={setPolicy}
        version={version}
        onVersion={setVersion}
        disabled={busy}
      />
      <Plan plan={plan.data} />
    </FormDialog>
  );
};

const Choices = (props: {
  readonly isPrivate: boolean;
  readonly route: string;
  readonly onRoute: (route: string) => void;
  readonly policy: string;
  readonly onPolicy: (policy: string) => void;
  readonly version: string;
  readonly onVersion: (version: string) => void;
  readonly disabled: boolean;
}): ReactElement => {
  const t = toolsText.useText();
  const say = routeWords.useText();
  const models = useCall('model.list', {}, { topics: ['models'] }).data?.models ?? [];
  const providers = useCall('provider.list', {}, { topics: ['providers'] }).data?.providers;
  const policies = useCall('policy.list', {}, { topics: ['policies'] }).data?.policies ?? [];
  const versions = useVersionNames(true);
  const providerNames = providers
    ? new Map(providers.map(({ config }) => [config.id, config.name ?? config.id]))
    : NO_NAMES;
  const same: SelectOption = { value: SAME, label: t('asBefore'), hint: t('asBeforeHint') };
  const inForce = policies.find(({ inUse }) => inUse);
  return (
    <>
      <Labelled label={t('replayModel')}>
        {({ id }) => (
          <Select
            id={id}
            className="w-full"
            label={t('replayModel')}
            value={props.route}
            onChange={props.onRoute}
            disabled={props.disabled}
            search={models.length > 8}
            options={[same, ...routeOptions(models, providerNames, 'auto', props.isPrivate, say)]}
          />
        )}
      </Labelled>
      <Labelled label={t('replayPolicy')}>
        {({ id }) => (
          <Select
            id={id}
            className="w-full"
            label={t('replayPolicy')}
            value={props.policy}
            onChange={props.onPolicy}
            disabled={props.disabled}
            options={[
              { value: SAME, label: t('policyNow'), ...(inForce ? { hint: inForce.name } : {}) },
              ...policies.map(({ name, description, problem }) => ({
                value: name,
                label: name,
                disabled: problem !== null,
                hint: problem ?? description,
              })),
            ]}
          />
        )}
      </Labelled>
      <Labelled label={t('replayPrompt')}>
        {({ id }) => (
          <Select
            id={id}
            className="w-full"
            label={t('replayPrompt')}
            value={props.version}
            onChange={props.onVersion}
            disabled={props.disabled}
            search={versions.size > 8}
            options={[
              { value: SAME, label: t('promptAsBefore') },
              { value: NO_PROMPT, label: t('promptNone') },
              ...[...versions.values()].map(({ versionId, name, number }) => ({
                value: versionId,
                label: t('promptVersion', { name, number }),
                group: name,
              })),
            ]}
          />
        )}
      </Labelled>
    </>
  );
};

/** What it would take, before anything is sent. */
const Plan = ({ plan }: { readonly plan: CallOutput<'replay.plan'> | undefined }): ReactElement | null => {
  const t = toolsText.useText();
  if (plan === undefined) return <p className="text-sm text-ink-3">{t('planning')}</p>;
  const { modelName, route, policy, tokensIn, likelyUsd, mostUsd, private: isPrivate, degradedReason } = plan;
  if (modelName === null) return null;
  const cost =
    route === 'local'
      ? t('planFree')
      : likelyUsd === null
        ? t('planUnpriced')
        : t('planCost', { likely: formatUsd(likelyUsd), most: formatUsd(mostUsd) });
  return (
    <div role="status" className="rounded-lg bg-sunken px-3 py-2.5 text-sm">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={route ?? 'neutral'}>{t('planWould', { name: modelName })}</Badge>
        <span className="tabular font-medium">{cost}</span>
      </p>
      <p className="tabular mt-1 text-xs text-ink-2">
        {`${t('planTokens', { tokens: formatTokens(tokensIn) })} · ${t('planPolicy', { policy })}`}
      </p>
      {isPrivate ? <p className="mt-1 text-xs text-ink-2">{t('planPrivate')}</p> : null}
      {degradedReason === null ? null : <p className="mt-1 text-xs text-degraded-ink">{said(degradedReason)}</p>}
    </div>
  );
};
