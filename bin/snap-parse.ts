#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { parse } from '../lib/commands/parse.ts';

await runCommand(parse);
