/** Connects the program to the process that runs it. Nothing else lives here. */
import { processEdge } from './process-edge.ts'
import { endOnBug, runProgram } from './program.ts'

const edge = processEdge(process)

process.on('uncaughtException', (error) => endOnBug(error, edge))
// The process ends by itself once nothing is left to do, so that output still in a pipe is not cut
// off.
process.exitCode = await runProgram(process.argv.slice(2), edge)
// Of a process that a supervisor started: nobody listens to it any more.
process.channel?.unref()
