import type { SeedConversation } from './script.ts';
import { say } from './script.ts';

export const STUDY: readonly SeedConversation[] = [
  {
    title: 'Bayes with a rare disease',
    daysAgo: 0,
    hour: 8.9,
    pinned: true,
    folder: 'Thesis',
    prompt: 'Tutor',
    turns: [
      say(
        'A test is 99 % sensitive and 95 % specific, 1 in 1000 people are ill. My test is positive. How worried should I be?',
        'Before we calculate: out of 100,000 people, how many would you expect to be ill, and how many healthy people would still test positive?',
        { model: 'qwen' },
      ),
      say(
        '100 ill, 99 of them positive. And 5 % of 99,900 is 4,995 false alarms?',
        'Exactly right. So of everyone who tests positive, the ill ones are\n\n$$\nP(\\text{ill} \\mid +) = \\frac{99}{99 + 4995} \\approx 0.019\n$$\n\nUnder two percent. In general, with prevalence $p$, sensitivity $s$ and specificity $c$:\n\n$$\nP(\\text{ill} \\mid +) = \\frac{s\\,p}{s\\,p + (1-c)(1-p)}\n$$\n\nWhich of the three numbers would you improve first to make a positive result mean more?',
        { model: 'big', rating: 'up', note: 'The first time this really made sense to me.' },
      ),
      say(
        'The specificity, because the false alarms swamp everything?',
        'Yes. Raise it from 95 % to 99.5 % and the answer climbs from 1.9 % to about 16.5 %. Raising the sensitivity to a perfect 100 % would change it by two hundredths of a percentage point.',
        { model: 'big', rating: 'up' },
      ),
    ],
  },
  {
    title: 'Outline of chapter 3',
    daysAgo: 2,
    hour: 19.3,
    folder: 'Thesis',
    prompt: 'Plain writer',
    promptVersion: 2,
    turns: [
      say(
        'Outline for a chapter on how cities cool themselves: trees, water, materials, wind.',
        '1. **Why cities are warmer**\n   - Heat stored in stone and asphalt\n   - Less evaporation, less wind, waste heat\n2. **Shade and leaves**\n   - What one tree does at noon and at night\n   - Where trees fail: narrow streets, dry soil\n3. **Water**\n   - Evaporation against humidity\n4. **Materials**\n   - Reflective roofs and their side effects\n5. **Wind**\n   - Corridors, and who owns the air above a street\n6. **What can be combined, and what it costs**',
        { model: 'qwen' },
      ),
      say(
        'Shorten section 5 to one line and add sources I should look for.',
        '5. **Wind**: ventilation corridors and the planning law behind them\n\nSources worth looking for: long measurement series of paired city and countryside stations; before-and-after studies of cool roofs; planning documents of cities with protected air corridors. I cannot look anything up, so please check every title yourself.',
        { model: 'qwen', rating: 'up', note: 'Good that it does not invent citations.' },
      ),
    ],
  },
  {
    title: '如何写好一封推荐信',
    daysAgo: 3,
    hour: 20.6,
    turns: [
      say(
        '请用中文列出写推荐信的三个要点。',
        '1. **说明关系**:您是谁,认识申请人多久,在什么场合共事。\n2. **给出证据**:选一两件具体的事,写清困难、做法和结果,比形容词更有说服力。\n3. **作出比较**:例如“在我教过的两百名学生中名列前五”,让读者知道分量。\n\n结尾留下联系方式,并保持在一页之内。',
        { model: 'qwen', rating: 'up' },
      ),
      say(
        '第二点能举个例子吗?',
        '当然。例如:\n\n> 去年冬天实验设备损坏,距离截止日期只剩九天。李同学没有等待维修,而是用两台旧仪器重新设计了测量步骤,最终数据的误差比原计划还小三分之一。',
        {
          model: 'big',
        },
      ),
    ],
  },
  {
    title: 'كلمات عربية في لغات أخرى',
    daysAgo: 4,
    hour: 21.1,
    turns: [
      say(
        'ما الكلمات الإنجليزية التي أصلها عربي؟ اذكر خمسًا مع المعنى.',
        '| الكلمة الإنجليزية | الأصل العربي | المعنى |\n|---|---|---|\n| algebra | الجبر | إعادة الأجزاء إلى كلٍّ واحد |\n| coffee | قهوة | الشراب المعروف |\n| zero | صفر | الخالي |\n| cotton | قطن | النبات ونسيجه |\n| admiral | أمير البحر | قائد السفن |\n\nوقد انتقل كثير منها عبر الإسبانية والإيطالية.',
        { model: 'big', rating: 'up' },
      ),
    ],
  },
  {
    title: 'Eigenvalues, slowly',
    daysAgo: 5,
    hour: 18.2,
    folder: 'Thesis',
    prompt: 'Tutor',
    turns: [
      say(
        'What is an eigenvector, without the formula first?',
        'Picture a sheet of rubber that is stretched. Most arrows drawn on it turn a little. A few keep their direction and only grow or shrink: those are the eigenvectors, and how much they grow is the eigenvalue.\n\nIf I stretch the sheet to twice its width and leave the height alone, which arrows keep their direction?',
        { model: 'qwen', rating: 'up' },
      ),
      say(
        'Horizontal ones grow by 2, vertical ones stay. So 2 and 1?',
        'Yes, and you have just found both eigenvalues of\n\n$$A = \\begin{pmatrix} 2 & 0 \\\\ 0 & 1 \\end{pmatrix}, \\qquad A v = \\lambda v.$$',
        { model: 'qwen' },
      ),
      say(
        'What if the sheet is rotated by 90 degrees?',
        'Then no arrow keeps its direction, and there is no real eigenvalue',
        { model: 'qwen', end: 'stopped' },
      ),
    ],
  },
  {
    title: 'Flash cards for Spanish verbs',
    daysAgo: 6,
    hour: 7.8,
    turns: [
      say(
        'Ten irregular Spanish verbs, first person present, as a table.',
        '| Infinitive | I … | Meaning |\n|---|---|---|\n| ser | soy | to be |\n| estar | estoy | to be (for now) |\n| ir | voy | to go |\n| tener | tengo | to have |\n| hacer | hago | to do |\n| poner | pongo | to put |\n| saber | sé | to know |\n| dar | doy | to give |\n| salir | salgo | to leave |\n| caer | caigo | to fall |',
        { model: 'small' },
      ),
      say('¡Gracias! 💃', '¡De nada! 😊 ¿Practicamos con frases?', { model: 'starter' }),
    ],
  },
];
