import { catalogCommand } from './catalog/command.ts'
import { runProgram } from './program.ts'

await runProgram(() => catalogCommand(process.argv.slice(2)))
