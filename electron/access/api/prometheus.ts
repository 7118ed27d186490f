/**
 * Counters, gauges and histograms in the Prometheus text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). The usual library brings five packages and collectors
 * nobody asked for; the format itself is one page.
 */
type Labels = Readonly<Record<string, string>>;

const escapeLabel = (value: string): string =>
  value.replace(/\\/gu, '\\\\').replace(/\n/gu, '\\n').replace(/"/gu, '\\"');

const keyOf = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');

const line = (name: string, key: string, value: number): string =>
  `${name}${key === '' ? '' : `{${key}}`} ${String(value)}\n`;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): string;
}

export interface Counter {
  add(labels: Labels, by: number): void;
  /** The series of these labels, for those who count in it often. */
  of(labels: Labels): (by: number) => void;
}
export interface Gauge {
  set(labels: Labels, value: number): void;
  /** These series and no others: what is not among them is gone, not as it was. */
  setAll(series: readonly { readonly labels: Labels; readonly value: number }[]): void;
}
export interface Histogram {
  observe(labels: Labels, value: number): void;
  of(labels: Labels): (value: number) => void;
}

export function createRegistry() {
  const families: Family[] = [];

  const values = (name: string, help: string, type: 'counter' | 'gauge'): Map<string, number> => {
    const held = new Map<string, number>();
    families.push({ name, help, type, lines: () => [...held].map(([key, value]) => line(name, key, value)).join('') });
    return held;
  };

  return {
    counter(name: string, help: string): Counter {
      const held = values(name, help, 'counter');
      const of = (labels: Labels) => {
        const key = keyOf(labels);
        return (by: number): void => {
          held.set(key, (held.get(key) ?? 0) + by);
        };
      };
      return { of, add: (labels, by) => of(labels)(by) };
    },
    gauge(name: string, help: string): Gauge {
      const held = values(name, help, 'gauge');
      return {
        set(labels, value) {
          held.set(keyOf(labels), value);
        },
        setAll(series) {
          held.clear();
          for (const { labels, value } of series) held.set(keyOf(labels), value);
        },
      };
    },
    /** `bounds` = upper bounds, ascending; the last bucket takes everything above. */
    histogram(name: string, help: string, bounds: readonly number[]): Histogram {
      const held = new Map<string, { counts: number[]; sum: number; count: number }>();
      const linesOf = ([key, { counts, sum, count }]: [string, { counts: number[]; sum: number; count: number }]) => {
        const comma = key === '' ? '' : `${key},`;
        let seen = 0;
        const buckets = bounds.map((bound, index) => {
          seen += counts[index] ?? 0;
          return line(`${name}_bucket`, `${comma}le="${String(bound)}"`, seen);
        });
        return [
          ...buckets,
          line(`${name}_bucket`, `${comma}le="+Inf"`, count),
          line(`${name}_sum`, key, sum),
          line(`${name}_count`, key, count),
        ].join('');
      };
      families.push({ name, help, type: 'histogram', lines: () => [...held].map(linesOf).join('') });
      const of = (labels: Labels) => {
        const key = keyOf(labels);
        return (value: number): void => {
          let series = held.get(key);
          if (!series) held.set(key, (series = { counts: bounds.map(() => 0), sum: 0, count: 0 }));
          const at = bounds.findIndex((bound) => value <= bound);
          if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
          series.sum += value;
          series.count += 1;
        };
      };
      return { of, observe: (labels, value) => of(labels)(value) };
    },
    text: (): string =>
      families
        .map(({ name, help, type, lines }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines()}`)
        .join(''),
  };
}
