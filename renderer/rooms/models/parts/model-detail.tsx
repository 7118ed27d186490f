import { Copy, Gauge, Play, Square, Trash2, TriangleAlert } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import {
  AlertDialog,
  Badge,
  Button,
  formatBytes,
  formatCompact,
  formatDay,
  formatNumber,
  formatSpeed,
  IconButton,
  toast,
} from '../../../kit/index.ts';
import { loadModel, measureModel, removeModel, unloadModel, useModelsRoom } from '../state.ts';
import { modelsText } from '../text.ts';
import { Speed } from './model-speed.tsx';
import { StateBadge } from './model-table.tsx';

/** One model: what it is, how fast it is here, and what can be done with it. */
export const ModelDetail = ({ model }: { readonly model: ModelEntry }): ReactElement => {
  const t = modelsText.useText();
  const work = useModelsRoom((room) => room.work[model.id]);
  const failed = useModelsRoom((room) => room.problems[model.id]);
  const before = useModelsRoom((room) => room.before[model.id]);
  const [removing, setRemoving] = useState(false);
  const usable =
    model.problem === null && model.state !== 'missing' && model.state !== 'corrupt' && model.state !== 'unsupported';
  const say = (text: string) => (done: boolean) => {
    if (done) toast({ text, level: 'success' });
  };
  const { path } = model;
  return (
    <section aria-label={model.name} className="flex min-w-0 flex-col gap-4 px-5 py-4">
      <header>
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 text-lg font-semibold break-words">{model.name}</h2>
          <StateBadge model={model} />
          {model.embedded ? (
            <Badge tone="neutral" icon={null}>
              {t('embedded')}
            </Badge>
          ) : null}
        </div>
        {model.adoptedFrom === undefined ? null : (
          <p className="mt-1 text-xs text-ink-3">
            {t('adoptedHint', { program: model.adoptedFrom === 'ollama' ? 'Ollama' : 'LM Studio' })}
          </p>
        )}
        <p className="mt-1 max-w-[68ch] text-sm text-ink-2">
          {model.description === null ? t('noDescription') : said(model.description)}
        </p>
        {model.embedded ? <p className="mt-1 text-xs text-ink-3">{t('embeddedHint')}</p> : null}
      </header>
      {model.problem === null ? null : <Problem text={said(model.problem)} />}
      {failed === undefined ? null : <Problem text={said(failed)} />}
      <div className="flex flex-wrap gap-2">
        {model.state === 'loaded' ? (
          <Button
            icon={Square}
            busy={work?.kind === 'unload'}
            disabled={work !== undefined}
            onClick={() => void unloadModel(model.id).then(say(t('unloadedDone', { name: model.name })))}
          >
            {t('unload')}
          </Button>
        ) : (
          <Button
            icon={Play}
            busy={work?.kind === 'load' || model.state === 'loading'}
            disabled={!usable || work !== undefined}
            onClick={() => void loadModel(model.id).then(say(t('loadedDone', { name: model.name })))}
          >
            {t('load')}
          </Button>
        )}
        <Button
          icon={Gauge}
          busy={work?.kind === 'measure'}
          disabled={!usable || work !== undefined}
          onClick={() =>
            void measureModel(model).then((after) => {
              const measured = after?.measurement ?? null;
              if (measured !== null)
                toast({
                  text: t('measured', {
                    name: model.name,
                    decode: formatSpeed(measured.decodeTokensPerSecond),
                    prefill: formatSpeed(measured.prefillTokensPerSecond),
                  }),
                  level: 'success',
                });
            })
          }
        >
          {model.measurement === null ? t('measure') : t('measureAgain')}
        </Button>
        {model.embedded ? null : (
          <Button
            look="ghost"
            icon={Trash2}
            disabled={work !== undefined}
            onClick={() => {
              setRemoving(true);
            }}
          >
            {t(model.ownFile === true ? 'delete' : 'remove')}
          </Button>
        )}
      </div>
      <Speed model={model} measuringSince={work?.kind === 'measure' ? work.startedAt : null} before={before ?? null} />
      <dl className="text-sm">
        <Fact name={t('fact.parameters')}>{model.parameters === null ? null : formatCompact(model.parameters)}</Fact>
        <Fact name={t('fact.size')}>{model.sizeBytes === null ? null : formatBytes(model.sizeBytes)}</Fact>
        <Fact name={t('fact.quantization')}>{model.quantization}</Fact>
        <Fact name={t('fact.context')}>
          {t('contextTokens', { count: model.contextTokens, value: formatNumber(model.contextTokens) })}
        </Fact>
        <Fact name={t('fact.architecture')}>{model.architecture}</Fact>
        <Fact name={t('fact.licence')}>{model.licence}</Fact>
        <Fact name={t('fact.added')}>{formatDay(model.addedAt)}</Fact>
        <Fact name={t('fact.id')}>
          <code className="font-mono text-xs break-all select-text">{model.id}</code>
        </Fact>
        {path === null ? null : (
          <Fact name={t('fact.file')}>
            <span className="flex items-start gap-1">
              <code className="min-w-0 flex-1 py-1.5 font-mono text-xs break-all select-text">{path}</code>
              <IconButton
                icon={Copy}
                label={t('copyPath')}
                onClick={() => {
                  navigator.clipboard.writeText(path).then(
                    () => toast({ text: t('copied'), level: 'success' }),
                    () => toast({ text: t('copyFailed'), level: 'error' }),
                  );
                }}
              />
            </span>
          </Fact>
        )}
      </dl>
      <AlertDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t(model.ownFile === true ? 'deleteTitle' : 'removeTitle', { name: model.name })}
        description={model.ownFile === true ? t('deleteText', { size: formatBytes(model.sizeBytes) }) : t('removeText')}
        confirmLabel={t(model.ownFile === true ? 'deleteDo' : 'removeDo')}
        onConfirm={() =>
          void removeModel(model.id).then((freed) => {
            if (freed === null) return;
            const text =
              freed > 0
                ? t('deleted', { name: model.name, size: formatBytes(freed) })
                : t('removed', { name: model.name });
            toast({ text, level: 'success' });
          })
        }
      />
    </section>
  );
};

const Problem = ({ text }: { readonly text: string }): ReactElement => (
  <p role="alert" className="flex gap-2 rounded-md bg-failed-soft px-3 py-2 text-sm text-failed-ink">
    <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
    <span className="min-w-0 break-words">{text}</span>
  </p>
);

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement => {
  const t = modelsText.useText();
  return (
    <div className="flex min-h-8 items-baseline gap-3 border-b border-line/60 py-1">
      <dt className="w-32 shrink-0 text-xs text-ink-3">{name}</dt>
      <dd className="tabular min-w-0 flex-1 break-words">
        {children === null ? <span className="text-ink-3">{t('unknown')}</span> : children}
      </dd>
    </div>
  );
};
