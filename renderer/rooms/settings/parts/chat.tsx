import type { Config } from '../../../../electron/contract/config.ts';
import { ROUTE_AUTO, ROUTE_LOCAL } from '../../../../electron/contract/names.ts';
import { Select, Switch } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { Row, Section } from './section.tsx';

export function ChatSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const models = useCall('model.list', {}, { topics: ['models'] }).data?.models ?? [];
  const known = models.map((model) => ({ value: model.id, label: model.name }));
  const { defaultRoute } = config.chat;
  const lost =
    defaultRoute === ROUTE_AUTO || defaultRoute === ROUTE_LOCAL || known.some((model) => model.value === defaultRoute)
      ? []
      : [{ value: defaultRoute, label: defaultRoute }];
  return (
    <Section id="chat" title={t('chat')}>
      <Row label={t('sendOnEnter')} hint={t('sendOnEnterHint')}>
        <Switch
          label={t('sendOnEnter')}
          checked={config.appearance.sendOnEnter}
          onChange={(sendOnEnter) => change('appearance', { sendOnEnter })}
        />
      </Row>
      <Row label={t('defaultPrivate')} hint={t('defaultPrivateHint')}>
        <Switch
          label={t('defaultPrivate')}
          checked={config.chat.defaultPrivate}
          onChange={(defaultPrivate) => change('chat', { defaultPrivate })}
        />
      </Row>
      <Row label={t('defaultRoute')}>
        <Select
          className="w-56"
          align="end"
          label={t('defaultRoute')}
          value={defaultRoute}
          options={[
            { value: ROUTE_AUTO, label: t('routeAuto') },
            { value: ROUTE_LOCAL, label: t('routeLocal') },
            ...known,
            ...lost,
          ]}
          onChange={(next) => change('chat', { defaultRoute: next })}
        />
      </Row>
    </Section>
  );
}
