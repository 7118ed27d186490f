import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import { LANGUAGES, THEMES } from '../../../../electron/contract/names.ts';
import { Select, Slider, Switch } from '../../../kit/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { Row, Section } from './section.tsx';

const THEME_TEXT = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const;
const FONT_PX = { min: 12, max: 24 } as const;

export function AppearanceSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { appearance } = config;
  const [sliding, setSliding] = useState<number | null>(null);
  const size = sliding ?? appearance.fontSize;
  const px = (value: number): string => t('fontSizeValue', { value });
  return (
    <Section id="appearance" title={t('appearance')}>
      <Row label={t('theme')}>
        <Select
          className="w-44"
          label={t('theme')}
          value={appearance.theme}
          options={THEMES.map((value) => ({ value, label: t(THEME_TEXT[value]) }))}
          onChange={(next) => {
            const theme = THEMES.find((value) => value === next);
            if (theme) change('appearance', { theme });
          }}
        />
      </Row>
      <Row label={t('language')}>
        <Select
          className="w-44"
          label={t('language')}
          value={appearance.language}
          // A language is always named in itself.
          options={LANGUAGES.map((value) => ({
            value,
            label: value === 'system' ? t('languageSystem') : value === 'en' ? 'English' : '简体中文',
          }))}
          onChange={(next) => {
            const language = LANGUAGES.find((value) => value === next);
            if (language) change('appearance', { language });
          }}
        />
      </Row>
      <Row label={t('fontSize')}>
        <div className="flex w-64 items-center gap-3">
          <Slider
            label={t('fontSize')}
            value={size}
            {...FONT_PX}
            step={1}
            format={px}
            onChange={(value) => {
              setSliding(value);
              document.documentElement.style.setProperty('--reply-size', `${value}px`);
            }}
            onCommit={(fontSize) => {
              setSliding(null);
              change('appearance', { fontSize });
            }}
          />
          <span className="tabular w-14 shrink-0 text-right text-sm text-ink-2">{px(size)}</span>
        </div>
      </Row>
      <Row label={t('developer')} hint={t('developerHint')}>
        <Switch
          label={t('developer')}
          checked={appearance.developerDetail}
          onChange={(developerDetail) => change('appearance', { developerDetail })}
        />
      </Row>
    </Section>
  );
}
