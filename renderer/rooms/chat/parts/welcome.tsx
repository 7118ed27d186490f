import { Boxes, FileInput, KeyRound } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROUTE_LOCAL, STARTER_MODEL_ID } from '../../../../electron/contract/names.ts';
import { call, faultOf, useAction, useCall } from '../../../link/index.ts';
import { toast } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { nameOf } from '../../../common/presets.ts';
import { text as words } from '../text.ts';
import type { SendChoice } from './route-choice.tsx';
import { isUsable } from '../../../common/route-options.ts';

const MODELS = ['models', 'providers'] as const;
const PROVIDERS = ['providers'] as const;
const EXAMPLES = ['example1', 'example2', 'example3', 'example4', 'example5', 'example6'] as const;

interface DoorProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly busy?: boolean;
  readonly onOpen: () => void;
}

const Door = ({ icon: Icon, title, text, busy = false, onOpen }: DoorProps): ReactNode => (
  <button
    type="button"
    disabled={busy}
    onClick={onOpen}
    className="flex items-start gap-3 rounded-lg p-3 text-left ring-1 ring-line ring-inset hover:bg-hover hover:ring-line-strong/60"
  >
    <Icon size={18} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0 text-local" />
    <span>
      <span className="block text-sm font-semibold text-ink">{title}</span>
      <span className="mt-0.5 block text-sm text-ink-2">{text}</span>
    </span>
  </button>
);

/** An empty chat: which model answers and how small it is, what it can do, and the ways to a better one. */
export function Welcome({ choice }: { readonly choice: SendChoice }): ReactNode {
  const t = words.useText();
  const { data } = useCall('model.list', {}, { topics: MODELS });
  const providers = useCall('provider.list', {}, { topics: PROVIDERS });
  const importing = useAction(async () => {
    try {
      const model = await call('model.import', {});
      if (model !== null) toast({ text: t('imported', { name: model.name }), level: 'success' });
    } catch (error) {
      toast({ text: faultOf(error).detail, level: 'error' });
    }
  });
  const names = new Map((providers.data?.providers ?? []).map(({ config }) => [config.id, nameOf(config)]));
  const open = (data?.models ?? []).filter((model) => isUsable(model, choice.private));
  const usable = choice.route === ROUTE_LOCAL ? open.filter(({ kind }) => kind === 'local') : open;
  const named = usable.find((model) => model.id === choice.route);
  const here = usable.filter(({ kind }) => kind === 'local');
  const chosen = named ?? here.find((model) => !model.embedded) ?? here[0];
  const policyChooses = named === undefined && usable.length > here.length;
  const starter = !policyChooses && chosen?.id === STARTER_MODEL_ID;
  const said =
    data === undefined
      ? ''
      : policyChooses
        ? t('welcomeAuto', { count: usable.length })
        : chosen === undefined
          ? t('welcomeNone')
          : chosen.kind === 'cloud'
            ? t('welcomeCloud', { model: chosen.name, provider: names.get(chosen.provider) ?? chosen.provider })
            : starter
              ? t('welcomeStarter')
              : t('welcomeOther', { model: chosen.name });
  const local = !policyChooses && chosen?.kind !== 'cloud';
  return (
    <div className="chat-view scroll-y min-h-0 flex-1" tabIndex={0}>
      <div role="log" aria-label={t('conversation')} aria-live="off" className="sr-only" />
      <div className="chat-column mx-auto flex min-h-full w-full max-w-[calc(67ch+3rem)] flex-col justify-center px-6 py-8">
        <h2 className="text-xl font-semibold text-balance text-ink">{t(local ? 'welcome' : 'hello')}</h2>
        <p className="mt-1.5 min-h-12 max-w-[62ch] text-base text-ink-2">{said}</p>
        {starter && (
          <>
            <h3 className="mt-6 text-xs font-medium text-ink-3">{t('tryThese')}</h3>
            <div className="mt-2 flex flex-wrap gap-2">
              {EXAMPLES.map((key) => (
                <button
                  key={key}
                  type="button"
                  onClick={() => usePlace.getState().set({ composerText: t(key) })}
                  className="min-h-8 rounded-full px-3.5 text-sm text-ink ring-1 ring-line-strong/50 ring-inset hover:bg-hover"
                >
                  {t(key)}
                </button>
              ))}
            </div>
          </>
        )}
        <div className="mt-8 grid grid-cols-1 gap-2">
          <Door
            icon={Boxes}
            title={t('doorModels')}
            text={t('doorModelsText')}
            onOpen={() => usePlace.getState().set({ room: 'models', modelsAsk: 'get-model' })}
          />
          <Door
            icon={KeyRound}
            title={t('doorKey')}
            text={t('doorKeyText')}
            onOpen={() => usePlace.getState().set({ room: 'models', modelsAsk: 'add-provider' })}
          />
          <Door
            icon={FileInput}
            title={t('doorImport')}
            text={t('doorImportText')}
            busy={importing.busy}
            onOpen={() => void importing.run()}
          />
        </div>
      </div>
    </div>
  );
}
