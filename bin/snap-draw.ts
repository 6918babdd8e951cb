#!/usr/bin/env node
import { runCommand } from '../lib/cli/run.ts';
import { draw } from '../lib/commands/draw.ts';

await runCommand(draw);
