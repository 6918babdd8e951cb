#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { sample } from '../lib/commands/sample.ts';

await runCommand(sample);
