#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { backrefs } from '../lib/commands/backrefs.ts';

await runCommand(backrefs);
