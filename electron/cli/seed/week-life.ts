import type { SeedConversation } from './script.ts';
import { say } from './script.ts';

export const LIFE: readonly SeedConversation[] = [
  {
    title: 'What is the capital of Portugal?',
    daysAgo: 0,
    hour: 7.3,
    turns: [
      say('What is the capital of Portugal?', 'The capital of Portugal is Lisbon.', { model: 'starter', rating: 'up' }),
      say('and of norway', 'The capital of Norway is Oslo.', { model: 'starter' }),
      say('what is 38 + 47?', '38 + 47 = 85.', { model: 'starter' }),
    ],
  },
  {
    title: 'Tomatoes with yellow leaves',
    daysAgo: 0,
    hour: 9.7,
    folder: 'Garden',
    turns: [
      say(
        'The lower leaves of my tomatoes turn yellow, the upper ones are fine. What is it? 🍅',
        'Yellow from the bottom up usually has one of three causes, in this order:\n\n1. **Too little nitrogen.** Old leaves give theirs to the new ones. Feed once a week with something mild.\n2. **Wet feet.** If the soil is still damp a finger deep, wait with watering.\n3. **Early blight.** Look for brown rings like a target. Take those leaves off and keep the others dry.\n\nOne or two yellow leaves at the very bottom are only age. 🌱',
        { model: 'qwen', rating: 'up' },
      ),
      {
        ask: 'There are brown rings. Should I spray?',
        answers: [
          {
            text: 'First take off every leaf with rings, and the ones that touch the soil. Water the ground, not the plant, and put straw below. If new leaves still get rings after a week, a copper spray is the usual next step; follow the label and keep the waiting time before harvest.',
            model: 'qwen',
          },
          {
            text: 'Copper spray can help. Remove the leaves first.',
            model: 'small',
            rating: 'down',
            reason: 'incomplete',
          },
        ],
      },
    ],
  },
  {
    title: 'Weekend in Ghent',
    daysAgo: 1,
    hour: 20.4,
    pinned: true,
    turns: [
      say(
        'Two days in Ghent with a nine-year-old who loves castles and hates museums.',
        '### Saturday\n- **Morning:** Gravensteen, the castle in the middle of town. The audio tour is a comedian; children laugh.\n- **Noon:** waffles on the Korenmarkt.\n- **Afternoon:** a boat along the Graslei, 40 minutes, no walking.\n\n### Sunday\n- **Morning:** climb the Belfry and look for the dragon on top. There is a lift for tired legs.\n- **Afternoon:** Citadelpark, with caves to hide in.\n\nPlease check opening times: I cannot look them up.',
        { model: 'big', rating: 'up', note: 'We did all of it. The dragon was the best part.' },
      ),
      say(
        'What should we pack for rain?',
        'A thin rain jacket each, shoes that may get wet, a second pair of socks, and a card game for the café. Umbrellas are a nuisance on the castle stairs.',
        { model: 'small' },
      ),
    ],
  },
  {
    title: 'Write a haiku about the sea',
    daysAgo: 1,
    hour: 22.2,
    turns: [
      {
        ask: 'write a haiku about the sea',
        answers: [
          {
            text: 'Grey waves on the shore,\nthe tide takes back what it gave.\nA gull says nothing.',
            model: 'qwen',
            rating: 'up',
          },
          { text: 'The sea is wide and blue,\nwaves roll in and out again,\nsalt is in the air.', model: 'starter' },
          {
            text: 'Night folds on the bay.\nEach small light a boat, each boat\nsomeone waiting up.',
            model: 'big',
            rating: 'up',
          },
        ],
      },
    ],
  },
  {
    title: 'Bread that does not rise',
    daysAgo: 2,
    hour: 12.1,
    turns: [
      say(
        'My sourdough stays flat. 500 g flour, 375 g water, 100 g starter, 10 g salt, 4 hours at 19 °C.',
        'Your recipe is fine; 19 °C is the problem. Dough that is ready after 4 hours at 25 °C needs 7 to 8 at 19 °C.\n\nWatch the dough, not the clock: it is ready when it has grown by half, wobbles, and a wet finger leaves a dent that comes back slowly. Your water is 75 % of the flour, which is a soft dough: 350 g is easier to shape while you practise.',
        { model: 'qwen', rating: 'up' },
      ),
    ],
  },
  {
    title: 'A letter to the landlord',
    daysAgo: 3,
    hour: 10.9,
    private: true,
    prompt: 'Plain writer',
    promptVersion: 2,
    turns: [
      say(
        'The heating has been broken for nine days. Polite but firm, with a date.',
        'Dear Ms Verhoeven,\n\nThe heating in flat 3B has not worked since 12 November. I reported it on the 12th and again on the 16th. The bedroom is at 14 °C in the morning.\n\nPlease have it repaired by Friday, 25 November. If that is not possible, tell me by Wednesday what you will do until then, for example electric heaters at your expense.\n\nI am at home every day after 16:00, and a neighbour can open the door before.\n\nKind regards',
        { model: 'qwen', rating: 'up' },
      ),
      say(
        'A little warmer in tone?',
        'Dear Ms Verhoeven,\n\nI hope you are well. I am writing again about the heating in flat 3B, which',
        {
          model: 'qwen',
          end: 'partial',
          fault: 'local_crash',
        },
      ),
      say(
        'A little warmer in tone, please.',
        'Dear Ms Verhoeven,\n\nI hope you are well, and I know that repairs are hard to arrange at this time of year. Still, flat 3B has been without heating since 12 November and it is 14 °C in the mornings. Could you have it repaired by Friday, 25 November? If not, please let me know by Wednesday what we can do until then.\n\nThank you, and kind regards',
        { model: 'qwen' },
      ),
    ],
  },
  {
    title: 'Who are you?',
    daysAgo: 5,
    hour: 20.9,
    turns: [
      say(
        'Who are you?',
        'I am Switchyard Starter, a very small model that runs on this computer. I know a little; for more, add a larger model.',
        {
          model: 'starter',
        },
      ),
      say('What is the weather in Oslo tomorrow?', 'I cannot look that up: I have no connection and no news.', {
        model: 'starter',
        rating: 'up',
      }),
      say(
        'Write a 2000 word essay about the causes of World War I.',
        'That is too long for me. A larger model can do it: open Models to add one.',
        { model: 'starter', degraded: 'Acme Big was not allowed: the route is set to local only.' },
      ),
    ],
  },
  {
    title: 'Knots to know',
    daysAgo: 6,
    hour: 17.5,
    turns: [
      say(
        'Which three knots are worth learning, and for what?',
        '- **Bowline:** a loop that does not slip, for anything a person or boat hangs on.\n- **Clove hitch:** quick to tie round a pole, for fenders and tomato stakes.\n- **Taut-line hitch:** slides and holds, for tent lines and clothes lines.\n\nLearn them in that order, with your eyes closed the second week.',
        { model: 'small', rating: 'up' },
      ),
    ],
  },
];
