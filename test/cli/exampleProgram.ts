#!/usr/bin/env node
/** The example command as a program of its own, made as the real ones are. */
import { runCommand } from '../../lib/cli/run.ts';
import { example } from './exampleCommand.ts';

await runCommand(example);
