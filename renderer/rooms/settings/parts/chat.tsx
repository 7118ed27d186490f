import type { Config } from '../../../../electron/contract/config.ts';
import { Select, Switch } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { routeOptions } from '../../../common/route-options.ts';
import { routeWords } from '../../../common/route-words.ts';
import { nameOf } from '../../../common/presets.ts';
import { text } from '../text.ts';
import { Row, Section } from './section.tsx';

export function ChatSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const chatWords = routeWords.useText();
  const models = useCall('model.list', {}, { topics: ['models', 'providers'] }).data?.models ?? [];
  const providers = useCall('provider.list', {}, { topics: ['providers'] }).data?.providers ?? [];
  const names = new Map(providers.map((entry) => [entry.config.id, nameOf(entry.config)]));
  const { defaultRoute, defaultPrivate } = config.chat;
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
      <Row label={t('defaultRoute')} hint={t('defaultRouteHint')}>
        <Select
          className="w-56"
          align="end"
          label={t('defaultRoute')}
          value={defaultRoute}
          options={routeOptions(models, names, defaultRoute, defaultPrivate, chatWords)}
          search
          onChange={(next) => change('chat', { defaultRoute: next })}
        />
      </Row>
    </Section>
  );
}
