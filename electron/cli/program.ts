import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { TRACE_SOURCES } from '../contract/names.ts';
import type { CliContext } from './context.ts';
import { CliFailure, sentenceOf, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { defaultDataDir } from './folders.ts';

const wholeNumber = (name: string, least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw wrongUsage(`${name} is a whole number from ${least} to ${most}, not "${text}".`);
};

/** All verbs. A verb's own code is read only when it is used, so that `--help` is there at once. */
function createProgram(context: CliContext, done: (code: ExitCode) => void): Command {
  const program = new Command('switchyard');
  const verb = (nameAndArgs: string, description: string) =>
    program
      .command(nameAndArgs)
      .description(description)
      .option('--data <dir>', 'data folder', (dir) => resolve(dir), defaultDataDir());

  verb('chat <text>', 'ask once and print the answer; "-" reads the question from standard input')
    .option('--json', 'one JSON object with text, route, usage, cost and trace id')
    .option('--conversation <id>', 'go on with this conversation')
    .option('--route <route>', 'auto, local or a model id')
    .option('--private', 'nothing of it may leave this machine')
    .action(async (text: string, options) => {
      done(await (await import('./chat.ts')).chat(context, text, options));
    });
  verb('traces', 'list recorded requests, newest first')
    .option('--filter <expr>', 'terms such as: status=failed durationMs>200 text="hello"')
    .option('--since <time>', '90m, 2h, 7d, or a date')
    .option('--limit <n>', 'at most this many', wholeNumber('--limit', 1, 1_000_000), 50)
    .option('--json', 'one whole trace a line')
    .action(async (options) => {
      done(await (await import('./traces.ts')).traces(context, options));
    });
  verb('trace <id>', 'show one recorded request, step by step')
    .option('--json', 'the whole trace as one JSON object')
    .action(async (id: string, options) => {
      done(await (await import('./trace.ts')).trace(context, id, options));
    });
  verb('serve', 'run without a window and answer the local API')
    .option('--config <file>', 'configuration file; the one in the data folder when left out', (file) => resolve(file))
    .option('--port <n>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber('--port', 0, 65_535))
    .action(async (options) => {
      done(await (await import('./serve.ts')).serve(context, options));
    });
  verb('doctor', 'check what works here')
    .option('--json', 'one JSON object')
    .action(async (options) => {
      done(await (await import('./doctor.ts')).doctor(context, options));
    });
  verb('bench', 'measure this machine: threads, prefill, decode, first token, router')
    .option('--json', 'one JSON object')
    .option('--model <id>', 'model to measure; the starter model when left out')
    .option('--backends <names>', 'cpu, vulkan, cuda or metal, separated by commas; all that are here when left out')
    .action(async (options) => {
      done(await (await import('./bench.ts')).bench(context, options));
    });
  verb('seed', 'fill a data folder with made-up use, for trying things out')
    .requiredOption('--scenario <name>', 'empty, week, long or traces')
    .option('--force', 'even if there are conversations already')
    .option('--at <time>', 'the moment the made-up use ends at; now when left out')
    .option('--count <number>', 'traces of the scenario "traces": up to 10000000, over 30 days')
    .action(async (options) => {
      done(await (await import('./seed.ts')).seed(context, options));
    });
  verb('backup <file>', 'copy the whole database into one file, while the app may be running').action(
    async (file: string, options) => {
      done(await (await import('./backup.ts')).backup(context, resolve(file), options));
    },
  );
  verb('restore <file>', 'put a backup back in place').action(async (file: string, options) => {
    done(await (await import('./restore.ts')).restore(context, resolve(file), options));
  });
  verb('export <file>', 'write conversations with all their branches as JSON')
    .option('--conversation <id>', 'only this one')
    .action(async (file: string, options) => {
      done(await (await import('./export.ts')).exportChats(context, resolve(file), options));
    });
  verb('import <file>', 'read conversations that were exported').action(async (file: string, options) => {
    done(await (await import('./import.ts')).importChats(context, resolve(file), options));
  });

  verb('export-traces <file>', 'write recorded requests into a file')
    .option('--format <name>', 'otlp (OpenTelemetry, a request a line), jsonl or csv', 'otlp')
    .option('--filter <expr>', 'as for traces')
    .option('--since <time>', '90m, 2h, 7d, or a date')
    .option('--include-private', 'those of private conversations too')
    .action(async (file: string, options) => {
      done(await (await import('./trace-files.ts')).exportTraces(context, resolve(file), options));
    });
  verb('import-traces <file>', 'read recorded requests that were exported as otlp or jsonl').action(
    async (file: string, options) => {
      done(await (await import('./trace-files.ts')).importTraces(context, resolve(file), options));
    },
  );

  const models = program.command('models').description('models on this machine, and those one could have');
  const modelVerb = (nameAndArgs: string, description: string) =>
    models
      .command(nameAndArgs)
      .description(description)
      .option('--data <dir>', 'data folder', (dir) => resolve(dir), defaultDataDir())
      .option('--json', 'JSON');
  modelVerb('list', 'list models on this machine').action(async (options) => {
    done(await (await import('./models.ts')).listModels(context, options));
  });
  modelVerb('available', 'list models to choose from, what suits this machine first').action(async (options) => {
    done(await (await import('./models.ts')).availableModels(context, options));
  });
  modelVerb('pull <name>', 'download one: its name in the list, or publisher/collection/file.gguf of the hub').action(
    async (name: string, options) => {
      done(await (await import('./models.ts')).pullModel(context, name, options));
    },
  );
  modelVerb('rm <id>', 'remove one; only a downloaded file is deleted').action(async (id: string, options) => {
    done(await (await import('./models.ts')).removeModel(context, id, options));
  });
  modelVerb('adopt [names...]', 'list models of Ollama and LM Studio, or use them where they lie').action(
    async (names: string[], options) => {
      done(await (await import('./models.ts')).adoptModels(context, names, options));
    },
  );

  const lab = program.command('lab').description('try policies on this hardware and on what was recorded');
  lab
    .command('replay')
    .description('decide recorded requests again under another policy; asks no model')
    .option('--data <dir>', 'data folder', (dir) => resolve(dir), defaultDataDir())
    .requiredOption('--policy <file>', 'a policy file, or the name of a policy')
    .option('--since <time>', '90m, 2h, 7d, or a date')
    .addOption(new Option('--source <name>', 'only those that came this way').choices(TRACE_SOURCES))
    .option('--limit <n>', 'at most this many', wholeNumber('--limit', 1, 100_000), 500)
    .option('--json', 'one JSON object')
    .action(async (options) => {
      done(await (await import('./replay.ts')).replay(context, options));
    });

  const quiet = { writeOut: context.out.write, writeErr: () => undefined, outputError: () => undefined };
  for (const command of [program, ...program.commands, ...models.commands, ...lab.commands])
    command.exitOverride().configureOutput(quiet);
  return program.version(context.version).helpCommand(false);
}

const usageSentence = (error: CommanderError, program: Command): string => {
  const verbs = program.commands.map((command) => command.name()).join(', ');
  if (error.code === 'commander.unknownCommand' || error.code === 'commander.excessArguments') {
    const unknown = /'([^']*)'/u.exec(error.message)?.[1];
    if (error.code === 'commander.unknownCommand') {
      return `There is no verb "${unknown ?? ''}": use one of ${verbs}.`;
    }
  }
  if (error.code === 'commander.help') return `Say what to do: use one of ${verbs}.`;
  const text = error.message.replace(/^error: /u, '').replace(/\.$/u, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: see --help.`;
};

/** Runs one command line and gives its exit code. Whatever goes wrong becomes one sentence on standard error. */
export async function runProgram(args: readonly string[], context: CliContext): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram(context, (given) => {
    code = given;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      context.err.line(usageSentence(error, program));
      return 2;
    }
    context.err.line(sentenceOf(error));
    return error instanceof CliFailure ? error.exitCode : 1;
  }
}
