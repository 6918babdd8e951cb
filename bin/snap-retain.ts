#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { retain } from '../lib/commands/retain.ts';

await runCommand(retain);
