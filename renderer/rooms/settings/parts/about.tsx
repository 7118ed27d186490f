import { useCall } from '../../../link/index.ts';
import { text } from '../text.ts';
import { Row, Section, Value } from './section.tsx';

/** Names and licences are proper names: the same in every language. */
const PARTS = [
  ['llama.cpp', 'MIT'],
  ['node-llama-cpp', 'MIT'],
  ['Electron', 'MIT'],
  ['SQLite', 'Public domain'],
  ['React', 'MIT'],
  ['Radix UI', 'MIT'],
  ['Shiki', 'MIT'],
  ['KaTeX', 'MIT'],
  ['Mermaid', 'MIT'],
  ['Lucide', 'ISC'],
  ['Source Sans 3', 'OFL 1.1'],
  ['JetBrains Mono', 'OFL 1.1'],
] as const;

export function AboutSection({ configPath }: { readonly configPath: string }) {
  const t = text.useText();
  const info = useCall('app.info', {}).data;
  const runtime = info && [
    info.runtime.electron === null ? null : `Electron ${info.runtime.electron}`,
    info.runtime.chrome === null ? null : `Chromium ${info.runtime.chrome}`,
    `Node ${info.runtime.node}`,
    info.platform,
  ];
  return (
    <Section id="about" title={t('about')}>
      <Row label={t('leaves')} hint={t('leavesNothing')} />
      <Row label={t('version')}>
        <Value>{info?.version}</Value>
      </Row>
      <Row label={t('runtime')}>
        <Value>{runtime?.filter(Boolean).join(' · ')}</Value>
      </Row>
      <Row label={t('configFile')}>
        <Value>{configPath}</Value>
      </Row>
      <Row label={t('licence')} hint={t('licenceOwn')} />
      <Row
        label={t('parts')}
        hint={
          <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
            {PARTS.map(([name, licence]) => (
              <li key={name}>
                <span className="text-ink-2">{name}</span> {licence}
              </li>
            ))}
          </ul>
        }
      />
    </Section>
  );
}
