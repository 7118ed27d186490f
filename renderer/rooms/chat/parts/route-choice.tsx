import { Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROUTE_AUTO, ROUTE_LOCAL } from '../../../../electron/contract/names.ts';
import { call, faultOf, useCall } from '../../../link/index.ts';
import { Checkbox, Select, toast } from '../../../kit/index.ts';
import type { SelectOption } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
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

const MODELS_TOPIC = ['models'] as const;

/** Who may answer. Kept with the conversation once there is one. */
export function RouteChoice({ thread, choice, onChoice }: RouteChoiceProps): ReactNode {
  const t = words.useText();
  const conversation = useThread(thread, selectConversation);
  const models = useCall('model.list', {}, { topics: MODELS_TOPIC }).data?.models ?? [];
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

  const options: SelectOption[] = [
    { value: ROUTE_AUTO, label: t('routeAuto'), hint: t('routeAutoHint') },
    { value: ROUTE_LOCAL, label: t('routeLocal'), hint: t('routeLocalHint') },
    ...models.map((model, at) => ({
      value: model.id,
      label: model.name,
      disabled: model.problem !== null,
      ...(model.problem === null ? {} : { hint: model.problem }),
      ...(at === 0 ? { group: t('routeModels') } : {}),
    })),
  ];
  if (!options.some((option) => option.value === now.route)) options.push({ value: now.route, label: now.route });
  return (
    <>
      <Select
        label={t('route')}
        look="quiet"
        side="top"
        icon={<Route size={14} aria-hidden className="shrink-0" />}
        value={now.route}
        options={options}
        onChange={(route) => void change({ route })}
        className="max-w-44"
      />
      <span title={t('privateHint')} className="px-1.5">
        <Checkbox label={t('private')} checked={now.private} onChange={(value) => void change({ private: value })} />
      </span>
    </>
  );
}
