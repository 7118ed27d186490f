import { describe, expect, it } from 'vitest';
import { FAULT_CODES } from '../../../electron/contract/names.ts';
import { calls } from '../../../electron/contract/calls.ts';
import { fill, say, SENTENCES } from '../../../electron/contract/sentences/index.ts';
import type { SentenceCode } from '../../../electron/contract/sentences/index.ts';
import { inputProblem } from '../../../electron/access/port.ts';
import { parsePriceFile } from '../../../electron/model/pricing/price-file.ts';
import { parseConfig } from '../../../electron/orchestration/settings/config-file.ts';
import { parsePolicy } from '../../../electron/router/policy/parse.ts';
import { inWordsOf } from './recognise.ts';
import { coreWordsZh } from './zh.ts';

const codes = Object.keys(SENTENCES) as SentenceCode[];
const slotsOf = (template: string): string[] =>
  [...template.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? '').toSorted();
const zh = (text: string): string => inWordsOf(coreWordsZh, text);

describe('sentences of the core, in Chinese', () => {
  it.each(codes)('%s is said in both languages, with the same slots', (code) => {
    if (/[a-z]{3}/u.test(SENTENCES[code].replaceAll(/\{\w+\}/gu, '')))
      expect(coreWordsZh.sentences[code]).toMatch(/\p{Script=Han}/u);
    expect(slotsOf(coreWordsZh.sentences[code])).toEqual(slotsOf(SENTENCES[code]));
  });

  it('every fault code has a sentence', () => {
    for (const code of FAULT_CODES) expect(say(`fault.${code}`)).not.toBe('');
  });

  it.each(
    codes.filter((code) => !/wait|pause|cause\.|limit\.|refusal|breaker|budget|\.(?:line|place|problem)$/u.test(code)),
  )('%s is known again by its English words', (code) => {
    const names = Object.fromEntries(
      slotsOf(SENTENCES[code]).map((slot) => [slot, slot === 'wait' ? '' : `Q-${slot}`]),
    );
    const words = say(code, names);
    const isPart = !/[.]$|words/u.test(words);
    const expected = fill(coreWordsZh.sentences[code], names);
    const heard = isPart ? zh(`“a.b” ${words}.`) : zh(words);
    expect(heard).toBe(isPart ? `“a.b”${expected}。` : expected);
  });

  it('says why a model failed and what to do, with the provider’s sentence inside', () => {
    expect(zh('Big 2.5 (EU) failed. Acme is overloaded: try again in 5 seconds, or choose another model.')).toBe(
      'Big 2.5 (EU) 失败。Acme 过载：请在 5 秒后重试，或换一个模型。',
    );
  });

  it('knows the sentence around a provider’s own', () => {
    const words =
      'It was the prompt: Acme did not accept the request (top_p: too high): change it, or choose another model.';
    expect(zh(words)).toBe('问题在提示词：Acme 没有接受这个请求（top_p: too high）：请修改，或换一个模型。');
  });

  it('says a whole refusal, model by model', () => {
    const words =
      'No model can answer now. Acme Big: Its provider is overloaded; it is tried again in 12 s. Qwen: The policy rules it out. Try again in a moment, or add another model under Models.';
    expect(zh(words)).toBe(
      '现在没有模型可以回答。Acme Big：它的服务商过载；12 秒后再试。Qwen：策略排除了它。请稍后再试，或在“模型”中另加一个模型。',
    );
  });

  it('says how far a budget is used and when it starts again', () => {
    const words =
      'One answer could cost $0.41, and $0.0200 of the budget is left (The budget for today has $0.02 of $2.00 left and starts again at 00:00 on 26 November).';
    expect(zh(words)).toBe(
      '一次回答可能花费 $0.41，而预算只剩 $0.0200（今天的预算还剩 $0.02，共 $2.00，11 月 26 日 00:00 重新计算。）。'.replace(
        '。）',
        '）',
      ),
    );
  });

  it('says what is wrong with a model file, and how the engine ended', () => {
    const damaged = 'my model.gguf is damaged (the file ends in the middle of its header); download it again.';
    expect(zh(damaged)).toBe('my model.gguf 已损坏（文件在文件头中间就结束了）；请重新下载。');
    const lost = 'The engine process was ended from outside or crashed. It starts again with the next message.';
    expect(zh(lost)).toBe('引擎进程被外部终止或崩溃了。下一条消息会重新启动它。');
    const card =
      'This machine has an NVIDIA graphics card, but this installation has no CUDA binaries. Reinstall with all optional parts; until then models run on the CPU. Set the backend to cpu in Settings if that is meant.';
    expect(zh(card)).toMatch(/^这台机器有 NVIDIA 显卡，但这个安装没有 CUDA 的程序文件。/u);
    expect(zh('The starter model is missing. It belongs to the app: reinstall Switchyard to get it back.')).toBe(
      '入门模型不见了。它属于应用本身：重新安装 Switchyard 即可恢复。',
    );
  });

  it('leaves alone what nobody translated, and says the rest', () => {
    expect(zh('Something new happened.')).toBe('Something new happened.');
    expect(zh('Acme failed. Something new happened.')).toBe('Acme 失败。Something new happened.');
    expect(zh('Something new.\n\nSomething else.')).toBe('Something new.\n\nSomething else.');
    expect(zh('Note: this is no refusal.')).toBe('Note: this is no refusal.');
    expect(zh('Note: this is no refusal. It answers.')).toBe('Note: this is no refusal. 它有应答。');
  });

  it('says parts of sentences only within one: alone they could be anybody’s words', () => {
    expect(zh('is missing')).toBe('is missing');
    expect(zh('The budget for today')).toBe('The budget for today');
  });

  it('looks at so many sentences and so deep, and leaves what is longer as it is', () => {
    const one = 'It runs on this machine, so nothing leaves it and it costs nothing.';
    const many = (count: number) => zh(Array.from({ length: count }, () => one).join(' '));
    expect(many(24)).not.toContain('machine');
    expect(many(25)).not.toMatch(/\p{Script=Han}/u);
    expect(zh(`${'A failed. '.repeat(4)}${one}`)).not.toContain('machine');
    expect(zh(`${'A failed. '.repeat(9)}${one}`)).toContain('machine');
  });

  it('says a diagnosis with the first words of a fault inside, whole or up to its semicolon', () => {
    const detour = (because: string): string => say('diagnosis.detour.infrastructure', { because, name: 'Qwen 2.5' });
    expect(zh(detour('The provider failed'))).toBe('问题在基础设施：服务商出错，因此由 Qwen 2.5 代替首选回答。');
    expect(zh(detour('Acme failed: try again, or choose another model'))).toBe(
      '问题在基础设施：Acme 出错：请重试，或换一个模型，因此由 Qwen 2.5 代替首选回答。',
    );
    expect(zh(say('diagnosis.was.user', { because: 'Their own words' }))).toBe('这要由您处理：Their own words。');
  });

  it('says a step of a diagnosis with its name, its fault and what was done', () => {
    const step = { step: 'Attempt 2: Acme: Big', words: say('fault.network'), done: 'fell back' };
    expect(zh(say('diagnosis.step.done', step))).toBe(
      '“第 2 次尝试：Acme: Big”：连接断了；请检查网络后重试。之后：改由其他模型回答。',
    );
    expect(zh(say('diagnosis.step.time', { step: 'Load the model', time: '850 ms' }))).toBe(
      '“加载模型”用时 850 毫秒。',
    );
  });

  it('says why an answer was rated badly with the diagnosis inside', () => {
    const inner = say('diagnosis.was.prompt', { because: say('diagnosis.because.prompt_version') });
    expect(zh(say('diagnosis.rated.and', { words: inner }))).toBe(
      '它被评为差，而且过程并不顺利：问题在提示词：这个提示词版本用不同的模型都同样失败。',
    );
    expect(
      zh(
        say('diagnosis.took.usually', {
          time: '12 s',
          span: '3.1 s',
          because: 'it waited 4.0 s for other answers to end',
        }),
      ),
    ).toBe('用时 12 秒，通常 3.1 秒：它等了 4.0 秒，直到其他回答结束。');
  });

  it('every problem of a policy is said in Chinese', () => {
    const broken = [
      'name: Bad Name\nobjective: {cost: cheap}\nrules: 7\nlimits: {attempts: 0, retries: 1.5, nothing: 1}\nconstraints: {kinds: [air], only: [x]}\nladder: []\n',
      'name: a\n\tb: 1\n',
      'name: a\nname: b\n',
      'name: [a\nb: 1\n',
      'just words\n',
    ];
    for (const text of broken) {
      const parsed = parsePolicy(text);
      expect(parsed.ok).toBe(false);
      if (parsed.ok) continue;
      for (const problem of parsed.problems) expect(zh(problem.text), problem.text).toMatch(/\p{Script=Han}/u);
    }
  });

  /** What is left of a sentence without what people named themselves: nothing of it may be English. */
  const english = (text: string): RegExpMatchArray | null =>
    zh(text)
      .replaceAll(
        /“[^”]*”|https?:\S+|\/\S+\.yaml|openai-compatible|policies|env: NAME|keychain: name|SHA-256|YAML|true|false/gu,
        '',
      )
      .match(/[a-z]{3,}/iu);

  it('every mistake people make in a settings or price file is said in Chinese, whole', () => {
    const broken = [
      ...[
        'a:\n  b: 1\n   c: 2\n',
        'a:\n    b: 1\n  c: 2\n',
        'a: "x\nb: 1\n',
        'a: [1, 2\nb: 1\n',
        'a: 1\na: 2\n',
        'a:\n\tb: 1\n',
      ],
      ...[
        'a: 1\nb\n',
        'a: 1\nb:2\nc: 3\n',
        'a: b: c\n',
        'a: @x\n',
        'a: *x\n',
        'a: *\n',
        'a: 1\n---\nb: 1\n',
        'a: "C:\\models"\n',
      ],
      ...['{"a": 1,, "b": 2}', '{"a": 1 "b": 2}', 'a: "x" y\n', 'a: "x"#c\n', 'a: }\n', 'just words\n'],
    ];
    const settings = [
      ...[
        'appearance: {fontSize: 99}\n',
        'appearance: dark\n',
        'colour: red\n',
        'policy: Bad Name\n',
        'budgets: {usdPerDay: much}\n',
      ],
      'providers:\n  - {id: Bad Id, kind: openai}\n',
      'providers:\n  - {id: auto, kind: openai}\n',
      'providers:\n  - {id: local, kind: openai}\n',
      'providers:\n  - {id: a, kind: openai-compatible}\n',
      'providers:\n  - {id: a, kind: openai, baseUrl: nowhere, apiKey: sk-1}\n',
      'providers:\n  - {id: a, kind: openai}\n  - {id: a, kind: openai}\n',
      'api: {tokens: [{name: a, hash: short}]}\n',
    ];
    const row = (model: string): string => `a:\n  source: mine\n  asOf: 2026-01-01\n  models:\n    big: ${model}\n`;
    const prices = [
      ...['a: {source: mine, asOf: yesterday, models: {}}\n', 'a: {asOf: 2026-01-01, models: {}}\n'],
      ...[row('{in: -1, out: 1}'), row('{in: dear, out: 1}'), row('{in: 1, out: 1, colour: red}')],
      row('{in: 1, out: 1, tiers: [{above: 9, in: 1, out: 1}, {above: 2, in: 1, out: 1}]}'),
    ];
    for (const text of [...broken, ...settings]) {
      const parsed = parseConfig(text);
      if (parsed.ok) throw new Error(`Nothing is wrong with ${text}`);
      expect(english(`${parsed.problem} ${say('app.settings.last_good')}`), parsed.problem).toBeNull();
    }
    for (const text of [...broken, ...prices]) {
      const parsed = parsePriceFile(text);
      if (parsed.ok) throw new Error(`Nothing is wrong with ${text}`);
      const problem = say('app.prices.stay', { path: '/data/prices.yaml', words: parsed.problem });
      expect(english(problem), problem).toBeNull();
    }
  });

  it('what the parser alone can say of a file stands as a detail in a sentence that is said in Chinese', () => {
    const parsed = parsePriceFile('a: |x\n  b\n');
    expect(parsed.ok ? '' : zh(parsed.problem)).toBe(
      '第 1 行第 5 列：这里有 YAML 不允许的内容（block scalar header includes extra characters: |x）。',
    );
  });

  it('input of a call that does not fit is said in Chinese, field by field', () => {
    const problemOf = (input: unknown): string => {
      const parsed = calls['chat.get'].input.safeParse(input);
      if (parsed.success) throw new Error('Nothing is wrong with it.');
      return zh(inputProblem('chat.get', parsed.error));
    };
    expect(problemOf({})).toBe('调用 chat.get 时输入有误：“conversationId”缺失。');
    expect(problemOf(7)).toBe('调用 chat.get 时输入有误：“输入”必须是一组字段。');
    expect(problemOf({ conversationId: 7 })).toBe('调用 chat.get 时输入有误：“conversationId”必须是文字。');
  });
});
