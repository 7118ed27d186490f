import { Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROUTE_LOCAL } from '../../../../electron/contract/names.ts';
import { call, faultOf, useCall } from '../../../link/index.ts';
import { Checkbox, Select, toast } from '../../../kit/index.ts';
import { nameOf } from '../../../common/presets.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { mayAnswerPrivate, routeOptions } from '../../../common/route-options.ts';
import { selectConversation, useThread } from './use-thread.ts';

/** How a chat begins that is not stored yet. */
export interface SendChoice {
  readonly route: string;
  readonly private: boolean;
}

interface RouteChoiceProps {
  readonly thread: Thread;
  readonly choice: SendChoice;
  readonly onChoice: (choice: SendChoice) => void;
}

const MODELS_TOPICS = ['models', 'providers'] as const;
const PROVIDERS_TOPIC = ['providers'] as const;

/** Who may answer. Kept with the conversation once there is one. */
export function RouteChoice({ thread, choice, onChoice }: RouteChoiceProps): ReactNode {
  const t = words.useText();
  const conversation = useThread(thread, selectConversation);
  const models = useCall('model.list', {}, { topics: MODELS_TOPICS }).data?.models ?? [];
  const providers = useCall('provider.list', {}, { topics: PROVIDERS_TOPIC }).data?.providers ?? [];
  const now = conversation ?? choice;

  const change = async (patch: Partial<SendChoice>): Promise<void> => {
    if (conversation === null) return onChoice({ ...choice, ...patch });
    thread.setConversation({ ...conversation, ...patch });
    try {
      thread.setConversation(await call('chat.update', { conversationId: thread.conversationId, ...patch }));
    } catch (error) {
      thread.setConversation(conversation);
      toast({ text: t('failedAction', { detail: faultOf(error).detail }), level: 'error' });
    }
    return undefined;
  };

  const changePrivate = (value: boolean): void => {
    const named = models.find((model) => model.id === now.route);
    // A model that is locked out answers nothing: the next best wish is any model of this machine.
    const locked = value && named !== undefined && !mayAnswerPrivate(named);
    void change({ private: value, ...(locked ? { route: ROUTE_LOCAL } : {}) });
  };

  const names = new Map(providers.map(({ config }) => [config.id, nameOf(config)]));
  const options = routeOptions(models, names, now.route, now.private, t);
  return (
    <>
      <Select
        label={t('route')}
        look="quiet"
        side="top"
        icon={<Route size={14} aria-hidden className="shrink-0" />}
        value={now.route}
        options={options}
        search
        onChange={(route) => void change({ route })}
        className="max-w-44"
      />
      <span title={t('privateHint')} className="px-1.5">
        <Checkbox label={t('private')} checked={now.private} onChange={changePrivate} />
      </span>
    </>
  );
}
